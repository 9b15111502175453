/* hooks.h - what the check build asks at every step that a scheduler could choose, or that the world decides.
 *                                                                          Layer: seam.
 * Compiled with SENNIT_CHECK, each function of seam.h goes through this table where one is set. src/check fills it
 * while it explores; without one the steps are taken as in libsennit.
 */
#ifndef SN_SEAM_HOOKS_H
#define SN_SEAM_HOOKS_H

#include <sennit/base.h>

/* The kinds of atomic operations. */
enum sn_step {
    SN_STEP_LOAD,
    SN_STEP_STORE,         /* with a full fence behind it */
    SN_STEP_STORE_RELAXED, /* without */
    SN_STEP_EXCHANGE,
    SN_STEP_COMPARE,
    SN_STEP_ADD,
    SN_STEP_KINDS
};

/* A public operation that is about to be done: what the exploration of a user's program chooses between. `what` is text
 * such as "acquire"; `kind` that of the object, such as "lock". A site of NULL: where the public function was called,
 * which the checker finds out; "": nowhere in the user's program. */
struct sn_point {
    const char *what, *kind;
    const volatile void *object;
    const char *site;
};

struct sn_hooks {
    /* Before an atomic operation on `size` bytes; `value` is what a store will write. */
    void (*before)(enum sn_step step, const volatile void *object, size_t size, uint64_t value);

    /* Instead of plat's functions of the same name. */
    int (*futex_wait)(const uint32_t *word, uint32_t expected, int64_t deadline);
    void (*futex_wake)(const uint32_t *word, int n);
    int64_t (*now)(void);
    uint64_t (*random)(void);
    int (*thread_start)(uintptr_t *handle, void *(*function)(void *), void *arg);
    void (*thread_join)(uintptr_t handle);
    void (*thread_detach)(uintptr_t handle);
    void (*thread_yield)(void);
    int (*at_thread_exit)(void (*function)(void *), void *value);
    bool (*is_main_thread)(void);
    unsigned (*thread_count)(void);
    unsigned (*core_count)(void);
    /* A flow of control for a task, which goes on first by default; `serves`: the end of the program does not wait for
     * it, and nobody misses it if it waits for ever. */
    int (*task_start)(void *(*function)(void *), void *arg, const char *name, bool serves);

    /* What a user's program does, in its own terms. All may be NULL. */
    void (*point)(const struct sn_point *point);
    /* The calling strand waits for `object` from now on; `what` NULL: no more. */
    void (*waits)(const char *what, const void *object, const char *site);
    /* The calling strand has acquired the object, or somebody has released it. */
    void (*holds)(const char *kind, const void *object, bool held, const char *site);
    /* A notify woke `woken` waiters. */
    void (*notified)(const char *kind, const void *object, size_t woken, const char *site);
    /* Tasks go on in the order in which they became ready: what made them so matters, whatever it was. */
    void (*one_worker)(void);
    /* The calling strand runs this function of the user's. */
    void (*runs)(uintptr_t function);
};

/* atomic; NULL: none. A strand may still be in the old ones after a change. */
extern const struct sn_hooks *sn_hooks;

#endif
