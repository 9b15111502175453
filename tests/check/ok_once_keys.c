/* expect: nothing found */
/* An initialiser that runs once, and a value of each thread whose destructor makes another one. */
#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key, other;
static int made, freed, rounds;

static void free_value(void *value)
{
    pthread_mutex_lock(&mutex);
    freed++;
    pthread_mutex_unlock(&mutex);
    free(value);
    pthread_setspecific(other, &freed);
}

static void count_round(void *unused)
{
    (void)unused;
    rounds++;
}

static void make_keys(void)
{
    assert(pthread_key_create(&key, free_value) == 0);
    assert(pthread_key_create(&other, count_round) == 0);
    made++;
}

static void *work(void *raw)
{
    pthread_once(&once, make_keys);
    assert(pthread_getspecific(key) == NULL);
    int *value = malloc(sizeof *value);
    *value = (int)(intptr_t)raw;
    pthread_setspecific(key, value);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    assert(*(int *)pthread_getspecific(key) == (int)(intptr_t)raw);
    return NULL;
}

int main(void)
{
    pthread_t one, two;
    pthread_create(&one, NULL, work, (void *)1);
    pthread_create(&two, NULL, work, (void *)2);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    assert(made == 1 && freed == 2 && rounds == 2);
    assert(pthread_getspecific(key) == NULL);
    pthread_key_delete(key);
    pthread_key_delete(other);
    return 0;
}
