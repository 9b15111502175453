/* expect: nothing found */
/* A child process uses what its parent has used: a mutex, a condition, a semaphore, a thread of its own. */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static int count;

static void *work(void *unused)
{
    pthread_mutex_lock(&mutex);
    count++;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
    sem_post(&semaphore);
    return unused;
}

static void run_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_mutex_lock(&mutex);
    int before = count;
    while (count == before && !before)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
    sem_wait(&semaphore);
}

int main(void)
{
    int status = 0;
    sem_init(&semaphore, 0, 0);
    run_thread();
    pid_t child = fork();
    if (child == 0) {
        run_thread();
        _exit(count);
    }
    assert(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 2);
    return 0;
}
