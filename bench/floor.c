// SPDX-License-Identifier: BSD-2-Clause
/*
 * floor PLAN COMMAND [ARGUMENT...]: the least that starting a command below a
 * filter with a listener takes: read the plan, a child that loads the filter and
 * executes, and waiting for it. Nothing is checked, and nobody serves the listener.
 */
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lockdown/planbin.h>

static union {
	struct lkd_planbin plan;
	char bytes[LKD_PLANBIN_MAX];
} buf;

static char stack[16 * 1024] __attribute__((aligned(16)));

static int child(void *arg)
{
	char **command = arg;
	struct sock_fprog filter = { .len = (unsigned short)buf.plan.n_filter, .filter = buf.plan.filter };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter) < 0)
		_exit(125);
	(void)execv(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	const int fd = argc < 3 ? -1 : open(argv[1], O_RDONLY | O_CLOEXEC);
	int status;
	pid_t pid;

	if (fd < 0 || read(fd, &buf, sizeof(buf)) < (ssize_t)sizeof(buf.plan))
		return 125;
	(void)close(fd);
	pid = clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
