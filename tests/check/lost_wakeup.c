/* expect: lost wake-up */
/* The flag is looked at before the mutex is locked, so the signal may fall in between. */
#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool ready;

static bool is_ready(void)
{
    pthread_mutex_lock(&mutex);
    bool now = ready;
    pthread_mutex_unlock(&mutex);
    return now;
}

static void *consume(void *unused)
{
    if (!is_ready()) {
        pthread_mutex_lock(&mutex);
        pthread_cond_wait(&changed, &mutex);
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

int main(void)
{
    pthread_t consumer;
    pthread_create(&consumer, NULL, consume, NULL);
    pthread_mutex_lock(&mutex);
    ready = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
    pthread_join(consumer, NULL);
    return 0;
}
