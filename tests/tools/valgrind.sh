#!/bin/sh
# The examples and contract programs under valgrind: no error, no leak. Usage: valgrind.sh BUILD-DIR
set -eu
B=$1 dir=$1/tests/valgrind
mkdir -p "$dir"
for source in examples/*.c tests/programs/*.c; do
    program=$dir/$(basename "$source" .c)
    arguments=
    [ "$(basename "$program")" != hundred_thousand ] || arguments=300
    ${CC:-cc} -std=gnu11 -O1 -g -Iinclude "$source" "$B/libsennit.a" -pthread -o "$program"
    for workers in 1 2; do
        # shellcheck disable=SC2086 # none, or one
        SENNIT_WORKERS=$workers valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible \
            --fair-sched=yes "$program" $arguments >"$program.got" || { echo "FAILED $program"; exit 1; }
        [ ! -f "tests/programs/$(basename "$source" .c).out" ] ||
            cmp "$program.got" "tests/programs/$(basename "$source" .c).out"
    done
done
