// SPDX-License-Identifier: BSD-2-Clause
/*
 * broker-attack TRIES [NAME...]: what a workload does to a broker that looks at its
 * arguments, one line per attack:
 *
 *	name <TAB> tries <TAB> forbidden effects <TAB> answers
 *
 * Each race flips one aligned word, so that the call is either forbidden or not
 * valid: whatever succeeds is a forbidden effect. Without a broker, on a kernel
 * that is not locked down, all of them succeed now and then: that is the control.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/kd.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <linux/serial.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N_OF(a) (sizeof(a) / sizeof((a)[0]))
#define PIDFD_GETFD 438
#define PIDFD_OPEN  434

static long tries;

static bool benign_works(void);

/* ---- the word that is flipped, and who flips it ---- */

static struct shared {
	volatile bool stop;
	union {
		struct perf_event_attr perf;
		struct {
			union bpf_attr attr;
			struct bpf_insn good[8], bad[8]; /* bad: refused by every verifier */
			char license[8];
		} bpf;
		struct serial_struct serial;
		uint32_t msr[8];
		char bytes[4096];
	} u;
} *shared;

static uint64_t *word, word_a, word_b;
static int swap_fd = -1, fd_a = -1, fd_b = -1;

static void flip_once(void)
{
	if (word) {
		__atomic_store_n(word, word_a, __ATOMIC_RELAXED);
		__atomic_store_n(word, word_b, __ATOMIC_RELAXED);
	}
	if (swap_fd >= 0 && fd_a >= 0) {
		(void)dup2(fd_a, swap_fd);
		(void)dup2(fd_b, swap_fd);
	}
}

static void *flip(void *arg)
{
	(void)arg;
	while (!shared->stop)
		flip_once();
	return NULL;
}

static _Noreturn void flip_by_writev(pid_t victim)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!shared->stop) {
		uint64_t v[2] = { word_a, word_b };

		for (int i = 0; i < 2; i++) {
			struct iovec l = { &v[i], sizeof(v[i]) }, r = { word, sizeof(*word) };

			(void)process_vm_writev(victim, &l, 1, &r, 1, 0);
		}
	}
	_exit(0);
}

enum how { BY_THREAD, BY_PROCESS, BY_WRITEV, HOWS };
static const char *const how_words[HOWS] = { "thread", "shared mapping", "process_vm_writev" };

static void race(const char *name, enum how how, long (*call)(void))
{
	long forbidden = 0, refused = 0, other = 0;
	pthread_t thread;
	pid_t pid = 0, self = getpid();

	shared->stop = false;
	if (word) /* never anything else, not even before the first flip */
		*word = word_b;
	if (how == BY_THREAD) {
		pthread_create(&thread, NULL, flip, NULL);
	} else {
		pid = fork();
		if (!pid && how == BY_PROCESS) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			flip(NULL);
			_exit(0);
		}
		if (!pid)
			flip_by_writev(self);
	}
	for (long i = 0; i < tries; i++) {
		long r = call();

		forbidden += r > 0;
		refused += r == -EPERM || r == -ENXIO;
		other += r <= 0 && r != -EPERM && r != -ENXIO;
	}
	shared->stop = true;
	if (how == BY_THREAD)
		pthread_join(thread, NULL);
	else
		(void)waitpid(pid, NULL, 0);
	printf("%s by %s\t%ld\t%ld\trefused %ld, other %ld\n", name, how_words[how], tries, forbidden, refused, other);
	fflush(stdout);
}

/* ---- perf_event_open ---- */

static long call_perf(void)
{
	int fd = (int)syscall(SYS_perf_event_open, &shared->u.perf, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 1;
}

static void perf_attr(void)
{
	memset(&shared->u, 0, sizeof(shared->u));
	shared->u.perf = (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(struct perf_event_attr), .config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000, .sample_regs_intr = 1, .disabled = 1,
	};
}

static void attack_regs(void)
{
	for (int how = 0; how < HOWS; how++) {
		perf_attr();
		word = (uint64_t *)&shared->u.perf.sample_type;
		word_a = PERF_SAMPLE_REGS_INTR;
		word_b = 1ULL << 40;
		race("perf REGS_INTR", how, call_perf);
	}
}

static uint32_t source_type(const char *name)
{
	char path[96], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return 0;
	close(fd);
	return (uint32_t)atoi(text);
}

static void attack_kprobe(void)
{
	static const char function[] = "vfs_fsync_range";
	const uint32_t type = source_type("kprobe");
	const long all = tries;

	if (!type)
		return;
	tries = tries > 1000 ? tries / 10 : tries; /* each that succeeds patches the kernel */
	for (int how = 0; how < HOWS; how++) {
		perf_attr();
		shared->u.perf.sample_period = shared->u.perf.sample_regs_intr = shared->u.perf.config = 0;
		shared->u.perf.config1 = (uintptr_t)function;
		word = (uint64_t *)&shared->u.perf; /* type and size */
		word_a = *word = (uint64_t)sizeof(struct perf_event_attr) << 32 | type;
		word_b = (uint64_t)sizeof(struct perf_event_attr) << 32 | 99999;
		race("perf kprobe", how, call_perf);
	}
	tries = all;
}

/* memory that says something else each time it is looked at, and takes its time: userfaultfd(2) */
static struct {
	int fd;
	char *page;
	volatile bool stop;
} faults;

static long call_fault(void)
{
	int fd = (int)syscall(SYS_perf_event_open, faults.page, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 1;
}

static void *serve_faults(void *arg)
{
	static char page[4096] __attribute__((aligned(4096)));
	struct perf_event_attr *a = (void *)page;
	struct pollfd p = { .fd = faults.fd, .events = POLLIN };
	struct uffd_msg m;

	(void)arg;
	*a = shared->u.perf;
	for (unsigned n = 0; !faults.stop; n++) {
		struct uffdio_copy c = { .dst = (uintptr_t)faults.page, .src = (uintptr_t)page, .len = sizeof(page) };

		if (poll(&p, 1, 100) != 1 || read(faults.fd, &m, sizeof(m)) != sizeof(m))
			continue;
		a->sample_type = n & 1 ? PERF_SAMPLE_REGS_INTR : 1ULL << 40;
		(void)ioctl(faults.fd, UFFDIO_COPY, &c);
	}
	return NULL;
}

static void *drop_page(void *arg)
{
	while (!faults.stop)
		(void)madvise(faults.page, 4096, MADV_DONTNEED);
	return arg;
}

static void attack_fault(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	const long n = tries > 5000 ? tries / 10 : 100;
	long forbidden = 0, refused = 0;
	pthread_t t[2];

	faults.fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	faults.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (uintptr_t)faults.page;
	reg.range.len = 4096;
	perf_attr();
	if (faults.fd < 0 || ioctl(faults.fd, UFFDIO_API, &api) || ioctl(faults.fd, UFFDIO_REGISTER, &reg))
		return;
	pthread_create(&t[0], NULL, serve_faults, NULL);
	pthread_create(&t[1], NULL, drop_page, NULL);
	for (long i = 0; i < n; i++) {
		const long r = call_fault();

		forbidden += r > 0;
		refused += r == -EPERM;
	}
	faults.stop = true;
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);
	printf("perf REGS_INTR by userfaultfd\t%ld\t%ld\trefused %ld, other %ld\n", n, forbidden, refused, n - forbidden - refused);
}

/* a filter of the workload's own: it may refuse more, and ask nobody */
static void attack_filter(void)
{
	static const struct {
		int nr;
		uint32_t action;
	} filters[] = {
		{ SYS_process_vm_readv, SECCOMP_RET_ERRNO | EPERM }, { SYS_perf_event_open, SECCOMP_RET_USER_NOTIF },
		{ SYS_perf_event_open, SECCOMP_RET_TRACE },	     { SYS_perf_event_open, SECCOMP_RET_LOG },
		{ SYS_perf_event_open, SECCOMP_RET_ALLOW },	     { -1, SECCOMP_RET_ALLOW },
	};
	long bad = 0;

	for (size_t i = 0; i < N_OF(filters); i++) {
		struct sock_filter f[] = {
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)filters[i].nr, 0, 1),
			BPF_STMT(BPF_RET | BPF_K, filters[i].action),
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		};
		struct sock_fprog prog = { N_OF(f), f };
		const pid_t pid = fork();
		int status;

		if (!pid) {
			perf_attr();
			shared->u.perf.sample_type = PERF_SAMPLE_REGS_INTR;
			if (filters[i].nr < 0) /* a second listener would answer in the broker's place */
				_exit(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog) >= 0);
			if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
				_exit(1);
			_exit(call_perf() > 0);
		}
		(void)waitpid(pid, &status, 0);
		bad += status != 0;
	}
	printf("a filter of one's own\t%zu\t%ld\tbenign call afterwards: %s\n", N_OF(filters), bad + !benign_works(),
	       benign_works() ? "works" : "fails");
}

/* ---- bpf ---- */

static int bpf_command = BPF_PROG_LOAD;

static long call_bpf(void)
{
	int fd = (int)syscall(SYS_bpf, bpf_command, &shared->u.bpf.attr, sizeof(union bpf_attr), NULL, 0);

	if (fd < 0)
		return errno == EINVAL ? -EPERM : -errno;
	close(fd);
	return 1;
}

static void bpf_attr(void)
{
	static const struct bpf_insn prog[8] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = 113 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	memset(&shared->u, 0, sizeof(shared->u));
	memcpy(shared->u.bpf.good, prog, sizeof(prog));
	memcpy(shared->u.bpf.bad, prog, sizeof(prog));
	shared->u.bpf.bad[4].imm = 0x7fffff;
	strcpy(shared->u.bpf.license, "GPL");
	shared->u.bpf.attr.prog_type = BPF_PROG_TYPE_KPROBE;
	shared->u.bpf.attr.insn_cnt = 7;
	shared->u.bpf.attr.insns = (uintptr_t)shared->u.bpf.good;
	shared->u.bpf.attr.license = (uintptr_t)shared->u.bpf.license;
}

static void attack_bpf(void)
{
	for (int how = 0; how < HOWS; how++) {
		bpf_attr();
		word = (uint64_t *)&shared->u.bpf.good[4];
		memcpy(&word_a, &shared->u.bpf.good[4], 8);
		memcpy(&word_b, &shared->u.bpf.bad[4], 8);
		race("bpf instruction", how, call_bpf);
		bpf_attr();
		word = (uint64_t *)&shared->u.bpf.attr.insns;
		word_a = (uintptr_t)shared->u.bpf.good;
		word_b = (uintptr_t)shared->u.bpf.bad;
		race("bpf program pointer", how, call_bpf);
	}
}

/* BPF_COMMON_ATTRS, which since 7.x any command may carry: the same program by another number */
static void attack_common(void)
{
	long plain, common;

	bpf_attr();
	plain = call_bpf();
	bpf_command |= 1 << 16;
	common = call_bpf();
	bpf_command = BPF_PROG_LOAD;
	printf("bpf with common attributes\t2\t%d\t%s, %s\n", (plain > 0) + (common > 0),
	       strerror(plain < 0 ? (int)-plain : 0), strerror(common < 0 ? (int)-common : 0));
}

/* where the kernel lets a uprobe set registers (6.19), any process that runs into it could be steered: the broker too */
static void attack_registers(void)
{
	static const struct bpf_insn prog[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	/* not written by itself, but by a helper */
	static const struct bpf_insn by_helper[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3 },
		{ .code = BPF_JMP | BPF_CALL, .imm = 112 }, /* bpf_probe_read_user */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	long direct, helped;

	bpf_attr();
	shared->u.bpf.attr.insns = (uintptr_t)prog;
	shared->u.bpf.attr.insn_cnt = N_OF(prog);
	direct = call_bpf();
	shared->u.bpf.attr.insns = (uintptr_t)by_helper;
	shared->u.bpf.attr.insn_cnt = N_OF(by_helper);
	helped = call_bpf();
	printf("uprobe that sets registers\t2\t%d\t%s, %s\n", (direct > 0) + (helped > 0), strerror(direct < 0 ? (int)-direct : 0),
	       strerror(helped < 0 ? (int)-helped : 0));
}

/* ---- ioctls ---- */

static struct serial_struct settings;
static int tty = -1;

static long call_serial(void)
{
	struct serial_struct now;
	int r = ioctl(tty, TIOCSSERIAL, &shared->u.serial) ? -errno : 0;

	if (ioctl(tty, TIOCGSERIAL, &now))
		return -EIO;
	if (now.irq == settings.irq && now.type == settings.type)
		return r;
	(void)ioctl(tty, TIOCSSERIAL, &settings);
	return 1;
}

static void attack_serial(void)
{
	const long all = tries;

	tty = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (tty < 0 || ioctl(tty, TIOCGSERIAL, &settings))
		return;
	tries = tries > 1000 ? tries / 4 : tries; /* slow: the port is shut down and started */
	for (int how = 0; how < HOWS; how++) {
		memset(&shared->u, 0, sizeof(shared->u));
		shared->u.serial = settings;
		/* port and irq share an aligned word */
		word = (uint64_t *)(void *)((char *)&shared->u.serial + 8);
		memcpy(&word_b, word, 8);
		word_a = word_b ^ 1ULL << 32;
		race("TIOCSSERIAL irq", how, call_serial);
		/* and so do type and line */
		word = (uint64_t *)(void *)&shared->u.serial;
		memcpy(&word_b, word, 8);
		word_a = word_b ^ 1;
		race("TIOCSSERIAL type", how, call_serial);
	}
	tries = all;
}

static long call_ports(void)
{
	if (ioctl(swap_fd, KDENABIO, 0))
		return -errno;
	(void)ioctl(swap_fd, KDDISABIO, 0);
	return 1;
}

static long call_msr(void)
{
	return ioctl(swap_fd, 0xC02063A1UL, shared->u.msr) ? -errno : 1;
}

/* a descriptor that is one file when it is looked at, and another when it is used */
static void swap(const char *name, const char *path, int flags, long (*call)(void))
{
	fd_a = open(path, flags | O_NOCTTY | O_NONBLOCK);
	fd_b = open("/dev/null", O_RDWR);
	if (fd_a >= 0) {
		swap_fd = 200;
		word = NULL;
		(void)dup2(fd_a, swap_fd);
		race(name, BY_THREAD, call);
		swap_fd = -1;
	}
	close(fd_a);
	close(fd_b);
}

static void attack_swap(void)
{
	memset(&shared->u, 0, sizeof(shared->u));
	shared->u.msr[1] = 0xc0000103; /* TSC_AUX, in ecx */
	swap("KDENABIO, descriptor swapped", "/dev/tty1", O_RDWR, call_ports);
	swap("WRMSR_REGS, descriptor swapped", "/dev/cpu/0/msr", O_RDWR, call_msr);
}

/* registers that are not there, and one that is: whatever the memory says, nothing is written */
static void attack_msr(void)
{
	swap_fd = open("/dev/cpu/0/msr", O_RDWR);
	fd_a = fd_b = -1;
	for (int how = 0; how < HOWS && swap_fd >= 0; how++) {
		memset(&shared->u, 0, sizeof(shared->u));
		word = (uint64_t *)(void *)shared->u.msr; /* eax, ecx */
		word_a = 0xc0000103ULL << 32;
		word_b = 0x12345678ULL << 32;
		race("WRMSR_REGS", how, call_msr);
	}
	close(swap_fd);
	swap_fd = -1;
	word = NULL;
}

/* ---- the broker itself ---- */

static bool benign_works(void)
{
	struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(a), .config = PERF_COUNT_SW_CPU_CLOCK };
	int fd = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void *keep_calling(void *arg)
{
	(void)arg;
	for (;;)
		(void)call_perf();
	return NULL;
}

/* callers that end in the middle of a call: killed, or executing something else */
static void attack_vanish(void)
{
	long n = tries > 2000 ? tries / 20 : 50;

	perf_attr();
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();

		if (!pid) {
			pthread_t t;

			for (int k = 0; k < 3; k++)
				(void)pthread_create(&t, NULL, keep_calling, NULL);
			if (i & 1)
				execl("/bin/true", "true", NULL);
			for (;;)
				(void)call_perf();
		}
		usleep((useconds_t)(i * 37 % 500));
		kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	printf("callers that vanish\t%ld\t%d\tbenign call afterwards: %s\n", n, !benign_works(), benign_works() ? "works" : "fails");
}

/* kilobytes of the broker's that nobody else has; its figures are open to everybody */
static long broker_kb(pid_t pid)
{
	char path[48], line[256];
	long kb = 0, n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "RssAnon: %ld", &n) == 1)
			kb = n;
	if (f)
		fclose(f);
	return kb;
}

enum { CALLERS = 500 };
static long calls_each;
static long long slowest[CALLERS];

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void *storm_caller(void *arg)
{
	long long *worst = arg;
	long bad = 0;

	for (long i = 0; i < calls_each; i++) {
		const long long start = now();
		const long r = call_perf();

		bad += r != -EPERM; /* each has its answer, and it is the right one */
		if (now() - start > *worst)
			*worst = now() - start;
	}
	return (void *)bad;
}

static int by_value(const void *a, const void *b)
{
	const long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

/* 500 threads at once: every call is answered, and the broker is as large afterwards as it was */
static void attack_storm(void)
{
	static pthread_t threads[CALLERS];
	const pid_t pid = getppid();
	long bad = 0, before, after, n = 0;
	pthread_attr_t attr;
	long long start;

	perf_attr();
	shared->u.perf.sample_type = PERF_SAMPLE_REGS_INTR;
	(void)benign_works();
	for (int i = 0; i < 100; i++)
		(void)call_perf();
	before = broker_kb(pid);
	calls_each = tries / 50 > 2 ? tries / 50 : 2;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32768);
	start = now();
	for (int i = 0; i < CALLERS; i++)
		n += !pthread_create(&threads[i], &attr, storm_caller, &slowest[i]);
	for (int i = 0; i < n; i++) {
		void *r;

		pthread_join(threads[i], &r);
		bad += (long)r;
	}
	start = now() - start;
	after = broker_kb(pid);
	qsort(slowest, (size_t)n, sizeof(slowest[0]), by_value);
	bad += !benign_works() + (after > before + 8) + (n < CALLERS);
	printf("storm of %ld threads\t%ld\t%ld\t%.1f us a call, slowest of a thread: median %.1f ms, p99 %.1f ms; broker %ld kB, then %ld kB\n",
	       n, n * calls_each, bad, (double)start / 1e3 / (double)(n * calls_each), (double)slowest[n / 2] / 1e6,
	       (double)slowest[n * 99 / 100] / 1e6, before, after);
}

static pid_t broker_pid(void)
{
	return getppid(); /* it stays as our parent */
}

/* whatever gives a hold on it; returns how many did */
static void attack_reach(void)
{
	const pid_t pid = broker_pid();
	char path[64], text[64] = "";
	long n = 0, got = 0;
	struct iovec l = { text, 1 }, r = { (void *)0x400000, 1 };
	int fd;

	n++, got += !ptrace(PTRACE_ATTACH, pid, 0, 0);
	n++, got += !ptrace(PTRACE_SEIZE, pid, 0, 0);
	n++, got += process_vm_readv(pid, &l, 1, &r, 1, 0) > 0;
	n++, got += process_vm_writev(pid, &l, 1, &r, 1, 0) > 0;
	for (int rw = 0; rw < 2; rw++) {
		snprintf(path, sizeof(path), "/proc/%d/mem", pid);
		fd = open(path, rw ? O_RDWR : O_RDONLY);
		n++, got += fd >= 0;
	}
	snprintf(path, sizeof(path), "/proc/%d/fd/0", pid);
	fd = open(path, O_RDONLY);
	n++, got += fd >= 0;
	n++, got += readlink(path, text, sizeof(text)) > 0;
	fd = (int)syscall(PIDFD_OPEN, pid, 0);
	for (int i = 0; i < 8 && fd >= 0; i++)
		n++, got += syscall(PIDFD_GETFD, fd, i, 0) >= 0;
	printf("reach for the broker\t%ld\t%ld\t-\n", n, got);
}

/* limits on us, and on it: whoever may set them. Afterwards calls may fail, but not run unasked. */
static void attack_limits(void)
{
	const struct rlimit none = { 0, 0 };
	const pid_t pid = broker_pid(), child = fork();
	int status;

	if (!child) {
		long bad = 0;

		perf_attr();
		shared->u.perf.sample_type = PERF_SAMPLE_REGS_INTR;
		(void)setrlimit(RLIMIT_NOFILE, &none);
		(void)setrlimit(RLIMIT_MEMLOCK, &none);
		bad += call_perf() > 0;
		bad += benign_works(); /* no descriptor is to be had */
		for (int res = 0; res < RLIM_NLIMITS; res++)
			if (res != RLIMIT_CPU)
				(void)prlimit(pid, (unsigned)res, &none, NULL);
		bad += call_perf() > 0;
		_exit((int)bad);
	}
	(void)waitpid(child, &status, 0);
	printf("limits of 0\t3\t%d\t-\n", WIFEXITED(status) ? WEXITSTATUS(status) : 99);
}

static void attack_close(void)
{
	const pid_t child = fork();
	int status;

	if (!child) {
		long bad = 0;

		for (int fd = 3; fd < 1024; fd++)
			close(fd);
		perf_attr();
		shared->u.perf.sample_type = PERF_SAMPLE_REGS_INTR;
		bad += call_perf() > 0;
		shared->u.perf.sample_type = 0;
		bad += call_perf() <= 0;
		_exit((int)bad);
	}
	(void)waitpid(child, &status, 0);
	printf("all descriptors closed\t2\t%d\t-\n", WIFEXITED(status) ? WEXITSTATUS(status) : 99);
}

/* nobody listens any more: a filter of our own that asks, and a listener that lets the kernel go on */
static bool own_listener_wins(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { N_OF(f), f };
	const int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	struct seccomp_notif_resp resp = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
	struct seccomp_notif req = {};
	int status = 0;
	pid_t pid;

	if (listener < 0)
		return false;
	pid = fork();
	if (!pid)
		_exit(call_perf() > 0);
	if (!ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &req)) {
		resp.id = req.id;
		(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	}
	return waitpid(pid, &status, 0) == pid && status;
}

/* ---- who calls is not who called before: what the broker keeps of the last caller ---- */

static pid_t with_number(pid_t pid)
{
	/* struct clone_args: exit_signal, set_tid, set_tid_size */
	uint64_t args[11] = { [4] = SIGCHLD, [8] = pid ? (uintptr_t)&pid : 0, [9] = pid != 0 };

	return (pid_t)syscall(SYS_clone3, args, sizeof(args));
}

static long event_of_kernel(void)
{
	struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE, .size = sizeof(a), .config = PERF_COUNT_SW_CPU_CLOCK };
	int fd = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 1;
}

enum { NUMBERED = 300 };

static long numbered(void)
{
	return ioctl(NUMBERED, KDENABIO, 0) ? -errno : 1;
}

/* what it may, and which files it has */
static int open_and_root(void)
{
	return dup2(STDIN_FILENO, NUMBERED) != NUMBERED || numbered() != -ENOTTY || event_of_kernel() != 1 || numbered() != -ENOTTY;
}

static int closed_and_root(void)
{
	return numbered() != -EBADF || event_of_kernel() != 1;
}

/* all numbers are as before, and mean nothing here */
static int root_elsewhere(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	return syscall(SYS_capget, &head, data) || unshare(CLONE_NEWUSER) || syscall(SYS_capset, &head, data) || event_of_kernel() == 1;
}

static int somebody(void)
{
	return setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000) || event_of_kernel() == 1 || numbered() != -EBADF;
}

static int changing(void)
{
	return event_of_kernel() != 1 || setresuid(-1U, 1000, -1U) || event_of_kernel() == 1 || setresuid(-1U, 0, -1U) ||
	       event_of_kernel() != 1 || dup2(STDIN_FILENO, NUMBERED) != NUMBERED || numbered() != -ENOTTY || close(NUMBERED) ||
	       numbered() != -EBADF || root_elsewhere();
}

/* processes one after the other with the same number, each of another kind, so that none is taken for the one before */
static void attack_reuse(void)
{
	static int (*const kinds[])(void) = { open_and_root, closed_and_root, root_elsewhere, open_and_root, somebody, changing };
	const long n = tries / 20 > 30 ? tries / 20 : 30;
	long bad = 0, others = 0;
	pid_t pid = 0;

	for (long i = 0; i < n; i++) {
		const pid_t child = with_number(pid);
		int status = 0;

		if (!child)
			_exit(kinds[(size_t)i % N_OF(kinds)]());
		others += child < 0; /* somebody else has it now */
		bad += child > 0 && (waitpid(child, &status, 0) != child || status);
		pid = i % 100 == 99 || child < 0 ? 0 : child;
	}
	printf("numbers of those before\t%ld\t%ld\t%ld were taken\n", n, bad + (others > n / 2), others);
}

/* where the attribute is that the broker writes to, in whatever executes meanwhile */
enum { WRITTEN_AT = 0x20000000, WRITTEN_LEN = 4096 };

static void *written_page(void)
{
	return mmap((void *)(uintptr_t)WRITTEN_AT, WRITTEN_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* what has been executed: did somebody write to it? */
static int is_written(void)
{
	volatile uint32_t *w = written_page();

	for (int ms = 0; ms < 500; ms++, usleep(1000))
		for (size_t i = 0; i < WRITTEN_LEN / sizeof(*w); i++)
			if (w[i])
				return 1;
	return 0;
}

static void *execute_soon(void *arg)
{
	usleep(*(useconds_t *)arg);
	execl("/proc/self/exe", "broker-attack", "is-written", NULL);
	return NULL;
}

/*
 * A thread executes while its leader's program is verified, for long, and so has the
 * leader's number when the broker writes what was asked for: it could be a program
 * with more rights.
 */
static void attack_written(void)
{
	static struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | 0xa0 /* BPF_JLT */, .off = -2, .imm = 200000 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	enum { SIZE = 144, TRUE_SIZE_AT = 140 }; /* log_true_size, 6.4 */
	long bad = 0, n = 10;

	for (long i = 0; i < n; i++) {
		pid_t pid = fork();
		int status;

		if (!pid) {
			useconds_t delay = (useconds_t)(500 + 500 * i);
			union bpf_attr *attr = written_page();
			pthread_t t;

			attr->prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
			attr->insn_cnt = N_OF(insns);
			attr->insns = (uintptr_t)insns;
			attr->license = (uintptr_t) "GPL";
			attr->log_level = 4; /* only what it has taken */
			attr->log_buf = WRITTEN_AT + WRITTEN_LEN / 2;
			attr->log_size = WRITTEN_LEN / 2;
			memset((char *)attr + TRUE_SIZE_AT, 'A', SIZE - TRUE_SIZE_AT);
			(void)pthread_create(&t, NULL, execute_soon, &delay);
			(void)syscall(SYS_bpf, BPF_PROG_LOAD, attr, SIZE);
			for (;;)
				pause();
		}
		bad += waitpid(pid, &status, 0) != pid || status;
	}
	printf("what a thread executes\t%ld\t%ld\tis not written to\n", n, bad);
}

/* without any right, and with a number that is root's in the procfs that is mounted: it gets no right by that */
static void attack_another(void)
{
	static struct bpf_insn insns[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K }, { .code = BPF_JMP | BPF_EXIT } };
	const long n = 30;
	long bad = 0;

	for (long i = 0; i < n; i++) {
		pid_t pid = fork();
		int status;

		if (!pid) {
			union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_KPROBE, .insn_cnt = N_OF(insns) };

			attr.insns = (uintptr_t)insns;
			attr.license = (uintptr_t) "GPL";
			if (setgid(65533) || setuid(65533))
				_exit(1);
			_exit(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)) >= 0);
		}
		bad += waitpid(pid, &status, 0) != pid || status;
	}
	printf("with a number of root's\t%ld\t%ld\tgets no right\n", n, bad);
}

/* it dies: we are killed with it, and what we left behind gets no answer. The survivor writes the line. */
static void attack_kill(void)
{
	const pid_t pid = broker_pid();

	if (!fork()) {
		long r, bad = 0;

		(void)setsid();
		while (getppid() != 1 && !kill(pid, 0))
			usleep(10000);
		usleep(100000);
		perf_attr();
		r = call_perf();
		bad += r != -ENOSYS;
		shared->u.perf.sample_type = PERF_SAMPLE_REGS_INTR;
		bad += call_perf() != -ENOSYS;
		bad += own_listener_wins();
		printf("the broker is killed\t3\t%ld\tbenign: %s\n", bad, strerror((int)-r));
		fflush(stdout);
		_exit(0);
	}
	fflush(stdout);
	kill(pid, SIGKILL);
	sleep(5);
	printf("killed with the broker\t1\t1\tstill alive\n");
}

static const struct {
	const char *name;
	void (*run)(void);
} attacks[] = {
	{ "regs", attack_regs },     { "kprobe", attack_kprobe }, { "bpf", attack_bpf },   { "serial", attack_serial },
	{ "swap", attack_swap },     { "vanish", attack_vanish }, { "close", attack_close }, { "reach", attack_reach },
	{ "limits", attack_limits }, { "kill", attack_kill },   { "storm", attack_storm },
	{ "fault", attack_fault },   { "filter", attack_filter }, { "registers", attack_registers },
	{ "reuse", attack_reuse },   { "msr", attack_msr },	     { "common", attack_common },
	{ "written", attack_written }, { "another", attack_another },
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "is-written"))
		return is_written();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (argc < 3 || shared == MAP_FAILED) {
		fprintf(stderr, "usage: broker-attack TRIES NAME...\n");
		return 2;
	}
	tries = atol(argv[1]);
	for (int i = 2; i < argc; i++)
		for (size_t k = 0; k < N_OF(attacks); k++)
			if (!strcmp(argv[i], attacks[k].name))
				attacks[k].run();
	return 0;
}
