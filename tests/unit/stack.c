/* stack.c - stacks: reuse, size, guard. */
#include "harness/test.h"

#include <sennit.h>

#include "fiber/stack.h"

TEST(the_last_one_given_back_is_taken_first)
{
    int is_new;
    void *a = sn_stack_take(&is_new);
    CHECK_EQ(is_new, 1);
    void *b = sn_stack_take(&is_new);
    CHECK_EQ(is_new, 1);
    CHECK(a != b);
    sn_stack_give(a);
    sn_stack_give(b);
    CHECK(sn_stack_take(&is_new) == b);
    CHECK_EQ(is_new, 0);
    CHECK(sn_stack_take(&is_new) == a);
    CHECK_EQ(is_new, 0);
}

static void count(void *low, void *counter)
{
    CHECK(low != NULL);
    ++*(int *)counter;
}

TEST(every_one_that_was_taken_can_be_visited)
{
    int is_new, counter = 0;
    void *first = sn_stack_take(&is_new);
    for (int i = 0; i < 299; i++) /* more than a slab */
        sn_stack_take(&is_new);
    sn_stack_give(first);
    sn_stack_each(count, &counter);
    CHECK_EQ(counter, 300);
}

static void touch_the_guard(void *unused)
{
    (void)unused;
    int is_new;
    volatile char *low = sn_stack_take(&is_new);
    low[0] = 1; /* its own */
    low[-1] = 1;
}

TEST(touching_below_a_stack_faults)
{
    struct outcome outcome = run_child(touch_the_guard, NULL);
    CHECK(outcome.status != 0);
}

sennit_async(size_t, use, (size_t, bytes))
{
    volatile char room[200000];
    room[0] = 1;
    room[bytes - 1] = 1;
    return bytes - 1 + (size_t)room[0];
}

TEST(larger_stacks_can_be_had)
{
    CHECK_EQ(sennit_configure(&(sennit_config){.stack_size = 1000000}), 0);
    CHECK(sn_stack_size() <= 1000000);
    CHECK_EQ(sennit_await(size_t, use(200000)), 200000);
    CHECK(sn_stack_size() >= 1000000);
    CHECK_EQ(sn_stack_size() % 4096, 0);
}
