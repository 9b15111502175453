/* expect: nothing found */
/* A thread ends the program while main waits for it, and another thread for the lock that it holds. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *unused)
{
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    return unused;
}

static void *end(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    exit(0);
}

int main(void)
{
    pthread_t worker, ender;
    pthread_create(&worker, NULL, work, NULL);
    pthread_create(&ender, NULL, end, NULL);
    pthread_join(ender, NULL);
    return 0;
}
