/* dpor.c - every behaviour once, or nearly: partial-order reduction without a bound.       Layer: check.
 *                                                                 Checked by: tests/litmus/truth.c
 * Source sets and sleep sets: Abdulla, Aronis, Jonsson and Sagonas, "Source sets: a foundation for optimal dynamic
 * partial order reduction" (JACM 2017). Two neighbouring events that touch nothing in common commute; runs that differ
 * by such swaps only are one behaviour. After a run each race (two dependent events of different processes with nothing
 * between that orders them) is looked at: unless a run that turns it round is due or done at the node before its first
 * event, one is put on that node's list. Where the later event might have been blocked there, the rule of Flanagan and
 * Godefroid, "Dynamic partial-order reduction for model checking software" (POPL 2005) holds: if nobody is known to
 * lead to it, all that can go on are put on the list.
 *
 * What is claimed rests on what a runner does between two steps being told by its operation. That takes more than the
 * operation says itself:
 *   - A runner's operation and its deadline (SN_RUN, SN_TIME) are never candidates at once: one process. Its store
 *     buffer (SN_FLUSH) is another.
 *   - A step that waits for its buffer to be empty makes visible all that is in it.
 *   - Births are ordered among themselves: ids are given in their order.
 *   - Which deadline comes next depends on all waits with a deadline: a step after which its runner is about to do a
 *     timed operation, after which other runners wait with a deadline, or which looks at the clock in passing (coarse
 *     grain), writes the clock. Random numbers are drawn from one row.
 *   - Steps that can be done only because of what all others are at (yield), and those that end the run (exit), depend
 *     on everything. So do, at the coarse grain, those of which it is not known what they touch.
 *   - An actor that a step takes the chance from is put on the list at once: it may never come again in this run.
 *   - Plain memory is taken to be free of data races, and accesses of atomics not to overlap in part.
 *
 * Runners beyond the first 64, runs that do not fit into the state, and programs that are not the same in each run are
 * out of reach: then it goes on as a random walk, which never says that there is nothing left.
 */
#include "check/strategy.h"

#include "check/explore.h"
#include "check/hooks.h"
#include "check/machine.h"

#include <stddef.h>
#include <string.h>

enum {
    MOST_IDS = 64,
    PROCESSES = 2 * MOST_IDS,
    ACTS = 3,
    MOST_TOUCHES = 1 << 20,
    MOST_KEPT = 1 << 19,
    MOST_SLEEPERS = 1 << 19,
    MOST_CLOCKS = 3 << 20,
};

struct touch {
    const void *at;
    bool writes;
};

/* What an event depends on. */
struct effect {
    sn_actor actor;
    bool is_universal; /* on everything */
    bool drains;       /* its runner's store buffer, if there is something in it */
    uint32_t touches, count;
};

/* A choice, and the event that was chosen. */
struct node {
    uint64_t can[ACTS], todo[ACTS],
        asleep[ACTS]; /* by enum sn_act: bit n: runner n; asleep: also those that are done */
    struct effect effect;
    uint8_t kind;
    bool may_block, is_plain_join, gives_birth;
    uint8_t process; /* a small number for its process, in this run */
    uint32_t edge;   /* the event that has made it possible, plus one; 0: none */
    uint32_t sleepers, asleep_count, kept_end;
    uint32_t clock, clock_size;
};

struct state {
    /* of the search */
    uint32_t length; /* of the path that is kept: nodes */
    uint32_t fresh;  /* the first event that the last run did not have */
    bool has_given_up;
    uint64_t random;
    /* of the run */
    uint32_t depth;
    bool was_pruned;
    uint32_t touch_count;
    uint32_t born_in[MOST_IDS], enabled_by[MOST_IDS]; /* events, plus one; 0: none */
    uint64_t could[ACTS];                             /* at the last choice */
    uint64_t timed;                                   /* who waited with a deadline then */
    int64_t now;
    uint64_t machine_random; /* then, too */
    struct puts {
        uint32_t events[SN_MOST_STORES], count;
    } puts[MOST_IDS]; /* the stores in each buffer */
    /* of the analysis after it */
    unsigned processes;
    uint8_t names[PROCESSES]; /* a process's small number, plus one */
    uint32_t last[PROCESSES]; /* by that: its last event, plus one */

    /* not set to zero for a new search */
    struct node nodes[SN_MOST_EVENTS];
    struct touch touches[MOST_TOUCHES]; /* of this run's events */
    struct touch kept[MOST_KEPT];       /* of sleepers */
    struct effect sleepers[MOST_SLEEPERS];
    uint32_t
        clocks[MOST_CLOCKS]; /* for each event, by process: the last event that happens before, or is it; plus one */
};
_Static_assert(sizeof(struct state) <= SN_STATE_ROOM, "it must fit");

static uint64_t bit_of(sn_actor actor)
{
    return 1ull << sn_actor_id(actor);
}

static bool has(const uint64_t *set, sn_actor actor)
{
    return set[sn_actor_act(actor)] & bit_of(actor);
}

static void add(uint64_t *set, sn_actor actor)
{
    set[sn_actor_act(actor)] |= bit_of(actor);
}

static void add_all(uint64_t *set, const uint64_t *others)
{
    for (int act = 0; act < ACTS; act++)
        set[act] |= others[act];
}

static unsigned process_of(sn_actor actor)
{
    return sn_actor_id(actor) + (sn_actor_act(actor) == SN_FLUSH ? MOST_IDS : 0);
}

/* ---- dependence */

static bool conflict(const struct touch *a, uint32_t a_count, const struct touch *b, uint32_t b_count)
{
    for (uint32_t i = 0; i < a_count; i++)
        for (uint32_t j = 0; j < b_count; j++)
            if (a[i].at == b[j].at && (a[i].writes || b[j].writes))
                return true;
    return false;
}

/* Of two different processes. A runner's own plain stores and loads commute with its buffer: it sees its stores. */
static bool depend(const struct effect *a, const struct touch *a_touches, const struct effect *b,
                   const struct touch *b_touches)
{
    if (a->is_universal || b->is_universal)
        return true;
    if (sn_actor_id(a->actor) == sn_actor_id(b->actor))
        return a->drains || b->drains;
    return conflict(a_touches, a->count, b_touches, b->count);
}

static bool events_depend(const struct state *state, const struct node *a, const struct node *b)
{
    return depend(&a->effect, state->touches + a->effect.touches, &b->effect, state->touches + b->effect.touches);
}

/* ---- what an event does */

static void touch(struct state *state, struct effect *effect, const void *at, bool writes)
{
    if (!at)
        return;
    if (state->touch_count == MOST_TOUCHES) {
        state->has_given_up = true;
        return;
    }
    state->touches[state->touch_count++] = (struct touch){at, writes};
    effect->count++;
}

static void touch_objects(struct state *state, struct effect *effect, const sn_op *op, const void *except)
{
    for (int i = 0; i < 2; i++)
        if (op->access[i] && op->object[i] != except)
            touch(state, effect, op->object[i], op->access[i] == SN_WRITE);
}

static bool empties_its_buffer(unsigned kind)
{
    switch (kind) {
    case SN_OP_BEGIN:
    case SN_OP_LOAD:
    case SN_OP_BUFFER:
    case SN_OP_CLOCK:
    case SN_OP_YIELD:
    case SN_OP_JOIN:
    case SN_OP_FUTEX_RESUME:
        return false;
    default:
        return true;
    }
}

/* It depends on the buffer's leaving even if that is empty by now: done earlier, it would have emptied it. */
static void describe_stores(struct state *state, struct node *node, const sn_runner *runner)
{
    struct puts *puts = &state->puts[runner->id];
    struct effect *effect = &node->effect;
    bool pushes_out = node->kind == SN_OP_BUFFER && runner->buffered == SN_MOST_STORES;
    unsigned out = pushes_out ? 1 : empties_its_buffer(node->kind) ? runner->buffered : 0;
    for (unsigned i = 0; i < out; i++)
        touch(state, effect, runner->buffer[i].at, true);
    effect->drains =
        empties_its_buffer(node->kind) || (node->kind == SN_OP_BUFFER && runner->buffered + 1 >= SN_MOST_STORES);
    if (out) {
        puts->count -= out;
        memmove(puts->events, puts->events + out, puts->count * sizeof puts->events[0]);
    }
    if (node->kind == SN_OP_BUFFER)
        puts->events[puts->count++] = state->depth + 1;
}

/* At the coarse grain the steps between two points are taken in one go, whatever they touch. */
static bool depends_on_all(const sn_op *op)
{
    if (op->kind == SN_OP_YIELD || op->kind == SN_OP_EXIT)
        return true;
    return !sn_check_is_fine && (op->kind == SN_OP_FUTEX_RESUME || (op->kind == SN_OP_POINT && !op->object[0]));
}

static void describe(struct state *state, struct node *node, sn_actor actor, const sn_op *op)
{
    unsigned id = sn_actor_id(actor);
    const sn_runner *runner = sn_machine_->runners[id];
    node->kind = op->kind;
    node->may_block = op->can_run || sn_actor_act(actor) == SN_TIME;
    node->is_plain_join = op->kind == SN_OP_JOIN && (!op->deadline || op->deadline == INT64_MAX);
    node->gives_birth = false;
    node->edge = 0;
    node->effect = (struct effect){.actor = actor, .is_universal = depends_on_all(op), .touches = state->touch_count};
    if (sn_actor_act(actor) == SN_FLUSH) {
        struct puts *puts = &state->puts[id];
        touch(state, &node->effect, op->object[0], true);
        node->edge = puts->events[0];
        memmove(puts->events, puts->events + 1, --puts->count * sizeof puts->events[0]);
    } else if (sn_actor_act(actor) == SN_RUN) {
        describe_stores(state, node, runner);
        /* What these two do is done by those that let them go on. */
        if (op->kind == SN_OP_BEGIN)
            node->edge = state->born_in[id];
        else if (op->kind == SN_OP_FUTEX_RESUME)
            node->edge = state->enabled_by[id];
        else
            touch_objects(state, &node->effect, op, &runner->buffer);
    } else {
        touch_objects(state, &node->effect, op, NULL);
    }
}

static bool is_timed(const sn_runner *runner)
{
    return runner->state != SN_ENDED && !runner->timed_out && runner->op.deadline && runner->op.deadline != INT64_MAX;
}

static uint64_t timed_waits(void)
{
    uint64_t set = 0;
    for (unsigned i = 0; i < sn_machine_->count && i < MOST_IDS; i++) {
        const sn_runner *runner = sn_machine_->runners[i];
        if (is_timed(runner) && runner->op.can_run && !runner->op.can_run(runner))
            set |= 1ull << i;
    }
    return set;
}

/* What the last event has turned out to do: known when the next choice is made. */
static void complete(struct state *state, struct node *node, const uint64_t *can, uint64_t timed)
{
    sn_actor actor = node->effect.actor;
    const sn_runner *runner = sn_machine_->runners[sn_actor_id(actor)];
    if (node->gives_birth)
        touch(state, &node->effect, &sn_machine_->count, true);
    if (sn_actor_act(actor) == SN_RUN && is_timed(runner)) {
        touch(state, &node->effect, runner->op.object[0], true);
        touch(state, &node->effect, runner->op.object[1], true);
        touch(state, &node->effect, &sn_machine_->now, true);
    } else if (timed != state->timed || (sn_actor_act(actor) == SN_RUN && sn_machine_->now != state->now)) {
        touch(state, &node->effect, &sn_machine_->now, true);
    }
    if (sn_machine_->random != state->machine_random)
        touch(state, &node->effect, &sn_machine_->random, true);
    for (int act = 0; act < ACTS; act++) {
        uint64_t gone = node->can[act] & ~can[act];
        if (act == (int)sn_actor_act(actor))
            gone &= ~bit_of(actor);
        node->todo[act] |= gone;
    }
}

/* ---- during a run */

static void begin(void *raw, const sn_search *search)
{
    ((struct state *)raw)->random = sn_strategy_seed(search->seed, 0);
}

static void start(void *raw, uint64_t run)
{
    struct state *state = raw;
    (void)run;
    memset(&state->depth, 0, offsetof(struct state, nodes) - offsetof(struct state, depth));
}

static void born(void *raw, uint16_t id, uint16_t parent)
{
    struct state *state = raw;
    (void)parent;
    if (id >= MOST_IDS || !state->depth)
        return;
    state->born_in[id] = state->depth;
    state->nodes[state->depth - 1].gives_birth = true;
}

static unsigned index_of(const sn_choice *choice, sn_actor actor)
{
    for (unsigned i = 0; i < choice->count; i++)
        if (choice->candidates[i].actor == actor)
            return i;
    return choice->count;
}

/* Those stay asleep whom the event before leaves as they were. */
static void inherit_sleep(struct state *state, struct node *node)
{
    node->sleepers = node->asleep_count = node->kept_end = 0;
    memset(node->asleep, 0, sizeof node->asleep);
    if (state->depth == 0)
        return;
    const struct node *before = node - 1;
    node->sleepers = before->sleepers + before->asleep_count;
    node->kept_end = before->kept_end;
    for (uint32_t i = 0; i < before->asleep_count; i++) {
        const struct effect *sleeper = &state->sleepers[before->sleepers + i];
        if (depend(sleeper, state->kept + sleeper->touches, &before->effect, state->touches + before->effect.touches))
            continue;
        if (node->sleepers + node->asleep_count == MOST_SLEEPERS) {
            state->has_given_up = true;
            return;
        }
        state->sleepers[node->sleepers + node->asleep_count++] = *sleeper;
        add(node->asleep, sleeper->actor);
    }
}

/* A node that no run has come to. Returns SN_PRUNE if all that can be done is in other runs. */
static unsigned open_node(struct state *state, struct node *node, const sn_choice *choice)
{
    inherit_sleep(state, node);
    memset(node->todo, 0, sizeof node->todo);
    for (unsigned i = 0; i < choice->count; i++) {
        sn_actor actor = choice->candidates[i].actor;
        if (has(node->asleep, actor))
            continue;
        add(node->todo, actor);
        state->length = state->depth + 1;
        return i;
    }
    state->was_pruned = true;
    return SN_PRUNE;
}

/* Returns false if there are runners without a bit. */
static bool read_choice(struct state *state, const sn_choice *choice, uint64_t *can)
{
    for (unsigned i = 0; i < choice->count; i++) {
        if (sn_actor_id(choice->candidates[i].actor) >= MOST_IDS)
            return false;
        add(can, choice->candidates[i].actor);
    }
    uint64_t enabled = can[SN_RUN] & ~state->could[SN_RUN];
    for (; enabled; enabled &= enabled - 1)
        state->enabled_by[__builtin_ctzll(enabled)] = state->depth;
    return true;
}

static unsigned choose(void *raw, const sn_choice *choice)
{
    struct state *state = raw;
    uint64_t can[ACTS] = {0}, timed;
    if (state->has_given_up)
        return (unsigned)sn_strategy_below(&state->random, choice->count);
    if (state->depth == SN_MOST_EVENTS || !read_choice(state, choice, can)) {
        state->has_given_up = true;
        return 0;
    }
    struct node *node = &state->nodes[state->depth];
    timed = timed_waits();
    if (state->depth)
        complete(state, node - 1, can, timed);
    unsigned index =
        state->depth < state->length ? index_of(choice, node->effect.actor) : open_node(state, node, choice);
    if (index == SN_PRUNE)
        return index;
    if (index == choice->count) { /* it is not as it was */
        state->has_given_up = true;
        return 0;
    }
    memcpy(node->can, can, sizeof can);
    memcpy(state->could, can, sizeof can);
    state->timed = timed;
    state->now = sn_machine_->now;
    state->machine_random = sn_machine_->random;
    describe(state, node, choice->candidates[index].actor, choice->candidates[index].op);
    state->depth++;
    return index;
}

/* ---- after a run */

static const uint32_t *clock_of(const struct state *state, const struct node *node)
{
    return state->clocks + node->clock;
}

static void join(uint32_t *clock, const struct state *state, const struct node *node)
{
    const uint32_t *other = clock_of(state, node);
    for (uint32_t i = 0; i < node->clock_size; i++)
        if (other[i] > clock[i])
            clock[i] = other[i];
}

static bool happens_before(const struct state *state, uint32_t event, const struct node *node)
{
    unsigned process = state->nodes[event].process;
    return process < node->clock_size && clock_of(state, node)[process] > event;
}

/* Whether a clock has an event of those whose first ones, by process, are these. */
static bool comes_after_one(const uint32_t *clock, uint32_t size, const uint32_t *first)
{
    for (uint32_t i = 0; i < size; i++)
        if (first[i] && clock[i] >= first[i])
            return true;
    return false;
}

/* The events after i that do not need it, then j: who can begin them at the node of i? `clock`: what comes before j, i
 * left out. If j may be blocked there, only those count that lead to it. */
static void find_initials(const struct state *state, uint32_t i, uint32_t j, const uint32_t *clock, uint64_t *initials)
{
    const struct node *late = &state->nodes[j];
    uint32_t first[PROCESSES] = {0};
    for (uint32_t k = i + 1; k < j; k++) {
        const struct node *node = &state->nodes[k];
        if (happens_before(state, i, node) || first[node->process])
            continue;
        if (!comes_after_one(clock_of(state, node), node->clock_size, first) &&
            (!late->may_block || clock[node->process] > k))
            add(initials, node->effect.actor);
        first[node->process] = k + 1;
    }
    if (!comes_after_one(clock, state->processes, first) &&
        (!late->may_block || has(state->nodes[i].can, late->effect.actor)))
        add(initials, late->effect.actor);
}

/* See to it that some run has j, or what leads to it, before i. */
static void turn_round(struct state *state, uint32_t i, uint32_t j, const uint32_t *clock)
{
    struct node *node = &state->nodes[i];
    uint64_t initials[ACTS] = {0};
    find_initials(state, i, j, clock, initials);
    for (int act = 0; act < ACTS; act++)
        if (initials[act] & (node->todo[act] | node->asleep[act]))
            return;
    for (int act = 0; act < ACTS; act++) {
        uint64_t possible = initials[act] & node->can[act];
        if (possible) {
            node->todo[act] |= possible & -possible;
            return;
        }
    }
    add_all(node->todo, node->can);
}

static void enter_process(struct state *state, struct node *node)
{
    uint8_t *name = &state->names[process_of(node->effect.actor)];
    if (!*name)
        *name = (uint8_t)++state->processes;
    node->process = (uint8_t)(*name - 1);
}

/* The clock of event j, and on the way its races. `known` is what comes before it whatever the races' outcome; a
 * blocked operation may have waited for several of those that it depends on, so it races with each. */
static void look_back(struct state *state, uint32_t j)
{
    struct node *late = &state->nodes[j];
    uint32_t known[PROCESSES] = {0}, clock[PROCESSES];
    if (state->last[late->process])
        join(known, state, &state->nodes[state->last[late->process] - 1]);
    if (late->edge)
        join(known, state, &state->nodes[late->edge - 1]);
    memcpy(clock, known, sizeof clock);
    for (uint32_t i = j; i-- > 0;) {
        const struct node *early = &state->nodes[i];
        if (known[early->process] > i || !events_depend(state, early, late))
            continue;
        bool is_edge = late->is_plain_join && early->kind == SN_OP_END;
        if (!is_edge)
            turn_round(state, i, j, clock);
        join(clock, state, early);
        if (is_edge || !late->may_block)
            join(known, state, early);
    }
    clock[late->process] = j + 1;
    memcpy(state->clocks + late->clock, clock, late->clock_size * sizeof clock[0]);
}

static void analyse(struct state *state)
{
    state->processes = 0;
    for (uint32_t j = 0; j < state->depth; j++) {
        struct node *node = &state->nodes[j];
        enter_process(state, node);
        if (j >= state->fresh) {
            node->clock = j ? node[-1].clock + node[-1].clock_size : 0;
            node->clock_size = state->processes;
            if (node->clock + node->clock_size > MOST_CLOCKS) {
                state->has_given_up = true;
                return;
            }
            look_back(state, j);
        }
        state->last[node->process] = j + 1;
    }
}

/* What was chosen at a node is done. `ended`: it has ended the run, and the others with it. */
static void put_to_sleep(struct state *state, struct node *node, bool ended)
{
    struct effect sleeper = node->effect;
    if (node->kept_end + sleeper.count > MOST_KEPT || node->sleepers + node->asleep_count == MOST_SLEEPERS) {
        state->has_given_up = true;
        return;
    }
    memcpy(state->kept + node->kept_end, state->touches + sleeper.touches, sleeper.count * sizeof state->kept[0]);
    sleeper.touches = node->kept_end;
    sleeper.is_universal |= ended;
    node->kept_end += sleeper.count;
    state->sleepers[node->sleepers + node->asleep_count++] = sleeper;
    add(node->asleep, sleeper.actor);
}

static bool next_to_do(struct node *node)
{
    for (unsigned act = 0; act < ACTS; act++) {
        uint64_t left = node->todo[act] & node->can[act] & ~node->asleep[act];
        if (left) {
            node->effect.actor = sn_actor_of((unsigned)__builtin_ctzll(left), act);
            return true;
        }
    }
    return false;
}

static bool learn(void *raw, const sn_trace *trace)
{
    struct state *state = raw;
    (void)trace;
    bool ended = !state->was_pruned;
    if (!state->has_given_up)
        analyse(state);
    state->length = state->depth;
    if (ended && state->length)
        add_all(state->nodes[state->length - 1].todo, state->nodes[state->length - 1].can);
    while (state->length && !state->has_given_up) {
        struct node *node = &state->nodes[state->length - 1];
        put_to_sleep(state, node, ended && state->length == state->depth);
        if (next_to_do(node)) {
            state->fresh = state->length - 1;
            return true;
        }
        state->length--;
    }
    return state->has_given_up;
}

const sn_strategy sn_strategy_dpor = {"dpor", offsetof(struct state, nodes), true, begin, start, choose, born, learn};
