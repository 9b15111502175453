/* explore.h - many runs of one program, each under another schedule.       Layer: check. */
#ifndef SN_CHECK_EXPLORE_H
#define SN_CHECK_EXPLORE_H

#include "check/strategy.h"

enum { SN_MOST_DEVIATIONS = 20000, SN_STATE_ROOM = 64 << 20 };

/* Everything that lasts longer than a run, in memory that is neither set back between runs nor private to a forked one.
 * Only one process writes at a time: the explorer between runs, the run's meanwhile. */
typedef struct sn_explorer {
    sn_trace trace;       /* of the last run */
    sn_run_result result; /* of the last run */
    sn_search search;
    const sn_strategy *strategy;
    void *state;         /* the strategy's, at most SN_STATE_ROOM bytes */
    uint32_t most_steps; /* in one run */
    bool tso;
    uint64_t schedules, pruned, cut; /* runs that ended, that were the same as others, that could not be ended */
    uint64_t steps_before;           /* in the runs before this one, and one for each: it only grows */
    uint64_t events;                 /* steps in all, of this exploration */
    uint32_t longest;                /* run, in events */
    bool order_matters;              /* steps on different objects may depend on each other */
    sn_deviation deviations[SN_MOST_DEVIATIONS]; /* what the shrinker tries */
    bool sleeps;                                 /* who watches the last run has seen that it waits in the kernel */
    uint64_t paths[4096];                        /* of the last run, by a runner's id */
} sn_explorer;

extern sn_explorer *sn_explorer_; /* NULL before the first exploration */

/* Makes one run, and leaves what came of it in the explorer. */
typedef void sn_execute(void *arg);

typedef struct sn_program {
    sn_execute *execute;
    void *arg;
} sn_program;

void sn_explorer_set_up(void);

/* Run under a strategy until it has no more runs, one fails, `most` runs are done, or the (real) time `until` has come.
 * Returns whether the strategy has no more. */
bool sn_explore(const sn_program *program, const sn_strategy *strategy, const sn_search *search, uint64_t most,
                int64_t until);

/* One run that follows deviations from the default. */
void sn_explore_replay(const sn_program *program, const sn_deviation *deviations, unsigned count);

/* What the last run did other than the default. Returns how many, at most `most`. */
unsigned sn_explore_deviations(sn_deviation *deviations, unsigned most);

/* A number for the last run's whole course: equal ones have taken the same steps. */
uint64_t sn_explore_hash(void);

/* ---- what the machine calls during a run */

unsigned sn_explore_choose(const sn_choice *choice);
void sn_explore_born(uint16_t id, uint16_t parent, unsigned child);
/* The step that was chosen last is about that runner. */
void sn_explore_note_target(uint16_t id);
_Noreturn void sn_explore_deadlock(void);
/* Who there is, for a report on a run that has not failed by itself. */
void sn_explore_note_runners(void);
void sn_explore_note_end(enum sn_verdict verdict);
void sn_explore_note_failure(enum sn_verdict verdict, const char *text);
/* Where the failure that is noted next happened. */
void sn_explore_note_site(const char *site, uintptr_t pc);
/* This process is a copy of a run's: it is no run, and what it does is not recorded. */
void sn_explore_alone(void);
/* End a run that has a process of its own. */
_Noreturn void sn_explore_leave_process(void);

#endif
