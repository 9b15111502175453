/* lint.c - sennit lint: locals that are changed inside a sennit_try, read after it perhaps, and not sennit_kept.
 *
 * Such a local can have its old value after a throw, and compilers do not warn (sennit/error.h). With SENNIT_LINT_TRY
 * the headers turn each try body into a clang block, inside which a local of the function around it is const unless it
 * is __block, which is what sennit_kept then stands for. So clang's own front end does the analysis; this picks what
 * tells of it out of whatever else clang says about the transformed file:
 *
 *   variable is not assignable     x = 1, x++
 *   read-only variable ...         s.part = 1; an element of an array that this block has used before
 *   discards qualifiers            f(&x), which may store into x. Structs are left out: most of them (locks, lists) are
 *                                  only ever handed to functions, which find them as they left them
 *   ... inside block               the first use of an array in a block. What use it is, and whether the array is kept,
 *                                  the source tells
 *   expected expression            an else that has lost its if to a try
 */
#define _GNU_SOURCE
#include "cli.h"
#include "source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A line of clang's, FILE:LINE:COLUMN: SEVERITY: MESSAGE; the pointers go into it. */
struct diagnostic {
    const char *file, *severity, *message;
    long line, column;
};

static bool parse(char *text, struct diagnostic *diagnostic)
{
    static const char *const severities[] = {"error", "fatal error", "warning", "note"};
    for (size_t i = 0; i < sizeof severities / sizeof *severities; i++) {
        char marker[32];
        snprintf(marker, sizeof marker, ": %s: ", severities[i]);
        char *end = strstr(text, marker);
        char *column = end ? memrchr(text, ':', (size_t)(end - text)) : NULL;
        char *row = column ? memrchr(text, ':', (size_t)(column - text)) : NULL;
        if (!row)
            continue;
        *row = '\0';
        *diagnostic = (struct diagnostic){.file = text,
                                          .severity = severities[i],
                                          .message = end + strlen(marker),
                                          .line = atol(row + 1),
                                          .column = atol(column + 1)};
        return true;
    }
    return false;
}

static bool says(const struct diagnostic *d, const char *words)
{
    return strstr(d->message, words) != NULL;
}

__attribute__((format(printf, 2, 3))) static void warn(const struct diagnostic *d, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s:%ld:%ld: warning: ", d->file, d->line, d->column);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static void warn_changed(const struct diagnostic *d, const char *name)
{
    const char *quote = name[0] ? "'" : "";
    warn(d, "%s%s%s is changed inside sennit_try and may have its old value after a throw; declare it 'sennit_kept'",
         quote, name[0] ? name : "a local variable", quote);
}

/* Whether the note that follows an array's diagnostic leads to a declaration with sennit_kept. */
static bool is_kept(const char *note)
{
    struct diagnostic d;
    size_t length = strcspn(note, "\n");
    char copy[4096], *text = NULL;
    bool kept = false;
    if (length >= sizeof copy)
        return false;
    memcpy(copy, note, length);
    copy[length] = '\0';
    if (parse(copy, &d) && says(&d, "declared here"))
        text = source_line(d.file, d.line);
    if (text && d.column > 0 && (size_t)d.column <= strlen(text))
        kept = source_declared_kept(text, (size_t)d.column - 1);
    free(text);
    return kept;
}

/* Reports what a diagnostic tells of a try, if anything; `text` is the line it is about, "" if that can't be read, and
 * `rest` what clang says next. */
static bool report(const struct diagnostic *d, const char *text, const char *rest)
{
    char name[SOURCE_NAME] = "";
    size_t at = (size_t)d->column - 1;
    bool readable = d->column > 0 && at < strlen(text);
    if (says(d, "missing __block type specifier") || says(d, "read-only variable is not assignable")) {
        if (readable)
            source_changed_name(text, at, name);
        warn_changed(d, name);
        return true;
    }
    if (!readable)
        return false;
    if (says(d, "inside block") && source_element_changed(text, at, name) && !is_kept(rest)) {
        warn_changed(d, name);
        return true;
    }
    if (says(d, "discards qualifiers") && !says(d, "struct ") && !says(d, "union ") &&
        source_address_name(text, at, name)) {
        warn(d,
             "the address of '%s' is taken inside sennit_try; what is stored there may be lost after a throw; declare "
             "it "
             "'sennit_kept'",
             name);
        return true;
    }
    if (says(d, "expected expression") && source_word_is(text, at, "else")) {
        warn(d, "the sennit_try before this else takes it for itself; put braces around it");
        return true;
    }
    return false;
}

/* All that clang says. Returns how many findings, or -1 if it gave up on the file: then the reason is shown. */
static int report_all(char *output)
{
    int found = 0;
    bool failed = false;
    for (char *line; (line = strsep(&output, "\n")) != NULL;) {
        struct diagnostic d;
        if (strncmp(line, "error: ", 7) == 0 || strstr(line, ": fatal error: ") || strstr(line, "clang: error: ")) {
            fprintf(stderr, "%s\n", line);
            failed = true;
        } else if (parse(line, &d)) {
            char *text = source_line(d.file, d.line);
            found += report(&d, text ? text : "", output ? output : "");
            free(text);
        }
    }
    return failed && !found ? -1 : found;
}

/* The compiler if that is clang, or clang by its plain name, or the newest by a name with a version. */
static bool find_clang(struct words *clang)
{
    enum { NEWEST = 40, OLDEST = 11 };
    const char *chosen = getenv("CC");
    words_add_split(clang, chosen && *chosen ? chosen : "clang");
    if (clang->count > 0 && is_clang(clang))
        return true;
    for (int version = NEWEST + 1; version >= OLDEST; version--) {
        char name[32];
        snprintf(name, sizeof name, version > NEWEST ? "clang" : "clang-%d", version);
        words_free(clang);
        words_add(clang, name);
        if (is_program(name) && is_clang(clang))
            return true;
    }
    return false;
}

/* Runs clang; returns what it says on stderr, to be freed, or NULL. */
static char *ask(struct words *clang, const char *file, char *const *flags)
{
    struct places places;
    char include[sizeof places.include + 2], *output = NULL;
    if (find_places(&places))
        return NULL;
    snprintf(include, sizeof include, "-I%s", places.include);
    words_add(clang, "-std=gnu11");
    for (; flags && *flags; flags++)
        words_add(clang, *flags);
    words_add(clang, include);
    words_add_split(clang, "-fsyntax-only -fblocks -ferror-limit=0 -DSENNIT_LINT_TRY -fno-color-diagnostics "
                           "-fno-caret-diagnostics -Wno-everything -Wincompatible-pointer-types-discards-qualifiers "
                           "-x c");
    words_add(clang, file);

    int errors = memfd_create("errors", MFD_CLOEXEC);
    if (errors < 0 || run_and_wait(clang->words, errors) < 0) {
        complain(STATUS_CANNOT, "could not run %s: %m", clang->words[0]);
    } else {
        off_t size = lseek(errors, 0, SEEK_END);
        output = calloc(1, (size_t)size + 1);
        if (!output || pread(errors, output, (size_t)size, 0) != size)
            exit(complain(STATUS_CANNOT, "could not read what clang says: %m"));
    }
    if (errors >= 0)
        close(errors);
    return output;
}

int lint(const char *file, char *const *flags)
{
    struct words clang = {0};
    int found = -1;
    if (find_clang(&clang)) {
        char *output = ask(&clang, file, flags);
        if (output)
            found = report_all(output);
        free(output);
    } else {
        complain(STATUS_CANNOT, "lint needs clang; on Debian: apt-get install clang");
    }
    words_free(&clang);
    return found;
}

int lint_verb(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        puts("Usage: sennit lint FILE.c [COMPILER-FLAG...]\n"
             "Find local variables that are changed inside a sennit_try and are not declared sennit_kept: after a "
             "throw\n"
             "they may have their old value. Needs clang. Exit status: 0 nothing found, 1 something found, 3 no clang, "
             "or\n"
             "clang can't read the file.");
        return STATUS_OK;
    }
    if (argc < 2)
        return complain(STATUS_USAGE, "lint: no file given; usage: sennit lint FILE.c [COMPILER-FLAG...]");
    if (!is_readable_file(argv[1]))
        return STATUS_USAGE;
    int found = lint(argv[1], argv + 2);
    return found < 0 ? STATUS_CANNOT : found ? STATUS_FAILED : STATUS_OK;
}
