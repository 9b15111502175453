/* timeout.c - models of delays and timeouts: set while all sleep, cleared while they fire. */
#include "model/runtime.h"

#include "park/lot.h"

#include <sennit/timer.h>

static uint32_t fired;

static void fire(void *unused)
{
    (void)unused;
    sn_add(&fired, 1);
    sn_lot_wake(&fired, SIZE_MAX);
}

static void wait_until_fired(uint32_t times)
{
    for (uint32_t now; (now = sn_load(&fired)) < times;)
        sn_lot_park(&fired, UINT32_MAX, now, SENNIT_FOREVER, "a test", NULL);
}

static void a_delay_ends(void)
{
    start_runtime(1);
    int64_t before = sn_now();
    sennit_await(sennit_delay(sennit_ms(1)));
    MUST(sn_now() >= before + sennit_ms(1));
    leave_runtime();
}
MODEL(a_delay_ends, .bound = 3)

/* A timer that is due before the one that the watcher sleeps for. */
static void *delay_less(void *arg)
{
    sennit_await(sennit_delay(sennit_ms(1)));
    return arg;
}

static void an_earlier_delay_comes_later(void)
{
    start_runtime(1);
    strand *a = start_strand(delay_less, NULL);
    sennit_await(sennit_delay(sennit_ms(2)));
    join_strand(a);
    leave_runtime();
}
MODEL(an_earlier_delay_comes_later, .bound = 1)
SAMPLED(an_earlier_delay_comes_later, 20000)

static void a_timeout_fires_once(void)
{
    start_runtime(1);
    MUST(sennit_set_timeout(fire, NULL, sennit_ms(1)));
    wait_until_fired(1);
    MUST(fired == 1);
    leave_runtime();
}
MODEL(a_timeout_fires_once)

/* Cleared in time: it does not fire. Too late: it does. */
static sennit_timer_id id;
static bool cleared[2];

static void *clear(void *which)
{
    *(bool *)which = sennit_clear_timeout(id);
    return NULL;
}

static void a_timeout_is_cleared_or_fires(void)
{
    start_runtime(1);
    id = sennit_set_timeout(fire, NULL, sennit_ms(1));
    strand *a = start_strand(clear, &cleared[0]);
    join_strand(a);
    if (!cleared[0])
        wait_until_fired(1);
    sennit_await(sennit_delay(sennit_ms(5)));
    MUST(fired == !cleared[0]);
    leave_runtime();
}
MODEL(a_timeout_is_cleared_or_fires)

static void two_clear_a_timeout(void)
{
    start_runtime(1);
    id = sennit_set_timeout(fire, NULL, sennit_ms(1));
    strand *a = start_strand(clear, &cleared[0]), *b = start_strand(clear, &cleared[1]);
    join_strand(a);
    join_strand(b);
    MUST(!(cleared[0] && cleared[1]));
    if (!cleared[0] && !cleared[1])
        wait_until_fired(1);
    MUST(!sennit_clear_timeout(id));
    leave_runtime();
}
MODEL(two_clear_a_timeout)

/* The slot of a timeout is used again, under another id. */
static void an_old_id_names_nothing(void)
{
    start_runtime(1);
    sennit_timer_id old = sennit_set_timeout(fire, NULL, sennit_ms(1));
    bool was_stopped = sennit_clear_timeout(old);
    id = sennit_set_timeout(fire, NULL, sennit_ms(1));
    MUST(id != old && !sennit_clear_timeout(old));
    wait_until_fired(was_stopped ? 1 : 2);
    leave_runtime();
}
MODEL(an_old_id_names_nothing)
