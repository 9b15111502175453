/* shrink.c - a shorter schedule that fails the same way.       Layer: check.
 *                                                            Checked by: tests/unit/check.c, tests/check
 * Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (2002), on the list of deviations from the
 * default schedule: leave out a part, run again, keep what still fails in the same way; with parts half as large each
 * round. A run may find a shorter list than it was given, because a deviation may not come up; that one is kept.
 */
#include "check/shrink.h"

#include "check/machine.h"
#include "plat/plat.h"

#include <string.h>

enum { MOST_RUNS = 400 };

struct shrinking {
    sn_plan *plan;
    sn_deviation *trial;
    unsigned runs;
    int64_t until;
};

static bool still_fails(struct shrinking *shrinking, const sn_deviation *deviations, unsigned count)
{
    sn_plan *plan = shrinking->plan;
    shrinking->runs++;
    sn_explore_replay(&plan->program, deviations, count);
    return sn_explorer_->result.verdict == plan->verdict;
}

/* Leave out `size` deviations from `from` on. Returns whether it still fails; then the plan has the shorter list. */
static bool leave_out(struct shrinking *shrinking, unsigned from, unsigned size)
{
    sn_plan *plan = shrinking->plan;
    unsigned count = plan->deviation_count, end = from + size < count ? from + size : count;
    memcpy(shrinking->trial, plan->deviations, from * sizeof *shrinking->trial);
    memcpy(shrinking->trial + from, plan->deviations + end, (count - end) * sizeof *shrinking->trial);
    if (!still_fails(shrinking, shrinking->trial, count - (end - from)))
        return false;
    unsigned used = sn_explore_deviations(plan->deviations, SN_MOST_DEVIATIONS);
    if (used > count - (end - from)) { /* can't be: it followed the shorter list */
        memcpy(plan->deviations, shrinking->trial, (count - (end - from)) * sizeof *shrinking->trial);
        used = count - (end - from);
    }
    plan->deviation_count = used;
    return true;
}

bool sn_shrink(sn_plan *plan)
{
    struct shrinking shrinking = {plan, sn_explorer_->deviations, 0, sn_plat_now() + sennit_seconds(2)};
    unsigned size = plan->deviation_count / 2;
    if (!size)
        size = 1;
    while (plan->deviation_count && shrinking.runs < MOST_RUNS && sn_plat_now() < shrinking.until) {
        bool shorter = false;
        for (unsigned from = 0; from < plan->deviation_count && shrinking.runs < MOST_RUNS;) {
            if (leave_out(&shrinking, from, size))
                shorter = true;
            else
                from += size;
        }
        if (size > 1)
            size /= 2;
        else if (!shorter)
            break;
    }
    /* the nearest schedule that passes: this one without its last deviation */
    if (plan->deviation_count) {
        plan->neighbour_lacks = plan->deviations[plan->deviation_count - 1];
        sn_explore_replay(&plan->program, plan->deviations, plan->deviation_count - 1);
        plan->has_neighbour = !sn_is_failure(sn_explorer_->result.verdict);
    }
    return still_fails(&shrinking, plan->deviations, plan->deviation_count);
}
