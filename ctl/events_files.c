// SPDX-License-Identifier: BSD-2-Clause
/*
 * What brokers told: a file for each, in LKD_EVENTS_DIR. What is read is
 * punched out, so that the file neither grows nor is cut under its writer, who
 * only appends; a line that comes meanwhile stays. The lock on a file says that
 * its writer lives.
 *
 * All brokers of a container write to one file, which is mounted there from
 * LKD_INSIDES_DIR, and comes to the others when the container ends
 * (oci-hooks/inside.c).
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

#include <lockdown/planbin.h>

#include "ctl.h"
#include "tell.h"
#include "util.h"

/* a file, and how it is shown */
struct source {
	bool json, ends; /* it goes when it is read and nobody writes to it any more */
	char container[256];
};

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
	(void)printf(" (%s; held by broker; policy %s", text_of(j, "text"), text_of(j, "policy"));
	if (json_object_get(j, "container"))
		(void)printf("; container %s", text_of(j, "container"));
	(void)printf("); to permit it: %s\n", text_of(j, "remedy"));
}

/* what a terminal would obey is no text of a broker's */
static bool plain(const json_t *j)
{
	const char *key, *s;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)j, key, v)
	{
		for (s = json_is_string(v) ? json_string_value(v) : ""; *s; s++)
			if ((unsigned char)*s < ' ' || (unsigned char)*s >= 0x7f)
				return false;
	}
	return true;
}

/* a line of a broker's; what is none is not shown: who is root in a container before it is confined could write there */
static void show(const char *line, size_t len, const struct source *from)
{
	json_auto_t *j = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(j) || !plain(j))
		return;
	if (from->container[0])
		(void)json_object_set_new(j, "container", json_string(from->container));
	if (from->json) {
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
static off_t show_lines(int fd, off_t at, off_t end, const struct source *from)
{
	const size_t size = (size_t)(end - at);
	lkd_autofree char *buf = size <= 4 * LKD_EVENTS_MAX ? malloc(size) : NULL;
	const ssize_t n = buf ? pread(fd, buf, size, at) : -1;
	const char *p = buf, *line_end;

	while (n > 0 && (line_end = memchr(p, '\n', (size_t)(buf + n - p)))) {
		while (p < line_end && !*p) /* punched out before */
			p++;
		show(p, (size_t)(line_end - p), from);
		p = line_end + 1;
	}
	return n > 0 ? at + (p - buf) : at;
}

static bool believed(int fd, const struct source *from, struct stat *ret)
{
	/* in a container it belongs to who is root there */
	return !fstat(fd, ret) && S_ISREG(ret->st_mode) && (ret->st_uid == geteuid() || !from->ends) && !(ret->st_mode & 022);
}

static void read_file(int dir, const char *name, const struct source *from)
{
	lkd_autofd fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool ended = false;
	struct stat st;
	off_t at, next;

	if (fd < 0 || !believed(fd, from, &st))
		return;
	if (from->ends) {
		ended = !flock(fd, LOCK_EX | LOCK_NB); /* before its end is read: nothing comes after */
		if (!ended && errno != EWOULDBLOCK)
			return;
	}
	if (fstat(fd, &st))
		return;
	at = lseek(fd, 0, SEEK_DATA);
	if (at >= 0) {
		next = show_lines(fd, at, st.st_size, from);
		if (fflush(stdout) || ferror(stdout)) /* nobody got it: it stays */
			return;
		if (next > at && fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, next))
			(void)fprintf(stderr, "lockdownctl: '%s' will be shown again: %s\n", name, strerror(errno));
	}
	if (ended)
		(void)unlinkat(dir, name, 0);
}

/* "c.ID.TIME.json" is a container's that has ended */
static void name_of_ended(const char *name, char *ret, size_t size)
{
	const char *end = strrchr(name, '.');

	*ret = '\0';
	if (strncmp(name, "c.", 2) != 0 || !end)
		return;
	while (end > name + 2 && *--end != '.')
		;
	if (end > name + 2)
		(void)snprintf(ret, size, "%.*s", (int)(end - name - 2), name + 2);
}

static void name_of_living(int dir, char *ret, size_t size)
{
	lkd_autofd fd = openat(dir, "id", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const ssize_t n = fd < 0 ? -1 : read(fd, ret, size - 1);

	ret[n > 0 ? n : 0] = '\0';
}

static bool each_in(const char *path, void (*each)(int dir, const char *name, struct source *from), struct source *from)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && !ferror(stdout) && (e = readdir(d)))
		if (e->d_name[0] != '.')
			each(dirfd(d), e->d_name, from);
	if (d)
		(void)closedir(d);
	return d != NULL;
}

static void of_ended(int dir, const char *name, struct source *from)
{
	from->ends = true;
	name_of_ended(name, from->container, sizeof(from->container));
	read_file(dir, name, from);
}

static void of_living(int dir, const char *name, struct source *from)
{
	lkd_autofd own = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	from->ends = false;
	if (own < 0)
		return;
	name_of_living(own, from->container, sizeof(from->container));
	read_file(own, "events", from);
}

bool events_in_files(bool json)
{
	struct source from = { .json = json };
	const bool living = each_in(LKD_INSIDES_DIR, of_living, &from);

	return each_in(LKD_EVENTS_DIR, of_ended, &from) || living;
}
