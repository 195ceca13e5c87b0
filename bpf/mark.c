// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mark.h"

static int open_pin(const char *path)
{
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.pathname = (uint64_t)(uintptr_t)path;
	fd = syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
	return fd < 0 ? -errno : (int)fd;
}

int lkd_mark_open(void)
{
	return open_pin(LKD_PIN_MARK);
}

bool lkd_mark_is_confined(void)
{
	const int info = open_pin(LKD_PIN_DIR "/info"), mark = lkd_mark_open();

	if (info >= 0)
		(void)close(info);
	if (mark >= 0)
		(void)close(mark);
	return info < 0 && mark >= 0;
}

int lkd_mark_run(int prog_fd, const struct lkd_mark_request *req)
{
	struct lkd_mark_request copy = *req; /* the kernel writes the context back */
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)prog_fd;
	attr.test.ctx_in = (uint64_t)(uintptr_t)&copy;
	attr.test.ctx_size_in = sizeof(copy);
	if (syscall(SYS_bpf, BPF_PROG_RUN, &attr, sizeof(attr)) < 0)
		return -errno;
	return (int)attr.test.retval;
}
