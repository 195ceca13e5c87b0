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

static int open_dir(int at, const char *path, const char *shown, struct lkd_err *e)
{
	int fd = openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return lkd_err_set(e, errno, "open '%s': %s", shown, strerror(errno));
	if (fstat(fd, &st) || !lkd_file_trusted(&st)) {
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
	if (!lkd_file_trusted(&ret->st))
		return lkd_err_set(e, EPERM, "%s in '%s' belongs to another user, or others may write to it", path,
				   bundle);
	ret->text = lkd_read_whole(fd, LKD_OCI_CONFIG_MAX, &ret->len);
	if (!ret->text)
		return lkd_err_set(e, errno, "read %s in '%s': %s", path, bundle, strerror(errno));
	return 0;
}

int lkd_bundle_replace(const struct lkd_bundle *b, const char *text, size_t len, struct lkd_err *e)
{
	const int r = lkd_file_replace(b->dir, b->name, &b->st, text, len, false);

	return r < 0 ? lkd_err_set(e, -r, "replace %s in the bundle: %s", b->name, strerror(-r)) : 0;
}

void lkd_bundle_free(struct lkd_bundle *b)
{
	if (b->dir >= 0)
		(void)close(b->dir);
	free(b->text);
	b->dir = -EBADF;
	b->text = NULL;
}
