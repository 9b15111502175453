/* hooks.c - the hook of the check build.       Layer: seam.   Checked by: tests/unit/seam.c */
#include "seam/hooks.h"

static sn_hook *current_hook; /* atomic */

void sn_set_hook(sn_hook *hook)
{
    __atomic_store_n(&current_hook, hook, __ATOMIC_SEQ_CST);
}

void sn_hook_call(enum sn_step step, const volatile void *object)
{
    sn_hook *hook = __atomic_load_n(&current_hook, __ATOMIC_SEQ_CST);
    if (hook)
        hook(step, object);
}
