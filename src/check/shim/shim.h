/* shim.h - pthread, C11 threads and POSIX semaphores as operations of the machine.       Layer: check.
 *
 * While a program is explored, these functions of the C library are ours: a mutex is locked by a step of the machine
 * and a mark in a table, and no real one is touched. Otherwise they pass through to the C library.
 *
 * What lies at an address: programs re-use memory, and a mutex need not be destroyed before that, nor be initialised
 * by a call. So the first word of an object of the program holds a tag, an index into a table of this run; a static
 * initialiser sets it to 0. A tag that is not of this address and this run means a new object. Spin locks, once
 * controls and C++ guards have no room for a tag: they are known by their address, or by what they hold themselves.
 *
 * Every public function has the same shape: announce the operation (sn_machine_step), look at the object again, since
 * others have run in between, and do it. Nobody else runs before the next step, so no state here needs a guard.
 *
 * Not here: cancellation and signals to other threads, which end the run as cut short; objects shared with other
 * processes; sem_open. pthread_exit runs no C++ destructors but those of thread_local variables.
 */
#ifndef SN_CHECK_SHIM_SHIM_H
#define SN_CHECK_SHIM_SHIM_H

#include "check/explore.h"
#include "check/hooks.h"
#include "check/machine.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#define EXPORTED __attribute__((visibility("default")))
#define CALLER ((uintptr_t)__builtin_return_address(0))

/* The C library's own function of that name. */
#define REAL(name)                                       \
    __extension__({                                      \
        static void *found_;                             \
        (__typeof__(&name))sn_shim_real(&found_, #name); \
    })
void *sn_shim_real(void **found, const char *name);

/* ---- the shim's own of a runner */

enum { SN_SHIM_KEYS = 1024, SN_SHIM_KEYS_IN_BLOCK = 32 };

typedef struct sn_shim_value {
    uint32_t generation; /* of the key, when it was set; 0: not set */
    uintptr_t value;
} sn_shim_value;

typedef struct sn_shim_thread {
    /* a wait for somebody else to wake it (condition, barrier) */
    const void *waits_at;
    uint64_t ticket; /* the order in which they came */
    bool is_woken;

    bool is_being_joined;
    void *exit_value;
    __pthread_unwind_buf_t *cleanups; /* of pthread_cleanup_push, the last one first */
    struct sn_shim_once *onces;       /* whose initialisers it is in, the last one first */
    struct sn_shim_ending *endings;   /* destructors of thread_local variables, the last one first */
    sn_shim_value *values[SN_SHIM_KEYS / SN_SHIM_KEYS_IN_BLOCK];
    struct sn_shim_world *world; /* main's only */
} sn_shim_thread;

sn_shim_thread *sn_shim_thread_of(sn_runner *runner);

static inline sn_shim_thread *sn_shim_self(void)
{
    return sn_shim_thread_of(sn_machine_self());
}

/* "T2", or "main". The text lasts as long as the run. */
const char *sn_shim_name(const sn_runner *runner);

/* ---- objects of the program */

enum sn_shim_kind {
    SN_SHIM_MUTEX = 1,
    SN_SHIM_CONDITION,
    SN_SHIM_RWLOCK,
    SN_SHIM_SEMAPHORE,
    SN_SHIM_BARRIER,
    SN_SHIM_KINDS
};
extern const char *const sn_shim_kind_names[SN_SHIM_KINDS];

/* The beginning of what is known of each. */
typedef struct sn_shim_head {
    bool is_destroyed;
} sn_shim_head;

/* NULL: nothing is known of it. Changes nothing. */
void *sn_shim_find(const void *address, enum sn_shim_kind kind);
/* A new one, all zero; whatever was there before is forgotten. */
void *sn_shim_make(void *address, enum sn_shim_kind kind, size_t size);
/* Fail if it has been destroyed: `call` has just been made on it. */
void sn_shim_check(const void *address, enum sn_shim_kind kind, const char *call, uintptr_t pc);
void sn_shim_mark_destroyed(const void *address, enum sn_shim_kind kind);
/* Whether another runner is blocked in an operation on it. NULL: none. */
sn_runner *sn_shim_blocked_at(const void *address);

/* One step that changes an object and is never blocked: initialise, destroy. */
void sn_shim_step(const char *what, const void *address, const char *kind, uintptr_t pc);

/* ---- waits for somebody else */

/* The caller will wait at `at`; then it announces an operation whose can_run asks sn_shim_is_woken. */
void sn_shim_wait_at(const void *at);
bool sn_shim_is_woken(const sn_runner *runner);
/* Wake those that have waited longest. Returns how many. */
unsigned sn_shim_wake(const void *at, unsigned most);
unsigned sn_shim_waiting(const void *at);

/* ---- time */

enum { SN_SHIM_NEVER_VALID = 0 };

/* A time of a clock as one of the virtual clock; 0 if it is not valid. */
int64_t sn_shim_deadline(clockid_t clock, const struct timespec *time);

/* What a wait for a signal does, as its operation says it. */
extern const char sn_shim_signal_wait[];

/* ---- failures */

_Noreturn void sn_shim_misuse(uintptr_t pc, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether some wait for each other, so that nothing from outside can help. */
bool sn_shim_has_circle(void);

/* At the end of the process: fail if a thread that somebody should have joined is blocked for ever. */
void sn_shim_check_end(void);

/* ---- what pthread and C11 names share: all return 0 or an error number. `deadline`: INT64_MAX: none */

int sn_shim_mutex_init(pthread_mutex_t *m, int kind, uintptr_t pc);
int sn_shim_mutex_destroy(pthread_mutex_t *m, const char *call, uintptr_t pc);
int sn_shim_mutex_lock(pthread_mutex_t *m, int64_t deadline, const char *call, uintptr_t pc);
int sn_shim_mutex_try(pthread_mutex_t *m, const char *call, uintptr_t pc);
int sn_shim_mutex_unlock(pthread_mutex_t *m, const char *call, uintptr_t pc);
/* Parts of a condition's wait, which are no steps of their own. */
void sn_shim_mutex_check_held(pthread_mutex_t *m, const char *call, uintptr_t pc);
bool sn_shim_mutex_is_open(const pthread_mutex_t *m, const sn_runner *runner);
int sn_shim_mutex_release(pthread_mutex_t *m, const char *call, uintptr_t pc);
int sn_shim_mutex_take(pthread_mutex_t *m, const char *call, uintptr_t pc);

int sn_shim_cond_init(pthread_cond_t *c, clockid_t clock, uintptr_t pc);
int sn_shim_cond_destroy(pthread_cond_t *c, const char *call, uintptr_t pc);
int sn_shim_cond_wait(pthread_cond_t *c, pthread_mutex_t *m, int64_t deadline, const char *call, uintptr_t pc);
int sn_shim_cond_wake(pthread_cond_t *c, bool all, const char *call, uintptr_t pc);
clockid_t sn_shim_cond_clock(pthread_cond_t *c);

int sn_shim_thread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *arg,
                          uintptr_t pc);
int sn_shim_thread_join(pthread_t thread, void **value, int64_t deadline, const char *call, uintptr_t pc);
int sn_shim_thread_detach(pthread_t thread, const char *call, uintptr_t pc);
_Noreturn void sn_shim_thread_exit(void *value);
pthread_t sn_shim_thread_self(void);

void sn_shim_once(int *control, void (*function)(void), uintptr_t pc);
/* The calling thread ends: others may do what it has begun. */
void sn_shim_onces_end(void);

int sn_shim_key_create(pthread_key_t *key, void (*destructor)(void *));
int sn_shim_key_delete(pthread_key_t key);
void *sn_shim_key_get(pthread_key_t key);
int sn_shim_key_set(pthread_key_t key, uintptr_t value);
/* The calling thread ends: the destructors of what its keys hold. */
void sn_shim_keys_end(void);

void sn_shim_yield(uintptr_t pc);
/* Sleep until a time of the virtual clock. */
void sn_shim_sleep(int64_t until, uintptr_t pc);
/* The virtual time after a duration from now. */
int64_t sn_shim_after(const struct timespec *duration);

#endif
