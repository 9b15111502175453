/* strategy.h - who goes on: a way to search the interleavings of a program.       Layer: check.
 *
 * A strategy's state lies in memory that forked runs share with the explorer, so what it notes during a run it finds
 * again after it. It must decide by that state, its random numbers and the choice alone: the same seed gives the same
 * runs.
 */
#ifndef SN_CHECK_STRATEGY_H
#define SN_CHECK_STRATEGY_H

#include "check/result.h"

typedef struct sn_candidate {
    sn_actor actor;
    const sn_op *op;
} sn_candidate;

typedef struct sn_choice {
    const sn_candidate *candidates; /* the default first; the normal ones before the rest */
    unsigned count;                 /* at least 1 */
    unsigned normal;  /* how many of them run, and neither yield nor exit; 0: there is none such, any may be taken */
    uint16_t running; /* who ran last */
    uint32_t own;     /* that one's count of steps */
    bool can_stay;    /* candidates[0] is `running`, and normal: a switch to another runner is a preemption */
    uint32_t step;    /* how many choices there were before in this run */
    const uint64_t *paths; /* by a runner's id: its birth, the same in every run (sn_path_of_child) */
} sn_choice;

typedef struct sn_search {
    uint64_t seed;
    int bound;                             /* the most preemptions, or delays; -1: no bound */
    unsigned depth;                        /* PCT: how many changes of priority, plus one */
    uint32_t most_steps;                   /* of the runs so far */
    const struct sn_deviation *deviations; /* replay */
    unsigned deviation_count;
} sn_search;

#define SN_PRUNE (~0u)

/* The end of main by exit() hides what the others would have done, so strategies that go by chance take it only once in
 * so many times while others can run. */
enum { SN_EXIT_SELDOM = 8 };

typedef struct sn_strategy {
    const char *name;
    size_t state_size;  /* what is all zero when a search begins; there is more: SN_STATE_ROOM */
    bool is_systematic; /* each run is another one, and it knows when there is none left */
    void (*begin)(void *state, const sn_search *search);
    /* Before each run; `run` counts them from 0. */
    void (*start)(void *state, uint64_t run);
    /* The index of a candidate; SN_PRUNE: this run is the same as another one. */
    unsigned (*choose)(void *state, const sn_choice *choice);
    /* A new runner; may be NULL. SN_NO_ID: no parent. */
    void (*born)(void *state, uint16_t id, uint16_t parent);
    /* After each run; returns whether there is another one. */
    bool (*learn)(void *state, const sn_trace *trace);
} sn_strategy;

/* Whether the last exploration, depth first, has left something out beyond its bound. */
bool sn_depth_first_left_out(const void *state);

extern const sn_strategy sn_strategy_preemptions; /* depth first, at most `bound` preemptions */
extern const sn_strategy sn_strategy_delays;      /* depth first, at most `bound` delays */
extern const sn_strategy sn_strategy_dpor;        /* all, by source sets and sleep sets */
extern const sn_strategy sn_strategy_random;
extern const sn_strategy sn_strategy_pct;
extern const sn_strategy sn_strategy_pos;
extern const sn_strategy sn_strategy_surw;
extern const sn_strategy sn_strategy_replay;

/* A deviation from the default: when `runner` has announced `own` steps, `target` is chosen. Runners are named by their
 * paths, since their ids depend on the order of births. */
typedef struct sn_deviation {
    uint64_t runner, target;
    uint32_t own;
    uint8_t act; /* enum sn_act, of the target */
} sn_deviation;

/* Main's path, and that of the n-th child (from 1). */
enum { SN_PATH_MAIN = 1 };
static inline uint64_t sn_path_of_child(uint64_t parent, unsigned n)
{
    return (parent + n) * 0x9e3779b97f4a7c15u + n;
}

/* xorshift64* (Vigna, 2016): never 0. */
static inline uint64_t sn_strategy_random_next(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545f4914f6cdd1du;
}

static inline uint64_t sn_strategy_seed(uint64_t seed, uint64_t run)
{
    uint64_t state = (seed * 0x9e3779b97f4a7c15u) ^ ((run + 1) * 0xbf58476d1ce4e5b9u);
    for (int i = 0; i < 3; i++) {
        state ^= state >> 30;
        state *= 0x94d049bb133111ebu;
        state += 0x9e3779b97f4a7c15u;
    }
    return state ? state : 1;
}

static inline uint64_t sn_strategy_below(uint64_t *state, uint64_t n)
{
    return (sn_strategy_random_next(state) >> 16) % n;
}

/* Whether the two operations touch the same object, and one of them changes it. */
bool sn_ops_conflict(const sn_op *a, const sn_op *b);

#endif
