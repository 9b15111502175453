/* grain_fine.c - each atomic operation is a step: libsennit-model.       Layer: check. */
#include "check/hooks.h"

const bool sn_check_is_fine = true;
