/* test.h - what a file of tests uses. Each TEST runs in a process of its own:
 *
 *     prog --list       prints the names, one a line
 *     prog NAME         runs that test here; exit status 0, 1, or 77: skipped
 *
 * A CHECK that fails says so and ends the process at once, from whichever thread or task.
 */
#ifndef HARNESS_TEST_H
#define HARNESS_TEST_H

#include <stdio.h>
#include <string.h>

struct test {
    const char *name;
    void (*function)(void);
    struct test *next;
};

void test_register(struct test *test);

#define TEST(id)                                                 \
    static void test_##id(void);                                 \
    __attribute__((constructor)) static void register_##id(void) \
    {                                                            \
        static struct test test = {#id, test_##id, NULL};        \
        test_register(&test);                                    \
    }                                                            \
    static void test_##id(void)

#define CHECK(condition) ((condition) ? (void)0 : test_fail(__FILE__, __LINE__, "CHECK(%s) failed", #condition))

#define CHECK_EQ(got, expected)                                                                           \
    do {                                                                                                  \
        long long got_ = (long long)(got), expected_ = (long long)(expected);                             \
        if (got_ != expected_)                                                                            \
            test_fail(__FILE__, __LINE__, "%s is %lld, not %s = %lld", #got, got_, #expected, expected_); \
    } while (0)

#define CHECK_STR(got, expected)                                                                              \
    do {                                                                                                      \
        const char *got_ = (got), *expected_ = (expected);                                                    \
        if (!got_ || strcmp(got_, expected_) != 0)                                                            \
            test_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #got, got_ ? got_ : "NULL", expected_); \
    } while (0)

#define SKIP(reason) test_skip(reason)

void test_fail(const char *file, int line, const char *format, ...) __attribute__((noreturn, format(printf, 3, 4)));
void test_skip(const char *reason) __attribute__((noreturn));

/* Run function(arg) and check that what it writes to stderr contains `expected`. */
void expect_stderr(void (*function)(void *), void *arg, const char *expected);

/* How a child process ended, and what it wrote (cut at the end of the buffers). */
struct outcome {
    int status; /* exit status; -1: it was ended by a signal */
    int signal; /* that signal, or 0 */
    char out[4096];
    char err[16384];
};

/* Fork a child that runs function(arg) and then exit(0); to be called before the test's first sennit call. After 20 s
 * the child gets SIGQUIT, and soon after SIGKILL. */
struct outcome run_child(void (*function)(void *), void *arg);

#endif
