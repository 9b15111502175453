/* sennit_try, sennit_catch, sennit_finally and sennit_kept; error.h says what they mean, this says how they are made.
 *
 * A try frame lies on the stack of its function: a record on the strand's list (with.h) and two saved contexts, `entry_`
 * to come back to when something is thrown, `exit_` to leave by. Its phase says which clause is due. The macros expand
 * to one statement, a switch over the phase whose cases are the user's blocks, chained by `else`:
 *
 *     for (frame;;)
 *         if (0) { left: if (sennit_try_left(&frame) || save(exit)) break; }
 *         else for (;; goto left)
 *             switch (phase ? phase : save(entry))
 *                 default: end            // this clause was not written: go on to the next, throw on, or exit
 *                 case TRY:     { ... }
 *            else case CAUGHT:  { ... }
 *            else case FINALLY: { ... }
 *
 * `end` leaves by the saved context `exit_`, so that a compiler knows that a try whose blocks all return does not come
 * to its end. docs/decisions/0003-macros.md has the reasons and what was rejected.
 */
#ifndef SENNIT_TRY_H
#define SENNIT_TRY_H

#ifndef SENNIT_HEADER_LINT /* warnings about the shape of the macros are not the user's concern */
#pragma GCC system_header
#endif

#include <sennit/with.h>

/* A local variable that keeps its value when an error is thrown: sennit_kept int n = 0; */
#define sennit_kept SENNIT_KEPT_

enum { SENNIT_RECORD_TRY = 4 };
enum { SENNIT_PHASE_TRY, SENNIT_PHASE_CAUGHT, SENNIT_PHASE_FINALLY, SENNIT_PHASE_LEFT };

typedef struct sennit_try_frame {
    sennit_record record_;
    uint32_t phase_;
    sennit_error *error_; /* owned: the error that was caught, or that is thrown on after the finally */
    void *entry_[24];
    void *exit_[24];
} sennit_try_frame;

SENNIT_BEGIN_DECLS

/* Push `frame`; returns it. */
SENNIT_API sennit_try_frame *sennit_try_enter(sennit_try_frame *frame);

/* A block of the try was left at its end or by break. Returns whether the whole statement is done; throws the pending
 * error on if the block was the finally. */
SENNIT_API bool sennit_try_left(sennit_try_frame *frame);

/* The clause that was due is not there. */
SENNIT_API SENNIT_NORETURN void sennit_try_end(sennit_try_frame *frame);

/* Enter the catch block; returns the error. */
SENNIT_API sennit_error *sennit_try_caught(sennit_try_frame *frame);

/* Pop `frame`, if it is still on the strand's list, and drop its error. */
SENNIT_API void sennit_try_pop(sennit_try_frame *frame);

/* Save the caller's context in 24 words: returns 0, and once more, with another value, for each restore of it. */
SENNIT_API int sennit_context_save(void **context) __attribute__((returns_twice));

SENNIT_END_DECLS

#ifndef SENNIT_LINT_TRY
#define SENNIT_JOIN__(a, b) a##b
#define SENNIT_JOIN_(a, b) SENNIT_JOIN__(a, b)
#define SENNIT_KEPT_ volatile
#define sennit_try SENNIT_TRY_(SENNIT_JOIN_(sennit_left_, __COUNTER__))
#define SENNIT_TRY_(left)                                                                                       \
    for (sennit_try_frame sennit_frame_ __attribute__((cleanup(sennit_try_pop))),                               \
         *sennit_entered_ __attribute__((unused)) = sennit_try_enter(&sennit_frame_);                           \
         ;)                                                                                                     \
        if (0) {                                                                                                \
        left:                                                                                                   \
            if (sennit_try_left(&sennit_frame_) || sennit_context_save(sennit_frame_.exit_))                    \
                break;                                                                                          \
        } else                                                                                                  \
            for (;; __extension__({ goto left; }))                                                              \
                switch (sennit_frame_.phase_ ? (int)sennit_frame_.phase_                                        \
                                             : sennit_context_save(sennit_frame_.entry_))                       \
                default:                                                                                        \
                    if (__extension__({ sennit_try_end(&sennit_frame_); 1; })) {                                \
                    } else                                                                                      \
                    case SENNIT_PHASE_TRY:                                                                      \
                        if (1)

#define sennit_catch(error)                                                                                     \
    else case SENNIT_PHASE_CAUGHT:                                                                              \
    if (1)                                                                                                      \
        for (sennit_error *error __attribute__((unused)) = sennit_try_caught(&sennit_frame_);; __extension__({ break; }))

#define sennit_finally else case SENNIT_PHASE_FINALLY:

#else /* for `sennit lint` only, never run: as blocks, in which clang refuses to assign to what is not __block */
#define SENNIT_KEPT_ __block
#define sennit_try (void)^
#define sennit_catch(error) ; for (sennit_error *error __attribute__((unused)) = NULL;;)
#define sennit_finally ;
#endif

#endif
