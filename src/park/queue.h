/* queue.h - waiters in the order in which they came.       Layer: park.
 *
 * A queue is a guard and the first waiter of a circle, so that it fits into other objects. All functions but the two
 * locked ones are called with its guard held.
 */
#ifndef SN_PARK_QUEUE_H
#define SN_PARK_QUEUE_H

#include "park/waiter.h"

void sn_queue_append(sn_waiter **first, sn_waiter *waiter);
void sn_queue_remove(sn_waiter **first, sn_waiter *waiter);

/* Take out and wake up to n waiters of `key`, the longest waiting first. Returns how many were woken. Waiters that have
 * timed out are taken out too, but not counted. */
size_t sn_queue_wake(sn_waiter **first, const void *key, size_t n);

/* The longest waiting waiter of `key`, or NULL. */
sn_waiter *sn_queue_first(sn_waiter *const *first, const void *key);

/* Queue the waiter and sleep, with *guard held at the call and free at the return. As sn_waiter_sleep. */
enum sn_waiter_state sn_queue_sleep(sn_guard *guard, sn_waiter **first, sn_waiter *waiter, int64_t deadline,
                                    const char *what, const void *object, const char *site);

/* Take the waiter out if it is still queued: after a time-out. */
void sn_queue_leave(sn_guard *guard, sn_waiter **first, sn_waiter *waiter);

#endif
