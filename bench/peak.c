// SPDX-License-Identifier: BSD-2-Clause
/*
 * peak: what a wrapper has used when it becomes its command.
 *
 *   peak WRAPPER [ARGUMENT...]
 *
 * Traces WRAPPER up to the execve(2) of its command and prints system calls
 * made since its own start, page faults, and kilobytes resident then: in all
 * and written by it alone, by the page tables (smaps_rollup; the counters in
 * /proc/PID/status are rounded on newer kernels), tab-separated.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

struct usage {
	long calls, faults, rss, private_kb;
};

static long faults(pid_t pid)
{
	char path[64], text[1024], *p;
	long n = -1;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return -1;
	if (fgets(text, sizeof(text), f)) {
		p = strrchr(text, ')'); /* then state ppid pgrp session tty tpgid flags minflt */
		if (!p || sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %ld", &n) != 1)
			n = -1;
	}
	(void)fclose(f);
	return n;
}

static void resident(pid_t pid, struct usage *ret)
{
	char path[64], line[256];
	long n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Rss: %ld", &n) == 1)
			ret->rss = n;
		else if (sscanf(line, "Private_Dirty: %ld", &n) == 1)
			ret->private_kb += n;
	}
	if (f)
		(void)fclose(f);
}

static bool next_stop(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL))
		return false;
	return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status);
}

int main(int argc, char **argv)
{
	struct usage u = { 0 };
	long first;
	int status;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(126);
		(void)execvp(argv[1], argv + 1);
		_exit(127);
	}
	/* stopped by its own exec */
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) {
		(void)fprintf(stderr, "peak: cannot trace '%s'\n", argv[1]);
		return 1;
	}
	first = faults(pid);
	while (next_stop(pid)) {
		struct __ptrace_syscall_info info;

		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
		    info.op != PTRACE_SYSCALL_INFO_ENTRY)
			continue;
		if (info.entry.nr == SYS_execve) {
			resident(pid, &u);
			u.faults = faults(pid) - first;
			(void)printf("%ld\t%ld\t%ld\t%ld\n", u.calls, u.faults, u.rss, u.private_kb);
			(void)kill(pid, SIGKILL);
			return 0;
		}
		u.calls++;
	}
	(void)fprintf(stderr, "peak: '%s' did not become its command\n", argv[1]);
	return 1;
}
