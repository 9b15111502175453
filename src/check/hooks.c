/* hooks.c - the seam's steps as the machine's.       Layer: check.
 *                                                            Checked by: tests/unit/check.c, tests/model
 * At the fine grain (our model tests) each atomic operation, park, wake, clock read and thread start is a step, and the
 * runners are OS threads, of the runtime too. At the coarse grain (a user's program) each public operation is one step,
 * which the library announces by its points; the atomic operations between are done as in one go.
 */
#include "check/hooks.h"

#include "base/error.h"
#include "base/panic.h"
#include "check/caller.h"
#include "check/explore.h"
#include "check/machine.h"

#include <stdio.h>
#include <string.h>

#define CALLER ((uintptr_t)__builtin_return_address(0))

static void *buffer_of(sn_runner *self)
{
    return sn_machine_->tso ? (void *)&self->buffer : NULL;
}

static void before(enum sn_step step, const volatile void *object, size_t size, uint64_t value)
{
    static const uint8_t kinds[SN_STEP_KINDS] = {
        [SN_STEP_LOAD] = SN_OP_LOAD,         [SN_STEP_STORE] = SN_OP_STORE, [SN_STEP_STORE_RELAXED] = SN_OP_STORE,
        [SN_STEP_EXCHANGE] = SN_OP_EXCHANGE, [SN_STEP_ADD] = SN_OP_ADD,     [SN_STEP_COMPARE] = SN_OP_COMPARE};
    if (!sn_check_is_fine || !sn_machine_is_on())
        return;
    sn_runner *self = sn_machine_self();
    void *at = (void *)(uintptr_t)object;
    sn_op op = {.kind = kinds[step], .object = {at}, .access = {SN_WRITE}, .pc = CALLER};
    if (step == SN_STEP_LOAD)
        op.access[0] = SN_READ;
    if (self->buffered || (sn_machine_->tso && step == SN_STEP_STORE_RELAXED)) {
        op.object[1] = buffer_of(self);
        op.access[1] = step == SN_STEP_LOAD ? SN_READ : SN_WRITE;
    }
    if (sn_machine_->tso && step == SN_STEP_STORE_RELAXED) {
        op.kind = SN_OP_BUFFER;
        op.object[0] = NULL;
        op.access[0] = SN_NO_ACCESS;
        sn_machine_step(&op);
        sn_buffer_put(self, at, size, value);
        return;
    }
    sn_machine_step(&op);
    if (step != SN_STEP_LOAD)
        sn_buffer_drain(self);
}

static bool is_woken(const sn_runner *runner)
{
    return runner->woken;
}

static int futex_wait(const uint32_t *word, uint32_t expected, int64_t deadline)
{
    sn_runner *self = sn_machine_self();
    bool timed = deadline != INT64_MAX;
    sn_op op = {.kind = SN_OP_FUTEX_WAIT,
                .object = {word, timed ? (void *)&sn_machine_->now : NULL},
                .access = {SN_WRITE, timed ? SN_WRITE : SN_NO_ACCESS},
                .pc = CALLER};
    if (sn_check_is_fine)
        sn_machine_step(&op);
    sn_buffer_drain(self);
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected)
        return -EAGAIN;
    if (deadline <= sn_machine_->now)
        return -ETIMEDOUT;
    self->futex = word;
    self->woken = false;
    op.kind = SN_OP_FUTEX_RESUME;
    if (!sn_check_is_fine && self->waits_object) {
        op.object[0] = self->waits_object;
        op.site = self->waits_site;
        op.pc = 0;
    }
    op.can_run = is_woken;
    op.deadline = deadline;
    int outcome = sn_machine_step(&op);
    self->futex = NULL;
    return outcome;
}

static void futex_wake(const uint32_t *word, int n)
{
    sn_machine *machine = sn_machine_;
    sn_op op = {.kind = SN_OP_FUTEX_WAKE, .object = {word}, .access = {SN_WRITE}, .pc = CALLER};
    if (sn_check_is_fine)
        sn_machine_step(&op);
    sn_buffer_drain(machine->current);
    for (; n > 0; n--) {
        sn_runner *first = NULL;
        for (unsigned i = 0; i < machine->alive; i++) {
            sn_runner *runner = machine->live[i];
            if (runner->futex == word && !runner->woken && !runner->timed_out &&
                (!first || runner->order < first->order))
                first = runner;
        }
        if (!first)
            return;
        first->woken = true;
    }
}

/* A program that waits by looking at the clock again and again must get there: the longer it looks, the faster time
 * goes. */
int64_t sn_check_now(void)
{
    sn_machine *machine = sn_machine_;
    enum { PATIENCE = 64, MOST_SHIFT = 24 };
    if (sn_check_is_fine) {
        sn_op op = {.kind = SN_OP_CLOCK, .object = {&machine->now}, .access = {SN_READ}, .pc = CALLER};
        sn_machine_step(&op);
        return machine->now;
    }
    unsigned shift = ++machine->clock_reads / PATIENCE;
    machine->now += 1000ll << (shift < MOST_SHIFT ? shift : MOST_SHIFT);
    return machine->now;
}

static uint64_t random_number(void)
{
    return sn_strategy_random_next(&sn_machine_->random);
}

static int thread_start(uintptr_t *handle, void *(*function)(void *), void *arg)
{
    sn_op op = {.kind = SN_OP_START, .pc = CALLER};
    if (sn_check_is_fine)
        sn_machine_step(&op);
    sn_buffer_drain(sn_machine_self());
    sn_runner *runner = sn_machine_spawn(function, arg, "thread", 0);
    sn_explore_note_target(runner->id);
    runner->pc = sn_check_is_fine ? CALLER : sn_caller_outside();
    *handle = (uintptr_t)runner;
    return 0;
}

static void thread_join(uintptr_t handle)
{
    sn_machine_join((sn_runner *)handle, INT64_MAX, NULL, sn_check_is_fine ? CALLER : sn_caller_outside());
}

static void thread_detach(uintptr_t handle)
{
    ((sn_runner *)handle)->is_detached = true;
}

static void thread_yield(void)
{
    sn_op op = {.kind = SN_OP_YIELD, .pc = CALLER};
    sn_machine_step(&op);
}

static int at_thread_exit(void (*function)(void *), void *value)
{
    sn_runner *self = sn_machine_self();
    if (self->at_exit_count == sizeof self->at_exit / sizeof *self->at_exit)
        return -ENOMEM;
    self->at_exit[self->at_exit_count++] = (struct sn_at_exit){function, value};
    return 0;
}

static bool is_main_thread(void)
{
    return sn_machine_self()->id == 0;
}

static unsigned thread_count(void)
{
    return sn_machine_->alive;
}

/* Whatever the machine has: reports and the order of steps must not hang on it. */
static unsigned core_count(void)
{
    return 4;
}

static int task_start(void *(*function)(void *), void *arg, const char *name, bool serves)
{
    sn_runner *runner = sn_machine_spawn(function, arg, name, 0);
    sn_explore_note_target(runner->id);
    runner->is_service = serves;
    if (!serves)
        sn_machine_->prefer = runner;
    return 0;
}

/* As a failed assertion: the program has said itself that something is wrong, and nothing of it deals with that. */
static void uncaught(const sennit_error *error, const char *who)
{
    if (!sn_machine_is_on())
        return;
    sn_explore_note_site(error->site, 0);
    sn_machine_fail(SN_VERDICT_UNCAUGHT, "error %d in %s, caught by nobody: %s", error->code, who, error->message);
}

static void misuse(const char *call, const char *site, const char *why)
{
    if (!sn_machine_is_on())
        return;
    sn_explore_note_site(site, 0);
    sn_machine_fail(SN_VERDICT_MISUSE, "%s: %s", call, why);
}

static void point(const struct sn_point *point)
{
    if (sn_check_is_fine)
        return;
    bool is_internal = point->site && !*point->site, is_place = point->site && strchr(point->site, ':');
    sn_op op = {.kind = SN_OP_POINT,
                .object = {(void *)(uintptr_t)point->object},
                .access = {point->object ? SN_WRITE : SN_NO_ACCESS},
                .object_kind = point->kind,
                .what = point->what,
                .site = is_place ? point->site : NULL,
                .pc = is_internal || is_place ? 0 : sn_caller_outside()};
    sn_machine_step(&op);
}

static void waits(const char *what, const void *object, const char *site)
{
    sn_runner *self = sn_machine_self();
    self->waits_for = what;
    self->waits_object = object;
    self->waits_site = site;
}

static void holds(const char *kind, const void *object, bool held, const char *site)
{
    if (!sn_check_is_fine)
        sn_object_hold(sn_object_at(object, kind), held ? sn_machine_self() : NULL, site, 0);
}

static void notified(const char *kind, const void *object, size_t woken, const char *site)
{
    if (!sn_check_is_fine)
        sn_object_signal(sn_object_at(object, kind), woken, site, 0);
}

static void one_worker(void)
{
    sn_explorer_->order_matters = true;
}

static void runs(uintptr_t function)
{
    sn_machine_self()->function_shown = function;
}

static const struct sn_hooks hooks = {.before = before,
                                      .futex_wait = futex_wait,
                                      .futex_wake = futex_wake,
                                      .now = sn_check_now,
                                      .random = random_number,
                                      .thread_start = thread_start,
                                      .thread_join = thread_join,
                                      .thread_detach = thread_detach,
                                      .thread_yield = thread_yield,
                                      .at_thread_exit = at_thread_exit,
                                      .is_main_thread = is_main_thread,
                                      .thread_count = thread_count,
                                      .core_count = core_count,
                                      .task_start = task_start,
                                      .point = point,
                                      .waits = waits,
                                      .holds = holds,
                                      .notified = notified,
                                      .one_worker = one_worker,
                                      .runs = runs};

void sn_check_hook(bool on)
{
    sn_hooks = on ? &hooks : NULL;
    sn_uncaught_hook = on ? uncaught : NULL;
    sn_misuse_hook = on && !sn_check_is_fine ? misuse : NULL;
}
