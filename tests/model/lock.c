/* lock.c - models of the lock. */
#include "model/all.h"

static sennit_lock lock;
static uint32_t entered;

/* With the lock held. Read, and write back a step later: two that are inside at once lose an entry. */
static void be_inside(void)
{
    uint32_t before = sn_load(&entered);
    sn_store(&entered, before + 1);
}

static void *enter(void *arg)
{
    sennit_lock_acquire(&lock);
    be_inside();
    sennit_lock_release(&lock);
    return arg;
}

static void start_and_join(void *(*first)(void *), void *(*second)(void *), void *(*third)(void *))
{
    strand *a = start_strand(first, NULL), *b = start_strand(second, NULL);
    strand *c = third ? start_strand(third, NULL) : NULL;
    join_strand(a);
    join_strand(b);
    if (c)
        join_strand(c);
    MUST(!sennit_lock_locked(&lock));
}

static void two_exclude_each_other(void)
{
    start_and_join(enter, enter, NULL);
    MUST(entered == 2);
}
MODEL(two_exclude_each_other, .bound = 4)
ALL(two_exclude_each_other)

static void three_exclude_each_other(void)
{
    start_and_join(enter, enter, enter);
    MUST(entered == 3);
}
MODEL(three_exclude_each_other, .bound = 3)

static void three_in_store_order(void)
{
    start_and_join(enter, enter, enter);
    MUST(entered == 3);
}
MODEL(three_in_store_order, .store_buffers = true)

/* Two that sleep both get it: who releases with a waiter left over says so in the word. */
static void who_holds_it_leaves_two_asleep(void)
{
    sennit_lock_acquire(&lock);
    strand *a = start_strand(enter, NULL), *b = start_strand(enter, NULL);
    sn_thread_yield();
    be_inside();
    sennit_lock_release(&lock);
    join_strand(a);
    join_strand(b);
    MUST(entered == 3);
}
MODEL(who_holds_it_leaves_two_asleep, .bound = 3)
ALL(who_holds_it_leaves_two_asleep)

/* The waiter gives up at any point, or gets the lock: never both, never neither. */
static int outcome;

static void *enter_in_time(void *arg)
{
    outcome = sennit_lock_acquire_timeout(&lock, sennit_ms(5));
    if (outcome == 0) {
        be_inside();
        sennit_lock_release(&lock);
    }
    return arg;
}

static void a_waiter_times_out(void)
{
    start_and_join(enter, enter_in_time, enter);
    MUST(outcome == 0 || outcome == -ETIMEDOUT);
    MUST(entered == 2 + (outcome == 0));
}
MODEL(a_waiter_times_out)

static void *try_to_enter(void *arg)
{
    outcome = sennit_lock_try_acquire(&lock);
    if (outcome == 0) {
        be_inside();
        sennit_lock_release(&lock);
    }
    return arg;
}

static void who_tries_does_not_wait(void)
{
    start_and_join(enter, try_to_enter, enter);
    MUST(outcome == 0 || outcome == -EBUSY);
    MUST(entered == 2 + (outcome == 0));
}
MODEL(who_tries_does_not_wait, .bound = 3)

static void *poll(void *arg)
{
    outcome = sennit_lock_acquire_timeout(&lock, 0);
    if (outcome == 0)
        sennit_lock_release(&lock);
    return arg;
}

static void a_time_out_of_nothing_tries(void)
{
    start_and_join(enter, poll, NULL);
    MUST(outcome == 0 || outcome == -ETIMEDOUT);
}
MODEL(a_time_out_of_nothing_tries, .bound = 4)
ALL(a_time_out_of_nothing_tries)

/* Anybody may release: main acquires, another strand releases while a third waits. */
static void *release(void *arg)
{
    sennit_lock_release(&lock);
    return arg;
}

static void another_strand_releases(void)
{
    sennit_lock_acquire(&lock);
    start_and_join(release, enter, enter);
    MUST(entered == 2);
}
MODEL(another_strand_releases)

/* As soon as the lock can be had again, the one who gets it may free it: a release does not look at it after that. */
struct owned {
    sennit_lock lock;
    uint32_t users;
};

static void *last_one_frees(void *raw)
{
    struct owned *owned = raw;
    sennit_lock_acquire(&owned->lock);
    bool last = --owned->users == 0;
    sennit_lock_release(&owned->lock);
    if (last)
        memset(owned, 0xff, sizeof *owned); /* held and waited for, for whoever still looks */
    return NULL;
}

static void the_last_user_frees_it(void)
{
    struct owned *owned = calloc(1, sizeof *owned);
    owned->users = 3;
    strand *a = start_strand(last_one_frees, owned), *b = start_strand(last_one_frees, owned);
    last_one_frees(owned);
    join_strand(a);
    join_strand(b);
    MUST(owned->users == UINT32_MAX && owned->lock.word_ == UINT32_MAX);
}
MODEL(the_last_user_frees_it)
