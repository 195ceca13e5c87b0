// SPDX-License-Identifier: BSD-2-Clause
/*
 * The filters, run by a simulator and held against what the kernel itself
 * would do, written down here a second time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <jansson.h>

#include <lockdown/plan.h>

#include "policy_priv.h"
#include "simulate.h"
#include "util.h"

#ifndef SRCDIR
#define SRCDIR "."
#endif

#define R(id)  LKD_SET(LKD_REASON_##id)
#define BY(id) (1u << LKD_HOLDER_##id)
#define X32    0x40000000u

static void test_simulator(void **state)
{
	static const struct {
		struct sock_filter f[6];
		size_t n;
		uint32_t want;
	} cases[] = {
		{ { BPF_STMT(BPF_RET | BPF_K, 7) }, 1, 7 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_STMT(BPF_RET | BPF_A, 0) }, 2, 42 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), BPF_STMT(BPF_RET | BPF_A, 0) }, 2, 0x55667788 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 20), BPF_STMT(BPF_RET | BPF_A, 0) }, 2, 0x11223344 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60), BPF_STMT(BPF_RET | BPF_A, 0) }, 2, 0 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 61), BPF_STMT(BPF_RET | BPF_A, 0) }, 2, SIM_BROKEN },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), BPF_STMT(BPF_RET | BPF_A, 0) }, 2, SIM_BROKEN },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0) }, 1, SIM_BROKEN }, /* no return */
		{ { BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), BPF_STMT(BPF_RET | BPF_K, 1), BPF_STMT(BPF_RET | BPF_K, 2) }, 3, 2 },
		{ { BPF_JUMP(BPF_JMP | BPF_JA, 5, 0, 0), BPF_STMT(BPF_RET | BPF_K, 1) }, 2, SIM_BROKEN },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 42, 0, 1),
		    BPF_STMT(BPF_RET | BPF_K, 1), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 42, 0, 1), BPF_STMT(BPF_RET | BPF_K, 2),
		    BPF_STMT(BPF_RET | BPF_K, 3) }, 6, 2 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 2, 0, 1),
		    BPF_STMT(BPF_RET | BPF_K, 1), BPF_STMT(BPF_RET | BPF_K, 2) }, 4, 1 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_STMT(BPF_MISC | BPF_TAX, 0),
		    BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
		    BPF_STMT(BPF_RET | BPF_A, 0) }, 5, 0x50 },
		{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_STMT(BPF_MISC | BPF_TAX, 0), BPF_STMT(BPF_LD | BPF_IMM, 1),
		    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 1), BPF_STMT(BPF_RET | BPF_K, 1), BPF_STMT(BPF_RET | BPF_K, 2) },
		  6, 2 },
	};
	const struct seccomp_data d = { .nr = 42, .arch = 1, .args = { 0x1122334455667788ULL } };

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++)
		assert_int_equal(simulate(cases[i].f, cases[i].n, &d), cases[i].want);
}

/* ---- what the kernel refuses, by number ---- */

enum abi { A64, AX32, A32, ABIS };

static const uint32_t audit_arch[ABIS] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };

/* arch/x86/entry/syscalls/syscall_{64,32}.tbl; x32 without its bit; -1: not in that ABI */
struct call {
	const char *name;
	int nr[ABIS];
};

static const struct call kexec_load = { "kexec_load", { 246, 528, 283 } };
static const struct call kexec_file_load = { "kexec_file_load", { 320, 320, -1 } };
static const struct call iopl = { "iopl", { 172, 172, 110 } };
static const struct call ioperm = { "ioperm", { 173, 173, 101 } };
static const struct call ioctl_ = { "ioctl", { 16, 514, 54 } };
static const struct call init_module = { "init_module", { 175, 175, 128 } };
static const struct call finit_module = { "finit_module", { 313, 313, 350 } };
static const struct call bpf_ = { "bpf", { 321, 321, 357 } };
static const struct call perf = { "perf_event_open", { 298, 298, 336 } };
static const struct call socket_ = { "socket", { 41, 41, 359 } };
static const struct call socketcall = { "socketcall", { -1, -1, 102 } };
static const struct call uring = { "io_uring_setup", { 425, 425, 425 } };

static const struct call open_tree = { "open_tree", { 428, 428, 428 } };
static const struct call fsmount_ = { "fsmount", { 432, 432, 432 } };
static const struct call mount_setattr_ = { "mount_setattr", { 442, 442, 442 } };
static const struct call open_tree_attr = { "open_tree_attr", { 467, 467, 467 } };
static const struct call setns_ = { "setns", { 308, 308, 346 } };
static const struct call seccomp_ = { "seccomp", { 317, 317, 354 } };

static bool is(const struct call *c, enum abi abi, int nr)
{
	return c->nr[abi] == nr;
}

static uint32_t low(uint64_t v)
{
	return (uint32_t)v;
}

/* arch/x86/kernel/ioport.c:ksys_ioperm, in its own words */
static bool ioperm_asks(enum abi abi, const uint64_t *args)
{
	/* the 32-bit entry hands over 32 bits, and so does the kernel in seccomp_data */
	const uint64_t from = abi == A32 ? low(args[0]) : args[0], num = abi == A32 ? low(args[1]) : args[1];

	if (from + num <= from || from + num > 65536)
		return false; /* EINVAL first */
	return low(args[2]) != 0;
}

#define REFUSE(e) (SECCOMP_RET_ERRNO | (e))

/* BPF_PROG_LOAD, with or without BPF_COMMON_ATTRS: kernel/bpf/syscall.c:__sys_bpf of 7.x takes that off the command */
static bool loads_program(uint64_t cmd)
{
	return (low(cmd) & ~0x10000u) == 5;
}

/* the exact ones: the floor */
static uint32_t floor_oracle(lkd_set floor, enum abi abi, int nr, const uint64_t *args)
{
	if (floor & R(KEXEC) && is(&kexec_load, abi, nr))
		return REFUSE(EPERM);
	if (floor & R(IOPORT) && is(&iopl, abi, nr) && low(args[0]) >= 1 && low(args[0]) <= 3)
		return REFUSE(EPERM);
	if (floor & R(IOPORT) && is(&ioperm, abi, nr) && ioperm_asks(abi, args))
		return REFUSE(EPERM);
	return SECCOMP_RET_ALLOW;
}

/* where seccomp holds a reason alone, and refuses more than the kernel would */
static uint32_t alone_oracle(lkd_set held, enum abi abi, int nr, const uint64_t *args)
{
	if (held & R(KEXEC) && is(&kexec_file_load, abi, nr) && !(low(args[4]) & 1)) /* KEXEC_FILE_UNLOAD */
		return REFUSE(EPERM);
	if (held & R(IOPORT) && is(&ioctl_, abi, nr) && (low(args[1]) == 0x4b34 || low(args[1]) == 0x4b36))
		return REFUSE(ENXIO);
	if (held & R(TIOCSSERIAL) && is(&ioctl_, abi, nr) && low(args[1]) == 0x541f)
		return REFUSE(EPERM);
	if (held & (R(MODULE_SIGNATURE) | R(MODULE_PARAMETERS) | R(DEV_MEM) | R(MMIOTRACE) | R(XEN_USER_ACTIONS)) &&
	    (is(&init_module, abi, nr) || is(&finit_module, abi, nr)))
		return REFUSE(EPERM);
	if (held & (R(BPF_WRITE_USER) | R(BPF_READ_KERNEL)) && is(&bpf_, abi, nr) && loads_program(args[0]))
		return REFUSE(EINVAL);
	if (held & R(PERF) && is(&perf, abi, nr))
		return REFUSE(EPERM);
	if (held & R(XFRM_SECRET) && is(&socket_, abi, nr) && low(args[0]) == 16 && low(args[2]) == 6)
		return REFUSE(EPERM);
	if (held & R(XFRM_SECRET) && is(&socketcall, abi, nr) && low(args[0]) == 1) /* SYS_SOCKET */
		return REFUSE(EPERM);
	if (held & R(XFRM_SECRET) && is(&uring, abi, nr))
		return REFUSE(EPERM);
	return SECCOMP_RET_ALLOW;
}

/* what would lead around masks, and a Landlock domain does not refuse */
static bool freeze_oracle(enum abi abi, int nr, const uint64_t *args)
{
	if (is(&open_tree, abi, nr))
		return low(args[2]) & 3;
	if (is(&setns_, abi, nr))
		return !low(args[1]) || low(args[1]) & 0x20000;
	return is(&fsmount_, abi, nr) || is(&mount_setattr_, abi, nr) || is(&open_tree_attr, abi, nr);
}

/* asked about only where the broker holds them */
#define MODULES_ASKED (R(MODULE_PARAMETERS) | R(DEV_MEM) | R(MMIOTRACE) | R(XEN_USER_ACTIONS))

/* what the broker is asked about: as far as the plan has one, also reasons that it holds only in part */
static bool ask_oracle(lkd_set asked, enum abi abi, int nr, const uint64_t *args)
{
	if (asked & (R(PERF) | R(KPROBES)) && is(&perf, abi, nr))
		return true;
	if (asked & MODULES_ASKED && (is(&init_module, abi, nr) || is(&finit_module, abi, nr)))
		return true;
	if (asked & (R(BPF_WRITE_USER) | R(BPF_READ_KERNEL)) && is(&bpf_, abi, nr) && loads_program(args[0]))
		return true;
	if (!is(&ioctl_, abi, nr))
		return false;
	return (asked & R(TIOCSSERIAL) && low(args[1]) == 0x541f) ||
	       (asked & R(IOPORT) && (low(args[1]) == 0x4b34 || low(args[1]) == 0x4b36)) ||
	       (asked & R(MSR) && low(args[1]) == 0xc02063a1);
}

/* ---- comparing the two ---- */

struct built {
	lkd_set held, floor; /* held by SECCOMP; wanted exactly besides */
	lkd_set broker;	     /* held by BROKER */
	bool x32, freeze;
	struct sock_filter f[LKD_FILTER_MAX];
	size_t n;
};

static struct lkd_facts facts;

static void x86_64(void)
{
	lkd_facts_init(&facts);
	strcpy(facts.v[LKD_FACT_machine].str, "x86_64");
	facts.v[LKD_FACT_seccomp_filter].num = LKD_YES;
}

static void build_with(struct built *b, lkd_set held, lkd_set broker, lkd_set floor)
{
	uint32_t holders[LKD_REASON_COUNT_];
	struct lkd_err e = {};
	int r;

	for (int i = 0; i < LKD_REASON_COUNT_; i++)
		holders[i] = broker & LKD_SET(i) ? BY(BROKER) | BY(SECCOMP) * (i == LKD_REASON_IOPORT) :
			     held & LKD_SET(i)	 ? BY(SECCOMP) :
			     i % 2		 ? BY(KERNEL) :
						   0; /* others don't count */
	b->held = held;
	b->broker = broker;
	b->floor = floor;
	b->x32 = facts.v[LKD_FACT_x32].num != LKD_NO;
	r = lkd_seccomp_build(holders, floor, b->freeze, &facts, b->f, &e);
	if (r < 0)
		fail_msg("build: %d: %s", r, e.msg);
	assert_true(r <= LKD_FILTER_MAX);
	b->n = (size_t)r;
}

static void build(struct built *b, lkd_set held, lkd_set floor)
{
	build_with(b, held, 0, floor);
}

#define ASKED (R(PERF) | R(KPROBES) | R(BPF_WRITE_USER) | R(BPF_READ_KERNEL) | R(TIOCSSERIAL) | R(IOPORT) | R(MSR))

static void compare(const struct built *b, enum abi abi, int nr, const uint64_t *args)
{
	struct seccomp_data d = { .nr = abi == AX32 ? (int)((uint32_t)nr | X32) : nr, .arch = audit_arch[abi] };
	const lkd_set asked = b->broker ? b->broker | (b->floor & ASKED & ~b->held) : 0;
	uint32_t want = floor_oracle(b->floor | b->held | b->broker, abi, nr, args), got;

	if (nr < 0) /* not in this ABI */
		return;
	if (want == SECCOMP_RET_ALLOW && b->freeze && freeze_oracle(abi, nr, args))
		want = REFUSE(EPERM);
	if (want == SECCOMP_RET_ALLOW)
		want = alone_oracle(b->held & ~b->broker, abi, nr, args);
	if (want == SECCOMP_RET_ALLOW && ask_oracle(asked, abi, nr, args))
		want = SECCOMP_RET_USER_NOTIF;
	/* a listener of one's own, whether the broker lives or not: SECCOMP_SET_MODE_FILTER, FILTER_FLAG_NEW_LISTENER */
	if (asked && is(&seccomp_, abi, nr) && low(args[0]) == 1 && low(args[1]) & 8)
		want = REFUSE(EBUSY);
	/* as the kernel has it where x32 is off; the blocks that are written out stand in front */
	if (abi == AX32 && !b->x32 && !((is(&ioperm, abi, nr) || is(&open_tree_attr, abi, nr)) && want == REFUSE(EPERM)))
		want = REFUSE(ENOSYS);
	for (int i = 0; i < 6; i++)
		d.args[i] = abi == A32 ? low(args[i]) : args[i];
	got = simulate(b->f, b->n, &d);
	if (got != want)
		fail_msg("held %llx floor %llx: abi %d nr %d (%llx %llx %llx %llx %llx): got %x, want %x",
			 (unsigned long long)b->held, (unsigned long long)b->floor, (int)abi, nr, (unsigned long long)args[0],
			 (unsigned long long)args[1], (unsigned long long)args[2], (unsigned long long)args[3],
			 (unsigned long long)args[4], got, want);
}

static const uint64_t edges[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 0x10004, 0x10005, 0x20005, 0x100010005ULL, 0x28, 0x4b33, 0x4b34, 0x4b35, 0x4b36, 0x4b37, 0x541e, 0x541f, 0x5420, 0x20000, 0x60000000, 0xc02063a1, 65535, 65536, 65537,
	0x7fffffff, 0x80000000, 0xffffffff, 0x100000000ULL, 0x100000001ULL, 0x100000002ULL, 0x100000003ULL, 0x100000005ULL,
	0x100000006ULL, 0x100000010ULL, 0x100004b34ULL, 0x100004b36ULL, 0x10000541fULL,
	0x100010000ULL, 0x8000000000000000ULL, 0x8000000000000001ULL, ~65535ULL, ~65536ULL, ~1ULL, ~0ULL,
};

/* every number, each argument through the edges while the others have a few fixed values */
static void compare_all(const struct built *b)
{
	static const uint64_t rest[] = { 0, 1, 6, 16, ~0ULL };

	for (int abi = 0; abi < ABIS; abi++)
		for (int nr = 0; nr <= 600; nr++)
			for (size_t k = 0; k < LKD_N(rest); k++)
				for (size_t i = 0; i < LKD_N(edges); i++)
					for (int a = 0; a < 5; a++) {
						uint64_t args[6] = { rest[k], rest[k], rest[k], rest[k], rest[k], rest[k] };

						args[a] = edges[i];
						compare(b, (enum abi)abi, nr, args);
					}
}

/* the calls that a rule looks at: all edges against all edges in the first three arguments */
static void compare_deep(const struct built *b)
{
	static const struct call *const calls[] = { &kexec_load, &iopl, &ioperm, &ioctl_, &bpf_, &socket_, &socketcall };

	for (int abi = 0; abi < ABIS; abi++)
		for (size_t c = 0; c < LKD_N(calls); c++)
			for (size_t i = 0; i < LKD_N(edges); i++)
				for (size_t j = 0; j < LKD_N(edges); j++)
					for (size_t k = 0; k < LKD_N(edges); k++)
						compare(b, (enum abi)abi, calls[c]->nr[abi],
							(uint64_t[6]){ edges[i], edges[j], edges[k], 0, 0, 0 });
}

static void unknown_arch(const struct built *b)
{
	static const uint32_t arches[] = { AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, AUDIT_ARCH_PPC64LE, AUDIT_ARCH_RISCV64, 0, ~0u };

	for (size_t i = 0; i < LKD_N(arches); i++)
		for (int nr = 0; nr <= 600; nr++) {
			const struct seccomp_data d = { .nr = nr, .arch = arches[i], .args = { 1, 1, 1 } };

			assert_int_equal(simulate(b->f, b->n, &d), REFUSE(ENOSYS));
		}
}

static struct built built;

static void test_floor(void **state)
{
	static const lkd_set floors[] = { R(KEXEC), R(IOPORT), R(KEXEC) | R(IOPORT), LKD_SET(LKD_REASON_COUNT_) - 1 };
	static const int x32[] = { LKD_UNKNOWN, LKD_YES, LKD_NO };

	(void)state;
	for (size_t i = 0; i < LKD_N(floors); i++) {
		for (size_t k = 0; k < LKD_N(x32); k++) {
			x86_64();
			facts.v[LKD_FACT_x32].num = x32[k];
			build(&built, 0, floors[i]);
			assert_true(built.n > 0);
			if (i >= 2)
				compare_all(&built);
			compare_deep(&built);
			unknown_arch(&built);
		}
	}
}

/* ioperm alone needs a sum: once with every value near the bounds */
static void test_ioperm(void **state)
{
	uint64_t values[80];
	size_t n = 0;

	(void)state;
	x86_64();
	build(&built, 0, R(IOPORT));
	for (uint64_t v = 0; v < 8; v++) {
		values[n++] = v;
		values[n++] = 0x3f8 + v;
		values[n++] = 65532 + v;
		values[n++] = 0xfffffffc + v;
		values[n++] = (1ULL << 48) + v;
		values[n++] = 0x7ffffffffffffffcULL + v;
		values[n++] = 0ULL - v - 1;
		values[n++] = 0ULL - 65536 - 4 + v;
		values[n++] = 0xffff0000 + v;
		values[n++] = 32768 - 4 + v;
	}
	assert_int_equal(n, LKD_N(values));
	for (int abi = 0; abi < ABIS; abi++)
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < n; k++)
				for (uint64_t on = 0; on < 4; on++)
					compare(&built, (enum abi)abi, ioperm.nr[abi],
						(uint64_t[6]){ values[i], values[k], on << (on > 1 ? 31 : 0) });
}

static void test_no_rules(void **state)
{
	(void)state;
	x86_64();
	build(&built, 0, 0);
	assert_int_equal(built.n, 0); /* no filter rather than one that allows everything */
	build(&built, 0, LKD_SET_ALL & ~(R(KEXEC) | R(IOPORT)));
	assert_int_equal(built.n, 0);
	/* where the calls do not exist the kernel says ENOSYS itself, locked down or not */
	facts.v[LKD_FACT_sys_kexec_load].num = LKD_NO;
	facts.v[LKD_FACT_sys_iopl].num = LKD_NO;
	build(&built, 0, LKD_SET_ALL);
	assert_int_equal(built.n, 0);
	facts.v[LKD_FACT_sys_iopl].num = LKD_UNKNOWN;
	build(&built, 0, LKD_SET_ALL);
	assert_true(built.n > 0);
	/* not x86: nothing of ioperm */
	strcpy(facts.v[LKD_FACT_machine].str, "aarch64");
	facts.v[LKD_FACT_sys_iopl].num = LKD_NO;
	build(&built, 0, LKD_SET_ALL & ~R(PCI_ACCESS));
	assert_int_equal(built.n, 0);
}

/* each reason that a plan may leave to seccomp alone */
static const lkd_set alone[] = {
	R(KEXEC),	    R(IOPORT),		R(MODULE_SIGNATURE), R(MMIOTRACE),	R(XEN_USER_ACTIONS), R(TIOCSSERIAL),
	R(BPF_WRITE_USER),  R(BPF_READ_KERNEL), R(PERF),	     R(XFRM_SECRET),
};

static void test_alone(void **state)
{
	lkd_set all = 0;

	(void)state;
	for (size_t i = 0; i < LKD_N(alone); i++) {
		x86_64();
		build(&built, alone[i], 0);
		compare_all(&built);
		all |= alone[i];
	}
	build(&built, all, LKD_SET_ALL);
	compare_all(&built);
	compare_deep(&built);
	unknown_arch(&built);
}

/* every set of them, with and without the floor: code that libseccomp shares among rules is right for all */
static void test_all_sets(void **state)
{
	static const struct call *const calls[] = { &kexec_load, &kexec_file_load, &iopl, &ioperm, &ioctl_, &init_module,
						    &finit_module, &bpf_, &perf, &socket_, &socketcall, &uring };

	(void)state;
	x86_64();
	for (uint64_t bits = 0; bits < 2ULL << LKD_N(alone); bits++) {
		lkd_set held = 0;

		for (size_t k = 0; k < LKD_N(alone); k++)
			if (bits >> k & 1)
				held |= alone[k];
		build(&built, held, bits >> LKD_N(alone) ? LKD_SET_ALL : 0);
		if (!built.n)
			continue;
		for (int abi = 0; abi < ABIS; abi++)
			for (size_t c = 0; c < LKD_N(calls); c++)
				for (size_t i = 0; i < LKD_N(edges); i++)
					for (size_t k = 0; k < 5; k++)
						compare(&built, (enum abi)abi, calls[c]->nr[abi],
							(uint64_t[6]){ edges[i], edges[(i + k) % LKD_N(edges)], k < 3 ? edges[k] : 6,
								       edges[i], edges[i] });
	}
}

/* every set that a broker holds, beside a filter that holds what no broker does */
static void test_broker(void **state)
{
	static const lkd_set one[] = { R(PERF), R(KPROBES), R(BPF_WRITE_USER), R(BPF_READ_KERNEL), R(TIOCSSERIAL), R(IOPORT),
				       R(MSR) };
	static const struct call *const calls[] = { &kexec_load, &kexec_file_load, &iopl, &ioperm, &ioctl_, &init_module, &bpf_,
						    &perf, &socket_ };

	(void)state;
	x86_64();
	for (uint64_t bits = 1; bits < 4ULL << LKD_N(one); bits++) {
		const bool floor = bits >> LKD_N(one) & 1, beside = bits >> LKD_N(one) & 2;
		lkd_set broker = 0;

		for (size_t k = 0; k < LKD_N(one); k++)
			if (bits >> k & 1)
				broker |= one[k];
		build_with(&built, beside ? R(KEXEC) | R(MODULE_SIGNATURE) | R(XFRM_SECRET) : 0, broker, floor ? LKD_SET_ALL : 0);
		if (!built.n)
			continue;
		for (int abi = 0; abi < ABIS; abi++)
			for (size_t c = 0; c < LKD_N(calls); c++)
				for (size_t i = 0; i < LKD_N(edges); i++)
					for (size_t k = 0; k < 3; k++)
						compare(&built, (enum abi)abi, calls[c]->nr[abi],
							(uint64_t[6]){ edges[i], edges[(i + k) % LKD_N(edges)], edges[k], edges[i] });
	}
	for (size_t i = 0; i < 4; i++) {
		static const lkd_set modules[] = { R(MODULE_PARAMETERS), R(DEV_MEM), R(MMIOTRACE), R(XEN_USER_ACTIONS) };

		build_with(&built, R(KEXEC), modules[i] | R(MSR), 0);
		compare_all(&built);
	}
	build_with(&built, 0, ASKED | MODULES_ASKED, LKD_SET_ALL);
	compare_all(&built);
	compare_deep(&built);
	unknown_arch(&built);
}

/* ---- the plan's word: what it says that seccomp holds, a filter refuses ---- */

static bool denies_something(const struct built *b)
{
	for (int abi = 0; abi < ABIS; abi++)
		for (uint32_t nr = 0; nr <= 600; nr++)
			for (size_t i = 0; i < LKD_N(edges); i++) {
				struct seccomp_data d = { .nr = (int)(abi == AX32 ? nr | X32 : nr), .arch = audit_arch[abi] };

				for (int a = 0; a < 6; a++)
					d.args[a] = edges[i];
				d.args[2] = 6; /* NETLINK_XFRM */
				if ((simulate(b->f, b->n, &d) & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
					return true;
			}
	return false;
}

static void test_plan_holds(void **state)
{
	static const char *const hosts[] = { "no-btf", "debian-6.12-preempt-full", "hardened-integrity-6.18", "rootless-userns",
					     "native-integrity", "debian-7.3-lsm" };
	static struct lkd_plan plan;
	lkd_set seen = 0, seen_broker = 0;

	(void)state;
	for (size_t h = 0; h < LKD_N(hosts); h++) {
		struct lkd_policy p;
		char path[512];

		(void)snprintf(path, sizeof(path), "%s/tests/facts/%s.json", SRCDIR, hosts[h]);
		assert_int_equal(lkd_facts_load(path, &facts, NULL), 0);
		lkd_policy_init(&p, LKD_LEVEL_CONFIDENTIALITY);
		assert_int_equal(lkd_plan_make(&p, &facts, LKD_ENGINE_BROKER, &plan, NULL), 0);
		memcpy(built.f, plan.filter, sizeof(built.f));
		built.n = plan.n_filter;
		built.x32 = facts.v[LKD_FACT_x32].num != LKD_NO;
		built.held = built.floor = built.broker = 0;
		built.freeze = plan.holds_files;
		for (int i = 0; i < LKD_REASON_COUNT_; i++) {
			if (plan.rows[i].holders & BY(SECCOMP))
				built.held |= LKD_SET(i);
			if (plan.rows[i].holders & BY(BROKER))
				built.broker |= LKD_SET(i);
			if (!(plan.rows[i].holders & (BY(HOST) | BY(ABSENT))))
				built.floor |= LKD_SET(i);
		}
		if (facts.v[LKD_FACT_sys_kexec_load].num != LKD_NO && facts.v[LKD_FACT_sys_iopl].num != LKD_NO)
			compare_all(&built); /* the plan's own filter */
		built.freeze = false;
		seen |= built.held;
		seen_broker |= built.broker;
		for (int i = 0; i < LKD_REASON_COUNT_; i++) {
			if (!(plan.rows[i].holders & BY(SECCOMP)))
				continue;
			build(&built, LKD_SET(i), 0); /* whose own rules are there even if a broker is beside them */
			if (!built.n || !denies_something(&built))
				fail_msg("%s: seccomp is said to hold %s, and refuses nothing", hosts[h], plan.rows[i].name);
		}
	}
	for (size_t i = 0; i < LKD_N(alone); i++)
		assert_true((seen | ASKED) & alone[i]);
	assert_true((seen_broker & (ASKED & ~(R(KPROBES) | R(MSR)))) == (ASKED & ~(R(KPROBES) | R(MSR))));
}

/* likewise for machines that we don't run on: at least an OCI rule stands for it */
static void test_other_machines(void **state)
{
	static const char *const machines[] = { "aarch64", "ppc64le", "s390x", "i686", "riscv64", "" };
	static struct lkd_plan plan;

	(void)state;
	assert_int_equal(lkd_facts_load(SRCDIR "/tests/facts/no-btf.json", &facts, NULL), 0);
	for (size_t m = 0; m < LKD_N(machines); m++) {
		struct lkd_policy p;

		strcpy(facts.v[LKD_FACT_machine].str, machines[m]);
		lkd_policy_init(&p, LKD_LEVEL_CONFIDENTIALITY);
		assert_int_equal(lkd_plan_make(&p, &facts, LKD_ENGINE_BROKER, &plan, NULL), 0);
		for (int i = 0; i < LKD_REASON_COUNT_; i++) {
			uint32_t holders[LKD_REASON_COUNT_] = {};
			char *oci;
			json_t *root;

			if (!(plan.rows[i].holders & BY(SECCOMP)))
				continue;
			holders[i] = BY(SECCOMP);
			oci = lkd_seccomp_oci(holders, 0, &facts);
			root = json_loads(oci, JSON_REJECT_DUPLICATES, NULL);
			if (!json_array_size(json_object_get(root, "syscalls")))
				fail_msg("'%s': seccomp is said to hold %s, and has no rule", machines[m], plan.rows[i].name);
			json_decref(root);
			free(oci);
		}
	}
}

/* ---- the kernel takes them ---- */

enum { TAKEN = 0, NOT_TAKEN = 1, WRONG = 2, NO_SECCOMP = 3 };

static int live(const struct built *b)
{
	struct sock_fprog prog = { .len = (unsigned short)b->n, .filter = (struct sock_filter *)(uintptr_t)b->f };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
			_exit(NO_SECCOMP);
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
			_exit(errno == ENOSYS ? NO_SECCOMP : NOT_TAKEN);
		if (syscall(SYS_getpid) != getpid())
			_exit(WRONG);
#if defined(__x86_64__)
		/* harmless whatever the answer: too many segments, a bad level, a bad range, no descriptor */
		if ((b->held | b->floor) & R(KEXEC) &&
		    (syscall(SYS_kexec_load, 0UL, 17UL, NULL, 0UL) != -1 || errno != EPERM))
			_exit(WRONG);
		if ((b->held | b->floor) & R(IOPORT) && (syscall(SYS_iopl, 3) != -1 || errno != EPERM))
			_exit(WRONG);
		if ((b->held | b->floor) & R(IOPORT) && (syscall(SYS_ioperm, 0x80UL, 1UL, 1) != -1 || errno != EPERM))
			_exit(WRONG);
		if (syscall(SYS_iopl, 4) != -1 || errno == EPERM || syscall(SYS_ioperm, 65536UL, 1UL, 1) != -1 || errno == EPERM)
			_exit(WRONG);
		if (b->held & R(TIOCSSERIAL) && (syscall(SYS_ioctl, -1, 0x541f, 0) != -1 || errno != EPERM))
			_exit(WRONG);
		if (syscall(SYS_ioctl, -1, 0x541e, 0) != -1 || errno != EBADF)
			_exit(WRONG);
#endif
		_exit(TAKEN);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void test_live(void **state)
{
	lkd_set all = 0;

	(void)state;
	x86_64();
	for (size_t i = 0; i <= LKD_N(alone); i++) {
		build(&built, i < LKD_N(alone) ? alone[i] : all, 0);
		all |= i < LKD_N(alone) ? alone[i] : 0;
		switch (live(&built)) {
		case TAKEN:
			break;
		case NO_SECCOMP:
			skip();
			break;
		default:
			fail_msg("the kernel does not take the filter for %llx, or answers otherwise",
				 (unsigned long long)built.held);
		}
	}
	build(&built, 0, LKD_SET_ALL);
	assert_int_equal(live(&built), TAKEN);
	facts.v[LKD_FACT_x32].num = LKD_NO;
	build(&built, all, LKD_SET_ALL);
	assert_int_equal(live(&built), TAKEN);
}

/* ---- OCI ---- */

static const char *str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* is there a rule for @call with this errno, and, if @arg is not negative, an argument like that? */
static bool has_rule(const json_t *calls, const char *call, int error, int arg, json_int_t value)
{
	size_t i, k;
	json_t *rule, *a;

	json_array_foreach(calls, i, rule) {
		if (strcmp(json_string_value(json_array_get(json_object_get(rule, "names"), 0)), call) ||
		    json_integer_value(json_object_get(rule, "errnoRet")) != error)
			continue;
		if (arg < 0)
			return true;
		json_array_foreach(json_object_get(rule, "args"), k, a)
			if (json_integer_value(json_object_get(a, "index")) == arg &&
			    json_integer_value(json_object_get(a, strcmp(str(a, "op"), "SCMP_CMP_MASKED_EQ") ? "value" :
														"valueTwo")) == value)
				return true;
	}
	return false;
}

static json_t *oci(lkd_set held, lkd_set floor, json_t **ret_root)
{
	uint32_t holders[LKD_REASON_COUNT_] = {};
	char *text;

	for (int i = 0; i < LKD_REASON_COUNT_; i++)
		holders[i] = held & LKD_SET(i) ? BY(SECCOMP) : 0;
	text = lkd_seccomp_oci(holders, floor, &facts);
	assert_non_null(text);
	*ret_root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(*ret_root);
	free(text);
	return json_object_get(*ret_root, "syscalls");
}

static void test_oci(void **state)
{
	json_t *root, *calls, *rule, *arg;
	size_t i, k;

	(void)state;
	x86_64();
	calls = oci(0, LKD_SET_ALL, &root);
	assert_int_equal(json_object_size(root), 3);
	assert_string_equal(str(root, "defaultAction"), "SCMP_ACT_ALLOW");
	assert_int_equal(json_array_size(json_object_get(root, "architectures")), 3);
	assert_int_equal(json_array_size(calls), 5); /* kexec_load, iopl 1 2 3, ioperm */
	assert_true(has_rule(calls, "kexec_load", EPERM, -1, 0));
	for (int level = 1; level <= 3; level++)
		assert_true(has_rule(calls, "iopl", EPERM, 0, level));
	assert_false(has_rule(calls, "iopl", EPERM, 0, 0));
	assert_true(has_rule(calls, "ioperm", EPERM, 2, 0));
	json_decref(root);

	calls = oci(LKD_SET_ALL, LKD_SET_ALL, &root);
	assert_true(has_rule(calls, "kexec_file_load", EPERM, 4, 0));
	assert_true(has_rule(calls, "ioctl", ENXIO, 1, 0x4b34));
	assert_true(has_rule(calls, "ioctl", ENXIO, 1, 0x4b36));
	assert_true(has_rule(calls, "ioctl", EPERM, 1, 0x541f));
	assert_true(has_rule(calls, "init_module", EPERM, -1, 0));
	assert_true(has_rule(calls, "finit_module", EPERM, -1, 0));
	assert_true(has_rule(calls, "bpf", EINVAL, 0, 5));
	assert_true(has_rule(calls, "perf_event_open", EPERM, -1, 0));
	assert_true(has_rule(calls, "socket", EPERM, 0, 16) && has_rule(calls, "socket", EPERM, 2, 6));
	assert_true(has_rule(calls, "io_uring_setup", EPERM, -1, 0));
	/* the shape, as runtime-spec has it (config-linux.md, Seccomp) */
	json_array_foreach(calls, i, rule) {
		assert_string_equal(str(rule, "action"), "SCMP_ACT_ERRNO");
		assert_int_equal(json_array_size(json_object_get(rule, "names")), 1);
		assert_true(json_is_integer(json_object_get(rule, "errnoRet")));
		assert_true(json_is_array(json_object_get(rule, "args")));
		json_array_foreach(json_object_get(rule, "args"), k, arg) {
			assert_in_range(json_integer_value(json_object_get(arg, "index")), 0, 5);
			assert_true(json_is_integer(json_object_get(arg, "value")));
			assert_non_null(strstr("SCMP_CMP_MASKED_EQ SCMP_CMP_NE", str(arg, "op")));
		}
	}
	json_decref(root);

	calls = oci(0, 0, &root);
	assert_int_equal(json_array_size(calls), 0);
	json_decref(root);
	strcpy(facts.v[LKD_FACT_machine].str, "aarch64");
	facts.v[LKD_FACT_sys_iopl].num = LKD_NO;
	calls = oci(0, LKD_SET_ALL, &root);
	assert_int_equal(json_array_size(calls), 2);
	assert_true(has_rule(calls, "pciconfig_write", EPERM, -1, 0));
	assert_null(json_object_get(root, "architectures"));
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simulator),
#if defined(__x86_64__) /* libseccomp builds for the machine that it runs on */
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_ioperm),
		cmocka_unit_test(test_no_rules),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_broker),
		cmocka_unit_test(test_all_sets),
		cmocka_unit_test(test_plan_holds),
#endif
		cmocka_unit_test(test_other_machines),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_oci),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
