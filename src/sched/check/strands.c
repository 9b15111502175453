/* strands.c - tasks when a user's program is checked: the scheduler is the checker's.       Layer: sched.
 *                                                                  Checked by: tests/check
 * In libsennit-check this file stands in for task.c, pool.c and carrier.c. Each task is a flow of control of the
 * checker's, so that every order of tasks is explored and none hangs on workers, deques and helpers. The rules that a
 * program can rely on are kept:
 *
 * - an async call runs the callee at once; a calling task may go on at any time after that, a calling thread when the
 *   callee first suspends or ends;
 * - with one worker (only if the program or SENNIT_WORKERS says so) at most one task runs at any instant, the newest
 *   caller goes on first, then what was woken or has yielded, in that order, then timers.
 *
 * Only one strand runs at a time and it is switched away from at its steps only, so nothing here needs a guard.
 */
#include "base/panic.h"
#include "sched/sched.h"

#include <sennit/runtime.h>
#include <sennit/try.h>
#include <stdlib.h>

struct strand {
    sn_task task;  /* first */
    sn_os *os;     /* on which it sleeps; NULL: it has not begun */
    sn_os *caller; /* a thread that waits for its first suspension; NULL: none */
    bool *told;    /* and what it looks at */
    void *base[24];
    struct strand *next; /* serial: in the queue of the ready ones, or the stack of callers */
};

static bool is_up, is_serial;
static sn_timer_heap timers;
static uint32_t timers_changed; /* the timekeeper sleeps on it */
static uint32_t became_idle;    /* serial: and on this */

/* serial: */
static struct strand *running;                /* has the worker; NULL: it is free */
static bool lent;                             /* a thread is about to begin a task with it */
static struct strand *ready, **last = &ready; /* the oldest first */
static struct strand *callers;                /* the newest first */

void (*sn_task_uncaught)(sn_task *task, sennit_error *error) __attribute__((noreturn));

void sn_sched_start(void)
{
    if (is_up)
        return;
    is_up = true;
    is_serial = sn_runtime_close_configuration() == 1;
    if (is_serial)
        sn_tell_one_worker();
}

bool sn_sched_is_serial(void)
{
    return is_serial;
}

bool sn_sched_is_quiet(void)
{
    return false; /* that nothing can run any more is seen by the checker */
}

void sn_sched_stop(void)
{
}

/* ---- one worker */

static void dispatch(void)
{
    if (running || lent)
        return;
    if (callers) {
        running = callers;
        callers = callers->next;
    } else if (ready) {
        running = ready;
        ready = ready->next;
        if (!ready)
            last = &ready;
    } else {
        sn_store(&became_idle, became_idle + 1);
        sn_futex_wake(&became_idle, INT32_MAX);
        return;
    }
    sn_os_wake(running->os);
}

static void append(struct strand *strand)
{
    strand->next = NULL;
    *last = strand;
    last = &strand->next;
}

static void give_up_worker(struct strand *self)
{
    if (running == self)
        running = NULL;
    dispatch();
}

static void await_worker(struct strand *self)
{
    while (running != self)
        sn_os_sleep(self->os, SENNIT_FOREVER);
}

/* ---- suspending */

static void tell_caller(struct strand *self)
{
    if (!self->caller)
        return;
    *self->told = true;
    sn_os_wake(self->caller);
    self->caller = NULL;
}

static void sleep_serial(struct strand *self, sn_waiter *waiter, int64_t deadline)
{
    sn_timer timer = {.waiter = waiter};
    uint32_t armed = SN_ARMED;
    if (!sn_compare_exchange(&waiter->state, &armed, SN_PARKED))
        return;
    if (deadline != SENNIT_FOREVER && !sn_timer_set(&timer, deadline))
        sn_panic("no memory for a timer");
    give_up_worker(self);
    await_worker(self);
    if (deadline != SENNIT_FOREVER)
        sn_timer_stop(&timer);
}

static void task_sleep(sn_strand *raw, sn_waiter *waiter, int64_t deadline)
{
    struct strand *self = (struct strand *)raw;
    uint32_t armed = SN_ARMED;
    tell_caller(self);
    if (is_serial) {
        sleep_serial(self, waiter, deadline);
        return;
    }
    if (!sn_compare_exchange(&waiter->state, &armed, SN_PARKED))
        return;
    while (!sn_waiter_is_claimed(waiter)) {
        bool ignored;
        sn_os_sleep(self->os, deadline);
        if (deadline != SENNIT_FOREVER && sn_now() >= deadline)
            sn_waiter_claim(waiter, SN_TIMED_OUT, &ignored);
    }
}

static void task_wake(sn_strand *raw)
{
    struct strand *strand = (struct strand *)raw;
    if (!is_serial) {
        sn_os_wake(strand->os);
        return;
    }
    append(strand);
    dispatch();
}

static __attribute__((noreturn)) void uncaught(sn_strand *self, sennit_error *error)
{
    sn_task_uncaught((sn_task *)self, error);
}

static const struct sn_parker task_parker = {task_sleep, task_wake, uncaught};
const struct sn_parker sn_main_parker = {sn_thread_sleep, sn_thread_wake, sn_thread_uncaught};

void sn_task_let_others_run(void)
{
    struct strand *self = (struct strand *)sn_strand_self();
    if (!is_serial) {
        tell_caller(self);
        sn_thread_yield();
        return;
    }
    if (!ready && !callers)
        return;
    tell_caller(self);
    append(self);
    give_up_worker(self);
    await_worker(self);
}

void sennit_task_yield(void)
{
    if (sn_strand_self()->is_task)
        sn_task_let_others_run();
    else
        sn_thread_yield();
}

/* ---- birth and death */

sn_task *sn_task_new(const char *name, void (*body)(sn_task *), size_t arguments_size)
{
    sn_sched_start();
    size_t head = (sizeof(struct strand) + 63) & ~(size_t)63;
    struct strand *strand = calloc(1, head + arguments_size);
    if (!strand)
        return NULL;
    strand->task.strand = (sn_strand){.parker = &task_parker, .number = sn_strand_new_number(), .is_task = true};
    sn_note(&strand->task.strand.name, name);
    strand->task.body = body;
    strand->task.made = (sn_link)SN_LIST_INIT(strand->task.made);
    strand->task.arguments = (char *)strand + head;
    return &strand->task;
}

static void *task_main(void *raw)
{
    struct strand *self = raw;
    sn_os *os = sn_os_self();
    os->is_helper = true;
    os->current = &self->task.strand;
    self->os = os;
    if (is_serial)
        await_worker(self);
    if (sennit_context_save(self->base) == 0)
        self->task.body(&self->task);
    os->current = &os->strand;
    tell_caller(self);
    if (is_serial)
        give_up_worker(self);
    free(self);
    return NULL;
}

void sn_task_end(void)
{
    sn_context_restore(((struct strand *)sn_strand_self())->base, 1);
}

static void start(struct strand *strand)
{
    if (SN_ASK_(task_start, -ENOSYS, task_main, strand, strand->task.strand.name, false) != 0)
        sn_panic("libsennit-check is for sennit check: there is no runtime in it");
}

void sn_task_call(sn_task *task)
{
    struct strand *strand = (struct strand *)task, *caller = (struct strand *)sn_strand_self();
    sn_os *os = sn_os_self();
    if (caller->task.strand.is_task) {
        if (is_serial) {
            caller->next = callers;
            callers = caller;
            running = strand;
        }
        start(strand);
        sn_tell_point("call", NULL, NULL, NULL);
        if (is_serial)
            await_worker(caller);
        return;
    }
    if (is_serial) {
        while (running || lent)
            sn_futex_wait(&became_idle, became_idle, SENNIT_FOREVER);
        running = strand;
    }
    bool told = false;
    strand->caller = os;
    strand->told = &told;
    start(strand);
    sn_tell_waits("the first part of an async call", NULL, NULL);
    while (!told)
        sn_os_sleep(os, SENNIT_FOREVER);
    sn_tell_waits(NULL, NULL, NULL);
}

/* ---- timers */

static bool is_due(void)
{
    sn_timer *first = sn_timer_heap_first(&timers);
    return first && first->deadline <= sn_now();
}

static void fire_first(void)
{
    sn_timer *timer = sn_timer_heap_first(&timers);
    bool asleep;
    sn_timer_heap_remove(&timers, timer);
    if (!timer->waiter)
        timer->fire(timer);
    else if (sn_waiter_claim(timer->waiter, SN_TIMED_OUT, &asleep) && asleep)
        timer->waiter->strand->parker->wake(timer->waiter->strand);
}

static void *keep_time(void *unused)
{
    sn_os_self()->is_helper = true;
    for (;;) {
        sn_timer *first = sn_timer_heap_first(&timers);
        if (!first || !is_due())
            sn_futex_wait(&timers_changed, timers_changed, first ? first->deadline : SENNIT_FOREVER);
        else if (is_serial && (running || ready || callers))
            sn_futex_wait(&became_idle, became_idle, SENNIT_FOREVER);
        else
            fire_first();
    }
    return unused;
}

bool sn_timer_set(sn_timer *timer, int64_t deadline)
{
    static bool kept;
    timer->deadline = timer->rank = deadline;
    if (!sn_timer_heap_add(&timers, timer))
        return false;
    if (!kept && SN_ASK_(task_start, -ENOSYS, keep_time, NULL, "timers", true) != 0)
        return false;
    kept = true;
    if (sn_timer_heap_first(&timers) == timer) {
        sn_store(&timers_changed, timers_changed + 1);
        sn_futex_wake(&timers_changed, 1);
    }
    return true;
}

bool sn_timer_start(sn_timer *timer, sennit_duration duration)
{
    return sn_timer_set(timer, sn_deadline(duration < 0 ? 0 : duration));
}

bool sn_timer_stop(sn_timer *timer)
{
    bool in_time = timer->place != 0;
    if (in_time)
        sn_timer_heap_remove(&timers, timer);
    return in_time;
}

/* For the reports of a running program, which has no stacks of tasks here. */
sn_task *sn_task_at(void *low)
{
    return low;
}
