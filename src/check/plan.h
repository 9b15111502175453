/* plan.h - what is explored, in which order and how long; and what is done with a failure.       Layer: check. */
#ifndef SN_CHECK_PLAN_H
#define SN_CHECK_PLAN_H

#include "check/explore.h"

#include <sennit/check.h>

enum { SN_DEFAULT_SCHEDULES = 10000, SN_DEFAULT_SECONDS = 10, SN_DEFAULT_STEPS = 20000, SN_DEFAULT_BOUND = 2 };

typedef struct sn_plan {
    sennit_check_options options; /* no field is at its default any more */
    sn_program program;
    const char *name;
    /* Whether a fresh process comes to the same end; NULL: a run here must do. Returns false if it does not. */
    bool (*confirm)(const struct sn_plan *plan);

    /* what came of it */
    uint64_t schedules;      /* until the failure, or in all */
    bool is_complete;        /* everything was explored, */
    bool is_reduced;         /* but for what differs only in the order of independent steps, */
    uint64_t complete_count; /* in so many schedules; */
    int complete_bound;      /* up to this many preemptions or delays; -1: without a bound */
    const char *strategy;    /* that has found the failure, or explored everything; NULL: a mixture */
    enum sn_verdict verdict;
    bool is_confirmed; /* by `confirm`; without it, by a second run, but for hangs, which are not run again */
    uint64_t sampled, sampled_failures; /* how often random schedules fail like this */
    int64_t began, found, ended;        /* real times */
    unsigned deviation_count;
    sn_deviation *deviations; /* the minimised schedule */
    unsigned preemptions;     /* in it */
    bool has_neighbour;       /* without its last deviation it passes: */
    sn_deviation neighbour_lacks;
    sn_run_result *result; /* the failure's */
    sn_trace *trace;       /* of the minimised schedule */
} sn_plan;

/* NULL, with a line on stderr, for options out of range. */
sn_plan *sn_plan_new(const sennit_check_options *options);
void sn_plan_carry_out(sn_plan *plan);
/* Note the last run as the failure: what it did, and how it ended. */
void sn_plan_keep_run(sn_plan *plan);
void sn_plan_free(sn_plan *plan);

#endif
