// SPDX-License-Identifier: BSD-2-Clause
/*
 * The filter. Three kinds of rules, in two tables:
 *
 *  exact  same verdict and errno as the kernel: the floor under every engine
 *  over   refuses more than the kernel would: only where the plan says that
 *         seccomp alone holds the reason
 *  ask    the broker decides, for what it holds; once there is one, it also
 *         sees the interfaces that it knows of reasons that nobody holds whole
 *
 * libseccomp compiles them for all ABIs of the machine. Two are written out, in
 * front of them: ioperm(2), whose refusal depends on a sum of two arguments
 * (a bad range is EINVAL, locked down or not), for which libseccomp has no
 * comparison; and i386's socketcall(2), see below.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <jansson.h>
#include <seccomp.h>

#include <lockdown/plan.h>
#include <lockdown/planbin.h>

#include "util.h"

#define LOW32 0xffffffffULL /* an int argument: the upper half is not the kernel's to see */
#define NO_CMP { .arg = -1 }
/* BPF_PROG_LOAD, and with BPF_COMMON_ATTRS, which since 7.x any command may carry */
#define PROG_LOAD { 0, LOW32 & ~0x10000ULL, 5 }

struct cmp {
	int arg;
	uint64_t mask, value; /* argument & mask == value */
};

static const struct rule {
	enum lkd_reason reason;
	bool exact;
	const char *call;
	int error;
	struct cmp cmp[2];
} rules[] = {
	{ LKD_REASON_KEXEC, true, "kexec_load", EPERM, { NO_CMP, NO_CMP } },
	/* everything but KEXEC_FILE_UNLOAD, which stays allowed */
	{ LKD_REASON_KEXEC, false, "kexec_file_load", EPERM, { { 4, 1, 0 }, NO_CMP } },
	/* a level above 3 is EINVAL before it is asked, 0 only lowers */
	{ LKD_REASON_IOPORT, true, "iopl", EPERM, { { 0, LOW32, 1 }, NO_CMP } },
	{ LKD_REASON_IOPORT, true, "iopl", EPERM, { { 0, LOW32, 2 }, NO_CMP } },
	{ LKD_REASON_IOPORT, true, "iopl", EPERM, { { 0, LOW32, 3 }, NO_CMP } },
	/* KDADDIO, KDENABIO; on a descriptor that is no VT the kernel says ENOTTY */
	{ LKD_REASON_IOPORT, false, "ioctl", ENXIO, { { 1, LOW32, 0x4B34 }, NO_CMP } },
	{ LKD_REASON_IOPORT, false, "ioctl", ENXIO, { { 1, LOW32, 0x4B36 }, NO_CMP } },
	{ LKD_REASON_MODULE_SIGNATURE, false, "init_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_MODULE_SIGNATURE, false, "finit_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_MODULE_PARAMETERS, false, "init_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_MODULE_PARAMETERS, false, "finit_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_DEV_MEM, false, "init_module", EPERM, { NO_CMP, NO_CMP } }, /* phram */
	{ LKD_REASON_DEV_MEM, false, "finit_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_MMIOTRACE, false, "init_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_MMIOTRACE, false, "finit_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_XEN_USER_ACTIONS, false, "init_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_XEN_USER_ACTIONS, false, "finit_module", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_TIOCSSERIAL, false, "ioctl", EPERM, { { 1, LOW32, 0x541F }, NO_CMP } },
	/* what the verifier answers for a forbidden helper */
	{ LKD_REASON_BPF_WRITE_USER, false, "bpf", EINVAL, { PROG_LOAD, NO_CMP } },
	{ LKD_REASON_BPF_READ_KERNEL, false, "bpf", EINVAL, { PROG_LOAD, NO_CMP } },
	{ LKD_REASON_PERF, false, "perf_event_open", EPERM, { NO_CMP, NO_CMP } },
	{ LKD_REASON_PCI_ACCESS, true, "pciconfig_write", EPERM, { NO_CMP, NO_CMP } },
	/* powerpc: the token is behind a pointer */
	{ LKD_REASON_RTAS_ERROR_INJECTION, false, "rtas", EPERM, { NO_CMP, NO_CMP } },
	/*
	 * NETLINK_XFRM sockets. The 32-bit socketcall(2) hides its arguments behind a
	 * pointer, and io_uring makes sockets that no filter sees.
	 */
	{ LKD_REASON_XFRM_SECRET, false, "socket", EPERM, { { 0, LOW32, 16 }, { 2, LOW32, 6 } } },
	{ LKD_REASON_XFRM_SECRET, false, "socketcall", EPERM, { { 0, LOW32, 1 }, NO_CMP } },
	{ LKD_REASON_XFRM_SECRET, false, "io_uring_setup", EPERM, { NO_CMP, NO_CMP } },
};

static const struct ask {
	enum lkd_reason reason;
	uint32_t broker;
	const char *call;
	struct cmp cmp[2];
	bool alone; /* only where the broker holds the reason: else a filter refuses the call as a whole */
} asks[] = {
	{ LKD_REASON_PERF, LKD_BROKER_PERF, "perf_event_open", { NO_CMP, NO_CMP }, false },
	{ LKD_REASON_KPROBES, LKD_BROKER_KPROBES, "perf_event_open", { NO_CMP, NO_CMP }, false },
	{ LKD_REASON_BPF_WRITE_USER, LKD_BROKER_BPF_WRITE_USER, "bpf", { PROG_LOAD, NO_CMP }, false },
	{ LKD_REASON_BPF_READ_KERNEL, LKD_BROKER_BPF_READ_KERNEL, "bpf", { PROG_LOAD, NO_CMP }, false },
	{ LKD_REASON_TIOCSSERIAL, LKD_BROKER_TIOCSSERIAL, "ioctl", { { 1, LOW32, 0x541F }, NO_CMP }, false },
	{ LKD_REASON_IOPORT, LKD_BROKER_IOPORT, "ioctl", { { 1, LOW32, 0x4B34 }, NO_CMP }, false },
	{ LKD_REASON_IOPORT, LKD_BROKER_IOPORT, "ioctl", { { 1, LOW32, 0x4B36 }, NO_CMP }, false },
	{ LKD_REASON_MSR, LKD_BROKER_MSR, "ioctl", { { 1, LOW32, 0xC02063A1 }, NO_CMP }, false },
#define MODULES(reason)                                                                                     \
	{ LKD_REASON_##reason, LKD_BROKER_MODULES, "init_module", { NO_CMP, NO_CMP }, true },                \
	{ LKD_REASON_##reason, LKD_BROKER_MODULES, "finit_module", { NO_CMP, NO_CMP }, true }
	MODULES(MODULE_PARAMETERS),
	MODULES(DEV_MEM),
	MODULES(MMIOTRACE),
	MODULES(XEN_USER_ACTIONS),
#undef MODULES
};

/*
 * What Landlock's hooks do not see (security/landlock/fs.c refuses mount, umount2, move_mount and pivot_root) and would
 * lead around masks and nodev: copies of a mount without what lies over it, new ones of the same file system, their
 * flags, and other mount namespaces (a type of 0 is any). FSMOUNT_NAMESPACE and OPEN_TREE_NAMESPACE come with the same
 * calls; open_tree_attr(2) of 6.15, which libseccomp does not know, is written out below.
 */
static const struct {
	const char *call;
	struct cmp cmp[2];
} freezes[] = {
	{ "open_tree", { { 2, 1, 1 }, NO_CMP } }, /* OPEN_TREE_CLONE */
	{ "open_tree", { { 2, 2, 2 }, NO_CMP } },
	{ "fsmount", { NO_CMP, NO_CMP } },
	{ "mount_setattr", { NO_CMP, NO_CMP } },
	{ "setns", { { 1, LOW32, 0 }, NO_CMP } },
	{ "setns", { { 1, 0x20000, 0x20000 }, NO_CMP } }, /* CLONE_NEWNS */
};

/*
 * kernel/seccomp.c:has_duplicate_listener: EBUSY as long as a filter has a listener, and no longer. Of two filters that
 * both ask, the newer one is asked (seccomp_run_filters): once its broker is gone, a workload could install one of
 * its own, whose listener lets the kernel go on with the call. So the answer stays EBUSY for good.
 */
static const struct cmp new_listener[2] = { { 0, LOW32, 1 }, { 1, 8, 8 } }; /* SET_MODE_FILTER, FLAG_NEW_LISTENER */

#define BY_SECCOMP LKD_BIT(LKD_HOLDER_SECCOMP)
#define BY_BROKER  LKD_BIT(LKD_HOLDER_BROKER)
#define BY_KERNEL  LKD_BIT(LKD_HOLDER_KERNEL)

uint32_t lkd_seccomp_broker(const uint32_t holders[LKD_REASON_COUNT_], lkd_set floor)
{
	uint32_t all = 0, held = 0;

	for (size_t i = 0; i < LKD_N(asks); i++) {
		/* a holder of several interfaces may be the broker for another one of them */
		if (holders[asks[i].reason] & BY_BROKER && !(asks[i].alone && holders[asks[i].reason] & BY_SECCOMP))
			held |= asks[i].broker;
		/* unless a filter that refuses it all has the reason */
		else if (!asks[i].alone && floor & LKD_SET(asks[i].reason) && !(holders[asks[i].reason] & BY_SECCOMP))
			all |= asks[i].broker;
	}
	return held ? held | all : 0;
}

/* can it be? "" = unknown; the blocks below look at the ABI themselves */
static bool maybe_x86(const struct lkd_facts *f)
{
	const char *m = f->v[LKD_FACT_machine].str;

	return !*m || !strcmp(m, "x86_64") || (*m == 'i' && strstr(m, "86"));
}

/* @by: whose rules */
static bool wanted(const struct rule *r, const uint32_t *holders, uint64_t by, lkd_set floor, const struct lkd_facts *f)
{
	/* where the call does not exist the kernel says ENOSYS, locked down or not */
	if (!strcmp(r->call, "kexec_load") && f->v[LKD_FACT_sys_kexec_load].num == LKD_NO)
		return false;
	if (!strcmp(r->call, "pciconfig_write") && *f->v[LKD_FACT_machine].str && maybe_x86(f))
		return false;
	if (!strcmp(r->call, "iopl") && f->v[LKD_FACT_sys_iopl].num == LKD_NO)
		return false;
	if (holders[r->reason] & by)
		return true;
	return r->exact && (floor & LKD_SET(r->reason));
}

static bool want_ioperm(const uint32_t *holders, lkd_set floor, const struct lkd_facts *f)
{
	if (!maybe_x86(f) || f->v[LKD_FACT_sys_iopl].num == LKD_NO)
		return false;
	return (holders[LKD_REASON_IOPORT] & (BY_SECCOMP | BY_BROKER)) || (floor & LKD_SET(LKD_REASON_IOPORT));
}

static bool want_socketcall(const uint32_t *holders, const struct lkd_facts *f)
{
	return maybe_x86(f) && (holders[LKD_REASON_XFRM_SECRET] & BY_SECCOMP);
}

/* ---- ioperm ----------------------------------------------------------- */

#define NR_IOPERM      173
#define NR_IOPERM_IA32 101
#define X32_BIT	       0x40000000
#define IO_BITMAP_BITS 65536 /* arch/x86/include/asm/io_bitmap.h */

#define DATA(field)   ((uint32_t)offsetof(struct seccomp_data, field))
#define LO(arg)	      ((uint32_t)(offsetof(struct seccomp_data, args) + 8 * (arg)))
#define HI(arg)	      (LO(arg) + 4)
#define LOAD(k)	      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (k))
#define JUMP(op, k, t, f) BPF_JUMP(BPF_JMP | (op) | BPF_K, (k), (t), (f))

/*
 * arch/x86/kernel/ioport.c:ksys_ioperm: a range that wraps, is empty, or ends
 * above the bitmap is EINVAL; else turning on is refused.
 * Jump distances are to the first instruction after the block.
 */
static const struct sock_filter ioperm_block[] = {
	/*  0 */ LOAD(DATA(arch)),
	/*  1 */ JUMP(BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0),
	/*  2 */ JUMP(BPF_JEQ, AUDIT_ARCH_I386, 3, 20),
	/*  3 */ LOAD(DATA(nr)),
	/*  4 */ JUMP(BPF_JEQ, NR_IOPERM, 3, 0),
	/*  5 */ JUMP(BPF_JEQ, NR_IOPERM | X32_BIT, 2, 17),
	/*  6 */ LOAD(DATA(nr)),
	/*  7 */ JUMP(BPF_JEQ, NR_IOPERM_IA32, 0, 15),
	/*  8 */ LOAD(LO(2)), /* turn_on, an int */
	/*  9 */ JUMP(BPF_JEQ, 0, 13, 0),
	/* 10 */ LOAD(HI(0)),
	/* 11 */ JUMP(BPF_JEQ, 0, 0, 11),
	/* 12 */ LOAD(HI(1)),
	/* 13 */ JUMP(BPF_JEQ, 0, 0, 9),
	/* 14 */ LOAD(LO(1)),
	/* 15 */ JUMP(BPF_JEQ, 0, 7, 0),
	/* 16 */ JUMP(BPF_JGT, IO_BITMAP_BITS, 6, 0),
	/* 17 */ BPF_STMT(BPF_MISC | BPF_TAX, 0),
	/* 18 */ LOAD(LO(0)),
	/* 19 */ JUMP(BPF_JGT, IO_BITMAP_BITS, 3, 0),
	/* 20 */ BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
	/* 21 */ JUMP(BPF_JGT, IO_BITMAP_BITS, 1, 0),
	/* 22 */ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};
_Static_assert(LKD_N(ioperm_block) == 23, "the jumps above");

/*
 * libseccomp takes a rule on socket(2) as one on socketcall(2) as well, with the
 * wrong arguments; together with ours on socketcall and any on iopl(2), 2.5.4
 * makes code that compares the wrong argument, and lets the call through.
 */
#define NR_SOCKETCALL_IA32 102

static const struct sock_filter socketcall_block[] = {
	/* 0 */ LOAD(DATA(arch)),
	/* 1 */ JUMP(BPF_JEQ, AUDIT_ARCH_I386, 0, 5),
	/* 2 */ LOAD(DATA(nr)),
	/* 3 */ JUMP(BPF_JEQ, NR_SOCKETCALL_IA32, 0, 3),
	/* 4 */ LOAD(LO(0)),
	/* 5 */ JUMP(BPF_JEQ, 1, 0, 1), /* SYS_SOCKET */
	/* 6 */ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};
_Static_assert(LKD_N(socketcall_block) == 7, "the jumps above");

/* numbers from 424 on are the same for all architectures; x32 has its bit */
#define NR_OPEN_TREE_ATTR 467

static const struct sock_filter open_tree_attr_block[] = {
	/* 0 */ LOAD(DATA(nr)),
	/* 1 */ JUMP(BPF_JEQ, NR_OPEN_TREE_ATTR, 1, 0),
	/* 2 */ JUMP(BPF_JEQ, NR_OPEN_TREE_ATTR | X32_BIT, 0, 1),
	/* 3 */ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};
_Static_assert(LKD_N(open_tree_attr_block) == 4, "the jumps above");

/* ---- libseccomp ------------------------------------------------------- */

static void release(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

static int add_arches(scmp_filter_ctx ctx, const struct lkd_facts *f)
{
	if (strcmp(f->v[LKD_FACT_machine].str, "x86_64"))
		return 0;
	if (seccomp_arch_exist(ctx, SCMP_ARCH_X86_64) && seccomp_arch_add(ctx, SCMP_ARCH_X86_64))
		return -ENOSYS;
	/* unknown counts as there; the int 0x80 entry cannot be told to be off for certain */
	if (seccomp_arch_exist(ctx, SCMP_ARCH_X86) && seccomp_arch_add(ctx, SCMP_ARCH_X86))
		return -ENOSYS;
	if (f->v[LKD_FACT_x32].num != LKD_NO && seccomp_arch_add(ctx, SCMP_ARCH_X32))
		return -ENOSYS;
	return 0;
}

static int add_rule(scmp_filter_ctx ctx, uint32_t action, const char *call, const struct cmp from[2])
{
	struct scmp_arg_cmp cmp[2];
	unsigned n = 0;
	int nr = seccomp_syscall_resolve_name(call);

	if (nr == __NR_SCMP_ERROR)
		return -ENOSYS;
	for (size_t i = 0; i < 2 && from[i].arg >= 0; i++)
		cmp[n++] = (struct scmp_arg_cmp){ .arg = (unsigned)from[i].arg,
						  .op = SCMP_CMP_MASKED_EQ,
						  .datum_a = from[i].mask,
						  .datum_b = from[i].value };
	/* the same rule for two reasons is one rule */
	int err = seccomp_rule_add_array(ctx, action, nr, n, cmp);

	return err == -EEXIST ? 0 : err;
}

/* libseccomp writes a program to a descriptor only (2.5); read it back */
static int export_bpf(scmp_filter_ctx ctx, struct sock_filter *ret, size_t room)
{
	lkd_autofd fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t n;
	int r;

	if (fd < 0)
		return -ENOMEM;
	r = seccomp_export_bpf(ctx, fd);
	if (r < 0)
		return -ENOSYS;
	n = lseek(fd, 0, SEEK_END);
	if (n < 0 || n % (ssize_t)sizeof(*ret))
		return -ENOSYS;
	if ((size_t)n > room * sizeof(*ret))
		return -EOVERFLOW;
	if (pread(fd, ret, (size_t)n, 0) != n)
		return -ENOSYS;
	return (int)((size_t)n / sizeof(*ret));
}

bool lkd_seccomp_has(enum lkd_reason r, enum lkd_kind kind)
{
	for (size_t i = 0; i < LKD_N(rules); i++)
		if (rules[i].reason == r && (kind == LKD_KIND_IOCTL) == !strcmp(rules[i].call, "ioctl"))
			return true;
	return r == LKD_REASON_IOPORT && kind == LKD_KIND_SYSCALL;
}

static bool is_asked(enum lkd_reason reason, const char *call, uint32_t broker)
{
	for (size_t i = 0; i < LKD_N(asks); i++)
		if (asks[i].reason == reason && asks[i].broker & broker && !strcmp(asks[i].call, call))
			return true;
	return false;
}

int lkd_seccomp_build(const uint32_t holders[LKD_REASON_COUNT_], lkd_set floor, bool freeze, const struct lkd_facts *f,
		      struct sock_filter ret[LKD_FILTER_MAX], struct lkd_err *e)
{
	lkd_cleanup(release) scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	const uint32_t broker = lkd_seccomp_broker(holders, floor);
	bool any = false;
	size_t n = 0;
	int r;

	if (!ctx)
		return lkd_err_set(e, ENOMEM, "make a filter");
	/* an ABI that is not compiled in: the kernel says ENOSYS itself where it is off */
	r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
	if (!r)
		r = add_arches(ctx, f);
	for (size_t i = 0; i < LKD_N(rules) && !r; i++) {
		/* the exact rules of a reason stay below its broker; its others are the broker's to decide */
		if (!wanted(&rules[i], holders, rules[i].exact ? BY_SECCOMP | BY_BROKER : BY_SECCOMP, floor, f) ||
		    (!rules[i].exact && is_asked(rules[i].reason, rules[i].call, broker)))
			continue;
		any = true;
		if (!strcmp(rules[i].call, "socketcall") && *f->v[LKD_FACT_machine].str && maybe_x86(f))
			continue; /* the block does it */
		r = add_rule(ctx, SCMP_ACT_ERRNO((uint32_t)rules[i].error), rules[i].call, rules[i].cmp);
		if (r < 0)
			return lkd_err_set(e, ENOSYS, "filter rule for %s", rules[i].call);
	}
	for (size_t i = 0; i < LKD_N(asks) && !r; i++) {
		if (!(asks[i].broker & broker))
			continue;
		any = true;
		r = add_rule(ctx, SCMP_ACT_NOTIFY, asks[i].call, asks[i].cmp);
		if (r < 0)
			return lkd_err_set(e, ENOSYS, "filter rule to ask about %s", asks[i].call);
	}
	if (broker && !r) {
		r = add_rule(ctx, SCMP_ACT_ERRNO(EBUSY), "seccomp", new_listener);
		if (r < 0)
			return lkd_err_set(e, ENOSYS, "filter rule for other listeners");
	}
	for (size_t i = 0; freeze && i < LKD_N(freezes) && !r; i++) {
		any = true;
		r = add_rule(ctx, SCMP_ACT_ERRNO(EPERM), freezes[i].call, freezes[i].cmp);
		if (r < 0)
			return lkd_err_set(e, ENOSYS, "filter rule for %s", freezes[i].call);
	}
	if (r < 0)
		return lkd_err_set(e, ENOSYS, "set up the filter's architectures");
	if (want_ioperm(holders, floor, f)) {
		memcpy(ret, ioperm_block, sizeof(ioperm_block));
		n = LKD_N(ioperm_block);
		any = true;
	}
	if (want_socketcall(holders, f)) {
		memcpy(ret + n, socketcall_block, sizeof(socketcall_block));
		n += LKD_N(socketcall_block);
	}
	if (freeze) {
		memcpy(ret + n, open_tree_attr_block, sizeof(open_tree_attr_block));
		n += LKD_N(open_tree_attr_block);
	}
	if (!any)
		return 0;
	r = export_bpf(ctx, ret + n, LKD_FILTER_MAX - n);
	if (r < 0)
		return lkd_err_set(e, -r, "compile the filter");
	return (int)n + r;
}

/* ---- OCI -------------------------------------------------------------- */

/*
 * What none of the refusals above is about, for profiles that refuse what they
 * do not list. A level of iopl(2) above 3 is not among it: EPERM there, not EINVAL.
 */
static const struct pass {
	const char *call;
	int arg;
	uint64_t mask, value;
} passes[] = {
	{ "iopl", 0, LOW32, 0 },
	{ "ioperm", 2, ~0ULL, 0 },
	{ "kexec_file_load", 4, 1, 1 }, /* KEXEC_FILE_UNLOAD */
};

struct calls {
	struct lkd_plan_call *list;
	size_t n;
};

static struct lkd_plan_call *add_call(struct calls *c, const char *name, enum lkd_call_what what, int error)
{
	struct lkd_plan_call *call = c->n < LKD_CALLS_MAX ? &c->list[c->n] : NULL;

	c->n++;
	if (call) {
		memset(call, 0, sizeof(*call));
		(void)snprintf(call->name, sizeof(call->name), "%s", name);
		call->what = (uint16_t)what;
		call->error = error;
	}
	return call;
}

static void add_arg(struct lkd_plan_call *call, int arg, enum lkd_cmp op, uint64_t mask, uint64_t value)
{
	if (!call)
		return;
	call->args[call->n_args].index = (uint32_t)arg;
	call->args[call->n_args].op = op;
	call->args[call->n_args].mask = mask;
	call->args[call->n_args++].value = value;
}

static bool has_call(const struct calls *c, const char *name)
{
	for (size_t i = 0; i < c->n && i < LKD_CALLS_MAX; i++)
		if (!strcmp(c->list[i].name, name))
			return true;
	return false;
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
	return !strcmp(a->call, b->call) && a->error == b->error && !memcmp(a->cmp, b->cmp, sizeof(a->cmp));
}

/* @broker: what it is asked about */
static bool listed(const struct rule *r, const uint32_t *holders, lkd_set floor, uint32_t broker, const struct lkd_facts *f)
{
	return wanted(r, holders, BY_SECCOMP | BY_BROKER, floor, f) && (r->exact || !is_asked(r->reason, r->call, broker));
}

int lkd_seccomp_calls(const uint32_t holders[LKD_REASON_COUNT_], lkd_set floor, bool served, const struct lkd_facts *f,
		      struct lkd_plan_call ret[LKD_CALLS_MAX], struct lkd_err *e)
{
	const uint32_t broker = served ? lkd_seccomp_broker(holders, floor) : 0;
	struct calls c = { .list = ret };

	for (size_t i = 0; i < LKD_N(rules); i++) {
		const struct rule *r = &rules[i];
		struct lkd_plan_call *call;
		bool twice = false;

		if (!listed(r, holders, floor, broker, f))
			continue;
		for (size_t j = 0; j < i; j++)
			twice |= listed(&rules[j], holders, floor, broker, f) && same_rule(r, &rules[j]);
		if (twice)
			continue;
		call = add_call(&c, r->call, LKD_CALL_REFUSE, r->error);
		for (size_t j = 0; j < LKD_N(r->cmp) && r->cmp[j].arg >= 0; j++)
			add_arg(call, r->cmp[j].arg, LKD_CMP_MASKED_EQ, r->cmp[j].mask, r->cmp[j].value);
	}
	/* without the sum of its arguments a bad range cannot be told apart: left to whom the kernel asks */
	if (want_ioperm(holders, holders[LKD_REASON_IOPORT] & BY_KERNEL ? 0 : floor, f))
		add_arg(add_call(&c, "ioperm", LKD_CALL_REFUSE, EPERM), 2, LKD_CMP_NE, 0, 0);
	for (size_t i = 0; i < LKD_N(passes); i++)
		if (has_call(&c, passes[i].call))
			add_arg(add_call(&c, passes[i].call, LKD_CALL_PASS, 0), passes[i].arg,
				passes[i].mask == ~0ULL ? LKD_CMP_EQ : LKD_CMP_MASKED_EQ, passes[i].mask,
				passes[i].value);
	if (c.n > LKD_CALLS_MAX)
		return lkd_err_set(e, EOVERFLOW, "too many system calls in the filter");
	return (int)c.n;
}

static json_t *oci_rule(const struct lkd_plan_call *call)
{
	json_t *args = json_array();

	for (size_t i = 0; args && i < call->n_args; i++) {
		if (call->args[i].op == LKD_CMP_MASKED_EQ)
			json_array_append_new(args, json_pack("{s:i, s:I, s:I, s:s}", "index", (int)call->args[i].index,
							      "value", (json_int_t)call->args[i].mask, "valueTwo",
							      (json_int_t)call->args[i].value, "op",
							      "SCMP_CMP_MASKED_EQ"));
		else
			json_array_append_new(args, json_pack("{s:i, s:I, s:s}", "index", (int)call->args[i].index,
							      "value", (json_int_t)call->args[i].value, "op",
							      call->args[i].op == LKD_CMP_EQ ? "SCMP_CMP_EQ" :
											       "SCMP_CMP_NE"));
	}
	return json_pack("{s:[s], s:s, s:i, s:o}", "names", call->name, "action", "SCMP_ACT_ERRNO", "errnoRet",
			 call->error, "args", args);
}

char *lkd_seccomp_oci(const uint32_t holders[LKD_REASON_COUNT_], lkd_set floor, const struct lkd_facts *f)
{
	struct lkd_plan_call list[LKD_CALLS_MAX];
	const int n = lkd_seccomp_calls(holders, floor, false, f, list, NULL);
	json_t *calls = json_array(), *root;
	char *text;

	for (int i = 0; calls && i < n; i++)
		if (list[i].what == LKD_CALL_REFUSE)
			json_array_append_new(calls, oci_rule(&list[i]));
	if (!strcmp(f->v[LKD_FACT_machine].str, "x86_64"))
		root = json_pack("{s:s, s:[s,s,s], s:o}", "defaultAction", "SCMP_ACT_ALLOW", "architectures",
				 "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "syscalls", calls);
	else
		root = json_pack("{s:s, s:o}", "defaultAction", "SCMP_ACT_ALLOW", "syscalls", calls);
	text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	return text;
}
