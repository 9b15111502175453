#!/bin/sh
# Compile a contract program without a warning, run it with one worker and with all, and print what it printed if both
# agree. Usage: tests/program.sh BINARY SOURCE 'COMPILER FLAGS' BUILD-DIR
set -eu
binary=$1 source=$2 compiler=$3 B=$4
mkdir -p "$(dirname "$binary")"
# shellcheck disable=SC2086 # the compiler comes with its flags
$compiler -std=gnu11 -Wall -Wextra -Werror -Iinclude "$source" "$B/libsennit.a" -pthread -o "$binary"
SENNIT_WORKERS=1 "$binary" >"$binary.1"
"$binary" >"$binary.all"
cmp "$binary.1" "$binary.all" >&2
cat "$binary.1"
