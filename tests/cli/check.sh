#!/bin/sh
# sennit check as its user meets it: what it prints, its exit statuses, wrong usage. Usage: tests/cli/check.sh path/to/sennit
# shellcheck disable=SC2154 # common.sh sets them
set -u
. "$(dirname "$0")/common.sh"
cp "$root/examples/lost_wakeup.c" .

also() { # TEXT: in the output of the last command too
    cat out err | grep -qF -- "$1" || { echo "FAIL $name: no '$1' in:"; cat out err; failed=1; }
}
not() { # TEXT: not in the output of the last command
    ! cat out err | grep -qF -- "$1" || { echo "FAIL $name: '$1' in:"; cat out err; failed=1; }
}

cat >fine.c <<'C'
#include <pthread.h>
#include <stdio.h>
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static void *work(void *n) { pthread_mutex_lock(&m); ++*(int *)n; pthread_mutex_unlock(&m); return NULL; }
int main(void)
{
    int n = 0;
    pthread_t t;
    pthread_create(&t, NULL, work, &n);
    work(&n);
    pthread_join(t, NULL);
    printf("n is %d\n", n);
    return 0;
}
C
cat >status.c <<'C'
#include <pthread.h>
static int x, seen;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static void *work(void *n) { pthread_mutex_lock(&m); x = 1; pthread_mutex_unlock(&m); return n; }
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    pthread_mutex_lock(&m);
    seen = x;
    pthread_mutex_unlock(&m);
    pthread_join(t, NULL);
    return seen ? 5 : 0;
}
C
cat >input.c <<'C'
#include <assert.h>
#include <stdio.h>
int main(int argc, char **argv) { assert(argc == 2 && argv[1][0] == 'x'); return getchar() == 'y' ? 0 : 3; }
C
cat >alarm.c <<'C'
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>
static sem_t rung;
static void ring(int number) { (void)number; sem_post(&rung); }
int main(void) { sem_init(&rung, 0, 0); signal(SIGALRM, ring); alarm(1); return sem_wait(&rung); }
C
cat >orphan.c <<'C'
#include <stdio.h>
#include <unistd.h>
int main(void)
{
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    FILE *file = fopen("orphan.pid", "w");
    fprintf(file, "%d\n", (int)child);
    return fclose(file);
}
C
cat >reader.c <<'C'
#include <pthread.h>
#include <unistd.h>
static int ends[2];
static void *work(void *n) { char c; return read(ends[0], &c, 1) == 1 ? n : ends; }
int main(void)
{
    pthread_t t;
    if (pipe(ends) || pthread_create(&t, NULL, work, NULL))
        return 1;
    pthread_join(t, NULL); /* it waits for a byte that nobody writes */
    return 0;
}
C
echo 'int main(void) { return 7; }' >seven.c
cat >spin.c <<'C'
#include <pthread.h>
static volatile int x;
static void *work(void *n) { x = 1; return n; }
int main(void)
{
    pthread_t t, u;
    pthread_create(&t, NULL, work, NULL);
    while (!x)
        ;
    return pthread_join(t, NULL) + pthread_create(&u, NULL, work, NULL);
}
C
cat >once.cc <<'C'
#include <cassert>
#include <mutex>
#include <thread>
static std::once_flag flag;
static int tries;
static void work()
{
    try {
        std::call_once(flag, [] { if (tries++ == 0) throw 1; });
    } catch (int) {
    }
}
int main() { std::thread t(work); work(); work(); t.join(); assert(tries == 2); }
C
cat >broken.c <<'C'
int main(void) { return nonsense; }
C
echo y >input

check "a lost wake-up is found" 1 "lost wake-up in lost_wakeup.c" "$sennit" check lost_wakeup.c
also "confirmed in a fresh process"
also "lost_wakeup.c:16"
also "lost_wakeup.c:30"
also "sennit check --replay 'sennit1:"
not "the door is open"
token=$(sed -n "s/.*--replay '\([^']*\)'.*/\1/p" out | head -n 1)
printf '%s\n' "$token" >schedule
check "it is replayed" 1 "lost wake-up in lost_wakeup.c" "$sennit" check --replay "$token" lost_wakeup.c
check "the default schedule is replayed, with the program's output" 0 "the door is open" \
    "$sennit" check --replay sennit1:- lost_wakeup.c
also "nothing failed"
printf 'bt\nkill\nquit\n' >commands
under_gdb() {
    "$sennit" check --gdb --replay "$token" lost_wakeup.c <commands
}
name="under gdb, which stops at the failure"
if gdb -q -batch -iex "set startup-with-shell off" -ex run --args true 2>&1 | grep -q "exited normally"; then
    under_gdb >out 2>err
    also "SIGTRAP"
    also "sennit_condition_wait_at"
    also "in main () at"
else
    echo "NOT TESTED: $name: gdb can't run a program here"
fi
check "a right program: all is explored" 0 "nothing found in fine.c: explored all" "$sennit" check fine.c
not "n is 2"
check "a bound" 0 "to 1 preemption" "$sennit" check --strategy preemptions --bound 1 fine.c
check "dpor" 0 "explored all" "$sennit" check --strategy dpor fine.c
check "by chance" 0 "50 schedules" "$sennit" check --strategy random -n 50 fine.c
check "a status that hangs on the schedule" 1 "exit status 5" "$sennit" check status.c
also "confirmed in a fresh process"
token=$(sed -n "s/.*--replay '\([^']*\)'.*/\1/p" out | head -n 1)
check "it is replayed, too" 5 "it ends with exit status 5" "$sennit" check --replay "$token" status.c
check "which is allowed" 0 "nothing found" "$sennit" check --any-status status.c
check "arguments" 0 "nothing found" "$sennit" check --any-status input.c x
check "an assertion without threads" 1 "assertion failed" "$sennit" check input.c z
cc -g -pthread fine.c -o fine || exit 1
check "a program" 0 "nothing found in fine" "$sennit" check fine
check "a program with a path" 0 "nothing found in ./fine" "$sennit" check ./fine
cc -pthread -static fine.c -o static || exit 1
check "a static program" 3 "linked statically" "$sennit" check ./static
cc -g "-I$root/include" lost_wakeup.c "$(dirname "$sennit")/libsennit.a" -pthread -o inside || exit 1
check "a program with the library inside" 3 "libsennit.a" "$sennit" check ./inside
mkdir "a folder"
cp lost_wakeup.c "a folder/it's.c"
check "a name to be quoted" 1 "--replay 'sennit1:" "$sennit" check "a folder/it's.c"
also "' 'a folder/it'\\''s.c'"
check "few steps" 1 "check --steps 5 --replay" "$sennit" check --steps 5 fine.c
check "in the replay, too" 1 "step limit in fine.c" "$sennit" check --steps 5 --replay sennit1:- fine.c
check "a timer's signal" 3 "signal of a timer" "$sennit" check alarm.c
check "a process left behind" 0 "nothing found" "$sennit" check -n 1 orphan.c
sleep 0.1
! kill -0 "$(cat orphan.pid)" 2>/dev/null || [ "$(cut -d' ' -f3 "/proc/$(cat orphan.pid)/stat")" = Z ] || {
    echo "FAIL the process is still there"
    failed=1
}
check "a wait in the kernel" 3 "waits in the kernel" "$sennit" check reader.c
check "an exit status that is never 0" 0 "exit status 7 in the default schedule" "$sennit" check seven.c
check "a hang" 1 "hang in spin.c" timeout 30 "$sennit" check --replay sennit1:- spin.c
if c++ -g -pthread once.cc -o once 2>/dev/null; then
    check "an exception in call_once" 0 "nothing found" "$sennit" check once
fi
if cc -g -pthread -fsanitize=address fine.c -o sanitized 2>/dev/null; then
    check "a sanitizer" 3 "built for a sanitizer" "$sennit" check sanitized
fi
check "no file" 2 "no file given" "$sennit" check
check "a missing file" 2 "missing.c" "$sennit" check missing.c
check "no program" 2 "neither a C file" "$sennit" check input
check "it does not compile" 1 "nonsense" "$sennit" check broken.c
check "an unknown strategy" 2 "no strategy is called 'luck'" "$sennit" check --strategy luck fine.c
check "no number" 2 "whole number" "$sennit" check -n many fine.c
check "a negative time" 2 "--time" "$sennit" check --time=-1 fine.c
check "no schedule" 2 "is not a schedule" "$sennit" check --replay nonsense fine.c
check "half a schedule" 2 "is not a schedule" "$sennit" check --replay sennit1:0@3 fine.c
check "a schedule from a file" 1 "lost wake-up" "$sennit" check --replay @schedule lost_wakeup.c
check "no such file of a schedule" 2 "can't read a schedule" "$sennit" check --replay @nowhere lost_wakeup.c
check "gdb without a schedule" 2 "--replay" "$sennit" check --gdb fine.c
check "an unknown option" 2 "" "$sennit" check --nonsense fine.c
check "help" 0 "--schedules" "$sennit" check --help
exit $failed
