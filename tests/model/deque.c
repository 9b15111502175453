/* deque.c - models of the work-stealing deque: each item is taken by exactly one, the thieves' in order; the ring has
 * four places here, so that it grows. */
#include "model/all.h"

#include "sched/deque.h"

enum { MOST = 6 };
static sn_deque deque;
static int items[MOST];
static uint32_t taken[MOST];

static int take(int *item)
{
    if (!item)
        return -1;
    MUST(item >= items && item < items + MOST);
    MUST(sn_add(&taken[item - items], 1) == 0);
    return (int)(item - items);
}

static void push(int from, int to)
{
    for (int i = from; i < to; i++)
        MUST(sn_deque_push(&deque, &items[i]));
}

/* What thieves have left. */
static void take_the_rest(void)
{
    int *item;
    while ((item = sn_deque_pop(&deque)) != NULL)
        take(item);
    MUST(sn_deque_pop(&deque) == NULL && sn_deque_is_empty(&deque));
}

static void check_taken(int pushed)
{
    for (int i = 0; i < pushed; i++)
        MUST(taken[i] == 1);
}

static void *steal_one(void *arg)
{
    take(sn_deque_steal(&deque));
    return arg;
}

static void *steal_two(void *arg)
{
    int first = take(sn_deque_steal(&deque)), second = take(sn_deque_steal(&deque));
    MUST(first < 0 || second < 0 || first < second);
    return arg;
}

/* One item, its owner and a thief: the case that the fence is for. */
static void the_last_item(void)
{
    push(0, 1);
    strand *thief = start_strand(steal_one, NULL);
    take(sn_deque_pop(&deque));
    join_strand(thief);
    take_the_rest();
    check_taken(1);
}
MODEL(the_last_item, .bound = 5)
ALL(the_last_item)

static void the_last_item_in_store_order(void)
{
    the_last_item();
}
MODEL(the_last_item_in_store_order, .bound = 3, .store_buffers = true)

static void one_thief(void)
{
    strand *thief = start_strand(steal_two, NULL);
    push(0, 2);
    take(sn_deque_pop(&deque));
    push(2, 3);
    take_the_rest();
    join_strand(thief);
    check_taken(3);
}
MODEL(one_thief, .bound = 3)
ALL(one_thief)

static void one_thief_in_store_order(void)
{
    one_thief();
}
MODEL(one_thief_in_store_order, .bound = 3, .store_buffers = true)

static void two_thieves(void)
{
    strand *a = start_strand(steal_one, NULL), *b = start_strand(steal_two, NULL);
    push(0, 2);
    take_the_rest();
    join_strand(a);
    join_strand(b);
    check_taken(2);
}
MODEL(two_thieves, .bound = 3)
ALL(two_thieves)

static void two_thieves_in_store_order(void)
{
    push(0, 2);
    strand *a = start_strand(steal_one, NULL), *b = start_strand(steal_one, NULL);
    take(sn_deque_pop(&deque));
    take(sn_deque_pop(&deque));
    join_strand(a);
    join_strand(b);
    check_taken(2);
}
MODEL(two_thieves_in_store_order, .bound = 3, .store_buffers = true)

/* The ring is outgrown while a thief reads from it, and its places are used again, by other items, in the new one. */
static void it_grows_under_a_thief(void)
{
    sn_machine_quiet();
    push(0, 4);
    sn_machine_loud();
    strand *thief = start_strand(steal_two, NULL);
    push(4, 6);
    join_strand(thief);
    take_the_rest();
    check_taken(6);
}
MODEL(it_grows_under_a_thief, .bound = 3)
ALL(it_grows_under_a_thief)

static void it_grows_in_store_order(void)
{
    sn_machine_quiet();
    push(0, 4);
    sn_machine_loud();
    strand *thief = start_strand(steal_one, NULL);
    push(4, 5);
    join_strand(thief);
    take_the_rest();
    check_taken(5);
}
MODEL(it_grows_in_store_order, .store_buffers = true)

/* A place of the ring is used again while a slow thief still holds what it read there: `top` has moved on. */
static void a_place_is_used_again(void)
{
    sn_machine_quiet();
    push(0, 3);
    sn_machine_loud();
    strand *thief = start_strand(steal_one, NULL);
    take(sn_deque_steal(&deque));
    push(3, 5);
    take(sn_deque_pop(&deque));
    join_strand(thief);
    take_the_rest();
    check_taken(5);
}
MODEL(a_place_is_used_again, .bound = 4)
ALL(a_place_is_used_again)
