// SPDX-License-Identifier: BSD-2-Clause
/* TRACEFS: nearly every open, in three different errnos. */
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
	int dir = tracefs_dir();

	if (dir < 0)
		res_step(res, errno, "mount tracefs");
	return dir;
}

/*
 * arg: names separated by blanks, which one check in the kernel covers. The
 * verdict is the first one's; the detail names each when there are several.
 */
void probe_tracefs_open(struct result *res, const char *arg)
{
	char names[256], detail[240] = "", buf[16], *name, *save;
	int dir = dir_open(res);
	int count = 0, first = 0;
	size_t len = 0;

	if (dir < 0)
		return;
	snprintf(names, sizeof(names), "%s", arg);
	for (name = strtok_r(names, " ", &save); name;
	     name = strtok_r(NULL, " ", &save)) {
		int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
		int err = fd < 0 ? errno : 0;

		if (fd >= 0)
			close(fd);
		if (err == ENOENT)
			continue;
		if (!count++)
			first = err;
		len += snprintf(detail + len, sizeof(detail) - len, "%s%s=%s",
				len ? " " : "", name,
				err ? errno_name(err, buf) : "ok");
	}
	close(dir);
	if (!count)
		return res_step(res, ENOENT, "open tracefs %s", arg);
	if (count == 1)
		detail[0] = '\0';
	if (first)
		res_err(res, first, "%s", detail);
	else
		res_ok(res, "%s", detail);
}

/* arg: names separated by blanks; the first one that exists is the probe */
void probe_tracefs_any(struct result *res, const char *arg)
{
	char names[256], *name, *save;
	int dir = dir_open(res);
	int fd;

	if (dir < 0)
		return;
	snprintf(names, sizeof(names), "%s", arg);
	for (name = strtok_r(names, " ", &save); name;
	     name = strtok_r(NULL, " ", &save)) {
		if (faccessat(dir, name, F_OK, 0))
			continue;
		fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
		res_rc(res, fd);
		if (fd >= 0)
			close(fd);
		close(dir);
		return;
	}
	close(dir);
	res_step(res, ENOENT, "none of tracefs %s", arg);
}

void probe_tracefs_stat(struct result *res, const char *arg)
{
	int dir = dir_open(res);
	struct dirent *d;
	DIR *list;
	int stat, fd;

	(void) arg;
	if (dir < 0)
		return;
	stat = openat(dir, "trace_stat", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(dir);
	list = stat < 0 ? NULL : fdopendir(stat);
	if (!list)
		return res_step(res, errno, "open tracefs trace_stat");
	res_skip(res, "no file in tracefs trace_stat");
	while ((d = readdir(list))) {
		if (d->d_name[0] == '.')
			continue;
		fd = openat(stat, d->d_name, O_RDONLY | O_CLOEXEC);
		res_rc(res, fd);
		if (fd >= 0)
			close(fd);
		break;
	}
	closedir(list);
}

void probe_tracefs_readdir(struct result *res, const char *arg)
{
	int dir = dir_open(res);
	DIR *list;
	int fd;

	if (dir < 0)
		return;
	fd = openat(dir, arg, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(dir);
	if (fd < 0 && errno == ENOENT)
		return res_step(res, errno, "open tracefs %s", arg);
	list = fd < 0 ? NULL : fdopendir(fd);
	res_rc(res, list && readdir(list) ? 0 : -1);
	if (list)
		closedir(list);
}

void probe_tracefs_chmod(struct result *res, const char *arg)
{
	int dir = dir_open(res);
	struct stat st;

	if (dir < 0)
		return;
	if (fstatat(dir, arg, &st, AT_SYMLINK_NOFOLLOW) < 0)
		res_step(res, errno, "stat tracefs %s", arg);
	else
		res_rc(res, fchmodat(dir, arg, st.st_mode & 07777, 0));
	close(dir);
}

void probe_tracefs_mkdir(struct result *res, const char *arg)
{
	static const char name[] = "instances/lockdown-probe";
	int dir = dir_open(res);
	int rc;

	(void) arg;
	if (dir < 0)
		return;
	rc = mkdirat(dir, name, 0700);
	if (rc < 0 && errno == ENOENT)
		res_step(res, errno, "mkdir tracefs %s", name);
	else
		res_rc(res, rc);
	if (!rc)
		(void) unlinkat(dir, name, AT_REMOVEDIR);
	close(dir);
}

/* arg: module that brings a trace event system of the same name */
void probe_tracefs_module(struct result *res, const char *arg)
{
	struct module_stack deps = { 0 };
	char path[512], system[96];
	int dir;

	if (!module_ready(res, arg, path, sizeof(path)))
		return;
	dir = dir_open(res);
	if (dir < 0)
		return;
	if (module_load_deps(path, &deps) < 0) {
		res_step(res, errno, "load what %s.ko needs", arg);
	} else if (module_finit(path, "", 0) < 0) {
		res_step(res, errno, "load %s.ko", arg);
	} else {
		snprintf(system, sizeof(system), "events/%s", arg);
		res_ok(res, "%s %s", system,
		       faccessat(dir, system, F_OK, 0) ? "absent" : "present");
		module_unload(arg);
	}
	module_unload_deps(&deps);
	close(dir);
}
