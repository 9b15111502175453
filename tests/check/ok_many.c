/* expect: nothing found */
/* More threads than the strategies keep numbers for. */
#include <assert.h>
#include <pthread.h>

enum { MANY = 300 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void *work(void *unused)
{
    pthread_mutex_lock(&mutex);
    count++;
    pthread_mutex_unlock(&mutex);
    return unused;
}

int main(void)
{
    pthread_t threads[MANY];
    for (int i = 0; i < MANY; i++)
        assert(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (int i = 0; i < MANY; i++)
        pthread_join(threads[i], NULL);
    assert(count == MANY);
    return 0;
}
