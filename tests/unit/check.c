/* check.c - sennit_check, as a user's unit test meets it. Linked with libsennit-check. */
#include "harness/test.h"

#include <assert.h>
#include <pthread.h>
#include <sennit.h>
#include <sennit/check.h>
#include <stdlib.h>

static const sennit_check_options quietly = {.quiet = true};

/* ---- what is found */

static sennit_lock a, b;
static int balance;

static void *add_badly(void *unused)
{
    int seen;
    sennit_with (&a)
        seen = balance;
    sennit_with (&a)
        balance = seen + 1;
    return unused;
}

static void lose_an_update(void *unused)
{
    sennit_thread *thread = sennit_thread_start(add_badly, NULL);
    add_badly(unused);
    sennit_thread_join(thread);
    assert(balance == 2);
}

TEST(a_lost_update_is_found_and_replayed)
{
    sennit_check_result found, again;
    CHECK_EQ(sennit_check(lose_an_update, NULL, &quietly, &found), 1);
    CHECK_STR(found.failure, "assertion failed");
    CHECK_EQ(found.deviations, 1);
    CHECK(found.schedules >= 2);
    CHECK(!found.complete);
    sennit_check_options options = {.quiet = true, .replay = found.token};
    CHECK_EQ(sennit_check(lose_an_update, NULL, &options, &again), 1);
    CHECK_STR(again.failure, "assertion failed");
    CHECK_EQ(again.schedules, 1);
    CHECK_STR(again.token, found.token);
}

static void *take_both(void *unused)
{
    sennit_with (&b)
        sennit_with (&a)
            balance++;
    return unused;
}

static void cross_over(void *unused)
{
    sennit_thread *thread = sennit_thread_start(take_both, unused);
    sennit_with (&a)
        sennit_with (&b)
            balance++;
    sennit_thread_join(thread);
}

static void look_at_a_deadlock(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_check(cross_over, NULL, &(sennit_check_options){.name = "cross_over"}, NULL), 1);
}

TEST(a_deadlock_is_reported_on_stderr)
{
    expect_stderr(look_at_a_deadlock, NULL, "deadlock in cross_over");
    expect_stderr(look_at_a_deadlock, NULL, "sennit1:0");
}

static sennit_condition bell;
static bool rung;

sennit_async(void, ring)
{
    sennit_with (&bell) {
        rung = true;
        sennit_condition_notify(&bell);
    }
}

sennit_async(void, answer)
{
    bool heard;
    sennit_promise *visit = ring();
    sennit_with (&bell)
        heard = rung;
    if (!heard)
        sennit_with (&bell)
            sennit_condition_wait(&bell);
    sennit_await(visit);
}

static void open_the_door(void *unused)
{
    (void)unused;
    sennit_await(answer());
}

TEST(a_lost_wake_up_between_tasks_is_found)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(open_the_door, NULL, &quietly, &result), 1);
    CHECK_STR(result.failure, "lost wake-up");
}

static void release_nothing(void *unused)
{
    (void)unused;
    sennit_lock_release(&a);
}

TEST(misuse_is_a_failure)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(release_nothing, NULL, &quietly, &result), 1);
    CHECK_STR(result.failure, "misuse");
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *lock_both_kinds(void *unused)
{
    sennit_with (&a) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

static void mix_them_up(void *unused)
{
    pthread_t thread;
    pthread_create(&thread, NULL, lock_both_kinds, unused);
    pthread_mutex_lock(&mutex);
    sennit_lock_acquire(&a);
    sennit_lock_release(&a);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
}

TEST(a_cycle_of_a_pthread_mutex_and_a_sennit_lock_is_found)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(mix_them_up, NULL, &quietly, &result), 1);
    CHECK_STR(result.failure, "deadlock");
}

static void fail_by_hand(void *text)
{
    sennit_check_fail("because of %s", (const char *)text);
}

static void look_at_a_failure(void *unused)
{
    (void)unused;
    CHECK_EQ(sennit_check(fail_by_hand, "rain", NULL, NULL), 1);
}

TEST(a_failure_by_hand_is_reported)
{
    expect_stderr(look_at_a_failure, NULL, "because of rain");
}

static void crash(void *unused)
{
    (void)unused;
    abort();
}

TEST(an_abort_is_a_failure)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(crash, NULL, &quietly, &result), 1);
    CHECK_STR(result.failure, "abort");
}

static void fall(void *unused)
{
    (void)unused;
    volatile int *nowhere = NULL;
    *nowhere = 1;
}

static int recurse(int depth)
{
    volatile char frame[4096];
    frame[depth % 4096] = (char)depth;
    return depth == 1 << 30 ? 0 : recurse(depth + 1) + frame[(depth + 1) % 4096];
}

static void *overflow(void *unused)
{
    return recurse(0) ? unused : NULL;
}

static void overflow_in_a_thread(void *unused)
{
    sennit_thread_join(sennit_thread_start(overflow, unused));
}

static void spin(void *unused)
{
    volatile bool never = false;
    (void)unused;
    while (!never)
        ;
}

TEST(a_hang_is_a_failure)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(spin, NULL, &quietly, &result), 1);
    CHECK_STR(result.failure, "hang");
}

TEST(a_crash_is_a_failure)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(fall, NULL, &quietly, &result), 1);
    CHECK_STR(result.failure, "killed by a signal");
    CHECK_EQ(sennit_check(overflow_in_a_thread, NULL, &quietly, &result), 1);
    CHECK_STR(result.failure, "killed by a signal");
    CHECK_EQ(sennit_check(fail_by_hand, "rain", &quietly, &result), 1);
}

/* ---- what is not */

static void *add_well(void *unused)
{
    sennit_with (&a)
        balance++;
    return unused;
}

static void add_twice(void *unused)
{
    sennit_thread *thread = sennit_thread_start(add_well, NULL);
    add_well(unused);
    sennit_thread_join(thread);
    assert(balance == 2);
}

TEST(a_right_body_passes_and_all_is_explored)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(add_twice, NULL, NULL, &result), 0);
    CHECK(result.complete);
    CHECK(result.failure == NULL);
    CHECK(result.schedules > 2);
    sennit_check_result pruned;
    CHECK_EQ(sennit_check(add_twice, NULL, &(sennit_check_options){.strategy = "dpor"}, &pruned), 0);
    CHECK(pruned.complete);
    CHECK(pruned.schedules <= result.schedules);
}

static void wait_long(void *unused)
{
    (void)unused;
    sennit_await(sennit_delay(sennit_seconds(3600)));
}

TEST(an_hour_costs_nothing)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(wait_long, NULL, NULL, &result), 0);
    CHECK(result.complete);
}

/* With one worker the order of tasks is that of a JavaScript program, whatever else is explored. */
static int order[4], steps;

sennit_async(void, step, (int, n))
{
    order[steps++] = n;
    sennit_await(sennit_promise_resolved());
    order[steps++] = n + 10;
}

static void take_turns(void *unused)
{
    (void)unused;
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_promise *one = step(1), *two = step(2);
    sennit_await(one);
    sennit_await(two);
    assert(order[0] == 1 && order[1] == 2 ? order[2] == 11 && order[3] == 12
                                          : order[0] == 1 && order[1] == 11 && order[2] == 2 && order[3] == 12);
}

TEST(one_worker_keeps_the_order)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(take_turns, NULL, NULL, &result), 0);
}

static void take_any_turns(void *unused)
{
    (void)unused;
    sennit_promise *one = step(1), *two = step(2);
    sennit_await(one);
    sennit_await(two);
    assert(order[0] == 1);
}

TEST(several_workers_do_not)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(take_any_turns, NULL, &quietly, &result), 0); /* two's first step comes after one's first */
}

/* ---- each run begins anew */

static int in_data = 3, in_bss;
static __thread int in_tls = 5;
static int *on_heap;

static void change_everything(void *unused)
{
    (void)unused;
    assert(in_data == 3 && in_bss == 0 && in_tls == 5 && *on_heap == 7);
    in_data = in_bss = in_tls = *on_heap = 9;
    sennit_thread *thread = sennit_thread_start(add_well, NULL);
    sennit_thread_join(thread);
    free(malloc(100));
}

TEST(variables_and_the_heap_are_set_back)
{
    on_heap = malloc(sizeof *on_heap);
    *on_heap = 7;
    CHECK_EQ(sennit_check(change_everything, NULL, &(sennit_check_options){.strategy = "random", .schedules = 50}, NULL), 0);
    CHECK(in_data == 3 && in_bss == 0 && in_tls == 5 && *on_heap == 7);
    free(on_heap);
}

static void change_a_local_of_the_caller(void *raw)
{
    int *local = raw;
    assert(*local == 1);
    *local = 2;
}

TEST(locals_of_the_callers_are_set_back)
{
    int local = 1;
    CHECK_EQ(sennit_check(change_a_local_of_the_caller, &local,
                          &(sennit_check_options){.strategy = "random", .schedules = 20}, NULL), 0);
    CHECK_EQ(local, 1);
}

/* Blocks that are large enough for malloc to map them, or to give the heap's end back. */
static void use_large_blocks(void *unused)
{
    char *blocks[20];
    (void)unused;
    for (int i = 0; i < 20; i++) {
        blocks[i] = malloc((size_t)(i % 2 ? 100 : 1000) << 10);
        blocks[i][0] = 1;
    }
    for (int i = 20; i-- > 1;)
        free(blocks[i]); /* and one is lost */
}

static long pages_of_memory(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    CHECK(file && fscanf(file, "%ld", &pages) == 1);
    fclose(file);
    return pages;
}

TEST(explorations_leave_no_memory_behind)
{
    static const sennit_check_options options = {.strategy = "random", .schedules = 100};
    long before = 0;
    for (int i = 0; i < 20; i++) {
        CHECK_EQ(sennit_check(use_large_blocks, NULL, &options, NULL), 0);
        if (i == 0)
            before = pages_of_memory();
    }
    CHECK(pages_of_memory() <= before);
}

/* ---- options */

static void nothing(void *unused)
{
    (void)unused;
}

TEST(options_out_of_range_are_refused)
{
    CHECK_EQ(sennit_check(nothing, NULL, &(sennit_check_options){.strategy = "luck"}, NULL), -EINVAL);
    CHECK_EQ(sennit_check(nothing, NULL, &(sennit_check_options){.time = -1}, NULL), -EINVAL);
    CHECK_EQ(sennit_check(nothing, NULL, &(sennit_check_options){.steps = 100000000}, NULL), -EINVAL);
    CHECK_EQ(sennit_check(nothing, NULL, &(sennit_check_options){.replay = "nonsense"}, NULL), -EINVAL);
    CHECK_EQ(sennit_check(nothing, NULL, &(sennit_check_options){.replay = "sennit1:0@1>0.0"}, NULL), -EINVAL);
    CHECK_EQ(sennit_check(nothing, NULL, NULL, NULL), 0);
}

static void *end_at_once(void *unused)
{
    return unused;
}

static void cancel(void *unused)
{
    pthread_t thread;
    pthread_create(&thread, NULL, end_at_once, unused);
    pthread_cancel(thread);
}

TEST(a_body_that_cannot_be_explored_is_refused)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(cancel, NULL, NULL, &result), -ENOTSUP);
    CHECK(!result.complete && !result.failure);
}

TEST(a_mixture_is_complete_only_without_a_bound)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(add_twice, NULL, &(sennit_check_options){.schedules = 3}, &result), 0);
    CHECK(!result.complete);
}

static void *sleep_on(void *condition)
{
    sennit_with ((sennit_condition *)condition)
        sennit_condition_wait(condition);
    return NULL;
}

TEST(a_process_with_threads_is_refused)
{
    static sennit_condition never;
    sennit_thread_start(sleep_on, &never);
    CHECK_EQ(sennit_check(nothing, NULL, NULL, NULL), -EBUSY);
    quick_exit(0);
}

static void nest(void *unused)
{
    assert(sennit_check(nothing, unused, NULL, NULL) == -EBUSY);
}

TEST(an_exploration_in_an_exploration_is_refused)
{
    sennit_check_result result;
    CHECK_EQ(sennit_check(nest, NULL, &quietly, &result), 1); /* it is misuse, too */
    CHECK_STR(result.failure, "misuse");
}
