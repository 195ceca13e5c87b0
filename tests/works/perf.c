// SPDX-License-Identifier: BSD-2-Clause
/* Profilers and tracers, as far as a locked-down kernel lets them. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "works.h"

static int open_event(struct perf_event_attr *attr, pid_t pid, int cpu, int group, unsigned long flags)
{
	attr->size = sizeof(*attr);
	return syscall(SYS_perf_event_open, attr, pid, cpu, group, flags | PERF_FLAG_FD_CLOEXEC);
}

/* arg: TYPE CONFIG */
void work_perf_event(struct result *res, const char *arg)
{
	struct perf_event_attr attr = { .disabled = 1 };
	unsigned long long config, count;
	int fd;

	if (sscanf(arg, "%u %llu", &attr.type, &config) != 2)
		return res_skip(res, "bad table row");
	attr.config = config;
	TRY(res, fd = open_event(&attr, 0, -1, -1, 0));
	TRY(res, ioctl(fd, PERF_EVENT_IOC_ENABLE, 0));
	TRY(res, read(fd, &count, sizeof(count)));
	TRY(res, ioctl(fd, PERF_EVENT_IOC_RESET, 0));
	DONE(res);
}

/* arg: bits of sample_type, added up; sampled into a ring buffer, on all CPUs' first */
void work_perf_sample(struct result *res, const char *arg)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK,
					.sample_period = 1000000, .sample_regs_user = 1, .sample_stack_user = 512,
					.sample_max_stack = 16, .mmap = 1, .comm = 1, .task = 1 };
	int fd;

	attr.sample_type = strtoul(arg, NULL, 0);
	if (!(attr.sample_type & PERF_SAMPLE_REGS_USER))
		attr.sample_regs_user = 0;
	if (!(attr.sample_type & PERF_SAMPLE_STACK_USER))
		attr.sample_stack_user = 0;
	TRY(res, fd = open_event(&attr, -1, 0, -1, 0));
	if (mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED)
		return res_err(res, errno, "mmap");
	usleep(5000);
	DONE(res);
}

void work_perf_breakpoint(struct result *res, const char *arg)
{
	static int watched;
	struct perf_event_attr attr = { .type = PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W,
					.bp_addr = (uintptr_t)&watched, .bp_len = 4, .exclude_kernel = 1 };

	(void)arg;
	TRY(res, open_event(&attr, 0, -1, -1, 0));
	DONE(res);
}

/* arg: id file of a tracepoint */
void work_perf_tracepoint(struct result *res, const char *arg)
{
	int dir, fd;

	TRY(res, dir = tracefs_dir());
	TRY(res, fd = perf_tracepoint(dir, arg));
	TRY(res, ioctl(fd, PERF_EVENT_IOC_SET_FILTER, "common_pid != 0"));
	TRY(res, ioctl(fd, PERF_EVENT_IOC_ENABLE, 0));
	DONE(res);
}

/* arg: "uprobe" or "kprobe", then a function of the kernel or nothing: our own program */
void work_perf_probe(struct result *res, const char *arg)
{
	struct perf_event_attr attr = { 0 };
	char kind[16], function[64] = "/proc/self/exe", path[96], text[16];

	sscanf(arg, "%15s %63s", kind, function);
	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", kind);
	TRY(res, read_text(AT_FDCWD, path, text, sizeof(text)));
	attr.type = atoi(text);
	attr.kprobe_func = (uintptr_t)function;
	attr.probe_offset = *kind == 'u' ? 4096 : 0;
	TRY(res, open_event(&attr, 0, -1, -1, 0));
	DONE(res);
}

void work_perf_group(struct result *res, const char *arg)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK, .inherit = 1,
					.read_format = PERF_FORMAT_ID };
	int leader;

	(void)arg;
	TRY(res, leader = open_event(&attr, 0, -1, -1, 0));
	attr.config = PERF_COUNT_SW_PAGE_FAULTS;
	TRY(res, open_event(&attr, 0, -1, leader, 0));
	DONE(res);
}

void work_perf_cgroup(struct result *res, const char *arg)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK };
	int dir;

	TRY(res, dir = open(arg, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	TRY(res, open_event(&attr, dir, 0, -1, PERF_FLAG_PID_CGROUP));
	DONE(res);
}

/* arg: "FILE TEXT": written to a file of tracefs; with a third word, that afterwards */
void work_tracefs(struct result *res, const char *arg)
{
	char file[64], text[128], undo[64] = "";
	int dir, fd;

	if (sscanf(arg, "%63[^|]|%127[^|]|%63[^|]", file, text, undo) < 2)
		return res_skip(res, "bad table row");
	TRY(res, dir = tracefs_dir());
	TRY(res, fd = openat(dir, file, O_WRONLY | O_APPEND | O_CLOEXEC));
	TRY(res, write(fd, text, strlen(text)));
	if (*undo)
		TRY(res, write(fd, undo, strlen(undo)));
	DONE(res);
}

void work_tracefs_read(struct result *res, const char *arg)
{
	char buf[4096];
	int dir, fd;
	ssize_t n;

	TRY(res, dir = tracefs_dir());
	TRY(res, fd = openat(dir, arg, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
	n = read(fd, buf, sizeof(buf));
	if (n < 0 && errno != EAGAIN)
		return res_err(res, errno, "read");
	DONE(res);
}

void work_tracefs_instance(struct result *res, const char *arg)
{
	char name[64];
	int dir;

	TRY(res, dir = tracefs_dir());
	snprintf(name, sizeof(name), "instances/%s", arg);
	TRY(res, mkdirat(dir, name, 0700));
	TRY(res, unlinkat(dir, name, AT_REMOVEDIR));
	DONE(res);
}
