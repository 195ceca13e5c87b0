// SPDX-License-Identifier: BSD-2-Clause
/*
 * What brokers told: a file for each, in LKD_EVENTS_DIR. What is read is
 * punched out, so that the file neither grows nor is cut under its writer, who
 * only appends; a line that comes meanwhile stays. The lock on a file says that
 * its writer lives.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "ctl.h"
#include "tell.h"
#include "util.h"

static const char *text_of(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "?";
}

static void print_refusal(const json_t *j)
{
	const json_int_t times = json_integer_value(json_object_get(j, "repeated"));

	(void)printf("%s lockdown: %s refused: %s[%d] %s, %s", text_of(j, "time"), text_of(j, "reason"), text_of(j, "comm"),
		     (int)json_integer_value(json_object_get(j, "pid")), text_of(j, "syscall"), text_of(j, "detail"));
	if (times)
		(void)printf(" %lld times more", (long long)times);
	(void)printf(" (%s; held by broker; policy %s); to permit it: %s\n", text_of(j, "text"), text_of(j, "policy"),
		     text_of(j, "remedy"));
}

/* a line of the broker's, which nobody but root could have written; what is none is not shown */
static void show(const char *line, size_t len, bool json)
{
	json_auto_t *j = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(j))
		return;
	if (json) {
		lkd_autofree char *text = json_dumps(j, JSON_COMPACT);

		if (text)
			(void)puts(text);
	} else if (!strcmp(text_of(j, "event"), "lost")) {
		(void)printf("lockdown: %lld refusals were left out: too many at once, or nobody read them\n",
			     (long long)json_integer_value(json_object_get(j, "count")));
	} else {
		print_refusal(j);
	}
}

/* whole lines from @at on, as many as there are; returns where the next one begins */
static off_t show_lines(int fd, off_t at, off_t end, bool json)
{
	const size_t size = (size_t)(end - at);
	lkd_autofree char *buf = size <= 4 * LKD_EVENTS_MAX ? malloc(size) : NULL;
	const ssize_t n = buf ? pread(fd, buf, size, at) : -1;
	const char *p = buf, *line_end;

	while (n > 0 && (line_end = memchr(p, '\n', (size_t)(buf + n - p)))) {
		while (p < line_end && !*p) /* punched out before */
			p++;
		show(p, (size_t)(line_end - p), json);
		p = line_end + 1;
	}
	return n > 0 ? at + (p - buf) : at;
}

static bool believed(int fd, struct stat *ret)
{
	return !fstat(fd, ret) && S_ISREG(ret->st_mode) && ret->st_uid == geteuid() && !(ret->st_mode & 022);
}

static void read_file(int dir, const char *name, bool json)
{
	lkd_autofd fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	bool ended;
	off_t at, next;

	if (fd < 0 || !believed(fd, &st))
		return;
	ended = !flock(fd, LOCK_EX | LOCK_NB); /* before its end is read: nothing comes after */
	if (!ended && errno != EWOULDBLOCK)
		return;
	if (fstat(fd, &st))
		return;
	at = lseek(fd, 0, SEEK_DATA);
	if (at >= 0) {
		next = show_lines(fd, at, st.st_size, json);
		if (fflush(stdout) || ferror(stdout)) /* nobody got it: it stays */
			return;
		if (next > at && fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, next))
			(void)fprintf(stderr, "lockdownctl: '%s' will be shown again: %s\n", name, strerror(errno));
	}
	if (ended)
		(void)unlinkat(dir, name, 0);
}

bool events_in_files(bool json)
{
	DIR *d = opendir(LKD_EVENTS_DIR);
	struct dirent *e;

	while (d && !ferror(stdout) && (e = readdir(d)))
		if (e->d_name[0] != '.')
			read_file(dirfd(d), e->d_name, json);
	if (d)
		(void)closedir(d);
	return d != NULL;
}
