#!/bin/sh
# What the tests of the command share; sourced with the command's path as $1. They go on in a folder of their own, $dir,
# and end with `exit $failed`.
# shellcheck disable=SC2034 # they use these
sennit=$(realpath "$1")
root=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
TMPDIR=$dir/tmp
export TMPDIR
mkdir "$TMPDIR"
cd "$dir" || exit 1
failed=0

# check NAME EXPECTED-STATUS EXPECTED-TEXT COMMAND...: the text is looked for in both outputs
check() {
    name=$1 status=$2 text=$3
    shift 3
    "$@" >out 2>err </dev/null
    got=$?
    if [ "$got" != "$status" ]; then
        echo "FAIL $name: exit status $got, not $status"
        cat out err
        failed=1
    elif [ -n "$text" ] && ! cat out err | grep -qF -- "$text"; then
        echo "FAIL $name: no '$text' in:"
        cat out err
        failed=1
    else
        echo "ok $name"
    fi
    if [ -n "$(ls "$TMPDIR")" ]; then
        echo "FAIL $name: left behind in TMPDIR: $(ls "$TMPDIR")"
        failed=1
        rm -rf "${TMPDIR:?}"/*
    fi
}
