/* rlock.c - the re-entrant lock's rules (RL1..RL3 of docs/semantics.md). */
#include "harness/test.h"

#include <sennit.h>

static sennit_rlock lock;
static int result;

static void *try_it(void *unused)
{
    (void)unused;
    result = sennit_rlock_try_acquire(&lock);
    return NULL;
}

static int try_elsewhere(void)
{
    sennit_thread_join(sennit_thread_start(try_it, NULL));
    return result;
}

TEST(rl1_the_holder_acquires_again_and_releases_as_often)
{
    CHECK_EQ(sennit_rlock_acquire(&lock), 0);
    CHECK_EQ(sennit_rlock_acquire(&lock), 0);
    CHECK_EQ(sennit_rlock_try_acquire(&lock), 0);
    CHECK_EQ(sennit_rlock_acquire_timeout(&lock, 0), 0);
    CHECK_EQ(lock.depth_, 4);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(try_elsewhere(), -EBUSY);
        CHECK_EQ(sennit_rlock_release(&lock), 0);
    }
    CHECK(!sennit_rlock_locked(&lock));
    CHECK_EQ(try_elsewhere(), 0);
}

static void release_free(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_rlock_release(&lock), -EPERM);
}

TEST(rl1_releasing_a_free_one_is_an_error)
{
    expect_stderr(release_free, NULL, "sennit_rlock_release at tests/unit/rlock.c:");
}

static void *release_foreign(void *unused)
{
    expect_stderr(release_free, NULL, "the caller does not hold the lock");
    return unused;
}

TEST(rl1_only_the_holder_may_release)
{
    sennit_rlock_acquire(&lock);
    sennit_thread_join(sennit_thread_start(release_foreign, NULL));
    CHECK_EQ(lock.depth_, 1);
    CHECK(sennit_rlock_locked(&lock));
    CHECK_EQ(sennit_rlock_release(&lock), 0);
}

TEST(rl2_others_find_it_busy)
{
    sennit_rlock_acquire(&lock);
    CHECK_EQ(try_elsewhere(), -EBUSY);
}

static void too_deep(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_rlock_acquire(&lock), -EAGAIN);
}

TEST(a_depth_beyond_32_bits_is_an_error)
{
    sennit_rlock_acquire(&lock);
    lock.depth_ = UINT32_MAX;
    expect_stderr(too_deep, NULL, "acquired too many times");
    CHECK_EQ(lock.depth_, UINT32_MAX);
    lock.depth_ = 1;
}

sennit_async(void, hold_across_a_wait)
{
    sennit_with (&lock) {
        sennit_await(sennit_delay(sennit_ms(1))); /* may go on on another OS thread */
        sennit_with (&lock)
            CHECK_EQ(lock.depth_, 2);
    }
}

TEST(a_task_owns_it_wherever_it_runs)
{
    sennit_configure(&(sennit_config){.workers = 4});
    sennit_promise *all[20];
    for (int i = 0; i < 20; i++)
        all[i] = hold_across_a_wait();
    for (int i = 0; i < 20; i++)
        sennit_await(all[i]);
    CHECK_EQ(lock.lock_.word_, 0);
    CHECK_EQ(lock.depth_, 0);
}

TEST(a_negative_timeout_is_an_error_and_zero_polls)
{
    sennit_rlock_acquire(&lock);
    CHECK_EQ(sennit_rlock_acquire_timeout(&lock, -1), -EINVAL);
    CHECK_EQ(lock.depth_, 1);
}
