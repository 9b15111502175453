/* crash.h - a signal that ends the program is a failure of the run.       Layer: check. */
#ifndef SN_CHECK_CRASH_H
#define SN_CHECK_CRASH_H

#include <signal.h>

/* From now on; and as it was before. */
void sn_crash_catch(void);
void sn_crash_let_go(void);

/* A run that takes too long without a step is a failure. A forked run is watched from outside, by a process that sends
 * it this signal; a run in place is watched between the next two. */
enum { SN_HANG_SECONDS = 5, SN_HANG_SIGNAL = SIGALRM };
#define SN_SLEEPS_TEXT "a strand waits in the kernel (read, poll, accept, ...), which stops all the others"
void sn_crash_heed_watcher(void);
void sn_crash_watch(void);
void sn_crash_watch_no_more(void);

#endif
