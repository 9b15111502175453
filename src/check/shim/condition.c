/* condition.c - pthread_cond_*.       Layer: check.       Checked by: tests/check
 *
 * A wait is two steps: release the mutex and queue; then, signalled and with the mutex free, wake up and lock. A
 * waiter whose deadline comes leaves the queue at once, so no signal is spent on it, and locks by a step of its own.
 * Signals go to whoever has waited longest. Spurious wake-ups are not explored.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include <limits.h>

enum { CLOCK_BIT = 2 }; /* glibc's initialisers leave it in __wrefs: the clock is the monotonic one */

static sn_shim_head *touch(pthread_cond_t *c)
{
    sn_shim_head *state = sn_shim_find(c, SN_SHIM_CONDITION);
    return state ? state : sn_shim_make(c, SN_SHIM_CONDITION, sizeof *state);
}

clockid_t sn_shim_cond_clock(pthread_cond_t *c)
{
    return c->__data.__wrefs & CLOCK_BIT ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

static bool can_resume(const sn_runner *runner)
{
    return sn_shim_is_woken(runner) && sn_shim_mutex_is_open(runner->op.object[1], runner);
}

static sn_op op_on(enum sn_op_kind kind, const pthread_cond_t *c, const pthread_mutex_t *m, uintptr_t pc)
{
    return (sn_op){.kind = kind,
                   .object = {c, m},
                   .access = {SN_WRITE, m ? SN_WRITE : SN_NO_ACCESS},
                   .object_kind = "condition",
                   .pc = pc};
}

int sn_shim_cond_wait(pthread_cond_t *c, pthread_mutex_t *m, int64_t deadline, const char *call, uintptr_t pc)
{
    sn_op op = op_on(SN_OP_COND_WAIT, c, m, pc);
    if (deadline == SN_SHIM_NEVER_VALID)
        return EINVAL;
    touch(c);
    sn_machine_step(&op);
    sn_shim_check(c, SN_SHIM_CONDITION, call, pc);
    sn_shim_head *at = touch(c);
    sn_shim_mutex_check_held(m, call, pc);
    int error = sn_shim_mutex_release(m, call, pc);
    if (error)
        return error;
    sn_shim_wait_at(at);
    op.kind = SN_OP_COND_RESUME;
    op.can_run = can_resume;
    op.deadline = deadline;
    int outcome = sn_machine_step(&op);
    sn_shim_self()->waits_at = NULL;
    if (outcome == 0)
        return sn_shim_mutex_take(m, call, pc);
    error = sn_shim_mutex_lock(m, INT64_MAX, call, pc);
    return error ? error : ETIMEDOUT;
}

int sn_shim_cond_wake(pthread_cond_t *c, bool all, const char *call, uintptr_t pc)
{
    sn_op op = op_on(all ? SN_OP_COND_BROADCAST : SN_OP_COND_SIGNAL, c, NULL, pc);
    touch(c);
    sn_machine_step(&op);
    sn_shim_check(c, SN_SHIM_CONDITION, call, pc);
    unsigned woken = sn_shim_wake(touch(c), all ? UINT_MAX : 1);
    sn_object_signal(sn_object_at(c, "condition"), woken, NULL, pc);
    return 0;
}

int sn_shim_cond_init(pthread_cond_t *c, clockid_t clock, uintptr_t pc)
{
    sn_shim_step("initialise", c, "condition", pc);
    *c = (pthread_cond_t){.__data = {.__wrefs = clock == CLOCK_MONOTONIC ? CLOCK_BIT : 0}};
    touch(c);
    return 0;
}

int sn_shim_cond_destroy(pthread_cond_t *c, const char *call, uintptr_t pc)
{
    touch(c);
    sn_shim_step("destroy", c, "condition", pc);
    sn_shim_check(c, SN_SHIM_CONDITION, call, pc);
    if (sn_shim_waiting(touch(c)))
        sn_shim_misuse(pc, "%s of a condition that threads wait for", call);
    sn_shim_mark_destroyed(c, SN_SHIM_CONDITION);
    return 0;
}

/* ---- the public names */

EXPORTED int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attributes)
{
    clockid_t clock = CLOCK_REALTIME;
    if (!sn_machine_is_on())
        return REAL(pthread_cond_init)(c, attributes);
    if (attributes)
        pthread_condattr_getclock(attributes, &clock);
    return sn_shim_cond_init(c, clock, CALLER);
}

EXPORTED int pthread_cond_destroy(pthread_cond_t *c)
{
    if (!sn_machine_is_on())
        return REAL(pthread_cond_destroy)(c);
    return sn_shim_cond_destroy(c, "pthread_cond_destroy", CALLER);
}

EXPORTED int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    if (!sn_machine_is_on())
        return REAL(pthread_cond_wait)(c, m);
    return sn_shim_cond_wait(c, m, INT64_MAX, "pthread_cond_wait", CALLER);
}

EXPORTED int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_cond_timedwait)(c, m, time);
    return sn_shim_cond_wait(c, m, sn_shim_deadline(sn_shim_cond_clock(c), time), "pthread_cond_timedwait", CALLER);
}

EXPORTED int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_cond_clockwait)(c, m, clock, time);
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    return sn_shim_cond_wait(c, m, sn_shim_deadline(clock, time), "pthread_cond_clockwait", CALLER);
}

EXPORTED int pthread_cond_signal(pthread_cond_t *c)
{
    if (!sn_machine_is_on())
        return REAL(pthread_cond_signal)(c);
    return sn_shim_cond_wake(c, false, "pthread_cond_signal", CALLER);
}

EXPORTED int pthread_cond_broadcast(pthread_cond_t *c)
{
    if (!sn_machine_is_on())
        return REAL(pthread_cond_broadcast)(c);
    return sn_shim_cond_wake(c, true, "pthread_cond_broadcast", CALLER);
}
