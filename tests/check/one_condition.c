/* expect: deadlock */
/* The producers and consumers share one condition and wake only one waiter: it may be one of their own kind. */
#include <pthread.h>
#include <stdbool.h>

enum { TURNS = 2 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_full;

static void turn(bool from)
{
    pthread_mutex_lock(&mutex);
    while (is_full != from)
        pthread_cond_wait(&changed, &mutex);
    is_full = !from;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
}

static void *produce(void *unused)
{
    for (int i = 0; i < TURNS; i++)
        turn(false);
    return unused;
}

static void *consume(void *unused)
{
    turn(true);
    return unused;
}

int main(void)
{
    pthread_t producer, consumers[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&consumers[i], NULL, consume, NULL);
    pthread_create(&producer, NULL, produce, NULL);
    pthread_join(producer, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(consumers[i], NULL);
    return 0;
}
