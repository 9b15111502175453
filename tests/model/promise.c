/* promise.c - models of the promise: settled once for all that wait, and freed once, by whoever is the last owner. */
#include "model/all.h"
#include "model/freed.h"

#include "async/promise.h"
#include "sched/sched.h"
#include "base/error.h"

enum { VALUE = 42 };
static sennit_promise *promise;

static void make(void)
{
    sn_machine_quiet();
    promise = sn_promise_new(sizeof(int));
    sn_machine_loud();
    watch(promise, sizeof *promise + sizeof(int));
}

static void *settle(void *arg)
{
    int value = VALUE;
    memcpy(promise->value, &value, sizeof value);
    sn_promise_fulfil(promise);
    return arg;
}

static void *reject(void *arg)
{
    sn_machine_quiet();
    sennit_error *error = sn_error_make(NULL, -EIO, "broken");
    sn_machine_loud();
    sn_promise_reject(promise, error);
    return arg;
}

static void *await_value(void *arg)
{
    int value = 0;
    MUST(sennit_await_status(promise, &value) == 0 && value == VALUE);
    return arg;
}

static void *await_error(void *arg)
{
    int value = 0;
    MUST(sennit_await_status(promise, &value) == -EIO && value == 0);
    return arg;
}

static void *release(void *arg)
{
    sennit_promise_release(promise);
    return arg;
}

static void run_two(void *(*first)(void *), void *(*second)(void *))
{
    strand *a = start_strand(first, NULL), *b = start_strand(second, NULL);
    join_strand(a);
    join_strand(b);
    must_be_freed();
}

static void one_settles_and_one_awaits(void)
{
    make();
    run_two(settle, await_value);
}
MODEL(one_settles_and_one_awaits, .bound = 3)
ALL(one_settles_and_one_awaits)

static void one_rejects_and_one_awaits(void)
{
    make();
    run_two(reject, await_error);
}
MODEL(one_rejects_and_one_awaits, .bound = 3)
ALL(one_rejects_and_one_awaits)

static void one_settles_and_one_gives_up(void)
{
    make();
    run_two(settle, release);
}
MODEL(one_settles_and_one_gives_up, .bound = 5)
ALL(one_settles_and_one_gives_up)

/* Both see the value: the first must not free it under the second. */
static void two_await(void)
{
    make();
    sennit_promise_retain(promise);
    strand *a = start_strand(await_value, NULL), *b = start_strand(await_value, NULL);
    settle(NULL);
    join_strand(a);
    join_strand(b);
    must_be_freed();
}
MODEL(two_await, .bound = 3)

static void two_await_an_error(void)
{
    make();
    sennit_promise_retain(promise);
    strand *a = start_strand(await_error, NULL), *b = start_strand(await_error, NULL);
    reject(NULL);
    join_strand(a);
    join_strand(b);
    must_be_freed();
}
MODEL(two_await_an_error, .bound = 3)

/* A handle is made and given up while others settle and await. */
static void *retain_and_release(void *arg)
{
    sennit_promise_retain(promise);
    sennit_promise_release(promise);
    sennit_promise_release(promise);
    return arg;
}

static void handles_come_and_go(void)
{
    make();
    sennit_promise_retain(promise);
    strand *a = start_strand(retain_and_release, NULL), *b = start_strand(await_value, NULL);
    settle(NULL);
    join_strand(a);
    join_strand(b);
    must_be_freed();
}
MODEL(handles_come_and_go, .bound = 3)
ALL(handles_come_and_go)

/* The end of the program waits for a detached one until it is settled, and no longer. */
static void *detach(void *arg)
{
    sennit_detach(promise);
    return arg;
}

static void one_settles_and_one_detaches(void)
{
    make();
    run_two(settle, detach);
}
MODEL(one_settles_and_one_detaches, .bound = 5)
ALL(one_settles_and_one_detaches)

static void two_detach_and_one_settles(void)
{
    make();
    sennit_promise_retain(promise);
    strand *a = start_strand(detach, NULL), *b = start_strand(detach, NULL);
    settle(NULL);
    join_strand(a);
    join_strand(b);
    must_be_freed();
}
MODEL(two_detach_and_one_settles, .bound = 3)

static bool begins_to_settle;

static void *say_and_settle(void *arg)
{
    begins_to_settle = true;
    return settle(arg);
}

/* What the end of the program does after a detach: it waits until the promise is settled, before or after the detach, and
 * for no more than that. */
static void the_end_waits_for_what_is_detached(void)
{
    make();
    strand *a = start_strand(say_and_settle, NULL), *b = start_strand(detach, NULL);
    join_strand(b);
    sn_end_wait();
    MUST(begins_to_settle);
    join_strand(a);
    sn_end_wait();
    must_be_freed();
}
MODEL(the_end_waits_for_what_is_detached, .bound = 3)

static void *look(void *arg)
{
    int value = VALUE;
    if (sennit_promise_settled(promise))
        MUST(memcmp(promise->value, &value, sizeof value) == 0);
    sennit_promise_release(promise);
    return arg;
}

static void who_sees_it_settled_sees_the_value(void)
{
    make();
    run_two(settle, look);
}
MODEL(who_sees_it_settled_sees_the_value, .bound = 5)

/* Made by a task: its list is an owner, too, and at its end it gives up the handle that nobody has consumed. The end of
 * the task is played here by a strand, since only the list matters. */
static sn_link made = SN_LIST_INIT(made);

static void make_as_task(void)
{
    static sn_task maker;
    sn_machine_quiet();
    sn_os *os = sn_os_self();
    maker.strand.is_task = true;
    maker.made = (sn_link)SN_LIST_INIT(maker.made);
    os->current = &maker.strand;
    make();
    os->current = &os->strand;
    sn_list_append(&made, sn_list_take_first(&maker.made));
    sn_machine_loud();
}

static void *end_as_task(void *arg)
{
    sn_promise_drop_made(&made);
    return arg;
}

static void a_maker_ends_and_nobody_has_it(void)
{
    make_as_task();
    run_two(settle, end_as_task);
}
MODEL(a_maker_ends_and_nobody_has_it, .bound = 5)
ALL(a_maker_ends_and_nobody_has_it)

static void a_maker_ends_while_another_awaits(void)
{
    make_as_task();
    sennit_promise_retain(promise); /* as whoever hands it on must: it takes the handle from the maker */
    strand *a = start_strand(await_value, NULL), *b = start_strand(end_as_task, NULL), *c = start_strand(release, NULL);
    settle(NULL);
    join_strand(a);
    join_strand(b);
    join_strand(c);
    must_be_freed();
}
MODEL(a_maker_ends_while_another_awaits)
ALL(a_maker_ends_while_another_awaits)

static void a_maker_ends_after_a_release(void)
{
    make_as_task();
    sennit_promise_release(promise);
    run_two(settle, end_as_task);
}
MODEL(a_maker_ends_after_a_release, .bound = 5)
ALL(a_maker_ends_after_a_release)
