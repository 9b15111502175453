/* Errors as values, and how they are thrown and caught. An error has a code (a negative errno), a message and a site.
 * It is thrown through plain functions and async functions alike: every sennit_with block on its way is left, so that
 * locks are released; an async function's promise is rejected with it, and awaiting that promise throws it on.
 *
 *     sennit_try {
 *         withdraw(&account, 300);                          // may call sennit_throw
 *     } sennit_catch (error) {
 *         printf("%s (%s)\n", sennit_error_message(error), sennit_error_site(error));
 *     } sennit_finally {
 *         puts("done");
 *     }
 *
 * - A try needs a catch, a finally, or both. `error` is valid until its catch block is left.
 * - Under an `if` that has an `else`, put braces around a try: without a finally it would take the `else` for itself.
 *   `sennit lint` finds that.
 * - `break` and `continue` leave the block only. `return` and `goto` out of one release what sennit_with holds there,
 *   but skip sennit_finally.
 * - A local variable that is changed inside a try, directly or through an address taken there, and read after a throw,
 *   must be declared sennit_kept, or the optimiser can give back its old value, without a warning: clang's for any such
 *   local, gcc's for elements of an array. Copy a parameter into such a local first. `sennit lint FILE.c` finds those
 *   that are not (the manual says what it can't see), and `sennit run` does so whenever it compiles with clang:
 *
 *       sennit_kept int done = 0;
 *       sennit_try { done++; work(); } sennit_catch (e) { printf("%d done\n", done); }
 *
 * - C++ destructors between a throw and its catch do not run.
 * Python, TypeScript: raise/throw, try, except/catch, finally.
 */
#ifndef SENNIT_ERROR_H
#define SENNIT_ERROR_H

#include <sennit/base.h>

typedef struct sennit_error sennit_error;

SENNIT_BEGIN_DECLS

/* The error's code (a negative errno), its message, where it was thrown ("file.c:12"), and the error that was being
 * handled when it was thrown, or NULL. All valid as long as the error.   Do not suspend.   From: anywhere.
 * Python: type, args, __traceback__, __context__.   TypeScript: code, message, stack, cause. */
SENNIT_API int sennit_error_code(const sennit_error *error);
SENNIT_API const char *sennit_error_message(const sennit_error *error);
SENNIT_API const char *sennit_error_site(const sennit_error *error);
SENNIT_API const sennit_error *sennit_error_cause(const sennit_error *error);

/* Throw an error with a printf-like message; `code` is a negative errno.
 * Does not return.   From: thread, task. Where nothing catches it: a thread reports it and ends; `main` reports it and
 * the process ends with status 1; a task's promise is rejected. */
SENNIT_API SENNIT_NORETURN void sennit_throw_at(const char *site, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define sennit_throw(...) sennit_throw_at(SENNIT_SITE, __VA_ARGS__)

/* Throw a caught error on, unchanged.   Does not return.   From: the catch block that caught it. */
SENNIT_API SENNIT_NORETURN void sennit_rethrow(const sennit_error *error);

SENNIT_END_DECLS

#endif
