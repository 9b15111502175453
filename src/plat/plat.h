/* plat.h - what the library asks of the operating system. One folder under os/ implements it.       Layer: plat.
 *
 * Only the seam calls the functions that a checker must see (futex, clock, random numbers, thread start).
 * Times are nanoseconds on the monotonic clock; errors are negative errnos.
 */
#ifndef SN_PLAT_PLAT_H
#define SN_PLAT_PLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sleep while *word == expected, until woken or until `deadline` (INT64_MAX: for ever).
 * Returns 0 (woken, perhaps without a reason), -EAGAIN (the word differs), -EINTR or -ETIMEDOUT. */
int sn_plat_futex_wait(const uint32_t *word, uint32_t expected, int64_t deadline);

/* Wake at most n that sleep on `word`. The word may have ceased to exist: then it wakes nobody, or somebody for
 * nothing, which every sleeper here survives. */
void sn_plat_futex_wake(const uint32_t *word, int n);

int64_t sn_plat_now(void);
uint64_t sn_plat_random(void);

/* Start an OS thread with the given stack size (0: the system's default). The handle must be joined. */
typedef struct sn_plat_thread {
    uintptr_t handle;
} sn_plat_thread;
int sn_plat_thread_start(sn_plat_thread *thread, void *(*function)(void *), void *arg, size_t stack_size);
void sn_plat_thread_join(sn_plat_thread thread);
void sn_plat_thread_detach(sn_plat_thread thread);
void sn_plat_thread_yield(void);

/* The calling thread's stack; NULL and 0 if it can't be told. */
void sn_plat_thread_stack(void **low, size_t *size);

/* Call function(value) when the calling thread ends. */
int sn_plat_at_thread_exit(void (*function)(void *), void *value);

/* Whether the caller is the thread that runs main. */
bool sn_plat_is_main_thread(void);

/* How many OS threads the process has; 0: can't tell. */
unsigned sn_plat_thread_count(void);

/* How many cores the process may use: affinity and cgroup quota counted, at least 1. */
unsigned sn_plat_core_count(void);

/* Address space for stacks: private, zero, not reserved, never as huge pages. NULL: none left. */
void *sn_plat_map(size_t size);
void sn_plat_unmap(void *start, size_t size);

/* Make any touch of the range fault. `plain` says that memory protection was needed, which uses up a map each. */
int sn_plat_guard(void *start, size_t size, bool *plain);
size_t sn_plat_page_size(void);

/* Call `dump` when the process gets SIGQUIT, and then let the signal take its default action; does nothing if the
 * program handles that signal itself. */
void sn_plat_on_quit_signal(void (*dump)(void));

#endif
