# make          the library (static and shared) and the command, in build/
# make run      the above, and the main job: the examples with `sennit run`
# make test     the whole test suite;  make quick: what takes less than a minute
# make install PREFIX=/usr/local [DESTDIR=...]
#
# CC, CFLAGS, LDFLAGS as usual. SANITIZE=address or thread builds everything for a sanitizer, in build/address or
# build/thread. ARCH=aarch64 CC=aarch64-linux-gnu-gcc cross-compiles.

VERSION := $(shell sed -n 's/^.define SENNIT_VERSION "\(.*\)"/\1/p' include/sennit.h)
ARCH ?= $(shell uname -m)
OS ?= linux
PREFIX ?= /usr/local
CC ?= cc
CLANG ?= clang
JOBS ?= $(shell nproc)

SANITIZE ?=
VARIANT ?= $(SANITIZE)
B := build$(if $(VARIANT),/$(VARIANT))
ifeq ($(SANITIZE),address)
SANITIZE_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
else ifneq ($(SANITIZE),)
SANITIZE_FLAGS := -fsanitize=$(SANITIZE)
endif

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla
FLAGS := -std=gnu11 -fno-omit-frame-pointer -fstack-clash-protection -fvisibility=hidden -pthread \
	$(WARNINGS) $(SANITIZE_FLAGS) -Iinclude -Isrc -Isrc/plat/arch/$(ARCH)
ifneq ($(wildcard /usr/include/valgrind/valgrind.h),)
FLAGS += -DSENNIT_VALGRIND
endif

LAYERS := $(shell cat src/LAYERS)
SOURCES := $(foreach l,$(LAYERS),$(wildcard src/$l/*.c)) $(wildcard src/plat/os/$(OS)/*.c) $(wildcard src/plat/arch/$(ARCH)/*.S)
HEADERS := $(wildcard include/sennit.h include/sennit/*.h)
# Three builds of one source: for the static library, for the shared one, and with the seam's hooks.
objects = $(patsubst src/%,$B/obj/$1/%.o,$(SOURCES))

all: $B/libsennit.a $B/libsennit.so $B/libsennit-check.a $B/sennit

$B/obj/static/%.o: src/% Makefile
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$B/obj/shared/%.o: src/% Makefile
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -fPIC -MMD -MP -c -o $@ $<

$B/obj/check/%.o: src/% Makefile
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -DSENNIT_CHECK -MMD -MP -c -o $@ $<

# One object, so that a program gets the library whole: parts of it are reached through hooks only (src/sched/end.c).
$B/libsennit.a: $(call objects,static)
	$(CC) -r -nostdlib -o $B/obj/static/sennit.o $^
	rm -f $@ && $(AR) rcs $@ $B/obj/static/sennit.o

$B/libsennit-check.a: $(call objects,check)
	$(CC) -r -nostdlib -o $B/obj/check/sennit.o $^
	rm -f $@ && $(AR) rcs $@ $B/obj/check/sennit.o

$B/libsennit.so: $(call objects,shared)
	$(CC) $(SANITIZE_FLAGS) $(LDFLAGS) -shared -pthread -Wl,-soname,libsennit.so.0 -o $@ $^
	ln -sf libsennit.so $B/libsennit.so.0

$B/sennit: $(wildcard cli/*.c cli/*.h) include/sennit.h Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Wall -Wextra -Wshadow $(SANITIZE_FLAGS) $(CFLAGS) $(LDFLAGS) -Iinclude -o $@ $(wildcard cli/*.c)

-include $(wildcard $B/obj/*/*/*.d $B/obj/*/*/*/*.d $B/obj/*/*/*/*/*.d)

clean:
	rm -rf build

.PHONY: all clean
