/* context.S - x86-64, System V ABI: see plat/context.h and sennit_context_save in sennit/try.h.
 *
 * A saved context, from its stack pointer up: floating-point control words (8 bytes), r15 r14 r13 r12 rbx rbp, the
 * address to go on at. `ret` ends every switch, so that the processor's return predictor stays in step.
 */
    .text

.macro SAVE_CONTEXT
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
.endm

.macro LOAD_CONTEXT
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.endm

.macro FUNCTION name
    .globl \name
    .type \name, @function
    .p2align 4
\name:
    .cfi_startproc
    endbr64
.endm

.macro END name
    .cfi_endproc
    .size \name, . - \name
.endm

    .hidden sn_context_switch
FUNCTION sn_context_switch /* (void **save, void *to) */
    SAVE_CONTEXT
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    LOAD_CONTEXT
END sn_context_switch

    .hidden sn_context_call
FUNCTION sn_context_call /* (void **save, void *stack_end, void *(*function)(void *), void *arg) */
    SAVE_CONTEXT
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    movq %rcx, %rdi
    xorl %ebp, %ebp
    .cfi_undefined %rip /* nothing lies under a task: unwinders stop here */
    call *%rdx
    movq %rax, %rsp
    LOAD_CONTEXT
END sn_context_call

    .hidden sn_context_jump
FUNCTION sn_context_jump /* (void *to) */
    movq %rdi, %rsp
    LOAD_CONTEXT
END sn_context_jump

FUNCTION sennit_context_save /* (void **context) */
    movq %rbx, (%rdi)
    movq %rbp, 8(%rdi)
    movq %r12, 16(%rdi)
    movq %r13, 24(%rdi)
    movq %r14, 32(%rdi)
    movq %r15, 40(%rdi)
    leaq 8(%rsp), %rax
    movq %rax, 48(%rdi)
    movq (%rsp), %rax
    movq %rax, 56(%rdi)
    stmxcsr 64(%rdi)
    fnstcw 68(%rdi)
    xorl %eax, %eax
    ret
END sennit_context_save

    .hidden sn_context_restore
FUNCTION sn_context_restore /* (void **context, int value) */
    movl %esi, %eax
    ldmxcsr 64(%rdi)
    fldcw 68(%rdi)
    movq (%rdi), %rbx
    movq 8(%rdi), %rbp
    movq 16(%rdi), %r12
    movq 24(%rdi), %r13
    movq 32(%rdi), %r14
    movq 40(%rdi), %r15
    movq 48(%rdi), %rsp
    jmpq *56(%rdi)
END sn_context_restore

    .section .note.GNU-stack, "", @progbits
