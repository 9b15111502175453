/* symbols.h - names of variables and functions, and source lines, of this process.       Layer: check. */
#ifndef SN_CHECK_SYMBOLS_H
#define SN_CHECK_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sn_symbols sn_symbols;

sn_symbols *sn_symbols_new(void);
void sn_symbols_free(sn_symbols *symbols);

/* Say which return addresses will be asked for; then look all of them up at once. */
void sn_symbols_want(sn_symbols *symbols, uintptr_t pc);
void sn_symbols_look_up(sn_symbols *symbols);

/* Where the call is that returns to `pc`: "bank.c:12"; without line numbers "transfer+0x1b", or "bank+0x11b2". Never
 * NULL; empty for 0. */
const char *sn_symbols_place(const sn_symbols *symbols, uintptr_t pc);

/* The program's function that begins at an address, or has it inside. Returns false if there is none, or it is one of
 * the library's, or the C library's: nobody knows that. */
bool sn_symbols_function(sn_symbols *symbols, uintptr_t address, char *name, size_t size);

/* The variable that an address lies in. Returns false if there is none. */
typedef struct sn_variable {
    char name[64];
    size_t offset, size; /* of the address in it; of it, 0: not known */
} sn_variable;
bool sn_symbols_variable(sn_symbols *symbols, const void *address, sn_variable *variable);

/* A source file's name as people want it: relative to the current directory, if it lies there, else its last part. */
const char *sn_symbols_shorten(const sn_symbols *symbols, const char *file);

#endif
