// SPDX-License-Identifier: BSD-2-Clause
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "container.h"
#include "file.h"
#include "inside.h"
#include "tell.h"
#include "util.h"

/* as the lines of mountinfo have it, whatever is mounted on /run */
#define INSIDES "/container-lockdown/inside/"

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

static int make_directories(void)
{
	static const struct {
		const char *path;
		mode_t mode;
	} above[] = {{"/run/container-lockdown", 0755}, {LKD_INSIDES_DIR, 0711}};

	for (size_t i = 0; i < LKD_N(above); i++)
		if (mkdir(above[i].path, above[i].mode) && errno != EEXIST)
			return -errno;
	/* whoever is root in a user namespace has to come this far */
	return chmod(LKD_INSIDES_DIR, 0711) ? -errno : 0;
}

static int make_directory(const char *dir)
{
	struct stat st;

	if ((mkdir(dir, 0755) && errno != EEXIST) || chmod(dir, 0755) || lstat(dir, &st))
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

/* ---- whether anybody needs it ------------------------------------------ */

/* a small file of ours; false if there is none */
static bool read_note(int dir, const char *name, char *ret, size_t size)
{
	lkd_autofd fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const ssize_t n = fd < 0 ? -1 : read(fd, ret, size - 1);

	ret[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static int write_note(int dir, const char *name, const char *text)
{
	const struct stat like = {.st_mode = S_IFREG | 0600, .st_uid = geteuid(), .st_gid = getegid()};

	return lkd_file_replace(dir, name, &like, text, strlen(text), false);
}

/* "PID START": who makes a container stays the same process when it becomes the real runtime */
static void describe(pid_t pid, char *ret, size_t size)
{
	char path[40], text[1024], *at;
	lkd_autofd fd = -EBADF;
	ssize_t n;
	int i = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	at = strrchr(text, ')'); /* proc(5): behind the name come fields 3 and on, the start is the 22nd */
	for (; at && i < 20; i++)
		at = strchr(at + 1, ' ');
	(void)snprintf(ret, size, "%d %llu", (int)pid, at ? strtoull(at, NULL, 10) : 0ULL);
}

static bool being_made(int dir)
{
	char was[64], now[64];

	if (!read_note(dir, "maker", was, sizeof(was)))
		return false;
	describe((pid_t)strtol(was, NULL, 10), now, sizeof(now));
	return !strcmp(was, now);
}

/* the lines of all mountinfo that name something below LKD_INSIDES_DIR */
struct mounted {
	char *lines; /* NULL = none */
	size_t len;
	unsigned long long *seen; /* mount namespaces */
	size_t n_seen;
	bool failed; /* then all may be mounted */
};

static void mounts_of(const char *pid, struct mounted *m)
{
	char path[64], link[64];
	lkd_autofile *f = NULL;
	lkd_autofree char *line = NULL;
	size_t room = 0;
	unsigned long long ns, *more;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%.16s/ns/mnt", pid);
	n = readlink(path, link, sizeof(link) - 1);
	link[n > 0 ? n : 0] = '\0';
	if (n <= 0) {
		m->failed |= errno != ENOENT && errno != ESRCH;
		return; /* it has ended */
	}
	ns = strtoull(link + strcspn(link, "0123456789"), NULL, 10); /* "mnt:[4026531841]" */
	for (size_t i = 0; i < m->n_seen; i++)
		if (m->seen[i] == ns)
			return;
	(void)snprintf(path, sizeof(path), "/proc/%.16s/mountinfo", pid);
	f = fopen(path, "re");
	if (!f) {
		m->failed |= errno != ENOENT && errno != ESRCH;
		return;
	}
	while ((n = getline(&line, &room, f)) > 0) {
		char *text;

		if (!strstr(line, INSIDES))
			continue;
		text = realloc(m->lines, m->len + (size_t)n + 1);
		if (!text) {
			m->failed = true;
			return;
		}
		m->lines = text;
		(void)strcpy(text + m->len, line);
		m->len += (size_t)n;
	}
	more = realloc(m->seen, (m->n_seen + 1) * sizeof(*more));
	if (!more)
		return;
	m->seen = more;
	m->seen[m->n_seen++] = ns;
}

static void find_mounted(struct mounted *ret)
{
	DIR *d = opendir("/proc");
	struct dirent *entry;

	*ret = (struct mounted){.failed = !d};
	while (d && (entry = readdir(d)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			mounts_of(entry->d_name, ret);
	if (d)
		(void)closedir(d);
}

static void free_mounted(struct mounted *m)
{
	free(m->lines);
	free(m->seen);
}

/* what hangs on a file that is removed is taken off in every mount namespace: fs/namespace.c:__detach_mounts */
static bool is_mounted(const struct mounted *m, const char *dir)
{
	const char *name = strrchr(dir, '/') + 1, *at = m->lines;
	const size_t n = strlen(name);

	if (m->failed)
		return true;
	while (at && (at = strstr(at, INSIDES))) {
		at += strlen(INSIDES);
		if (!strncmp(at, name, n) && (at[n] == ' ' || at[n] == '/'))
			return true;
	}
	return false;
}

/* one at a time makes or removes; the caller closes */
static int lock(void)
{
	const int fd = open(LKD_INSIDES_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		(void)flock(fd, LOCK_EX);
	return fd;
}

void lkd_inside_name(const struct lkd_inside *in, const char *id)
{
	lkd_autofd dir = open(in->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir >= 0)
		(void)write_note(dir, "id", id);
}

void lkd_inside_cgroup(const struct lkd_inside *in, unsigned long long cgroup)
{
	lkd_autofd dir = open(in->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char text[32];

	(void)snprintf(text, sizeof(text), "%llu", cgroup);
	if (dir >= 0)
		(void)write_note(dir, "cgroup", text);
}

/* lines that nobody has shown yet: they wait with those of other brokers, under the container's name */
static void keep_events(int dir)
{
	lkd_autofd fd = openat(dir, "events", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char path[sizeof(LKD_EVENTS_DIR) + 256], id[201];

	if (fd < 0 || lseek(fd, 0, SEEK_DATA) < 0)
		return;
	(void)read_note(dir, "id", id, sizeof(id));
	(void)mkdir(LKD_EVENTS_DIR, 0700);
	(void)snprintf(path, sizeof(path), "%s/c.%s.%lld.json", LKD_EVENTS_DIR, id, (long long)time(NULL));
	if (fchown(fd, geteuid(), (gid_t)-1) || renameat(dir, "events", AT_FDCWD, path))
		syslog(LOG_WARNING, "what was refused to '%s' is not told: %s", id, strerror(errno));
}

static void remove_files(const char *path, int dir)
{
	static const char *const names[] = {"plan", "exec", "events", "id", "bundle", "maker", "cgroup"};

	keep_events(dir);
	for (size_t i = 0; i < LKD_N(names); i++)
		(void)unlinkat(dir, names[i], 0);
	(void)rmdir(path);
}

void lkd_inside_remove(const struct lkd_inside *in, const char *id)
{
	lkd_autofd locked = lock(), dir = open(in->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct mounted m;
	char whose[201];

	if (locked < 0 || dir < 0)
		return;
	/* the bundle may have another container meanwhile, or be just getting one */
	if (!(id && read_note(dir, "id", whose, sizeof(whose)) && !strcmp(id, whose)) && being_made(dir))
		return;
	find_mounted(&m);
	if (!is_mounted(&m, in->dir))
		remove_files(in->dir, dir);
	free_mounted(&m);
}

/* its bundle is gone, or another has taken that one's place, or its container is, or there never was one */
static bool is_stale(const char *path, int dir)
{
	char bundle[PATH_MAX], now[sizeof(((struct lkd_inside *)NULL)->dir)], cgroup[32];

	if (being_made(dir))
		return false;
	if (!read_note(dir, "bundle", bundle, sizeof(bundle)) || find_dir(bundle, now, sizeof(now), NULL) < 0 ||
	    strcmp(now, path) != 0)
		return true;
	return !read_note(dir, "cgroup", cgroup, sizeof(cgroup)) || lkd_container_exists(strtoull(cgroup, NULL, 10)) == 0;
}

/* the lock is held */
static unsigned sweep(void)
{
	struct mounted m = {.lines = NULL};
	DIR *d = opendir(LKD_INSIDES_DIR);
	bool looked = false;
	struct dirent *entry;
	unsigned n = 0;

	while (d && (entry = readdir(d))) {
		char path[sizeof(((struct lkd_inside *)NULL)->dir)];
		lkd_autofd dir = -EBADF;

		if (entry->d_name[0] == '.' || strlen(entry->d_name) > 40)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", LKD_INSIDES_DIR, entry->d_name);
		dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir < 0 || !is_stale(path, dir))
			continue;
		if (!looked)
			find_mounted(&m);
		looked = true;
		if (is_mounted(&m, path))
			continue;
		remove_files(path, dir);
		n++;
	}
	if (d)
		(void)closedir(d);
	free_mounted(&m);
	return n;
}

unsigned lkd_inside_prune(void)
{
	lkd_autofd locked = lock();

	return locked < 0 ? 0 : sweep();
}

int lkd_inside_make(const struct lkd_inside *in, const char *bundle, const struct lkd_planbin *plan, uid_t owner,
		    struct lkd_err *e)
{
	const struct stat like = {.st_mode = S_IFREG | 0644, .st_uid = geteuid(), .st_gid = getegid()};
	lkd_autofree char *path = realpath(bundle, NULL);
	lkd_autofd locked = -EBADF, dir = -EBADF;
	char maker[64];
	int r;

	if (!path)
		return lkd_err_set(e, errno, "look at the bundle '%s': %s", bundle, strerror(errno));
	r = make_directories();
	if (!r) {
		locked = lock();
		r = locked < 0 ? -errno : make_directory(in->dir);
	}
	if (!r) {
		dir = open(in->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		r = dir < 0 ? -errno : 0;
	}
	describe(getpid(), maker, sizeof(maker));
	if (!r)
		r = write_note(dir, "maker", maker);
	if (!r)
		r = write_note(dir, "bundle", path);
	if (!r && unlinkat(dir, "id", 0) && errno != ENOENT)
		r = -errno;
	/* a new one: a container that still runs keeps its own */
	if (!r)
		r = lkd_file_replace(dir, "plan", &like, (const char *)plan, plan->size, false);
	if (!r)
		r = make_file(dir, "exec", 0444, geteuid());
	if (!r)
		r = make_file(dir, "events", 0600, owner);
	if (!r)
		(void)sweep();
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
