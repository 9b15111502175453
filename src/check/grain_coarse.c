/* grain_coarse.c - each public operation is a step: libsennit-check.       Layer: check. */
#include "check/hooks.h"

const bool sn_check_is_fine = false;
