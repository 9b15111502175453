/* expect: nothing found */
/* Mutexes and conditions in memory that is used again and again, never destroyed, and copied before use. */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct job {
    pthread_mutex_t mutex;
    pthread_cond_t finished;
    bool is_finished;
};

static const struct job fresh = {.mutex = PTHREAD_MUTEX_INITIALIZER, .finished = PTHREAD_COND_INITIALIZER};

static void *work(void *raw)
{
    struct job *job = raw;
    pthread_mutex_lock(&job->mutex);
    job->is_finished = true;
    pthread_cond_signal(&job->finished);
    pthread_mutex_unlock(&job->mutex);
    return NULL;
}

static void run(struct job *job)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, job);
    pthread_mutex_lock(&job->mutex);
    while (!job->is_finished)
        pthread_cond_wait(&job->finished, &job->mutex);
    pthread_mutex_unlock(&job->mutex);
    pthread_join(thread, NULL);
}

int main(void)
{
    for (int i = 0; i < 2; i++) {
        struct job *job = malloc(sizeof *job);
        *job = fresh;
        run(job);
        if (i == 0) {
            pthread_cond_destroy(&job->finished);
            pthread_mutex_destroy(&job->mutex);
        }
        free(job);
    }
    struct job local;
    for (int i = 0; i < 2; i++) {
        pthread_mutex_init(&local.mutex, NULL);
        pthread_cond_init(&local.finished, NULL);
        local.is_finished = false;
        run(&local);
        pthread_mutex_lock(&local.mutex);
    }
    return 0;
}
