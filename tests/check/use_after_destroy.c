/* expect: misuse */
/* The last but one to leave destroys and frees what the last one still unlocks. */
#include <pthread.h>
#include <stdlib.h>

struct shared {
    pthread_mutex_t mutex;
    int users;
};

static void *leave(void *raw)
{
    struct shared *shared = raw;
    pthread_mutex_lock(&shared->mutex);
    int left = --shared->users;
    pthread_mutex_unlock(&shared->mutex);
    pthread_mutex_lock(&shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
    if (left == 0) {
        pthread_mutex_destroy(&shared->mutex);
        free(shared);
    }
    return NULL;
}

int main(void)
{
    pthread_t one, two;
    struct shared *shared = calloc(1, sizeof *shared);
    pthread_mutex_init(&shared->mutex, NULL);
    shared->users = 2;
    pthread_create(&one, NULL, leave, shared);
    pthread_create(&two, NULL, leave, shared);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    return 0;
}
