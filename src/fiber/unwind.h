/* unwind.h - throwing.       Layer: fiber. */
#ifndef SN_FIBER_UNWIND_H
#define SN_FIBER_UNWIND_H

#include <sennit/try.h>

/* Throw `error` (owned) from the calling strand. `chain`: an error that is being handled becomes its cause. */
_Noreturn void sn_throw(sennit_error *error, bool chain);

#endif
