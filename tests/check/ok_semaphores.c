/* expect: nothing found */
/* Semaphores: a ring of one, tries, time-outs, errors by errno. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

static sem_t empty, full;
static int slot, sum;

static void *produce(void *unused)
{
    for (int i = 1; i <= 2; i++) {
        sem_wait(&empty);
        slot = i;
        sem_post(&full);
    }
    return unused;
}

int main(void)
{
    pthread_t producer;
    struct timespec past = {1, 0}, wrong = {1, -1};
    int value;
    sem_init(&empty, 0, 1);
    sem_init(&full, 0, 0);
    assert(sem_trywait(&full) == -1 && errno == EAGAIN);
    assert(sem_timedwait(&full, &past) == -1 && errno == ETIMEDOUT);
    assert(sem_timedwait(&full, &wrong) == -1 && errno == EINVAL);
    pthread_create(&producer, NULL, produce, NULL);
    for (int i = 1; i <= 2; i++) {
        sem_wait(&full);
        assert(slot == i);
        sum += slot;
        sem_post(&empty);
    }
    pthread_join(producer, NULL);
    assert(sum == 3);
    assert(sem_getvalue(&empty, &value) == 0 && value == 1);
    sem_destroy(&empty);
    sem_destroy(&full);
    return 0;
}
