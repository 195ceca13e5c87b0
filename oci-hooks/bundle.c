// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "config.h"
#include "util.h"

static bool trusted(const struct stat *st)
{
	return (st->st_uid == 0 || st->st_uid == geteuid()) && !(st->st_mode & 022);
}

static int open_dir(int at, const char *path, const char *shown, struct lkd_err *e)
{
	int fd = openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return lkd_err_set(e, errno, "open '%s': %s", shown, strerror(errno));
	if (fstat(fd, &st) || !trusted(&st)) {
		(void)close(fd);
		return lkd_err_set(e, EPERM, "'%s' belongs to another user, or others may write to it", shown);
	}
	return fd;
}

int lkd_bundle_read(const char *bundle, const char *config, struct lkd_bundle *ret, struct lkd_err *e)
{
	const char *const path = config ? config : "config.json", *const slash = strrchr(path, '/');
	const char *const name = slash ? slash + 1 : path;
	lkd_autofd top = -EBADF, fd = -EBADF;
	lkd_autofree char *above = NULL;

	*ret = (struct lkd_bundle){.dir = -EBADF};
	top = open_dir(AT_FDCWD, bundle, bundle, e);
	if (top < 0)
		return top;
	above = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	if (!above)
		return lkd_err_set(e, ENOMEM, "no memory");
	ret->dir = open_dir(top, above, slash ? above : bundle, e);
	if (ret->dir < 0)
		return ret->dir;
	if (!*name || strlen(name) >= sizeof(ret->name))
		return lkd_err_set(e, EINVAL, "'%s' is no file's name", path);
	(void)snprintf(ret->name, sizeof(ret->name), "%s", name);
	fd = openat(ret->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ELOOP ? lkd_err_set(e, ELOOP, "%s in '%s' is a symbolic link", path, bundle)
				      : lkd_err_set(e, errno, "open %s in '%s': %s", path, bundle, strerror(errno));
	if (fstat(fd, &ret->st) || !S_ISREG(ret->st.st_mode))
		return lkd_err_set(e, EINVAL, "%s in '%s' is no regular file", path, bundle);
	if (!trusted(&ret->st))
		return lkd_err_set(e, EPERM, "%s in '%s' belongs to another user, or others may write to it", path,
				   bundle);
	ret->text = lkd_read_whole(fd, LKD_OCI_CONFIG_MAX, &ret->len);
	if (!ret->text)
		return lkd_err_set(e, errno, "read %s in '%s': %s", path, bundle, strerror(errno));
	return 0;
}

int lkd_bundle_replace(const struct lkd_bundle *b, const char *text, size_t len, struct lkd_err *e)
{
	lkd_autofd fd = -EBADF;
	char fresh[64];
	int r = -EEXIST;

	/* one that was killed may have left a file under this number */
	for (int i = 0; i < 100 && r == -EEXIST; i++) {
		(void)snprintf(fresh, sizeof(fresh), ".lockdown.%d.%d", (int)getpid(), i);
		fd = openat(b->dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		r = fd < 0 ? -errno : 0;
	}
	if (r < 0)
		return lkd_err_set(e, -r, "write into the bundle: %s", strerror(-r));
	r = lkd_write_all(fd, text, len);
	if (!r && (b->st.st_uid != geteuid() || b->st.st_gid != getegid()) && fchown(fd, b->st.st_uid, b->st.st_gid))
		r = -errno;
	if (!r && fchmod(fd, b->st.st_mode & 0777))
		r = -errno;
	if (!r && renameat(b->dir, fresh, b->dir, b->name))
		r = -errno;
	if (r < 0) {
		(void)unlinkat(b->dir, fresh, 0);
		return lkd_err_set(e, -r, "replace %s in the bundle: %s", b->name, strerror(-r));
	}
	return 0;
}

void lkd_bundle_free(struct lkd_bundle *b)
{
	if (b->dir >= 0)
		(void)close(b->dir);
	free(b->text);
	b->dir = -EBADF;
	b->text = NULL;
}
