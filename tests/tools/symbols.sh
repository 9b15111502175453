#!/bin/sh
# The shared library exports sennit_* and nothing else, and all other global names in the static one begin with sn_.
# Usage: tests/tools/symbols.sh BUILD-DIR
set -eu
status=0
foreign=$(nm -D --defined-only "$1/libsennit.so" | awk '{print $3}' | grep -v '^sennit_' || true)
[ -z "$foreign" ] || { echo "the shared library exports: $foreign"; status=1; }
foreign=$(nm --defined-only --extern-only "$1/libsennit.a" | awk 'NF == 3 {print $3}' | grep -Ev '^(sennit|sn)_' || true)
[ -z "$foreign" ] || { echo "global names in the static library: $foreign"; status=1; }
# What a header declares is there.
for name in $(sed -n 's/.*\b\(sennit_[a-z_]*\)(.*/\1/p' include/sennit/*.h | sort -u); do
    grep -hq "^SENNIT_API.*[ *]$name(" include/sennit/*.h || continue
    nm -D --defined-only "$1/libsennit.so" | grep -q " $name\$" || { echo "not in the library: $name"; status=1; }
done
exit $status
