/* A condition lets strands (threads or tasks) wait until others say that something has changed. It is bound to a lock:
 * waiting releases the lock, sleeps, and has the lock again when it returns. A zeroed sennit_condition is ready and
 * brings its own re-entrant lock; SENNIT_CONDITION(&lock) binds one to a sennit_lock or sennit_rlock, which several
 * conditions may share. It needs no destruction, must not be moved while in use, and is 32 bytes large.
 *
 *     static sennit_condition ready;
 *
 *     sennit_with (&ready) {                         sennit_with (&ready) {
 *         while (count == 0)                             count++;
 *             sennit_condition_wait(&ready);             sennit_condition_notify(&ready);
 *         count--;                                   }
 *     }
 *
 * Waiters are woken first come, first served, and never without a reason: a wait returns because of a notify or its
 * time-out. A notify that finds nobody waiting is lost. A waiter that times out never uses up a notify.
 * Waiting and notifying need the lock: -EPERM, with a line on stderr, where Python raises RuntimeError. That includes
 * a plain lock that another strand holds, which Python lets pass. The lock orders memory as lock.h says.
 */
#ifndef SENNIT_CONDITION_H
#define SENNIT_CONDITION_H

#include <sennit/rlock.h>

struct sn_waiter;

typedef struct sennit_condition {
    /* private */
    sennit_rlock own_;          /* the lock of a condition that is bound to no other */
    void *lock_;                /* const after init: the lock that it is bound to, NULL: own_ */
    uint32_t bound_;            /* const after init: SENNIT_OBJECT_LOCK, _RLOCK, or 0 with lock_ NULL */
    uint32_t guard_;            /* guards waiters_ */
    struct sn_waiter *waiters_; /* under guard_: the longest waiting first, a circle */
} sennit_condition;

/* Kinds of objects that sennit_with and SENNIT_CONDITION take. */
enum { SENNIT_OBJECT_LOCK = 1, SENNIT_OBJECT_RLOCK = 2, SENNIT_OBJECT_CONDITION = 3 };

#ifndef __cplusplus
#define SENNIT_CONDITION(lock) \
    {{{0}, 0}, (lock), _Generic((lock), sennit_lock *: SENNIT_OBJECT_LOCK, sennit_rlock *: SENNIT_OBJECT_RLOCK), 0, NULL}
#else
extern "C++" {
constexpr uint32_t sennit_object_bound_(sennit_lock *) { return SENNIT_OBJECT_LOCK; }
constexpr uint32_t sennit_object_bound_(sennit_rlock *) { return SENNIT_OBJECT_RLOCK; }
}
#define SENNIT_CONDITION(lock) {{{0}, 0}, (lock), sennit_object_bound_(lock), 0, nullptr}
#endif

/* What sennit_condition_wait_for waits for. It is called with the lock held and must neither throw nor suspend. */
typedef bool sennit_predicate(void *arg);

SENNIT_BEGIN_DECLS

/* Acquire or release the lock that the condition is bound to; sennit_with does both.
 * Return, suspend and may be called as the function of that lock.   Python: Condition.acquire(), release(). */
SENNIT_API int sennit_condition_acquire(sennit_condition *condition);
SENNIT_API SENNIT_NODISCARD int sennit_condition_acquire_timeout(sennit_condition *condition, sennit_duration timeout);
SENNIT_API SENNIT_NODISCARD int sennit_condition_try_acquire(sennit_condition *condition);
SENNIT_API int sennit_condition_release(sennit_condition *condition);

/* Release the lock (all levels of a re-entrant one), sleep until notified, and have the lock again.
 * Returns 0, or -EPERM if the caller does not hold the lock.
 * May suspend.   From: thread, task.   Python: Condition.wait(). */
SENNIT_API int sennit_condition_wait(sennit_condition *condition);

/* The same for at most `timeout`; zero and negative ones poll. Having the lock again can take longer than that.
 * Returns 0 if notified, -ETIMEDOUT, or -EPERM.   May suspend.   From: thread, task.
 * Python: Condition.wait(timeout). */
SENNIT_API SENNIT_NODISCARD int sennit_condition_wait_timeout(sennit_condition *condition, sennit_duration timeout);

/* Wait until predicate(arg) holds, for at most `timeout` in all; zero and negative ones look and poll once.
 * Returns 1 if it holds, 0 if time ran out, or -EPERM if the caller does not hold the lock (Python looks at the
 * predicate first and raises only if it has to wait).   May suspend.   From: thread, task.
 * Python: Condition.wait_for(predicate, timeout). */
SENNIT_API int sennit_condition_wait_for(sennit_condition *condition, sennit_predicate *predicate, void *arg,
                                         sennit_duration timeout);

/* Wake the longest waiting strand, the n longest waiting ones, or all; they go on when they have the lock.
 * Returns 0, or -EPERM if the caller does not hold the lock.   Does not suspend.   From: thread, task.
 * Python: Condition.notify(), notify(n), notify_all(). */
SENNIT_API int sennit_condition_notify(sennit_condition *condition);
SENNIT_API int sennit_condition_notify_n(sennit_condition *condition, size_t n);
SENNIT_API int sennit_condition_notify_all(sennit_condition *condition);

SENNIT_API int sennit_condition_acquire_at(sennit_condition *condition, const char *site);
SENNIT_API SENNIT_NODISCARD int sennit_condition_acquire_timeout_at(sennit_condition *condition,
                                                                    sennit_duration timeout, const char *site);
SENNIT_API SENNIT_NODISCARD int sennit_condition_try_acquire_at(sennit_condition *condition, const char *site);
SENNIT_API int sennit_condition_release_at(sennit_condition *condition, const char *site);
SENNIT_API int sennit_condition_wait_at(sennit_condition *condition, const char *site);
SENNIT_API SENNIT_NODISCARD int sennit_condition_wait_timeout_at(sennit_condition *condition, sennit_duration timeout,
                                                                 const char *site);
SENNIT_API int sennit_condition_wait_for_at(sennit_condition *condition, sennit_predicate *predicate, void *arg,
                                            sennit_duration timeout, const char *site);
SENNIT_API int sennit_condition_notify_n_at(sennit_condition *condition, size_t n, const char *site);

SENNIT_END_DECLS

#define sennit_condition_acquire(condition) sennit_condition_acquire_at(condition, SENNIT_SITE)
#define sennit_condition_acquire_timeout(condition, timeout) \
    sennit_condition_acquire_timeout_at(condition, timeout, SENNIT_SITE)
#define sennit_condition_try_acquire(condition) sennit_condition_try_acquire_at(condition, SENNIT_SITE)
#define sennit_condition_release(condition) sennit_condition_release_at(condition, SENNIT_SITE)
#define sennit_condition_wait(condition) sennit_condition_wait_at(condition, SENNIT_SITE)
#define sennit_condition_wait_timeout(condition, timeout) \
    sennit_condition_wait_timeout_at(condition, timeout, SENNIT_SITE)
#define sennit_condition_wait_for(condition, predicate, arg, timeout) \
    sennit_condition_wait_for_at(condition, predicate, arg, timeout, SENNIT_SITE)
#define sennit_condition_notify(condition) sennit_condition_notify_n_at(condition, 1, SENNIT_SITE)
#define sennit_condition_notify_n(condition, n) sennit_condition_notify_n_at(condition, n, SENNIT_SITE)
#define sennit_condition_notify_all(condition) sennit_condition_notify_n_at(condition, SIZE_MAX, SENNIT_SITE)

#endif
