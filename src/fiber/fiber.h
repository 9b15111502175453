/* fiber.h - a flow of control with a stack of its own: a task's, or that of the OS thread itself.       Layer: fiber. */
#ifndef SN_FIBER_FIBER_H
#define SN_FIBER_FIBER_H

#include "fiber/annotate.h"
#include "plat/context.h"
#include "plat/plat.h"

typedef struct sn_fiber {
    void *context; /* while it does not run: see plat/context.h */
    void *low;     /* const: its stack, from here up; NULL: not known */
    size_t size;
    sn_annotation annotation;
} sn_fiber;

/* Make `fiber` stand for the calling OS thread. */
void sn_fiber_of_thread(sn_fiber *fiber);

/* Go on with `to`; returns when somebody goes on with `from`, perhaps on another OS thread. */
static inline void sn_fiber_switch(sn_fiber *from, sn_fiber *to)
{
    sn_annotate_leave(&from->annotation, &to->annotation, to->low, to->size);
    sn_context_switch(&from->context, to->context);
    sn_annotate_arrive(&from->annotation);
}

/* Begin function(arg) on `to`'s stack, whose end is `end`. The function first calls sn_fiber_begun, and at last returns
 * what sn_fiber_end gives. */
static inline void sn_fiber_call(sn_fiber *from, sn_fiber *to, void *end, void *(*function)(void *), void *arg)
{
    sn_annotate_begin(&to->annotation, 0);
    sn_annotate_leave(&from->annotation, &to->annotation, to->low, to->size);
    sn_context_call(&from->context, end, function, arg);
    sn_annotate_arrive(&from->annotation);
}

static inline __attribute__((always_inline)) void sn_fiber_begun(sn_fiber *fiber)
{
    sn_annotate_arrive(&fiber->annotation);
}

/* The running fiber ends, and `to` goes on when the function of sn_fiber_call returns this context. */
static inline __attribute__((always_inline)) void *sn_fiber_end(sn_fiber *to)
{
    sn_annotate_leave(NULL, &to->annotation, to->low, to->size);
    return to->context;
}

#endif
