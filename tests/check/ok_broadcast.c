/* expect: nothing found */
/* A gate that is opened for all, and destroyed as soon as all are awake. */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool open;
static int waiting, through;

static void *pass(void *unused)
{
    pthread_mutex_lock(&mutex);
    waiting++;
    while (!open)
        pthread_cond_wait(&opened, &mutex);
    through++;
    pthread_mutex_unlock(&mutex);
    return unused;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, pass, NULL);
    pthread_mutex_lock(&mutex);
    open = true;
    pthread_cond_broadcast(&opened);
    if (waiting == 2)
        assert(pthread_cond_destroy(&opened) == 0);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert(through == 2);
    return 0;
}
