/* park.c - waiters, queues and the lot: who is woken, in which order, and that a claim is made once. */
#include "harness/test.h"

#include <sennit.h>

#include "park/lot.h"

static sn_waiter *first;
static sn_guard guard;
static const int key, other_key;

TEST(a_waiter_is_claimed_once)
{
    sn_waiter waiter;
    bool asleep = true;
    sn_waiter_init(&waiter, &key);
    CHECK(!sn_waiter_is_claimed(&waiter));
    CHECK(sn_waiter_claim(&waiter, SN_TIMED_OUT, &asleep));
    CHECK(!asleep);
    CHECK(sn_waiter_is_claimed(&waiter));
    CHECK(!sn_waiter_claim(&waiter, SN_WOKEN, &asleep));
    CHECK(!sn_waiter_wake(&waiter));
    CHECK_EQ(waiter.state, SN_TIMED_OUT);
}

TEST(a_wake_before_the_sleep_is_not_lost)
{
    sn_waiter waiter;
    sn_waiter_init(&waiter, &key);
    CHECK(sn_waiter_wake(&waiter));
    CHECK_EQ(sn_waiter_sleep(&waiter, SENNIT_FOREVER, "a test", NULL, NULL), SN_WOKEN);
}

TEST(a_queue_keeps_the_order_and_tells_keys_apart)
{
    sn_waiter waiters[6];
    for (int i = 0; i < 6; i++) {
        sn_waiter_init(&waiters[i], i % 2 ? &other_key : &key);
        sn_queue_append(&first, &waiters[i]);
    }
    CHECK(sn_queue_first(&first, &key) == &waiters[0]);
    CHECK(sn_queue_first(&first, &other_key) == &waiters[1]);
    CHECK_EQ(sn_queue_wake(&first, &other_key, 2), 2);
    CHECK_EQ(waiters[1].state, SN_WOKEN);
    CHECK_EQ(waiters[3].state, SN_WOKEN);
    CHECK_EQ(waiters[5].state, SN_ARMED);
    CHECK_EQ(sn_queue_wake(&first, &key, SIZE_MAX), 3);
    CHECK_EQ(sn_queue_wake(&first, &key, SIZE_MAX), 0);
    CHECK(first == &waiters[5]);
    sn_queue_remove(&first, &waiters[5]);
    CHECK(first == NULL);
}

TEST(a_timed_out_waiter_does_not_count_as_woken)
{
    sn_waiter waiters[3];
    bool asleep;
    for (int i = 0; i < 3; i++) {
        sn_waiter_init(&waiters[i], &key);
        sn_queue_append(&first, &waiters[i]);
    }
    CHECK(sn_waiter_claim(&waiters[0], SN_TIMED_OUT, &asleep));
    CHECK_EQ(sn_queue_wake(&first, &key, 1), 1);
    CHECK_EQ(waiters[1].state, SN_WOKEN);
    CHECK_EQ(waiters[2].state, SN_ARMED);
    CHECK(waiters[0].next == NULL); /* it is out of the queue: its leave has nothing to do */
    sn_queue_leave(&guard, &first, &waiters[0]);
    CHECK(first == &waiters[2]);
}

TEST(removal_from_the_middle_and_the_ends)
{
    sn_waiter waiters[4];
    for (int i = 0; i < 4; i++) {
        sn_waiter_init(&waiters[i], &key);
        sn_queue_append(&first, &waiters[i]);
    }
    sn_queue_remove(&first, &waiters[1]);
    sn_queue_remove(&first, &waiters[3]);
    sn_queue_remove(&first, &waiters[0]);
    CHECK(first == &waiters[2]);
    CHECK(waiters[2].next == &waiters[2]);
    sn_queue_remove(&first, &waiters[2]);
    CHECK(first == NULL);
}

static uint32_t word;

TEST(the_lot_looks_at_the_word_before_it_sleeps)
{
    word = 5;
    CHECK_EQ(sn_lot_park(&word, UINT32_MAX, 4, SENNIT_FOREVER, "a test", NULL), SN_LOT_CHANGED);
    CHECK_EQ(sn_lot_park(&word, 1, 1, sn_deadline(0), "a test", NULL), SN_LOT_TIMED_OUT);
}

static void *change_and_wake(void *unused)
{
    sn_store(&word, 1);
    sn_lot_wake(&word, SIZE_MAX);
    return unused;
}

TEST(the_lot_wakes_those_of_one_word)
{
    for (int i = 0; i < 200; i++) {
        word = 0;
        sennit_thread *thread = sennit_thread_start(change_and_wake, NULL);
        while (sn_load(&word) == 0)
            sn_lot_park(&word, UINT32_MAX, 0, SENNIT_FOREVER, "a test", NULL);
        sennit_thread_join(thread);
    }
}

TEST(releasing_a_word_that_nobody_waits_for_clears_it)
{
    word = 3;
    CHECK(sn_lot_release(&word, 1, 2));
    CHECK_EQ(word, 0);
    CHECK(!sn_lot_release(&word, 1, 2));
}

TEST(strand_numbers_are_never_zero)
{
    for (int i = 0; i < 1000; i++) {
        uint32_t number = sn_strand_new_number();
        CHECK(number > 0 && number < 1u << SN_STRAND_NUMBER_BITS);
    }
}

enum { ROUNDS = 20000 };
static long counter;

static void *count(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        sn_guard_lock(&guard);
        counter++;
        sn_guard_unlock(&guard);
    }
    return unused;
}

TEST(a_guard_excludes)
{
    sennit_thread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = sennit_thread_start(count, NULL);
    for (int i = 0; i < 4; i++)
        sennit_thread_join(threads[i]);
    CHECK_EQ(counter, 4L * ROUNDS);
    CHECK_EQ(guard, 0);
}
