/* promise.h - a promise inside the library.       Layer: async. */
#ifndef SN_ASYNC_PROMISE_H
#define SN_ASYNC_PROMISE_H

#include "base/list.h"
#include "park/queue.h"

#include <sennit/promise.h>

enum sn_promise_state { SN_PENDING, SN_FULFILLED, SN_REJECTED };

struct sennit_promise {
    uint32_t owners; /* atomic: handles, whoever will settle it, its maker's list */
    uint32_t state;  /* atomic: enum sn_promise_state; written under guard */
    sn_guard guard;
    uint32_t left_to_maker; /* atomic: the maker's task gives the handle up if nobody else does */
    sn_waiter *waiters;     /* under guard */
    bool is_handled;        /* atomic: somebody has seen the rejection */
    bool is_awaited_at_end; /* under guard: detached, and the end of the program waits for it */
    bool is_static;         /* const: never freed */
    sn_link made;           /* its maker's own: the maker's list */
    sennit_error *error;    /* owned; const once rejected */
    size_t size;            /* const: of the value */
    union {
        long double number;
        void *pointer;
    } value[]; /* const once fulfilled; written by whoever settles it */
};

/* A pending promise with two owners, the handle and whoever will settle it; NULL: no memory. */
sennit_promise *sn_promise_new(size_t value_size);

/* The promise to give where there was no memory for one: rejected with -ENOMEM. */
sennit_promise *sn_promise_no_memory(void);

/* Settle it, its value being in place, and give the settler's ownership up. `error` is owned by the promise then. */
void sn_promise_fulfil(sennit_promise *promise);
void sn_promise_reject(sennit_promise *promise, sennit_error *error);

/* The calling task's end: give up the handles of promises that it made and that nobody has consumed. */
void sn_promise_drop_made(sn_link *made);

#endif
