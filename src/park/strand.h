/* strand.h - a strand: whatever can wait, an OS thread or a task.       Layer: park.
 *
 * Locks, conditions, joins and awaits know strands only. How a strand sleeps and is woken is its parker's business: a
 * thread's parker is in waiter.c; sched gives tasks theirs, and another to the main thread, which lends itself to the
 * runtime while it waits.
 */
#ifndef SN_PARK_STRAND_H
#define SN_PARK_STRAND_H

#include "park/guard.h"
#include "plat/self.h"

#include <sennit/with.h>

typedef struct sn_strand sn_strand;
typedef struct sn_waiter sn_waiter;
typedef struct sn_os sn_os;

struct sn_parker {
    /* Sleep until `waiter` is claimed or the deadline passes (then claim it as timed out, if nobody was quicker). */
    void (*sleep)(sn_strand *self, sn_waiter *waiter, int64_t deadline);
    /* Called once for each waiter that was claimed while its strand slept. */
    void (*wake)(sn_strand *strand);
    /* Nothing catches `error` (now owned by the callee). */
    void (*uncaught)(sn_strand *self, sennit_error *error) __attribute__((noreturn));
};

enum { SN_STRAND_NUMBER_BITS = 30 }; /* numbers fit into a lock's word beside its two bits */

struct sn_strand {
    const struct sn_parker *parker; /* own strand only, after birth */
    sennit_record *records;         /* own strand only: what a throw undoes, the innermost first */
    uint32_t number;                /* const while alive; never 0 */
    bool is_task;                   /* const */

    /* For reports: noted by the strand, peeked at by others. */
    const char *name;
    const char *waits_for; /* NULL: it runs, or could */
    const void *object;
    const char *site;
};

/* An OS thread that has called the library. These are never freed but used again, so that waking one that has just
 * ended does no harm. */
struct sn_os {
    sn_strand strand;   /* the thread itself, as a strand */
    sn_strand *current; /* own thread only: its strand, or the task that it carries */
    uint32_t permit;    /* atomic: EMPTY, SET, ASLEEP, see strand.c */
    bool dozes;         /* noted: asleep without a deadline */
    bool is_alive;      /* atomic: a thread has it */
    bool is_helper;     /* const while alive: one of the runtime's own threads */
    uint32_t naps;      /* noted: how often it fell asleep */
    sn_os *next;        /* const: the list of all */
    sn_os *next_free;   /* under the list's guard */
    char own_name[32];

    struct sennit_thread *thread; /* own thread only: the object that it runs; NULL: sennit did not start it */

    /* The runtime's, see sched/pool.c: own thread only, except where a guard is named. */
    struct sn_worker *worker; /* atomic: set by its giver under the scheduler's guard */
    struct sn_fiber *fiber;   /* the thread's own flow of control, while it carries a task */
    bool fiber_is_known;
    void (*commit)(void *); /* to be called by whoever goes on after a switch */
    void *commit_arg;
    sn_os *next_waiting; /* under the scheduler's guard: the list of idle threads, or that of guests */
    bool is_idle;        /* under the scheduler's guard */
    bool searches;       /* under the scheduler's guard: woken to look for work, has not found any yet */
    unsigned runs;
};

sn_os *sn_os_attach(void);

/* The calling OS thread. Never keep it across a suspension: a task may go on elsewhere. */
static inline sn_os *sn_os_self(void)
{
    sn_os *os = sn_self_get();
    return __builtin_expect(os != NULL, 1) ? os : sn_os_attach();
}

/* The calling strand. */
static inline sn_strand *sn_strand_self(void)
{
    return sn_os_self()->current;
}

uint32_t sn_strand_new_number(void);

/* Sleep until sn_os_wake, even an earlier one that nobody has slept for, or until the deadline; also for no reason. */
void sn_os_sleep(sn_os *os, int64_t deadline);
void sn_os_wake(sn_os *os);

/* Every OS thread that ever called the library; NULL ends the list. */
sn_os *sn_os_first(void);

/* If every OS thread sleeps without a deadline, and none has been woken: how often they all have fallen asleep, plus
 * one; else 0. */
uint64_t sn_os_all_doze(void);

/* How many are alive. */
uint32_t sn_os_count(void);

/* What sched adds: called at the first attach of a program; when the last thread that could run may have gone to
 * sleep, or has ended (`leaving`: 1), which returns whether it is worth another look a little later; to give the main
 * thread its parker. Set before main, const then. */
struct sn_runtime_hooks {
    void (*first_attach)(void);
    bool (*all_doze)(unsigned leaving);
    const struct sn_parker *main_parker;
};
extern struct sn_runtime_hooks sn_runtime_hooks;

#endif
