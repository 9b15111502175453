/* pos.c - a random priority for each operation, drawn anew by those that race.       Layer: check.
 *                                                            Checked by: tests/litmus/truth.c
 * Yuan, Yang and Gu, "Partial order aware concurrency sampling" (CAV 2018): the pending operation with the highest
 * priority is next; then those that conflict with it draw again, so that what decides their order among the rest is
 * fresh, and all partial orders come up more evenly than in a random walk. Deadlines and store buffers draw like the
 * others.
 */
#include "check/strategy/priority.h"

struct state {
    uint64_t seed;
    sn_priorities priorities;
};

static void begin(void *raw, const sn_search *search)
{
    ((struct state *)raw)->seed = search->seed;
}

static void start(void *raw, uint64_t run)
{
    struct state *state = raw;
    sn_priorities_reset(&state->priorities, state->seed, run);
}

static unsigned choose(void *raw, const sn_choice *choice)
{
    struct state *state = raw;
    unsigned except = sn_priority_leaves_out(&state->priorities, choice);
    unsigned index = sn_priority_first(&state->priorities, choice, except);
    const sn_candidate *chosen = &choice->candidates[index];
    for (unsigned i = 0; i < choice->count; i++)
        if (i == index || sn_ops_conflict(choice->candidates[i].op, chosen->op))
            *sn_priority_of(&state->priorities, choice->candidates[i].actor) = 0; /* draws when it is looked at next */
    return index;
}

static bool learn(void *state, const sn_trace *trace)
{
    (void)state;
    (void)trace;
    return true;
}

const sn_strategy sn_strategy_pos = {"pos", sizeof(struct state), false, begin, start, choose, NULL, learn};
