#!/bin/sh
# The shared library exports sennit_* and nothing else, and all other global names in the static one begin with sn_.
# Usage: tests/tools/symbols.sh BUILD-DIR
set -eu
status=0
foreign=$(nm -D --defined-only "$1/libsennit.so" | awk '{print $3}' | grep -v '^sennit_' || true)
[ -z "$foreign" ] || { echo "the shared library exports: $foreign"; status=1; }
foreign=$(nm --defined-only --extern-only "$1/libsennit.a" | awk 'NF == 3 {print $3}' | grep -Ev '^(sennit|sn)_' || true)
[ -z "$foreign" ] || { echo "global names in the static library: $foreign"; status=1; }
# The checker exports the whole interface too, and takes the place of the C library's threads, not of anything else.
foreign=$(nm -D --defined-only "$1/libsennit-check.so" | awk '{print $3}' | grep -Ev \
    '^(sennit_|pthread_|sem_|thrd_|mtx_|cnd_|tss_|call_once$|sched_yield$|usleep$|nanosleep$|clock_nanosleep$|sleep$|clock_gettime$|gettimeofday$|time$|timespec_get$|clock$|poll$|select$|exit$|abort$|__assert_fail$|__assert_perror_fail$|__cxa_guard_|__cxa_thread_atexit_impl$|gettid$|syscall$|sigwait$|sigwaitinfo$|sigtimedwait$|__libc_start_main$|__pthread_)' || true)
[ -z "$foreign" ] || { echo "libsennit-check.so exports: $foreign"; status=1; }
# What a header declares is there.
for name in $(sed -n 's/.*\b\(sennit_[a-z_]*\)(.*/\1/p' include/sennit/*.h | sort -u); do
    grep -hq "^SENNIT_API.*[ *]$name(" include/sennit/*.h || continue
    library=libsennit.so
    grep -q "[ *]$name(" include/sennit/check.h && library=libsennit-check.so
    nm -D --defined-only "$1/$library" | grep -q " $name\$" || { echo "not in $library: $name"; status=1; }
done
exit $status
