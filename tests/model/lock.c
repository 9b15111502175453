/* lock.c - models of the lock. */
#include "model/model.h"

static sennit_lock lock;
static int inside, entered;

static void *enter(void *arg)
{
    sennit_lock_acquire(&lock);
    MUST(inside++ == 0);
    entered++;
    inside--;
    sennit_lock_release(&lock);
    return arg;
}

static void two_exclude_each_other(void)
{
    strand *a = start_strand(enter, NULL), *b = start_strand(enter, NULL);
    join_strand(a);
    join_strand(b);
    MUST(entered == 2);
}
MODEL(two_exclude_each_other)

static void three_exclude_each_other(void)
{
    strand *all[3];
    for (int i = 0; i < 3; i++)
        all[i] = start_strand(enter, NULL);
    for (int i = 0; i < 3; i++)
        join_strand(all[i]);
    MUST(entered == 3);
}
MODEL(three_exclude_each_other)

/* The waiter gives up at any point, or gets the lock: never both, never neither. */
static int outcome;

static void *enter_in_time(void *arg)
{
    outcome = sennit_lock_acquire_timeout(&lock, sennit_ms(5));
    if (outcome == 0) {
        MUST(inside++ == 0);
        inside--;
        sennit_lock_release(&lock);
    }
    return arg;
}

static void a_waiter_times_out(void)
{
    strand *a = start_strand(enter, NULL), *b = start_strand(enter_in_time, NULL), *c = start_strand(enter, NULL);
    join_strand(a);
    join_strand(b);
    join_strand(c);
    MUST(entered == 2);
    MUST(outcome == 0 || outcome == -ETIMEDOUT);
    MUST(!sennit_lock_locked(&lock));
}
MODEL(a_waiter_times_out)
