/* async.c - async calls: what runs when and where, and what crosses. */
#include "harness/test.h"

#include <sennit.h>
#include <fenv.h>

static int steps[16], step_count;

static void step(int n)
{
    steps[step_count++] = n;
}

sennit_async(void, in_two_halves, (int, n))
{
    step(n);
    sennit_await(sennit_delay(0));
    step(n + 1);
}

sennit_async(void, call_and_look)
{
    step(0);
    sennit_promise *promise = in_two_halves(1);
    CHECK_EQ(step_count, 2);
    CHECK_EQ(steps[1], 1);
    sennit_await(promise);
    CHECK_EQ(steps[2], 2);
}

TEST(a_call_runs_at_once_until_it_waits)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_await(call_and_look());
    CHECK_EQ(step_count, 3);
}

sennit_async(void, call_while_others_are_ready)
{
    sennit_promise *first = in_two_halves(10);
    sennit_promise *yielding[2] = {in_two_halves(20), in_two_halves(30)};
    sennit_await(sennit_delay(0)); /* the three are ready, or have gone on */
    step_count = 0;
    sennit_promise *child = in_two_halves(40);
    CHECK_EQ(steps[0], 40); /* not behind those that were ready */
    CHECK_EQ(step_count, 1);
    sennit_await(child);
    sennit_await(first);
    sennit_await(yielding[0]);
    sennit_await(yielding[1]);
}

TEST(a_child_is_not_queued_first)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_await(call_while_others_are_ready());
}

/* The child spins until its caller has gone on: so another worker has stolen the caller while the child still ran. */
static int caller_went_on;
static int child_runs;

sennit_async(void, wait_for_the_caller)
{
    __atomic_store_n(&child_runs, 1, __ATOMIC_SEQ_CST);
    while (!__atomic_load_n(&caller_went_on, __ATOMIC_SEQ_CST))
        ;
    __atomic_store_n(&child_runs, 0, __ATOMIC_SEQ_CST);
}

sennit_async(void, go_on)
{
    sennit_promise *child = wait_for_the_caller();
    while (!__atomic_load_n(&child_runs, __ATOMIC_SEQ_CST)) /* a thief may have the caller before the child begins */
        ;
    CHECK(!sennit_promise_settled(child));
    __atomic_store_n(&caller_went_on, 1, __ATOMIC_SEQ_CST);
    sennit_await(child);
}

TEST(the_caller_goes_on_elsewhere_while_the_child_runs)
{
    sennit_configure(&(sennit_config){.workers = 2});
    sennit_await(go_on());
    CHECK_EQ(caller_went_on, 1);
}

TEST(the_same_from_many_workers)
{
    sennit_configure(&(sennit_config){.workers = 16});
    for (int i = 0; i < 20; i++) {
        caller_went_on = 0;
        sennit_await(go_on());
        CHECK_EQ(child_runs, 0);
    }
}

static int running, most;

sennit_async(void, count_the_running, (int, depth))
{
    int now = __atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
    if (now > most)
        most = now;
    for (volatile int i = 0; i < 2000; i++)
        ;
    __atomic_fetch_sub(&running, 1, __ATOMIC_SEQ_CST);
    sennit_task_yield();
    if (depth > 0)
        sennit_await(count_the_running(depth - 1));
}

static void *call_from_a_thread(void *unused)
{
    for (int i = 0; i < 30; i++)
        sennit_await(count_the_running(2));
    return unused;
}

TEST(with_one_worker_one_task_runs_at_a_time_whoever_carries_it)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_thread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = sennit_thread_start(call_from_a_thread, NULL);
    call_from_a_thread(NULL);
    for (int i = 0; i < 4; i++)
        sennit_thread_join(threads[i]);
    CHECK_EQ(most, 1);
    CHECK_EQ(running, 0);
}

sennit_async(void, wait_twice)
{
    sennit_await(sennit_delay(0));
    sennit_task_yield();
}

TEST(an_os_thread_never_changes_under_its_caller)
{
    static __thread int mark;
    mark = 17;
    for (int i = 0; i < 100; i++) {
        sennit_promise *promise = wait_twice();
        CHECK_EQ(mark, 17);
        sennit_await(promise);
        CHECK_EQ(mark, 17);
    }
}

struct large {
    char bytes[3000];
};

sennit_async(struct large, echo, (struct large, value), (int, at))
{
    sennit_await(sennit_delay(0));
    value.bytes[at]++;
    return value;
}

TEST(large_arguments_and_values_are_copied)
{
    struct large value = {{0}};
    value.bytes[2999] = 7;
    sennit_promise *promise = echo(value, 2999);
    value.bytes[2999] = 100;
    struct large result = sennit_await(struct large, promise);
    CHECK_EQ(result.bytes[2999], 8);
    CHECK_EQ(result.bytes[0], 0);
}

struct too_large {
    char bytes[20000];
};

sennit_async(void, take_too_much, (struct too_large, value))
{
    (void)value;
}

TEST(arguments_that_do_not_fit_reject)
{
    static struct too_large value;
    CHECK_EQ(sennit_await_status(take_too_much(value)), -E2BIG);
}

sennit_async(long, fib, (long, n))
{
    if (n < 2)
        return n;
    sennit_promise *a = fib(n - 1), *b = fib(n - 2);
    long first = sennit_await(long, a);
    return first + sennit_await(long, b);
}

TEST(a_tree_of_calls_on_one_worker)
{
    sennit_configure(&(sennit_config){.workers = 1});
    CHECK_EQ(sennit_await(long, fib(10)), 55);
}

TEST(a_tree_of_calls_on_three)
{
    sennit_configure(&(sennit_config){.workers = 3});
    CHECK_EQ(sennit_await(long, fib(12)), 144);
}

sennit_async(int, nest, (int, depth))
{
    if (depth == 0) {
        sennit_await(sennit_delay(0));
        return 0;
    }
    return 1 + sennit_await(int, nest(depth - 1));
}

TEST(calls_nest_deeply) /* beyond the first size of a deque */
{
    CHECK_EQ(sennit_await(int, nest(400)), 400);
}

sennit_async(int, keep_rounding, (int, mode))
{
    fesetround(mode);
    sennit_await(sennit_delay(0));
    sennit_task_yield();
    return fegetround() == mode;
}

TEST(floating_point_modes_are_each_task_s_own)
{
    sennit_promise *up = keep_rounding(FE_UPWARD), *down = keep_rounding(FE_DOWNWARD);
    CHECK_EQ(fegetround(), FE_TONEAREST);
    CHECK_EQ(sennit_await(int, up), 1);
    CHECK_EQ(sennit_await(int, down), 1);
    CHECK_EQ(fegetround(), FE_TONEAREST);
}

sennit_async(void, yield_and_note, (int, n))
{
    for (int i = 0; i < 3; i++) {
        step(n);
        sennit_task_yield();
    }
}

sennit_async(void, two_that_yield)
{
    sennit_promise *a = yield_and_note(1), *b = yield_and_note(2);
    sennit_await(a);
    sennit_await(b);
}

TEST(yielding_takes_turns)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_await(two_that_yield());
    static const int expected[] = {1, 2, 1, 2, 1, 2};
    for (int i = 0; i < 6; i++)
        CHECK_EQ(steps[i], expected[i]);
}

sennit_async(void, lock_step, (sennit_lock *, lock), (int *, counter))
{
    for (int i = 0; i < 50; i++) {
        sennit_with (lock)
            ++*counter;
        sennit_await(sennit_delay(sennit_us(i % 7)));
    }
}

TEST(many_tasks_move_between_workers)
{
    enum { TASKS = 100 };
    static sennit_lock lock;
    static int counter;
    sennit_promise *all[TASKS];
    sennit_configure(&(sennit_config){.workers = 4});
    for (int i = 0; i < TASKS; i++)
        all[i] = lock_step(&lock, &counter);
    for (int i = 0; i < TASKS; i++)
        sennit_await(all[i]);
    CHECK_EQ(counter, TASKS * 50);
}
