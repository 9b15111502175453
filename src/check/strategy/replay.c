/* replay.c - the default schedule but for given deviations.       Layer: check.
 *                                                            Checked by: tests/litmus/truth.c
 * A deviation names a runner, how many steps it has announced, and who is chosen then. Those that do not come up are
 * passed over, so a list that was made shorter, or is for a program that has changed a little, still leads somewhere.
 */
#include "check/strategy.h"

struct state {
    const sn_deviation *deviations;
    unsigned count;
    unsigned next; /* those before it are done or passed */
};

static void begin(void *raw, const sn_search *search)
{
    struct state *state = raw;
    state->deviations = search->deviations;
    state->count = search->deviation_count;
}

static void start(void *raw, uint64_t run)
{
    (void)run;
    ((struct state *)raw)->next = 0;
}

static unsigned choose(void *raw, const sn_choice *choice)
{
    struct state *state = raw;
    for (unsigned i = state->next; i < state->count; i++) {
        const sn_deviation *deviation = &state->deviations[i];
        if (deviation->runner != choice->paths[choice->running] || deviation->own != choice->own)
            continue;
        for (unsigned j = 0; j < choice->count; j++) {
            sn_actor actor = choice->candidates[j].actor;
            if (choice->paths[sn_actor_id(actor)] == deviation->target && sn_actor_act(actor) == deviation->act) {
                state->next = i + 1;
                return j;
            }
        }
    }
    return 0;
}

static bool learn(void *state, const sn_trace *trace)
{
    (void)state;
    (void)trace;
    return false;
}

const sn_strategy sn_strategy_replay = {"replay", sizeof(struct state), false, begin, start, choose, NULL, learn};
