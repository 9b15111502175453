/* place.h - runs in this process, one after another, each from the same beginning.       Layer: check. */
#ifndef SN_CHECK_PLACE_H
#define SN_CHECK_PLACE_H

#include "check/explore.h"

typedef struct sn_place sn_place;

/* Remember how everything is now; runs of function(arg) begin from here. Of the stack that is what lies above `stack`:
 * the frames of those who called the caller; NULL: nothing. */
sn_place *sn_place_new(void *(*function)(void *), void *arg, char *stack);

/* An sn_execute whose argument is the place. */
void sn_place_run(void *place);

/* Set everything back once more, and forget it. */
void sn_place_leave(sn_place *place);

#endif
