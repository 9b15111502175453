/* cause.c - why a run failed, in words: who waits for what and who holds it, which signal came too early, what failed.
 *                                                  Layer: check.   Checked by: tests/check
 * The wait-for graph has an edge from each blocked strand to the holder of the object, or to the strand whose end it
 * waits for. Each strand waits for one thing at a time, so a circle is found by following the edges. A wait for a
 * condition, a semaphore or a promise has no edge: anybody could end it, and nobody is left who does.
 */
#define _GNU_SOURCE
#include "check/wording.h"

#include <string.h>

enum { MOST_LINES = 12, MOST_HELD = 4 };

/* Whom it waits for; SN_NO_ID: nobody in particular. */
static unsigned awaited(const sn_wording *wording, const sn_snapshot_runner *runner)
{
    if (runner->joins != SN_NO_ID)
        return runner->joins;
    if (runner->kind == SN_OP_COND_RESUME || (runner->waits_for && strcmp(runner->waits_for, "a condition") == 0))
        return SN_NO_ID;
    const sn_snapshot_object *object = sn_snapshot_of_object(wording, runner->object);
    return object ? object->holder : SN_NO_ID;
}

/* ---- a strand's line */

static bool is_kind(const sn_snapshot_object *object, const char *kind)
{
    return strcmp(object->kind, kind) == 0;
}

/* A promise is not held, but it has one strand that is to settle it; likewise a thread has one that ends it. */
static void write_held(sn_wording *wording, const sn_snapshot_runner *runner)
{
    const sn_run_result *result = wording->plan->result;
    unsigned count = 0;
    for (uint32_t i = 0; i < result->object_count && count < MOST_HELD; i++) {
        const sn_snapshot_object *object = &result->objects[i];
        if (object->holder != runner->id || object->address == runner->object || is_kind(object, "thread"))
            continue;
        if (is_kind(object, "promise")) {
            fprintf(wording->out, "%s is to settle %s", count++ ? "," : "",
                    sn_name_object(wording, object->address, object->kind, 0).s);
            continue;
        }
        fprintf(wording->out, "%s holds %s%s%s", count++ ? "," : "", is_kind(object, "condition") ? "the lock of " : "",
                sn_name_object(wording, object->address, object->kind, 0).s,
                sn_name_place_after(wording, " (since ", object->held_site, object->held_pc).s);
        if (object->held_site || object->held_pc)
            fputc(')', wording->out);
    }
    if (count)
        fputs(" and", wording->out);
}

/* Who could end a wait that no holder ends. */
static const char *nobody_is_left(const sn_snapshot_runner *runner)
{
    const char *kind = runner->waits_for ? runner->waits_for : runner->object_kind ? runner->object_kind : "";
    if (strstr(kind, "lock of a condition") || strstr(kind, "the end of"))
        return "";
    if (runner->kind == SN_OP_COND_RESUME || strstr(kind, "condition"))
        return runner->waits_for ? "; nobody is left to notify it" : "; nobody is left to signal it";
    if (strstr(kind, "semaphore"))
        return "; nobody is left to post it";
    if (strstr(kind, "promise"))
        return "; nobody is left to settle it";
    if (strstr(kind, "barrier"))
        return "; nobody else comes to it";
    return runner->kind == SN_OP_FUTEX_RESUME && !runner->waits_for ? "; nobody is left to wake it" : "";
}

/* `in_circle`: the line of whom it waits for comes next. */
static void write_stuck(sn_wording *wording, const sn_snapshot_runner *runner, bool in_circle)
{
    unsigned other = awaited(wording, runner);
    FILE *out = wording->out;
    fprintf(out, "  %s%s%s", sn_name_strand(wording, runner->id).s,
            sn_name_place_after(wording, " (started at ", runner->site, runner->pc).s,
            sn_name_place(wording, runner->site, runner->pc).s[0] ? ")" : "");
    write_held(wording, runner);
    fprintf(out, " waits for %s%s", sn_name_wait(wording, runner).s,
            sn_name_place_after(wording, " at ", runner->wait_site, runner->wait_pc).s);
    const sn_snapshot_object *object = sn_snapshot_of_object(wording, runner->object);
    if (object && other != SN_NO_ID && runner->joins == SN_NO_ID && (other == runner->id || !in_circle)) {
        if (other == runner->id)
            fputs(is_kind(object, "promise") ? ", which it is to settle itself" : ", which it holds itself", out);
        else
            fprintf(out,
                    is_kind(object, "promise")  ? ", which T%u is to settle"
                    : is_kind(object, "thread") ? ", which is T%u"
                                                : ", which T%u holds",
                    other);
        if (!is_kind(object, "promise") && !is_kind(object, "thread"))
            fputs(sn_name_place_after(wording, " since ", object->held_site, object->held_pc).s, out);
    }
    const sn_snapshot_runner *holder = other == SN_NO_ID ? NULL : sn_snapshot_of(wording, other);
    if (holder && holder->has_ended)
        fputs("; that one has ended", out);
    fprintf(out, "%s\n", other == SN_NO_ID ? nobody_is_left(runner) : "");
}

/* ---- circles */

static unsigned follow(const sn_wording *wording, unsigned id)
{
    const sn_snapshot_runner *runner = sn_snapshot_of(wording, id);
    return runner && sn_is_stuck(runner) ? awaited(wording, runner) : SN_NO_ID;
}

/* The strand with the least id of a circle; SN_NO_ID: there is none. A step at a time and two at a time: they meet. */
static unsigned find_circle(const sn_wording *wording)
{
    const sn_run_result *result = wording->plan->result;
    for (uint32_t i = 0; i < result->runner_count; i++) {
        unsigned slow = result->runners[i].id, fast = slow;
        do {
            slow = follow(wording, slow);
            fast = follow(wording, follow(wording, fast));
        } while (fast != SN_NO_ID && slow != fast);
        if (fast == SN_NO_ID)
            continue;
        unsigned least = slow;
        for (unsigned id = follow(wording, slow); id != slow; id = follow(wording, id))
            if (id < least)
                least = id;
        return least;
    }
    return SN_NO_ID;
}

static bool is_in_circle(const sn_wording *wording, unsigned first, unsigned id)
{
    if (first == SN_NO_ID)
        return false;
    unsigned at = first;
    do {
        if (at == id)
            return true;
        at = follow(wording, at);
    } while (at != first);
    return false;
}

/* Returns how many lines. */
static unsigned write_circle(sn_wording *wording, unsigned first)
{
    unsigned at = first, count = 0;
    do {
        write_stuck(wording, sn_snapshot_of(wording, at), true);
        count++;
        at = follow(wording, at);
    } while (at != first);
    if (count < 2)
        return count;
    fputs("  a circle:", wording->out);
    do {
        fprintf(wording->out, " T%u ->", at);
        at = follow(wording, at);
    } while (at != first);
    fprintf(wording->out, " T%u; each waits for the next\n", first);
    return count;
}

/* ---- the early signal */

static bool came_too_early(const sn_wording *wording, const sn_snapshot_runner *runner, const sn_snapshot_object **on)
{
    if (!sn_is_stuck(runner))
        return false;
    bool waits = runner->waits_for ? strcmp(runner->waits_for, "a condition") == 0 : runner->kind == SN_OP_COND_RESUME;
    *on = waits ? sn_snapshot_of_object(wording, runner->object) : NULL;
    return *on && (*on)->signal_was_early;
}

static void write_early(sn_wording *wording, const sn_snapshot_runner *runner, const sn_snapshot_object *object)
{
    const char *verb = runner->waits_for ? "notified" : "signalled";
    sn_text name = sn_name_object(wording, object->address, "condition", 0);
    fprintf(wording->out, "  %s %s %s%s while nobody waited there: it woke nobody\n",
            sn_name_strand(wording, object->early_runner).s, verb, name.s,
            sn_name_place_after(wording, " at ", object->early_site, object->early_pc).s);
    fprintf(wording->out, "  %s began to wait for it only after that%s, and nobody is left to %s it again\n",
            sn_name_strand(wording, runner->id).s,
            sn_name_place_after(wording, ", at ", runner->wait_site, runner->wait_pc).s,
            runner->waits_for ? "notify" : "signal");
}

static void write_waits(sn_wording *wording)
{
    const sn_run_result *result = wording->plan->result;
    const sn_snapshot_object *object;
    unsigned circle = find_circle(wording), lines = 0, more = 0;
    if (!result->runner_count)
        fprintf(wording->out, "  %s\n", result->text);
    for (uint32_t i = 0; i < result->runner_count && lines < MOST_LINES; i++)
        if (came_too_early(wording, &result->runners[i], &object)) {
            write_early(wording, &result->runners[i], object);
            lines++;
        }
    if (circle != SN_NO_ID)
        lines += write_circle(wording, circle);
    for (uint32_t i = 0; i < result->runner_count; i++) {
        const sn_snapshot_runner *runner = &result->runners[i];
        if (!sn_is_stuck(runner) || came_too_early(wording, runner, &object) ||
            is_in_circle(wording, circle, runner->id))
            continue;
        if (lines++ < MOST_LINES)
            write_stuck(wording, runner, false);
        else
            more++;
    }
    if (more)
        fprintf(wording->out, "  ... and %u more wait\n", more);
}

/* ---- the other failures */

/* Who did it, where, and what: the text often begins with its place already. */
static void write_text(sn_wording *wording, const char *text)
{
    const sn_run_result *result = wording->plan->result;
    sn_text place = sn_name_failure_place(wording);
    const char *base = strrchr(place.s, '/');
    if (place.s[0] && strstr(text, base ? base + 1 : place.s))
        place.s[0] = '\0';
    if (!result->runner_count) { /* the run's process was ended from outside: nobody knows who it was */
        fprintf(wording->out, "  %s\n", text);
        return;
    }
    fprintf(wording->out, "  %s%s%s: %s\n", sn_name_strand(wording, result->runner).s, place.s[0] ? " at " : "",
            place.s, text);
}

/* What each strand that has not ended would do next: for runs without an end. */
static void write_positions(sn_wording *wording)
{
    const sn_run_result *result = wording->plan->result;
    unsigned lines = 0;
    for (uint32_t i = 0; i < result->runner_count && lines < MOST_LINES; i++) {
        const sn_snapshot_runner *runner = &result->runners[i];
        if (runner->has_ended || runner->is_service)
            continue;
        lines++;
        if (sn_is_stuck(runner)) {
            write_stuck(wording, runner, false);
            continue;
        }
        bool runs = wording->plan->verdict == SN_VERDICT_HANG && runner->id == result->runner;
        fprintf(wording->out, "  %s %s: %s%s\n", sn_name_strand(wording, runner->id).s,
                runs ? "runs; its last step" : "goes on; its next step", sn_name_next(wording, runner).s,
                sn_name_place_after(wording, " at ", runner->wait_site, runner->wait_pc).s);
    }
}

static void write_signal(sn_wording *wording)
{
    const sn_run_result *result = wording->plan->result;
    const char *name = sigdescr_np(result->status);
    char text[SN_RESULT_TEXT + 32];
    snprintf(text, sizeof text, "signal %d: %s", result->status, result->text[0] ? result->text : name ? name : "?");
    write_text(wording, text);
}

/* ---- which switches it takes */

static void write_count(FILE *out, unsigned count, const char *one, const char *many, unsigned *written)
{
    if (count)
        fprintf(out, "%s%u %s", (*written)++ ? ", " : "", count, count == 1 ? one : many);
}

static void write_needs(sn_wording *wording)
{
    const sn_trace *trace = wording->plan->trace;
    unsigned acts[3] = {0, 0, 0}, switches = 0, written = 0;
    uint32_t last = 0;
    for (uint32_t i = 0; i < trace->count; i++)
        if (trace->events[i].index) {
            acts[sn_actor_act(trace->events[i].actor)]++;
            switches += trace->events[i].preempts;
            last = i;
        }
    unsigned all = acts[SN_RUN] + acts[SN_TIME] + acts[SN_FLUSH];
    FILE *out = wording->out;
    if (!trace->count)
        return;
    if (!all) {
        fputs("  it takes no switch: it fails when each strand runs until it has to wait\n", out);
        return;
    }
    fputs("  it takes ", out);
    write_count(out, switches, "switch", "switches", &written);
    write_count(out, acts[SN_RUN] - switches, "turn other than the default", "turns other than the default", &written);
    write_count(out, acts[SN_TIME], "time-out", "time-outs", &written);
    write_count(out, acts[SN_FLUSH], "store that becomes visible early", "stores that become visible early", &written);
    if (all == 1) {
        sn_text departure = sn_name_departure(wording, last);
        const char *text = strncmp(departure.s, "switch: ", 8) == 0 ? departure.s + 8 : departure.s;
        fprintf(out, ": %s\n", text);
    } else {
        fputs(", marked ---- below\n", out);
    }
}

void sn_cause_write(sn_wording *wording)
{
    const sn_run_result *result = wording->plan->result;
    char text[64];
    switch (wording->plan->verdict) {
    case SN_VERDICT_DEADLOCK:
    case SN_VERDICT_LOST_WAKEUP:
    case SN_VERDICT_LEFT_BLOCKED:
        write_waits(wording);
        break;
    case SN_VERDICT_STEP_LIMIT:
    case SN_VERDICT_HANG:
        if (result->text[0])
            fprintf(wording->out, "  %s\n", result->text);
        write_positions(wording);
        break;
    case SN_VERDICT_SIGNALLED:
        write_signal(wording);
        break;
    case SN_VERDICT_BAD_STATUS:
        snprintf(text, sizeof text, "the program ends with exit status %d", result->status);
        write_text(wording, result->text[0] ? result->text : text);
        break;
    default:
        write_text(wording, result->text[0] ? result->text : sn_verdict_names[wording->plan->verdict]);
        break;
    }
    write_needs(wording);
}
