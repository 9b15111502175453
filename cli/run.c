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

static const char run_flags[] =
    "-std=gnu11 -O2 -g -Wall -Wextra -fno-omit-frame-pointer -fstack-clash-protection -pthread";

static char folder[PATH_MAX / 2];   /* a folder of our own; "" : not made yet */
static char program[PATH_MAX];      /* in it */
static volatile sig_atomic_t child; /* the program, while it runs */
static volatile sig_atomic_t caught;

static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
enum { PASSED_ON = sizeof passed_on / sizeof *passed_on };

void clean_up(void)
{
    if (program[0])
        unlink(program);
    if (folder[0])
        rmdir(folder);
    program[0] = folder[0] = '\0';
}

/* What the terminal sends (SI_KERNEL) the program gets by itself, being in the same process group; what is sent to us
 * alone goes on to it. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    caught = number;
    if (child > 0 && info->si_code != SI_KERNEL)
        kill((pid_t)child, number);
}

static void on_pipe(int number)
{
    (void)number;
}

/* A signal that whoever started us ignores (nohup) stays ignored, by the program too. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO}, before;
    for (int i = 0; i < PASSED_ON; i++)
        if (sigaction(passed_on[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(passed_on[i], &action, NULL);
    /* A line of ours that nobody reads must not keep us from cleaning up. Not SIG_IGN, which exec would pass on. */
    action = (struct sigaction){.sa_handler = on_pipe};
    if (sigaction(SIGPIPE, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGPIPE, &action, NULL);
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

static int compile(const char *file, const struct words *compiler, const char *flags, const char *library,
                   const struct places *places)
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
    words_add(&words, library);
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

int compile_program(const char *file, const char *flags, const char *library, const struct places *places,
                    const char **path)
{
    struct words compiler = {0};
    int status = add_compiler(&compiler);
    if (!status) {
        catch_signals();
        status = make_folder(file);
    }
    if (!status)
        status = compile(file, &compiler, flags, library, places);
    words_free(&compiler);
    if (status)
        clean_up();
    *path = program;
    return status;
}

/* Starts the program with the signals as they were for us: exec undoes the handlers, and keeps what is ignored. */
static pid_t start_program(const char *path, char *const *argv)
{
    sigset_t held, before;
    sigemptyset(&held);
    for (int i = 0; i < PASSED_ON; i++)
        sigaddset(&held, passed_on[i]);
    sigprocmask(SIG_BLOCK, &held, &before); /* what comes meanwhile reaches the handler once it knows the child */
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < PASSED_ON; i++) {
            struct sigaction ours;
            if (sigaction(passed_on[i], NULL, &ours) == 0 && ours.sa_handler != SIG_IGN)
                signal(passed_on[i], SIG_DFL);
        }
        sigprocmask(SIG_SETMASK, &before, NULL);
        execvp(path, argv);
        int error = errno;
        complain(STATUS_CANNOT, "could not start %s: %s%s", path, strerror(error),
                 path == program && error == EACCES ? " (is $TMPDIR mounted noexec?)" : "");
        _exit(STATUS_CANNOT);
    }
    child = pid;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

int run_command(const char *path, char *const *argv)
{
    int status = 0;
    siginfo_t ended;
    catch_signals();
    fflush(NULL);
    if (caught)
        die_of(caught);
    pid_t pid = start_program(path, argv);
    if (pid < 0)
        return complain(STATUS_CANNOT, "could not start the program: %s", strerror(errno));
    /* First wait without reaping: until `child` is cleared, its number must not go to another process. */
    while (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT) < 0)
        if (errno != EINTR)
            return complain(STATUS_CANNOT, "lost the program: %s", strerror(errno));
    child = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return complain(STATUS_CANNOT, "lost the program: %s", strerror(errno));
    clean_up();
    if (WIFSIGNALED(status))
        die_of(WTERMSIG(status));
    return WEXITSTATUS(status);
}

int run_verb(int argc, char **argv)
{
    struct places places;
    struct words compiler = {0};
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
    const char *path;
    int status = find_places(&places);
    if (!status)
        status = compile_program(argv[1], run_flags, places.library, &places, &path);
    if (status)
        return status;
    if (!add_compiler(&compiler) && is_clang(&compiler)) {
        struct words extra = {0};
        words_add_split(&extra, getenv("CFLAGS"));
        lint(argv[1], extra.words);
        words_free(&extra);
    }
    words_free(&compiler);
    argv[1] = program;
    status = run_command(program, argv + 1);
    clean_up();
    return status;
}
