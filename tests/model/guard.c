/* guard.c - models of the guard: mutual exclusion, and no sleeper forgotten. */
#include "model/all.h"

#include "park/guard.h"

static sn_guard guard;
static uint32_t entered;

/* Read, and write back a step later: two that are inside at once lose an entry. */
static void enter(void)
{
    sn_guard_lock(&guard);
    uint32_t before = sn_load(&entered);
    sn_store(&entered, before + 1);
    sn_guard_unlock(&guard);
}

static void *enter_once(void *arg)
{
    enter();
    return arg;
}

static void *enter_twice(void *arg)
{
    enter();
    enter();
    return arg;
}

static void two_at_the_guard(void)
{
    strand *a = start_strand(enter_once, NULL);
    enter();
    join_strand(a);
    MUST(entered == 2 && guard == 0);
}
MODEL(two_at_the_guard, .bound = 9)
ALL(two_at_the_guard)

static void two_enter_twice(void)
{
    strand *a = start_strand(enter_twice, NULL), *b = start_strand(enter_twice, NULL);
    join_strand(a);
    join_strand(b);
    MUST(entered == 4 && guard == 0);
}
MODEL(two_enter_twice, .bound = 4)
ALL(two_enter_twice)

/* Two sleep on one word, and each wake-up wakes one: a word of HELD instead of CONTENDED would forget the other. */
static void three_enter(void)
{
    strand *all[3];
    for (int i = 0; i < 3; i++)
        all[i] = start_strand(enter_once, NULL);
    for (int i = 0; i < 3; i++)
        join_strand(all[i]);
    MUST(entered == 3 && guard == 0);
}
MODEL(three_enter, .bound = 3)
ALL(three_enter)
