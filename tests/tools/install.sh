#!/bin/sh
# `make install` puts everything where a C programmer expects it: a program builds by pkg-config, statically and
# dynamically, and the installed command runs one. Usage: tests/tools/install.sh BUILD-DIR
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
make -s install B="$1" PREFIX="$dir/usr" >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
for file in bin/sennit include/sennit.h include/sennit/lock.h lib/libsennit.a lib/libsennit.so lib/pkgconfig/sennit.pc \
    share/man/man1/sennit.1; do
    [ -e "$dir/usr/$file" ] || { echo "not installed: $file"; exit 1; }
done
cp examples/producer_consumer.c "$dir/"
tools/doc-blocks README.md "$dir"
awk '$0 == "```sh" {inside = 1; next} $0 == "```" {inside = 0} inside' README.md >"$dir/README.sh"
[ -s "$dir/README.sh" ]
cd "$dir"
expect="Produced an item
Consumed: New item"
[ "$(usr/bin/sennit run producer_consumer.c)" = "$expect" ]
# What README says, with its second program.
PKG_CONFIG_PATH=$dir/usr/lib/pkgconfig
export PKG_CONFIG_PATH
cp README-2.c hello.c
sh ./README.sh
LD_LIBRARY_PATH=$dir/usr/lib ./hello >hello.got
cmp hello.got README-2.out
# The checker, installed: the command, and a unit test by pkg-config.
usr/bin/sennit check producer_consumer.c | grep -q "^sennit: nothing found in producer_consumer.c"
cat >explores.c <<'C'
#include <sennit.h>
#include <sennit/check.h>
static sennit_lock lock;
static void body(void *unused) { sennit_with (&lock) (void)unused; }
int main(void) { return sennit_check(body, NULL, NULL, NULL); }
C
# shellcheck disable=SC2046 # words
${CC:-cc} explores.c $(pkg-config --cflags --libs sennit-check) -o explores
LD_LIBRARY_PATH=$dir/usr/lib ./explores
${CC:-cc} -Iusr/include producer_consumer.c usr/lib/libsennit.a -pthread -o static
[ "$(./static)" = "$expect" ]
