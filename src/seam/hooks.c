/* hooks.c - the hooks of the check build.       Layer: seam.   Checked by: tests/unit/seam.c */
#include "seam/hooks.h"

const struct sn_hooks *sn_hooks;
