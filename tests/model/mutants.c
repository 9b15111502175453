/* mutants.c - wrong primitives, each wrong in one way that respected code has been wrong in: every one must be found.
 * What is right is beside what is wrong wherever only that shows what was missing. */
#include "model/model.h"

#include "park/lot.h"
#include "park/queue.h"
#include "plat/context.h"

static bool ready;

/* ---- 1. A condition that releases the lock before it queues: a notify between the two finds nobody. */

static sennit_lock lock;
static sn_guard guard;
static sn_waiter *waiters;

static void wait_released_first(void)
{
    sn_waiter waiter;
    sn_waiter_init(&waiter, &waiters);
    sennit_lock_release(&lock);
    sn_guard_lock(&guard); /* the notify may have come */
    sn_queue_sleep(&guard, &waiters, &waiter, SENNIT_FOREVER, "a condition", NULL, NULL);
    sennit_lock_acquire(&lock);
}

static void notify(size_t n)
{
    sn_guard_lock(&guard);
    sn_queue_wake(&waiters, &waiters, n);
    sn_guard_unlock(&guard);
}

static void *wait_for_ready(void *arg)
{
    sennit_lock_acquire(&lock);
    while (!ready)
        wait_released_first();
    sennit_lock_release(&lock);
    return arg;
}

static void condition_that_releases_before_it_queues(void)
{
    strand *a = start_strand(wait_for_ready, NULL);
    sennit_lock_acquire(&lock);
    ready = true;
    notify(1);
    sennit_lock_release(&lock);
    join_strand(a);
}
MUTANT(condition_that_releases_before_it_queues, "deadlock")

/* ---- 2. `if` for `while` round a wait: between the notify and the waiter's return somebody else takes the item. */

static sennit_condition condition;
static int items;

static void *take_after_if(void *arg)
{
    sennit_condition_acquire(&condition);
    if (items == 0)
        sennit_condition_wait(&condition);
    items--;
    MUST(items >= 0);
    sennit_condition_release(&condition);
    return arg;
}

static void if_for_while(void)
{
    strand *a = start_strand(take_after_if, NULL), *b = start_strand(take_after_if, NULL);
    for (int i = 0; i < 2; i++) {
        sennit_condition_acquire(&condition);
        items++;
        sennit_condition_notify(&condition);
        sennit_condition_release(&condition);
    }
    join_strand(a);
    join_strand(b);
}
MUTANT(if_for_while, "assertion failed")

/* ---- 3. A notify swallowed by a waiter that has timed out: the notify takes the longest waiting out of the queue
 * without claiming it, and the waiter, whose deadline came first, reports a time-out. */

struct sloppy {
    struct sloppy *next;
    sn_os *os;
    uint32_t is_notified;
};
static struct sloppy *sloppy_waiters;

static bool sloppy_wait(int64_t deadline)
{
    struct sloppy self = {.os = sn_os_self()}, **last = &sloppy_waiters;
    while (*last)
        last = &(*last)->next;
    *last = &self;
    sennit_lock_release(&lock);
    bool timed_out = false;
    while (!sn_load(&self.is_notified) && !timed_out) {
        sn_os_sleep(self.os, deadline);
        timed_out = deadline != SENNIT_FOREVER && sn_now() >= deadline;
    }
    sennit_lock_acquire(&lock);
    for (struct sloppy **at = &sloppy_waiters; *at; at = &(*at)->next)
        if (*at == &self) {
            *at = self.next;
            break;
        }
    return !timed_out; /* it may be notified all the same */
}

/* With the lock held. */
static void sloppy_notify(void)
{
    struct sloppy *first = sloppy_waiters;
    if (!first)
        return;
    sloppy_waiters = first->next;
    sn_store(&first->is_notified, 1);
    sn_os_wake(first->os);
}

static void *wait_sloppily(void *timed)
{
    sennit_lock_acquire(&lock);
    if (!ready && sloppy_wait(timed ? sn_deadline(sennit_ms(1)) : SENNIT_FOREVER))
        sloppy_notify(); /* it was for all: pass it on */
    sennit_lock_release(&lock);
    return NULL;
}

static void notify_swallowed_by_a_time_out(void)
{
    strand *a = start_strand(wait_sloppily, &ready), *b = start_strand(wait_sloppily, NULL);
    sennit_lock_acquire(&lock);
    ready = true;
    sloppy_notify();
    sennit_lock_release(&lock);
    join_strand(a);
    join_strand(b);
}
MUTANT(notify_swallowed_by_a_time_out, "deadlock")

/* ---- 4. A deque without its fence: pop's store of `bottom` stays in the store buffer while it reads `top`, and
 * both the owner and the thief see an item that is still there. Chase and Lev's needs a store-load fence here; x86
 * itself reorders these two. Without store buffers there is nothing to be found. */

static int64_t top, bottom;
static uint32_t taken[2];

static void take_unfenced(void)
{
    int64_t last = sn_load_relaxed(&bottom) - 1;
    sn_store_relaxed(&bottom, last); /* must be sn_store */
    int64_t first = sn_load(&top);
    if (first > last) {
        sn_store_relaxed(&bottom, last + 1);
        return;
    }
    if (first == last) {
        bool mine = sn_compare_exchange(&top, &first, first + 1);
        sn_store_relaxed(&bottom, last + 1);
        if (!mine)
            return;
    }
    MUST(sn_add(&taken[last], 1) == 0);
}

static void steal_unfenced(void)
{
    int64_t first = sn_load(&top);
    if (first < sn_load(&bottom) && sn_compare_exchange(&top, &first, first + 1))
        MUST(sn_add(&taken[first], 1) == 0);
}

static void *steal_two_unfenced(void *arg)
{
    steal_unfenced();
    steal_unfenced();
    return arg;
}

static void deque_without_its_fence(void)
{
    bottom = 2;
    strand *thief = start_strand(steal_two_unfenced, NULL);
    take_unfenced();
    join_strand(thief);
}
MUTANT(deque_without_its_fence, "assertion failed", .store_buffers = true)

static void deque_without_its_fence_in_one_order(void)
{
    deque_without_its_fence();
}
MODEL(deque_without_its_fence_in_one_order, .bound = 6)

/* ---- 5. A context published before it is saved: a task that suspends makes itself ready first and switches, which
 * saves where it is, second. Another carrier goes on with a context that is not there yet, or that of the last
 * time. */

static struct {
    void *context;
    uint32_t is_ready;
    bool is_over;
} task;
static void *carriers[2]; /* their own contexts */
static char task_stack[16384] __attribute__((aligned(16)));
static bool is_saved_first;

static void *task_main(void *unused)
{
    (void)unused;
    if (is_saved_first) {
        sn_context_switch(&task.context, carriers[0]); /* the carrier publishes it: a commit */
    } else {
        sn_store(&task.is_ready, 1);
        sn_load(&task.is_over); /* a scheduler's next look at something */
        sn_context_switch(&task.context, carriers[0]);
    }
    task.is_over = true;
    return carriers[1];
}

static void *carry_on(void *arg)
{
    while (!sn_load(&task.is_ready))
        sn_thread_yield();
    void *context = task.context;
    MUST(context);
    sn_context_switch(&carriers[1], context);
    return arg;
}

static void suspend_and_go_on_elsewhere(void)
{
    strand *a = start_strand(carry_on, NULL);
    sn_context_call(&carriers[0], task_stack + sizeof task_stack, task_main, NULL);
    if (is_saved_first)
        sn_store(&task.is_ready, 1);
    join_strand(a);
    MUST(task.is_over);
}

static void context_published_before_it_is_saved(void)
{
    suspend_and_go_on_elsewhere();
}
MUTANT(context_published_before_it_is_saved, "assertion failed")

static void context_saved_before_it_is_published(void)
{
    is_saved_first = true;
    suspend_and_go_on_elsewhere();
}
MODEL(context_saved_before_it_is_published)

/* A sleeper that is published as asleep before it sleeps, and a wake that leaves nothing behind for it. */
static uint32_t is_asleep, is_claimed;

static void *claim_without_a_permit(void *os)
{
    sn_store(&is_claimed, 1);
    if (sn_load(&is_asleep))
        sn_futex_wake(&((sn_os *)os)->permit, 1); /* nobody sleeps on it yet, and no permit is left for when it does */
    return NULL;
}

static void sleeper_marked_before_it_sleeps(void)
{
    sn_os *self = sn_os_self();
    strand *a = start_strand(claim_without_a_permit, self);
    sn_store(&is_asleep, 1);
    if (!sn_load(&is_claimed))
        sn_futex_wait(&self->permit, 0, SENNIT_FOREVER); /* must look at a word that the claim changes */
    join_strand(a);
}
MUTANT(sleeper_marked_before_it_sleeps, "deadlock")

/* ---- 6. A wake before the state is set: a promise that wakes its waiters and then stores that it is settled. Who
 * comes between the two queues up for a wake that is over. */

static uint32_t settled;

static void *await(void *arg)
{
    sn_waiter waiter;
    sn_waiter_init(&waiter, &settled);
    sn_guard_lock(&guard);
    if (sn_load(&settled))
        sn_guard_unlock(&guard);
    else
        sn_queue_sleep(&guard, &waiters, &waiter, SENNIT_FOREVER, "a promise", NULL, NULL);
    MUST(sn_load(&settled));
    return arg;
}

static void settle_with_the_wake_first(bool guarded)
{
    strand *a = start_strand(await, NULL);
    sn_guard_lock(&guard);
    sn_queue_wake(&waiters, &settled, SIZE_MAX);
    if (guarded)
        sn_store(&settled, 1);
    sn_guard_unlock(&guard);
    if (!guarded)
        sn_store(&settled, 1);
    join_strand(a);
}

/* The woken one looks, and it is not settled. */
static void wake_before_the_state_is_set(void)
{
    settle_with_the_wake_first(true);
}
MUTANT(wake_before_the_state_is_set, "assertion failed")

/* A waiter that looks at the state before it has the guard, and not again: the settling falls between. */
static void *await_unguarded(void *arg)
{
    sn_waiter waiter;
    sn_waiter_init(&waiter, &settled);
    if (sn_load(&settled))
        return arg;
    sn_guard_lock(&guard);
    sn_queue_sleep(&guard, &waiters, &waiter, SENNIT_FOREVER, "a promise", NULL, NULL);
    return arg;
}

static void state_looked_at_outside_the_guard(void)
{
    strand *a = start_strand(await_unguarded, NULL);
    sn_guard_lock(&guard);
    sn_store(&settled, 1);
    sn_queue_wake(&waiters, &settled, SIZE_MAX);
    sn_guard_unlock(&guard);
    join_strand(a);
}
MUTANT(state_looked_at_outside_the_guard, "deadlock")

/* The state set after the guard is free: who queues in between is not woken. */
static void *await_by_state(void *arg)
{
    for (;;) {
        sn_waiter waiter;
        sn_waiter_init(&waiter, &settled);
        sn_guard_lock(&guard);
        if (sn_load(&settled)) {
            sn_guard_unlock(&guard);
            return arg;
        }
        sn_queue_sleep(&guard, &waiters, &waiter, SENNIT_FOREVER, "a promise", NULL, NULL);
    }
}

static void state_set_after_the_guard(void)
{
    strand *a = start_strand(await_by_state, NULL);
    sn_guard_lock(&guard);
    sn_queue_wake(&waiters, &settled, SIZE_MAX);
    sn_guard_unlock(&guard);
    sn_store(&settled, 1);
    join_strand(a);
}
MUTANT(state_set_after_the_guard, "deadlock")

/* ---- 7. A semaphore as musl's was until its commit 159d1f6c (2022). A value of -1 is a 0 with somebody who may
 * sleep; that is lost when the value is positive again. The post reads the value and the count of waiters, and its
 * compare-exchange succeeds although both have changed meanwhile, the value there and back: it goes by the old
 * count, and wakes nobody. */

static int32_t value;
static uint32_t sleepers;

static void post(void)
{
    int32_t was;
    uint32_t waiting;
    do {
        was = sn_load(&value);
        waiting = sn_load(&sleepers);
    } while (!sn_compare_exchange(&value, &was, was + 1 + (was < 0)));
    if (was < 0 || waiting)
        sn_futex_wake((uint32_t *)&value, 1);
}

static bool take_unit(void)
{
    int32_t was;
    while ((was = sn_load(&value)) > 0) {
        int32_t left = was - 1 - (was == 1 && sn_load(&sleepers));
        if (sn_compare_exchange(&value, &was, left))
            return true;
    }
    return false;
}

static void *wait_for_unit(void *arg)
{
    while (!take_unit()) {
        int32_t none = 0;
        sn_add(&sleepers, 1);
        sn_compare_exchange(&value, &none, -1);
        sn_futex_wait((uint32_t *)&value, (uint32_t)-1, SENNIT_FOREVER);
        sn_add(&sleepers, -1u);
    }
    return arg;
}

static void *post_one(void *arg)
{
    post();
    return arg;
}

static void semaphore_that_goes_by_an_old_count(void)
{
    void *(*const all[])(void *) = {post_one, wait_for_unit, wait_for_unit, wait_for_unit, post_one};
    strand *strands[5];
    value = 1;
    for (int i = 0; i < 5; i++)
        strands[i] = start_strand(all[i], NULL);
    for (int i = 0; i < 5; i++)
        join_strand(strands[i]);
}
MUTANT(semaphore_that_goes_by_an_old_count, "deadlock", .bound = 1)

/* ---- 8. A bounded buffer of one place with one condition for both reasons, and a notify of one: it may wake a
 * producer where a consumer is needed. */

static bool full;

static void *put(void *arg)
{
    sennit_condition_acquire(&condition);
    while (full)
        sennit_condition_wait(&condition);
    full = true;
    sennit_condition_notify(&condition);
    sennit_condition_release(&condition);
    return arg;
}

static void *take(void *arg)
{
    sennit_condition_acquire(&condition);
    while (!full)
        sennit_condition_wait(&condition);
    full = false;
    sennit_condition_notify(&condition);
    sennit_condition_release(&condition);
    return arg;
}

static void one_condition_for_two_reasons(void)
{
    strand *a = start_strand(take, NULL), *b = start_strand(take, NULL);
    put(NULL);
    put(NULL); /* sleeps behind both takers: the first one's notify wakes the second, who finds nothing */
    join_strand(a);
    join_strand(b);
}
MUTANT(one_condition_for_two_reasons, "deadlock")

/* ---- 9. Double-checked initialisation without order: the pointer is published before what it points to is there.
 * x86 does not reorder the two stores, but a compiler may: here they stand as it could leave them. */

static uint32_t object, published;
static bool is_in_order;

static void *use(void *arg)
{
    if (!sn_load(&published)) {
        sennit_lock_acquire(&lock);
        if (!sn_load(&published)) {
            if (is_in_order)
                sn_store_relaxed(&object, 42);
            sn_store_relaxed(&published, 1);
            if (!is_in_order)
                sn_store_relaxed(&object, 42);
        }
        sennit_lock_release(&lock);
    }
    MUST(sn_load(&object) == 42);
    return arg;
}

static void two_use(void)
{
    strand *a = start_strand(use, NULL), *b = start_strand(use, NULL);
    join_strand(a);
    join_strand(b);
}

static void double_checked_without_order(void)
{
    two_use();
}
MUTANT(double_checked_without_order, "assertion failed")

static void double_checked_in_order(void)
{
    is_in_order = true;
    two_use();
}
MODEL(double_checked_in_order, .store_buffers = true)
