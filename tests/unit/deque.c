/* deque.c - the work-stealing deque: order, growth, and that no item is lost or taken twice. */
#include "harness/test.h"

#include <sennit.h>

#include "sched/deque.h"

static sn_deque deque;
static int items[5000];

TEST(the_owner_takes_the_newest_and_thieves_the_oldest)
{
    for (int i = 0; i < 3; i++)
        CHECK(sn_deque_push(&deque, &items[i]));
    CHECK(sn_deque_steal(&deque) == &items[0]);
    CHECK(sn_deque_pop(&deque) == &items[2]);
    CHECK(sn_deque_pop(&deque) == &items[1]);
    CHECK(sn_deque_pop(&deque) == NULL);
    CHECK(sn_deque_steal(&deque) == NULL);
    CHECK(sn_deque_is_empty(&deque));
    sn_deque_free(&deque);
}

TEST(it_grows)
{
    for (int i = 0; i < 5000; i++)
        CHECK(sn_deque_push(&deque, &items[i]));
    for (int i = 0; i < 1000; i++)
        CHECK(sn_deque_steal(&deque) == &items[i]);
    for (int i = 4999; i >= 1000; i--)
        CHECK(sn_deque_pop(&deque) == &items[i]);
    CHECK(sn_deque_is_empty(&deque));
    sn_deque_free(&deque);
}

TEST(an_empty_deque_stays_empty)
{
    for (int i = 0; i < 10; i++) {
        CHECK(sn_deque_pop(&deque) == NULL);
        CHECK(sn_deque_push(&deque, &items[i]));
        CHECK(sn_deque_steal(&deque) == &items[i]);
        CHECK(sn_deque_pop(&deque) == NULL);
    }
    sn_deque_free(&deque);
}

enum { ROUNDS = 200000 };
static int taken[ROUNDS];
static int numbers[ROUNDS];
static int over;

static void take(int *number)
{
    if (number)
        CHECK_EQ(__atomic_fetch_add(&taken[number - numbers], 1, __ATOMIC_SEQ_CST), 0);
}

static void *steal(void *unused)
{
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST))
        take(sn_deque_steal(&deque));
    return unused;
}

TEST(every_item_is_taken_once)
{
    sennit_thread *thieves[2] = {sennit_thread_start(steal, NULL), sennit_thread_start(steal, NULL)};
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(sn_deque_push(&deque, &numbers[i]));
        if (i % 3 == 0)
            take(sn_deque_pop(&deque));
    }
    int *number;
    while ((number = sn_deque_pop(&deque)) != NULL)
        take(number);
    __atomic_store_n(&over, 1, __ATOMIC_SEQ_CST);
    sennit_thread_join(thieves[0]);
    sennit_thread_join(thieves[1]);
    for (int i = 0; i < ROUNDS; i++)
        CHECK_EQ(taken[i], 1);
    sn_deque_free(&deque);
}
