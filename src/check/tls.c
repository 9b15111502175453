/* tls.c - each runner's own copy of the thread-local variables.       Layer: check.
 *                                                            Checked by: tests/unit/check.c
 * All runners share one OS thread, and so one block of thread-local memory: it is saved and loaded at each switch. The
 * blocks of all modules that were there when the exploration began are found by dl_iterate_phdr. A new runner's are
 * made new from the module's image; the C library's own are what the first runner's were at that time, which is what a
 * new thread would set up, too.
 */
#define _GNU_SOURCE
#include "check/machine.h"

#include <link.h>
#include <string.h>

enum { MOST_MODULES = 64 };

static struct range {
    char *at;
    size_t size;
    const char *image; /* NULL: as they were at the start */
    size_t image_size;
} ranges[MOST_MODULES];
static unsigned range_count;
static size_t total;
static char *first_copy;

static int visit(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)unused;
    if (size < sizeof *info || !info->dlpi_tls_data)
        return 0;
    if (range_count == MOST_MODULES)
        sn_check_give_up("more than %d of the program's modules have thread-local variables", MOST_MODULES);
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_TLS || !header->p_memsz)
            continue;
        struct range *range = &ranges[range_count++];
        range->at = info->dlpi_tls_data;
        range->size = header->p_memsz;
        bool is_libc =
            strstr(info->dlpi_name, "libc.so") || strstr(info->dlpi_name, "libc-") || strstr(info->dlpi_name, "ld-");
        range->image = is_libc ? NULL : (const char *)(info->dlpi_addr + header->p_vaddr);
        range->image_size = header->p_filesz;
        total += range->size;
    }
    return 0;
}

void sn_tls_set_up(void)
{
    range_count = 0;
    total = 0;
    dl_iterate_phdr(visit, NULL);
    if (total > SN_MOST_TLS)
        sn_check_give_up("the program has %zu bytes of thread-local variables; the checker can keep %d", total,
                         SN_MOST_TLS);
    first_copy = sn_check_share(total + 1);
    sn_tls_save(first_copy);
}

size_t sn_tls_size(void)
{
    return total;
}

void sn_tls_fresh(void *raw)
{
    char *tls = raw;
    size_t done = 0;
    for (unsigned i = 0; i < range_count; i++) {
        const struct range *range = &ranges[i];
        if (range->image) {
            memcpy(tls + done, range->image, range->image_size);
            memset(tls + done + range->image_size, 0, range->size - range->image_size);
        } else {
            memcpy(tls + done, first_copy + done, range->size);
        }
        done += range->size;
    }
}

void sn_tls_save(void *raw)
{
    char *tls = raw;
    for (unsigned i = 0; i < range_count; i++) {
        memcpy(tls, ranges[i].at, ranges[i].size);
        tls += ranges[i].size;
    }
}

void sn_tls_load(const void *raw)
{
    const char *tls = raw;
    for (unsigned i = 0; i < range_count; i++) {
        memcpy(ranges[i].at, tls, ranges[i].size);
        tls += ranges[i].size;
    }
}
