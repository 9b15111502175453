/* result.h - what one run has done, and how it ended: in memory that a forked run shares with the explorer.
 *                                                                          Layer: check. */
#ifndef SN_CHECK_RESULT_H
#define SN_CHECK_RESULT_H

#include "check/op.h"

/* How a run ended. Those up to CUT are no failures. */
#define SN_VERDICTS(X)                      \
    X(PASSED, "nothing found")              \
    X(PRUNED, "the same as another run")    \
    X(CUT, "cut short")                     \
    X(DEADLOCK, "deadlock")                 \
    X(LOST_WAKEUP, "lost wake-up")          \
    X(LEFT_BLOCKED, "left blocked at exit") \
    X(ASSERTION, "assertion failed")        \
    X(ABORTED, "abort")                     \
    X(SIGNALLED, "killed by a signal")      \
    X(STEP_LIMIT, "step limit")             \
    X(HANG, "hang")                         \
    X(MISUSE, "misuse")                     \
    X(BAD_STATUS, "exit status")            \
    X(UNCAUGHT, "uncaught error")

enum sn_verdict {
#define SN_VERDICT_ENUM_(name, text) SN_VERDICT_##name,
    SN_VERDICTS(SN_VERDICT_ENUM_)
#undef SN_VERDICT_ENUM_
        SN_VERDICT_KINDS
};
extern const char *const sn_verdict_names[SN_VERDICT_KINDS];

static inline bool sn_is_failure(enum sn_verdict verdict)
{
    return verdict > SN_VERDICT_CUT;
}

/* An actor: a runner's next operation, its deadline, or its oldest store. */
enum sn_act { SN_RUN, SN_TIME, SN_FLUSH };
typedef uint16_t sn_actor;
#define sn_actor_of(id, act) ((sn_actor)((id) << 2 | (act)))
#define sn_actor_id(actor) ((unsigned)(actor) >> 2)
#define sn_actor_act(actor) ((enum sn_act)((actor)&3))

enum { SN_MOST_EVENTS = 100000, SN_NO_ID = 0xffff };

/* A step of the run: who was chosen, and what it then did. */
typedef struct sn_event {
    sn_actor actor;
    uint16_t before; /* the runner that ran before */
    uint32_t own;    /* that one's count of steps */
    uint16_t count;  /* of candidates */
    uint16_t index;  /* which one was chosen; 0: what goes on by default */
    uint8_t kind;    /* enum sn_op_kind */
    uint8_t access[2];
    bool preempts;       /* the one before could have gone on */
    bool was_normal;     /* the one before could have gone on, and was not yielding */
    uint16_t target;     /* START, JOIN: the other runner; else SN_NO_ID */
    uint32_t object[2];  /* numbers; 0: none */
    const void *address; /* of object[0] */
    const char *object_kind;
    const char *what;
    const char *site;
    uintptr_t pc;
    uint64_t can[3]; /* by enum sn_act: bit n: runner n of the first 64 was a candidate */
} sn_event;

typedef struct sn_trace {
    uint32_t count;
    sn_event events[SN_MOST_EVENTS];
} sn_trace;

/* For the report: what each runner was at when the run failed. */
typedef struct sn_snapshot_runner {
    uint16_t id, parent, child;
    bool has_ended, is_blocked, is_service, was_timed;
    char name[48];
    const char *site;
    uintptr_t pc;
    uintptr_t function;
    uint8_t kind; /* its next operation */
    const char *what, *waits_for;
    const void *object;
    const char *object_kind;
    const char *wait_site;
    uintptr_t wait_pc;
    uint16_t joins; /* SN_NO_ID: none */
} sn_snapshot_runner;

typedef struct sn_snapshot_object {
    const void *address;
    uint32_t number;
    const char *kind;
    uint16_t holder; /* SN_NO_ID: none */
    const char *held_site;
    uintptr_t held_pc;
    bool signal_was_early;
    uint16_t early_runner;
    const char *early_site;
    uintptr_t early_pc;
} sn_snapshot_object;

enum { SN_MOST_SNAPSHOT_OBJECTS = 256, SN_MOST_SNAPSHOT_RUNNERS = 4096, SN_RESULT_TEXT = 1024 };

typedef struct sn_run_result {
    bool is_set;
    enum sn_verdict verdict;
    uint16_t runner; /* who was running */
    int status;      /* exit status or signal */
    char text[SN_RESULT_TEXT];
    const char *site;
    uintptr_t pc;
    uint32_t runner_count, object_count;
    sn_snapshot_runner runners[SN_MOST_SNAPSHOT_RUNNERS];
    sn_snapshot_object objects[SN_MOST_SNAPSHOT_OBJECTS];
} sn_run_result;

#endif
