// SPDX-License-Identifier: BSD-2-Clause
/* Processes, memory, time, keys: what one's own root may do to one's own. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "works.h"

/* at the same address in our children */
static volatile long cell = 42;

pid_t idle_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* arg: "attach", "seize", "traceme", "syscall" */
void work_ptrace(struct result *res, const char *arg)
{
	struct user_regs_struct regs;
	int status;
	pid_t pid;

	if (*arg == 't') {
		TRY(res, pid = fork());
		if (!pid) {
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
			execl("/proc/self/exe", "works", "--list", NULL);
			_exit(1);
		}
	} else {
		pid = idle_child();
		TRY(res, ptrace(*arg == 's' && arg[1] == 'e' ? PTRACE_SEIZE : PTRACE_ATTACH, pid, NULL, NULL));
		if (*arg == 's' && arg[1] == 'e')
			TRY(res, ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	}
	TRY(res, waitpid(pid, &status, 0));
	TRY(res, ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	TRY(res, ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	if (*arg != 't')
		TRY(res, ptrace(PTRACE_POKEDATA, pid, &cell, 43L));
	if (*arg == 's' && arg[1] == 'y') {
		kill(pid, SIGCONT);
		TRY(res, ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	}
	end_child(pid);
	DONE(res);
}

/* arg: "readv", "writev", "mem", "pagemap", "environ", "root", "clear_refs", "oom" */
void work_child_memory(struct result *res, const char *arg)
{
	long value = 7;
	struct iovec local = { &value, sizeof(value) }, remote = { (void *)&cell, sizeof(cell) };
	pid_t pid = idle_child();
	char path[64], buf[64];
	int fd;

	if (!strcmp(arg, "readv")) {
		TRY(res, process_vm_readv(pid, &local, 1, &remote, 1, 0));
	} else if (!strcmp(arg, "writev")) {
		TRY(res, process_vm_writev(pid, &local, 1, &remote, 1, 0));
	} else {
		bool writing = !strcmp(arg, "mem") || !strcmp(arg, "clear_refs") || !strcmp(arg, "oom_score_adj");

		snprintf(path, sizeof(path), "/proc/%d/%s", pid, arg);
		TRY(res, fd = open(path, (writing ? O_RDWR : O_RDONLY) | O_CLOEXEC) < 0 && writing ? open(path, O_WRONLY) :
							    open(path, (writing ? O_RDWR : O_RDONLY) | O_CLOEXEC));
		if (!strcmp(arg, "mem"))
			TRY(res, pwrite(fd, &value, sizeof(value), (off_t)(uintptr_t)&cell));
		else if (writing)
			TRY(res, write(fd, "1", 1));
		else
			TRY(res, read(fd, buf, sizeof(buf)));
	}
	end_child(pid);
	DONE(res);
}

/* arg: "signal", "getfd", "madvise", "kcmp", "wait" */
void work_pidfd(struct result *res, const char *arg)
{
	struct iovec iov = { (void *)((uintptr_t)&cell & ~4095UL), 4096 };
	pid_t pid = idle_child();
	int fd;

	TRY(res, fd = syscall(434, pid, 0));
	if (*arg == 's')
		TRY(res, syscall(424, fd, 0, NULL, 0));
	else if (*arg == 'g')
		TRY(res, syscall(438, fd, 1, 0));
	else if (*arg == 'm')
		TRY(res, syscall(440, fd, &iov, 1, MADV_COLD, 0));
	else
		TRY(res, syscall(SYS_kcmp, getpid(), pid, 0 /* FILE */, 1, 1));
	end_child(pid);
	DONE(res);
}

/* arg: POLICY PRIORITY; 6 is deadline */
void work_sched(struct result *res, const char *arg)
{
	struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; } a = {
		.size = 48, .runtime = 1000000, .deadline = 10000000, .period = 10000000 };

	if (sscanf(arg, "%u %u", &a.policy, &a.priority) != 2)
		return res_skip(res, "bad table row");
	if (a.policy != 6)
		a.runtime = a.deadline = a.period = 0;
	TRY(res, syscall(SYS_sched_setattr, 0, &a, 0));
	DONE(res);
}

void work_priorities(struct result *res, const char *arg)
{
	struct rlimit big = { 1 << 20, 1 << 20 };
	cpu_set_t set;

	(void)arg;
	TRY(res, setpriority(PRIO_PROCESS, 0, -20));
	TRY(res, syscall(SYS_ioprio_set, 1, 0, 1 << 13 /* real time */));
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	TRY(res, sched_setaffinity(0, sizeof(set), &set));
	TRY(res, setrlimit(RLIMIT_NOFILE, &big));
	DONE(res);
}

/* arg: "lock", "lockall", "huge", "thp", "secret", "memfd", "hugefd", "exec", "numa", "pkey", "seal" */
void work_memory(struct result *res, const char *arg)
{
	char *p = mmap(NULL, 1 << 22, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long node = 1;
	int fd = -1;

	if (!strcmp(arg, "lock")) {
		TRY(res, mlock(p, 1 << 16));
	} else if (!strcmp(arg, "lockall")) {
		TRY(res, mlockall(MCL_CURRENT | MCL_FUTURE));
	} else if (!strcmp(arg, "huge")) {
		char before[16];

		TRY(res, read_text(AT_FDCWD, "/proc/sys/vm/nr_hugepages", before, sizeof(before)));
		TRY(res, write_text("/proc/sys/vm/nr_hugepages", "4"));
		p = mmap(NULL, 1 << 21, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
		if (p == MAP_FAILED)
			res_err(res, errno, "mmap");
		else
			munmap(p, 1 << 21);
		(void)write_text("/proc/sys/vm/nr_hugepages", before);
		if (p == MAP_FAILED)
			return;
	} else if (!strcmp(arg, "thp")) {
		TRY(res, madvise(p, 1 << 22, MADV_HUGEPAGE));
	} else if (!strcmp(arg, "merge")) {
		TRY(res, madvise(p, 1 << 22, MADV_MERGEABLE));
	} else if (!strcmp(arg, "secret")) {
		TRY(res, syscall(447, 0));
	} else if (!strcmp(arg, "memfd")) {
		TRY(res, fd = syscall(SYS_memfd_create, "works", 2));
		TRY(res, ftruncate(fd, 4096));
		TRY(res, fcntl(fd, 1033 /* F_ADD_SEALS */, 15));
	} else if (!strcmp(arg, "exec")) {
		TRY(res, mprotect(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
	} else if (!strcmp(arg, "numa")) {
		TRY(res, syscall(SYS_mbind, p, 1 << 22, 2 /* BIND */, &node, 64, 0));
		TRY(res, syscall(SYS_set_mempolicy, 0, NULL, 0));
		TRY(res, syscall(SYS_move_pages, 0, 1, &p, NULL, &fd, 0));
	} else {
		TRY(res, syscall(SYS_membarrier, 0, 0, 0));
	}
	DONE(res);
}

void work_userfaultfd(struct result *res, const char *arg)
{
	struct { uint64_t api, features, ioctls; } api = { 0xaa, 0, 0 };
	int fd;

	if (*arg == '/') {
		TRY(res, fd = open(arg, O_RDWR | O_CLOEXEC));
		TRY(res, fd = ioctl(fd, 0xaa00 /* USERFAULTFD_IOC_NEW */, O_CLOEXEC));
	} else {
		TRY(res, fd = syscall(SYS_userfaultfd, O_CLOEXEC));
	}
	TRY(res, ioctl(fd, 0xc018aa3f /* UFFDIO_API */, &api));
	DONE(res);
}

/* arg: "filter", "notify", "get" */
void work_seccomp(struct result *res, const char *arg)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };

	TRY(res, syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, *arg == 'n' ? 8UL /* NEW_LISTENER */ : 0UL, &prog));
	DONE(res);
}

void work_landlock(struct result *res, const char *arg)
{
	uint64_t handled = 0x1fff;
	int fd;

	(void)arg;
	TRY(res, fd = syscall(444, &handled, sizeof(handled), 0));
	TRY(res, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	TRY(res, syscall(446, fd, 0));
	DONE(res);
}

/* arg: type of a key */
void work_key(struct result *res, const char *arg)
{
	char buf[64];
	long key;

	TRY(res, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
	TRY(res, key = syscall(SYS_add_key, arg, "works:1", strcmp(arg, "keyring") ? "x" : NULL, !!strcmp(arg, "keyring"),
			       KEY_SPEC_SESSION_KEYRING));
	TRY(res, syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f3f0000));
	if (strcmp(arg, "logon"))
		TRY(res, syscall(SYS_keyctl, KEYCTL_READ, key, buf, sizeof(buf)));
	TRY(res, syscall(SYS_keyctl, KEYCTL_REVOKE, key));
	DONE(res);
}

/* arg: "inotify", "content", "fid", "mount" */
void work_notify(struct result *res, const char *arg)
{
	const char *dir = temp_dir();
	int fd;

	if (*arg == 'i') {
		TRY(res, fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
		TRY(res, inotify_add_watch(fd, dir, IN_ALL_EVENTS));
	} else if (*arg == 'f') {
		TRY(res, fd = fanotify_init(0x200 /* REPORT_FID */, O_RDONLY));
		TRY(res, fanotify_mark(fd, FAN_MARK_ADD, FAN_CREATE | FAN_ONDIR, AT_FDCWD, dir));
	} else {
		TRY(res, fd = fanotify_init(FAN_CLASS_CONTENT | FAN_NONBLOCK, O_RDONLY));
		TRY(res, fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN_PERM, AT_FDCWD, dir));
	}
	DONE(res);
}

/* arg: "realtime", "adjtime", "timeofday", "alarm", "rtc-clock" */
void work_time(struct result *res, const char *arg)
{
	struct itimerspec it = { .it_value.tv_sec = 2000000000 };
	struct timex tx = { .modes = 0 };
	struct timespec ts;
	struct timeval tv;
	int fd;

	if (*arg == 'r') {
		TRY(res, clock_gettime(CLOCK_REALTIME, &ts));
		TRY(res, clock_settime(CLOCK_REALTIME, &ts));
	} else if (!strcmp(arg, "adjtime")) {
		TRY(res, adjtimex(&tx));
		tx.modes = ADJ_TICK;
		TRY(res, adjtimex(&tx));
	} else if (*arg == 't') {
		TRY(res, gettimeofday(&tv, NULL));
		TRY(res, settimeofday(&tv, NULL));
	} else {
		TRY(res, fd = timerfd_create(CLOCK_REALTIME_ALARM, TFD_CLOEXEC));
		TRY(res, timerfd_settime(fd, TFD_TIMER_ABSTIME, &it, NULL));
	}
	DONE(res);
}

/* arg: KEXEC_LOADED-like commands that change nothing: "off", "on" (Ctrl-Alt-Del) */
void work_reboot(struct result *res, const char *arg)
{
	TRY(res, reboot(!strcmp(arg, "on") ? RB_ENABLE_CAD : RB_DISABLE_CAD));
	DONE(res);
}

/* arg: action number of syslog(2) */
void work_syslog(struct result *res, const char *arg)
{
	char buf[4096];

	TRY(res, klogctl(atoi(arg), buf, *arg == '8' ? 5 : (int)sizeof(buf)));
	DONE(res);
}

/* arg: "ambient", "bounding", "drop", "securebits", "subreaper", "dumpable", "mm", "speculation", "timerslack" */
void work_privileges(struct result *res, const char *arg)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	if (!strcmp(arg, "bounding")) {
		TRY(res, prctl(PR_CAPBSET_DROP, CAP_MKNOD, 0, 0, 0));
	} else if (!strcmp(arg, "securebits")) {
		TRY(res, prctl(PR_SET_SECUREBITS, 1 << 4, 0, 0, 0));
	} else if (!strcmp(arg, "subreaper")) {
		TRY(res, prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	} else if (!strcmp(arg, "dumpable")) {
		TRY(res, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
	} else if (!strcmp(arg, "timerslack")) {
		TRY(res, prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0));
	} else if (!strcmp(arg, "oom")) {
		TRY(res, write_text("/proc/self/oom_score_adj", "-1000"));
	} else if (!strcmp(arg, "ids")) {
		TRY(res, setgroups(0, NULL));
		TRY(res, setresgid(1000, 1000, 1000));
		TRY(res, setresuid(1000, 1000, 1000));
	} else {
		TRY(res, syscall(SYS_capget, &h, d));
		d[0].inheritable = d[0].permitted;
		TRY(res, syscall(SYS_capset, &h, d));
		if (*arg == 'a')
			TRY(res, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0));
	}
	DONE(res);
}

/* arg: "shm", "hugeshm", "sem", "msg", "mqueue" */
void work_ipc(struct result *res, const char *arg)
{
	int id;

	if (!strcmp(arg, "shm")) {
		TRY(res, id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
		TRY(res, (long)(intptr_t)shmat(id, NULL, 0) == -1 ? -1 : 0);
		TRY(res, shmctl(id, SHM_LOCK, NULL));
		TRY(res, shmctl(id, IPC_RMID, NULL));
	} else if (!strcmp(arg, "sem")) {
		TRY(res, id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
		TRY(res, semctl(id, 0, IPC_RMID));
	} else if (!strcmp(arg, "msg")) {
		TRY(res, id = msgget(IPC_PRIVATE, IPC_CREAT | 0600));
		TRY(res, msgctl(id, IPC_RMID, NULL));
	} else {
		TRY(res, mq_open("/works", O_CREAT | O_RDWR, 0600, NULL));
		TRY(res, mq_unlink("/works"));
	}
	DONE(res);
}

/* arg: FLAGS of io_uring_setup */
void work_uring(struct result *res, const char *arg)
{
	struct { uint32_t words[30]; } p = { { 0 } };

	p.words[2] = strtoul(arg, NULL, 0);
	p.words[4] = 100;
	TRY(res, syscall(425, 8, &p));
	DONE(res);
}

/* arg: "acct", "quota", "sync", "ldt", "personality", "vhangup", "pivot", "epoll", "signalfd", "execveat" */
void work_misc(struct result *res, const char *arg)
{
	char path[64];
	int fd, status;
	pid_t pid;

	if (!strcmp(arg, "acct")) {
		TRY(res, close(temp_file(0, path, sizeof(path))));
		TRY(res, syscall(SYS_acct, path));
		TRY(res, syscall(SYS_acct, NULL));
	} else if (!strcmp(arg, "quota")) {
		TRY(res, syscall(SYS_quotactl, 0x80000100 /* Q_SYNC */, NULL, 0, NULL));
	} else if (!strcmp(arg, "sync")) {
		TRY(res, fd = open("/", O_RDONLY));
		TRY(res, syncfs(fd));
	} else if (!strcmp(arg, "ldt")) {
		uint32_t desc[4] = { 0, 0, 0, 0x28 };

		TRY(res, syscall(SYS_modify_ldt, 1, desc, sizeof(desc)));
	} else if (!strcmp(arg, "personality")) {
		TRY(res, syscall(SYS_personality, 0x0040000 /* ADDR_NO_RANDOMIZE */));
	} else if (!strcmp(arg, "vhangup")) {
		TRY(res, pid = fork());
		if (!pid) {
			setsid();
			_exit(syscall(SYS_vhangup) ? errno : 0);
		}
		TRY(res, waitpid(pid, &status, 0));
		if (status)
			return res_err(res, WEXITSTATUS(status), "vhangup");
	} else if (!strcmp(arg, "chroot")) {
		TRY(res, chroot("/tmp"));
	} else {
		TRY(res, fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
		TRY(res, pid = fork());
		if (!pid) {
			static const char *const argv[] = { "works", "--list", NULL }, *const env[] = { NULL };

			freopen("/dev/null", "w", stdout);
			dup2(open("/dev/null", O_WRONLY), 1);
			syscall(SYS_execveat, fd, "", argv, env, AT_EMPTY_PATH);
			_exit(errno);
		}
		TRY(res, waitpid(pid, &status, 0));
		if (status)
			return res_err(res, WEXITSTATUS(status), "execveat");
	}
	DONE(res);
}

/* Another operation may have left it; what was in a network namespace goes a little later. */
static void forget_module(const char *name)
{
	char sysfs[96];

	snprintf(sysfs, sizeof(sysfs), "/sys/module/%s/initstate", name);
	for (char *p = sysfs; *p; p++)
		if (*p == '-')
			*p = '_';
	for (int i = 0; i < 20 && path_exists(sysfs); i++) {
		module_unload(name);
		usleep(20000);
	}
}

/* arg: "MODULE [PARAMETERS]": signed, loaded by descriptor and taken away again */
void work_module(struct result *res, const char *arg)
{
	char name[64], path[512];
	struct module_stack deps = { 0 };
	const char *blank = strchr(arg, ' ');
	int rc;

	snprintf(name, sizeof(name), "%.*s", (int)(blank ? blank - arg : (long)strlen(arg)), arg);
	forget_module(name);
	if (!module_ready(res, name, path, sizeof(path)))
		return;
	if (module_load_deps(path, &deps) < 0)
		return res_err(res, errno, "load what %s needs", name);
	rc = module_finit(path, blank ? blank + 1 : "", 0);
	res_rc(res, rc);
	if (!rc)
		module_unload(name);
	module_unload_deps(&deps);
}

/* the same from memory, as old programs do */
void work_module_image(struct result *res, const char *arg)
{
	char path[512], *image;
	size_t len;

	forget_module(arg);
	if (!module_ready(res, arg, path, sizeof(path)))
		return;
	image = read_whole(path, &len);
	if (!image)
		return res_step(res, errno, "read");
	TRY(res, syscall(SYS_init_module, image, len, ""));
	module_unload(arg);
	DONE(res);
}
