/* A block that holds a lock: sennit_with (&object) { ... } acquires a sennit_lock, sennit_rlock or sennit_condition,
 * runs the block, and releases it however the block is left: at its end, by break or continue (which leave the block
 * only), by return or goto, or by an error thrown inside.
 *
 *     sennit_with (&lock) {
 *         if (closed)
 *             return -EPIPE;               // released
 *         count++;
 *     }
 *
 * It expands to a loop that runs once, over plain functions: sennit_with_enter_at acquires the object and puts a record
 * of it on the strand's list, which a throw walks; the compiler's cleanup attribute takes it off on all other ways out.
 * Throws what acquiring returns where it fails. May suspend.   From: thread, task.   Python: with lock:
 */
#ifndef SENNIT_WITH_H
#define SENNIT_WITH_H

#ifndef SENNIT_HEADER_LINT /* warnings about the shape of the macros are not the user's concern */
#pragma GCC system_header
#endif

#include <sennit/condition.h>
#include <sennit/error.h>

/* A record of something to undo when an error is thrown past it; it lies on the stack of the strand that made it. */
typedef struct sennit_record {
    struct sennit_record *below_; /* private: the strand's record before this one */
    uint32_t kind_;               /* private: one of SENNIT_OBJECT_..., or SENNIT_RECORD_TRY */
    void *object_;                /* private: what to release */
} sennit_record;

SENNIT_BEGIN_DECLS

/* Acquire `object`, of which `kind` is the SENNIT_OBJECT_ constant, and push `record`; returns `record`. */
SENNIT_API sennit_record *sennit_with_enter_at(sennit_record *record, void *object, uint32_t kind, const char *site);

/* Pop `record`, if it is still on the strand's list, and release its object. */
SENNIT_API void sennit_with_leave(sennit_record *record);

SENNIT_END_DECLS

#ifndef __cplusplus
#define SENNIT_OBJECT_KIND_(object)                          \
    _Generic((object),                                       \
        sennit_lock *: SENNIT_OBJECT_LOCK,                   \
        sennit_rlock *: SENNIT_OBJECT_RLOCK,                 \
        sennit_condition *: SENNIT_OBJECT_CONDITION)
#else
extern "C++" {
constexpr uint32_t sennit_object_kind_(sennit_lock *) { return SENNIT_OBJECT_LOCK; }
constexpr uint32_t sennit_object_kind_(sennit_rlock *) { return SENNIT_OBJECT_RLOCK; }
constexpr uint32_t sennit_object_kind_(sennit_condition *) { return SENNIT_OBJECT_CONDITION; }
}
#define SENNIT_OBJECT_KIND_(object) sennit_object_kind_(object)
#endif

/* The shapes of these macros, and those of try.h, look like mistakes to compilers: an `else` of their own, a `break` in
 * the step of a loop, locals that live across a saved context. docs/decisions/0003-macros.md has the reasons. */
#pragma GCC diagnostic ignored "-Wdangling-else"
#if defined __clang__
#pragma clang diagnostic ignored "-Wgcc-compat"
#else
#pragma GCC diagnostic ignored "-Wclobbered"
#ifndef __OPTIMIZE__
#pragma GCC diagnostic ignored "-Wreturn-type"
#endif
#endif

/* The break is the one way out of the loop, and only the end of the block leads to it; so a compiler that sees a block
 * which always returns knows that nothing comes after it. gcc takes the break to be the switch's, clang the loop's: it
 * comes to the same. */
#define sennit_with(...)                                                                        \
    switch (0)                                                                                  \
    default:                                                                                    \
        for (sennit_record sennit_record_ __attribute__((cleanup(sennit_with_leave))),          \
             *sennit_entered_ __attribute__((unused)) = sennit_with_enter_at(                   \
                 &sennit_record_, (__VA_ARGS__), SENNIT_OBJECT_KIND_((__VA_ARGS__)), SENNIT_SITE); \
             ; __extension__({ break; }))

#endif
