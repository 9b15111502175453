/* pct.c - not there yet.       Layer: check. */
#include "check/strategy.h"

const sn_strategy sn_strategy_pct = {.name = "pct"};
