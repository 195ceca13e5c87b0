// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "util.h"

char *lkd_read_whole(int fd, size_t most, size_t *ret_len)
{
	size_t len = 0, room = 64 << 10;
	char *buf = malloc(room);

	while (buf) {
		const ssize_t n = read(fd, buf + len, room - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n < 0)
				break;
			buf[len] = '\0';
			*ret_len = len;
			return buf;
		}
		len += (size_t)n;
		if (len > most) {
			errno = EFBIG;
			break;
		}
		if (len == room - 1) {
			char *more = realloc(buf, room *= 2);

			if (!more)
				break;
			buf = more;
		}
	}
	free(buf);
	return NULL;
}

bool lkd_file_trusted(const struct stat *st)
{
	return (st->st_uid == 0 || st->st_uid == geteuid()) && !(st->st_mode & 022);
}

int lkd_file_replace(int dir, const char *name, const struct stat *like, const char *text, size_t len, bool sync)
{
	lkd_autofd fd = -EBADF;
	char fresh[64];
	int r = -EEXIST;

	/* one that was killed may have left a file under this number */
	for (int i = 0; i < 100 && r == -EEXIST; i++) {
		(void)snprintf(fresh, sizeof(fresh), ".lockdown.%d.%d", (int)getpid(), i);
		fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		r = fd < 0 ? -errno : 0;
	}
	if (r < 0)
		return r;
	r = lkd_write_all(fd, text, len);
	if (!r && (like->st_uid != geteuid() || like->st_gid != getegid()) && fchown(fd, like->st_uid, like->st_gid))
		r = -errno;
	if (!r && fchmod(fd, like->st_mode & 0777))
		r = -errno;
	if (!r && sync && fsync(fd))
		r = -errno;
	if (!r && renameat(dir, fresh, dir, name))
		r = -errno;
	if (r < 0)
		(void)unlinkat(dir, fresh, 0);
	else if (sync)
		(void)fsync(dir);
	return r;
}
