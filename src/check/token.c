/* token.c - a schedule in one word.       Layer: check.   Checked by: tests/unit/check.c */
#include "check/token.h"

#include "base/panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char version[] = "sennit1:";

struct out {
    char *text;
    size_t size, length;
    bool is_cut;
};

static void add(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct out *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(out->text + out->length, out->size - out->length, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= out->size - out->length)
        out->is_cut = true;
    else
        out->length += (size_t)n;
}

uint64_t sn_token_path(const sn_run_result *result, unsigned id)
{
    const sn_snapshot_runner *runner = &result->runners[id];
    return runner->parent == SN_NO_ID ? (uint64_t)SN_PATH_MAIN
                                      : sn_path_of_child(sn_token_path(result, runner->parent), runner->child);
}

static void add_birth(struct out *out, const sn_run_result *result, unsigned id)
{
    const sn_snapshot_runner *runner = &result->runners[id];
    if (runner->parent == SN_NO_ID) {
        add(out, "0");
        return;
    }
    add_birth(out, result, runner->parent);
    add(out, ".%u", runner->child);
}

/* The runner of the failed run that has this path; other runs since then may have given the ids to others. */
static void add_runner(struct out *out, const sn_run_result *result, uint64_t path)
{
    uint32_t id = 0;
    while (id < result->runner_count && sn_token_path(result, id) != path)
        id++;
    if (id < result->runner_count)
        add_birth(out, result, id);
    else
        out->is_cut = true;
}

bool sn_token_write(char *text, size_t size, const sn_plan *plan)
{
    struct out out = {text, size, 0, false};
    add(&out, "%s", version);
    for (unsigned i = 0; i < plan->deviation_count && !out.is_cut; i++) {
        const sn_deviation *deviation = &plan->deviations[i];
        if (i)
            add(&out, ",");
        add_runner(&out, plan->result, deviation->runner);
        add(&out, "@%u>", deviation->own);
        add_runner(&out, plan->result, deviation->target);
        add(&out, "%s", deviation->act == SN_RUN ? "" : deviation->act == SN_TIME ? "!" : "~");
    }
    if (!plan->deviation_count)
        add(&out, "-");
    if (out.is_cut && size)
        text[0] = '\0';
    return !out.is_cut;
}

/* Reads a number of at least `least`; returns what follows, or NULL. */
static const char *read_number(const char *text, uint32_t least, uint32_t *number)
{
    uint64_t value = 0;
    const char *at = text;
    *number = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (uint64_t)(*at - '0');
        if (value > UINT32_MAX)
            return NULL;
    }
    *number = (uint32_t)value;
    return at > text && value >= least ? at : NULL;
}

/* Reads 0.2.1; returns what follows, or NULL. */
static const char *read_runner(const char *text, uint64_t *path)
{
    if (*text++ != '0')
        return NULL;
    *path = SN_PATH_MAIN;
    while (text && *text == '.') {
        uint32_t child;
        text = read_number(text + 1, 1, &child);
        *path = sn_path_of_child(*path, child);
    }
    return text;
}

static const char *read_deviation(const char *text, sn_deviation *deviation)
{
    text = read_runner(text, &deviation->runner);
    text = text && *text == '@' ? read_number(text + 1, 0, &deviation->own) : NULL;
    text = text && *text == '>' ? read_runner(text + 1, &deviation->target) : NULL;
    if (!text)
        return NULL;
    deviation->act = *text == '!' ? SN_TIME : *text == '~' ? SN_FLUSH : SN_RUN;
    return deviation->act == SN_RUN ? text : text + 1;
}

bool sn_token_read(const char *text, sn_plan *plan)
{
    const char *at = text;
    plan->deviation_count = 0;
    if (strncmp(at, version, sizeof version - 1) != 0) {
        sn_complain("'%s' is not a schedule of this version of sennit: it does not begin with %s", text, version);
        return false;
    }
    at += sizeof version - 1;
    if (strcmp(at, "-") == 0)
        return true;
    for (;;) {
        if (plan->deviation_count == SN_MOST_DEVIATIONS)
            break;
        at = read_deviation(at, &plan->deviations[plan->deviation_count]);
        if (!at)
            break;
        plan->deviation_count++;
        if (!*at)
            return true;
        if (*at++ != ',')
            break;
    }
    sn_complain("'%s' is not a schedule: part %u of it is not like 0@3>0.1", text, plan->deviation_count + 1);
    return false;
}
