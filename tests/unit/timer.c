/* timer.c - the heap of timers, delays, and timeouts by their ids. */
#include "harness/test.h"

#include <sennit.h>
#include <stdlib.h>

#include "sched/timer.h"
#include "seam/seam.h"

TEST(the_heap_gives_timers_in_the_order_of_deadline_then_creation)
{
    enum { COUNT = 1000 };
    static sn_timer timers[COUNT];
    sn_timer_heap heap = {0};
    uint32_t random = 12345;
    for (int i = 0; i < COUNT; i++) {
        random = random * 1664525u + 1013904223u;
        timers[i].rank = random >> 24; /* many are equal */
        CHECK(sn_timer_heap_add(&heap, &timers[i]));
    }
    for (int i = 0; i < COUNT; i += 7)
        sn_timer_heap_remove(&heap, &timers[i]);
    const sn_timer *last = NULL;
    int left = 0;
    for (sn_timer *first; (first = sn_timer_heap_first(&heap)) != NULL; left++) {
        sn_timer_heap_remove(&heap, first);
        CHECK_EQ(first->place, 0);
        if (last)
            CHECK(last->rank < first->rank || (last->rank == first->rank && last->order < first->order));
        last = first;
    }
    CHECK_EQ(left, COUNT - (COUNT + 6) / 7);
    free(heap.timers);
}

static int fired[4], fired_count;

static void fire(void *number)
{
    fired[fired_count++] = *(int *)number;
}

static int numbers[] = {0, 1, 2, 3};

sennit_async(void, set_four, (sennit_duration, pause))
{
    sennit_set_timeout(fire, &numbers[3], sennit_ms(3));
    for (int64_t end = sn_now() + pause; sn_now() < end;)
        ; /* a slow machine: longer than what lies between the deadlines */
    sennit_set_timeout(fire, &numbers[0], 0);
    sennit_set_timeout(fire, &numbers[1], -5); /* as 0 */
    sennit_set_timeout(fire, &numbers[2], sennit_ms(2));
    sennit_await(sennit_delay(sennit_ms(4)));
}

TEST(timeouts_fire_in_order_and_equal_ones_as_created)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_await(set_four(0));
    CHECK_EQ(fired_count, 4);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(fired[i], i);
}

TEST(the_order_of_timeouts_does_not_depend_on_the_machine)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_await(set_four(sennit_ms(8)));
    CHECK_EQ(fired_count, 4);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(fired[i], i);
}

TEST(a_delay_is_never_shorter_than_asked_for)
{
    sennit_configure(&(sennit_config){.workers = 1});
    for (int i = 0; i < 5; i++) {
        int64_t start = sn_now();
        sennit_await(sennit_delay(sennit_ms(2)));
        CHECK(sn_now() - start >= sennit_ms(2));
    }
}

TEST(a_stopped_timeout_does_not_fire)
{
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_timer_id stopped = sennit_set_timeout(fire, &numbers[1], sennit_seconds(1000));
    sennit_timer_id other = sennit_set_timeout(fire, &numbers[2], sennit_ms(1));
    CHECK(stopped != other);
    CHECK(stopped != 0);
    CHECK(sennit_clear_timeout(stopped));
    CHECK(!sennit_clear_timeout(stopped));
    sennit_await(sennit_delay(sennit_ms(2)));
    CHECK_EQ(fired_count, 1);
    CHECK_EQ(fired[0], 2);
    CHECK(!sennit_clear_timeout(other));
    CHECK(!sennit_clear_timeout(0));
    CHECK(!sennit_clear_timeout(UINT64_MAX));
}

TEST(an_old_id_names_nothing_when_its_slot_is_used_again)
{
    sennit_timer_id old = sennit_set_timeout(fire, &numbers[1], sennit_seconds(100));
    CHECK(sennit_clear_timeout(old));
    sennit_timer_id new = sennit_set_timeout(fire, &numbers[1], sennit_seconds(100));
    CHECK_EQ((uint32_t)old, (uint32_t)new);
    CHECK(!sennit_clear_timeout(old));
    CHECK(sennit_clear_timeout(new));
}

TEST(ten_thousand_timeouts)
{
    static sennit_timer_id ids[10000];
    for (int i = 0; i < 10000; i++)
        CHECK((ids[i] = sennit_set_timeout(fire, &numbers[0], sennit_seconds(1000 + i % 77))) != 0);
    for (int i = 9999; i >= 0; i--)
        CHECK(sennit_clear_timeout(ids[i]));
    CHECK_EQ(fired_count, 0);
}

static sennit_condition awaited;
static bool has_awaited;

static void await_in_a_timeout(void *unused)
{
    (void)unused;
    sennit_await(sennit_delay(0));
    sennit_with (&awaited) {
        has_awaited = true;
        sennit_condition_notify(&awaited);
    }
}

TEST(a_timeout_may_await)
{
    sennit_set_timeout(await_in_a_timeout, NULL, 0);
    sennit_with (&awaited)
        while (!has_awaited)
            sennit_condition_wait(&awaited);
}

static void say(void *text)
{
    puts(text);
}

static void wait_at_the_end(void *unused)
{
    static char text[] = "fired";
    (void)unused;
    sennit_set_timeout(say, text, sennit_ms(2));
}

TEST(the_process_waits_for_a_timeout)
{
    struct outcome outcome = run_child(wait_at_the_end, NULL);
    CHECK_EQ(outcome.status, 0);
    CHECK(strstr(outcome.out, "fired") != NULL);
}

static void throw_it(void *unused)
{
    (void)unused;
    sennit_throw(-EIO, "nobody is here");
}

static void throw_in_a_timeout(void *unused)
{
    sennit_set_timeout(throw_it, unused, 0);
}

TEST(an_error_in_a_timeout_ends_the_process_with_status_1)
{
    struct outcome outcome = run_child(throw_in_a_timeout, NULL);
    CHECK_EQ(outcome.status, 1);
    CHECK(strstr(outcome.err, "a timeout, caught by nobody: nobody is here") != NULL);
}
