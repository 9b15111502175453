/* op.h - an operation of a runner, as the machine sees it.       Layer: check. */
#ifndef SN_CHECK_OP_H
#define SN_CHECK_OP_H

#include <sennit/base.h>

/* kind, what it is called in a schedule. New ones come last: golden replays (tests/litmus) have the numbers in them. */
#define SN_OPS(X)                      \
    X(BEGIN, "begins")                 \
    X(END, "ends")                     \
    X(TIMEOUT, "time passes")          \
    X(FLUSH, "store becomes visible")  \
    X(LOAD, "load")                    \
    X(STORE, "store")                  \
    X(BUFFER, "store into its buffer") \
    X(EXCHANGE, "exchange")            \
    X(COMPARE, "compare-exchange")     \
    X(ADD, "add")                      \
    X(FENCE, "fence")                  \
    X(FUTEX_WAIT, "futex wait")        \
    X(FUTEX_RESUME, "goes on")         \
    X(FUTEX_WAKE, "futex wake")        \
    X(CLOCK, "read clock")             \
    X(RANDOM, "random number")         \
    X(START, "start thread")           \
    X(JOIN, "join")                    \
    X(POINT, "")                       \
    X(SLEEP, "sleep")                  \
    X(YIELD, "yield")                  \
    X(EXIT, "exit")                    \
    X(LOCK, "lock")                    \
    X(TRY_LOCK, "try lock")            \
    X(UNLOCK, "unlock")                \
    X(READ_LOCK, "lock for reading")   \
    X(WRITE_LOCK, "lock for writing")  \
    X(COND_WAIT, "wait")               \
    X(COND_RESUME, "wake up, lock")    \
    X(COND_SIGNAL, "signal")           \
    X(COND_BROADCAST, "broadcast")     \
    X(SEM_WAIT, "wait")                \
    X(SEM_POST, "post")                \
    X(BARRIER_WAIT, "wait")            \
    X(BARRIER_RESUME, "go on")         \
    X(ONCE, "once")                    \
    X(STARTED, "go on after a start")

enum sn_op_kind {
#define SN_OP_ENUM_(name, text) SN_OP_##name,
    SN_OPS(SN_OP_ENUM_)
#undef SN_OP_ENUM_
        SN_OP_KINDS
};

enum sn_access { SN_NO_ACCESS, SN_READ, SN_WRITE };

struct sn_runner;

typedef struct sn_op {
    uint8_t kind;      /* enum sn_op_kind */
    uint8_t access[2]; /* enum sn_access: what it does to each object */
    const void *object[2];
    const char *object_kind; /* "mutex", ...; NULL: it does not matter */
    const char *what;        /* POINT: what it does; else NULL */
    const char *site;        /* "file.c:12"; or NULL, and then */
    uintptr_t pc;            /* the address that the call returns to; 0: not known */

    /* Whether it can be done now. NULL: always. Looked at before every choice; must not change anything. */
    bool (*can_run)(const struct sn_runner *runner);
    const void *arg;  /* for can_run */
    int64_t deadline; /* on the virtual clock; when it has come the operation can be done too. 0: none */
} sn_op;

extern const char *const sn_op_names[SN_OP_KINDS];

#endif
