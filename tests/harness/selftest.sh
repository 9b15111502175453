#!/bin/sh
# The runner itself: what passes, fails, skips, hangs and crashes is counted so. Usage: selftest.sh path/to/run
set -eu
run=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf 'right\n' >right.out
{
    printf 'passes\ttrue\t\n'
    printf 'says the right thing\techo right\tright.out\n'
    printf 'fails\techo because; exit 3\t\n'
    printf 'skips\techo no reason; exit 77\t\n'
    printf 'says the wrong thing\tprintf wrong\tright.out\n'
    printf 'crashes\tkill -SEGV $$\t\n'
    printf 'hangs\ttrap "echo asked >&2; exit 1" QUIT; while :; do sleep 0.1; done\t\n'
    printf 'answers late\tsh -c "trap \\"sleep 0.5; echo answered >&2; exit 1\\" QUIT; while :; do sleep 0.1; done"; true\t\n'
    printf 'ignores the question\ttrap "" QUIT; sleep 600\t\n'
    printf 'leaves a child\tsleep 600 & echo $! >child\t\n'
} >list

expect() { # status, text...
    status=0
    "$run" $options list >said 2>&1 || status=$?
    [ "$status" = "$1" ] || { echo "exit status $status, not $1"; cat said; exit 1; }
    shift
    for text; do
        grep -qF -- "$text" said || { echo "not said: $text"; cat said; exit 1; }
    done
}

options="-j 4 -t 1"
expect 1 "FAILED fails" "exit status 3" "because" "SKIPPED skips" "no reason" "FAILED says the wrong thing" \
    "expected: right" "got:      wrong" "ended by signal 11" "FAILED hangs" "it did not end within 1 s" "asked" "FAILED answers late" "answered" \
    "FAILED ignores the question"
[ "$(tail -n 1 said)" = "3 passed, 6 failed, 1 skipped" ] || { tail -n 1 said; exit 1; }
# What a test leaves behind ends with it.
lives() {
    { read -r _ _ state _ </proc/"$1"/stat; } 2>/dev/null || return 1
    [ "$state" != Z ]
}
for _ in 1 2 3 4 5 6 7 8 9 10; do
    lives "$(cat child)" || break
    sleep 0.1
done
if lives "$(cat child)"; then
    echo "a child of a test lives on"
    exit 1
fi

printf 'skips\texit 77\t\n' >list
expect 0 "0 passed, 0 failed, 1 skipped"
options="--fail-on-skip"
expect 1 "0 passed, 0 failed, 1 skipped"
: >list
expect 2 "0 passed, 0 failed, 0 skipped"
