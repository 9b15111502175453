/* expect: assertion failed */
/* Both lock before they count, but not the same mutex: an update is lost between the read and the write. */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutexes[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static int count, logged;

static void log_it(void)
{
    pthread_mutex_lock(&log_mutex);
    logged++;
    pthread_mutex_unlock(&log_mutex);
}

static void *add(void *mutex)
{
    pthread_mutex_lock(mutex);
    int seen = count;
    log_it();
    count = seen + 1;
    pthread_mutex_unlock(mutex);
    return NULL;
}

int main(void)
{
    pthread_t one, two;
    pthread_create(&one, NULL, add, &mutexes[0]);
    pthread_create(&two, NULL, add, &mutexes[1]);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    assert(count == 2);
    return 0;
}
