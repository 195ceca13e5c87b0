# SPDX-License-Identifier: BSD-2-Clause
# The one build file. `make help` lists what can be made.

VERSION := 0.1.0
SOVERSION := 0

PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
SBINDIR    ?= $(PREFIX)/sbin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share/container-lockdown
MANDIR     ?= $(PREFIX)/share/man
DOCDIR     ?= $(PREFIX)/share/doc/container-lockdown
UNITDIR    ?= $(PREFIX)/lib/systemd/system
BUILD      ?= build
PKG_CONFIG ?= pkg-config
CLANG      ?= clang
BPFTOOL    ?= $(shell PATH=$$PATH:/usr/sbin:/sbin command -v bpftool 2>/dev/null || echo bpftool)

# The shipped lockdown-exec is static and small: built with musl where the
# compiler wrapper is there, with the C library's static archive elsewhere.
MUSL_CC    ?= $(shell command -v musl-gcc 2>/dev/null || echo $(CC))
# The probes once more as an ia32 program: by the cross compiler, or by one that knows -m32; nothing without both.
IA32_CC    ?= $(shell command -v i686-linux-gnu-gcc 2>/dev/null || \
	{ echo 'int main(void){return 0;}' | $(CC) -m32 -static -x c - -o /dev/null 2>/dev/null && echo $(CC) -m32; })
TRIPLET    := $(shell $(CC) -print-multiarch 2>/dev/null)
ARCH       := $(shell uname -m)

WARN  := -Wall -Wextra -Werror -Wno-unknown-warning-option -Wno-format-truncation -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 \
	 -Wundef -Wvla
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -fstack-clash-protection
LDHARDEN := -Wl,-z,relro,-z,now -pie
SAN   ?=
ifneq ($(SAN),)
HARDEN := -fPIE -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
LDHARDEN := -pie -fsanitize=$(SAN)
endif
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) $(HARDEN) -fvisibility=hidden -D_GNU_SOURCE -Iinclude -Ilibpolicy -Ibpf -Ibroker \
	     -I$(BUILD)/gen -DLKD_VERSION='"$(VERSION)"' -DLKD_POLICY_DIR='"$(DATADIR)/policies"' \
	     -DLKD_BINDIR='"$(BINDIR)"' -MMD -MP $(PKG_CFLAGS)
PKGS := jansson libseccomp libbpf zlib
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
PKG_LIBS    = $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null)

Q := $(if $(V),,@)
quoted = '$(subst ','\'',$(1))' # one word for the shell
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(patsubst $(BUILD)/%,%,$@);)

LIB_SRC    := $(wildcard libpolicy/*.c)
ENGINE_SRC := $(wildcard bpf/*.c)
ENGINE_SRC := $(filter-out %.bpf.c,$(ENGINE_SRC))
CTL_SRC    := $(wildcard ctl/*.c) oci-hooks/file.c oci-hooks/inside.c
EXEC_SRC   := $(wildcard broker/*.c) libpolicy/planbin.c libpolicy/err.c bpf/mark.c bpf/preempt.c
OCI_SRC    := $(filter-out oci-hooks/hook.c oci-hooks/runtime.c,$(wildcard oci-hooks/*.c)) broker/getplan.c bpf/container.c \
	      libpolicy/planbin.c libpolicy/err.c libpolicy/node.c libpolicy/node_match.c libpolicy/node_off.c libpolicy/jsonwalk.c \
	      libpolicy/policy_pos.c libpolicy/words.c
PROBE_SRC  := $(wildcard tests/probes/*.c)
WORKS_SRC  := $(wildcard tests/works/*.c) $(addprefix tests/probes/,result.c files.c modules.c btf.c perf.c bpf.c)
UNIT_SRC   := $(wildcard tests/unit/test_*.c)
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)

obj = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(2))
LIB_OBJ    := $(call obj,obj,$(LIB_SRC))
ENGINE_OBJ := $(call obj,obj,$(ENGINE_SRC))
CTL_OBJ    := $(call obj,obj,$(CTL_SRC))
EXEC_OBJ   := $(call obj,musl,$(EXEC_SRC))
OCI_OBJ    := $(call obj,obj,$(OCI_SRC))
PROBE_OBJ  := $(call obj,musl,$(PROBE_SRC))
WORKS_OBJ  := $(call obj,musl,$(WORKS_SRC))
UNIT_BIN   := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))
UNIT_HELP  := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c)))
FUZZ_BIN   := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))

PROGRAMS := $(BUILD)/lockdownctl $(BUILD)/lockdown-exec $(BUILD)/lockdown-hook $(BUILD)/lockdown-runtime
LIBS     := $(BUILD)/liblockdown.a $(BUILD)/liblockdown.so.$(SOVERSION)

.PHONY: all
all: $(PROGRAMS) $(LIBS) $(BUILD)/liblockdown.pc ## build everything that is installed (default)

# ---- BPF: one object for all kernels (CO-RE), embedded in lockdownctl ----
$(BUILD)/bpf/lockdown.bpf.o: bpf/lockdown.bpf.c bpf/kernel.h bpf/abi.h
	@mkdir -p $(@D)
	$(call say,BPF)$(CLANG) -g -O2 -target bpf -mcpu=v3 -Wall -Wextra -Wno-unused-parameter -Werror \
		-I/usr/include/$(TRIPLET) -Ibpf -c $< -o $@

$(BUILD)/gen/lockdown.skel.h: $(BUILD)/bpf/lockdown.bpf.o
	@mkdir -p $(@D)
	$(call say,SKEL)$(BPFTOOL) gen skeleton $< name lockdown_bpf > $@.tmp && mv $@.tmp $@

# the version changes with the programs' code, so that `load` knows when to replace them
$(BUILD)/gen/version.h: $(BUILD)/bpf/lockdown.bpf.o bpf/seals.def bpf/engine.c
	@mkdir -p $(@D)
	$(call say,GEN)printf '#define LKD_ENGINE_VERSION "%s+%s%s"\n' $(VERSION) \
		$$(cat $^ | sha256sum | cut -c1-12) "$(ENGINE_SUFFIX)" > $@

$(call obj,obj,bpf/engine.c): $(BUILD)/gen/lockdown.skel.h $(BUILD)/gen/version.h
$(call obj,obj,bpf/engine.c): WARN += -Wno-sign-compare # the generated skeleton

# ---- objects -------------------------------------------------------------
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -c $< -o $@

$(BUILD)/pic/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -fPIC -c $< -o $@

# No stack-protector guard page games here: static, not position independent,
# as few pages touched as can be (page faults decide what a start costs).
MUSL_CFLAGS = -std=gnu11 -Os -g -fno-asynchronous-unwind-tables $(WARN) -fstack-protector-strong -D_GNU_SOURCE -Iinclude -Ilibpolicy -Ibpf -Ibroker \
	      -DLKD_VERSION='"$(VERSION)"' -DLKD_BINDIR='"$(BINDIR)"' -MMD -MP -fno-pie -ffunction-sections \
	      -idirafter /usr/include -idirafter /usr/include/$(TRIPLET)
MUSL_LDFLAGS = -static -no-pie -Wl,--gc-sections,-z,relro,-z,now,-z,noseparate-code
$(BUILD)/musl/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(MUSL_CC) $(MUSL_CFLAGS) -c $< -o $@

# ---- libraries and programs ----------------------------------------------
$(BUILD)/liblockdown.a: $(LIB_OBJ) $(call obj,obj,bpf/preempt.c)
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/liblockdown.so.$(SOVERSION): $(call obj,pic,$(LIB_SRC) bpf/preempt.c) libpolicy/liblockdown.map
	$(call say,LD)$(CC) $(CFLAGS) -shared $(if $(SAN),-fsanitize=$(SAN)) -Wl,-soname,$(@F),-z,relro,-z,now \
		-Wl,--version-script=libpolicy/liblockdown.map -o $@ $(filter %.o,$^) $(PKG_LIBS)
	@ln -sf $(@F) $(BUILD)/liblockdown.so

$(BUILD)/liblockdown.pc: libpolicy/liblockdown.pc.in Makefile
	$(call say,GEN)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' $< > $@

$(BUILD)/lockdownctl: $(CTL_OBJ) $(ENGINE_OBJ) $(BUILD)/liblockdown.a
	$(call say,LD)$(CC) $(CFLAGS) $(LDHARDEN) -o $@ $^ $(PKG_LIBS) $(shell $(PKG_CONFIG) --libs yaml-0.1)

$(BUILD)/lockdown-exec: $(EXEC_OBJ)
	$(call say,LD)$(MUSL_CC) $(MUSL_LDFLAGS) -o $@ $^

# static: what the dynamic loader does at each start costs more than all that they do
$(BUILD)/lockdown-hook $(BUILD)/lockdown-runtime: $(BUILD)/lockdown-%: $(BUILD)/obj/oci-hooks/%.o $(OCI_OBJ)
	$(call say,LD)$(CC) $(CFLAGS) $(if $(SAN),$(LDHARDEN),-static) -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs --static jansson)

# the same for lockdownctl, for hosts that have none of our libraries
$(BUILD)/static/lockdownctl: $(CTL_OBJ) $(ENGINE_OBJ) $(BUILD)/liblockdown.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(CFLAGS) -static -o $@ $^ $(shell $(PKG_CONFIG) --libs --static $(PKGS) yaml-0.1)

$(BUILD)/lockdown-probe: $(PROBE_OBJ)
	$(call say,LD)$(MUSL_CC) -static -no-pie -o $@ $^ -pthread

$(call obj,musl,$(wildcard tests/works/*.c)): MUSL_CFLAGS += -Itests/probes
$(BUILD)/ia32/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(IA32_CC) -std=gnu11 -Os -g $(WARN) -D_GNU_SOURCE -MMD -MP -c $< -o $@

$(BUILD)/lockdown-probe-ia32: $(call obj,ia32,$(PROBE_SRC))
	$(call say,LD)$(IA32_CC) -static -o $@ $^ -pthread

$(BUILD)/lockdown-works: $(WORKS_OBJ)
	$(call say,LD)$(MUSL_CC) -static -no-pie -Wl,--gc-sections -o $@ $^ -pthread

$(BUILD)/bpf-attack: $(BUILD)/musl/tests/attacks/bpf-attack.o
	$(call say,LD)$(MUSL_CC) -static -no-pie -o $@ $^

$(BUILD)/broker-attack: $(BUILD)/musl/tests/attacks/broker-attack.o
	$(call say,LD)$(MUSL_CC) -static -no-pie -o $@ $^ -pthread

$(BUILD)/files-attack: $(BUILD)/musl/tests/attacks/files-attack.o
	$(call say,LD)$(MUSL_CC) -static -no-pie -o $@ $^

$(BUILD)/rights-test: $(BUILD)/musl/tests/attacks/rights-test.o
	$(call say,LD)$(MUSL_CC) -static -no-pie -o $@ $^

$(BUILD)/oracle/%: tests/oracle/%.c $(wildcard tests/oracle/*.h)
	@mkdir -p $(@D)
	$(call say,LD)$(MUSL_CC) $(filter-out -MMD -MP,$(MUSL_CFLAGS)) -static -no-pie -o $@ $<

# ---- tests ---------------------------------------------------------------
$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/liblockdown.a $(ENGINE_OBJ) $(call obj,obj,oci-hooks/edit.c oci-hooks/said.c)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(filter-out -DLKD_POLICY_DIR%,$(ALL_CFLAGS)) -Ioci-hooks $(LDHARDEN) -DSRCDIR='"$(CURDIR)"' -o $@ $< \
		$(filter %.o,$^) $(filter %.a,$^) $(PKG_LIBS) -lcmocka

FUZZ_CFLAGS = -std=gnu11 -O1 -g $(WARN) -D_GNU_SOURCE -Iinclude -Ilibpolicy -Ibpf -Ioci-hooks -Itests/unit $(PKG_CFLAGS) -DLKD_VERSION='"fuzz"' \
	      -DLKD_POLICY_DIR='"$(CURDIR)/policies"' -DLKD_BINDIR='""' -MMD -MP -fsanitize=fuzzer-no-link,address,undefined \
	      -fno-sanitize-recover=all
.PRECIOUS: $(BUILD)/fuzzobj/%.o
$(BUILD)/fuzzobj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CLANG) $(FUZZ_CFLAGS) -c $< -o $@

$(BUILD)/fuzz/%: $(BUILD)/fuzzobj/tests/fuzz/%.o $(call obj,fuzzobj,$(LIB_SRC) bpf/preempt.c oci-hooks/edit.c)
	@mkdir -p $(@D)
	$(call say,FUZZ)$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $^ $(PKG_LIBS)

.PHONY: check
check: ## install what is needed and run all tests; ends in one line: N passed, N failed, N skipped
	tests/setup
	+tests/run $(SUITES)

.PHONY: engines
engines: ## privileged containers of podman, docker and containerd in VMs
	tests/setup
	+tests/run --engines

.PHONY: stress
stress: ## LKD_STRESS (1000) containers in a row, killed creations, many at once, in VMs
	tests/setup
	+tests/run --stress

.PHONY: demo
demo: ## install what is needed; forbidden things with and without lockdown-exec, side by side, in a VM
	tests/setup
	+$(MAKE) --no-print-directory all $(BUILD)/lockdown-probe
	tests/vm/demo

.PHONY: oracle
oracle: ## hold every verdict against kernels that are really locked down; writes docs/parity.md
	tests/setup
	+tests/oracle/run

.PHONY: foreign
foreign: ## other people's programs and suites, natively locked down and under lockdown-exec (docs/foreign-tests.md)
	tests/setup
	+tests/foreign/run $(KERNELS)

.PHONY: crun-tests runtime-tools-tests
crun-tests: ## crun's own test suite (CRUN_SRC=its sources) in a VM, with crun and with lockdown-runtime: the same results?
runtime-tools-tests: ## the same with the validation of the OCI's runtime-tools (RUNTIME_TOOLS_SRC=its sources; needs Go)
crun-tests runtime-tools-tests:
	tests/setup
	+$(MAKE) --no-print-directory all
	tests/foreign/runtimes $(@:-tests=)

.PHONY: bench
bench: ## side-by-side measurements: start, memory, instructions
	tests/setup bench
	+$(MAKE) --no-print-directory all $(BUILD)/lockdown-probe
	bench/run

.PHONY: unit probes fuzz-build
unit: $(UNIT_BIN) $(UNIT_HELP)
probes: $(BUILD)/lockdown-probe $(if $(IA32_CC),$(BUILD)/lockdown-probe-ia32) $(BUILD)/lockdown-works \
	$(BUILD)/bpf-attack $(BUILD)/broker-attack $(BUILD)/files-attack $(BUILD)/rights-test
fuzz-build: $(FUZZ_BIN)

FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: $(FUZZ_BIN) ## run each fuzzer for FUZZ_SECONDS
	tests/fuzz/run $(FUZZ_SECONDS) $(FUZZ_BIN)

.PHONY: lint
lint: $(BUILD)/gen/lockdown.skel.h $(BUILD)/gen/version.h ## static analysis: gcc -fanalyzer, clang --analyze, shell syntax
	tests/lint $(call quoted,$(filter-out -MMD -MP,$(ALL_CFLAGS))) $(LIB_SRC) $(ENGINE_SRC) $(wildcard ctl/*.c broker/*.c oci-hooks/*.c)

.PHONY: reference
reference: $(BUILD)/lockdownctl ## docs/reference.md from the table of reasons
	$(BUILD)/lockdownctl explain --json | docs/mkreference > docs/reference.md

.PHONY: static image
static: $(BUILD)/static/lockdownctl $(filter-out $(BUILD)/lockdownctl,$(PROGRAMS)) ## programs that need no library of the host's

IMAGE ?= localhost/container-lockdown/installer:$(VERSION)
image: ## build/image/installer.tar: OCI image of static programs that installs onto Kubernetes nodes
	+$(MAKE) --no-print-directory BUILD=$(BUILD)/image PREFIX=/opt/container-lockdown/current static
	deploy/kubernetes/image/mkimage $(BUILD)/image $(VERSION) $(IMAGE)

compile_commands.json: Makefile
	$(Q)tests/compile-commands $(call quoted,$(ALL_CFLAGS)) $(LIB_SRC) $(ENGINE_SRC) $(wildcard ctl/*.c broker/*.c oci-hooks/*.c) \
		$(PROBE_SRC) $(wildcard tests/works/*.c) $(UNIT_SRC) > $@

.PHONY: install
install: all ## install into DESTDIR/PREFIX
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(SBINDIR) $(LIBDIR)/pkgconfig $(INCLUDEDIR)/lockdown \
		$(DATADIR)/policies $(DATADIR)/bpf $(DATADIR)/deploy $(DOCDIR) $(UNITDIR) $(MANDIR)/man1 $(MANDIR)/man8)
	install -m 755 $(PROGRAMS) $(DESTDIR)$(BINDIR)
	install -m 644 $(wildcard policies/*.json) $(DESTDIR)$(DATADIR)/policies
	install -m 644 $(BUILD)/bpf/lockdown.bpf.o $(DESTDIR)$(DATADIR)/bpf
	for f in $$(cd deploy && find . -type f); do install -D -m 644 deploy/$$f $(DESTDIR)$(DATADIR)/deploy/$$f || exit 1; done
	sed 's|/usr/local/bin|$(BINDIR)|' deploy/systemd/container-lockdown.service > $(DESTDIR)$(UNITDIR)/container-lockdown.service
	chmod 644 $(DESTDIR)$(UNITDIR)/container-lockdown.service
	install -m 644 $(BUILD)/liblockdown.a $(DESTDIR)$(LIBDIR)
	install -m 755 $(BUILD)/liblockdown.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)
	ln -sf liblockdown.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/liblockdown.so
	install -m 644 $(BUILD)/liblockdown.pc $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 $(wildcard include/lockdown/*) $(DESTDIR)$(INCLUDEDIR)/lockdown
	install -m 644 README.md SECURITY.md LICENSE $(wildcard docs/*.md) $(DESTDIR)$(DOCDIR)
	install -m 644 $(wildcard docs/man/*.1) $(DESTDIR)$(MANDIR)/man1
	install -m 644 $(wildcard docs/man/*.8) $(DESTDIR)$(MANDIR)/man8

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD) compile_commands.json

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z_.-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
