/* semaphore.c - sem_*, without names: sem_open is left to the C library.       Layer: check.
 *                                                                Checked by: tests/check */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include <limits.h>
#include <semaphore.h>
#include <string.h>

struct semaphore {
    sn_shim_head head;
    unsigned value;
};

/* A semaphore that was made before the exploration has its value in the first word (glibc, 64 bits). */
static struct semaphore *touch(sem_t *s)
{
    struct semaphore *semaphore = sn_shim_find(s, SN_SHIM_SEMAPHORE);
    if (semaphore)
        return semaphore;
    unsigned value;
    memcpy(&value, s, sizeof value);
    semaphore = sn_shim_make(s, SN_SHIM_SEMAPHORE, sizeof *semaphore);
    semaphore->value = value;
    return semaphore;
}

static bool can_take(const sn_runner *runner)
{
    const struct semaphore *semaphore = sn_shim_find(runner->op.object[0], SN_SHIM_SEMAPHORE);
    return !semaphore || semaphore->head.is_destroyed || semaphore->value;
}

static int failed(int error)
{
    errno = error;
    return -1;
}

static sn_op op_on(enum sn_op_kind kind, const sem_t *s, uintptr_t pc)
{
    return (sn_op){.kind = kind, .object = {s}, .access = {SN_WRITE}, .object_kind = "semaphore", .pc = pc};
}

static bool take(sem_t *s, const char *call, uintptr_t pc)
{
    sn_shim_check(s, SN_SHIM_SEMAPHORE, call, pc);
    struct semaphore *semaphore = touch(s);
    if (!semaphore->value)
        return false;
    semaphore->value--;
    return true;
}

static bool try_to_take(sem_t *s, const char *call, uintptr_t pc)
{
    sn_op op = op_on(SN_OP_POINT, s, pc);
    op.what = "try to wait";
    touch(s);
    sn_machine_step(&op);
    return take(s, call, pc);
}

static int wait_and_take(sem_t *s, int64_t deadline, const char *call, uintptr_t pc)
{
    sn_op op = op_on(SN_OP_SEM_WAIT, s, pc);
    if (deadline == SN_SHIM_NEVER_VALID)
        return failed(EINVAL);
    op.can_run = can_take;
    op.deadline = deadline;
    if (deadline != INT64_MAX) {
        op.object[1] = &sn_machine_->now;
        op.access[1] = SN_WRITE;
    }
    touch(s);
    if (sn_machine_step(&op) != 0)
        return failed(ETIMEDOUT);
    take(s, call, pc);
    return 0;
}

/* ---- the public names */

EXPORTED int sem_init(sem_t *s, int shared, unsigned value)
{
    if (!sn_machine_is_on())
        return REAL(sem_init)(s, shared, value);
    if (value > SEM_VALUE_MAX)
        return failed(EINVAL);
    sn_shim_step("initialise", s, "semaphore", CALLER);
    memset(s, 0, sizeof *s);
    touch(s)->value = value;
    return 0;
}

EXPORTED int sem_destroy(sem_t *s)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(sem_destroy)(s);
    touch(s);
    sn_shim_step("destroy", s, "semaphore", pc);
    sn_shim_check(s, SN_SHIM_SEMAPHORE, "sem_destroy", pc);
    const sn_runner *waiter = sn_shim_blocked_at(s);
    if (waiter)
        sn_shim_misuse(pc, "sem_destroy of a semaphore that %s waits for", sn_shim_name(waiter));
    sn_shim_mark_destroyed(s, SN_SHIM_SEMAPHORE);
    return 0;
}

EXPORTED int sem_wait(sem_t *s)
{
    if (!sn_machine_is_on())
        return REAL(sem_wait)(s);
    return wait_and_take(s, INT64_MAX, "sem_wait", CALLER);
}

EXPORTED int sem_trywait(sem_t *s)
{
    if (!sn_machine_is_on())
        return REAL(sem_trywait)(s);
    return try_to_take(s, "sem_trywait", CALLER) ? 0 : failed(EAGAIN);
}

EXPORTED int sem_timedwait(sem_t *s, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(sem_timedwait)(s, time);
    return wait_and_take(s, sn_shim_deadline(CLOCK_REALTIME, time), "sem_timedwait", CALLER);
}

EXPORTED int sem_clockwait(sem_t *s, clockid_t clock, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(sem_clockwait)(s, clock, time);
    return wait_and_take(s, sn_shim_deadline(clock, time), "sem_clockwait", CALLER);
}

EXPORTED int sem_post(sem_t *s)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(sem_post)(s);
    sn_op op = op_on(SN_OP_SEM_POST, s, pc);
    touch(s);
    sn_machine_step(&op);
    sn_shim_check(s, SN_SHIM_SEMAPHORE, "sem_post", pc);
    struct semaphore *semaphore = touch(s);
    if (semaphore->value == SEM_VALUE_MAX)
        return failed(EOVERFLOW);
    semaphore->value++;
    return 0;
}

EXPORTED int sem_getvalue(sem_t *s, int *value)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(sem_getvalue)(s, value);
    sn_op op = op_on(SN_OP_POINT, s, pc);
    op.access[0] = SN_READ;
    op.what = "read the value";
    touch(s);
    sn_machine_step(&op);
    sn_shim_check(s, SN_SHIM_SEMAPHORE, "sem_getvalue", pc);
    *value = (int)touch(s)->value;
    return 0;
}
