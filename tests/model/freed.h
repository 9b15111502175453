/* freed.h - for models of what several owners share: how often one piece of memory was freed. It is not given back but
 * spoiled, so that who still uses it does not get far. Included once by a program. */
#ifndef TESTS_MODEL_FREED_H
#define TESTS_MODEL_FREED_H

#include "model/model.h"

enum { SPOILED = 0xa5 };
static void *watched;
static size_t watched_size;
static unsigned frees;

void __libc_free(void *memory); /* glibc's own name of it */

void free(void *memory)
{
    if (!memory || memory != watched) {
        __libc_free(memory);
        return;
    }
    frees++;
    memset(memory, SPOILED, watched_size);
}

static void watch(void *memory, size_t size)
{
    watched = memory;
    watched_size = size;
}

/* Freed exactly once, and nobody has written to it since. */
static void must_be_freed(void)
{
    MUST(frees == 1);
    for (size_t i = 0; i < watched_size; i++)
        MUST(((unsigned char *)watched)[i] == SPOILED);
}

#endif
