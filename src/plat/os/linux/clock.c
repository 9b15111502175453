/* clock.c - Linux: monotonic time and random numbers.       Layer: plat. */
#include "plat/plat.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

int64_t sn_plat_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* can't fail with this clock */
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

uint64_t sn_plat_random(void)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) == (ssize_t)sizeof number)
        return number;
    return (uint64_t)sn_plat_now() * 0x9e3779b97f4a7c15u; /* early at boot: only schedules depend on it */
}
