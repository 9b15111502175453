/* seam.h - every step that another strand could see, or that the world decides.       Layer: seam.
 *
 * The library uses no atomics, clock, random numbers, futexes or threads but these. They are compiled twice: as inline
 * atomics and calls of plat, and, with SENNIT_CHECK, through a table that a checker fills (hooks.h).
 *
 * Orders: sn_load, sn_store and the read-modify-writes are sequentially consistent. The weaker forms bear their order
 * in the name, and each use says what it pairs with.
 */
#ifndef SN_SEAM_SEAM_H
#define SN_SEAM_SEAM_H

#include "plat/plat.h"
#include "seam/hooks.h"

#ifdef SENNIT_CHECK
#define SN_ASK_(name, otherwise, ...)                                                  \
    __extension__({                                                                    \
        const struct sn_hooks *sn_now_ = __atomic_load_n(&sn_hooks, __ATOMIC_ACQUIRE); \
        sn_now_ && sn_now_->name ? sn_now_->name(__VA_ARGS__) : (otherwise);           \
    })
#define SN_TELL_(name, ...) SN_ASK_(name, (void)0, __VA_ARGS__)
#define SN_BEFORE_(step, p, value) SN_TELL_(before, step, p, sizeof *(p), (uint64_t)(value))
#define SN_STORE_(step, p, v, order)           \
    __extension__({                            \
        __typeof__(*(p)) sn_value_ = (v);      \
        SN_BEFORE_(step, p, sn_value_);        \
        __atomic_store_n(p, sn_value_, order); \
    })
#else
#define SN_BEFORE_(step, p, value) ((void)0)
#define SN_STORE_(step, p, v, order) __atomic_store_n(p, v, order)
#define SN_TELL_(name, ...) ((void)0)
#define SN_ASK_(name, otherwise, ...) (otherwise)
#endif

#define sn_load(p) (SN_BEFORE_(SN_STEP_LOAD, p, 0), __atomic_load_n(p, __ATOMIC_SEQ_CST))
#define sn_load_relaxed(p) (SN_BEFORE_(SN_STEP_LOAD, p, 0), __atomic_load_n(p, __ATOMIC_RELAXED))
#define sn_store(p, v) SN_STORE_(SN_STEP_STORE, p, v, __ATOMIC_SEQ_CST)
#define sn_store_relaxed(p, v) SN_STORE_(SN_STEP_STORE_RELAXED, p, v, __ATOMIC_RELAXED)
#define sn_exchange(p, v) (SN_BEFORE_(SN_STEP_EXCHANGE, p, 0), __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST))
#define sn_add(p, v) (SN_BEFORE_(SN_STEP_ADD, p, 0), __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST))

/* If *p == *expected, store `desired` and return true; else load *p into *expected and return false. */
#define sn_compare_exchange(p, expected, desired) \
    (SN_BEFORE_(SN_STEP_COMPARE, p, 0),           \
     __atomic_compare_exchange_n(p, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))

/* For what only reports read (who waits for what): no step, no order; a report may be a moment behind. */
#define sn_note(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define sn_peek(p) __atomic_load_n(p, __ATOMIC_RELAXED)

/* What a user's program does, told to the checker in its own terms; see hooks.h. Nothing in libsennit. */
#define sn_tell_point(what, kind, object, site) SN_TELL_(point, &(struct sn_point){what, kind, object, site})
#define sn_tell_waits(what, object, site) SN_TELL_(waits, what, object, site)
#define sn_tell_holds(kind, object, held, site) SN_TELL_(holds, kind, object, held, site)
#define sn_tell_notified(kind, object, woken, site) SN_TELL_(notified, kind, object, woken, site)
#define sn_tell_one_worker() SN_TELL_(one_worker)
#define sn_tell_runs(function) SN_TELL_(runs, (uintptr_t)(function))

static inline int64_t sn_now(void)
{
    return SN_ASK_(now, sn_plat_now());
}

static inline uint64_t sn_random(void)
{
    return SN_ASK_(random, sn_plat_random());
}

static inline int sn_futex_wait(const uint32_t *word, uint32_t expected, int64_t deadline)
{
    return SN_ASK_(futex_wait, sn_plat_futex_wait(word, expected, deadline), word, expected, deadline);
}

static inline void sn_futex_wake(const uint32_t *word, int n)
{
    SN_ASK_(futex_wake, sn_plat_futex_wake(word, n), word, n);
}

static inline int sn_thread_start(sn_plat_thread *thread, void *(*function)(void *), void *arg)
{
    return SN_ASK_(thread_start, sn_plat_thread_start(thread, function, arg, 0), &thread->handle, function, arg);
}

static inline void sn_thread_join(sn_plat_thread thread)
{
    SN_ASK_(thread_join, sn_plat_thread_join(thread), thread.handle);
}

static inline void sn_thread_detach(sn_plat_thread thread)
{
    SN_ASK_(thread_detach, sn_plat_thread_detach(thread), thread.handle);
}

static inline void sn_thread_yield(void)
{
    SN_ASK_(thread_yield, sn_plat_thread_yield());
}

static inline int sn_at_thread_exit(void (*function)(void *), void *value)
{
    return SN_ASK_(at_thread_exit, sn_plat_at_thread_exit(function, value), function, value);
}

static inline bool sn_is_main_thread(void)
{
    return SN_ASK_(is_main_thread, sn_plat_is_main_thread());
}

static inline unsigned sn_thread_count(void)
{
    return SN_ASK_(thread_count, sn_plat_thread_count());
}

static inline unsigned sn_core_count(void)
{
    return SN_ASK_(core_count, sn_plat_core_count());
}

/* The absolute deadline of a wait that starts now. */
static inline int64_t sn_deadline(sennit_duration timeout)
{
    if (timeout == SENNIT_FOREVER)
        return INT64_MAX;
    int64_t now = sn_now();
    if (timeout <= 0)
        return now;
    return timeout > INT64_MAX - 1 - now ? INT64_MAX - 1 : now + timeout;
}

#endif
