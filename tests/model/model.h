/* model.h - for model tests: a body that is run under every schedule within a bound, each atomic operation of the
 * library a choice. Linked with libsennit-model; see src/check/machine.h.
 *
 *     static void two_get_it_in_turn(void) { ... start strands, join them, MUST(...) ... }
 *     MODEL(two_get_it_in_turn)                       exhaustive to 2 preemptions, must find nothing
 *     MUTANT(if_for_while, "assertion failed")        must find that
 *
 * Every model prints what was explored, and fails if that is nothing.
 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* program_invocation_short_name */
#endif

#include "harness/test.h"

#include "check/explore.h"
#include "check/hooks.h"
#include "check/machine.h"
#include "check/strategy.h"
#include "park/strand.h"
#include "seam/seam.h"

#include <sennit.h>
#include <sennit/check.h>
#include <stdlib.h>

#define MUST(condition) \
    ((condition) ? (void)0 : sennit_check_fail("%s:%d: MUST(%s) failed", __FILE__, __LINE__, #condition))

typedef sn_runner strand;

struct strand_start {
    void *(*function)(void *);
    void *arg;
};

/* Getting to know the library is not what a model is about: no choices there. */
static inline void *strand_main(void *raw)
{
    struct strand_start start = *(struct strand_start *)raw;
    sn_machine_quiet();
    sn_strand_self();
    sn_machine_loud();
    return start.function(start.arg);
}

/* Start an OS thread of the model. */
static inline strand *start_strand(void *(*function)(void *), void *arg)
{
    struct strand_start *start = sn_machine_allocate(sizeof *start);
    *start = (struct strand_start){function, arg};
    strand *started = sn_machine_spawn(strand_main, start, "strand", 0);
    started->function_shown = (uintptr_t)function;
    sn_explore_note_target(started->id);
    return started;
}

static inline void *join_strand(strand *of)
{
    sn_machine_join(of, INT64_MAX, NULL, 0);
    return of->value;
}

static inline void model_body(void *raw)
{
    void (*body)(void) = *(void (**)(void))raw;
    sn_machine_quiet();
    sn_strand_self();
    sn_runtime_hooks.all_doze = NULL; /* the machine itself sees a deadlock */
    sn_machine_loud();
    body();
}

/* The line goes to the file that $SENNIT_EXPLORED names, too, for a summary. */
static inline void say_explored(const char *name, const sennit_check_options *options,
                                const sennit_check_result *result)
{
    char line[512], bound[64] = "";
    const char *strategy = options->strategy;
    bool all = strategy && strcmp(strategy, "dpor") == 0;
    if (!all && !options->bound) /* a random strategy */
        snprintf(bound, sizeof bound, " by %s", strategy);
    else if (!all)
        snprintf(bound, sizeof bound, " to %d %s", options->bound < 0 ? 0 : options->bound, strategy);
    snprintf(line, sizeof line, "%s/%s: %s%s%s: %llu schedules, %llu more pruned, %llu steps%s%s%s\n",
             program_invocation_short_name, name,
             result->complete ? "exhaustive" : "explored", bound, options->store_buffers ? " with store buffers" : "",
             (unsigned long long)result->schedules, (unsigned long long)result->pruned,
             (unsigned long long)result->steps, result->failure ? "; found: " : "",
             result->failure ? result->failure : "", result->failure ? ", as it must" : "");
    fputs(line, stdout);
    const char *path = getenv("SENNIT_EXPLORED");
    FILE *file = path ? fopen(path, "ae") : NULL;
    if (file) {
        fputs(line, file);
        fclose(file);
    }
}

/* `expected`: the failure that must be found; NULL: none, and everything within the bound must have been explored. */
static inline void explore_model(const char *name, void (*body)(void), const char *expected,
                                 sennit_check_options options)
{
    sennit_check_result result;
    if (!options.strategy)
        options.strategy = "preemptions";
    if (!options.bound)
        options.bound = 2;
    if (!options.schedules)
        options.schedules = 20000000;
    if (!options.time)
        options.time = sennit_seconds(100);
    options.name = name;
    options.quiet = expected != NULL;
    int status = sennit_check(model_body, &body, &options, &result);
    CHECK(status >= 0);
    if (expected) {
        if (status != 1 || strcmp(result.failure, expected) != 0)
            test_fail(name, 0, "expected: %s; found: %s, in %llu schedules", expected,
                      result.failure ? result.failure : "nothing", (unsigned long long)result.schedules);
    } else {
        CHECK_EQ(status, 0);
        if (!result.complete)
            test_fail(name, 0, "not all was explored within the time: %llu schedules",
                      (unsigned long long)result.schedules);
    }
    CHECK(result.schedules > 0);
    say_explored(name, &options, &result);
}

/* Further arguments are fields of sennit_check_options: MODEL(x, .bound = 3, .store_buffers = true) */
#define MODEL(body, ...) \
    TEST(body##_model) { explore_model(#body, body, NULL, (sennit_check_options){.name = #body, ##__VA_ARGS__}); }
#define MUTANT(body, expected, ...) \
    TEST(body##_mutant) { explore_model(#body, body, expected, (sennit_check_options){.name = #body, ##__VA_ARGS__}); }

#endif
