/* pct.c - few switches at random places: finds what needs a long delay.       Layer: check.
 *                                                            Checked by: tests/litmus/truth.c
 * Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding
 * bugs" (ASPLOS 2010): each strand has a random priority and the highest that can go on does, but at depth - 1 random
 * steps whoever would go on falls below all others. A bug that needs `depth` orderings is found with a probability of
 * at least 1 / (n * k^(depth-1)) for n strands and k steps; k is the longest run so far.
 *
 * A store buffer is a strand of its own here, so it may lag behind for a whole run. The coming of a deadline too, but
 * it draws again each time, or a wait in a loop would time out always or never. Who yields, or has gone on for long
 * while others could, falls below those that have not.
 */
#include "check/strategy/priority.h"

enum { MOST_CHANGES = 15, FIRST_STEPS = 100, LONG = 1000 };

static const uint64_t HIGH = 1ull << 63, YIELDED = 1ull << 62; /* above what is drawn; below it, above changes */

struct state {
    uint64_t seed;
    const sn_search *search; /* in shared memory: the longest run grows */
    unsigned changes;
    sn_priorities priorities;
    uint32_t at[MOST_CHANGES];
    sn_actor last;
    uint32_t stayed; /* how often `last` was chosen in a row, with others there */
};

static void begin(void *raw, const sn_search *search)
{
    struct state *state = raw;
    state->seed = search->seed;
    state->search = search;
    state->changes = search->depth > 1 ? search->depth - 1 : 0;
    if (state->changes > MOST_CHANGES)
        state->changes = MOST_CHANGES;
}

static void start(void *raw, uint64_t run)
{
    struct state *state = raw;
    uint32_t steps = state->search->most_steps ? state->search->most_steps : FIRST_STEPS;
    sn_priorities_reset(&state->priorities, state->seed, run);
    for (unsigned i = 0; i < state->changes; i++)
        state->at[i] = (uint32_t)sn_strategy_below(&state->priorities.random, steps);
    state->stayed = 0;
}

static void draw(struct state *state, sn_actor actor)
{
    uint64_t *priority = sn_priority_of(&state->priorities, actor);
    *priority = HIGH | sn_strategy_random_next(&state->priorities.random) >> 1;
}

/* The later, the lower. */
static void step_back(struct state *state, sn_actor actor, uint32_t step)
{
    *sn_priority_of(&state->priorities, actor) = YIELDED - step;
}

static void draw_new_ones(struct state *state, const sn_choice *choice)
{
    for (unsigned i = 0; i < choice->count; i++) {
        sn_actor actor = choice->candidates[i].actor;
        if (!state->priorities.of[sn_actor_id(actor) % SN_PRIORITY_IDS][sn_actor_act(actor)])
            draw(state, actor);
    }
}

static unsigned choose(void *raw, const sn_choice *choice)
{
    struct state *state = raw;
    unsigned except = sn_priority_leaves_out(&state->priorities, choice);
    draw_new_ones(state, choice);
    for (unsigned i = 0; i < state->changes; i++)
        if (state->at[i] == choice->step) {
            unsigned first = sn_priority_first(&state->priorities, choice, except);
            *sn_priority_of(&state->priorities, choice->candidates[first].actor) = state->changes - i;
        }
    unsigned index = sn_priority_first(&state->priorities, choice, except);
    sn_actor actor = choice->candidates[index].actor;
    state->stayed = actor == state->last && choice->count > 1 ? state->stayed + 1 : 0;
    state->last = actor;
    if (sn_actor_act(actor) == SN_TIME)
        draw(state, actor);
    else if (choice->candidates[index].op->kind == SN_OP_YIELD || state->stayed >= LONG)
        step_back(state, actor, choice->step);
    return index;
}

static bool learn(void *state, const sn_trace *trace)
{
    (void)state;
    (void)trace;
    return true;
}

const sn_strategy sn_strategy_pct = {"pct", sizeof(struct state), false, begin, start, choose, NULL, learn};
