// SPDX-License-Identifier: BSD-2-Clause
/* Files of an engine's configuration, below a root that nothing leads out of. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../oci-hooks/file.h"
#include "configure.h"
#include "util.h"

static int open_below(const struct conf *c, const char *path, int flags)
{
	struct open_how how = {.flags = (__u64)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	const int fd = (int)syscall(SYS_openat2, c->rootfd, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* the directory that @path is in; -ENOENT if there is none */
static int open_parent(const struct conf *c, const char *path, char *ret_name)
{
	const char *const slash = strrchr(path, '/');
	char dir[PATH_MAX];

	if (!slash || !slash[1] || strlen(slash + 1) > NAME_MAX)
		return -EINVAL;
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path), path);
	(void)strcpy(ret_name, slash + 1);
	return open_below(c, *dir ? dir : "/", O_RDONLY | O_DIRECTORY);
}

/* A link to a file beside it is followed, as rename(2) would replace the link. */
static int follow(int dir, const char *path, char *name, struct lkd_err *e)
{
	char target[NAME_MAX + 1];
	const ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
	struct stat st;

	if (n < 0)
		return 0;
	target[n] = '\0';
	if (strchr(target, '/') || !strcmp(target, ".."))
		return lkd_err_set(e, EPERM, "%s is a symbolic link to another directory", path);
	if (fstatat(dir, target, &st, AT_SYMLINK_NOFOLLOW) || S_ISLNK(st.st_mode))
		return lkd_err_set(e, EPERM, "%s is a symbolic link to no file", path);
	(void)strcpy(name, target);
	return 0;
}

static int open_trusted(const struct conf *c, const char *path, char *name, int *ret_dir, struct lkd_err *e)
{
	struct stat st;
	int r;

	*ret_dir = open_parent(c, path, name);
	if (*ret_dir == -ENOENT)
		return 0;
	if (*ret_dir < 0)
		return lkd_err_set(e, -*ret_dir, "open the directory of %s", path);
	if (fstat(*ret_dir, &st) || !lkd_file_trusted(&st))
		r = lkd_err_set(e, EPERM, "the directory of %s belongs to another user, or others may write to it",
				path);
	else
		r = follow(*ret_dir, path, name, e);
	if (r < 0)
		lkd_closep(ret_dir);
	return r;
}

int conf_read(const struct conf *c, const char *path, struct conf_file *ret, struct lkd_err *e)
{
	lkd_autofd dir = -EBADF, fd = -EBADF;
	char name[NAME_MAX + 1];
	size_t len = 0;
	int r;

	*ret = (struct conf_file){.text = NULL};
	r = open_trusted(c, path, name, &dir, e);
	if (r < 0)
		return r;
	if (dir >= 0) {
		fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd < 0 && errno != ENOENT)
			return lkd_err_set(e, errno, "open %s", path);
	}
	if (fd < 0) {
		ret->text = strdup("");
		return ret->text ? 0 : lkd_err_set(e, ENOMEM, "read %s", path);
	}
	if (fstat(fd, &ret->st) || !S_ISREG(ret->st.st_mode))
		return lkd_err_set(e, EINVAL, "%s is no regular file", path);
	if (!lkd_file_trusted(&ret->st))
		return lkd_err_set(e, EPERM, "%s belongs to another user, or others may write to it", path);
	ret->text = lkd_read_whole(fd, CONF_FILE_MAX, &len);
	if (!ret->text)
		return lkd_err_set(e, errno, "read %s, of which at most %d bytes are", path, CONF_FILE_MAX);
	ret->exists = true;
	if (strlen(ret->text) != len) {
		conf_file_free(ret);
		return lkd_err_set(e, EINVAL, "%s has a NUL byte", path);
	}
	return 0;
}

void conf_file_free(struct conf_file *f)
{
	free(f->text);
	*f = (struct conf_file){.text = NULL};
}

static int make_dirs(const struct conf *c, const char *path, json_t *made, struct lkd_err *e)
{
	char part[PATH_MAX], name[NAME_MAX + 1];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		lkd_autofd parent = -EBADF;

		(void)snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		parent = open_parent(c, part, name);
		if (parent < 0)
			return lkd_err_set(e, -parent, "open the directory of %s", part);
		if (!mkdirat(parent, name, 0755))
			(void)json_array_append_new(made, json_string(part));
		else if (errno != EEXIST)
			return lkd_err_set(e, errno, "make the directory %s", part);
	}
	return 0;
}

int conf_write(const struct conf *c, const char *path, const char *text, const struct stat *like, json_t *made,
	       struct lkd_err *e)
{
	const struct stat fresh = {.st_uid = geteuid(), .st_gid = getegid(), .st_mode = 0644};
	lkd_autofd dir = -EBADF;
	char name[NAME_MAX + 1];
	int r = made ? make_dirs(c, path, made, e) : 0;

	if (!r)
		r = open_trusted(c, path, name, &dir, e);
	if (r < 0)
		return r;
	if (dir < 0)
		return lkd_err_set(e, ENOENT, "write %s", path);
	r = lkd_file_replace(dir, name, like ? like : &fresh, text, strlen(text), true);
	return r < 0 ? lkd_err_set(e, -r, "write %s", path) : 0;
}

int conf_remove(const struct conf *c, const char *path, bool dir)
{
	char name[NAME_MAX + 1];
	lkd_autofd parent = open_parent(c, path, name);

	if (parent < 0)
		return parent;
	return unlinkat(parent, name, dir ? AT_REMOVEDIR : 0) ? -errno : 0;
}

int conf_rename(const struct conf *c, const char *from, const char *to)
{
	char a[NAME_MAX + 1], b[NAME_MAX + 1];
	lkd_autofd dir = -EBADF;
	int r = open_trusted(c, to, b, &dir, NULL);

	if (r < 0 || dir < 0)
		return r < 0 ? r : -ENOENT;
	(void)snprintf(a, sizeof(a), "%s", strrchr(from, '/') + 1);
	return renameat(dir, a, dir, b) ? -errno : 0;
}

bool conf_exists(const struct conf *c, const char *path)
{
	lkd_autofd fd = open_below(c, path, O_PATH);

	return fd >= 0;
}

int conf_lock(const struct conf *c, const char *dir)
{
	lkd_autofd fd = open_below(c, dir, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return fd;
	if (flock(fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return lkd_take_fd(&fd);
}

int conf_list(const struct conf *c, const char *dir, const char *pattern, char ***ret, struct lkd_err *e)
{
	lkd_autofd fd = open_below(c, dir, O_RDONLY | O_DIRECTORY);
	struct dirent **found = NULL;
	int n, kept = 0;

	*ret = NULL;
	if (fd == -ENOENT)
		return 0;
	n = fd < 0 ? -1 : scandirat(fd, ".", &found, NULL, alphasort);
	if (n < 0)
		return lkd_err_set(e, fd < 0 ? -fd : errno, "list %s", dir);
	*ret = calloc((size_t)n + 1, sizeof(**ret));
	for (int i = 0; i < n; i++) {
		char *name = *ret && found[i]->d_name[0] != '.' && !fnmatch(pattern, found[i]->d_name, 0)
				     ? strdup(found[i]->d_name)
				     : NULL;

		if (name)
			(*ret)[kept++] = name;
		free(found[i]);
	}
	free(found);
	return *ret ? kept : lkd_err_set(e, ENOMEM, "list %s", dir);
}

void conf_list_free(char **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
}
