/* spin.c - pthread_spin_*: known by their address, since they are one word.       Layer: check.
 *                                                                Checked by: tests/check */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#define KIND "spin lock"

static sn_object *object_of(pthread_spinlock_t *s)
{
    return sn_object_at((const void *)(uintptr_t)s, KIND);
}

static bool can_lock(const sn_runner *runner)
{
    const sn_object *object = sn_object_at(runner->op.object[0], KIND);
    return object->is_destroyed || !object->holder;
}

static sn_object *step(enum sn_op_kind kind, pthread_spinlock_t *s, const char *call, uintptr_t pc)
{
    sn_op op = {.kind = kind,
                .object = {object_of(s)->address},
                .access = {SN_WRITE},
                .object_kind = KIND,
                .pc = pc,
                .can_run = kind == SN_OP_LOCK ? can_lock : NULL};
    sn_machine_step(&op);
    sn_object *object = object_of(s);
    if (object->is_destroyed)
        sn_shim_misuse(pc, "%s of a spin lock that has been destroyed", call);
    return object;
}

EXPORTED int pthread_spin_init(pthread_spinlock_t *s, int shared)
{
    if (!sn_machine_is_on())
        return REAL(pthread_spin_init)(s, shared);
    sn_shim_step("initialise", object_of(s)->address, KIND, CALLER);
    sn_object_forget(object_of(s)->address);
    object_of(s);
    return REAL(pthread_spin_init)(s, shared);
}

EXPORTED int pthread_spin_destroy(pthread_spinlock_t *s)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(pthread_spin_destroy)(s);
    sn_shim_step("destroy", object_of(s)->address, KIND, pc);
    sn_object *object = object_of(s);
    if (object->is_destroyed)
        sn_shim_misuse(pc, "pthread_spin_destroy of a spin lock that has been destroyed");
    if (object->holder)
        sn_shim_misuse(pc, "pthread_spin_destroy of a spin lock that %s holds", sn_shim_name(object->holder));
    object->is_destroyed = true;
    return 0;
}

EXPORTED int pthread_spin_lock(pthread_spinlock_t *s)
{
    if (!sn_machine_is_on())
        return REAL(pthread_spin_lock)(s);
    sn_object_hold(step(SN_OP_LOCK, s, "pthread_spin_lock", CALLER), sn_machine_self(), NULL, CALLER);
    return 0;
}

EXPORTED int pthread_spin_trylock(pthread_spinlock_t *s)
{
    if (!sn_machine_is_on())
        return REAL(pthread_spin_trylock)(s);
    sn_object *object = step(SN_OP_TRY_LOCK, s, "pthread_spin_trylock", CALLER);
    if (object->holder)
        return EBUSY;
    sn_object_hold(object, sn_machine_self(), NULL, CALLER);
    return 0;
}

EXPORTED int pthread_spin_unlock(pthread_spinlock_t *s)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(pthread_spin_unlock)(s);
    sn_object *object = step(SN_OP_UNLOCK, s, "pthread_spin_unlock", pc);
    if (!object->holder)
        sn_shim_misuse(pc, "pthread_spin_unlock of a spin lock that nobody holds");
    if (object->holder != sn_machine_self())
        sn_shim_misuse(pc, "pthread_spin_unlock of a spin lock that %s holds", sn_shim_name(object->holder));
    sn_object_hold(object, NULL, NULL, pc);
    return 0;
}
