/* A lock is held by at most one strand, where a strand is an OS thread or a task. A task that waits for a lock gives
 * up its worker, a thread sleeps. As in Python's threading.Lock it has no owner: any strand may release it, and a
 * strand that acquires it twice waits for somebody else to release it (see rlock.h). A zeroed sennit_lock is free and
 * ready; it needs no destruction, must not be moved while in use, and is 4 bytes large.
 *
 *     static sennit_lock lock;              // guards balance
 *
 *     sennit_with (&lock) {                 // released however the block is left (with.h)
 *         balance += 10;
 *     }
 *
 * Everything before a release happens before the return of the acquire that gets the lock next.
 */
#ifndef SENNIT_LOCK_H
#define SENNIT_LOCK_H

#include <sennit/base.h>

typedef struct sennit_lock {
    uint32_t word_; /* private: HELD, PARKED and the holder's number, see src/sync/lock.c */
} sennit_lock;

#define SENNIT_LOCK_INIT {0}

SENNIT_BEGIN_DECLS

/* Acquire the lock, waiting as long as it takes.
 * Returns 0.   May suspend.   From: thread, task.   Python: Lock.acquire(). */
SENNIT_API int sennit_lock_acquire(sennit_lock *lock);

/* Acquire the lock, giving up after `timeout` (0: try once, SENNIT_FOREVER: never give up).
 * Returns 0, -ETIMEDOUT, or -EINVAL for a negative time-out.   May suspend.   From: thread, task.
 * Python: Lock.acquire(timeout=...), where -1 means for ever; here it is an error. */
SENNIT_API SENNIT_NODISCARD int sennit_lock_acquire_timeout(sennit_lock *lock, sennit_duration timeout);

/* Acquire the lock if it is free.
 * Returns 0 or -EBUSY.   Does not suspend.   From: thread, task.   Python: Lock.acquire(blocking=False). */
SENNIT_API SENNIT_NODISCARD int sennit_lock_try_acquire(sennit_lock *lock);

/* Release the lock and wake one waiter, if there is one.
 * Returns 0, or -EPERM, with a line on stderr, if the lock is free (where Python raises RuntimeError).
 * Does not suspend.   From: thread, task; not from a signal handler.   Python: Lock.release(). */
SENNIT_API int sennit_lock_release(sennit_lock *lock);

/* Whether somebody holds the lock at this instant.
 * Does not suspend.   From: anywhere.   Orders nothing.   Python: Lock.locked(). */
SENNIT_API bool sennit_lock_locked(const sennit_lock *lock);

SENNIT_API int sennit_lock_acquire_at(sennit_lock *lock, const char *site);
SENNIT_API SENNIT_NODISCARD int sennit_lock_acquire_timeout_at(sennit_lock *lock, sennit_duration timeout,
                                                               const char *site);
SENNIT_API int sennit_lock_release_at(sennit_lock *lock, const char *site);

SENNIT_END_DECLS

#define sennit_lock_acquire(lock) sennit_lock_acquire_at(lock, SENNIT_SITE)
#define sennit_lock_acquire_timeout(lock, timeout) sennit_lock_acquire_timeout_at(lock, timeout, SENNIT_SITE)
#define sennit_lock_release(lock) sennit_lock_release_at(lock, SENNIT_SITE)

#endif
