// SPDX-License-Identifier: BSD-2-Clause
/*
 * Many threads of one process ask the same refused questions at once. A policy
 * that skips its answer while another task is preempted inside it lets some
 * through; so with --rt half of the threads keep preempting each other.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probes.h"

static int op_open(void)
{
	int fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int op_kexec(void)
{
	return syscall(SYS_kexec_load, 0UL, 17UL, NULL, 0UL) < 0 ? errno : 0;
}

static int op_iopl(void)
{
	if (syscall(SYS_iopl, 3U) < 0)
		return errno;
	(void) syscall(SYS_iopl, 0U);
	return 0;
}

static int op_bpf(void)
{
	int fd = bpf_load_helper(2 /* kprobe */, 36 /* probe_write_user */, NULL, 0);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static const struct {
	const char	*name;
	int		(*run)(void);	/* 0 or positive errno */
	int		refusal;
	bool		odd_only;
} ops[] = {
	{ "open-devmem",	op_open,	EPERM,	false },
	{ "kexec_load",		op_kexec,	EPERM,	false },
	{ "iopl",		op_iopl,	EPERM,	false },
	{ "bpf-write-user",	op_bpf,		EINVAL,	true },
};

/* The operation does not exist here, which is neither an answer nor a leak. */
static bool absent(int err)
{
	return err == ENOENT || err == ENXIO || err == ENODEV || err == ENOSYS;
}

struct count {
	unsigned long long attempts, allowed;
};

struct worker {
	pthread_t	thread;
	unsigned int	index;
	int		priority;	/* 0: not real-time */
	struct count	count[N_OF(ops)];
};

static bool present[N_OF(ops)];
static volatile bool stop;

static void real_time(int priority)
{
	struct sched_param sp = { .sched_priority = priority };
	cpu_set_t set;

	/* The last CPU: the main thread and everybody else have the others. */
	CPU_ZERO(&set);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
	/* The system calls: musl's sched_setscheduler() is a stub. */
	if (syscall(SYS_sched_setaffinity, 0, sizeof(set), &set) < 0 ||
	    syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &sp) < 0)
		perror("lockdown-probe: SCHED_FIFO");
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct timespec nap = { 0 };

	if (w->priority) {
		real_time(w->priority);
		/* Different lengths, so that each wakes in the middle of another. */
		nap.tv_nsec = w->priority > 1 ? 20000L + 13000L * w->priority : 0;
	}
	for (unsigned int round = 0; !stop; round++) {
		for (size_t i = 0; i < N_OF(ops); i++) {
			int err;

			if (!present[i] || (ops[i].odd_only && !(w->index & 1)))
				continue;
			err = ops[i].run();
			/* Out of memory or a signal: not a verdict. */
			if (err == ENOMEM || err == EAGAIN || err == EINTR ||
			    err == EMFILE)
				continue;
			w->count[i].attempts++;
			w->count[i].allowed += err != ops[i].refusal;
		}
		if (nap.tv_nsec)
			nanosleep(&nap, NULL);
	}
	return NULL;
}

/* Return: exit status, 1 when anything was allowed. */
int hammer(unsigned int seconds, unsigned int threads, bool rt)
{
	struct worker *w = calloc(threads, sizeof(*w));
	struct timespec until;
	pthread_attr_t attr;
	int status = 0;

	if (!w)
		return 1;
	for (size_t i = 0; i < N_OF(ops); i++)
		present[i] = !absent(ops[i].run());
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 1 << 18);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	for (unsigned int i = 0; i < threads; i++) {
		w[i].index = i;
		/* Pairs, so that loaders and openers are among both kinds. */
		if (rt && (i & 2))
			w[i].priority = 1 + (i / 4 * 2 + (i & 1)) % 50;
		if (pthread_create(&w[i].thread, &attr, work, &w[i])) {
			fprintf(stderr, "lockdown-probe: only %u threads\n", i);
			threads = i;
			break;
		}
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL))
		;
	stop = true;
	for (unsigned int i = 0; i < threads; i++)
		pthread_join(w[i].thread, NULL);
	for (size_t i = 0; i < N_OF(ops); i++) {
		struct count sum = { 0 };

		for (unsigned int t = 0; t < threads; t++) {
			sum.attempts += w[t].count[i].attempts;
			sum.allowed += w[t].count[i].allowed;
		}
		printf("hammer\t%s\t%llu\t%llu\n", ops[i].name, sum.attempts,
		       sum.allowed);
		status |= sum.allowed > 0;
	}
	free(w);
	return status;
}
