/* sennit: threads, locks and conditions as in Python's threading, async/await as in TypeScript, on all cores, for C.
 * Each header below explains one noun and can be included alone. */
#ifndef SENNIT_H
#define SENNIT_H

#define SENNIT_VERSION "0.1.0"

#include <sennit/base.h>

#include <sennit/lock.h>
#include <sennit/rlock.h>
#include <sennit/condition.h>
#include <sennit/thread.h>

#include <sennit/error.h>
#include <sennit/with.h>
#include <sennit/try.h>

#include <sennit/async.h>
#include <sennit/promise.h>
#include <sennit/timer.h>
#include <sennit/runtime.h>

#endif
