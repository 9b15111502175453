/* shim.c - what the functions of the shim share: tags, waits, times, failures.       Layer: check.
 *                                                            Checked by: tests/check
 * All state hangs off main's runner, in memory that lives for one run: nothing is to be reset between runs.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include "base/panic.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct entry {
    const void *address;
    enum sn_shim_kind kind;
    sn_shim_head *state;
};

typedef struct sn_shim_world {
    struct entry *entries; /* by tag */
    uint32_t count, room;  /* `count`: the last tag that is used */
    uint64_t tickets;
} sn_shim_world;

const char *const sn_shim_kind_names[SN_SHIM_KINDS] = {
    [SN_SHIM_MUTEX] = "mutex",         [SN_SHIM_CONDITION] = "condition", [SN_SHIM_RWLOCK] = "rwlock",
    [SN_SHIM_SEMAPHORE] = "semaphore", [SN_SHIM_BARRIER] = "barrier",
};

/* Threads of a program that is not explored may come here at once: they find the same. */
void *sn_shim_real(void **found, const char *name)
{
    void *function = __atomic_load_n(found, __ATOMIC_SEQ_CST);
    if (function)
        return function;
    function = dlsym(RTLD_NEXT, name);
    if (!function)
        sn_panic("the program calls %s, which no library has", name);
    __atomic_store_n(found, function, __ATOMIC_SEQ_CST);
    return function;
}

sn_shim_thread *sn_shim_thread_of(sn_runner *runner)
{
    if (!runner->shim)
        runner->shim = sn_machine_allocate(sizeof(sn_shim_thread));
    return runner->shim;
}

static sn_shim_world *get_world(void)
{
    sn_shim_thread *main_thread = sn_shim_thread_of(sn_machine_->runners[0]);
    if (!main_thread->world)
        main_thread->world = sn_machine_allocate(sizeof *main_thread->world);
    return main_thread->world;
}

const char *sn_shim_name(const sn_runner *runner)
{
    enum { ROOM = 16 };
    if (runner->id == 0)
        return "main";
    char *name = sn_machine_allocate(ROOM);
    snprintf(name, ROOM, "T%u", runner->id);
    return name;
}

/* ---- objects */

static uint32_t tag_of(const void *address)
{
    uint32_t tag;
    memcpy(&tag, address, sizeof tag);
    return tag;
}

void *sn_shim_find(const void *address, enum sn_shim_kind kind)
{
    const sn_shim_world *world = get_world();
    uint32_t tag = tag_of(address);
    if (!tag || tag > world->count)
        return NULL;
    const struct entry *entry = &world->entries[tag];
    return entry->address == address && entry->kind == kind ? entry->state : NULL;
}

/* Freed memory may bear no tag any more, but something else than the 0 of a new object: then the destroyed one is meant
 * that was there. */
void *sn_shim_make(void *address, enum sn_shim_kind kind, size_t size)
{
    sn_shim_world *world = get_world();
    bool is_destroyed = tag_of(address) && sn_object_at(address, NULL)->is_destroyed;
    if (world->count + 1 >= world->room) {
        uint32_t room = world->room ? 2 * world->room : 64;
        struct entry *grown = sn_machine_allocate(room * sizeof *grown);
        if (world->room)
            memcpy(grown, world->entries, world->room * sizeof *grown);
        world->entries = grown;
        world->room = room;
    }
    uint32_t tag = ++world->count;
    world->entries[tag] = (struct entry){address, kind, sn_machine_allocate(size)};
    world->entries[tag].state->is_destroyed = is_destroyed;
    memcpy(address, &tag, sizeof tag);
    sn_object_forget(address);
    sn_object_at(address, sn_shim_kind_names[kind])->is_destroyed = is_destroyed;
    return world->entries[tag].state;
}

void sn_shim_check(const void *address, enum sn_shim_kind kind, const char *call, uintptr_t pc)
{
    const sn_shim_head *state = sn_shim_find(address, kind);
    if (state && state->is_destroyed)
        sn_shim_misuse(pc, "%s of a %s that has been destroyed", call, sn_shim_kind_names[kind]);
}

void sn_shim_mark_destroyed(const void *address, enum sn_shim_kind kind)
{
    ((sn_shim_head *)sn_shim_find(address, kind))->is_destroyed = true;
    sn_object_at(address, NULL)->is_destroyed = true;
}

sn_runner *sn_shim_blocked_at(const void *address)
{
    for (unsigned i = 0; i < sn_machine_->count; i++) {
        sn_runner *runner = sn_machine_->runners[i];
        if (runner != sn_machine_self() && runner->state != SN_ENDED && runner->op.object[0] == address &&
            runner->op.can_run && !runner->timed_out && !runner->op.can_run(runner))
            return runner;
    }
    return NULL;
}

void sn_shim_step(const char *what, const void *address, const char *kind, uintptr_t pc)
{
    sn_op op = {
        .kind = SN_OP_POINT, .object = {address}, .access = {SN_WRITE}, .object_kind = kind, .what = what, .pc = pc};
    sn_machine_step(&op);
}

/* ---- waits for somebody else */

void sn_shim_wait_at(const void *at)
{
    sn_shim_thread *self = sn_shim_self();
    self->waits_at = at;
    self->ticket = ++get_world()->tickets;
    self->is_woken = false;
}

bool sn_shim_is_woken(const sn_runner *runner)
{
    return ((const sn_shim_thread *)runner->shim)->is_woken;
}

/* A waiter whose deadline has come is a waiter no more. */
static bool waits(const sn_runner *runner, const void *at)
{
    const sn_shim_thread *thread = runner->shim;
    return thread && thread->waits_at == at && !thread->is_woken && !runner->timed_out;
}

unsigned sn_shim_wake(const void *at, unsigned most)
{
    const sn_machine *machine = sn_machine_;
    unsigned woken = 0;
    for (; woken < most; woken++) {
        sn_runner *first = NULL;
        for (unsigned i = 0; i < machine->count; i++) {
            sn_runner *runner = machine->runners[i];
            if (waits(runner, at) &&
                (!first || ((sn_shim_thread *)runner->shim)->ticket < ((sn_shim_thread *)first->shim)->ticket))
                first = runner;
        }
        if (!first)
            break;
        ((sn_shim_thread *)first->shim)->is_woken = true;
        first->op.deadline = 0; /* it is not waiting for that any more */
    }
    return woken;
}

unsigned sn_shim_waiting(const void *at)
{
    unsigned count = 0;
    for (unsigned i = 0; i < sn_machine_->count; i++)
        count += waits(sn_machine_->runners[i], at);
    return count;
}

/* ---- failures */

void sn_shim_misuse(uintptr_t pc, const char *format, ...)
{
    char text[SN_RESULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sn_explore_note_site(NULL, pc);
    sn_machine_fail(SN_VERDICT_MISUSE, "%s", text);
}

static bool waits_for_ever(const sn_runner *runner)
{
    const sn_op *op = &runner->op;
    switch (op->kind) {
    case SN_OP_LOCK:
    case SN_OP_READ_LOCK:
    case SN_OP_WRITE_LOCK:
    case SN_OP_COND_RESUME:
    case SN_OP_SEM_WAIT:
    case SN_OP_BARRIER_RESUME:
    case SN_OP_ONCE:
    case SN_OP_JOIN:
        return (!op->deadline || op->deadline == INT64_MAX) && !runner->timed_out && op->can_run &&
               !op->can_run(runner);
    default:
        return false;
    }
}

/* Whom a wait is for, if it is for somebody's end or unlocking; NULL: anybody could end it. */
static const sn_runner *awaited_by(const sn_runner *runner)
{
    const sn_op *op = &runner->op;
    if (op->kind == SN_OP_JOIN)
        return op->arg;
    bool wants_mutex = op->kind == SN_OP_COND_RESUME && sn_shim_is_woken(runner);
    return sn_object_at(op->object[wants_mutex], NULL)->holder;
}

/* Whether a wait would have come to its end: it is for whoever ends the program, or for one that could go on. */
static bool would_end(const sn_runner *runner)
{
    for (unsigned i = 0; i < sn_machine_->count; i++) {
        runner = awaited_by(runner);
        if (!runner || runner->state == SN_ENDED)
            return false;
        if (runner == sn_machine_self() || !waits_for_ever(runner))
            return true;
    }
    return false; /* a circle */
}

bool sn_shim_has_circle(void)
{
    const sn_machine *machine = sn_machine_;
    for (unsigned i = 0; i < machine->alive; i++) {
        const sn_runner *at = machine->live[i];
        unsigned hops = 0;
        while (at && at->state != SN_ENDED && waits_for_ever(at) && hops++ < machine->count)
            at = awaited_by(at);
        if (hops > machine->count)
            return true;
    }
    return false;
}

/* Main is no thread that somebody should have joined: it waits while another thread ends the program on purpose. */
void sn_shim_check_end(void)
{
    if (!sn_machine_is_on())
        return;
    for (unsigned i = 0; i < sn_machine_->count; i++) {
        const sn_runner *runner = sn_machine_->runners[i];
        const char *kind = runner->op.object_kind;
        if (runner == sn_machine_self() || runner->id == 0 || runner->state == SN_ENDED || runner->is_service ||
            runner->is_detached || !waits_for_ever(runner) || would_end(runner))
            continue;
        sn_explore_note_site(runner->op.site, runner->op.pc);
        sn_machine_fail(SN_VERDICT_LEFT_BLOCKED, "the program ends while %s is blocked at a %s, and not detached",
                        sn_shim_name(runner), kind ? kind : "wait");
    }
}
