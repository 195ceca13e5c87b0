// SPDX-License-Identifier: BSD-2-Clause
/*
 * perf_event_open(2): PERF and KPROBES. The attribute is copied once; what it
 * points to is copied, or opened in the caller's place; pid, group and cgroup
 * are translated. kernel/events/core.c:perf_event_open is what is imitated.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"

#define ATTR_MAX   4096 /* a page, on every machine that we know */
#define SYMBOL_MAX 512	/* KSYM_NAME_LEN */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

union attr {
	struct perf_event_attr a;
	char bytes[ATTR_MAX];
};

/* what the kernel does with a size that it does not know: it says its own */
static long copy_attr(struct lkd_call *c, uint64_t from, union attr *ret, uint32_t *ret_size)
{
	/* all of it at once, nearly always */
	long r = lkd_call_read_some(c, from, ret, 256), have = r;

	if (r < 0)
		return r;
	if (r < (long)(2 * sizeof(uint32_t))) /* type, size */
		r = lkd_call_read(c, from, ret, 2 * sizeof(uint32_t));
	if (r < 0)
		return r;
	*ret_size = ret->a.size ? ret->a.size : PERF_ATTR_SIZE_VER0;
	if (*ret_size < PERF_ATTR_SIZE_VER0 || *ret_size > ATTR_MAX) {
		const uint32_t known = sizeof(struct perf_event_attr);

		r = lkd_call_write(c, from + sizeof(uint32_t), &known, sizeof(known));
		return r ? r : -E2BIG;
	}
	r = 0;
	if (have < (long)*ret_size)
		r = lkd_call_read(c, from, ret, *ret_size);
	memset(ret->bytes + *ret_size, 0, ATTR_MAX - *ret_size);
	ret->a.size = *ret_size; /* it may have changed since */
	return r;
}

static bool is_source(const struct perf_event_attr *a, uint32_t type)
{
	if (!type)
		return false;
	/* PERF_TYPE_HARDWARE and HW_CACHE name another event source in the upper half of config */
	return a->type == type ||
	       ((a->type == PERF_TYPE_HARDWARE || a->type == PERF_TYPE_HW_CACHE) && a->config >> 32 == type);
}

/* one that has a number, but no name in the kernel's headers */
static bool is_numbered(const struct perf_event_attr *a)
{
	return a->type >= PERF_TYPE_MAX || ((a->type == PERF_TYPE_HARDWARE || a->type == PERF_TYPE_HW_CACHE) && a->config >> 32);
}

static long check(struct lkd_call *c, const struct perf_event_attr *a)
{
	const struct lkd_broker *b = c->b;
	long r;

	/* which event source it is cannot be told */
	if (is_numbered(a) && !b->knows_sources)
		return lkd_call_refuse(c, b->held & LKD_BROKER_KPROBES ? LKD_BROKER_KPROBES : LKD_BROKER_PERF,
				       "an event source that is not known here (stricter)", EPERM);
	if (b->held & LKD_BROKER_KPROBES && is_source(a, b->kprobe)) {
		r = lkd_call_rights(c);
		if (r)
			return r;
		if (!lkd_call_can(c, CAP_PERFMON) && !lkd_call_can(c, CAP_SYS_ADMIN))
			return -EACCES;
		return lkd_call_refuse(c, LKD_BROKER_KPROBES, "a kprobe", EPERM);
	}
	if (b->held & LKD_BROKER_PERF && a->sample_type & PERF_SAMPLE_REGS_INTR)
		return a->sample_regs_intr ? lkd_call_refuse(c, LKD_BROKER_PERF, "registers at interrupt", EPERM) : -EINVAL;
	return 0;
}

/*
 * The file of a uprobe, in the caller's root. Any other path through somebody's
 * open files or working directory is refused: /proc/self would be ours.
 */
static long open_uprobe(struct lkd_call *c, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	char root[32];
	long r;
	int fd;

	if (*path != '/')
		return -EPERM; /* its working directory is not ours to walk from */
	(void)snprintf(root, sizeof(root), "%d/root", (int)c->n->pid);
	lkd_rights_aid(&c->b->rights, true);
	fd = openat(c->b->proc, root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!lkd_call_alive(c)) {
		if (fd >= 0)
			(void)close(fd);
		return LKD_CALL_GONE;
	}
	if (lkd_call_keep(c, fd) < 0)
		return -EPERM;
	r = lkd_call_perform(c, SYS_openat2, (long[5]){ fd, (long)path, (long)&how, sizeof(how) });
	if (r < 0)
		return r == -ELOOP ? -EPERM : r;
	return lkd_call_keep(c, (int)r);
}

/* /proc/self/fd/N names a file of the caller's by number, and is the way to probe what has no name */
static long open_numbered(struct lkd_call *c, const char *path)
{
	static const char prefix[] = "/proc/self/fd/";
	const size_t len = sizeof(prefix) - 1;
	char *end;
	unsigned long n;

	if (strncmp(path, prefix, len) || path[len] < '0' || path[len] > '9')
		return -ELOOP;
	n = strtoul(path + len, &end, 10);
	return *end || n > INT_MAX ? -ELOOP : lkd_call_fd(c, (int)n);
}

static bool has_name(const struct lkd_broker *b, const struct perf_event_attr *a)
{
	return (is_source(a, b->uprobe) || is_source(a, b->kprobe)) && a->config1;
}

/* what a probe's attribute points to; @room is as large as the longest of it */
static long translate_probe(struct lkd_call *c, struct perf_event_attr *a, char *room)
{
	const bool uprobe = is_source(a, c->b->uprobe);
	long r;

	if (!has_name(c->b, a))
		return 0;
	r = lkd_call_string(c, a->config1, room, uprobe ? ATTR_MAX : SYMBOL_MAX);
	if (r == -ENAMETOOLONG)
		return uprobe ? r : -EINVAL;
	if (!r && uprobe) {
		r = open_numbered(c, room);
		if (r == -ELOOP)
			r = open_uprobe(c, room);
		if (r >= 0) {
			(void)snprintf(room, ATTR_MAX, "/proc/self/fd/%ld", r);
			r = 0;
		}
	}
	a->config1 = (uintptr_t)room;
	return r;
}

static long translate_fd(struct lkd_call *c, int *fd)
{
	long r = lkd_call_fd(c, *fd);

	if (r < 0)
		return r;
	*fd = (int)r;
	return 0;
}

/* fields of the caller's numbering into ours */
static long translate(struct lkd_call *c, unsigned long flags, int *pid, int *group)
{
	long r;

	if (flags & PERF_FLAG_PID_CGROUP) {
		r = translate_fd(c, pid);
		if (r)
			return r;
	} else if (*pid > 0) {
		r = lkd_call_rights(c);
		if (r)
			return r;
		if (c->pid_ns != c->b->pid_ns)
			return -EPERM;
	} else if (*pid == 0) {
		*pid = (int)c->n->pid;
	}
	return *group == -1 ? 0 : translate_fd(c, group);
}

long lkd_call_perf(struct lkd_call *c)
{
	const __u64 *args = c->n->data.args;
	int pid = (int)args[1], cpu = (int)args[2], group = (int)args[3];
	const unsigned long flags = (unsigned long)args[4];
	char room[ATTR_MAX];
	union attr attr;
	uint32_t size;
	long r = copy_attr(c, args[0], &attr, &size);

	if (!r)
		r = check(c, &attr.a);
	if (!r)
		r = translate(c, flags, &pid, &group);
	/* who may trace whom is not asked of a processor, and of oneself the answer is yes: but we are another process */
	if (!r)
		r = lkd_call_detach(c, (int)args[1] > 0 && !(flags & PERF_FLAG_PID_CGROUP) ? -1 : CAP_SYS_PTRACE,
				    has_name(c->b, &attr.a));
	if (!r)
		r = translate_probe(c, &attr.a, room);
	if (r)
		return r;
	r = lkd_call_perform(c, SYS_perf_event_open, (long[5]){ (long)&attr, pid, cpu, group, (long)flags });
	if (r == -E2BIG && attr.a.size != size)
		(void)lkd_call_write(c, args[0] + sizeof(uint32_t), &attr.a.size, sizeof(attr.a.size));
	if (r < 0)
		return r;
	c->fd = lkd_call_keep(c, (int)r);
	c->cloexec = flags & PERF_FLAG_FD_CLOEXEC;
	return 0;
}
