/* depth_first.c - every schedule with at most so many preemptions, or delays.       Layer: check.
 *                                                            Checked by: tests/litmus/truth.c
 * Preemptions: Musuvathi and Qadeer, "Iterative context bounding for systematic testing of multithreaded programs"
 * (PLDI 2007): switching away from a runner that could go on costs one; all other choices are free. Delays: Emmi,
 * Qadeer and Rakamaric, "Delay-bounded scheduling" (POPL 2011): passing over a runner that is due by the default order
 * costs one. That time passes, or a store becomes visible, costs nothing: nobody is switched away from.
 *
 * The state is the path of the current run: at each choice how many candidates there were, and which was taken. A
 * program that is not the same in each run is searched again and again, and never said to be explored.
 */
#include "check/strategy.h"

#include <string.h>

enum { NOWHERE = 0xffff };

struct node {
    uint16_t count, index;
    uint16_t runs; /* how many candidates run; the rest are times and flushes */
    uint16_t stay; /* the candidate that goes on with the same runner, if to leave it is a preemption; or NOWHERE */
};

struct state {
    int bound;
    bool counts_delays;
    bool left_out; /* something beyond the bound */
    bool is_lost;  /* a run has not gone the way of the one before it, so nothing can be said about all of them */
    uint32_t depth, length;
    struct node path[SN_MOST_EVENTS];
};

static int cost(const struct state *state, const struct node *node, unsigned index)
{
    if (index == 0 || index >= node->runs)
        return 0;
    if (state->counts_delays)
        return (int)index;
    return node->stay != NOWHERE && index != node->stay;
}

static void begin(struct state *state, const sn_search *search)
{
    state->bound = search->bound;
}

static void begin_preemptions(void *state, const sn_search *search)
{
    begin(state, search);
}

static void begin_delays(void *raw, const sn_search *search)
{
    begin(raw, search);
    ((struct state *)raw)->counts_delays = true;
}

static void start(void *raw, uint64_t run)
{
    struct state *state = raw;
    (void)run;
    state->depth = 0;
}

static unsigned choose(void *raw, const sn_choice *choice)
{
    struct state *state = raw;
    if (state->depth >= SN_MOST_EVENTS)
        return 0;
    struct node *node = &state->path[state->depth++];
    if (state->depth > state->length) {
        *node = (struct node){.count = (uint16_t)choice->count, .stay = NOWHERE};
        state->length = state->depth;
    }
    state->is_lost = state->is_lost || node->count != choice->count;
    node->count = (uint16_t)choice->count;
    node->runs = 0;
    node->stay = NOWHERE;
    for (unsigned i = 0; i < choice->count; i++) {
        sn_actor actor = choice->candidates[i].actor;
        if (sn_actor_act(actor) != SN_RUN)
            continue;
        node->runs = (uint16_t)(i + 1);
        if (choice->can_stay && sn_actor_id(actor) == choice->running)
            node->stay = (uint16_t)i;
    }
    return node->index < choice->count ? node->index : choice->count - 1;
}

static bool learn(void *raw, const sn_trace *trace)
{
    struct state *state = raw;
    int spent = 0;
    (void)trace;
    state->length = state->depth;
    for (uint32_t i = 0; i < state->length; i++)
        spent += cost(state, &state->path[i], state->path[i].index);
    while (state->length > 0) {
        struct node *node = &state->path[state->length - 1];
        spent -= cost(state, node, node->index);
        for (unsigned next = node->index + 1u; next < node->count; next++) {
            if (state->bound >= 0 && spent + cost(state, node, next) > state->bound) {
                state->left_out = true;
                continue;
            }
            node->index = (uint16_t)next;
            return true;
        }
        state->length--;
    }
    return state->is_lost;
}

bool sn_depth_first_left_out(const void *state)
{
    return ((const struct state *)state)->left_out;
}

const sn_strategy sn_strategy_preemptions = {
    "preemptions", sizeof(struct state), true, begin_preemptions, start, choose, NULL, learn};
const sn_strategy sn_strategy_delays = {"delays", sizeof(struct state), true, begin_delays, start, choose, NULL, learn};
