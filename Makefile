# make          the library (static and shared) and the command, in build/
# make run      the above, and the main job: the examples with `sennit run`, and a mistake found by `sennit check`
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
SOURCES := $(foreach l,$(LAYERS),$(wildcard src/$l/*.c)) $(wildcard src/plat/os/$(OS)/*.c) $(wildcard src/plat/arch/$(ARCH)/*.[cS])
HEADERS := $(wildcard include/sennit.h include/sennit/*.h)
# Four builds of one source: the static library and the shared one; and through the seam's hooks, with the checker behind
# them, libsennit-model, in which each atomic operation is a step (for our model tests), and libsennit-check, in which each
# public operation is, tasks are the checker's, and pthread programs can be checked too.
CHECKER := $(wildcard src/check/*.c src/check/strategy/*.c)
SOURCES_static := $(filter-out src/seam/hooks.c,$(SOURCES))
SOURCES_shared := $(SOURCES_static)
SOURCES_model := $(SOURCES) $(filter-out src/check/grain_coarse.c,$(CHECKER))
SOURCES_check := $(filter-out src/sched/task.c src/sched/pool.c src/sched/carrier.c src/sched/deque.c,$(SOURCES)) \
	$(wildcard src/sched/check/*.c src/check/shim/*.c) $(filter-out src/check/grain_fine.c,$(CHECKER))
objects = $(patsubst src/%,$B/obj/$1/%.o,$(SOURCES_$1))

all: $B/libsennit.a $B/libsennit.so $B/libsennit-model.a $B/libsennit-check.so $B/sennit

$B/obj/static/%.o: src/% Makefile
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$B/obj/shared/%.o: src/% Makefile
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -fPIC -MMD -MP -c -o $@ $<

$B/obj/model/%.o: src/% Makefile
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -DSENNIT_CHECK -MMD -MP -c -o $@ $<

$B/obj/check/%.o: src/% Makefile
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -fPIC -DSENNIT_CHECK -MMD -MP -c -o $@ $<

# A C++ exception may come through pthread_once.
$B/obj/check/check/shim/once.c.o: FLAGS += -fexceptions

# One object, so that a program gets the library whole: parts of it are reached through hooks only (src/sched/end.c).
$B/libsennit.a: $(call objects,static)
	$(CC) -r -nostdlib -o $B/obj/static/sennit.o $^
	rm -f $@ && $(AR) rcs $@ $B/obj/static/sennit.o

$B/libsennit-model.a: $(call objects,model)
	$(CC) -r -nostdlib -o $B/obj/model/sennit.o $^
	rm -f $@ && $(AR) rcs $@ $B/obj/model/sennit.o

$B/libsennit-check.so: $(call objects,check)
	$(CC) $(SANITIZE_FLAGS) $(LDFLAGS) -shared -pthread $(if $(SANITIZE),,-Wl,-z,defs) -Wl,-soname,libsennit-check.so.0 -o $@ $^ -ldl
	ln -sf libsennit-check.so $B/libsennit-check.so.0

$B/libsennit.so: $(call objects,shared)
	$(CC) $(SANITIZE_FLAGS) $(LDFLAGS) -shared -pthread -Wl,-soname,libsennit.so.0 -o $@ $^
	ln -sf libsennit.so $B/libsennit.so.0

$B/sennit: $(wildcard cli/*.c cli/*.h) include/sennit.h Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Wall -Wextra -Wshadow $(SANITIZE_FLAGS) $(CFLAGS) $(LDFLAGS) -Iinclude -o $@ $(wildcard cli/*.c)

-include $(wildcard $B/obj/*/*/*.d $B/obj/*/*/*/*.d $B/obj/*/*/*/*/*.d)

# ---- the main job

run: setup-run
	@$(MAKE) --no-print-directory -s -j $(JOBS) all
	@tools/show $B/sennit examples/producer_consumer.c
	@tools/show $B/sennit examples/delay.c
	@tools/show $B/sennit examples/hundred_thousand.c
	@CC="$(CC)" tools/show-check $B examples/lost_wakeup.c

# ---- tests

UNIT_FLAGS := -std=gnu11 -pthread -Wall -Wextra $(SANITIZE_FLAGS) -Iinclude -Isrc -Isrc/plat/arch/$(ARCH) -I. -Itests
UNITS := $(patsubst tests/unit/%.c,$B/tests/unit/%,$(filter-out $(if $(SANITIZE),tests/unit/check.c),$(wildcard tests/unit/*.c)))
MODELS := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/model/*.c tests/litmus/*.c))
SHAPES := $(patsubst tests/shapes/%.c,$B/tests/shapes/%,$(wildcard tests/shapes/*.c))
HARNESS := tests/harness/test.c tests/harness/test.h

# What goes through the seam's hooks: the tests of the seam, of the checker itself, and the models of our own primitives.
MODEL = $(CC) $(UNIT_FLAGS) $(CFLAGS) -DSENNIT_CHECK $(LDFLAGS) -o $@ $< tests/harness/test.c $B/libsennit-model.a -lm
$B/tests/unit/seam: tests/unit/seam.c $(HARNESS) $B/libsennit-model.a
	@mkdir -p $(@D)
	$(MODEL)

$B/tests/model/%: tests/model/%.c tests/model/model.h $(HARNESS) $B/libsennit-model.a
	@mkdir -p $(@D)
	$(MODEL)

$B/tests/litmus/%: tests/litmus/%.c tests/model/model.h $(HARNESS) $B/libsennit-model.a
	@mkdir -p $(@D)
	$(MODEL)

# As a user's own unit test is built.
$B/tests/unit/check: tests/unit/check.c $(HARNESS) $B/libsennit-check.so
	@mkdir -p $(@D)
	$(CC) $(UNIT_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< tests/harness/test.c -L$B -lsennit-check -Wl,-rpath,'$$ORIGIN/../..'

$B/tests/unit/%: tests/unit/%.c $(HARNESS) $B/libsennit.a
	@mkdir -p $(@D)
	$(CC) $(UNIT_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< tests/harness/test.c $B/libsennit.a -lm

$B/tests/shapes/%: tests/shapes/%.c $(HARNESS) $B/libsennit.a
	@mkdir -p $(@D)
	$(CC) $(UNIT_FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< tests/harness/test.c $B/libsennit.a -lm

$B/tests/run: tests/harness/run.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -g -Wall -Wextra -o $@ $<

tests: all $(UNITS) $(SHAPES) $(if $(SANITIZE),,$(MODELS)) $B/tests/run

# SKIPS=--fail-on-skip: a skipped test is a failure (as in .ci/run)
LIST = CC="$(CC)" CC2="$(CLANG)" SANITIZE_FLAGS="$(SANITIZE_FLAGS)" tests/list.sh $B
RUN = CC="$(CC)" CC2="$(CLANG)" SANITIZE_FLAGS="$(SANITIZE_FLAGS)" $B/tests/run -j $(JOBS) -e $B/tests/explored -t 120 $(SKIPS)

test: setup-test
	@$(MAKE) --no-print-directory -s -j $(JOBS) tests
	@$(LIST) full >$B/tests/list
	@$(RUN) $B/tests/list

quick:
	@$(MAKE) --no-print-directory -s -j $(JOBS) tests
	@$(LIST) quick >$B/tests/list
	@$(RUN) $B/tests/list

lint: setup-test
	tools/check-layers
	tools/lint

# ---- installation

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include/sennit $(DESTDIR)$(PREFIX)/lib/pkgconfig \
		$(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $B/sennit $(DESTDIR)$(PREFIX)/bin/
	install -m 644 include/sennit.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 include/sennit/*.h $(DESTDIR)$(PREFIX)/include/sennit/
	install -m 644 $B/libsennit.a $(DESTDIR)$(PREFIX)/lib/
	install -m 755 $B/libsennit.so $(DESTDIR)$(PREFIX)/lib/libsennit.so.$(VERSION)
	ln -sf libsennit.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libsennit.so.0
	ln -sf libsennit.so.0 $(DESTDIR)$(PREFIX)/lib/libsennit.so
	install -m 755 $B/libsennit-check.so $(DESTDIR)$(PREFIX)/lib/libsennit-check.so.$(VERSION)
	ln -sf libsennit-check.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libsennit-check.so.0
	ln -sf libsennit-check.so.0 $(DESTDIR)$(PREFIX)/lib/libsennit-check.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' tools/sennit.pc.in >$(DESTDIR)$(PREFIX)/lib/pkgconfig/sennit.pc
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' tools/sennit-check.pc.in >$(DESTDIR)$(PREFIX)/lib/pkgconfig/sennit-check.pc
	install -m 644 docs/man/sennit.1 $(DESTDIR)$(PREFIX)/share/man/man1/

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/sennit $(DESTDIR)$(PREFIX)/include/sennit.h $(DESTDIR)$(PREFIX)/include/sennit \
		$(DESTDIR)$(PREFIX)/lib/libsennit* $(DESTDIR)$(PREFIX)/lib/pkgconfig/sennit*.pc \
		$(DESTDIR)$(PREFIX)/share/man/man1/sennit.1

# ---- what the targets need of the machine: installed, or the one command to type is printed

setup-run:
	@tools/setup run

setup-test:
	@tools/setup test

clean:
	rm -rf build

.PHONY: all run test tests quick lint install uninstall setup-run setup-test clean
