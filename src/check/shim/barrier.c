/* barrier.c - pthread_barrier_*.       Layer: check.       Checked by: tests/check */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include <limits.h>
#include <string.h>

struct barrier {
    sn_shim_head head;
    unsigned count, arrived;
};

enum { COUNT_AT = 2 * sizeof(unsigned) }; /* of a barrier that was made before the exploration (glibc) */

static struct barrier *touch(pthread_barrier_t *b)
{
    struct barrier *barrier = sn_shim_find(b, SN_SHIM_BARRIER);
    if (barrier)
        return barrier;
    barrier = sn_shim_make(b, SN_SHIM_BARRIER, sizeof *barrier);
    memcpy(&barrier->count, (const char *)b + COUNT_AT, sizeof barrier->count);
    return barrier;
}

EXPORTED int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attributes, unsigned count)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(pthread_barrier_init)(b, attributes, count);
    if (count == 0 || count > INT_MAX)
        return EINVAL;
    sn_shim_step("initialise", b, "barrier", pc);
    const struct barrier *old = sn_shim_find(b, SN_SHIM_BARRIER);
    if (old && sn_shim_waiting(old))
        sn_shim_misuse(pc, "pthread_barrier_init of a barrier that threads wait at");
    memset(b, 0, sizeof *b);
    touch(b)->count = count;
    return 0;
}

EXPORTED int pthread_barrier_destroy(pthread_barrier_t *b)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(pthread_barrier_destroy)(b);
    touch(b);
    sn_shim_step("destroy", b, "barrier", pc);
    sn_shim_check(b, SN_SHIM_BARRIER, "pthread_barrier_destroy", pc);
    if (touch(b)->arrived)
        sn_shim_misuse(pc, "pthread_barrier_destroy of a barrier that threads wait at");
    sn_shim_mark_destroyed(b, SN_SHIM_BARRIER);
    return 0;
}

EXPORTED int pthread_barrier_wait(pthread_barrier_t *b)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(pthread_barrier_wait)(b);
    sn_op op = {.kind = SN_OP_BARRIER_WAIT, .object = {b}, .access = {SN_WRITE}, .object_kind = "barrier", .pc = pc};
    touch(b);
    sn_machine_step(&op);
    sn_shim_check(b, SN_SHIM_BARRIER, "pthread_barrier_wait", pc);
    struct barrier *barrier = touch(b);
    if (++barrier->arrived == barrier->count) {
        barrier->arrived = 0;
        sn_shim_wake(barrier, UINT_MAX);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    sn_shim_wait_at(barrier);
    op.kind = SN_OP_BARRIER_RESUME;
    op.can_run = sn_shim_is_woken;
    sn_machine_step(&op);
    sn_shim_self()->waits_at = NULL;
    return 0;
}
