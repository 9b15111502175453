/* pool.c - models of the runtime: idle workers' sleep and wake, stolen continuations, tasks that are woken from
 * outside, guests. */
#include "model/runtime.h"

#include "async/promise.h"

static sennit_promise *outside; /* settled by a strand that is no task */
static uint32_t steps;

static void make_outside(void)
{
    sn_machine_quiet();
    outside = sn_promise_new(0);
    sn_machine_loud();
}

static void *settle_outside(void *arg)
{
    sn_promise_fulfil(outside);
    return arg;
}

sennit_async(int, answer)
{
    sn_add(&steps, 1);
    return 42;
}

sennit_async(int, wait_outside)
{
    sennit_await(outside);
    sn_add(&steps, 1);
    return 7;
}

/* A call from the main thread that does not wait. */
static void a_call_that_runs_through(void)
{
    start_runtime(1);
    MUST(sennit_await(int, answer()) == 42);
    leave_runtime();
}
MODEL(a_call_that_runs_through, .bound = 3)

/* The task sleeps, main lends itself while it waits, and a thread from outside wakes the task. */
static void a_task_is_woken_from_outside(void)
{
    start_runtime(1);
    make_outside();
    strand *a = start_strand(settle_outside, NULL);
    MUST(sennit_await(int, wait_outside()) == 7);
    join_strand(a);
    leave_runtime();
}
MODEL(a_task_is_woken_from_outside)

static void a_task_is_woken_among_two_workers(void)
{
    start_runtime(2);
    make_outside();
    strand *a = start_strand(settle_outside, NULL);
    MUST(sennit_await(int, wait_outside()) == 7);
    join_strand(a);
    leave_runtime();
}
MODEL(a_task_is_woken_among_two_workers)

/* Child first: while the child runs, its caller's continuation lies in the deque for another worker. */
sennit_async(int, parent)
{
    sennit_promise *child = answer();
    sn_add(&steps, 1);
    return 1 + sennit_await(int, child);
}

static void a_continuation_may_be_stolen(void)
{
    start_runtime(2);
    MUST(sennit_await(int, parent()) == 43);
    MUST(steps == 2);
    leave_runtime();
}
MODEL(a_continuation_may_be_stolen)

/* The child goes on only when its caller does, which therefore must be stolen: whoever leaves a continuation behind,
 * and a worker's thread that falls asleep at that moment, must not miss each other. The first round brings that thread
 * up, the second one meets it on its way to sleep. */
static uint32_t round_number;

sennit_async(void, wait_for_caller, (uint32_t, round))
{
    while (sn_load(&round_number) < round)
        sn_thread_yield();
}

sennit_async(void, call_and_go_on, (uint32_t, round))
{
    sennit_promise *child = wait_for_caller(round);
    sn_store(&round_number, round);
    sennit_await(child);
}

static void a_continuation_must_be_stolen(void)
{
    start_runtime(2);
    sennit_await(call_and_go_on(1));
    sennit_await(call_and_go_on(2));
    leave_runtime();
}
MODEL(a_continuation_must_be_stolen)

/* Two tasks sleep, one strand wakes both: the second wake brings a second carrier, or leaves the task to the first. */
static void two_tasks_are_woken(void)
{
    start_runtime(2);
    make_outside();
    sennit_promise_retain(outside);
    strand *a = start_strand(settle_outside, NULL);
    sennit_promise *first = wait_outside(), *second = wait_outside();
    MUST(sennit_await(int, first) + sennit_await(int, second) == 14);
    join_strand(a);
    leave_runtime();
}
MODEL(two_tasks_are_woken)

/* Both go on only when both run: a carrier that finds one of two ready tasks must see that another one comes for the
 * other. */
sennit_async(void, wait_outside_and_meet)
{
    sennit_await(outside);
    sn_add(&steps, 1);
    while (sn_load(&steps) < 2)
        sn_thread_yield();
}

sennit_async(void, have_two_meet)
{
    sennit_promise *first = wait_outside_and_meet(), *second = wait_outside_and_meet();
    sennit_await(first);
    sennit_await(second);
}

static void two_woken_tasks_run_at_once(void)
{
    start_runtime(2);
    make_outside();
    sennit_promise_retain(outside);
    strand *a = start_strand(settle_outside, NULL);
    sennit_await(have_two_meet());
    join_strand(a);
    leave_runtime();
}
MODEL(two_woken_tasks_run_at_once)
SAMPLED(two_woken_tasks_run_at_once, 5000)

/* A task that yields is ready only when its context is saved: another carrier may go on with it at once. */
sennit_async(int, yield_once, (int, number))
{
    sennit_task_yield();
    return number;
}

sennit_async(int, yield_twice)
{
    sennit_promise *child = yield_once(1);
    sennit_task_yield();
    return 2 + sennit_await(int, child);
}

static void tasks_yield(void)
{
    start_runtime(2);
    MUST(sennit_await(int, yield_twice()) == 3);
    leave_runtime();
}
MODEL(tasks_yield)

/* A lock between a task and a thread: the task's sleep is a commit, made when its context is saved. */
static sennit_lock lock;
static int inside;

static void be_inside(void)
{
    sennit_lock_acquire(&lock);
    MUST(inside++ == 0);
    sn_add(&steps, 1);
    inside--;
    sennit_lock_release(&lock);
}

sennit_async(void, enter)
{
    be_inside();
}

static void *enter_as_thread(void *arg)
{
    be_inside();
    return arg;
}

static void a_task_and_a_thread_share_a_lock(void)
{
    start_runtime(1);
    strand *a = start_strand(enter_as_thread, NULL);
    sennit_await(enter());
    join_strand(a);
    MUST(steps == 2);
    leave_runtime();
}
MODEL(a_task_and_a_thread_share_a_lock, .bound = 3)

/* A task's wait has a time-out: the timer and the release race for the waiter. */
sennit_async(int, enter_in_time)
{
    int outcome = sennit_lock_acquire_timeout(&lock, sennit_ms(1));
    if (outcome == 0) {
        MUST(inside++ == 0);
        inside--;
        sennit_lock_release(&lock);
    }
    return outcome;
}

static void *release(void *arg)
{
    sennit_lock_release(&lock);
    return arg;
}

static void a_task_waits_with_a_time_out(void)
{
    start_runtime(1);
    sennit_lock_acquire(&lock);
    strand *a = start_strand(release, NULL);
    int outcome = sennit_await(int, enter_in_time());
    MUST(outcome == 0 || outcome == -ETIMEDOUT);
    join_strand(a);
    MUST(!sennit_lock_locked(&lock));
    leave_runtime();
}
MODEL(a_task_waits_with_a_time_out)

/* The time-out may come before the task has left its stack, seen by the other worker's carrier. */
static void a_task_waits_with_two_workers(void)
{
    start_runtime(2);
    sennit_lock_acquire(&lock);
    strand *a = start_strand(release, NULL);
    sennit_promise *first = enter_in_time(), *second = answer();
    sennit_await(second);
    int outcome = sennit_await(int, first);
    MUST(outcome == 0 || outcome == -ETIMEDOUT);
    join_strand(a);
    leave_runtime();
}
MODEL(a_task_waits_with_two_workers, .bound = 1)
SAMPLED(a_task_waits_with_two_workers, 20000)

/* Two threads call at once, and there is one worker: one of them waits for it. */
static void *call_as_guest(void *arg)
{
    sn_os_wake(sn_os_self()); /* an old wake, of a wait that is over, is not the worker */
    MUST(sennit_await(int, answer()) == 42);
    return arg;
}

static void guests_wait_for_a_worker(void)
{
    start_runtime(1);
    strand *a = start_strand(call_as_guest, NULL);
    MUST(sennit_await(int, answer()) == 42);
    join_strand(a);
    MUST(steps == 2);
    leave_runtime();
}
MODEL(guests_wait_for_a_worker)

/* A guest calls while the one worker carries a task that was just woken. */
static void *settle_and_call(void *arg)
{
    sn_promise_fulfil(outside);
    MUST(sennit_await(int, answer()) == 42);
    return arg;
}

static void a_guest_meets_a_woken_task(void)
{
    start_runtime(1);
    make_outside();
    strand *a = start_strand(settle_and_call, NULL);
    MUST(sennit_await(int, wait_outside()) == 7);
    join_strand(a);
    MUST(steps == 2);
    leave_runtime();
}
MODEL(a_guest_meets_a_woken_task)

/* The end of the runtime: every thread of its own ends, whatever it does at the time. */
static void the_runtime_stops(void)
{
    start_runtime(1);
    make_outside();
    strand *a = start_strand(settle_outside, NULL);
    MUST(sennit_await(int, wait_outside()) == 7);
    join_strand(a);
    sn_sched_stop();
}
MODEL(the_runtime_stops)
