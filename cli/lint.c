/* lint.c - sennit lint: locals that are changed inside a sennit_try, read after it perhaps, and not sennit_kept.
 *
 * Such a local can have its old value after a throw, and compilers do not warn (sennit/error.h). With SENNIT_LINT_TRY the
 * headers turn each try body into a clang block, inside which clang refuses to assign to a local of the function around
 * it unless that is __block, which is what sennit_kept then stands for. So clang's own front end does the analysis; this
 * picks its one error out of whatever else it says about the transformed file. An array's elements are not covered.
 */
#define _GNU_SOURCE
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The identifier at, or around, a place in the file: the variable that is changed there; "" if there is none. */
static void name_at(const char *file, long line, long column, char *name, size_t size)
{
    char *text = NULL;
    size_t room = 0;
    FILE *in = fopen(file, "r");
    name[0] = '\0';
    for (long i = 0; in && i < line; i++)
        if (getline(&text, &room, in) < 0)
            line = 0;
    if (line > 0 && in && (size_t)column <= strlen(text)) {
        const char *at = text + column - 1;
        if (strncmp(at, "++", 2) == 0 || strncmp(at, "--", 2) == 0)
            at += 2 + strspn(at + 2, " "); /* clang points at the operator: the name may follow it, ... */
        if (!is_word(*at)) {
            at = text + column - 1; /* ... or stand before it */
            while (at > text && !is_word(at[-1]))
                at--;
            while (at > text && is_word(at[-1]))
                at--;
        }
        size_t length = 0;
        while (is_word(at[length]))
            length++;
        snprintf(name, size, "%.*s", (int)length, at);
    }
    free(text);
    if (in)
        fclose(in);
}

/* Whether the word at a place in the file is `else`. */
static bool is_else(const char *file, long line, long column)
{
    char *text = NULL;
    size_t room = 0;
    bool found = false;
    FILE *in = fopen(file, "r");
    for (long i = 0; in && i < line; i++)
        if (getline(&text, &room, in) < 0)
            line = 0;
    if (line > 0 && in && (size_t)column <= strlen(text))
        found = strncmp(text + column - 1, "else", 4) == 0 && !is_word(text[column + 3]);
    free(text);
    if (in)
        fclose(in);
    return found;
}

/* What one line of clang's says of the file: a finding, and then it is printed, or not. */
static bool report_line(char *line)
{
    static const char assigned[] = ": error: variable is not assignable (missing __block type specifier)";
    static const char part_assigned[] = ": error: read-only variable is not assignable"; /* of a struct */
    static const char unexpected[] = ": error: expected expression"; /* an else that has lost its if to a try */
    bool is_assignment = strstr(line, assigned) || strstr(line, part_assigned);
    char *message = strstr(line, ": error: ");
    if (!message || (!is_assignment && !strstr(line, unexpected)))
        return false;
    *message = '\0';
    char *column = strrchr(line, ':');
    if (!column)
        return false;
    *column++ = '\0';
    char *row = strrchr(line, ':');
    if (!row)
        return false;
    *row++ = '\0';
    if (!is_assignment) {
        if (!is_else(line, atol(row), atol(column)))
            return false;
        fprintf(stderr,
                "%s:%s:%s: warning: the sennit_try before this else takes it for itself; put braces around it\n", line,
                row, column);
        return true;
    }
    char name[128];
    name_at(line, atol(row), atol(column), name, sizeof name);
    fprintf(
        stderr,
        "%s:%s:%s: warning: %s%s%s is changed inside sennit_try and may have its old value after a throw; declare it "
        "'sennit_kept'\n",
        line, row, column, name[0] ? "'" : "", name[0] ? name : "a local variable", name[0] ? "'" : "");
    return true;
}

static int report(FILE *errors)
{
    char *line = NULL;
    size_t room = 0;
    int found = 0;
    while (getline(&line, &room, errors) >= 0)
        found += report_line(line);
    free(line);
    return found;
}

/* clang by its plain name, by $CC, or by a name with a version. */
static bool find_clang(struct words *clang)
{
    char name[32];
    const char *chosen = getenv("CC");
    int quiet = memfd_create("quiet", MFD_CLOEXEC);
    for (int i = -2; i < 30; i++) {
        words_free(clang);
        if (i == -2)
            words_add_split(clang, chosen && strstr(chosen, "clang") ? chosen : "clang");
        else if (i == -1)
            words_add(clang, "clang");
        else {
            snprintf(name, sizeof name, "clang-%d", 40 - i);
            words_add(clang, name);
        }
        if (is_clang(clang)) {
            close(quiet);
            return true;
        }
    }
    close(quiet);
    return false;
}

int lint(const char *file, char *const *flags)
{
    struct places places;
    struct words words = {0};
    char include[sizeof places.include + 2];
    if (find_places(&places))
        return -1;
    if (!find_clang(&words)) {
        words_free(&words);
        return -1;
    }
    snprintf(include, sizeof include, "-I%s", places.include);
    words_add_split(&words, "-fsyntax-only -fblocks -ferror-limit=0 -w -DSENNIT_LINT_TRY -fno-color-diagnostics "
                            "-fno-caret-diagnostics");
    words_add(&words, include);
    for (; *flags; flags++)
        words_add(&words, *flags);
    words_add(&words, "-x");
    words_add(&words, "c");
    words_add(&words, file);

    int errors = memfd_create("errors", MFD_CLOEXEC), found = -1;
    FILE *in = errors < 0 ? NULL : fdopen(errors, "r");
    if (in && run_and_wait(words.words, errors) >= 0) {
        rewind(in);
        found = report(in);
    }
    if (in)
        fclose(in);
    words_free(&words);
    return found;
}

int lint_verb(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        puts(
            "Usage: sennit lint FILE.c [COMPILER-FLAG...]\n"
            "Find local variables that are changed inside a sennit_try and are not declared sennit_kept: after a "
            "throw\n"
            "they may have their old value. Needs clang. Exit status: 0 nothing found, 1 something found, 3 no clang.");
        return STATUS_OK;
    }
    if (argc < 2)
        return complain(STATUS_USAGE, "lint: no file given; usage: sennit lint FILE.c [COMPILER-FLAG...]");
    if (!is_readable_file(argv[1]))
        return STATUS_USAGE;
    int found = lint(argv[1], argv + 2);
    if (found < 0)
        return complain(STATUS_CANNOT, "lint needs clang; on Debian: apt-get install clang");
    return found ? STATUS_FAILED : STATUS_OK;
}
