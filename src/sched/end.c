/* end.c - how a program ends: what its end waits for, and what it does when nothing can run any more.   Layer: sched.
 *                                             Checked by: tests/unit/end.c, tests/model/promise.c
 * exit() waits, in a handler that the first sennit call of the program registers, for threads, detached tasks and
 * pending timeouts.
 *
 * Nothing can run any more when no task is ready, no timer is set, and every OS thread sleeps without a deadline and
 * without a wake on its way. Each thread counts itself as it falls asleep, and the last one looks (park/strand.c). A
 * look at one thread after another could be fooled by a wake that goes round behind it, so it is done twice: a thread
 * that has not fallen asleep anew in between has slept all along, and so there was an instant at which all slept. If
 * the process has threads that sennit does not know, they might still do something, and nothing is said.
 */
#include "base/panic.h"
#include "park/lot.h"
#include "sched/sched.h"
#include "thread/thread.h"

#include <sennit/runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STATUS_DEADLOCK = 13 };

static uint32_t awaited; /* atomic: detached tasks and pending timeouts */
static sn_os *ender;     /* atomic: the thread that ends the program because of an error; NULL: none */
static int error_status; /* written before `ender` */
static bool has_waited;  /* the exiting thread only */

void sn_end_wait_for(int change)
{
    sn_add(&awaited, (uint32_t)change);
    if (change < 0)
        sn_lot_wake(&awaited, SIZE_MAX);
}

void sn_end_wait(void)
{
    uint32_t left;
    sn_thread_wait_for_all();
    while ((left = sn_load(&awaited)) > 0) {
        sn_lot_park(&awaited, UINT32_MAX, left, SENNIT_FOREVER, "detached tasks and timeouts, to end", NULL);
        sn_thread_wait_for_all();
    }
}

/* What exit() does to open files, without waiting for one that another thread is in. */
static void flush(void)
{
    if (ftrylockfile(stdin) == 0) {
        funlockfile(stdin);
        fflush(NULL);
    } else if (ftrylockfile(stdout) == 0) {
        fflush(stdout);
        funlockfile(stdout);
    }
}

/* Registered twice, because two threads may call exit at once: one that ends the program because of an error, and main,
 * at its end. exit() takes a handler off before it calls it, so each of the two gets one, and main's status of 0 can't
 * overtake the other's of 1:
 *
 *   T1 (error): exit(1), handler: _exit(1)      main: exit(0), handler: sleeps until T1 has ended the process
 */
static void at_exit(void)
{
    sn_os *self = sn_os_self(), *other = sn_load(&ender);
    if (other == self) {
        flush();
        _exit(error_status);
    }
    if (!other && !has_waited) {
        has_waited = true;
        sn_end_wait();
        sn_sched_stop();
    }
    while (sn_load(&ender))
        sn_os_sleep(sn_os_self(), SENNIT_FOREVER);
}

void sn_end_now(int status)
{
    sn_os *nobody = NULL;
    if (sn_compare_exchange(&ender, &nobody, sn_os_self())) {
        error_status = status;
        exit(status);
    }
    for (;;) /* another error was first */
        sn_os_sleep(sn_os_self(), SENNIT_FOREVER);
}

static bool all_doze(unsigned leaving)
{
    uint64_t naps = sn_os_all_doze();
    if (!naps || !sn_sched_is_quiet())
        return false;
    if (sn_thread_count() != sn_os_count() + leaving)
        return true;
    if (sn_os_all_doze() != naps)
        return false;
    sn_complain("deadlock: nothing can run any more, and this still waits:");
    sennit_report(STDERR_FILENO);
    _exit(STATUS_DEADLOCK);
}

static void dump(void)
{
    static const char head[] = "sennit: what everything waits for:\n";
    if (write(STDERR_FILENO, head, sizeof head - 1) < 0)
        return;
    sennit_report(STDERR_FILENO);
}

static void first_attach(void)
{
    if (atexit(at_exit) != 0 || atexit(at_exit) != 0)
        sn_panic("no memory for the handler of the program's end");
    sn_plat_on_quit_signal(dump);
}

__attribute__((constructor)) static void install(void)
{
    sn_runtime_hooks = (struct sn_runtime_hooks){first_attach, all_doze, &sn_main_parker};
}
