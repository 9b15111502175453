/* deque.c - a work-stealing deque.       Layer: sched.   Checked by: tests/unit/deque.c, tests/model/deque.c
 *
 * Chase and Lev, "Dynamic circular work-stealing deque" (SPAA 2005), with every access sequentially consistent. What it
 * rests on: pop lowers `bottom` before it reads `top`, steal reads `top` before `bottom`; so of an owner and a thief that
 * want the last item at least one sees the other, and the compare-exchange of `top` decides.
 * A ring that was outgrown is kept: a slow thief may still read from it. Its items are not used then, because `top` has
 * moved on, or are the same as in the new ring.
 */
#include "sched/deque.h"

#include <stdlib.h>

#ifdef SENNIT_CHECK
enum { FIRST_SIZE = 4 }; /* so that the growth of a ring is within a model's reach */
#else
enum { FIRST_SIZE = 256 };
#endif

struct sn_ring {
    struct sn_ring *outgrown; /* const */
    int64_t size;             /* const: a power of two */
    void *items[];            /* atomic */
};

static struct sn_ring *new_ring(int64_t size, struct sn_ring *outgrown)
{
    struct sn_ring *ring = malloc(sizeof *ring + (size_t)size * sizeof(void *));
    if (ring) {
        ring->outgrown = outgrown;
        ring->size = size;
    }
    return ring;
}

static bool grow(sn_deque *deque, int64_t top, int64_t bottom)
{
    struct sn_ring *old = sn_load(&deque->ring);
    struct sn_ring *ring = new_ring(old ? 2 * old->size : FIRST_SIZE, old);
    if (!ring)
        return false;
    for (int64_t i = top; i < bottom; i++)
        sn_store_relaxed(&ring->items[i & (ring->size - 1)], sn_load_relaxed(&old->items[i & (old->size - 1)]));
    sn_store(&deque->ring, ring);
    return true;
}

bool sn_deque_push(sn_deque *deque, void *item)
{
    int64_t bottom = sn_load_relaxed(&deque->bottom), top = sn_load(&deque->top);
    struct sn_ring *ring = sn_load_relaxed(&deque->ring);
    if (!ring || bottom - top >= ring->size) {
        if (!grow(deque, top, bottom))
            return false;
        ring = sn_load_relaxed(&deque->ring);
    }
    sn_store_relaxed(&ring->items[bottom & (ring->size - 1)], item);
    sn_store(&deque->bottom, bottom + 1);
    return true;
}

void *sn_deque_pop(sn_deque *deque)
{
    int64_t bottom = sn_load_relaxed(&deque->bottom) - 1;
    if (bottom < sn_load(&deque->top))
        return NULL; /* empty, and only the owner could add to it */
    sn_store(&deque->bottom, bottom);
    int64_t top = sn_load(&deque->top);
    if (top > bottom) {
        sn_store(&deque->bottom, bottom + 1);
        return NULL;
    }
    struct sn_ring *ring = sn_load_relaxed(&deque->ring);
    void *item = sn_load_relaxed(&ring->items[bottom & (ring->size - 1)]);
    if (top == bottom) {
        if (!sn_compare_exchange(&deque->top, &top, top + 1))
            item = NULL; /* a thief has it */
        sn_store(&deque->bottom, bottom + 1);
    }
    return item;
}

void *sn_deque_steal(sn_deque *deque)
{
    int64_t top = sn_load(&deque->top);
    if (top >= sn_load(&deque->bottom))
        return NULL;
    struct sn_ring *ring = sn_load(&deque->ring);
    void *item = sn_load_relaxed(&ring->items[top & (ring->size - 1)]);
    return sn_compare_exchange(&deque->top, &top, top + 1) ? item : NULL;
}

void sn_deque_free(sn_deque *deque)
{
    for (struct sn_ring *ring = deque->ring; ring;) {
        struct sn_ring *outgrown = ring->outgrown;
        free(ring);
        ring = outgrown;
    }
    deque->ring = NULL;
}
