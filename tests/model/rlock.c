/* rlock.c - models of the re-entrant lock: exclusion, depth, and who is let in. */
#include "model/model.h"

static sennit_rlock lock;
static uint32_t entered;

static void be_inside(void)
{
    uint32_t before = sn_load(&entered);
    sn_store(&entered, before + 1);
}

static void *enter_deep(void *arg)
{
    sennit_rlock_acquire(&lock);
    sennit_rlock_acquire(&lock);
    be_inside();
    sennit_rlock_release(&lock);
    be_inside(); /* one level is left */
    sennit_rlock_release(&lock);
    return arg;
}

static void two_levels_exclude_others(void)
{
    strand *a = start_strand(enter_deep, NULL), *b = start_strand(enter_deep, NULL);
    join_strand(a);
    join_strand(b);
    MUST(entered == 4 && lock.depth_ == 0 && !sennit_rlock_locked(&lock));
}
MODEL(two_levels_exclude_others, .bound = 3)

static void three_enter_deep(void)
{
    strand *a = start_strand(enter_deep, NULL), *b = start_strand(enter_deep, NULL);
    enter_deep(NULL);
    join_strand(a);
    join_strand(b);
    MUST(entered == 6);
}
MODEL(three_enter_deep)

static int outcome;

static void *try_deep(void *arg)
{
    outcome = sennit_rlock_try_acquire(&lock);
    if (outcome == 0) {
        MUST(sennit_rlock_try_acquire(&lock) == 0);
        be_inside();
        sennit_rlock_release(&lock);
        sennit_rlock_release(&lock);
    }
    return arg;
}

static void who_tries_gets_all_or_nothing(void)
{
    strand *a = start_strand(try_deep, NULL), *b = start_strand(enter_deep, NULL);
    join_strand(a);
    join_strand(b);
    MUST(entered == 2 + (outcome == 0) && (outcome == 0 || outcome == -EBUSY));
}
MODEL(who_tries_gets_all_or_nothing, .bound = 3)

static void *enter_in_time(void *arg)
{
    outcome = sennit_rlock_acquire_timeout(&lock, sennit_ms(1));
    if (outcome == 0) {
        MUST(lock.depth_ == 1);
        be_inside();
        sennit_rlock_release(&lock);
    }
    return arg;
}

static void a_time_out_leaves_the_depth_alone(void)
{
    strand *a = start_strand(enter_in_time, NULL), *b = start_strand(enter_deep, NULL);
    join_strand(a);
    join_strand(b);
    MUST(entered == 2 + (outcome == 0) && (outcome == 0 || outcome == -ETIMEDOUT));
}
MODEL(a_time_out_leaves_the_depth_alone, .bound = 3)
