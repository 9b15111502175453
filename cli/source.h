/* source.h - what a line of C shows at the place where clang has found something. */
#ifndef SN_CLI_SOURCE_H
#define SN_CLI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/* A line of a file without its end, to be freed; NULL if there is none. Lines and columns count from 1, as clang's. */
char *source_line(const char *file, long line);

/* Each of these looks at `text[at]`. A name is written to `name`, and "" where it can't be told. */
enum { SOURCE_NAME = 128 };

/* What is assigned or incremented by the operator there: s of `s.part[1] = 2`, of `++s` and of `s.count++`. */
void source_changed_name(const char *text, size_t at, char name[SOURCE_NAME]);

/* Whether an address is taken there, and of what: s of `&s.part`. Elements of arrays are left out. */
bool source_address_name(const char *text, size_t at, char name[SOURCE_NAME]);

/* Whether the array whose name stands there has an element changed at once: `a[i] = 1`, `--a[i].n`, `*a = 1`. */
bool source_element_changed(const char *text, size_t at, char name[SOURCE_NAME]);

/* Whether the word stands there. */
bool source_word_is(const char *text, size_t at, const char *word);

/* Whether the declaration of the name there says that it keeps its value after a throw. */
bool source_declared_kept(const char *text, size_t at);

#endif
