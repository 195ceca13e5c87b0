// SPDX-License-Identifier: BSD-2-Clause
/* DEBUGFS: mode bits decide at open; changing them is refused altogether. */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes.h"

static int dir_open(struct result *res)
{
	int dir = debugfs_dir();

	if (dir < 0)
		res_step(res, errno, "mount debugfs");
	return dir;
}

/* arg of the two: names separated by blanks; the first that exists is the probe */
static void open_result(struct result *res, const char *arg, int flags)
{
	char names[128], *name, *save;
	int dir = dir_open(res);
	int fd;

	if (dir < 0)
		return;
	res_step(res, ENOENT, "open debugfs %s", arg);
	snprintf(names, sizeof(names), "%s", arg);
	for (name = strtok_r(names, " ", &save); name;
	     name = strtok_r(NULL, " ", &save)) {
		if (faccessat(dir, name, F_OK, 0))
			continue;
		fd = openat(dir, name, flags | O_CLOEXEC);
		res_rc(res, fd);
		if (fd >= 0)
			close(fd);
		break;
	}
	close(dir);
}

void probe_debugfs_read(struct result *res, const char *arg)
{
	open_result(res, arg, O_RDONLY);
}

void probe_debugfs_write(struct result *res, const char *arg)
{
	open_result(res, arg, O_WRONLY);
}

/* To the mode it has already. */
void probe_debugfs_chmod(struct result *res, const char *arg)
{
	int dir = dir_open(res);
	struct stat st;

	if (dir < 0)
		return;
	if (fstatat(dir, arg, &st, AT_SYMLINK_NOFOLLOW) < 0)
		res_step(res, errno, "stat debugfs %s", arg);
	else
		res_rc(res, fchmodat(dir, arg, st.st_mode & 07777, 0));
	close(dir);
}

void probe_debugfs_chmod_dir(struct result *res, const char *arg)
{
	int dir = dir_open(res);
	struct dirent *d;
	struct stat st;
	int fd;
	DIR *list;

	(void) arg;
	if (dir < 0)
		return;
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list = fd < 0 ? NULL : fdopendir(fd);
	if (!list) {
		res_step(res, errno, "open debugfs");
		close(dir);
		return;
	}
	res_skip(res, "no directory in debugfs");
	while ((d = readdir(list))) {
		/* "tracing" is the mount point of another filesystem. */
		if (d->d_name[0] == '.' || !strcmp(d->d_name, "tracing") ||
		    fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(st.st_mode))
			continue;
		res_rc(res, fchmodat(dir, d->d_name, st.st_mode & 07777, 0));
		break;
	}
	closedir(list);
	close(dir);
}

/* arg: "chown", "utimes" or "readdir" of the root, which debugfs does not own */
void probe_debugfs_root(struct result *res, const char *arg)
{
	int dir = dir_open(res);
	struct timespec ts[2];
	struct stat st;
	DIR *list;
	int fd;

	if (dir < 0)
		return;
	if (fstat(dir, &st) < 0) {
		res_step(res, errno, "stat debugfs");
	} else if (*arg == 'c') {
		res_rc(res, fchownat(dir, ".", st.st_uid, st.st_gid, 0));
	} else if (*arg == 'u') {
		ts[0] = st.st_atim;
		ts[1] = st.st_mtim;
		res_rc(res, utimensat(dir, ".", ts, 0));
	} else {
		fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		list = fd < 0 ? NULL : fdopendir(fd);
		res_rc(res, list && readdir(list) ? 0 : -1);
		if (list)
			closedir(list);
	}
	close(dir);
}

/* Made by the driver when it probes, or not. */
void probe_tpmi(struct result *res, const char *arg)
{
	struct dirent *d;
	bool found = false;
	char name[96];
	DIR *list;
	int dir;

	(void) arg;
	if (first_entry("/sys/bus/auxiliary/devices", "intel_vsec.tpmi", name,
			sizeof(name)) < 0)
		return res_skip(res, "no TPMI device");
	dir = dir_open(res);
	if (dir < 0)
		return;
	list = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	close(dir);
	if (!list)
		return res_step(res, errno, "open debugfs");
	while ((d = readdir(list)))
		found |= !strncmp(d->d_name, "tpmi-", 5);
	closedir(list);
	res_ok(res, "tpmi directory %s", found ? "present" : "absent");
}
