/* lot.c - models of the parking lot: sleeping on a word, waking, time-outs, and release. */
#include "model/all.h"

#include "park/lot.h"

enum { GO = 0, STAY = 1 };
static uint32_t word = STAY;

static enum sn_lot_result park(int64_t deadline)
{
    return sn_lot_park(&word, UINT32_MAX, STAY, deadline, "a word", NULL);
}

static void *wait_to_go(void *arg)
{
    while (sn_load(&word) == STAY)
        park(SENNIT_FOREVER);
    return arg;
}

static void no_wake_is_lost(void)
{
    strand *a = start_strand(wait_to_go, NULL), *b = start_strand(wait_to_go, NULL);
    sn_store(&word, GO);
    sn_lot_wake(&word, SIZE_MAX);
    join_strand(a);
    join_strand(b);
}
MODEL(no_wake_is_lost, .bound = 3)

/* Without a wake nobody sleeps on a word that has changed; with one, it is not said to have changed. */
static void *park_once(void *arg)
{
    MUST(park(SENNIT_FOREVER) == SN_LOT_CHANGED);
    return arg;
}

static void who_comes_after_the_change_does_not_sleep(void)
{
    sn_store(&word, GO);
    strand *a = start_strand(park_once, NULL);
    sn_lot_wake(&word, 1);
    join_strand(a);
}
MODEL(who_comes_after_the_change_does_not_sleep, .bound = 4)
ALL(who_comes_after_the_change_does_not_sleep)

/* One wake for one of two sleepers; who is woken wakes the next. If a sleeper that times out used up the wake, the
 * other would sleep on. */
static enum sn_lot_result of_timed;

static void *park_for_ever(void *arg)
{
    if (park(SENNIT_FOREVER) == SN_LOT_WOKEN)
        sn_lot_wake(&word, 1);
    return arg;
}

static void *park_in_time(void *arg)
{
    of_timed = park(sn_deadline(sennit_ms(1)));
    if (of_timed == SN_LOT_WOKEN)
        sn_lot_wake(&word, 1);
    return arg;
}

static void who_times_out_uses_up_no_wake(void)
{
    strand *timed = start_strand(park_in_time, NULL), *other = start_strand(park_for_ever, NULL);
    sn_store(&word, GO);
    sn_lot_wake(&word, 1);
    join_strand(timed);
    join_strand(other);
}
MODEL(who_times_out_uses_up_no_wake)

/* A release wakes one, and leaves `more` exactly if somebody still sleeps. */
enum { HELD = 1, MORE = 2 };
static uint32_t gone;

static void *sleep_while_held(void *arg)
{
    sn_lot_park(&word, HELD, HELD, SENNIT_FOREVER, "a word", NULL);
    sn_add(&gone, 1);
    return arg;
}

static void a_release_says_whether_more_sleep(void)
{
    strand *a = start_strand(sleep_while_held, NULL), *b = start_strand(sleep_while_held, NULL);
    unsigned releases = 0;
    do {
        sn_store(&word, HELD);
        MUST(sn_lot_release(&word, HELD, MORE));
        releases++;
    } while (sn_load(&word) == MORE);
    MUST(!sn_lot_release(&word, HELD, MORE));
    join_strand(a);
    join_strand(b);
    MUST(gone == 2 && releases <= 2);
}
MODEL(a_release_says_whether_more_sleep)

/* Two words in one bucket: a wake for one leaves the sleeper of the other where it is. */
static uint32_t words[4096];

static uint64_t bucket_of(const uint32_t *at)
{
    return ((uint64_t)(uintptr_t)at * 0x9e3779b97f4a7c15u) >> 56; /* as in lot.c; if not, this tests two buckets */
}

static void *park_on_other(void *other)
{
    MUST(sn_lot_park(other, UINT32_MAX, 0, SENNIT_FOREVER, "a word", NULL) != SN_LOT_TIMED_OUT);
    MUST(sn_load((uint32_t *)other) == 1);
    return NULL;
}

static void words_of_one_bucket_are_told_apart(void)
{
    uint32_t *other = &words[1];
    while (bucket_of(other) != bucket_of(&words[0]))
        other++;
    strand *a = start_strand(park_on_other, other), *b = start_strand(park_on_other, &words[0]);
    sn_store(&words[0], 1);
    sn_lot_wake(&words[0], SIZE_MAX);
    join_strand(b);
    sn_store(other, 1);
    sn_lot_wake(other, SIZE_MAX);
    join_strand(a);
}
MODEL(words_of_one_bucket_are_told_apart)
