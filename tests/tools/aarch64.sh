#!/bin/sh
# The library and the contract programs on aarch64, by cross-compiler and emulator. Usage: aarch64.sh BUILD-DIR
set -eu
cc=aarch64-linux-gnu-gcc
qemu="qemu-aarch64"
command -v $qemu >/dev/null || qemu="qemu-aarch64-static"
command -v $cc >/dev/null && command -v $qemu >/dev/null ||
    { echo "skipped: needs gcc-aarch64-linux-gnu and qemu-user"; exit 77; }
make -s B="$1/aarch64" ARCH=aarch64 CC=$cc "$1/aarch64/libsennit.a"
for source in tests/programs/*.c; do
    name=$(basename "$source" .c)
    for level in -O0 -O2; do
        $cc -std=gnu11 $level -Wall -Wextra -Werror -Iinclude "$source" "$1/aarch64/libsennit.a" -pthread -static \
            -o "$1/aarch64/$name"
        for workers in 1 2; do
            SENNIT_WORKERS=$workers $qemu "$1/aarch64/$name" >"$1/aarch64/$name.got"
            cmp "$1/aarch64/$name.got" "tests/programs/$name.out"
        done
    done
done
