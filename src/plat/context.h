/* context.h - switching stacks, in arch/<cpu>/context.S.       Layer: plat.
 *
 * A context that is not running is its stack pointer: the callee-saved registers, the floating-point control words and
 * the address to go on at lie on its stack, in a layout that all three functions share.
 */
#ifndef SN_PLAT_CONTEXT_H
#define SN_PLAT_CONTEXT_H

/* Store the running context in *save and go on with `to`. Returns when somebody goes on with the stored one. */
void sn_context_switch(void **save, void *to);

/* Store the running context in *save and call function(arg) on the stack that ends at `stack_end` (16-byte aligned).
 * The function returns the context to go on with; its stack is free from then on. */
void sn_context_call(void **save, void *stack_end, void *(*function)(void *), void *arg);

/* Go on with `to`, leaving the running context behind for good. */
_Noreturn void sn_context_jump(void *to);

/* Go back to where sennit_context_save(context) returned, which returns `value` this time: for throws. */
_Noreturn void sn_context_restore(void **context, int value);

#endif
