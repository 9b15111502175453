/* expect: nothing found */
/* A thread looks every millisecond whether another one is done, which must be allowed to run in the end. */
#include <assert.h>
#include <pthread.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static int steps;

static void *work(void *unused)
{
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&mutex);
        steps++;
        pthread_mutex_unlock(&mutex);
    }
    pthread_cond_signal(&done);
    return unused;
}

int main(void)
{
    pthread_t worker;
    pthread_create(&worker, NULL, work, NULL);
    pthread_mutex_lock(&mutex);
    while (steps < 3) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 1000000;
        if (until.tv_nsec >= 1000000000)
            until.tv_sec++, until.tv_nsec -= 1000000000;
        pthread_cond_timedwait(&done, &mutex, &until);
    }
    pthread_mutex_unlock(&mutex);
    pthread_join(worker, NULL);
    assert(steps == 3);
    return 0;
}
