/* What every other header needs: sites, durations, attributes. Nothing here does anything by itself.
 *
 *     sennit_duration patience = sennit_seconds(2) + sennit_ms(500);
 */
#ifndef SENNIT_BASE_H
#define SENNIT_BASE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define SENNIT_BEGIN_DECLS extern "C" {
#define SENNIT_END_DECLS }
#else
#define SENNIT_BEGIN_DECLS
#define SENNIT_END_DECLS
#endif

#define SENNIT_NORETURN __attribute__((noreturn))
#define SENNIT_API __attribute__((visibility("default")))

/* Ignoring the result of such a function loses data: the compiler warns. */
#define SENNIT_NODISCARD __attribute__((warn_unused_result))

/* A site is the place of a call, as text: "file.c:12". Every call that can wait or be misused has a twin whose name
 * ends in _at and which takes the site as its last argument; the plain name is also a macro that fills it in, so that
 * reports can say where. A binding, or code that needs a function pointer, uses the plain function, or calls the twin
 * with a site of its own (it must stay valid for the life of the program; NULL: unknown). */
#define SENNIT_TEXT_(x) #x
#define SENNIT_TEXT(x) SENNIT_TEXT_(x)
#define SENNIT_SITE __FILE__ ":" SENNIT_TEXT(__LINE__)

/* A length of time in nanoseconds. Every timed call measures it on the monotonic clock, from the call on. */
typedef int64_t sennit_duration;

#define SENNIT_FOREVER INT64_MAX

#define sennit_ns(n) ((sennit_duration)(n))
#define sennit_us(n) ((sennit_duration)(n) * 1000)
#define sennit_ms(n) ((sennit_duration)(n) * 1000000)
#define sennit_seconds(n) ((sennit_duration)(n) * 1000000000)
#define sennit_minutes(n) (sennit_seconds(n) * 60)

#endif
