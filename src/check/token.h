/* token.h - a schedule in one word: what a report prints and --replay takes.       Layer: check.
 *
 *     sennit1:0@3>0.1,0.1@7>0
 *
 * The version; then the deviations from the default schedule: when runner 0 has announced 3 steps, 0.1 goes on. A
 * runner is named by its birth: 0 is main, 0.2 its second child, 0.2.1 that one's first. `>0.1!` says that the deadline
 * of 0.1 comes, `>0.1~` that its oldest store becomes visible. The default schedule is `-`.
 */
#ifndef SN_CHECK_TOKEN_H
#define SN_CHECK_TOKEN_H

#include "check/plan.h"

/* Returns false, and an empty text, if it does not fit. */
bool sn_token_write(char *text, size_t size, const sn_plan *plan);

/* The path of a runner of the failed run, less than result->runner_count. */
uint64_t sn_token_path(const sn_run_result *result, unsigned id);

/* Reads into plan->deviations. Returns false, with a line on stderr, if the text is no token. */
bool sn_token_read(const char *text, sn_plan *plan);

#endif
