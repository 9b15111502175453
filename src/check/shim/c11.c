/* c11.c - thrd_*, mtx_*, cnd_*, tss_*, call_once, over the same as the pthread names.       Layer: check.
 *                                                                Checked by: tests/check
 * In glibc the types are the pthread ones under other names, and so are the static parts of a once_flag.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include <threads.h>

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "the same");
_Static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "the same");
_Static_assert(sizeof(once_flag) == sizeof(int), "the same");

static pthread_mutex_t *mutex_of(mtx_t *m)
{
    return (pthread_mutex_t *)(void *)m;
}

static pthread_cond_t *cond_of(cnd_t *c)
{
    return (pthread_cond_t *)(void *)c;
}

static int result_of(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    case ENOMEM:
        return thrd_nomem;
    default:
        return thrd_error;
    }
}

/* ---- threads */

EXPORTED int thrd_create(thrd_t *thread, thrd_start_t function, void *arg)
{
    if (!sn_machine_is_on())
        return REAL(thrd_create)(thread, function, arg);
    /* An int comes back in the low half of the register that a pointer comes back in. */
    void *(*start)(void *) = (void *(*)(void *))(void (*)(void))function;
    return result_of(sn_shim_thread_create(thread, NULL, start, arg, CALLER));
}

EXPORTED int thrd_join(thrd_t thread, int *value)
{
    void *raw = NULL;
    if (!sn_machine_is_on())
        return REAL(thrd_join)(thread, value);
    int error = sn_shim_thread_join(thread, &raw, INT64_MAX, "thrd_join", CALLER);
    if (!error && value)
        *value = (int)(intptr_t)raw;
    return result_of(error);
}

EXPORTED int thrd_detach(thrd_t thread)
{
    if (!sn_machine_is_on())
        return REAL(thrd_detach)(thread);
    return result_of(sn_shim_thread_detach(thread, "thrd_detach", CALLER));
}

EXPORTED void thrd_exit(int value)
{
    if (sn_machine_is_on())
        sn_shim_thread_exit((void *)(intptr_t)value);
    REAL(thrd_exit)(value);
    __builtin_unreachable();
}

EXPORTED thrd_t thrd_current(void)
{
    return sn_machine_is_on() ? sn_shim_thread_self() : REAL(thrd_current)();
}

EXPORTED void thrd_yield(void)
{
    if (sn_machine_is_on())
        sn_shim_yield(CALLER);
    else
        REAL(thrd_yield)();
}

EXPORTED int thrd_sleep(const struct timespec *duration, struct timespec *left)
{
    if (!sn_machine_is_on())
        return REAL(thrd_sleep)(duration, left);
    sn_shim_sleep(sn_shim_after(duration), CALLER);
    return 0;
}

/* ---- mutexes */

EXPORTED int mtx_init(mtx_t *m, int type)
{
    if (!sn_machine_is_on())
        return REAL(mtx_init)(m, type);
    if (type & ~(mtx_timed | mtx_recursive))
        return thrd_error;
    int kind = type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL;
    return result_of(sn_shim_mutex_init(mutex_of(m), kind, CALLER));
}

EXPORTED void mtx_destroy(mtx_t *m)
{
    if (sn_machine_is_on())
        sn_shim_mutex_destroy(mutex_of(m), "mtx_destroy", CALLER);
    else
        REAL(mtx_destroy)(m);
}

EXPORTED int mtx_lock(mtx_t *m)
{
    if (!sn_machine_is_on())
        return REAL(mtx_lock)(m);
    return result_of(sn_shim_mutex_lock(mutex_of(m), INT64_MAX, "mtx_lock", CALLER));
}

EXPORTED int mtx_timedlock(mtx_t *restrict m, const struct timespec *restrict time)
{
    if (!sn_machine_is_on())
        return REAL(mtx_timedlock)(m, time);
    return result_of(sn_shim_mutex_lock(mutex_of(m), sn_shim_deadline(CLOCK_REALTIME, time), "mtx_timedlock", CALLER));
}

EXPORTED int mtx_trylock(mtx_t *m)
{
    if (!sn_machine_is_on())
        return REAL(mtx_trylock)(m);
    return result_of(sn_shim_mutex_try(mutex_of(m), "mtx_trylock", CALLER));
}

EXPORTED int mtx_unlock(mtx_t *m)
{
    if (!sn_machine_is_on())
        return REAL(mtx_unlock)(m);
    return result_of(sn_shim_mutex_unlock(mutex_of(m), "mtx_unlock", CALLER));
}

/* ---- conditions */

EXPORTED int cnd_init(cnd_t *c)
{
    if (!sn_machine_is_on())
        return REAL(cnd_init)(c);
    return result_of(sn_shim_cond_init(cond_of(c), CLOCK_REALTIME, CALLER));
}

EXPORTED void cnd_destroy(cnd_t *c)
{
    if (sn_machine_is_on())
        sn_shim_cond_destroy(cond_of(c), "cnd_destroy", CALLER);
    else
        REAL(cnd_destroy)(c);
}

EXPORTED int cnd_wait(cnd_t *c, mtx_t *m)
{
    if (!sn_machine_is_on())
        return REAL(cnd_wait)(c, m);
    return result_of(sn_shim_cond_wait(cond_of(c), mutex_of(m), INT64_MAX, "cnd_wait", CALLER));
}

EXPORTED int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict time)
{
    if (!sn_machine_is_on())
        return REAL(cnd_timedwait)(c, m, time);
    int64_t deadline = sn_shim_deadline(CLOCK_REALTIME, time);
    return result_of(sn_shim_cond_wait(cond_of(c), mutex_of(m), deadline, "cnd_timedwait", CALLER));
}

EXPORTED int cnd_signal(cnd_t *c)
{
    if (!sn_machine_is_on())
        return REAL(cnd_signal)(c);
    return result_of(sn_shim_cond_wake(cond_of(c), false, "cnd_signal", CALLER));
}

EXPORTED int cnd_broadcast(cnd_t *c)
{
    if (!sn_machine_is_on())
        return REAL(cnd_broadcast)(c);
    return result_of(sn_shim_cond_wake(cond_of(c), true, "cnd_broadcast", CALLER));
}

/* ---- once, and values of a thread */

EXPORTED void call_once(once_flag *flag, void (*function)(void))
{
    if (sn_machine_is_on())
        sn_shim_once((int *)(void *)flag, function, CALLER);
    else
        REAL(call_once)(flag, function);
}

EXPORTED int tss_create(tss_t *key, tss_dtor_t destructor)
{
    return result_of(sn_shim_key_create(key, destructor));
}

EXPORTED void tss_delete(tss_t key)
{
    sn_shim_key_delete(key);
}

EXPORTED void *tss_get(tss_t key)
{
    return sn_machine_is_on() ? sn_shim_key_get(key) : REAL(tss_get)(key);
}

EXPORTED int tss_set(tss_t key, void *value)
{
    return sn_machine_is_on() ? result_of(sn_shim_key_set(key, (uintptr_t)value)) : REAL(tss_set)(key, value);
}
