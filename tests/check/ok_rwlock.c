/* expect: nothing found */
/* Readers and a writer, tries and a time-out. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

static pthread_rwlock_t lock;
static int first, second;

static void *write_both(void *unused)
{
    pthread_rwlock_wrlock(&lock);
    assert(pthread_rwlock_wrlock(&lock) == EDEADLK);
    assert(pthread_rwlock_tryrdlock(&lock) == EBUSY);
    first++;
    second++;
    pthread_rwlock_unlock(&lock);
    return unused;
}

static void *read_both(void *unused)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    int error = pthread_rwlock_timedrdlock(&lock, &until);
    if (error) {
        assert(error == ETIMEDOUT);
        return unused;
    }
    assert(first == second);
    assert(pthread_rwlock_trywrlock(&lock) == EBUSY);
    if (pthread_rwlock_tryrdlock(&lock) == 0)
        pthread_rwlock_unlock(&lock);
    pthread_rwlock_unlock(&lock);
    return unused;
}

int main(void)
{
    pthread_t writer, reader;
    pthread_rwlock_init(&lock, NULL);
    pthread_create(&writer, NULL, write_both, NULL);
    pthread_create(&reader, NULL, read_both, NULL);
    pthread_rwlock_rdlock(&lock);
    assert(first == second);
    pthread_rwlock_unlock(&lock);
    pthread_join(writer, NULL);
    pthread_join(reader, NULL);
    assert(pthread_rwlock_destroy(&lock) == 0);
    return 0;
}
