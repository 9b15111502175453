/* lot.c - queues found by a word's address.       Layer: park.   Checked by: tests/unit/park.c, tests/model/lot.c */
#include "park/lot.h"

enum { BUCKETS_BITS = 8, CACHE_LINE = 64 };

static struct bucket {
    sn_guard guard;
    sn_waiter *first; /* under guard */
} __attribute__((aligned(CACHE_LINE))) buckets[1 << BUCKETS_BITS];

static struct bucket *bucket_of(const uint32_t *word)
{
    uint64_t hash = (uint64_t)(uintptr_t)word * 0x9e3779b97f4a7c15u; /* Fibonacci hashing, Knuth 6.4 */
    return &buckets[hash >> (64 - BUCKETS_BITS)];
}

enum sn_lot_result sn_lot_park(uint32_t *word, uint32_t mask, uint32_t expected, int64_t deadline, const char *what,
                               const char *site)
{
    struct bucket *bucket = bucket_of(word);
    sn_waiter waiter;
    sn_waiter_init(&waiter, word);
    sn_guard_lock(&bucket->guard);
    if ((sn_load(word) & mask) != expected) {
        sn_guard_unlock(&bucket->guard);
        return SN_LOT_CHANGED;
    }
    enum sn_waiter_state outcome = sn_queue_sleep(&bucket->guard, &bucket->first, &waiter, deadline, what, word, site);
    return outcome == SN_WOKEN ? SN_LOT_WOKEN : SN_LOT_TIMED_OUT;
}

void sn_lot_wake(const uint32_t *word, size_t n)
{
    struct bucket *bucket = bucket_of(word);
    sn_guard_lock(&bucket->guard);
    sn_queue_wake(&bucket->first, word, n);
    sn_guard_unlock(&bucket->guard);
}

bool sn_lot_release(uint32_t *word, uint32_t held, uint32_t more)
{
    struct bucket *bucket = bucket_of(word);
    sn_strand *strand = NULL;
    bool asleep = false;
    sn_guard_lock(&bucket->guard);
    if (!(sn_load(word) & held)) {
        sn_guard_unlock(&bucket->guard);
        return false;
    }
    sn_waiter *waiter;
    while ((waiter = sn_queue_first(&bucket->first, word)) != NULL) {
        sn_queue_remove(&bucket->first, waiter);
        strand = waiter->strand;
        if (sn_waiter_claim(waiter, SN_WOKEN, &asleep))
            break;
    }
    sn_store(word, sn_queue_first(&bucket->first, word) ? more : 0);
    if (waiter && asleep)
        strand->parker->wake(strand);
    sn_guard_unlock(&bucket->guard);
    return true;
}
