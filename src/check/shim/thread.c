/* thread.c - pthread_create and all that takes a pthread_t.       Layer: check.       Checked by: tests/check
 *
 * A pthread_t of ours is the address of its runner, which is never used again within a run; main's is the real one,
 * since the program may know it already. All runners share one OS thread, so what is asked of it (CPU time, affinity)
 * is the same for all.
 *
 * pthread_exit goes through the buffers of pthread_cleanup_push, the last one first: it jumps there, the code of the
 * macro calls its handler and then __pthread_unwind_next, which goes on with the next. Then come the destructors of
 * thread_local variables, and those of keys.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include "base/panic.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    NAME_SIZE = 16,        /* with the 0: as of the system's */
    USUAL_STACK = 8 << 20, /* where it costs nothing: in a process that makes one run */
};

struct start {
    void *(*function)(void *);
    void *arg;
};

/* A destructor of a thread_local variable. */
struct sn_shim_ending {
    void (*function)(void *);
    void *object;
    struct sn_shim_ending *next;
};

static sn_runner *runner_of(pthread_t thread)
{
    const sn_machine *machine = sn_machine_;
    for (unsigned i = 1; i < machine->count; i++)
        if ((pthread_t)(uintptr_t)machine->runners[i] == thread)
            return machine->runners[i];
    return thread == REAL(pthread_self)() ? machine->runners[0] : NULL;
}

pthread_t sn_shim_thread_self(void)
{
    sn_runner *self = sn_machine_self();
    return self->id == 0 ? REAL(pthread_self)() : (pthread_t)(uintptr_t)self;
}

/* ---- the end of a thread */

static bool is_last(void)
{
    for (unsigned i = 0; i < sn_machine_->count; i++) {
        const sn_runner *runner = sn_machine_->runners[i];
        if (runner != sn_machine_self() && runner->state != SN_ENDED && !runner->is_service)
            return false;
    }
    return true;
}

static void end_thread(void)
{
    sn_shim_thread *self = sn_shim_self();
    while (self->endings) {
        struct sn_shim_ending *last = self->endings;
        self->endings = last->next;
        last->function(last->object);
    }
    sn_shim_keys_end();
    if (is_last() && !sn_machine_->in_place) /* then the process ends as by exit(0) */
        exit(0);
}

void sn_shim_thread_exit(void *value)
{
    sn_shim_thread *self = sn_shim_self();
    __pthread_unwind_buf_t *last = self->cleanups;
    self->exit_value = value;
    sn_shim_onces_end(); /* while their frames are there */
    if (last) {
        jmp_buf target; /* theirs is the first part of one, without the signal mask */
        self->cleanups = last->__pad[0];
        memset(target, 0, sizeof target);
        memcpy(target, last->__cancel_jmp_buf, sizeof last->__cancel_jmp_buf);
        _longjmp(target, 1);
    }
    end_thread();
    sn_machine_end(value);
}

static void *thread_main(void *raw)
{
    const struct start *start = raw;
    sn_machine_self()->function = start->function; /* for the report */
    void *value = start->function(start->arg);
    end_thread();
    return value;
}

EXPORTED void __pthread_register_cancel(__pthread_unwind_buf_t *buffer)
{
    if (!sn_machine_is_on()) {
        REAL(__pthread_register_cancel)(buffer);
        return;
    }
    sn_shim_thread *self = sn_shim_self();
    buffer->__pad[0] = self->cleanups;
    self->cleanups = buffer;
}

EXPORTED void __pthread_unregister_cancel(__pthread_unwind_buf_t *buffer)
{
    if (sn_machine_is_on() && sn_shim_self()->cleanups == buffer)
        sn_shim_self()->cleanups = buffer->__pad[0];
    else
        REAL(__pthread_unregister_cancel)(buffer);
}

EXPORTED void __pthread_unwind_next(__pthread_unwind_buf_t *buffer)
{
    if (sn_machine_is_on())
        sn_shim_thread_exit(sn_shim_self()->exit_value);
    REAL(__pthread_unwind_next)(buffer);
}

int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *module);

/* Main's are run by the C library at exit. */
EXPORTED int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *module)
{
    if (!sn_machine_is_on() || sn_machine_self()->id == 0)
        return REAL(__cxa_thread_atexit_impl)(function, object, module);
    struct sn_shim_ending *ending = sn_machine_allocate(sizeof *ending);
    *ending = (struct sn_shim_ending){function, object, sn_shim_self()->endings};
    sn_shim_self()->endings = ending;
    return 0;
}

/* ---- create, join, detach */

static size_t stack_size_of(const pthread_attr_t *attributes)
{
    size_t size = 0;
    if (attributes)
        pthread_attr_getstacksize(attributes, &size);
    if (!size || (sn_machine_->in_place && size == USUAL_STACK))
        size = sn_machine_->in_place ? 0 : USUAL_STACK;
    return size;
}

int sn_shim_thread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *arg,
                          uintptr_t pc)
{
    int detached = PTHREAD_CREATE_JOINABLE;
    sn_op op = {.kind = SN_OP_START, .pc = pc};
    if (attributes)
        pthread_attr_getdetachstate(attributes, &detached);
    sn_machine_step(&op);
    struct start *start = sn_machine_allocate(sizeof *start);
    *start = (struct start){function, arg};
    sn_runner *runner = sn_machine_spawn(thread_main, start, "thread", stack_size_of(attributes));
    sn_explore_note_target(runner->id);
    runner->pc = pc;
    runner->is_detached = detached == PTHREAD_CREATE_DETACHED;
    *thread = (pthread_t)(uintptr_t)runner;
    sn_op after = {.kind = SN_OP_STARTED, .pc = pc};
    sn_machine_step(&after); /* the new one may come before what follows here */
    return 0;
}

static void check_joinable(const sn_runner *runner, const char *call, uintptr_t pc)
{
    if (runner->was_joined)
        sn_shim_misuse(pc, "%s of %s, which has been joined already", call, sn_shim_name(runner));
    if (runner->is_detached)
        sn_shim_misuse(pc, "%s of %s, which is detached", call, sn_shim_name(runner));
}

int sn_shim_thread_join(pthread_t thread, void **value, int64_t deadline, const char *call, uintptr_t pc)
{
    sn_runner *runner = runner_of(thread);
    if (deadline == SN_SHIM_NEVER_VALID)
        return EINVAL;
    if (!runner)
        return ESRCH;
    check_joinable(runner, call, pc);
    if (runner == sn_machine_self())
        return EDEADLK;
    if (sn_shim_thread_of(runner)->is_being_joined)
        sn_shim_misuse(pc, "%s of %s, which another thread joins", call, sn_shim_name(runner));
    sn_shim_thread_of(runner)->is_being_joined = true;
    int outcome = sn_machine_join(runner, deadline, NULL, pc);
    sn_explore_note_target(runner->id);
    sn_shim_thread_of(runner)->is_being_joined = false;
    check_joinable(runner, call, pc);
    if (outcome != 0)
        return ETIMEDOUT;
    runner->was_joined = true;
    if (value)
        *value = runner->value;
    return 0;
}

int sn_shim_thread_detach(pthread_t thread, const char *call, uintptr_t pc)
{
    sn_runner *runner = runner_of(thread);
    if (!runner)
        return ESRCH;
    sn_shim_step("detach", runner, "thread", pc);
    check_joinable(runner, call, pc);
    runner->is_detached = true;
    return 0;
}

EXPORTED int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *arg)
{
    if (!sn_machine_is_on())
        return REAL(pthread_create)(thread, attributes, function, arg);
    return sn_shim_thread_create(thread, attributes, function, arg, CALLER);
}

EXPORTED int pthread_join(pthread_t thread, void **value)
{
    if (!sn_machine_is_on())
        return REAL(pthread_join)(thread, value);
    return sn_shim_thread_join(thread, value, INT64_MAX, "pthread_join", CALLER);
}

EXPORTED int pthread_timedjoin_np(pthread_t thread, void **value, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_timedjoin_np)(thread, value, time);
    int64_t deadline = time ? sn_shim_deadline(CLOCK_REALTIME, time) : INT64_MAX;
    return sn_shim_thread_join(thread, value, deadline, "pthread_timedjoin_np", CALLER);
}

EXPORTED int pthread_clockjoin_np(pthread_t thread, void **value, clockid_t clock, const struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(pthread_clockjoin_np)(thread, value, clock, time);
    int64_t deadline = time ? sn_shim_deadline(clock, time) : INT64_MAX;
    return sn_shim_thread_join(thread, value, deadline, "pthread_clockjoin_np", CALLER);
}

EXPORTED int pthread_tryjoin_np(pthread_t thread, void **value)
{
    uintptr_t pc = CALLER;
    if (!sn_machine_is_on())
        return REAL(pthread_tryjoin_np)(thread, value);
    sn_runner *runner = runner_of(thread);
    if (!runner)
        return ESRCH;
    sn_shim_step("try to join", runner, "thread", pc);
    check_joinable(runner, "pthread_tryjoin_np", pc);
    if (runner->state != SN_ENDED)
        return EBUSY;
    runner->was_joined = true;
    if (value)
        *value = runner->value;
    return 0;
}

EXPORTED int pthread_detach(pthread_t thread)
{
    if (!sn_machine_is_on())
        return REAL(pthread_detach)(thread);
    return sn_shim_thread_detach(thread, "pthread_detach", CALLER);
}

EXPORTED void pthread_exit(void *value)
{
    if (sn_machine_is_on())
        sn_shim_thread_exit(value);
    REAL(pthread_exit)(value);
    __builtin_unreachable();
}

EXPORTED pthread_t pthread_self(void)
{
    return sn_machine_is_on() ? sn_shim_thread_self() : REAL(pthread_self)();
}

/* ---- what else takes a pthread_t */

EXPORTED int pthread_cancel(pthread_t thread)
{
    if (!sn_machine_is_on())
        return REAL(pthread_cancel)(thread);
    sn_explore_note_site(NULL, CALLER);
    sn_machine_fail(SN_VERDICT_CUT, "pthread_cancel is not explored");
}

static int send_signal(pthread_t thread, int number, uintptr_t pc)
{
    const sn_runner *runner = runner_of(thread);
    if (!runner)
        return ESRCH;
    if (runner == sn_machine_self() && number)
        return raise(number) == 0 ? 0 : errno;
    if (number < 0 || number >= NSIG)
        return EINVAL;
    if (number) {
        sn_explore_note_site(NULL, pc);
        sn_machine_fail(SN_VERDICT_CUT, "pthread_kill of another thread is not explored");
    }
    return 0;
}

EXPORTED int pthread_kill(pthread_t thread, int number)
{
    return sn_machine_is_on() ? send_signal(thread, number, CALLER) : REAL(pthread_kill)(thread, number);
}

EXPORTED int pthread_sigqueue(pthread_t thread, int number, const union sigval value)
{
    if (!sn_machine_is_on())
        return REAL(pthread_sigqueue)(thread, number, value);
    return send_signal(thread, number, CALLER);
}

EXPORTED int pthread_setname_np(pthread_t thread, const char *name)
{
    if (!sn_machine_is_on())
        return REAL(pthread_setname_np)(thread, name);
    sn_runner *runner = runner_of(thread);
    if (!runner)
        return ESRCH;
    if (strlen(name) >= NAME_SIZE)
        return ERANGE;
    snprintf(runner->name, sizeof runner->name, "%s", name);
    return 0;
}

EXPORTED int pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    if (!sn_machine_is_on())
        return REAL(pthread_getname_np)(thread, name, size);
    const sn_runner *runner = runner_of(thread);
    if (!runner)
        return ESRCH;
    if (size < NAME_SIZE)
        return ERANGE;
    snprintf(name, NAME_SIZE, "%.*s", NAME_SIZE - 1, runner->name);
    return 0;
}

EXPORTED int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes)
{
    if (!sn_machine_is_on())
        return REAL(pthread_getattr_np)(thread, attributes);
    const sn_runner *runner = runner_of(thread);
    if (!runner)
        return ESRCH;
    if (!runner->stack)
        return REAL(pthread_getattr_np)(REAL(pthread_self)(), attributes);
    int error = pthread_attr_init(attributes);
    if (error)
        return error;
    pthread_attr_setstack(attributes, runner->stack, runner->stack_size);
    pthread_attr_setdetachstate(attributes, runner->is_detached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE);
    return 0;
}

EXPORTED int pthread_getcpuclockid(pthread_t thread, clockid_t *clock)
{
    if (!sn_machine_is_on())
        return REAL(pthread_getcpuclockid)(thread, clock);
    *clock = CLOCK_THREAD_CPUTIME_ID;
    return runner_of(thread) ? 0 : ESRCH;
}

EXPORTED int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *set)
{
    if (!sn_machine_is_on())
        return REAL(pthread_setaffinity_np)(thread, size, set);
    return runner_of(thread) ? 0 : ESRCH;
}

EXPORTED int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set)
{
    if (!sn_machine_is_on())
        return REAL(pthread_getaffinity_np)(thread, size, set);
    return runner_of(thread) ? REAL(pthread_getaffinity_np)(REAL(pthread_self)(), size, set) : ESRCH;
}

EXPORTED int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param)
{
    if (!sn_machine_is_on())
        return REAL(pthread_setschedparam)(thread, policy, param);
    return runner_of(thread) ? 0 : ESRCH;
}

EXPORTED int pthread_getschedparam(pthread_t thread, int *policy, struct sched_param *param)
{
    if (!sn_machine_is_on())
        return REAL(pthread_getschedparam)(thread, policy, param);
    *policy = SCHED_OTHER;
    *param = (struct sched_param){0};
    return runner_of(thread) ? 0 : ESRCH;
}

EXPORTED int pthread_setschedprio(pthread_t thread, int priority)
{
    if (!sn_machine_is_on())
        return REAL(pthread_setschedprio)(thread, priority);
    return runner_of(thread) ? 0 : ESRCH;
}

/* Programs tell their threads apart by it. */
EXPORTED pid_t gettid(void)
{
    pid_t real = REAL(gettid)();
    return sn_machine_is_on() ? real + sn_machine_self()->id : real;
}
