/* expect: nothing found */
/* C11 threads: results, a condition, a time-out, call_once, tss. */
#include <assert.h>
#include <stdbool.h>
#include <threads.h>
#include <time.h>

static mtx_t mutex, again;
static cnd_t changed;
static once_flag once = ONCE_FLAG_INIT;
static tss_t key;
static int made, dropped;
static bool ready;

static void drop(void *unused)
{
    (void)unused;
    dropped++;
}

static void make(void)
{
    made++;
    assert(tss_create(&key, drop) == thrd_success);
}

static int work(void *unused)
{
    (void)unused;
    call_once(&once, make);
    assert(tss_get(key) == NULL);
    tss_set(key, &ready);
    mtx_lock(&mutex);
    ready = true;
    cnd_signal(&changed);
    mtx_unlock(&mutex);
    assert(tss_get(key) == &ready);
    thrd_exit(-7);
}

int main(void)
{
    thrd_t thread;
    int value = 0;
    struct timespec past = {1, 0};
    mtx_init(&mutex, mtx_timed);
    mtx_init(&again, mtx_plain | mtx_recursive);
    cnd_init(&changed);
    assert(thrd_create(&thread, work, NULL) == thrd_success);
    assert(!thrd_equal(thread, thrd_current()));
    call_once(&once, make);
    mtx_lock(&mutex);
    assert(mtx_trylock(&mutex) == thrd_busy);
    while (!ready)
        cnd_wait(&changed, &mutex);
    assert(cnd_timedwait(&changed, &mutex, &past) == thrd_timedout);
    mtx_unlock(&mutex);
    mtx_lock(&again);
    mtx_lock(&again);
    mtx_unlock(&again);
    mtx_unlock(&again);
    assert(thrd_join(thread, &value) == thrd_success && value == -7);
    assert(made == 1 && dropped == 1);
    cnd_destroy(&changed);
    mtx_destroy(&mutex);
    mtx_destroy(&again);
    return 0;
}
