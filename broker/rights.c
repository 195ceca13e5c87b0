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
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"
#include "shield.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

#define OVERFLOW_ID 65534u /* kernel/sys.c, unless /proc/sys/kernel/overflowuid says otherwise */

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

int lkd_rights_memory(struct lkd_call *c)
{
	lkd_rights_aid(&c->b->rights, true);
	return c->b->proc < 0 ? -1 : open_proc(c->b->proc, (pid_t)c->n->pid, "mem", O_WRONLY);
}

/* "user:[4026531837]" is the link that @fd is open for, its number the namespace; 0: unknown */
static uint64_t number_in(int fd)
{
	char text[48];
	const char *number;
	const ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	number = strchr(text, '[');
	return number ? strtoull(number + 1, NULL, 10) : 0;
}

static uint64_t namespace_of(int proc, pid_t tid, const char *name)
{
	const int fd = open_proc(proc, tid, name, O_PATH | O_NOFOLLOW);
	const uint64_t ret = number_in(fd);

	if (fd >= 0)
		(void)close(fd);
	return ret;
}

/*
 * The same for who calls again: opening costs three times as much as reading. The
 * descriptor is of that task, not of its number: once the task has ended the link
 * cannot be read, and two that live never have one number.
 */
static uint64_t user_ns_again(int proc, pid_t tid)
{
	static struct {
		pid_t tid;
		int fd;
	} kept = { .fd = -1 };
	uint64_t ret = kept.tid == tid ? number_in(kept.fd) : 0;

	if (ret)
		return ret;
	if (kept.fd >= 0)
		(void)close(kept.fd);
	kept.fd = open_proc(proc, tid, "ns/user", O_PATH | O_NOFOLLOW);
	kept.tid = tid;
	return number_in(kept.fd);
}

/* what is in procfs of a task, which may have been anybody's: the caller asks afterwards */
static bool read_task(int proc, pid_t tid, struct lkd_rights *ret, pid_t *ret_tgid, uint64_t *ret_user_ns, uint64_t *ret_pid_ns)
{
	char text[4096];
	ssize_t n = -1;
	int fd = open_proc(proc, tid, "status", O_RDONLY);

	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	*ret_user_ns = namespace_of(proc, tid, "ns/user");
	*ret_pid_ns = namespace_of(proc, tid, "ns/pid");
	text[n > 0 ? n : 0] = '\0';
	return *ret_user_ns && !lkd_rights_of(text, ret, ret_tgid);
}

/*
 * Is it of our pid namespace? Its numbers are somebody else's otherwise. "self" is
 * we in any where we can be seen; but only in ours we have one number.
 */
static bool is_our_proc(int proc)
{
	char text[4096];
	uint64_t number;
	ssize_t n = readlinkat(proc, "self", text, sizeof(text) - 1);
	int fd;

	text[n > 0 ? n : 0] = '\0';
	if (strtol(text, NULL, 10) != getpid())
		return false;
	fd = open_proc(proc, getpid(), "status", O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	/* without CONFIG_PID_NS there is no such line */
	return n > 0 && (!find(text, "NSpid") || one(text, "NSpid", 10, &number));
}

bool lkd_rights_own(struct lkd_broker *b)
{
	pid_t tgid;

	return is_our_proc(b->proc) && read_task(b->proc, getpid(), &b->rights, &tgid, &b->user_ns, &b->pid_ns) && tgid == getpid();
}

long lkd_call_rights(struct lkd_call *c)
{
	const pid_t tid = (pid_t)c->n->pid;
	uint64_t user_ns;
	bool known;

	if (c->b->proc < 0 || !tid)
		return -EPERM;
	lkd_rights_aid(&c->b->rights, true);
	known = read_task(c->b->proc, tid, &c->rights, &c->tgid, &user_ns, &c->pid_ns);
	if (!lkd_call_alive(c))
		return LKD_CALL_GONE;
	return known && user_ns == c->b->user_ns ? 0 : -EPERM;
}

bool lkd_call_can(const struct lkd_call *c, int cap)
{
	return c->rights.effective >> cap & 1;
}

/* ---- acting as the caller ----------------------------------------------- */

static int set_capabilities(uint64_t permitted, uint64_t effective, uint64_t inheritable)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct data[2] = {
		{ (uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32) },
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
	return set_capabilities(r->permitted | keep, r->effective | keep, 0);
}

static bool same_rights(const struct lkd_rights *a, const struct lkd_rights *b, uint64_t but)
{
	/* what a task may become by executing matters to no call */
	return !memcmp(a->uid, b->uid, sizeof(a->uid)) && !memcmp(a->gid, b->gid, sizeof(a->gid)) &&
	       !((a->permitted ^ b->permitted) & ~but) && !((a->effective ^ b->effective) & ~but) &&
	       a->n_groups == b->n_groups &&
	       !memcmp(a->groups, b->groups, sizeof(a->groups));
}

/* does this thread go without CAP_SYS_PTRACE? Each process that is forked has its own. */
static bool unaided;

void lkd_rights_aid(const struct lkd_rights *own, bool on)
{
	const uint64_t cap = own->effective & 1ULL << CAP_SYS_PTRACE;

	if (on == unaided && (!cap || !set_capabilities(own->permitted, on ? own->effective : own->effective & ~cap, own->inheritable)))
		unaided = !on;
}

bool lkd_rights_unaided(void)
{
	return unaided;
}

static bool one_id(const uint32_t id[4])
{
	return id[0] == id[1] && id[0] == id[2] && id[0] == id[3];
}

/* linux/pidfd.h of 6.13 */
struct pidfd_info {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid, spare;
};
#define PIDFD_INFO_CREDS 2ULL
#define PIDFD_GET_INFO	 _IOWR(0xFF, 11, struct pidfd_info)

int lkd_rights_ids(int pidfd, const struct lkd_rights *own)
{
	struct pidfd_info i = { .mask = PIDFD_INFO_CREDS };
	const uint32_t *u = own->uid, *g = own->gid;

	if (ioctl(pidfd, PIDFD_GET_INFO, &i))
		return -errno;
	/* the last is also what an id is told as that has no number here */
	return i.mask & PIDFD_INFO_CREDS && i.ruid == u[0] && i.euid == u[1] && i.suid == u[2] && i.fsuid == u[3] &&
	       i.rgid == g[0] && i.egid == g[1] && i.sgid == g[2] && i.fsgid == g[3] && u[0] != OVERFLOW_ID;
}

/*
 * Newer kernels tell. With older ones the caller's memory was read without
 * CAP_SYS_PTRACE, which the kernel allows only where real, effective and saved
 * ids are our real ones, and, in our user namespace, nothing is permitted that
 * is not to us (ptrace(2), "ptrace access mode checking";
 * kernel/ptrace.c:__ptrace_may_access, security/commoncap.c:cap_ptrace_access_check).
 * That costs setting capabilities twice in each call.
 */
static bool has_our_ids(struct lkd_call *c)
{
	const struct lkd_rights *own = &c->b->rights;
	int r = -ESRCH;

	if (!c->b->pidfds_tell_ids)
		return c->like_us && one_id(own->uid) && one_id(own->gid);
	for (int i = 0; i < 2 && r == -ESRCH; i++) {
		const long pidfd = lkd_call_pidfd(c);

		if (pidfd < 0)
			return false;
		r = lkd_rights_ids((int)pidfd, own);
		if (r == -ESRCH)
			lkd_call_forget_pidfd(c);
	}
	return r == 1;
}

/*
 * Has the caller our rights, as far as they matter to who opens no file by its name?
 * In its user namespace, as who made one may do there what he likes; and the
 * capabilities. Groups do not matter. Reading all of it in /proc takes five times as long.
 */
static bool has_our_rights(struct lkd_call *c)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = (int)c->n->pid };
	const struct lkd_rights *own = &c->b->rights;
	struct __user_cap_data_struct data[2];

	if (c->b->proc < 0 || !has_our_ids(c) || syscall(SYS_capget, &head, data))
		return false;
	c->rights.effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	c->rights.permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	if (((c->rights.permitted ^ own->permitted) | (c->rights.effective ^ own->effective)) & ~c->unasked)
		return false;
	lkd_rights_aid(own, true);
	return user_ns_again(c->b->proc, (pid_t)c->n->pid) == c->b->user_ns;
}

long lkd_call_detach(struct lkd_call *c, int unasked, bool opens)
{
	pid_t pid, parent;
	long r;

	c->unasked = unasked < 0 ? 0 : 1ULL << unasked;
	if (!opens && has_our_rights(c))
		return lkd_call_alive(c) ? 0 : LKD_CALL_GONE;
	r = lkd_call_rights(c);
	if (r)
		return r;
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

	if (c->unsure && !lkd_call_alive(c))
		return LKD_CALL_GONE;
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
