/* random.c - each candidate is as likely as the others.       Layer: check.   Checked by: tests/litmus/truth.c */
#include "check/strategy.h"

struct state {
    uint64_t seed, random;
};

static void begin(void *raw, const sn_search *search)
{
    ((struct state *)raw)->seed = search->seed;
}

static void start(void *raw, uint64_t run)
{
    struct state *state = raw;
    state->random = sn_strategy_seed(state->seed, run);
}

static unsigned choose(void *raw, const sn_choice *choice)
{
    struct state *state = raw;
    unsigned index = (unsigned)sn_strategy_below(&state->random, choice->count);
    if (choice->candidates[index].op->kind == SN_OP_EXIT && choice->normal &&
        sn_strategy_below(&state->random, SN_EXIT_SELDOM))
        index = (unsigned)sn_strategy_below(&state->random, choice->normal);
    return index;
}

static bool learn(void *state, const sn_trace *trace)
{
    (void)state;
    (void)trace;
    return true;
}

const sn_strategy sn_strategy_random = {"random", sizeof(struct state), false, begin, start, choose, NULL, learn};
