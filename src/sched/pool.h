/* pool.h - what the scheduler's files share: the workers, the run queue, the timers and who sleeps.       Layer: sched.
 *
 * Included by pool.c and carrier.c only. All of it is under one guard but the deques, and what is marked otherwise.
 */
#ifndef SN_SCHED_POOL_H
#define SN_SCHED_POOL_H

#include "sched/sched.h"

struct sn_pool {
    sn_guard guard;
    bool is_up;       /* atomic: written once, under the guard */
    unsigned workers; /* const once up */
    sn_worker *all;   /* const once up: an array */
    bool hungry;      /* atomic: a worker is free, and nobody is on the way to look for work */

    /* under the guard */
    sn_worker *free;
    unsigned free_count;
    sn_task *first, **last; /* the run queue; `first` is atomic for sn_sched_has_ready */
    sn_timer_heap timers;
    int64_t turn;   /* when somebody last looked whether a timer was due, or a guest came */
    sn_os *idle;    /* sleeping carriers-to-be, the latest first */
    sn_os *watcher; /* the idle one that sleeps until the first deadline; NULL: none */
    sn_os *guests, **last_guest;
    unsigned searching; /* carriers that were woken and have not found work yet */
    unsigned helpers;
    uint32_t busy; /* carriers that run a task; the end of the program sleeps on it */
    bool stopping;
};
extern struct sn_pool sn_pool;

/* All of these are called with the guard held. */

/* A free worker, or NULL; and give one back: to a guest that waits for one, if there is one. */
sn_worker *sn_pool_take_worker(void);
void sn_pool_free_worker(sn_worker *worker);
/* Put a task at the end of the run queue; take the first, or NULL. */
void sn_pool_append(sn_task *task);
sn_task *sn_pool_take_task(void);
/* An idle thread is idle no more. */
void sn_pool_remove_idle(sn_os *os);
/* Whether a continuation lies in a deque. */
bool sn_pool_has_left_behind(void);
/* After a change of what `hungry` depends on. */
void sn_pool_update_hungry(void);
/* See that somebody looks for work, or watches the timers, if that is needed and nobody does. Unlocks the guard. */
void sn_pool_cover(void);

/* carrier.c: start a thread of the runtime's that carries `worker`. No guard held. */
void sn_carrier_start_helper(sn_worker *worker);

#endif
