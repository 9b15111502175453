/* hooks.c - the hook of the check build.       Layer: seam.   Checked by: tests/unit/seam.c */
#include "seam/hooks.h"

static sn_hook *current_hook; /* const while more than one thread uses the library */

void sn_set_hook(sn_hook *hook)
{
    current_hook = hook;
}

void sn_hook_call(enum sn_step step, const volatile void *object)
{
    if (current_hook)
        current_hook(step, object);
}
