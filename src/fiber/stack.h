/* stack.h - stacks for tasks.       Layer: fiber.
 *
 * A stack is a range of address space of one size for all, of which only touched pages use memory. Its lowest part is a
 * guard: touching it faults. Stacks are carved out of slabs, used again last in, first out while their pages are warm,
 * and not given back to the system. The owner keeps its control block at the stack's top, in the page that is touched
 * anyway, where it stays valid memory for ever, so that a report may look at it at any time.
 */
#ifndef SN_FIBER_STACK_H
#define SN_FIBER_STACK_H

#include <stddef.h>

/* Set the size of every stack, before the first is taken: a multiple of the page size. */
void sn_stack_configure(size_t size);
size_t sn_stack_size(void);

/* The lowest byte of a stack; *is_new: its memory is all zero. NULL: out of address space. */
void *sn_stack_take(int *is_new);

/* Give a stack back that nobody runs on. */
void sn_stack_give(void *low);

/* Call visit(low, arg) for every stack that was ever taken. Needs no guard: also from a signal handler. */
void sn_stack_each(void (*visit)(void *low, void *arg), void *arg);

#endif
