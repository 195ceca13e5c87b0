// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "shield.h"
#include "user.h"

#define BIT(cap) (1ULL << (cap))

static int get_capabilities(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capget, &head, data) ? -errno : 0;
}

static int set_capabilities(const struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

int lkd_user_check(void)
{
	/* oci-hooks/edit.c asks for the same */
	const uint64_t want = BIT(CAP_SETUID) | BIT(CAP_KILL) | BIT(CAP_SYS_PTRACE) | BIT(CAP_SYS_ADMIN);
	struct __user_cap_data_struct data[2];
	const int r = get_capabilities(data);

	if (r < 0)
		return r;
	return want & ~((uint64_t)data[1].effective << 32 | data[0].effective) ? -EPERM : 0;
}

/* as runtimes do: who reads the terminal may also open it. Where that is refused they go on, too. */
static void give_stdio(uid_t uid)
{
	struct stat st;

	for (int fd = 0; fd <= 2; fd++)
		if (!fstat(fd, &st) && st.st_uid != uid && !(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)))
			(void)fchown(fd, uid, (gid_t)-1);
}

static uint64_t ambient(void)
{
	uint64_t ret = 0;

	for (unsigned long cap = 0; cap < 64; cap++) {
		const int r = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0);

		if (r < 0)
			break; /* there are no more */
		ret |= r ? BIT(cap) : 0;
	}
	return ret;
}

/* "name:password:uid:gid:comment:directory:shell"; without the C library's, which asks daemons */
static bool find_home(uid_t uid, char *ret, size_t size)
{
	static char text[64 * 1024]; /* stacks are small here */
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && len < sizeof(text) - 1 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	if (fd >= 0)
		(void)close(fd);
	text[len] = '\0';
	for (char *line = text, *next; *line; line = next) {
		char *field[6] = { line }, *end;
		size_t i;

		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		for (i = 1; i < 6 && (end = strchr(field[i - 1], ':')); i++) {
			*end = '\0';
			field[i] = end + 1;
		}
		if (i < 6 || strtoul(field[2], &end, 10) != uid || *end || end == field[2])
			continue;
		return (size_t)snprintf(ret, size, "%.*s", (int)strcspn(field[5], ":"), field[5]) < size && *ret;
	}
	return false;
}

static int set_home(uid_t uid)
{
	static char home[PATH_MAX];

	(void)strcpy(home, "HOME=");
	if (!find_home(uid, home + 5, sizeof(home) - 5))
		(void)strcpy(home + 5, "/");
	return putenv(home) ? -ENOMEM : 0;
}

int lkd_user_become(uid_t uid, bool home)
{
	struct __user_cap_data_struct data[2];
	const uint64_t keep = ambient();
	int r = get_capabilities(data);

	if (r < 0)
		return r;
	give_stdio(uid);
	/* with capabilities that nobody of that id has, until this memory is out of reach again: see rights.c */
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || syscall(SYS_setresuid, uid, uid, uid))
		return -errno;
	r = lkd_shield_self();
	if (r < 0)
		return r;
	for (int i = 0; i < 2; i++)
		data[i].permitted = data[i].effective = (uint32_t)(keep >> 32 * i);
	r = set_capabilities(data);
	for (unsigned long cap = 0; !r && cap < 64; cap++)
		if (keep & BIT(cap) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0))
			r = -errno;
	return r < 0 || !home ? r : set_home(uid);
}
