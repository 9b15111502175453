/* strand.c - OS threads as strands: attaching, the list of them, and the permit that they sleep on.    Layer: park.
 *
 *   permit | meaning
 *   EMPTY  | awake, and nothing is owed to it
 *   SET    | a wake came while it was awake: the next sleep returns at once
 *   ASLEEP | it sleeps on the word, or is about to
 *
 * A wake may be one too many (it was for a waiter that has timed out meanwhile): every sleeper looks again at what it
 * waits for.                                                        Checked by: tests/unit/park.c, tests/model/waiter.c
 */
#include "park/strand.h"

#include "base/error.h"
#include "base/panic.h"
#include "park/waiter.h"

#include <stdio.h>
#include <stdlib.h>

enum { EMPTY, SET, ASLEEP };

/* Threads that are just ending are still counted by the system, so a deadlock may show only a little later. */
enum { LOOKS = 3, LOOK_AGAIN_MS = 50 };

struct sn_runtime_hooks sn_runtime_hooks;

static sn_guard list_guard;
static sn_os *list;      /* atomic: the newest first; nothing is ever taken out */
static sn_os *free_list; /* under list_guard */
static uint32_t alive;   /* atomic */
static uint32_t dozing;  /* atomic: how many sleep without a deadline, or are about to */
static uint32_t last_number;
static bool attached_before; /* under list_guard */

uint32_t sn_strand_new_number(void)
{
    uint32_t number;
    do
        number = (sn_add(&last_number, 1) + 1) & ((1u << SN_STRAND_NUMBER_BITS) - 1);
    while (number == 0);
    return number;
}

/* Whether it seems that nothing can run any more, and another look a little later would tell. */
static bool all_may_doze(unsigned leaving)
{
    return sn_runtime_hooks.all_doze && sn_load(&dozing) == sn_load(&alive) && sn_runtime_hooks.all_doze(leaving);
}

static void detach(void *raw)
{
    sn_os *os = raw;
    sn_add(&alive, -1u);
    sn_store(&os->is_alive, false); /* after it is no longer counted, for the same reason */
    sn_self_set(NULL);
    sn_guard_lock(&list_guard);
    os->next_free = free_list;
    free_list = os;
    sn_guard_unlock(&list_guard);
    for (int looks = 0; looks < LOOKS && all_may_doze(1); looks++)
        sn_futex_wait(&last_number, sn_load(&last_number), sn_deadline(sennit_ms(1)));
}

static sn_os *new_os(bool *first)
{
    sn_guard_lock(&list_guard);
    sn_os *os = free_list;
    if (os)
        free_list = os->next_free;
    *first = !attached_before;
    attached_before = true;
    sn_guard_unlock(&list_guard);
    if (os)
        return os;

    os = calloc(1, sizeof *os);
    if (!os)
        sn_panic("no memory for an OS thread's %zu bytes", sizeof *os);
    os->next = sn_load(&list);
    while (!sn_compare_exchange(&list, &os->next, os))
        ;
    return os;
}

sn_os *sn_os_attach(void)
{
    bool first, is_main = sn_is_main_thread();
    sn_os *os = new_os(&first);
    os->strand = (sn_strand){.parker = &sn_thread_parker, .number = sn_strand_new_number()};
    if (is_main && sn_runtime_hooks.main_parker)
        os->strand.parker = sn_runtime_hooks.main_parker;
    snprintf(os->own_name, sizeof os->own_name, is_main ? "main" : "thread-%u", os->strand.number);
    sn_note(&os->strand.name, os->own_name);
    os->current = &os->strand;
    os->is_helper = false;
    os->thread = NULL;
    os->fiber_is_known = false;
    sn_exchange(&os->permit, EMPTY);
    sn_store(&os->is_alive, true); /* before it is counted: whoever counts it must see it awake (sn_os_all_doze) */
    sn_add(&alive, 1);
    sn_self_set(os);
    if (sn_at_thread_exit(detach, os) != 0)
        sn_panic("no memory to note the end of an OS thread");
    if (first && sn_runtime_hooks.first_attach)
        sn_runtime_hooks.first_attach();
    return os;
}

void sn_os_sleep(sn_os *os, int64_t deadline)
{
    uint32_t was = EMPTY;
    if (!sn_compare_exchange(&os->permit, &was, ASLEEP)) {
        sn_exchange(&os->permit, EMPTY);
        return;
    }
    sn_note(&os->naps, os->naps + 1);
    int looks = deadline == SENNIT_FOREVER ? LOOKS : 0;
    if (looks) {
        sn_note(&os->dozes, true);
        sn_add(&dozing, 1);
    }
    while (sn_load(&os->permit) == ASLEEP) {
        if (looks > 0 && all_may_doze(0)) {
            looks--;
            sn_futex_wait(&os->permit, ASLEEP, sn_deadline(sennit_ms(LOOK_AGAIN_MS)));
        } else if (sn_futex_wait(&os->permit, ASLEEP, deadline) == -ETIMEDOUT) {
            break;
        }
    }
    if (deadline == SENNIT_FOREVER) {
        sn_add(&dozing, -1u);
        sn_note(&os->dozes, false);
    }
    sn_exchange(&os->permit, EMPTY);
}

void sn_os_wake(sn_os *os)
{
    if (sn_exchange(&os->permit, SET) == ASLEEP)
        sn_futex_wake(&os->permit, 1);
}

sn_os *sn_os_first(void)
{
    return sn_load(&list);
}

uint32_t sn_os_count(void)
{
    return sn_load(&alive);
}

uint64_t sn_os_all_doze(void)
{
    uint64_t naps = 1;
    for (sn_os *os = sn_os_first(); os; os = os->next) {
        if (!sn_load(&os->is_alive))
            continue;
        if (!sn_peek(&os->dozes) || sn_load(&os->permit) != ASLEEP)
            return 0;
        naps += sn_peek(&os->naps);
    }
    return naps;
}
