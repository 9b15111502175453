/* thread.c - models of OS threads as objects: join, a join that gives up, detach, and who frees the object. */
#include "model/all.h"
#include "model/freed.h"

#include "thread/thread.h"

enum { OBJECT = 48 }; /* at least so many bytes of the object are spoiled when it is freed */
static uint32_t has_run;

static void *work(void *arg)
{
    sn_store(&has_run, 1);
    return arg;
}

static sennit_thread *start(void)
{
    sennit_thread *thread = sennit_thread_start(work, &has_run);
    watch(thread, OBJECT);
    return thread;
}

static void a_join_waits_and_has_the_result(void)
{
    void *result;
    MUST(sennit_thread_join_result(start(), &result) == 0);
    MUST(has_run && result == &has_run);
    must_be_freed();
}
MODEL(a_join_waits_and_has_the_result, .bound = 3)
ALL(a_join_waits_and_has_the_result)

/* After a time-out the handle is still the caller's. */
static void a_join_times_out_or_not(void)
{
    sennit_thread *thread = start();
    int outcome = sennit_thread_join_timeout(thread, sennit_ms(1));
    MUST(outcome == 0 || outcome == -ETIMEDOUT);
    if (outcome == -ETIMEDOUT) {
        MUST(!frees);
        MUST(sennit_thread_join(thread) == 0);
    }
    MUST(has_run);
    must_be_freed();
}
MODEL(a_join_times_out_or_not, .bound = 3)
ALL(a_join_times_out_or_not)

static void polling_a_thread(void)
{
    sennit_thread *thread = start();
    while (sennit_thread_join_timeout(thread, 0) != 0)
        sn_thread_yield();
    MUST(has_run);
    must_be_freed();
}
MODEL(polling_a_thread, .bound = 3)
ALL(polling_a_thread)

/* The end of the program waits for a thread that nobody joins. */
static void a_detached_thread_is_waited_for(void)
{
    sennit_thread_detach(start());
    sn_thread_wait_for_all();
    MUST(has_run);
    must_be_freed();
}
MODEL(a_detached_thread_is_waited_for, .bound = 3)
ALL(a_detached_thread_is_waited_for)

static void *give_up(void *thread)
{
    sennit_thread_detach(thread);
    return NULL;
}

static void a_thread_ends_while_it_is_detached(void)
{
    strand *a = start_strand(give_up, start());
    sn_thread_wait_for_all();
    join_strand(a);
    must_be_freed();
}
MODEL(a_thread_ends_while_it_is_detached, .bound = 3)
ALL(a_thread_ends_while_it_is_detached)

static void two_are_joined(void)
{
    sennit_thread *first = sennit_thread_start(work, NULL), *second = start();
    MUST(sennit_thread_join(second) == 0);
    must_be_freed();
    MUST(sennit_thread_join(first) == 0);
}
MODEL(two_are_joined)
