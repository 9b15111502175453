/* waiter.c - claiming, and how an OS thread sleeps.       Layer: park.
 * Checked by: tests/unit/park.c, tests/model/waiter.c */
#include "park/waiter.h"

#include "base/error.h"

#include <stdlib.h>

void sn_waiter_init(sn_waiter *waiter, const void *key)
{
    *waiter = (sn_waiter){.key = key, .strand = sn_strand_self(), .state = SN_ARMED};
}

enum sn_waiter_state sn_waiter_sleep(sn_waiter *waiter, int64_t deadline, const char *what, const void *object,
                                     const char *site)
{
    sn_strand *self = waiter->strand;
    sn_note(&self->object, object);
    sn_note(&self->site, site);
    sn_note(&self->waits_for, what);
    sn_tell_waits(what, object, site);
    self->parker->sleep(self, waiter, deadline);
    sn_tell_waits(NULL, NULL, NULL);
    sn_note(&self->waits_for, NULL);
    return sn_load(&waiter->state);
}

bool sn_waiter_claim(sn_waiter *waiter, enum sn_waiter_state outcome, bool *asleep)
{
    uint32_t state = sn_load(&waiter->state);
    while (state == SN_ARMED || state == SN_PARKED) {
        if (sn_compare_exchange(&waiter->state, &state, outcome)) {
            *asleep = state == SN_PARKED;
            return true;
        }
    }
    return false;
}

bool sn_waiter_wake(sn_waiter *waiter)
{
    sn_strand *strand = waiter->strand; /* read first: a thread may leave the wait, and its frame, once it is claimed */
    bool asleep;
    if (!sn_waiter_claim(waiter, SN_WOKEN, &asleep))
        return false;
    if (asleep)
        strand->parker->wake(strand);
    return true;
}

void sn_thread_sleep(sn_strand *self, sn_waiter *waiter, int64_t deadline)
{
    sn_os *os = (sn_os *)self;
    uint32_t armed = SN_ARMED;
    if (!sn_compare_exchange(&waiter->state, &armed, SN_PARKED))
        return;
    while (!sn_waiter_is_claimed(waiter)) {
        sn_os_sleep(os, deadline);
        bool ignored;
        if (deadline != SENNIT_FOREVER && sn_now() >= deadline)
            sn_waiter_claim(waiter, SN_TIMED_OUT, &ignored);
    }
}

void sn_thread_wake(sn_strand *strand)
{
    sn_os_wake((sn_os *)strand);
}

__attribute__((noreturn)) void sn_thread_uncaught(sn_strand *self, sennit_error *error)
{
    sn_error_report(error, self->name);
    sn_error_free(error);
    exit(1);
}

const struct sn_parker sn_thread_parker = {sn_thread_sleep, sn_thread_wake, sn_thread_uncaught};
