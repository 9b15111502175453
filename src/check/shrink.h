/* shrink.h - a shorter schedule that fails the same way.       Layer: check. */
#ifndef SN_CHECK_SHRINK_H
#define SN_CHECK_SHRINK_H

#include "check/plan.h"

/* Makes plan->deviations as short as it can, with plan->verdict kept; the last run is then that schedule's. Returns
 * whether that one has failed again. */
bool sn_shrink(sn_plan *plan);

#endif
