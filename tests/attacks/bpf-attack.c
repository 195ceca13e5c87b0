// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a confined root could try against the kernel engine with bpf(2) and
 * ptrace(2). Exit status 0: every attempt was refused (or, for the controls,
 * allowed as it must be); each is a line on stdout.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int bad;

/* @as: 0, or the errno that is the refusal */
static void expect(int as, long r, const char *what)
{
	const int refused = !!as, is = r < 0 && errno == (as ? as : EPERM);

	printf("%s: %s (%s)\n", is == refused ? "as it should" : "WRONG", what, r < 0 ? strerror(errno) : "allowed");
	bad |= is != refused;
}

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static long get(const char *pin)
{
	union bpf_attr a;
	char path[128];

	memset(&a, 0, sizeof(a));
	snprintf(path, sizeof(path), "/sys/fs/bpf/lockdown/%s", pin);
	a.pathname = (uintptr_t)path;
	return bpf(BPF_OBJ_GET, &a);
}

/* every object whose name or pin is ours must stay out of reach, others within */
static void by_id(int next, int get_fd, const char *kind)
{
	union bpf_attr a;
	uint32_t id = 0;
	int refused = 0, total = 0;

	for (;;) {
		memset(&a, 0, sizeof(a));
		a.start_id = id;
		if (bpf(next, &a))
			break;
		id = a.next_id;
		memset(&a, 0, sizeof(a));
		a.prog_id = id;
		long fd = bpf(get_fd, &a);
		total++;
		if (fd < 0)
			refused += errno == ENOENT;
		else
			close((int)fd);
	}
	printf("# %s: %d of %d by id refused\n", kind, refused, total);
	if (!refused) {
		printf("WRONG: no %s was refused by id\n", kind);
		bad = 1;
	}
}

static long load(uint32_t type, uint32_t attach, uint32_t btf_id, uint32_t target_fd)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr a;

	memset(&a, 0, sizeof(a));
	a.prog_type = type;
	a.expected_attach_type = attach;
	a.attach_btf_id = btf_id;
	a.attach_prog_fd = target_fd;
	a.insns = (uintptr_t)insns;
	a.insn_cnt = 2;
	a.license = (uintptr_t) "GPL";
	if (type == BPF_PROG_TYPE_SYSCALL)
		a.prog_flags = BPF_F_SLEEPABLE;
	return bpf(BPF_PROG_LOAD, &a);
}

/* one whose other function could be a callback of a timer, which runs as somebody else */
static long load_two_functions(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .src_reg = 1 /* BPF_PSEUDO_CALL */, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr a;

	memset(&a, 0, sizeof(a));
	a.prog_type = BPF_PROG_TYPE_SYSCALL;
	a.insns = (uintptr_t)insns;
	a.insn_cnt = 4;
	a.license = (uintptr_t) "GPL";
	a.prog_flags = BPF_F_SLEEPABLE;
	return bpf(BPF_PROG_LOAD, &a);
}

/* since 6.19 a uprobe may set the registers of whatever process runs into it; before, the verifier says EACCES */
static long load_uprobe_that_sets_registers(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 1, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr a;
	long r;

	memset(&a, 0, sizeof(a));
	a.prog_type = BPF_PROG_TYPE_KPROBE;
	a.insns = (uintptr_t)insns;
	a.insn_cnt = 3;
	a.license = (uintptr_t) "GPL";
	r = bpf(BPF_PROG_LOAD, &a);
	if (r < 0 && errno == EACCES)
		errno = EPERM;
	return r;
}

/* a pin of one's own, moved over one of ours through another mount of the same file system */
static void rename_over_pin(const char *target)
{
	static const char own[] = "/sys/fs/bpf/attack";
	char to[128];
	union bpf_attr a;
	long fd;

	memset(&a, 0, sizeof(a));
	a.map_type = BPF_MAP_TYPE_ARRAY;
	a.key_size = a.value_size = 4;
	a.max_entries = 1;
	fd = bpf(BPF_MAP_CREATE, &a);
	memset(&a, 0, sizeof(a));
	a.pathname = (uintptr_t)own;
	a.bpf_fd = (uint32_t)fd;
	expect(0, fd < 0 ? fd : bpf(BPF_OBJ_PIN, &a), "pin a map of one's own");
	(void)mkdir("/tmp/attack", 0700);
	expect(0, mount("/sys/fs/bpf", "/tmp/attack", NULL, MS_BIND, NULL), "bind the BPF file system elsewhere");
	snprintf(to, sizeof(to), "/tmp/attack/lockdown/%s", target);
	expect(EPERM, rename("/tmp/attack/attack", to), to);
	expect(EPERM, syscall(SYS_renameat2, AT_FDCWD, "/tmp/attack/attack", AT_FDCWD, to, 2 /* RENAME_EXCHANGE */), "exchange");
	expect(EPERM, unlink(to), "unlink");
	(void)unlink(own);
}

/* a file without a name: opened by handle after the kernel has forgotten its directory entry */
static int attack_handle(const char *path)
{
	struct {
		struct file_handle h;
		char room[128];
	} f = { .h.handle_bytes = 128 };
	int mount_id, fd, drop = open("/proc/sys/vm/drop_caches", O_WRONLY);
	char dir[256];

	expect(0, name_to_handle_at(AT_FDCWD, path, &f.h, &mount_id, 0), "name_to_handle_at");
	snprintf(dir, sizeof(dir), "%s", path);
	*strrchr(dir, '/') = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	/* the first time only clears their marks of recent use */
	for (int i = 0; i < 5; i++)
		expect(0, write(drop, "2", 1), "drop_caches");
	expect(EPERM, open_by_handle_at(fd, &f.h, O_WRONLY), "open_by_handle_at for writing");
	expect(0, open_by_handle_at(fd, &f.h, O_RDONLY), "open_by_handle_at for reading");
	return bad;
}

/* a link from its pin can be held, but neither detached nor updated: none of them may be one of a cgroup */
static void detach_pins(void)
{
	DIR *dir = opendir("/sys/fs/bpf/lockdown");
	struct dirent *d;
	union bpf_attr a;

	while (dir && (d = readdir(dir))) {
		const long fd = d->d_name[0] == '.' ? -1 : get(d->d_name);

		memset(&a, 0, sizeof(a));
		a.link_detach.link_fd = (uint32_t)fd;
		if (fd >= 0)
			printf("%s: link detach, %s\n", bpf(BPF_LINK_DETACH, &a) < 0 ? "as it should" : (bad = 1, "WRONG"), d->d_name);
	}
	if (dir)
		(void)closedir(dir);
}

static int attack_bpf(void)
{
	static const char *const pins[] = {
		"marks", "state", "guarded", "sealed", "events", "info", "containers", "registered", "tasks", "sysctl",
	};
	long fd;

	for (size_t i = 0; i < sizeof(pins) / sizeof(pins[0]); i++)
		expect(ENOENT, get(pins[i]), pins[i]);
	by_id(BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID, "map");
	by_id(BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, "program");
	by_id(BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID, "link");

	detach_pins();
	expect(EPERM, load(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, 1, 0), "load an LSM program");
	expect(EPERM, load(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, 1, 0), "load a fmod_ret program");
	expect(EPERM, load(BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL, 0, 0), "load a program for sysctls");
	expect(0, load(BPF_PROG_TYPE_SOCKET_FILTER, 0, 0, 0), "load a socket filter");
	expect(0, load(BPF_PROG_TYPE_CGROUP_DEVICE, 0, 0, 0), "load a program for devices");
	expect(0, load(BPF_PROG_TYPE_SYSCALL, 0, 0, 0), "load a syscall program");
	expect(EPERM, load_two_functions(), "load a syscall program of two functions");
	expect(EPERM, load_uprobe_that_sets_registers(), "load a uprobe that sets registers");
	rename_over_pin("hook_locked_down");
	rename_over_pin("mark");
	/* `mark` may be opened; it must not be replaceable, whatever function is named */
	fd = get("mark");
	expect(0, fd, "open the program that tightens");
	for (uint32_t id = 0; id < 400; id++) {
		long ext = load(BPF_PROG_TYPE_EXT, 0, id, (uint32_t)fd);
		long fexit = load(BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, id, (uint32_t)fd);

		if (ext >= 0 || fexit >= 0) {
			printf("WRONG: `mark` can be extended or traced by BTF id %u\n", id);
			bad = 1;
			break;
		}
	}
	return bad;
}

static int attack_ptrace(int pid)
{
	char byte, path[64];
	struct iovec l = { &byte, 1 }, r = { (void *)0x400000, 1 };

	expect(EPERM, ptrace(PTRACE_ATTACH, pid, 0, 0), "PTRACE_ATTACH");
	expect(EPERM, ptrace(PTRACE_SEIZE, pid, 0, 0), "PTRACE_SEIZE");
	expect(EPERM, process_vm_writev(pid, &l, 1, &r, 1, 0), "process_vm_writev");
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	/* fs/proc/base.c:proc_mem_open answers EACCES where ptrace would be EPERM */
	long fd = open(path, O_RDWR);
	printf("%s: open %s (%s)\n", fd < 0 ? "as it should" : (bad = 1, "WRONG"), path, fd < 0 ? strerror(errno) : "open");
	long pidfd = syscall(SYS_pidfd_open, pid, 0);
	expect(EPERM, syscall(SYS_pidfd_getfd, pidfd, 0, 0), "pidfd_getfd");
	return bad;
}

/* a descriptor of another task's; with @procs of one that we have moved into a container's cgroup before, where it is confined */
static int take_descriptor(pid_t pid, int fd, const char *procs)
{
	const long pidfd = syscall(SYS_pidfd_open, pid, 0);
	char text[16];
	int file;

	if (!procs) {
		expect(0, syscall(SYS_pidfd_getfd, pidfd, fd, 0), "pidfd_getfd of a confined process");
		return bad;
	}
	expect(EPERM, syscall(SYS_pidfd_getfd, pidfd, fd, 0), "pidfd_getfd");
	file = open(procs, O_WRONLY | O_CLOEXEC);
	snprintf(text, sizeof(text), "%d", pid);
	expect(0, write(file, text, strlen(text)), "move it into the container's cgroup");
	expect(EPERM, syscall(SYS_pidfd_getfd, pidfd, fd, 0), "pidfd_getfd after that");
	expect(EPERM, ptrace(PTRACE_SEIZE, pid, 0, 0), "PTRACE_SEIZE after that");
	return bad;
}

static int in_cgroup_namespace(char **command)
{
	if (unshare(CLONE_NEWCGROUP | CLONE_NEWNS))
		return 125;
	execvp(command[0], command);
	return 127;
}

static int own_child(void)
{
	pid_t pid = fork();
	long r;

	if (!pid) {
		pause();
		_exit(0);
	}
	r = ptrace(PTRACE_SEIZE, pid, 0, 0);
	expect(0, r, "PTRACE_SEIZE of a child");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return bad;
}

static int as_nobody(char **command)
{
	if (setgid(65534) || setuid(65534))
		return 125;
	execvp(command[0], command);
	return 127;
}

/* takes all programs of a type off a cgroup; 0: none was left */
static int detach(const char *dir, uint32_t type)
{
	const int cgroup = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint32_t ids[64];
	unsigned taken = 0, n;
	union bpf_attr a;

	memset(&a, 0, sizeof(a));
	a.query.target_fd = (uint32_t)cgroup;
	a.query.attach_type = type;
	a.query.prog_ids = (uintptr_t)ids;
	a.query.prog_cnt = sizeof(ids) / sizeof(*ids);
	if (bpf(BPF_PROG_QUERY, &a)) {
		printf("query %s: %s\n", dir, strerror(errno));
		return 2;
	}
	n = a.query.prog_cnt;
	for (unsigned i = 0; i < n; i++) {
		long fd, r;

		memset(&a, 0, sizeof(a));
		a.prog_id = ids[i];
		fd = bpf(BPF_PROG_GET_FD_BY_ID, &a);
		printf("program %u: %s\n", ids[i], fd < 0 ? strerror(errno) : "opened");
		memset(&a, 0, sizeof(a));
		a.target_fd = (uint32_t)cgroup;
		a.attach_bpf_fd = fd < 0 ? 0 : (uint32_t)fd;
		a.attach_type = type;
		r = bpf(BPF_PROG_DETACH, &a);
		printf("program %u: %s\n", ids[i], r ? strerror(errno) : "taken off");
		taken += !r;
		if (fd >= 0)
			close((int)fd);
	}
	return taken != n;
}

/* runs @command while a program that takes no other beside it looks at all sysctls */
static int alone(const char *dir, char **command)
{
	union bpf_attr a;
	int status;
	pid_t pid;

	memset(&a, 0, sizeof(a));
	a.target_fd = (uint32_t)open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	a.attach_bpf_fd = (uint32_t)load(BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL, 0, 0);
	a.attach_type = BPF_CGROUP_SYSCTL;
	if (bpf(BPF_PROG_ATTACH, &a))
		return 125;
	pid = fork();
	if (!pid) {
		execvp(command[0], command);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return bpf(BPF_PROG_DETACH, &a) || !WIFEXITED(status) ? 125 : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 2 && !strcmp(argv[1], "as-nobody"))
		return as_nobody(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "ptrace"))
		return attack_ptrace(atoi(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "devices"))
		return detach(argv[2], BPF_CGROUP_DEVICE);
	if (argc == 3 && !strcmp(argv[1], "sysctls"))
		return detach(argv[2], BPF_CGROUP_SYSCTL);
	if (argc > 3 && !strcmp(argv[1], "alone"))
		return alone(argv[2], argv + 3);
	if (argc == 3 && !strcmp(argv[1], "handle"))
		return attack_handle(argv[2]);
	if (argc > 3 && !strcmp(argv[1], "take"))
		return take_descriptor(atoi(argv[2]), atoi(argv[3]), argv[4]);
	if (argc > 2 && !strcmp(argv[1], "cgroup-namespace"))
		return in_cgroup_namespace(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "ptrace-child"))
		return own_child();
	return attack_bpf();
}
