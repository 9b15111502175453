#!/bin/sh
# Every public header compiles alone, without a warning, as C and as C++. Usage: tests/shapes/headers.sh CC
set -eu
CC=$1
status=0
warnings="-Wall -Wextra -Wconversion -Wshadow -Wundef -Wstrict-prototypes -DSENNIT_HEADER_LINT"
for header in include/sennit.h include/sennit/*.h; do
    name=${header#include/}
    for standard in c11 gnu17 c2x c++17 gnu++20; do
        case $standard in
        *++*) language=c++ flags=$(echo "$warnings" | sed 's/-Wstrict-prototypes//') ;;
        *) language=c flags=$warnings ;;
        esac
        # shellcheck disable=SC2086 # flags
        said=$(printf '#include <%s>\nint main(void) { return 0; }\n' "$name" |
            $CC -x $language -std=$standard $flags -Iinclude -fsyntax-only - 2>&1) || true
        if [ -n "$said" ]; then
            echo "$name as $standard:"
            echo "$said"
            status=1
        fi
    done
done
# The macros that C++ has, in use.
said=$($CC -x c++ -std=c++17 -Wall -Wextra -Iinclude -fsyntax-only tests/shapes/cplusplus.cc 2>&1) || true
[ -z "$said" ] || { echo "$said"; status=1; }
exit $status
