/* thread.c - OS threads as objects.       Layer: thread.   Checked by: tests/unit/thread.c, tests/model/thread.c
 *
 * The object has two owners, the handle and the thread itself; the last one frees it. The thread's last step with it is
 * to set `state`, on which joiners sleep in the lot. A joiner then joins the OS thread too, so that its stack is gone
 * when the join returns; the OS thread of a handle that was given up is left to the system.
 */
#include "thread/thread.h"

#include "base/error.h"
#include "base/panic.h"
#include "park/lot.h"
#include "plat/context.h"

#include <sennit/thread.h>
#include <sennit/try.h>
#include <stdlib.h>

enum { RUNS, ENDED };

struct sennit_thread {
    uint32_t owners; /* atomic */
    uint32_t state;  /* atomic: RUNS or ENDED */
    int error;       /* const: why it could not be started, or 0 */
    void *(*function)(void *);
    void *arg;
    void *result;             /* written before ENDED */
    sn_plat_thread os_thread; /* const once the handle is out */
    void *base[24];           /* own thread only: where an uncaught error comes out */
};

static struct sennit_thread no_memory = {.error = -ENOMEM, .state = ENDED};
static uint32_t running; /* atomic: threads that have not ended */

static void release(sennit_thread *thread)
{
    if (thread != &no_memory && sn_add(&thread->owners, -1u) == 1)
        free(thread);
}

/* As in Python, an error that a thread does not catch ends that thread alone. */
static __attribute__((noreturn)) void uncaught(sn_strand *self, sennit_error *error)
{
    sn_error_report(error, self->name);
    sn_error_free(error);
    sn_context_restore(sn_os_self()->thread->base, 1);
}

static const struct sn_parker started_parker = {sn_thread_sleep, sn_thread_wake, uncaught};

static void *run(void *raw)
{
    sennit_thread *thread = raw;
    sn_os *os = sn_os_self();
    os->thread = thread;
    os->strand.parker = &started_parker;
    sn_tell_runs(thread->function);
    sn_tell_holds("thread", &thread->state, true, NULL);

    if (sennit_context_save(thread->base) == 0)
        thread->result = thread->function(thread->arg);

    sn_tell_point("end", "thread", &thread->state, "");
    sn_store(&thread->state, ENDED);
    sn_lot_wake(&thread->state, SIZE_MAX);
    release(thread);
    sn_add(&running, -1u);
    sn_lot_wake(&running, SIZE_MAX);
    return NULL;
}

sennit_thread *sennit_thread_start(void *(*function)(void *), void *arg)
{
    sennit_thread *thread = calloc(1, sizeof *thread);
    if (!thread)
        return &no_memory;
    sn_strand_self(); /* so that the end of the program waits for the new thread */
    thread->owners = 2;
    thread->function = function;
    thread->arg = arg;
    sn_tell_point("start", "thread", &thread->state, NULL);
    sn_add(&running, 1);
    int error = sn_thread_start(&thread->os_thread, run, thread);
    if (error) {
        sn_add(&running, -1u);
        thread->owners = 1;
        thread->error = error;
    }
    return thread;
}

int sennit_thread_join_at(sennit_thread *thread, void **result, sennit_duration timeout, const char *site)
{
    if (result)
        *result = NULL;
    if (sn_os_self()->thread == thread && !sn_strand_self()->is_task)
        return sn_misuse("sennit_thread_join", site, -EDEADLK, "a thread can't join itself");
    int error = thread->error;
    sn_tell_point("join", "thread", &thread->state, site);
    if (!error) {
        int64_t deadline = sn_deadline(timeout);
        while (sn_load(&thread->state) == RUNS)
            if (sn_lot_park(&thread->state, UINT32_MAX, RUNS, deadline, "the end of a thread", site) ==
                SN_LOT_TIMED_OUT)
                return -ETIMEDOUT;
        sn_thread_join(thread->os_thread);
        if (result)
            *result = thread->result;
    }
    release(thread);
    return error;
}

void sennit_thread_detach(sennit_thread *thread)
{
    sn_tell_point("detach", "thread", &thread->state, NULL);
    if (!thread->error)
        sn_thread_detach(thread->os_thread);
    release(thread);
}

void sn_thread_wait_for_all(void)
{
    uint32_t self = sn_os_self()->thread != NULL, left;
    while ((left = sn_load(&running)) > self)
        sn_lot_park(&running, UINT32_MAX, left, SENNIT_FOREVER, "the program's threads, to end", NULL);
}

/* For bindings and function pointers; everybody else gets the macros of the same name. */
int(sennit_thread_join)(sennit_thread *thread)
{
    return sennit_thread_join_at(thread, NULL, SENNIT_FOREVER, NULL);
}

int(sennit_thread_join_result)(sennit_thread *thread, void **result)
{
    return sennit_thread_join_at(thread, result, SENNIT_FOREVER, NULL);
}

int(sennit_thread_join_timeout)(sennit_thread *thread, sennit_duration timeout)
{
    return sennit_thread_join_at(thread, NULL, timeout, NULL);
}
