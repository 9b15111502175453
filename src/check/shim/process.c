/* process.c - a whole program: main, run again and again, each time in a process of its own.       Layer: check.
 *                                                                          Checked by: tests/check
 * `sennit check` starts the program with this library preloaded and says in the environment what to do. Then this
 * process, in which nothing of the program has run yet but the constructors of its shared libraries, forks a child for
 * each run, and the child runs the program. A failure is confirmed by starting the program anew, with that one
 * schedule.
 *
 *   SENNIT_CHECK=do=explore ...   explore, and report
 *   SENNIT_CHECK=do=confirm ...   one schedule in a forked run; exit status CONFIRM_BASE + the verdict
 *   SENNIT_CHECK=do=replay ...    one schedule in this very process, with the program's own input and output
 */
#define _GNU_SOURCE
#include "base/panic.h"
#include "check/crash.h"
#include "check/explore.h"
#include "check/hooks.h"
#include "check/machine.h"
#include "check/plan.h"
#include "check/report.h"
#include "check/shim/shim.h"
#include "check/token.h"
#include "plat/plat.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONFIRM_BASE = 64, BLANK_IN_NAME = 1, MOST_ARGUMENTS_TEXT = 4096 };

extern char **environ;

typedef int main_function(int, char **, char **);
typedef int start_function(main_function *, int, char **, main_function *, void (*)(void), void (*)(void), void *);

static struct {
    /* as _start gave them */
    start_function *start;
    main_function *main, *init;
    int argc;
    char **argv;
    void (*fini)(void), (*rtld_fini)(void);
    void *stack_end;

    char *preload, *options_text; /* of the environment, before it was cleaned */
    char name[MOST_ARGUMENTS_TEXT];
    enum { EXPLORE, CONFIRM, REPLAY } what;
    bool stop_at_failure; /* replay: for a debugger */
    bool any_status;
    bool knows_status;
    int status;     /* of the first run */
    int null;       /* /dev/null */
    bool is_forked; /* this process was forked by the program */
    bool shows_progress;
    int64_t next_progress;
    sn_plan *plan;
} program;

/* ---- how a run ends */

static void note_end(int status, void *unused)
{
    (void)unused;
    if (!sn_machine_is_on() || program.is_forked)
        return;
    sn_shim_check_end();
    sn_explore_note_runners();
    sn_explore_note_end(SN_VERDICT_PASSED);
    sn_machine_->is_on = false;
    if (program.what == REPLAY) {
        fflush(NULL);
        if (status)
            dprintf(STDERR_FILENO, "sennit: the schedule was replayed; it ends with exit status %d\n", status);
        else
            dprintf(STDERR_FILENO, "sennit: the schedule was replayed, and nothing failed\n");
    }
}

static _Noreturn void leave_replay(void)
{
    sn_plan *plan = program.plan;
    sn_machine_->is_on = false;
    plan->verdict = sn_explorer_->result.verdict;
    if (plan->verdict == SN_VERDICT_CUT)
        sn_check_give_up("%s can't be explored: %s", program.name, sn_explorer_->result.text);
    plan->is_confirmed = true;
    plan->strategy = "replay";
    sn_plan_keep_run(plan);
    sn_report_failure(plan, STDERR_FILENO);
    if (program.stop_at_failure)
        raise(SIGTRAP); /* gdb stops here, with the failing strand's stack */
    _exit(1);
}

/* A process that the program has forked fails by itself; its parent sees what it would see without the checker. */
static _Noreturn void leave_forked(void)
{
    const sn_run_result *result = &sn_explorer_->result;
    sn_machine_->is_on = false;
    if (result->verdict == SN_VERDICT_SIGNALLED) {
        signal(result->status, SIG_DFL);
        raise(result->status);
    }
    if (result->verdict == SN_VERDICT_ABORTED || result->verdict == SN_VERDICT_ASSERTION) {
        signal(SIGABRT, SIG_DFL);
        abort();
    }
    for (;;)
        pause();
}

static bool is_waiting_for_signal(void)
{
    for (unsigned i = 0; i < sn_machine_->alive; i++)
        if (sn_machine_->live[i]->op.what == sn_shim_signal_wait)
            return true;
    return false;
}

/* A signal may be what a run waits for. A timer's comes in real time, which hardly passes here; another process's,
 * never.
 */
static void heed_signals(void)
{
    sn_run_result *result = &sn_explorer_->result;
    struct itimerval timer = {0};
    if (program.what == REPLAY) /* the timer is its own */
        return;
    if (result->verdict != SN_VERDICT_DEADLOCK && result->verdict != SN_VERDICT_LOST_WAKEUP &&
        result->verdict != SN_VERDICT_STEP_LIMIT)
        return;
    getitimer(ITIMER_REAL, &timer);
    bool has_timer = timer.it_value.tv_sec || timer.it_value.tv_usec;
    if ((!has_timer && !is_waiting_for_signal()) || sn_shim_has_circle())
        return;
    result->verdict = SN_VERDICT_CUT;
    snprintf(result->text, sizeof result->text, "it may wait for the signal of %s",
             has_timer ? "a timer (setitimer, alarm)" : "another process");
}

void sn_explore_leave_process(void)
{
    if (program.is_forked)
        leave_forked();
    heed_signals();
    enum sn_verdict verdict = sn_explorer_->result.verdict;
    if (program.what == REPLAY && (sn_is_failure(verdict) || verdict == SN_VERDICT_CUT))
        leave_replay();
    _exit(0);
}

/* ---- a run */

/* A process that the program forks has one thread, and a default schedule of its own. */
static void in_forked_child(void)
{
    if (!sn_machine_is_on())
        return;
    program.is_forked = true;
    sn_explore_alone();
    sn_machine_alone();
}

/* Our own exit rather than the C library's, which it calls when main returns: the end of main is a step. */
static int main_then_exit(int argc, char **argv, char **environment)
{
    exit(program.main(argc, argv, environment));
}

static _Noreturn void run_main(void)
{
    sn_crash_catch();
    if (program.what != REPLAY)
        sn_crash_heed_watcher();
    pthread_atfork(NULL, NULL, in_forked_child);
    sn_machine_reset(false, false, sn_explorer_->most_steps);
    sn_check_hook(true);
    sn_machine_adopt();
    program.start(main_then_exit, program.argc, program.argv, program.init, program.fini, program.rtld_fini,
                  program.stack_end);
    __builtin_unreachable(); /* it calls exit */
}

/* The program's input is the same in each run: a file from its beginning, else nothing. */
static void set_up_streams(void)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", STDIN_FILENO);
    int input = lseek(STDIN_FILENO, 0, SEEK_CUR) >= 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    dup2(input >= 0 ? input : program.null, STDIN_FILENO);
    dup2(program.null, STDOUT_FILENO);
    dup2(program.null, STDERR_FILENO);
}

/* Whether a process waits in the kernel: a loop runs, or would if it had a core. */
static bool is_asleep(pid_t process)
{
    char path[48], state = 'R';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *file = fopen(path, "re");
    if (file) {
        if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) /* a name with a bracket in it: not known */
            state = 'R';
        fclose(file);
    }
    return state == 'S' || state == 'D';
}

/* Waits for a process; one that does not end is killed. Returns its wait status, or -1: it had to be killed. */
static int wait_for(pid_t child, int seconds)
{
    int status = 0, handle = (int)syscall(SYS_pidfd_open, child, 0);
    if (handle >= 0) {
        struct pollfd wanted = {.fd = handle, .events = POLLIN};
        int ready;
        do
            ready = poll(&wanted, 1, seconds * 1000);
        while (ready < 0 && errno == EINTR);
        if (ready == 0) {
            sn_explorer_->sleeps = is_asleep(child);
            kill(child, SN_HANG_SIGNAL); /* it can say where it is */
            poll(&wanted, 1, 1000);
            kill(child, SIGKILL);
        }
        close(handle);
        if (ready == 0) {
            while (waitpid(child, &status, 0) < 0 && errno == EINTR)
                ;
            return -1;
        }
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

/* Kill what the program has started and left behind: it has become this process's own. */
static void end_orphans(void)
{
    while (waitpid(-1, NULL, WNOHANG) >= 0) {
        FILE *list = fopen("/proc/thread-self/children", "re");
        int child;
        while (list && fscanf(list, "%d", &child) == 1)
            kill(child, SIGKILL);
        if (!list)
            return;
        fclose(list);
    }
}

static void judge(int status)
{
    sn_run_result *result = &sn_explorer_->result;
    if (result->is_set && result->verdict != SN_VERDICT_PASSED) /* it has said so itself */
        return;
    if (status == -1 && sn_explorer_->sleeps) {
        result->verdict = SN_VERDICT_CUT;
        snprintf(result->text, sizeof result->text, SN_SLEEPS_TEXT);
    } else if (status == -1) {
        result->verdict = SN_VERDICT_HANG;
        snprintf(result->text, sizeof result->text,
                 "a strand has run for %d s without a step that the checker could see", SN_HANG_SECONDS);
    } else if (WIFSIGNALED(status)) {
        result->verdict = SN_VERDICT_SIGNALLED;
        result->status = WTERMSIG(status);
        snprintf(result->text, sizeof result->text, "%s", strsignal(WTERMSIG(status)));
    } else {
        result->verdict = SN_VERDICT_PASSED;
        result->status = WEXITSTATUS(status);
        if (!program.knows_status) {
            program.status = result->status;
            program.knows_status = program.what == EXPLORE;
        } else if (result->status != program.status && !program.status && !program.any_status) {
            result->verdict = SN_VERDICT_BAD_STATUS;
            snprintf(result->text, sizeof result->text, "exit status %d, where the default schedule gives 0",
                     result->status);
        }
    }
    result->is_set = true;
}

static void progress(void)
{
    int64_t now = sn_plat_now();
    if (!program.shows_progress || now < program.next_progress)
        return;
    program.next_progress = now + sennit_ms(200);
    dprintf(STDERR_FILENO, "\r\033[Ksennit: %llu schedules", (unsigned long long)sn_explorer_->schedules);
}

static void fork_run(void *unused)
{
    (void)unused;
    sn_explorer_->sleeps = false;
    progress();
    pid_t child = fork();
    if (child < 0)
        sn_check_give_up("could not fork a run: %s", strerror(errno));
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        set_up_streams();
        run_main();
    }
    judge(wait_for(child, SN_HANG_SECONDS));
    end_orphans();
}

/* ---- confirmation by a fresh process */

static bool confirm(const sn_plan *plan)
{
    enum { MOST_TOKEN = 64 * 1024 };
    char *token = sn_check_share(MOST_TOKEN), *text = sn_check_share(MOST_TOKEN + 256);
    if (!sn_token_write(token, MOST_TOKEN, plan))
        return false;
    snprintf(text, MOST_TOKEN + 256, "do=confirm steps=%u status=%d%s replay=%s", plan->options.steps, program.status,
             program.any_status ? " any-status=1" : "", token);
    setenv("SENNIT_CHECK", text, 1);
    if (program.preload)
        setenv("LD_PRELOAD", program.preload, 1);
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, program.null, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, program.null, STDERR_FILENO);
    int error = posix_spawn(&child, "/proc/self/exe", &actions, NULL, program.argv, environ);
    if (error)
        sn_complain("could not start a fresh process: %s", strerror(error));
    else
        status = wait_for(child, 2 * SN_HANG_SECONDS); /* it waits for a run itself */
    posix_spawn_file_actions_destroy(&actions);
    unsetenv("SENNIT_CHECK");
    unsetenv("LD_PRELOAD");
    sn_check_unshare(token, MOST_TOKEN);
    sn_check_unshare(text, MOST_TOKEN + 256);
    return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == CONFIRM_BASE + (int)plan->verdict;
}

/* ---- the start */

/* The value of name=... among the options, to be freed; NULL: not given. */
static char *option(const char *name)
{
    size_t length = strlen(name);
    for (const char *at = program.options_text; at && *at;) {
        size_t word = strcspn(at, " ");
        if (word > length && strncmp(at, name, length) == 0 && at[length] == '=')
            return strndup(at + length + 1, word - length - 1);
        at += word + strspn(at + word, " ");
    }
    return NULL;
}

static long long number(const char *name, long long otherwise)
{
    char *text = option(name);
    long long value = text ? strtoll(text, NULL, 10) : otherwise;
    free(text);
    return value;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static sn_plan *make_plan(void)
{
    sennit_check_options options = {.strategy = option("strategy"),
                                    .bound = (int)number("bound", 0),
                                    .schedules = (uint64_t)number("schedules", 0),
                                    .time = sennit_ms(number("ms", 0)),
                                    .seed = (uint64_t)number("seed", 0),
                                    .steps = (uint32_t)number("steps", 0),
                                    .replay = option("replay"),
                                    .name = program.name};
    sn_plan *plan = sn_plan_new(&options);
    if (!plan || (options.replay && !sn_token_read(options.replay, plan)))
        _exit(2);
    return plan;
}

/* A word as a shell takes it. Returns its length. */
static size_t quote(char *to, size_t size, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%^";
    size_t length = 0;
    bool is_plain = *word && strspn(word, plain) == strlen(word);
    if (is_plain || 4 * strlen(word) + 3 > size) {
        snprintf(to, size, "%s", word);
        return strlen(to);
    }
    to[length++] = '\'';
    for (; *word; word++) {
        if (*word == '\'')
            length += (size_t)sprintf(to + length, "'\\'");
        to[length++] = *word;
    }
    to[length++] = '\'';
    to[length] = '\0';
    return length;
}

/* In the option, which is a word, a 1 stands for a blank. */
static void name_program(void)
{
    char *shown = option("name");
    size_t length = 0;
    for (char *at = shown; at && *at; at++)
        if (*at == BLANK_IN_NAME)
            *at = ' ';
    for (int i = 0; i < program.argc && length < sizeof program.name - 2; i++) {
        if (i)
            program.name[length++] = ' ';
        length += quote(program.name + length, sizeof program.name - length, i == 0 && shown ? shown : program.argv[i]);
    }
    free(shown);
}

static _Noreturn void explore(void)
{
    sn_plan *plan = program.plan;
    plan->program = (sn_program){fork_run, NULL};
    if (program.what == EXPLORE)
        plan->confirm = confirm;
    sn_machine_reset(false, false, 1);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    fflush(NULL);
    sn_plan_carry_out(plan);
    if (program.shows_progress)
        dprintf(STDERR_FILENO, "\r\033[K");
    if (plan->verdict == SN_VERDICT_CUT)
        sn_check_give_up("%s can't be explored: %s", program.name, sn_explorer_->result.text);
    if (program.what == CONFIRM)
        _exit(CONFIRM_BASE + (int)plan->verdict);
    if (sn_is_failure(plan->verdict))
        sn_report_failure(plan, STDOUT_FILENO);
    else
        sn_report_passed(plan, STDOUT_FILENO);
    if (!sn_is_failure(plan->verdict) && program.status && !program.any_status)
        dprintf(STDOUT_FILENO,
                "  exit status %d in the default schedule: what other schedules end with was not compared\n",
                program.status);
    _exit(sn_is_failure(plan->verdict));
}

static _Noreturn void replay(void)
{
    static sn_search search;
    sn_plan *plan = program.plan;
    sn_explorer *explorer = sn_explorer_;
    search = (sn_search){.deviations = plan->deviations, .deviation_count = plan->deviation_count};
    explorer->strategy = &sn_strategy_replay;
    explorer->most_steps = plan->options.steps;
    sn_strategy_replay.begin(explorer->state, &search);
    sn_strategy_replay.start(explorer->state, 0);
    if (!program.stop_at_failure && !isatty(STDIN_FILENO)) /* a debugger, or who types, may take his time */
        sn_crash_watch();
    run_main();
}

/* Returns in no process: a run ends by exit, and the explorer by _exit. */
static _Noreturn void check(void)
{
    program.preload = copy(getenv("LD_PRELOAD"));
    program.options_text = copy(getenv("SENNIT_CHECK"));
    unsetenv("LD_PRELOAD"); /* neither for the program nor for what it starts */
    unsetenv("SENNIT_CHECK");
    char *what = option("do");
    program.what = what && strcmp(what, "replay") == 0    ? REPLAY
                   : what && strcmp(what, "confirm") == 0 ? CONFIRM
                                                          : EXPLORE;
    free(what);
    program.stop_at_failure = number("stop", 0);
    program.any_status = number("any-status", 0);
    program.shows_progress = number("progress", 0);
    program.status = (int)number("status", 0);
    program.knows_status = program.what == CONFIRM;
    program.null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (program.null < 0)
        sn_check_give_up("could not open /dev/null: %s", strerror(errno));
    on_exit(note_end, NULL); /* before any of the program's, static destructors too: runs after them */
    name_program();
    sn_explorer_set_up();
    program.plan = make_plan();
    if (program.what == REPLAY)
        replay();
    explore();
}

/* The C library's entry, which _start calls with main: it runs the program's constructors, main, and exit. */
SENNIT_API int __libc_start_main(main_function *main, int argc, char **argv, main_function *init, void (*fini)(void),
                                 void (*rtld_fini)(void), void *stack_end);
int __libc_start_main(main_function *main, int argc, char **argv, main_function *init, void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end)
{
    program.start = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");
    program.main = main;
    program.argc = argc;
    program.argv = argv;
    program.init = init;
    program.fini = fini;
    program.rtld_fini = rtld_fini;
    program.stack_end = stack_end;
    if (getenv("SENNIT_CHECK"))
        check();
    return program.start(main, argc, argv, init, fini, rtld_fini, stack_end);
}
