/* waiter.c - models of a thread's permit, and of claiming a waiter. */
#include "model/all.h"

#include "park/queue.h"

static uint32_t said;

static void *say(void *os)
{
    sn_add(&said, 1);
    sn_os_wake(os);
    return NULL;
}

static void a_permit_outlasts_until_the_sleep(void)
{
    sn_os *self = sn_os_self();
    strand *a = start_strand(say, self);
    while (sn_load(&said) < 1)
        sn_os_sleep(self, SENNIT_FOREVER);
    join_strand(a);
}
MODEL(a_permit_outlasts_until_the_sleep, .bound = 4)
ALL(a_permit_outlasts_until_the_sleep)

static void two_wakes_are_seen(void)
{
    sn_os *self = sn_os_self();
    strand *a = start_strand(say, self), *b = start_strand(say, self);
    while (sn_load(&said) < 2)
        sn_os_sleep(self, SENNIT_FOREVER);
    join_strand(a);
    join_strand(b);
}
MODEL(two_wakes_are_seen, .bound = 3)
ALL(two_wakes_are_seen)

/* A sleep that timed out leaves no ASLEEP behind, and a wake that came with it is no wake too few for the next. */
static void a_timed_sleep_does_not_spoil_the_next(void)
{
    sn_os *self = sn_os_self();
    strand *a = start_strand(say, self), *b = start_strand(say, self);
    sn_os_sleep(self, sn_deadline(sennit_ms(1)));
    while (sn_load(&said) < 2)
        sn_os_sleep(self, SENNIT_FOREVER);
    join_strand(a);
    join_strand(b);
}
MODEL(a_timed_sleep_does_not_spoil_the_next)
ALL(a_timed_sleep_does_not_spoil_the_next)

/* Who wins is told so, and nobody else: the sleeper's outcome and the wakers' counts agree. */
static sn_guard guard;
static sn_waiter *first;
static uint32_t woken;

static void *wake_one(void *key)
{
    sn_guard_lock(&guard);
    size_t n = sn_queue_wake(&first, key, 1);
    sn_guard_unlock(&guard);
    sn_add(&woken, (uint32_t)n);
    return NULL;
}

static void exactly_one_claims(void)
{
    sn_waiter waiter;
    strand *a = start_strand(wake_one, &guard), *b = start_strand(wake_one, &guard);
    sn_waiter_init(&waiter, &guard);
    sn_guard_lock(&guard);
    enum sn_waiter_state outcome =
        sn_queue_sleep(&guard, &first, &waiter, sn_deadline(sennit_ms(1)), "a test", NULL, NULL);
    MUST(outcome == SN_WOKEN || outcome == SN_TIMED_OUT);
    join_strand(a);
    join_strand(b);
    MUST(woken == (outcome == SN_WOKEN));
    MUST(!first);
}
MODEL(exactly_one_claims)

/* Two in the queue, each with a time-out: as many are woken as the waker says, and the queue is empty at the end. */
static uint32_t slept_well;

static void *sleep_in_time(void *key)
{
    sn_waiter waiter;
    sn_waiter_init(&waiter, key);
    sn_guard_lock(&guard);
    if (sn_queue_sleep(&guard, &first, &waiter, sn_deadline(sennit_ms(1)), "a test", NULL, NULL) == SN_WOKEN)
        sn_add(&slept_well, 1);
    return NULL;
}

static void a_queue_counts_whom_it_woke(void)
{
    strand *a = start_strand(sleep_in_time, &guard), *b = start_strand(sleep_in_time, &guard);
    wake_one(&guard);
    join_strand(a);
    join_strand(b);
    MUST(slept_well == woken && !first);
}
MODEL(a_queue_counts_whom_it_woke)
