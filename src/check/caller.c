/* caller.c - see caller.h.       Layer: check. */
#define _GNU_SOURCE
#include "check/caller.h"

#include "plat/arch_pc.h"

#include <link.h>
#include <stddef.h>

struct sn_own_code sn_own_code;

static int visit(struct dl_phdr_info *info, size_t size, void *unused)
{
    uintptr_t self = (uintptr_t)&sn_caller_set_up;
    (void)size, (void)unused;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
        if (header->p_type == PT_LOAD && self >= start && self < end)
            sn_own_code = (struct sn_own_code){start, end};
    }
    return 0;
}

void sn_caller_set_up(void)
{
    dl_iterate_phdr(visit, NULL);
}

uintptr_t sn_caller_from(const void *frame)
{
    enum { MOST_FRAMES = 8 };
    for (int i = 0; frame && i < MOST_FRAMES; i++, frame = sn_arch_frame_next(frame)) {
        uintptr_t pc = sn_arch_frame_return(frame);
        if (!sn_is_own_code(pc))
            return pc;
    }
    return 0;
}
