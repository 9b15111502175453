/* guard.c - mutual exclusion for a few instructions.       Layer: park.   Checked by: tests/model/guard.c
 *
 *   FREE      0
 *   HELD      1   nobody sleeps
 *   CONTENDED 2   held, and somebody may sleep; may be spuriously set, must be set while somebody sleeps
 *
 * This is the mutex of Drepper, "Futexes are tricky" (2011), section 6 ("mutex2"). It is the one sleep besides the
 * waiter's (waiter.c): the waiter's own queues need it.
 */
#include "park/guard.h"

#include "plat/self.h"

enum { FREE, HELD, CONTENDED };
enum { SPINS = 50 };

void sn_guard_lock_slow(sn_guard *guard)
{
#ifndef SENNIT_CHECK /* under a checker one strand runs at a time: spinning only adds steps */
    for (int i = 0; i < SPINS; i++) {
        uint32_t expected = FREE;
        if (sn_load_relaxed(guard) == FREE && sn_compare_exchange(guard, &expected, HELD))
            return;
        sn_arch_pause();
    }
#endif
    while (sn_exchange(guard, CONTENDED) != FREE)
        sn_futex_wait(guard, CONTENDED, SENNIT_FOREVER);
}
