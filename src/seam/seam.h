/* seam.h - every step that another strand could see, or that the world decides.       Layer: seam.
 *
 * The library uses no atomics, clock, random numbers, futexes or thread starts but these. They are compiled twice: as
 * inline atomics and calls of plat, and, with SENNIT_CHECK, with a call of the hook before each (hooks.h).
 *
 * Orders: sn_load, sn_store and the read-modify-writes are sequentially consistent. The weaker forms bear their order
 * in the name, and each use says what it pairs with.
 */
#ifndef SN_SEAM_SEAM_H
#define SN_SEAM_SEAM_H

#include "plat/plat.h"
#include "seam/hooks.h"

#ifdef SENNIT_CHECK
#define SN_STEP_(step, object) sn_hook_call(step, object)
#else
#define SN_STEP_(step, object) ((void)0)
#endif

#define sn_load(p) (SN_STEP_(SN_STEP_LOAD, p), __atomic_load_n(p, __ATOMIC_SEQ_CST))
#define sn_load_relaxed(p) (SN_STEP_(SN_STEP_LOAD, p), __atomic_load_n(p, __ATOMIC_RELAXED))
#define sn_store(p, v) (SN_STEP_(SN_STEP_STORE, p), __atomic_store_n(p, v, __ATOMIC_SEQ_CST))
#define sn_store_relaxed(p, v) (SN_STEP_(SN_STEP_STORE, p), __atomic_store_n(p, v, __ATOMIC_RELAXED))
#define sn_exchange(p, v) (SN_STEP_(SN_STEP_EXCHANGE, p), __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST))
#define sn_add(p, v) (SN_STEP_(SN_STEP_ADD, p), __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST))

/* If *p == *expected, store `desired` and return true; else load *p into *expected and return false. */
#define sn_compare_exchange(p, expected, desired) \
    (SN_STEP_(SN_STEP_COMPARE, p),                \
     __atomic_compare_exchange_n(p, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))

/* For what only reports read (who waits for what): no step, no order; a report may be a moment behind. */
#define sn_note(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define sn_peek(p) __atomic_load_n(p, __ATOMIC_RELAXED)

static inline int64_t sn_now(void)
{
    SN_STEP_(SN_STEP_CLOCK, NULL);
    return sn_plat_now();
}

static inline uint64_t sn_random(void)
{
    SN_STEP_(SN_STEP_RANDOM, NULL);
    return sn_plat_random();
}

static inline int sn_futex_wait(const uint32_t *word, uint32_t expected, int64_t deadline)
{
    SN_STEP_(SN_STEP_PARK, word);
    return sn_plat_futex_wait(word, expected, deadline);
}

static inline void sn_futex_wake(const uint32_t *word, int n)
{
    SN_STEP_(SN_STEP_WAKE, word);
    sn_plat_futex_wake(word, n);
}

static inline int sn_thread_start(sn_plat_thread *thread, void *(*function)(void *), void *arg)
{
    SN_STEP_(SN_STEP_THREAD_START, thread);
    return sn_plat_thread_start(thread, function, arg, 0);
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
