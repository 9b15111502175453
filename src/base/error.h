/* error.h - errors as values.       Layer: base.
 *
 * An error has one owner at a time: the try frame that caught it, or the promise that was rejected with it. Whoever
 * needs it twice copies it, so no count of references is needed.
 */
#ifndef SN_BASE_ERROR_H
#define SN_BASE_ERROR_H

#include <sennit/error.h>
#include <stdarg.h>

struct sennit_error {
    int code;
    bool is_static; /* const: it was made without memory and is never freed */
    const char *site;
    sennit_error *cause; /* owned */
    char *message;       /* in the same allocation */
};

/* Never NULL: without memory it is a static error that says so. */
sennit_error *sn_error_new(const char *site, int code, const char *format, va_list arguments);
sennit_error *sn_error_make(const char *site, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
sennit_error *sn_error_copy(const sennit_error *error);

/* May be NULL. */
void sn_error_free(sennit_error *error);

/* Makes `cause` (owned, may be NULL) the cause of `error`, or drops it if `error` has one or can't have one. */
void sn_error_set_cause(sennit_error *error, sennit_error *cause);

/* Called first by sn_error_report, if it is set: by a checker, while it explores. */
extern void (*sn_uncaught_hook)(const sennit_error *error, const char *who);

/* Says on stderr that nobody caught `error`: who threw it, its message, its site, its causes. */
void sn_error_report(const sennit_error *error, const char *who);

#endif
