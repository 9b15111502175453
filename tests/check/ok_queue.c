/* expect: nothing found */
/* A bounded buffer with two conditions. */
#include <assert.h>
#include <pthread.h>

enum { ROOM = 1, ITEMS = 2 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER, not_empty = PTHREAD_COND_INITIALIZER;
static int buffer[ROOM], used, sum;

static void *produce(void *unused)
{
    for (int i = 1; i <= ITEMS; i++) {
        pthread_mutex_lock(&mutex);
        while (used == ROOM)
            pthread_cond_wait(&not_full, &mutex);
        buffer[used++] = i;
        pthread_cond_signal(&not_empty);
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

static void *consume(void *unused)
{
    pthread_mutex_lock(&mutex);
    while (used == 0)
        pthread_cond_wait(&not_empty, &mutex);
    sum += buffer[--used];
    pthread_cond_signal(&not_full);
    pthread_mutex_unlock(&mutex);
    return unused;
}

int main(void)
{
    pthread_t producer, consumers[ITEMS];
    pthread_create(&producer, NULL, produce, NULL);
    for (int i = 0; i < ITEMS; i++)
        pthread_create(&consumers[i], NULL, consume, NULL);
    pthread_join(producer, NULL);
    for (int i = 0; i < ITEMS; i++)
        pthread_join(consumers[i], NULL);
    assert(sum == 3 && used == 0);
    return 0;
}
