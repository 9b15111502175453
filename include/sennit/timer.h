/* A timer calls a function later, as a task of its own, so the function may await and take locks.
 *
 *     sennit_set_timeout(remind, "tea", sennit_seconds(180));
 *
 * Timers with the same deadline fire in the order of their creation. The process does not end while one is pending.
 */
#ifndef SENNIT_TIMER_H
#define SENNIT_TIMER_H

#include <sennit/base.h>

/* Names a timer; never 0, and never used again for another one. */
typedef uint64_t sennit_timer_id;

SENNIT_BEGIN_DECLS

/* Call function(arg) in a task of its own when `duration` has passed; a negative one counts as 0 (there is no least
 * delay of 1 ms as in TypeScript, and no limit of 2^31 - 1 ms).
 * Returns the timer's id, or 0 if there is no memory.   Does not suspend.   From: thread, task.
 * TypeScript: setTimeout(). */
SENNIT_API sennit_timer_id sennit_set_timeout(void (*function)(void *), void *arg, sennit_duration duration);

/* Stop a timer that has not fired yet. An id that is 0, or of a timer that has fired or was stopped, does nothing.
 * Returns whether the timer was stopped.   Does not suspend.   From: thread, task.   TypeScript: clearTimeout(). */
SENNIT_API bool sennit_clear_timeout(sennit_timer_id timer);

SENNIT_END_DECLS

#endif
