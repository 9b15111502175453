/* seam.c - the check build asks the hooks at each kind of step. Linked with libsennit-model. */
#include "harness/test.h"

#include <sennit.h>

#include "park/strand.h"
#include "seam/seam.h"

/* Steps of other kinds are counted behind the atomic ones. */
enum { PARK = SN_STEP_KINDS, WAKE, CLOCK, RANDOM, THREAD_START, KINDS };

static unsigned counts[KINDS];

static void set_hooks(const struct sn_hooks *hooks)
{
    __atomic_store_n(&sn_hooks, hooks, __ATOMIC_RELEASE);
}

static void count(unsigned step)
{
    __atomic_fetch_add(&counts[step], 1, __ATOMIC_SEQ_CST);
}

static void count_before(enum sn_step step, const volatile void *object, size_t size, uint64_t value)
{
    (void)object, (void)size, (void)value;
    count(step);
}

static int count_wait(const uint32_t *word, uint32_t expected, int64_t deadline)
{
    count(PARK);
    return sn_plat_futex_wait(word, expected, deadline);
}

static void count_wake(const uint32_t *word, int n)
{
    count(WAKE);
    sn_plat_futex_wake(word, n);
}

static int64_t count_now(void)
{
    count(CLOCK);
    return sn_plat_now();
}

static uint64_t count_random(void)
{
    count(RANDOM);
    return sn_plat_random();
}

static int count_start(uintptr_t *handle, void *(*function)(void *), void *arg)
{
    sn_plat_thread thread;
    count(THREAD_START);
    int error = sn_plat_thread_start(&thread, function, arg, 0);
    *handle = thread.handle;
    return error;
}

/* Counts, and does what plat does. */
static const struct sn_hooks counting = {.before = count_before,
                                         .futex_wait = count_wait,
                                         .futex_wake = count_wake,
                                         .now = count_now,
                                         .random = count_random,
                                         .thread_start = count_start};

sennit_async(void, work, (sennit_condition *, condition))
{
    sennit_with (condition)
        sennit_condition_notify(condition);
    sennit_await(sennit_delay(sennit_ms(1)));
}

static void *wait(void *condition)
{
    sennit_with ((sennit_condition *)condition)
        sennit_condition_wait(condition);
    return NULL;
}

static bool somebody_sleeps(void)
{
    for (sn_os *os = sn_os_first(); os; os = os->next)
        if (sn_peek(&os->dozes) && __atomic_load_n(&os->permit, __ATOMIC_SEQ_CST) == 2)
            return true;
    return false;
}

TEST(every_kind_of_step_calls_the_hook)
{
    static sennit_condition condition;
    set_hooks(&counting);
    sennit_thread *thread = sennit_thread_start(wait, &condition);
    while (!somebody_sleeps()) /* then the notify must wake it */
        ;
    sennit_await(work(&condition));
    sennit_thread_join(thread);
    set_hooks(NULL);
    static const char *const names[KINDS] = {"load", "store", "relaxed store", "exchange", "compare",     "add",
                                                     "park", "wake",  "clock",         "random",   "thread start"};
    for (int step = 0; step < KINDS; step++) {
        unsigned seen = __atomic_load_n(&counts[step], __ATOMIC_SEQ_CST);
        if (!seen)
            fprintf(stderr, "no step of the kind '%s'\n", names[step]);
        CHECK(seen > 0);
    }
}

static const volatile void *touched;
static enum sn_step touched_by;
static uint32_t value_before;
static uint32_t word;

static uint64_t to_store;

static void look(enum sn_step step, const volatile void *object, size_t size, uint64_t value)
{
    CHECK_EQ(size, sizeof word);
    to_store = value;
    touched = object;
    touched_by = step;
    value_before = __atomic_load_n(&word, __ATOMIC_SEQ_CST);
}

static const struct sn_hooks looking = {.before = look};

TEST(the_hook_comes_before_the_step_and_is_told_the_object)
{
    set_hooks(&looking);
    sn_store(&word, 1);
    CHECK(touched == &word);
    CHECK_EQ(touched_by, SN_STEP_STORE);
    CHECK_EQ(value_before, 0);
    CHECK_EQ(to_store, 1);
    sn_add(&word, 2);
    CHECK_EQ(touched_by, SN_STEP_ADD);
    CHECK_EQ(value_before, 1);
    uint32_t expected = 3;
    CHECK(sn_compare_exchange(&word, &expected, 7));
    CHECK_EQ(touched_by, SN_STEP_COMPARE);
    CHECK_EQ(value_before, 3);
    set_hooks(NULL);
}

/* A task keeps the only worker busy while a timer comes due: whoever is idle must sleep until there is a worker again. */
static int over;

sennit_async(void, hog)
{
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST))
        ;
}

static void *hog_in_thread(void *unused)
{
    sennit_await(hog());
    return unused;
}

static void *end_it_later(void *condition)
{
    sennit_with ((sennit_condition *)condition)
        (void)!sennit_condition_wait_timeout(condition, sennit_ms(30));
    __atomic_store_n(&over, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

TEST(idle_threads_do_not_spin_while_the_workers_are_busy)
{
    static sennit_condition never;
    sennit_configure(&(sennit_config){.workers = 1});
    sennit_promise *delay = sennit_delay(sennit_ms(5));
    set_hooks(&counting);
    sennit_thread *threads[2] = {sennit_thread_start(hog_in_thread, NULL), sennit_thread_start(end_it_later, &never)};
    sennit_await(delay);
    sennit_thread_join(threads[0]);
    sennit_thread_join(threads[1]);
    set_hooks(NULL);
    unsigned parks = __atomic_load_n(&counts[PARK], __ATOMIC_SEQ_CST);
    if (parks >= 200)
        fprintf(stderr, "%u parks\n", parks);
    CHECK(parks < 200);
}
