/* timer.h - what happens at a time, in the order of ranks, equal ones in the order of creation.       Layer: sched.
 *
 * A heap under the scheduler's guard. A timer lies in whatever it belongs to; stopping it says whether it was in time.
 * A timer's rank is its deadline; only with one worker it can be a little earlier, see sn_timer_start. The first timer
 * fires when its deadline has come.
 */
#ifndef SN_SCHED_TIMER_H
#define SN_SCHED_TIMER_H

#include "park/waiter.h"

typedef struct sn_timer sn_timer;

struct sn_timer {
    int64_t deadline;         /* const while set */
    int64_t rank;             /* const while set: what it is ordered by, at most the deadline */
    uint64_t order;           /* const while set: how many were set before */
    size_t place;             /* under the scheduler's guard: index in the heap + 1; 0: not set */
    sn_waiter *waiter;        /* what to claim as timed out, or NULL: then */
    void (*fire)(sn_timer *); /* what to call, by a carrier that has a worker, with no guard held */
};

/* The heap; all under the scheduler's guard. */
typedef struct sn_timer_heap {
    sn_timer **timers;
    size_t count, room;
    uint64_t set_before;
} sn_timer_heap;

/* Returns false if there is no memory. */
bool sn_timer_heap_add(sn_timer_heap *heap, sn_timer *timer);
void sn_timer_heap_remove(sn_timer_heap *heap, sn_timer *timer);

static inline sn_timer *sn_timer_heap_first(const sn_timer_heap *heap)
{
    return heap->count ? heap->timers[0] : NULL;
}

#endif
