#!/bin/sh
# tools/check-layers passes on the tree and fails on each thing that it forbids.
set -eu
tools/check-layers
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
try() { # what, file, line to plant
    rm -rf "$dir/src"
    cp -r src "$dir/src"
    printf '%s\n' "$3" >>"$dir/src/$2"
    if tools/check-layers "$dir" >"$dir/said"; then
        echo "not noticed: $1"
        exit 1
    fi
    grep -q "src/$2:" "$dir/said" || { echo "$1: the place is not named"; cat "$dir/said"; exit 1; }
}
try "an upward include" park/lot.c '#include "sched/sched.h"'
try "an include without a layer" sync/lock.c '#include "lot.h"'
try "an unknown layer" sync/lock.c '#include "check/explore.h"'
try "an atomic round the seam" sync/lock.c 'int x = __atomic_load_n(&y, 0);'
try "a clock round the seam" sched/timer.c 'int x = clock_gettime(0, 0);'
try "a pthread lock" async/promise.c '#include <pthread.h>'
