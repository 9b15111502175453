/* rlock.h - what a condition needs of a re-entrant lock.       Layer: sync. */
#ifndef SN_SYNC_RLOCK_H
#define SN_SYNC_RLOCK_H

#include "sync/lock.h"

#include <sennit/rlock.h>

/* As sennit_rlock_acquire, before `deadline`; INT64_MIN: try only. */
int sn_rlock_acquire(sennit_rlock *lock, int64_t deadline, const char *what, const char *site);

/* Give all levels up, or have them all again. The caller holds the lock, or nobody does for it. */
uint32_t sn_rlock_release_all(sennit_rlock *lock);
void sn_rlock_acquire_all(sennit_rlock *lock, uint32_t depth, const char *what, const char *site);

#endif
