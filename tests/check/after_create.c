/* expect: lost wake-up */
/* The new thread may look before its creator goes on: then the bell is rung between its look and its wait. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t bell = PTHREAD_COND_INITIALIZER;
static atomic_bool rung;

static void *guest(void *unused)
{
    pthread_mutex_lock(&mutex);
    while (!rung)
        pthread_cond_wait(&bell, &mutex);
    pthread_mutex_unlock(&mutex);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, guest, NULL);
    rung = true; /* the mistake: without the mutex */
    pthread_cond_signal(&bell);
    pthread_join(thread, NULL);
    return 0;
}
