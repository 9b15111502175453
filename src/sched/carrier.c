/* carrier.c - OS threads that carry workers: finding work, sleeping, waking each other.       Layer: sched.
 *                                                                  Checked by: tests/unit/sched.c
 * Everything shared here is under one guard, the deques aside. A worker is in one of three places: free, carried (the
 * carrier's os->worker), or on its way to a sleeping OS thread that was chosen to carry it (also os->worker).
 *
 * Waking: whoever adds work calls cover(), which sees to it that where a worker is free and there is something to do,
 * one carrier at most is on its way to look for it; when that one finds work it calls cover() again, so that as many come
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
#include "base/panic.h"
#include "sched/sched.h"

#include <sennit/runtime.h>
#include <stdlib.h>

enum { TIMERS_EVERY = 64, END_GRACE_MS = 20 };

static struct {
    sn_guard guard;
    bool is_up;       /* atomic: written once, under the guard */
    unsigned workers; /* const once up */
    sn_worker *all;   /* const once up: an array */
    bool hungry;      /* atomic: a worker is free, and nobody is on the way to look for work */

    /* under the guard */
    sn_worker *free;
    unsigned free_count;
    sn_task *first, **last; /* the run queue; `first` is atomic for sn_sched_has_ready */
    sn_timer_heap timers;
    sn_os *idle;    /* sleeping carriers-to-be, the latest first */
    sn_os *watcher; /* the idle one that sleeps until the first deadline; NULL: none */
    sn_os *guests, **last_guest;
    unsigned searching; /* carriers that were woken and have not found work yet */
    unsigned helpers;
    uint32_t busy; /* carriers that run a task; the end of the program sleeps on it */
    bool stopping;
} the;

/* The runtime's own threads, in the order of their start, for the end of the program. */
struct helper {
    struct helper *next;
    sn_plat_thread thread;
    sn_worker *first_worker;
};
static struct helper *all_helpers; /* under the guard */

static void *helper_main(void *raw);

/* Both under the guard. */
static sn_worker *take_free(void)
{
    sn_worker *worker = the.free;
    if (worker) {
        the.free = worker->next_free;
        the.free_count--;
    }
    return worker;
}

static void put_free(sn_worker *worker)
{
    sn_os *guest = the.guests;
    if (guest) {
        the.guests = guest->next_waiting;
        if (!the.guests)
            the.last_guest = &the.guests;
        sn_store(&guest->worker, worker);
        sn_os_wake(guest);
        return;
    }
    worker->next_free = the.free;
    the.free = worker;
    the.free_count++;
}

static void update_hungry(void)
{
    sn_store(&the.hungry, the.free && the.searching == 0 && (the.idle || the.helpers < the.workers) && !the.stopping);
}

static void append(sn_task *task)
{
    task->next = NULL;
    if (the.first) {
        *the.last = task;
        the.last = &task->next;
    } else {
        the.last = &task->next;
        sn_store_relaxed(&the.first, task); /* relaxed: sn_sched_has_ready only guesses */
    }
}

static sn_task *take_ready(void)
{
    sn_task *task = the.first;
    if (task)
        sn_store_relaxed(&the.first, task->next);
    return task;
}

static void remove_idle(sn_os *os)
{
    sn_os **at = &the.idle;
    while (*at != os)
        at = &(*at)->next_waiting;
    *at = os->next_waiting;
    os->is_idle = false;
}

/* Called where no thread could be started: the others go on with what there is. */
static void start_helper(sn_worker *worker)
{
    struct helper *helper = calloc(1, sizeof *helper);
    int error = -ENOMEM;
    if (helper) {
        helper->first_worker = worker;
        sn_guard_lock(&the.guard);
        helper->next = all_helpers;
        all_helpers = helper;
        error = sn_thread_start(&helper->thread, helper_main, helper);
        if (error)
            all_helpers = helper->next;
        sn_guard_unlock(&the.guard);
    }
    if (!error)
        return;
    free(helper);
    sn_complain("could not start a worker's thread (error %d); the others do its work", error);
    sn_guard_lock(&the.guard);
    the.searching--; /* `helpers` stays: it is not tried again */
    put_free(worker);
    update_hungry();
    sn_guard_unlock(&the.guard);
}

static bool something_to_steal(void)
{
    for (unsigned i = 0; the.workers > 1 && i < the.workers; i++)
        if (!sn_deque_is_empty(&the.all[i].deque))
            return true;
    return false;
}

/* Under the guard, which it unlocks. */
static void cover(void)
{
    sn_os *chosen = NULL;
    sn_worker *for_new = NULL;
    bool watch = the.timers.count && !the.watcher;
    if (the.free && the.searching == 0 && (the.first || watch || something_to_steal())) {
        if (the.idle) {
            chosen = the.idle;
            remove_idle(chosen);
            chosen->searches = true;
            the.searching++;
            sn_store(&chosen->worker, take_free());
        } else if (the.helpers < the.workers && !the.stopping) {
            the.helpers++;
            the.searching++;
            for_new = take_free();
        }
    }
    update_hungry();
    sn_guard_unlock(&the.guard);
    if (chosen)
        sn_os_wake(chosen);
    if (for_new)
        start_helper(for_new);
}

void sn_sched_ready(sn_task *task)
{
    sn_os *os = sn_os_self();
    sn_guard_lock(&the.guard);
    append(task);
    if (sn_peek(&os->worker) && os->current == &os->strand)
        sn_guard_unlock(&the.guard); /* a carrier between two tasks: it looks at the queue next, and then covers */
    else
        cover();
}

bool sn_sched_has_ready(void)
{
    return sn_load_relaxed(&the.first) != NULL; /* relaxed: a guess */
}

bool sn_sched_is_serial(void)
{
    return the.workers == 1;
}

void sn_sched_left_behind(void)
{
    if (!sn_load(&the.hungry))
        return;
    sn_guard_lock(&the.guard);
    cover();
}

void sn_sched_borrow_worker(sn_os *os)
{
    sn_guard_lock(&the.guard);
    sn_worker *worker = take_free();
    if (worker) {
        sn_store(&os->worker, worker);
        update_hungry();
        sn_guard_unlock(&the.guard);
        return;
    }
    os->next_waiting = NULL;
    *the.last_guest = os;
    the.last_guest = &os->next_waiting;
    sn_guard_unlock(&the.guard);
    sn_note(&os->strand.waits_for, "a worker, for an async call");
    while (!sn_load(&os->worker))
        sn_os_sleep(os, SENNIT_FOREVER);
    sn_note(&os->strand.waits_for, NULL);
}

void sn_sched_return_worker(sn_os *os)
{
    sn_guard_lock(&the.guard);
    put_free(sn_peek(&os->worker));
    sn_store(&os->worker, NULL);
    cover();
}

/* Under the guard. */
static bool is_due(void)
{
    sn_timer *first = sn_timer_heap_first(&the.timers);
    return first && first->deadline <= sn_now();
}

/* Under the guard, which is free while a timer's function runs. Returns true if it has fired one. */
static bool fire_due(void)
{
    if (!is_due())
        return false;
    sn_timer *timer = sn_timer_heap_first(&the.timers);
    sn_timer_heap_remove(&the.timers, timer);
    if (timer->waiter) {
        sn_task *task = (sn_task *)timer->waiter->strand;
        bool asleep;
        if (sn_waiter_claim(timer->waiter, SN_TIMED_OUT, &asleep) && asleep)
            append(task);
        return true;
    }
    sn_guard_unlock(&the.guard);
    timer->fire(timer);
    sn_guard_lock(&the.guard);
    return true;
}

/* From a random one on, so that thieves do not all begin with the same. */
static sn_task *steal(sn_worker *own)
{
    own->random = own->random * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
    unsigned start = (unsigned)(own->random >> 33) % the.workers;
    for (unsigned i = 0; i < the.workers; i++) {
        sn_worker *victim = &the.all[(start + i) % the.workers];
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
        the.searching--;
    }
}

/* Under the guard, with a worker; the guard is free for moments. The next task, or NULL. */
static sn_task *find_work(sn_os *os)
{
    bool timers_first =
        the.workers > 1 && ++os->runs % TIMERS_EVERY == 0; /* with one worker, as in TypeScript, never */
    sn_task *task;
    if (timers_first)
        fire_due();
    while (!(task = take_ready()) && fire_due())
        ;
    if (!task && the.workers > 1) {
        sn_guard_unlock(&the.guard);
        task = steal(sn_peek(&os->worker));
        sn_guard_lock(&the.guard);
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
    sn_timer *first = sn_timer_heap_first(&the.timers);
    /* Whoever comes last watches: it is the warmest, and the main thread if that waits. */
    if (first) {
        the.watcher = os;
        if (first->deadline < deadline)
            deadline = first->deadline;
    }
    os->is_idle = true;
    os->next_waiting = the.idle;
    the.idle = os;
    update_hungry();
    if (the.free && something_to_steal()) { /* left behind before `hungry` was up */
        sn_store(&os->worker, take_free());
    } else {
        sn_guard_unlock(&the.guard);
        sn_os_sleep(os, deadline);
        sn_guard_lock(&the.guard);
    }
    if (os->is_idle)
        remove_idle(os);
    if (the.watcher == os)
        the.watcher = NULL;
}

/* Under the guard. Returns false if there was nothing to do, and then the worker is free again. */
static bool work(sn_os *os)
{
    sn_worker *worker = sn_peek(&os->worker);
    sn_task *task = NULL;
    if (the.guests) { /* before all else */
        stop_searching(os);
        sn_store(&os->worker, NULL);
        put_free(worker);
        return false;
    }
    task = find_work(os);
    stop_searching(os);
    if (task) {
        sn_store(&the.busy, the.busy + 1);
        cover();
        run(os, task);
        sn_guard_lock(&the.guard);
        sn_store(&the.busy, the.busy - 1);
        if (the.stopping)
            sn_futex_wake(&the.busy, 1);
        return true;
    }
    sn_store(&os->worker, NULL);
    put_free(worker);
    return false;
}

static bool is_over(const sn_waiter *waiter)
{
    return waiter ? sn_waiter_is_claimed(waiter) : the.stopping;
}

/* Carry workers until `waiter` is claimed (the deadline claims it too), or, with NULL, until the runtime stops. */
static void carry(sn_os *os, sn_waiter *waiter, int64_t deadline)
{
    sn_guard_lock(&the.guard);
    while (!is_over(waiter)) {
        bool ignored;
        if (deadline != SENNIT_FOREVER && sn_now() >= deadline) {
            sn_waiter_claim(waiter, SN_TIMED_OUT, &ignored);
            break;
        }
        if (!sn_peek(&os->worker) && (the.first || is_due()))
            sn_store(&os->worker, take_free());
        if (sn_peek(&os->worker) && work(os))
            continue;
        bool more = the.first && the.free;
        if (!more && !is_over(waiter))
            sleep_idle(os, deadline);
    }
    stop_searching(os);
    sn_worker *worker = sn_peek(&os->worker);
    if (worker) {
        sn_store(&os->worker, NULL);
        put_free(worker);
    }
    cover();
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

/* The main thread lends itself while it waits. */
static void main_sleep(sn_strand *self, sn_waiter *waiter, int64_t deadline)
{
    sn_os *os = (sn_os *)self;
    uint32_t state = SN_ARMED;
    if (!sn_load(&the.is_up)) {
        sn_thread_sleep(self, waiter, deadline);
        return;
    }
    if (!sn_compare_exchange(&waiter->state, &state, SN_PARKED))
        return;
    carry(os, waiter, deadline);
}

const struct sn_parker sn_main_parker = {main_sleep, sn_thread_wake, sn_thread_uncaught};

bool sn_timer_set(sn_timer *timer, int64_t deadline)
{
    timer->deadline = deadline;
    sn_guard_lock(&the.guard);
    bool added = sn_timer_heap_add(&the.timers, timer);
    sn_os *watcher = added && sn_timer_heap_first(&the.timers) == timer ? the.watcher : NULL;
    if (watcher)
        sn_os_wake(watcher); /* to watch this one instead */
    cover();
    return added;
}

bool sn_timer_stop(sn_timer *timer)
{
    sn_guard_lock(&the.guard);
    bool in_time = timer->place != 0;
    if (in_time)
        sn_timer_heap_remove(&the.timers, timer);
    sn_guard_unlock(&the.guard);
    return in_time;
}

void sn_sched_start(void)
{
    if (sn_load(&the.is_up))
        return;
    sn_guard_lock(&the.guard);
    if (!the.is_up) {
        the.workers = sn_runtime_close_configuration();
        the.all = calloc(the.workers, sizeof *the.all);
        if (!the.all)
            sn_panic("no memory for %u workers", the.workers);
        the.last_guest = &the.guests;
        for (unsigned i = the.workers; i-- > 0;) {
            the.all[i].random = sn_random();
            put_free(&the.all[i]);
        }
        update_hungry();
        sn_store(&the.is_up, true);
    }
    sn_guard_unlock(&the.guard);
}

/* Wait, for a moment, until no carrier runs a task: one whose end woke the caller may still be on its way out. */
static bool nothing_runs(void)
{
    int64_t deadline = sn_deadline(sennit_ms(END_GRACE_MS));
    for (uint32_t busy; (busy = sn_load(&the.busy)) > 0;)
        if (sn_futex_wait(&the.busy, busy, deadline) == -ETIMEDOUT)
            return false;
    return true;
}

void sn_sched_stop(void)
{
    if (!sn_load(&the.is_up))
        return;
    sn_guard_lock(&the.guard);
    the.stopping = true;
    update_hungry();
    for (sn_os *os = the.idle; os; os = os->next_waiting)
        sn_os_wake(os);
    struct helper *helper = all_helpers;
    sn_guard_unlock(&the.guard);

    /* A helper that still runs a task is left to the system: the task may never end. */
    bool all_end = nothing_runs();
    while (helper) {
        struct helper *next = helper->next;
        if (all_end) {
            sn_plat_thread_join(helper->thread);
            free(helper);
        } else {
            sn_plat_thread_detach(helper->thread);
        }
        helper = next;
    }
    for (unsigned i = 0; all_end && i < the.workers; i++) {
        sn_task_drop_cache(&the.all[i]);
        sn_deque_free(&the.all[i].deque);
    }
}

bool sn_sched_is_quiet(void)
{
    if (!sn_load(&the.is_up))
        return true;
    sn_guard_lock(&the.guard);
    bool quiet = !the.first && !the.timers.count && the.free_count == the.workers && !the.guests;
    sn_guard_unlock(&the.guard);
    return quiet;
}
