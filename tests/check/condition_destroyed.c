/* expect: misuse */
/* The waiter sees the flag without a wait, returns and destroys the condition before it is signalled. */
#include <pthread.h>
#include <stdbool.h>

struct call {
    pthread_mutex_t mutex;
    pthread_cond_t done;
    bool is_done;
};

static void *work(void *raw)
{
    struct call *call = raw;
    pthread_mutex_lock(&call->mutex);
    call->is_done = true;
    pthread_mutex_unlock(&call->mutex);
    pthread_cond_signal(&call->done);
    return NULL;
}

int main(void)
{
    static struct call call = {.mutex = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};
    pthread_t thread;
    pthread_create(&thread, NULL, work, &call);
    pthread_mutex_lock(&call.mutex);
    while (!call.is_done)
        pthread_cond_wait(&call.done, &call.mutex);
    pthread_mutex_unlock(&call.mutex);
    pthread_cond_destroy(&call.done);
    pthread_join(thread, NULL);
    return 0;
}
