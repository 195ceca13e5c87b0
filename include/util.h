/* SPDX-License-Identifier: BSD-2-Clause */
/* Small things that every part uses: cleanup attributes, array length, bits. */
#ifndef LKD_UTIL_H
#define LKD_UTIL_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LKD_N(a)      (sizeof(a) / sizeof((a)[0]))
#define LKD_BIT(n)    (1ULL << (n))
#define lkd_cleanup(f) __attribute__((cleanup(f)))

static inline void lkd_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0) /* 0 is a valid descriptor; -EBADF is our "none" */
		(void)close(*fd);
	*fd = -EBADF;
	errno = saved;
}
#define lkd_autofd lkd_cleanup(lkd_closep) int

static inline int lkd_take_fd(int *fd)
{
	int r = *fd;

	*fd = -EBADF;
	return r;
}

/** lkd_write_all() - write(2) until nothing is left; 0 or -errno */
static inline int lkd_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static inline void lkd_freep(void *p)
{
	int saved = errno;

	free(*(void **)p);
	*(void **)p = NULL;
	errno = saved;
}
#define lkd_autofree lkd_cleanup(lkd_freep)

static inline void lkd_fclosep(FILE **f)
{
	int saved = errno;

	if (*f)
		(void)fclose(*f);
	*f = NULL;
	errno = saved;
}
#define lkd_autofile lkd_cleanup(lkd_fclosep) FILE

#endif
