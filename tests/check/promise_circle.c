/* expect: deadlock */
/* Two tasks await each other's promises. */
#include <sennit.h>

static sennit_promise *promises[2];
static sennit_condition all_there;
static bool are_there;

sennit_async(void, await_the_other, (int, other))
{
    sennit_with (&all_there)
        while (!are_there)
            sennit_condition_wait(&all_there);
    sennit_await(promises[other]);
}

int main(void)
{
    for (int i = 0; i < 2; i++)
        promises[i] = await_the_other(1 - i);
    sennit_promise *first = sennit_promise_retain(promises[0]);
    sennit_with (&all_there) {
        are_there = true;
        sennit_condition_notify_all(&all_there);
    }
    sennit_await(first);
    return 0;
}
