/* promise.c - promises: state, owners, await.       Layer: async.
 * Checked by: tests/unit/promise.c, tests/model/promise.c
 *
 *   PENDING -> FULFILLED   value is set before
 *   PENDING -> REJECTED    error is set before
 *
 * The state is written once, under the guard, by the one owner that may settle. Waiters queue under the guard after
 * another look at the state, so none misses the change; they are woken in the order in which they came.
 *
 * Handles: whoever consumes one (await, detach, release) drops one ownership. What a task makes is also listed with the
 * task, and the list is an owner; at the task's end the handles that nobody has consumed are given up. `left_to_maker`
 * is taken (exchanged for 0) by whoever comes first: a consumer, sennit_promise_retain, or the maker's end.
 */
#include "async/promise.h"

#include "base/error.h"
#include "base/panic.h"
#include "fiber/unwind.h"
#include "sched/sched.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_VALUE = sizeof(int) }; /* an async function without a value stores an int of 0 */

static sennit_promise resolved = {.state = SN_FULFILLED, .is_static = true};
static sennit_promise no_memory = {.state = SN_REJECTED, .is_static = true, .is_handled = true};

/* Unlist what others have consumed meanwhile, a little at each new promise, so that a task that lives on and gives its
 * promises away does not collect them. */
static void tidy(sn_link *made)
{
    for (int i = 0; i < 2 && !sn_list_is_empty(made); i++) {
        sn_link *oldest = sn_list_take_first(made);
        sennit_promise *promise = sn_container_of(oldest, sennit_promise, made);
        if (sn_load(&promise->left_to_maker))
            sn_list_append(made, oldest);
        else
            sennit_promise_release(promise);
    }
}

static sennit_promise *new_promise(size_t value_size, uint32_t owners)
{
    size_t room = value_size < LEAST_VALUE ? LEAST_VALUE : value_size;
    sennit_promise *promise = malloc(sizeof *promise + room);
    if (!promise)
        return NULL;
    memset(promise, 0, sizeof *promise);
    promise->size = value_size;
    promise->owners = owners;
    sn_strand *self = sn_strand_self();
    if (self->is_task) {
        sn_link *made = &((sn_task *)self)->made;
        tidy(made);
        promise->owners++;
        promise->left_to_maker = 1;
        sn_list_append(made, &promise->made);
    }
    return promise;
}

sennit_promise *sn_promise_new(size_t value_size)
{
    return new_promise(value_size, 2);
}

sennit_promise *sn_promise_no_memory(void)
{
    return &no_memory;
}

static void report_unhandled(const sennit_promise *promise)
{
    sn_error_report(promise->error, "a promise that nobody awaited");
    sn_end_now(EXIT_FAILURE);
}

static void drop(sennit_promise *promise)
{
    if (promise->is_static || sn_add(&promise->owners, -1u) != 1)
        return;
    if (promise->state == SN_REJECTED && !promise->is_handled)
        report_unhandled(promise);
    sn_error_free(promise->error);
    free(promise);
}

/* The caller's handle is consumed. */
static void consume(sennit_promise *promise)
{
    sn_exchange(&promise->left_to_maker, 0);
    drop(promise);
}

void sn_promise_drop_made(sn_link *made)
{
    sn_link *link;
    while ((link = sn_list_take_first(made)) != NULL) {
        sennit_promise *promise = sn_container_of(link, sennit_promise, made);
        if (sn_exchange(&promise->left_to_maker, 0))
            drop(promise);
        drop(promise);
    }
}

static void settle(sennit_promise *promise, enum sn_promise_state state)
{
    sn_tell_point(state == SN_FULFILLED ? "fulfil" : "reject", "promise", promise, "");
    sn_tell_holds("promise", promise, false, NULL);
    sn_guard_lock(&promise->guard);
    sn_store(&promise->state, state);
    bool awaited_at_end = promise->is_awaited_at_end;
    sn_queue_wake(&promise->waiters, promise, SIZE_MAX);
    sn_guard_unlock(&promise->guard);
    drop(promise);
    if (awaited_at_end)
        sn_end_wait_for(-1);
}

void sn_promise_fulfil(sennit_promise *promise)
{
    settle(promise, SN_FULFILLED);
}

void sn_promise_reject(sennit_promise *promise, sennit_error *error)
{
    promise->error = error;
    settle(promise, SN_REJECTED);
}

sennit_promise *sennit_promise_resolved(void)
{
    return &resolved;
}

sennit_promise *sennit_promise_rejected_at(const char *site, int code, const char *format, ...)
{
    sennit_promise *promise = new_promise(0, 1);
    if (!promise)
        return &no_memory;
    va_list arguments;
    va_start(arguments, format);
    promise->error = sn_error_new(site, code, format, arguments);
    va_end(arguments);
    promise->state = SN_REJECTED;
    return promise;
}

sennit_promise *sennit_promise_retain(sennit_promise *promise)
{
    if (!promise->is_static) {
        sn_exchange(&promise->left_to_maker, 0);
        sn_add(&promise->owners, 1);
    }
    return promise;
}

void sennit_promise_release(sennit_promise *promise)
{
    if (promise->is_static)
        return;
    sn_tell_point("release", "promise", promise, NULL);
    consume(promise);
}

void sennit_detach(sennit_promise *promise)
{
    if (promise->is_static)
        return;
    sn_tell_point("detach", "promise", promise, NULL);
    sn_guard_lock(&promise->guard);
    bool pending = promise->state == SN_PENDING && !promise->is_awaited_at_end;
    if (pending) {
        promise->is_awaited_at_end = true;
        sn_end_wait_for(1);
    }
    sn_guard_unlock(&promise->guard);
    consume(promise);
}

bool sennit_promise_settled(const sennit_promise *promise)
{
    sn_tell_point("look at", "promise", promise, NULL);
    return sn_load(&promise->state) != SN_PENDING;
}

static void wait_for(sennit_promise *promise, const char *site)
{
    if (sn_load(&promise->state) != SN_PENDING) {
        /* One worker keeps TypeScript's order, where an await always gives way. With more there is no such order, and
         * going on at once keeps a tree of calls as deep as it is high; giving way would have all its tasks alive. */
        if (sn_strand_self()->is_task && sn_sched_is_serial())
            sn_task_let_others_run();
        return;
    }
    sn_waiter waiter;
    sn_waiter_init(&waiter, promise);
    sn_guard_lock(&promise->guard);
    if (promise->state != SN_PENDING)
        sn_guard_unlock(&promise->guard);
    else
        sn_queue_sleep(&promise->guard, &promise->waiters, &waiter, SENNIT_FOREVER, "a promise", promise, site);
}

/* Wait, take the value out and consume the handle. Returns the error that the promise was rejected with, copied, or one
 * about the value's size; NULL: none. */
static sennit_error *await(sennit_promise *promise, void *value, size_t size, const char *site)
{
    sennit_error *error = NULL;
    sn_tell_point("await", "promise", promise, site);
    wait_for(promise, site);
    if (sn_load(&promise->state) == SN_REJECTED) {
        if (!promise->is_static)
            sn_store(&promise->is_handled, true);
        error = promise->error ? sn_error_copy(promise->error)
                               : sn_error_make(site, -ENOMEM, "no memory for the promise of an async call");
    } else if (value && size != promise->size) {
        error = sn_error_make(site, -EINVAL, "awaited a value of %zu bytes, but the promise has one of %zu", size,
                              promise->size);
    } else if (value) {
        memcpy(value, promise->value, size);
    }
    if (!promise->is_static)
        consume(promise);
    return error;
}

void sennit_await_at(sennit_promise *promise, void *value, size_t size, const char *site)
{
    sennit_error *error = await(promise, value, size, site);
    if (error)
        sn_throw(error, true);
}

int sennit_await_status_at(sennit_promise *promise, void *value, size_t size, const char *site)
{
    sennit_error *error = await(promise, value, size, site);
    if (!error)
        return 0;
    int code = sennit_error_code(error);
    if (code == -EINVAL && error->site == site)
        sn_misuse("sennit_await_status", site, code, sennit_error_message(error));
    sn_error_free(error);
    return code;
}
