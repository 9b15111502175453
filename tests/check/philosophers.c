/* expect: deadlock */
/* Each takes the fork at the left and then the one at the right. */
#include <pthread.h>
#include <stdint.h>

enum { SEATS = 3 };
static pthread_mutex_t forks[SEATS];

static void *dine(void *raw)
{
    intptr_t seat = (intptr_t)raw;
    pthread_mutex_lock(&forks[seat]);
    pthread_mutex_lock(&forks[(seat + 1) % SEATS]);
    pthread_mutex_unlock(&forks[(seat + 1) % SEATS]);
    pthread_mutex_unlock(&forks[seat]);
    return NULL;
}

int main(void)
{
    pthread_t threads[SEATS];
    for (int i = 0; i < SEATS; i++)
        pthread_mutex_init(&forks[i], NULL);
    for (intptr_t i = 0; i < SEATS; i++)
        pthread_create(&threads[i], NULL, dine, (void *)i);
    for (int i = 0; i < SEATS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
