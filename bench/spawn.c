// SPDX-License-Identifier: BSD-2-Clause
/*
 * spawn: how long commands take to start and end, side by side.
 *
 *   spawn ROUNDS CPU ::: NAME COMMAND [ARGUMENT...] [::: NAME COMMAND...]...
 *
 * Each round starts every command once, one after the other, and each round
 * begins with another of them: what disturbs the machine disturbs all alike.
 * CPU pins all to one processor; -1 lets them roam. Prints NAME, round and
 * nanoseconds from posix_spawn(3) to the end of waitpid(2), tab-separated; in
 * a guest whose clock counts instructions these are instructions.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { COMMANDS_MAX = 16, WARM_UP = 5 };

static posix_spawn_file_actions_t quiet;

static long long now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long start(char **argv)
{
	long long t0 = now(), t1;
	int r, status = 0;
	pid_t pid;

	r = posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ);
	while (!r && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			r = errno;
	t1 = now();
	if (r || status) {
		(void)fprintf(stderr, "spawn: '%s': %s, status %#x\n", argv[0], strerror(r), (unsigned)status);
		return -1;
	}
	return t1 - t0;
}

int main(int argc, char **argv)
{
	char **commands[COMMANDS_MAX];
	int n = 0, rounds, cpu;
	cpu_set_t set;

	if (argc < 6)
		return 2;
	rounds = atoi(argv[1]);
	cpu = atoi(argv[2]);
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], ":::"))
			continue;
		argv[i] = NULL;
		if (n == COMMANDS_MAX || i + 2 >= argc)
			return 2;
		commands[n++] = argv + i + 1;
	}
	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : (size_t)cpu, &set);
	if (cpu >= 0 && sched_setaffinity(0, sizeof(set), &set)) {
		perror("spawn: pin to a processor");
		return 1;
	}
	if (posix_spawn_file_actions_init(&quiet) ||
	    posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0) ||
	    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0))
		return 1;
	for (int round = -WARM_UP; round < rounds; round++) {
		for (int i = 0; i < n; i++) {
			char **c = commands[(i + round + WARM_UP) % n];
			long long took = start(c + 1);

			if (took < 0)
				return 1;
			if (round >= 0)
				(void)printf("%s\t%d\t%lld\n", c[0], round, took);
		}
	}
	return 0;
}
