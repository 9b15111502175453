/* random_programs.c - dpor against depth-first search without a bound, on small programs made at random: both must come to
 * the same set of outcomes, and dpor in no more runs. An outcome is what all operations have returned, and what the
 * variables are at the end. */
#include "litmus/outcomes.h"

enum { MOST_STRANDS = 3, MOST_STEPS = 4, VARIABLES = 3, MOST_SCHEDULES = 5000 };

enum step_kind { LOAD, STORE, STORE_RELAXED, ADD, COMPARE, WAIT, WAKE, CLOCK, GUARDED, TAKE, TAKE_LATER, POST, CHILD, KINDS };

struct step {
    enum step_kind kind;
    unsigned variable, other;
    int timeout;
};

struct program {
    unsigned strands, steps[MOST_STRANDS];
    struct step step[MOST_STRANDS][MOST_STEPS];
};

static struct program *program; /* shared */
static uint32_t variables[VARIABLES];
static bool locked[VARIABLES];
static unsigned posts[VARIABLES];
static char results[MOST_STRANDS][2 * MOST_STEPS + 1];

static bool is_free(const sn_runner *runner)
{
    return !*(const bool *)runner->op.arg;
}

static bool is_posted(const sn_runner *runner)
{
    return *(const unsigned *)runner->op.arg > 0;
}

static int do_step(unsigned kind, void *object, bool (*can_run)(const sn_runner *runner), int timeout)
{
    sn_op op = {.kind = (uint8_t)kind,
                .object = {object, timeout ? &sn_machine_->now : NULL},
                .access = {SN_WRITE, timeout ? SN_WRITE : SN_NO_ACCESS},
                .can_run = can_run,
                .arg = object,
                .deadline = timeout ? 1000000000 + timeout : 0};
    int outcome = sn_machine_step(&op);
    sn_buffer_drain(sn_machine_self());
    return outcome;
}

static int take(unsigned *of, int timeout)
{
    if (do_step(SN_OP_SEM_WAIT, of, is_posted, timeout) != 0 && *of == 0)
        return 0;
    --*of;
    return 1;
}

static void *child(void *raw)
{
    sn_store_relaxed((uint32_t *)raw, 7);
    return raw;
}

static unsigned carry_out(const struct step *step)
{
    uint32_t *at = &variables[step->variable], *other = &variables[step->other];
    uint32_t expected = 0;
    switch (step->kind) {
    case LOAD:
        return sn_load_relaxed(at);
    case STORE:
        sn_store(at, 1 + step->other);
        return 0;
    case STORE_RELAXED:
        sn_store_relaxed(at, 4 + step->other);
        return 0;
    case ADD:
        return sn_add(at, 1);
    case COMPARE:
        return sn_compare_exchange(at, &expected, 3);
    case WAIT:
        return (unsigned)-sn_futex_wait(at, 0, 1000000000 + step->timeout) & 7;
    case WAKE:
        sn_futex_wake(at, 1);
        return 0;
    case CLOCK:
        return (unsigned)(sn_now() - 1000000000) & 7;
    case GUARDED:
        do_step(SN_OP_LOCK, &locked[step->variable], is_free, 0);
        locked[step->variable] = true;
        expected = sn_add(other, 1);
        do_step(SN_OP_UNLOCK, &locked[step->variable], NULL, 0);
        locked[step->variable] = false;
        return expected;
    case TAKE:
        return (unsigned)take(&posts[step->variable], step->timeout);
    case TAKE_LATER:
        expected = sn_load(other);
        return expected + 4 * (unsigned)take(&posts[step->variable], step->timeout);
    case POST:
        do_step(SN_OP_SEM_POST, &posts[step->variable], NULL, 0);
        posts[step->variable]++;
        return 0;
    default:
        join_strand(start_strand(child, at));
        return 0;
    }
}

static void *strand_of_program(void *raw)
{
    unsigned self = (unsigned)(uintptr_t)raw;
    for (unsigned i = 0; i < program->steps[self]; i++)
        results[self][i] = (char)('0' + carry_out(&program->step[self][i]) % 64);
    return NULL;
}

static void run_program(void)
{
    strand *all[MOST_STRANDS];
    char text[OUTCOME_SIZE];
    size_t length = 0;
    for (unsigned i = 0; i < program->strands; i++)
        all[i] = start_strand(strand_of_program, (void *)(uintptr_t)i);
    for (unsigned i = 0; i < program->strands; i++)
        join_strand(all[i]);
    for (unsigned i = 0; i < program->strands; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s,", results[i]);
    for (unsigned i = 0; i < VARIABLES; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%u%u", variables[i], posts[i]);
    note_outcome(text);
}

static uint64_t dice;

static unsigned roll(unsigned sides)
{
    return (unsigned)sn_strategy_below(&dice, sides);
}

static void make_program(uint64_t seed)
{
    dice = sn_strategy_seed(seed, 0);
    program->strands = 2 + roll(2);
    unsigned kinds = 1 + roll(KINDS); /* the fewer, the more they have to do with each other */
    unsigned first = roll(KINDS), used = 1 + roll(VARIABLES);
    for (unsigned i = 0; i < program->strands; i++) {
        program->steps[i] = program->strands == 3 ? 1 + (i == 0) : 1 + roll(MOST_STEPS - 1);
        for (unsigned j = 0; j < program->steps[i]; j++)
            program->step[i][j] = (struct step){(enum step_kind)((first + roll(kinds)) % KINDS), roll(used), roll(used),
                                                1 + (int)roll(3)};
    }
}

static sennit_check_result explore_with(const char *strategy, bool store_buffers, struct outcomes **set)
{
    static void (*body)(void) = run_program;
    sennit_check_result result;
    sennit_check_options options = {.strategy = strategy,
                                    .bound = 1000,
                                    .schedules = MOST_SCHEDULES,
                                    .time = sennit_seconds(60),
                                    .store_buffers = store_buffers};
    *set = collect_outcomes();
    CHECK_EQ(sennit_check(model_body, &body, &options, &result), 0);
    return result;
}

static void compare(uint64_t from, uint64_t to, bool store_buffers)
{
    unsigned compared = 0;
    unsigned long long all = 0, reduced = 0, pruned = 0;
    program = sn_check_share(sizeof *program);
    for (uint64_t seed = from; seed < to; seed++) {
        struct outcomes *by_depth, *by_dpor;
        make_program(seed);
        sennit_check_result depth = explore_with("preemptions", store_buffers, &by_depth);
        if (depth.complete) { /* else there are too many */
            sennit_check_result dpor = explore_with("dpor", store_buffers, &by_dpor);
            CHECK(dpor.complete);
            if (strcmp(all_outcomes(by_depth), all_outcomes(by_dpor)) != 0)
                test_fail("dpor", (int)seed, "program %llu%s comes to other outcomes: %u, not %u; one is %s",
                          (unsigned long long)seed, store_buffers ? " with store buffers" : "", by_dpor->count,
                          by_depth->count, by_depth->texts[0]);
            if (dpor.schedules > depth.schedules)
                test_fail("dpor", (int)seed, "program %llu needs %llu schedules, more than %llu",
                          (unsigned long long)seed, (unsigned long long)dpor.schedules,
                          (unsigned long long)depth.schedules);
            compared++;
            all += depth.schedules;
            reduced += dpor.schedules;
            pruned += dpor.pruned;
            sn_check_unshare(by_dpor, sizeof *by_dpor);
        }
        sn_check_unshare(by_depth, sizeof *by_depth);
    }
    CHECK(compared > (to - from) / 4);
    printf("%u programs: %llu schedules depth first, %llu by dpor and %llu more pruned\n", compared, all, reduced, pruned);
}

TEST(random_programs)
{
    compare(1, 200, false);
}

TEST(random_programs_with_store_buffers)
{
    compare(1001, 1200, true);
}
