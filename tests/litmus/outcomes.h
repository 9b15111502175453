/* outcomes.h - the set of what the runs of a body have come to, kept where nothing is set back between runs. */
#ifndef TESTS_LITMUS_OUTCOMES_H
#define TESTS_LITMUS_OUTCOMES_H

#include "model/model.h"

enum { MOST_OUTCOMES = 4096, OUTCOME_SIZE = 48 };

struct outcomes {
    unsigned count;
    char texts[MOST_OUTCOMES][OUTCOME_SIZE]; /* sorted */
    char joined[MOST_OUTCOMES * OUTCOME_SIZE];
};

/* Set before an exploration, so that each run finds it. */
static struct outcomes *outcomes;

/* Begin a new set. */
static inline struct outcomes *collect_outcomes(void)
{
    outcomes = sn_check_share(sizeof *outcomes);
    return outcomes;
}

static inline void note_outcome(const char *text)
{
    unsigned at = 0;
    while (at < outcomes->count && strcmp(outcomes->texts[at], text) < 0)
        at++;
    if (at < outcomes->count && strcmp(outcomes->texts[at], text) == 0)
        return;
    MUST(outcomes->count < MOST_OUTCOMES);
    memmove(outcomes->texts[at + 1], outcomes->texts[at], (outcomes->count - at) * OUTCOME_SIZE);
    snprintf(outcomes->texts[at], OUTCOME_SIZE, "%s", text);
    outcomes->count++;
}

/* "00 01 11" */
static inline const char *all_outcomes(struct outcomes *of)
{
    size_t length = 0;
    of->joined[0] = '\0';
    for (unsigned i = 0; i < of->count; i++)
        length += (size_t)sprintf(of->joined + length, "%s%s", i ? " " : "", of->texts[i]);
    return of->joined;
}

#endif
