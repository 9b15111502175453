/* condition.c - wait until others say that something has changed.       Layer: sync.
 *                                Checked by: tests/unit/condition.c, tests/model/condition.c
 * Wait: the waiter is queued while the lock is still held, so a notify that comes after the release finds it:
 *
 *   T1: queue, release, sleep     T2: acquire, change, notify (finds T1), release
 *   The other way round (release, queue) T2 could notify in between, find nobody, and T1 would sleep for ever.
 *
 * Notify: takes the longest waiting out and claims it; one that has timed out can't be claimed, and the next is taken
 * instead. A woken waiter then acquires the lock as everybody else does.
 */
#include <sennit/condition.h>

#include "base/panic.h"
#include "park/queue.h"
#include "sync/rlock.h"

_Static_assert(sizeof(sennit_lock) == 4, "the ABI");
_Static_assert(sizeof(sennit_rlock) == 8, "the ABI");
_Static_assert(sizeof(void *) != 8 || sizeof(sennit_condition) == 32, "the ABI");

static const char again[] = "the lock of a condition";

/* The re-entrant lock that the condition is bound to, or NULL if it is a plain one. */
static sennit_rlock *rlock_of(sennit_condition *condition)
{
    if (condition->bound_ == SENNIT_OBJECT_LOCK)
        return NULL;
    return condition->bound_ == SENNIT_OBJECT_RLOCK ? condition->lock_ : &condition->own_;
}

static sennit_lock *lock_of(sennit_condition *condition)
{
    sennit_rlock *rlock = rlock_of(condition);
    return rlock ? &rlock->lock_ : condition->lock_;
}

static bool is_mine(sennit_condition *condition)
{
    return sn_lock_holder(lock_of(condition)) == sn_strand_self()->number;
}

static int acquire(sennit_condition *condition, int64_t deadline, const char *site)
{
    sn_tell_point("acquire", "lock", lock_of(condition), site);
    sennit_rlock *rlock = rlock_of(condition);
    return rlock ? sn_rlock_acquire(rlock, deadline, again, site)
                 : sn_lock_acquire(condition->lock_, deadline, again, site);
}

int sennit_condition_acquire_at(sennit_condition *condition, const char *site)
{
    return acquire(condition, SENNIT_FOREVER, site);
}

int sennit_condition_acquire_timeout_at(sennit_condition *condition, sennit_duration timeout, const char *site)
{
    if (timeout < 0)
        return sn_misuse("sennit_condition_acquire_timeout", site, -EINVAL, "the time-out is negative");
    int error = acquire(condition, timeout ? sn_deadline(timeout) : INT64_MIN, site);
    return error == -EBUSY ? -ETIMEDOUT : error;
}

int sennit_condition_try_acquire_at(sennit_condition *condition, const char *site)
{
    return acquire(condition, INT64_MIN, site);
}

int sennit_condition_release_at(sennit_condition *condition, const char *site)
{
    sennit_rlock *rlock = rlock_of(condition);
    return rlock ? sennit_rlock_release_at(rlock, site) : sennit_lock_release_at(condition->lock_, site);
}

/* The caller holds the lock. Returns 0 or -ETIMEDOUT. */
static int wait_until(sennit_condition *condition, int64_t deadline, const char *site)
{
    sennit_rlock *rlock = rlock_of(condition);
    uint32_t depth = 0;
    sn_waiter waiter;
    sn_waiter_init(&waiter, condition);
    sn_guard_lock(&condition->guard_);
    sn_queue_append(&condition->waiters_, &waiter);
    sn_guard_unlock(&condition->guard_);
    if (rlock)
        depth = sn_rlock_release_all(rlock);
    else
        sn_lock_release(condition->lock_);

    enum sn_waiter_state outcome = sn_waiter_sleep(&waiter, deadline, "a condition", condition, site);
    if (outcome == SN_TIMED_OUT)
        sn_queue_leave(&condition->guard_, &condition->waiters_, &waiter);
    sn_tell_point("have again", "lock", lock_of(condition), site);

    if (rlock)
        sn_rlock_acquire_all(rlock, depth, again, site);
    else
        sn_lock_acquire(condition->lock_, SENNIT_FOREVER, again, site);
    return outcome == SN_WOKEN ? 0 : -ETIMEDOUT;
}

int sennit_condition_wait_at(sennit_condition *condition, const char *site)
{
    sn_tell_point("wait", "condition", condition, site);
    if (!is_mine(condition))
        return sn_misuse("sennit_condition_wait", site, -EPERM, "the caller does not hold the condition's lock");
    return wait_until(condition, SENNIT_FOREVER, site);
}

int sennit_condition_wait_timeout_at(sennit_condition *condition, sennit_duration timeout, const char *site)
{
    sn_tell_point("wait in time", "condition", condition, site);
    if (!is_mine(condition))
        return sn_misuse("sennit_condition_wait_timeout", site, -EPERM,
                         "the caller does not hold the condition's lock");
    return wait_until(condition, sn_deadline(timeout), site);
}

int sennit_condition_wait_for_at(sennit_condition *condition, sennit_predicate *predicate, void *arg,
                                 sennit_duration timeout, const char *site)
{
    sn_tell_point("wait for", "condition", condition, site);
    if (!is_mine(condition))
        return sn_misuse("sennit_condition_wait_for", site, -EPERM, "the caller does not hold the condition's lock");
    if (predicate(arg))
        return 1;
    int64_t deadline = sn_deadline(timeout);
    while (wait_until(condition, deadline, site) == 0)
        if (predicate(arg))
            return 1;
    return predicate(arg) ? 1 : 0;
}

int sennit_condition_notify_n_at(sennit_condition *condition, size_t n, const char *site)
{
    sn_tell_point("notify", "condition", condition, site);
    if (!is_mine(condition))
        return sn_misuse("sennit_condition_notify", site, -EPERM, "the caller does not hold the condition's lock");
    sn_guard_lock(&condition->guard_);
    size_t woken = sn_queue_wake(&condition->waiters_, condition, n);
    sn_guard_unlock(&condition->guard_);
    (void)woken; /* without a checker nobody asks */
    sn_tell_notified("condition", condition, woken, site);
    return 0;
}

/* For bindings and function pointers; everybody else gets the macros of the same name. */
int(sennit_condition_acquire)(sennit_condition *condition)
{
    return sennit_condition_acquire_at(condition, NULL);
}

int(sennit_condition_acquire_timeout)(sennit_condition *condition, sennit_duration timeout)
{
    return sennit_condition_acquire_timeout_at(condition, timeout, NULL);
}

int(sennit_condition_try_acquire)(sennit_condition *condition)
{
    return sennit_condition_try_acquire_at(condition, NULL);
}

int(sennit_condition_release)(sennit_condition *condition)
{
    return sennit_condition_release_at(condition, NULL);
}

int(sennit_condition_wait)(sennit_condition *condition)
{
    return sennit_condition_wait_at(condition, NULL);
}

int(sennit_condition_wait_timeout)(sennit_condition *condition, sennit_duration timeout)
{
    return sennit_condition_wait_timeout_at(condition, timeout, NULL);
}

int(sennit_condition_wait_for)(sennit_condition *condition, sennit_predicate *predicate, void *arg,
                               sennit_duration timeout)
{
    return sennit_condition_wait_for_at(condition, predicate, arg, timeout, NULL);
}

int(sennit_condition_notify)(sennit_condition *condition)
{
    return sennit_condition_notify_n_at(condition, 1, NULL);
}

int(sennit_condition_notify_n)(sennit_condition *condition, size_t n)
{
    return sennit_condition_notify_n_at(condition, n, NULL);
}

int(sennit_condition_notify_all)(sennit_condition *condition)
{
    return sennit_condition_notify_n_at(condition, SIZE_MAX, NULL);
}
