/* priority.h - a number for each actor, the highest goes first: what PCT, POS and SURW have in common.
 *                                                                          Layer: check. */
#ifndef SN_CHECK_STRATEGY_PRIORITY_H
#define SN_CHECK_STRATEGY_PRIORITY_H

#include "check/strategy.h"

#include <string.h>

enum { SN_PRIORITY_IDS = 256, SN_PRIORITY_ACTS = 3 };

typedef struct sn_priorities {
    uint64_t random;
    uint64_t of[SN_PRIORITY_IDS][SN_PRIORITY_ACTS]; /* 0: not drawn yet */
} sn_priorities;

static inline void sn_priorities_reset(sn_priorities *priorities, uint64_t seed, uint64_t run)
{
    memset(priorities, 0, sizeof *priorities);
    priorities->random = sn_strategy_seed(seed, run);
}

static inline uint64_t *sn_priority_of(sn_priorities *priorities, sn_actor actor)
{
    uint64_t *priority = &priorities->of[sn_actor_id(actor) % SN_PRIORITY_IDS][sn_actor_act(actor)];
    while (!*priority)
        *priority = sn_strategy_random_next(&priorities->random) >> 1;
    return priority;
}

/* The end of main, if it is not looked at this time. Returns its index, or choice->count. */
static inline unsigned sn_priority_leaves_out(sn_priorities *priorities, const sn_choice *choice)
{
    for (unsigned i = choice->normal; choice->normal && i < choice->count; i++)
        if (choice->candidates[i].op->kind == SN_OP_EXIT)
            return sn_strategy_below(&priorities->random, SN_EXIT_SELDOM) ? i : choice->count;
    return choice->count;
}

/* The candidate that goes first; not `except`. */
static inline unsigned sn_priority_first(sn_priorities *priorities, const sn_choice *choice, unsigned except)
{
    unsigned first = choice->count;
    uint64_t highest = 0;
    for (unsigned i = 0; i < choice->count; i++) {
        uint64_t priority = *sn_priority_of(priorities, choice->candidates[i].actor);
        if (i != except && (first == choice->count || priority > highest)) {
            first = i;
            highest = priority;
        }
    }
    return first;
}

#endif
