/* runtime.h - for models of the whole runtime: tasks, workers, and who carries them.
 *
 * A body ends when what it started is done; the runtime's own threads may sleep on then, as at any other time.
 */
#ifndef TESTS_MODEL_RUNTIME_H
#define TESTS_MODEL_RUNTIME_H

#include "model/model.h"

#include "fiber/stack.h"
#include "sched/sched.h"

/* The stacks of tasks are mapped once, before the first run: runs set variables and the heap back, but map nothing. */
__attribute__((constructor)) static void map_stacks(void)
{
    int is_new;
    sn_stack_take(&is_new);
}

/* Bring the runtime up, without choices. */
static inline void start_runtime(unsigned workers)
{
    sn_machine_quiet();
    sennit_config config = {.workers = workers};
    MUST(sennit_configure(&config) == 0);
    sn_sched_start();
    sn_machine_loud();
}

/* Everything is done: whoever still sleeps is one of the runtime's threads, and nobody waits for those. */
static inline void leave_runtime(void)
{
    for (unsigned i = 0; i < sn_machine_->count; i++)
        if (sn_machine_->runners[i] != sn_machine_self())
            sn_machine_->runners[i]->is_service = true;
}

/* Where all schedules within two preemptions are too many: so many random ones beside those within one. */
static inline void sample(const char *name, void (*body)(void), uint64_t schedules)
{
    static const char *const strategies[] = {"random", "pct", "pos"};
    for (unsigned i = 0; i < sizeof strategies / sizeof *strategies; i++) {
        sennit_check_options options = {
            .name = name, .strategy = strategies[i], .schedules = schedules, .time = sennit_seconds(100)};
        sennit_check_result result;
        CHECK_EQ(sennit_check(model_body, &body, &options, &result), 0);
        CHECK_EQ(result.schedules, schedules);
        say_explored(name, &options, &result);
    }
}

#define SAMPLED(body, count) \
    TEST(body##_sampled) { sample(#body, body, count); }

#endif
