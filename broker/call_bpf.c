// SPDX-License-Identifier: BSD-2-Clause
/*
 * bpf(BPF_PROG_LOAD): BPF_WRITE_USER and BPF_READ_KERNEL. A program is refused
 * when a forbidden helper is called anywhere in it, reachable or not, and when
 * its type could load another one (SYSCALL) or answer in the kernel's place
 * (LSM, EXT, TRACING that modifies returns), or steer us (KPROBE, where uprobes
 * set registers). The rest is loaded from a copy.
 * Other commands never get here: the filter looks at the command.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"

#ifndef CAP_BPF
#define CAP_BPF 39
#endif

enum {
	INSNS_MAX = 1000000,	/* BPF_COMPLEXITY_LIMIT_INSNS */
	LOG_MAX = 16 << 20,	/* what libbpf asks for at most */
	ARRAY_MAX = 32 << 20,	/* of debug information; the kernel's own bounds are below it */
	FDS_MAX = 4096,		/* entries of fd_array that we look at */
	ATTR_MAX = 4096,
	COMMON_ATTRS = 1 << 16, /* since 7.x, in the command: two more arguments, for the log */
};

/* numbers of include/uapi/linux/bpf.h; the installed one may be older */
enum {
	TYPE_KPROBE = 2, TYPE_TRACING = 26, TYPE_EXT = 28, TYPE_LSM = 29, TYPE_SYSCALL = 31,
	ATTACH_MODIFY_RETURN = 26,
	PSEUDO_MAP_FD = 1, PSEUDO_MAP_VALUE = 2, PSEUDO_BTF_ID = 3, PSEUDO_MAP_IDX = 5, PSEUDO_MAP_IDX_VALUE = 6,
	PSEUDO_KFUNC_CALL = 2,
};

struct attr {
	union bpf_attr a;
	uint32_t newer[64]; /* what the installed header lacks */
};
#define CORE_END  (offsetof(union bpf_attr, core_relo_rec_size) + sizeof(uint32_t))
#define KNOWN_END (CORE_END + sizeof(uint32_t)) /* log_true_size, 6.4 */

static const struct {
	int32_t	    helper;
	uint32_t    held;
	const char *name, *told;
} forbidden[] = {
#define HELPER(number, reason, name) { number, LKD_BROKER_##reason, name, "a program with helper bpf_" name }
	HELPER(36, BPF_WRITE_USER, "probe_write_user"),
	HELPER(4, BPF_READ_KERNEL, "probe_read"),
	HELPER(45, BPF_READ_KERNEL, "probe_read_str"),
	HELPER(113, BPF_READ_KERNEL, "probe_read_kernel"),
	HELPER(115, BPF_READ_KERNEL, "probe_read_kernel_str"),
#undef HELPER
};

static const struct {
	uint32_t type;
	uint32_t attach; /* 0: any */
} closed_types[] = {
	{ TYPE_SYSCALL, 0 }, { TYPE_EXT, 0 }, { TYPE_LSM, 0 }, { TYPE_TRACING, ATTACH_MODIFY_RETURN },
};

/*
 * kernel/trace/bpf_trace.c:kprobe_prog_is_valid_access: since 6.19 writing to the
 * context is a uprobe's way to set the registers of whatever process runs into
 * it: this one too, or any outside. Which programs do that only the verifier can
 * tell, and it tells nobody; before, it refuses them (EACCES).
 */
bool lkd_bpf_sets_registers(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr a;
	long fd;

	memset(&a, 0, sizeof(a));
	a.prog_type = TYPE_KPROBE;
	a.insns = (uintptr_t)insns;
	a.insn_cnt = sizeof(insns) / sizeof(insns[0]);
	a.license = (uintptr_t) "GPL";
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &a, sizeof(a));
	if (fd >= 0)
		(void)close((int)fd);
	/* who may not load it here (EPERM) may not for anybody it serves; EINVAL: no such programs */
	return fd >= 0 || (errno != EACCES && errno != EPERM && errno != EINVAL && errno != ENOSYS);
}

static long copy_attr(struct lkd_call *c, uint64_t from, uint32_t size, struct attr *ret)
{
	char bytes[ATTR_MAX];
	long r;

	memset(ret, 0, sizeof(*ret));
	if (size > ATTR_MAX)
		return -E2BIG;
	r = lkd_call_read(c, from, bytes, size);
	if (r)
		return r;
	/* a field that nobody here knows might point somewhere */
	for (uint32_t i = KNOWN_END; i < size; i++)
		if (bytes[i])
			return -E2BIG;
	memcpy(ret, bytes, size < KNOWN_END ? size : KNOWN_END);
	return 0;
}

static long copy_array(struct lkd_call *c, __u64 *at, uint64_t n, uint64_t size)
{
	void *room;
	long r;

	if (!n || !size)
		return 0;
	if (n > ARRAY_MAX || size > ATTR_MAX || n * size > ARRAY_MAX)
		return -E2BIG;
	room = lkd_call_room(c, n * size);
	if (!room)
		return -ENOMEM;
	r = lkd_call_read(c, *at, room, n * size);
	*at = (uintptr_t)room;
	return r;
}

static bool is_call(const struct bpf_insn *i)
{
	return i->code == (BPF_JMP | BPF_CALL);
}

/* the verifier's own words go to the caller's log: say why it is not the program's fault */
static void tell(struct lkd_call *c, const union bpf_attr *a, const char *helper)
{
	char text[96];
	int n = snprintf(text, sizeof(text), "lockdown: helper bpf_%s is refused by this container's policy\n", helper);

	if (a->log_level && a->log_buf && a->log_size > (uint32_t)n)
		(void)lkd_call_write(c, a->log_buf, text, (size_t)n + 1);
}

static long scan(struct lkd_call *c, const union bpf_attr *a, const struct bpf_insn *insns)
{
	for (size_t k = 0; k < sizeof(closed_types) / sizeof(closed_types[0]); k++)
		if (a->prog_type == closed_types[k].type &&
		    (!closed_types[k].attach || a->expected_attach_type == closed_types[k].attach))
			return lkd_call_refuse(c, c->b->held & LKD_BROKER_BPF_WRITE_USER ? LKD_BROKER_BPF_WRITE_USER :
											    LKD_BROKER_BPF_READ_KERNEL,
					       "a program type that could do it unseen (stricter)", EPERM);
	if (a->prog_type == TYPE_KPROBE && c->b->sets_registers)
		return lkd_call_refuse(c, c->b->held & LKD_BROKER_BPF_WRITE_USER ? LKD_BROKER_BPF_WRITE_USER :
										    LKD_BROKER_BPF_READ_KERNEL,
				       "a program that could set registers by a uprobe (stricter)", EPERM);
	for (uint32_t i = 0; i < a->insn_cnt; i++) {
		if (!is_call(&insns[i]) || insns[i].src_reg)
			continue;
		for (size_t k = 0; k < sizeof(forbidden) / sizeof(forbidden[0]); k++) {
			long r;

			if (insns[i].imm != forbidden[k].helper || !(c->b->held & forbidden[k].held))
				continue;
			tell(c, a, forbidden[k].name);
			r = lkd_call_rights(c);
			if (r)
				return r;
			if (!lkd_call_can(c, CAP_BPF) && !lkd_call_can(c, CAP_SYS_ADMIN))
				return -EPERM;
			return lkd_call_refuse(c, forbidden[k].held, forbidden[k].told, EINVAL);
		}
	}
	return 0;
}

/* ---- descriptors: in instructions, in the array that they index, in the attribute ---- */

struct fds {
	int theirs[LKD_CALL_FDS], ours[LKD_CALL_FDS];
	size_t n;
	int *array;	 /* a copy of fd_array */
	uint32_t n_array;
	bool done[FDS_MAX]; /* entries that are ours by now */
};

static long translate(struct lkd_call *c, struct fds *f, int fd)
{
	long r;

	for (size_t i = 0; i < f->n; i++)
		if (f->theirs[i] == fd)
			return f->ours[i];
	if (f->n == LKD_CALL_FDS)
		return -E2BIG;
	r = lkd_call_fd(c, fd);
	if (r < 0)
		return r;
	f->theirs[f->n] = fd;
	f->ours[f->n++] = (int)r;
	return r;
}

/* how much of fd_array the program indexes; -E2BIG if it is too much */
static long array_size(const union bpf_attr *a, const struct bpf_insn *insns)
{
	int64_t most = -1;

	for (uint32_t i = 0; i < a->insn_cnt; i++) {
		const struct bpf_insn *n = &insns[i];
		int64_t index = -1;

		if (n->code == (BPF_LD | BPF_IMM | BPF_DW) &&
		    (n->src_reg == PSEUDO_MAP_IDX || n->src_reg == PSEUDO_MAP_IDX_VALUE))
			index = n->imm;
		else if (is_call(n) && n->src_reg == PSEUDO_KFUNC_CALL && n->off > 0)
			index = n->off;
		if (index > most)
			most = index;
	}
	return most >= FDS_MAX ? -E2BIG : most + 1;
}

static long translate_entry(struct lkd_call *c, struct fds *f, int64_t index)
{
	long r;

	if (index < 0 || index >= f->n_array || f->done[index])
		return 0; /* out of range: the verifier's to refuse */
	r = translate(c, f, f->array[index]);
	if (r < 0)
		return r;
	f->array[index] = (int)r;
	f->done[index] = true;
	return 0;
}

static long translate_insns(struct lkd_call *c, struct fds *f, const union bpf_attr *a, struct bpf_insn *insns)
{
	for (uint32_t i = 0; i < a->insn_cnt; i++) {
		struct bpf_insn *n = &insns[i];
		int32_t *imm = NULL;
		long r = 0;

		if (is_call(n) && n->src_reg == PSEUDO_KFUNC_CALL && n->off > 0)
			r = translate_entry(c, f, n->off);
		if (n->code == (BPF_LD | BPF_IMM | BPF_DW)) {
			if (n->src_reg == PSEUDO_MAP_FD || n->src_reg == PSEUDO_MAP_VALUE)
				imm = &n->imm;
			else if (n->src_reg == PSEUDO_BTF_ID && i + 1 < a->insn_cnt && n[1].imm)
				imm = &n[1].imm;
			else if (n->src_reg == PSEUDO_MAP_IDX || n->src_reg == PSEUDO_MAP_IDX_VALUE)
				r = translate_entry(c, f, n->imm);
			i++; /* its second half is no instruction */
		}
		if (imm) {
			r = translate(c, f, *imm);
			*imm = (int32_t)r;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static long translate_all(struct lkd_call *c, union bpf_attr *a, struct bpf_insn *insns)
{
	struct fds *f = lkd_call_room(c, sizeof(*f));
	long r = array_size(a, insns);

	if (!f)
		return -ENOMEM;
	if (r > 0) {
		f->n_array = (uint32_t)r;
		r = copy_array(c, &a->fd_array, f->n_array, sizeof(int));
		f->array = (int *)(uintptr_t)a->fd_array;
	}
	if (r < 0)
		return r;
	r = translate_insns(c, f, a, insns);
	if (r < 0)
		return r;
	if (a->attach_prog_fd) { /* or a module's BTF, in the same place */
		r = translate(c, f, (int)a->attach_prog_fd);
		if (r < 0)
			return r;
		a->attach_prog_fd = (uint32_t)r;
	}
	if (a->func_info_cnt || a->line_info_cnt || a->core_relo_cnt) {
		r = translate(c, f, (int)a->prog_btf_fd);
		if (r < 0)
			return r;
		a->prog_btf_fd = (uint32_t)r;
	}
	return 0;
}

/* ---- loading ---------------------------------------------------------- */

static long copy_all(struct lkd_call *c, union bpf_attr *a, char license[128])
{
	long r = lkd_call_string(c, a->license, license, 128);

	if (r == -ENAMETOOLONG)
		r = 0; /* the kernel cuts it too */
	license[127] = '\0';
	a->license = (uintptr_t)license;
	if (!r)
		r = copy_array(c, &a->func_info, a->func_info_cnt, a->func_info_rec_size);
	if (!r)
		r = copy_array(c, &a->line_info, a->line_info_cnt, a->line_info_rec_size);
	if (!r)
		r = copy_array(c, &a->core_relos, a->core_relo_cnt, a->core_relo_rec_size);
	return r;
}

static long load(struct lkd_call *c, struct attr *attr, uint32_t size)
{
	const uint64_t uattr = c->n->data.args[1], log = attr->a.log_buf;
	const uint32_t log_size = attr->a.log_size < LOG_MAX ? attr->a.log_size : LOG_MAX - 1;
	uint32_t before, after;
	char *room = NULL;
	long r;

	memcpy(&before, (char *)attr + CORE_END, sizeof(before));
	if (log && log_size) {
		room = lkd_call_room(c, log_size);
		if (!room)
			return -ENOMEM;
		attr->a.log_buf = (uintptr_t)room;
		attr->a.log_size = log_size;
	}
	r = lkd_call_perform(c, SYS_bpf, (long[5]){ BPF_PROG_LOAD, (long)attr, size < KNOWN_END ? size : KNOWN_END });
	if (room && *room)
		(void)lkd_call_write(c, log, room, strnlen(room, log_size - 1) + 1);
	memcpy(&after, (char *)attr + CORE_END, sizeof(after));
	if (size >= KNOWN_END && after != before)
		(void)lkd_call_write(c, uattr + CORE_END, &after, sizeof(after));
	if (r < 0)
		return r;
	c->fd = lkd_call_keep(c, (int)r);
	c->cloexec = true;
	return 0;
}

long lkd_call_bpf(struct lkd_call *c)
{
	const uint32_t size = (uint32_t)c->n->data.args[2];
	struct bpf_insn *insns;
	char license[128];
	struct attr attr;
	long r;

	if (c->n->data.args[0] & COMMON_ATTRS) /* what kernels answer that have none */
		return -EINVAL;
	r = copy_attr(c, c->n->data.args[1], size, &attr);
	if (r)
		return r;
	if (!attr.a.insn_cnt || attr.a.insn_cnt > INSNS_MAX)
		return -E2BIG;
	if (attr.a.prog_ifindex) /* a device of the caller's network namespace, which we are not in */
		return -EINVAL;
	r = copy_array(c, &attr.a.insns, attr.a.insn_cnt, sizeof(*insns));
	if (r)
		return r;
	insns = (void *)(uintptr_t)attr.a.insns;
	r = scan(c, &attr.a, insns);
	if (!r)
		r = lkd_call_detach(c, CAP_SYS_PTRACE, false);
	if (!r)
		r = copy_all(c, &attr.a, license);
	if (!r)
		r = translate_all(c, &attr.a, insns);
	return r ? r : load(c, &attr, size);
}
