/* The runtime that carries tasks. It comes up by itself at the first async call, with one worker for each core that the
 * process may use (affinity and cgroup quota counted), and needs no stop. The main thread works too, whenever it waits.
 *
 *     sennit_configure(&(sennit_config){.workers = 1});     // before the first async call
 */
#ifndef SENNIT_RUNTIME_H
#define SENNIT_RUNTIME_H

#include <sennit/base.h>

typedef struct sennit_config {
    unsigned workers;  /* how many tasks may run at the same instant, at most 1024; 0: one for each core */
    size_t stack_size; /* bytes of address space for each task's stack, at least 16384; 0: 65536 */
} sennit_config;

SENNIT_BEGIN_DECLS

/* Set up the runtime before its first use. The environment's SENNIT_WORKERS takes precedence over a `workers` of 0.
 * Returns 0, -EINVAL for values out of range, or -EBUSY if the runtime is up already; each with a line on stderr.
 * Does not suspend.   From: thread. */
SENNIT_API int sennit_configure(const sennit_config *config);

/* How many workers the runtime has, or would have if it came up now.   Does not suspend.   From: thread, task. */
SENNIT_API unsigned sennit_workers(void);

/* Let the other ready tasks run before the caller goes on.
 * May suspend (a thread gives up its time slice instead).   From: thread, task.   Python: asyncio.sleep(0). */
SENNIT_API void sennit_task_yield(void);

/* Write a line for each strand, thread or task, to the file descriptor: what it is, and what it waits for and where.
 * Ctrl-\ (SIGQUIT) does the same for a running program, and then ends it as that signal does by default.
 * Does not suspend.   From: anywhere, a signal handler too; then it may miss what is changing at that instant. */
SENNIT_API void sennit_report(int fd);

SENNIT_END_DECLS

#endif
