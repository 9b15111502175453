/* rlock.c - a lock that its holder may acquire again.       Layer: sync.
 * Checked by: tests/unit/rlock.c, tests/model/rlock.c
 *
 * The lock's word names its holder. Only the strand itself ever writes its own number there, and takes it away, so
 * reading its own number is proof that it holds the lock, and depth_ is then its alone.
 */
#include "sync/rlock.h"

#include "base/panic.h"

static bool is_mine(const sennit_rlock *lock)
{
    return sn_lock_holder(&lock->lock_) == sn_strand_self()->number;
}

int sn_rlock_acquire(sennit_rlock *lock, int64_t deadline, const char *what, const char *site)
{
    if (is_mine(lock)) {
        if (lock->depth_ == UINT32_MAX)
            return sn_misuse("sennit_rlock_acquire", site, -EAGAIN, "acquired too many times");
        lock->depth_++;
        return 0;
    }
    int error = sn_lock_acquire(&lock->lock_, deadline, what, site);
    if (!error)
        lock->depth_ = 1;
    return error;
}

uint32_t sn_rlock_release_all(sennit_rlock *lock)
{
    uint32_t depth = lock->depth_;
    lock->depth_ = 0;
    sn_lock_release(&lock->lock_);
    return depth;
}

void sn_rlock_acquire_all(sennit_rlock *lock, uint32_t depth, const char *what, const char *site)
{
    sn_lock_acquire(&lock->lock_, SENNIT_FOREVER, what, site);
    lock->depth_ = depth;
}

int sennit_rlock_acquire_at(sennit_rlock *lock, const char *site)
{
    sn_tell_point("acquire", "lock", &lock->lock_, site);
    return sn_rlock_acquire(lock, SENNIT_FOREVER, "an rlock", site);
}

int sennit_rlock_acquire_timeout_at(sennit_rlock *lock, sennit_duration timeout, const char *site)
{
    if (timeout < 0)
        return sn_misuse("sennit_rlock_acquire_timeout", site, -EINVAL, "the time-out is negative");
    if (timeout == 0) {
        int error = sennit_rlock_try_acquire_at(lock, site);
        return error == -EBUSY ? -ETIMEDOUT : error;
    }
    sn_tell_point("acquire in time", "lock", &lock->lock_, site);
    return sn_rlock_acquire(lock, sn_deadline(timeout), "an rlock", site);
}

int sennit_rlock_try_acquire_at(sennit_rlock *lock, const char *site)
{
    sn_tell_point("try to acquire", "lock", &lock->lock_, site);
    return sn_rlock_acquire(lock, INT64_MIN, NULL, site);
}

int sennit_rlock_release_at(sennit_rlock *lock, const char *site)
{
    sn_tell_point("release", "lock", &lock->lock_, site);
    if (!is_mine(lock))
        return sn_misuse("sennit_rlock_release", site, -EPERM, "the caller does not hold the lock");
    if (--lock->depth_ == 0)
        sn_lock_release(&lock->lock_);
    return 0;
}

bool sennit_rlock_locked(const sennit_rlock *lock)
{
    return sennit_lock_locked(&lock->lock_);
}

/* For bindings and function pointers; everybody else gets the macros of the same name. */
int(sennit_rlock_acquire)(sennit_rlock *lock)
{
    return sennit_rlock_acquire_at(lock, NULL);
}

int(sennit_rlock_acquire_timeout)(sennit_rlock *lock, sennit_duration timeout)
{
    return sennit_rlock_acquire_timeout_at(lock, timeout, NULL);
}

int(sennit_rlock_try_acquire)(sennit_rlock *lock)
{
    return sennit_rlock_try_acquire_at(lock, NULL);
}

int(sennit_rlock_release)(sennit_rlock *lock)
{
    return sennit_rlock_release_at(lock, NULL);
}
