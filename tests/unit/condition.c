/* condition.c - the condition's rules (CD1..CD11 of docs/semantics.md), on threads and tasks. */
#include "harness/test.h"

#include <sennit.h>

static sennit_condition condition;
static sennit_lock plain;
static sennit_condition on_plain = SENNIT_CONDITION(&plain);
static sennit_rlock reentrant;
static sennit_condition on_rlock = SENNIT_CONDITION(&reentrant);

TEST(cd1_it_brings_a_reentrant_lock_or_takes_one)
{
    sennit_with (&condition)
        sennit_with (&condition)
            CHECK_EQ(condition.own_.depth_, 2);
    sennit_with (&on_rlock)
        sennit_with (&reentrant)
            CHECK_EQ(reentrant.depth_, 2);
    sennit_with (&on_plain)
        CHECK(sennit_lock_locked(&plain));
    CHECK(!sennit_lock_locked(&plain));
    CHECK_EQ(sizeof(sennit_condition), 32);
}

static void use_without_the_lock(void *raw)
{
    sennit_condition *c = raw;
    CHECK_EQ(sennit_condition_wait(c), -EPERM);
    CHECK_EQ(sennit_condition_wait_timeout(c, 0), -EPERM);
    CHECK_EQ(sennit_condition_wait_for(c, NULL, NULL, 0), -EPERM);
    CHECK_EQ(sennit_condition_notify(c), -EPERM);
    CHECK_EQ(sennit_condition_notify_all(c), -EPERM);
    CHECK_EQ(sennit_condition_release(c), -EPERM);
}

TEST(cd2_using_it_without_the_lock_is_an_error)
{
    expect_stderr(use_without_the_lock, &condition, "sennit_condition_wait at tests/unit/condition.c:");
    expect_stderr(use_without_the_lock, &on_plain, "the caller does not hold the condition's lock");
    expect_stderr(use_without_the_lock, &on_rlock, "sennit_condition_notify at tests/unit/condition.c:");
    CHECK_EQ(condition.own_.lock_.word_ | plain.word_ | reentrant.lock_.word_, 0);
}

static void notify_only(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_condition_notify(&on_plain), -EPERM);
}

static void *notify_as_stranger(void *unused)
{
    expect_stderr(notify_only, NULL, "the caller does not hold");
    return unused;
}

TEST(cd11_a_plain_lock_that_another_strand_holds_does_not_count)
{
    sennit_with (&on_plain)
        sennit_thread_join(sennit_thread_start(notify_as_stranger, NULL));
}

TEST(cd3_zero_and_negative_timeouts_poll)
{
    sennit_with (&condition) {
        CHECK_EQ(sennit_condition_wait_timeout(&condition, 0), -ETIMEDOUT);
        CHECK_EQ(sennit_condition_wait_timeout(&condition, -5), -ETIMEDOUT);
        CHECK_EQ(sennit_condition_wait_timeout(&condition, INT64_MIN), -ETIMEDOUT);
        CHECK_EQ(sennit_condition_wait_timeout(&condition, sennit_ms(1)), -ETIMEDOUT);
    }
    CHECK(condition.waiters_ == NULL);
}

static int seen_depth = -1;

static void *notify_in_thread(void *raw)
{
    sennit_condition *c = raw;
    sennit_with (c) {
        seen_depth = (int)condition.own_.depth_;
        sennit_condition_notify(c);
    }
    return NULL;
}

TEST(cd4_waiting_gives_up_all_levels_and_has_them_again)
{
    sennit_thread *other;
    sennit_with (&condition)
        sennit_with (&condition)
            sennit_with (&condition) {
                other = sennit_thread_start(notify_in_thread, &condition);
                CHECK_EQ(sennit_condition_wait(&condition), 0);
                CHECK_EQ(condition.own_.depth_, 3);
            }
    sennit_thread_join(other);
    CHECK_EQ(seen_depth, 1);
    CHECK_EQ(condition.own_.lock_.word_, 0);
}

/* Waiters write their number when they are woken. */
static int woken[8], woken_count;

sennit_async(int, wait_as, (int, number), (sennit_duration, patience))
{
    int status = 0;
    sennit_with (&condition) {
        status = sennit_condition_wait_timeout(&condition, patience);
        if (status == 0)
            woken[woken_count++] = number;
    }
    return status;
}

static void notify(size_t n)
{
    sennit_with (&condition)
        sennit_condition_notify_n(&condition, n);
}

TEST(cd6_the_longest_waiting_are_woken_first)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_promise *all[5];
    for (int i = 0; i < 5; i++)
        all[i] = wait_as(i, SENNIT_FOREVER);
    notify(0);
    notify(2);
    sennit_await(all[0]);
    sennit_await(all[1]);
    CHECK_EQ(woken_count, 2);
    notify(1);
    sennit_await(all[2]);
    CHECK_EQ(woken_count, 3);
    notify(100);
    sennit_await(all[3]);
    sennit_await(all[4]);
    /* Those that one notify wakes contend for the lock, and either may have it first. */
    CHECK_EQ(woken[0] + woken[1], 0 + 1);
    CHECK_EQ(woken[2], 2);
    CHECK_EQ(woken[3] + woken[4], 3 + 4);
    CHECK(condition.waiters_ == NULL);
}

TEST(cd7_a_notify_with_nobody_waiting_is_lost)
{
    notify(1);
    sennit_with (&condition)
        CHECK_EQ(sennit_condition_wait_timeout(&condition, sennit_ms(1)), -ETIMEDOUT);
}

TEST(cd9_a_waiter_that_timed_out_does_not_use_up_a_notify)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_promise *impatient = wait_as(1, sennit_ms(1)), *patient = wait_as(2, SENNIT_FOREVER);
    CHECK_EQ(sennit_await(int, impatient), -ETIMEDOUT);
    notify(1);
    CHECK_EQ(sennit_await(int, patient), 0);
    CHECK_EQ(woken_count, 1);
    CHECK_EQ(woken[0], 2);
}

static int looks, holds_from;

static bool look(void *unused)
{
    (void)unused;
    return ++looks >= holds_from;
}

TEST(cd10_wait_for_looks_first_and_once_more_after_a_timeout)
{
    sennit_with (&condition) {
        holds_from = 1;
        CHECK_EQ(sennit_condition_wait_for(&condition, look, NULL, 0), 1);
        CHECK_EQ(looks, 1);
        looks = 0;
        holds_from = 100;
        CHECK_EQ(sennit_condition_wait_for(&condition, look, NULL, 0), 0);
        CHECK_EQ(looks, 2);
        looks = 0;
        CHECK_EQ(sennit_condition_wait_for(&condition, look, NULL, sennit_ms(1)), 0);
        CHECK_EQ(looks, 2);
    }
}

static int stock;

static bool in_stock(void *unused)
{
    (void)unused;
    return stock > 0;
}

enum { ITEMS = 500 };

static void *produce(void *unused)
{
    for (int i = 0; i < ITEMS; i++)
        sennit_with (&on_plain) {
            stock++;
            sennit_condition_notify(&on_plain);
        }
    return unused;
}

sennit_async(int, consume, (int, n))
{
    int got = 0;
    for (int i = 0; i < n; i++)
        sennit_with (&on_plain) {
            CHECK_EQ(sennit_condition_wait_for(&on_plain, in_stock, NULL, SENNIT_FOREVER), 1);
            stock--;
            got++;
        }
    return got;
}

static void *consume_in_thread(void *raw)
{
    for (int i = 0; i < ITEMS; i++)
        sennit_with (&on_plain) {
            while (!in_stock(raw))
                sennit_condition_wait(&on_plain);
            stock--;
        }
    return NULL;
}

TEST(threads_and_tasks_wait_for_each_other)
{
    sennit_configure(&(sennit_config){.workers = 2});
    sennit_promise *tasks[2] = {consume(ITEMS / 2), consume(ITEMS / 2)};
    sennit_thread *consumer = sennit_thread_start(consume_in_thread, NULL);
    sennit_thread *producers[2] = {sennit_thread_start(produce, NULL), sennit_thread_start(produce, NULL)};
    CHECK_EQ(sennit_await(int, tasks[0]), ITEMS / 2);
    CHECK_EQ(sennit_await(int, tasks[1]), ITEMS / 2);
    sennit_thread_join(consumer);
    sennit_thread_join(producers[0]);
    sennit_thread_join(producers[1]);
    CHECK_EQ(stock, 0);
    CHECK(on_plain.waiters_ == NULL);
}

TEST(conditions_may_share_a_lock)
{
    static sennit_condition other = SENNIT_CONDITION(&plain);
    sennit_with (&on_plain) { /* entered through one, the other can be used: the lock is what counts */
        CHECK_EQ(sennit_condition_notify(&other), 0);
        CHECK_EQ(sennit_condition_wait_timeout(&other, 0), -ETIMEDOUT);
    }
}

TEST(acquire_forms_are_those_of_the_lock)
{
    CHECK_EQ(sennit_condition_acquire(&on_plain), 0);
    CHECK_EQ(sennit_condition_try_acquire(&on_plain), -EBUSY);
    CHECK_EQ(sennit_condition_acquire_timeout(&on_plain, 0), -ETIMEDOUT);
    CHECK_EQ(sennit_condition_acquire_timeout(&on_plain, -1), -EINVAL);
    CHECK_EQ(sennit_condition_release(&on_plain), 0);
    CHECK_EQ(sennit_condition_acquire_timeout(&on_plain, sennit_ms(1)), 0);
    CHECK_EQ(sennit_condition_release(&on_plain), 0);
}
