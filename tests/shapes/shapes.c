/* shapes.c - the macros in every shape in which a user may write them: each compiles without a warning (compile.sh) and
 * does what its name says. */
#include "harness/test.h"

#include <sennit.h>

static sennit_lock lock, other;
static sennit_rlock rlock;
static sennit_condition condition;
static int trail;

/* Steps are digits: 123 is step 1, then 2, then 3. */
static void step(int digit)
{
    trail = trail * 10 + digit;
}

static void all_free(void)
{
    CHECK(!sennit_lock_locked(&lock));
    CHECK(!sennit_lock_locked(&other));
    CHECK(!sennit_rlock_locked(&rlock));
}

static void fail(int code)
{
    sennit_throw(code, "code %d", code);
}

/* ---- sennit_with */

static int with_return_last(int n)
{
    sennit_with (&lock) {
        return n + 1;
    }
}

static int with_return_last_unbraced(int n)
{
    sennit_with (&lock)
        return n + 1;
}

static int with_nested_return_last(int n)
{
    sennit_with (&lock) {
        sennit_with (&other) {
            return n + 1;
        }
    }
}

static int with_if_else_return_last(int n)
{
    sennit_with (&lock) {
        if (n > 0)
            return 1;
        else
            return 2;
    }
}

TEST(with_return_is_last)
{
    CHECK_EQ(with_return_last(1), 2);
    CHECK_EQ(with_return_last_unbraced(1), 2);
    CHECK_EQ(with_nested_return_last(1), 2);
    CHECK_EQ(with_if_else_return_last(1), 1);
    CHECK_EQ(with_if_else_return_last(0), 2);
    all_free();
}

static void with_under_unbraced_if(int n)
{
    if (n)
        sennit_with (&lock)
            step(1);
}

static void with_under_if_else(int n)
{
    if (n)
        sennit_with (&lock)
            step(1);
    else
        step(2);
}

static void with_in_else(int n)
{
    if (n)
        step(1);
    else
        sennit_with (&lock)
            step(2);
}

static void with_in_else_if(int n)
{
    if (n == 1)
        sennit_with (&lock)
            step(1);
    else if (n == 2)
        sennit_with (&lock)
            step(2);
    else
        sennit_with (&lock)
            step(3);
}

TEST(with_under_if)
{
    with_under_unbraced_if(0);
    with_under_unbraced_if(1);
    with_under_if_else(1);
    with_under_if_else(0);
    with_in_else(0);
    with_in_else(1);
    with_in_else_if(1);
    with_in_else_if(2);
    with_in_else_if(3);
    CHECK_EQ(trail, 11221123);
    all_free();
}

TEST(with_as_the_body_of_loops)
{
    for (int i = 0; i < 2; i++)
        sennit_with (&lock)
            step(1);
    int n = 2;
    while (n--)
        sennit_with (&lock) {
            step(2);
        }
    do
        sennit_with (&lock)
            step(3);
    while (0);
    CHECK_EQ(trail, 11223);
    all_free();
}

TEST(with_break_and_continue_leave_the_block_only)
{
    for (int i = 1; i <= 2; i++) {
        sennit_with (&lock) {
            step(i);
            if (i == 1)
                break;
            if (i == 2)
                continue;
            step(9);
        }
        CHECK(!sennit_lock_locked(&lock));
        step(3);
    }
    CHECK_EQ(trail, 1323);
}

TEST(with_goto_out)
{
    sennit_with (&lock) {
        sennit_with (&other) {
            step(1);
            goto out;
        }
        step(9);
    }
    step(9);
out:
    CHECK_EQ(trail, 1);
    all_free();
}

static int with_in_a_switch(int n)
{
    switch (n) {
    case 1:
        sennit_with (&lock)
            step(1);
        break;
    case 2:
        sennit_with (&lock) {
            return 2;
        }
    default:
        sennit_with (&lock) {
            step(3);
        }
    }
    return 0;
}

TEST(with_in_switch_cases)
{
    CHECK_EQ(with_in_a_switch(1), 0);
    CHECK_EQ(with_in_a_switch(2), 2);
    CHECK_EQ(with_in_a_switch(3), 0);
    CHECK_EQ(trail, 13);
    all_free();
}

static int switch_in_with(int n)
{
    sennit_with (&lock) {
        switch (n) {
        case 1:
            return 10;
        default:
            break;
        }
        step(1);
    }
    return 20;
}

TEST(with_around_a_switch)
{
    CHECK_EQ(switch_in_with(1), 10);
    CHECK_EQ(switch_in_with(2), 20);
    CHECK_EQ(trail, 1);
    all_free();
}

TEST(with_nested_on_one_line)
{
    sennit_with (&lock) sennit_with (&other) sennit_with (&rlock) step(1);
    CHECK_EQ(trail, 1);
    all_free();
}

TEST(with_all_kinds_of_objects)
{
    sennit_condition *pointer = &condition;
    struct { sennit_lock inner; } holder = {SENNIT_LOCK_INIT}, *by_pointer = &holder;
    sennit_with (&rlock)
        sennit_with (&rlock)
            CHECK(sennit_rlock_locked(&rlock));
    sennit_with (pointer)
        sennit_with (&condition)
            sennit_condition_notify_all(pointer);
    sennit_with (&holder.inner)
        CHECK(sennit_lock_locked(&by_pointer->inner));
    sennit_with (&(sennit_lock){0})
        step(1);
    sennit_with (trail ? &lock : &other)
        CHECK(sennit_lock_locked(&lock));
    all_free();
}

TEST(with_declares_variables_inside)
{
    sennit_with (&lock) {
        int a = 1, b = 2;
        step(a);
        step(b);
    }
    CHECK_EQ(trail, 12);
}

TEST(with_evaluates_its_object_once)
{
    sennit_lock locks[3] = {{0}}, *next = locks;
    sennit_with (next++)
        CHECK(sennit_lock_locked(&locks[0]));
    CHECK(next == locks + 1);
    CHECK(!sennit_lock_locked(&locks[0]));
}

TEST(with_is_left_by_a_throw_through_three)
{
    sennit_try {
        sennit_with (&lock)
            sennit_with (&rlock)
                sennit_with (&condition) {
                    step(1);
                    fail(-5);
                }
        step(9);
    } sennit_catch (error) {
        step(2);
        all_free();
        CHECK_EQ(condition.own_.lock_.word_, 0);
    }
    CHECK_EQ(trail, 12);
}

/* ---- sennit_try */

static int try_return_last(int code)
{
    sennit_try {
        if (code)
            fail(code);
        return 1;
    } sennit_catch (error) {
        return sennit_error_code(error);
    }
}

static int try_unused_error_return_last(int code)
{
    sennit_try {
        if (code)
            fail(code);
        return 1;
    } sennit_catch (error) {
        return 2;
    }
}

static int try_nested_return_last(int code)
{
    sennit_try {
        sennit_try {
            fail(code);
            return 1;
        } sennit_catch (error) {
            fail(code - 1);
            return 2;
        }
    } sennit_catch (error) {
        sennit_try {
            return sennit_error_code(error);
        } sennit_catch (again) {
            return 4;
        }
    }
}

static int try_in_with_return_last(int code)
{
    sennit_with (&lock) {
        sennit_try {
            fail(code);
            return 1;
        } sennit_catch (error) {
            return 2;
        }
    }
}

static int with_in_try_return_last(int code)
{
    sennit_try {
        sennit_with (&lock) {
            if (code)
                fail(code);
            return 1;
        }
    } sennit_catch (error) {
        sennit_with (&lock)
            return 2;
    }
}

TEST(try_return_is_last)
{
    CHECK_EQ(try_return_last(0), 1);
    CHECK_EQ(try_return_last(-7), -7);
    CHECK_EQ(try_unused_error_return_last(0), 1);
    CHECK_EQ(try_unused_error_return_last(-7), 2);
    CHECK_EQ(try_nested_return_last(-7), -8);
    CHECK_EQ(try_in_with_return_last(-7), 2);
    CHECK_EQ(with_in_try_return_last(0), 1);
    CHECK_EQ(with_in_try_return_last(-7), 2);
    all_free();
}

static void try_under_unbraced_if(int n)
{
    if (n)
        sennit_try {
            fail(-1);
        } sennit_catch (error) {
            step(1);
        }
}

static void try_under_if_else(int n) /* in braces: see sennit/error.h */
{
    if (n) {
        sennit_try {
            fail(-1);
        } sennit_catch (error) {
            step(1);
        }
    } else
        step(2);
}

static void try_finally_under_if_else(int n)
{
    if (n)
        sennit_try
            step(1);
        sennit_finally
            step(2);
    else
        step(3);
}

TEST(try_under_if)
{
    try_under_unbraced_if(0);
    try_under_unbraced_if(1);
    try_under_if_else(1);
    try_under_if_else(0);
    try_finally_under_if_else(1);
    try_finally_under_if_else(0);
    CHECK_EQ(trail, 112123);
}

TEST(try_as_the_body_of_loops)
{
    for (int i = 0; i < 2; i++)
        sennit_try {
            fail(-1);
        } sennit_catch (error) {
            step(1);
        }
    do
        sennit_try {
            step(2);
        } sennit_finally {
            step(3);
        }
    while (0);
    CHECK_EQ(trail, 1123);
}

TEST(try_runs_its_clauses_in_order)
{
    sennit_try {
        step(1);
    } sennit_catch (error) {
        step(9);
    } sennit_finally {
        step(2);
    }
    sennit_try {
        step(3);
        fail(-1);
        step(9);
    } sennit_catch (error) {
        step(4);
    } sennit_finally {
        step(5);
    }
    CHECK_EQ(trail, 12345);
}

TEST(try_break_and_continue_leave_the_block_and_run_the_finally)
{
    for (int i = 1; i <= 2; i++) {
        sennit_try {
            step(i);
            if (i == 1)
                break;
            else
                continue;
            step(9);
        } sennit_catch (error) {
            step(9);
        } sennit_finally {
            step(3);
        }
        step(4);
    }
    CHECK_EQ(trail, 134234);
}

TEST(try_break_out_of_the_catch_runs_the_finally)
{
    for (int i = 1; i <= 2; i++) {
        sennit_try {
            fail(-1);
        } sennit_catch (error) {
            step(1);
            if (i == 1)
                break;
            if (i == 2)
                continue;
            step(9);
        } sennit_finally {
            step(2);
            if (i == 2)
                break;
            step(3);
        }
    }
    CHECK_EQ(trail, 12312);
}

TEST(try_goto_out)
{
    sennit_with (&lock) {
        sennit_try {
            step(1);
            goto out;
        } sennit_catch (error) {
            step(9);
        }
    }
out:
    sennit_try { /* the frame is gone: this one is the innermost */
        fail(-1);
    } sennit_catch (error) {
        step(2);
    }
    CHECK_EQ(trail, 12);
    all_free();
}

static void finally_without_catch(void)
{
    sennit_try {
        step(1);
        fail(-1);
    } sennit_finally {
        step(2);
    }
    step(9);
}

TEST(try_without_catch_runs_the_finally_and_throws_on)
{
    sennit_try {
        finally_without_catch();
    } sennit_catch (error) {
        step(3);
        CHECK_EQ(sennit_error_code(error), -1);
    }
    CHECK_EQ(trail, 123);
}

TEST(try_throw_in_the_catch_runs_the_finally_and_has_a_cause)
{
    sennit_try {
        sennit_try {
            fail(-1);
        } sennit_catch (error) {
            step(1);
            fail(-2);
        } sennit_finally {
            step(2);
        }
        step(9);
    } sennit_catch (error) {
        step(3);
        CHECK_EQ(sennit_error_code(error), -2);
        CHECK_EQ(sennit_error_code(sennit_error_cause(error)), -1);
    }
    CHECK_EQ(trail, 123);
}

TEST(try_throw_in_the_finally_replaces_the_error)
{
    sennit_try {
        sennit_try {
            fail(-1);
        } sennit_finally {
            step(1);
            fail(-3);
        }
        step(9);
    } sennit_catch (error) {
        step(2);
        CHECK_EQ(sennit_error_code(error), -3);
        CHECK_EQ(sennit_error_code(sennit_error_cause(error)), -1);
    }
    CHECK_EQ(trail, 12);
}

TEST(try_rethrow_throws_the_same)
{
    sennit_try {
        sennit_try {
            fail(-1);
        } sennit_catch (error) {
            step(1);
            sennit_rethrow(error);
        } sennit_finally {
            step(2);
        }
    } sennit_catch (error) {
        step(3);
        CHECK_STR(sennit_error_message(error), "code -1");
        CHECK(sennit_error_cause(error) == NULL);
    }
    CHECK_EQ(trail, 123);
}

TEST(try_inside_catch_and_finally)
{
    sennit_try {
        fail(-1);
    } sennit_catch (outer) {
        sennit_try {
            fail(-2);
        } sennit_catch (inner) {
            CHECK_EQ(sennit_error_code(outer), -1);
            CHECK_EQ(sennit_error_code(inner), -2);
            step(1);
        }
    } sennit_finally {
        sennit_try {
            fail(-3);
        } sennit_catch (late) {
            step(2);
        }
    }
    CHECK_EQ(trail, 12);
}

TEST(try_unbraced_clauses)
{
    sennit_try
        fail(-1);
    sennit_catch (error)
        step(1);
    sennit_finally
        step(2);
    CHECK_EQ(trail, 12);
}

TEST(try_empty_clauses)
{
    sennit_try {
    } sennit_catch (error) {
    } sennit_finally {
    }
    sennit_try {
        fail(-1);
    } sennit_catch (error) {
    }
    sennit_try {
    } sennit_finally {
    }
}

static int return_from_catch(void)
{
    for (int i = 0; i < 5; i++) {
        sennit_try {
            sennit_with (&lock)
                fail(i);
        } sennit_catch (error) {
            if (sennit_error_code(error) == 3)
                return i;
        }
    }
    return -1;
}

TEST(try_return_from_a_catch_in_a_loop)
{
    CHECK_EQ(return_from_catch(), 3);
    all_free();
}

static int switch_in_try(int n)
{
    int result = 0;
    sennit_try {
        switch (n) {
        case 1:
            return 10;
        case 2:
            fail(-2);
            break;
        default:
            break;
        }
        return 30;
    } sennit_catch (error) {
        result = 20;
    }
    return result;
}

static int try_in_switch(int n)
{
    switch (n) {
    case 1:
        sennit_try {
            return 1;
        } sennit_catch (error) {
            return 9;
        }
    case 2:
        sennit_try {
            fail(-1);
        } sennit_catch (error) {
            step(2);
        }
        break;
    default:
        return 3;
    }
    return 2;
}

TEST(try_and_switch)
{
    CHECK_EQ(switch_in_try(1), 10);
    CHECK_EQ(switch_in_try(2), 20);
    CHECK_EQ(switch_in_try(3), 30);
    CHECK_EQ(try_in_switch(1), 1);
    CHECK_EQ(try_in_switch(2), 2);
    CHECK_EQ(try_in_switch(3), 3);
}

static int count_kept(int n)
{
    sennit_kept int done = 0;
    sennit_kept double sum = 0;
    for (int i = 0; i < n; i++) {
        sennit_try {
            done++;
            sum += i;
            if (i % 2)
                fail(-1);
            done++;
        } sennit_catch (error) {
            done += 100;
        }
    }
    return done + (int)sum * 1000;
}

static int change_and_throw(int start)
{
    sennit_kept int value = start;
    sennit_try {
        value = start * 2;
        fail(-1);
        value = -1;
    } sennit_catch (error) {
    }
    return value;
}

TEST(kept_locals_keep_their_values)
{
    CHECK_EQ(count_kept(4), 206 + 6000);
    CHECK_EQ(change_and_throw(21), 42);
}

sennit_async(int, nine)
{
    return 9;
}

static int change_through_an_address(void)
{
    sennit_kept int value = -1;
    sennit_kept int elements[3] = {1, 2, 3};
    sennit_try {
        CHECK_EQ(sennit_await_status(nine(), &value), 0);
        elements[1] = 7;
        fail(-1);
    } sennit_catch (error) {
    }
    return value * 10 + elements[1];
}

TEST(kept_locals_keep_what_is_stored_through_an_address)
{
    CHECK_EQ(change_through_an_address(), 97);
}

static int unchanged_locals(int a, int b)
{
    int before = a * b;
    sennit_try {
        fail(before);
    } sennit_catch (error) {
        return sennit_error_code(error) + a + b + before;
    }
    return 0;
}

TEST(locals_that_are_not_changed_need_nothing)
{
    CHECK_EQ(unchanged_locals(3, 4), 12 + 3 + 4 + 12);
}

/* ---- sennit_async and sennit_await */

sennit_promise *declared_before(int n);

struct pair {
    int a, b;
};

typedef int numbers[3];

sennit_async(void, nothing)
{
}

sennit_async(int, constant)
{
    return 7;
}

static sennit_async(int, local_to_the_file, (int, n))
{
    return n;
}

sennit_async(int, declared_before, (int, n))
{
    return n + 1;
}

sennit_async(struct pair, swap, (struct pair, pair))
{
    return (struct pair){pair.b, pair.a};
}

sennit_async(const char *, name_of, (const char *, first), (const char *const *, second))
{
    return first ? first : *second;
}

sennit_async(unsigned long long, twelve, (char, a), (short, b), (int, c), (long, d), (long long, e), (unsigned, f),
             (float, g), (double, h), (void *, i), (struct pair, j), (bool, k), (uint8_t, l))
{
    return (unsigned long long)(a + b + c + d + e + f + (long long)g + (long long)h + (i != NULL) + j.a + j.b + k + l);
}

sennit_async(void, early_return, (int, n))
{
    if (n)
        return;
    step(1);
}

sennit_async(int, return_in_with, (int, n))
{
    sennit_with (&lock) {
        return n;
    }
}

sennit_async(int, return_in_try, (int, n))
{
    sennit_try {
        sennit_await(sennit_delay(0));
        fail(n);
        return 1;
    } sennit_catch (error) {
        return sennit_error_code(error);
    }
}

sennit_async(int, add, (int, a), (int, b))
{
    sennit_await(sennit_delay(0));
    return a + b;
}

sennit_async(int, reject, (int, code))
{
    sennit_await(nothing());
    sennit_throw(code, "rejected");
}

TEST(async_functions_of_every_signature)
{
    struct pair pair = sennit_await(struct pair, swap((struct pair){1, 2}));
    const char *second = "second";
    sennit_await(nothing());
    CHECK_EQ(sennit_await(int, constant()), 7);
    CHECK_EQ(sennit_await(int, local_to_the_file(3)), 3);
    CHECK_EQ(sennit_await(int, declared_before(3)), 4);
    CHECK_EQ(pair.a * 10 + pair.b, 21);
    CHECK_STR(sennit_await(const char *, name_of(NULL, &second)), "second");
    CHECK_EQ(sennit_await(unsigned long long, twelve(1, 2, 3, 4, 5, 6, 7.5f, 8.5, &pair, pair, true, 12)), 53);
    sennit_await(early_return(1));
    sennit_await(early_return(0));
    CHECK_EQ(trail, 1);
    CHECK_EQ(sennit_await(int, return_in_with(5)), 5);
    CHECK_EQ(sennit_await(int, return_in_try(-5)), -5);
}

TEST(await_in_expressions)
{
    CHECK_EQ(sennit_await(int, add(sennit_await(int, add(1, 2)), sennit_await(int, add(3, 4)))), 10);
    int sum = sennit_await(int, add(1, 1)) * 2 + sennit_await(int, add(2, 2));
    CHECK_EQ(sum, 8);
    if (sennit_await(int, add(0, 0)))
        step(9);
    else
        sennit_await(nothing());
    for (int i = 0; i < sennit_await(int, add(1, 1)); i++)
        step(1);
    while (sennit_await(int, add(trail, -11)))
        step(9);
    switch (sennit_await(int, add(1, 2))) {
    case 3:
        step(2);
    }
    CHECK_EQ(trail ? sennit_await(int, add(5, 6)) : 0, 11);
    sennit_await(int, add(1, 2));
    (void)sennit_await(int, add(1, 2));
    CHECK_EQ(trail, 112);
}

TEST(await_inside_with)
{
    sennit_with (&lock) {
        CHECK_EQ(sennit_await(int, add(1, 2)), 3);
        CHECK(sennit_lock_locked(&lock));
    }
    all_free();
}

TEST(await_status_in_all_forms)
{
    int value = -1;
    CHECK_EQ(sennit_await_status(add(1, 2), &value), 0);
    CHECK_EQ(value, 3);
    CHECK_EQ(sennit_await_status(reject(-9), &value), -9);
    CHECK_EQ(value, 3);
    CHECK_EQ(sennit_await_status(reject(-9)), -9);
    CHECK_EQ(sennit_await_status(add(1, 2), NULL), 0);
    CHECK_EQ(sennit_await_status(nothing()), 0);
    if (sennit_await_status(add(1, 2)))
        step(9);
}

TEST(await_throws_under_an_unbraced_if)
{
    sennit_try {
        if (trail == 0)
            sennit_await(reject(-4));
        else
            sennit_await(nothing());
    } sennit_catch (error) {
        step(1);
    }
    CHECK_EQ(trail, 1);
}

sennit_async(int, everything, (int, n))
{
    sennit_kept int result = 0;
    for (int i = 0; i < n; i++)
        sennit_with (&lock)
            sennit_try {
                result += sennit_await(int, add(i, 1));
                if (i == 2)
                    sennit_throw(-ERANGE, "at %d", i);
            } sennit_catch (error) {
                sennit_with (&other)
                    result += 100;
            } sennit_finally {
                sennit_await(nothing());
            }
    return result;
}

TEST(everything_inside_everything)
{
    sennit_promise *all[3] = {everything(2), everything(3), everything(4)};
    CHECK_EQ(sennit_await(int, all[0]), 3);
    CHECK_EQ(sennit_await(int, all[1]), 106);
    CHECK_EQ(sennit_await(int, all[2]), 110);
    all_free();
}

TEST(throw_needs_no_arguments_beside_its_text)
{
    sennit_try
        sennit_throw(-EIO, "plain text");
    sennit_catch (error)
        CHECK_STR(sennit_error_message(error), "plain text");
}
