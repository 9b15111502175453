/* memory.c - the checker's own truth: small programs whose outcomes are known from the literature, and the exact set of them
 * that exploration must come to, no more and no less: sequentially consistent, and with store buffers (x86-TSO). Names as in
 * Alglave, Maranget and Tautschnig, "Herding cats" (2014); n5 and n6 as in Owens, Sarkar and Sewell's x86-TSO (2009).
 *
 * Each is explored by preemptions and by dpor, which must come to the same. An outcome is the digits that a body notes. */
#include "litmus/outcomes.h"

static uint32_t x, y, z;
static uint32_t r[4];

typedef void *strand_function(void *);

#define STRAND(name, ...)           \
    static void *name(void *unused) \
    {                               \
        __VA_ARGS__;                \
        return unused;              \
    }

static void run_strands(unsigned count, strand_function *const *functions)
{
    strand *all[4];
    for (unsigned i = 0; i < count; i++)
        all[i] = start_strand(functions[i], NULL);
    for (unsigned i = 0; i < count; i++)
        join_strand(all[i]);
}

static void note_digits(unsigned count, const uint32_t *digits)
{
    char text[OUTCOME_SIZE] = "";
    for (unsigned i = 0; i < count; i++)
        text[i] = (char)('0' + digits[i]);
    note_outcome(text);
}

static void explore_litmus(const char *name, void (*body)(void), const char *strategy, int bound, bool store_buffers,
                           const char *expected)
{
    sennit_check_result result;
    sennit_check_options options = {.strategy = strategy,
                                    .bound = bound,
                                    .schedules = 50000000,
                                    .time = sennit_seconds(100),
                                    .store_buffers = store_buffers,
                                    .name = name};
    struct outcomes *set = collect_outcomes();
    CHECK_EQ(sennit_check(model_body, &body, &options, &result), 0);
    say_explored(name, &options, &result);
    CHECK(result.complete);
    CHECK_STR(all_outcomes(set), expected);
}

enum { ALL = 1000 };

/* `bound`: of preemptions, enough for each outcome; ALL where all schedules are few enough. */
static void litmus(const char *name, void (*body)(void), int bound, const char *consistent, const char *buffered)
{
    explore_litmus(name, body, "preemptions", bound, false, consistent);
    explore_litmus(name, body, "dpor", -1, false, consistent);
    explore_litmus(name, body, "preemptions", bound, true, buffered);
    explore_litmus(name, body, "dpor", -1, true, buffered);
}

/* Strands, what is noted at the end, then the bound and the outcomes, consistent and buffered. */
#define STRANDS(...) ((strand_function *const[]){__VA_ARGS__})
#define NOTED(...) ((const uint32_t[]){__VA_ARGS__})
#define LITMUS(id, strands, noted, bound, consistent, buffered)                            \
    static void id(void)                                                                   \
    {                                                                                      \
        run_strands(sizeof(strands) / sizeof(strand_function *), strands);                 \
        note_digits(sizeof(noted) / sizeof(uint32_t), noted);                              \
    }                                                                                      \
    TEST(id##_litmus)                                                                      \
    {                                                                                      \
        litmus(#id, id, bound, consistent, buffered);                                      \
    }

/* Store buffering: both loads may miss the other's store, unless a fence is between. */
STRAND(store_x_load_y, sn_store_relaxed(&x, 1), r[0] = sn_load(&y))
STRAND(store_y_load_x, sn_store_relaxed(&y, 1), r[1] = sn_load(&x))
LITMUS(SB, STRANDS(store_x_load_y, store_y_load_x), NOTED(r[0], r[1]), ALL, "01 10 11", "00 01 10 11")

STRAND(store_x_fence_load_y, sn_store(&x, 1), r[0] = sn_load(&y))
STRAND(store_y_fence_load_x, sn_store(&y, 1), r[1] = sn_load(&x))
LITMUS(SB_fences, STRANDS(store_x_fence_load_y, store_y_fence_load_x), NOTED(r[0], r[1]), ALL, "01 10 11", "01 10 11")
LITMUS(SB_one_fence, STRANDS(store_x_fence_load_y, store_y_load_x), NOTED(r[0], r[1]), ALL, "01 10 11", "00 01 10 11")

STRAND(store_x_add_load_y, sn_store_relaxed(&x, 1), sn_add(&z, 1), r[0] = sn_load(&y))
STRAND(store_y_add_load_x, sn_store_relaxed(&y, 1), sn_add(&z, 1), r[1] = sn_load(&x))
LITMUS(SB_read_modify_writes, STRANDS(store_x_add_load_y, store_y_add_load_x), NOTED(r[0], r[1]), 4, "01 10 11", "01 10 11")

/* Message passing: stores leave a buffer in their order. */
STRAND(store_x_store_y, sn_store_relaxed(&x, 1), sn_store_relaxed(&y, 1))
STRAND(load_y_load_x, r[0] = sn_load_relaxed(&y), r[1] = sn_load_relaxed(&x))
LITMUS(MP, STRANDS(store_x_store_y, load_y_load_x), NOTED(r[0], r[1]), ALL, "00 01 11", "00 01 11")

/* Load buffering: a store is not seen before the loads ahead of it are done. */
STRAND(load_x_store_y, r[0] = sn_load_relaxed(&x), sn_store_relaxed(&y, 1))
STRAND(load_y_store_x, r[1] = sn_load_relaxed(&y), sn_store_relaxed(&x, 1))
LITMUS(LB, STRANDS(load_x_store_y, load_y_store_x), NOTED(r[0], r[1]), ALL, "00 01 10", "00 01 10")

/* Coherence: all agree on the order of the stores to one place. */
STRAND(store_1, sn_store_relaxed(&x, 1))
STRAND(store_1_store_2, sn_store_relaxed(&x, 1), sn_store_relaxed(&x, 2))
STRAND(load_load, r[0] = sn_load_relaxed(&x), r[1] = sn_load_relaxed(&x))
LITMUS(CoRR, STRANDS(store_1, load_load), NOTED(r[0], r[1]), ALL, "00 01 11", "00 01 11")
LITMUS(CoWW, STRANDS(store_1_store_2, load_load), NOTED(r[0], r[1], x), ALL, "002 012 022 112 122 222",
       "002 012 022 112 122 222")

STRAND(store_1_load, sn_store_relaxed(&x, 1), r[0] = sn_load_relaxed(&x))
STRAND(store_2, sn_store_relaxed(&x, 2))
STRAND(store_2_load, sn_store_relaxed(&x, 2), r[1] = sn_load_relaxed(&x))
LITMUS(CoWR, STRANDS(store_1_load, store_2), NOTED(r[0], x), ALL, "11 12 22", "11 12 22")
LITMUS(n5, STRANDS(store_1_load, store_2_load), NOTED(r[0], r[1]), ALL, "11 12 22", "11 12 22")

STRAND(load_store_1, r[0] = sn_load_relaxed(&x), sn_store_relaxed(&x, 1))
LITMUS(CoRW, STRANDS(load_store_1, store_2), NOTED(r[0], x), ALL, "01 02 21", "01 02 21")

/* A strand sees its own stores early, the others do not. */
STRAND(own_x_then_y, sn_store_relaxed(&x, 1), r[0] = sn_load_relaxed(&x), r[1] = sn_load_relaxed(&y))
STRAND(own_y_then_x, sn_store_relaxed(&y, 1), r[2] = sn_load_relaxed(&y), r[3] = sn_load_relaxed(&x))
LITMUS(SB_own_stores, STRANDS(own_x_then_y, own_y_then_x), NOTED(r[0], r[1], r[2], r[3]), 4, "1011 1110 1111",
       "1010 1011 1110 1111")

STRAND(own_x_load_y, sn_store_relaxed(&x, 1), r[0] = sn_load_relaxed(&x), r[1] = sn_load_relaxed(&y))
STRAND(store_y_2_store_x_2, sn_store_relaxed(&y, 2), sn_store_relaxed(&x, 2))
LITMUS(n6, STRANDS(own_x_load_y, store_y_2_store_x_2), NOTED(r[0], r[1], x), 4, "102 121 122 222",
       "101 102 121 122 222")

/* Independent readers agree on the order of independent stores: none sees x without y while another sees y without x. */
STRAND(store_x, sn_store_relaxed(&x, 1))
STRAND(store_y, sn_store_relaxed(&y, 1))
STRAND(read_x_y, r[0] = sn_load_relaxed(&x), r[1] = sn_load_relaxed(&y))
STRAND(read_y_x, r[2] = sn_load_relaxed(&y), r[3] = sn_load_relaxed(&x))
#define ALL_BUT_1010 "0000 0001 0010 0011 0100 0101 0110 0111 1000 1001 1011 1100 1101 1110 1111"
LITMUS(IRIW, STRANDS(store_x, store_y, read_x_y, read_y_x), NOTED(r[0], r[1], r[2], r[3]), 2, ALL_BUT_1010, ALL_BUT_1010)

/* Causality: who has seen x by way of y. */
STRAND(copy_x_to_y, r[0] = sn_load_relaxed(&x), sn_store_relaxed(&y, 1))
STRAND(read_y_then_x, r[1] = sn_load_relaxed(&y), r[2] = sn_load_relaxed(&x))
LITMUS(WRC, STRANDS(store_x, copy_x_to_y, read_y_then_x), NOTED(r[0], r[1], r[2]), 3, "000 001 010 011 100 101 111",
       "000 001 010 011 100 101 111")

/* Two stores each, in opposite orders. */
STRAND(x_1_y_2, sn_store_relaxed(&x, 1), sn_store_relaxed(&y, 2))
STRAND(y_1_x_2, sn_store_relaxed(&y, 1), sn_store_relaxed(&x, 2))
LITMUS(two_plus_two_w, STRANDS(x_1_y_2, y_1_x_2), NOTED(x, y), ALL, "12 21 22", "12 21 22")

STRAND(y_2_load_x, sn_store_relaxed(&y, 2), r[0] = sn_load_relaxed(&x))
LITMUS(R, STRANDS(store_x_store_y, y_2_load_x), NOTED(y, r[0]), ALL, "10 11 21", "10 11 20 21")

STRAND(x_2_y_1, sn_store_relaxed(&x, 2), sn_store_relaxed(&y, 1))
STRAND(load_y_x_1, r[0] = sn_load_relaxed(&y), sn_store_relaxed(&x, 1))
LITMUS(S, STRANDS(x_2_y_1, load_y_x_1), NOTED(r[0], x), ALL, "01 02 11", "01 02 11")

/* Read-modify-writes are one step; a load and a store are two. */
STRAND(add_0, r[0] = sn_add(&x, 1))
STRAND(add_1, r[1] = sn_add(&x, 1))
STRAND(add_2, r[2] = sn_add(&x, 1))
LITMUS(adds, STRANDS(add_0, add_1, add_2), NOTED(r[0], r[1], r[2], x), ALL, "0123 0213 1023 1203 2013 2103",
       "0123 0213 1023 1203 2013 2103")

STRAND(load_then_store, sn_store_relaxed(&x, sn_load_relaxed(&x) + 1))
LITMUS(lost_update, STRANDS(load_then_store, load_then_store), NOTED(x), ALL, "1 2", "1 2")
LITMUS(add_and_store, STRANDS(load_then_store, add_0), NOTED(x), ALL, "1 2", "1 2")

STRAND(compare_0, uint32_t expected = 0; r[0] = sn_compare_exchange(&x, &expected, 1))
STRAND(compare_1, uint32_t expected = 0; r[1] = sn_compare_exchange(&x, &expected, 2))
LITMUS(compare_exchanges, STRANDS(compare_0, compare_1), NOTED(r[0], r[1], x), ALL, "012 101", "012 101")

STRAND(exchange_0, r[0] = sn_exchange(&x, 1))
STRAND(exchange_1, r[1] = sn_exchange(&x, 2))
LITMUS(exchanges, STRANDS(exchange_0, exchange_1), NOTED(r[0], r[1], x), ALL, "012 201", "012 201")
