/* queue.c - waiters in the order in which they came.       Layer: park.   Checked by: tests/unit/park.c */
#include "park/queue.h"

void sn_queue_append(sn_waiter **first, sn_waiter *waiter)
{
    if (!*first) {
        waiter->next = waiter->prev = waiter;
        *first = waiter;
        return;
    }
    waiter->next = *first;
    waiter->prev = (*first)->prev;
    waiter->prev->next = waiter;
    waiter->next->prev = waiter;
}

void sn_queue_remove(sn_waiter **first, sn_waiter *waiter)
{
    if (waiter->next == waiter) {
        *first = NULL;
    } else {
        waiter->prev->next = waiter->next;
        waiter->next->prev = waiter->prev;
        if (*first == waiter)
            *first = waiter->next;
    }
    waiter->next = waiter->prev = NULL;
}

/* The first waiter of `key` from `from` on, or NULL. */
static sn_waiter *find(sn_waiter *const *first, sn_waiter *from, const void *key)
{
    for (sn_waiter *waiter = from; waiter;) {
        if (waiter->key == key)
            return waiter;
        waiter = waiter->next;
        if (waiter == *first)
            return NULL;
    }
    return NULL;
}

size_t sn_queue_wake(sn_waiter **first, const void *key, size_t n)
{
    size_t woken = 0;
    sn_waiter *waiter = find(first, *first, key);
    while (waiter && woken < n) {
        /* The next one is looked for before this one is woken: then its frame may be gone. */
        sn_waiter *after = waiter->next == *first ? NULL : waiter->next;
        sn_queue_remove(first, waiter);
        if (sn_waiter_wake(waiter))
            woken++;
        waiter = find(first, after, key);
    }
    return woken;
}

sn_waiter *sn_queue_first(sn_waiter *const *first, const void *key)
{
    return find(first, *first, key);
}

enum sn_waiter_state sn_queue_sleep(sn_guard *guard, sn_waiter **first, sn_waiter *waiter, int64_t deadline,
                                    const char *what, const void *object, const char *site)
{
    sn_queue_append(first, waiter);
    sn_guard_unlock(guard);
    enum sn_waiter_state outcome = sn_waiter_sleep(waiter, deadline, what, object, site);
    if (outcome == SN_TIMED_OUT)
        sn_queue_leave(guard, first, waiter);
    return outcome;
}

void sn_queue_leave(sn_guard *guard, sn_waiter **first, sn_waiter *waiter)
{
    sn_guard_lock(guard);
    if (waiter->next)
        sn_queue_remove(first, waiter);
    sn_guard_unlock(guard);
}
