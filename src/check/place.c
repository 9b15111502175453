/* place.c - runs in this process, one after another, each from the same beginning.       Layer: check.
 *
 * Before a run everything that the last one may have changed is set back: the writable segments of all modules, the
 * heap, and the thread-local variables. What the explorer keeps lies in memory of its own, which is left alone. The
 * process must have one OS thread. What lies outside the process (files, sockets) is not set back.
 */
#define _GNU_SOURCE
#include "check/place.h"

#include "check/hooks.h"
#include "check/machine.h"
#include "plat/plat.h"

#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
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
    if (start >= end || place->count == MOST_SEGMENTS)
        return;
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

static char *heap_start(void)
{
    static char line[512];
    char *start = NULL;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long from;
        if (strstr(line, "[heap]") && sscanf(line, "%lx-", &from) == 1)
            start = (char *)from; // NOLINT
    }
    if (maps)
        fclose(maps);
    return start;
}

sn_place *sn_place_new(void *(*function)(void *), void *arg)
{
    sn_place *place = sn_check_share(sizeof *place);
    place->function = function;
    place->arg = arg;
    sn_machine_reset(true, false, 1);
    place->tls = sn_check_share(sn_tls_size() + 1);
    char *heap = heap_start(); /* before the copies are made: it uses the heap itself */
    place->heap_end = sbrk(0);
    sn_tls_save(place->tls);
    dl_iterate_phdr(visit, place);
    if (heap)
        keep(place, heap, place->heap_end);
    for (unsigned i = 0; i < place->count; i++)
        memcpy(place->segments[i].copy, place->segments[i].at, place->segments[i].size);
    return place;
}

static void set_back(const sn_place *place)
{
    for (unsigned i = 0; i < place->count; i++)
        memcpy(place->segments[i].at, place->segments[i].copy, place->segments[i].size);
    if (sbrk(0) != place->heap_end && brk(place->heap_end) != 0)
        return;
    sn_tls_load(place->tls);
}

void sn_place_run(void *raw)
{
    sn_place *place = raw;
    set_back(place);
    sn_machine_reset(true, sn_explorer_->tso, sn_explorer_->most_steps);
    sn_check_hook(true);
    sn_machine_run(place->function, place->arg);
    sn_check_hook(false);
}

void sn_place_leave(sn_place *place)
{
    set_back(place);
    for (unsigned i = 0; i < place->count; i++)
        munmap(place->segments[i].copy, place->segments[i].size);
    munmap(place->tls, sn_tls_size() + 1);
    munmap(place, sizeof *place);
}
