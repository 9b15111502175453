/* surw.c - all orders of the operations on one object equally likely, another object in each run.       Layer: check.
 *                                                            Checked by: tests/litmus/truth.c
 * Zhao, Wolff, Mathur and Roychoudhury, "Selectively uniform concurrency testing" (ASPLOS 2025): if a strand has w
 * operations on the object left, of W in all, it should do the next of them with probability w / W; then each order of
 * them is as likely as any other. So the strand that is to do the next one is drawn by these weights, and the others
 * are held before theirs until it has; between, strands go on in a random order. Weights are what strands, named by
 * their births, did in earlier runs, on average; a strand's weight includes its children's until they are born. The
 * object of a run is drawn among those that more than one strand uses, by how often they are used.
 *
 * The strand is drawn among those that can go on, and if all are held they are let go: what the others wait for is not
 * known. A store counts when it leaves its buffer. Objects are known by address; where an address means something else
 * in another run, the weights are off and the run is an ordinary random one.
 */
#include "check/strategy/priority.h"

enum { MOST_OBJECTS = 512, MOST_PATHS = 64, NOBODY = 0xffff };

struct state {
    uint64_t seed;
    sn_priorities priorities;
    uint64_t runs; /* that the counts are of */

    const uint64_t *ids; /* paths of the current runners, by id */
    uint64_t paths[MOST_PATHS];
    unsigned path_count;
    struct object {
        const void *address;
        uint64_t total;
        uint32_t by_path[MOST_PATHS];
        bool is_shared;
    } objects[MOST_OBJECTS];
    unsigned object_count;
    uint8_t parents[MOST_PATHS]; /* of paths: another's index, plus one */

    /* of the run */
    const void *target;
    uint64_t subtree[MOST_PATHS]; /* weights of paths, with those of all below */
    uint16_t born_by[SN_PRIORITY_IDS];
    unsigned born, weighed; /* how many runners there are; and of how many `left` is known */
    uint64_t left[SN_PRIORITY_IDS];
    bool held[SN_PRIORITY_IDS];
    uint16_t next; /* who does the next operation on the target */
};

static void begin(void *raw, const sn_search *search)
{
    ((struct state *)raw)->seed = search->seed;
}

static const struct object *draw_target(struct state *state)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < state->object_count; i++)
        total += state->objects[i].is_shared ? state->objects[i].total : 0;
    if (!total)
        return NULL;
    uint64_t drawn = sn_strategy_below(&state->priorities.random, total);
    for (unsigned i = 0;; i++) {
        uint64_t share = state->objects[i].is_shared ? state->objects[i].total : 0;
        if (drawn < share)
            return &state->objects[i];
        drawn -= share;
    }
}

static void start(void *raw, uint64_t run)
{
    struct state *state = raw;
    sn_priorities_reset(&state->priorities, state->seed, run);
    const struct object *target = draw_target(state);
    state->target = target ? target->address : NULL;
    for (unsigned i = 0; i < state->path_count; i++)
        state->subtree[i] = target ? (target->by_path[i] + state->runs - 1) / state->runs : 0;
    for (unsigned i = state->path_count; i-- > 0;) /* children come after their parents */
        if (state->parents[i])
            state->subtree[state->parents[i] - 1] += state->subtree[i];
    state->born = state->weighed = 0;
    memset(state->held, 0, sizeof state->held);
    state->next = NOBODY;
}

static void born(void *raw, uint16_t id, uint16_t parent)
{
    struct state *state = raw;
    if (id >= SN_PRIORITY_IDS)
        return;
    state->born_by[id] = parent;
    state->born = id + 1u;
}

static unsigned find_path(const struct state *state, uint64_t path)
{
    unsigned i = 0;
    while (i < state->path_count && state->paths[i] != path)
        i++;
    return i;
}

/* Runners beyond the first ones go by their random priorities alone. */
static bool is_weighed(const sn_candidate *candidate)
{
    return sn_actor_id(candidate->actor) < SN_PRIORITY_IDS;
}

/* Those that were born since the last choice take their share of their parents'. */
static void weigh(struct state *state, const uint64_t *paths)
{
    state->ids = paths;
    for (; state->weighed < state->born; state->weighed++) {
        unsigned id = state->weighed, path = find_path(state, paths[id]);
        uint16_t parent = state->born_by[id];
        state->left[id] = path < state->path_count ? state->subtree[path] : 0;
        if (parent != SN_NO_ID)
            state->left[parent] -= state->left[id] < state->left[parent] ? state->left[id] : state->left[parent];
    }
}

static bool is_on_target(const struct state *state, const sn_candidate *candidate)
{
    return state->target && candidate->op->object[0] == state->target && is_weighed(candidate) &&
           sn_actor_act(candidate->actor) != SN_TIME;
}

static unsigned first_not_held(struct state *state, const sn_choice *choice, unsigned except)
{
    unsigned first = choice->count;
    uint64_t highest = 0;
    for (unsigned i = 0; i < choice->count; i++) {
        sn_actor actor = choice->candidates[i].actor;
        uint64_t priority = *sn_priority_of(&state->priorities, actor);
        bool held = is_on_target(state, &choice->candidates[i]) && state->held[sn_actor_id(actor)];
        if (i != except && !held && (first == choice->count || priority > highest)) {
            first = i;
            highest = priority;
        }
    }
    return first;
}

static uint64_t weight(const struct state *state, const sn_candidate *candidate)
{
    unsigned id = sn_actor_id(candidate->actor);
    return sn_actor_act(candidate->actor) == SN_TIME || !is_weighed(candidate) || state->held[id] ? 0 : state->left[id];
}

static uint16_t draw_next(struct state *state, const sn_choice *choice, unsigned except, uint16_t otherwise)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < choice->count; i++)
        total += i == except ? 0 : weight(state, &choice->candidates[i]);
    if (!total)
        return otherwise;
    uint64_t drawn = sn_strategy_below(&state->priorities.random, total);
    for (unsigned i = 0;; i++) {
        uint64_t share = i == except ? 0 : weight(state, &choice->candidates[i]);
        if (drawn < share)
            return (uint16_t)sn_actor_id(choice->candidates[i].actor);
        drawn -= share;
    }
}

static unsigned choose(void *raw, const sn_choice *choice)
{
    struct state *state = raw;
    unsigned except = sn_priority_leaves_out(&state->priorities, choice), index;
    weigh(state, choice->paths);
    for (;;) {
        index = first_not_held(state, choice, except);
        if (index == choice->count) { /* whoever was to be next cannot */
            memset(state->held, 0, sizeof state->held);
            state->next = NOBODY;
            continue;
        }
        const sn_candidate *candidate = &choice->candidates[index];
        unsigned id = sn_actor_id(candidate->actor);
        if (!is_on_target(state, candidate))
            break;
        if (!state->left[id])
            state->left[id] = 1;
        if (state->next == NOBODY)
            state->next = draw_next(state, choice, except, (uint16_t)id);
        if (state->next != id) {
            state->held[id] = true;
            continue;
        }
        state->left[id]--;
        state->next = NOBODY;
        memset(state->held, 0, sizeof state->held);
        break;
    }
    *sn_priority_of(&state->priorities, choice->candidates[index].actor) = 0;
    return index;
}

static struct object *object_at(struct state *state, const void *address)
{
    for (unsigned i = 0; i < state->object_count; i++)
        if (state->objects[i].address == address)
            return &state->objects[i];
    if (state->object_count == MOST_OBJECTS)
        return NULL;
    struct object *object = &state->objects[state->object_count++];
    object->address = address;
    return object;
}

static void learn_paths(struct state *state)
{
    for (unsigned id = 0; id < state->weighed; id++) {
        if (state->path_count == MOST_PATHS || find_path(state, state->ids[id]) < state->path_count)
            continue;
        unsigned parent =
            state->born_by[id] == SN_NO_ID ? MOST_PATHS : find_path(state, state->ids[state->born_by[id]]);
        state->parents[state->path_count] = parent < state->path_count ? (uint8_t)(parent + 1) : 0;
        state->paths[state->path_count++] = state->ids[id];
    }
}

static bool learn(void *raw, const sn_trace *trace)
{
    struct state *state = raw;
    learn_paths(state);
    state->runs++;
    for (uint32_t i = 0; i < trace->count; i++) {
        const sn_event *event = &trace->events[i];
        if (!event->address || !event->access[0] || sn_actor_act(event->actor) == SN_TIME)
            continue;
        struct object *object = object_at(state, event->address);
        unsigned path = find_path(state, state->ids[sn_actor_id(event->actor)]);
        if (!object || path == state->path_count)
            continue;
        object->total++;
        object->by_path[path]++;
        object->is_shared = object->is_shared || object->by_path[path] < object->total;
    }
    return true;
}

const sn_strategy sn_strategy_surw = {"surw", sizeof(struct state), false, begin, start, choose, born, learn};
