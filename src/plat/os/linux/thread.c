/* thread.c - Linux: OS threads, by the C library's pthreads.       Layer: plat. */
#define _GNU_SOURCE
#include "plat/plat.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int sn_plat_thread_start(sn_plat_thread *thread, void *(*function)(void *), void *arg, size_t stack_size)
{
    pthread_attr_t attributes;
    pthread_t handle;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    if (stack_size)
        error = pthread_attr_setstacksize(&attributes, stack_size);
    if (!error)
        error = pthread_create(&handle, &attributes, function, arg);
    pthread_attr_destroy(&attributes);
    if (!error)
        thread->handle = (uintptr_t)handle;
    return -error;
}

void sn_plat_thread_join(sn_plat_thread thread)
{
    pthread_join((pthread_t)thread.handle, NULL);
}

void sn_plat_thread_detach(sn_plat_thread thread)
{
    pthread_detach((pthread_t)thread.handle);
}

void sn_plat_thread_yield(void)
{
    sched_yield();
}

void sn_plat_thread_stack(void **low, size_t *size)
{
    pthread_attr_t attributes;
    *low = NULL;
    *size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, low, size) != 0)
        *size = 0;
    pthread_attr_destroy(&attributes);
}

static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;
static int exit_key_error;

struct at_exit {
    void (*function)(void *);
    void *value;
};

static void run_at_exit(void *raw)
{
    struct at_exit entry = *(struct at_exit *)raw;
    free(raw);
    entry.function(entry.value);
}

static void make_exit_key(void)
{
    exit_key_error = pthread_key_create(&exit_key, run_at_exit);
}

int sn_plat_at_thread_exit(void (*function)(void *), void *value)
{
    pthread_once(&exit_once, make_exit_key);
    struct at_exit *entry = malloc(sizeof *entry);
    if (!entry)
        return -ENOMEM;
    *entry = (struct at_exit){function, value};
    int error = exit_key_error ? exit_key_error : pthread_setspecific(exit_key, entry);
    if (error)
        free(entry);
    return -error;
}

bool sn_plat_is_main_thread(void)
{
    return syscall(SYS_gettid) == getpid();
}

unsigned sn_plat_thread_count(void)
{
    char line[256];
    unsigned count = 0;
    FILE *status = fopen("/proc/self/status", "re");
    if (!status)
        return 0;
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "Threads: %u", &count) == 1)
            break;
    fclose(status);
    return count;
}

/* The cgroup (version 2, or 1) may allow fewer cores' worth of time than there are cores. */
static unsigned quota(void)
{
    long long allowed = -1, period = 0;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (file) {
        if (fscanf(file, "%lld %lld", &allowed, &period) != 2)
            allowed = -1; /* "max" */
        fclose(file);
    } else if ((file = fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "re"))) {
        if (fscanf(file, "%lld", &allowed) != 1)
            allowed = -1;
        fclose(file);
        if ((file = fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "re"))) {
            if (fscanf(file, "%lld", &period) != 1)
                period = 0;
            fclose(file);
        }
    }
    if (allowed <= 0 || period <= 0)
        return UINT_MAX;
    return (unsigned)((allowed + period - 1) / period);
}

unsigned sn_plat_core_count(void)
{
    cpu_set_t set;
    unsigned cores = 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cores = (unsigned)CPU_COUNT(&set);
    else if (sysconf(_SC_NPROCESSORS_ONLN) > 0) /* more cores than a cpu_set_t holds */
        cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    unsigned limit = quota();
    if (cores > limit)
        cores = limit;
    return cores ? cores : 1;
}
