/* runtime.c - configuration, and that the runtime comes and goes by itself. */
#include "harness/test.h"

#include <sennit.h>
#include <stdlib.h>

sennit_async(int, one)
{
    return 1;
}

static void configure_badly(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_configure(&(sennit_config){.workers = 1025}), -EINVAL);
    CHECK_EQ(sennit_configure(&(sennit_config){.stack_size = 1}), -EINVAL);
    CHECK_EQ(sennit_configure(&(sennit_config){.stack_size = SIZE_MAX}), -EINVAL);
}

TEST(values_out_of_range_are_errors)
{
    expect_stderr(configure_badly, NULL, "sennit_configure: more than 1024 workers");
    expect_stderr(configure_badly, NULL, "a stack size out of range");
    CHECK_EQ(sennit_configure(&(sennit_config){.workers = 3}), 0);
    CHECK_EQ(sennit_workers(), 3);
    CHECK_EQ(sennit_await(int, one()), 1);
}

static void configure_late(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_configure(&(sennit_config){.workers = 2}), -EBUSY);
}

TEST(configuring_after_the_first_call_is_an_error)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_await(one());
    expect_stderr(configure_late, NULL, "the runtime is up already");
    CHECK_EQ(sennit_workers(), 1);
}

TEST(the_environment_sets_the_workers)
{
    setenv("SENNIT_WORKERS", "7", 1);
    CHECK_EQ(sennit_workers(), 7);
    CHECK_EQ(sennit_configure(&(sennit_config){.workers = 2}), 0); /* the program's word counts more */
    CHECK_EQ(sennit_workers(), 2);
}

static void ask_for_workers(void *unused)
{
    (void)unused;
    CHECK(sennit_workers() >= 1);
}

TEST(nonsense_in_the_environment_is_complained_about)
{
    static const char *const nonsense[] = {"0", "-1", "many", "2x", "99999999999999999999"};
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        setenv("SENNIT_WORKERS", nonsense[i], 1);
        expect_stderr(ask_for_workers, NULL, "is not a number from 1 to 1024");
    }
}

static void call_and_return(void *unused)
{
    (void)unused;
    sennit_await(one());
}

TEST(a_program_ends_by_itself)
{
    for (int i = 0; i < 20; i++) {
        struct outcome outcome = run_child(call_and_return, NULL);
        CHECK_EQ(outcome.status, 0);
        CHECK_STR(outcome.err, "");
    }
}

static void *call_from_here(void *unused)
{
    CHECK_EQ(sennit_await(int, one()), 1);
    return unused;
}

TEST(any_thread_may_be_the_first)
{
    sennit_thread *threads[8];
    for (int i = 0; i < 8; i++)
        threads[i] = sennit_thread_start(call_from_here, NULL);
    for (int i = 0; i < 8; i++)
        sennit_thread_join(threads[i]);
}
