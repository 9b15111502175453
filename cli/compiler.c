/* compiler.c - finding the compiler, the headers and the library, and running programs. */
#define _GNU_SOURCE
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void words_add(struct words *words, const char *word)
{
    if (words->count + 1 >= words->room) {
        words->room = words->room ? 2 * words->room : 32;
        words->words = realloc(words->words, words->room * sizeof *words->words);
    }
    char *copy = words->words ? strdup(word) : NULL;
    if (!copy)
        exit(complain(STATUS_CANNOT, "out of memory"));
    words->words[words->count++] = copy;
    words->words[words->count] = NULL;
}

void words_add_split(struct words *words, const char *text)
{
    char *copy = strdup(text ? text : ""), *rest = copy, *word;
    if (!copy)
        exit(complain(STATUS_CANNOT, "out of memory"));
    while ((word = strsep(&rest, " \t\n")) != NULL)
        if (*word)
            words_add(words, word);
    free(copy);
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->words[i]);
    free(words->words);
    *words = (struct words){0};
}

static bool is_there(const char *path)
{
    return access(path, R_OK) == 0;
}

int find_places(struct places *places)
{
    /* From the command's folder: the headers and the library, in the build tree and where they are installed. */
    static const char *const layouts[][3] = {
        {"../include", "libsennit.a", "libsennit-check.so"},
        {"../../include", "libsennit.a", "libsennit-check.so"},
        {"../include", "../lib/libsennit.a", "../lib/libsennit-check.so"},
    };
    char self[PATH_MAX / 2], probe[2 * PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        return complain(STATUS_CANNOT, "can't tell where the command is: %s", strerror(errno));
    self[length] = '\0';
    const char *folder = dirname(self);
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        snprintf(places->include, sizeof places->include, "%s/%s", folder, layouts[i][0]);
        snprintf(places->library, sizeof places->library, "%s/%s", folder, layouts[i][1]);
        snprintf(places->checker, sizeof places->checker, "%s/%s", folder, layouts[i][2]);
        snprintf(probe, sizeof probe, "%s/sennit.h", places->include);
        if (is_there(probe) && is_there(places->library))
            return STATUS_OK;
    }
    return complain(STATUS_CANNOT, "sennit.h and libsennit.a are not where they belong beside %s; reinstall sennit",
                    folder);
}

bool is_readable_file(const char *path)
{
    struct stat status;
    int error = 0;
    if (stat(path, &status) != 0 || access(path, R_OK) != 0)
        error = errno;
    else if (S_ISDIR(status.st_mode))
        error = EISDIR;
    if (error)
        complain(STATUS_USAGE, "%s: %s", path, strerror(error));
    return !error;
}

bool is_program(const char *name)
{
    if (strchr(name, '/'))
        return access(name, X_OK) == 0;
    const char *path = getenv("PATH");
    char candidate[PATH_MAX];
    for (const char *at = path ? path : "/usr/bin:/bin"; *at;) {
        size_t length = strcspn(at, ":");
        snprintf(candidate, sizeof candidate, "%.*s/%s", (int)length, at, name);
        if (access(candidate, X_OK) == 0)
            return true;
        at += length + (at[length] == ':');
    }
    return false;
}

int add_compiler(struct words *words)
{
    static const char *const usual[] = {"cc", "gcc", "clang"};
    const char *chosen = getenv("CC");
    if (chosen && *chosen) {
        words_add_split(words, chosen);
        if (words->count == 0 || !is_program(words->words[0]))
            return complain(STATUS_CANNOT, "the compiler CC=%s is not there", chosen);
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (is_program(usual[i])) {
            words_add(words, usual[i]);
            return STATUS_OK;
        }
    }
    return complain(STATUS_CANNOT,
                    "there is no C compiler (cc, gcc or clang); on Debian: apt-get install gcc libc6-dev");
}

int run_and_wait(char *const *argv, int err)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status, error = posix_spawn_file_actions_init(&actions);
    if (!error && err >= 0)
        error = posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    if (!error)
        error = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error) {
        errno = error;
        return -1;
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

bool is_clang(const struct words *compiler)
{
    char text[512] = "";
    struct words words = {0};
    int output = memfd_create("version", MFD_CLOEXEC), saved = dup(STDOUT_FILENO);
    if (output < 0 || saved < 0)
        return false;
    for (size_t i = 0; i < compiler->count; i++)
        words_add(&words, compiler->words[i]);
    words_add(&words, "--version");
    fflush(stdout);
    dup2(output, STDOUT_FILENO);
    int status = run_and_wait(words.words, -1);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    if (status == 0 && pread(output, text, sizeof text - 1, 0) < 0)
        text[0] = '\0';
    close(output);
    words_free(&words);
    return strstr(text, "clang") != NULL;
}
