/* lock.c - mutual exclusion in one word.       Layer: sync.   Checked by: tests/unit/lock.c, tests/model/lock.c
 *
 *   HOLDER HELD PARKED | meaning
 *      0     0    0    | free, nobody waits
 *      n     1    0    | held, nobody waits; strand n acquired it
 *      n     1    1    | held; a waiter is in the lot or about to enter it
 *      0     0    1    | free; a woken waiter is on its way, and others sleep
 *
 * PARKED may be set with no waiter (costs one needless look into the lot); it must never be clear while a waiter
 * sleeps. It is cleared only under the lot's bucket guard, by the holder (sn_lot_release).
 * The holder's number is for reports and for conditions, which must know whether their caller has the lock; anybody
 * may release. docs/decisions/0004-holder-in-the-lock-word.md says why it lies here.
 * Rejected: a ticket lock (one sleeper stalls everybody behind it); a queue in each lock (the word would grow to a
 * pointer).
 */
#include "sync/lock.h"

#include "base/panic.h"
#include "park/lot.h"

enum { HELD = 1, PARKED = 2, HOLDER_SHIFT = 2 };

static uint32_t held_by(const sn_strand *strand)
{
    return strand->number << HOLDER_SHIFT | HELD;
}

/* Returns 0, for tail calls. */
static int acquired(const sennit_lock *lock, const char *site)
{
    (void)lock, (void)site; /* without a checker nobody asks */
    sn_tell_holds("lock", lock, true, site);
    return 0;
}

static int acquire_slow(sennit_lock *lock, int64_t deadline, const char *what, const char *site, uint32_t mine)
{
    uint32_t word = sn_load(&lock->word_);
    for (;;) {
        if (!(word & HELD)) {
            if (sn_compare_exchange(&lock->word_, &word, (word & PARKED) | mine))
                return acquired(lock, site);
            continue;
        }
        if (deadline == INT64_MIN)
            return -EBUSY;
        if (!(word & PARKED) && !sn_compare_exchange(&lock->word_, &word, word | PARKED))
            continue;
        /* T1: sets PARKED            T2: release sees PARKED, finds the lot still empty, stores 0, wakes nobody
         * T1: enters the lot, sleeps -> lost wake; so the lot looks at the word again under the bucket's guard. */
        if (sn_lot_park(&lock->word_, HELD | PARKED, HELD | PARKED, deadline, what, site) == SN_LOT_TIMED_OUT)
            return -ETIMEDOUT;
        word = sn_load(&lock->word_);
    }
}

int sn_lock_acquire(sennit_lock *lock, int64_t deadline, const char *what, const char *site)
{
    uint32_t mine = held_by(sn_strand_self()), word = 0;
    if (sn_compare_exchange(&lock->word_, &word, mine))
        return acquired(lock, site);
    return acquire_slow(lock, deadline, what, site, mine);
}

bool sn_lock_release(sennit_lock *lock)
{
    sn_tell_holds("lock", lock, false, NULL);
    uint32_t word = sn_load(&lock->word_);
    while (!(word & PARKED)) {
        if (!(word & HELD))
            return false;
        if (sn_compare_exchange(&lock->word_, &word, 0))
            return true;
    }
    return sn_lot_release(&lock->word_, HELD, PARKED);
}

uint32_t sn_lock_holder(const sennit_lock *lock)
{
    return sn_load(&lock->word_) >> HOLDER_SHIFT;
}

int sennit_lock_acquire_at(sennit_lock *lock, const char *site)
{
    sn_tell_point("acquire", "lock", lock, site);
    return sn_lock_acquire(lock, SENNIT_FOREVER, "a lock", site);
}

int sennit_lock_acquire_timeout_at(sennit_lock *lock, sennit_duration timeout, const char *site)
{
    if (timeout < 0)
        return sn_misuse("sennit_lock_acquire_timeout", site, -EINVAL, "the time-out is negative");
    if (timeout == 0)
        return sennit_lock_try_acquire(lock) == 0 ? 0 : -ETIMEDOUT;
    sn_tell_point("acquire in time", "lock", lock, site);
    return sn_lock_acquire(lock, sn_deadline(timeout), "a lock", site);
}

int sennit_lock_try_acquire(sennit_lock *lock)
{
    sn_tell_point("try to acquire", "lock", lock, NULL);
    return sn_lock_acquire(lock, INT64_MIN, NULL, NULL);
}

int sennit_lock_release_at(sennit_lock *lock, const char *site)
{
    sn_tell_point("release", "lock", lock, site);
    if (!sn_lock_release(lock))
        return sn_misuse("sennit_lock_release", site, -EPERM, "the lock is free");
    return 0;
}

bool sennit_lock_locked(const sennit_lock *lock)
{
    sn_tell_point("look at", "lock", lock, NULL);
    return sn_load(&lock->word_) & HELD;
}

/* For bindings and function pointers; everybody else gets the macros of the same name. */
int(sennit_lock_acquire)(sennit_lock *lock)
{
    return sennit_lock_acquire_at(lock, NULL);
}

int(sennit_lock_acquire_timeout)(sennit_lock *lock, sennit_duration timeout)
{
    return sennit_lock_acquire_timeout_at(lock, timeout, NULL);
}

int(sennit_lock_release)(sennit_lock *lock)
{
    return sennit_lock_release_at(lock, NULL);
}
