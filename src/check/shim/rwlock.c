/* rwlock.c - pthread_rwlock_*.       Layer: check.       Checked by: tests/check
 *
 * As in glibc a reader gets in whenever no writer is inside, unless the lock prefers writers and one waits. A reader
 * that wants to write, too, waits for itself.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

struct rwlock {
    sn_shim_head head;
    bool prefers_writers;
    sn_runner *writer;
    unsigned readers;                  /* how often it is locked for reading, */
    uint16_t read_by[SN_MOST_RUNNERS]; /* and by whom */
};

static struct rwlock *touch(pthread_rwlock_t *l)
{
    struct rwlock *lock = sn_shim_find(l, SN_SHIM_RWLOCK);
    if (lock)
        return lock;
    lock = sn_shim_make(l, SN_SHIM_RWLOCK, sizeof *lock);
    lock->prefers_writers = l->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
    return lock;
}

static bool is_open_for_writing(const struct rwlock *lock, const sn_runner *runner)
{
    return lock->head.is_destroyed || lock->writer == runner || (!lock->writer && !lock->readers);
}

static bool can_write(const sn_runner *runner)
{
    const struct rwlock *lock = sn_shim_find(runner->op.object[0], SN_SHIM_RWLOCK);
    return !lock || is_open_for_writing(lock, runner);
}

/* A runner that is not the current one is always just before its operation. */
static bool has_waiting_writer(const void *address)
{
    for (unsigned i = 0; i < sn_machine_->count; i++) {
        const sn_runner *runner = sn_machine_->runners[i];
        if (runner != sn_machine_self() && runner->state != SN_ENDED && !runner->timed_out &&
            runner->op.kind == SN_OP_WRITE_LOCK && runner->op.object[0] == address)
            return true;
    }
    return false;
}

static bool is_open_for_reading(const struct rwlock *lock, const void *address, const sn_runner *runner)
{
    if (lock->head.is_destroyed || lock->writer == runner)
        return true;
    return !lock->writer && !(lock->prefers_writers && lock->readers && has_waiting_writer(address));
}

static bool can_read(const sn_runner *runner)
{
    const struct rwlock *lock = sn_shim_find(runner->op.object[0], SN_SHIM_RWLOCK);
    return !lock || is_open_for_reading(lock, runner->op.object[0], runner);
}

static sn_op op_on(enum sn_op_kind kind, const pthread_rwlock_t *l, uintptr_t pc)
{
    return (sn_op){.kind = kind, .object = {l}, .access = {SN_WRITE}, .object_kind = "rwlock", .pc = pc};
}

/* The report names one holder: the writer, or the reader that came last of those inside. */
static void note_holder(pthread_rwlock_t *l, const struct rwlock *lock, uintptr_t pc)
{
    sn_object *object = sn_object_at(l, "rwlock");
    if (lock->writer || !lock->readers) {
        sn_object_hold(object, lock->writer, NULL, pc);
        return;
    }
    if (lock->read_by[sn_machine_self()->id]) {
        sn_object_hold(object, sn_machine_self(), NULL, pc);
        return;
    }
    for (unsigned i = 0; i < sn_machine_->count; i++)
        if (lock->read_by[i] && !(object->holder && lock->read_by[object->holder->id]))
            sn_object_hold(object, sn_machine_->runners[i], NULL, 0);
}

static int take(pthread_rwlock_t *l, bool to_write, bool must, const char *call, uintptr_t pc)
{
    sn_runner *self = sn_machine_self();
    sn_shim_check(l, SN_SHIM_RWLOCK, call, pc);
    struct rwlock *lock = touch(l);
    if (lock->writer == self)
        return must ? EDEADLK : EBUSY;
    if (to_write ? !is_open_for_writing(lock, self) : !is_open_for_reading(lock, l, self))
        return EBUSY;
    if (to_write) {
        lock->writer = self;
    } else {
        lock->readers++;
        lock->read_by[self->id]++;
    }
    note_holder(l, lock, pc);
    return 0;
}

static int try_to_take(pthread_rwlock_t *l, bool to_write, const char *call, uintptr_t pc)
{
    sn_op op = op_on(SN_OP_POINT, l, pc);
    op.what = to_write ? "try to lock for writing" : "try to lock for reading";
    touch(l);
    sn_machine_step(&op);
    return take(l, to_write, false, call, pc);
}

static int wait_and_take(pthread_rwlock_t *l, bool to_write, int64_t deadline, const char *call, uintptr_t pc)
{
    sn_op op = op_on(to_write ? SN_OP_WRITE_LOCK : SN_OP_READ_LOCK, l, pc);
    if (deadline == SN_SHIM_NEVER_VALID) /* glibc, unlike POSIX, looks before it tries */
        return EINVAL;
    op.can_run = to_write ? can_write : can_read;
    op.deadline = deadline;
    if (deadline != INT64_MAX) {
        op.object[1] = &sn_machine_->now;
        op.access[1] = SN_WRITE;
    }
    touch(l);
    if (sn_machine_step(&op) != 0)
        return ETIMEDOUT;
    return take(l, to_write, true, call, pc);
}

static int unlock(pthread_rwlock_t *l, uintptr_t pc)
{
    sn_op op = op_on(SN_OP_UNLOCK, l, pc);
    sn_runner *self = sn_machine_self();
    touch(l);
    sn_machine_step(&op);
    sn_shim_check(l, SN_SHIM_RWLOCK, "pthread_rwlock_unlock", pc);
    struct rwlock *lock = touch(l);
    if (lock->writer && lock->writer != self)
        sn_shim_misuse(pc, "pthread_rwlock_unlock of a rwlock that %s holds for writing", sn_shim_name(lock->writer));
    if (!lock->writer && !lock->read_by[self->id])
        sn_shim_misuse(pc, "pthread_rwlock_unlock of a rwlock that %s",
                       lock->readers ? "only others hold" : "nobody holds");
    if (lock->writer) {
        lock->writer = NULL;
    } else {
        lock->readers--;
        lock->read_by[self->id]--;
    }
    note_holder(l, lock, pc);
    return 0;
}

/* ---- the public names */

EXPORTED int pthread_rwlock_init(pthread_rwlock_t *l, const pthread_rwlockattr_t *attributes)
{
    int preference = PTHREAD_RWLOCK_PREFER_READER_NP;
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_init)(l, attributes);
    if (attributes)
        pthread_rwlockattr_getkind_np(attributes, &preference);
    sn_shim_step("initialise", l, "rwlock", CALLER);
    *l = (pthread_rwlock_t){.__data = {.__flags = (unsigned)preference}};
    touch(l);
    return 0;
}

EXPORTED int pthread_rwlock_destroy(pthread_rwlock_t *l)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_destroy)(l);
    touch(l);
    sn_shim_step("destroy", l, "rwlock", pc);
    sn_shim_check(l, SN_SHIM_RWLOCK, "pthread_rwlock_destroy", pc);
    const struct rwlock *lock = touch(l);
    if (lock->writer)
        sn_shim_misuse(pc, "pthread_rwlock_destroy of a rwlock that %s holds", sn_shim_name(lock->writer));
    if (lock->readers)
        sn_shim_misuse(pc, "pthread_rwlock_destroy of a rwlock that is locked for reading");
    sn_shim_mark_destroyed(l, SN_SHIM_RWLOCK);
    return 0;
}

EXPORTED int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_rdlock)(l);
    return wait_and_take(l, false, INT64_MAX, "pthread_rwlock_rdlock", CALLER);
}

EXPORTED int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_wrlock)(l);
    return wait_and_take(l, true, INT64_MAX, "pthread_rwlock_wrlock", CALLER);
}

EXPORTED int pthread_rwlock_tryrdlock(pthread_rwlock_t *l)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_tryrdlock)(l);
    return try_to_take(l, false, "pthread_rwlock_tryrdlock", CALLER);
}

EXPORTED int pthread_rwlock_trywrlock(pthread_rwlock_t *l)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_trywrlock)(l);
    return try_to_take(l, true, "pthread_rwlock_trywrlock", CALLER);
}

EXPORTED int pthread_rwlock_timedrdlock(pthread_rwlock_t *l, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_timedrdlock)(l, time);
    return wait_and_take(l, false, sn_shim_deadline(CLOCK_REALTIME, time), "pthread_rwlock_timedrdlock", CALLER);
}

EXPORTED int pthread_rwlock_timedwrlock(pthread_rwlock_t *l, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_timedwrlock)(l, time);
    return wait_and_take(l, true, sn_shim_deadline(CLOCK_REALTIME, time), "pthread_rwlock_timedwrlock", CALLER);
}

EXPORTED int pthread_rwlock_clockrdlock(pthread_rwlock_t *l, clockid_t clock, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_clockrdlock)(l, clock, time);
    return wait_and_take(l, false, sn_shim_deadline(clock, time), "pthread_rwlock_clockrdlock", CALLER);
}

EXPORTED int pthread_rwlock_clockwrlock(pthread_rwlock_t *l, clockid_t clock, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_clockwrlock)(l, clock, time);
    return wait_and_take(l, true, sn_shim_deadline(clock, time), "pthread_rwlock_clockwrlock", CALLER);
}

EXPORTED int pthread_rwlock_unlock(pthread_rwlock_t *l)
{
    if (!sn_machine_is_on())
        return REAL(pthread_rwlock_unlock)(l);
    return unlock(l, CALLER);
}
