// SPDX-License-Identifier: BSD-2-Clause
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "inside.h"
#include "tell.h"
#include "util.h"

static bool runnable(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

bool lkd_beside(const char *name, char *ret, size_t size)
{
	const ssize_t n = readlink("/proc/self/exe", ret, size - 1);
	char *slash;

	ret[n > 0 ? n : 0] = '\0';
	slash = strrchr(ret, '/');
	if (slash && (size_t)(slash + 1 - ret) + strlen(name) < size) {
		(void)strcpy(slash + 1, name);
		if (runnable(ret))
			return true;
	}
	return (size_t)snprintf(ret, size, "%s/%s", LKD_BINDIR, name) < size && runnable(ret);
}

static int find_dir(const char *bundle, char *ret, size_t size, struct lkd_err *e)
{
	struct stat st;

	if (stat(bundle, &st))
		return lkd_err_set(e, errno, "look at the bundle '%s': %s", bundle, strerror(errno));
	(void)snprintf(ret, size, "%s/%llx-%llx", LKD_INSIDES_DIR, (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	return 0;
}

int lkd_inside_of(const char *bundle, struct lkd_inside *ret, struct lkd_err *e)
{
	const int r = find_dir(bundle, ret->dir, sizeof(ret->dir), e);

	if (r < 0)
		return r;
	if (!lkd_beside("lockdown-exec", ret->exec, sizeof(ret->exec)))
		ret->exec[0] = '\0';
	return 0;
}

static int make_directories(const char *dir)
{
	static const struct {
		const char *path;
		mode_t mode;
	} above[] = {{"/run/container-lockdown", 0755}, {LKD_INSIDES_DIR, 0711}};
	struct stat st;

	for (size_t i = 0; i < LKD_N(above); i++)
		if (mkdir(above[i].path, above[i].mode) && errno != EEXIST)
			return -errno;
	/* whoever is root in a user namespace has to come this far */
	if ((mkdir(dir, 0755) && errno != EEXIST) || chmod(LKD_INSIDES_DIR, 0711) || chmod(dir, 0755) || lstat(dir, &st))
		return -errno;
	return S_ISDIR(st.st_mode) && lkd_file_trusted(&st) ? 0 : -EPERM;
}

/* a file that is there, of that owner and mode */
static int make_file(int dir, const char *name, mode_t mode, uid_t owner)
{
	lkd_autofd fd = openat(dir, name, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || fchown(fd, owner, (gid_t)-1) || fchmod(fd, mode))
		return fd < 0 || errno ? -errno : -EPERM;
	return 0;
}

void lkd_inside_name(const struct lkd_inside *in, const char *id)
{
	const struct stat like = {.st_mode = S_IFREG | 0600, .st_uid = geteuid(), .st_gid = getegid()};
	lkd_autofd dir = open(in->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir >= 0)
		(void)lkd_file_replace(dir, "id", &like, id, strlen(id), false);
}

/* lines that nobody has shown yet: they wait with those of other brokers, under the container's name */
static void keep_events(int dir)
{
	lkd_autofd fd = openat(dir, "events", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC),
		   name = openat(dir, "id", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char path[sizeof(LKD_EVENTS_DIR) + 256], id[201];
	const ssize_t n = name < 0 ? -1 : read(name, id, sizeof(id) - 1);

	if (fd < 0 || lseek(fd, 0, SEEK_DATA) < 0)
		return;
	id[n > 0 ? n : 0] = '\0';
	(void)mkdir(LKD_EVENTS_DIR, 0700);
	(void)snprintf(path, sizeof(path), "%s/c.%s.%lld.json", LKD_EVENTS_DIR, id, (long long)time(NULL));
	if (fchown(fd, geteuid(), (gid_t)-1) || renameat(dir, "events", AT_FDCWD, path))
		syslog(LOG_WARNING, "what was refused to '%s' is not told: %s", id, strerror(errno));
}

void lkd_inside_remove(const struct lkd_inside *in)
{
	static const char *const names[] = {"plan", "exec", "events", "id", "bundle"};
	lkd_autofd dir = open(in->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0)
		return;
	keep_events(dir);
	for (size_t i = 0; i < LKD_N(names); i++)
		(void)unlinkat(dir, names[i], 0);
	(void)rmdir(in->dir);
}

/* of a bundle that is gone, or whose place another has taken */
static void sweep(void)
{
	DIR *d = opendir(LKD_INSIDES_DIR);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		struct lkd_inside there = {.exec = ""};
		char path[sizeof(there.dir) + 16], now[sizeof(there.dir)];
		lkd_autofree char *bundle = NULL;
		lkd_autofd fd = -EBADF;
		size_t len;

		if (entry->d_name[0] == '.' || strlen(entry->d_name) > 40)
			continue;
		(void)snprintf(there.dir, sizeof(there.dir), "%s/%s", LKD_INSIDES_DIR, entry->d_name);
		(void)snprintf(path, sizeof(path), "%s/bundle", there.dir);
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		bundle = fd < 0 ? NULL : lkd_read_whole(fd, PATH_MAX, &len); /* none: just being made */
		if (bundle && (find_dir(bundle, now, sizeof(now), NULL) < 0 || strcmp(now, there.dir) != 0))
			lkd_inside_remove(&there);
	}
	if (d)
		(void)closedir(d);
}

int lkd_inside_make(const struct lkd_inside *in, const char *bundle, const struct lkd_planbin *plan, uid_t owner,
		    struct lkd_err *e)
{
	const struct stat like = {.st_mode = S_IFREG | 0644, .st_uid = geteuid(), .st_gid = getegid()},
			  secret = {.st_mode = S_IFREG | 0600, .st_uid = geteuid(), .st_gid = getegid()};
	lkd_autofree char *path = realpath(bundle, NULL);
	lkd_autofd dir = -EBADF;
	int r;

	if (!path)
		return lkd_err_set(e, errno, "look at the bundle '%s': %s", bundle, strerror(errno));
	r = make_directories(in->dir);
	if (!r) {
		dir = open(in->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		r = dir < 0 ? -errno : 0;
	}
	if (!r)
		r = lkd_file_replace(dir, "bundle", &secret, path, strlen(path), false);
	/* a new one: a container that still runs keeps its own */
	if (!r)
		r = lkd_file_replace(dir, "plan", &like, (const char *)plan, plan->size, false);
	if (!r)
		r = make_file(dir, "exec", 0444, geteuid());
	if (!r)
		r = make_file(dir, "events", 0600, owner);
	if (!r)
		sweep();
	return r < 0 ? lkd_err_set(e, -r, "write below '%s': %s", in->dir, strerror(-r)) : 0;
}

bool lkd_inside_any(void)
{
	return !access(LKD_INSIDES_DIR, F_OK);
}

bool lkd_inside_there(const struct lkd_inside *in)
{
	return !access(in->dir, F_OK);
}

bool lkd_inside_clashes(const char *bundle, const char *rootfs)
{
	lkd_autofd top = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC), root = openat(top, rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	return root >= 0 && !fstatat(root, "." LKD_IN_CONTAINER, &st, AT_SYMLINK_NOFOLLOW) && !S_ISDIR(st.st_mode);
}
