/* annotate.h - telling the sanitizers and valgrind about stacks, in builds made for them.       Layer: fiber.
 *
 * ASan must know the stack that is switched to, TSan keeps a history for each fiber, valgrind must know that a range is
 * a stack. In other builds each function is empty.
 */
#ifndef SN_FIBER_ANNOTATE_H
#define SN_FIBER_ANNOTATE_H

#include <stddef.h>

#if defined __has_feature
#if __has_feature(address_sanitizer)
#define SN_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define SN_TSAN 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ && !defined SN_ASAN
#define SN_ASAN 1
#endif
#if defined __SANITIZE_THREAD__ && !defined SN_TSAN
#define SN_TSAN 1
#endif

#if defined SN_ASAN
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#if defined SN_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#if defined SENNIT_VALGRIND
#include <valgrind/valgrind.h>
#endif

/* For functions that run on one fiber and return on another: their entries and exits must not be counted. */
#define SN_SWITCHES __attribute__((no_sanitize("thread"), noinline))

typedef struct sn_annotation {
    void *fake_stack; /* ASan's, while the fiber does not run */
    void *tsan;       /* TSan's name of the fiber */
} sn_annotation;

static inline void sn_annotate_new_stack(void *low, size_t size)
{
#if defined SENNIT_VALGRIND
    (void)VALGRIND_STACK_REGISTER(low, (char *)low + size);
#endif
#if defined SN_ASAN
    __lsan_register_root_region(low, size); /* what only a suspended task knows is no leak */
#endif
    (void)low, (void)size;
}

/* A fiber begins: a task (or, with `thread`, the calling OS thread). */
static inline void sn_annotate_begin(sn_annotation *fiber, int is_thread)
{
#if defined SN_TSAN
    if (is_thread)
        fiber->tsan = __tsan_get_current_fiber();
    else if (!fiber->tsan) /* kept with the stack: making one is dear */
        fiber->tsan = __tsan_create_fiber(0);
#endif
    (void)fiber, (void)is_thread;
}

/* Just before the switch from a fiber (NULL: it ends) to another one on the given stack. */
static inline __attribute__((always_inline)) void sn_annotate_leave(sn_annotation *from, const sn_annotation *to,
                                                                    const void *low, size_t size)
{
#if defined SN_ASAN
    __sanitizer_start_switch_fiber(from ? &from->fake_stack : NULL, low, size);
#endif
#if defined SN_TSAN
    __tsan_switch_to_fiber(to->tsan, 0);
#endif
    (void)from, (void)to, (void)low, (void)size;
}

/* Just after a switch, on the fiber that goes on. */
static inline __attribute__((always_inline)) void sn_annotate_arrive(sn_annotation *fiber)
{
#if defined SN_ASAN
    __sanitizer_finish_switch_fiber(fiber->fake_stack, NULL, NULL);
    fiber->fake_stack = NULL;
#endif
    (void)fiber;
}

#endif
