/* Async functions. A call runs the body at once, in a task of its own, until it first has to wait; then the caller goes
 * on with a promise (promise.h) of what the body will return. What it throws rejects the promise.
 *
 *     sennit_async(int, add, (int, a), (int, b))
 *     {
 *         sennit_await(sennit_delay(sennit_ms(5)));
 *         return a + b;
 *     }
 *     int sum = sennit_await(int, add(1, 2));
 *
 * sennit_async(type, name, (type, parameter)...) takes up to 12 parameters and defines
 * `sennit_promise *name(type parameter, ...)`; to declare it elsewhere, write that prototype; put `static` before the
 * macro to make it local to its file. A type that is not written as `type name` (an array, a pointer to a function)
 * needs a typedef. The parameters are copied, so they live as long as the task.
 *
 * Called from a task, the callee runs on the caller's worker at once, and an idle worker may take the caller over
 * meanwhile: with more than one worker the two run in parallel. Called from an OS thread, the callee runs on that
 * thread until it returns or first waits, and then the thread goes on; if all workers are busy it waits for one.
 * In a task: no pthread lock held across an await, no errno or thread-local variable used before and after one.
 * TypeScript: async function.   Python: asyncio.create_task of an async def, run at once.
 */
#ifndef SENNIT_ASYNC_H
#define SENNIT_ASYNC_H

#include <sennit/promise.h>

/* What the runtime needs to know of an async function; valid for the life of the program. */
typedef struct sennit_async_function {
    const char *name;
    const char *site;
    size_t arguments_size; /* bytes that are copied from `arguments`; at most a quarter of a task's stack */
    size_t value_size;     /* bytes of the value that `run` stores; 0: none */
    void (*run)(void *arguments, void *value);
} sennit_async_function;

SENNIT_BEGIN_DECLS

/* Call an async function: what the function that sennit_async defines does.
 * Returns a promise, never NULL; where there is no memory, or the arguments are too large, it is rejected (-ENOMEM,
 * -E2BIG). May suspend.   From: thread, task. */
SENNIT_API sennit_promise *sennit_async_call(const sennit_async_function *function, const void *arguments);

SENNIT_END_DECLS

#ifndef __cplusplus

#define sennit_async(type, ...) \
    SENNIT_ASYNC_CHOOSE_(__VA_ARGS__, N_, N_, N_, N_, N_, N_, N_, N_, N_, N_, N_, N_, 0_, )(type, __VA_ARGS__)
#define SENNIT_ASYNC_CHOOSE_(name, a, b, c, d, e, f, g, h, i, j, k, l, chosen, ...) SENNIT_ASYNC_##chosen

#define SENNIT_ASYNC_0_(type, name) SENNIT_ASYNC_DEFINE_(type, name, (void), (), (char none_;), (0))
#define SENNIT_ASYNC_N_(type, name, ...)                                                                  \
    SENNIT_ASYNC_DEFINE_(type, name, (SENNIT_EACH_(SENNIT_PARAMETER_, SENNIT_COMMA_, __VA_ARGS__)),       \
                         (SENNIT_EACH_(SENNIT_ARGUMENT_, SENNIT_COMMA_, __VA_ARGS__)),                    \
                         (SENNIT_EACH_(SENNIT_PARAMETER_, SENNIT_SEMICOLON_, __VA_ARGS__);),              \
                         (SENNIT_EACH_(SENNIT_NAME_, SENNIT_COMMA_, __VA_ARGS__)))

/* A prototype first, so that a `static` before the macro takes hold; then the arguments as a struct, the body called
 * with them, the function itself, and last the head of the body, which the user's braces follow. A body that returns
 * void is given a value of 0, so that one assignment serves every type. */
#define SENNIT_ASYNC_DEFINE_(type, name, parameters, arguments, fields, values)                           \
    sennit_promise *name parameters;                                                                      \
    static type name##_sennit_body parameters;                                                            \
    struct name##_sennit_arguments {                                                                      \
        SENNIT_UNWRAP_ fields                                                                             \
    };                                                                                                    \
    static void name##_sennit_run(void *raw_, void *value_)                                               \
    {                                                                                                     \
        struct name##_sennit_arguments *sennit_arguments_ = (struct name##_sennit_arguments *)raw_;       \
        (void)sennit_arguments_;                                                                          \
        *(SENNIT_STORED_(type) *)value_ =                                                                 \
            __builtin_choose_expr(SENNIT_IS_VOID_(type), (name##_sennit_body arguments, 0),               \
                                  name##_sennit_body arguments);                                          \
    }                                                                                                     \
    sennit_promise *name parameters                                                                       \
    {                                                                                                     \
        static const sennit_async_function sennit_function_ = {                                           \
            #name, SENNIT_SITE, sizeof(struct name##_sennit_arguments),                                   \
            SENNIT_IS_VOID_(type) ? 0 : sizeof(SENNIT_STORED_(type)), name##_sennit_run};                 \
        struct name##_sennit_arguments sennit_arguments_ = {SENNIT_UNWRAP_ values};                       \
        return sennit_async_call(&sennit_function_, &sennit_arguments_);                                  \
    }                                                                                                     \
    static type name##_sennit_body parameters

#define SENNIT_IS_VOID_(type) __builtin_types_compatible_p(type, void)
#define SENNIT_STORED_(type) __typeof__(__builtin_choose_expr(SENNIT_IS_VOID_(type), 0, *(type *)0))
#define SENNIT_UNWRAP_(...) __VA_ARGS__
#define SENNIT_COMMA_() ,
#define SENNIT_SEMICOLON_() ;
#define SENNIT_PARAMETER_(type, name) type name
#define SENNIT_ARGUMENT_(type, name) sennit_arguments_->name
#define SENNIT_NAME_(type, name) name

/* m applied to each of up to 12 (type, name) pairs, with s() between them. */
#define SENNIT_EACH_(m, s, ...) \
    SENNIT_EACH_CHOOSE_(__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, )(m, s, __VA_ARGS__)
#define SENNIT_EACH_CHOOSE_(a, b, c, d, e, f, g, h, i, j, k, l, chosen, ...) SENNIT_EACH_##chosen
#define SENNIT_EACH_1(m, s, x) m x
#define SENNIT_EACH_2(m, s, x, ...) m x s() SENNIT_EACH_1(m, s, __VA_ARGS__)
#define SENNIT_EACH_3(m, s, x, ...) m x s() SENNIT_EACH_2(m, s, __VA_ARGS__)
#define SENNIT_EACH_4(m, s, x, ...) m x s() SENNIT_EACH_3(m, s, __VA_ARGS__)
#define SENNIT_EACH_5(m, s, x, ...) m x s() SENNIT_EACH_4(m, s, __VA_ARGS__)
#define SENNIT_EACH_6(m, s, x, ...) m x s() SENNIT_EACH_5(m, s, __VA_ARGS__)
#define SENNIT_EACH_7(m, s, x, ...) m x s() SENNIT_EACH_6(m, s, __VA_ARGS__)
#define SENNIT_EACH_8(m, s, x, ...) m x s() SENNIT_EACH_7(m, s, __VA_ARGS__)
#define SENNIT_EACH_9(m, s, x, ...) m x s() SENNIT_EACH_8(m, s, __VA_ARGS__)
#define SENNIT_EACH_10(m, s, x, ...) m x s() SENNIT_EACH_9(m, s, __VA_ARGS__)
#define SENNIT_EACH_11(m, s, x, ...) m x s() SENNIT_EACH_10(m, s, __VA_ARGS__)
#define SENNIT_EACH_12(m, s, x, ...) m x s() SENNIT_EACH_11(m, s, __VA_ARGS__)

#endif

#endif
