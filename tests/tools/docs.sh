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
# Programs for `sennit check`: ```c check: VERDICT, and with ```c check-header: bodies that explore themselves.
for document in README.md docs/*.md; do
    awk -v base="$dir/$(basename "$document" .md)-check" '
        /^```c check/ { n++; file = base "-" n ".c"; print "/* " substr($0, 6) " */" >file; inside = 1; next }
        inside && $0 == "```" { inside = 0; close(file); next }
        inside { print >file }
    ' "$document"
done
for source in "$dir"/*-check-*.c; do
    [ -f "$source" ] || continue
    verdict=$(sed -n '1s|.*: \(.*\) \*/|\1|p' "$source")
    case $(head -n 1 "$source") in
    *check-header*)
        ${CC:-cc} -std=gnu11 -g -Wall -Wextra -Werror -Iinclude "$source" "$B/libsennit-check.so" -Wl,-rpath,"$B" \
            -pthread -o "${source%.c}" && { "${source%.c}" >"$source.got" 2>&1 && ended=0 || ended=$?; }
        ;;
    *) "$B/sennit" check "$source" >"$source.got" 2>&1 && ended=0 || ended=$? ;;
    esac
    { [ "$ended" = 1 ] && grep -q "^sennit: $verdict in " "$source.got"; } || { echo "FAIL $source"; cat "$source.got"; status=1; }
    count=$((count + 1))
done
echo "$count blocks"
[ "$count" -gt 0 ] || status=1
exit $status
