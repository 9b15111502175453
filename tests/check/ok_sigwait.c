/* expect: nothing found */
/* A thread of its own waits for signals, as in the manual. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static sigset_t set;

static void *wait_for_signal(void *unused)
{
    int number = 0;
    assert(sigwait(&set, &number) == 0 && number == SIGUSR1);
    return unused;
}

int main(void)
{
    pthread_t thread;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_create(&thread, NULL, wait_for_signal, NULL);
    kill(getpid(), SIGUSR1);
    pthread_join(thread, NULL);
    assert(sigtimedwait(&set, NULL, &(struct timespec){3600, 0}) == -1);
    return 0;
}
