/* promise.c - promises: values, rejections, handles. */
#include "harness/test.h"

#include <sennit.h>

TEST(a_resolved_promise_can_be_awaited_again_and_again)
{
    for (int i = 0; i < 3; i++) {
        CHECK(sennit_promise_settled(sennit_promise_resolved()));
        sennit_await(sennit_promise_resolved());
        CHECK_EQ(sennit_await_status(sennit_promise_resolved()), 0);
    }
    sennit_detach(sennit_promise_resolved());
    sennit_promise_release(sennit_promise_retain(sennit_promise_resolved()));
}

TEST(a_rejected_promise_throws_what_it_was_rejected_with)
{
    bool caught = false;
    sennit_try {
        sennit_await(sennit_promise_rejected(-ENOENT, "no file %d", 7));
    } sennit_catch (error) {
        caught = true;
        CHECK_EQ(sennit_error_code(error), -ENOENT);
        CHECK_STR(sennit_error_message(error), "no file 7");
        CHECK(strstr(sennit_error_site(error), "tests/unit/promise.c:") != NULL);
    }
    CHECK(caught);
    CHECK_EQ(sennit_await_status(sennit_promise_rejected(-EIO, "x")), -EIO);
}

TEST(a_delay_takes_its_time_and_has_no_value)
{
    sennit_promise *delay = sennit_delay(sennit_seconds(1000));
    CHECK(!sennit_promise_settled(delay));
    sennit_promise_release(delay); /* the end of the program does not wait for it */
    CHECK_EQ(sennit_await_status(sennit_delay(sennit_ms(2))), 0);
    CHECK_EQ(sennit_await_status(sennit_delay(-5)), 0);
}

sennit_async(int, seven)
{
    return 7;
}

sennit_async(int, fail, (int, code))
{
    sennit_await(sennit_delay(0));
    sennit_throw(code, "as told");
}

static void wrong_size(void *unused)
{
    (void)unused;
    long value = -1;
    CHECK_EQ(sennit_await_status(seven(), &value), -EINVAL);
    CHECK_EQ(value, -1);
}

TEST(a_value_of_another_size_is_an_error)
{
    bool caught = false;
    expect_stderr(wrong_size, NULL, "awaited a value of 8 bytes, but the promise has one of 4");
    sennit_try {
        sennit_await(long, seven());
    } sennit_catch (error) {
        caught = sennit_error_code(error) == -EINVAL;
    }
    CHECK(caught);
}

TEST(a_status_leaves_the_value_alone_when_there_is_none)
{
    int value = -1;
    CHECK_EQ(sennit_await_status(fail(-ERANGE), &value), -ERANGE);
    CHECK_EQ(value, -1);
    CHECK_EQ(sennit_await_status(seven(), &value), 0);
    CHECK_EQ(value, 7);
    CHECK_EQ(sennit_await_status(seven(), (int *)NULL), 0);
}

TEST(a_retained_promise_can_be_awaited_twice)
{
    sennit_promise *promise = fail(-EIO);
    sennit_promise_retain(promise);
    CHECK_EQ(sennit_await_status(promise), -EIO);
    CHECK_EQ(sennit_await_status(promise), -EIO);
    promise = sennit_promise_retain(seven());
    CHECK_EQ(sennit_await(int, promise), 7);
    CHECK_EQ(sennit_await(int, promise), 7);
}

sennit_async(int, await_shared, (sennit_promise *, promise))
{
    return sennit_await(int, promise);
}

sennit_async(int, later, (int, value))
{
    sennit_await(sennit_delay(sennit_ms(1)));
    return value;
}

static void *await_in_thread(void *promise)
{
    CHECK_EQ(sennit_await(int, (sennit_promise *)promise), 5);
    return NULL;
}

TEST(threads_and_tasks_await_the_same_promise)
{
    sennit_promise *promise = later(5);
    sennit_promise *tasks[3];
    for (int i = 0; i < 3; i++)
        tasks[i] = await_shared(sennit_promise_retain(promise));
    sennit_thread *thread = sennit_thread_start(await_in_thread, sennit_promise_retain(promise));
    CHECK_EQ(sennit_await(int, promise), 5);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(sennit_await(int, tasks[i]), 5);
    sennit_thread_join(thread);
}

sennit_async(void, forget_what_it_made)
{
    for (int i = 0; i < 10; i++)
        seven();
    sennit_promise *mine = later(1), *given = later(2);
    (void)mine;
    sennit_await(int, given);
    sennit_throw(-ECANCELED, "on its way out");
}

TEST(what_a_task_made_is_released_at_its_end) /* LeakSanitizer and valgrind see it if not */
{
    CHECK_EQ(sennit_await_status(forget_what_it_made()), -ECANCELED);
    sennit_await(sennit_delay(sennit_ms(5)));
}

static sennit_promise *passed_on;

sennit_async(void, make_and_retain)
{
    passed_on = sennit_promise_retain(later(9)); /* its own handle goes, this one stays */
    sennit_promise_release(passed_on);
}

TEST(a_retained_promise_outlives_its_maker)
{
    sennit_await(make_and_retain());
    CHECK_EQ(sennit_await(int, passed_on), 9);
}

static void forget_a_rejection(void *unused)
{
    (void)unused;
    sennit_promise_release(sennit_promise_rejected(-EIO, "nobody looks"));
}

TEST(a_rejection_that_nobody_awaited_is_reported_and_ends_the_process)
{
    struct outcome outcome = run_child(forget_a_rejection, NULL);
    CHECK_EQ(outcome.status, 1);
    CHECK(strstr(outcome.err, "a promise that nobody awaited, caught by nobody: nobody looks") != NULL);
    CHECK(strstr(outcome.err, "thrown at tests/unit/promise.c:") != NULL);
}

static void detach_a_failure(void *unused)
{
    (void)unused;
    sennit_detach(fail(-EIO));
}

TEST(a_detached_failure_is_reported_too)
{
    struct outcome outcome = run_child(detach_a_failure, NULL);
    CHECK_EQ(outcome.status, 1);
    CHECK(strstr(outcome.err, "as told") != NULL);
}

sennit_async(void, print_later)
{
    sennit_await(sennit_delay(sennit_ms(2)));
    puts("done");
}

static void detach_one(void *unused)
{
    (void)unused;
    sennit_detach(print_later());
}

TEST(the_process_waits_for_a_detached_task)
{
    struct outcome outcome = run_child(detach_one, NULL);
    CHECK_STR(outcome.err, "");
    CHECK_EQ(outcome.status, 0);
    CHECK_STR(outcome.out, "done\n");
}

static void release_one(void *unused)
{
    (void)unused;
    sennit_promise_release(print_later());
}

TEST(the_process_does_not_wait_for_a_released_one)
{
    struct outcome outcome = run_child(release_one, NULL);
    CHECK_STR(outcome.err, "");
    CHECK_EQ(outcome.status, 0);
}
