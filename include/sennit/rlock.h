/* A re-entrant lock: the strand (thread or task) that holds it may acquire it again, and it is free when it has been
 * released as often as acquired. Only its holder may release it. A zeroed sennit_rlock is free and ready; it needs no
 * destruction, must not be moved while in use, and is 8 bytes large.
 *
 *     static sennit_rlock lock;
 *
 *     sennit_with (&lock) {
 *         sennit_with (&lock)               // no deadlock
 *             total++;
 *     }
 *
 * Everything before the last release happens before the return of the acquire that gets the lock next.
 */
#ifndef SENNIT_RLOCK_H
#define SENNIT_RLOCK_H

#include <sennit/lock.h>

typedef struct sennit_rlock {
    sennit_lock lock_; /* private */
    uint32_t depth_;   /* private: under lock_; how often the holder has acquired it */
} sennit_rlock;

#define SENNIT_RLOCK_INIT {{0}, 0}

SENNIT_BEGIN_DECLS

/* Acquire the lock, waiting as long as it takes; at once if the caller holds it.
 * Returns 0, or -EAGAIN, with a line on stderr, if the caller holds it 2^32 - 1 times already.
 * May suspend.   From: thread, task.   Python: RLock.acquire(). */
SENNIT_API int sennit_rlock_acquire(sennit_rlock *lock);

/* The same, giving up after `timeout` (0: try once, SENNIT_FOREVER: never give up).
 * Returns 0, -EAGAIN, -ETIMEDOUT, or -EINVAL for a negative time-out.   May suspend.   From: thread, task.
 * Python: RLock.acquire(timeout=...), where -1 means for ever; here it is an error. */
SENNIT_API SENNIT_NODISCARD int sennit_rlock_acquire_timeout(sennit_rlock *lock, sennit_duration timeout);

/* Acquire the lock if it is free or the caller's.
 * Returns 0, -EAGAIN or -EBUSY.   Does not suspend.   From: thread, task.   Python: RLock.acquire(blocking=False). */
SENNIT_API SENNIT_NODISCARD int sennit_rlock_try_acquire(sennit_rlock *lock);

/* Undo one acquire; the last one frees the lock and wakes one waiter, if there is one.
 * Returns 0, or -EPERM, with a line on stderr, if the caller does not hold it (where Python raises RuntimeError).
 * Does not suspend.   From: thread, task.   Python: RLock.release(). */
SENNIT_API int sennit_rlock_release(sennit_rlock *lock);

/* Whether somebody holds the lock at this instant.
 * Does not suspend.   From: anywhere.   Orders nothing.   Python: RLock.locked(), from 3.14 on. */
SENNIT_API bool sennit_rlock_locked(const sennit_rlock *lock);

SENNIT_API int sennit_rlock_acquire_at(sennit_rlock *lock, const char *site);
SENNIT_API SENNIT_NODISCARD int sennit_rlock_acquire_timeout_at(sennit_rlock *lock, sennit_duration timeout,
                                                                const char *site);
SENNIT_API SENNIT_NODISCARD int sennit_rlock_try_acquire_at(sennit_rlock *lock, const char *site);
SENNIT_API int sennit_rlock_release_at(sennit_rlock *lock, const char *site);

SENNIT_END_DECLS

#define sennit_rlock_acquire(lock) sennit_rlock_acquire_at(lock, SENNIT_SITE)
#define sennit_rlock_acquire_timeout(lock, timeout) sennit_rlock_acquire_timeout_at(lock, timeout, SENNIT_SITE)
#define sennit_rlock_try_acquire(lock) sennit_rlock_try_acquire_at(lock, SENNIT_SITE)
#define sennit_rlock_release(lock) sennit_rlock_release_at(lock, SENNIT_SITE)

#endif
