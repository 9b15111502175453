/* lock.c - the lock's rules (LK1..LK7 of docs/semantics.md), on threads and tasks. */
#include "harness/test.h"

#include <sennit.h>

#include "park/queue.h"

static sennit_lock lock;

TEST(a_zeroed_lock_is_free)
{
    CHECK(!sennit_lock_locked(&lock));
    CHECK_EQ(sennit_lock_acquire(&lock), 0);
    CHECK(sennit_lock_locked(&lock));
    CHECK_EQ(sennit_lock_release(&lock), 0);
    CHECK_EQ(lock.word_, 0);
}

TEST(lk1_try_forms_do_not_wait)
{
    CHECK_EQ(sennit_lock_try_acquire(&lock), 0);
    CHECK_EQ(sennit_lock_try_acquire(&lock), -EBUSY);
    CHECK_EQ(sennit_lock_acquire_timeout(&lock, 0), -ETIMEDOUT);
    sennit_lock_release(&lock);
    CHECK_EQ(sennit_lock_acquire_timeout(&lock, 0), 0);
}

static void negative_timeout(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_lock_acquire_timeout(&lock, -1), -EINVAL);
}

TEST(lk3_a_negative_timeout_is_an_error)
{
    expect_stderr(negative_timeout, NULL, "sennit_lock_acquire_timeout at tests/unit/lock.c:");
    CHECK_EQ(lock.word_, 0);
}

TEST(lk4_the_largest_timeout_is_fine)
{
    CHECK_EQ(sennit_lock_acquire_timeout(&lock, SENNIT_FOREVER - 1), 0);
    sennit_lock_release(&lock);
    CHECK_EQ(sennit_lock_acquire_timeout(&lock, SENNIT_FOREVER), 0);
}

static void release_free(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_lock_release(&lock), -EPERM);
}

TEST(lk5_releasing_a_free_lock_is_an_error)
{
    expect_stderr(release_free, NULL, "the lock is free");
    CHECK_EQ(lock.word_, 0);
}

static void *release_it(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_lock_release(&lock), 0);
    return NULL;
}

TEST(lk5_any_strand_may_release)
{
    sennit_lock_acquire(&lock);
    sennit_thread_join(sennit_thread_start(release_it, NULL));
    CHECK(!sennit_lock_locked(&lock));
}

TEST(lk6_acquiring_twice_waits_until_somebody_else_releases)
{
    sennit_lock_acquire(&lock);
    sennit_thread *other = sennit_thread_start(release_it, NULL);
    CHECK_EQ(sennit_lock_acquire(&lock), 0);
    sennit_thread_join(other);
}

TEST(lk7_a_lock_is_consistent_after_a_timeout)
{
    sennit_lock_acquire(&lock);
    CHECK_EQ(sennit_lock_acquire_timeout(&lock, sennit_ms(1)), -ETIMEDOUT);
    CHECK_EQ(sennit_lock_release(&lock), 0);
    CHECK_EQ(sennit_lock_try_acquire(&lock), 0);
    CHECK_EQ(sennit_lock_release(&lock), 0);
    CHECK_EQ(lock.word_, 0);
}

enum { ROUNDS = 2000, STRANDS = 4 };
static long counter;

static void count(void)
{
    for (int i = 0; i < ROUNDS; i++)
        sennit_with (&lock)
            counter++;
}

static void *count_in_thread(void *unused)
{
    count();
    return unused;
}

sennit_async(void, count_in_task)
{
    for (int i = 0; i < 10; i++) {
        for (int j = 0; j < ROUNDS / 10; j++)
            sennit_with (&lock) {
                long seen = counter;
                if (j % 50 == 0)
                    sennit_task_yield(); /* others try to get in */
                counter = seen + 1;
            }
        sennit_task_yield();
    }
}

TEST(threads_and_tasks_exclude_each_other)
{
    sennit_thread *threads[STRANDS];
    sennit_promise *tasks[STRANDS];
    sennit_configure(&(sennit_config){.workers = 3});
    for (int i = 0; i < STRANDS; i++) {
        threads[i] = sennit_thread_start(count_in_thread, NULL);
        tasks[i] = count_in_task();
    }
    for (int i = 0; i < STRANDS; i++) {
        sennit_thread_join(threads[i]);
        sennit_await(tasks[i]);
    }
    CHECK_EQ(counter, 2L * STRANDS * ROUNDS);
    CHECK_EQ(lock.word_, 0);
}

static int order[3], arrived;

sennit_async(void, take_turn, (int, number))
{
    sennit_with (&lock)
        order[arrived++] = number;
}

TEST(tasks_get_the_lock_in_the_order_in_which_they_came)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_lock_acquire(&lock);
    sennit_promise *first = take_turn(1), *second = take_turn(2), *third = take_turn(3);
    CHECK_EQ(lock.word_ & 3, 3); /* held, and somebody waits */
    sennit_lock_release(&lock);
    sennit_await(first);
    sennit_await(second);
    sennit_await(third);
    CHECK_EQ(order[0], 1);
    CHECK_EQ(order[1], 2);
    CHECK_EQ(order[2], 3);
    CHECK_EQ(lock.word_, 0);
}

sennit_async(int, try_for, (sennit_duration, patience))
{
    return sennit_lock_acquire_timeout(&lock, patience);
}

TEST(a_task_that_times_out_does_not_use_up_a_release)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_lock_acquire(&lock);
    sennit_promise *impatient = try_for(sennit_ms(1)), *patient = take_turn(7);
    CHECK_EQ(sennit_await(int, impatient), -ETIMEDOUT);
    sennit_lock_release(&lock);
    sennit_await(patient);
    CHECK_EQ(order[0], 7);
    CHECK_EQ(lock.word_, 0);
}

TEST(plain_functions_stand_behind_the_macros)
{
    int (*acquire)(sennit_lock *) = sennit_lock_acquire;
    int (*release)(sennit_lock *) = sennit_lock_release;
    int (*acquire_timeout)(sennit_lock *, sennit_duration) = sennit_lock_acquire_timeout;
    CHECK_EQ(acquire(&lock), 0);
    CHECK_EQ(acquire_timeout(&lock, 0), -ETIMEDOUT);
    CHECK_EQ(release(&lock), 0);
}
