/* memory.c - Linux: address space for stacks and their guards.       Layer: plat. */
#define _GNU_SOURCE
#include "plat/plat.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13; older headers lack it */
#endif

void *sn_plat_map(size_t size)
{
    /* MAP_NORESERVE, or strict overcommit accounting would refuse what is never touched. */
    void *start =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    madvise(start, size, MADV_NOHUGEPAGE); /* a huge page for each stack would cost 16 times the memory */
    return start;
}

void sn_plat_unmap(void *start, size_t size)
{
    munmap(start, size);
}

int sn_plat_guard(void *start, size_t size, bool *plain)
{
    *plain = false;
    if (madvise(start, size, MADV_GUARD_INSTALL) == 0)
        return 0;
    *plain = true;
    if (mprotect(start, size, PROT_NONE) == 0)
        return 0;
    return -errno;
}

size_t sn_plat_page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}
