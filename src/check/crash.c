/* crash.c - a signal that ends the program is a failure of the run.       Layer: check.
 *                                                            Checked by: tests/unit/check.c */
#define _GNU_SOURCE
#include "check/crash.h"

#include "check/explore.h"
#include "check/machine.h"
#include "plat/arch_pc.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>

static const int caught[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { CAUGHT = sizeof caught / sizeof *caught, STACK_SIZE = 64 * 1024 };

/* What is not set back between runs: a handler may find it at any time. */
static struct crash {
    uint64_t run;   /* that was under way at the last tick, */
    unsigned ticks; /* and at so many before it */
    struct sigaction alarm_before;
    struct itimerval timer_before;
} * watch;

static struct {
    char *stack; /* not in memory that is set back: it may be in use */
    struct sigaction before[CAUGHT];
    stack_t stack_before;
} crash;

/* On a stack of its own: the strand's may be what has overflowed. It ends the run by leaving that stack for good, so
 * nothing is blocked while it runs. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    if (!sn_machine_is_on()) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    sn_explore_note_site(NULL, sn_arch_pc(context));
    sn_explorer_->result.status = number;
    if (number == SIGABRT)
        sn_machine_fail(SN_VERDICT_ABORTED, "SIGABRT");
    sn_machine_fail(SN_VERDICT_SIGNALLED, "%s at address %p", strsignal(number), info->si_addr);
}

static _Noreturn void fail_as_hang(void)
{
    if (sn_explorer_->sleeps)
        sn_machine_fail(SN_VERDICT_CUT, SN_SLEEPS_TEXT);
    sn_machine_fail(SN_VERDICT_HANG, "a strand has run for %d s without a step that the checker could see",
                    SN_HANG_SECONDS);
}

/* The one who watches a forked run has lost patience. */
static void on_alarm(int number)
{
    (void)number;
    if (sn_machine_is_on())
        fail_as_hang();
}

void sn_crash_heed_watcher(void)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaction(SN_HANG_SIGNAL, &action, NULL);
}

/* Every second: a run that goes on for too long without a step has to be ended from here. */
static void on_tick(int number)
{
    (void)number;
    uint64_t now = sn_explorer_->steps_before + sn_explorer_->trace.count;
    watch->ticks = now == watch->run ? watch->ticks + 1 : 0;
    watch->run = now;
    if (watch->ticks < SN_HANG_SECONDS || !sn_machine_is_on())
        return;
    watch->ticks = 0;
    fail_as_hang();
}

void sn_crash_watch(void)
{
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART};
    struct itimerval each_second = {{1, 0}, {1, 0}};
    if (!watch)
        watch = sn_check_share(sizeof *watch);
    watch->ticks = 0;
    sigaction(SIGALRM, &action, &watch->alarm_before);
    setitimer(ITIMER_REAL, &each_second, &watch->timer_before);
}

void sn_crash_watch_no_more(void)
{
    setitimer(ITIMER_REAL, &watch->timer_before, NULL);
    sigaction(SIGALRM, &watch->alarm_before, NULL);
}

void sn_crash_catch(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    if (!crash.stack)
        crash.stack = sn_check_share(STACK_SIZE);
    stack_t alternative = {.ss_sp = crash.stack, .ss_size = STACK_SIZE};
    sigaltstack(&alternative, &crash.stack_before);
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &action, &crash.before[i]);
}

void sn_crash_let_go(void)
{
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &crash.before[i], NULL);
    sigaltstack(&crash.stack_before, NULL);
}
