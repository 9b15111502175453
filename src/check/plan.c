/* plan.c - what is explored, in which order and how long; and what is done with a failure.       Layer: check.
 *                                                            Checked by: tests/unit/check.c, tests/check
 * The mixture, each part of it for a share of the schedules and of the time: the default schedule and those with one
 * preemption, because they give the shortest failures; then all of them, which for a small program is a proof; those
 * with two preemptions; then, in turns, SURW, POS, PCT and a random walk. A failure is minimised, run again, and its
 * like is counted in random schedules.
 */
#include "check/plan.h"

#include "base/panic.h"
#include "check/machine.h"
#include "check/shrink.h"
#include "check/token.h"
#include "plat/plat.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLES = 200, SAMPLE_MS = 300, BATCH = 200, AFTER_ALL = 1000 };

static const sn_strategy *const strategies[] = {
    &sn_strategy_preemptions, &sn_strategy_delays, &sn_strategy_dpor,   &sn_strategy_surw,
    &sn_strategy_pos,         &sn_strategy_pct,    &sn_strategy_random,
};

static const sn_strategy *find_strategy(const char *name)
{
    for (unsigned i = 0; i < sizeof strategies / sizeof *strategies; i++)
        if (strcmp(strategies[i]->name, name) == 0)
            return strategies[i];
    return NULL;
}

static void complain_of_strategy(const char *name)
{
    char known[256] = "";
    for (unsigned i = 0; i < sizeof strategies / sizeof *strategies; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "", strategies[i]->name);
    sn_complain("no strategy is called '%s'; there are %s", name, known);
}

sn_plan *sn_plan_new(const sennit_check_options *given)
{
    sennit_check_options options = *given;
    if (options.strategy && !find_strategy(options.strategy)) {
        complain_of_strategy(options.strategy);
        return NULL;
    }
    if (options.time < 0) {
        sn_complain("a negative time for an exploration");
        return NULL;
    }
    if (options.steps > SN_MOST_EVENTS) {
        sn_complain("a schedule has at most %d steps", SN_MOST_EVENTS);
        return NULL;
    }
    if (!options.schedules)
        options.schedules = SN_DEFAULT_SCHEDULES;
    if (!options.time)
        options.time = sennit_seconds(SN_DEFAULT_SECONDS);
    if (!options.steps)
        options.steps = SN_DEFAULT_STEPS;
    if (!options.seed)
        options.seed = 1;
    if (!options.bound)
        options.bound = SN_DEFAULT_BOUND;
    sn_plan *plan = sn_check_share(sizeof *plan);
    plan->options = options;
    plan->name = options.name ? options.name : "the body";
    plan->deviations = sn_check_share(SN_MOST_DEVIATIONS * sizeof *plan->deviations);
    plan->result = sn_check_share(sizeof *plan->result);
    plan->trace = sn_check_share(sizeof *plan->trace);
    return plan;
}

/* Whether there is no point in more runs. */
static bool has_failed(void)
{
    return sn_is_failure(sn_explorer_->result.verdict) || sn_explorer_->result.verdict == SN_VERDICT_CUT;
}

static int64_t deadline(const sn_plan *plan)
{
    return plan->options.time > INT64_MAX - plan->began ? INT64_MAX : plan->began + plan->options.time;
}

static uint64_t left(const sn_plan *plan)
{
    uint64_t done = sn_explorer_->schedules;
    return done < plan->options.schedules ? plan->options.schedules - done : 0;
}

/* Explores with one strategy, for at most `percent` of the whole time. Returns whether it has no more. */
static bool explore(sn_plan *plan, const sn_strategy *strategy, const sn_search *search, uint64_t most, int percent)
{
    int64_t until = deadline(plan), now = sn_plat_now();
    if (percent < 100 && until != INT64_MAX && now + plan->options.time / 100 * percent < until)
        until = now + plan->options.time / 100 * percent;
    bool over = sn_explore(&plan->program, strategy, search, most < left(plan) ? most : left(plan), until);
    if (has_failed())
        plan->strategy = strategy->name;
    return over;
}

/* Depth first within a bound, for a share of the schedules. Returns whether there is no need to go on. */
static bool explore_bound(sn_plan *plan, int bound)
{
    uint64_t before = sn_explorer_->schedules, share = plan->options.schedules / 5 + 1;
    sn_search search = {.bound = bound};
    bool over = explore(plan, &sn_strategy_preemptions, &search, share, 20);
    if (has_failed())
        return true;
    if (!over)
        return false;
    plan->is_complete = true;
    plan->complete_bound = sn_depth_first_left_out(sn_explorer_->state) ? bound : -1;
    plan->complete_count = sn_explorer_->schedules - before;
    return plan->complete_bound == -1;
}

/* The same without a bound, but for what is equivalent: schedules that differ only in the order of steps which do not
 * touch the same object. */
static void explore_all(sn_plan *plan)
{
    uint64_t before = sn_explorer_->schedules, share = 2 * (plan->options.schedules / 5) + 1;
    if (sn_explorer_->order_matters)
        return;
    sn_search search = {.seed = 1, .bound = -1};
    bool over = explore(plan, &sn_strategy_dpor, &search, share, 30);
    if (has_failed() || !over)
        return;
    plan->is_complete = true;
    plan->complete_bound = -1;
    plan->complete_count = sn_explorer_->schedules - before;
    plan->is_reduced = true;
}

static void explore_by_chance(sn_plan *plan, uint64_t most)
{
    static const sn_strategy *const turns[] = {&sn_strategy_surw, &sn_strategy_pos,  &sn_strategy_surw,
                                               &sn_strategy_pct,  &sn_strategy_surw, &sn_strategy_random,
                                               &sn_strategy_pos};
    if (most > left(plan))
        most = left(plan);
    for (uint64_t turn = 0; most && sn_plat_now() < deadline(plan) && !has_failed(); turn++) {
        uint64_t batch = most < BATCH ? most : BATCH;
        sn_search search = {.seed = plan->options.seed + turn, .bound = -1, .depth = 2 + (unsigned)(turn % 5)};
        explore(plan, turns[turn % (sizeof turns / sizeof *turns)], &search, batch, 100);
        most -= batch;
    }
}

static void mix(sn_plan *plan)
{
    if (explore_bound(plan, 0) || explore_bound(plan, 1))
        return;
    explore_all(plan);
    if (has_failed())
        return;
    if (plan->is_reduced) { /* all is said about synchronisations; what goes past them may still be met by chance */
        explore_by_chance(plan, AFTER_ALL);
        return;
    }
    if (!explore_bound(plan, 2))
        explore_by_chance(plan, UINT64_MAX);
}

static void search(sn_plan *plan)
{
    const sennit_check_options *options = &plan->options;
    if (options->replay) {
        sn_explore_replay(&plan->program, plan->deviations, plan->deviation_count);
        plan->strategy = "replay";
        return;
    }
    if (!options->strategy) {
        mix(plan);
        return;
    }
    const sn_strategy *strategy = find_strategy(options->strategy);
    int bound = options->bound < 0 ? 0 : options->bound;
    plan->strategy = strategy->name;
    plan->is_reduced = strategy == &sn_strategy_dpor;
    sn_search search = {.seed = options->seed, .bound = bound, .depth = 3};
    plan->is_complete = explore(plan, strategy, &search, options->schedules, 100);
    plan->is_complete = plan->is_complete && !(plan->is_reduced && sn_explorer_->order_matters);
    plan->complete_count = sn_explorer_->schedules;
    plan->complete_bound = strategy->is_systematic && strategy != &sn_strategy_dpor ? bound : -1;
    if (plan->is_complete && strategy->is_systematic && strategy != &sn_strategy_dpor &&
        !sn_depth_first_left_out(sn_explorer_->state))
        plan->complete_bound = -1;
}

/* How often schedules fail that nobody has chosen on purpose. */
static void sample(sn_plan *plan)
{
    int64_t until = sn_plat_now() + sennit_ms(SAMPLE_MS);
    for (unsigned i = 0; i < SAMPLES && sn_plat_now() < until; i++) {
        sn_search search = {.seed = plan->options.seed + 1000 + i, .bound = -1};
        sn_explore(&plan->program, &sn_strategy_random, &search, 1, INT64_MAX);
        plan->sampled++;
        plan->sampled_failures += sn_explorer_->result.verdict == plan->verdict;
    }
}

void sn_plan_keep_run(sn_plan *plan)
{
    const sn_trace *trace = &sn_explorer_->trace;
    memcpy(plan->result, &sn_explorer_->result, sizeof *plan->result);
    plan->trace->count = trace->count;
    memcpy(plan->trace->events, trace->events, trace->count * sizeof *trace->events);
}

static void keep_failure(sn_plan *plan)
{
    sn_explorer *explorer = sn_explorer_;
    plan->found = sn_plat_now();
    plan->deviation_count = sn_explore_deviations(plan->deviations, SN_MOST_DEVIATIONS);
    plan->verdict = explorer->result.verdict;
    uint64_t steps = explorer->events;
    bool is_quick = plan->verdict != SN_VERDICT_HANG; /* each like it takes as long again */
    plan->is_confirmed = !is_quick || sn_shrink(plan);
    sn_plan_keep_run(plan);
    plan->preemptions = 0;
    for (uint32_t i = 0; i < plan->trace->count; i++)
        plan->preemptions += plan->trace->events[i].preempts;
    if (!plan->options.replay && is_quick)
        sample(plan);
    explorer->events = steps;
}

void sn_plan_carry_out(sn_plan *plan)
{
    sn_explorer *explorer = sn_explorer_;
    explorer->tso = plan->options.store_buffers;
    explorer->most_steps = plan->options.steps;
    explorer->schedules = explorer->pruned = explorer->cut = explorer->events = 0;
    explorer->longest = 0;
    explorer->order_matters = false;
    plan->began = sn_plat_now();
    search(plan);
    plan->schedules = explorer->schedules;
    plan->verdict = explorer->result.verdict;
    if (has_failed())
        plan->is_complete = false;
    if (sn_is_failure(plan->verdict)) {
        keep_failure(plan);
        plan->is_confirmed = plan->confirm ? plan->confirm(plan) : plan->is_confirmed;
    }
    plan->ended = sn_plat_now();
}

void sn_plan_free(sn_plan *plan)
{
    sn_check_unshare(plan->deviations, SN_MOST_DEVIATIONS * sizeof *plan->deviations);
    sn_check_unshare(plan->result, sizeof *plan->result);
    sn_check_unshare(plan->trace, sizeof *plan->trace);
    sn_check_unshare(plan, sizeof *plan);
}
