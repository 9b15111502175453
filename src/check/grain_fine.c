/* grain_fine.c - each atomic operation is a step: libsennit-model.       Layer: check. */
#include "check/explore.h"
#include "check/hooks.h"

#include <unistd.h>

const bool sn_check_is_fine = true;

/* Models run in place; there is no other process. */
void sn_explore_leave_process(void)
{
    _exit(1);
}
