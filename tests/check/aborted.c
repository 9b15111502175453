/* expect: abort */
/* A state that was thought impossible. */
#include <semaphore.h>
#include <stdlib.h>
#include <threads.h>

static sem_t turn;
static int last;

static int work(void *raw)
{
    sem_wait(&turn);
    last = *(int *)raw;
    sem_post(&turn);
    return 0;
}

int main(void)
{
    static int ids[2] = {1, 2};
    thrd_t threads[2];
    sem_init(&turn, 0, 1);
    for (int i = 0; i < 2; i++)
        thrd_create(&threads[i], work, &ids[i]);
    for (int i = 0; i < 2; i++)
        thrd_join(threads[i], NULL);
    if (last != 2)
        abort();
    return 0;
}
