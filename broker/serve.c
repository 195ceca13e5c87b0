// SPDX-License-Identifier: BSD-2-Clause
/*
 * The server. It blocks in one ioctl and answers from its own stack; nothing is
 * opened, allocated or looked up on the way to a refusal. Whatever goes wrong
 * here ends the process: calls that nobody serves fail with ENOSYS.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "call.h"
#include "serve.h"
#include "tell.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* linux/seccomp.h of 6.6, linux/pidfd.h of 6.9 */
#define NOTIF_SET_FLAGS	      SECCOMP_IOW(4, __u64)
#define NOTIF_SYNC_WAKE_UP    1ULL
#define PIDFD_OF_THREAD	      O_EXCL
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static struct lkd_broker broker = { .listener = -1, .proc = -1, .sysfs = -1 };
static bool (*before_first)(void); /* NULL once it has been called */

static const struct entry {
	uint32_t arch;
	int nr;
	bool compat;
	uint8_t call;
	lkd_handler handle;
} table[] = {
#if defined(__x86_64__)
#define X32(nr) ((int)(0x40000000u | (nr)))
	{ AUDIT_ARCH_X86_64, 298, false, LKD_CALL_PERF, lkd_call_perf },
	{ AUDIT_ARCH_X86_64, 321, false, LKD_CALL_BPF, lkd_call_bpf },
	{ AUDIT_ARCH_X86_64, 16, false, LKD_CALL_IOCTL, lkd_call_ioctl },
	{ AUDIT_ARCH_X86_64, 175, false, LKD_CALL_INIT_MODULE, lkd_call_module },
	{ AUDIT_ARCH_X86_64, 313, false, LKD_CALL_FINIT_MODULE, lkd_call_module },
	{ AUDIT_ARCH_X86_64, X32(175), false, LKD_CALL_INIT_MODULE, lkd_call_module },
	{ AUDIT_ARCH_X86_64, X32(313), false, LKD_CALL_FINIT_MODULE, lkd_call_module },
	{ AUDIT_ARCH_I386, 128, false, LKD_CALL_INIT_MODULE, lkd_call_module },
	{ AUDIT_ARCH_I386, 350, false, LKD_CALL_FINIT_MODULE, lkd_call_module },
	{ AUDIT_ARCH_X86_64, X32(298), false, LKD_CALL_PERF, lkd_call_perf },
	{ AUDIT_ARCH_X86_64, X32(321), false, LKD_CALL_BPF, lkd_call_bpf },
	{ AUDIT_ARCH_X86_64, X32(514), true, LKD_CALL_IOCTL, lkd_call_ioctl },
	{ AUDIT_ARCH_I386, 336, false, LKD_CALL_PERF, lkd_call_perf },
	{ AUDIT_ARCH_I386, 357, false, LKD_CALL_BPF, lkd_call_bpf },
	{ AUDIT_ARCH_I386, 54, true, LKD_CALL_IOCTL, lkd_call_ioctl },
#else
#if defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define NATIVE AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define NATIVE AUDIT_ARCH_S390X
#elif defined(__powerpc64__)
#define NATIVE AUDIT_ARCH_PPC64LE
#else
#define NATIVE 0
#endif
	{ NATIVE, SYS_perf_event_open, false, LKD_CALL_PERF, lkd_call_perf },
	{ NATIVE, SYS_bpf, false, LKD_CALL_BPF, lkd_call_bpf },
	{ NATIVE, SYS_init_module, false, LKD_CALL_INIT_MODULE, lkd_call_module },
	{ NATIVE, SYS_finit_module, false, LKD_CALL_FINIT_MODULE, lkd_call_module },
	{ NATIVE, SYS_ioctl, false, LKD_CALL_IOCTL, lkd_call_ioctl },
#endif
};

/* ---- what handlers use ------------------------------------------------ */

bool lkd_call_alive(struct lkd_call *c)
{
	__u64 id = c->n->id;

	if (ioctl(c->b->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id))
		return false;
	c->unsure = false;
	return true;
}

long lkd_call_refuse(struct lkd_call *c, uint32_t reason, const char *what, int error)
{
	c->refused = reason;
	c->what = what;
	return -error;
}

/* whose it was is asked before anything is done about it: an answer to who is gone reaches nobody */
static long copied(struct lkd_call *c, ssize_t n, size_t len)
{
	c->unsure = true;
	if (n == (ssize_t)len)
		return 0;
	return n < 0 && errno == EPERM ? -EPERM : -EFAULT;
}

/* without help first: that it works tells whose memory it is */
static ssize_t reach(struct lkd_call *c, void *buf, uint64_t at, size_t len)
{
	const struct iovec l = { buf, len }, r = { .iov_base = (void *)(uintptr_t)at, .iov_len = len };
	ssize_t n;

	for (;;) {
		const bool unaided = lkd_rights_unaided();

		n = process_vm_readv((pid_t)c->n->pid, &l, 1, &r, 1, 0);
		if (n > 0 && unaided)
			c->like_us = true;
		if (n >= 0 || errno != EPERM || !unaided)
			return n;
		lkd_rights_aid(&c->b->rights, true);
	}
}

long lkd_call_read(struct lkd_call *c, uint64_t from, void *ret, size_t len)
{
	return copied(c, reach(c, ret, from, len), len);
}

/* memory is there or not by whole pages, of 4096 bytes at least */
static size_t on_page(uint64_t from, size_t len)
{
	const size_t left = 4096 - from % 4096;

	return len < left ? len : left;
}

long lkd_call_read_some(struct lkd_call *c, uint64_t from, void *ret, size_t len)
{
	const size_t n = on_page(from, len);
	const long r = lkd_call_read(c, from, ret, n);

	return r ? r : (long)n;
}

/*
 * Not by the caller's number: that of a leader is another's when a thread executes,
 * at any time, perhaps a program with more rights. A descriptor stands for the memory.
 */
long lkd_call_write(struct lkd_call *c, uint64_t to, const void *buf, size_t len)
{
	const int fd = lkd_rights_memory(c);
	ssize_t n = -1;
	long r;

#if defined(__aarch64__)
	to = to << 8 >> 8; /* a pointer's tag, which is no part of an offset */
#endif
	r = !lkd_call_alive(c) ? LKD_CALL_GONE : fd < 0 ? -EPERM : 0;
	if (!r)
		n = pwrite(fd, buf, len, (off_t)to);
	if (fd >= 0)
		(void)close(fd);
	return r || n == (ssize_t)len ? r : -EFAULT;
}

long lkd_call_string(struct lkd_call *c, uint64_t from, char *ret, size_t size)
{
	for (size_t done = 0; done < size;) {
		const long n = lkd_call_read_some(c, from + done, ret + done, size - done);

		if (n < 0)
			return n;
		if (memchr(ret + done, '\0', (size_t)n))
			return 0;
		done += (size_t)n;
	}
	return -ENAMETOOLONG;
}

void *lkd_call_room(struct lkd_call *c, size_t len)
{
	void *at;

	if (c->n_maps == N(c->maps))
		return NULL;
	at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	c->maps[c->n_maps].at = at;
	c->maps[c->n_maps++].len = len;
	return at;
}

int lkd_call_keep(struct lkd_call *c, int fd)
{
	if (fd >= 0)
		c->fds[c->n_fds++] = fd;
	return fd;
}

/*
 * A pidfd of the caller's, or of its leader where the kernel opens none for threads.
 * The last one is kept, as opening it costs more than what is done with it. It
 * stands for a task, not for a number: once that has ended, whatever is asked of it
 * fails. And what was opened before this call came, and still answers, is the
 * caller's if it has its number, as two that live at a time never have the same.
 */
static struct {
	pid_t pid;
	int fd;
} kept = { .fd = -1 };

static bool keep_pidfd(pid_t pid, unsigned flags)
{
	if (kept.fd >= 0)
		(void)close(kept.fd);
	kept.fd = (int)syscall(SYS_pidfd_open, pid, flags);
	kept.pid = pid;
	return kept.fd >= 0;
}

void lkd_call_forget_pidfd(struct lkd_call *c)
{
	if (kept.fd >= 0)
		(void)close(kept.fd);
	kept.fd = c->pidfd = -1;
}

/* older kernels open pidfds of leaders only, and a thread may have a table of descriptors of its own */
static bool keep_leader(struct lkd_call *c)
{
	const pid_t tid = (pid_t)c->n->pid;
	pid_t leader = c->tgid ? c->tgid : tid;

	if ((kept.fd < 0 || kept.pid != leader) && !keep_pidfd(leader, 0)) {
		if (c->tgid || lkd_call_rights(c))
			return false;
		leader = c->tgid;
		if (!keep_pidfd(leader, 0))
			return false;
	}
	if (leader == tid)
		return true;
	lkd_rights_aid(&c->b->rights, true);
	return !syscall(SYS_kcmp, tid, leader, KCMP_FILES, 0UL, 0UL);
}

long lkd_call_pidfd(struct lkd_call *c)
{
	const pid_t tid = (pid_t)c->n->pid;
	bool found = true;

	if (c->pidfd >= 0)
		return c->pidfd;
	if (!c->b->pidfds_of_threads)
		found = keep_leader(c);
	else if (kept.fd < 0 || kept.pid != tid)
		found = keep_pidfd(tid, PIDFD_OF_THREAD);
	else
		return c->pidfd = kept.fd;
	if (!lkd_call_alive(c)) {
		lkd_call_forget_pidfd(c);
		return LKD_CALL_GONE;
	}
	return found ? (c->pidfd = kept.fd) : -EPERM;
}

static int get_fd(struct lkd_call *c, int fd)
{
	int own = (int)syscall(SYS_pidfd_getfd, c->pidfd, fd, 0);

	if (own >= 0 || errno != EPERM || !lkd_rights_unaided())
		return own;
	lkd_rights_aid(&c->b->rights, true);
	return (int)syscall(SYS_pidfd_getfd, c->pidfd, fd, 0);
}

long lkd_call_fd(struct lkd_call *c, int fd)
{
	long r;
	int own;

	if (c->n_fds + 1 > N(c->fds))
		return -E2BIG;
	r = lkd_call_pidfd(c);
	if (r < 0)
		return r;
	own = get_fd(c, fd);
	if (own < 0 && errno == ESRCH) { /* of one that had this number before */
		lkd_call_forget_pidfd(c);
		r = lkd_call_pidfd(c);
		if (r < 0)
			return r;
		own = get_fd(c, fd);
	}
	if (own < 0) {
		r = errno == EBADF ? -EBADF : -EPERM;
		return lkd_call_alive(c) ? r : LKD_CALL_GONE;
	}
	c->unsure = true; /* the number may be another's by now: lkd_call_write() */
	return lkd_call_keep(c, own);
}

/* ---- when the first call comes ----------------------------------------- */

/* not what has been mounted over it since; 0: the kernel has none */
static uint32_t event_source(const char *path)
{
	const struct open_how how = { .flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_NO_XDEV };
	int fd = (int)syscall(SYS_openat2, broker.sysfs, path, &how, sizeof(how));
	char text[16] = "";
	ssize_t n = -1;

	if (fd < 0)
		return errno == ENOENT && !faccessat(broker.sysfs, "bus/event_source/devices", F_OK, 0) ? 0 : UINT32_MAX;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	return n > 0 ? (uint32_t)strtoul(text, NULL, 10) : UINT32_MAX;
}

static void find_event_sources(void)
{
	if (broker.sysfs < 0)
		return;
	broker.kprobe = event_source("bus/event_source/devices/kprobe/type");
	broker.uprobe = event_source("bus/event_source/devices/uprobe/type");
	/* both come with the kernel: what is not there will not be */
	broker.knows_sources = broker.kprobe != UINT32_MAX && broker.uprobe != UINT32_MAX;
}

/* of threads since 6.9, and telling a task's ids since 6.13 */
static void find_pidfds(void)
{
	const int fd = (int)syscall(SYS_pidfd_open, getpid(), PIDFD_OF_THREAD);

	broker.pidfds_of_threads = fd >= 0;
	broker.pidfds_tell_ids = fd >= 0 && broker.proc >= 0 && lkd_rights_ids(fd, &broker.rights) == 1;
	if (fd >= 0)
		(void)close(fd);
}

/*
 * Most workloads never make such a call. What only serving needs is done when
 * one comes: nothing of it depends on what the workload did before.
 */
static void first_call(void)
{
	if (!before_first)
		return;
	find_event_sources();
	if (broker.proc >= 0 && !lkd_rights_own(&broker)) {
		(void)close(broker.proc);
		broker.proc = -1;
	}
	find_pidfds();
	broker.sets_registers = broker.held & (LKD_BROKER_BPF_WRITE_USER | LKD_BROKER_BPF_READ_KERNEL) && lkd_bpf_sets_registers();
	lkd_tell_start();
	if (!before_first())
		_exit(125);
	before_first = NULL;
}

/* ---- serving ---------------------------------------------------------- */

static void answer(struct lkd_call *c, long r)
{
	char room[256] __attribute__((aligned(8))) = { 0 };
	struct seccomp_notif_resp *resp = (void *)room;

	if (r == LKD_CALL_GONE)
		return;
	if (r >= 0 && c->fd >= 0) {
		struct seccomp_notif_addfd add = {
			.id = c->n->id,
			.flags = SECCOMP_ADDFD_FLAG_SEND,
			.srcfd = (uint32_t)c->fd,
			.newfd_flags = c->cloexec ? O_CLOEXEC : 0,
		};

		if (ioctl(c->b->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0)
			return;
		r = -errno; /* EMFILE of the caller, or it is gone */
	}
	resp->id = c->n->id;
	if (r < 0)
		resp->error = (int32_t)r;
	else
		resp->val = r;
	(void)ioctl(c->b->listener, SECCOMP_IOCTL_NOTIF_SEND, resp);
}

static void tidy(struct lkd_call *c)
{
	for (size_t i = 0; i < c->n_fds; i++)
		(void)close(c->fds[i]);
	for (size_t i = 0; i < c->n_maps; i++)
		(void)munmap(c->maps[i].at, c->maps[i].len);
}

static void serve_one(const struct seccomp_notif *n)
{
	struct lkd_told told = { 0 };
	struct lkd_call c;
	long r = -ENOSYS;

	c.b = &broker;
	c.n = n;
	c.fd = c.pidfd = -1;
	c.cloexec = c.helper = c.compat = c.like_us = c.unsure = false;
	c.tgid = 0;
	if (broker.proc >= 0 && !broker.pidfds_tell_ids) /* without procfs our own rights are not known either */
		lkd_rights_aid(&broker.rights, false);
	c.refused = 0;
	c.n_fds = c.n_maps = 0;
	for (size_t i = 0; i < N(table); i++) {
		if (table[i].arch != n->data.arch || table[i].nr != n->data.nr)
			continue;
		c.compat = table[i].compat;
		c.call = table[i].call;
		r = table[i].handle(&c);
		break;
	}
	if (c.refused && r < 0 && r > LKD_CALL_GONE && (!c.unsure || lkd_call_alive(&c)))
		lkd_tell_look(&c, &told);
	if (r != LKD_CALL_DELEGATED)
		answer(&c, r);
	lkd_tell(&c, &told);
	if (c.helper)
		_exit(0);
	tidy(&c);
}

/* is a task left that could call? newer kernels answer at once when there is none, for ever */
static bool unused(void)
{
	struct pollfd p = { .fd = broker.listener, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents & POLLHUP;
}

/* until nobody is left; older kernels tell that only to who polls */
static void serve(bool wait_by_poll)
{
	char room[512] __attribute__((aligned(8)));
	struct pollfd p = { .fd = broker.listener, .events = POLLIN };

	for (;;) {
		if (wait_by_poll) {
			const int n = poll(&p, 1, lkd_tell_pending() ? 1000 : -1);

			if (n < 0 && errno != EINTR)
				_exit(125);
			if (!n)
				lkd_tell_flush();
			if (n <= 0)
				continue;
			if (p.revents & POLLHUP)
				return;
		} else {
			lkd_tell_wake();
		}
		memset(room, 0, broker.sizes[0]);
		if (!ioctl(broker.listener, SECCOMP_IOCTL_NOTIF_RECV, room)) {
			first_call();
			serve_one((const void *)room);
		} else if (errno == ENOENT && unused()) /* else one was killed in between */
			return;
		else if (errno != EINTR && errno != ENOENT)
			_exit(125);
	}
}

/* the C library leaves its own signals open in threads, which would end us by default */
static void block_all_signals(void)
{
	static const uint64_t all = ~0ULL;

	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
}

/* not even in the moment before they are blocked; its sigaction(3) does not take these numbers */
static void ignore_library_signals(void)
{
	static const struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t mask;
	} ignore = { .handler = SIG_IGN };

	for (int sig = 32; sig <= 34; sig++)
		(void)syscall(SYS_rt_sigaction, sig, &ignore, NULL, sizeof(ignore.mask));
}

static void *server(void *arg)
{
	(void)arg;
	block_all_signals();
	serve(false);
	return NULL;
}

static void take_listener(int listener, bool (*first)(void))
{
	broker.listener = listener;
	before_first = first;
	/* wakes us on the caller's processor; older kernels do without */
	(void)ioctl(listener, NOTIF_SET_FLAGS, NOTIF_SYNC_WAKE_UP);
}

int lkd_serve_start(int listener, bool (*first)(void))
{
	pthread_attr_t attr;
	pthread_t thread;
	int r;

	take_listener(listener, first);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, 64 * 1024);
	ignore_library_signals();
	r = pthread_create(&thread, &attr, server, NULL);
	block_all_signals();
	return -r;
}

int lkd_serve_until_unused(int listener, bool (*first)(void))
{
	take_listener(listener, first);
	serve(true);
	lkd_tell_end();
	return 0;
}

void lkd_serve_fds(int ret[2])
{
	ret[0] = broker.proc;
	ret[1] = broker.sysfs;
}

/* ---- before the workload runs ----------------------------------------- */

static int open_directory(const char *path, long magic)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || (!fstatfs(fd, &fs) && (long)fs.f_type == magic))
		return fd;
	(void)close(fd);
	return -1;
}

/* once it is on, nothing turns it off: kernel/module/signing.c:sig_enforce is bool_enable_only */
static void find_sig_enforce(void)
{
	struct statfs fs;
	char yes = 0;
	int fd = open("/sys/module/module/parameters/sig_enforce", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	broker.sig_enforce = !fstatfs(fd, &fs) && fs.f_type == SYSFS_MAGIC && read(fd, &yes, 1) == 1 && yes == 'Y';
	(void)close(fd);
}

int lkd_serve_prepare(uint32_t held)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes))
		return -errno;
	if (sizes.seccomp_notif > 512 || sizes.seccomp_notif_resp > 256)
		return -EPROTO;
	broker.sizes[0] = sizes.seccomp_notif;
	broker.sizes[1] = sizes.seccomp_notif_resp;
	broker.held = held;
	/* without a procfs nobody's rights can be known: calls are refused, not performed */
	broker.proc = open_directory("/proc", PROC_SUPER_MAGIC);
	if (held & (LKD_BROKER_PERF | LKD_BROKER_KPROBES))
		broker.sysfs = open_directory("/sys", SYSFS_MAGIC);
	if (held & LKD_BROKER_MODULES)
		find_sig_enforce();
	return 0;
}
