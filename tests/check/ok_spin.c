/* expect: nothing found */
/* Spin locks, and a wait that yields. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static pthread_spinlock_t spin;
static atomic_int go;
static int count;

static void add(void)
{
    pthread_spin_lock(&spin);
    assert(pthread_spin_trylock(&spin) == EBUSY);
    count++;
    pthread_spin_unlock(&spin);
}

static void *work(void *unused)
{
    while (!go)
        sched_yield();
    add();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&thread, NULL, work, NULL);
    go = 1;
    add();
    pthread_join(thread, NULL);
    pthread_spin_destroy(&spin);
    assert(count == 2);
    return 0;
}
