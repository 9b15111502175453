/* guard.h - mutual exclusion for a few instructions inside the library.       Layer: park.
 *
 * Never held across a suspension. A zeroed guard is free. Ranks, so that none is taken under a later one:
 * wait queues and the lot's buckets, then the scheduler's, then the list of OS threads.
 */
#ifndef SN_PARK_GUARD_H
#define SN_PARK_GUARD_H

#include "seam/seam.h"

typedef uint32_t sn_guard; /* atomic: FREE, HELD, or CONTENDED, see guard.c */

void sn_guard_lock_slow(sn_guard *guard);

static inline void sn_guard_lock(sn_guard *guard)
{
    uint32_t free_ = 0;
    if (!sn_compare_exchange(guard, &free_, 1))
        sn_guard_lock_slow(guard);
}

static inline void sn_guard_unlock(sn_guard *guard)
{
    if (sn_exchange(guard, 0) == 2)
        sn_futex_wake(guard, 1);
}

#endif
