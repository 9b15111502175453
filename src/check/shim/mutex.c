/* mutex.c - pthread_mutex_*.       Layer: check.       Checked by: tests/check
 *
 * The kind of a mutex is read where glibc's initialisers leave it. An unlock by somebody else than the holder is an
 * error of a mutex that looks (errorcheck, recursive, robust) and a failure of one that does not.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include <limits.h>

enum { TYPE_BITS = 3, ROBUST_BIT = 16, KIND_BITS = TYPE_BITS | ROBUST_BIT }; /* of __kind */

struct mutex {
    sn_shim_head head;
    uint8_t type; /* PTHREAD_MUTEX_NORMAL, _RECURSIVE, _ERRORCHECK, or _ADAPTIVE_NP, which is as normal */
    bool is_robust;
    bool is_inconsistent; /* robust: a holder has ended, and nobody has called it consistent since */
    bool is_lost;         /* robust: it was left so */
    sn_runner *holder;
    unsigned depth;
};

static bool looks(const struct mutex *mutex)
{
    return mutex->type == PTHREAD_MUTEX_ERRORCHECK || mutex->type == PTHREAD_MUTEX_RECURSIVE || mutex->is_robust;
}

/* What is known of it, from the first touch on. Main may have locked it before the exploration began. */
static struct mutex *touch(pthread_mutex_t *m)
{
    struct mutex *mutex = sn_shim_find(m, SN_SHIM_MUTEX);
    if (mutex)
        return mutex;
    bool was_held = m->__data.__lock && m->__data.__owner;
    unsigned depth = m->__data.__count ? m->__data.__count : 1;
    mutex = sn_shim_make(m, SN_SHIM_MUTEX, sizeof *mutex);
    mutex->type = m->__data.__kind & TYPE_BITS;
    mutex->is_robust = m->__data.__kind & ROBUST_BIT;
    if (was_held) {
        mutex->holder = sn_machine_->runners[0];
        mutex->depth = depth;
    }
    return mutex;
}

static bool is_abandoned(const struct mutex *mutex)
{
    return mutex->is_robust && mutex->holder && mutex->holder->state == SN_ENDED;
}

bool sn_shim_mutex_is_open(const pthread_mutex_t *m, const sn_runner *runner)
{
    const struct mutex *mutex = sn_shim_find(m, SN_SHIM_MUTEX);
    return !mutex || mutex->head.is_destroyed || !mutex->holder || mutex->is_lost || is_abandoned(mutex) ||
           (mutex->holder == runner &&
            (mutex->type == PTHREAD_MUTEX_ERRORCHECK || mutex->type == PTHREAD_MUTEX_RECURSIVE));
}

static bool can_lock(const sn_runner *runner)
{
    return sn_shim_mutex_is_open(runner->op.object[0], runner);
}

/* Returns EBUSY if somebody holds it. */
int sn_shim_mutex_take(pthread_mutex_t *m, const char *call, uintptr_t pc)
{
    sn_runner *self = sn_machine_self();
    sn_shim_check(m, SN_SHIM_MUTEX, call, pc);
    struct mutex *mutex = touch(m);
    if (mutex->is_lost)
        return ENOTRECOVERABLE;
    if (mutex->holder == self && mutex->type == PTHREAD_MUTEX_RECURSIVE) {
        if (mutex->depth == UINT_MAX)
            return EAGAIN;
        mutex->depth++;
        return 0;
    }
    bool abandoned = is_abandoned(mutex);
    if (mutex->holder && !abandoned)
        return EBUSY;
    mutex->holder = self;
    mutex->depth = 1;
    sn_object_hold(sn_object_at(m, "mutex"), self, NULL, pc);
    if (abandoned)
        mutex->is_inconsistent = true;
    return abandoned ? EOWNERDEAD : 0;
}

static sn_op op_on(enum sn_op_kind kind, const pthread_mutex_t *m, uintptr_t pc)
{
    return (sn_op){.kind = kind, .object = {m}, .access = {SN_WRITE}, .object_kind = "mutex", .pc = pc};
}

int sn_shim_mutex_try(pthread_mutex_t *m, const char *call, uintptr_t pc)
{
    sn_op op = op_on(SN_OP_TRY_LOCK, m, pc);
    touch(m);
    sn_machine_step(&op);
    return sn_shim_mutex_take(m, call, pc);
}

int sn_shim_mutex_lock(pthread_mutex_t *m, int64_t deadline, const char *call, uintptr_t pc)
{
    sn_op op = op_on(SN_OP_LOCK, m, pc);
    if (deadline == SN_SHIM_NEVER_VALID) { /* that is an error only where it matters */
        int error = sn_shim_mutex_try(m, call, pc);
        return error == EBUSY ? EINVAL : error;
    }
    op.can_run = can_lock;
    op.deadline = deadline;
    if (deadline != INT64_MAX) {
        op.object[1] = &sn_machine_->now;
        op.access[1] = SN_WRITE;
    }
    touch(m);
    if (sn_machine_step(&op) != 0)
        return ETIMEDOUT;
    int error = sn_shim_mutex_take(m, call, pc);
    return error == EBUSY ? EDEADLK : error; /* it could be done: so it is errorcheck, and our own */
}

int sn_shim_mutex_release(pthread_mutex_t *m, const char *call, uintptr_t pc)
{
    sn_shim_check(m, SN_SHIM_MUTEX, call, pc);
    struct mutex *mutex = touch(m);
    if (mutex->holder != sn_machine_self()) {
        if (looks(mutex))
            return EPERM;
        if (mutex->holder)
            sn_shim_misuse(pc, "%s of a mutex that %s holds", call, sn_shim_name(mutex->holder));
        sn_shim_misuse(pc, "%s of a mutex that nobody holds", call);
    }
    if (--mutex->depth)
        return 0;
    mutex->holder = NULL;
    mutex->is_lost = mutex->is_inconsistent;
    sn_object_hold(sn_object_at(m, "mutex"), NULL, NULL, pc);
    return 0;
}

/* Fail if the caller does not hold it, but for one that looks: its release returns an error. */
void sn_shim_mutex_check_held(pthread_mutex_t *m, const char *call, uintptr_t pc)
{
    sn_shim_check(m, SN_SHIM_MUTEX, call, pc);
    const struct mutex *mutex = touch(m);
    if (mutex->holder == sn_machine_self() || looks(mutex))
        return;
    if (mutex->holder)
        sn_shim_misuse(pc, "%s without holding the mutex; %s holds it", call, sn_shim_name(mutex->holder));
    sn_shim_misuse(pc, "%s without holding the mutex", call);
}

int sn_shim_mutex_unlock(pthread_mutex_t *m, const char *call, uintptr_t pc)
{
    sn_op op = op_on(SN_OP_UNLOCK, m, pc);
    touch(m);
    sn_machine_step(&op);
    return sn_shim_mutex_release(m, call, pc);
}

int sn_shim_mutex_init(pthread_mutex_t *m, int kind, uintptr_t pc)
{
    sn_shim_step("initialise", m, "mutex", pc);
    *m = (pthread_mutex_t){.__data = {.__kind = kind & KIND_BITS}};
    touch(m);
    return 0;
}

int sn_shim_mutex_destroy(pthread_mutex_t *m, const char *call, uintptr_t pc)
{
    touch(m);
    sn_shim_step("destroy", m, "mutex", pc);
    sn_shim_check(m, SN_SHIM_MUTEX, call, pc);
    const struct mutex *mutex = touch(m);
    if (mutex->holder && !is_abandoned(mutex))
        sn_shim_misuse(pc, "%s of a mutex that %s holds", call, sn_shim_name(mutex->holder));
    sn_shim_mark_destroyed(m, SN_SHIM_MUTEX);
    return 0;
}

/* ---- the public names */

EXPORTED int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attributes)
{
    int type = PTHREAD_MUTEX_NORMAL, robust = PTHREAD_MUTEX_STALLED;
    if (!sn_machine_is_on())
        return REAL(pthread_mutex_init)(m, attributes);
    if (attributes) {
        pthread_mutexattr_gettype(attributes, &type);
        pthread_mutexattr_getrobust(attributes, &robust);
    }
    return sn_shim_mutex_init(m, type | (robust == PTHREAD_MUTEX_ROBUST ? ROBUST_BIT : 0), CALLER);
}

EXPORTED int pthread_mutex_destroy(pthread_mutex_t *m)
{
    if (!sn_machine_is_on())
        return REAL(pthread_mutex_destroy)(m);
    return sn_shim_mutex_destroy(m, "pthread_mutex_destroy", CALLER);
}

EXPORTED int pthread_mutex_lock(pthread_mutex_t *m)
{
    if (!sn_machine_is_on())
        return REAL(pthread_mutex_lock)(m);
    return sn_shim_mutex_lock(m, INT64_MAX, "pthread_mutex_lock", CALLER);
}

EXPORTED int pthread_mutex_trylock(pthread_mutex_t *m)
{
    if (!sn_machine_is_on())
        return REAL(pthread_mutex_trylock)(m);
    return sn_shim_mutex_try(m, "pthread_mutex_trylock", CALLER);
}

EXPORTED int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_mutex_timedlock)(m, time);
    return sn_shim_mutex_lock(m, sn_shim_deadline(CLOCK_REALTIME, time), "pthread_mutex_timedlock", CALLER);
}

EXPORTED int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t clock, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_mutex_clocklock)(m, clock, time);
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    return sn_shim_mutex_lock(m, sn_shim_deadline(clock, time), "pthread_mutex_clocklock", CALLER);
}

EXPORTED int pthread_mutex_unlock(pthread_mutex_t *m)
{
    if (!sn_machine_is_on())
        return REAL(pthread_mutex_unlock)(m);
    return sn_shim_mutex_unlock(m, "pthread_mutex_unlock", CALLER);
}

EXPORTED int pthread_mutex_consistent(pthread_mutex_t *m)
{
    if (!sn_machine_is_on())
        return REAL(pthread_mutex_consistent)(m);
    sn_shim_check(m, SN_SHIM_MUTEX, "pthread_mutex_consistent", CALLER);
    struct mutex *mutex = touch(m);
    if (!mutex->is_inconsistent || mutex->holder != sn_machine_self())
        return EINVAL;
    mutex->is_inconsistent = false;
    return 0;
}
