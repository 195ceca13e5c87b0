// SPDX-License-Identifier: BSD-2-Clause
/* Namespaces and cgroups: what a container engine does inside. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "works.h"

static const struct {
	const char *name;
	unsigned long flag;
} kinds[] = {
	{ "mnt", CLONE_NEWNS }, { "uts", CLONE_NEWUTS }, { "ipc", CLONE_NEWIPC }, { "user", CLONE_NEWUSER },
	{ "pid", CLONE_NEWPID }, { "net", CLONE_NEWNET }, { "cgroup", 0x02000000 }, { "time", 0x80 },
};

static unsigned long flags_of(const char *words)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < N_OF(kinds); i++)
		if (strstr(words, kinds[i].name))
			flags |= kinds[i].flag;
	return flags;
}

struct clone3 {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

static pid_t clone3(struct clone3 *args)
{
	args->exit_signal = SIGCHLD;
	return syscall(435, args, sizeof(*args));
}

static void child_result(struct result *res, pid_t pid, const char *what)
{
	int status;

	TRY(res, waitpid(pid, &status, 0));
	if (status)
		return res_err(res, WEXITSTATUS(status), "%s", what);
	DONE(res);
}

/* arg: kinds */
void work_unshare(struct result *res, const char *arg)
{
	TRY(res, unshare(flags_of(arg)));
	DONE(res);
}

void work_clone(struct result *res, const char *arg)
{
	struct clone3 args = { .flags = flags_of(arg) };
	pid_t pid;

	TRY(res, pid = clone3(&args));
	if (!pid)
		_exit(0);
	child_result(res, pid, arg);
}

/* into a namespace of a child; arg: kind */
void work_setns(struct result *res, const char *arg)
{
	struct clone3 args = { .flags = flags_of(arg) };
	char path[64];
	pid_t pid;
	int fd;

	TRY(res, pid = clone3(&args));
	if (!pid) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, arg);
	TRY(res, fd = open(path, O_RDONLY | O_CLOEXEC));
	TRY(res, ioctl(fd, 0xb701 /* NS_GET_USERNS */) < 0 && errno != EPERM ? -1 : 0);
	TRY(res, ioctl(fd, 0xb703 /* NS_GET_NSTYPE */));
	res_rc(res, setns(fd, 0));
	end_child(pid);
}

void work_setns_pidfd(struct result *res, const char *arg)
{
	struct clone3 args = { .flags = flags_of(arg) };
	pid_t pid;
	int fd;

	TRY(res, pid = clone3(&args));
	if (!pid) {
		pause();
		_exit(0);
	}
	TRY(res, fd = syscall(434 /* pidfd_open */, pid, 0));
	res_rc(res, setns(fd, flags_of(arg)));
	end_child(pid);
}

/* A container that makes one: user, mount and pid namespaces, a map, proc and tmpfs in it, a new root. arg: depth */
void work_container(struct result *res, const char *arg)
{
	struct clone3 args = { .flags = flags_of("user mnt pid uts ipc net cgroup") };
	const char *dir = temp_dir();
	char path[64];
	pid_t pid;

	TRY(res, pid = clone3(&args));
	if (!pid) {
		for (int i = 0; i < 200 && (getuid() || getgid()); i++)
			usleep(10000);
		if (mount("works", dir, "tmpfs", 0, NULL) || chdir(dir) || mkdir("proc", 0755) || mkdir("old", 0755) ||
		    mount("proc", "proc", "proc", 0, NULL) || syscall(SYS_pivot_root, ".", "old") ||
		    umount2("old", MNT_DETACH) || sethostname("inner", 5))
			_exit(errno);
		if (*arg == '2' && unshare(flags_of("user mnt")))
			_exit(errno);
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	TRY(res, write_text(path, "0 0 65536"));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	TRY(res, write_text(path, "0 0 65536"));
	child_result(res, pid, "inside");
}

/* arg: OFFSETS for /proc/self/timens_offsets */
void work_timens(struct result *res, const char *arg)
{
	TRY(res, unshare(flags_of("time")));
	TRY(res, write_text("/proc/self/timens_offsets", arg));
	DONE(res);
}

void work_hostname(struct result *res, const char *arg)
{
	char name[65];

	if (*arg && unshare(flags_of(arg)))
		return res_step(res, errno, "unshare");
	TRY(res, gethostname(name, sizeof(name)));
	TRY(res, sethostname(name, strlen(name)));
	TRY(res, setdomainname("(none)", 6));
	DONE(res);
}

/* ---- cgroups ---- */

int cgroup_new(char *ret_path, size_t size)
{
	static unsigned int n;

	snprintf(ret_path, size, "/sys/fs/cgroup/works.%d.%u", getpid(), n++);
	if (mkdir(ret_path, 0755))
		return -1;
	return open(ret_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* arg: "FILE TEXT", in a new cgroup with a process in it; the first controller that it needs is turned on before */
void work_cgroup(struct result *res, const char *arg)
{
	const char *text = strchr(arg, ' ') + 1;
	char path[128], file[200];
	pid_t pid;

	TRY(res, cgroup_new(path, sizeof(path)));
	pid = idle_child();
	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	{
		char number[16];

		snprintf(number, sizeof(number), "%d", pid);
		if (write_text(file, number) < 0)
			res_err(res, errno, "cgroup.procs");
	}
	snprintf(file, sizeof(file), "%s/%.*s", path, (int)(text - arg - 1), arg);
	if (res->verdict == VERDICT_NONE && !path_exists(file))
		res_skip(res, "no %.*s", (int)(text - arg - 1), arg);
	else if (res->verdict == VERDICT_NONE)
		res_rc(res, write_text(file, text));
	snprintf(file, sizeof(file), "%s/cgroup.freeze", path);
	(void)write_text(file, "0");
	end_child(pid);
	for (int i = 0; i < 100 && rmdir(path) && errno == EBUSY; i++)
		usleep(10000);
}

/* a cgroup handed to somebody: a child in its own cgroup namespace delegates to one of its own */
void work_delegate(struct result *res, const char *arg)
{
	char path[128], file[200], sub[200], number[16];
	struct clone3 args = { .flags = 0x200000000ULL /* INTO_CGROUP */ };
	pid_t pid;

	(void)arg;
	TRY(res, args.cgroup = cgroup_new(path, sizeof(path)));
	pid = clone3(&args);
	if (!pid) {
		snprintf(sub, sizeof(sub), "%s/leaf", path);
		snprintf(file, sizeof(file), "%s/leaf/cgroup.procs", path);
		snprintf(number, sizeof(number), "%d", getpid());
		if (unshare(flags_of("cgroup")) || mkdir(sub, 0755) || write_text(file, number))
			_exit(errno);
		snprintf(file, sizeof(file), "%s/cgroup.subtree_control", path);
		_exit(write_text(file, "+pids +memory") ? errno : 0);
	}
	if (pid < 0)
		res_err(res, errno, "clone3");
	else
		child_result(res, pid, "inside");
	snprintf(file, sizeof(file), "%s/cgroup.subtree_control", path);
	(void)write_text(file, "-pids -memory");
	snprintf(sub, sizeof(sub), "%s/leaf", path);
	rmdir(sub);
	rmdir(path);
}

void work_cgroup_kill(struct result *res, const char *arg)
{
	char path[128], file[200];
	struct clone3 args = { .flags = 0x200000000ULL };
	int status;
	pid_t pid;

	(void)arg;
	TRY(res, args.cgroup = cgroup_new(path, sizeof(path)));
	TRY(res, pid = clone3(&args));
	if (!pid) {
		pause();
		_exit(0);
	}
	snprintf(file, sizeof(file), "%s/cgroup.kill", path);
	res_rc(res, write_text(file, "1"));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	rmdir(path);
}
