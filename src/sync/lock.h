/* lock.h - what the rest of sync/ and the reports need of a lock's word.       Layer: sync. */
#ifndef SN_SYNC_LOCK_H
#define SN_SYNC_LOCK_H

#include "park/strand.h"

#include <sennit/lock.h>

/* Acquire before `deadline`; INT64_MIN: try only. Returns 0, -EBUSY or -ETIMEDOUT. */
int sn_lock_acquire(sennit_lock *lock, int64_t deadline, const char *what, const char *site);

/* Returns false, and does nothing, if the lock is free. */
bool sn_lock_release(sennit_lock *lock);

/* The number of the strand that acquired it; 0: it is free. */
uint32_t sn_lock_holder(const sennit_lock *lock);

#endif
