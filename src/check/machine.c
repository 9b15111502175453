/* machine.c - runners, choices, switches, virtual time.       Layer: check.
 *                                              Checked by: tests/unit/check.c, tests/litmus
 * Time: the clock stands still while operations are done. A deadline may come at any point, but only the earliest one
 * of all waits: so deadlines keep their order, a sleep may end at any time, and an hour costs nothing. A yield gives
 * way to everybody else that can run, and the end of main by exit() comes last by default.
 */
#include "check/machine.h"

#include "base/panic.h"
#include "check/caller.h"
#include "check/explore.h"
#include "plat/context.h"
#include "plat/plat.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DEFAULT_STACK = 256 * 1024, LEAST_STACK = 64 * 1024, RUN_MEMORY = 64 << 20, STATUS_CANNOT = 3 };

/* Nobody is kept from running for ever, which no real scheduler does either: so many steps in a row are followed by
 * somebody else's, and so many deadlines come at most before one that could run all the time does. */
enum { PATIENCE = 1000, MOST_PASSED_OVER = 20 };

#define SN_OP_TEXT_(name, text) text,
const char *const sn_op_names[SN_OP_KINDS] = {SN_OPS(SN_OP_TEXT_)};

sn_machine *sn_machine_;

void sn_check_give_up(const char *format, ...)
{
    char text[2 * SN_RESULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sn_complain("%s", text);
    _exit(STATUS_CANNOT);
}

/* ---- memory */

static struct {
    char *start, *next;
} run_memory; /* const but for `next`, which each run begins anew */

static void *map(size_t size, int flags)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        sn_check_give_up("no memory for %zu bytes of the checker's", size);
    return memory;
}

void *sn_check_share(size_t size)
{
    return map(size, MAP_SHARED);
}

void sn_check_unshare(void *memory, size_t size)
{
    munmap(memory, size);
}

void *sn_machine_allocate(size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (run_memory.next + size > run_memory.start + RUN_MEMORY)
        sn_machine_fail(SN_VERDICT_CUT, "the checker's memory for one run is used up");
    void *memory = run_memory.next;
    run_memory.next += size;
    memset(memory, 0, size);
    return memory;
}

/* ---- runners */

static sn_runner *new_runner(void *(*function)(void *), void *arg, const char *name)
{
    sn_machine *machine = sn_machine_;
    sn_runner *runner = sn_machine_allocate(sizeof *runner);
    runner->id = (uint16_t)machine->count;
    runner->function = function;
    runner->arg = arg;
    runner->parent = machine->current;
    if (runner->parent)
        runner->child = ++runner->parent->children;
    snprintf(runner->name, sizeof runner->name, "%s", name);
    runner->op = (sn_op){.kind = SN_OP_BEGIN, .object = {runner}, .access = {SN_WRITE}};
    runner->tls = sn_machine_allocate(sn_tls_size());
    sn_tls_fresh(runner->tls);
    machine->runners[machine->count++] = runner;
    machine->live[machine->alive++] = runner;
    sn_explore_born(runner->id, runner->parent ? runner->parent->id : SN_NO_ID, runner->child);
    return runner;
}

/* With a page below it that nobody can touch. The program chooses the size, so it may be too much. */
static char *map_stack(size_t size)
{
    size_t page = sn_plat_page_size();
    char *memory = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, page, PROT_NONE) != 0)
        sn_machine_fail(SN_VERDICT_CUT, "there is no memory for a stack of %zu bytes", size);
    return memory + page;
}

static void give_stack(sn_runner *runner, size_t size)
{
    sn_machine *machine = sn_machine_;
    if (size < LEAST_STACK)
        size = size ? LEAST_STACK : DEFAULT_STACK;
    if (machine->in_place && size <= DEFAULT_STACK) {
        size = DEFAULT_STACK;
        if (machine->spare)
            runner->stack = machine->spare_stacks[--machine->spare];
    }
    size_t page = sn_plat_page_size();
    size = (size + page - 1) / page * page;
    if (!runner->stack)
        runner->stack = map_stack(size);
    runner->stack_size = size;
}

sn_runner *sn_machine_spawn(void *(*function)(void *), void *arg, const char *name, size_t stack_size)
{
    if (sn_machine_->count == SN_MOST_RUNNERS)
        sn_machine_fail(SN_VERDICT_CUT,
                        "the program has more than %d strands, which is all that the checker can follow",
                        SN_MOST_RUNNERS - 1);
    sn_runner *runner = new_runner(function, arg, name);
    give_stack(runner, stack_size);
    return runner;
}

/* ---- choices */

static bool is_timed(const sn_runner *runner)
{
    return runner->op.deadline && runner->op.deadline != INT64_MAX && !runner->timed_out;
}

static bool can_do(const sn_runner *runner)
{
    return runner->timed_out || !runner->op.can_run || runner->op.can_run(runner);
}

struct listing {
    sn_candidate *candidates;
    unsigned count, normal;
    bool can_stay;
};

static void add(struct listing *listing, sn_runner *runner)
{
    listing->candidates[listing->count++] = (sn_candidate){sn_actor_of(runner->id, SN_RUN), &runner->op};
}

/* A runner that goes on and on by itself, as in a loop that tries until another has done something, gives way. */
static bool is_tired(const sn_runner *runner)
{
    return runner == sn_machine_->current && sn_machine_->in_a_row >= PATIENCE;
}

static bool is_normal(const sn_runner *runner)
{
    return runner->timed_out || (runner->op.kind != SN_OP_YIELD && runner->op.kind != SN_OP_EXIT && !is_tired(runner));
}

static bool is_earlier(const sn_runner *a, const sn_runner *b)
{
    return a->op.deadline != b->op.deadline ? a->op.deadline < b->op.deadline : a->order < b->order;
}

static void add_flushes(struct listing *listing)
{
    sn_machine *machine = sn_machine_;
    for (unsigned i = 0; machine->tso && i < machine->alive; i++) {
        sn_runner *runner = machine->live[i];
        sn_op *op = &machine->flush_ops[runner->id];
        if (!runner->buffered)
            continue;
        *op = (sn_op){
            .kind = SN_OP_FLUSH, .object = {runner->buffer[0].at, &runner->buffer}, .access = {SN_WRITE, SN_WRITE}};
        listing->candidates[listing->count++] = (sn_candidate){sn_actor_of(runner->id, SN_FLUSH), op};
    }
}

static void add_time(struct listing *listing, const sn_runner *earliest)
{
    sn_machine *machine = sn_machine_;
    machine->time_op = (sn_op){.kind = SN_OP_TIMEOUT,
                               .object = {earliest->op.object[0], &machine->now},
                               .access = {earliest->op.object[0] ? SN_WRITE : SN_NO_ACCESS, SN_WRITE},
                               .object_kind = earliest->op.object_kind,
                               .site = earliest->op.site,
                               .pc = earliest->op.pc};
    listing->candidates[listing->count++] = (sn_candidate){sn_actor_of(earliest->id, SN_TIME), &machine->time_op};
}

/* Those that yield are taken only if nobody else can run; the one that has just yielded comes last. */
static void add_yields(struct listing *listing, unsigned count)
{
    sn_machine *machine = sn_machine_;
    for (unsigned i = 0; i < count; i++)
        if (machine->yields[i] != machine->current)
            add(listing, machine->yields[i]);
    for (unsigned i = 0; i < count; i++)
        if (machine->yields[i] == machine->current)
            add(listing, machine->yields[i]);
}

/* Who can go on, the default first. */
static void list(struct listing *listing)
{
    sn_machine *machine = sn_machine_;
    sn_runner *first = machine->prefer ? machine->prefer : machine->current, *earliest = NULL;
    unsigned yields = 0, exits = 0, from = 0, passed_over = 0;
    *listing = (struct listing){.candidates = machine->candidates};
    while (from < machine->alive && machine->live[from]->id < first->id)
        from++;
    for (unsigned i = 0; i < machine->alive; i++) {
        sn_runner *runner = machine->live[(from + i) % machine->alive];
        if (!can_do(runner)) {
            if (is_timed(runner) && (!earliest || is_earlier(runner, earliest)))
                earliest = runner;
        } else if (is_normal(runner)) {
            listing->can_stay = listing->can_stay || runner == machine->current;
            add(listing, runner);
            if (runner->passed_over > passed_over)
                passed_over = runner->passed_over;
        } else if (runner->op.kind == SN_OP_EXIT) {
            exits++;
        } else {
            machine->yields[yields++] = runner;
        }
    }
    listing->normal = listing->count;
    if (!listing->normal)
        add_yields(listing, yields);
    for (unsigned i = 0; exits && i < machine->alive; i++)
        if (machine->live[i]->op.kind == SN_OP_EXIT && can_do(machine->live[i]))
            add(listing, machine->live[i]);
    add_flushes(listing);
    if (earliest && passed_over < MOST_PASSED_OVER)
        add_time(listing, earliest);
}

/* ---- switching */

static void *runner_main(void *raw)
{
    sn_runner *runner = raw;
    sn_machine_end(runner->function(runner->arg));
}

static void go_on_with(sn_runner *from, sn_runner *to)
{
    sn_machine *machine = sn_machine_;
    sn_tls_save(from->tls);
    sn_buffer_leave(from);
    machine->current = to;
    sn_buffer_enter(to);
    sn_tls_load(to->tls);
    if (to->state == SN_STARTED) {
        sn_context_switch(&from->context, to->context);
        return;
    }
    to->state = SN_STARTED;
    sn_context_call(&from->context, to->stack + to->stack_size, runner_main, to);
}

/* The run is over: back to the controller, or out of the process. */
static _Noreturn void leave_run(void)
{
    sn_machine *machine = sn_machine_;
    sn_runner *self = machine->current;
    if (!machine->in_place)
        sn_explore_leave_process();
    sn_buffer_leave(self);
    machine->is_on = false;
    void *ignored;
    sn_context_switch(&ignored, machine->controller);
    __builtin_unreachable();
}

/* Let the explorer choose until it chooses a runner, which becomes the current one. */
static void decide(void)
{
    sn_machine *machine = sn_machine_;
    sn_runner *self = machine->current;
    struct listing listing;
    for (;;) {
        list(&listing);
        if (!listing.count)
            sn_explore_deadlock();
        if (machine->steps++ >= machine->most_steps)
            sn_machine_fail(SN_VERDICT_STEP_LIMIT, "the run has not ended after %u steps", machine->most_steps);
        sn_choice choice = {listing.candidates, listing.count,    listing.normal,     self->id,
                            self->steps,        listing.can_stay, machine->steps - 1, sn_explorer_->paths};
        unsigned index = sn_explore_choose(&choice);
        if (index == SN_PRUNE)
            sn_machine_finish(SN_VERDICT_PRUNED);
        sn_actor actor = listing.candidates[index].actor;
        sn_runner *chosen = machine->runners[sn_actor_id(actor)];
        if (sn_actor_act(actor) == SN_TIME) {
            if (chosen->op.deadline > machine->now)
                machine->now = chosen->op.deadline;
            chosen->timed_out = true;
            for (unsigned i = 0; i < listing.normal; i++)
                machine->runners[sn_actor_id(listing.candidates[i].actor)]->passed_over++;
        } else if (sn_actor_act(actor) == SN_FLUSH) {
            sn_buffer_flush_one(chosen);
        } else {
            machine->prefer = NULL;
            machine->in_a_row = chosen == self ? machine->in_a_row + 1 : 0;
            chosen->passed_over = 0;
            if (chosen != self)
                go_on_with(self, chosen);
            return;
        }
    }
}

int sn_machine_step(const sn_op *op)
{
    sn_machine *machine = sn_machine_;
    sn_runner *self = machine->current;
    self->op = *op;
    self->timed_out = false;
    if (self->quiet && can_do(self))
        return 0;
    self->steps++;
    self->order = machine->orders++;
    if (op->kind != SN_OP_CLOCK)
        machine->clock_reads = 0;
    decide();
    return self->timed_out ? -ETIMEDOUT : 0;
}

static bool has_ended(const sn_runner *runner)
{
    return ((const sn_runner *)runner->op.arg)->state == SN_ENDED;
}

int sn_machine_join(sn_runner *runner, int64_t deadline, const char *site, uintptr_t pc)
{
    sn_op op = {.kind = SN_OP_JOIN,
                .object = {runner, deadline == INT64_MAX ? NULL : (void *)&sn_machine_->now},
                .access = {SN_WRITE, deadline == INT64_MAX ? SN_NO_ACCESS : SN_WRITE},
                .object_kind = "thread",
                .site = site,
                .pc = pc,
                .can_run = has_ended,
                .arg = runner,
                .deadline = deadline};
    return sn_machine_step(&op);
}

static void bury(const sn_runner *dead)
{
    sn_machine *machine = sn_machine_;
    unsigned at = 0;
    while (machine->live[at] != dead)
        at++;
    machine->alive--;
    memmove(machine->live + at, machine->live + at + 1, (machine->alive - at) * sizeof *machine->live);
}

static bool is_anybody_left(void)
{
    for (unsigned i = 0; i < sn_machine_->alive; i++)
        if (!sn_machine_->live[i]->is_service)
            return true;
    return false;
}

void sn_machine_end(void *value)
{
    sn_machine *machine = sn_machine_;
    sn_runner *self = machine->current;
    sn_op op = {.kind = SN_OP_END, .object = {self, &self->buffer}, .access = {SN_WRITE, SN_WRITE}};
    sn_machine_step(&op); /* before the functions below: their fences would drain the buffer with no choice before */
    sn_buffer_drain(self);
    sn_machine_quiet();
    while (self->at_exit_count) {
        struct sn_at_exit last = self->at_exit[--self->at_exit_count];
        last.function(last.value);
    }
    sn_machine_loud();
    self->value = value;
    self->state = SN_ENDED;
    bury(self);
    if (machine->in_place && !is_anybody_left())
        sn_machine_finish(SN_VERDICT_PASSED);
    self->steps++; /* a replay must tell this choice from the one before the end */
    decide();
    sn_panic("a runner that has ended went on");
}

void sn_machine_finish(enum sn_verdict verdict)
{
    sn_explore_note_end(verdict);
    leave_run();
}

void sn_machine_fail(enum sn_verdict verdict, const char *format, ...)
{
    char text[SN_RESULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sn_explore_note_failure(verdict, text);
    leave_run();
}

void sn_machine_alone(void)
{
    sn_machine *machine = sn_machine_;
    for (unsigned i = 0; i < machine->alive; i++)
        if (machine->live[i] != machine->current)
            machine->live[i]->state = SN_ENDED;
    machine->live[0] = machine->current;
    machine->alive = 1;
    machine->prefer = NULL;
    machine->steps = 0;
}

void sn_machine_quiet(void)
{
    sn_machine_->current->quiet++;
}

void sn_machine_loud(void)
{
    sn_machine_->current->quiet--;
}

/* ---- a run */

void sn_machine_reset(bool in_place, bool tso, uint32_t most_steps)
{
    if (!sn_machine_) {
        sn_machine_ = map(sizeof *sn_machine_, MAP_PRIVATE);
        run_memory.start = map(RUN_MEMORY, MAP_PRIVATE);
        sn_tls_set_up();
        sn_caller_set_up();
    }
    sn_machine *machine = sn_machine_;
    for (unsigned i = 0; i < machine->count; i++) {
        sn_runner *runner = machine->runners[i];
        if (!runner->stack)
            continue;
        if (machine->in_place && runner->stack_size == DEFAULT_STACK)
            machine->spare_stacks[machine->spare++] = runner->stack;
        else
            munmap(runner->stack - sn_plat_page_size(), runner->stack_size + sn_plat_page_size());
    }
    run_memory.next = run_memory.start;
    machine->in_place = in_place;
    machine->tso = tso;
    machine->current = machine->prefer = NULL;
    machine->in_a_row = 0;
    machine->count = machine->alive = 0;
    machine->now = 1000000000;
    machine->orders = 0;
    machine->random = 1;
    machine->clock_reads = 0;
    machine->most_steps = most_steps;
    machine->steps = 0;
    sn_objects_reset();
}

void sn_machine_run(void *(*function)(void *), void *arg)
{
    sn_machine *machine = sn_machine_;
    char saved_tls[SN_MOST_TLS];
    sn_runner *first = sn_machine_spawn(function, arg, "main", 0);
    machine->current = first;
    first->state = SN_STARTED;
    machine->is_on = true;
    sn_tls_save(saved_tls);
    sn_tls_load(first->tls);
    sn_context_call(&machine->controller, first->stack + first->stack_size, runner_main, first);
    sn_tls_load(saved_tls);
}

void sn_machine_adopt(void)
{
    sn_machine *machine = sn_machine_;
    sn_runner *first = new_runner(NULL, NULL, "main");
    machine->current = first;
    first->state = SN_STARTED;
    machine->is_on = true;
}
