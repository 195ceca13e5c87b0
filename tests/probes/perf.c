// SPDX-License-Identifier: BSD-2-Clause
/* PERF, and the kprobes that come through perf_event_open. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes.h"

static int event_open(struct perf_event_attr *attr)
{
	attr->size = sizeof(*attr);
	attr->disabled = 1;
	return syscall(SYS_perf_event_open, attr, 0, -1, -1,
		       (unsigned long) PERF_FLAG_FD_CLOEXEC);
}

static void event_result(struct result *res, struct perf_event_attr *attr)
{
	int fd = event_open(attr);

	if (fd < 0 && errno == ENOSYS)
		return res_step(res, errno, "perf_event_open");
	res_rc(res, fd);
	if (fd >= 0)
		close(fd);
}

/* arg: "regs_intr", "user_regs_intr" (exclude_kernel), "plain", "data",
 * "Regs_user": the first letter decides. */
void probe_perf(struct result *res, const char *arg)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000,
	};

	switch (*arg) {
	case 'u':
		attr.exclude_kernel = 1;
		__attribute__((fallthrough));
	case 'r':
		attr.sample_type = PERF_SAMPLE_REGS_INTR;
		attr.sample_regs_intr = 1;
		break;
	case 'd':
		attr.sample_type = PERF_SAMPLE_PHYS_ADDR | PERF_SAMPLE_ADDR |
				   PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW;
		break;
	case 'R':
		attr.sample_type = PERF_SAMPLE_REGS_USER;
		attr.sample_regs_user = 1;
		break;
	}
	event_result(res, &attr);
}

static int pmu_type(const char *name)
{
	char path[96], text[16];
	int type;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type",
		 name);
	if (read_text(AT_FDCWD, path, text, sizeof(text)) < 0 ||
	    sscanf(text, "%d", &type) != 1)
		return -1;
	return type;
}

/* arg: function, or "" for address 0, which is never a probe */
void probe_perf_kprobe(struct result *res, const char *arg)
{
	struct perf_event_attr attr = { 0 };
	int type = pmu_type("kprobe");

	if (type < 0)
		return res_skip(res, "no kprobe event source");
	attr.type = type;
	if (*arg)
		attr.kprobe_func = (uintptr_t) arg;
	event_result(res, &attr);
}

/* On a file that nobody executes. */
void probe_perf_uprobe(struct result *res, const char *arg)
{
	static const unsigned char code[4096] = { 0x90, 0xc3 };	/* nop; ret */
	struct perf_event_attr attr = { 0 };
	int type = pmu_type("uprobe");
	char path[40];
	int fd;

	(void) arg;
	if (type < 0)
		return res_skip(res, "no uprobe event source");
	fd = memfd_readonly(code, sizeof(code));
	if (fd < 0)
		return res_step(res, errno, "memfd");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	attr.type = type;
	attr.uprobe_path = (uintptr_t) path;
	event_result(res, &attr);
	close(fd);
}

/* An event for a tracepoint; @id: its id file below the tracefs directory. */
int perf_tracepoint(int tracefs, const char *id)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT };
	char text[16];

	if (read_text(tracefs, id, text, sizeof(text)) < 0)
		return -1;
	attr.config = strtoul(text, NULL, 10);
	return event_open(&attr);
}

/* arg: id file of a tracepoint, below tracefs */
void probe_perf_tracepoint_bpf(struct result *res, const char *arg)
{
	int dir = tracefs_dir();
	int event, prog;

	if (dir < 0)
		return res_step(res, errno, "mount tracefs");
	event = perf_tracepoint(dir, arg);
	close(dir);
	if (event < 0)
		return res_step(res, errno, "perf_event_open of a tracepoint");
	prog = bpf_load_tracepoint();
	if (prog < 0)
		return res_step(res, errno, "PROG_LOAD");
	res_rc(res, ioctl(event, PERF_EVENT_IOC_SET_BPF, prog));
	close(prog);
	close(event);
}
