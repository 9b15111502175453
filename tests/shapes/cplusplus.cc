// What C++ can use: locks, conditions and threads, sennit_with, awaiting.
#include <sennit.h>

static sennit_lock lock = SENNIT_LOCK_INIT;
static sennit_condition bound = SENNIT_CONDITION(&lock);
static sennit_condition own;

static int with_all_kinds(sennit_rlock *rlock)
{
    sennit_with (&lock) {
        sennit_with (rlock)
            return 1;
    }
    sennit_with (&own)
        sennit_condition_notify(&own);
    return 0;
}

int main()
{
    sennit_rlock rlock = SENNIT_RLOCK_INIT;
    sennit_await(sennit_delay(sennit_ms(1)));
    sennit_condition_acquire(&bound);
    return sennit_condition_release(&bound) + sennit_await_status(sennit_promise_resolved()) + with_all_kinds(&rlock);
}
