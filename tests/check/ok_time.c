/* expect: nothing found */
/* Sleeps in order, clocks that go on, an hour that costs nothing. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
    struct timespec time;
    assert(clock_gettime(clock, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void *nap(void *unused)
{
    double before = now(CLOCK_MONOTONIC);
    usleep(1000);
    assert(now(CLOCK_MONOTONIC) >= before + 0.001);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    pthread_create(&thread, NULL, nap, NULL);
    double before = now(CLOCK_REALTIME);
    assert(before > 1767225600.0);
    sleep(3600);
    assert(now(CLOCK_REALTIME) >= before + 3600);
    assert(time(NULL) >= (time_t)before + 3600);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    pthread_mutex_lock(&mutex);
    assert(pthread_cond_timedwait(&never, &mutex, &until) == ETIMEDOUT);
    assert(now(CLOCK_REALTIME) >= (double)until.tv_sec);
    pthread_mutex_unlock(&mutex);
    struct timeval day;
    gettimeofday(&day, NULL);
    assert(day.tv_sec >= until.tv_sec);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += 5;
    assert(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0);
    assert(now(CLOCK_MONOTONIC) >= (double)until.tv_sec);
    pthread_join(thread, NULL);
    return 0;
}
