/* check.c - sennit check: run a program under every schedule that matters. The work is done by libsennit-check, which
 * is preloaded into the program; this compiles if need be, says what to do in the environment, and waits. */
#define _GNU_SOURCE
#include "cli.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

enum { MOST_SCHEDULE = 64 * 1024, MOST_OPTIONS = MOST_SCHEDULE + 16 * 1024 };
enum { BLANK_IN_NAME = 1 }; /* as src/check/shim/process.c has it */
enum { KEY_REPLAY = 1000, KEY_GDB, KEY_STRATEGY, KEY_STEPS, KEY_SEED, KEY_ANY_STATUS };

struct request {
    const char *strategy, *replay;
    const char *bound, *schedules, *seed, *steps;
    double seconds;
    bool gdb, any_status;
    int at; /* of FILE among the arguments */
};

static const struct argp_option options[] = {
    {"schedules", 'n', "N", 0, "explore at most N schedules (10000)", 0},
    {"time", 't', "SECONDS", 0, "explore for at most so long (10)", 0},
    {"strategy", KEY_STRATEGY, "NAME", 0,
     "preemptions, delays: every schedule within --bound; dpor: every one that synchronisations tell apart; "
     "surw, pos, pct, random: by chance. Default: a mixture",
     0},
    {"bound", 'b', "N", 0, "for preemptions and delays: at most N of them (2)", 0},
    {"seed", KEY_SEED, "N", 0, "of the strategies that go by chance (1)", 0},
    {"steps", KEY_STEPS, "N", 0, "a schedule that has not ended after N steps is a failure (20000)", 0},
    {"any-status", KEY_ANY_STATUS, NULL, 0, "an exit status that differs between schedules is no failure", 0},
    {"replay", KEY_REPLAY, "SCHEDULE", 0,
     "run only this schedule, as a report names it; @FILE: the one that the file holds", 1},
    {"gdb", KEY_GDB, NULL, 0, "with --replay: under gdb, which stops at the failure", 1},
    {0}};

/* Whether `text` is a whole number from `least` to `most`; complains if not. */
static bool is_number(const char *name, const char *text, long long least, long long most)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (!errno && *text && !*end && value >= least && value <= most)
        return true;
    complain(STATUS_USAGE, "check: --%s takes a whole number from %lld to %lld, not '%s'", name, least, most, text);
    return false;
}

/* The schedule that a file holds, or NULL, having said why. */
static const char *read_schedule(const char *path)
{
    static char text[MOST_SCHEDULE + 1];
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (!file || ferror(file) || !length) {
        complain(STATUS_USAGE, "check: can't read a schedule from %s: %s", path,
                 length || (file && !ferror(file)) ? "it is empty" : strerror(errno));
        if (file)
            fclose(file);
        return NULL;
    }
    fclose(file);
    text[length] = '\0';
    text[strcspn(text, " \t\n")] = '\0';
    return text;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;
    char *end;
    switch (key) {
    case 'n':
        request->schedules = arg;
        return is_number("schedules", arg, 1, LLONG_MAX) ? 0 : EINVAL;
    case 't':
        request->seconds = strtod(arg, &end);
        if (*arg && !*end && request->seconds > 0 && request->seconds < 1e9)
            return 0;
        complain(STATUS_USAGE, "check: --time takes a number of seconds, not '%s'", arg);
        return EINVAL;
    case 'b':
        request->bound = arg;
        return is_number("bound", arg, 0, 1000) ? 0 : EINVAL;
    case KEY_SEED:
        request->seed = arg;
        return is_number("seed", arg, 1, LLONG_MAX) ? 0 : EINVAL;
    case KEY_STEPS:
        request->steps = arg;
        return is_number("steps", arg, 1, 100000) ? 0 : EINVAL;
    case KEY_STRATEGY:
        request->strategy = arg;
        return 0;
    case KEY_ANY_STATUS:
        request->any_status = true;
        return 0;
    case KEY_REPLAY:
        request->replay = *arg == '@' ? read_schedule(arg + 1) : arg;
        if (request->replay && strlen(request->replay) >= MOST_SCHEDULE)
            return complain(STATUS_USAGE, "check: --replay: no schedule is as long as that"), EINVAL;
        return request->replay ? 0 : EINVAL;
    case KEY_GDB:
        request->gdb = true;
        return 0;
    case ARGP_KEY_ARG:
        request->at = state->next - 1; /* the rest is the program's */
        state->next = state->argc;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the program */

static void add(char *text, const char *name, const char *value)
{
    size_t length = strlen(text);
    if (value)
        snprintf(text + length, MOST_OPTIONS - length, " %s=%s", name, value);
}

static void say_what_to_do(const struct request *request, const char *name)
{
    static char text[MOST_OPTIONS];
    char ms[32];
    snprintf(text, sizeof text, "do=%s", request->replay ? "replay" : "explore");
    add(text, "strategy", request->strategy);
    add(text, "bound", request->bound && strcmp(request->bound, "0") == 0 ? "-1" : request->bound);
    add(text, "schedules", request->schedules);
    add(text, "seed", request->seed);
    add(text, "steps", request->steps);
    if (request->seconds > 0) {
        snprintf(ms, sizeof ms, "%.0f", request->seconds * 1000 < 1 ? 1 : request->seconds * 1000);
        add(text, "ms", ms);
    }
    add(text, "any-status", request->any_status ? "1" : NULL);
    add(text, "stop", request->gdb ? "1" : NULL);
    add(text, "progress", !request->replay && isatty(STDERR_FILENO) ? "1" : NULL);
    char word[PATH_MAX];
    snprintf(word, sizeof word, "%s", name);
    for (char *at = word; *at; at++)
        if (*at == ' ')
            *at = BLANK_IN_NAME;
    add(text, "name", word);
    add(text, "replay", request->replay);
    setenv("SENNIT_CHECK", text, 1);
}

static void add_preload(const char *library)
{
    char text[2 * PATH_MAX];
    const char *before = getenv("LD_PRELOAD");
    snprintf(text, sizeof text, "%s%s%s", library, before && *before ? ":" : "", before ? before : "");
    setenv("LD_PRELOAD", text, 1);
}

static void add_gdb(struct words *words)
{
    char line[MOST_OPTIONS + 64];
    static const char *const fixed[] = {"gdb",  "-q",
                                        "-iex", "set startup-with-shell off",
                                        "-iex", "set confirm off",
                                        "-iex", "set debuginfod enabled off"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        words_add(words, fixed[i]);
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "SENNIT_CHECK" : "LD_PRELOAD";
        snprintf(line, sizeof line, "set environment %s %s", name, getenv(name));
        words_add(words, "-iex");
        words_add(words, line);
    }
    words_add(words, "-ex");
    words_add(words, "run");
    words_add(words, "--args");
}

static int check(const struct request *request, char **arguments)
{
    static const char flags[] = "-std=gnu11 -Og -g -Wall -Wextra -fno-omit-frame-pointer -pthread";
    struct places places;
    struct words words = {0};
    const char *file = arguments[0], *path = file;
    size_t length = strlen(file);
    int status = find_places(&places);
    if (status)
        return status;
    if (access(places.checker, R_OK) != 0)
        return complain(STATUS_CANNOT, "%s is not there; reinstall sennit", places.checker);
    if (!is_readable_file(file))
        return STATUS_USAGE;
    if (length > 2 && strcmp(file + length - 2, ".c") == 0)
        status = compile_program(file, flags, places.checker, &places, &path);
    else
        status = look_at_program(file);
    if (status)
        return status;
    char whole[PATH_MAX];
    if (!strchr(path, '/')) {
        snprintf(whole, sizeof whole, "./%s", path);
        path = whole;
    }
    say_what_to_do(request, file);
    add_preload(places.checker);
    if (request->gdb) {
        add_gdb(&words);
        unsetenv("LD_PRELOAD"); /* gdb hands it on to the program */
        unsetenv("SENNIT_CHECK");
    }
    words_add(&words, path);
    for (int i = 1; arguments[i]; i++)
        words_add(&words, arguments[i]);
    personality(ADDR_NO_RANDOMIZE); /* so that addresses, and what hangs on them, are the same in each process */
    status = run_command(words.words[0], words.words);
    clean_up();
    words_free(&words);
    return status;
}

int check_verb(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse,
        "FILE.c|PROGRAM [ARGUMENT...]",
        "Run a program under every schedule that matters, and show the one that breaks it.\v"
        "The program is one that uses sennit, or pthread, C11 threads or POSIX semaphores; a C file is compiled first, "
        "as by sennit run. Found are deadlocks, lost wake-ups, strands left blocked at exit, failed assertions, "
        "aborts, crashes, misuse, uncaught errors, and runs that do not end. Exit status: 0 nothing found, 1 a "
        "failure, 2 wrong usage, "
        "3 the checker could not run.",
        NULL,
        NULL,
        NULL};
    struct request request = {0};
    static char name[] = "sennit check";
    argv[0] = name;
    argp_err_exit_status = STATUS_USAGE;
    if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &request) != 0)
        return STATUS_USAGE;
    if (!request.at)
        return complain(STATUS_USAGE,
                        "check: no file given; usage: sennit check [OPTION...] FILE.c|PROGRAM [ARGUMENT...]");
    if (request.strategy && strpbrk(request.strategy, " \t\n")) /* the checker itself knows the others */
        return complain(STATUS_USAGE, "check: no strategy is called '%s'", request.strategy);
    if (request.gdb && !request.replay)
        return complain(STATUS_USAGE, "check: --gdb needs the schedule to run: --replay SCHEDULE");
    if (request.gdb && !is_program("gdb"))
        return complain(STATUS_CANNOT, "check: gdb is not installed (on Debian: apt-get install gdb)");
    return check(&request, argv + request.at);
}
