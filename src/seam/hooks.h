/* hooks.h - what the check build asks before every step that a scheduler could choose.       Layer: seam.
 *
 * In libsennit-check each function of seam.h first calls the hook, if one is set; in libsennit there is none. The
 * explorer (see docs/roadmap.md) sits behind it.
 */
#ifndef SN_SEAM_HOOKS_H
#define SN_SEAM_HOOKS_H

#include <sennit/base.h>

enum sn_step {
    SN_STEP_LOAD,
    SN_STEP_STORE,
    SN_STEP_EXCHANGE,
    SN_STEP_COMPARE,
    SN_STEP_ADD,
    SN_STEP_PARK,
    SN_STEP_WAKE,
    SN_STEP_CLOCK,
    SN_STEP_RANDOM,
    SN_STEP_THREAD_START,
    SN_STEP_KINDS
};

typedef void sn_hook(enum sn_step step, const volatile void *object);

/* Set the hook, or take it away (NULL). Other threads may still be in the old one when it returns. */
void sn_set_hook(sn_hook *hook);

void sn_hook_call(enum sn_step step, const volatile void *object);

#endif
