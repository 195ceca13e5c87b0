// SPDX-License-Identifier: BSD-2-Clause
/* Whose rights a call is performed with: reading the caller's, and taking them on. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"
#include "shield.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* ---- /proc/PID/status ------------------------------------------------- */

/* the text after "NAME:" at the start of a line */
static const char *find(const char *status, const char *name)
{
	const size_t len = strlen(name);

	for (const char *p = status; p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (!strncmp(p, name, len) && p[len] == ':')
			return p + len + 1;
	return NULL;
}

/* up to @room numbers of one line; -1 if there are more, or something else is on it */
static int numbers(const char *status, const char *name, int base, uint64_t *ret, int room)
{
	const char *p = find(status, name);
	int n = 0;

	if (!p)
		return -1;
	for (;;) {
		char *end;

		while (*p == ' ' || *p == '\t')
			p++;
		if (*p == '\n')
			return n;
		if (n == room)
			return -1;
		ret[n++] = strtoull(p, &end, base);
		if (end == p)
			return -1; /* so is the end of a text that was cut */
		p = end;
	}
}

static bool one(const char *status, const char *name, int base, uint64_t *ret)
{
	return numbers(status, name, base, ret, 1) == 1;
}

int lkd_rights_of(const char *status, struct lkd_rights *ret, pid_t *ret_tgid)
{
	uint64_t uid[4], gid[4], groups[sizeof(ret->groups) / sizeof(ret->groups[0])], tgid, nnp;
	int n = numbers(status, "Groups", 10, groups, sizeof(groups) / sizeof(groups[0]));

	memset(ret, 0, sizeof(*ret));
	if (n < 0 || numbers(status, "Uid", 10, uid, 4) != 4 || numbers(status, "Gid", 10, gid, 4) != 4 ||
	    !one(status, "Tgid", 10, &tgid) || !one(status, "CapInh", 16, &ret->inheritable) ||
	    !one(status, "CapPrm", 16, &ret->permitted) || !one(status, "CapEff", 16, &ret->effective) ||
	    !one(status, "CapBnd", 16, &ret->bounding) || !one(status, "CapAmb", 16, &ret->ambient) ||
	    !one(status, "NoNewPrivs", 10, &nnp))
		return -EINVAL;
	for (int i = 0; i < 4; i++) {
		ret->uid[i] = (uint32_t)uid[i];
		ret->gid[i] = (uint32_t)gid[i];
	}
	for (int i = 0; i < n; i++)
		ret->groups[i] = (uint32_t)groups[i];
	ret->n_groups = (uint32_t)n;
	ret->no_new_privs = (uint32_t)nnp;
	*ret_tgid = (pid_t)tgid;
	return 0;
}

/* in the procfs that we began with, whatever has been mounted over parts of it since; a clone would cost an RCU wait */
static int open_proc(int proc, pid_t tid, const char *name, uint64_t flags)
{
	const struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = RESOLVE_NO_XDEV };
	char path[48];

	(void)snprintf(path, sizeof(path), "%d/%s", (int)tid, name);
	return (int)syscall(SYS_openat2, proc, path, &how, sizeof(how));
}

/* "user:[4026531837]" is the link, its number the namespace; 0: unknown */
static uint64_t namespace_of(int proc, pid_t tid, const char *name)
{
	char text[48];
	const char *number;
	int fd = open_proc(proc, tid, name, O_PATH | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", text, sizeof(text) - 1);

	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	number = strchr(text, '[');
	return number ? strtoull(number + 1, NULL, 10) : 0;
}

long lkd_call_rights(struct lkd_call *c)
{
	const pid_t tid = (pid_t)c->n->pid;
	char text[4096];
	ssize_t n = -1;
	uint64_t user_ns;
	int fd;

	if (c->b->proc < 0 || !tid)
		return -EPERM;
	fd = open_proc(c->b->proc, tid, "status", O_RDONLY);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	user_ns = namespace_of(c->b->proc, tid, "ns/user");
	c->pid_ns = namespace_of(c->b->proc, tid, "ns/pid");
	if (!lkd_call_alive(c))
		return LKD_CALL_GONE; /* it may have been anybody's */
	if (n <= 0 || !user_ns || user_ns != c->b->user_ns)
		return -EPERM;
	text[n] = '\0';
	return lkd_rights_of(text, &c->rights, &c->tgid) ? -EPERM : 0;
}

bool lkd_call_can(const struct lkd_call *c, int cap)
{
	return c->rights.effective >> cap & 1;
}

/* ---- acting as the caller ----------------------------------------------- */

static int set_capabilities(uint64_t permitted, uint64_t effective)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct data[2] = {
		{ .permitted = (uint32_t)permitted, .effective = (uint32_t)effective },
		{ .permitted = (uint32_t)(permitted >> 32), .effective = (uint32_t)(effective >> 32) },
	};

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

/*
 * The C library's wrappers would do it for all threads; there are none here.
 * Until the last step this process has capabilities that no caller has, so that
 * the ids alone let nobody trace it, even in the moment after they have changed,
 * when the kernel sets "dumpable" anew by fs.suid_dumpable.
 */
static int take_on(const struct lkd_rights *r, const struct lkd_rights *own, uint64_t keep)
{
	const uint32_t *u = r->uid, *g = r->gid;

	if (r->permitted & ~own->permitted)
		return -EPERM;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		return -errno;
	if ((r->n_groups != own->n_groups || memcmp(r->groups, own->groups, sizeof(r->groups))) &&
	    syscall(SYS_setgroups, (size_t)r->n_groups, r->groups))
		return -errno;
	if (memcmp(g, own->gid, sizeof(own->gid)) && syscall(SYS_setresgid, g[0], g[1], g[2]))
		return -errno;
	if (memcmp(u, own->uid, sizeof(own->uid)) && syscall(SYS_setresuid, u[0], u[1], u[2]))
		return -errno;
	if (lkd_shield_self())
		return -errno;
	/* not an error of theirs, but asking for an impossible id tells which is set */
	if (g[3] != g[1])
		(void)syscall(SYS_setfsgid, g[3]);
	if (u[3] != u[1])
		(void)syscall(SYS_setfsuid, u[3]);
	if ((uint32_t)syscall(SYS_setfsgid, ~0u) != g[3] || (uint32_t)syscall(SYS_setfsuid, ~0u) != u[3])
		return -EPERM;
	keep &= own->permitted;
	return set_capabilities(r->permitted | keep, r->effective | keep);
}

static bool same_rights(const struct lkd_rights *a, const struct lkd_rights *b, uint64_t but)
{
	/* what a task may become by executing matters to no call */
	return !memcmp(a->uid, b->uid, sizeof(a->uid)) && !memcmp(a->gid, b->gid, sizeof(a->gid)) &&
	       !((a->permitted ^ b->permitted) & ~but) && !((a->effective ^ b->effective) & ~but) &&
	       a->n_groups == b->n_groups &&
	       !memcmp(a->groups, b->groups, sizeof(a->groups));
}

long lkd_call_detach(struct lkd_call *c, int unasked)
{
	long r = lkd_call_rights(c);
	pid_t pid, parent;

	if (r)
		return r;
	c->unasked = unasked < 0 ? 0 : 1ULL << unasked;
	if (same_rights(&c->rights, &c->b->rights, c->unasked))
		return 0;
	parent = getpid();
	pid = fork();
	if (pid < 0)
		return -EAGAIN;
	if (pid)
		return LKD_CALL_DELEGATED;
	c->helper = true;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) || getppid() != parent)
		_exit(0);
	return 0;
}

struct performance {
	const struct lkd_call *c;
	long nr;
	const long *args;
	long r;
};

static long perform(const struct performance *p)
{
	const long *a = p->args;
	long r = syscall(p->nr, a[0], a[1], a[2], a[3], a[4]);

	return r < 0 ? -errno : r;
}

/* in our memory and with our descriptors, but with credentials of its own */
static int performer(void *arg)
{
	struct performance *p = arg;

	if (!take_on(&p->c->rights, &p->c->b->rights, p->c->unasked))
		p->r = perform(p);
	_exit(0);
}

long lkd_call_perform(struct lkd_call *c, long nr, const long args[5])
{
	static char stack[16 * 1024] __attribute__((aligned(16)));
	struct performance p = { .c = c, .nr = nr, .args = args, .r = -EPERM };
	pid_t pid;

	if (!c->helper)
		return perform(&p);
	/* not the caller's to stop or kill, unlike the one that has its ids: this process still answers */
	pid = clone(performer, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | CLONE_FILES, &p);
	if (pid < 0)
		return -EAGAIN;
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	return p.r;
}
