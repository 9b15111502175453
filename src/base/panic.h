/* panic.h - how the library says that something is wrong.       Layer: base. */
#ifndef SN_BASE_PANIC_H
#define SN_BASE_PANIC_H

/* An invariant of the library is broken, or there is no way to go on: say so and abort. */
_Noreturn void sn_panic_at(const char *site, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define SN_PANIC_TEXT_(x) #x
#define SN_PANIC_TEXT(x) SN_PANIC_TEXT_(x)
#define sn_panic(...) sn_panic_at(__FILE__ ":" SN_PANIC_TEXT(__LINE__), __VA_ARGS__)
#define sn_assert(condition) ((condition) ? (void)0 : sn_panic("broken invariant: %s", #condition))

/* A call was used against its rules: one line on stderr that names it and its site (may be NULL). Returns `code`. */
int sn_misuse(const char *call, const char *site, int code, const char *why);

/* Called first by sn_misuse, if it is set: by a checker, while it explores. */
extern void (*sn_misuse_hook)(const char *call, const char *site, const char *why);

/* One line on stderr, written by a single system call, so that lines of several threads do not mix. */
void sn_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
