// SPDX-License-Identifier: BSD-2-Clause
/*
 * Init duties. No handler is ever installed: every signal is blocked and waited
 * for. The C library's signal sets leave out the numbers that it keeps for
 * itself, which are real-time signals to others: sets are the kernel's here.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init.h"

extern char **environ;

static const uint64_t all_signals = ~0ULL;
static uint64_t mask_before;
static struct sigaction chld_before;

static void block_all(void)
{
	const struct sigaction dfl = { .sa_handler = SIG_DFL };

	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all_signals, &mask_before, sizeof(all_signals));
	/* ignored, it would reap behind our back */
	(void)sigaction(SIGCHLD, &dfl, &chld_before);
}

/* ---- the child -------------------------------------------------------- */

/* a variable that names us by pid is meant for the workload: sd_listen_fds(3), sd_watchdog_enabled(3) */
static void follow_pid(const char *name, char *room, size_t size, pid_t old, pid_t new)
{
	const size_t len = strlen(name);
	char was[16];

	(void)snprintf(was, sizeof(was), "%d", (int)old);
	for (char **e = environ; e && *e; e++) {
		if (strncmp(*e, name, len) || (*e)[len] != '=' || strcmp(*e + len + 1, was))
			continue;
		(void)snprintf(room, size, "%s=%d", name, (int)new);
		*e = room;
	}
}

static char listen_pid[32], watchdog_pid[32];
static pid_t our_pid;

/* runs in our memory, on a stack of its own, while we wait */
static int child(void *arg)
{
	struct lkd_launch *l = arg;
	const pid_t pid = getpid();
	int r;

	l->stage = "start";
	if (l->own_group) {
		(void)setpgid(0, 0);
		if (l->tty >= 0) /* SIGTTOU is blocked */
			(void)tcsetpgrp(l->tty, pid);
	}
	if (l->dies_with_us && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)) {
		l->error = -errno;
		_exit(125);
	}
	follow_pid("LISTEN_PID", listen_pid, sizeof(listen_pid), our_pid, pid);
	follow_pid("WATCHDOG_PID", watchdog_pid, sizeof(watchdog_pid), our_pid, pid);
	r = l->confine ? l->confine(l) : 0;
	if (r < 0) {
		l->error = r;
		_exit(125);
	}
	l->stage = "run";
	(void)sigaction(SIGCHLD, &chld_before, NULL);
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask_before, NULL, sizeof(mask_before));
	(void)execvp(l->command[0], l->command);
	l->error = -errno;
	_exit(126);
}

/* PATH_MAX and the words of a script's argv are what execvp() needs at most */
static char stack[64 * 1024] __attribute__((aligned(16)));

int lkd_launch(struct lkd_launch *l)
{
	int status;

	our_pid = getpid();
	l->own_group = our_pid == 1;
	l->tty = tcgetpgrp(STDIN_FILENO) >= 0 ? STDIN_FILENO : -1;
	l->fd = -1;
	l->error = 0;
	l->stage = "start";
	if (our_pid != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		return -errno;
	block_all();
	/* its descriptors are ours until it executes: that is how a listener gets here */
	l->pid = clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, l);
	if (l->pid < 0)
		return -errno;
	if (!l->error)
		return 0;
	(void)waitpid(l->pid, &status, 0);
	return l->error;
}

/* ---- afterwards ------------------------------------------------------- */

/* the workload has stopped: so do we, for who waits for us, and give the terminal back when we go on */
static void stop_too(const struct lkd_launch *l)
{
	const pid_t foreground = l->tty >= 0 ? tcgetpgrp(l->tty) : -1;

	if (our_pid == 1)
		return; /* nobody could continue us */
	(void)kill(our_pid, SIGSTOP);
	if (foreground > 0 && foreground != getpgrp() && tcgetpgrp(l->tty) == getpgrp())
		(void)tcsetpgrp(l->tty, foreground);
}

static void forward(const struct lkd_launch *l, const siginfo_t *si)
{
	/* typed on the terminal: the whole group has got it, the workload among it */
	if (si->si_code == SI_KERNEL && !l->own_group && getpgid(l->pid) == getpgrp())
		return;
	if (si->si_code == SI_QUEUE) {
		siginfo_t copy = *si; /* with its value */

		if (!syscall(SYS_rt_sigqueueinfo, l->pid, si->si_signo, &copy))
			return;
	}
	(void)kill(l->pid, si->si_signo);
}

/* true when the workload has ended, and its wait status is in *@ret */
static bool reap(const struct lkd_launch *l, int *ret)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != l->pid)
			continue;
		if (WIFSTOPPED(status)) {
			stop_too(l);
			continue;
		}
		*ret = status;
		return true;
	}
	return pid < 0 && errno == ECHILD; /* cannot be, but waiting for ever is worse */
}

static int end_as(int status)
{
	static const struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t mask;
	} dfl = { .handler = SIG_DFL };
	const uint64_t none = 0;
	const struct rlimit no_core = { 0, 0 };

	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (our_pid != 1) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		/* the kernel's own call: the numbers that the C library keeps for itself are to be had, too */
		(void)syscall(SYS_rt_sigaction, WTERMSIG(status), &dfl, NULL, sizeof(all_signals));
		(void)kill(our_pid, WTERMSIG(status));
		(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
	}
	return 128 + WTERMSIG(status);
}

/*
 * Until @l->fd is readable, or never will be. A signal is only looked for here:
 * whether there is one tells a descriptor, what it is the call that takes it.
 */
static bool wait_for_both(const struct lkd_launch *l, int signals)
{
	struct pollfd p[] = { { .fd = signals, .events = POLLIN }, { .fd = l->fd, .events = POLLIN } };

	if (poll(p, 2, -1) < 0)
		return true;
	if (p[1].revents & POLLIN)
		l->readable(l->fd);
	return !p[1].revents;
}

int lkd_init_serve(const struct lkd_launch *l)
{
	const struct timespec at_once = { 0 };
	int status = 125 << 8, signals = -1;
	siginfo_t si;

	if (l->fd >= 0)
		signals = (int)syscall(SYS_signalfd4, -1, &all_signals, sizeof(all_signals), SFD_CLOEXEC);
	if (l->fd >= 0 && signals < 0)
		l->readable(l->fd);
	for (;;) {
		const uint64_t ns = l->due ? l->due() : 0;
		const struct timespec rest = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };
		int sig;

		if (signals >= 0 && !wait_for_both(l, signals)) {
			(void)close(signals);
			signals = -1;
		}
		sig = (int)syscall(SYS_rt_sigtimedwait, &all_signals, &si, signals >= 0 ? &at_once : ns ? &rest : NULL, sizeof(all_signals));
		if (sig == SIGCHLD) {
			if (!reap(l, &status))
				continue;
			if (l->ending)
				l->ending();
			return end_as(status);
		} else if (sig > 0) {
			forward(l, &si);
		}
	}
}
