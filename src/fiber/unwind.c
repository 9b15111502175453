/* unwind.c - with blocks, try frames, and throws.       Layer: fiber.   Checked by: tests/unit/error.c, tests/shapes
 *
 * Each strand has a list of records, the innermost first, that lie on its stack: a held object for each sennit_with, a
 * frame for each sennit_try. A throw takes records off: it releases objects until it comes to a frame, and goes on there
 * by restoring the context that the frame saved. Leaving a block in any other way takes off its record by itself.
 *
 * A frame's phase says what its statement is at, and so where a throw goes that reaches the frame:
 *
 *   TRY     | in the try block: catch it, or if there is no catch clause, run the finally with the error pending
 *   CAUGHT  | in the catch block: run the finally with the new error pending; the caught one becomes its cause
 *   FINALLY | in the finally block: leave the statement; the new error replaces a pending one, which becomes its cause
 *
 * A clause that was not written ends in sennit_try_end, which goes on to the next.
 */
#include "fiber/unwind.h"

#include "base/error.h"
#include "base/list.h"
#include "base/panic.h"
#include "park/strand.h"
#include "plat/context.h"

static void release(const sennit_record *record, const char *site)
{
    switch (record->kind_) {
    case SENNIT_OBJECT_LOCK:
        sennit_lock_release_at(record->object_, site);
        break;
    case SENNIT_OBJECT_RLOCK:
        sennit_rlock_release_at(record->object_, site);
        break;
    case SENNIT_OBJECT_CONDITION:
        sennit_condition_release_at(record->object_, site);
        break;
    default:
        sn_panic("a record of kind %u", record->kind_);
    }
}

static void push(sennit_record *record, uint32_t kind, void *object)
{
    sn_strand *self = sn_strand_self();
    *record = (sennit_record){self->records, kind, object};
    self->records = record;
}

sennit_record *sennit_with_enter_at(sennit_record *record, void *object, uint32_t kind, const char *site)
{
    int error;
    if (kind == SENNIT_OBJECT_LOCK)
        error = sennit_lock_acquire_at(object, site);
    else if (kind == SENNIT_OBJECT_RLOCK)
        error = sennit_rlock_acquire_at(object, site);
    else
        error = sennit_condition_acquire_at(object, site);
    if (error)
        sennit_throw_at(site, error, "sennit_with could not acquire its object");
    push(record, kind, object);
    return record;
}

void sennit_with_leave(sennit_record *record)
{
    sn_strand_self()->records = record->below_;
    release(record, "the end of a sennit_with");
}

sennit_try_frame *sennit_try_enter(sennit_try_frame *frame)
{
    frame->phase_ = SENNIT_PHASE_TRY;
    frame->error_ = NULL;
    push(&frame->record_, SENNIT_RECORD_TRY, NULL);
    return frame;
}

void sennit_try_pop(sennit_try_frame *frame)
{
    if (frame->phase_ != SENNIT_PHASE_LEFT)
        sn_strand_self()->records = frame->record_.below_;
    sn_error_free(frame->error_);
}

sennit_error *sennit_try_caught(sennit_try_frame *frame)
{
    return frame->error_;
}

/* Take the frame off and throw its pending error on. */
static _Noreturn void throw_on(sennit_try_frame *frame)
{
    sennit_error *error = frame->error_;
    frame->error_ = NULL;
    sn_strand_self()->records = frame->record_.below_;
    sn_throw(error, false);
}

static void leave(sennit_try_frame *frame)
{
    sn_strand_self()->records = frame->record_.below_;
    frame->phase_ = SENNIT_PHASE_LEFT;
}

bool sennit_try_left(sennit_try_frame *frame)
{
    if (frame->phase_ == SENNIT_PHASE_FINALLY) {
        if (frame->error_)
            throw_on(frame);
        leave(frame);
        return true;
    }
    sn_error_free(frame->error_); /* it was caught, and its catch block is done */
    frame->error_ = NULL;
    frame->phase_ = SENNIT_PHASE_FINALLY;
    return false;
}

void sennit_try_end(sennit_try_frame *frame)
{
    if (frame->phase_ == SENNIT_PHASE_CAUGHT) { /* no catch clause: the error is pending */
        frame->phase_ = SENNIT_PHASE_FINALLY;
        sn_context_restore(frame->entry_, SENNIT_PHASE_FINALLY);
    }
    if (frame->error_) /* no finally clause */
        throw_on(frame);
    leave(frame);
    sn_context_restore(frame->exit_, 1);
}

/* The innermost frame, its inner records undone; NULL if there is none. */
static sennit_try_frame *unwind(sn_strand *self, const char *site)
{
    for (sennit_record *record; (record = self->records) != NULL;) {
        if (record->kind_ == SENNIT_RECORD_TRY)
            return sn_container_of(record, sennit_try_frame, record_);
        self->records = record->below_;
        release(record, site);
    }
    return NULL;
}

void sn_throw(sennit_error *error, bool chain)
{
    sn_strand *self = sn_strand_self();
    sennit_try_frame *frame;
    while ((frame = unwind(self, error->site)) != NULL) {
        sennit_error *handled = frame->error_;
        frame->error_ = NULL;
        if (handled && chain)
            sn_error_set_cause(error, handled);
        else
            sn_error_free(handled);
        chain = false;
        if (frame->phase_ == SENNIT_PHASE_FINALLY) {
            self->records = frame->record_.below_;
            continue;
        }
        frame->error_ = error;
        frame->phase_ = frame->phase_ == SENNIT_PHASE_TRY ? SENNIT_PHASE_CAUGHT : SENNIT_PHASE_FINALLY;
        sn_context_restore(frame->entry_, (int)frame->phase_);
    }
    self->parker->uncaught(self, error);
}

void sennit_throw_at(const char *site, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sennit_error *error = sn_error_new(site, code, format, arguments);
    va_end(arguments);
    sn_throw(error, true);
}

void sennit_rethrow(const sennit_error *error)
{
    sn_throw(sn_error_copy(error), false);
}
