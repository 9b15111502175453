#!/bin/sh
# The sennit command as its user meets it. Usage: tests/cli/run.sh path/to/sennit
# shellcheck disable=SC2154 # common.sh sets them
set -u
. "$(dirname "$0")/common.sh"

one_line() {
    if [ "$(wc -l <err)" != 1 ]; then
        echo "FAIL $name: not one line on stderr"
        failed=1
    fi
}

cat >status.c <<'C'
#include <sennit.h>
int main(void) { return 7; }
C
cat >broken.c <<'C'
int main(void) { return nonsense; }
C
cat >arguments.c <<'C'
#include <stdio.h>
int main(int argc, char **argv) { for (int i = 1; i < argc; i++) printf("[%s]", argv[i]); return 0; }
C
cat >signal.c <<'C'
#include <stdlib.h>
int main(void) { abort(); }
C
cat >input.c <<'C'
#include <stdio.h>
int main(void) { int c = getchar(); printf("read %c\n", c); return 0; }
C
cat >lost.c <<'C'
#include <sennit.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    int lost = 0, fine = 0, *pointer = &fine;
    struct { int part; } whole = {0};
    sennit_kept int kept = 0;
    (void)argv;
    sennit_try {
        int inside = argc;
        inside++;
        lost += inside;
        whole.part = inside;
        *pointer = 1;
        kept++;
        if (argc > 100)
            return 1;
        sennit_throw(-5, "x");
    } sennit_catch (error) {
        printf("%d%d%d%d\n", lost, kept, fine, whole.part);
    }
    return 0;
}
C
cat >clean.c <<'C'
#include <sennit.h>
#include <stdio.h>
static int global;
int main(void)
{
    sennit_kept int kept = 0;
    for (int i = 0; i < 3; i++)
        sennit_try {
            kept++;
            global++;
            if (i == 1)
                break;
            sennit_throw(-5, "x");
        } sennit_catch (error) {
            kept += 10;
        } sennit_finally {
            kept += 100;
        }
    printf("%d\n", kept);
    return 0;
}
C
cat >else.c <<'C'
#include <sennit.h>
int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        sennit_try {
            sennit_throw(-5, "x");
        } sennit_catch (error) {
            return 1;
        }
    else
        return 2;
    return 3;
}
C
cat >places.c <<'C'
#include <sennit.h>
#include <stdio.h>
#define BUMP(x) ((x)++)
static void get(const int *value) { (void)value; }
static void set(int *value) { *value = 1; }
int main(void)
{
    int row[3] = {0}, other[3] = {0}, n = 0, m = 0, k = 0;
    sennit_kept int held[3] = {0}, kept = 0;
    struct { int part[3]; } whole = {0};
    sennit_lock lock = {0};
    sennit_try {
        row[1] = other[2];
        whole.part[1]++;
        if (row[0])
            --(n);
        BUMP(m);
        set(&k);
        held[1] = 2;
        set((int *)&kept);
        get(&kept == NULL ? &n : &m);
        sennit_lock_acquire(&lock);
        printf("%d", row[2]);
    } sennit_finally {
        sennit_lock_release(&lock);
    }
    return 0;
}
C
cat >hangup.c <<'C'
#include <signal.h>
#include <stdio.h>
int main(void)
{
    struct sigaction hangup, pipe;
    sigaction(SIGHUP, NULL, &hangup);
    sigaction(SIGPIPE, NULL, &pipe);
    printf("%d %d\n", hangup.sa_handler == SIG_IGN, pipe.sa_handler == SIG_IGN);
    return 0;
}
C
cat >wait.c <<'C'
#include <stdio.h>
#include <unistd.h>
int main(void) { puts("waits"); fflush(stdout); for (;;) pause(); }
C

check "the program's exit status is passed on" 7 "" "$sennit" run status.c
check "a compile error is the compiler's" 1 "nonsense" "$sennit" run broken.c
check "arguments go to the program" 0 "[a b][--help][-x]" "$sennit" run arguments.c "a b" --help -x
check "a signal is passed on" 134 "" sh -c "'$sennit' run signal.c; exit \$?"
check "standard input is the program's" 0 "read q" sh -c "echo q | '$sennit' run input.c"
check "no file" 2 "sennit: run: no file given" "$sennit" run && one_line
check "a missing file" 2 "sennit: nosuch.c: No such file or directory" "$sennit" run nosuch.c && one_line
check "a folder" 2 "Is a directory" "$sennit" run . && one_line
check "no verb" 2 "sennit: no verb given" "$sennit" && one_line
check "an unknown verb" 2 "sennit: unknown verb 'frobnicate'" "$sennit" frobnicate && one_line
check "an unknown option" 2 "sennit: unknown option '--frob'" "$sennit" --frob && one_line
check "an unknown option of run" 2 "sennit: run: unknown option '-z'" "$sennit" run -z && one_line
check "help" 0 "sennit run FILE.c" "$sennit" --help
check "help as a verb" 0 "sennit lint FILE.c" "$sennit" help
check "help of a verb" 0 "Usage: sennit run" "$sennit" run --help
check "version" 0 "sennit 0." "$sennit" --version
check "CC is respected" 3 "the compiler CC=no-such-compiler is not there" env CC=no-such-compiler "$sennit" run status.c
check "CC may bring flags" 7 "" env CC="${CC:-cc} -DX" "$sennit" run status.c
check "CFLAGS are respected" 1 "error" env CFLAGS="-Werror -DC_ERROR -include nosuch.h" "$sennit" run status.c
if command -v clang >/dev/null; then
    check "lint finds a local that is not kept" 1 "lost.c:12:14: warning: 'lost' is changed inside sennit_try" "$sennit" lint lost.c
    check "lint finds a part of a struct" 1 "'whole' is changed inside sennit_try" "$sennit" lint lost.c
    [ "$(grep -c warning err)" = 2 ] || { echo "FAIL lint finds more than there is"; cat err; failed=1; }
    check "lint names what is changed" 1 "places.c:13:9: warning: 'row' is changed" "$sennit" lint places.c
    sed -n "s/^places.c:\([0-9]*\):[0-9]*: warning: \(the address of \)*\('[a-z]*'\|a local variable\) .*/\1 \3/p" err |
        sort -n | tr '\n' ';' >found
    echo "13 'row';14 'whole';16 'n';17 a local variable;18 'k';" | tr -d '\n' | cmp -s - found ||
        { echo "FAIL lint names what is changed: $(cat found)"; failed=1; }
    check "lint says so if clang can't read the file" 3 "nosuch.h" "$sennit" lint clean.c -include nosuch.h
    check "lint says so if clang doesn't know a flag" 3 "-fnosuch" "$sennit" lint clean.c -fnosuch
    check "lint finds an else that a try takes" 1 "else.c:11:5: warning: the sennit_try before this else" "$sennit" lint else.c
    check "lint is quiet about what is right" 0 "" "$sennit" lint clean.c
    check "run with clang warns of it" 0 "'lost' is changed inside" env CC=clang "$sennit" run lost.c
    check "run with clang keeps what is kept" 0 "323" env CC=clang "$sennit" run clean.c
fi
check "lint without a file" 2 "sennit: lint: no file given" "$sennit" lint && one_line
check "lint without clang" 3 "lint needs clang" env PATH=/nowhere "$sennit" lint clean.c && one_line

check "a signal that is ignored stays so" 0 "1 0" sh -c "trap '' HUP; '$sennit' run hangup.c"
check "no signal is ignored otherwise" 0 "0 0" "$sennit" run hangup.c

# An interrupt reaches the program, and nothing is left behind.
mkfifo pipe
"$sennit" run wait.c >pipe &
pid=$!
read -r line <pipe
[ "$line" = waits ] || { echo "FAIL interrupt: the program said '$line'"; failed=1; }
kill -TERM $pid
wait $pid
got=$?
if [ "$got" = 143 ] && [ -z "$(ls "$TMPDIR")" ]; then
    echo "ok an interrupt is passed on and leaves nothing behind"
else
    echo "FAIL interrupt: status $got, left: $(ls "$TMPDIR")"
    failed=1
fi
exit $failed
