/* pc.c - x86-64: see plat/arch_pc.h.       Layer: plat. */
#define _GNU_SOURCE
#include "plat/arch_pc.h"

#include <ucontext.h>

uintptr_t sn_arch_pc(const void *context)
{
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}
