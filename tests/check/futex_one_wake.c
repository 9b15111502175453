/* expect: deadlock */
/* Two wait at a futex, and one is woken. */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic uint32_t is_open;

static void *pass(void *unused)
{
    while (!atomic_load(&is_open))
        syscall(SYS_futex, &is_open, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    return unused;
}

int main(void)
{
    pthread_t one, two;
    pthread_create(&one, NULL, pass, NULL);
    pthread_create(&two, NULL, pass, NULL);
    sched_yield();
    atomic_store(&is_open, 1);
    syscall(SYS_futex, &is_open, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    return 0;
}
