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

#pragma GCC diagnostic ignored "-Wframe-address"
#define SN_CALLER_AT_(n) ((uintptr_t)__builtin_return_address(n))

/* 0: further away than it looks. Always in the function whose frame it begins with. */
static inline __attribute__((always_inline)) uintptr_t sn_caller_outside(void)
{
    uintptr_t pc = SN_CALLER_AT_(0);
    if (sn_is_own_code(pc))
        pc = SN_CALLER_AT_(1);
    if (sn_is_own_code(pc))
        pc = SN_CALLER_AT_(2);
    if (sn_is_own_code(pc))
        pc = SN_CALLER_AT_(3);
    if (sn_is_own_code(pc))
        pc = SN_CALLER_AT_(4);
    return sn_is_own_code(pc) ? 0 : pc;
}

#endif
