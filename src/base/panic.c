/* panic.c - messages to stderr by one write each.       Layer: base. */
#include "base/panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_line(const char *prefix, const char *format, va_list arguments)
{
    char line[1024];
    int used = snprintf(line, sizeof line, "%s", prefix);
    int more = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, arguments);
    size_t length = strlen(line);
    (void)more; /* a line that is too long is cut */
    line[length++] = '\n';
    for (size_t done = 0; done < length;) {
        ssize_t n = write(STDERR_FILENO, line + done, length - done);
        if (n <= 0)
            return; /* nowhere to say it */
        done += (size_t)n;
    }
}

void sn_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line("sennit: ", format, arguments);
    va_end(arguments);
}

void sn_panic_at(const char *site, const char *format, ...)
{
    char prefix[128];
    va_list arguments;
    snprintf(prefix, sizeof prefix, "sennit: internal error at %s: ", site);
    va_start(arguments, format);
    write_line(prefix, format, arguments);
    va_end(arguments);
    abort();
}

void (*sn_misuse_hook)(const char *call, const char *site, const char *why);

int sn_misuse(const char *call, const char *site, int code, const char *why)
{
    if (sn_misuse_hook)
        sn_misuse_hook(call, site, why);
    sn_complain("%s%s%s: %s", call, site ? " at " : "", site ? site : "", why);
    return code;
}
