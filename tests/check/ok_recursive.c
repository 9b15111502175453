/* expect: nothing found */
/* Recursive and errorcheck mutexes, made by initialisers and by attributes. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>

static pthread_mutex_t fixed = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP, made;
static pthread_mutex_t careful = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static int count;

static void *work(void *unused)
{
    pthread_mutex_lock(&fixed);
    pthread_mutex_lock(&fixed);
    assert(pthread_mutex_trylock(&fixed) == 0);
    pthread_mutex_lock(&made);
    pthread_mutex_lock(&made);
    count++;
    pthread_mutex_unlock(&made);
    pthread_mutex_unlock(&made);
    pthread_mutex_unlock(&fixed);
    pthread_mutex_unlock(&fixed);
    pthread_mutex_unlock(&fixed);
    assert(pthread_mutex_unlock(&fixed) == EPERM);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&made, &attributes);
    pthread_mutexattr_destroy(&attributes);
    pthread_create(&thread, NULL, work, NULL);
    work(NULL);
    pthread_join(thread, NULL);
    assert(count == 2);
    assert(pthread_mutex_unlock(&careful) == EPERM);
    assert(pthread_mutex_lock(&careful) == 0);
    assert(pthread_mutex_lock(&careful) == EDEADLK);
    assert(pthread_mutex_trylock(&careful) == EBUSY);
    assert(pthread_mutex_unlock(&careful) == 0);
    assert(pthread_mutex_destroy(&careful) == 0);
    assert(pthread_mutex_destroy(&made) == 0);
    return 0;
}
