/* end.c - what happens when nothing can run any more, and what a report says. */
#include "harness/test.h"

#include <sennit.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static sennit_condition never;

sennit_async(void, wait_for_ever)
{
    sennit_with (&never)
        sennit_condition_wait(&never);
}

/* The check needs to know every thread of the process, and ThreadSanitizer has one of its own: there the program hangs,
 * as it would without sennit, so those tests are not built. */
#ifndef __SANITIZE_THREAD__

static sennit_lock a, b;

static void lock_twice(void *unused)
{
    (void)unused;
    sennit_lock_acquire(&a);
    sennit_lock_acquire(&a);
}

TEST(lk6_a_wait_that_nobody_can_end_is_named)
{
    struct outcome outcome = run_child(lock_twice, NULL);
    CHECK_EQ(outcome.status, 13);
    CHECK(strstr(outcome.err, "deadlock: nothing can run any more") != NULL);
    CHECK(strstr(outcome.err, "thread main waits for a lock 0x") != NULL);
    CHECK(strstr(outcome.err, ", held by thread main at tests/unit/end.c:") != NULL);
}

static void *take_b_then_a(void *gate)
{
    sennit_lock_acquire(&b);
    sennit_lock_release(gate);
    sennit_lock_acquire(&a);
    return NULL;
}

static void cross(void *unused)
{
    static sennit_lock gate;
    (void)unused;
    sennit_lock_acquire(&gate);
    sennit_lock_acquire(&a);
    sennit_thread *thread = sennit_thread_start(take_b_then_a, &gate);
    sennit_lock_acquire(&gate); /* the other has b */
    sennit_lock_acquire(&b);
    sennit_thread_join(thread);
}

TEST(two_threads_that_wait_for_each_other_are_listed)
{
    struct outcome outcome = run_child(cross, NULL);
    CHECK_EQ(outcome.status, 13);
    CHECK(strstr(outcome.err, "held by thread main") != NULL);
    CHECK(strstr(outcome.err, "held by thread thread-") != NULL);
}

static void await_for_ever(void *unused)
{
    (void)unused;
    sennit_await(wait_for_ever());
}

TEST(a_task_that_waits_for_ever_is_listed_with_its_name)
{
    struct outcome outcome = run_child(await_for_ever, NULL);
    CHECK_EQ(outcome.status, 13);
    CHECK(strstr(outcome.err, "(wait_for_ever) waits for a condition 0x") != NULL);
    CHECK(strstr(outcome.err, "thread main waits for a promise 0x") != NULL);
}

static void detach_for_ever(void *unused)
{
    (void)unused;
    sennit_detach(wait_for_ever());
}

TEST(the_end_of_the_program_does_not_wait_for_what_can_not_end)
{
    struct outcome outcome = run_child(detach_for_ever, NULL);
    CHECK_EQ(outcome.status, 13);
    CHECK(strstr(outcome.err, "detached tasks and timeouts, to end") != NULL);
}

static void *wait_in_thread(void *unused)
{
    sennit_with (&never)
        sennit_condition_wait(&never);
    return unused;
}

static void leave_a_thread_waiting(void *unused)
{
    (void)unused;
    sennit_thread_start(wait_in_thread, NULL);
}

TEST(a_thread_left_waiting_at_the_end_is_listed)
{
    struct outcome outcome = run_child(leave_a_thread_waiting, NULL);
    CHECK_EQ(outcome.status, 13);
    CHECK(strstr(outcome.err, "waits for a condition") != NULL);
}

static void *end_last(void *gate)
{
    sennit_lock_acquire(gate); /* until main waits for the condition */
    sennit_lock_release(gate);
    return NULL;
}

static void wait_for_a_thread_that_ends(void *unused)
{
    static sennit_lock gate;
    (void)unused;
    sennit_condition bound = SENNIT_CONDITION(&gate);
    sennit_lock_acquire(&gate);
    sennit_thread_start(end_last, &gate);
    sennit_condition_wait(&bound);
}

TEST(the_last_thread_that_could_have_helped_ends)
{
    struct outcome outcome = run_child(wait_for_a_thread_that_ends, NULL);
    CHECK_EQ(outcome.status, 13);
}

#endif

static void sleep_with_a_deadline(void *unused)
{
    (void)unused;
    sennit_with (&never)
        CHECK_EQ(sennit_condition_wait_timeout(&never, sennit_ms(20)), -ETIMEDOUT);
    sennit_await(sennit_delay(sennit_ms(20)));
}

TEST(a_deadline_is_no_deadlock)
{
    struct outcome outcome = run_child(sleep_with_a_deadline, NULL);
    CHECK_EQ(outcome.status, 0);
    CHECK_STR(outcome.err, "");
}

static void end_by_quit(void *unused)
{
    (void)unused;
    sennit_promise_release(wait_for_ever());
    kill(getpid(), SIGQUIT);
}

TEST(sigquit_says_what_everything_waits_for)
{
    struct outcome outcome = run_child(end_by_quit, NULL);
    CHECK_EQ(outcome.signal, SIGQUIT);
    CHECK(strstr(outcome.err, "what everything waits for:") != NULL);
    CHECK(strstr(outcome.err, "thread main runs, or could") != NULL);
    CHECK(strstr(outcome.err, "(wait_for_ever) waits for a condition") != NULL);
}

static void exit_in_main(void *unused)
{
    (void)unused;
    sennit_detach(wait_for_ever());
    _exit(3);
}

TEST(_exit_waits_for_nothing)
{
    struct outcome outcome = run_child(exit_in_main, NULL);
    CHECK_EQ(outcome.status, 3);
}
