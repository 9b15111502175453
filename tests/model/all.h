/* all.h - for models that are small enough for all their schedules, without a bound: each order of the operations that
 * matter to each other is explored once (dpor). What the strands of such a model share is read and written by the
 * seam's operations, or under a guard or a lock; a plain access outside would not be seen. */
#ifndef TESTS_MODEL_ALL_H
#define TESTS_MODEL_ALL_H

#include "model/model.h"

#define ALL(body) \
    TEST(body##_all) { explore_model(#body, body, NULL, (sennit_check_options){.name = #body, .strategy = "dpor"}); }

#endif
