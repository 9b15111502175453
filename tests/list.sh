#!/bin/sh
# Prints every test of the suite, a line each: name, command, and the file of its expected output if there is one,
# separated by tabs. Usage: tests/list.sh BUILD-DIR quick|full
#
# Programs are compiled by each test itself, as a user would; CC2 is the second compiler. In a build for a sanitizer
# (its flags in SANITIZE_FLAGS), only what links that build's library is listed.
set -eu
B=$1
kind=$2
CC=${CC:-cc}
CC2=${CC2:-clang}
flags=${SANITIZE_FLAGS:-}
tab=$(printf '\t')

emit() { # name, command, expected output
    printf '%s%s%s%s%s\n' "$1" "$tab" "$2" "$tab" "${3:-}"
}

is_slow() { # a test's name: more than three seconds, so not in quick
    case $1 in
    random_programs*) ;;
    the_longest_waiting_is_notified_model | two_of_three_are_notified_model) ;;
    a_task_waits_with_a_time_out_model | a_timeout_is_cleared_or_fires_model) ;;
    *) return 1 ;;
    esac
}

# The models and litmus tests run all threads in one, by switching stacks, which a sanitizer would have to be told of:
# they are left out of its builds.
for program in "$B"/tests/unit/* "$B"/tests/shapes/* "$B"/tests/model/* "$B"/tests/litmus/*; do
    [ -x "$program" ] || continue
    for name in $("$program" --list); do
        [ "$kind" = full ] || ! is_slow "$name" || continue
        emit "$(basename "$(dirname "$program")")/$(basename "$program")/$name" "$program $name"
    done
done

# The contract: each program, by each compiler, at -O0 and -O2, with one worker and with all.
compilers="$CC"
levels="-O2"
if [ "$kind" = full ]; then
    levels="-O0 -O2"
    [ -n "$flags" ] || compilers="$CC $CC2"
fi
for source in tests/programs/*.c; do
    name=$(basename "$source" .c)
    for compiler in $compilers; do
        for level in $levels; do
            binary=$B/tests/programs/$name-$compiler$level
            emit "programs/$name $compiler $level" \
                "tests/program.sh $binary $source '$compiler $level $flags' $B" "tests/programs/$name.out"
        done
    done
done

for example in examples/*.c; do
    emit "examples/$(basename "$example" .c)" "tests/example.sh $B $example"
done

[ -z "$flags" ] || exit 0

# What the checker must find, and what it must not cry wolf at: pthread and sennit programs, and the contract.
schedules=1000
[ "$kind" = quick ] || schedules=5000
for source in tests/check/*.c; do
    emit "check/$(basename "$source" .c)" "tests/check.sh $B $source $schedules"
done
for source in tests/programs/*.c; do
    emit "check/programs/$(basename "$source" .c)" "$B/sennit check --schedules $((schedules / 10)) --time 60 $source >/dev/null"
done

emit "layers" "tools/check-layers"
emit "symbols" "tests/tools/symbols.sh $B"
emit "cli" "tests/cli/run.sh $B/sennit"
emit "docs" "tests/tools/docs.sh $B"
emit "install" "tests/tools/install.sh $B"
emit "hang" "tests/tools/hang.sh $B"
emit "headers $CC" "tests/shapes/headers.sh $CC"
if [ "$kind" = full ]; then
    emit "cli check" "tests/cli/check.sh $B/sennit"
    emit "headers $CC2" "tests/shapes/headers.sh $CC2"
    emit "shapes compile without warnings" "tests/shapes/compile.sh $CC $CC2"
    emit "harness" "tests/harness/selftest.sh $B/tests/run"
    emit "layers can fail" "tests/tools/layers.sh"
    emit "aarch64" "tests/tools/aarch64.sh $B"
fi
