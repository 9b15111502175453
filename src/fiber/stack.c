/* stack.c - stacks for tasks.       Layer: fiber.   Checked by: tests/unit/stack.c */
#include "fiber/stack.h"

#include "base/panic.h"
#include "fiber/annotate.h"
#include "park/guard.h"

#include <stdlib.h>

enum {
    DEFAULT_SIZE = 64 * 1024,
    GUARD_SIZE = 64 * 1024, /* larger than most frames, so that few can jump over it */
    PER_SLAB = 128,
    PLAIN_GUARDS = 16000, /* of max_map_count's usual 65530, two each, half for the program */
};

struct slab {
    struct slab *next; /* const: the list of all */
    char *start;       /* const */
    unsigned taken;    /* atomic: how many were ever taken */
};

static size_t stack_size = DEFAULT_SIZE; /* const after the first take */
static sn_guard guard;
static struct slab *slabs;    /* atomic: the newest first */
static void *free_stacks;     /* under guard: each one's first word at its top links to the next */
static unsigned plain_guards; /* under guard */

void sn_stack_configure(size_t size)
{
    stack_size = size;
}

size_t sn_stack_size(void)
{
    return stack_size;
}

/* The link lies in the topmost word: that page is warm, and the owner leaves the word alone. */
static void **link_of(void *low)
{
    return (void **)(void *)((char *)low + stack_size) - 1;
}

static struct slab *new_slab(void)
{
    struct slab *slab = malloc(sizeof *slab);
    if (!slab)
        return NULL;
    slab->start = sn_plat_map(PER_SLAB * (GUARD_SIZE + stack_size));
    if (!slab->start) {
        free(slab);
        return NULL;
    }
    slab->taken = 0;
    slab->next = slabs;
    sn_store(&slabs, slab);
    return slab;
}

static void protect(char *start)
{
    bool plain;
    if (plain_guards >= PLAIN_GUARDS)
        return;
    if (sn_plat_guard(start, GUARD_SIZE, &plain) != 0)
        plain_guards = PLAIN_GUARDS;
    else if (plain)
        plain_guards++;
    if (plain_guards == PLAIN_GUARDS)
        sn_complain("this kernel has no cheap guard pages (Linux 6.13 has): stacks from number %u on are not "
                    "guarded against overflow",
                    plain_guards + 1);
}

void *sn_stack_take(int *is_new)
{
    sn_guard_lock(&guard);
    void *low = free_stacks;
    *is_new = !low;
    if (low) {
        free_stacks = *link_of(low);
    } else {
        struct slab *slab = slabs;
        if (!slab || slab->taken == PER_SLAB)
            slab = new_slab();
        if (slab) {
            char *start = slab->start + slab->taken * (GUARD_SIZE + stack_size);
            protect(start);
            low = start + GUARD_SIZE;
            sn_annotate_new_stack(low, stack_size);
            sn_store(&slab->taken, slab->taken + 1);
        }
    }
    sn_guard_unlock(&guard);
    return low;
}

void sn_stack_give(void *low)
{
    sn_guard_lock(&guard);
    *link_of(low) = free_stacks;
    free_stacks = low;
    sn_guard_unlock(&guard);
}

void sn_stack_each(void (*visit)(void *low, void *arg), void *arg)
{
    for (struct slab *slab = sn_load(&slabs); slab; slab = slab->next) {
        unsigned taken = sn_load(&slab->taken);
        for (unsigned i = 0; i < taken; i++)
            visit(slab->start + i * (GUARD_SIZE + stack_size) + GUARD_SIZE, arg);
    }
}
