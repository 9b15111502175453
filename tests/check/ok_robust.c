/* expect: nothing found */
/* A thread ends while it holds a robust mutex: the next one puts things right, or does not. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>

static pthread_mutex_t mutex, lost;

static void *leave(void *of)
{
    pthread_mutex_lock(of);
    return NULL;
}

static void *repair(void *unused)
{
    int error = pthread_mutex_lock(&mutex);
    assert(error == EOWNERDEAD || error == 0);
    if (error == EOWNERDEAD)
        assert(pthread_mutex_consistent(&mutex) == 0);
    assert(pthread_mutex_consistent(&mutex) == EINVAL);
    assert(pthread_mutex_unlock(&mutex) == 0);
    return unused;
}

int main(void)
{
    pthread_t one, two;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&mutex, &attributes);
    pthread_mutex_init(&lost, &attributes);
    pthread_create(&one, NULL, leave, &mutex);
    pthread_create(&two, NULL, repair, NULL);
    pthread_join(one, NULL);
    repair(NULL);
    pthread_join(two, NULL);
    pthread_create(&one, NULL, leave, &lost);
    pthread_join(one, NULL);
    assert(pthread_mutex_lock(&lost) == EOWNERDEAD);
    pthread_mutex_unlock(&lost);
    assert(pthread_mutex_lock(&lost) == ENOTRECOVERABLE);
    return 0;
}
