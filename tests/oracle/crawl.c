// SPDX-License-Identifier: BSD-2-Clause
/*
 * oracle-crawl: opens every file of the kernel's file systems, and says what
 * the kernel said. Three lines per file, as lockdown-probe prints:
 *
 *	r:PATH <TAB> ok|err <TAB> errno or "-" <TAB> -	O_RDONLY
 *	w:PATH						O_WRONLY; nothing is written
 *	m:PATH						mmap of one page for reading; not touched
 *
 * All names are collected before any file is opened, because opening some
 * makes others appear. It never reads, writes, follows links or asks by ioctl.
 * --left-out prints what is not opened, and why; directories named as arguments
 * are crawled instead of all.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "words.h"

#define N_OF(a)		(sizeof(a) / sizeof((a)[0]))
#define PATIENCE_US	2000000	/* what takes longer than this is interrupted: EINTR */

static const char *const roots[] = { "/proc", "/sys", "/dev" };

/* fnmatch() patterns of whole paths; '*' matches a '/' as well. A directory that matches is not entered. */
static const struct {
	const char *pattern;
	const char *why;
} left_out[] = {
	{ "/dev/watchdog*", "opening it starts the watchdog, which restarts the machine" },
	{ "*/lkd_ask*", "the test's own module" },
	{ "/dev/vport*", "the test lab's own channels" },
	{ "/dev/pts/*", "terminals of whoever runs" },
	{ "/dev/shm/*", "a tmpfs: ordinary files" },
	{ "/proc/[0-9]*", "one process per machine is enough: /proc/1 and /proc/self are visited" },
	{ "/proc/*/task", "the threads' files are the process's" },
	{ "/proc/*/map_files", "names are addresses" },
	{ "/proc/*/fd", "links to whatever is open" },
	{ "/proc/*/fdinfo", "names depend on what is open" },
	{ "/sys/fs/bpf/lockdown", "the engine's own pins, there is nothing to compare them with" },
};
/* visited in spite of a pattern above */
static const char *const kept[] = { "/proc/1", "/proc/self" };

static char **paths;
static size_t paths_n, paths_room;

static bool is_left_out(const char *path)
{
	for (size_t i = 0; i < N_OF(kept); i++)
		if (!strcmp(path, kept[i]))
			return false;
	for (size_t i = 0; i < N_OF(left_out); i++) {
		int flags = strstr(left_out[i].pattern, "[0-9]*") ? FNM_PATHNAME : 0;

		if (!fnmatch(left_out[i].pattern, path, flags))
			return true;
	}
	return false;
}

static void keep(const char *path)
{
	if (paths_n == paths_room) {
		paths_room = paths_room ? 2 * paths_room : 4096;
		paths = realloc(paths, paths_room * sizeof(*paths));
	}
	if (!paths || !(paths[paths_n++] = strdup(path))) {
		perror("oracle-crawl");
		exit(1);
	}
}

static void walk(const char *dir)
{
	char path[PATH_MAX];
	struct dirent *e;
	struct stat st;
	DIR *d = opendir(dir);

	if (!d)
		return;
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >= sizeof(path))
			continue;
		if (is_left_out(path))
			continue;
		if (lstat(path, &st)) {
			/* listed, but not there: an answer too */
			keep(path);
			continue;
		}
		if (S_ISDIR(st.st_mode))
			walk(path);
		else if (S_ISREG(st.st_mode) || S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
			keep(path);
	}
	closedir(d);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* again and again, should the first signal come before the call sleeps */
static void patience(long us)
{
	struct itimerval it = { .it_value.tv_usec = us % 1000000, .it_value.tv_sec = us / 1000000,
				.it_interval.tv_usec = us ? 100000 : 0 };

	setitimer(ITIMER_REAL, &it, NULL);
}

static void answer(char mode, const char *path, int err)
{
	printf("%c:%s\t%s\t%s\t-\n", mode, path, err ? "err" : "ok", errno_word(err));
}

static void ask(const char *path)
{
	static const struct {
		char mode;
		int flags;
	} ways[] = { { 'r', O_RDONLY }, { 'w', O_WRONLY } };

	for (size_t i = 0; i < N_OF(ways); i++) {
		struct stat st;
		void *p;
		int fd;

		patience(PATIENCE_US);
		fd = open(path, ways[i].flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
		answer(ways[i].mode, path, fd < 0 ? errno : 0);
		if (fd >= 0 && ways[i].mode == 'r' && !fstat(fd, &st) && !S_ISBLK(st.st_mode)) {
			p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
			answer('m', path, p == MAP_FAILED ? errno : 0);
			if (p != MAP_FAILED)
				munmap(p, 4096);
		}
		if (fd >= 0)
			close(fd);
		patience(0);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_alarm };

	if (argc == 2 && !strcmp(argv[1], "--left-out")) {
		for (size_t i = 0; i < N_OF(left_out); i++)
			printf("%s\t%s\n", left_out[i].pattern, left_out[i].why);
		return 0;
	}
	sigaction(SIGALRM, &sa, NULL);
	signal(SIGHUP, SIG_IGN);
	for (int i = 1; i < argc; i++)
		walk(argv[i]);
	for (size_t i = 0; argc < 2 && i < N_OF(roots); i++)
		walk(roots[i]);
	/* /proc/self is a link, which walk() does not follow */
	walk("/proc/self");
	qsort(paths, paths_n, sizeof(*paths), by_name);
	for (size_t i = 0; i < paths_n; i++)
		ask(paths[i]);
	return fflush(stdout) ? 1 : 0;
}
