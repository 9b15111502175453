/* cli.h - what the parts of the sennit command share. */
#ifndef SN_CLI_H
#define SN_CLI_H

#include <stdbool.h>
#include <stddef.h>

enum { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_CANNOT = 3 };

/* A verb of the command; argv[0] is the verb. Returns the exit status. */
struct verb {
    const char *name;
    const char *arguments;
    const char *help;
    int (*run)(int argc, char **argv);
};

int run_verb(int argc, char **argv);
int lint_verb(int argc, char **argv);
int check_verb(int argc, char **argv);

/* One line on stderr, "sennit: ...". Returns `status`. */
int complain(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A growing list of words, ended by NULL, for exec. */
struct words {
    char **words;
    size_t count, room;
};
void words_add(struct words *words, const char *word);
void words_add_split(struct words *words, const char *text); /* at blanks; `text` may be NULL */
void words_free(struct words *words);

/* Where the headers, the static library and the checker (which may be missing) are, found from where the command itself
 * is. */
struct places {
    char include[4096];
    char library[4096];
    char checker[4096];
};
int find_places(struct places *places);

/* Whether `path` is a file that can be read; complains if not. */
bool is_readable_file(const char *path);

/* Whether a program of that name can be found, as execvp does. */
bool is_program(const char *name);

/* The C compiler and its flags from the environment: $CC, or the first of cc, gcc, clang that there is. */
int add_compiler(struct words *words);

/* Whether the compiler is clang. */
bool is_clang(const struct words *compiler);

/* Compile a C file against `library` into a folder of our own; *path is then the program. Returns a status. */
int compile_program(const char *file, const char *flags, const char *library, const struct places *places,
                    const char **path);

/* Run a command as if it took this one's place: signals reach it, and it is ended by what ends it; what was compiled is
 * removed then. Returns its exit status. */
int run_command(const char *path, char *const *argv);

/* Whether the checker can get into a program; complains if not. Returns a status. */
int look_at_program(const char *path);

/* Remove what was compiled. */
void clean_up(void);

/* Run a program and wait for it; its stderr goes to the file descriptor `err` unless that is -1. Returns its wait
 * status, or -1 with errno if it could not be started. */
int run_and_wait(char *const *argv, int err);

/* Report locals that are changed in a try and not kept; `flags` (NULL: none) are further flags for the compiler.
 * Returns how many, or -1, having said why, if clang is not there or can't read the file. */
int lint(const char *file, char *const *flags);

#endif
