/* arch.h - x86-64: the thread's pointer (see plat/self.h), and a pause for spinning.       Layer: plat. */
#ifndef SN_PLAT_ARCH_H
#define SN_PLAT_ARCH_H

static inline void *sn_arch_self(void)
{
    void *self;
    __asm__ volatile("movq sn_self_pointer@gottpoff(%%rip), %0\n\t"
                     "movq %%fs:(%0), %0"
                     : "=r"(self)
                     :
                     : "memory");
    return self;
}

static inline void sn_arch_pause(void)
{
    __asm__ volatile("pause");
}

#endif
