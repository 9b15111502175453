/* time.c - clocks and sleeps: virtual.       Layer: check.       Checked by: tests/check
 *
 * All clocks are the machine's, which begins at 1 s; the time of day adds the beginning of 2026. A sleep may end at any
 * point, since only the order of deadlines is kept.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include <poll.h>
#include <sched.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

enum { SECOND = 1000000000, MICROSECOND = 1000, MILLISECOND = 1000000 };
static const int64_t base = 1767225600ll * SECOND; /* 2026-01-01 00:00:00 UTC */
static const int64_t most = INT64_MAX - 1;         /* a deadline that never comes is another one */

static bool is_valid(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < SECOND;
}

static int64_t nanoseconds(const struct timespec *time)
{
    if (time->tv_sec < 0)
        return 0;
    return time->tv_sec >= most / SECOND ? most : time->tv_sec * SECOND + time->tv_nsec;
}

int64_t sn_shim_deadline(clockid_t clock, const struct timespec *time)
{
    if (!is_valid(time) || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC))
        return SN_SHIM_NEVER_VALID;
    int64_t at = nanoseconds(time);
    if (clock == CLOCK_REALTIME && at != most)
        at -= base;
    return at > 0 ? at : 1;
}

static int64_t after(int64_t duration)
{
    return duration > most - sn_machine_->now ? most : sn_machine_->now + duration;
}

int64_t sn_shim_after(const struct timespec *duration)
{
    return after(nanoseconds(duration));
}

static bool never(const sn_runner *runner)
{
    (void)runner;
    return false;
}

void sn_shim_yield(uintptr_t pc)
{
    sn_op op = {.kind = SN_OP_YIELD, .pc = pc};
    sn_machine_step(&op);
}

void sn_shim_sleep(int64_t until, uintptr_t pc)
{
    if (until <= sn_machine_->now) {
        sn_shim_yield(pc);
        return;
    }
    sn_op op = {.kind = SN_OP_SLEEP,
                .object = {NULL, &sn_machine_->now},
                .access = {SN_NO_ACCESS, SN_WRITE},
                .pc = pc,
                .can_run = never,
                .deadline = until};
    sn_machine_step(&op);
}

/* ---- sleeps */

/* pthread_yield is this one under another name. */
EXPORTED int sched_yield(void)
{
    if (!sn_machine_is_on())
        return REAL(sched_yield)();
    sn_shim_yield(CALLER);
    return 0;
}

EXPORTED int usleep(useconds_t duration)
{
    if (!sn_machine_is_on())
        return REAL(usleep)(duration);
    sn_shim_sleep(after((int64_t)duration * MICROSECOND), CALLER);
    return 0;
}

EXPORTED unsigned sleep(unsigned duration)
{
    if (!sn_machine_is_on())
        return REAL(sleep)(duration);
    sn_shim_sleep(after((int64_t)duration * SECOND), CALLER);
    return 0;
}

EXPORTED int nanosleep(const struct timespec *duration, struct timespec *left)
{
    if (!sn_machine_is_on())
        return REAL(nanosleep)(duration, left);
    if (!is_valid(duration) || duration->tv_sec < 0) {
        errno = EINVAL;
        return -1;
    }
    sn_shim_sleep(sn_shim_after(duration), CALLER);
    return 0;
}

EXPORTED int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
    if (!sn_machine_is_on())
        return REAL(clock_nanosleep)(clock, flags, time, left);
    if (!is_valid(time) || clock == CLOCK_THREAD_CPUTIME_ID)
        return EINVAL;
    if (flags & TIMER_ABSTIME)
        sn_shim_sleep(sn_shim_deadline(clock == CLOCK_REALTIME ? clock : CLOCK_MONOTONIC, time), CALLER);
    else
        sn_shim_sleep(sn_shim_after(time), CALLER);
    return 0;
}

/* Without files these two are sleeps. */
EXPORTED int poll(struct pollfd *files, nfds_t count, int timeout)
{
    if (!sn_machine_is_on() || count || timeout < 0)
        return REAL(poll)(files, count, timeout);
    sn_shim_sleep(after((int64_t)timeout * MILLISECOND), CALLER);
    return 0;
}

EXPORTED int select(int count, fd_set *read, fd_set *write, fd_set *except, struct timeval *timeout)
{
    if (!sn_machine_is_on() || count || !timeout)
        return REAL(select)(count, read, write, except, timeout);
    struct timespec duration = {timeout->tv_sec, timeout->tv_usec * MICROSECOND};
    sn_shim_sleep(sn_shim_after(&duration), CALLER);
    return 0;
}

/* ---- clocks */

static struct timespec to_timespec(int64_t time)
{
    return (struct timespec){time / SECOND, time % SECOND};
}

EXPORTED int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (!sn_machine_is_on())
        return REAL(clock_gettime)(clock, time);
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
        *time = to_timespec(base + sn_check_now());
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
        *time = to_timespec(sn_check_now());
        return 0;
    default:
        return REAL(clock_gettime)(clock, time);
    }
}

EXPORTED int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    if (!sn_machine_is_on())
        return REAL(gettimeofday)(time, zone);
    int64_t now = base + sn_check_now();
    *time = (struct timeval){now / SECOND, now % SECOND / MICROSECOND};
    return 0;
}

EXPORTED time_t time(time_t *to)
{
    if (!sn_machine_is_on())
        return REAL(time)(to);
    time_t now = (base + sn_check_now()) / SECOND;
    if (to)
        *to = now;
    return now;
}

EXPORTED int timespec_get(struct timespec *time, int kind)
{
    if (!sn_machine_is_on() || kind != TIME_UTC)
        return REAL(timespec_get)(time, kind);
    *time = to_timespec(base + sn_check_now());
    return kind;
}

EXPORTED clock_t clock(void)
{
    if (!sn_machine_is_on())
        return REAL(clock)();
    return sn_check_now() / MICROSECOND;
}
