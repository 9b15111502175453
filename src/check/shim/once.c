/* once.c - pthread_once, call_once, and the guards of C++'s local statics.       Layer: check.
 *                                                                Checked by: tests/check
 * What has been done is kept in the object itself, where the C library and the compiler look for it:
 *
 *     control | guard, byte 0  byte 1 |
 *        0    |          0       0    | not begun
 *        1    |          0       1    | somebody is at it: the others wait
 *        2    |          1       0    | done, for good
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

enum { NOT_BEGUN, AT_IT, DONE };

static bool can_go(const sn_runner *runner)
{
    return *(const int *)runner->op.object[0] != AT_IT;
}

static void step(const void *object, const char *kind, bool (*can_run)(const sn_runner *), uintptr_t pc)
{
    sn_op op = {.kind = SN_OP_ONCE,
                .object = {object},
                .access = {SN_WRITE},
                .object_kind = kind,
                .pc = pc,
                .can_run = can_run};
    sn_machine_step(&op);
}

/* The initialiser may leave by pthread_exit, and C++'s by an exception, for which this file is compiled with
 * -fexceptions; then the next one does it again. */
struct sn_shim_once {
    int *control; /* NULL: it is done */
    sn_shim_thread *thread;
    struct sn_shim_once *next;
};

static void leave(struct sn_shim_once *once)
{
    once->thread->onces = once->next;
    if (!once->control)
        return;
    *once->control = NOT_BEGUN;
    sn_object_hold(sn_object_at(once->control, "once"), NULL, NULL, 0);
}

void sn_shim_onces_end(void)
{
    while (sn_shim_self()->onces)
        leave(sn_shim_self()->onces);
}

void sn_shim_once(int *control, void (*function)(void), uintptr_t pc)
{
    step(control, "once", can_go, pc);
    if (*control == DONE)
        return;
    *control = AT_IT;
    sn_object_hold(sn_object_at(control, "once"), sn_machine_self(), NULL, pc);
    __attribute__((cleanup(leave))) struct sn_shim_once once = {control, sn_shim_self(), sn_shim_self()->onces};
    sn_shim_self()->onces = &once;
    function();
    sn_shim_step("done", control, "once", pc);
    *control = DONE;
    once.control = NULL;
    sn_object_hold(sn_object_at(control, "once"), NULL, NULL, pc);
}

EXPORTED int pthread_once(pthread_once_t *control, void (*function)(void))
{
    if (!sn_machine_is_on())
        return REAL(pthread_once)(control, function);
    sn_shim_once(control, function, CALLER);
    return 0;
}

/* ---- C++ (Itanium ABI, 3.3.3) */

int __cxa_guard_acquire(char *guard);
void __cxa_guard_release(char *guard);
void __cxa_guard_abort(char *guard);

static bool can_init(const sn_runner *runner)
{
    return ((const char *)runner->op.object[0])[1] == 0;
}

EXPORTED int __cxa_guard_acquire(char *guard)
{
    if (!sn_machine_is_on())
        return REAL(__cxa_guard_acquire)(guard);
    step(guard, "static variable", can_init, CALLER);
    if (guard[0])
        return 0;
    guard[1] = 1;
    sn_object_hold(sn_object_at(guard, "static variable"), sn_machine_self(), NULL, CALLER);
    return 1;
}

EXPORTED void __cxa_guard_release(char *guard)
{
    if (!sn_machine_is_on()) {
        REAL(__cxa_guard_release)(guard);
        return;
    }
    sn_shim_step("done", guard, "static variable", CALLER);
    guard[0] = 1;
    guard[1] = 0;
    sn_object_hold(sn_object_at(guard, "static variable"), NULL, NULL, CALLER);
}

EXPORTED void __cxa_guard_abort(char *guard)
{
    if (!sn_machine_is_on()) {
        REAL(__cxa_guard_abort)(guard);
        return;
    }
    sn_shim_step("given up", guard, "static variable", CALLER);
    guard[1] = 0;
    sn_object_hold(sn_object_at(guard, "static variable"), NULL, NULL, CALLER);
}
