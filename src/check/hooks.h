/* hooks.h - the seam's steps as the machine's.       Layer: check. */
#ifndef SN_CHECK_HOOKS_H
#define SN_CHECK_HOOKS_H

#include "seam/hooks.h"

/* Set the seam's hooks, or take them away. Between runs, or at the first step of one. */
void sn_check_hook(bool on);

/* Whether each atomic operation is a step (libsennit-model), or each public operation (libsennit-check). A choice of
 * files: grain_fine.c or grain_coarse.c. */
extern const bool sn_check_is_fine;

/* The virtual clock. */
int64_t sn_check_now(void);

#endif
