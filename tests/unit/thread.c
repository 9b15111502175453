/* thread.c - threads as objects (TH1, TH3 of docs/semantics.md). */
#include "harness/test.h"

#include <sennit.h>

static int value;

static void *give_it_back(void *arg)
{
    value = 42; /* the join orders this */
    return arg;
}

TEST(join_waits_and_gives_the_result)
{
    void *result;
    sennit_thread *thread = sennit_thread_start(give_it_back, &value);
    CHECK_EQ(sennit_thread_join_result(thread, &result), 0);
    CHECK(result == &value);
    CHECK_EQ(value, 42);
    CHECK_EQ(sennit_thread_join(sennit_thread_start(give_it_back, NULL)), 0);
}

static sennit_lock gate;

static void *wait_at_the_gate(void *unused)
{
    sennit_lock_acquire(&gate);
    sennit_lock_release(&gate);
    return unused;
}

TEST(th1_a_timed_join_keeps_the_handle)
{
    sennit_lock_acquire(&gate);
    sennit_thread *thread = sennit_thread_start(wait_at_the_gate, NULL);
    CHECK_EQ(sennit_thread_join_timeout(thread, 0), -ETIMEDOUT);
    CHECK_EQ(sennit_thread_join_timeout(thread, -1), -ETIMEDOUT);
    CHECK_EQ(sennit_thread_join_timeout(thread, sennit_ms(1)), -ETIMEDOUT);
    sennit_lock_release(&gate);
    CHECK_EQ(sennit_thread_join_timeout(thread, SENNIT_FOREVER), 0);
}

static sennit_thread *self;

static void join_self(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_thread_join(self), -EDEADLK);
}

static void *join_itself(void *unused)
{
    sennit_lock_acquire(&gate); /* `self` is there */
    sennit_lock_release(&gate);
    expect_stderr(join_self, NULL, "a thread can't join itself");
    return unused;
}

TEST(th1_joining_oneself_is_an_error)
{
    sennit_lock_acquire(&gate);
    self = sennit_thread_start(join_itself, NULL);
    sennit_lock_release(&gate);
    CHECK_EQ(sennit_thread_join(self), 0);
}

static void *throw_something(void *unused)
{
    sennit_with (&gate)
        sennit_throw(-EIO, "the disk is %s", "gone");
    return unused;
}

static void start_and_join(void *unused)
{
    void *result = &value;
    (void)unused;
    sennit_thread *thread = sennit_thread_start(throw_something, &value);
    CHECK_EQ(sennit_thread_join_result(thread, &result), 0);
    CHECK(result == NULL);
}

TEST(th3_an_error_ends_its_thread_alone)
{
    expect_stderr(start_and_join, NULL, "caught by nobody: the disk is gone");
    expect_stderr(start_and_join, NULL, "thrown at tests/unit/thread.c:");
    CHECK(!sennit_lock_locked(&gate));
}

sennit_async(void, join_in_a_task, (sennit_thread *, thread))
{
    CHECK_EQ(sennit_thread_join(thread), 0);
}

sennit_async(void, open_the_gate)
{
    sennit_lock_release(&gate);
}

TEST(a_task_that_joins_gives_up_its_worker)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_lock_acquire(&gate);
    sennit_promise *joined = join_in_a_task(sennit_thread_start(wait_at_the_gate, NULL));
    sennit_await(open_the_gate());
    sennit_await(joined);
}

static void *start_another(void *arg)
{
    return sennit_thread_start(give_it_back, arg);
}

TEST(threads_start_threads)
{
    void *inner, *result;
    sennit_thread_join_result(sennit_thread_start(start_another, &value), &inner);
    CHECK_EQ(sennit_thread_join_result(inner, &result), 0);
    CHECK(result == &value);
}

TEST(many_come_and_go)
{
    for (int i = 0; i < 200; i++)
        CHECK_EQ(sennit_thread_join(sennit_thread_start(give_it_back, NULL)), 0);
}

static void wait_for_a_detached_one(void *unused)
{
    (void)unused;
    sennit_lock_acquire(&gate);
    sennit_thread_detach(sennit_thread_start(wait_at_the_gate, NULL));
    sennit_lock_release(&gate);
}

TEST(the_process_waits_for_a_detached_thread)
{
    struct outcome outcome = run_child(wait_for_a_detached_one, NULL);
    CHECK_EQ(outcome.status, 0);
}
