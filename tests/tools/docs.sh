#!/bin/sh
# Every C block of the documents compiles without a warning, runs, and prints what the text block after it says.
# Usage: tests/tools/docs.sh BUILD-DIR
set -eu
B=$1 dir=$1/tests/docs status=0 count=0
rm -rf "$dir"
mkdir -p "$dir"
for document in README.md HACKING.md docs/*.md docs/decisions/*.md; do
    tools/doc-blocks "$document" "$dir"
done
for source in "$dir"/*.c; do
    [ -f "$source" ] || continue
    program=${source%.c}
    ${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Werror -Iinclude "$source" "$B/libsennit.a" -pthread -lm -o "$program" &&
        "$program" >"$program.got" || { echo "FAIL $source"; status=1; continue; }
    if [ -f "$program.out" ] && ! cmp "$program.got" "$program.out"; then
        status=1
    fi
    count=$((count + 1))
done
echo "$count blocks"
[ "$count" -gt 0 ] || status=1
exit $status
