/* expect: nothing found */
/* Main ends by pthread_exit; the others go on. */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void *work(void *unused)
{
    pthread_mutex_lock(&mutex);
    count++;
    pthread_mutex_unlock(&mutex);
    return unused;
}

static void *check(void *raw)
{
    pthread_join(*(pthread_t *)raw, NULL);
    assert(count == 1);
    return NULL;
}

int main(void)
{
    static pthread_t worker;
    pthread_t checker;
    pthread_create(&worker, NULL, work, NULL);
    pthread_create(&checker, NULL, check, &worker);
    pthread_exit(NULL);
}
