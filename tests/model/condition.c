/* condition.c - models of the condition: no notify is lost or used up by somebody who times out, the longest waiting
 * is woken, nobody is woken for no reason, and the lock comes back as deep as it was given up. */
#include "model/model.h"

static sennit_condition condition;
static bool ready, done;
static unsigned returned; /* under the condition's lock */

static void acquire(void)
{
    sennit_condition_acquire(&condition);
}

static void release(void)
{
    sennit_condition_release(&condition);
}

/* No loop round the wait: it does not return before there is a reason. */
static void *wait_once(void *arg)
{
    acquire();
    if (!ready)
        MUST(sennit_condition_wait(&condition) == 0);
    MUST(ready);
    returned++;
    release();
    return arg;
}

static void one_waits_and_is_notified(void)
{
    strand *a = start_strand(wait_once, NULL);
    acquire();
    ready = true;
    sennit_condition_notify(&condition);
    release();
    join_strand(a);
    MUST(returned == 1);
}
MODEL(one_waits_and_is_notified, .bound = 4)

static void all_are_notified(void)
{
    strand *a = start_strand(wait_once, NULL), *b = start_strand(wait_once, NULL);
    acquire();
    ready = true;
    sennit_condition_notify_all(&condition);
    release();
    join_strand(a);
    join_strand(b);
    MUST(returned == 2);
}
MODEL(all_are_notified, .bound = 3)

/* Of those that wait when n are notified, the first n return, and nobody else does. A waiter's ticket is its place. */
static unsigned tickets, served;

static void *take_a_ticket(void *arg)
{
    acquire();
    unsigned ticket = tickets++;
    if (!done)
        sennit_condition_wait(&condition);
    MUST(done || ticket < served);
    returned++;
    release();
    return arg;
}

static void serve(unsigned n)
{
    acquire();
    served = tickets < n ? tickets : n;
    sennit_condition_notify_n(&condition, n);
    release();
    acquire();
    MUST(returned <= served);
    done = true;
    sennit_condition_notify_all(&condition);
    release();
}

static void the_longest_waiting_is_notified(void)
{
    strand *a = start_strand(take_a_ticket, NULL), *b = start_strand(take_a_ticket, NULL);
    serve(1);
    join_strand(a);
    join_strand(b);
    MUST(returned == 2);
}
MODEL(the_longest_waiting_is_notified, .bound = 3)

static void two_of_three_are_notified(void)
{
    strand *all[3];
    for (int i = 0; i < 3; i++)
        all[i] = start_strand(take_a_ticket, NULL);
    serve(2);
    for (int i = 0; i < 3; i++)
        join_strand(all[i]);
    MUST(returned == 3);
}
MODEL(two_of_three_are_notified)

/* One notify for two that wait, the first with a time-out. Who is notified passes it on; who times out does not. If the
 * notify were used up by a waiter that says it timed out, the other would wait for ever. */
static void *wait_in_time(void *arg)
{
    acquire();
    int outcome = ready ? 0 : sennit_condition_wait_timeout(&condition, sennit_ms(1));
    MUST(outcome == 0 || outcome == -ETIMEDOUT);
    if (outcome == 0) {
        MUST(ready);
        sennit_condition_notify(&condition);
    }
    release();
    return arg;
}

static void *wait_and_pass_on(void *arg)
{
    acquire();
    if (!ready)
        sennit_condition_wait(&condition);
    MUST(ready);
    sennit_condition_notify(&condition);
    release();
    return arg;
}

static void who_times_out_uses_up_no_notify(void)
{
    strand *timed = start_strand(wait_in_time, NULL), *other = start_strand(wait_and_pass_on, NULL);
    acquire();
    ready = true;
    sennit_condition_notify(&condition);
    release();
    join_strand(timed);
    join_strand(other);
}
MODEL(who_times_out_uses_up_no_notify)

/* Nobody notifies: the wait ends by its time-out, with the lock held, and leaves nothing in the queue. */
static void a_wait_ends_by_itself(void)
{
    strand *a = start_strand(wait_in_time, NULL);
    acquire();
    MUST(sennit_condition_wait_timeout(&condition, sennit_ms(1)) == -ETIMEDOUT);
    release();
    join_strand(a);
    MUST(!condition.waiters_);
}
MODEL(a_wait_ends_by_itself)

static bool is_ready(void *unused)
{
    (void)unused;
    return ready;
}

static int got_it;

static void *wait_for_ready(void *arg)
{
    acquire();
    got_it = sennit_condition_wait_for(&condition, is_ready, NULL, sennit_ms(1));
    MUST(got_it == ready);
    release();
    return arg;
}

static void a_predicate_is_asked_at_the_end(void)
{
    strand *a = start_strand(wait_for_ready, NULL);
    acquire();
    sennit_condition_notify(&condition); /* before there is a reason: the waiter waits on */
    release();
    acquire();
    ready = true;
    sennit_condition_notify(&condition);
    release();
    join_strand(a);
    MUST(got_it == 0 || got_it == 1);
}
MODEL(a_predicate_is_asked_at_the_end, .bound = 3)

/* A wait gives all levels of the lock up, and has them again when it returns. */
static void *wait_deep(void *arg)
{
    acquire();
    acquire();
    if (!ready)
        sennit_condition_wait(&condition);
    MUST(ready && condition.own_.depth_ == 2);
    release();
    MUST(sennit_condition_notify(&condition) == 0); /* one level is left */
    release();
    return arg;
}

static void the_depth_comes_back(void)
{
    strand *a = start_strand(wait_deep, NULL), *b = start_strand(wait_deep, NULL);
    acquire();
    MUST(condition.own_.depth_ == 1);
    ready = true;
    sennit_condition_notify_all(&condition);
    release();
    join_strand(a);
    join_strand(b);
    MUST(condition.own_.depth_ == 0);
}
MODEL(the_depth_comes_back, .bound = 3)

/* A bounded buffer of one place: two conditions bound to one lock. */
static sennit_lock lock;
static sennit_condition not_full = SENNIT_CONDITION(&lock), not_empty = SENNIT_CONDITION(&lock);
static int place, taken_sum;
static bool full;

static void *put_two(void *arg)
{
    for (int i = 1; i <= 2; i++) {
        sennit_lock_acquire(&lock);
        while (full)
            sennit_condition_wait(&not_full);
        place = i;
        full = true;
        sennit_condition_notify(&not_empty);
        sennit_lock_release(&lock);
    }
    return arg;
}

static void *take_one(void *arg)
{
    sennit_lock_acquire(&lock);
    while (!full)
        sennit_condition_wait(&not_empty);
    taken_sum += place;
    full = false;
    sennit_condition_notify(&not_full);
    sennit_lock_release(&lock);
    return arg;
}

static void a_bounded_buffer(void)
{
    strand *a = start_strand(take_one, NULL), *b = start_strand(take_one, NULL);
    put_two(NULL);
    join_strand(a);
    join_strand(b);
    MUST(taken_sum == 3 && !full);
}
MODEL(a_bounded_buffer)
