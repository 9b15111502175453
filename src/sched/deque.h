/* deque.h - the continuations that a worker has left behind, newest last.       Layer: sched.
 *
 * The worker pushes and pops at the bottom; other workers steal from the top.
 */
#ifndef SN_SCHED_DEQUE_H
#define SN_SCHED_DEQUE_H

#include "seam/seam.h"

typedef struct sn_deque {
    int64_t top;          /* atomic: where thieves take from; only grows */
    int64_t bottom;       /* atomic: written by the owner only */
    struct sn_ring *ring; /* atomic: written by the owner only */
} sn_deque;

/* Owner only. Returns false if there is no memory. */
bool sn_deque_push(sn_deque *deque, void *item);

/* Owner only. NULL: empty. */
void *sn_deque_pop(sn_deque *deque);

/* Anybody. NULL: empty, or somebody else was quicker. */
void *sn_deque_steal(sn_deque *deque);

static inline bool sn_deque_is_empty(const sn_deque *deque)
{
    return sn_load(&deque->top) >= sn_load(&deque->bottom);
}

/* Frees the rings; nobody uses the deque any more. */
void sn_deque_free(sn_deque *deque);

#endif
