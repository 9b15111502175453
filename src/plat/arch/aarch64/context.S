/* context.S - aarch64, AAPCS64: see plat/context.h and sennit_context_save in sennit/try.h.
 *
 * A saved context, from its stack pointer up: x19..x30 (x30: the address to go on at), d8..d15, fpcr, and 8 bytes
 * unused: 176 bytes.
 */
    .text

.macro SAVE_CONTEXT
    sub sp, sp, #176
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mrs x9, fpcr
    str x9, [sp, #160]
.endm

.macro LOAD_CONTEXT
    ldr x9, [sp, #160]
    msr fpcr, x9
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #176
    ret
.endm

.macro FUNCTION name
    .globl \name
    .type \name, %function
    .p2align 4
\name:
    .cfi_startproc
    hint #34 /* bti c */
.endm

.macro END name
    .cfi_endproc
    .size \name, . - \name
.endm

    .hidden sn_context_switch
FUNCTION sn_context_switch /* (void **save, void *to) */
    SAVE_CONTEXT
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    LOAD_CONTEXT
END sn_context_switch

    .hidden sn_context_call
FUNCTION sn_context_call /* (void **save, void *stack_end, void *(*function)(void *), void *arg) */
    SAVE_CONTEXT
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    mov x0, x3
    mov x29, xzr
    mov x30, xzr
    .cfi_undefined x30 /* nothing lies under a task: unwinders stop here */
    blr x2
    mov sp, x0
    LOAD_CONTEXT
END sn_context_call

    .hidden sn_context_jump
FUNCTION sn_context_jump /* (void *to) */
    mov sp, x0
    LOAD_CONTEXT
END sn_context_jump

FUNCTION sennit_context_save /* (void **context) */
    stp x19, x20, [x0, #0]
    stp x21, x22, [x0, #16]
    stp x23, x24, [x0, #32]
    stp x25, x26, [x0, #48]
    stp x27, x28, [x0, #64]
    stp x29, x30, [x0, #80]
    stp d8, d9, [x0, #96]
    stp d10, d11, [x0, #112]
    stp d12, d13, [x0, #128]
    stp d14, d15, [x0, #144]
    mov x9, sp
    mrs x10, fpcr
    stp x9, x10, [x0, #160]
    mov w0, #0
    ret
END sennit_context_save

    .hidden sn_context_restore
FUNCTION sn_context_restore /* (void **context, int value) */
    ldp x9, x10, [x0, #160]
    mov sp, x9
    msr fpcr, x10
    ldp x19, x20, [x0, #0]
    ldp x21, x22, [x0, #16]
    ldp x23, x24, [x0, #32]
    ldp x25, x26, [x0, #48]
    ldp x27, x28, [x0, #64]
    ldp x29, x30, [x0, #80]
    ldp d8, d9, [x0, #96]
    ldp d10, d11, [x0, #112]
    ldp d12, d13, [x0, #128]
    ldp d14, d15, [x0, #144]
    mov w0, w1
    ret
END sn_context_restore

    .section .note.GNU-stack, "", %progbits
