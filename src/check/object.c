/* object.c - what operations are about: numbered in the order of first touch, the same in every run.
 *                                                  Layer: check.   Checked by: tests/litmus
 * They lie in the run's memory, and so does the table; only where it is must be set anew for each run.
 */
#include "check/machine.h"

#include <string.h>

enum { BUCKETS = 256 };

static sn_object **buckets; /* in the run's memory */
static sn_object **all;
static uint32_t count, room;

void sn_objects_reset(void)
{
    buckets = sn_machine_allocate(BUCKETS * sizeof *buckets);
    all = NULL;
    count = room = 0;
}

static sn_object **bucket_of(const void *address)
{
    return &buckets[((uint64_t)(uintptr_t)address * 0x9e3779b97f4a7c15u) >> 56];
}

sn_object *sn_object_at(const void *address, const char *kind)
{
    sn_object **bucket = bucket_of(address), *object;
    for (object = *bucket; object; object = object->next)
        if (object->address == address) {
            if (kind)
                object->kind = kind;
            return object;
        }
    object = sn_machine_allocate(sizeof *object);
    object->address = address;
    object->kind = kind;
    object->next = *bucket;
    *bucket = object;
    if (count == room) {
        uint32_t more = room ? 2 * room : 64;
        sn_object **grown = sn_machine_allocate(more * sizeof *grown);
        if (count)
            memcpy(grown, all, count * sizeof *grown);
        all = grown;
        room = more;
    }
    all[count++] = object;
    object->number = count;
    return object;
}

void sn_object_forget(const void *address)
{
    for (sn_object **at = bucket_of(address); *at; at = &(*at)->next)
        if ((*at)->address == address) {
            *at = (*at)->next;
            return;
        }
}

void sn_object_hold(sn_object *object, sn_runner *holder, const char *site, uintptr_t pc)
{
    object->holder = holder;
    object->held_site = site;
    object->held_pc = pc;
}

void sn_object_signal(sn_object *object, size_t woken, const char *site, uintptr_t pc)
{
    object->signal_was_early = woken == 0;
    if (woken)
        return;
    object->early_runner = sn_machine_self()->id;
    object->early_site = site;
    object->early_pc = pc;
}

void sn_objects_each(void (*visit)(sn_object *object, void *arg), void *arg)
{
    for (uint32_t i = 0; i < count; i++)
        visit(all[i], arg);
}
