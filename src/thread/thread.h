/* thread.h - what the end of the program needs of threads.       Layer: thread. */
#ifndef SN_THREAD_THREAD_H
#define SN_THREAD_THREAD_H

#include <stdint.h>

/* Wait until no thread started by sennit_thread_start is left, the caller itself aside. */
void sn_thread_wait_for_all(void);

#endif
