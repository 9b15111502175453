/* truth.c - what strategies claim, held against each other: depth first without a bound, bounds raised until nothing is left
 * out, and dpor; each schedule leads to the same steps twice; schedules that were found once are found again; and what
 * random strategies find within how many schedules. */
#include "litmus/outcomes.h"

#include "check/place.h"
#include "check/token.h"

#include <sennit/lock.h>

enum { ALL = 1000, MOST_STEPS = 20000, MOST_KEPT = 4000, MOST_KEPT_DEVIATIONS = 40 };

/* ---- exploring by the engine itself */

static void (*body_now)(void);

static void *call_model(void *body)
{
    model_body(body);
    return NULL;
}

/* Everything that the strategy has within the bound. Returns how many schedules. */
static uint64_t explore(void (*body)(void), bool store_buffers, const sn_strategy *strategy, int bound,
                        sn_execute *execute)
{
    sn_search search = {.seed = 1, .bound = bound, .depth = 3};
    body_now = body;
    sn_explorer_set_up();
    sn_explorer_->tso = store_buffers;
    sn_explorer_->most_steps = MOST_STEPS;
    sn_explorer_->schedules = sn_explorer_->pruned = 0;
    sn_place *place = sn_place_new(call_model, &body_now, NULL);
    sn_program program = {execute, place};
    CHECK(sn_explore(&program, strategy, &search, UINT64_MAX, INT64_MAX));
    sn_place_leave(place);
    return sn_explorer_->schedules;
}

/* As above, by bounds from 0 until nothing is left out. Returns how many schedules the last one has. */
static uint64_t explore_to_the_end(void (*body)(void), bool store_buffers, const sn_strategy *strategy, int *bound)
{
    for (*bound = 0; *bound < ALL; ++*bound) {
        uint64_t schedules = explore(body, store_buffers, strategy, *bound, sn_place_run);
        if (!sn_depth_first_left_out(sn_explorer_->state))
            return schedules;
    }
    return 0;
}

static void hold_against_each_other(const char *name, void (*body)(void), bool store_buffers)
{
    int preemptions, delays;
    struct outcomes *by_depth = collect_outcomes();
    uint64_t all = explore(body, store_buffers, &sn_strategy_preemptions, ALL, sn_place_run);
    struct outcomes *by_dpor = collect_outcomes();
    uint64_t reduced = explore(body, store_buffers, &sn_strategy_dpor, -1, sn_place_run);
    uint64_t pruned = sn_explorer_->pruned;
    CHECK_STR(all_outcomes(by_dpor), all_outcomes(by_depth));
    CHECK(by_dpor->count > 1);
    CHECK(reduced <= all);
    collect_outcomes();
    CHECK_EQ(explore_to_the_end(body, store_buffers, &sn_strategy_preemptions, &preemptions), all);
    CHECK_EQ(explore_to_the_end(body, store_buffers, &sn_strategy_delays, &delays), all);
    printf("%s: %llu schedules (to %d preemptions, %d delays), %llu by dpor and %llu more pruned; outcomes: %s\n", name,
           (unsigned long long)all, preemptions, delays, (unsigned long long)reduced, (unsigned long long)pruned,
           all_outcomes(by_dpor));
}

/* ---- each schedule twice */

struct kept {
    uint64_t hash;
    unsigned count;
    sn_deviation deviations[MOST_KEPT_DEVIATIONS];
};

static struct { /* in shared memory */
    unsigned count;
    struct kept all[MOST_KEPT];
} *kept;

static void run_and_keep(void *place)
{
    sn_place_run(place);
    if (kept->count == MOST_KEPT)
        return;
    struct kept *one = &kept->all[kept->count++];
    one->hash = sn_explore_hash();
    one->count = sn_explore_deviations(one->deviations, MOST_KEPT_DEVIATIONS);
}

static void run_each_again(void (*body)(void), bool store_buffers)
{
    kept = sn_check_share(sizeof *kept);
    collect_outcomes();
    explore(body, store_buffers, &sn_strategy_preemptions, ALL, run_and_keep);
    body_now = body;
    sn_place *place = sn_place_new(call_model, &body_now, NULL);
    sn_program program = {sn_place_run, place};
    for (unsigned i = 0; i < kept->count; i++) {
        CHECK(kept->all[i].count < MOST_KEPT_DEVIATIONS);
        sn_explore_replay(&program, kept->all[i].deviations, kept->all[i].count);
        if (sn_explore_hash() != kept->all[i].hash)
            test_fail(__FILE__, __LINE__, "schedule %u has taken other steps when it was run again", i);
    }
    sn_place_leave(place);
    for (unsigned i = 0; i < kept->count; i++)
        for (unsigned j = i + 1; j < kept->count; j++)
            CHECK(kept->all[i].hash != kept->all[j].hash);
}

#define PROGRAM(body, store_buffers)                                            \
    TEST(body) { hold_against_each_other(#body, body##_program, store_buffers); } \
    TEST(body##_twice) { run_each_again(body##_program, store_buffers); }

/* ---- the programs */

static uint32_t word, other, counter, seen[3];

static void note_numbers(uint32_t a, uint32_t b, uint32_t c)
{
    char text[OUTCOME_SIZE];
    snprintf(text, sizeof text, "%u%u%u", a, b, c);
    note_outcome(text);
}

static void run_two(void *(*a)(void *), void *(*b)(void *))
{
    strand *first = start_strand(a, &seen[0]), *second = start_strand(b, &seen[1]);
    join_strand(first);
    join_strand(second);
}

/* A lock on a futex: 0 free, 1 held, 2 held and perhaps waited for (Drepper, "Futexes are tricky"). */
static void acquire(uint32_t *lock)
{
    uint32_t free = 0;
    if (sn_compare_exchange(lock, &free, 1))
        return;
    while (sn_exchange(lock, 2) != 0)
        sn_futex_wait(lock, 2, INT64_MAX);
}

static void release(uint32_t *lock)
{
    if (sn_exchange(lock, 0) == 2)
        sn_futex_wake(lock, 1);
}

static void *count_under_lock(void *raw)
{
    acquire(&word);
    *(uint32_t *)raw = counter++;
    release(&word);
    return raw;
}

static void a_lock_on_a_futex_program(void)
{
    run_two(count_under_lock, count_under_lock);
    note_numbers(seen[0], seen[1], counter);
}
PROGRAM(a_lock_on_a_futex, false)

static void *await_in_time(void *raw)
{
    *(uint32_t *)raw = (uint32_t)-sn_futex_wait(&word, 0, sn_now() + 10);
    other += sn_load(&word);
    return raw;
}

static void *set_and_wake(void *raw)
{
    sn_store(&word, 1);
    sn_futex_wake(&word, 1);
    return raw;
}

static void a_wait_with_a_deadline_program(void)
{
    run_two(await_in_time, set_and_wake);
    note_numbers(seen[0] == ETIMEDOUT, seen[0] == EAGAIN, other);
}
PROGRAM(a_wait_with_a_deadline, false)

static void *sleep_short(void *raw)
{
    sn_futex_wait(&word, 0, 1000000010);
    *(uint32_t *)raw = sn_add(&counter, 1);
    return raw;
}

static void *sleep_long(void *raw)
{
    sn_futex_wait(&other, 0, 1000000020);
    *(uint32_t *)raw = sn_add(&counter, 1);
    return raw;
}

static void deadlines_in_their_order_program(void)
{
    run_two(sleep_long, sleep_short);
    note_numbers(seen[0], seen[1], 0);
}
PROGRAM(deadlines_in_their_order, false)

static void *start_and_join(void *raw)
{
    strand *inner = start_strand(count_under_lock, &seen[2]);
    sn_store(&other, 1);
    join_strand(inner);
    return raw;
}

static void *look_at_other(void *raw)
{
    *(uint32_t *)raw = sn_load(&other); /* one by one: the compiler may choose the order within an expression */
    *(uint32_t *)raw += 2 * sn_load(&word);
    return raw;
}

static void a_strand_within_a_strand_program(void)
{
    run_two(start_and_join, look_at_other);
    note_numbers(seen[1], seen[2], counter);
}
PROGRAM(a_strand_within_a_strand, false)

static void *store_word(void *raw)
{
    sn_store_relaxed(&word, 1);
    *(uint32_t *)raw = sn_load(&other);
    return raw;
}

static void *store_other(void *raw)
{
    sn_store_relaxed(&other, 1);
    *(uint32_t *)raw = sn_load(&word);
    return raw;
}

static void store_buffers_program(void)
{
    run_two(store_word, store_other);
    note_numbers(seen[0], seen[1], 0);
}
PROGRAM(store_buffers, true)

/* That the buffer is empty at the end may be because the store has left before: that is not to be swapped with the end. */
static void *store_and_end(void *raw)
{
    uint32_t expected = 0;
    *(uint32_t *)raw = sn_compare_exchange(&word, &expected, 3);
    sn_store_relaxed(&word, 4);
    return raw;
}

static bool never(const sn_runner *runner)
{
    (void)runner;
    return false;
}

static void *sleep_and_add(void *raw)
{
    uint32_t expected = 0;
    sn_op op = {.kind = SN_OP_SLEEP,
                .object = {NULL, &sn_machine_->now},
                .access = {SN_NO_ACCESS, SN_WRITE},
                .can_run = never,
                .deadline = 1000000010};
    sn_machine_step(&op);
    *(uint32_t *)raw = sn_compare_exchange(&word, &expected, 3);
    counter = sn_add(&word, 1);
    return raw;
}

static void an_end_with_a_store_pending_program(void)
{
    run_two(store_and_end, sleep_and_add);
    note_numbers(10 * seen[0] + seen[1], counter, word);
}
PROGRAM(an_end_with_a_store_pending, true)

static void *add_then_yield(void *raw)
{
    *(uint32_t *)raw = sn_add(&counter, 1);
    sn_thread_yield();
    *(uint32_t *)raw = *(uint32_t *)raw + 3 * sn_add(&counter, 1);
    return raw;
}

static void yields_program(void)
{
    run_two(add_then_yield, add_then_yield);
    note_numbers(seen[0], seen[1], counter);
}
PROGRAM(yields, false)

/* ---- the library's lock: too long for all schedules, so depth first has a bound */

static sennit_lock lock;
static int outcome;

static void *enter(void *raw)
{
    sennit_lock_acquire(&lock);
    *(uint32_t *)raw = ++counter;
    sennit_lock_release(&lock);
    return raw;
}

static void *enter_in_time(void *raw)
{
    outcome = sennit_lock_acquire_timeout(&lock, sennit_ms(5));
    if (outcome == 0) {
        *(uint32_t *)raw = ++counter;
        sennit_lock_release(&lock);
    }
    return raw;
}

static void a_lock_with_a_deadline(void)
{
    run_two(enter, enter_in_time);
    note_numbers(outcome == -ETIMEDOUT, seen[0], seen[1]);
}

TEST(a_lock_with_a_deadline)
{
    struct outcomes *by_depth = collect_outcomes();
    uint64_t bounded = explore(a_lock_with_a_deadline, false, &sn_strategy_preemptions, 3, sn_place_run);
    struct outcomes *by_dpor = collect_outcomes();
    uint64_t reduced = explore(a_lock_with_a_deadline, false, &sn_strategy_dpor, -1, sn_place_run);
    printf("%llu schedules to 3 preemptions, %llu in all by dpor and %llu more pruned; outcomes: %s\n",
           (unsigned long long)bounded, (unsigned long long)reduced, (unsigned long long)sn_explorer_->pruned,
           all_outcomes(by_dpor));
    CHECK_STR(all_outcomes(by_dpor), all_outcomes(by_depth));
    CHECK_STR(all_outcomes(by_dpor), "012 021 110");
}

/* ---- golden schedules: a token leads to the same failure, by the same steps, for as long as it bears this version */

static void *load_then_store(void *raw)
{
    sn_store(&counter, sn_load(&counter) + 1);
    return raw;
}

static void an_update_is_lost(void)
{
    run_two(load_then_store, load_then_store);
    MUST(sn_load(&counter) == 2);
}

static void *wait_for_word(void *raw)
{
    while (sn_load(&word) == 0)
        sn_futex_wait(&other, 0, INT64_MAX); /* should look at `word` */
    return raw;
}

static void *set_word(void *raw)
{
    sn_store(&word, 1);
    sn_futex_wake(&other, 1);
    return raw;
}

static void a_wake_comes_too_early(void)
{
    run_two(wait_for_word, set_word);
}

/* The second must come between the first's two steps, and long after its own first. */
static void *check_late(void *raw)
{
    sn_store(&word, 1);
    for (int i = 0; i < 30; i++)
        sn_load(&counter);
    sn_store(&word, 0);
    return raw;
}

static void *check_both(void *raw)
{
    uint32_t before = sn_load(&word);
    for (int i = 0; i < 30; i++)
        sn_load(&counter);
    MUST(before == 0 || sn_load(&word) == 1);
    return raw;
}

static void a_long_delay(void)
{
    run_two(check_late, check_both);
}

static void *store_then_look(void *raw)
{
    sn_store_relaxed(&word, 1);
    sn_store((uint32_t *)raw, sn_load(&other) + 1);
    return raw;
}

static void *store_other_then_look(void *raw)
{
    sn_store_relaxed(&other, 1);
    sn_store((uint32_t *)raw, sn_load(&word) + 1);
    return raw;
}

static void both_miss_the_other(void)
{
    run_two(store_then_look, store_other_then_look);
    MUST(seen[0] + seen[1] > 2);
}

static void *wait_too_short(void *raw)
{
    MUST(sn_futex_wait(&word, 0, sn_now() + 10) != -ETIMEDOUT);
    return raw;
}

static void a_deadline_comes(void)
{
    run_two(wait_too_short, set_and_wake);
}

static sennit_check_result check(void (*body)(void), sennit_check_options options)
{
    sennit_check_result result;
    options.quiet = true;
    options.time = sennit_seconds(60);
    CHECK(sennit_check(model_body, &body, &options, &result) >= 0);
    return result;
}

static void replay(void (*body)(void), bool store_buffers, const char *token, enum sn_verdict verdict, uint64_t hash)
{
    sn_plan *plan = sn_check_share(sizeof *plan);
    plan->deviations = sn_check_share(MOST_KEPT_DEVIATIONS * sizeof *plan->deviations);
    CHECK(sn_token_read(token, plan));
    body_now = body;
    sn_explorer_set_up();
    sn_explorer_->tso = store_buffers;
    sn_explorer_->most_steps = MOST_STEPS;
    sn_place *place = sn_place_new(call_model, &body_now, NULL);
    sn_program program = {sn_place_run, place};
    sn_explore_replay(&program, plan->deviations, plan->deviation_count);
    sn_place_leave(place);
    CHECK_STR(sn_verdict_names[sn_explorer_->result.verdict], sn_verdict_names[verdict]);
    if (sn_explore_hash() != hash)
        test_fail(__FILE__, __LINE__, "%s takes other steps than it did: 0x%llx", token,
                  (unsigned long long)sn_explore_hash());
    sennit_check_result again = check(body, (sennit_check_options){.store_buffers = store_buffers, .replay = token});
    CHECK_STR(again.failure, sn_verdict_names[verdict]);
    CHECK_STR(again.token, token);
}

TEST(golden_lost_update)
{
    replay(an_update_is_lost, false, "sennit1:0.1@2>0.2", SN_VERDICT_ASSERTION, 0x701afd514de52772);
}

TEST(golden_early_wake)
{
    replay(a_wake_comes_too_early, false, "sennit1:0.1@2>0.2", SN_VERDICT_DEADLOCK, 0x8287e011fe67f045);
}

TEST(golden_store_buffers)
{
    replay(both_miss_the_other, true, "sennit1:0.1@3>0.2", SN_VERDICT_ASSERTION, 0xeb9c3c518f23524f);
}

TEST(golden_deadline)
{
    replay(a_deadline_comes, false, "sennit1:0.2@2>0.1!", SN_VERDICT_ASSERTION, 0xc88461bad0c884ed);
}

/* ---- a seed is a schedule */

static uint64_t *hash_of_all; /* shared */

static void run_and_hash(void *place)
{
    sn_place_run(place);
    *hash_of_all = *hash_of_all * 31 + sn_explore_hash();
}

static uint64_t hash_runs(const sn_strategy *strategy, uint64_t seed)
{
    enum { RUNS = 100 };
    sn_search search = {.seed = seed, .bound = -1, .depth = 3};
    hash_of_all = sn_check_share(sizeof *hash_of_all);
    collect_outcomes();
    body_now = a_lock_with_a_deadline;
    sn_explorer_set_up();
    sn_explorer_->tso = true;
    sn_explorer_->most_steps = MOST_STEPS;
    sn_explorer_->longest = 0; /* PCT goes by it */
    sn_place *place = sn_place_new(call_model, &body_now, NULL);
    sn_program program = {run_and_hash, place};
    CHECK(!sn_explore(&program, strategy, &search, RUNS, INT64_MAX));
    sn_place_leave(place);
    return *hash_of_all;
}

TEST(a_seed_is_a_schedule)
{
    static const sn_strategy *const strategies[] = {&sn_strategy_random, &sn_strategy_pct, &sn_strategy_pos,
                                                    &sn_strategy_surw};
    for (unsigned i = 0; i < sizeof strategies / sizeof *strategies; i++) {
        CHECK(hash_runs(strategies[i], 7) == hash_runs(strategies[i], 7));
        CHECK(hash_runs(strategies[i], 7) != hash_runs(strategies[i], 8));
    }
}

/* ---- what random strategies find, with each of several seeds */

static void find(const char *strategy, void (*body)(void), const char *failure, bool store_buffers, uint64_t within)
{
    uint64_t most = 0, sum = 0;
    enum { SEEDS = 10 };
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        sennit_check_result result = check(body, (sennit_check_options){.strategy = strategy,
                                                                        .seed = seed,
                                                                        .schedules = within,
                                                                        .store_buffers = store_buffers});
        if (!result.failure)
            test_fail(strategy, 0, "seed %llu has not found it within %llu schedules", (unsigned long long)seed,
                      (unsigned long long)within);
        CHECK_STR(result.failure, failure);
        most = result.schedules > most ? result.schedules : most;
        sum += result.schedules;
    }
    printf("%s: found after %llu schedules on average, %llu at most\n", strategy, (unsigned long long)(sum / SEEDS),
           (unsigned long long)most);
}

static void find_by_all(void (*body)(void), const char *failure, bool store_buffers, uint64_t within)
{
    static const char *const strategies[] = {"random", "pct", "pos", "surw"};
    for (unsigned i = 0; i < sizeof strategies / sizeof *strategies; i++)
        find(strategies[i], body, failure, store_buffers, within);
}

TEST(random_ones_find_a_lost_update) { find_by_all(an_update_is_lost, "assertion failed", false, 100); }
TEST(random_ones_find_a_lost_wake) { find_by_all(a_wake_comes_too_early, "deadlock", false, 200); }
TEST(random_ones_find_a_missing_fence) { find_by_all(both_miss_the_other, "assertion failed", true, 500); }
TEST(random_ones_find_a_deadline) { find_by_all(a_deadline_comes, "assertion failed", false, 100); }

/* The one is done with its 30 steps before the other has taken one of 30: a random walk hardly gets there. */
TEST(pct_finds_a_long_delay) { find("pct", a_long_delay, "assertion failed", false, 1000); }
