/* machine.h - runs the strands of a program one at a time in one OS thread, and asks who goes on before every step.
 *                                                                          Layer: check.
 * A runner is a flow of control under the machine: an OS thread of the program that is checked (of the library's own
 * threads in a model test), or a task. It has a stack of its own and its own copy of the thread-local variables. Before
 * each operation that others could see it calls sn_machine_step with what it is about to do; when that returns the
 * operation is its to do, and nobody else runs before its next step.
 *
 * A choice is between actors: a runner's next operation, the coming of the earliest deadline ("time passes"), and, if
 * store buffers are modelled, the oldest store of a runner becoming visible to the others.
 */
#ifndef SN_CHECK_MACHINE_H
#define SN_CHECK_MACHINE_H

#include "check/op.h"
#include "check/strategy.h"

enum {
    SN_MOST_RUNNERS = 4096,
    SN_MOST_STORES = 16, /* in one store buffer */
    SN_RUNNER_NAME = 48,
    SN_MOST_TLS = 16384, /* bytes of thread-local variables */
};

struct sn_stored {
    void *at;
    uint8_t size;
    uint64_t value, under; /* `under`: what lay there when this store was made */
};

typedef struct sn_runner {
    uint16_t id;    /* in the order of birth; 0: main */
    uint16_t child; /* the how-many-th child of its parent, from 1 */
    struct sn_runner *parent;
    uint16_t children;
    enum sn_runner_state { SN_NEW, SN_STARTED, SN_ENDED } state;

    sn_op op;             /* what it does next, unless it has ended */
    bool timed_out;       /* the deadline of `op` has come */
    uint64_t order;       /* of deadlines that are equal: the order in which they were made */
    uint32_t steps;       /* how many operations it has announced */
    unsigned passed_over; /* how many deadlines have come while it could run, since it last did */
    unsigned quiet;       /* its steps are no choices while this is not 0, unless it must wait */

    void *context; /* while it does not run */
    char *stack;
    size_t stack_size;
    void *tls; /* its thread-local variables, while it does not run */

    void *(*function)(void *);
    void *arg, *value;
    uintptr_t function_shown; /* 0: `function` */
    char name[SN_RUNNER_NAME];
    const char *site; /* where it was made; or */
    uintptr_t pc;
    bool is_service; /* need not end, and nobody waits for it by name */
    bool is_detached;
    bool was_joined;

    /* futexes */
    const uint32_t *futex;
    bool woken;

    /* what a user's program waits for, in its own terms; NULL: the operation says it */
    const char *waits_for;
    const void *waits_object;
    const char *waits_site;

    struct sn_at_exit {
        void (*function)(void *);
        void *value;
    } at_exit[8];
    unsigned at_exit_count;

    struct sn_stored buffer[SN_MOST_STORES]; /* the oldest first */
    unsigned buffered;

    void *shim; /* the pthread shim's own */
} sn_runner;

typedef struct sn_machine {
    bool is_on;
    bool in_place; /* a run ends by going back to the controller; else the process ends */
    bool tso;      /* model store buffers */
    sn_runner *current;
    sn_runner *prefer; /* who goes on by default, for one choice; NULL: the current */
    unsigned in_a_row; /* how many steps the current one has taken without a switch */
    sn_runner *runners[SN_MOST_RUNNERS];
    unsigned count;                   /* of runners */
    sn_runner *live[SN_MOST_RUNNERS]; /* those that have not ended, by id */
    unsigned alive;                   /* how many */
    int64_t now;                      /* virtual time */
    uint64_t orders;
    uint64_t random;
    unsigned clock_reads; /* since anything else was done */
    void *controller;     /* in place: the context of whoever began the run */
    char *spare_stacks[SN_MOST_RUNNERS];
    unsigned spare;
    uint32_t most_steps;
    uint32_t steps;

    /* while a choice is made */
    sn_runner *yields[SN_MOST_RUNNERS];
    sn_candidate candidates[3 * SN_MOST_RUNNERS];
    sn_op flush_ops[SN_MOST_RUNNERS], time_op;
} sn_machine;

extern sn_machine *sn_machine_; /* NULL until the first exploration */

static inline bool sn_machine_is_on(void)
{
    return sn_machine_ && sn_machine_->is_on;
}

static inline sn_runner *sn_machine_self(void)
{
    return sn_machine_->current;
}

/* Announce the next operation of the calling runner and wait until it is its turn. Returns 0, or -ETIMEDOUT if the
 * operation's deadline came first. */
int sn_machine_step(const sn_op *op);

/* A new runner; it begins with a step of its own. Its stack has at least `stack_size` bytes (0: a default). Where there
 * are too many, or no memory, the run is cut short. */
sn_runner *sn_machine_spawn(void *(*function)(void *), void *arg, const char *name, size_t stack_size);

/* End the calling runner, with `value`. */
_Noreturn void sn_machine_end(void *value);

/* Wait until `runner` has ended, or the deadline. Returns 0 or -ETIMEDOUT. */
int sn_machine_join(sn_runner *runner, int64_t deadline, const char *site, uintptr_t pc);

/* The run has failed: note why, and end it. */
_Noreturn void sn_machine_fail(enum sn_verdict verdict, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The run has ended, with nothing found. */
_Noreturn void sn_machine_finish(enum sn_verdict verdict);

/* In a copy of the process: the caller is the only runner. */
void sn_machine_alone(void);

/* Between these two the calling runner's steps are no choices. */
void sn_machine_quiet(void);
void sn_machine_loud(void);

/* Set up for a run; then either run function(arg) as main on a stack of its own until the run ends, */
void sn_machine_reset(bool in_place, bool tso, uint32_t most_steps);
void sn_machine_run(void *(*function)(void *), void *arg);
/* or make the calling OS thread main. */
void sn_machine_adopt(void);

/* Objects: what operations are about, numbered in the order of first touch. They live for one run. */
typedef struct sn_object {
    const void *address;
    uint32_t number;
    const char *kind; /* "mutex", ... */
    sn_runner *holder;
    const char *held_site;
    uintptr_t held_pc;
    bool is_destroyed;
    bool signal_was_early; /* the last signal found nobody waiting: */
    uint16_t early_runner;
    const char *early_site;
    uintptr_t early_pc;
    void *state; /* the shim's own */
    struct sn_object *next;
} sn_object;

/* Never NULL for an address that is not. `kind` may be NULL. */
sn_object *sn_object_at(const void *address, const char *kind);
/* The address means something new from now on. */
void sn_object_forget(const void *address);
void sn_object_hold(sn_object *object, sn_runner *holder, const char *site, uintptr_t pc);
void sn_object_signal(sn_object *object, size_t woken, const char *site, uintptr_t pc);
void sn_objects_reset(void);
/* For the report: each object. */
void sn_objects_each(void (*visit)(sn_object *object, void *arg), void *arg);

/* The checker can't do its work: say why, and end the process with status 3. Between runs. */
_Noreturn void sn_check_give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory that lives for one run, all zero; and memory that a forked child shares, all zero, too. */
void *sn_machine_allocate(size_t size);
void *sn_check_share(size_t size);
void sn_check_unshare(void *memory, size_t size);

/* store_buffer.c */
void sn_buffer_put(sn_runner *self, void *at, size_t size, uint64_t value);
void sn_buffer_drain(sn_runner *self);   /* all its stores are visible to all */
void sn_buffer_flush_one(sn_runner *of); /* its oldest store is */
void sn_buffer_leave(sn_runner *self);   /* it stops running: take its stores out of memory */
void sn_buffer_enter(sn_runner *self);   /* it goes on: put them over memory */

/* tls.c: the thread-local variables of all modules. */
size_t sn_tls_size(void);
void sn_tls_fresh(void *tls); /* those of a new thread */
void sn_tls_save(void *tls);
void sn_tls_load(const void *tls);
void sn_tls_set_up(void);

#endif
