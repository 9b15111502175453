#!/bin/sh
# tools/check-layers passes on the tree and fails on each thing that it forbids.
set -eu
tools/check-layers
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
plant() { # file, line: whether check-layers passes with it
    rm -rf "$dir/src"
    cp -r src "$dir/src"
    printf '%s\n' "$2" >>"$dir/src/$1"
    tools/check-layers "$dir" >"$dir/said"
}
forbidden() { # what, file, line to plant
    if plant "$2" "$3"; then
        echo "not noticed: $1"
        exit 1
    fi
    last=$(wc -l <"$dir/src/$2")
    grep -q "^src/$2:$last: " "$dir/said" || { echo "$1: the place is not named"; cat "$dir/said"; exit 1; }
}
allowed() { # what, file, line to plant
    plant "$2" "$3" || { echo "wrongly forbidden: $1"; cat "$dir/said"; exit 1; }
}
forbidden "an upward include" park/lot.c '#include "sched/sched.h"'
forbidden "an upward include, spaced" park/lot.c ' #  include  "sched/sched.h"'
forbidden "an upward include in assembler" plat/arch/x86_64/context.S '#include "sched/sched.h"'
forbidden "an include without a layer" sync/lock.c '#include "lot.h"'
forbidden "an unknown layer" sync/lock.c '#include "check/explore.h"'
forbidden "an unknown layer in angle brackets" sync/lock.c '#include <check/explore.h>'
forbidden "an atomic round the seam" sync/lock.c 'int x = __atomic_load_n(&y, 0);'
forbidden "an old atomic round the seam" sync/lock.c '__sync_synchronize();'
forbidden "a C11 atomic" sync/lock.c '#include <stdatomic.h>'
forbidden "a clock round the seam" sched/timer.c 'int x = clock_gettime(0, 0);'
forbidden "a clock of plat round the seam" sched/timer.c 'int64_t now = sn_plat_now();'
forbidden "a random number at the start of a line" sched/timer.c 'rand();'
forbidden "a random number of the kernel" sched/timer.c 'int x = getrandom(&y, 1, 0);'
forbidden "a pthread lock" async/promise.c '#include <pthread.h>'
forbidden "a pthread call" async/promise.c 'int x = pthread_create(0, 0, 0, 0);'
forbidden "a futex in the seam" seam/hooks.c 'int x = syscall(SYS_futex, 0);'
forbidden "a futex round the seam" park/guard.c 'int x = sn_plat_futex_wait(0, 0, 0);'
allowed "a downward include" sched/timer.c '#include "park/lot.h"'
allowed "the seam's own words" sched/timer.c 'uint64_t x = sn_random() + (uint64_t)sn_now();'
allowed "a comment" sched/timer.c '/* as pthread_create does */ int x;'
