/* explore.c - many runs of one program, each under another schedule.       Layer: check.
 *                                                          Checked by: tests/unit/check.c, tests/litmus
 * Here is what a run leaves behind: the events of the trace, each written when its step is chosen; and, where it fails,
 * a snapshot of its runners and objects, since their own memory is gone when the report is written.
 */
#include "check/explore.h"

#include "check/machine.h"
#include "plat/plat.h"

#include <stdio.h>
#include <string.h>

#define SN_VERDICT_TEXT_(name, text) text,
const char *const sn_verdict_names[SN_VERDICT_KINDS] = {SN_VERDICTS(SN_VERDICT_TEXT_)};

sn_explorer *sn_explorer_;
_Static_assert(sizeof((sn_explorer *)0)->paths / sizeof(uint64_t) == SN_MOST_RUNNERS, "one for each runner");

void sn_explorer_set_up(void)
{
    if (sn_explorer_)
        return;
    sn_explorer_ = sn_check_share(sizeof *sn_explorer_);
    sn_explorer_->state = sn_check_share(SN_STATE_ROOM);
}

bool sn_ops_conflict(const sn_op *a, const sn_op *b)
{
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            if (a->object[i] && a->object[i] == b->object[j] && a->access[i] && b->access[j] &&
                (a->access[i] == SN_WRITE || b->access[j] == SN_WRITE))
                return true;
    return false;
}

/* ---- during a run */

static uint32_t number_of(const void *object, const char *kind)
{
    return object ? sn_object_at(object, kind)->number : 0;
}

static void record(const sn_choice *choice, unsigned index)
{
    sn_trace *trace = &sn_explorer_->trace;
    const sn_op *op = choice->candidates[index].op;
    if (trace->count == SN_MOST_EVENTS)
        sn_machine_fail(SN_VERDICT_STEP_LIMIT, "the run has not ended after %d steps", SN_MOST_EVENTS);
    sn_event *event = &trace->events[trace->count++];
    *event = (sn_event){
        .actor = choice->candidates[index].actor,
        .before = choice->running,
        .own = choice->own,
        .count = (uint16_t)choice->count,
        .index = (uint16_t)index,
        .kind = op->kind,
        .access = {op->access[0], op->access[1]},
        .preempts = choice->can_stay && sn_actor_act(choice->candidates[index].actor) == SN_RUN &&
                    sn_actor_id(choice->candidates[index].actor) != choice->running,
        .was_normal = choice->can_stay,
        .target = SN_NO_ID,
        .object = {number_of(op->object[0], op->object_kind), number_of(op->object[1], NULL)},
        .address = op->object[0],
        .object_kind = op->object_kind,
        .what = op->what,
        .site = op->site,
        .pc = op->pc,
    };
    for (unsigned i = 0; i < choice->count; i++) {
        sn_actor actor = choice->candidates[i].actor;
        if (sn_actor_id(actor) < 64)
            event->can[sn_actor_act(actor)] |= 1ull << sn_actor_id(actor);
    }
}

unsigned sn_explore_choose(const sn_choice *choice)
{
    unsigned index = sn_explorer_->strategy->choose(sn_explorer_->state, choice);
    if (index != SN_PRUNE)
        record(choice, index);
    return index;
}

void sn_explore_alone(void)
{
    const sn_explorer *of_parent = sn_explorer_;
    sn_explorer *own = sn_check_share(sizeof *own);
    own->strategy = &sn_strategy_replay;
    own->state = sn_check_share(own->strategy->state_size);
    own->most_steps = of_parent->most_steps;
    memcpy(own->paths, of_parent->paths, sizeof own->paths);
    own->strategy->begin(own->state, &own->search);
    sn_explorer_ = own;
}

void sn_explore_born(uint16_t id, uint16_t parent, unsigned child)
{
    uint64_t *paths = sn_explorer_->paths;
    paths[id] = parent == SN_NO_ID ? SN_PATH_MAIN : sn_path_of_child(paths[parent], child);
    if (id < SN_MOST_SNAPSHOT_RUNNERS) { /* for a run that is killed: a schedule names runners by their births */
        sn_run_result *result = &sn_explorer_->result;
        result->runners[id] = (sn_snapshot_runner){
            .id = id, .parent = parent, .child = (uint16_t)child, .has_ended = true, .joins = SN_NO_ID};
        result->runner_count = id + 1u;
    }
    if (sn_explorer_->strategy->born)
        sn_explorer_->strategy->born(sn_explorer_->state, id, parent);
}

void sn_explore_note_target(uint16_t id)
{
    sn_trace *trace = &sn_explorer_->trace;
    if (trace->count)
        trace->events[trace->count - 1].target = id;
}

void sn_explore_note_end(enum sn_verdict verdict)
{
    sn_run_result *result = &sn_explorer_->result;
    if (result->is_set)
        return;
    result->verdict = verdict;
    result->is_set = true;
}

static void snap_runner(sn_snapshot_runner *to, const sn_runner *runner)
{
    const sn_op *op = &runner->op;
    bool blocked = runner->state != SN_ENDED && !runner->timed_out && op->can_run && !op->can_run(runner);
    *to = (sn_snapshot_runner){
        .id = runner->id,
        .parent = runner->parent ? runner->parent->id : SN_NO_ID,
        .child = runner->child,
        .has_ended = runner->state == SN_ENDED,
        .is_blocked = blocked,
        .is_service = runner->is_service,
        .was_timed = op->deadline && op->deadline != INT64_MAX,
        .site = runner->site,
        .pc = runner->pc,
        .function = runner->function_shown ? runner->function_shown : (uintptr_t)runner->function,
        .kind = op->kind,
        .what = op->what,
        .waits_for = runner->waits_for,
        .object = runner->waits_for ? runner->waits_object : op->object[0],
        .object_kind = runner->waits_for ? NULL : op->object_kind,
        .wait_site = runner->waits_for ? runner->waits_site : op->site,
        .wait_pc = runner->waits_for ? 0 : op->pc,
        .joins = op->kind == SN_OP_JOIN ? ((const sn_runner *)op->arg)->id : SN_NO_ID,
    };
    memcpy(to->name, runner->name, sizeof to->name);
}

static void snap_object(sn_object *object, void *raw)
{
    sn_run_result *result = raw;
    if (!object->kind || result->object_count == SN_MOST_SNAPSHOT_OBJECTS)
        return;
    result->objects[result->object_count++] = (sn_snapshot_object){
        .address = object->address,
        .number = object->number,
        .kind = object->kind,
        .holder = object->holder ? object->holder->id : SN_NO_ID,
        .held_site = object->held_site,
        .held_pc = object->held_pc,
        .signal_was_early = object->signal_was_early,
        .early_runner = object->early_runner,
        .early_site = object->early_site,
        .early_pc = object->early_pc,
    };
}

void sn_explore_note_site(const char *site, uintptr_t pc)
{
    sn_explorer_->result.site = site;
    sn_explorer_->result.pc = pc;
}

/* Whether such a failure is seen at a choice, and not while a runner runs. */
static bool is_between_steps(enum sn_verdict verdict)
{
    return verdict == SN_VERDICT_DEADLOCK || verdict == SN_VERDICT_LOST_WAKEUP || verdict == SN_VERDICT_STEP_LIMIT;
}

void sn_explore_note_runners(void)
{
    sn_run_result *result = &sn_explorer_->result;
    const sn_machine *machine = sn_machine_;
    result->runner_count = 0;
    for (unsigned i = 0; i < machine->count && i < SN_MOST_SNAPSHOT_RUNNERS; i++)
        snap_runner(&result->runners[result->runner_count++], machine->runners[i]);
}

void sn_explore_note_failure(enum sn_verdict verdict, const char *text)
{
    sn_run_result *result = &sn_explorer_->result;
    const sn_machine *machine = sn_machine_;
    if (result->is_set)
        return;
    result->verdict = verdict;
    result->runner = machine->current->id;
    snprintf(result->text, sizeof result->text, "%s", text);
    sn_explore_note_runners();
    if (!is_between_steps(verdict)) /* its operation is done: it holds what it waited for */
        result->runners[result->runner].is_blocked = false;
    result->object_count = 0;
    sn_objects_each(snap_object, result);
    result->is_set = true;
}

/* A wait that a signal came too early for. */
static bool waits_for_the_past(const sn_runner *runner)
{
    const void *object = NULL;
    if (runner->state == SN_ENDED || runner->timed_out || !runner->op.can_run || runner->op.can_run(runner))
        return false;
    if (runner->waits_for && strstr(runner->waits_for, "condition") && !strstr(runner->waits_for, "lock"))
        object = runner->waits_object;
    else if (!runner->waits_for && runner->op.kind == SN_OP_COND_RESUME)
        object = runner->op.object[0];
    return object && sn_object_at(object, NULL)->signal_was_early;
}

void sn_explore_deadlock(void)
{
    const sn_machine *machine = sn_machine_;
    bool waits = false, lost = false;
    for (unsigned i = 0; i < machine->count; i++) {
        const sn_runner *runner = machine->runners[i];
        waits = waits || (runner->state != SN_ENDED && !runner->is_service);
        lost = lost || waits_for_the_past(runner);
    }
    if (!waits)
        sn_machine_finish(SN_VERDICT_PASSED);
    sn_machine_fail(lost ? SN_VERDICT_LOST_WAKEUP : SN_VERDICT_DEADLOCK, "nothing can run any more");
}

/* ---- between runs */

static void run_once(const sn_program *program)
{
    sn_explorer *explorer = sn_explorer_;
    explorer->trace.count = 0;
    memset(&explorer->result, 0, offsetof(sn_run_result, runners));
    program->execute(program->arg);
    explorer->events += explorer->trace.count;
    explorer->steps_before += explorer->trace.count + 1;
    if (explorer->trace.count > explorer->longest && !sn_is_failure(explorer->result.verdict))
        explorer->longest = explorer->trace.count;
    enum sn_verdict verdict = explorer->result.verdict;
    if (verdict == SN_VERDICT_PRUNED)
        explorer->pruned++;
    else
        explorer->schedules++;
    if (verdict == SN_VERDICT_CUT)
        explorer->cut++;
}

bool sn_explore(const sn_program *program, const sn_strategy *strategy, const sn_search *search, uint64_t most,
                int64_t until)
{
    sn_explorer *explorer = sn_explorer_;
    explorer->search = *search;
    explorer->strategy = strategy;
    memset(explorer->state, 0, strategy->state_size);
    strategy->begin(explorer->state, &explorer->search);
    for (uint64_t run = 0, done = 0; done < most; run++) {
        explorer->search.most_steps = explorer->longest;
        strategy->start(explorer->state, run);
        run_once(program);
        bool more = strategy->learn(explorer->state, &explorer->trace);
        if (sn_is_failure(explorer->result.verdict) || explorer->result.verdict == SN_VERDICT_CUT)
            return false;
        if (!more)
            return true;
        done += explorer->result.verdict != SN_VERDICT_PRUNED;
        if (until != INT64_MAX && sn_plat_now() >= until)
            return false;
    }
    return false;
}

void sn_explore_replay(const sn_program *program, const sn_deviation *deviations, unsigned count)
{
    sn_search search = {.deviations = deviations, .deviation_count = count};
    sn_explore(program, &sn_strategy_replay, &search, 1, INT64_MAX);
}

unsigned sn_explore_deviations(sn_deviation *deviations, unsigned most)
{
    const sn_trace *trace = &sn_explorer_->trace;
    unsigned count = 0;
    for (uint32_t i = 0; i < trace->count && count < most; i++) {
        const sn_event *event = &trace->events[i];
        if (event->index)
            deviations[count++] =
                (sn_deviation){sn_explorer_->paths[event->before], sn_explorer_->paths[sn_actor_id(event->actor)],
                               event->own, (uint8_t)sn_actor_act(event->actor)};
    }
    return count;
}

uint64_t sn_explore_hash(void)
{
    const sn_trace *trace = &sn_explorer_->trace;
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, Fowler, Noll and Vo */
    for (uint32_t i = 0; i < trace->count; i++) {
        const sn_event *event = &trace->events[i];
        uint64_t words[4] = {event->actor, event->kind, event->object[0], event->count};
        for (int j = 0; j < 4; j++)
            hash = (hash ^ words[j]) * 0x100000001b3u;
    }
    return hash;
}
