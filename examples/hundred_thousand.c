/* 100,000 tasks that all wait at once, each with a stack of its own, and what they cost.
 * Usage: hundred_thousand [TASKS] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <sennit.h>

static sennit_lock lock;
static sennit_condition everybody_waits = SENNIT_CONDITION(&lock);
static sennit_condition gate = SENNIT_CONDITION(&lock);
static long tasks = 100000, waiting, done;
static bool open;

sennit_async(void, visitor)
{
    sennit_with (&lock) {
        if (++waiting == tasks)
            sennit_condition_notify(&everybody_waits);
        while (!open)
            sennit_condition_wait(&gate);
        done++;
    }
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The memory that this process has in use, in bytes. */
static double resident(void)
{
    long kilobytes = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmRSS: %ld", &kilobytes) == 1)
            break;
    if (status)
        fclose(status);
    return (double)kilobytes * 1024;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        tasks = strtol(argv[1], NULL, 10);
    if (tasks < 1) {
        fprintf(stderr, "usage: hundred_thousand [TASKS]\n");
        return 2;
    }
    double before = resident(), start = seconds_now();

    for (long i = 0; i < tasks; i++)
        sennit_detach(visitor());
    sennit_with (&lock) {
        while (waiting < tasks)
            sennit_condition_wait(&everybody_waits);
    }
    double called = seconds_now();
    printf("%ld tasks wait at once, on %u workers: %.0f bytes of memory each, %.2f s to call them all\n", waiting,
           sennit_workers(), (resident() - before) / (double)tasks, called - start);

    sennit_with (&lock) {
        open = true;
        sennit_condition_notify_all(&gate);
    }
    while (true) {
        long so_far = 0;
        sennit_with (&lock)
            so_far = done;
        if (so_far == tasks)
            break;
        sennit_await(sennit_delay(sennit_ms(1)));
    }
    printf("all of them woke up and ended in %.2f s\n", seconds_now() - called);
    return 0;
}
