/* expect: misuse */
/* A semaphore is destroyed as soon as one waiter is through; the other one waits. */
#include <pthread.h>
#include <semaphore.h>

static sem_t gate, through;

static void *pass(void *unused)
{
    sem_wait(&gate);
    sem_post(&through);
    return unused;
}

int main(void)
{
    pthread_t one, two;
    sem_init(&gate, 0, 0);
    sem_init(&through, 0, 0);
    pthread_create(&one, NULL, pass, NULL);
    pthread_create(&two, NULL, pass, NULL);
    sem_post(&gate);
    sem_wait(&through);
    sem_destroy(&gate);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    return 0;
}
