/* caller.h - where in the program a function of the library was called.       Layer: check.
 *
 * The library is built with frame pointers, so its own frames can be walked; the first address outside it is where the
 * program called it. Frames of the program are never walked: they may have no frame pointer.
 */
#ifndef SN_CHECK_CALLER_H
#define SN_CHECK_CALLER_H

#include <stdbool.h>
#include <stdint.h>

/* The library's own code, from the first to behind the last address. Found when the exploration is set up. */
extern struct sn_own_code {
    uintptr_t start, end;
} sn_own_code;
void sn_caller_set_up(void);

static inline bool sn_is_own_code(uintptr_t pc)
{
    return pc >= sn_own_code.start && pc < sn_own_code.end;
}

/* From the frame of a function of the library's on. 0: further away than it looks, or the program has left by a jump: what
 * ends with a call of ours may have given up its own frame, and under it lies the bottom of the stack (a frame of 0). */
uintptr_t sn_caller_from(const void *frame);

/* Who called the function that this is in, or who called that one, and so on. */
static inline __attribute__((always_inline)) uintptr_t sn_caller_outside(void)
{
    return sn_caller_from(__builtin_frame_address(0));
}

#endif
