// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
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

int lkd_devices_attach(const char *dir, const struct lkd_plan_device *rules, size_t n_rules, int efi_test_minor)
{
	struct bpf_insn prog[MAX_INSNS] = {
		LOAD(ACCESS, access_type), COPY(TYPE, ACCESS), ALU(BPF_AND, TYPE, 0xffff),
		ALU(BPF_RSH, ACCESS, 16),  LOAD(MAJOR, major), LOAD(MINOR, minor),
	};
	lkd_autofd cgroup = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -EBADF;
	size_t n = HEAD_INSNS;
	union bpf_attr attr;

	if (cgroup < 0)
		return -errno;
	for (size_t i = 0; i < n_rules && i < LKD_PLAN_DEVICES_MAX; i++) {
		const int minor = rules[i].minor == LKD_MINOR_EFI_TEST ? efi_test_minor : rules[i].minor;

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
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)fd;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	return bpf_call(BPF_PROG_ATTACH, &attr);
}
