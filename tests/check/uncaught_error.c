/* expect: uncaught error */
/* A rejection that nobody awaits, in those schedules in which the account was emptied before. */
#include <errno.h>
#include <sennit.h>

static sennit_lock lock;
static int balance = 10;

sennit_async(void, withdraw, (int, amount))
{
    sennit_with (&lock) {
        if (amount > balance)
            sennit_throw(-ERANGE, "%d is more than there is", amount);
        balance -= amount;
    }
}

static void *empty(void *unused)
{
    sennit_with (&lock)
        balance = 0;
    return unused;
}

int main(void)
{
    sennit_thread *thread = sennit_thread_start(empty, NULL);
    sennit_detach(withdraw(10));
    sennit_thread_join(thread);
    return 0;
}
