/* arch_pc.h - where a signal has struck.       Layer: plat. */
#ifndef SN_PLAT_ARCH_PC_H
#define SN_PLAT_ARCH_PC_H

#include <stdint.h>

/* The address of the instruction at which a handler's `context` (a ucontext_t) was interrupted. */
uintptr_t sn_arch_pc(const void *context);

#endif
