/* pool.c - workers, the run queue, timers, and who is woken to carry a worker.       Layer: sched.
 *                                                                  Checked by: tests/unit/async.c, tests/model/pool.c
 * Everything shared here is under one guard, the deques aside. A worker is in one of three places: free, carried (the
 * carrier's os->worker), or on its way to a sleeping OS thread that was chosen to carry it (also os->worker).
 *
 * Waking: whoever adds work calls sn_pool_cover, which sees to it that where a worker is free and there is something to do,
 * one carrier at most is on its way to look for it; when that one finds work it calls that again, so that as many come
 * as there is work for. While a timer is set and a worker is free, one idle thread, the watcher, sleeps only until the
 * first deadline.
 *
 * Falling asleep: a carrier that finds nothing frees its worker, which raises `hungry`, and then looks at all deques
 * again. Whoever leaves a continuation behind writes its deque first and looks at `hungry` second; both are sequentially
 * consistent, so one of the two sees the other.
 *
 * Guests (OS threads in an async call) that find no free worker queue for one; they are served before all else, since
 * their caller waits.
 */
#include "sched/pool.h"

#include "base/panic.h"

#include <stdlib.h>

enum { MOST_LAG = 50 * 1000 * 1000 }; /* 50 ms */

struct sn_pool sn_pool;

sn_worker *sn_pool_take_worker(void)
{
    sn_worker *worker = sn_pool.free;
    if (worker) {
        sn_pool.free = worker->next_free;
        sn_pool.free_count--;
    }
    return worker;
}

void sn_pool_free_worker(sn_worker *worker)
{
    sn_os *guest = sn_pool.guests;
    if (guest) {
        sn_pool.guests = guest->next_waiting;
        if (!sn_pool.guests)
            sn_pool.last_guest = &sn_pool.guests;
        sn_store(&guest->worker, worker);
        sn_os_wake(guest);
        return;
    }
    worker->next_free = sn_pool.free;
    sn_pool.free = worker;
    sn_pool.free_count++;
}

void sn_pool_update_hungry(void)
{
    sn_store(&sn_pool.hungry, sn_pool.free && sn_pool.searching == 0 &&
                                  (sn_pool.idle || sn_pool.helpers < sn_pool.workers) && !sn_pool.stopping);
}

void sn_pool_append(sn_task *task)
{
    task->next = NULL;
    if (sn_pool.first) {
        *sn_pool.last = task;
        sn_pool.last = &task->next;
    } else {
        sn_pool.last = &task->next;
        sn_store_relaxed(&sn_pool.first, task); /* relaxed: sn_sched_has_ready only guesses */
    }
}

sn_task *sn_pool_take_task(void)
{
    sn_task *task = sn_pool.first;
    if (task)
        sn_store_relaxed(&sn_pool.first, task->next);
    return task;
}

void sn_pool_remove_idle(sn_os *os)
{
    sn_os **at = &sn_pool.idle;
    while (*at != os)
        at = &(*at)->next_waiting;
    *at = os->next_waiting;
    os->is_idle = false;
}

bool sn_pool_has_left_behind(void)
{
    for (unsigned i = 0; sn_pool.workers > 1 && i < sn_pool.workers; i++)
        if (!sn_deque_is_empty(&sn_pool.all[i].deque))
            return true;
    return false;
}

void sn_pool_cover(void)
{
    sn_os *chosen = NULL;
    sn_worker *for_new = NULL;
    bool watch = sn_pool.timers.count && !sn_pool.watcher;
    if (sn_pool.free && sn_pool.searching == 0 && (sn_pool.first || watch || sn_pool_has_left_behind())) {
        if (sn_pool.idle) {
            chosen = sn_pool.idle;
            sn_pool_remove_idle(chosen);
            chosen->searches = true;
            sn_pool.searching++;
            sn_store(&chosen->worker, sn_pool_take_worker());
        } else if (sn_pool.helpers < sn_pool.workers && !sn_pool.stopping) {
            sn_pool.helpers++;
            sn_pool.searching++;
            for_new = sn_pool_take_worker();
        }
    }
    sn_pool_update_hungry();
    sn_guard_unlock(&sn_pool.guard);
    if (chosen)
        sn_os_wake(chosen);
    if (for_new)
        sn_carrier_start_helper(for_new);
}

void sn_sched_ready(sn_task *task)
{
    sn_os *os = sn_os_self();
    sn_guard_lock(&sn_pool.guard);
    sn_pool_append(task);
    if (sn_peek(&os->worker) && os->current == &os->strand)
        sn_guard_unlock(&sn_pool.guard); /* a carrier between two tasks: it looks at the queue next, and then covers */
    else
        sn_pool_cover();
}

bool sn_sched_has_ready(void)
{
    return sn_load_relaxed(&sn_pool.first) != NULL; /* relaxed: a guess */
}

bool sn_sched_is_serial(void)
{
    return sn_pool.workers == 1;
}

void sn_sched_left_behind(void)
{
    if (!sn_load(&sn_pool.hungry))
        return;
    sn_guard_lock(&sn_pool.guard);
    sn_pool_cover();
}

void sn_sched_borrow_worker(sn_os *os)
{
    sn_guard_lock(&sn_pool.guard);
    sn_worker *worker = sn_pool_take_worker();
    sn_pool.turn = sn_now();
    if (worker) {
        sn_store(&os->worker, worker);
        sn_pool_update_hungry();
        sn_guard_unlock(&sn_pool.guard);
        return;
    }
    os->next_waiting = NULL;
    *sn_pool.last_guest = os;
    sn_pool.last_guest = &os->next_waiting;
    sn_guard_unlock(&sn_pool.guard);
    sn_note(&os->strand.waits_for, "a worker, for an async call");
    while (!sn_load(&os->worker))
        sn_os_sleep(os, SENNIT_FOREVER);
    sn_note(&os->strand.waits_for, NULL);
}

void sn_sched_return_worker(sn_os *os)
{
    sn_guard_lock(&sn_pool.guard);
    sn_pool_free_worker(sn_peek(&os->worker));
    sn_store(&os->worker, NULL);
    sn_pool_cover();
}

static bool add_timer(sn_timer *timer, int64_t deadline, int64_t rank)
{
    timer->deadline = deadline;
    timer->rank = rank;
    bool added = sn_timer_heap_add(&sn_pool.timers, timer);
    sn_os *watcher = added && sn_timer_heap_first(&sn_pool.timers) == timer ? sn_pool.watcher : NULL;
    if (watcher)
        sn_os_wake(watcher); /* to watch this one instead */
    sn_pool_cover();
    return added;
}

bool sn_timer_set(sn_timer *timer, int64_t deadline)
{
    sn_guard_lock(&sn_pool.guard);
    return add_timer(timer, deadline, deadline);
}

bool sn_timer_start(sn_timer *timer, sennit_duration duration)
{
    int64_t deadline = sn_deadline(duration < 0 ? 0 : duration), rank = deadline;
    sn_guard_lock(&sn_pool.guard);
    if (sn_pool.workers == 1 && duration < SENNIT_FOREVER / 2) {
        /* Not before the turn's own time, and not too long before: a timer that is first by its rank, but not due yet,
         * keeps those behind it waiting. */
        int64_t now = deadline - (duration < 0 ? 0 : duration);
        int64_t lag = now - sn_pool.turn;
        rank -= lag < MOST_LAG ? lag : MOST_LAG;
    }
    return add_timer(timer, deadline, rank);
}

bool sn_timer_stop(sn_timer *timer)
{
    sn_guard_lock(&sn_pool.guard);
    bool in_time = timer->place != 0;
    if (in_time)
        sn_timer_heap_remove(&sn_pool.timers, timer);
    sn_guard_unlock(&sn_pool.guard);
    return in_time;
}

void sn_sched_start(void)
{
    if (sn_load(&sn_pool.is_up))
        return;
    sn_guard_lock(&sn_pool.guard);
    if (!sn_pool.is_up) {
        sn_pool.workers = sn_runtime_close_configuration();
        sn_pool.all = calloc(sn_pool.workers, sizeof *sn_pool.all);
        if (!sn_pool.all)
            sn_panic("no memory for %u workers", sn_pool.workers);
        sn_pool.last_guest = &sn_pool.guests;
        for (unsigned i = sn_pool.workers; i-- > 0;) {
            sn_pool.all[i].random = sn_random();
            sn_pool_free_worker(&sn_pool.all[i]);
        }
        sn_pool_update_hungry();
        sn_store(&sn_pool.is_up, true);
    }
    sn_guard_unlock(&sn_pool.guard);
}

bool sn_sched_is_quiet(void)
{
    if (!sn_load(&sn_pool.is_up))
        return true;
    sn_guard_lock(&sn_pool.guard);
    bool quiet = !sn_pool.first && !sn_pool.timers.count && sn_pool.free_count == sn_pool.workers && !sn_pool.guests;
    sn_guard_unlock(&sn_pool.guard);
    return quiet;
}
