/* self.c - see self.h.       Layer: plat. */
#include "plat/self.h"

__thread void *sn_self_pointer;

/* Not inline: the address is computed afresh at each call. */
__attribute__((noinline)) void sn_self_set(void *self)
{
    sn_self_pointer = self;
}
