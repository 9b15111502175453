/* error.c - errors thrown through functions, and what happens to those that nobody catches. The shapes of the macros are
 * tests/shapes' business. */
#include "harness/test.h"

#include <sennit.h>

#include "base/error.h"

static sennit_lock outer, inner;

static void dig(int depth, int code)
{
    if (depth <= 0) {
        if (code)
            sennit_throw(code, "from %d levels down", 5);
        return;
    }
    sennit_with (depth % 2 ? &inner : &outer)
        sennit_with (&(sennit_rlock){{0}, 0})
            dig(depth - 2, code);
}

TEST(a_throw_leaves_every_with_block_on_its_way)
{
    for (int depth = 1; depth <= 2; depth++) {
        bool caught = false;
        sennit_try {
            dig(depth, -EPROTO);
        } sennit_catch (error) {
            caught = true;
            CHECK_EQ(sennit_error_code(error), -EPROTO);
            CHECK(!sennit_lock_locked(&outer));
            CHECK(!sennit_lock_locked(&inner));
        }
        CHECK(caught);
    }
}

TEST(errors_have_causes)
{
    bool caught = false;
    sennit_try {
        sennit_try {
            sennit_throw(-EIO, "first");
        } sennit_catch (first) {
            sennit_throw(-EPIPE, "second, after %s", sennit_error_message(first));
        }
    } sennit_catch (second) {
        caught = true;
        CHECK_STR(sennit_error_message(second), "second, after first");
        CHECK_STR(sennit_error_message(sennit_error_cause(second)), "first");
        CHECK(sennit_error_cause(sennit_error_cause(second)) == NULL);
    }
    CHECK(caught);
}

static void throw_in_main(void *unused)
{
    (void)unused;
    sennit_with (&outer)
        sennit_throw(-EIO, "%d bottles", 99);
}

TEST(an_uncaught_throw_in_main_ends_the_process_with_status_1)
{
    struct outcome outcome = run_child(throw_in_main, NULL);
    CHECK_EQ(outcome.status, 1);
    CHECK(strstr(outcome.err, "error -5 in main, caught by nobody: 99 bottles") != NULL);
    CHECK(strstr(outcome.err, "thrown at tests/unit/error.c:") != NULL);
}

static void throw_with_a_cause(void *unused)
{
    (void)unused;
    sennit_try {
        sennit_throw(-EIO, "the first");
    } sennit_catch (error) {
        sennit_throw(-EPIPE, "the second");
    }
}

TEST(a_report_names_the_causes)
{
    struct outcome outcome = run_child(throw_with_a_cause, NULL);
    CHECK(strstr(outcome.err, "the second") != NULL);
    CHECK(strstr(outcome.err, "while handling error -5: the first") != NULL);
}

static void *throw_in_thread(void *unused)
{
    throw_in_main(unused);
    return NULL;
}

static void throw_in_a_thread(void *unused)
{
    CHECK_EQ(sennit_thread_join(sennit_thread_start(throw_in_thread, unused)), 0);
    puts("main goes on");
}

TEST(an_uncaught_throw_in_a_thread_ends_that_thread)
{
    struct outcome outcome = run_child(throw_in_a_thread, NULL);
    CHECK_EQ(outcome.status, 0);
    CHECK_STR(outcome.out, "main goes on\n");
    CHECK(strstr(outcome.err, "caught by nobody: 99 bottles") != NULL);
}

sennit_async(void, throw_in_task)
{
    throw_in_main(NULL);
}

static void throw_in_a_task(void *unused)
{
    (void)unused;
    sennit_await(throw_in_task());
    puts("not reached");
}

TEST(an_uncaught_throw_in_a_task_goes_to_whoever_awaits_it)
{
    struct outcome outcome = run_child(throw_in_a_task, NULL);
    CHECK_EQ(outcome.status, 1);
    CHECK_STR(outcome.out, "");
    CHECK(strstr(outcome.err, "in main, caught by nobody: 99 bottles") != NULL);
    CHECK(!sennit_lock_locked(&outer));
}

TEST(an_error_is_copied_whole)
{
    sennit_error *error = sn_error_make("here:1", -EIO, "a %s", "b");
    sn_error_set_cause(error, sn_error_make("there:2", -EPIPE, "c"));
    sennit_error *copy = sn_error_copy(error);
    sn_error_free(error);
    CHECK_EQ(copy->code, -EIO);
    CHECK_STR(copy->message, "a b");
    CHECK_STR(copy->cause->message, "c");
    CHECK_STR(copy->cause->site, "there:2");
    sn_error_free(copy);
}

sennit_async(int, catch_across_a_wait, (int, n))
{
    sennit_kept int caught = 0;
    for (int i = 0; i < n; i++) {
        sennit_try {
            sennit_await(sennit_delay(0));
            sennit_throw(-EIO, "%d", i);
        } sennit_catch (error) {
            sennit_await(sennit_delay(0));
            caught++;
        } sennit_finally {
            sennit_await(sennit_delay(0));
        }
    }
    return caught;
}

TEST(a_try_may_span_waits)
{
    sennit_configure(&(sennit_config){.workers = 3});
    sennit_promise *all[10];
    for (int i = 0; i < 10; i++)
        all[i] = catch_across_a_wait(i);
    for (int i = 0; i < 10; i++)
        CHECK_EQ(sennit_await(int, all[i]), i);
}
