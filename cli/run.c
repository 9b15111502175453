/* run.c - sennit run: compile one C file and run it, as `go run` does. */
#define _GNU_SOURCE
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char flags[] = "-std=gnu11 -O2 -g -Wall -Wextra -fno-omit-frame-pointer -fstack-clash-protection -pthread";

static char folder[PATH_MAX / 2];   /* a folder of our own; "" : not made yet */
static char program[PATH_MAX];      /* in it */
static volatile sig_atomic_t child; /* the program, while it runs */
static volatile sig_atomic_t caught;

static void clean_up(void)
{
    if (program[0])
        unlink(program);
    if (folder[0])
        rmdir(folder);
    program[0] = folder[0] = '\0';
}

/* The program gets the terminal's signals by itself; what is sent to us alone goes on to it. */
static void on_signal(int number)
{
    caught = number;
    if (child > 0)
        kill((pid_t)child, number);
}

static void die_of(int number)
{
    struct rlimit none = {0, 0};
    clean_up();
    setrlimit(RLIMIT_CORE, &none); /* the program's own core is enough */
    signal(number, SIG_DFL);
    raise(number);
    _exit(128 + number);
}

static int make_folder(const char *file)
{
    const char *temporary = getenv("TMPDIR"), *base = strrchr(file, '/');
    base = base ? base + 1 : file;
    snprintf(folder, sizeof folder, "%s/sennit-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(folder)) {
        int error = errno;
        int status = complain(STATUS_CANNOT, "no temporary folder (%s): %s", folder, strerror(error));
        folder[0] = '\0';
        return status;
    }
    size_t length = strlen(base);
    if (length > 2 && strcmp(base + length - 2, ".c") == 0)
        length -= 2;
    snprintf(program, sizeof program, "%s/%.*s", folder, (int)length, base);
    return STATUS_OK;
}

static int compile(const char *file, const struct words *compiler, const struct places *places)
{
    struct words words = {0};
    char include[sizeof places->include + 2];
    snprintf(include, sizeof include, "-I%s", places->include);
    for (size_t i = 0; i < compiler->count; i++)
        words_add(&words, compiler->words[i]);
    words_add_split(&words, flags);
    words_add_split(&words, getenv("CFLAGS"));
    words_add(&words, include);
    words_add(&words, "-o");
    words_add(&words, program);
    words_add(&words, "-x");
    words_add(&words, "c");
    words_add(&words, file);
    words_add(&words, "-x");
    words_add(&words, "none");
    words_add(&words, places->library);
    words_add_split(&words, getenv("LDFLAGS"));
    words_add_split(&words, getenv("LDLIBS"));
    words_add(&words, "-lm");
    int status = run_and_wait(words.words, -1);
    words_free(&words);
    if (caught)
        die_of(caught);
    if (status < 0)
        return complain(STATUS_CANNOT, "could not start the compiler: %s", strerror(errno));
    return status == 0 ? STATUS_OK : STATUS_FAILED;
}

static int run_program(char **argv)
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        return complain(STATUS_CANNOT, "could not start the program: %s", strerror(errno));
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        signal(SIGQUIT, SIG_DFL);
        execv(program, argv);
        complain(STATUS_CANNOT, "could not start the program: %s", strerror(errno));
        _exit(STATUS_CANNOT);
    }
    child = pid;
    if (caught)
        kill(pid, caught);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return complain(STATUS_CANNOT, "lost the program: %s", strerror(errno));
    child = 0;
    clean_up();
    if (WIFSIGNALED(status))
        die_of(WTERMSIG(status));
    return WEXITSTATUS(status);
}

int run_verb(int argc, char **argv)
{
    struct places places;
    struct words compiler = {0};
    struct sigaction action = {.sa_handler = on_signal};
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        puts(
            "Usage: sennit run FILE.c [ARGUMENT...]\n"
            "Compile a C file against sennit and run it with the arguments. The environment's CC, CFLAGS, LDFLAGS and\n"
            "LDLIBS are respected. Exit status: the program's own; 1 if it does not compile.");
        return STATUS_OK;
    }
    if (argc < 2)
        return complain(STATUS_USAGE, "run: no file given; usage: sennit run FILE.c [ARGUMENT...]");
    if (argv[1][0] == '-' && argv[1][1])
        return complain(STATUS_USAGE, "run: unknown option '%s'; options of the program follow the file", argv[1]);
    if (!is_readable_file(argv[1]))
        return STATUS_USAGE;
    int status = find_places(&places);
    if (!status)
        status = add_compiler(&compiler);
    if (!status) {
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        sigaction(SIGHUP, &action, NULL);
        sigaction(SIGQUIT, &action, NULL);
        status = make_folder(argv[1]);
    }
    if (!status)
        status = compile(argv[1], &compiler, &places);
    if (!status && is_clang(&compiler)) {
        struct words extra = {0};
        words_add_split(&extra, getenv("CFLAGS"));
        words_add(&extra, "-std=gnu11");
        lint(argv[1], extra.words);
        words_free(&extra);
    }
    words_free(&compiler);
    if (!status) {
        argv[1] = program;
        char **arguments = argv + 1;
        status = run_program(arguments);
    }
    clean_up();
    return status;
}
