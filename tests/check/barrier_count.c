/* expect: deadlock */
/* The barrier is for three, but a thread that finds nothing to do leaves before it. */
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static int jobs = 2;

static void *work(void *unused)
{
    pthread_mutex_lock(&mutex);
    int job = jobs > 0 ? jobs-- : 0;
    pthread_mutex_unlock(&mutex);
    if (job)
        pthread_barrier_wait(&barrier);
    return unused;
}

int main(void)
{
    pthread_t threads[3];
    pthread_barrier_init(&barrier, NULL, 3);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&barrier);
    return 0;
}
