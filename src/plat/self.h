/* self.h - one pointer for each OS thread, read so that no compiler can keep it across a switch.       Layer: plat.
 *
 * A task may go on on another OS thread after every suspension, and compilers may keep the address of a thread-local
 * variable, so the pointer is read by an asm that they can't remember (arch.h).
 */
#ifndef SN_PLAT_SELF_H
#define SN_PLAT_SELF_H

#include "arch.h"

extern __thread void *sn_self_pointer __attribute__((tls_model("initial-exec"), visibility("hidden")));

static inline void *sn_self_get(void)
{
    return sn_arch_self();
}

void sn_self_set(void *self);

#endif
