/* report.c - what a failure is, for people: the cause, the schedule, what passes, how often it fails, how to replay it.
 *                                                  Layer: check.   Checked by: tests/check
 * Written when all runs are over, or the one that is replayed has failed, so all of the C library may be used; in one
 * piece, so that it does not mix with what others write. See wording.h for its parts.
 */
#define _GNU_SOURCE
#include "check/report.h"

#include "check/token.h"
#include "check/wording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TOKEN_ROOM = 64 * 1024, LONGEST_LINE = 1500 };

static void write_out(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        length -= (size_t)n;
    }
}

/* 1,204 */
static sn_text grouped(uint64_t number)
{
    char digits[32];
    sn_text text;
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number), to = 0;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            text.s[to++] = ',';
        text.s[to++] = digits[i];
    }
    text.s[to] = '\0';
    return text;
}

static const char *plural(uint64_t number)
{
    return number == 1 ? "" : "s";
}

static double seconds(int64_t from, int64_t to)
{
    return to > from ? (double)(to - from) / 1e9 : 0;
}

/* ---- a failure */

static void write_head(FILE *out, const sn_plan *plan)
{
    fprintf(out, "sennit: %s in %s (", sn_verdict_names[plan->verdict], plan->name);
    if (plan->options.replay)
        fputs("in the schedule that is replayed", out);
    else
        fprintf(out, "found in schedule %s, after %.2f s", grouped(plan->schedules).s,
                seconds(plan->began, plan->found));
    if (!plan->options.replay)
        fprintf(out, "; %s",
                !plan->is_confirmed                ? "NOT confirmed"
                : plan->confirm                    ? "confirmed in a fresh process"
                : plan->verdict == SN_VERDICT_HANG ? "not run again"
                                                   : "confirmed by a second run");
    fputs(")\n", out);
    if (!plan->options.replay && !plan->is_confirmed)
        fputs("  the same schedule has not always come to the same end: the program depends on something else, too,\n"
              "  such as time, random numbers, addresses or files\n",
              out);
}

/* The event at which the schedule did what the nearest passing one does not. */
static uint32_t find_event(const sn_plan *plan, const sn_deviation *deviation)
{
    const sn_trace *trace = plan->trace;
    const sn_run_result *result = plan->result;
    for (uint32_t i = trace->count; i-- > 0;) {
        const sn_event *event = &trace->events[i];
        unsigned id = sn_actor_id(event->actor);
        if (event->index && event->own == deviation->own && sn_actor_act(event->actor) == deviation->act &&
            event->before < result->runner_count && id < result->runner_count &&
            sn_token_path(result, event->before) == deviation->runner && sn_token_path(result, id) == deviation->target)
            return i;
    }
    return trace->count;
}

static void write_neighbour(sn_wording *wording)
{
    const sn_plan *plan = wording->plan;
    FILE *out = wording->out;
    if (plan->has_neighbour) {
        uint32_t event = find_event(plan, &plan->neighbour_lacks);
        bool is_only = plan->deviation_count == 1;
        const char *what = plan->neighbour_lacks.act == SN_TIME                                ? "time-out"
                           : plan->neighbour_lacks.act == SN_FLUSH                             ? "early store"
                           : event < plan->trace->count && plan->trace->events[event].preempts ? "switch"
                                                                                               : "turn";
        fprintf(out, "the nearest schedule that passes: the same one without %s %s", is_only ? "that" : "the last",
                what);
        if (event < plan->trace->count && !is_only)
            fprintf(out, "\n  (%s)", sn_name_departure(wording, event).s);
        fputc('\n', out);
    }
    if (plan->sampled)
        fprintf(out, "random schedules: %" PRIu64 " of %" PRIu64 " fail\n", plan->sampled_failures, plan->sampled);
}

/* A schedule that is too long for a line goes into a file, and its name, as --replay takes it, into `token`. */
static void put_into_file(char *token)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/sennit-schedule-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(path);
    size_t length = strlen(token);
    if (fd < 0)
        return;
    if (write(fd, token, length) == (ssize_t)length)
        snprintf(token, TOKEN_ROOM, "@%s", path);
    close(fd);
}

/* A body in the caller's own process has no command that replays it; a program has, and can be confirmed. Who replays a
 * schedule knows how. */
static void write_replay(FILE *out, const sn_plan *plan)
{
    if (plan->options.replay)
        return;
    char *token = malloc(TOKEN_ROOM);
    bool is_written = token && sn_token_write(token, TOKEN_ROOM, plan);
    if (is_written && plan->confirm && strlen(token) > LONGEST_LINE)
        put_into_file(token);
    if (!is_written) {
        fputs("replay: the schedule is too long to be written in a line\n", out);
    } else if (plan->confirm) {
        char steps[32] = ""; /* a replay has to end at the same step */
        if (plan->options.steps != SN_DEFAULT_STEPS)
            snprintf(steps, sizeof steps, "--steps %u ", plan->options.steps);
        fprintf(out, "replay: sennit check %s--replay '%s' %s\n", steps, token, plan->name);
        fprintf(out, "   gdb: sennit check %s--gdb --replay '%s' %s\n", steps, token, plan->name);
    } else {
        fprintf(out, "replay: sennit_check_options.replay = \"%s\"\n", token);
    }
    free(token);
}

void sn_report_failure(const sn_plan *plan, int fd)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    sn_wording *wording = out ? sn_wording_new(plan, out) : NULL;
    if (wording) {
        write_head(out, plan);
        sn_cause_write(wording);
        sn_columns_write(wording);
        fputc('\n', out);
        write_neighbour(wording);
        write_replay(out, plan);
        sn_wording_free(wording);
    } else {
        dprintf(fd, "sennit: %s in %s; no memory for more\n", sn_verdict_names[plan->verdict], plan->name);
    }
    if (out)
        fclose(out);
    write_out(fd, text, length);
    free(text);
}

/* ---- nothing found */

static void write_bound(FILE *out, const sn_plan *plan)
{
    bool delays = plan->strategy && strcmp(plan->strategy, "delays") == 0;
    fprintf(out, "%d %s%s", plan->complete_bound, delays ? "delay" : "preemption",
            plural((uint64_t)plan->complete_bound));
}

static void write_explored(FILE *out, const sn_plan *plan)
{
    sn_text schedules = grouped(plan->schedules);
    const char *count = schedules.s;
    if (plan->options.replay) {
        fputs("the schedule that is replayed passes", out);
    } else if (plan->is_complete && plan->complete_bound < 0) {
        if (plan->complete_count == 1)
            fputs("explored its only interleaving", out);
        else
            fprintf(out, "explored all %s interleavings%s", grouped(plan->complete_count).s,
                    plan->is_reduced ? " of its synchronisations" : "");
        if (plan->schedules > plan->complete_count && !plan->strategy)
            fprintf(out, ", %s schedules in all", count);
    } else if (plan->is_complete && plan->strategy) {
        fputs("exhaustive to ", out);
        write_bound(out, plan);
        fprintf(out, ", %s schedule%s", count, plural(plan->schedules));
    } else if (plan->strategy) {
        fprintf(out, "%s schedule%s by %s, not all that there are", count, plural(plan->schedules), plan->strategy);
    } else {
        fprintf(out, "%s schedule%s (", count, plural(plan->schedules));
        if (plan->is_complete) {
            fputs("exhaustive to ", out);
            write_bound(out, plan);
        }
        fprintf(out, "%s SURW, POS, PCT and random)", plan->is_complete ? "; the rest" : "depth first, then");
    }
    if (plan->options.store_buffers)
        fputs(", with store buffers", out);
}

void sn_report_passed(const sn_plan *plan, int fd)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return;
    uint64_t pruned = sn_explorer_ ? sn_explorer_->pruned : 0, cut = sn_explorer_ ? sn_explorer_->cut : 0;
    fprintf(out, "sennit: nothing found in %s: ", plan->name);
    write_explored(out, plan);
    if (pruned)
        fprintf(out, " (%s more %s the same)", grouped(pruned).s, pruned == 1 ? "was" : "were");
    if (cut)
        fprintf(out, ", %s of them cut short", grouped(cut).s);
    fprintf(out, "; %.2f s\n", seconds(plan->began, plan->ended));
    fprintf(out, "  not explored: memory orders weaker than %s; data races between two synchronisations\n",
            plan->options.store_buffers ? "x86-TSO" : "sequential consistency");
    fclose(out);
    write_out(fd, text, length);
    free(text);
}
