// SPDX-License-Identifier: BSD-2-Clause
/* eBPF of the kinds that a locked-down kernel allows. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/btf.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "insn.h"
#include "works.h"

/* Numbers, not names: the headers of the build machine may be older. */
enum {
	CMD_MAP_CREATE, CMD_LOOKUP, CMD_UPDATE, CMD_DELETE, CMD_NEXT_KEY, CMD_PROG_LOAD, CMD_OBJ_PIN, CMD_OBJ_GET,
	CMD_PROG_ATTACH, CMD_PROG_DETACH, CMD_TEST_RUN, CMD_PROG_NEXT_ID, CMD_MAP_NEXT_ID, CMD_PROG_BY_ID, CMD_MAP_BY_ID,
	CMD_INFO, CMD_PROG_QUERY, CMD_RAW_TP_OPEN, CMD_BTF_LOAD, CMD_BTF_BY_ID, CMD_TASK_FD_QUERY, CMD_LOOKUP_DELETE,
	CMD_MAP_FREEZE, CMD_BTF_NEXT_ID, CMD_LOOKUP_BATCH, CMD_LOOKUP_DELETE_BATCH, CMD_UPDATE_BATCH, CMD_DELETE_BATCH,
	CMD_LINK_CREATE, CMD_LINK_UPDATE, CMD_LINK_BY_ID, CMD_LINK_NEXT_ID, CMD_ENABLE_STATS, CMD_ITER_CREATE,
	CMD_LINK_DETACH, CMD_PROG_BIND_MAP,
};

static long sys_bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static uint64_t ptr(const void *p)
{
	return (uintptr_t)p;
}

/* Types that maps of local storage are described with: 1 is an int. */
static int btf_int(void)
{
	static const char strings[] = "\0int";
	struct {
		struct btf_header h;
		struct btf_type t;
		uint32_t encoding;
		char strings[sizeof(strings)];
	} b = {
		.h = { .magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(b.h), .type_len = sizeof(b.t) + 4,
		       .str_off = sizeof(b.t) + 4, .str_len = sizeof(strings) },
		.t = { .name_off = 1, .info = BTF_KIND_INT << 24, .size = 4 },
		.encoding = BTF_INT_SIGNED << 24 | 32,
	};
	union bpf_attr attr = { .btf = ptr(&b), .btf_size = sizeof(b.h) + sizeof(b.t) + 4 + sizeof(strings) };

	memcpy(b.strings, strings, sizeof(strings));
	return sys_bpf(CMD_BTF_LOAD, &attr);
}

static int map_new(unsigned int type, unsigned int key, unsigned int value, unsigned int max, unsigned int flags)
{
	union bpf_attr attr = { .map_type = type, .key_size = key, .value_size = value, .max_entries = max,
				.map_flags = flags };

	return sys_bpf(CMD_MAP_CREATE, &attr);
}

/* arg: TYPE KEY VALUE MAX FLAGS [i|b]: with an inner map, with BTF */
void work_bpf_map(struct result *res, const char *arg)
{
	union bpf_attr attr = { 0 };
	unsigned int type, key, value, max, flags;
	char more = '-';

	if (sscanf(arg, "%u %u %u %u %u %c", &type, &key, &value, &max, &flags, &more) < 5)
		return res_skip(res, "bad table row");
	attr.map_type = type;
	attr.key_size = key;
	attr.value_size = value;
	attr.max_entries = max;
	attr.map_flags = flags;
	if (more == 'i')
		TRY(res, attr.inner_map_fd = map_new(BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0));
	if (more == 'b') {
		TRY(res, attr.btf_fd = btf_int());
		attr.btf_key_type_id = attr.btf_value_type_id = 1;
	}
	TRY(res, sys_bpf(CMD_MAP_CREATE, &attr));
	DONE(res);
}

static int element(int cmd, int map, const void *key, void *value)
{
	union bpf_attr attr = { .map_fd = map, .key = ptr(key), .value = ptr(value) };

	return sys_bpf(cmd, &attr);
}

/* arg: what is done with a hash of four numbers */
void work_bpf_elements(struct result *res, const char *arg)
{
	uint32_t keys[4] = { 1, 2, 3, 4 }, values[4] = { 5, 6, 7, 8 }, got, place[4];
	union bpf_attr attr = { 0 };
	int map;

	TRY(res, map = map_new(BPF_MAP_TYPE_HASH, 4, 4, 16, 0));
	TRY(res, element(CMD_UPDATE, map, &keys[0], &values[0]));
	if (!strcmp(arg, "single")) {
		TRY(res, element(CMD_LOOKUP, map, &keys[0], &got));
		TRY(res, element(CMD_NEXT_KEY, map, NULL, &got));
		TRY(res, element(CMD_DELETE, map, &keys[0], NULL));
	} else if (!strcmp(arg, "batch")) {
		attr.batch.map_fd = map;
		attr.batch.keys = ptr(keys);
		attr.batch.values = ptr(values);
		attr.batch.count = 4;
		TRY(res, sys_bpf(CMD_UPDATE_BATCH, &attr));
		attr.batch.out_batch = ptr(place);
		attr.batch.count = 4;
		TRY(res, sys_bpf(CMD_LOOKUP_BATCH, &attr) < 0 && errno != ENOENT ? -1 : 0);
	} else {
		attr.map_fd = map;
		TRY(res, sys_bpf(CMD_MAP_FREEZE, &attr));
	}
	DONE(res);
}

void work_bpf_map_mmap(struct result *res, const char *arg)
{
	int map;

	(void)arg;
	TRY(res, map = map_new(BPF_MAP_TYPE_ARRAY, 4, 8, 16, 1 << 10 /* MMAPABLE */));
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0) == MAP_FAILED)
		return res_err(res, errno, "mmap");
	DONE(res);
}

static int load(unsigned int type, unsigned int attach, const struct bpf_insn *insns, size_t n, unsigned int btf_id)
{
	union bpf_attr attr = { .prog_type = type, .expected_attach_type = attach, .insns = ptr(insns), .insn_cnt = n,
				.license = ptr("GPL"), .attach_btf_id = btf_id };

	return sys_bpf(CMD_PROG_LOAD, &attr);
}

static int load_return(unsigned int type, unsigned int attach, int value)
{
	const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, value), EXIT() };

	return load(type, attach, insns, N_OF(insns), 0);
}

/* arg: TYPE ATTACH-TYPE RETURN-VALUE [FUNCTION] */
void work_bpf_prog(struct result *res, const char *arg)
{
	unsigned int type, attach;
	char function[64] = "";
	int value, id = 0;

	if (sscanf(arg, "%u %u %d %63s", &type, &attach, &value, function) < 3)
		return res_skip(res, "bad table row");
	if (*function) {
		const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, value), EXIT() };

		TRY(res, id = btf_func_id(function));
		TRY(res, load(type, attach, insns, N_OF(insns), id));
	} else {
		TRY(res, load_return(type, attach, value));
	}
	DONE(res);
}

/* arg: TYPE HELPER, a helper without arguments */
void work_bpf_helper(struct result *res, const char *arg)
{
	unsigned int type;
	int helper;

	if (sscanf(arg, "%u %d", &type, &helper) != 2)
		return res_skip(res, "bad table row");
	{
		const struct bpf_insn insns[] = { CALL(helper), MOV_IMM(BPF_REG_0, 0), EXIT() };

		TRY(res, load(type, 0, insns, N_OF(insns), 0));
	}
	DONE(res);
}

/* trace_printk("x"), as tools that debug do; arg: program type */
void work_bpf_printk(struct result *res, const char *arg)
{
	const struct bpf_insn insns[] = {
		ST_IMM(BPF_REG_10, -8, 'x'), MOV_REG(BPF_REG_1, BPF_REG_10), ADD_IMM(BPF_REG_1, -8), MOV_IMM(BPF_REG_2, 2),
		CALL(6), MOV_IMM(BPF_REG_0, 0), EXIT(),
	};

	TRY(res, load(atoi(arg), 0, insns, N_OF(insns), 0));
	DONE(res);
}

/* arg: comm(16), probe_read_user(112): (memory, size, ...) */
void work_bpf_fill(struct result *res, const char *arg)
{
	unsigned int type;
	int helper;

	if (sscanf(arg, "%u %d", &type, &helper) != 2)
		return res_skip(res, "bad table row");
	{
		const struct bpf_insn insns[] = {
			ST_IMM(BPF_REG_10, -8, 0), ST_IMM(BPF_REG_10, -16, 0), MOV_REG(BPF_REG_1, BPF_REG_10),
			ADD_IMM(BPF_REG_1, -16), MOV_IMM(BPF_REG_2, 16), MOV_IMM(BPF_REG_3, 0), MOV_IMM(BPF_REG_4, 0),
			CALL(helper), MOV_IMM(BPF_REG_0, 0), EXIT(),
		};

		TRY(res, load(type, 0, insns, N_OF(insns), 0));
	}
	DONE(res);
}

/* a program with a map in it and a subprogram; arg: program type */
void work_bpf_complex(struct result *res, const char *arg)
{
	int map;

	TRY(res, map = map_new(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0));
	{
		const struct bpf_insn insns[] = {
			LD_MAP_VALUE(BPF_REG_1, map, 0),
			INSN(BPF_JMP | BPF_CALL, 0, 1 /* PSEUDO_CALL */, 0, 1),
			EXIT(),
			INSN(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_2, BPF_REG_1, 0, 0),
			MOV_IMM(BPF_REG_0, 0),
			EXIT(),
		};

		TRY(res, load(atoi(arg), 0, insns, N_OF(insns), 0));
	}
	DONE(res);
}

/* arg: program type */
void work_bpf_test_run(struct result *res, const char *arg)
{
	char packet[64] = "", out[256];
	union bpf_attr attr = { 0 };

	TRY(res, attr.test.prog_fd = load_return(atoi(arg), 0, 2));
	attr.test.data_in = ptr(packet);
	attr.test.data_out = ptr(out);
	attr.test.data_size_in = sizeof(packet);
	attr.test.data_size_out = sizeof(out);
	attr.test.repeat = 1;
	TRY(res, sys_bpf(CMD_TEST_RUN, &attr));
	DONE(res);
}

/* BPF_PROG_TYPE_SYSCALL, as "light skeletons" use it */
void work_bpf_syscall_run(struct result *res, const char *arg)
{
	const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, 7), EXIT() };
	union bpf_attr attr = { .prog_type = 31, .insns = ptr(insns), .insn_cnt = N_OF(insns), .license = ptr("GPL"),
				.prog_flags = 1 << 4 /* SLEEPABLE */ };
	union bpf_attr run = { 0 };

	(void)arg;
	TRY(res, run.test.prog_fd = sys_bpf(CMD_PROG_LOAD, &attr));
	TRY(res, sys_bpf(CMD_TEST_RUN, &run));
	if (run.test.retval != 7)
		return res_err(res, 0, "it did not run");
	DONE(res);
}

void work_bpf_socket_filter(struct result *res, const char *arg)
{
	int prog, s;

	(void)arg;
	TRY(res, prog = load_return(BPF_PROG_TYPE_SOCKET_FILTER, 0, 0));
	TRY(res, s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	TRY(res, setsockopt(s, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog)));
	TRY(res, setsockopt(s, SOL_SOCKET, SO_DETACH_BPF, &prog, sizeof(prog)));
	DONE(res);
}

/* arg: PROGRAM-TYPE ATTACH-TYPE, attached to a new cgroup, which is then asked */
void work_bpf_cgroup(struct result *res, const char *arg)
{
	union bpf_attr attr = { 0 }, query = { 0 };
	unsigned int type, attach;
	char path[128];
	uint32_t ids[4];
	int prog;

	if (sscanf(arg, "%u %u", &type, &attach) != 2)
		return res_skip(res, "bad table row");
	TRY(res, prog = load_return(type, attach, 1));
	TRY(res, attr.target_fd = cgroup_new(path, sizeof(path)));
	attr.attach_bpf_fd = prog;
	attr.attach_type = attach;
	attr.attach_flags = 2 /* MULTI */;
	if (sys_bpf(CMD_PROG_ATTACH, &attr) < 0) {
		res_err(res, errno, "attach");
	} else {
		query.query.target_fd = attr.target_fd;
		query.query.attach_type = attach;
		query.query.prog_ids = ptr(ids);
		query.query.prog_cnt = N_OF(ids);
		if (sys_bpf(CMD_PROG_QUERY, &query) < 0)
			res_err(res, errno, "query");
		attr.attach_flags = 0;
		if (res->verdict == VERDICT_NONE)
			res_rc(res, sys_bpf(CMD_PROG_DETACH, &attr));
	}
	close(attr.target_fd);
	rmdir(path);
}

/* arg: PROGRAM-TYPE ATTACH-TYPE TARGET(l: lo, n: network namespace, c: cgroup, -: none) FLAGS */
void work_bpf_link(struct result *res, const char *arg)
{
	union bpf_attr attr = { 0 };
	unsigned int type, attach, flags;
	char target, path[128] = "";

	if (sscanf(arg, "%u %u %c %u", &type, &attach, &target, &flags) != 4)
		return res_skip(res, "bad table row");
	TRY(res, attr.link_create.prog_fd = load_return(type, attach, 1));
	attr.link_create.attach_type = attach;
	attr.link_create.flags = flags;
	if (target == 'l')
		attr.link_create.target_ifindex = if_nametoindex("lo");
	else if (target == 'n')
		TRY(res, attr.link_create.target_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	else if (target == 'c')
		TRY(res, attr.link_create.target_fd = cgroup_new(path, sizeof(path)));
	/* BPF_PROG_TYPE_NETFILTER: family, hook and priority are next to each other in the request */
	if (type == 32)
		memcpy((char *)&attr + 16, (uint32_t[]){ 2 /* IPv4 */, 1 /* in */, (uint32_t)-100, 0 }, 16);
	res_rc(res, sys_bpf(CMD_LINK_CREATE, &attr));
	if (*path)
		rmdir(path);
}

void work_bpf_raw_tp(struct result *res, const char *arg)
{
	union bpf_attr attr = { 0 };

	TRY(res, attr.raw_tracepoint.prog_fd = load_return(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0));
	attr.raw_tracepoint.name = ptr(arg);
	TRY(res, sys_bpf(CMD_RAW_TP_OPEN, &attr));
	DONE(res);
}

/* arg: ATTACH-TYPE FUNCTION */
void work_bpf_trampoline(struct result *res, const char *arg)
{
	const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, 0), EXIT() };
	union bpf_attr attr = { 0 };
	unsigned int attach;
	char function[64];
	int id;

	if (sscanf(arg, "%u %63s", &attach, function) != 2)
		return res_skip(res, "bad table row");
	TRY(res, id = btf_func_id(function));
	TRY(res, attr.raw_tracepoint.prog_fd = load(BPF_PROG_TYPE_TRACING, attach, insns, N_OF(insns), id));
	TRY(res, sys_bpf(CMD_RAW_TP_OPEN, &attr));
	DONE(res);
}

/* arg: bpf_iter_... */
void work_bpf_iterator(struct result *res, const char *arg)
{
	const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, 0), EXIT() };
	union bpf_attr attr = { 0 }, iter = { 0 };
	char buf[64];
	int id, fd;

	TRY(res, id = btf_func_id(arg));
	TRY(res, attr.link_create.prog_fd = load(BPF_PROG_TYPE_TRACING, 28, insns, N_OF(insns), id));
	attr.link_create.attach_type = 28;
	TRY(res, iter.iter_create.link_fd = sys_bpf(CMD_LINK_CREATE, &attr));
	TRY(res, fd = sys_bpf(CMD_ITER_CREATE, &iter));
	TRY(res, read(fd, buf, sizeof(buf)));
	DONE(res);
}

void work_bpf_btf(struct result *res, const char *arg)
{
	union bpf_attr attr = { 0 };

	(void)arg;
	TRY(res, btf_int());
	TRY(res, sys_bpf(CMD_BTF_NEXT_ID, &attr));
	attr.btf_id = attr.next_id;
	attr.next_id = 0;
	TRY(res, sys_bpf(CMD_BTF_BY_ID, &attr));
	DONE(res);
}

/* one's own program and map, found by id and asked what they are */
void work_bpf_info(struct result *res, const char *arg)
{
	struct { uint32_t type, id; char room[240]; } info = { 0 };
	union bpf_attr attr = { 0 }, by_id = { 0 };
	bool map = *arg == 'm';
	int fd;

	TRY(res, fd = map ? map_new(BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0) : load_return(BPF_PROG_TYPE_SOCKET_FILTER, 0, 0));
	attr.info.bpf_fd = fd;
	attr.info.info = ptr(&info);
	attr.info.info_len = 80;
	TRY(res, sys_bpf(CMD_INFO, &attr));
	by_id.map_id = info.id;
	TRY(res, sys_bpf(map ? CMD_MAP_BY_ID : CMD_PROG_BY_ID, &by_id));
	DONE(res);
}

void work_bpf_pin(struct result *res, const char *arg)
{
	union bpf_attr attr = { 0 };
	const char *dir = temp_dir();
	char path[64];

	(void)arg;
	TRY(res, mount("works", dir, "bpf", 0, NULL));
	snprintf(path, sizeof(path), "%s/pin", dir);
	attr.pathname = ptr(path);
	TRY(res, attr.bpf_fd = map_new(BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0));
	TRY(res, sys_bpf(CMD_OBJ_PIN, &attr));
	attr.bpf_fd = 0;
	TRY(res, sys_bpf(CMD_OBJ_GET, &attr));
	TRY(res, unlink(path));
	DONE(res);
}

/* the same where everybody has it */
void work_bpf_pin_here(struct result *res, const char *arg)
{
	char to[128];
	union bpf_attr attr = { .pathname = ptr(arg) };

	TRY(res, attr.bpf_fd = map_new(BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0));
	TRY(res, sys_bpf(CMD_OBJ_PIN, &attr));
	snprintf(to, sizeof(to), "%s_2", arg);
	TRY(res, rename(arg, to));
	TRY(res, unlink(to));
	DONE(res);
}

void work_bpf_stats(struct result *res, const char *arg)
{
	union bpf_attr attr = { 0 };

	(void)arg;
	TRY(res, sys_bpf(CMD_ENABLE_STATS, &attr));
	DONE(res);
}

void work_bpf_bind_map(struct result *res, const char *arg)
{
	union bpf_attr attr = { 0 };

	(void)arg;
	TRY(res, attr.prog_bind_map.prog_fd = load_return(BPF_PROG_TYPE_SOCKET_FILTER, 0, 0));
	TRY(res, attr.prog_bind_map.map_fd = map_new(BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0));
	TRY(res, sys_bpf(CMD_PROG_BIND_MAP, &attr));
	DONE(res);
}

static int event(unsigned int type, uint64_t config, const char *name, uint64_t offset)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = type, .config = config, .sample_period = 1000000,
					.disabled = 1 };

	if (name) {
		attr.sample_period = 0;
		attr.kprobe_func = ptr(name);
		attr.probe_offset = offset;
	}
	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 8UL);
}

static int pmu(const char *name)
{
	char path[96], text[16];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", name);
	return read_text(AT_FDCWD, path, text, sizeof(text)) < 0 ? -1 : atoi(text);
}

/* arg: PROGRAM-TYPE, then "tracepoint PATH", "kprobe FUNCTION", "uprobe PATH", "clock -" */
void work_bpf_perf(struct result *res, const char *arg)
{
	char kind[16], what[96], text[16];
	unsigned int type;
	int ev = -1, prog;

	if (sscanf(arg, "%u %15s %95s", &type, kind, what) != 3)
		return res_skip(res, "bad table row");
	if (*kind == 't') {
		int dir;

		TRY(res, dir = tracefs_dir());
		TRY(res, read_text(dir, what, text, sizeof(text)));
		TRY(res, ev = event(PERF_TYPE_TRACEPOINT, strtoul(text, NULL, 10), NULL, 0));
	} else if (*kind == 'c') {
		TRY(res, ev = event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, NULL, 0));
	} else {
		int source;

		TRY(res, source = pmu(kind));
		TRY(res, ev = event(source, 0, what, *kind == 'u' ? 4096 : 0));
	}
	TRY(res, prog = load_return(type, 0, 0));
	TRY(res, ioctl(ev, PERF_EVENT_IOC_SET_BPF, prog));
	TRY(res, ioctl(ev, PERF_EVENT_IOC_ENABLE, 0));
	DONE(res);
}
