/* futex.c - Linux: sleep on a word (futex(2)).       Layer: plat. */
#include "plat/plat.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int sn_plat_futex_wait(const uint32_t *word, uint32_t expected, int64_t deadline)
{
    struct timespec at, *limit = NULL;
    if (deadline != INT64_MAX) {
        at.tv_sec = deadline > 0 ? deadline / 1000000000 : 0;
        at.tv_nsec = deadline > 0 ? deadline % 1000000000 : 0;
        limit = &at;
    }
    /* _BITSET, because it takes an absolute deadline on the monotonic clock: an interrupted wait can just be repeated */
    if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, limit, NULL, FUTEX_BITSET_MATCH_ANY) == 0)
        return 0;
    return -errno;
}

void sn_plat_futex_wake(const uint32_t *word, int n)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}
