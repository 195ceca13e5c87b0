// SPDX-License-Identifier: BSD-2-Clause
/* The emergency switch: a file below /run with the time when it ends. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "node.h"
#include "util.h"

static long long boottime(void)
{
	struct timespec ts;

	return clock_gettime(CLOCK_BOOTTIME, &ts) ? 0 : (long long)ts.tv_sec;
}

bool lkd_node_is_off(unsigned *ret_left, char *why, size_t size)
{
	lkd_autofd fd = open(LKD_NODE_OFF_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const long long now = boottime();
	char text[320], *words;
	struct stat st;
	long long until;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid || st.st_mode & 022)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	until = strtoll(text, &words, 10);
	if (words == text || until <= now || until - now > LKD_NODE_OFF_MAX)
		return false;
	if (ret_left)
		*ret_left = (unsigned)(until - now);
	(void)snprintf(why, size, "%s", *words ? words + 1 : "");
	return true;
}

int lkd_node_turn_off(unsigned seconds, const char *why)
{
	static const char fresh[] = LKD_NODE_OFF_FILE ".new";
	char text[320];
	int len, fd, r;

	if (!seconds || seconds > LKD_NODE_OFF_MAX)
		return -EINVAL;
	len = snprintf(text, sizeof(text), "%lld %.256s\n", boottime() + seconds, why);
	(void)mkdir("/run/container-lockdown", 0755);
	(void)unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	r = lkd_write_all(fd, text, (size_t)len);
	(void)close(fd);
	if (!r && rename(fresh, LKD_NODE_OFF_FILE))
		r = -errno;
	if (r < 0)
		(void)unlink(fresh);
	return r;
}

int lkd_node_turn_on(void)
{
	return unlink(LKD_NODE_OFF_FILE) ? -errno : 0;
}
