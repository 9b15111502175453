#!/bin/sh
# The shapes compile without a warning, by each compiler given, at every level. Usage: tests/shapes/compile.sh CC...
set -eu
status=0
object=$(mktemp)
trap 'rm -f "$object"' EXIT
for compiler; do
    for level in -O0 -O1 -O2 -O3 -Os; do
        for standard in c11 gnu11 gnu17; do
            said=$($compiler -std=$standard $level -Wall -Wextra -Iinclude -Itests -c tests/shapes/shapes.c -o "$object" 2>&1) || true
            if [ -n "$said" ]; then
                echo "$compiler -std=$standard $level:"
                echo "$said"
                status=1
            fi
        done
    done
done
exit $status
