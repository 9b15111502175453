/* task.c - tasks: birth, child-first call, suspension, end.       Layer: sched.
 *                                                        Checked by: tests/unit/async.c, tests/model/pool.c
 * A call runs the child at once, on the carrier that called:
 *
 *   parent: sn_fiber_call saves its context, switches to the child's stack
 *   child:  publishes the parent in the worker's deque, only now, because a thief may go on with it at once; runs
 *   child suspends or ends: takes the newest of the deque. If that is the parent, it goes on as after a plain call; if a
 *           thief has it, the two have been running in parallel.
 *
 * A suspension likewise takes effect only when its context is saved: what makes the task able to go on (queueing it,
 * marking its waiter PARKED) is a commit, left in the OS thread's block and run by whoever goes on next on that thread.
 *
 * The control block lies at the top of the task's stack, below the one word that fiber/stack.c uses.
 */
#include "base/error.h"
#include "base/panic.h"
#include "fiber/stack.h"
#include "sched/sched.h"

#include <sennit/runtime.h>
#include <stdint.h>
#include <stdlib.h>

enum { ALIGNMENT = 64, CACHE_LIMIT = 64 };

void (*sn_task_uncaught)(sn_task *task, sennit_error *error) __attribute__((noreturn));

sn_task *sn_task_at(void *low)
{
    uintptr_t top = (uintptr_t)low + sn_stack_size() - sizeof(void *) - sizeof(sn_task);
    return (sn_task *)(top & ~(uintptr_t)(ALIGNMENT - 1));
}

static sn_task *take(void)
{
    sn_os *os = sn_os_self();
    sn_worker *worker = sn_peek(&os->worker);
    if (worker && worker->cache) {
        sn_task *task = worker->cache;
        worker->cache = task->next;
        worker->cached--;
        return task;
    }
    int is_new;
    void *low = sn_stack_take(&is_new);
    if (!low)
        return NULL;
    sn_task *task = sn_task_at(low);
    if (is_new) {
        task->low = task->fiber.low = low;
        task->fiber.size = sn_stack_size();
        task->strand.number = sn_strand_new_number();
        task->strand.is_task = true;
    }
    return task;
}

/* The calling task's own stack: nothing touches it before the task has left it, since only this carrier uses the
 * cache. What lies deeper in the cache is nobody's, and can go to others. */
static void put_back(sn_worker *worker, sn_task *task)
{
    if (worker->cached >= CACHE_LIMIT) {
        sn_task *spare = worker->cache;
        worker->cache = spare->next;
        worker->cached--;
        sn_stack_give(spare->low);
    }
    task->next = worker->cache;
    worker->cache = task;
    worker->cached++;
}

void sn_task_drop_cache(sn_worker *worker)
{
    while (worker->cache) {
        sn_task *task = worker->cache;
        worker->cache = task->next;
        sn_stack_give(task->low);
    }
    worker->cached = 0;
}

static void commit_park(void *raw)
{
    sn_waiter *waiter = raw;
    sn_task *task = (sn_task *)waiter->strand;
    uint32_t state = SN_ARMED;
    if (!sn_compare_exchange(&waiter->state, &state, SN_PARKED))
        sn_sched_ready(task); /* claimed before it slept */
}

static void task_sleep(sn_strand *self, sn_waiter *waiter, int64_t deadline)
{
    (void)self;
    if (deadline == SENNIT_FOREVER) {
        sn_task_suspend(commit_park, waiter);
        return;
    }
    sn_timer timer = {.waiter = waiter};
    if (!sn_timer_set(&timer, deadline)) { /* no memory for a timer: time is up at once */
        bool ignored;
        sn_waiter_claim(waiter, SN_TIMED_OUT, &ignored);
        return;
    }
    sn_task_suspend(commit_park, waiter);
    sn_timer_stop(&timer);
}

static void task_wake(sn_strand *strand)
{
    sn_sched_ready((sn_task *)strand);
}

static __attribute__((noreturn)) void uncaught(sn_strand *self, sennit_error *error)
{
    sn_task_uncaught((sn_task *)self, error);
}

static const struct sn_parker task_parker = {task_sleep, task_wake, uncaught};

sn_task *sn_task_new(const char *name, void (*body)(sn_task *), size_t arguments_size)
{
    sn_sched_start();
    sn_task *task = take();
    if (!task)
        return NULL;
    task->strand.parker = &task_parker;
    task->strand.records = NULL;
    sn_note(&task->strand.name, name);
    sn_note(&task->strand.waits_for, NULL);
    task->body = body;
    task->made = (sn_link)SN_LIST_INIT(task->made);
    task->arguments = (void *)(((uintptr_t)task - arguments_size) & ~(uintptr_t)(ALIGNMENT - 1));
    sn_note(&task->is_alive, true);
    return task;
}

/* The running task is over: what goes on instead of it. */
static inline __attribute__((always_inline)) void *leave_for_good(sn_task *task)
{
    sn_os *os = sn_os_self();
    sn_worker *worker = sn_peek(&os->worker);
    sn_note(&task->is_alive, false);
    put_back(worker, task);
    sn_task *next = sn_deque_pop(&worker->deque);
    os->current = next ? &next->strand : &os->strand;
    return sn_fiber_end(next ? &next->fiber : os->fiber);
}

static void begin(sn_task *task)
{
    sn_os *os = sn_os_self();
    sn_strand *parent = os->current;
    os->current = &task->strand;
    if (parent->is_task) {
        if (sn_deque_push(&sn_peek(&os->worker)->deque, parent))
            sn_sched_left_behind();
        else
            sn_sched_ready((sn_task *)parent); /* no memory for a larger deque: it goes on later */
    }
    task->body(task);
}

SN_SWITCHES static void *task_main(void *raw)
{
    sn_task *task = raw;
    sn_fiber_begun(&task->fiber);
    begin(task);
    return leave_for_good(task);
}

SN_SWITCHES void sn_task_end(void)
{
    sn_context_jump(leave_for_good((sn_task *)sn_strand_self()));
}

void sn_task_know_thread(sn_os *os)
{
    if (os->fiber_is_known)
        return;
    if (!os->fiber && !(os->fiber = calloc(1, sizeof *os->fiber)))
        sn_panic("no memory for a carrier's %zu bytes", sizeof *os->fiber);
    sn_fiber_of_thread(os->fiber);
    os->fiber_is_known = true;
}

void sn_task_call(sn_task *task)
{
    sn_os *os = sn_os_self();
    bool from_task = os->current->is_task;
    bool guest = !from_task && !sn_peek(&os->worker);
    if (guest)
        sn_sched_borrow_worker(os);
    if (!from_task)
        sn_task_know_thread(os);
    sn_fiber *caller = from_task ? &((sn_task *)os->current)->fiber : os->fiber;
    sn_fiber_call(caller, &task->fiber, task->arguments, task_main, task);
    sn_task_arrived();
    if (guest)
        sn_sched_return_worker(sn_os_self());
}

void sn_task_arrived(void)
{
    sn_os *os = sn_os_self();
    void (*commit)(void *) = os->commit;
    os->commit = NULL;
    if (commit)
        commit(os->commit_arg);
}

void sn_task_suspend(void (*commit)(void *), void *arg)
{
    sn_os *os = sn_os_self();
    sn_task *self = (sn_task *)os->current;
    os->commit = commit;
    os->commit_arg = arg;
    sn_task *next = sn_deque_pop(&sn_peek(&os->worker)->deque);
    os->current = next ? &next->strand : &os->strand;
    sn_fiber_switch(&self->fiber, next ? &next->fiber : os->fiber);
    sn_task_arrived();
}

static void commit_ready(void *raw)
{
    sn_sched_ready(raw);
}

void sn_task_let_others_run(void)
{
    sn_os *os = sn_os_self();
    if (sn_sched_has_ready() || !sn_deque_is_empty(&sn_peek(&os->worker)->deque))
        sn_task_suspend(commit_ready, os->current);
}

void sennit_task_yield(void)
{
    if (sn_strand_self()->is_task)
        sn_task_let_others_run();
    else
        sn_thread_yield();
}
