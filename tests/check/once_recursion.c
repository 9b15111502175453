/* expect: deadlock */
/* The initialiser comes back to itself. */
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void);

static int get(void)
{
    pthread_once(&once, initialise);
    return 42;
}

static void initialise(void)
{
    get();
}

int main(void)
{
    return get() != 42;
}
