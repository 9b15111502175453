#!/bin/sh
# An example runs with `sennit run` and exits with status 0. Usage: tests/example.sh BUILD-DIR EXAMPLE.c
set -eu
case $2 in
*hundred_thousand*) arguments=${SANITIZE_FLAGS:+400} ;; # sanitizers allow few stacks
*) arguments= ;;
esac
# shellcheck disable=SC2086 # none, or one
CFLAGS="${SANITIZE_FLAGS:-}" "$1/sennit" run "$2" $arguments
