/* expect: deadlock */
/* Who reads wants to write, too, and keeps the read lock meanwhile. */
#include <pthread.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int value;

static void *update(void *unused)
{
    pthread_rwlock_rdlock(&lock);
    if (value == 0) {
        pthread_rwlock_wrlock(&lock);
        value = 1;
        pthread_rwlock_unlock(&lock);
    }
    pthread_rwlock_unlock(&lock);
    return unused;
}

int main(void)
{
    pthread_t one, two;
    pthread_create(&one, NULL, update, NULL);
    pthread_create(&two, NULL, update, NULL);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    return 0;
}
