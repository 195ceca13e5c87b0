// SPDX-License-Identifier: BSD-2-Clause
/* The loader: see engine.h. Pins are listed in LKD_PIN_DIR, flat, one name each. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <lockdown/policy.h>

#include "container.h"
#include "engine.h"
#include "lockdown.skel.h"
#include "mark.h"
#include "preempt.h"
#include "util.h"
#include "version.h"

_Static_assert(LKD_SEAL_BIT_PTRACE == 1u << LKD_SEAL_PTRACE, "bpf/abi.h and policy.h agree");
_Static_assert(LKD_SEAL_BIT_HELPERS == 1u << LKD_SEAL_HELPERS, "bpf/abi.h and policy.h agree");
_Static_assert(LKD_MARK_POLICY == LKD_POLICY_NAME_MAX, "a policy's name fits a mark");

#define LOCK_DIR  "/run/container-lockdown"
#define LOCK_FILE LOCK_DIR "/lock"
#define READ_LOCK LOCK_DIR "/events.lock"

#define INFO_PIN LKD_PIN_DIR "/info" /* pinned last: its presence means a complete set */

/* arch/x86/entry/syscalls/syscall_32.tbl */
enum { NR_COMPAT_read = 3, NR_COMPAT_ioperm = 101, NR_COMPAT_iopl = 110, NR_COMPAT_kexec_load = 283 };

enum { EVENT_BYTES_DEFAULT = 16384, EVENT_BYTES_MOST = 1 << 26 };
enum { HELPERS_GRACE_S = 2 };
enum { MAX_TASKS_DEFAULT = 8192, MAX_TASKS_LEAST = 64, MAX_TASKS_MOST = 1 << 22 };

/* The hooks: one pin each, one program of each way of attaching. */
#define HOOKS(X)                                                                             \
	X(locked_down) X(task_alloc) X(task_free) X(bpf) X(bpf_map) X(bpf_prog) X(inode_unlink) \
	X(inode_rename) X(sb_umount) X(bprm_check_security) X(fs_context_parse_param) X(kernfs_init_security) X(file_open) X(ptrace_access_check)

/*
 * Programs of one form only: pin, program, what it is attached to and how, and
 * when: always, where the kernel has that (it may not load modules, not audit, or
 * have no name for a function of its own), or where it also preempts itself.
 */
#define SINGLES(X)                                                                                         \
	X(task_newtask, lkd_newtask, "task_newtask", BPF_TRACE_RAW_TP, ALWAYS)                             \
	X(cgroup_attach_task, lkd_attach, "cgroup_attach_task", BPF_TRACE_RAW_TP, ALWAYS)                  \
	X(sched_process_exec, lkd_executed, "sched_process_exec", BPF_TRACE_RAW_TP, ALWAYS)                \
	X(module_load, lkd_module_load, "module_load", BPF_TRACE_RAW_TP, IF_THERE)                         \
	X(audit_seccomp, lkd_floor_told, "audit_seccomp", BPF_TRACE_FENTRY, IF_THERE)                      \
	X(sysctl, lkd_sysctl, "__cgroup_bpf_run_filter_sysctl", BPF_CGROUP_SYSCTL, IF_THERE)               \
	X(helper_asked, lkd_ask, "call_usermodehelper_exec", BPF_TRACE_FENTRY, IF_THERE)                   \
	X(helper_begins, lkd_begin, "call_usermodehelper_exec_async", BPF_TRACE_FENTRY, IF_THERE)          \
	X(helper_asked_again, lkd_ask_again, "call_usermodehelper_exec", BPF_TRACE_FENTRY, IF_PREEMPTED)   \
	X(helper_begins_again, lkd_begin_again, "call_usermodehelper_exec_async", BPF_TRACE_FENTRY, IF_PREEMPTED)

enum when { ALWAYS, IF_THERE, IF_PREEMPTED };

enum single {
#define X(pin, prog, to, how, when) SINGLE_##pin,
	SINGLES(X)
#undef X
	SINGLE_COUNT_,
};

static const struct {
	const char *pin, *to;
	enum bpf_attach_type how;
	enum when when;
} single_table[SINGLE_COUNT_] = {
#define X(pin, prog, to, how, when) [SINGLE_##pin] = { #pin, to, how, when },
	SINGLES(X)
#undef X
};

enum hook {
#define X(name) HOOK_##name,
	HOOKS(X)
#undef X
	HOOK_COUNT_,
};

static const char *const hook_pins[HOOK_COUNT_] = {
#define X(name) [HOOK_##name] = "hook_" #name,
	HOOKS(X)
#undef X
};

static const struct {
	const char *name;
	bool	    shared; /* kept across versions of the same layout */
} map_pins[] = {
	{ "marks", true }, { "state", true }, { "guarded", true }, { "sealed", true }, { "events", true },
	{ "containers", true }, { "registered", true }, { "catch_all", true }, { "helpers", true },
};

const char *lkd_engine_version(void)
{
	return LKD_ENGINE_VERSION;
}

/* ---- small things ----------------------------------------------------- */

static const char *pin_path(char *buf, const char *name)
{
	(void)snprintf(buf, PATH_MAX, "%s/%s", LKD_PIN_DIR, name);
	return buf;
}

static int take_lock(const char *path, int how, int *ret, struct lkd_err *e)
{
	lkd_autofd fd = -EBADF;

	if (mkdir(LOCK_DIR, 0755) && errno != EEXIST)
		return lkd_err_set(e, errno, "make directory %s", LOCK_DIR);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return lkd_err_set(e, errno, "open lock %s", path);
	if (flock(fd, how))
		return lkd_err_set(e, errno == EWOULDBLOCK ? EBUSY : errno, "lock %s", path);
	*ret = lkd_take_fd(&fd);
	return 0;
}

static int check_bpffs(struct lkd_err *e)
{
	struct statfs fs;
	int r;

	if (statfs(LKD_PIN_ROOT, &fs))
		r = lkd_err_set(e, ENODEV, "look at %s: %s", LKD_PIN_ROOT, strerror(errno));
	else if (fs.f_type != BPF_FS_MAGIC)
		r = lkd_err_set(e, ENODEV, "no bpf file system on %s", LKD_PIN_ROOT);
	else
		return 0;
	return lkd_err_hint(e, r, "mount -t bpf bpf %s", LKD_PIN_ROOT);
}

static void kernel_name(char *buf, size_t size)
{
	struct utsname u;

	if (uname(&u))
		memset(&u, 0, sizeof(u));
	(void)snprintf(buf, size, "%s %s", u.release, u.version);
}

static const char not_for_us[] = "the kernel engine is only for unconfined root of the host";

static int read_info(struct lkd_engine_info *ret)
{
	lkd_autofd fd = bpf_obj_get(INFO_PIN);
	uint32_t zero = 0;
	char here[sizeof(ret->kernel)];

	/* to confined tasks our objects are not there, though their pins are */
	if (fd < 0)
		return errno == ENOENT && !access(INFO_PIN, F_OK) ? -EPERM : -errno;
	if (bpf_map_lookup_elem(fd, &zero, ret))
		return -errno;
	kernel_name(here, sizeof(here));
	if (ret->layout != LKD_LAYOUT || strncmp(ret->kernel, here, sizeof(here)))
		return -EPROTO;
	return 0;
}

static unsigned pins_missing(const struct lkd_engine_info *info)
{
	char path[PATH_MAX];
	unsigned n = 0;

	for (size_t i = 0; i < HOOK_COUNT_; i++)
		n += access(pin_path(path, hook_pins[i]), F_OK) != 0;
	for (size_t i = 0; i < LKD_N(map_pins); i++)
		n += access(pin_path(path, map_pins[i].name), F_OK) != 0;
	n += access(LKD_PIN_MARK, F_OK) != 0;
	n += access(LKD_PIN_TASKS, F_OK) != 0;
	for (size_t i = 0; i < SINGLE_COUNT_; i++)
		n += info->singles & (1u << i) && access(pin_path(path, single_table[i].pin), F_OK) != 0;
	return n;
}

/* ---- the running kernel's numbers ------------------------------------- */

struct numbers {
	uint64_t bpf;	  /* reasons that the verifier asks for */
	uint64_t kthread; /* reasons that kernel threads ask because of what others do */
	uint64_t quiet;	  /* reasons asked by reads that succeed: hibernate.c:disk_show, main.c:state_show */
	uint64_t fold;	  /* reasons asked for each key of one message: xfrm_user.c:xfrm_redact */
	uint32_t kexec, ioport;
};

/* which reasons belong to which set */
static const struct {
	const char *name;
	size_t set;
} memberships[] = {
	{ "LOCKDOWN_BPF_WRITE_USER", offsetof(struct numbers, bpf) },
	{ "LOCKDOWN_BPF_READ_KERNEL", offsetof(struct numbers, bpf) },
	/* asked at use, in whatever task does the I/O: loop devices, the last close of a file by a work queue */
	{ "LOCKDOWN_PCI_ACCESS", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_HIBERNATION", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_MODULE_PARAMETERS", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_PCMCIA_CIS", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_ACPI_TABLES", offsetof(struct numbers, kthread) },
	/* asked at open(2), which ksmbd, nfsd and ecryptfs do for others */
	{ "LOCKDOWN_DEV_MEM", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_EFI_TEST", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_DEBUGFS", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_KCORE", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_TRACEFS", offsetof(struct numbers, kthread) },
	/* and by work queues of BPF programs */
	{ "LOCKDOWN_BPF_WRITE_USER", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_BPF_READ_KERNEL", offsetof(struct numbers, kthread) },
	{ "LOCKDOWN_HIBERNATION", offsetof(struct numbers, quiet) },
	{ "LOCKDOWN_XFRM_SECRET", offsetof(struct numbers, fold) },
};

static int find_numbers(struct numbers *ret, struct lkd_err *e)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *t;
	const struct btf_enum *v;
	int id, r = 0;

	if (!btf) {
		r = lkd_err_set(e, ENODEV, "read the kernel's type information (BTF)");
		return lkd_err_hint(e, r, "a kernel with CONFIG_DEBUG_INFO_BTF=y");
	}
	memset(ret, 0, sizeof(*ret));
	id = btf__find_by_name_kind(btf, "lockdown_reason", BTF_KIND_ENUM);
	if (id < 0) {
		r = lkd_err_set(e, ENODEV, "no enum lockdown_reason in the kernel's BTF");
		goto out;
	}
	t = btf__type_by_id(btf, (uint32_t)id);
	v = btf_enum(t);
	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(btf, v[i].name_off);

		if (v[i].val < 0 || v[i].val >= LKD_REASON_BITS - 1) {
			r = lkd_err_set(e, ENODEV, "lockdown reason %s has number %d", name, v[i].val);
			goto out;
		}
		for (size_t j = 0; j < LKD_N(memberships); j++)
			if (!strcmp(name, memberships[j].name))
				*(uint64_t *)((char *)ret + memberships[j].set) |= LKD_BIT(v[i].val);
		if (!strcmp(name, "LOCKDOWN_KEXEC"))
			ret->kexec = (uint32_t)v[i].val;
		if (!strcmp(name, "LOCKDOWN_IOPORT"))
			ret->ioport = (uint32_t)v[i].val;
	}
out:
	btf__free(btf);
	return r;
}

/* ---- loading ---------------------------------------------------------- */

struct set { /* the programs of the chosen way of attaching */
	struct lockdown_bpf *skel;
	struct bpf_link *links[HOOK_COUNT_];
	struct bpf_link *singles[SINGLE_COUNT_]; /* NULL: not on this kernel */
	int mark; /* the program `mark`, without BTF */
	int root_cgroup; /* of cgroup2, or -EBADF */
	bool watches; /* the program for sysctls is attached there */
};

static void set_free(struct set *s)
{
	lkd_closep(&s->mark);
	lkd_closep(&s->root_cgroup);
	for (size_t i = 0; i < HOOK_COUNT_; i++)
		bpf_link__destroy(s->links[i]); /* pinned ones live on */
	for (size_t i = 0; i < SINGLE_COUNT_; i++)
		bpf_link__destroy(s->singles[i]);
	lockdown_bpf__destroy(s->skel);
}

/* The verifier's complaint is long; the last line that says something is the cause. */
static int LKD_PRINTF(2, 0) quiet_print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (getenv("LOCKDOWN_DEBUG"))
		return vfprintf(stderr, fmt, ap);
	(void)level;
	return 0;
}

static int load_error(struct lkd_err *e, int err, const char *what)
{
	int r = lkd_err_set(e, err, "%s", what);

	if (err == EPERM)
		return lkd_err_hint(e, r, "run as root of the host (CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN); a host at "
					  "lockdown=confidentiality may refuse too");
	return lkd_err_hint(e, r, "LOCKDOWN_DEBUG=1 shows what the kernel said");
}

/*
 * What tells a container from the host: namespaces and root of process 1. The
 * device is that of the file system, which stat(2) does not tell of all (btrfs).
 */
static int find_host(struct set *s, struct lkd_err *e)
{
	lkd_autofile *f = fopen("/proc/1/mountinfo", "re");
	struct stat mnt, pid, root;
	unsigned major = 0, minor = 0;
	char line[4096], where[16];
	bool found = false;

	/* the last one: mounted over the others */
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*d %*d %u:%u %*s %15s", &major, &minor, where) == 3 && !strcmp(where, "/")) {
			s->skel->rodata->lkd_host_dev = major << 20 | minor; /* MKDEV() of kdev_t.h */
			found = true;
		}
	if (!found || stat("/proc/1/ns/mnt", &mnt) || stat("/proc/1/ns/pid", &pid) || stat("/proc/1/root", &root))
		return lkd_err_set(e, errno ? errno : ENOENT, "look at process 1");
	s->skel->rodata->lkd_host_mnt = (uint32_t)mnt.st_ino;
	s->skel->rodata->lkd_host_pid = (uint32_t)pid.st_ino;
	s->skel->rodata->lkd_host_ino = root.st_ino;
	return 0;
}

/*
 * By a mount that is there: mounting it once more would change its options for the
 * whole host (kernel/cgroup/cgroup.c:apply_cgroup_root_flags). Where there is
 * none, or this is a container's, or somebody's program wants to be alone there,
 * the programs go without.
 */
static int open_root_cgroup(void)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < LKD_N(places); i++) {
		lkd_autofd fd = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		struct statfs fs;
		struct stat st;
		uint32_t flags = 0, n = 0;

		if (fd < 0 || fstatfs(fd, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC || fstat(fd, &st) || st.st_ino != 1)
			continue;
		if (bpf_prog_query(fd, BPF_CGROUP_SYSCTL, 0, &flags, NULL, &n) || (n && !(flags & BPF_F_ALLOW_MULTI)))
			break;
		return lkd_take_fd(&fd);
	}
	return -EBADF;
}

/*
 * The program for sysctls has no link: whoever gets one of a cgroup from its pin
 * may detach it (BPF_LINK_DETACH), which no hook sees. Without one that takes the
 * program, which is not handed to marked tasks, and nothing takes it off by itself.
 */
static void stop_watching(int root_cgroup, int prog)
{
	if (root_cgroup >= 0 && prog >= 0)
		(void)bpf_prog_detach2(prog, root_cgroup, BPF_CGROUP_SYSCTL);
}

static void singles_of(const struct set *s, struct bpf_program *ret[static SINGLE_COUNT_])
{
	struct bpf_program *const progs[SINGLE_COUNT_] = {
#define X(pin, prog, to, how, when) [SINGLE_##pin] = s->skel->progs.prog,
		SINGLES(X)
#undef X
	};

	memcpy(ret, progs, sizeof(progs));
}

/* those that this kernel can have; of helpers it has to tell both who asked and in what thread they begin */
static void choose_singles(const struct set *s)
{
	const bool preempted = !lkd_preempt_allows_fmod_ret();
	struct bpf_program *progs[SINGLE_COUNT_];
	bool there[SINGLE_COUNT_], helpers;

	for (size_t i = 0; i < SINGLE_COUNT_; i++)
		there[i] = libbpf_find_vmlinux_btf_id(single_table[i].to, single_table[i].how) > 0;
	there[SINGLE_sysctl] = there[SINGLE_sysctl] && s->root_cgroup >= 0;
	helpers = there[SINGLE_helper_asked] && there[SINGLE_helper_begins];
	singles_of(s, progs);
	for (size_t i = 0; i < SINGLE_COUNT_; i++) {
		const bool half = i >= SINGLE_helper_asked && !helpers;
		const bool can = there[i] && !half && (preempted || single_table[i].when != IF_PREEMPTED);

		bpf_program__set_autoload(progs[i], can || single_table[i].when == ALWAYS);
	}
}

static int open_set(const struct lkd_engine_opts *opts, bool reuse, struct set *s, struct lkd_err *e)
{
	const bool lsm = opts->mode == LKD_ATTACH_LSM;
	char path[PATH_MAX];
	struct stat st, ns;
	struct numbers num;
	int r;

	r = find_numbers(&num, e);
	if (r < 0)
		return r;
	if (stat(LKD_PIN_DIR, &st) || stat("/proc/self/ns/mnt", &ns))
		return lkd_err_set(e, errno, "look at %s and /proc/self/ns/mnt", LKD_PIN_DIR);

	s->skel = lockdown_bpf__open();
	if (!s->skel)
		return lkd_err_set(e, errno, "open the BPF programs");
	s->skel->rodata->lkd_bpf_reasons = num.bpf;
	s->skel->rodata->lkd_kthread_reasons = opts->no_kthread_rule ? 0 : num.kthread;
	s->skel->rodata->lkd_quiet_reads = num.quiet;
	s->skel->rodata->lkd_fold_reasons = num.fold;
	s->skel->rodata->lkd_nr_read[0] = SYS_read;
	s->skel->rodata->lkd_nr_read[1] = NR_COMPAT_read;
	s->skel->rodata->lkd_floor[0] = (struct lkd_floor){ SYS_kexec_load, NR_COMPAT_kexec_load, num.kexec };
#ifdef SYS_iopl
	s->skel->rodata->lkd_floor[1] = (struct lkd_floor){ SYS_iopl, NR_COMPAT_iopl, num.ioport };
	s->skel->rodata->lkd_floor[2] = (struct lkd_floor){ SYS_ioperm, NR_COMPAT_ioperm, num.ioport };
#else
	s->skel->rodata->lkd_floor[1] = s->skel->rodata->lkd_floor[2] = s->skel->rodata->lkd_floor[0];
#endif
	r = find_host(s, e);
	if (r < 0)
		return r;
	s->skel->rodata->lkd_mnt_ns = (uint32_t)ns.st_ino;
	s->skel->rodata->lkd_containers_v1 = lkd_container_v1();
	s->skel->rodata->lkd_pin_ino = st.st_ino;
	s->skel->rodata->lkd_pin_dev = (major(st.st_dev) << 20) | minor(st.st_dev); /* MKDEV() of kdev_t.h */

#define X(name)                                                                  \
	bpf_program__set_autoload(s->skel->progs.lsm_##name, lsm);               \
	bpf_program__set_autoload(s->skel->progs.fmod_##name, !lsm);
	HOOKS(X)
#undef X
	s->root_cgroup = open_root_cgroup();
	choose_singles(s);
	s->skel->rodata->lkd_sees_writes = bpf_program__autoload(s->skel->progs.lkd_sysctl);
	/* not to be mapped: that would cost whole pages */
	r = bpf_map__set_map_flags(s->skel->maps.rodata, BPF_F_RDONLY_PROG);
	if (!r)
		r = bpf_map__set_max_entries(s->skel->maps.marks, opts->max_tasks);
	if (!r)
		r = bpf_map__set_max_entries(s->skel->maps.containers, opts->max_containers);
	if (!r)
		r = bpf_map__set_max_entries(s->skel->maps.events, opts->event_bytes);
	if (r < 0)
		return lkd_err_set(e, -r, "size the tables");
	for (size_t i = 0; reuse && i < LKD_N(map_pins); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(s->skel->obj, map_pins[i].name);
		lkd_autofd fd = bpf_obj_get(pin_path(path, map_pins[i].name));

		if (fd < 0)
			return lkd_err_set(e, errno, "open pin %s", path);
		r = bpf_map__reuse_fd(map, fd);
		if (r < 0)
			return lkd_err_set(e, -r, "take over pin %s", path);
	}
	r = lockdown_bpf__load(s->skel);
	if (r < 0)
		return load_error(e, -r, "load the BPF programs");
	return 0;
}

/*
 * `mark` is the one program that marked tasks may open, to tighten themselves.
 * It is loaded once more without its BTF, because what has none can be neither
 * replaced (BPF_PROG_TYPE_EXT) nor traced: verifier.c:bpf_check_attach_target.
 */
static int load_mark(struct set *s, struct lkd_err *e)
{
	const struct bpf_program *prog = s->skel->progs.lkd_mark_self;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);

	s->mark = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "lkd_mark", "Dual BSD/GPL", bpf_program__insns(prog),
				bpf_program__insn_cnt(prog), &opts);
	return s->mark < 0 ? load_error(e, errno, "load the program that marks") : 0;
}

static bool attach_single(struct set *s, int i, const struct bpf_program *prog)
{
	if (i == SINGLE_sysctl) {
		s->watches = !bpf_prog_attach(bpf_program__fd(prog), s->root_cgroup, BPF_CGROUP_SYSCTL, BPF_F_ALLOW_MULTI);
		return s->watches;
	}
	s->singles[i] = bpf_program__attach(prog);
	return s->singles[i] != NULL;
}

static int attach_set(const struct lkd_engine_opts *opts, struct set *s, struct lkd_err *e)
{
	const bool lsm = opts->mode == LKD_ATTACH_LSM;
	struct bpf_program *progs[HOOK_COUNT_] = {
#define X(name) [HOOK_##name] = lsm ? s->skel->progs.lsm_##name : s->skel->progs.fmod_##name,
		HOOKS(X)
#undef X
	};

	struct bpf_program *singles[SINGLE_COUNT_];

	singles_of(s, singles);
	/* inheritance and guards first: the question is answered only when marks are safe */
	for (int i = HOOK_COUNT_ - 1; i >= 0; i--) {
		s->links[i] = bpf_program__attach(progs[i]);
		if (!s->links[i]) {
			char what[96];

			(void)snprintf(what, sizeof(what), "attach to the hook %s", hook_pins[i] + strlen("hook_"));
			return load_error(e, errno, what);
		}
	}
	for (int i = 0; i < SINGLE_COUNT_; i++) {
		char what[96];

		if (bpf_program__fd(singles[i]) < 0 || attach_single(s, i, singles[i]))
			continue;
		(void)snprintf(what, sizeof(what), "attach to %s", single_table[i].to);
		return load_error(e, errno, what);
	}
	return 0;
}

static int fill_sealed(const struct set *s, struct lkd_err *e)
{
	enum { NONE = 0 };
	enum { LKD_SEAL_NONE = -1 };
	static const struct {
		uint32_t guard;
		int	 seal;
		uint64_t magic;
		const char *dir, *file;
	} rows[] = {
#define SEALED(guard, seal, fs, dir, file) { LKD_GUARD_##guard, LKD_SEAL_##seal, LKD_FS_##fs, dir, file },
#include "seals.def"
	};
	static const struct lkd_sealed_key helpers = LKD_HELPERS_CLOSED;
	static const struct lkd_sealed open = { .guard = LKD_GUARD_HELPERS };
	static const char *const harmless[] = { "/sbin/modprobe", "/usr/sbin/modprobe", "/sbin/request-key" };
	int fd = bpf_map__fd(s->skel->maps.sealed);

	(void)NONE;
	for (size_t i = 0; i < LKD_N(rows); i++) {
		struct lkd_sealed_key key = { .name = lkd_hash(rows[i].file, strlen(rows[i].file)), .magic = rows[i].magic };
		struct lkd_sealed val = { .guard = rows[i].guard };

		if (*rows[i].dir)
			key.parent = lkd_hash(rows[i].dir, strlen(rows[i].dir));
		if (rows[i].seal >= 0)
			val.seal = 1u << rows[i].seal;
		if (bpf_map_update_elem(fd, &key, &val, BPF_ANY))
			return lkd_err_set(e, errno, "fill the table of sealed files");
	}
	for (size_t i = 0; i < LKD_N(harmless); i++) {
		const struct lkd_sealed_key key = { .name = lkd_hash(harmless[i], strlen(harmless[i])) };

		if (bpf_map_update_elem(fd, &key, &open, BPF_ANY))
			return lkd_err_set(e, errno, "fill the table of sealed files");
	}
	/* what the version before has closed stays closed */
	if (bpf_map_update_elem(fd, &helpers, &open, BPF_NOEXIST) && errno != EEXIST)
		return lkd_err_set(e, errno, "fill the table of sealed files");
	return 0;
}

struct ids {
	struct lkd_guarded_key key[64];
	uint32_t use[64];
	size_t n;
};

/* room in the table of guarded objects for two versions at a time and what containers add */
_Static_assert(2 * (2 * HOOK_COUNT_ + 2 * SINGLE_COUNT_ + LKD_N(map_pins) + 4) < 128, "max_entries of `guarded`");

static int add_id(struct ids *ids, int fd, uint32_t object, uint32_t use)
{
	/* the same struct tags that the kernel fills by length */
	union {
		struct bpf_map_info map;
		struct bpf_prog_info prog;
		struct bpf_link_info link;
	} u;
	uint32_t len = object == LKD_OBJECT_MAP	   ? sizeof(u.map) :
		       object == LKD_OBJECT_PROG ? sizeof(u.prog) :
						   sizeof(u.link);

	memset(&u, 0, sizeof(u));
	if (bpf_obj_get_info_by_fd(fd, &u, &len))
		return -errno;
	if (ids->n == LKD_N(ids->key))
		return -E2BIG;
	ids->key[ids->n].object = object;
	ids->key[ids->n].id = object == LKD_OBJECT_MAP	  ? u.map.id :
			      object == LKD_OBJECT_PROG ? u.prog.id :
							  u.link.id;
	ids->use[ids->n++] = use;
	return 0;
}

static int fill_guarded(const struct set *s, struct ids *ids, struct lkd_err *e)
{
	int fd = bpf_map__fd(s->skel->maps.guarded);
	struct bpf_program *prog;
	struct bpf_map *map;
	int r = 0;

	bpf_object__for_each_map(map, s->skel->obj)
		r = r ? r : add_id(ids, bpf_map__fd(map), LKD_OBJECT_MAP, LKD_USE_HOST);
	bpf_object__for_each_program(prog, s->skel->obj)
		if (bpf_program__fd(prog) >= 0)
			r = r ? r : add_id(ids, bpf_program__fd(prog), LKD_OBJECT_PROG, LKD_USE_HOST);
	r = r ? r : add_id(ids, s->mark, LKD_OBJECT_PROG, LKD_USE_ANYONE);
	for (size_t i = 0; i < HOOK_COUNT_; i++)
		r = r ? r : add_id(ids, bpf_link__fd(s->links[i]), LKD_OBJECT_LINK, LKD_USE_HOST);
	for (size_t i = 0; i < SINGLE_COUNT_; i++)
		if (s->singles[i])
			r = r ? r : add_id(ids, bpf_link__fd(s->singles[i]), LKD_OBJECT_LINK, LKD_USE_HOST);
	if (r < 0)
		return lkd_err_set(e, -r, "ask for the ids of our BPF objects");
	for (size_t i = 0; i < ids->n; i++)
		if (bpf_map_update_elem(fd, &ids->key[i], &ids->use[i], BPF_ANY))
			return lkd_err_set(e, errno, "fill the table of guarded objects");
	return 0;
}

/* ids of objects that are gone could be given to somebody else's */
static void forget_old_ids(const struct set *s, const struct ids *ids)
{
	int fd = bpf_map__fd(s->skel->maps.guarded);
	struct lkd_guarded_key all[256], *prev = NULL;
	size_t n = 0;

	while (n < LKD_N(all) && !bpf_map_get_next_key(fd, prev, &all[n]))
		prev = &all[n++];
	for (size_t i = 0; i < n; i++) {
		bool ours = false;

		for (size_t j = 0; j < ids->n; j++)
			ours |= !memcmp(&all[i], &ids->key[j], sizeof(all[i]));
		if (!ours)
			(void)bpf_map_delete_elem(fd, &all[i]);
	}
}

/*
 * Ask the kernel: a child marks itself and makes a call that a locked-down
 * kernel refuses before it looks at the arguments (which are invalid, so that
 * nothing happens either way). Attached programs that are never run, as with
 * LSM programs where `bpf` is not in lsm=, are found out here.
 */
static int self_test(const struct set *s, struct lkd_err *e)
{
	struct lkd_mark_request req = { .denied = ~0ULL, .layout = LKD_LAYOUT, .cookie = LKD_COOKIE_SELF_TEST };
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return lkd_err_set(e, errno, "fork for the self-test");
	if (!pid) {
		if (lkd_mark_run(s->mark, &req) || lkd_mark_run(s->mark, &req))
			_exit(2);
		if (!syscall(SYS_kexec_load, 0UL, 17UL, NULL, 0UL))
			_exit(1);
		_exit(errno == EPERM || errno == ENOSYS ? 0 : 1);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return lkd_err_set(e, errno, "wait for the self-test");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		return lkd_err_set(e, EIO, "self-test: a task could not mark itself");
	return lkd_err_set(e, EIO, "self-test: attached, but the kernel does not ask us (is bpf in lsm=?)");
}

static int pin_over(int fd, const char *name, struct lkd_err *e)
{
	char path[PATH_MAX], fresh[PATH_MAX + 4];

	pin_path(path, name);
	(void)snprintf(fresh, sizeof(fresh), "%s_new", path);
	(void)unlink(fresh); /* left by a loader that was killed */
	if (bpf_obj_pin(fd, fresh))
		return lkd_err_set(e, errno, "pin %s", fresh);
	if (rename(fresh, path))
		return lkd_err_set(e, errno, "rename %s", fresh);
	return 0;
}

static int pin_set(const struct lkd_engine_opts *opts, const struct set *s, bool reuse, struct lkd_err *e)
{
	struct lkd_engine_info info = {
		.layout = LKD_LAYOUT,
		.mode = opts->mode,
		.max_tasks = opts->max_tasks,
		.max_containers = opts->max_containers,
		.event_bytes = opts->event_bytes,
		.flags = opts->no_kthread_rule ? 0 : LKD_ENGINE_KTHREAD_RULE,
		.loaded_at = (uint64_t)time(NULL),
		.version = LKD_ENGINE_VERSION,
	};
	struct timespec now;
	uint32_t zero = 0;
	int r = 0;

	kernel_name(info.kernel, sizeof(info.kernel));
	for (size_t i = 0; !reuse && i < LKD_N(map_pins) && !r; i++)
		r = pin_over(bpf_object__find_map_fd_by_name(s->skel->obj, map_pins[i].name), map_pins[i].name, e);
	/* each rename drops the link of the version before, whose successor is attached by now */
	for (size_t i = 0; i < SINGLE_COUNT_ && !r; i++)
		if (s->singles[i]) {
			info.singles |= 1u << i;
			r = pin_over(bpf_link__fd(s->singles[i]), single_table[i].pin, e);
		}
	if (s->watches)
		info.singles |= 1u << SINGLE_sysctl;
	for (size_t i = 0; i < HOOK_COUNT_ && !r; i++)
		r = pin_over(bpf_link__fd(s->links[i]), hook_pins[i], e);
	if (!r)
		r = pin_over(s->mark, "mark", e);
	/* the program and not a link: whoever gets a link from its pin may put another program behind it */
	if (!r)
		r = pin_over(bpf_program__fd(s->skel->progs.lkd_tasks), "tasks", e);
	if (r < 0)
		return r;
	/* who asked for a helper before the programs were there has long got it by then */
	if (s->singles[SINGLE_helper_asked] && !clock_gettime(CLOCK_BOOTTIME, &now))
		info.helpers_since = (uint64_t)(now.tv_sec + HELPERS_GRACE_S) * 1000000000u;
	if (bpf_map_update_elem(bpf_map__fd(s->skel->maps.info), &zero, &info, BPF_ANY))
		return lkd_err_set(e, errno, "write what was loaded");
	r = pin_over(bpf_map__fd(s->skel->maps.info), "info", e);
	/* the last: whoever fails before takes its own off, and the pin names the one that stays */
	return r || !s->watches ? r : pin_over(bpf_program__fd(s->skel->progs.lkd_sysctl), "sysctl", e);
}

static bool is_mount_point(const char *path)
{
	struct statx st;

	return !statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &st) &&
	       (st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

/*
 * A private mount of the pins on themselves: it keeps an unmount that is
 * propagated from another mount namespace from taking the file system away,
 * and a plain umount of it from succeeding. See guard_umount() of the programs.
 */
static int hold_mount(struct lkd_err *e)
{
	if (is_mount_point(LKD_PIN_DIR))
		return 0;
	if (mount(LKD_PIN_DIR, LKD_PIN_DIR, NULL, MS_BIND, NULL) || mount(NULL, LKD_PIN_DIR, NULL, MS_PRIVATE, NULL))
		return lkd_err_set(e, errno, "mount %s on itself", LKD_PIN_DIR);
	return 0;
}

static void remove_pins(void)
{
	char path[PATH_MAX];
	lkd_autofd cgroup = open_root_cgroup(), watcher = bpf_obj_get(pin_path(path, "sysctl"));
	struct dirent *d;
	DIR *dir;

	while (is_mount_point(LKD_PIN_DIR) && !umount2(LKD_PIN_DIR, MNT_DETACH))
		;
	(void)unlink(INFO_PIN);
	(void)unlink(LKD_PIN_MARK);
	for (size_t i = 0; i < HOOK_COUNT_; i++)
		(void)unlink(pin_path(path, hook_pins[i]));
	stop_watching(cgroup, watcher);
	dir = opendir(LKD_PIN_DIR);
	while (dir && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			(void)unlink(pin_path(path, d->d_name));
	if (dir)
		(void)closedir(dir);
	(void)rmdir(LKD_PIN_DIR);
}

static int same_engine(const struct lkd_engine_info *have, const struct lkd_engine_opts *want, bool *ret,
		       struct lkd_err *e)
{
	int r;

	if (have->max_tasks != want->max_tasks || have->event_bytes != want->event_bytes ||
	    have->max_containers != want->max_containers) {
		r = lkd_err_set(e, EBUSY, "loaded for %u marked tasks, %u containers and %u bytes of events, not %u, %u and %u",
				have->max_tasks, have->max_containers, have->event_bytes, want->max_tasks,
				want->max_containers, want->event_bytes);
		return lkd_err_hint(e, r, "lockdownctl unload first; it refuses while confined tasks live");
	}
	*ret = have->mode == want->mode && !strcmp(have->version, LKD_ENGINE_VERSION) && !pins_missing(have) &&
	       !!(have->flags & LKD_ENGINE_KTHREAD_RULE) == !want->no_kthread_rule;
	return 0;
}

/* then the kernel calls no trampoline, and warns when one is taken away: kernel/trace/ftrace.c:ftrace_shutdown */
static bool ftrace_is_off(void)
{
	lkd_autofd fd = open("/proc/sys/kernel/ftrace_enabled", O_RDONLY | O_CLOEXEC);
	char c;

	return fd >= 0 && read(fd, &c, 1) == 1 && c == '0';
}

int lkd_engine_load(const struct lkd_engine_opts *asked, bool *ret_done, struct lkd_err *e)
{
	struct lkd_engine_opts opts = *asked;
	struct lkd_engine_info have = {};
	struct set s = { .mark = -EBADF, .root_cgroup = -EBADF };
	struct ids ids = {};
	lkd_autofd lock = -EBADF, before = -EBADF;
	char path[PATH_MAX];
	bool same = false, reuse;
	int r;

	libbpf_set_print(quiet_print);
	r = check_bpffs(e);
	if (r < 0)
		return r;
	if (opts.mode == LKD_ATTACH_FMOD_RET && !lkd_preempt_allows_fmod_ret()) {
		r = lkd_err_set(e, EOPNOTSUPP, "fmod_ret is not safe here: the kernel preempts %s", lkd_preempt());
		return lkd_err_hint(e, r, "put bpf into lsm= on the kernel command line, or boot with preempt=voluntary");
	}
	r = take_lock(LOCK_FILE, LOCK_EX, &lock, e);
	if (r < 0)
		return r;
	r = read_info(&have);
	if (r == -EPROTO) {
		r = lkd_err_set(e, EPROTO, "what is pinned in %s has another layout", LKD_PIN_DIR);
		return lkd_err_hint(e, r, "lockdownctl unload with the version that loaded it, or reboot");
	}
	if (r < 0 && r != -ENOENT)
		return lkd_err_set(e, -r, "read what is loaded (%s)%s%s", INFO_PIN, r == -EPERM ? ": " : "",
				   r == -EPERM ? not_for_us : "");
	reuse = !r;
	if (!opts.max_tasks)
		opts.max_tasks = reuse ? have.max_tasks : MAX_TASKS_DEFAULT;
	if (opts.max_tasks < MAX_TASKS_LEAST || opts.max_tasks > MAX_TASKS_MOST)
		return lkd_err_set(e, EINVAL, "%u marked tasks: expected %d to %d", opts.max_tasks, MAX_TASKS_LEAST,
				   MAX_TASKS_MOST);
	if (!opts.max_containers)
		opts.max_containers = reuse ? have.max_containers : LKD_CONTAINERS_DEFAULT;
	if (opts.max_containers > LKD_CONTAINERS_MOST)
		return lkd_err_set(e, EINVAL, "%u containers: expected at most %d", opts.max_containers, LKD_CONTAINERS_MOST);
	if (!opts.event_bytes)
		opts.event_bytes = reuse ? have.event_bytes : EVENT_BYTES_DEFAULT;
	if (opts.event_bytes & (opts.event_bytes - 1) || opts.event_bytes % (unsigned)getpagesize() ||
	    opts.event_bytes > EVENT_BYTES_MOST)
		return lkd_err_set(e, EINVAL, "%u bytes of events: expected pages, a power of two", opts.event_bytes);
	if (reuse) {
		r = same_engine(&have, &opts, &same, e);
		if (r < 0)
			return r;
		if (same) {
			*ret_done = false;
			return 0;
		}
	} else {
		/* without `info` a loader died in the middle: nothing of it is in use, as nobody could mark */
		remove_pins();
	}
	if (ftrace_is_off()) {
		r = lkd_err_set(e, EOPNOTSUPP, "kernel.ftrace_enabled is 0: the kernel would not call our programs");
		return lkd_err_hint(e, r, "sysctl kernel.ftrace_enabled=1");
	}
	if (mkdir(LKD_PIN_DIR, 0700) && errno != EEXIST)
		return lkd_err_set(e, errno, "make directory %s", LKD_PIN_DIR);

	before = bpf_obj_get(pin_path(path, "sysctl"));
	r = open_set(&opts, reuse, &s, e);
	if (!r)
		r = fill_sealed(&s, e);
	if (!r)
		r = load_mark(&s, e);
	if (!r)
		r = attach_set(&opts, &s, e);
	if (!r)
		r = fill_guarded(&s, &ids, e);
	if (!r)
		r = self_test(&s, e);
	if (!r)
		r = pin_set(&opts, &s, reuse, e);
	if (!r)
		r = hold_mount(e);
	if (!r) {
		if (s.watches)
			stop_watching(s.root_cgroup, before); /* its successor does */
		else if (before >= 0) /* it goes on, for who has the switch open */
			(void)add_id(&ids, before, LKD_OBJECT_PROG, LKD_USE_HOST);
		forget_old_ids(&s, &ids);
	} else if (s.watches) {
		stop_watching(s.root_cgroup, bpf_program__fd(s.skel->progs.lkd_sysctl));
	}
	if (r < 0 && !reuse)
		remove_pins();
	set_free(&s);
	if (!r)
		*ret_done = true;
	return r;
}

/* ---- unloading -------------------------------------------------------- */

static int first_few(void *arg, const struct lkd_engine_task *t)
{
	struct lkd_err *e = arg;
	size_t len = strlen(e->msg);

	if (len + 64 > sizeof(e->msg))
		return 1;
	(void)snprintf(e->msg + len, sizeof(e->msg) - len, " %s[%d]", t->comm, t->tgid);
	return 0;
}

static void pause_ms(long ms)
{
	(void)nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

/* A mark goes a moment after its task, when the kernel frees it: whom the iterator no longer finds is waited for. */
static bool any_marked(struct lkd_err *list)
{
	const size_t empty = strlen(list->msg);
	struct lkd_engine_status st;

	for (int i = 0; i < 300; i++, pause_ms(10)) {
		if (lkd_engine_status(&st, NULL) || !st.state.marked)
			return false;
		list->msg[empty] = '\0';
		if (lkd_engine_tasks(first_few, list, NULL) || list->msg[empty])
			return true;
	}
	return true;
}

static void remember_ids(struct ids *ret)
{
	char path[PATH_MAX];
	lkd_autofd table = bpf_obj_get(pin_path(path, "guarded"));
	struct lkd_guarded_key *prev = NULL;

	while (table >= 0 && ret->n < LKD_N(ret->key) && !bpf_map_get_next_key(table, prev, &ret->key[ret->n]))
		prev = &ret->key[ret->n++];
}

static bool is_there(const struct lkd_guarded_key *k)
{
	lkd_autofd fd = k->object == LKD_OBJECT_MAP  ? bpf_map_get_fd_by_id(k->id) :
			k->object == LKD_OBJECT_PROG ? bpf_prog_get_fd_by_id(k->id) :
						       bpf_link_get_fd_by_id(k->id);

	return fd >= 0;
}

/* The kernel lets go of what was pinned after a grace period or two. */
static int wait_until_gone(const struct ids *ids, struct lkd_err *e)
{
	size_t i = 0;

	for (int tries = 0; i < ids->n && tries < 1000; tries++) {
		if (is_there(&ids->key[i]))
			pause_ms(10);
		else
			i++;
	}
	if (i == ids->n)
		return 0;
	return lkd_err_set(e, EBUSY, "unpinned, but somebody still holds BPF object %u of ours", ids->key[i].id);
}

int lkd_engine_unload(bool force, struct lkd_err *e)
{
	struct lkd_err list = { .msg = "confined tasks live:" };
	lkd_autofd lock = -EBADF, mark = -EBADF;
	struct lkd_engine_info info;
	struct ids ids = {};
	int r = take_lock(LOCK_FILE, LOCK_EX, &lock, e);

	if (r < 0)
		return r;
	if (access(LKD_PIN_DIR, F_OK))
		return 0;
	if (read_info(&info) == -EPERM)
		return lkd_err_set(e, EPERM, "%s", not_for_us);
	mark = bpf_obj_get(LKD_PIN_MARK);
	if (mark >= 0 && unlink(LKD_PIN_MARK)) /* nobody marks itself from here on */
		return lkd_err_set(e, errno, "remove %s", LKD_PIN_MARK);
	if (!force && any_marked(&list)) {
		if (mark >= 0 && pin_over(mark, "mark", e))
			return -EIO;
		r = lkd_err_set(e, EBUSY, "%s", list.msg);
		return lkd_err_hint(e, r, "end them, or unload --force: they are unconfined from then on");
	}
	lkd_closep(&mark);
	mark = -EBADF;
	remember_ids(&ids);
	remove_pins();
	if (!access(LKD_PIN_DIR, F_OK))
		return lkd_err_set(e, EBUSY, "could not remove %s", LKD_PIN_DIR);
	return wait_until_gone(&ids, e);
}

/* ---- status ----------------------------------------------------------- */

static size_t fd_memory(int fd)
{
	char path[64], line[128];
	size_t kept = 0, n;
	lkd_autofile *f = NULL;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "memlock: %zu", &n) == 1)
			kept = n;
	return kept;
}

/* all that is ours stands in the table of guarded objects */
static void add_memory(struct lkd_engine_status *st)
{
	char path[PATH_MAX];
	lkd_autofd table = bpf_obj_get(pin_path(path, "guarded"));
	struct lkd_guarded_key key, *prev = NULL;

	while (table >= 0 && !bpf_map_get_next_key(table, prev, &key)) {
		lkd_autofd fd = -EBADF;

		prev = &key;
		if (key.object == LKD_OBJECT_MAP)
			fd = bpf_map_get_fd_by_id(key.id);
		else if (key.object == LKD_OBJECT_PROG)
			fd = bpf_prog_get_fd_by_id(key.id);
		if (fd < 0)
			continue; /* a link, or gone with the loader */
		st->memory += fd_memory(fd);
		st->maps += key.object == LKD_OBJECT_MAP;
		st->programs += key.object == LKD_OBJECT_PROG;
	}
}

static bool helpers_closed(void)
{
	static const struct lkd_sealed_key helpers = LKD_HELPERS_CLOSED;
	char path[PATH_MAX];
	lkd_autofd fd = bpf_obj_get(pin_path(path, "sealed"));
	struct lkd_sealed closed;

	return fd >= 0 && !bpf_map_lookup_elem(fd, &helpers, &closed) && closed.seal;
}

int lkd_engine_status(struct lkd_engine_status *ret, struct lkd_err *e)
{
	lkd_autofd fd = -EBADF;
	char path[PATH_MAX];
	uint32_t zero = 0;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = read_info(&ret->info);
	if (r == -ENOENT)
		return lkd_err_hint(e, lkd_err_set(e, ENOENT, "the kernel engine is not loaded"), "lockdownctl load");
	if (r == -EPROTO)
		return lkd_err_set(e, EPROTO, "what is pinned in %s has another layout or kernel", LKD_PIN_DIR);
	if (r == -EPERM)
		return lkd_err_set(e, EPERM, "%s", not_for_us);
	if (r < 0)
		return lkd_err_set(e, -r, "read %s", INFO_PIN);
	fd = bpf_obj_get(pin_path(path, "state"));
	if (fd < 0 || bpf_map_lookup_elem(fd, &zero, &ret->state))
		return lkd_err_set(e, errno, "read %s", path);
	ret->missing = pins_missing(&ret->info);
	ret->helpers_closed = helpers_closed();
	add_memory(ret);
	return 0;
}

int lkd_engine_tasks(int (*each)(void *arg, const struct lkd_engine_task *t), void *arg, struct lkd_err *e)
{
	lkd_autofd prog = bpf_obj_get(LKD_PIN_TASKS), link = -EBADF;
	lkd_autofile *f = NULL;
	char line[256];
	int fd, r = 0;

	if (prog < 0)
		return lkd_err_set(e, errno, "open %s", LKD_PIN_TASKS);
	link = bpf_link_create(prog, 0, BPF_TRACE_ITER, NULL);
	fd = link < 0 ? -1 : bpf_iter_create(link);
	if (fd < 0)
		return lkd_err_set(e, errno, "start the task iterator");
	f = fdopen(fd, "r");
	if (!f) {
		(void)close(fd);
		return lkd_err_set(e, ENOMEM, "read the task iterator");
	}
	while (!r && fgets(line, sizeof(line), f)) {
		struct lkd_engine_task t = {};
		unsigned long long denied, audited, cookie;

		if (sscanf(line, "%d %d %llx %llx %x %llu %31s %15[^\n]", &t.tgid, &t.pid, &denied, &audited, &t.seals,
			   &cookie, t.policy, t.comm) < 7)
			return lkd_err_set(e, EPROTO, "unexpected line from the task iterator");
		t.denied = denied;
		t.audited = audited;
		t.cookie = cookie;
		r = each(arg, &t);
	}
	return r;
}

/* ---- events ----------------------------------------------------------- */

struct lkd_engine_reader {
	struct ring_buffer *rb;
	int lock;
	int (*each)(void *arg, const struct lkd_event *ev);
	void *arg;
};

static int got_event(void *ctx, void *data, size_t size)
{
	struct lkd_engine_reader *r = ctx;

	return size < sizeof(struct lkd_event) ? 0 : r->each(r->arg, data);
}

int lkd_engine_reader_open(int (*each)(void *arg, const struct lkd_event *ev), void *arg,
			   struct lkd_engine_reader **ret, struct lkd_err *e)
{
	lkd_autofd lock = -EBADF, fd = -EBADF;
	struct lkd_engine_info info;
	struct lkd_engine_reader *r;
	char path[PATH_MAX];
	int err = read_info(&info);

	libbpf_set_print(quiet_print);
	if (err < 0)
		return lkd_err_hint(e, lkd_err_set(e, -err, "the kernel engine is not loaded"), "lockdownctl load");
	err = take_lock(READ_LOCK, LOCK_EX | LOCK_NB, &lock, e);
	if (err < 0)
		return err;
	fd = bpf_obj_get(pin_path(path, "events"));
	if (fd < 0)
		return lkd_err_set(e, errno, "open %s", path);
	r = calloc(1, sizeof(*r));
	if (!r)
		return lkd_err_set(e, ENOMEM, "open the events");
	r->each = each;
	r->arg = arg;
	r->rb = ring_buffer__new(fd, got_event, r, NULL);
	if (!r->rb) {
		err = lkd_err_set(e, errno, "map the events");
		free(r);
		return err;
	}
	r->lock = lkd_take_fd(&lock);
	*ret = r;
	return 0;
}

int lkd_engine_reader_poll(struct lkd_engine_reader *r, int timeout_ms, struct lkd_err *e)
{
	int n = timeout_ms ? ring_buffer__poll(r->rb, timeout_ms) : ring_buffer__consume(r->rb);

	if (n < 0)
		return lkd_err_set(e, -n, "read the events");
	return n;
}

void lkd_engine_reader_close(struct lkd_engine_reader *r)
{
	if (!r)
		return;
	ring_buffer__free(r->rb);
	(void)close(r->lock);
	free(r);
}
