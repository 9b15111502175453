/* arch.h - aarch64: the thread's pointer (see plat/self.h), and a pause for spinning.       Layer: plat. */
#ifndef SN_PLAT_ARCH_H
#define SN_PLAT_ARCH_H

static inline void *sn_arch_self(void)
{
    void *self, *offset;
    __asm__ volatile("mrs %0, tpidr_el0\n\t"
                     "adrp %1, :gottprel:sn_self_pointer\n\t"
                     "ldr %1, [%1, :gottprel_lo12:sn_self_pointer]\n\t"
                     "ldr %0, [%0, %1]"
                     : "=&r"(self), "=&r"(offset)
                     :
                     : "memory");
    return self;
}

static inline void sn_arch_pause(void)
{
    __asm__ volatile("isb" ::: "memory");
}

#endif
