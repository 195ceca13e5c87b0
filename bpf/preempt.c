// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "preempt.h"

#define FSCONFIG_CREATE_ 6	     /* linux/mount.h: FSCONFIG_CMD_CREATE */
#define OPEN_FLAGS	 (O_RDONLY | O_CLOEXEC)

static const char *const models[] = { "none", "voluntary", "full", "lazy" };

static int open_debugfs_file(const char *name)
{
	int fs, mnt = -1, fd = -1;

	fs = (int)syscall(SYS_fsopen, "debugfs", 1 /* FSOPEN_CLOEXEC */);
	if (fs < 0)
		return -1;
	if (!syscall(SYS_fsconfig, fs, FSCONFIG_CREATE_, NULL, NULL, 0))
		mnt = (int)syscall(SYS_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */, 0);
	if (mnt >= 0) {
		fd = openat(mnt, name, OPEN_FLAGS);
		(void)close(mnt);
	}
	(void)close(fs);
	return fd;
}

const char *lkd_preempt(void)
{
	struct utsname u;
	char buf[128];
	ssize_t n = -1;
	int fd;

	if (uname(&u))
		return "unknown";
	if (strstr(u.version, "PREEMPT_RT"))
		return "rt";
	fd = open_debugfs_file("sched/preempt");
	if (fd >= 0) {
		n = read(fd, buf, sizeof(buf) - 1);
		(void)close(fd);
	}
	if (n > 0) { /* "none voluntary (full)": the one in force is in parentheses */
		buf[n] = '\0';
		for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
			char word[16];

			(void)snprintf(word, sizeof(word), "(%s)", models[i]);
			if (strstr(buf, word))
				return models[i];
		}
		return "unknown";
	}
	if (strstr(u.version, "PREEMPT_DYNAMIC"))
		return "unknown"; /* switchable, and nobody tells how it stands */
	if (strstr(u.version, "PREEMPT"))
		return "full";
	return "voluntary";
}

bool lkd_preempt_allows_fmod_ret(void)
{
	const char *m = lkd_preempt();

	return !strcmp(m, "none") || !strcmp(m, "voluntary");
}
