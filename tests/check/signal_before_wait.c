/* expect: lost wake-up */
/* A wait with no condition to look at: a signal that comes first is gone. */
#include <threads.h>

static mtx_t mutex;
static cnd_t started;

static int work(void *unused)
{
    (void)unused;
    mtx_lock(&mutex);
    cnd_signal(&started);
    mtx_unlock(&mutex);
    return 0;
}

int main(void)
{
    thrd_t worker;
    mtx_init(&mutex, mtx_plain);
    cnd_init(&started);
    thrd_create(&worker, work, NULL);
    mtx_lock(&mutex);
    cnd_wait(&started, &mutex);
    mtx_unlock(&mutex);
    thrd_join(worker, NULL);
    cnd_destroy(&started);
    mtx_destroy(&mutex);
    return 0;
}
