/* lot.h - where those wait whose object is one word: queues found by the word's address.       Layer: park.
 *
 * After WebKit's ParkingLot and parking_lot (Rust). No allocation: the buckets are static, the waiters on stacks.
 */
#ifndef SN_PARK_LOT_H
#define SN_PARK_LOT_H

#include "park/queue.h"

enum sn_lot_result { SN_LOT_WOKEN, SN_LOT_TIMED_OUT, SN_LOT_CHANGED };

/* If (*word & mask) == expected, sleep until woken or until the deadline; else return SN_LOT_CHANGED at once. The look
 * and the queueing are one step for sn_lot_wake, so no wake-up falls between them. */
enum sn_lot_result sn_lot_park(uint32_t *word, uint32_t mask, uint32_t expected, int64_t deadline, const char *what,
                               const char *site);

/* Wake up to n that sleep on `word`, of which only the address is used. */
void sn_lot_wake(const uint32_t *word, size_t n);

/* If *word has the bit `held`, store 0 into it, or `more` if somebody still sleeps on it after this, and wake one; else
 * return false. The word may cease to exist as soon as it is stored: whoever gets the lock next may free it. */
bool sn_lot_release(uint32_t *word, uint32_t held, uint32_t more);

#endif
