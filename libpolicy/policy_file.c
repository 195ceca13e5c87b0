// SPDX-License-Identifier: BSD-2-Clause
/* Policies on disk: where they are looked up, and reading one without trusting what lies there. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "policy_priv.h"
#include "util.h"
#include "words.h"

#ifndef LKD_POLICY_DIR
#define LKD_POLICY_DIR "/usr/share/container-lockdown/policies"
#endif
#define ADMIN_DIR "/etc/container-lockdown/policies"

size_t lkd_policy_dirs(const char *ret[LKD_POLICY_DIRS_MAX])
{
	const char *dir = secure_getenv("LOCKDOWN_POLICY_DIR");

	ret[0] = ADMIN_DIR;
	ret[1] = dir && *dir ? dir : LKD_POLICY_DIR;
	return 2;
}

/* Of the library's documented set; what the kernel said is in the words. */
static int file_error(int code)
{
	switch (code) {
	case ENOENT:
	case ENOTDIR:
		return ENOENT;
	case EACCES:
	case EPERM:
		return EACCES;
	case EISDIR:
	case ENOMEM:
		return code;
	default:
		return EIO;
	}
}

static int fail_file(struct lkd_err *e, int code, const char *what, const char *path)
{
	char name[LKD_SOURCE_MAX];
	int told = file_error(code);

	lkd_source_text(path, name);
	errno = code; /* for %m */
	if (told == EIO && code != EIO)
		return lkd_err_set(e, told, "%s policy '%s' (%m)", what, name);
	return lkd_err_set(e, told, "%s policy '%s'", what, name);
}

/* a policy there whose name looks like @name */
static bool nearest_in(const char *dir, const char *name, char ret[LKD_POLICY_NAME_MAX])
{
	static const char suffix[] = ".json";
	DIR *list = opendir(dir);
	const struct dirent *d;
	bool found = false;

	while (list && !found && (d = readdir(list))) {
		const size_t len = strlen(d->d_name), stem = len - (sizeof(suffix) - 1);

		if (len < sizeof(suffix) || stem >= LKD_POLICY_NAME_MAX || strcmp(d->d_name + stem, suffix))
			continue;
		(void)snprintf(ret, LKD_POLICY_NAME_MAX, "%.*s", (int)stem, d->d_name);
		found = lkd_policy_name_valid(ret) && lkd_word_closest(name, (const char *const[]){ ret }, 1);
	}
	if (list)
		(void)closedir(list);
	return found;
}

int lkd_policy_resolve(const char *name, char *ret, size_t size, struct lkd_err *e)
{
	const char *dirs[LKD_POLICY_DIRS_MAX];
	char near[LKD_POLICY_NAME_MAX];
	size_t n_dirs = lkd_policy_dirs(dirs);

	if (strchr(name, '/')) {
		if (snprintf(ret, size, "%s", name) >= (int)size)
			return lkd_err_set(e, EINVAL, "path of policy is longer than %zu bytes", size - 1);
		return 0;
	}
	if (!lkd_policy_name_valid(name)) {
		lkd_err_set(e, EINVAL, "policy '%.40s': neither a path (with '/') nor a name (a-z 0-9 . _ -)", name);
		return lkd_err_hint(e, -EINVAL, "for a file in this directory write './%.40s'", name);
	}
	for (size_t i = 0; i < n_dirs; i++) {
		struct stat st;

		if (snprintf(ret, size, "%s/%s.json", dirs[i], name) >= (int)size)
			return lkd_err_set(e, EINVAL, "path of policy '%s' is longer than %zu bytes", name, size - 1);
		/*
		 * Only what is surely not there is passed over. A file that
		 * can't be looked at, or a link to nowhere, must not make room
		 * for a shipped policy of the same name.
		 */
		if (!lstat(ret, &st))
			return 0;
		if (errno != ENOENT && errno != ENOTDIR)
			return fail_file(e, errno, "look up", ret);
	}
	lkd_err_set(e, ENOENT, "no policy '%s' in %s or %s", name, dirs[0], dirs[1]);
	for (size_t i = 0; i < n_dirs; i++)
		if (nearest_in(dirs[i], name, near))
			return lkd_err_hint(e, -ENOENT, "did you mean '%s'?", near);
	return lkd_err_hint(e, -ENOENT, "a policy is a file NAME.json there, or a path with '/'");
}

static const char *type_word(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	default:
		return "something else";
	}
}

static int check_regular(const struct stat *st, const char *path, struct lkd_err *e)
{
	char name[LKD_SOURCE_MAX];

	if (S_ISREG(st->st_mode))
		return 0;
	return lkd_err_set(e, S_ISDIR(st->st_mode) ? EISDIR : EINVAL, "policy '%s' is %s, expected a regular file",
			   lkd_source_text(path, name), type_word(st->st_mode));
}

static int open_regular(const char *path, off_t *ret_size, struct lkd_err *e)
{
	lkd_autofd fd = -EBADF;
	struct stat st;
	int r;

	/* First without opening it: to open a device can already do something. */
	if (stat(path, &st) < 0)
		return fail_file(e, errno, "look at", path);
	r = check_regular(&st, path, e);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return fail_file(e, errno, "open", path);
	if (fstat(fd, &st) < 0)
		return fail_file(e, errno, "look at", path);
	r = check_regular(&st, path, e); /* it may have been replaced in between */
	if (r < 0)
		return r;
	*ret_size = st.st_size;
	return lkd_take_fd(&fd);
}

static int read_all(int fd, char *buf, size_t size, size_t *ret_len)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	return 0;
}

int lkd_policy_load(const char *name, struct lkd_policy *ret, struct lkd_err *e)
{
	lkd_autofree char *text = NULL;
	lkd_autofd fd = -EBADF;
	char path[PATH_MAX], source[LKD_SOURCE_MAX];
	size_t len = 0;
	off_t size = 0;
	int r;

	r = lkd_policy_resolve(name, path, sizeof(path), e);
	if (r < 0)
		return r;
	fd = open_regular(path, &size, e);
	if (fd < 0)
		return fd;
	if (size > LKD_POLICY_FILE_MAX)
		return lkd_err_set(e, E2BIG, "policy '%s' has %jd bytes, at most %d are read",
				   lkd_source_text(path, source), (intmax_t)size, LKD_POLICY_FILE_MAX);
	/* Not by its size: it may grow meanwhile, and files of /proc say 0. One byte more, to see "too long". */
	text = malloc(LKD_POLICY_FILE_MAX + 1);
	if (!text)
		return lkd_err_set(e, ENOMEM, "read policy '%s'", lkd_source_text(path, source));
	r = read_all(fd, text, LKD_POLICY_FILE_MAX + 1, &len);
	if (r < 0)
		return fail_file(e, -r, "read", path);
	return lkd_policy_parse(text, len, path, ret, e);
}
