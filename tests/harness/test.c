/* test.c - see test.h. */
#define _GNU_SOURCE
#include "harness/test.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHILD_SECONDS = 20, GRACE_SECONDS = 3, SKIPPED = 77 };

static struct test *tests, **last = &tests;

void test_register(struct test *test)
{
    *last = test;
    last = &test->next;
}

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    char text[1024];
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    dprintf(STDERR_FILENO, "%s:%d: %s\n", file, line, text);
    _Exit(EXIT_FAILURE);
}

void test_skip(const char *reason)
{
    dprintf(STDERR_FILENO, "skipped: %s\n", reason);
    _Exit(SKIPPED);
}

static int memory_file(void)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    if (fd < 0)
        test_fail(__FILE__, __LINE__, "no memory file");
    return fd;
}

static void read_back(int fd, char *text, size_t size)
{
    ssize_t length = pread(fd, text, size - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    close(fd);
}

void expect_stderr(void (*function)(void *), void *arg, const char *expected)
{
    char text[16384];
    int file = memory_file(), saved = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(file, STDERR_FILENO);
    function(arg);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    read_back(file, text, sizeof text);
    if (!strstr(text, expected))
        test_fail(__FILE__, __LINE__, "expected on stderr: %s\ngot: %s", expected, text);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Waits at most `seconds` for the child to end; returns whether it has. */
static int reap(pid_t child, int *status, double seconds)
{
    double end = now() + seconds;
    for (;;) {
        pid_t got = waitpid(child, status, WNOHANG);
        if (got == child)
            return 1;
        if (now() >= end)
            return 0;
        poll(NULL, 0, 1);
    }
}

struct outcome run_child(void (*function)(void *), void *arg)
{
    struct outcome outcome = {.status = -1};
    int out = memory_file(), err = memory_file(), status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        test_fail(__FILE__, __LINE__, "no child process");
    if (child == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        function(arg);
        exit(EXIT_SUCCESS);
    }
    if (!reap(child, &status, CHILD_SECONDS)) {
        kill(child, SIGQUIT);
        if (!reap(child, &status, GRACE_SECONDS)) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
        }
        read_back(err, outcome.err, sizeof outcome.err);
        test_fail(__FILE__, __LINE__, "the child did not end within %d s\n%s", CHILD_SECONDS, outcome.err);
    }
    if (WIFEXITED(status))
        outcome.status = WEXITSTATUS(status);
    else
        outcome.signal = WTERMSIG(status);
    read_back(out, outcome.out, sizeof outcome.out);
    read_back(err, outcome.err, sizeof outcome.err);
    return outcome;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (struct test *test = tests; test; test = test->next)
            puts(test->name);
        return 0;
    }
    for (struct test *test = tests; argc == 2 && test; test = test->next) {
        if (strcmp(test->name, argv[1]) == 0) {
            test->function();
            return EXIT_SUCCESS;
        }
    }
    fprintf(stderr, "usage: %s --list | NAME\n", argv[0]);
    return 2;
}
