// SPDX-License-Identifier: BSD-2-Clause
/*
 * rules ROUNDS DIRECTORY...: the least that Landlock rules for each entry of some
 * directories take. Prints how many entries there are, the median nanoseconds of an
 * entry that is opened and closed, and of one that is given a rule in between.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ENTRIES_MAX = 4096 };

static struct {
	int dir;
	char name[64];
} entries[ENTRIES_MAX];
static int n_entries;

static void list(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;

	while (d && (e = readdir(d)) && n_entries < ENTRIES_MAX) {
		if (e->d_type == DT_LNK || *e->d_name == '.' || strlen(e->d_name) >= sizeof(entries[0].name))
			continue;
		entries[n_entries].dir = dirfd(d);
		strcpy(entries[n_entries++].name, e->d_name);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double each(int ruleset)
{
	const double start = now();

	for (int i = 0; i < n_entries; i++) {
		struct landlock_path_beneath_attr a = { .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE };

		a.parent_fd = openat(entries[i].dir, entries[i].name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (ruleset >= 0)
			(void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
		close(a.parent_fd);
	}
	return (now() - start) / n_entries;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	const struct { uint64_t handled_access_fs; } attr = { LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE };
	const int rounds = argc > 2 ? atoi(argv[1]) : 0;
	double *opened = calloc((size_t)rounds + 1, sizeof(*opened)), *ruled = calloc((size_t)rounds + 1, sizeof(*ruled));

	for (int i = 2; i < argc; i++)
		list(argv[i]);
	for (int i = 0; i < rounds && n_entries; i++) {
		const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

		if (ruleset < 0)
			return 1;
		opened[i] = each(-1);
		ruled[i] = each(ruleset);
		close(ruleset);
	}
	qsort(opened, (size_t)rounds, sizeof(*opened), by_value);
	qsort(ruled, (size_t)rounds, sizeof(*ruled), by_value);
	printf("entries\t%d\nopened and closed\t%.0f\nand a rule\t%.0f\n", n_entries, opened[rounds / 2], ruled[rounds / 2]);
	return 0;
}
