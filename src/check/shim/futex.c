/* futex.c - the futex system call, for what waits by it directly.       Layer: check.       Checked by: tests/check
 *
 * C++'s std::promise, std::latch and std::atomic::wait, and locks of a program's own, call syscall(SYS_futex, ...).
 * Wait, wake and their _BITSET forms with all bits set are operations of the machine; the others, which move waiters
 * from one word to another or pass priorities on, can't be explored, and neither can words that processes share.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"
#include "seam/hooks.h"

#include <limits.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

static long outcome(int error)
{
    if (!error)
        return 0;
    errno = -error;
    return -1;
}

static long wait(const uint32_t *word, uint32_t expected, const struct timespec *timeout, int operation, uintptr_t pc)
{
    bool is_absolute = (operation & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
    int64_t deadline = INT64_MAX;
    if (timeout && is_absolute)
        deadline = sn_shim_deadline(operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, timeout);
    else if (timeout)
        deadline = sn_shim_after(timeout);
    sn_shim_step("wait", word, "futex", pc);
    return outcome(sn_hooks->futex_wait(word, expected, deadline));
}

static long wake(const uint32_t *word, int n, uintptr_t pc)
{
    long woken = 0;
    sn_shim_step("wake", word, "futex", pc);
    for (unsigned i = 0; i < sn_machine_->alive; i++) {
        const sn_runner *runner = sn_machine_->live[i];
        woken += runner->futex == word && !runner->woken && !runner->timed_out;
    }
    sn_hooks->futex_wake(word, n);
    return woken < n ? woken : n;
}

EXPORTED long syscall(long number, ...)
{
    long a[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number != SYS_futex || !sn_machine_is_on())
        return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);

    const uint32_t *word = (const uint32_t *)a[0]; // NOLINT
    int operation = (int)a[1], command = operation & FUTEX_CMD_MASK;
    bool all_bits = (uint32_t)a[5] == FUTEX_BITSET_MATCH_ANY;
    if (command == FUTEX_WAIT || (command == FUTEX_WAIT_BITSET && all_bits))
        return wait(word, (uint32_t)a[2], (const struct timespec *)a[3], operation, CALLER); // NOLINT
    if (command == FUTEX_WAKE || (command == FUTEX_WAKE_BITSET && all_bits))
        return wake(word, a[2] < 0 || a[2] > INT_MAX ? INT_MAX : (int)a[2], CALLER);
    sn_explore_note_site(NULL, CALLER);
    sn_machine_fail(SN_VERDICT_CUT, "the futex operation %d is not explored", command);
}
