/* runtime.c - the runtime's configuration.       Layer: sched.   Checked by: tests/unit/runtime.c */
#include <sennit/runtime.h>

#include "base/panic.h"
#include "fiber/stack.h"
#include "sched/sched.h"

#include <stdlib.h>

enum { MOST_WORKERS = 1024, LEAST_STACK = 16384 };

static sn_guard guard;
static sennit_config configuration; /* under guard until closed, const then */
static bool is_closed;              /* under guard */

/* What SENNIT_WORKERS says; 0: nothing. */
static unsigned from_environment(void)
{
    const char *text = getenv("SENNIT_WORKERS");
    if (!text || !*text)
        return 0;
    char *end;
    unsigned long workers = strtoul(text, &end, 10);
    if (*end || *text == '-' || workers < 1 || workers > MOST_WORKERS) {
        sn_complain("SENNIT_WORKERS=%s is not a number from 1 to %d; using one worker for each core", text,
                    MOST_WORKERS);
        return 0;
    }
    return (unsigned)workers;
}

static unsigned choose_workers(void)
{
    unsigned workers = configuration.workers;
    if (!workers)
        workers = from_environment();
    if (!workers)
        workers = sn_core_count();
    return workers < MOST_WORKERS ? workers : MOST_WORKERS;
}

int sennit_configure(const sennit_config *config)
{
    int error = 0;
    size_t page = sn_plat_page_size();
    if (config->workers > MOST_WORKERS)
        return sn_misuse("sennit_configure", NULL, -EINVAL, "more than 1024 workers");
    if (config->stack_size && (config->stack_size < LEAST_STACK || config->stack_size > SIZE_MAX / 1024))
        return sn_misuse("sennit_configure", NULL, -EINVAL, "a stack size out of range; the least is 16384 bytes");
    sn_guard_lock(&guard);
    if (is_closed) {
        error = -EBUSY;
    } else {
        configuration = *config;
        configuration.stack_size = (config->stack_size + page - 1) / page * page;
    }
    sn_guard_unlock(&guard);
    if (error)
        sn_misuse("sennit_configure", NULL, error, "the runtime is up already; call it before the first async call");
    return error;
}

unsigned sn_runtime_close_configuration(void)
{
    sn_guard_lock(&guard);
    if (!is_closed) {
        is_closed = true;
        configuration.workers = choose_workers();
        if (configuration.stack_size)
            sn_stack_configure(configuration.stack_size);
    }
    sn_guard_unlock(&guard);
    return configuration.workers;
}

unsigned sennit_workers(void)
{
    sn_guard_lock(&guard);
    unsigned workers = is_closed ? configuration.workers : choose_workers();
    sn_guard_unlock(&guard);
    return workers;
}
