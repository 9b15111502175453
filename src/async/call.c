/* call.c - async calls: a task that runs a function and settles a promise.       Layer: async.
 *                                                                      Checked by: tests/unit/async.c
 * The arguments are copied onto the task's own stack before it begins: as soon as it runs, the caller may go on
 * elsewhere and leave the frame that they came from.
 */
#include <sennit/async.h>

#include "async/promise.h"
#include "base/error.h"
#include "fiber/stack.h"
#include "sched/sched.h"

#include <stdlib.h>
#include <string.h>

/* Once the promise is settled the task is over; nothing of it may be used after that but its stack. */
static void finish(sn_task *task, sennit_error *error)
{
    sennit_promise *promise = task->promise;
    sn_promise_drop_made(&task->made);
    if (error)
        sn_promise_reject(promise, error);
    else
        sn_promise_fulfil(promise);
}

static void body(sn_task *task)
{
    sn_tell_holds("promise", task->promise, true, NULL);
    task->function->run(task->arguments, task->promise->value);
    finish(task, NULL);
}

/* A timeout's task has no promise: as in Node, what it does not catch ends the program. */
static __attribute__((noreturn)) void uncaught(sn_task *task, sennit_error *error)
{
    if (!task->promise) {
        sn_error_report(error, task->strand.name);
        sn_end_now(EXIT_FAILURE);
    }
    finish(task, error);
    sn_task_end();
}

__attribute__((constructor)) static void install(void)
{
    sn_task_uncaught = uncaught;
}

sennit_promise *sennit_async_call(const sennit_async_function *function, const void *arguments)
{
    sn_sched_start();
    if (function->arguments_size > sn_stack_size() / 4)
        return sennit_promise_rejected_at(function->site, -E2BIG,
                                          "%s: %zu bytes of arguments are too many for a stack of %zu", function->name,
                                          function->arguments_size, sn_stack_size());
    sennit_promise *promise = sn_promise_new(function->value_size);
    if (!promise)
        return sn_promise_no_memory();
    sn_task *task = sn_task_new(function->name, body, function->arguments_size);
    if (!task) {
        sn_promise_reject(
            promise, sn_error_make(function->site, -ENOMEM, "%s: no memory for another task's stack", function->name));
        return promise;
    }
    task->promise = promise;
    task->function = function;
    memcpy(task->arguments, arguments, function->arguments_size);
    sn_task_call(task);
    return promise;
}
