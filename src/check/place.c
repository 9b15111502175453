/* place.c - runs in this process, one after another, each from the same beginning.       Layer: check.
 *                                                              Checked by: tests/unit/check.c
 * Before a run everything that the last one may have changed is set back: the writable segments of all modules, the
 * heap, the callers' part of the stack, and the thread-local variables. What the explorer keeps lies in memory of its
 * own, which is left alone. The process must have one OS thread. Not set back are what lies outside the process (files,
 * sockets), and memory that was mapped before, among it large blocks of malloc's; in a run malloc maps none.
 */
#define _GNU_SOURCE
#include "check/place.h"

#include "check/hooks.h"
#include "check/machine.h"
#include "plat/plat.h"

#include <link.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SEGMENTS = 128 };

struct segment {
    char *at, *copy;
    size_t size;
};

struct sn_place {
    struct segment segments[MOST_SEGMENTS];
    unsigned count;
    char *tls;
    char *heap_end;
    void *(*function)(void *);
    void *arg;
};

static void keep(struct sn_place *place, char *start, char *end)
{
    if (start >= end)
        return;
    if (place->count == MOST_SEGMENTS)
        sn_check_give_up("the program has more than %d pieces of memory that the checker would have to set back",
                         MOST_SEGMENTS);
    size_t size = (size_t)(end - start);
    place->segments[place->count++] = (struct segment){start, sn_check_share(size), size};
}

static int visit(struct dl_phdr_info *info, size_t size, void *raw)
{
    struct sn_place *place = raw;
    uintptr_t relro_start = 0, relro_end = 0, page = sn_plat_page_size();
    (void)size;
    if (strstr(info->dlpi_name, "ld-linux") || strstr(info->dlpi_name, "linux-vdso") ||
        strstr(info->dlpi_name, "ld-musl"))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_GNU_RELRO) {
            relro_start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            relro_end = (relro_start + info->dlpi_phdr[i].p_memsz) / page * page;
        }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_W))
            continue;
        uintptr_t start = info->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
        if (relro_end > start && relro_start <= start)
            start = relro_end;
        keep(place, (char *)start, (char *)end);
    }
    return 0;
}

/* Where the heap begins, and where the stack ends that has `stack` inside; NULL: not known. */
static void find_ends(const char *stack, char **heap, char **stack_end)
{
    char line[512];
    *heap = *stack_end = NULL;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps)
        sn_check_give_up("can't read /proc/self/maps, which says where the heap is");
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx", &from, &to) != 2)
            continue;
        if (strstr(line, "[heap]") && !*heap)
            *heap = (char *)from; // NOLINT
        if (strstr(line, "[stack]") && (uintptr_t)stack >= from && (uintptr_t)stack < to)
            *stack_end = (char *)to; // NOLINT
    }
    fclose(maps);
}

sn_place *sn_place_new(void *(*function)(void *), void *arg, char *stack)
{
    char *heap, *stack_end;
    sn_place *place = sn_check_share(sizeof *place);
    place->function = function;
    place->arg = arg;
    sn_machine_reset(true, false, 1);
    place->tls = sn_check_share(sn_tls_size() + 1);
    find_ends(stack, &heap, &stack_end); /* before the copies are made: it uses the heap itself */
    place->heap_end = sbrk(0);
    sn_tls_save(place->tls);
    dl_iterate_phdr(visit, place);
    if (heap)
        keep(place, heap, place->heap_end);
    keep(place, stack, stack_end);
    for (unsigned i = 0; i < place->count; i++)
        memcpy(place->segments[i].copy, place->segments[i].at, place->segments[i].size);
    return place;
}

/* The heap's size comes first: a run may have given a part of it back. */
static void set_back(const sn_place *place)
{
    if (sbrk(0) != place->heap_end && brk(place->heap_end) != 0)
        sn_check_give_up("no memory for the heap as it was before the run");
    for (unsigned i = 0; i < place->count; i++)
        memcpy(place->segments[i].at, place->segments[i].copy, place->segments[i].size);
    sn_tls_load(place->tls);
}

void sn_place_run(void *raw)
{
    sn_place *place = raw;
    set_back(place);
    mallopt(M_MMAP_MAX, 0); /* forgotten with the rest: blocks of their own would be lost, or survive the run */
    sn_machine_reset(true, sn_explorer_->tso, sn_explorer_->most_steps);
    sn_check_hook(true);
    sn_machine_run(place->function, place->arg);
    sn_check_hook(false);
}

void sn_place_leave(sn_place *place)
{
    set_back(place);
    for (unsigned i = 0; i < place->count; i++)
        sn_check_unshare(place->segments[i].copy, place->segments[i].size);
    sn_check_unshare(place->tls, sn_tls_size() + 1);
    sn_check_unshare(place, sizeof *place);
}
