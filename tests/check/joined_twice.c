/* expect: misuse */
/* Two owners join one thread. */
#include <pthread.h>

static pthread_t worker;

static void *work(void *unused)
{
    return unused;
}

static void *own(void *unused)
{
    pthread_join(worker, NULL);
    return unused;
}

int main(void)
{
    pthread_t owner;
    pthread_create(&worker, NULL, work, NULL);
    pthread_create(&owner, NULL, own, NULL);
    pthread_join(worker, NULL);
    pthread_join(owner, NULL);
    return 0;
}
