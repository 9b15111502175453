/* wording.c - how strands, objects, operations and places are called in a report.       Layer: check.
 *                                                            Checked by: tests/check */
#include "check/wording.h"

#include "check/machine.h"

#include <semaphore.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <sennit/condition.h>
#include <sennit/lock.h>
#include <sennit/rlock.h>

static sn_text say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static sn_text say(const char *format, ...)
{
    sn_text text;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text.s, sizeof text.s, format, arguments);
    va_end(arguments);
    if (n >= (int)sizeof text.s)
        memcpy(text.s + sizeof text.s - 4, "...", 4);
    return text;
}

/* ---- strands */

const sn_snapshot_runner *sn_snapshot_of(const sn_wording *wording, unsigned id)
{
    const sn_run_result *result = wording->plan->result;
    return id < result->runner_count ? &result->runners[id] : NULL; /* they are taken in the order of their ids */
}

/* Names that tell nothing: then the function's is better. */
static bool is_plain(const char *name)
{
    return !name[0] || strcmp(name, "thread") == 0 || strcmp(name, "strand") == 0 || strcmp(name, "task") == 0;
}

sn_text sn_name_strand(sn_wording *wording, unsigned id)
{
    const sn_snapshot_runner *runner = sn_snapshot_of(wording, id);
    char function[48];
    if (!runner)
        return id ? say("T%u", id) : say("T0 main");
    if (!is_plain(runner->name))
        return say("T%u %s", id, runner->name);
    if (runner->function && sn_symbols_function(wording->symbols, runner->function, function, sizeof function))
        return say("T%u %s", id, function);
    return say("T%u", id);
}

/* ---- places */

sn_text sn_name_place(const sn_wording *wording, const char *site, uintptr_t pc)
{
    return say("%s", site ? sn_symbols_shorten(wording->symbols, site) : sn_symbols_place(wording->symbols, pc));
}

/* Of a signal the very instruction is known, not where a call returns to. */
static uintptr_t failure_pc(const sn_plan *plan)
{
    return plan->result->pc + (plan->result->pc && plan->verdict == SN_VERDICT_SIGNALLED);
}

sn_text sn_name_failure_place(const sn_wording *wording)
{
    return sn_name_place(wording, wording->plan->result->site, failure_pc(wording->plan));
}

sn_text sn_name_place_after(const sn_wording *wording, const char *word, const char *site, uintptr_t pc)
{
    sn_text place = sn_name_place(wording, site, pc);
    return place.s[0] ? say("%s%s", word, place.s) : place;
}

/* ---- objects */

const sn_snapshot_object *sn_snapshot_of_object(const sn_wording *wording, const void *address)
{
    const sn_run_result *result = wording->plan->result;
    const sn_snapshot_object *found = NULL; /* the last one: memory may have been used anew */
    for (uint32_t i = 0; address && i < result->object_count; i++)
        if (result->objects[i].address == address)
            found = &result->objects[i];
    return found;
}

/* How large objects of a kind are, to tell name[1] from name+40. */
static bool has_size(const char *kind, size_t size)
{
    static const struct {
        const char *kind;
        size_t size;
    } sizes[] = {{"lock", sizeof(sennit_lock)},          {"lock", sizeof(sennit_rlock)},
                 {"rlock", sizeof(sennit_rlock)},        {"condition", sizeof(sennit_condition)},
                 {"mutex", sizeof(pthread_mutex_t)},     {"condition", sizeof(pthread_cond_t)},
                 {"rwlock", sizeof(pthread_rwlock_t)},   {"semaphore", sizeof(sem_t)},
                 {"barrier", sizeof(pthread_barrier_t)}, {"spin lock", sizeof(pthread_spinlock_t)}};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strcmp(sizes[i].kind, kind) == 0 && sizes[i].size == size)
            return true;
    return false;
}

static size_t greatest_divisor(size_t a, size_t b)
{
    while (b) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The size of the elements, if the variable looks like an array of such objects: another one lies at a distance that is
 * the size of the kind, or a multiple of it, and the whole is one. 0: it does not. */
static size_t element_size(const sn_wording *wording, const void *address, const char *kind,
                           const sn_variable *variable)
{
    const sn_run_result *result = wording->plan->result;
    uintptr_t start = (uintptr_t)address - variable->offset;
    size_t largest = 0; /* common divisor of all offsets */
    unsigned count = 0; /* of such objects in the variable */
    for (uint32_t i = 0; kind && i < result->object_count; i++) {
        size_t offset = (uintptr_t)result->objects[i].address - start;
        if (offset >= variable->size || !result->objects[i].kind || strcmp(result->objects[i].kind, kind) != 0)
            continue;
        count++;
        largest = greatest_divisor(largest, offset);
    }
    if (count < 2 || !largest)
        return 0;
    for (size_t size = largest; size >= sizeof(uint32_t); size--)
        if (largest % size == 0 && variable->size % size == 0 && has_size(kind, size))
            return size;
    return 0;
}

static void rank_objects(sn_wording *wording)
{
    const sn_run_result *result = wording->plan->result;
    sn_variable variable;
    for (uint32_t i = 0; i < result->object_count; i++) {
        const sn_snapshot_object *object = &result->objects[i];
        if (!object->kind || sn_symbols_variable(wording->symbols, object->address, &variable))
            continue;
        wording->ranks[i] = 1;
        for (uint32_t j = i; j-- > 0 && wording->ranks[i] == 1;) /* the last one of its kind before it */
            if (wording->ranks[j] && strcmp(result->objects[j].kind, object->kind) == 0)
                wording->ranks[i] = wording->ranks[j] + 1;
    }
}

/* Which of the nameless objects of its kind it is, from 1; 0: not known. */
static unsigned rank_of(sn_wording *wording, const void *address, const char *kind, uint32_t number)
{
    const sn_snapshot_object *object = kind ? sn_snapshot_of_object(wording, address) : NULL;
    if (object)
        return wording->ranks[object - wording->plan->result->objects];
    for (unsigned i = 0; number && i < wording->word_count; i++)
        if (wording->words[i] == number)
            return i + 1;
    if (!number || wording->word_count == SN_MOST_WORDS)
        return 0;
    wording->words[wording->word_count++] = number;
    return wording->word_count;
}

sn_text sn_name_object(sn_wording *wording, const void *address, const char *kind, uint32_t number)
{
    sn_variable variable;
    const char *noun = kind ? kind : "", *space = kind ? " " : "";
    if (!address)
        return say("%s", noun);
    if (sn_symbols_variable(wording->symbols, address, &variable)) {
        size_t element = element_size(wording, address, kind, &variable);
        if (element)
            return say("%s%s`%s[%zu]`", noun, space, variable.name, variable.offset / element);
        if (variable.offset)
            return say("%s%s`%s+%zu`", noun, space, variable.name, variable.offset);
        return say("%s%s`%s`", noun, space, variable.name);
    }
    unsigned rank = rank_of(wording, address, kind, number);
    if (rank)
        return say("%s #%u", kind ? kind : "word", rank);
    return say("the %s at %p", kind ? kind : "word", address);
}

/* ---- operations */

static unsigned runner_with_number(const sn_wording *wording, uint32_t number)
{
    for (unsigned i = 0; number && i < wording->runner_count; i++)
        if (wording->runner_number[i] == number)
            return wording->runner_of[i];
    return SN_NO_ID;
}

/* The object as its operation names it: not "once once `x`". */
static sn_text name_operand(sn_wording *wording, unsigned kind, const void *address, const char *object_kind,
                            uint32_t number)
{
    bool is_said = object_kind && strcmp(sn_op_names[kind], object_kind) == 0;
    sn_text object = sn_name_object(wording, address, object_kind, number);
    size_t length = is_said ? strlen(object_kind) + 1 : 0;
    return strlen(object.s) > length ? say("%s", object.s + length) : object;
}

static sn_text name_operation(unsigned kind, const char *what, const char *object)
{
    const char *verb = what ? what : sn_op_names[kind][0] ? sn_op_names[kind] : "step";
    if (kind == SN_OP_FUTEX_RESUME || kind == SN_OP_COND_RESUME || kind == SN_OP_BARRIER_RESUME)
        return say("%s%s%s", verb, object[0] ? ": " : "", object);
    return say("%s%s%s", verb, object[0] ? " " : "", object);
}

static bool drains(unsigned kind)
{
    return kind == SN_OP_STORE || kind == SN_OP_EXCHANGE || kind == SN_OP_COMPARE || kind == SN_OP_ADD ||
           kind == SN_OP_FENCE || kind == SN_OP_FUTEX_WAIT || kind == SN_OP_FUTEX_WAKE || kind == SN_OP_START ||
           kind == SN_OP_END;
}

/* Whether stores of the strand that nobody else has seen are visible from this step on. */
static bool makes_visible(const sn_trace *trace, const sn_event *event)
{
    unsigned flushed = 0;
    if (!drains(event->kind))
        return false;
    for (const sn_event *before = event; before-- > trace->events;) {
        if (sn_actor_id(before->actor) != sn_actor_id(event->actor))
            continue;
        if (drains(before->kind))
            return false;
        flushed += before->kind == SN_OP_FLUSH;
        if (before->kind == SN_OP_BUFFER && flushed-- == 0)
            return true;
    }
    return false;
}

static sn_text name_step(sn_wording *wording, const sn_event *event)
{
    unsigned other = event->target;
    switch (event->kind) {
    case SN_OP_BEGIN:
    case SN_OP_END:
    case SN_OP_CLOCK:
        return name_operation(event->kind, event->what, "");
    case SN_OP_START:
    case SN_OP_JOIN:
        if (other == SN_NO_ID && event->kind == SN_OP_JOIN)
            other = runner_with_number(wording, event->object[0]);
        return other == SN_NO_ID ? say("%s", sn_op_names[event->kind])
                                 : say("%s T%u", event->kind == SN_OP_START ? "start" : "join", other);
    case SN_OP_TIMEOUT:
        return say("time passes: its wait ends");
    default:
        break;
    }
    sn_text object = name_operand(wording, event->kind, event->address, event->object_kind, event->object[0]);
    return name_operation(event->kind, event->what, object.s);
}

sn_text sn_name_event(sn_wording *wording, const sn_event *event)
{
    sn_text text = name_step(wording, event);
    return makes_visible(wording->plan->trace, event) ? say("%.200s; its stores become visible", text.s) : text;
}

/* What somebody waits for in the library's words: "a lock". */
static sn_text name_library_wait(sn_wording *wording, const sn_snapshot_runner *runner)
{
    const char *what = runner->waits_for;
    unsigned article = strncmp(what, "a ", 2) == 0 ? 2 : strncmp(what, "an ", 3) == 0 ? 3 : 0;
    sn_variable variable;
    if (article && runner->object)
        return sn_name_object(wording, runner->object, what + article, 0);
    if (sn_symbols_variable(wording->symbols, runner->object, &variable))
        return say("%s `%s`", what, variable.name);
    return say("%s", what);
}

sn_text sn_name_wait(sn_wording *wording, const sn_snapshot_runner *runner)
{
    if (runner->joins != SN_NO_ID)
        return say("the end of %s", sn_name_strand(wording, runner->joins).s);
    if (runner->waits_for)
        return name_library_wait(wording, runner);
    if (runner->kind == SN_OP_SLEEP)
        return say("the time");
    if (!runner->object)
        return say("%s", sn_op_names[runner->kind]);
    sn_text object = sn_name_object(wording, runner->object, runner->object_kind, 0);
    return runner->kind == SN_OP_FUTEX_RESUME ? say("a wake of %s", object.s) : object;
}

sn_text sn_name_next(sn_wording *wording, const sn_snapshot_runner *runner)
{
    if (runner->has_ended)
        return say("(it has ended)");
    if (runner->joins != SN_NO_ID)
        return say("join T%u", runner->joins);
    if (runner->waits_for)
        return say("wait for %s", name_library_wait(wording, runner).s);
    if (runner->kind == SN_OP_BEGIN || runner->kind == SN_OP_END)
        return say("%s", sn_op_names[runner->kind]);
    sn_text object = name_operand(wording, runner->kind, runner->object, runner->object_kind, 0);
    if (runner->kind == SN_OP_COND_RESUME || runner->kind == SN_OP_BARRIER_RESUME)
        return say("wait for %s", object.s);
    if (runner->kind == SN_OP_FUTEX_RESUME)
        return say("futex wait %s", object.s);
    return name_operation(runner->kind, runner->what, object.s);
}

/* ---- departures */

/* What a strand had announced when the event was chosen, with its place: what it did next, or was about to do in the
 * end. */
static sn_text name_pending(sn_wording *wording, unsigned id, uint32_t from)
{
    const sn_trace *trace = wording->plan->trace;
    for (uint32_t i = from; i < trace->count; i++) {
        const sn_event *event = &trace->events[i];
        if (event->actor == sn_actor_of(id, SN_RUN))
            return say("%.120s%.80s", sn_name_event(wording, event).s,
                       sn_name_place_after(wording, " at ", event->site, event->pc).s);
    }
    const sn_snapshot_runner *runner = sn_snapshot_of(wording, id);
    if (!runner)
        return say("its next step");
    return say("%.120s%.80s", sn_name_next(wording, runner).s,
               sn_name_place_after(wording, " at ", runner->wait_site, runner->wait_pc).s);
}

/* Who would have gone on by default, where that is certain: one of two strands was chosen. */
static unsigned default_of(const sn_event *event)
{
    uint64_t others = sn_actor_id(event->actor) < 64 ? event->can[SN_RUN] & ~(1ull << sn_actor_id(event->actor)) : 0;
    if (event->count != 2 || !others || event->can[SN_TIME] || event->can[SN_FLUSH])
        return SN_NO_ID;
    return (unsigned)__builtin_ctzll(others);
}

sn_text sn_name_departure(sn_wording *wording, uint32_t index)
{
    const sn_event *event = &wording->plan->trace->events[index];
    unsigned id = sn_actor_id(event->actor);
    switch (sn_actor_act(event->actor)) {
    case SN_TIME:
        return say("time passes: T%u's wait ends%.80s", id,
                   sn_name_place_after(wording, ", at ", event->site, event->pc).s);
    case SN_FLUSH:
        return say("T%u's store to %.80s becomes visible", id,
                   sn_name_object(wording, event->address, NULL, event->object[0]).s);
    default:
        break;
    }
    if (event->preempts)
        return say("switch: T%u -> T%u, before T%u: %.150s", event->before, id, event->before,
                   name_pending(wording, event->before, index + 1).s);
    unsigned other = default_of(event);
    if (other == SN_NO_ID)
        return say("T%u goes on, out of turn", id);
    return say("T%u goes on rather than T%u, before T%u: %.150s", id, other, other,
               name_pending(wording, other, index + 1).s);
}

/* ---- */

static void want_all(sn_wording *wording)
{
    const sn_run_result *result = wording->plan->result;
    const sn_trace *trace = wording->plan->trace;
    sn_symbols *symbols = wording->symbols;
    sn_symbols_want(symbols, failure_pc(wording->plan));
    for (uint32_t i = 0; i < result->runner_count; i++) {
        sn_symbols_want(symbols, result->runners[i].pc);
        sn_symbols_want(symbols, result->runners[i].wait_pc);
    }
    for (uint32_t i = 0; i < result->object_count; i++) {
        sn_symbols_want(symbols, result->objects[i].held_pc);
        sn_symbols_want(symbols, result->objects[i].early_pc);
    }
    for (uint32_t i = 0; i < trace->count; i++)
        if (!trace->events[i].site)
            sn_symbols_want(symbols, trace->events[i].pc);
    sn_symbols_look_up(symbols);
}

sn_wording *sn_wording_new(const sn_plan *plan, FILE *out)
{
    sn_wording *wording = calloc(1, sizeof *wording);
    if (!wording)
        return NULL;
    wording->plan = plan;
    wording->out = out;
    wording->symbols = sn_symbols_new();
    if (!wording->symbols) {
        free(wording);
        return NULL;
    }
    for (uint32_t i = 0; i < plan->trace->count; i++) {
        const sn_event *event = &plan->trace->events[i];
        if (event->kind != SN_OP_BEGIN || wording->runner_count == SN_MOST_SNAPSHOT_RUNNERS)
            continue;
        wording->runner_of[wording->runner_count] = (uint16_t)sn_actor_id(event->actor);
        wording->runner_number[wording->runner_count++] = event->object[0];
    }
    rank_objects(wording);
    want_all(wording);
    return wording;
}

void sn_wording_free(sn_wording *wording)
{
    sn_symbols_free(wording->symbols);
    free(wording);
}
