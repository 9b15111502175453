#!/bin/sh
# A program whose first line says what `sennit check` must find: /* expect: deadlock */, or /* expect: nothing found */.
# A failure must also be confirmed, and its replay must fail likewise. Usage: tests/check.sh BUILD-DIR PROGRAM.c
# [SCHEDULES]
set -eu
B=$1 source=$2 schedules=${3:-3000}
expect=$(sed -n '1s|^/\* expect: \(.*\) \*/.*|\1|p' "$source")
[ -n "$expect" ] || { echo "$source does not say what to expect"; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0
"$B/sennit" check --time 60 --schedules "$schedules" "$source" >"$dir/said" 2>"$dir/err" || status=$?
fail() {
    echo "$1"
    cat "$dir/said" "$dir/err"
    exit 1
}
if [ "$expect" = "nothing found" ]; then
    [ "$status" = 0 ] || fail "status $status, not 0"
    grep -q "^sennit: nothing found" "$dir/said" || fail "it does not say that nothing was found"
    exit 0
fi
[ "$status" = 1 ] || fail "status $status, not 1"
head -n 1 "$dir/said" | grep -q "^sennit: $expect in " || fail "expected: $expect"
grep -q "confirmed in a fresh process" "$dir/said" || fail "not confirmed"
token=$(sed -n "s/.*--replay '\([^']*\)'.*/\1/p" "$dir/said" | head -n 1)
[ -n "$token" ] || fail "no line that replays it"
status=0
"$B/sennit" check --replay "$token" "$source" >"$dir/said" 2>"$dir/err" || status=$?
[ "$status" = 1 ] || fail "the replay ends with status $status, not 1"
grep -q "^sennit: $expect in " "$dir/said" "$dir/err" || fail "the replay does not find: $expect"
