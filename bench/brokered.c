// SPDX-License-Identifier: BSD-2-Clause
/*
 * brokered ROUNDS: what a call through a broker costs beside a pipe ping-pong on
 * the same processor. Run it under lockdown-exec, and pinned; and once without. Prints name and
 * median nanoseconds of a call, tab-separated.
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 50 };

static int there[2], back[2];

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void ping(void)
{
	char c = 0;

	if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
		exit(1);
}

static int event(unsigned long long sample_type)
{
	struct perf_event_attr a = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(a), .config = PERF_COUNT_SW_CPU_CLOCK, .disabled = 1,
		.sample_type = sample_type, .sample_regs_intr = 1, .sample_period = 1000000,
	};

	return (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
}

/* a copy of 8 bytes and one of 128, and a refusal */
static void refused(void)
{
	const int fd = event(PERF_SAMPLE_REGS_INTR);

	if (fd >= 0) /* without a broker */
		close(fd);
}

/* a descriptor that is no terminal: no copy, but a look at the file */
static void port(void)
{
	if (!ioctl(there[0], 0x4B36, 0))
		exit(1);
}

static void performed(void)
{
	int fd = event(0);

	if (fd < 0)
		exit(1);
	close(fd);
}

static void other_ioctl(void)
{
	int n;

	if (ioctl(there[0], 0x541B /* FIONREAD */, &n))
		exit(1);
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name, void (*call)(void), int rounds)
{
	double *t = calloc((size_t)rounds, sizeof(*t));

	for (int i = 0; i < rounds; i++) {
		const long long start = now();

		for (int k = 0; k < BATCH; k++)
			call();
		t[i] = (double)(now() - start) / BATCH;
	}
	qsort(t, (size_t)rounds, sizeof(*t), by_value);
	printf("%s\t%.0f\n", name, t[rounds / 2]);
	free(t);
}

int main(int argc, char **argv)
{
	const int rounds = argc > 1 ? atoi(argv[1]) : 200;

	if (pipe(there) || pipe(back))
		return 1;
	if (!fork()) {
		char c;

		close(there[1]);
		while (read(there[0], &c, 1) == 1)
			if (write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	measure("ping-pong", ping, rounds);
	measure("refused, 128 bytes copied", refused, rounds);
	measure("refused by its file", port, rounds);
	measure("performed", performed, rounds);
	measure("ioctl that is not asked about", other_ioctl, rounds);
	measure("ping-pong again", ping, rounds);
	return 0;
}
