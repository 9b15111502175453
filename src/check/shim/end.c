/* end.c - how a program ends: exit, abort, a failed assert.       Layer: check.       Checked by: tests/check
 *
 * exit is a step, the last one by default, so that the other threads may come before it or be cut off by it. _exit and
 * quick_exit are left alone.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

EXPORTED void exit(int status)
{
    if (sn_machine_is_on()) {
        sn_op op = {.kind = SN_OP_EXIT, .pc = CALLER};
        sn_machine_step(&op);
        if (sn_machine_->in_place) { /* the process goes on */
            sn_shim_check_end();
            sn_machine_finish(SN_VERDICT_PASSED);
        }
    }
    REAL(exit)(status);
}

EXPORTED void abort(void)
{
    if (sn_machine_is_on()) {
        sn_explore_note_site(NULL, CALLER);
        sn_machine_fail(SN_VERDICT_ABORTED, "abort() was called");
    }
    REAL(abort)();
}

EXPORTED void __assert_fail(const char *assertion, const char *file, unsigned line, const char *function)
{
    if (sn_machine_is_on()) {
        sn_explore_note_site(NULL, CALLER);
        sn_machine_fail(SN_VERDICT_ASSERTION, "%s:%u: %s: Assertion `%s' failed.", file, line,
                        function ? function : "?", assertion);
    }
    REAL(__assert_fail)(assertion, file, line, function);
}

EXPORTED void __assert_perror_fail(int error, const char *file, unsigned line, const char *function)
{
    if (sn_machine_is_on()) {
        sn_explore_note_site(NULL, CALLER);
        sn_machine_fail(SN_VERDICT_ASSERTION, "%s:%u: %s: Unexpected error: %s.", file, line, function ? function : "?",
                        strerror(error));
    }
    REAL(__assert_perror_fail)(error, file, line, function);
}
