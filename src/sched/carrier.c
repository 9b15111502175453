/* carrier.c - OS threads that carry workers: finding work, sleeping, the runtime's own threads.       Layer: sched.
 *                                                                  Checked by: tests/unit/async.c, tests/model/pool.c
 * Which thread is woken when, and the protocol of falling asleep, is in pool.c.
 */
#include "base/panic.h"
#include "sched/pool.h"

#include <stdlib.h>

enum { TIMERS_EVERY = 64, END_GRACE_MS = 20 };

/* The runtime's own threads, in the order of their start, for the end of the program. */
struct helper {
    struct helper *next;
    sn_plat_thread thread;
    sn_worker *first_worker;
};

static struct helper *all_helpers; /* under the guard */

/* Under the guard. */
static bool is_due(void)
{
    sn_timer *first = sn_timer_heap_first(&sn_pool.timers);
    sn_pool.turn = sn_now();
    return first && first->deadline <= sn_pool.turn;
}

/* Under the guard, which is free while a timer's function runs. Returns true if it has fired one. */
static bool fire_due(void)
{
    if (!is_due())
        return false;
    sn_timer *timer = sn_timer_heap_first(&sn_pool.timers);
    sn_timer_heap_remove(&sn_pool.timers, timer);
    if (timer->waiter) {
        sn_task *task = (sn_task *)timer->waiter->strand;
        bool asleep;
        if (sn_waiter_claim(timer->waiter, SN_TIMED_OUT, &asleep) && asleep)
            sn_pool_append(task);
        return true;
    }
    sn_guard_unlock(&sn_pool.guard);
    timer->fire(timer);
    sn_guard_lock(&sn_pool.guard);
    return true;
}

/* From a random one on, so that thieves do not all begin with the same. */
static sn_task *steal(sn_worker *own)
{
    own->random = own->random * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
    unsigned start = (unsigned)(own->random >> 33) % sn_pool.workers;
    for (unsigned i = 0; i < sn_pool.workers; i++) {
        sn_worker *victim = &sn_pool.all[(start + i) % sn_pool.workers];
        sn_task *task = victim == own ? NULL : sn_deque_steal(&victim->deque);
        if (task)
            return task;
    }
    return NULL;
}

/* Under the guard. */
static void stop_searching(sn_os *os)
{
    if (os->searches) {
        os->searches = false;
        sn_pool.searching--;
    }
}

/* Under the guard, with a worker; the guard is free for moments. The next task, or NULL. */
static sn_task *find_work(sn_os *os)
{
    bool timers_first =
        sn_pool.workers > 1 && ++os->runs % TIMERS_EVERY == 0; /* with one worker, as in TypeScript, never */
    sn_task *task;
    if (timers_first)
        fire_due();
    while (!(task = sn_pool_take_task()) && fire_due())
        ;
    if (!task && sn_pool.workers > 1) {
        sn_guard_unlock(&sn_pool.guard);
        task = steal(sn_peek(&os->worker));
        sn_guard_lock(&sn_pool.guard);
    }
    return task;
}

static void run(sn_os *os, sn_task *task)
{
    sn_task_know_thread(os);
    os->current = &task->strand;
    sn_fiber_switch(os->fiber, &task->fiber);
    sn_task_arrived();
}

/* Under the guard, which is free during the sleep. No worker. */
static void sleep_idle(sn_os *os, int64_t deadline)
{
    sn_timer *first = sn_timer_heap_first(&sn_pool.timers);
    /* Whoever comes last watches: it is the warmest, and the main thread if that waits. Without a free worker there is
     * nothing that it could do when a timer is due; whoever frees one sees to a watcher (sn_pool_cover). */
    if (first && sn_pool.free) {
        sn_pool.watcher = os;
        if (first->deadline < deadline)
            deadline = first->deadline;
    }
    os->is_idle = true;
    os->next_waiting = sn_pool.idle;
    sn_pool.idle = os;
    sn_pool_update_hungry();
    if (sn_pool.free && sn_pool_has_left_behind()) { /* left behind before `hungry` was up */
        sn_store(&os->worker, sn_pool_take_worker());
    } else {
        sn_guard_unlock(&sn_pool.guard);
        sn_os_sleep(os, deadline);
        sn_guard_lock(&sn_pool.guard);
    }
    if (os->is_idle)
        sn_pool_remove_idle(os);
    if (sn_pool.watcher == os)
        sn_pool.watcher = NULL;
}

/* Under the guard. Returns false if there was nothing to do, and then the worker is free again. */
static bool work(sn_os *os)
{
    sn_worker *worker = sn_peek(&os->worker);
    sn_task *task = NULL;
    if (sn_pool.guests) { /* before all else */
        stop_searching(os);
        sn_store(&os->worker, NULL);
        sn_pool_free_worker(worker);
        return false;
    }
    task = find_work(os);
    stop_searching(os);
    if (task) {
        sn_store(&sn_pool.busy, sn_pool.busy + 1);
        sn_pool_cover();
        run(os, task);
        sn_guard_lock(&sn_pool.guard);
        sn_store(&sn_pool.busy, sn_pool.busy - 1);
        if (sn_pool.stopping)
            sn_futex_wake(&sn_pool.busy, 1);
        return true;
    }
    sn_store(&os->worker, NULL);
    sn_pool_free_worker(worker);
    return false;
}

static bool is_over(const sn_waiter *waiter)
{
    return waiter ? sn_waiter_is_claimed(waiter) : sn_pool.stopping;
}

/* Carry workers until `waiter` is claimed (the deadline claims it too), or, with NULL, until the runtime stops. */
static void carry(sn_os *os, sn_waiter *waiter, int64_t deadline)
{
    sn_guard_lock(&sn_pool.guard);
    while (!is_over(waiter)) {
        bool ignored;
        if (deadline != SENNIT_FOREVER && sn_now() >= deadline) {
            sn_waiter_claim(waiter, SN_TIMED_OUT, &ignored);
            break;
        }
        if (!sn_peek(&os->worker) && (sn_pool.first || is_due()))
            sn_store(&os->worker, sn_pool_take_worker());
        if (sn_peek(&os->worker) && work(os))
            continue;
        bool more = sn_pool.first && sn_pool.free;
        if (!more && !is_over(waiter))
            sleep_idle(os, deadline);
    }
    stop_searching(os);
    sn_worker *worker = sn_peek(&os->worker);
    if (worker) {
        sn_store(&os->worker, NULL);
        sn_pool_free_worker(worker);
    }
    sn_pool_cover();
}

static void *helper_main(void *raw)
{
    struct helper *helper = raw;
    sn_os *os = sn_os_self();
    os->is_helper = true;
    sn_note(&os->strand.name, "a helper of the runtime");
    os->searches = true;
    sn_store(&os->worker, helper->first_worker);
    carry(os, NULL, SENNIT_FOREVER);
    return NULL;
}

/* Called where no thread could be started: the others go on with what there is. */
void sn_carrier_start_helper(sn_worker *worker)
{
    struct helper *helper = calloc(1, sizeof *helper);
    int error = -ENOMEM;
    if (helper) {
        helper->first_worker = worker;
        sn_guard_lock(&sn_pool.guard);
        helper->next = all_helpers;
        all_helpers = helper;
        error = sn_thread_start(&helper->thread, helper_main, helper);
        if (error)
            all_helpers = helper->next;
        sn_guard_unlock(&sn_pool.guard);
    }
    if (!error)
        return;
    free(helper);
    sn_complain("could not start a worker's thread (error %d); the others do its work", error);
    sn_guard_lock(&sn_pool.guard);
    sn_pool.searching--; /* `helpers` stays: it is not tried again */
    sn_pool_free_worker(worker);
    sn_pool_update_hungry();
    sn_guard_unlock(&sn_pool.guard);
}

/* The main thread lends itself while it waits. */
static void main_sleep(sn_strand *self, sn_waiter *waiter, int64_t deadline)
{
    sn_os *os = (sn_os *)self;
    uint32_t state = SN_ARMED;
    if (!sn_load(&sn_pool.is_up)) {
        sn_thread_sleep(self, waiter, deadline);
        return;
    }
    if (!sn_compare_exchange(&waiter->state, &state, SN_PARKED))
        return;
    carry(os, waiter, deadline);
}

const struct sn_parker sn_main_parker = {main_sleep, sn_thread_wake, sn_thread_uncaught};

/* Wait, for a moment, until no carrier runs a task: one whose end woke the caller may still be on its way out. */
static bool nothing_runs(void)
{
    int64_t deadline = sn_deadline(sennit_ms(END_GRACE_MS));
    for (uint32_t busy; (busy = sn_load(&sn_pool.busy)) > 0;)
        if (sn_futex_wait(&sn_pool.busy, busy, deadline) == -ETIMEDOUT)
            return false;
    return true;
}

void sn_sched_stop(void)
{
    if (!sn_load(&sn_pool.is_up))
        return;
    sn_guard_lock(&sn_pool.guard);
    sn_pool.stopping = true;
    sn_pool_update_hungry();
    for (sn_os *os = sn_pool.idle; os; os = os->next_waiting)
        sn_os_wake(os);
    struct helper *helper = all_helpers;
    sn_guard_unlock(&sn_pool.guard);

    /* A helper that still runs a task is left to the system: the task may never end. */
    bool all_end = nothing_runs();
    while (helper) {
        struct helper *next = helper->next;
        if (all_end) {
            sn_thread_join(helper->thread);
            free(helper);
        } else {
            sn_thread_detach(helper->thread);
        }
        helper = next;
    }
    for (unsigned i = 0; all_end && i < sn_pool.workers; i++) {
        sn_task_drop_cache(&sn_pool.all[i]);
        sn_deque_free(&sn_pool.all[i].deque);
    }
}
