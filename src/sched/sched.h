/* sched.h - tasks, workers and who carries them.       Layer: sched.
 *
 *   task     a strand with a stack of its own
 *   worker   the right to run tasks: there are as many as sennit_configure says. It has a deque of continuations that
 *            were left behind, and a cache of stacks
 *   carrier  an OS thread that has a worker: a helper of the runtime; the main thread while it waits; or any thread
 *            during an async call, as a guest
 *
 * A task that can go on is in one of two places: in a worker's deque, if it was left behind by an async call of its own
 * (child first), or in the run queue, if it was woken, yielded or has been taken from nowhere yet. A carrier takes the
 * newest of its deque, then the oldest of the run queue, then what is due of the timers, then steals.
 */
#ifndef SN_SCHED_SCHED_H
#define SN_SCHED_SCHED_H

#include "base/list.h"
#include "fiber/fiber.h"
#include "park/waiter.h"
#include "sched/deque.h"
#include "sched/timer.h"

typedef struct sn_task sn_task;
typedef struct sn_worker sn_worker;

struct sn_task {
    sn_strand strand; /* first, so that a task's strand is the task */
    sn_fiber fiber;
    sn_task *next;           /* in the run queue (its guard) or a worker's cache (its carrier) */
    void *low;               /* const: its stack */
    bool is_alive;           /* noted */
    void (*body)(sn_task *); /* const while alive */
    void *arguments;         /* const while alive: room on the task's own stack */

    /* async's: own task only */
    struct sennit_promise *promise;
    const struct sennit_async_function *function;
    sn_link made; /* promises that it made and has not consumed */
};

struct sn_worker {
    sn_deque deque;
    sn_task *cache; /* its carrier only: tasks that have ended, the warmest first */
    unsigned cached;
    uint64_t random;      /* its carrier only: where to steal next */
    sn_worker *next_free; /* under the scheduler's guard */
};

/* task.c */
/* A task that will run body(task), with room for arguments; NULL: no memory. */
sn_task *sn_task_new(const char *name, void (*body)(sn_task *), size_t arguments_size);
/* Run a new task, child first: returns when it has ended or suspended, or when another worker takes the caller over. */
void sn_task_call(sn_task *task);
/* End the calling task from wherever it is. Its records are undone already. */
_Noreturn void sn_task_end(void);
/* The calling task suspends; commit(arg) is called when its context is saved, on another stack. */
void sn_task_suspend(void (*commit)(void *), void *arg);
/* The calling task goes to the end of the run queue, unless nothing else is ready here. */
void sn_task_let_others_run(void);
/* Run the commit that the flow of control has left behind from which this one was switched to. */
void sn_task_arrived(void);
/* Before an OS thread's own flow of control is switched away from for the first time. */
void sn_task_know_thread(sn_os *os);
/* Called when a task throws and nothing catches. Set by async. */
extern void (*sn_task_uncaught)(sn_task *task, sennit_error *error) __attribute__((noreturn));
/* The control block of a stack. */
sn_task *sn_task_at(void *low);
/* Give the stacks of a worker's cache back. */
void sn_task_drop_cache(sn_worker *worker);

/* pool.c */
/* The task can go on. */
void sn_sched_ready(sn_task *task);
/* Whether the run queue has a task, at this instant. */
bool sn_sched_has_ready(void);
/* Whether there is one worker only. */
bool sn_sched_is_serial(void);
/* A continuation was left behind in the caller's deque: see that an idle worker looks for it. */
void sn_sched_left_behind(void);
/* Take a worker for the calling OS thread, waiting for one if need be; give it back. */
void sn_sched_borrow_worker(sn_os *os);
void sn_sched_return_worker(sn_os *os);
/* Bring the runtime up if it is not. */
void sn_sched_start(void);
/* Whether no task can run and no timer is set. */
bool sn_sched_is_quiet(void);

/* Set a timer to a deadline; false: no memory. */
bool sn_timer_set(sn_timer *timer, int64_t deadline);
/* Set a timer that is due when `duration` has passed. With one worker, timers that are set without looking at the clock
 * in between, that is, before the run queue is empty, rank as if they were set at one instant: so their order is that of
 * their durations, however slow the machine. false: no memory. */
bool sn_timer_start(sn_timer *timer, sennit_duration duration);
/* Stop it; false: it has fired, or is about to. */
bool sn_timer_stop(sn_timer *timer);

/* carrier.c */
/* See that the runtime's own threads end; they have ended at the return, unless one runs a task that goes on. */
void sn_sched_stop(void);
/* The main thread's: it lends itself to the runtime while it waits. */
extern const struct sn_parker sn_main_parker;

/* runtime.c */
unsigned sn_runtime_close_configuration(void);

/* end.c */
/* Something the end of the program waits for has come (1) or gone (-1). */
void sn_end_wait_for(int change);
/* Wait until all of that is gone, and all threads: what the end of the program does. */
void sn_end_wait(void);
/* The program ends with `status` now; its end waits for nothing. */
_Noreturn void sn_end_now(int status);

#endif
