// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "devices.h"
#include "util.h"

#define INSN(c, d, s, o, i) \
	((struct bpf_insn){.code = (c), .dst_reg = (d), .src_reg = (s), .off = (int16_t)(o), .imm = (int32_t)(i)})
#define LOAD(d, field) INSN(BPF_LDX | BPF_MEM | BPF_W, d, 1, offsetof(struct bpf_cgroup_dev_ctx, field), 0)
#define COPY(d, s)     INSN(BPF_ALU | BPF_MOV | BPF_X, d, s, 0, 0)
#define ALU(op, d, i)  INSN(BPF_ALU | (op) | BPF_K, d, 0, 0, i)
#define SET(d, i)      INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define JUMP(op, d, i) INSN(BPF_JMP | (op) | BPF_K, d, 0, 0, i) /* to the next rule; the distance comes later */
#define EXIT	       INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

enum { RULE_INSNS = 8, HEAD_INSNS = 6, MAX_INSNS = HEAD_INSNS + LKD_PLAN_DEVICES_MAX * RULE_INSNS + 2 };
enum { ACCESS = 2, TYPE, MAJOR, MINOR, ASKED }; /* registers */

static int bpf_call(int cmd, union bpf_attr *attr)
{
	const long r = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return r < 0 ? -errno : (int)r;
}

static int minor_of(const struct lkd_plan_device *d, int efi_test_minor)
{
	return d->minor == LKD_MINOR_EFI_TEST ? efi_test_minor : d->minor;
}

static size_t write_rule(struct bpf_insn *p, const struct lkd_plan_device *d, int minor)
{
	const int access = (d->access & 1 ? BPF_DEVCG_ACC_READ : 0) | (d->access & 2 ? BPF_DEVCG_ACC_WRITE : 0) |
			   (d->access & 4 ? BPF_DEVCG_ACC_MKNOD : 0);
	size_t n = 0;

	p[n++] = JUMP(BPF_JNE, TYPE, d->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (d->major >= 0)
		p[n++] = JUMP(BPF_JNE, MAJOR, d->major);
	if (minor >= 0)
		p[n++] = JUMP(BPF_JNE, MINOR, minor);
	p[n++] = COPY(ASKED, ACCESS);
	p[n++] = ALU(BPF_AND, ASKED, access);
	p[n++] = JUMP(BPF_JEQ, ASKED, 0);
	p[n++] = SET(0, 0);
	p[n++] = EXIT;
	for (size_t i = 0; i < n; i++)
		if (BPF_CLASS(p[i].code) == BPF_JMP && BPF_OP(p[i].code) != BPF_EXIT)
			p[i].off = (int16_t)(n - i - 1);
	return n;
}

static int id_of(int prog, __u32 *ret)
{
	struct bpf_prog_info info;
	union bpf_attr attr;
	int r;

	memset(&info, 0, sizeof(info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)prog;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uint64_t)(uintptr_t)&info;
	r = bpf_call(BPF_OBJ_GET_INFO_BY_FD, &attr);
	*ret = info.id;
	return r;
}

int lkd_devices_load(const struct lkd_plan_device *rules, size_t n_rules, int efi_test_minor, __u32 *ret_id)
{
	struct bpf_insn prog[MAX_INSNS] = {
		LOAD(ACCESS, access_type), COPY(TYPE, ACCESS), ALU(BPF_AND, TYPE, 0xffff),
		ALU(BPF_RSH, ACCESS, 16),  LOAD(MAJOR, major), LOAD(MINOR, minor),
	};
	size_t n = HEAD_INSNS;
	union bpf_attr attr;
	lkd_autofd fd = -EBADF;
	int r;

	for (size_t i = 0; i < n_rules && i < LKD_PLAN_DEVICES_MAX; i++) {
		const int minor = minor_of(&rules[i], efi_test_minor);

		if (rules[i].minor != LKD_MINOR_EFI_TEST || minor >= 0)
			n += write_rule(prog + n, &rules[i], minor);
	}
	prog[n++] = SET(0, 1);
	prog[n++] = EXIT;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uint64_t)(uintptr_t)prog;
	attr.insn_cnt = (uint32_t)n;
	attr.license = (uint64_t)(uintptr_t) "Dual BSD/GPL";
	memcpy(attr.prog_name, "lkd_devices", 12);
	fd = bpf_call(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		return fd;
	r = id_of(fd, ret_id);
	return r < 0 ? r : lkd_take_fd(&fd);
}

int lkd_devices_attach(const char *dir, int prog)
{
	lkd_autofd cgroup = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	union bpf_attr attr;

	if (cgroup < 0)
		return -errno;
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)prog;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	return bpf_call(BPF_PROG_ATTACH, &attr);
}

/* ---- cgroup v1 -------------------------------------------------------- */

static const char *number(int n, char *buf, size_t size)
{
	if (n < 0)
		return "*";
	(void)snprintf(buf, size, "%d", n);
	return buf;
}

static int deny(int fd, const struct lkd_plan_device *d, int minor)
{
	char text[64], a[16], b[16];

	(void)snprintf(text, sizeof(text), "%c %s:%s %s%s%s", d->type, number(d->major, a, sizeof(a)),
		       number(minor, b, sizeof(b)), d->access & 1 ? "r" : "", d->access & 2 ? "w" : "",
		       d->access & 4 ? "m" : "");
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* an entry of devices.list ("c 1:* rwm") that still allows something of a rule; "a *:* rwm" is "all but the denied" */
static bool allows(const char *entry, const struct lkd_plan_device *d, int minor)
{
	char type, major[16], minors[16], access[8];

	if (sscanf(entry, "%c %15[^:]:%15s %7s", &type, major, minors, access) != 4 || type != d->type)
		return false;
	if (major[0] != '*' && d->major >= 0 && atoi(major) != d->major)
		return false;
	if (minors[0] != '*' && minor >= 0 && atoi(minors) != minor)
		return false;
	return (d->access & 1 && strchr(access, 'r')) || (d->access & 2 && strchr(access, 'w')) ||
	       (d->access & 4 && strchr(access, 'm'));
}

static int check_list(int cgroup, const struct lkd_plan_device *rules, size_t n, int efi_test_minor)
{
	int fd = openat(cgroup, "devices.list", O_RDONLY | O_CLOEXEC), r = 0;
	lkd_autofile *list = fd < 0 ? NULL : fdopen(fd, "r");
	char line[64];

	if (!list)
		return -errno;
	while (!r && fgets(line, sizeof(line), list))
		for (size_t i = 0; i < n && !r; i++)
			if (rules[i].minor != LKD_MINOR_EFI_TEST || efi_test_minor >= 0)
				r = allows(line, &rules[i], minor_of(&rules[i], efi_test_minor)) ? -EEXIST : 0;
	return r;
}

int lkd_devices_deny(const char *dir, const struct lkd_plan_device *rules, size_t n, int efi_test_minor)
{
	lkd_autofd cgroup = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -EBADF;
	int r = 0;

	if (cgroup < 0)
		return -errno;
	fd = openat(cgroup, "devices.deny", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < n && !r; i++)
		if (rules[i].minor != LKD_MINOR_EFI_TEST || efi_test_minor >= 0)
			r = deny(fd, &rules[i], minor_of(&rules[i], efi_test_minor));
	return r ? r : check_list(cgroup, rules, n, efi_test_minor);
}
