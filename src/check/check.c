/* check.c - sennit_check: exploring a function of the calling process.       Layer: check.
 *                                                              Checked by: tests/unit/check.c
 * The runs are in place. Until the last one is over, signals that end a program, and a timer against hangs, are ours.
 */
#include <sennit/check.h>

#include "base/panic.h"
#include "check/crash.h"
#include "check/explore.h"
#include "check/machine.h"
#include "check/place.h"
#include "check/plan.h"
#include "check/report.h"
#include "check/token.h"
#include "plat/plat.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
    void (*function)(void *);
    void *arg;
};

static void *call(void *raw)
{
    const struct body *body = raw;
    body->function(body->arg);
    return NULL;
}

static void fill(sennit_check_result *result, const sn_plan *plan)
{
    const sn_explorer *explorer = sn_explorer_;
    *result = (sennit_check_result){
        .schedules = plan->schedules,
        .pruned = explorer->pruned,
        .steps = explorer->events,
        .complete = plan->is_complete && (plan->strategy || plan->complete_bound < 0), /* a mixture has no bound */
        .failure = sn_is_failure(plan->verdict) ? sn_verdict_names[plan->verdict] : NULL,
        .deviations = plan->deviation_count,
    };
    if (result->failure)
        sn_token_write(result->token, sizeof result->token, plan);
}

int sennit_check(void (*function)(void *), void *arg, const sennit_check_options *options, sennit_check_result *result)
{
    static const sennit_check_options defaults;
    struct body body = {function, arg};
    if (!options)
        options = &defaults;
    if (sn_machine_is_on())
        return sn_misuse("sennit_check", NULL, -EBUSY, "called from a body that is being explored");
    unsigned threads = sn_plat_thread_count();
    if (threads > 1)
        return sn_misuse("sennit_check", NULL, -EBUSY,
                         "the process has other threads; explore before any is started, or after they are joined");
    sn_explorer_set_up();
    sn_plan *plan = sn_plan_new(options);
    if (!plan)
        return -EINVAL;
    if (options->replay && !sn_token_read(options->replay, plan)) {
        sn_plan_free(plan);
        return -EINVAL;
    }
    fflush(NULL);
    sn_crash_catch();
    sn_crash_watch();
    sn_place *place = sn_place_new(call, &body, __builtin_frame_address(0));
    plan->program = (sn_program){sn_place_run, place};
    sn_plan_carry_out(plan);
    sn_place_leave(place);
    sn_crash_watch_no_more();
    sn_crash_let_go();
    if (!options->quiet && sn_is_failure(plan->verdict))
        sn_report_failure(plan, 2);
    int outcome = sn_is_failure(plan->verdict);
    if (plan->verdict == SN_VERDICT_CUT) {
        sn_complain("%s can't be explored: %s", plan->name, sn_explorer_->result.text);
        outcome = -ENOTSUP;
    }
    if (result)
        fill(result, plan);
    sn_plan_free(plan);
    return outcome;
}

void sennit_check_fail(const char *format, ...)
{
    char text[SN_RESULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (sn_machine_is_on())
        sn_machine_fail(SN_VERDICT_ASSERTION, "%s", text);
    sn_complain("%s", text);
    abort();
}
