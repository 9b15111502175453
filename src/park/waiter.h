/* waiter.h - a strand's wait for one thing, on the sleeper's own stack: the one way to sleep.       Layer: park.
 *
 * A wait goes: sn_waiter_init; under the guard of what is waited for, look once more whether it is needed and queue the
 * waiter; unlock; sn_waiter_sleep; and if that says TIMED_OUT, take the waiter out of the queue under the guard.
 *
 *   state     | meaning
 *   ARMED     | can be claimed; its strand is not asleep yet
 *   PARKED    | can be claimed; its strand sleeps (a task: its context is saved), so whoever claims must wake it
 *   WOKEN     | claimed by a waker: the wait has succeeded
 *   TIMED_OUT | claimed by its deadline
 *
 * Exactly one claims: the waiter then leaves the wait with that outcome, and a waker that comes second goes on to the
 * next in the queue. So a wake-up is never used up by somebody who timed out. Wakers claim under the guard of the
 * queue; one that loses must not touch the waiter after that guard is free.
 */
#ifndef SN_PARK_WAITER_H
#define SN_PARK_WAITER_H

#include "park/strand.h"

enum sn_waiter_state { SN_ARMED, SN_PARKED, SN_WOKEN, SN_TIMED_OUT };

struct sn_waiter {
    sn_waiter *next, *prev; /* under the queue's guard; NULL: not queued */
    const void *key;        /* const while queued: what it waits for, in a queue that several things share */
    sn_strand *strand;      /* const */
    uint32_t state;         /* atomic: enum sn_waiter_state */
};

/* How a thread that sennit did not start waits; its functions serve others too. */
extern const struct sn_parker sn_thread_parker;
void sn_thread_sleep(sn_strand *self, sn_waiter *waiter, int64_t deadline);
void sn_thread_wake(sn_strand *strand);
/* The main thread, and one that sennit did not start, whose frames can't be left: the process ends with status 1. */
void sn_thread_uncaught(sn_strand *self, sennit_error *error) __attribute__((noreturn));

void sn_waiter_init(sn_waiter *waiter, const void *key);

/* Sleep until somebody claims the waiter, or the deadline does. Returns SN_WOKEN or SN_TIMED_OUT. `what` ("a lock"),
 * `object` and `site` are for reports. */
enum sn_waiter_state sn_waiter_sleep(sn_waiter *waiter, int64_t deadline, const char *what, const void *object,
                                     const char *site);

/* Claim the waiter with `outcome`. Returns false if somebody else has. *asleep: the strand must be woken. */
bool sn_waiter_claim(sn_waiter *waiter, enum sn_waiter_state outcome, bool *asleep);

/* Claim it as WOKEN and wake its strand if it sleeps. Returns false if somebody else has claimed it. */
bool sn_waiter_wake(sn_waiter *waiter);

static inline bool sn_waiter_is_claimed(const sn_waiter *waiter)
{
    return sn_load(&waiter->state) >= SN_WOKEN;
}

#endif
