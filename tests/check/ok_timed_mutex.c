/* expect: nothing found */
/* Whoever does not get the mutex in time does without; a time that is not valid matters only then. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int inside, got, gave_up;

static void *work(void *unused)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 1000000;
    if (until.tv_nsec >= 1000000000)
        until.tv_sec++, until.tv_nsec -= 1000000000;
    int error = pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &until);
    assert(error == 0 || error == ETIMEDOUT);
    if (error) {
        __atomic_fetch_add(&gave_up, 1, __ATOMIC_SEQ_CST);
        return unused;
    }
    assert(inside++ == 0);
    got++;
    inside--;
    pthread_mutex_unlock(&mutex);
    return unused;
}

int main(void)
{
    pthread_t one, two;
    struct timespec wrong = {0, -1};
    assert(pthread_mutex_timedlock(&mutex, &wrong) == 0);
    pthread_mutex_unlock(&mutex);
    pthread_create(&one, NULL, work, NULL);
    pthread_create(&two, NULL, work, NULL);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    assert(got + gave_up == 2);
    return 0;
}
