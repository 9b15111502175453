/* expect: nothing found */
/* Rounds of a barrier; exactly one is told to be the last. */
#include <assert.h>
#include <pthread.h>

enum { THREADS = 2, ROUNDS = 2 };
static pthread_barrier_t barrier;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int serial, reached[ROUNDS];

static void *work(void *unused)
{
    for (int round = 0; round < ROUNDS; round++) {
        pthread_mutex_lock(&mutex);
        reached[round]++;
        pthread_mutex_unlock(&mutex);
        int told = pthread_barrier_wait(&barrier);
        assert(told == 0 || told == PTHREAD_BARRIER_SERIAL_THREAD);
        pthread_mutex_lock(&mutex);
        assert(reached[round] == THREADS);
        serial += told == PTHREAD_BARRIER_SERIAL_THREAD;
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, THREADS);
    pthread_create(&thread, NULL, work, NULL);
    work(NULL);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&barrier);
    assert(serial == ROUNDS);
    return 0;
}
