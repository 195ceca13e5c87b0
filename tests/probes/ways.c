// SPDX-License-Identifier: BSD-2-Clause
/* How a probe is entered: each a way in which an identity could get lost. */
#define _GNU_SOURCE 1
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probes.h"

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP	0x02000000
#endif

static void run_plain(const struct probe *p, struct result *res)
{
	p->run(res, p->arg);
}

struct job {
	const struct probe	*p;
	struct result		*res;
};

static void *thread_main(void *arg)
{
	struct job *job = arg;

	job->p->run(job->res, job->p->arg);
	return NULL;
}

static void run_thread(const struct probe *p, struct result *res)
{
	struct job job = { p, res };
	pthread_attr_t attr;
	pthread_t thread;

	/* musl's default is less than the verifier logs on our stacks. */
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 1 << 20);
	if (pthread_create(&thread, &attr, thread_main, &job))
		return res_skip(res, "pthread_create");
	pthread_join(thread, NULL);
}

/* No new user namespace: that would take the capabilities, and the question. */
static void run_grandchild_ns(const struct probe *p, struct result *res)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
		    CLONE_NEWUTS | CLONE_NEWCGROUP) < 0)
		return res_step(res, errno, "unshare");
	pid = fork();
	if (pid < 0)
		return res_step(res, errno, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* A fresh proc is also one without anybody's masks. */
		if (!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			(void) mount("proc", "/proc", "proc", 0, NULL);
		p->run(res, p->arg);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	/* Die as it died, so that the parent reports it. */
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
}

/*
 * To nobody and back, with every capability again at the end. The ids change
 * twice, so does the kernel's struct cred.
 */
static void run_setuid(const struct probe *p, struct result *res)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return res_step(res, errno, "PR_SET_KEEPCAPS");
	if (syscall(SYS_setresuid, 65534, 65534, 65534) < 0)
		return res_step(res, errno, "setresuid to 65534");
	/* Permitted was kept, effective was not; CAP_SETUID leads back. */
	if (syscall(SYS_capget, &h, d) < 0)
		return res_step(res, errno, "capget");
	d[0].effective = d[0].permitted;
	d[1].effective = d[1].permitted;
	if (syscall(SYS_capset, &h, d) < 0)
		return res_step(res, errno, "capset");
	if (syscall(SYS_setresuid, 0, 0, 0) < 0)
		return res_step(res, errno, "setresuid to 0");
	/* The round trip cleared it, and /proc/self depends on it. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	p->run(res, p->arg);
}

const struct way ways[] = {
	{ "plain",	"in a child process", run_plain },
	{ "thread",	"in the second thread of a child", run_thread },
	{ "grandchild-ns", "in a grandchild with its own pid, mount, net, ipc, "
			"uts and cgroup namespaces", run_grandchild_ns },
	{ "setuid",	"in a child that was uid 65534 in between", run_setuid },
};
const size_t ways_count = N_OF(ways);
