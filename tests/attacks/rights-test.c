// SPDX-License-Identifier: BSD-2-Clause
/*
 * rights-test N [SEED]: N times random credentials, and with each some calls that a
 * broker would perform; one line per call:
 *
 *	round <TAB> credentials <TAB> call <TAB> "ok" or errno
 *
 * The same seed gives the same questions: what the kernel answers a task itself, and
 * what it answers under a broker, are two runs to compare.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <linux/serial.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF	    39
#endif

static uint64_t state;

static uint32_t rnd(void)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33);
}

static uint32_t pick(const uint32_t *from, uint32_t n)
{
	return from[rnd() % n];
}

static pid_t sleeper(uint32_t uid)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (setgid(uid) || setuid(uid))
			_exit(1);
		prctl(PR_SET_DUMPABLE, 1);
		for (;;)
			pause();
	}
	return pid;
}

static long event(int type_config, pid_t pid, int cpu, int user_only)
{
	struct perf_event_attr a = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(a), .config = (unsigned)type_config, .disabled = 1,
		.exclude_kernel = (unsigned)user_only & 1, .sample_period = 1000000,
	};

	return syscall(SYS_perf_event_open, &a, pid, cpu, -1, 0);
}

static long load(uint32_t type)
{
	static const struct bpf_insn prog[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 }, { .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr a = {
		.prog_type = type, .insns = (uintptr_t)prog, .insn_cnt = 2, .license = (uintptr_t) "GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &a, sizeof(a));
}

static int tty;

static long serial(int what)
{
	struct serial_struct s;

	if (ioctl(tty, TIOCGSERIAL, &s))
		return -1;
	if (what == 1)
		s.closing_wait ^= 100;
	return ioctl(tty, TIOCSSERIAL, &s);
}

static void say(unsigned round, const char *who, const char *call, long r)
{
	const int error = errno;

	printf("%u\t%s\t%s\t%s\n", round, who, call, r < 0 ? strerror(error) : "ok");
}

static void take(char *who, size_t size)
{
	static const uint32_t ids[] = { 0, 1, 1000, 1001, 65534 };
	static const int caps[] = { CAP_SYS_ADMIN, CAP_PERFMON, CAP_BPF, CAP_NET_ADMIN, CAP_SYS_RESOURCE };
	const uint32_t ruid = pick(ids, 5), euid = rnd() % 3 ? ruid : pick(ids, 5), suid = rnd() % 3 ? euid : pick(ids, 5);
	const uint32_t rgid = pick(ids, 5), egid = rnd() % 3 ? rgid : pick(ids, 5);
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };
	uint64_t permitted = 0, effective = 0;
	gid_t groups[3] = { pick(ids, 5), pick(ids, 5), pick(ids, 5) };
	const size_t n = rnd() % 4;

	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		const uint32_t has = rnd() % 3;

		permitted |= (uint64_t)(has > 0) << caps[i];
		effective |= (uint64_t)(has > 1) << caps[i];
	}
	/* as far as they are to be had here at all */
	if (syscall(SYS_capget, &head, data))
		_exit(1);
	permitted &= data[0].permitted | (uint64_t)data[1].permitted << 32;
	effective &= permitted;
	snprintf(who, size, "uid %u,%u,%u gid %u,%u groups %zu caps %llx/%llx", ruid, euid, suid, rgid, egid, n,
		 (unsigned long long)permitted, (unsigned long long)effective);
	memset(data, 0, sizeof(data));
	data[0].permitted = (uint32_t)permitted;
	data[1].permitted = (uint32_t)(permitted >> 32);
	data[0].effective = (uint32_t)effective;
	data[1].effective = (uint32_t)(effective >> 32);
	prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (setgroups(n, groups) || setresgid(rgid, egid, rgid) || setresuid(ruid, euid, suid) ||
	    syscall(SYS_capset, &head, data))
		_exit(1);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

int main(int argc, char **argv)
{
	const unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 10;
	const pid_t of_root = sleeper(0), of_1000 = sleeper(1000);
	const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	FILE *f = fopen("/proc/sys/kernel/perf_event_paranoid", "w");

	if (f) { /* so that rights make a difference */
		fputs("2\n", f);
		fclose(f);
	}
	tty = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_NONBLOCK);
	for (unsigned i = 0; i < rounds; i++) {
		pid_t pid;
		int status;

		fflush(stdout);
		pid = fork();
		if (!pid) {
			char who[160];

			state = seed * 1000003 + i;
			(void)rnd();
			take(who, sizeof(who));
			say(i, who, "event of mine", event(PERF_COUNT_SW_CPU_CLOCK, 0, -1, 1));
			say(i, who, "event of mine, kernel too", event(PERF_COUNT_SW_CPU_CLOCK, 0, -1, 0));
			say(i, who, "event of root's process", event(PERF_COUNT_SW_CPU_CLOCK, of_root, -1, 1));
			say(i, who, "event of 1000's process", event(PERF_COUNT_SW_CPU_CLOCK, of_1000, -1, 1));
			say(i, who, "event of a processor", event(PERF_COUNT_SW_CPU_CLOCK, -1, 0, 1));
			say(i, who, "socket filter", load(BPF_PROG_TYPE_SOCKET_FILTER));
			say(i, who, "kprobe program", load(BPF_PROG_TYPE_KPROBE));
			say(i, who, "classifier", load(BPF_PROG_TYPE_SCHED_CLS));
			if (tty >= 0) {
				say(i, who, "serial, as it is", serial(0));
				say(i, who, "serial, waits less", serial(1));
			}
			fflush(stdout);
			_exit(0);
		}
		if (waitpid(pid, &status, 0) != pid || status) {
			fprintf(stderr, "rights-test: round %u ended with status %x\n", i, (unsigned)status);
			return 1;
		}
	}
	kill(of_root, SIGKILL);
	kill(of_1000, SIGKILL);
	return 0;
}
