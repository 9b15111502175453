/* expect: deadlock */
/* The producer signals only if the queue was empty, but the consumer takes from the middle of two. */
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
static int items;

static void *consume(void *unused)
{
    pthread_mutex_lock(&mutex);
    while (items == 0)
        pthread_cond_wait(&not_empty, &mutex);
    items--;
    pthread_mutex_unlock(&mutex);
    return unused;
}

static void produce(void)
{
    pthread_mutex_lock(&mutex);
    if (items++ == 0)
        pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&mutex);
}

int main(void)
{
    pthread_t consumers[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&consumers[i], NULL, consume, NULL);
    produce();
    produce();
    for (int i = 0; i < 2; i++)
        pthread_join(consumers[i], NULL);
    return 0;
}
