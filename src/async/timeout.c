/* timeout.c - delays, and functions that are called later.       Layer: async.
 * Checked by: tests/unit/timer.c, tests/model/timeout.c
 *
 * A timeout's id names a slot of a table and how often the slot was used before, so that an old id names nothing.
 */
#include <sennit/timer.h>

#include "async/promise.h"
#include "base/error.h"
#include "base/list.h"
#include "sched/sched.h"

#include <sennit/promise.h>
#include <stdlib.h>

/* A delay: a promise and the timer that fulfils it. */
struct delay {
    sn_timer timer;
    sennit_promise *promise;
};

static void delay_is_over(sn_timer *timer)
{
    struct delay *delay = sn_container_of(timer, struct delay, timer);
    sn_promise_fulfil(delay->promise);
    free(delay);
}

sennit_promise *sennit_delay(sennit_duration duration)
{
    struct delay *delay = malloc(sizeof *delay);
    if (!delay)
        return sn_promise_no_memory();
    sennit_promise *promise = sn_promise_new(0);
    if (!promise) {
        free(delay);
        return sn_promise_no_memory();
    }
    sn_sched_start();
    *delay = (struct delay){.timer = {.fire = delay_is_over}, .promise = promise};
    if (!sn_timer_start(&delay->timer, duration)) {
        free(delay);
        sn_promise_reject(promise, sn_error_make(NULL, -ENOMEM, "no memory for a timer"));
    }
    return promise;
}

struct timeout {
    sn_timer timer;
    void (*function)(void *);
    void *arg;
    uint32_t slot;
    uint32_t use; /* how often the slot was used before */
};

struct slot {
    struct timeout *timeout; /* NULL: free, and then: */
    uint32_t use;
    uint32_t next_free;
};

enum { FIRST_SLOTS = 64, NO_SLOT = UINT32_MAX };

static sn_guard guard;
static struct slot *slots;            /* under guard */
static uint32_t room;                 /* under guard */
static uint32_t free_slots = NO_SLOT; /* under guard */

/* Under the guard. */
static bool more_slots(void)
{
    uint32_t more = room ? 2 * room : FIRST_SLOTS;
    struct slot *grown = realloc(slots, more * sizeof *grown);
    if (!grown)
        return false;
    slots = grown;
    for (uint32_t i = more; i-- > room;) {
        slots[i] = (struct slot){NULL, 0, free_slots};
        free_slots = i;
    }
    room = more;
    return true;
}

static bool take_slot(struct timeout *timeout)
{
    sn_guard_lock(&guard);
    bool there = free_slots != NO_SLOT || more_slots();
    if (there) {
        struct slot *slot = &slots[free_slots];
        timeout->slot = free_slots;
        timeout->use = ++slot->use;
        free_slots = slot->next_free;
        slot->timeout = timeout;
    }
    sn_guard_unlock(&guard);
    return there;
}

/* Under the guard. */
static void free_slot(struct timeout *timeout)
{
    slots[timeout->slot].timeout = NULL;
    slots[timeout->slot].next_free = free_slots;
    free_slots = timeout->slot;
}

static void run_timeout(sn_task *task)
{
    struct timeout *timeout = *(struct timeout **)task->arguments;
    void (*function)(void *) = timeout->function;
    void *arg = timeout->arg;
    free(timeout);
    function(arg);
    sn_promise_drop_made(&task->made);
    sn_end_wait_for(-1);
}

static void fire(sn_timer *timer)
{
    struct timeout *timeout = sn_container_of(timer, struct timeout, timer);
    sn_task *task = sn_task_new("a timeout", run_timeout, sizeof(struct timeout *));
    if (!task) { /* no stack for it now: try again soon. The heap has room, since this timer was just in it. */
        sn_timer_start(timer, sennit_ms(1));
        return;
    }
    sn_guard_lock(&guard);
    free_slot(timeout);
    sn_guard_unlock(&guard);
    *(struct timeout **)task->arguments = timeout;
    task->promise = NULL;
    sn_task_call(task);
}

sennit_timer_id sennit_set_timeout(void (*function)(void *), void *arg, sennit_duration duration)
{
    sn_tell_point("set", "timer", &slots, NULL);
    struct timeout *timeout = malloc(sizeof *timeout);
    if (!timeout)
        return 0;
    sn_sched_start();
    *timeout = (struct timeout){.timer = {.fire = fire}, .function = function, .arg = arg};
    if (!take_slot(timeout)) {
        free(timeout);
        return 0;
    }
    sennit_timer_id id = (uint64_t)timeout->use << 32 | timeout->slot; /* read now: it may fire at once */
    sn_strand_self();                                                  /* so that the end of the program waits */
    sn_end_wait_for(1);
    if (!sn_timer_start(&timeout->timer, duration)) {
        sn_guard_lock(&guard);
        free_slot(timeout);
        sn_guard_unlock(&guard);
        sn_end_wait_for(-1);
        free(timeout);
        return 0;
    }
    return id;
}

bool sennit_clear_timeout(sennit_timer_id id)
{
    uint32_t place = (uint32_t)id, use = (uint32_t)(id >> 32);
    struct timeout *stopped = NULL;
    sn_tell_point("clear", "timer", &slots, NULL);
    sn_guard_lock(&guard);
    if (use && place < room && slots[place].use == use && slots[place].timeout) {
        stopped = slots[place].timeout;
        if (sn_timer_stop(&stopped->timer))
            free_slot(stopped);
        else
            stopped = NULL; /* it fires at this moment */
    }
    sn_guard_unlock(&guard);
    if (!stopped)
        return false;
    sn_end_wait_for(-1);
    free(stopped);
    return true;
}
