// SPDX-License-Identifier: BSD-2-Clause
/*
 * brokered ROUNDS [floor]: what a call through a broker costs beside a pipe ping-pong on
 * the same processor. Run it under lockdown-exec, and pinned; and once without. Prints name and
 * median nanoseconds of a call, tab-separated.
 *
 * floor: without lockdown-exec, and below a broker that does nothing but what none can
 * do without, for the very calls that are measured: it asks neither whose rights
 * they are to be performed with, nor tells of them, and has no filter itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 50, ENABLE_PORTS = 0x4B36 /* KDENABIO */ };

static int there[2], back[2];

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void ping(void)
{
	char c = 0;

	if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
		exit(1);
}

static int event(unsigned long long sample_type)
{
	struct perf_event_attr a = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(a), .config = PERF_COUNT_SW_CPU_CLOCK, .disabled = 1,
		.sample_type = sample_type, .sample_regs_intr = 1, .sample_period = 1000000,
	};

	return (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
}

/* a copy of 8 bytes and one of 128, and a refusal */
static void refused(void)
{
	const int fd = event(PERF_SAMPLE_REGS_INTR);

	if (fd >= 0) /* without a broker */
		close(fd);
}

/* a descriptor that is no terminal: no copy, but a look at the file */
static void port(void)
{
	if (!ioctl(there[0], ENABLE_PORTS, 0))
		exit(1);
}

static void performed(void)
{
	int fd = event(0);

	if (fd < 0)
		exit(1);
	close(fd);
}

static void other_ioctl(void)
{
	int n;

	if (ioctl(there[0], 0x541B /* FIONREAD */, &n))
		exit(1);
}

/* ---- the least that a broker does ---- */

struct call {
	struct seccomp_notif n;
	struct seccomp_notif_resp answer;
	int listener, pidfd;
};

static void look(struct call *c)
{
	const int fd = (int)syscall(SYS_pidfd_getfd, c->pidfd, (int)c->n.data.args[0], 0);
	struct stat st;

	c->answer.error = fd < 0 || fstat(fd, &st) || S_ISCHR(st.st_mode) ? -EPERM : -ENOTTY;
	(void)ioctl(c->listener, SECCOMP_IOCTL_NOTIF_SEND, &c->answer);
	close(fd);
}

static void copy_and_perform(struct call *c)
{
	struct perf_event_attr a;
	struct iovec l = { &a, sizeof(a) }, r = { (void *)(uintptr_t)c->n.data.args[0], sizeof(a) };
	struct seccomp_notif_addfd add = { .id = c->n.id, .flags = SECCOMP_ADDFD_FLAG_SEND };
	__u64 id = c->n.id;
	int fd;

	if (process_vm_readv((pid_t)c->n.pid, &l, 1, &r, 1, 0) != sizeof(a) || ioctl(c->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id))
		_exit(1);
	if (a.sample_type) {
		c->answer.error = -EPERM;
		(void)ioctl(c->listener, SECCOMP_IOCTL_NOTIF_SEND, &c->answer);
		return;
	}
	fd = (int)syscall(SYS_perf_event_open, &a, c->n.pid, -1, -1, 0);
	add.srcfd = (unsigned)fd;
	(void)ioctl(c->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	close(fd);
}

static void serve(pid_t caller, int listener)
{
	struct call c = { .pidfd = (int)syscall(SYS_pidfd_open, caller, 0) };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c.listener = (int)syscall(SYS_pidfd_getfd, c.pidfd, listener, 0);
	(void)ioctl(c.listener, SECCOMP_IOW(4, __u64), 1UL); /* wake on the caller's processor */
	for (;;) {
		memset(&c.n, 0, sizeof(c.n));
		if (ioctl(c.listener, SECCOMP_IOCTL_NOTIF_RECV, &c.n))
			_exit(1);
		c.answer = (struct seccomp_notif_resp){ .id = c.n.id };
		if (c.n.data.nr == SYS_ioctl)
			look(&c);
		else
			copy_and_perform(&c);
	}
}

static void be_served(void)
{
	static struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ENABLE_PORTS, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = { sizeof(f) / sizeof(f[0]), f };
	const pid_t self = getpid();
	int ready[2], listener = -1;

	if (pipe(ready))
		exit(1);
	if (!fork()) { /* before the filter, which it is not to be below */
		if (read(ready[0], &listener, sizeof(listener)) == sizeof(listener))
			serve(self, listener);
		_exit(1);
	}
	listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
	if (listener < 0 || write(ready[1], &listener, sizeof(listener)) != sizeof(listener))
		exit(1);
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name, void (*call)(void), int rounds)
{
	double *t = calloc((size_t)rounds, sizeof(*t));

	for (int i = 0; i < rounds; i++) {
		const long long start = now();

		for (int k = 0; k < BATCH; k++)
			call();
		t[i] = (double)(now() - start) / BATCH;
	}
	qsort(t, (size_t)rounds, sizeof(*t), by_value);
	printf("%s\t%.0f\n", name, t[rounds / 2]);
	free(t);
}

int main(int argc, char **argv)
{
	const int rounds = argc > 1 ? atoi(argv[1]) : 200;

	if (pipe(there) || pipe(back))
		return 1;
	if (!fork()) {
		char c;

		close(there[1]);
		while (read(there[0], &c, 1) == 1)
			if (write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	if (argc > 2)
		be_served();
	measure("ping-pong", ping, rounds);
	measure("refused, 128 bytes copied", refused, rounds);
	measure("refused by its file", port, rounds);
	measure("performed", performed, rounds);
	measure("ioctl that is not asked about", other_ioctl, rounds);
	measure("ping-pong again", ping, rounds);
	return 0;
}
