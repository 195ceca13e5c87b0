// SPDX-License-Identifier: BSD-2-Clause
/*
 * BPF_WRITE_USER and BPF_READ_KERNEL: helpers that the verifier does not know
 * any more. The programs are never attached; loading is the question.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "insn.h"
#include "probes.h"

/* Numbers, not names: the headers of the build machine may be older. */
enum {
	CMD_MAP_CREATE		= 0,
	CMD_MAP_LOOKUP		= 1,
	CMD_MAP_UPDATE		= 2,
	CMD_PROG_LOAD		= 5,
	CMD_TEST_RUN		= 10,
	CMD_RAW_TP_OPEN		= 17,
	CMD_MAP_FREEZE		= 22,
	CMD_LINK_CREATE		= 28,

	TYPE_SOCKET_FILTER	= 1,
	TYPE_KPROBE		= 2,
	TYPE_SCHED_CLS		= 3,
	TYPE_TRACEPOINT		= 5,
	TYPE_RAW_TP		= 17,
	TYPE_TRACING		= 26,
	TYPE_SYSCALL		= 31,

	ATTACH_FENTRY		= 24,
	ATTACH_KPROBE_MULTI	= 42,

	HELPER_WRITE_USER	= 36,
	HELPER_SNPRINTF		= 165,
	HELPER_SYS_BPF		= 166,
};

/* Of no interest to anybody and without side effects when it is hooked. */
#define QUIET_FUNCTION	"vfs_fsync_range"

static const struct {
	const char	*word;
	unsigned int	type;
} prog_types[] = {
	{ "socket_filter",	TYPE_SOCKET_FILTER },
	{ "kprobe",		TYPE_KPROBE },
	{ "sched_cls",		TYPE_SCHED_CLS },
	{ "tracepoint",		TYPE_TRACEPOINT },
	{ "raw_tp",		TYPE_RAW_TP },
};

static long sys_bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static uint64_t ptr(const void *p)
{
	return (uintptr_t) p;
}

static int prog_load(union bpf_attr *attr, const struct bpf_insn *insns,
		     size_t count, char *log, size_t size)
{
	attr->insns = ptr(insns);
	attr->insn_cnt = count;
	attr->license = ptr("GPL");
	if (size) {
		attr->log_buf = ptr(log);
		attr->log_size = size;
		attr->log_level = 1;
		log[0] = '\0';
	}
	return sys_bpf(CMD_PROG_LOAD, attr);
}

/*
 * A program whose only act is to call @helper. Written out so that every
 * argument passes the verifier: probe_write_user takes (anything, memory,
 * size), the probe_read family (memory, size, anything).
 */
static size_t helper_prog(int helper, struct bpf_insn insns[static 16])
{
	const struct bpf_insn write_user[] = {
		ST_IMM(BPF_REG_10, -8, 0),
		MOV_IMM(BPF_REG_1, 0),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -8),
		MOV_IMM(BPF_REG_3, 8),
		CALL(helper),
		MOV_IMM(BPF_REG_0, 0),
		EXIT(),
	};
	const struct bpf_insn probe_read[] = {
		ST_IMM(BPF_REG_10, -8, 0),
		MOV_REG(BPF_REG_1, BPF_REG_10),
		ADD_IMM(BPF_REG_1, -8),
		MOV_IMM(BPF_REG_2, 8),
		MOV_IMM(BPF_REG_3, 0),
		CALL(helper),
		MOV_IMM(BPF_REG_0, 0),
		EXIT(),
	};
	_Static_assert(sizeof(write_user) == sizeof(probe_read), "one size");

	memcpy(insns, helper == HELPER_WRITE_USER ? write_user : probe_read,
	       sizeof(write_user));
	return N_OF(write_user);
}

int bpf_load_helper(unsigned int type, int helper, char *log, size_t size)
{
	union bpf_attr attr = { 0 };
	struct bpf_insn insns[16];
	size_t count = helper_prog(helper, insns);

	attr.prog_type = type;
	return prog_load(&attr, insns, count, log, size);
}

/*
 * The verifier's own words, so that a refusal of the helper is not mistaken
 * for a refusal of anything else: "unknown func NAME#NR" up to 6.7, "program of
 * this type cannot use helper NAME#NR" later.
 */
static const char *complaint(char *log, int helper)
{
	char mark[16], *line, *save;

	snprintf(mark, sizeof(mark), "#%d", helper);
	for (line = strtok_r(log, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *hit = strstr(line, mark);

		if (hit && (hit[strlen(mark)] < '0' || hit[strlen(mark)] > '9') &&
		    (strstr(line, "unknown func") ||
		     strstr(line, "cannot use helper")))
			return line;
	}
	return "";
}

static bool parse_arg(const char *arg, unsigned int *ret_type, int *ret_helper)
{
	char word[32];

	if (sscanf(arg, "%31s %d", word, ret_helper) != 2)
		return false;
	for (size_t i = 0; i < N_OF(prog_types); i++) {
		if (!strcmp(prog_types[i].word, word)) {
			*ret_type = prog_types[i].type;
			return true;
		}
	}
	return false;
}

/* arg: "PROGRAM-TYPE HELPER-NUMBER" */
void probe_bpf_helper(struct result *res, const char *arg)
{
	char log[8192];
	unsigned int type;
	int helper, fd;

	if (!parse_arg(arg, &type, &helper))
		return res_skip(res, "bad table row");
	fd = bpf_load_helper(type, helper, log, sizeof(log));
	if (fd >= 0) {
		res_ok(res, "%s", "");
		close(fd);
	} else if (errno == ENOSYS) {
		res_step(res, errno, "bpf");
	} else {
		res_err(res, errno, "%s", complaint(log, helper));
	}
}

static int array_create(size_t value_size, unsigned int flags)
{
	union bpf_attr attr = { 0 };

	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = value_size;
	attr.max_entries = 1;
	attr.map_flags = flags;
	return sys_bpf(CMD_MAP_CREATE, &attr);
}

static int array_op(int cmd, int map, void *value)
{
	union bpf_attr attr = { 0 };
	uint32_t key = 0;

	attr.map_fd = map;
	attr.key = ptr(&key);
	attr.value = ptr(value);
	return sys_bpf(cmd, &attr);
}

/*
 * The same load, asked for by a program inside the kernel: BPF_PROG_TYPE_SYSCALL
 * may call bpf(). What the inner program loader sees are kernel pointers, so
 * instructions, licence and attributes live in a map.
 */
struct nested {
	struct bpf_insn	insns[16];
	char		license[8];
	union bpf_attr	attr;
};

void probe_bpf_nested(struct result *res, const char *arg)
{
	struct nested n = { .license = "GPL" };
	union bpf_attr attr;
	char log[8192];
	unsigned int type;
	int helper, map, prog;

	if (!parse_arg(arg, &type, &helper))
		return res_skip(res, "bad table row");
	map = array_create(sizeof(n), 0);
	if (map < 0)
		return res_step(res, errno, "MAP_CREATE");
	n.attr.prog_type = type;
	n.attr.insn_cnt = helper_prog(helper, n.insns);
	if (array_op(CMD_MAP_UPDATE, map, &n) < 0)
		return res_step(res, errno, "MAP_UPDATE_ELEM");

	const int attr_off = offsetof(struct nested, attr);
	const struct bpf_insn insns[] = {
		LD_MAP_VALUE(BPF_REG_2, map, attr_off),
		LD_MAP_VALUE(BPF_REG_1, map, offsetof(struct nested, insns)),
		STX(BPF_REG_2, offsetof(union bpf_attr, insns), BPF_REG_1),
		LD_MAP_VALUE(BPF_REG_1, map, offsetof(struct nested, license)),
		STX(BPF_REG_2, offsetof(union bpf_attr, license), BPF_REG_1),
		MOV_IMM(BPF_REG_1, CMD_PROG_LOAD),
		/* Past kern_version nothing is set, and shorter fits every kernel. */
		MOV_IMM(BPF_REG_3, 48),
		CALL(HELPER_SYS_BPF),
		EXIT(),
	};

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = TYPE_SYSCALL;
	attr.prog_flags = 1 << 4;	/* BPF_F_SLEEPABLE */
	prog = prog_load(&attr, insns, N_OF(insns), log, sizeof(log));
	if (prog < 0)
		return res_step(res, errno, "PROG_LOAD of the outer program");
	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = prog;
	if (sys_bpf(CMD_TEST_RUN, &attr) < 0)
		return res_step(res, errno, "PROG_TEST_RUN of the outer program");
	/* A descriptor of ours, or a negative errno. */
	if ((int) attr.test.retval < 0)
		res_err(res, -(int) attr.test.retval, "%s", "");
	else
		res_ok(res, "%s", "");
	close(map);
	close(prog);
}

static uint64_t kallsyms_address(const char *symbol)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512], name[256];
	unsigned long long addr;
	uint64_t found = 0;

	if (!f)
		return 0;
	while (!found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %*c %255s", &addr, name) == 2 &&
		    !strcmp(name, symbol))
			found = addr;
	fclose(f);
	return found;
}

/*
 * bpf_snprintf("%s") follows any kernel address, and nobody asks about it: a
 * gap that stays open under the real thing.
 */
void probe_bpf_snprintf(struct result *res, const char *arg)
{
	uint64_t banner = kallsyms_address("linux_banner");
	char text[64] = "%s", log[8192];
	union bpf_attr attr;
	int fmt, out, prog;

	(void) arg;
	if (!banner)
		return res_skip(res, "no address of linux_banner in /proc/kallsyms");
	fmt = array_create(8, 1 << 7 /* BPF_F_RDONLY_PROG */);
	out = array_create(sizeof(text), 0);
	if (fmt < 0 || out < 0)
		return res_step(res, errno, "MAP_CREATE");
	if (array_op(CMD_MAP_UPDATE, fmt, text) < 0)
		return res_step(res, errno, "MAP_UPDATE_ELEM");
	/* The verifier wants the format to be constant for good. */
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fmt;
	if (sys_bpf(CMD_MAP_FREEZE, &attr) < 0)
		return res_step(res, errno, "MAP_FREEZE");

	const struct bpf_insn insns[] = {
		LD_IMM64(BPF_REG_1, banner),
		STX(BPF_REG_10, -8, BPF_REG_1),
		LD_MAP_VALUE(BPF_REG_1, out, 0),
		MOV_IMM(BPF_REG_2, sizeof(text)),
		LD_MAP_VALUE(BPF_REG_3, fmt, 0),
		MOV_REG(BPF_REG_4, BPF_REG_10),
		ADD_IMM(BPF_REG_4, -8),
		MOV_IMM(BPF_REG_5, 8),
		CALL(HELPER_SNPRINTF),
		MOV_IMM(BPF_REG_0, 0),
		EXIT(),
	};

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = TYPE_RAW_TP;
	prog = prog_load(&attr, insns, N_OF(insns), log, sizeof(log));
	if (prog < 0)
		return res_err(res, errno, "PROG_LOAD");
	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = prog;
	if (sys_bpf(CMD_TEST_RUN, &attr) < 0)
		return res_step(res, errno, "PROG_TEST_RUN");
	if (array_op(CMD_MAP_LOOKUP, out, text) < 0)
		return res_step(res, errno, "MAP_LOOKUP_ELEM");
	res_ok(res, "%s", !strncmp(text, "Linux version ", 14) ?
	       "kernel string" : "nothing");
	close(prog);
	close(fmt);
	close(out);
}

static const struct bpf_insn return_zero[] = {
	MOV_IMM(BPF_REG_0, 0),
	EXIT(),
};

static int load_return_zero(unsigned int type, unsigned int attach, int btf_id)
{
	union bpf_attr attr = { 0 };

	attr.prog_type = type;
	attr.expected_attach_type = attach;
	attr.attach_btf_id = btf_id;
	return prog_load(&attr, return_zero, N_OF(return_zero), NULL, 0);
}

void probe_bpf_kprobe_multi(struct result *res, const char *arg)
{
	const char *function = QUIET_FUNCTION;
	union bpf_attr attr = { 0 };
	int prog = load_return_zero(TYPE_KPROBE, ATTACH_KPROBE_MULTI, 0);
	int link;

	(void) arg;
	if (prog < 0)
		return res_step(res, errno, "PROG_LOAD");
	attr.link_create.prog_fd = prog;
	attr.link_create.attach_type = ATTACH_KPROBE_MULTI;
	attr.link_create.kprobe_multi.cnt = 1;
	attr.link_create.kprobe_multi.syms = ptr(&function);
	link = sys_bpf(CMD_LINK_CREATE, &attr);
	res_rc(res, link);
	if (link >= 0)
		close(link);
	close(prog);
}

static void raw_tp_open(struct result *res, int prog, const char *name)
{
	union bpf_attr attr = { 0 };
	int link;

	attr.raw_tracepoint.name = ptr(name);
	attr.raw_tracepoint.prog_fd = prog;
	link = sys_bpf(CMD_RAW_TP_OPEN, &attr);
	res_rc(res, link);
	if (link >= 0)
		close(link);
	close(prog);
}

/* arg: tracepoint */
void probe_bpf_raw_tp(struct result *res, const char *arg)
{
	int prog = load_return_zero(TYPE_RAW_TP, 0, 0);

	if (prog < 0)
		return res_step(res, errno, "PROG_LOAD");
	raw_tp_open(res, prog, arg);
}

void probe_bpf_fentry(struct result *res, const char *arg)
{
	int id = btf_func_id(QUIET_FUNCTION);
	int prog;

	(void) arg;
	if (id < 0)
		return res_step(res, errno, "type id of " QUIET_FUNCTION);
	prog = load_return_zero(TYPE_TRACING, ATTACH_FENTRY, id);
	if (prog < 0)
		return res_step(res, errno, "PROG_LOAD");
	raw_tp_open(res, prog, NULL);
}

/* For perf.c: a program that can be set on a tracepoint event. */
int bpf_load_tracepoint(void)
{
	return load_return_zero(TYPE_TRACEPOINT, 0, 0);
}
