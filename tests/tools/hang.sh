#!/bin/sh
# A test that hangs is ended at its time limit, and says what each of its strands waits for. Usage: hang.sh BUILD-DIR
set -eu
B=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/hang.c" <<'C'
#include <sennit.h>
#include <unistd.h>

static sennit_lock taken;
static sennit_condition never;

static void *busy(void *unused)
{
    for (;;)
        pause(); /* outside sennit: it might still do something, so this is no deadlock yet */
    return unused;
}

sennit_async(void, waits_for_the_lock)
{
    sennit_with (&taken)
        (void)0;
}

int main(void)
{
    sennit_lock_acquire(&taken);
    sennit_detach(waits_for_the_lock());
    sennit_thread_start(busy, NULL);
    sennit_with (&never)
        sennit_condition_wait(&never);
    return 0;
}
C
${CC:-cc} -std=gnu11 -O1 -Wall -Wextra -Iinclude "$dir/hang.c" "$B/libsennit.a" -pthread -o "$dir/hang"
printf 'hang\t%s\t\n' "$dir/hang" >"$dir/list"
if "$B/tests/run" -t 4 "$dir/list" >"$dir/said"; then
    echo "the runner did not notice"
    exit 1
fi
for text in "FAILED hang" "it did not end within 4 s" "thread main waits for a condition" \
    "(waits_for_the_lock) waits for a lock" "held by thread main at $dir/hang.c:"; do
    grep -qF "$text" "$dir/said" || { echo "not said: $text"; cat "$dir/said"; exit 1; }
done
