// SPDX-License-Identifier: BSD-2-Clause
/* Facts of this host: one small question each, listed in a table. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <zlib.h>

#include <lockdown/facts.h>

#include "mark.h"
#include "preempt.h"
#include "util.h"

/* ---- small readers ---------------------------------------------------- */

/* contents of a small file, white space at the end cut; false without a file */
static bool read_fd(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return false;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	while (len && (buf[len - 1] == '\n' || buf[len - 1] == ' '))
		len--;
	buf[len] = '\0';
	return true;
}

static bool read_text(const char *path, char *buf, size_t size)
{
	lkd_autofd fd = open(path, O_RDONLY | O_CLOEXEC);

	return read_fd(fd, buf, size);
}

/* the same of a file of the kernel's: not of one that a container, or a test, has mounted over it */
static bool read_kernel(const char *path, long magic, char *buf, size_t size)
{
	lkd_autofd fd = open(path, O_RDONLY | O_CLOEXEC);
	struct statfs fs;

	return fd >= 0 && !fstatfs(fd, &fs) && fs.f_type == magic && read_fd(fd, buf, size);
}

static bool magic_is(const char *path, long magic)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == magic;
}

/* securityfs may not be mounted: read through a detached mount of our own */
static bool read_securityfs(const char *name, char *buf, size_t size)
{
	lkd_autofd fs = -EBADF, mnt = -EBADF, fd = -EBADF;
	char path[128];

	(void)snprintf(path, sizeof(path), "/sys/kernel/security/%s", name);
	if (read_kernel(path, SECURITYFS_MAGIC, buf, size))
		return true;
	fs = (int)syscall(SYS_fsopen, "securityfs", FSOPEN_CLOEXEC);
	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return false;
	mnt = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (mnt < 0)
		return false;
	fd = openat(mnt, name, O_RDONLY | O_CLOEXEC);
	return read_fd(fd, buf, size);
}

/* runs @child in a process of its own; its answer, or UNKNOWN */
static int ask_child(int (*child)(void))
{
	int status;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid < 0)
		return LKD_UNKNOWN;
	if (!pid) {
		/* it may die of the question: no handler of our caller's, no core */
		(void)signal(SIGSEGV, SIG_DFL);
		(void)signal(SIGSYS, SIG_DFL);
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		_exit(child());
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return LKD_UNKNOWN;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > LKD_YES)
		return WIFSIGNALED(status) ? LKD_NO : LKD_UNKNOWN;
	return WEXITSTATUS(status);
}

enum { CHILD_UNKNOWN = 2 };

/* ---- kernel and its lockdown ------------------------------------------ */

static void fact_uname(struct lkd_facts *f)
{
	struct utsname u;

	if (uname(&u))
		return;
	(void)snprintf(f->v[LKD_FACT_kernel_release].str, LKD_FACT_STR_MAX, "%s", u.release);
	(void)snprintf(f->v[LKD_FACT_kernel_version].str, LKD_FACT_STR_MAX, "%s", u.version);
	(void)snprintf(f->v[LKD_FACT_machine].str, LKD_FACT_STR_MAX, "%s", u.machine);
}

/* "none [integrity] confidentiality" */
static void fact_lockdown(struct lkd_facts *f)
{
	char buf[128], *open, *close;

	if (read_securityfs("lsm", buf, sizeof(buf)))
		(void)snprintf(f->v[LKD_FACT_lsms].str, LKD_FACT_STR_MAX, "%s", buf);
	if (!read_securityfs("lockdown", buf, sizeof(buf))) {
		if (*f->v[LKD_FACT_lsms].str)
			strcpy(f->v[LKD_FACT_lockdown_level].str, "absent");
		return;
	}
	open = strchr(buf, '[');
	close = open ? strchr(open, ']') : NULL;
	if (!close)
		return;
	*close = '\0';
	(void)snprintf(f->v[LKD_FACT_lockdown_level].str, LKD_FACT_STR_MAX, "%s", open + 1);
}

static void fact_btf(struct lkd_facts *f)
{
	char *out = f->v[LKD_FACT_reasons].str;
	struct btf *btf = btf__load_vmlinux_btf();
	size_t len = 0;
	int id;

	f->v[LKD_FACT_btf].num = btf ? LKD_YES : LKD_NO;
	id = btf ? btf__find_by_name_kind(btf, "lockdown_reason", BTF_KIND_ENUM) : -1;
	if (id > 0) {
		const struct btf_type *t = btf__type_by_id(btf, (uint32_t)id);
		const struct btf_enum *v = btf_enum(t);

		for (int i = 0; i < btf_vlen(t) && len < LKD_FACT_STR_MAX; i++) {
			const char *name = btf__name_by_offset(btf, v[i].name_off);

			name += !strncmp(name, "LOCKDOWN_", 9) ? 9 : 0;
			len += (size_t)snprintf(out + len, LKD_FACT_STR_MAX - len, "%s%s=%d", len ? " " : "", name,
						v[i].val);
		}
		if (len >= LKD_FACT_STR_MAX) /* cut text would lose reasons silently */
			*out = '\0';
	}
	btf__free(btf);
}

/* ---- BPF: by trying ---------------------------------------------------- */

/*
 * Loads a program that counts calls, attaches it to the kernel's own question
 * about bpf(2), makes such a call, and looks whether it was counted: loading
 * and attaching alone succeed also where `bpf` is not in lsm=.
 */
static int try_attach(enum bpf_prog_type type, enum bpf_attach_type attach, const char *function)
{
	/* the name that the kernel shows while it exists */
	static const char name[] = "lkd_try";
	lkd_autofd map = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, 4, 4, 1, NULL);
	lkd_autofd prog = -EBADF, link = -EBADF;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach);
	uint32_t zero = 0, count = 0;
	int id;

	if (map < 0)
		return errno == EPERM ? LKD_NO : LKD_UNKNOWN;
	id = libbpf_find_vmlinux_btf_id(function, attach);
	if (id < 0)
		return LKD_NO;
	struct bpf_insn insns[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map },
		{ 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_STX | BPF_MEM | BPF_W, .dst_reg = 0, .src_reg = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	opts.attach_btf_id = (uint32_t)id;
	prog = bpf_prog_load(type, name, "Dual BSD/GPL", insns, LKD_N(insns), &opts);
	if (prog < 0)
		return LKD_NO;
	link = bpf_raw_tracepoint_open(NULL, prog);
	if (link < 0)
		return LKD_NO;
	if (bpf_map_lookup_elem(map, &zero, &count))
		return LKD_UNKNOWN;
	/* the first call ran the program, this one sees it */
	if (bpf_map_lookup_elem(map, &zero, &count))
		return LKD_UNKNOWN;
	return count ? LKD_YES : LKD_NO;
}

static void fact_bpf(struct lkd_facts *f)
{
	/*
	 * Not while ftrace is switched off: to detach a trampoline then is a WARN
	 * on 6.1 and 6.12, and ftrace stays dead until the next boot
	 * (kernel/trace/ftrace.c:ftrace_shutdown).
	 */
	const bool off = f->v[LKD_FACT_ftrace_enabled].num == LKD_NO;
	struct stat st;

	f->v[LKD_FACT_bpf_lsm].num = off ? LKD_NO : try_attach(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "bpf");
	f->v[LKD_FACT_fmod_ret].num =
		off ? LKD_NO : try_attach(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, "security_bpf");
	(void)snprintf(f->v[LKD_FACT_preempt].str, LKD_FACT_STR_MAX, "%s", lkd_preempt());
	f->v[LKD_FACT_bpffs].num = magic_is(LKD_PIN_ROOT, BPF_FS_MAGIC);
	if (!stat(LKD_PIN_MARK, &st))
		f->v[LKD_FACT_engine_loaded].num = LKD_YES;
	else if (errno == ENOENT)
		f->v[LKD_FACT_engine_loaded].num = LKD_NO;
}

static void fact_ftrace(struct lkd_facts *f)
{
	char buf[16];

	if (read_kernel("/proc/sys/kernel/ftrace_enabled", PROC_SUPER_MAGIC, buf, sizeof(buf)))
		f->v[LKD_FACT_ftrace_enabled].num = !strcmp(buf, "1");
}

/* ---- Landlock, seccomp, cgroups ---------------------------------------- */

static void fact_landlock(struct lkd_facts *f)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);

	f->v[LKD_FACT_landlock_abi].num = abi < 0 ? 0 : (int)abi;
}

static int seccomp_has(uint32_t action)
{
	return !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) ? LKD_YES : LKD_NO;
}

/* A flag is known if a null filter fails with EFAULT and not EINVAL: kernel/seccomp.c:seccomp_set_mode_filter */
static int seccomp_flag(unsigned long flags)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, NULL) && errno == EFAULT ? LKD_YES : LKD_NO;
}

#define FLAG_NEW_LISTENER	 (1UL << 3)
#define FLAG_WAIT_KILLABLE_RECV	 (1UL << 5)
#define FD_SYNC_WAKE_UP		 1UL
#define IOCTL_NOTIF_SET_FLAGS	 _IOW('!', 4, __u64)

static int child_sync_wake_up(void)
{
	struct sock_filter allow = { .code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW };
	struct sock_fprog prog = { .len = 1, .filter = &allow };
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return CHILD_UNKNOWN;
	fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, FLAG_NEW_LISTENER, &prog);
	if (fd < 0) /* somebody above us listens already */
		return errno == EBUSY ? CHILD_UNKNOWN : LKD_NO;
	return ioctl(fd, IOCTL_NOTIF_SET_FLAGS, FD_SYNC_WAKE_UP) ? LKD_NO : LKD_YES;
}

/* kernel/seccomp.c:seccomp_cache_prepare shows itself nowhere: by version and architecture */
static int has_bitmap(const struct lkd_facts *f)
{
	const char *machine = f->v[LKD_FACT_machine].str;
	unsigned major, minor;

	if (sscanf(f->v[LKD_FACT_kernel_release].str, "%u.%u", &major, &minor) != 2)
		return LKD_UNKNOWN;
	if (strcmp(machine, "x86_64") && strcmp(machine, "aarch64"))
		return LKD_UNKNOWN;
	return major > 5 || (major == 5 && minor >= 11) ? LKD_YES : LKD_NO;
}

static void fact_seccomp(struct lkd_facts *f)
{
	f->v[LKD_FACT_seccomp_bitmap].num = has_bitmap(f);
	f->v[LKD_FACT_seccomp_filter].num = seccomp_has(SECCOMP_RET_ERRNO);
	f->v[LKD_FACT_seccomp_notify].num = seccomp_has(SECCOMP_RET_USER_NOTIF);
	f->v[LKD_FACT_seccomp_wait_killable].num = seccomp_flag(FLAG_WAIT_KILLABLE_RECV | FLAG_NEW_LISTENER);
	f->v[LKD_FACT_seccomp_sync_wake_up].num = ask_child(child_sync_wake_up);
}

static int nsdelegate(void)
{
	lkd_autofile *f = fopen("/proc/self/mounts", "re");
	char line[4096];

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, " cgroup2 "))
			return strstr(line, "nsdelegate") ? LKD_YES : LKD_NO;
	return LKD_UNKNOWN;
}

static void fact_cgroup(struct lkd_facts *f)
{
	char buf[4096];
	bool v2 = magic_is("/sys/fs/cgroup", CGROUP2_SUPER_MAGIC);
	bool unified = magic_is("/sys/fs/cgroup/unified", CGROUP2_SUPER_MAGIC);
	bool v1 = magic_is("/sys/fs/cgroup", TMPFS_MAGIC);
	bool devices = false;

	f->v[LKD_FACT_nsdelegate].num = nsdelegate();
	f->v[LKD_FACT_cgroup_version].num = v2 ? 2 : v1 && unified ? 12 : v1 ? 1 : 0;
	if (v1 && read_text("/proc/cgroups", buf, sizeof(buf))) {
		const char *line = strstr(buf, "\ndevices\t");
		unsigned hierarchy = 0;

		devices = line && sscanf(line, "\ndevices\t%u", &hierarchy) == 1 && hierarchy;
	}
	if (devices) {
		f->v[LKD_FACT_cgroup_devices].num = LKD_YES;
	} else if (v2 || unified) {
		struct bpf_insn insns[] = {
			{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
			{ .code = BPF_JMP | BPF_EXIT },
		};
		lkd_autofd prog = bpf_prog_load(BPF_PROG_TYPE_CGROUP_DEVICE, "lkd_try", "Dual BSD/GPL", insns,
						LKD_N(insns), NULL);

		f->v[LKD_FACT_cgroup_devices].num = prog >= 0;
	} else {
		f->v[LKD_FACT_cgroup_devices].num = LKD_NO;
	}
}

/* ---- who we are -------------------------------------------------------- */

static void fact_rights(struct lkd_facts *f)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};
	struct stat st;
	uint64_t caps;

	if (!stat("/proc/self/ns/user", &st))
		f->v[LKD_FACT_init_user_ns].num = st.st_ino == 0xEFFFFFFDu; /* PROC_USER_INIT_INO, linux/proc_ns.h */
	if (syscall(SYS_capget, &head, data))
		return;
	caps = data[0].effective | (uint64_t)data[1].effective << 32;
	(void)snprintf(f->v[LKD_FACT_capabilities].str, LKD_FACT_STR_MAX, "%016llx", (unsigned long long)caps);
	f->v[LKD_FACT_cap_sys_admin].num = !!(caps & LKD_BIT(CAP_SYS_ADMIN));
	f->v[LKD_FACT_cap_bpf].num = (caps & LKD_BIT(CAP_BPF)) && (caps & LKD_BIT(CAP_PERFMON));
}

/* ---- system calls ------------------------------------------------------ */

static int exists(long r)
{
	return r < 0 && errno == ENOSYS ? LKD_NO : LKD_YES;
}

#if defined(__x86_64__)
static int child_ia32(void)
{
	long r;

	/* getpid by the 32-bit entry; without it the kernel raises SIGSEGV */
	asm volatile("int $0x80" : "=a"(r) : "0"(20L) : "memory", "r8", "r9", "r10", "r11");
	return r == getpid() ? LKD_YES : LKD_NO;
}

static void fact_abis(struct lkd_facts *f)
{
	f->v[LKD_FACT_ia32].num = ask_child(child_ia32);
	f->v[LKD_FACT_x32].num = exists(syscall(0x40000000L | SYS_getpid));
	f->v[LKD_FACT_sys_iopl].num = exists(syscall(SYS_iopl, 0));
}
#else
static void fact_abis(struct lkd_facts *f)
{
	f->v[LKD_FACT_ia32].num = LKD_NO;
	f->v[LKD_FACT_x32].num = LKD_NO;
	f->v[LKD_FACT_sys_iopl].num = LKD_NO;
}
#endif

static void fact_kexec(struct lkd_facts *f)
{
	/* more segments than there may be: refused in every state, and nothing is unloaded */
	f->v[LKD_FACT_sys_kexec_load].num = exists(syscall(SYS_kexec_load, 0UL, 17UL, NULL, 0UL));
}

/* ---- kernel configuration ---------------------------------------------- */

static void fact_config(struct lkd_facts *f)
{
	static const struct {
		const char *option;
		enum lkd_fact_id fact;
	} rows[] = {
		{ "CONFIG_MODULE_SIG=y", LKD_FACT_config_module_sig },
		{ "CONFIG_KEXEC_SIG=y", LKD_FACT_config_kexec_sig },
		{ "CONFIG_KGDB=y", LKD_FACT_config_kgdb },
	};
	char path[512], line[256], word[16];
	struct stat st;
	gzFile cfg;

	(void)snprintf(path, sizeof(path), "/boot/config-%s", f->v[LKD_FACT_kernel_release].str);
	cfg = gzopen("/proc/config.gz", "rb");
	if (!cfg)
		cfg = gzopen(path, "rb"); /* reads what is not compressed as it is */
	if (cfg) {
		for (size_t i = 0; i < LKD_N(rows); i++)
			f->v[rows[i].fact].num = LKD_NO;
		while (gzgets(cfg, line, sizeof(line))) {
			line[strcspn(line, "\n")] = '\0';
			for (size_t i = 0; i < LKD_N(rows); i++)
				if (!strcmp(line, rows[i].option))
					f->v[rows[i].fact].num = LKD_YES;
		}
		(void)gzclose(cfg);
	}
	f->v[LKD_FACT_modules].num = !stat("/proc/modules", &st);
	/* what the running kernel shows of itself says more than a file beside it */
	if (read_kernel("/sys/module/module/parameters/sig_enforce", SYSFS_MAGIC, word, sizeof(word))) {
		f->v[LKD_FACT_config_module_sig].num = LKD_YES;
		f->v[LKD_FACT_module_sig_enforce].num = !strcmp(word, "Y");
	}
	if (!stat("/sys/module/kgdboc", &st) || !stat("/sys/module/kgdb", &st) || !stat("/sys/module/kdb", &st))
		f->v[LKD_FACT_config_kgdb].num = LKD_YES;
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

void lkd_facts_gather(struct lkd_facts *ret)
{
	static void (*const ask[])(struct lkd_facts *f) = {
		fact_uname,   fact_lockdown, fact_btf,	  fact_ftrace, fact_bpf,   fact_landlock,
		fact_seccomp, fact_cgroup,   fact_rights, fact_abis,   fact_kexec, fact_config,
	};
	libbpf_print_fn_t before = libbpf_set_print(silent);

	lkd_facts_init(ret);
	for (size_t i = 0; i < LKD_N(ask); i++)
		ask[i](ret);
	libbpf_set_print(before);
}

void lkd_facts_gather_names(struct lkd_facts *ret)
{
	lkd_facts_init(ret);
	fact_uname(ret);
	fact_btf(ret);
}
