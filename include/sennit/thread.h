/* An OS thread as an object. The handle belongs to whoever started the thread: joining consumes it, detaching gives it
 * up. A thread whose handle is neither joined nor detached lives on as in Python: the process waits for it at its end.
 *
 *     static void *work(void *arg) { ... return arg; }
 *
 *     sennit_thread *thread = sennit_thread_start(work, &job);
 *     sennit_thread_join(thread);
 *
 * Everything before the start happens before the thread's first step, and its last step before the return of the join.
 * Tasks (async.h) are far cheaper; take a thread for work that blocks outside sennit.
 */
#ifndef SENNIT_THREAD_H
#define SENNIT_THREAD_H

#include <sennit/base.h>

typedef struct sennit_thread sennit_thread;

SENNIT_BEGIN_DECLS

/* Start an OS thread that runs function(arg). An error thrown out of `function` is reported on stderr and ends that
 * thread alone, as in Python.
 * Returns a handle, never NULL: where no thread could be started, joining the handle gives the error (-EAGAIN, -ENOMEM).
 * Does not suspend.   From: thread, task.   Python: Thread(target=...).start(). */
SENNIT_API sennit_thread *sennit_thread_start(void *(*function)(void *), void *arg);

/* Wait until the thread has ended, and give up the handle.
 * Returns 0 (also if an error ended the thread), the error that kept it from starting, or -EDEADLK, with a line on
 * stderr and the handle kept, if a thread joins itself.
 * May suspend.   From: thread, task.   Python: Thread.join(), which can be repeated; this can't. */
SENNIT_API int sennit_thread_join(sennit_thread *thread);

/* The same, storing what `function` returned in *result (NULL if an error ended it). `result` may be NULL. */
SENNIT_API int sennit_thread_join_result(sennit_thread *thread, void **result);

/* Wait for at most `timeout` (zero or negative: poll); after a time-out the handle is still the caller's.
 * Returns as sennit_thread_join, or -ETIMEDOUT.   May suspend.   From: thread, task.   Python: Thread.join(timeout). */
SENNIT_API SENNIT_NODISCARD int sennit_thread_join_timeout(sennit_thread *thread, sennit_duration timeout);

/* Give up the handle without waiting. The process still waits for the thread at its end.
 * Does not suspend.   From: thread, task.   Python: dropping the last reference to a Thread. */
SENNIT_API void sennit_thread_detach(sennit_thread *thread);

SENNIT_API int sennit_thread_join_at(sennit_thread *thread, void **result, sennit_duration timeout, const char *site);

SENNIT_END_DECLS

#define sennit_thread_join(thread) sennit_thread_join_at(thread, NULL, SENNIT_FOREVER, SENNIT_SITE)
#define sennit_thread_join_result(thread, result) sennit_thread_join_at(thread, result, SENNIT_FOREVER, SENNIT_SITE)
#define sennit_thread_join_timeout(thread, timeout) sennit_thread_join_at(thread, NULL, timeout, SENNIT_SITE)

#endif
