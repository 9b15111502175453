/* expect: assertion failed */
/* A long sleep does not order anything. */
#include <assert.h>
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int config;

static void *load(void *unused)
{
    pthread_mutex_lock(&mutex);
    config = 1;
    pthread_mutex_unlock(&mutex);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, load, NULL);
    sleep(10);
    pthread_mutex_lock(&mutex);
    assert(config == 1);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
    return 0;
}
