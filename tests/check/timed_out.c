/* expect: assertion failed */
/* After a wait with a time-out the answer is taken for granted. */
#include <assert.h>
#include <pthread.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static int answer;

static void *think(void *unused)
{
    pthread_mutex_lock(&mutex);
    answer = 42;
    pthread_cond_signal(&answered);
    pthread_mutex_unlock(&mutex);
    return unused;
}

int main(void)
{
    pthread_t thread;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 3600;
    pthread_create(&thread, NULL, think, NULL);
    pthread_mutex_lock(&mutex);
    while (!answer && pthread_cond_timedwait(&answered, &mutex, &until) == 0)
        ;
    assert(answer == 42);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
    return 0;
}
