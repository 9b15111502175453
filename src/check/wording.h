/* wording.h - what the parts of a failure's report share: how strands, objects, operations and places are called.
 *                                                                          Layer: check. */
#ifndef SN_CHECK_WORDING_H
#define SN_CHECK_WORDING_H

#include "check/plan.h"
#include "check/symbols.h"

#include <stdio.h>

enum { SN_MOST_WORDS = 64 };

typedef struct sn_wording {
    const sn_plan *plan;
    sn_symbols *symbols;
    FILE *out;
    uint32_t words[SN_MOST_WORDS]; /* numbers of objects that have no name, in the order in which they are spoken of */
    unsigned word_count;
    uint16_t runner_of[SN_MOST_SNAPSHOT_RUNNERS]; /* by id: their objects' numbers, as far as they began */
    uint32_t runner_number[SN_MOST_SNAPSHOT_RUNNERS];
    unsigned runner_count;
    uint16_t ranks[SN_MOST_SNAPSHOT_OBJECTS]; /* by index in the snapshot: the how-many-th nameless one of its kind */
} sn_wording;

typedef struct sn_text {
    char s[256];
} sn_text;

/* Looks at all places of the failure. NULL: no memory. */
sn_wording *sn_wording_new(const sn_plan *plan, FILE *out);
void sn_wording_free(sn_wording *wording);

/* Whether somebody should miss it: it waits, and is no service. */
static inline bool sn_is_stuck(const sn_snapshot_runner *runner)
{
    return runner->is_blocked && !runner->has_ended && !runner->is_service;
}

/* "T1 transfer" */
sn_text sn_name_strand(sn_wording *wording, unsigned id);
/* NULL for an id, or an address, that the failure's snapshot has not. */
const sn_snapshot_runner *sn_snapshot_of(const sn_wording *wording, unsigned id);
const sn_snapshot_object *sn_snapshot_of_object(const sn_wording *wording, const void *address);

/* "bank.c:12"; empty if it is not known. */
sn_text sn_name_place(const sn_wording *wording, const char *site, uintptr_t pc);
sn_text sn_name_failure_place(const sn_wording *wording);
/* The same with a word before it: " at bank.c:12"; empty as above. */
sn_text sn_name_place_after(const sn_wording *wording, const char *word, const char *site, uintptr_t pc);

/* "mutex `a`", "mutex #2". `number` is the trace's, 0: none. */
sn_text sn_name_object(sn_wording *wording, const void *address, const char *kind, uint32_t number);

/* "lock mutex `a`" */
sn_text sn_name_event(sn_wording *wording, const sn_event *event);
/* What a strand was about to do, or waits for: "mutex `a`", "the end of T2". */
sn_text sn_name_next(sn_wording *wording, const sn_snapshot_runner *runner);
sn_text sn_name_wait(sn_wording *wording, const sn_snapshot_runner *runner);

/* Where the schedule leaves the default: "switch: T1 -> T2, before T1: lock mutex `b` at bank.c:21". */
sn_text sn_name_departure(sn_wording *wording, uint32_t event);

/* ---- the parts */

void sn_cause_write(sn_wording *wording);   /* cause.c */
void sn_columns_write(sn_wording *wording); /* columns.c */

#endif
