// SPDX-License-Identifier: BSD-2-Clause
/*
 * paths: what system calls cost, for a guest whose clock counts instructions.
 *
 *   paths BATCHES [PATH...]
 *
 * A batch is short against the timer's period, so that most batches are not
 * interrupted. Prints PATH, batch and nanoseconds (there: instructions) for
 * one operation of it, tab-separated.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SCRATCH "/tmp/bench-paths"

static char *const true_argv[] = { (char *)"/bin/bench-true", NULL };
static char *const no_env[] = { NULL };

static bool open_close(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	return fd >= 0 && !close(fd);
}

static bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && !status;
}

static bool run_getppid(void)
{
	return syscall(SYS_getppid) > 0;
}

static bool run_open_read(void)
{
	return open_close("/etc/passwd", O_RDONLY);
}

static bool run_open_write(void)
{
	return open_close(SCRATCH, O_WRONLY);
}

static bool run_create_unlink(void)
{
	return open_close(SCRATCH ".new", O_WRONLY | O_CREAT | O_EXCL) && !unlink(SCRATCH ".new");
}

static bool run_rename(void)
{
	return !rename(SCRATCH, SCRATCH ".moved") && !rename(SCRATCH ".moved", SCRATCH);
}

static bool run_fork_exit(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid > 0 && ended_well(pid);
}

static bool run_fork_exec(void)
{
	pid_t pid = fork();

	if (!pid) {
		(void)execve(true_argv[0], true_argv, no_env);
		_exit(127);
	}
	return pid > 0 && ended_well(pid);
}

static bool run_refused(void)
{
	return open("/dev/mem", O_RDONLY) < 0 && errno == EPERM;
}

static const struct path {
	const char *name;
	bool (*run)(void); /* false: did not do what is measured */
	int batch;
	bool asked; /* only when named */
} paths[] = {
	{ "getppid", run_getppid, 2000, false },
	{ "open-read", run_open_read, 200, false },
	{ "open-write", run_open_write, 200, false },
	{ "create-unlink", run_create_unlink, 50, false },
	{ "rename", run_rename, 50, false },
	{ "fork-exit", run_fork_exit, 5, false },
	{ "fork-exec", run_fork_exec, 5, false },
	{ "refused", run_refused, 20, true },
};
enum { PATHS = sizeof(paths) / sizeof(paths[0]) };

static long long now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static bool batch(const struct path *p, double *ret)
{
	long long t0 = now();
	bool good = true;

	for (int i = 0; i < p->batch; i++)
		good &= p->run();
	*ret = (double)(now() - t0) / p->batch;
	return good;
}

static bool wanted(const struct path *p, int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], p->name))
			return true;
	return argc <= 2 && !p->asked;
}

int main(int argc, char **argv)
{
	int batches = argc > 1 ? atoi(argv[1]) : 0;
	static double took[1000];

	if (batches < 1 || batches > (int)(sizeof(took) / sizeof(took[0])))
		return 2;
	if (!open_close(SCRATCH, O_WRONLY | O_CREAT)) {
		perror("paths: " SCRATCH);
		return 1;
	}
	for (int i = 0; i < PATHS; i++) {
		if (!wanted(&paths[i], argc, argv))
			continue;
		/* printed afterwards: a write would wake the reader in between */
		for (int n = -1; n < batches; n++) {
			if (!batch(&paths[i], &took[n < 0 ? 0 : n])) {
				(void)fprintf(stderr, "paths: %s: did not go as expected\n", paths[i].name);
				return 1;
			}
		}
		for (int n = 0; n < batches; n++)
			(void)printf("%s\t%d\t%.2f\n", paths[i].name, n, took[n]);
		(void)fflush(stdout);
	}
	return 0;
}
