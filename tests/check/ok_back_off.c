/* expect: nothing found */
/* Two threads take two mutexes in different orders, and back off without giving way: one must get both in the end. */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static int entered;

static void take_both(pthread_mutex_t *first, pthread_mutex_t *second)
{
    for (;;) {
        pthread_mutex_lock(first);
        if (pthread_mutex_trylock(second) == 0)
            break;
        pthread_mutex_unlock(first);
    }
    entered++;
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}

static void *there(void *unused)
{
    take_both(&a, &b);
    return unused;
}

int main(void)
{
    pthread_t other;
    pthread_create(&other, NULL, there, NULL);
    take_both(&b, &a);
    pthread_join(other, NULL);
    assert(entered == 2);
    return 0;
}
