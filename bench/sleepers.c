// SPDX-License-Identifier: BSD-2-Clause
/*
 * sleepers: N threads that sleep, and what the kernel says about its memory meanwhile.
 *
 *   sleepers N FILE...      prints FILEs and "asleep" when all sleep; then sleeps, too
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STACK = 16384 };

static pthread_barrier_t all;

static void *sleeper(void *arg)
{
	(void)arg;
	(void)pthread_barrier_wait(&all);
	for (;;)
		(void)pause();
	return NULL;
}

static int show(const char *path)
{
	static char buf[65536];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		perror(path);
		return 1;
	}
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (write(1, buf, (size_t)n) != n)
			return 1;
	(void)close(fd);
	return n < 0;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : -1;
	pthread_attr_t attr;
	pthread_t t;

	if (n < 0)
		return 2;
	if (pthread_attr_init(&attr) || pthread_attr_setstacksize(&attr, STACK) ||
	    pthread_barrier_init(&all, NULL, (unsigned)n + 1))
		return 1;
	for (int i = 0; i < n; i++)
		if (pthread_create(&t, &attr, sleeper, NULL)) {
			(void)fprintf(stderr, "sleepers: only %d threads\n", i);
			return 1;
		}
	(void)pthread_barrier_wait(&all);
	(void)sleep(1); /* what is freed late shall be freed */
	for (int i = 2; i < argc; i++)
		if (show(argv[i]))
			return 1;
	(void)puts("asleep");
	(void)fflush(stdout);
	for (;;)
		(void)pause();
}
