/* arch_pc.h - where a signal has struck, and where a function returns to.       Layer: plat. */
#ifndef SN_PLAT_ARCH_PC_H
#define SN_PLAT_ARCH_PC_H

#include <stdint.h>

/* The address of the instruction at which a handler's `context` (a ucontext_t) was interrupted. */
uintptr_t sn_arch_pc(const void *context);

/* Of a function that keeps a frame pointer, whose frame this is (__builtin_frame_address): where it returns to, and the
 * frame of who called it. Functions, not inline: a compiler may read ahead what __builtin_return_address asks for, and
 * the frame after the last one is none. */
uintptr_t sn_arch_frame_return(const void *frame);
const void *sn_arch_frame_next(const void *frame);

#endif
