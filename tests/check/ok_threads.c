/* expect: nothing found */
/* What takes a pthread_t: exit with handlers, try and timed joins, names, attributes, a detached thread. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static sem_t done;
static int order;

static void handler(void *expected)
{
    assert(++order == *(int *)expected);
}

static void deeper(void)
{
    static int first = 1;
    pthread_cleanup_push(handler, &first);
    pthread_exit(&order);
    pthread_cleanup_pop(0);
}

static void *leave(void *unused)
{
    static int second = 2, none = 0;
    (void)unused;
    pthread_cleanup_push(handler, &second);
    pthread_cleanup_push(handler, &none);
    pthread_cleanup_pop(0);
    deeper();
    pthread_cleanup_pop(0);
    assert(0);
    return NULL;
}

static void *finish(void *raw)
{
    char name[16];
    pthread_attr_t attributes;
    int state;
    assert(pthread_getattr_np(pthread_self(), &attributes) == 0);
    pthread_attr_getdetachstate(&attributes, &state);
    assert(state == PTHREAD_CREATE_DETACHED);
    pthread_attr_destroy(&attributes);
    assert(pthread_setname_np(pthread_self(), "a name that is too long") == ERANGE);
    assert(pthread_setname_np(pthread_self(), "finisher") == 0);
    assert(pthread_getname_np(pthread_self(), name, sizeof name) == 0 && strcmp(name, "finisher") == 0);
    sem_post(&done);
    return raw;
}

static void *wait_for_it(void *unused)
{
    sem_wait(&done);
    return unused;
}

int main(void)
{
    pthread_t thread, detached;
    pthread_attr_t attributes;
    struct timespec past = {1, 0};
    void *value = NULL;
    sem_init(&done, 0, 0);
    pthread_create(&thread, NULL, leave, NULL);
    assert(!pthread_equal(thread, pthread_self()));
    assert(pthread_join(pthread_self(), NULL) == EDEADLK);
    assert(pthread_join(thread, &value) == 0 && value == &order && order == 2);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_create(&thread, NULL, wait_for_it, NULL);
    assert(pthread_tryjoin_np(thread, NULL) == EBUSY);
    assert(pthread_timedjoin_np(thread, NULL, &past) == ETIMEDOUT);
    assert(pthread_kill(thread, 0) == 0);
    pthread_create(&detached, &attributes, finish, NULL);
    assert(pthread_join(thread, NULL) == 0);
    pthread_create(&thread, NULL, wait_for_it, NULL);
    pthread_detach(thread);
    sem_post(&done);
    return 0;
}
