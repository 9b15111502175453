/* expect: deadlock */
/* The consumer takes the mutex before it waits for an item, so the producer cannot bring one. */
#include <pthread.h>
#include <semaphore.h>

static sem_t items, mutex;

static void *consume(void *unused)
{
    sem_wait(&mutex);
    sem_wait(&items);
    sem_post(&mutex);
    return unused;
}

int main(void)
{
    pthread_t consumer;
    sem_init(&items, 0, 0);
    sem_init(&mutex, 0, 1);
    pthread_create(&consumer, NULL, consume, NULL);
    sem_wait(&mutex);
    sem_post(&items);
    sem_post(&mutex);
    pthread_join(consumer, NULL);
    sem_destroy(&items);
    sem_destroy(&mutex);
    return 0;
}
