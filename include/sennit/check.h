/* Explore a piece of a program under every schedule that matters: the same engine as `sennit check`, for unit tests.
 * Link with -lsennit-check instead of -lsennit. The body is run again and again, each time from the same beginning and
 * under another schedule; it may start threads and tasks, and use everything of sennit, and of pthread, C11 threads and
 * semaphores. A failed assert, an abort, a deadlock, a lost wake-up and misuse are failures.
 *
 *     static void body(void *unused)
 *     {
 *         int x = 0;
 *         sennit_thread *thread = sennit_thread_start(add_one, &x);
 *         add_one(&x);
 *         sennit_thread_join(thread);
 *         assert(x == 2);
 *     }
 *     assert(sennit_check(body, NULL, NULL, NULL) == 0);
 *
 * Before each run the variables of the program, the locals of those who called sennit_check, the heap and the
 * thread-local variables are set back. Files and sockets are not, nor memory of mmap, which is where malloc has taken
 * blocks of 128 KB and more that are older than the call. docs/checker.md says what is explored, and what is not.
 */
#ifndef SENNIT_CHECK_H
#define SENNIT_CHECK_H

#include <sennit/base.h>

/* All zero: the defaults. */
typedef struct sennit_check_options {
    const char *strategy;      /* a name that `sennit check --help` lists; NULL: a mixture */
    int bound;                 /* the most preemptions, or delays, of a bounded strategy; 0: 2; negative: none at all */
    uint64_t schedules;        /* the most schedules; 0: 10,000 */
    sennit_duration time;      /* the most time; 0: 10 s */
    uint64_t seed;             /* of the strategies that go by chance; 0: 1 */
    uint32_t steps;            /* one with more of them is a failure; at most 100,000; 0: 20,000 */
    bool store_buffers;        /* explore when stores become visible, too (x86): only where each atomic is a step */
    bool quiet;                /* say nothing */
    const char *replay;        /* explore only this schedule, as a report names it; NULL: all */
    const char *name;          /* what reports call the body; NULL: "the body" */
} sennit_check_options;

typedef struct sennit_check_result {
    uint64_t schedules;  /* explored */
    uint64_t pruned;     /* further ones, given up since they would be the same as others */
    uint64_t steps;      /* in all */
    bool complete;       /* nothing is left, within the bound if the strategy has one */
    const char *failure; /* what was found: "deadlock", "lost wake-up", "assertion failed", ...; NULL: nothing */
    unsigned deviations; /* of the minimised schedule from the default one */
    char token[512];     /* replays it; empty: nothing found, or too long */
} sennit_check_result;

SENNIT_BEGIN_DECLS

/* Explore body(arg). `options` and `result` may be NULL.
 * Returns 0 if nothing was found; 1 for a failure, which is reported on stderr; and with a line on stderr: -EBUSY if
 * the process has more than one thread, -EINVAL for options out of range, -ENOTSUP if the body does what can't be
 * explored (pthread_cancel, a signal to another thread, more than 4,095 strands). Of these only -ENOTSUP fills in
 * `result`.
 * Does not suspend.   From: thread; from a body that is being explored it is misuse. */
SENNIT_API int sennit_check(void (*body)(void *arg), void *arg, const sennit_check_options *options,
                            sennit_check_result *result);

/* End the run as failed, for a reason that the report shows. Outside an exploration it writes the reason on stderr and
 * aborts.
 * Does not return.   From: thread, task. */
SENNIT_API SENNIT_NORETURN void sennit_check_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

SENNIT_END_DECLS

#endif
