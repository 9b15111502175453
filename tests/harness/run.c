/* run.c - runs tests, each in a process group of its own and with a time limit.
 *
 *     run [-j JOBS] [-t SECONDS] [-e EXPLORED] [-v] [--fail-on-skip] LIST
 *
 * Each line of the file LIST is a test: name, a command for /bin/sh, and the file of its expected standard output (may
 * be empty), separated by tabs. Exit status 0 passes, 77 skips, anything else fails and shows the output. A test that
 * reaches the limit first gets SIGQUIT, which libsennit answers with what every strand waits for. The last line counts:
 * "N passed, N failed, N skipped". Before it comes what models have written to the file EXPLORED. Exit status: 0, 1 if a
 * test failed, 2 if there was nothing to run.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_JOBS = 64, GRACE_SECONDS = 3, SKIPPED = 77 };

struct job {
    pid_t pid; /* 0: no test */
    char *name, *command, *expected;
    int out, err;
    double start, quit_at; /* quit_at: when SIGQUIT was sent, or 0 */
};

static struct job jobs[MOST_JOBS];
static int job_count = 1, running, passed, failed, skipped;
static double limit = 60;
static bool verbose, fail_on_skip, progress;
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static int memory_file(void)
{
    int fd = memfd_create("output", MFD_CLOEXEC);
    if (fd < 0)
        die("memfd_create");
    return fd;
}

/* The whole file, with a zero at its end, and closes it. */
static char *contents(int fd, size_t *size)
{
    off_t end = lseek(fd, 0, SEEK_END);
    char *text = malloc((size_t)end + 1);
    if (!text)
        die("malloc");
    ssize_t length = pread(fd, text, (size_t)end, 0);
    *size = length > 0 ? (size_t)length : 0;
    text[*size] = '\0';
    close(fd);
    return text;
}

static void start(struct job *job, char *line)
{
    char *fields = line;
    job->name = strsep(&fields, "\t");
    job->command = strsep(&fields, "\t");
    job->expected = strsep(&fields, "\t");
    if (!job->command) {
        fprintf(stderr, "run: a line without a command: %s\n", line);
        exit(2);
    }
    job->out = memory_file();
    job->err = memory_file();
    job->quit_at = 0;
    job->start = now();
    job->pid = fork();
    if (job->pid < 0)
        die("fork");
    if (job->pid == 0) {
        setpgid(0, 0);
        if (!freopen("/dev/null", "r", stdin))
            _exit(126);
        dup2(job->out, STDOUT_FILENO);
        dup2(job->err, STDERR_FILENO);
        execl("/bin/sh", "sh", "-c", job->command, (char *)NULL);
        _exit(127);
    }
    setpgid(job->pid, job->pid);
    running++;
}

static void print_indented(const char *text)
{
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        printf("    %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void heading(const char *verdict, const struct job *job)
{
    if (progress)
        printf("\r\033[K");
    printf("%s %s (%.1f s)\n", verdict, job->name, now() - job->start);
}

/* Says where the output first differs from what the file has; returns whether it does. */
static bool differs(const struct job *job, const char *got, size_t got_size)
{
    const char *path = job->expected;
    FILE *file = fopen(path, "r");
    if (!file) {
        heading("FAILED", job);
        printf("    %s: %s\n", path, strerror(errno));
        return true;
    }
    size_t size;
    char *expected = contents(dup(fileno(file)), &size);
    fclose(file);
    bool different = size != got_size || memcmp(got, expected, size) != 0;
    if (different) {
        size_t at = 0, line = 1, begin = 0;
        for (; at < size && at < got_size && got[at] == expected[at]; at++)
            if (got[at] == '\n') {
                line++;
                begin = at + 1;
            }
        heading("FAILED", job);
        printf("    the output differs from %s in line %zu\n    expected: %.*s\n    got:      %.*s\n", path, line,
               (int)strcspn(expected + begin, "\n"), expected + begin, (int)strcspn(got + begin, "\n"), got + begin);
    }
    free(expected);
    return different;
}

/* The shell dies of SIGQUIT at once; what it runs is given time to say what it waits for. */
static void let_speak(const struct job *job)
{
    while (kill(-job->pid, 0) == 0 && now() - job->quit_at < GRACE_SECONDS)
        poll(NULL, 0, 2);
}

static void finish(struct job *job, int status)
{
    if (job->quit_at)
        let_speak(job);
    size_t out_size, err_size;
    char *out = contents(job->out, &out_size), *err = contents(job->err, &err_size);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    kill(-job->pid, SIGKILL); /* what it left behind */
    if (code == SKIPPED && !job->quit_at) {
        skipped++;
        heading("SKIPPED", job);
        print_indented(out);
        print_indented(err);
    } else if (code == 0 && !job->quit_at && !(job->expected && *job->expected)) {
        passed++;
        if (verbose)
            heading("passed", job);
    } else if (code == 0 && !job->quit_at) {
        if (differs(job, out, out_size)) {
            failed++;
            print_indented(err);
        } else {
            passed++;
            if (verbose)
                heading("passed", job);
        }
    } else {
        failed++;
        heading("FAILED", job);
        if (job->quit_at)
            printf("    it did not end within %.0f s\n", limit);
        else if (code < 0)
            printf("    ended by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
        else
            printf("    exit status %d\n", code);
        print_indented(out);
        print_indented(err);
    }
    if (progress)
        printf("\r\033[K%d passed, %d failed, %d skipped", passed, failed, skipped);
    fflush(stdout);
    free(out);
    free(err);
    free(job->name); /* the line that all three fields lie in */
    job->pid = 0;
    running--;
}

static void watch(void)
{
    for (int i = 0; i < job_count; i++) {
        struct job *job = &jobs[i];
        int status;
        if (!job->pid)
            continue;
        if (waitpid(job->pid, &status, WNOHANG) == job->pid) {
            finish(job, status);
        } else if (!job->quit_at && now() - job->start > limit) {
            job->quit_at = now();
            kill(-job->pid, SIGQUIT);
        } else if (job->quit_at && now() - job->quit_at > GRACE_SECONDS) {
            kill(-job->pid, SIGKILL);
        }
    }
}

static void stop_all(void)
{
    for (int i = 0; i < job_count; i++)
        if (jobs[i].pid)
            kill(-jobs[i].pid, SIGKILL);
    if (progress)
        puts("");
    signal(interrupted, SIG_DFL);
    raise(interrupted);
}

static void run_all(FILE *list)
{
    char *line = NULL;
    size_t room = 0;
    bool more = true;
    while (more || running > 0) {
        struct job *free_job = NULL;
        for (int i = 0; i < job_count && !free_job; i++)
            free_job = jobs[i].pid ? NULL : &jobs[i];
        if (more && free_job) {
            ssize_t length = getline(&line, &room, list);
            more = length >= 0;
            if (length > 1) {
                line[strcspn(line, "\n")] = '\0';
                start(free_job, line);
                line = NULL;
                room = 0;
            }
        } else {
            poll(NULL, 0, 2);
        }
        watch();
        if (interrupted)
            stop_all();
    }
    free(line);
}

/* What the models have explored: they write it into the file that $SENNIT_EXPLORED names, which -e sets for them. */
static void print_explored(const char *path)
{
    char line[512];
    FILE *file = path ? fopen(path, "r") : NULL;
    while (file && fgets(line, sizeof line, file))
        fputs(line, stdout);
    if (file)
        fclose(file);
}

static void usage(void)
{
    fprintf(stderr, "usage: run [-j JOBS] [-t SECONDS] [-e EXPLORED] [-v] [--fail-on-skip] LIST\n");
    exit(2);
}

int main(int argc, char **argv)
{
    const char *path = NULL, *explored = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-j") == 0 && i + 1 < argc)
            job_count = atoi(argv[++i]);
        else if (strcmp(argv[i], "-t") == 0 && i + 1 < argc)
            limit = atof(argv[++i]);
        else if (strcmp(argv[i], "-e") == 0 && i + 1 < argc)
            explored = argv[++i];
        else if (strcmp(argv[i], "-v") == 0)
            verbose = true;
        else if (strcmp(argv[i], "--fail-on-skip") == 0)
            fail_on_skip = true;
        else if (argv[i][0] != '-' && !path)
            path = argv[i];
        else
            usage();
    }
    if (!path || job_count < 1 || job_count > MOST_JOBS || limit <= 0)
        usage();
    FILE *list = fopen(path, "r");
    if (!list)
        die(path);
    if (explored) {
        unlink(explored);
        setenv("SENNIT_EXPLORED", explored, 1);
    }
    progress = isatty(STDOUT_FILENO);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    run_all(list);
    fclose(list);
    if (progress)
        printf("\r\033[K");
    print_explored(explored);
    printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    if (passed + failed + skipped == 0)
        return 2;
    return failed || (fail_on_skip && skipped) ? 1 : 0;
}
