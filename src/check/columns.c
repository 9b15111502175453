/* columns.c - the failing schedule: a column for each strand, a row for each step that matters.       Layer: check.
 *                                                            Checked by: tests/check
 * A step matters if another strand could notice: its object is touched by several strands and changed by one of them,
 * or somebody waits for it in the end; or if the schedule departs from the default there. With more strands than
 * columns fit, it is a list. Long middles are left out, but not near a departure.
 */
#include "check/wording.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 100,
    MARGIN = 2,
    GAP = 2, /* between columns */
    MOST_COLUMNS = 4,
    FEW_COLUMNS = 3,
    MOST_CELL_LINES = 6,
    LIST_TEXT = 52,
    MOST_NAMED = 16, /* strands in the head of a list, and at its end */
    MOST_ROWS = 48,  /* more are cut in the middle: */
    FIRST_ROWS = 8,
    LAST_ROWS = 20,
    LAST_ROWS_OF_MANY = 8, /* of a run that does not end: they are all alike */
    NEAR = 3,              /* rows before and behind a departure that stay */
};

/* What becomes of a step: it does not matter, it is shown, there is no room for it, its strand is passed over. */
enum keep { HIDDEN, SHOWN, CUT, PASSED_OVER };

struct cell {
    unsigned id;
    const char *kind; /* of the object in the text; may be NULL */
    sn_text text, place;
};

/* A cell's text, broken. */
struct lines {
    char at[MOST_CELL_LINES][2 * sizeof(sn_text)];
    unsigned count;
};

struct columns {
    sn_wording *wording;
    uint8_t *keeps; /* by event: enum keep */
    bool takes_part[SN_MOST_SNAPSHOT_RUNNERS];
    unsigned ids[SN_MOST_SNAPSHOT_RUNNERS];
    unsigned count, width;
    bool is_list, is_main_out;
    /* of one row; not on the stack, which may be a small one */
    struct cell cells[SN_MOST_SNAPSHOT_RUNNERS];
    struct lines lines[MOST_COLUMNS];
};

/* ---- which steps matter */

struct touched {
    uint16_t by; /* the first strand, plus 1 */
    bool shared, changed;
};

static struct touched *find_shared(const sn_trace *trace)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < trace->count; i++)
        if (trace->events[i].object[0] > most)
            most = trace->events[i].object[0];
    struct touched *touched = calloc(most + 1, sizeof *touched);
    for (uint32_t i = 0; touched && i < trace->count; i++) {
        const sn_event *event = &trace->events[i];
        struct touched *object = &touched[event->object[0]];
        uint16_t by = (uint16_t)(sn_actor_id(event->actor) + 1);
        object->shared = object->shared || (object->by && object->by != by);
        object->by = by;
        object->changed = object->changed || event->access[0] == SN_WRITE;
    }
    if (touched)
        touched[0].shared = false;
    return touched;
}

/* Whether somebody still waits for the object in the end: that is no step of the trace. */
static bool is_waited_for(const sn_run_result *result, const void *object)
{
    for (uint32_t i = 0; object && i < result->runner_count; i++)
        if (result->runners[i].object == object && sn_is_stuck(&result->runners[i]))
            return true;
    return false;
}

/* `buffers`: some stores are buffered, and then it is not known of what: so each load may matter. */
static bool matters(const sn_event *event, const struct touched *touched, bool buffers, const sn_run_result *result)
{
    switch (event->kind) {
    case SN_OP_BEGIN:
    case SN_OP_STARTED:
    case SN_OP_CLOCK:
    case SN_OP_RANDOM:
    case SN_OP_YIELD:
    case SN_OP_END:
        return false;
    case SN_OP_START:
    case SN_OP_JOIN:
    case SN_OP_TIMEOUT:
    case SN_OP_FLUSH:
    case SN_OP_BUFFER:
    case SN_OP_FENCE:
    case SN_OP_EXIT:
    case SN_OP_SLEEP:
    case SN_OP_COND_WAIT:
    case SN_OP_COND_RESUME:
        return true;
    case SN_OP_LOAD:
        if (buffers)
            return true;
        /* fall through */
    default:
        if (event->what && strcmp(event->what, "initialise") == 0)
            return false;
        return !event->address || (touched[event->object[0]].shared && touched[event->object[0]].changed) ||
               is_waited_for(result, event->address);
    }
}

static bool fails_itself(const sn_wording *wording)
{
    enum sn_verdict verdict = wording->plan->verdict;
    return verdict != SN_VERDICT_DEADLOCK && verdict != SN_VERDICT_LOST_WAKEUP && verdict != SN_VERDICT_LEFT_BLOCKED &&
           verdict != SN_VERDICT_BAD_STATUS;
}

/* A strand takes part if it has a row of its own, or is at something in the end. */
static void find_parts(struct columns *columns)
{
    const sn_trace *trace = columns->wording->plan->trace;
    const sn_run_result *result = columns->wording->plan->result;
    memset(columns->takes_part, 0, sizeof columns->takes_part);
    for (uint32_t i = 0; i < result->runner_count; i++)
        columns->takes_part[i] = sn_is_stuck(&result->runners[i]);
    if (fails_itself(columns->wording) && result->runner < SN_MOST_SNAPSHOT_RUNNERS)
        columns->takes_part[result->runner] = true;
    for (uint32_t i = 0; i < trace->count; i++)
        if (columns->keeps[i] == SHOWN && sn_actor_id(trace->events[i].actor) < SN_MOST_SNAPSHOT_RUNNERS)
            columns->takes_part[sn_actor_id(trace->events[i].actor)] = true;
}

/* Starts of strands that take no part go; ends of those that do are shown. */
static void choose_starts_and_ends(struct columns *columns)
{
    const sn_trace *trace = columns->wording->plan->trace;
    find_parts(columns);
    for (uint32_t i = 0; i < trace->count; i++) {
        const sn_event *event = &trace->events[i];
        unsigned id = sn_actor_id(event->actor);
        if (event->kind == SN_OP_START && event->target < SN_MOST_SNAPSHOT_RUNNERS && !event->index &&
            !columns->takes_part[event->target])
            columns->keeps[i] = HIDDEN;
        if (event->kind == SN_OP_END && id && id < SN_MOST_SNAPSHOT_RUNNERS && columns->takes_part[id])
            columns->keeps[i] = SHOWN;
    }
}

/* The last step of the strand that fails; the last ones, if the run does not end. */
static void keep_last(struct columns *columns)
{
    const sn_trace *trace = columns->wording->plan->trace;
    unsigned most = columns->wording->plan->verdict == SN_VERDICT_STEP_LIMIT ? LAST_ROWS_OF_MANY : 1, kept = 0;
    if (!fails_itself(columns->wording))
        return;
    for (uint32_t i = trace->count; i-- > 0 && kept < most;) {
        if (sn_actor_id(trace->events[i].actor) != columns->wording->plan->result->runner)
            continue;
        kept++;
        if (trace->events[i].kind != SN_OP_BEGIN)
            columns->keeps[i] = SHOWN;
    }
}

static void choose_steps(struct columns *columns)
{
    const sn_trace *trace = columns->wording->plan->trace;
    struct touched *touched = find_shared(trace);
    unsigned kept = 0;
    bool buffers = false;
    for (uint32_t i = 0; i < trace->count; i++)
        buffers = buffers || trace->events[i].kind == SN_OP_BUFFER;
    for (uint32_t i = 0; touched && i < trace->count; i++) {
        const sn_event *event = &trace->events[i];
        columns->keeps[i] = event->index || matters(event, touched, buffers, columns->wording->plan->result);
        kept += columns->keeps[i];
    }
    free(touched);
    keep_last(columns);
    if (!kept)
        memset(columns->keeps, 1, trace->count);
    choose_starts_and_ends(columns);
}

/* Cuts the middle out of a long schedule. */
static void cut_middle(struct columns *columns)
{
    const sn_trace *trace = columns->wording->plan->trace;
    bool is_endless = columns->wording->plan->verdict == SN_VERDICT_STEP_LIMIT;
    unsigned all = 0, row = 0, last = is_endless ? LAST_ROWS_OF_MANY : LAST_ROWS;
    for (uint32_t i = 0; i < trace->count; i++)
        all += columns->keeps[i] == SHOWN;
    if (all <= MOST_ROWS)
        return;
    unsigned since = NEAR + 1, departures = 0;
    for (uint32_t i = 0; i < trace->count; i++) { /* forwards: what follows a departure, and the ends, stays */
        if (columns->keeps[i] != SHOWN)
            continue;
        departures += trace->events[i].index != 0;
        since = trace->events[i].index && departures < MOST_ROWS ? 0 : since + 1;
        if (row >= FIRST_ROWS && row < all - last && since > NEAR)
            columns->keeps[i] = CUT;
        row++;
    }
    since = NEAR + 1;
    departures = 0;
    for (uint32_t i = trace->count; i-- > 0;) { /* backwards: what comes before one */
        if (columns->keeps[i] != SHOWN && columns->keeps[i] != CUT)
            continue;
        if (since++ < NEAR)
            columns->keeps[i] = SHOWN;
        if (trace->events[i].index && columns->keeps[i] == SHOWN && departures++ < MOST_ROWS)
            since = 0;
    }
}

static bool has_departure(const sn_trace *trace)
{
    for (uint32_t i = 0; i < trace->count; i++)
        if (trace->events[i].index)
            return true;
    return false;
}

static bool signalled_early(const sn_wording *wording, unsigned id)
{
    const sn_run_result *result = wording->plan->result;
    for (uint32_t i = 0; i < result->object_count; i++)
        if (result->objects[i].signal_was_early && result->objects[i].early_runner == id)
            return true;
    return false;
}

/* Where too many strands take part: those that had ended before the schedule left the default are passed over. */
static void pass_over(struct columns *columns)
{
    const sn_trace *trace = columns->wording->plan->trace;
    bool has_ended[SN_MOST_SNAPSHOT_RUNNERS] = {false};
    for (uint32_t i = 0; i < trace->count && !trace->events[i].index; i++)
        if (trace->events[i].kind == SN_OP_END && sn_actor_id(trace->events[i].actor) < SN_MOST_SNAPSHOT_RUNNERS)
            has_ended[sn_actor_id(trace->events[i].actor)] = true;
    for (uint32_t i = 0; i < trace->count; i++) {
        unsigned id = sn_actor_id(trace->events[i].actor);
        if (columns->keeps[i] && id < SN_MOST_SNAPSHOT_RUNNERS && has_ended[id] &&
            !signalled_early(columns->wording, id))
            columns->keeps[i] = PASSED_OVER;
    }
}

/* Where columns get narrow: main goes, if it does nothing but start the others and join them. */
static void pass_over_main(struct columns *columns)
{
    const sn_trace *trace = columns->wording->plan->trace;
    if (fails_itself(columns->wording) && columns->wording->plan->result->runner == 0)
        return;
    for (uint32_t i = 0; i < trace->count; i++) {
        const sn_event *event = &trace->events[i];
        if (columns->keeps[i] && sn_actor_id(event->actor) == 0 &&
            (event->index || (event->kind != SN_OP_START && event->kind != SN_OP_JOIN)))
            return;
    }
    for (uint32_t i = 0; i < trace->count; i++)
        if (sn_actor_id(trace->events[i].actor) == 0)
            columns->keeps[i] = HIDDEN;
    columns->is_main_out = true;
}

static void choose_strands(struct columns *columns)
{
    find_parts(columns);
    columns->takes_part[0] = columns->takes_part[0] && !columns->is_main_out;
    columns->count = 0;
    for (unsigned id = 0; id < SN_MOST_SNAPSHOT_RUNNERS; id++)
        if (columns->takes_part[id])
            columns->ids[columns->count++] = id;
    columns->is_list = columns->count > MOST_COLUMNS;
    if (columns->count && !columns->is_list)
        columns->width = (WIDTH - MARGIN - GAP * (columns->count - 1)) / columns->count;
}

/* ---- cells */

/* One line of at most `width` letters off `text`; returns where the next one begins, or NULL. */
static const char *break_line(const char *text, unsigned width, unsigned *length)
{
    size_t all = strlen(text);
    if (all <= width) {
        *length = (unsigned)all;
        return NULL;
    }
    unsigned at = width;
    while (at > width / 2 && text[at] != ' ')
        at--;
    if (text[at] != ' ')
        at = width;
    *length = at;
    return text + at + (text[at] == ' ');
}

static void add_lines(struct lines *lines, const char *text, unsigned width, unsigned indent)
{
    unsigned length;
    while (text && lines->count < MOST_CELL_LINES) {
        unsigned shift = lines->count ? indent : 0;
        const char *next = break_line(text, width - shift, &length);
        snprintf(lines->at[lines->count++], sizeof lines->at[0], "%*s%.*s", (int)shift, "", (int)length, text);
        text = next;
    }
}

/* The text without the kind of the object, if that has a name of its own: "lock `a`". */
static sn_text without_kind(const struct cell *cell)
{
    sn_text text = cell->text;
    size_t length = cell->kind ? strlen(cell->kind) : 0;
    for (char *at = text.s; length && (at = strstr(at, cell->kind)); at++)
        if (at > text.s && at[-1] == ' ' && at[length] == ' ' && at[length + 1] == '`') {
            memmove(at, at + length + 1, strlen(at + length + 1) + 1);
            break;
        }
    return text;
}

/* All in one line where it fits, perhaps without the place's folders; else in several. */
static void fill_lines(struct lines *lines, const struct cell *cell, unsigned width, bool is_short)
{
    sn_text text = is_short ? without_kind(cell) : cell->text;
    const char *slash = strrchr(cell->place.s, '/'), *places[] = {cell->place.s, slash ? slash + 1 : cell->place.s};
    lines->count = 0;
    for (unsigned i = 0; i < 2; i++) {
        if (!places[i][0] || strlen(text.s) + 2 + strlen(places[i]) > width)
            continue;
        snprintf(lines->at[lines->count++], sizeof lines->at[0], "%s  %s", text.s, places[i]);
        return;
    }
    add_lines(lines, text.s, width, 2);
    if (places[0][0])
        add_lines(lines, strlen(places[0]) + 2 > width ? places[1] : places[0], width, 2);
}

/* One row; `cells` in the order of the columns, at most one for each. */
static void write_row(struct columns *columns, const struct cell *cells, unsigned count)
{
    FILE *out = columns->wording->out;
    struct lines *lines = columns->lines;
    unsigned most = 0;
    for (unsigned c = 0; c < columns->count; c++) {
        lines[c].count = 0;
        for (unsigned i = 0; i < count; i++)
            if (cells[i].id == columns->ids[c])
                fill_lines(&lines[c], &cells[i], columns->width, columns->count >= FEW_COLUMNS);
        if (lines[c].count > most)
            most = lines[c].count;
    }
    for (unsigned line = 0; line < most; line++) {
        unsigned at = 0; /* letters written since the margin */
        fprintf(out, "%*s", MARGIN, "");
        for (unsigned c = 0; c < columns->count; c++) {
            unsigned column = c * (columns->width + GAP);
            if (line >= lines[c].count || !lines[c].at[line][0])
                continue;
            fprintf(out, "%*s%s", (int)(column - at), "", lines[c].at[line]);
            at = column + (unsigned)strlen(lines[c].at[line]);
        }
        fputc('\n', out);
    }
}

static void write_list_row(const struct columns *columns, const struct cell *cell)
{
    FILE *out = columns->wording->out;
    fprintf(out, "%*sT%-4u %-*s%s%s\n", MARGIN, "", cell->id, cell->place.s[0] ? LIST_TEXT : 0, cell->text.s,
            cell->place.s[0] ? "  " : "", cell->place.s);
}

static void write_cells(struct columns *columns, const struct cell *cells, unsigned count)
{
    if (!columns->is_list) {
        write_row(columns, cells, count);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        write_list_row(columns, &cells[i]);
}

/* ---- rows */

static void write_head(struct columns *columns)
{
    struct cell *cells = columns->cells;
    unsigned named = !columns->is_list || columns->count < MOST_NAMED ? columns->count : MOST_NAMED;
    for (unsigned i = 0; i < named; i++)
        cells[i] = (struct cell){columns->ids[i], NULL, sn_name_strand(columns->wording, columns->ids[i]), {""}};
    if (!columns->is_list) {
        write_row(columns, cells, columns->count);
        return;
    }
    fprintf(columns->wording->out, "%*s", MARGIN, "");
    unsigned at = MARGIN;
    for (unsigned i = 0; i < named; i++) {
        unsigned length = (unsigned)strlen(cells[i].text.s) + 2;
        if (at + length > WIDTH) {
            fprintf(columns->wording->out, "\n%*s", MARGIN, "");
            at = MARGIN;
        }
        fprintf(columns->wording->out, "%s%s", at > MARGIN ? "  " : "", cells[i].text.s);
        at += length;
    }
    fputs(named < columns->count ? "  ...\n" : "\n", columns->wording->out);
}

static void write_mark(const struct columns *columns, uint32_t event)
{
    fprintf(columns->wording->out, "%*s---- %s ----\n", MARGIN, "", sn_name_departure(columns->wording, event).s);
}

static void write_steps(struct columns *columns)
{
    const sn_trace *trace = columns->wording->plan->trace;
    unsigned left_out = 0;
    for (uint32_t i = 0; i < trace->count; i++) {
        const sn_event *event = &trace->events[i];
        left_out += columns->keeps[i] == CUT || columns->keeps[i] == PASSED_OVER;
        if (columns->keeps[i] != SHOWN)
            continue;
        if (left_out)
            fprintf(columns->wording->out, "%*s... %u more step%s ...\n", MARGIN, "", left_out,
                    left_out == 1 ? "" : "s");
        left_out = 0;
        if (event->index)
            write_mark(columns, i);
        if (event->index && (sn_actor_act(event->actor) != SN_RUN || event->kind == SN_OP_BEGIN))
            continue; /* the mark says it all */
        struct cell cell = {sn_actor_id(event->actor), event->object_kind, sn_name_event(columns->wording, event),
                            sn_name_place(columns->wording, event->site, event->pc)};
        write_cells(columns, &cell, 1);
    }
}

/* What each strand was at when the run failed. */
static void write_ends(struct columns *columns)
{
    const sn_run_result *result = columns->wording->plan->result;
    struct cell *cells = columns->cells, failing = {.id = SN_NO_ID};
    unsigned count = 0;
    for (unsigned i = 0; i < columns->count; i++) {
        unsigned id = columns->ids[i];
        const sn_snapshot_runner *runner = sn_snapshot_of(columns->wording, id);
        struct cell *cell = &cells[count];
        if (fails_itself(columns->wording) && id == result->runner) {
            failing = (struct cell){id, NULL, {""}, sn_name_failure_place(columns->wording)};
            snprintf(failing.text.s, sizeof failing.text.s, "FAILS: %s",
                     sn_verdict_names[columns->wording->plan->verdict]);
        } else if (runner && sn_is_stuck(runner)) {
            *cell = (struct cell){
                id, runner->object_kind, {""}, sn_name_place(columns->wording, runner->wait_site, runner->wait_pc)};
            snprintf(cell->text.s, sizeof cell->text.s, "BLOCKED: %.200s", sn_name_next(columns->wording, runner).s);
            count++;
        }
    }
    if (!columns->is_list && failing.id != SN_NO_ID)
        cells[count++] = failing;
    unsigned shown = !columns->is_list || count < MOST_NAMED ? count : MOST_NAMED;
    write_cells(columns, cells, shown);
    if (shown < count)
        fprintf(columns->wording->out, "%*s... %u more are blocked ...\n", MARGIN, "", count - shown);
    if (columns->is_list && failing.id != SN_NO_ID)
        write_cells(columns, &failing, 1);
}

void sn_columns_write(sn_wording *wording)
{
    const sn_trace *trace = wording->plan->trace;
    if (!trace->count)
        return;
    struct columns *columns = calloc(1, sizeof *columns + trace->count);
    if (!columns)
        return;
    columns->wording = wording;
    columns->keeps = (uint8_t *)(columns + 1);
    choose_steps(columns);
    choose_strands(columns);
    if (columns->is_list && has_departure(trace)) {
        pass_over(columns);
        choose_strands(columns);
    }
    if (columns->count > FEW_COLUMNS)
        pass_over_main(columns);
    cut_middle(columns);
    choose_strands(columns);
    fprintf(wording->out, "\nschedule, %u step%s, those that matter:\n", trace->count, trace->count == 1 ? "" : "s");
    write_head(columns);
    write_steps(columns);
    write_ends(columns);
    free(columns);
}
