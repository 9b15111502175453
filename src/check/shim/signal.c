/* signal.c - waits for a signal: sigwait and the like.       Layer: check.       Checked by: tests/check
 *
 * All runners share one OS thread, so a wait in the kernel would stop them all. A signal that is blocked and has been
 * sent is pending there whoever it is for; the wait is for that. Handlers are left alone: they run in whoever runs.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include <signal.h>

const char sn_shim_signal_wait[] = "wait for a signal";

static bool is_pending(const sn_runner *runner)
{
    const sigset_t *wanted = runner->op.arg;
    sigset_t pending, both;
    return sigpending(&pending) == 0 && sigandset(&both, &pending, wanted) == 0 && !sigisemptyset(&both);
}

/* Returns the signal's number, or -1 and errno, as sigtimedwait. */
static int wait_for(const sigset_t *set, siginfo_t *info, int64_t deadline, uintptr_t pc)
{
    static const struct timespec at_once;
    sn_op op = {.kind = SN_OP_POINT,
                .what = sn_shim_signal_wait,
                .object = {NULL, deadline == INT64_MAX ? NULL : (void *)&sn_machine_->now},
                .access = {SN_NO_ACCESS, deadline == INT64_MAX ? SN_NO_ACCESS : SN_WRITE},
                .pc = pc,
                .can_run = is_pending,
                .arg = set,
                .deadline = deadline};
    sn_machine_step(&op);
    return REAL(sigtimedwait)(set, info, &at_once);
}

EXPORTED int sigwait(const sigset_t *restrict set, int *restrict number)
{
    if (!sn_machine_is_on())
        return REAL(sigwait)(set, number);
    *number = wait_for(set, NULL, INT64_MAX, CALLER);
    return *number < 0 ? errno : 0;
}

EXPORTED int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    if (!sn_machine_is_on())
        return REAL(sigwaitinfo)(set, info);
    return wait_for(set, info, INT64_MAX, CALLER);
}

EXPORTED int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict time)
{
    if (!sn_machine_is_on() || !time)
        return REAL(sigtimedwait)(set, info, time);
    return wait_for(set, info, sn_shim_after(time), CALLER);
}
