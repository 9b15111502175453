/* error.c - errors as values.       Layer: base.   Checked by: tests/unit/error.c */
#include "base/error.h"

#include "base/panic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char out_of_memory_message[] = "out of memory";
static sennit_error out_of_memory = {-ENOMEM, true, "sennit", NULL, out_of_memory_message};

static sennit_error *with_room(const char *site, int code, size_t length)
{
    sennit_error *error = malloc(sizeof *error + length + 1);
    if (!error)
        return NULL;
    error->code = code;
    error->is_static = false;
    error->site = site ? site : "an unknown place";
    error->cause = NULL;
    error->message = (char *)(error + 1);
    error->message[length] = '\0';
    return error;
}

sennit_error *sn_error_new(const char *site, int code, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        length = 0;

    sennit_error *error = with_room(site, code, (size_t)length);
    if (!error)
        return &out_of_memory;
    vsnprintf(error->message, (size_t)length + 1, format, arguments);
    return error;
}

sennit_error *sn_error_make(const char *site, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sennit_error *error = sn_error_new(site, code, format, arguments);
    va_end(arguments);
    return error;
}

sennit_error *sn_error_copy(const sennit_error *error)
{
    size_t length = strlen(error->message);
    sennit_error *copy = with_room(error->site, error->code, length);
    if (!copy)
        return &out_of_memory;
    memcpy(copy->message, error->message, length);
    if (error->cause)
        copy->cause = sn_error_copy(error->cause);
    return copy;
}

void sn_error_free(sennit_error *error)
{
    while (error && !error->is_static) {
        sennit_error *cause = error->cause;
        free(error);
        error = cause;
    }
}

void sn_error_set_cause(sennit_error *error, sennit_error *cause)
{
    if (error->cause || error->is_static)
        sn_error_free(cause);
    else
        error->cause = cause;
}

void (*sn_uncaught_hook)(const sennit_error *error, const char *who);

void sn_error_report(const sennit_error *error, const char *who)
{
    if (sn_uncaught_hook)
        sn_uncaught_hook(error, who);
    sn_complain("error %d in %s, caught by nobody: %s\n    thrown at %s", error->code, who, error->message,
                error->site);
    for (const sennit_error *cause = error->cause; cause; cause = cause->cause)
        sn_complain("  while handling error %d: %s\n    thrown at %s", cause->code, cause->message, cause->site);
}

int sennit_error_code(const sennit_error *error)
{
    return error->code;
}

const char *sennit_error_message(const sennit_error *error)
{
    return error->message;
}

const char *sennit_error_site(const sennit_error *error)
{
    return error->site;
}

const sennit_error *sennit_error_cause(const sennit_error *error)
{
    return error->cause;
}
