/* A promise is the value, or the error, that will be there later. Async functions give one (async.h), and so does
 * sennit_delay. The handle belongs to whoever got it: awaiting consumes it, sennit_detach and sennit_promise_release
 * give it up, sennit_promise_retain makes another. Nothing returns a NULL promise: where there was no memory the
 * promise is one that is rejected with -ENOMEM.
 *
 *     sennit_promise *three = add(1, 2);                      // both are under way
 *     sennit_promise *seven = add(3, 4);
 *     int sum = sennit_await(int, three) + sennit_await(int, seven);
 *
 * Everything before a promise settles happens before the return of an await of it.
 * A rejection that is never awaited is not lost: when the last handle is given up it is reported on stderr, and the
 * process ends with status 1.
 */
#ifndef SENNIT_PROMISE_H
#define SENNIT_PROMISE_H

#include <sennit/error.h>

typedef struct sennit_promise sennit_promise;

SENNIT_BEGIN_DECLS

/* A promise that is fulfilled already, without a value.   Does not suspend.   TypeScript: Promise.resolve(). */
SENNIT_API sennit_promise *sennit_promise_resolved(void);

/* A promise that is rejected already.   Does not suspend.   TypeScript: Promise.reject(new Error(message)). */
SENNIT_API sennit_promise *sennit_promise_rejected_at(const char *site, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define sennit_promise_rejected(...) sennit_promise_rejected_at(SENNIT_SITE, __VA_ARGS__)

/* A promise that is fulfilled, without a value, when `duration` has passed; a negative one counts as 0.
 * Does not suspend.   From: thread, task.   Python: asyncio.sleep().   TypeScript: setTimeout() in a promise. */
SENNIT_API sennit_promise *sennit_delay(sennit_duration duration);

/* Another handle of the same promise; returns `promise`. */
SENNIT_API sennit_promise *sennit_promise_retain(sennit_promise *promise);

/* Give a handle up. The task behind it, if any, goes on; the process does not wait for it at its end. */
SENNIT_API void sennit_promise_release(sennit_promise *promise);

/* Give the handle of an async call up; at its end the process waits until the task is done.   TypeScript: void f(). */
SENNIT_API void sennit_detach(sennit_promise *promise);

/* Whether the promise is fulfilled or rejected.   Does not suspend.   From: anywhere. */
SENNIT_API bool sennit_promise_settled(const sennit_promise *promise);

/* Wait until the promise settles and consume the handle: sennit_await(promise), or sennit_await(type, promise) for its
 * value. Throws what it was rejected with. A value of another size than `type` has is an error: it throws -EINVAL.
 * May suspend; with one worker a task always lets the others run first, as in TypeScript.   From: thread, task. */
#define sennit_await(...) SENNIT_AWAIT_(__VA_ARGS__, SENNIT_AWAIT_VALUE_, SENNIT_AWAIT_VOID_, )(__VA_ARGS__)

/* The same without throwing: sennit_await_status(promise), or sennit_await_status(promise, &value), which stores the
 * value if there is one. Returns 0, the (negative) code of the error it was rejected with, or -EINVAL, with a line on
 * stderr, for a value of another size.   May suspend.   From: thread, task. */
#define sennit_await_status(...) \
    SENNIT_AWAIT_(__VA_ARGS__, SENNIT_AWAIT_STATUS_VALUE_, SENNIT_AWAIT_STATUS_VOID_, )(__VA_ARGS__)

/* What the two stand on. `value` may be NULL, and then `size` is ignored. */
SENNIT_API void sennit_await_at(sennit_promise *promise, void *value, size_t size, const char *site);
SENNIT_API SENNIT_NODISCARD int sennit_await_status_at(sennit_promise *promise, void *value, size_t size,
                                                       const char *site);

#define SENNIT_AWAIT_(first, second, chosen, ...) chosen
#define SENNIT_AWAIT_VOID_(promise) sennit_await_at(promise, NULL, 0, SENNIT_SITE)
#define SENNIT_AWAIT_VALUE_(type, promise)                                          \
    __extension__({                                                                 \
        type sennit_value_;                                                         \
        sennit_await_at(promise, &sennit_value_, sizeof sennit_value_, SENNIT_SITE); \
        sennit_value_;                                                              \
    })
#define SENNIT_AWAIT_STATUS_VOID_(promise) sennit_await_status_at(promise, NULL, 0, SENNIT_SITE)
#define SENNIT_AWAIT_STATUS_VALUE_(promise, value) \
    sennit_await_status_at(promise, (void *)(value), sizeof *(value), SENNIT_SITE)

SENNIT_END_DECLS

#endif
