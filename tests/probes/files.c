// SPDX-License-Identifier: BSD-2-Clause
/* Files, devices and pseudo filesystems, found also where they are not mounted. */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "probes.h"

#ifndef SYS_fsopen
#define SYS_fsopen	430
#define SYS_fsconfig	431
#define SYS_fsmount	432
#endif

#define FSCONFIG_CMD_CREATE_	6
#define FSOPEN_CLOEXEC_		1
#define FSMOUNT_CLOEXEC_	1

#define DEBUGFS_MAGIC_		0x64626720
#define TRACEFS_MAGIC_		0x74726163

/*
 * fs_detached() - mount @fstype without giving it a place in the tree
 *
 * The mount vanishes with the descriptor, so a crash leaves nothing behind and
 * a read-only or half-populated root does not matter.
 *
 * Return: a directory descriptor for *at() calls, or -1 with errno.
 */
int fs_detached(const char *fstype)
{
	int fs = syscall(SYS_fsopen, fstype, FSOPEN_CLOEXEC_);
	int mnt = -1;
	int saved;

	if (fs < 0)
		return -1;
	if (!syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE_, NULL, NULL, 0))
		mnt = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC_, 0);
	saved = errno;
	close(fs);
	errno = saved;
	return mnt;
}

int fs_dir(const char *const *paths, long magic, const char *fstype)
{
	struct statfs st;

	for (; *paths; paths++) {
		int fd = open(*paths, O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			continue;
		/* An empty mount point (or a mask) is not the filesystem. */
		if (!fstatfs(fd, &st) && (long) st.f_type == magic)
			return fd;
		close(fd);
	}
	return fs_detached(fstype);
}

int debugfs_dir(void)
{
	static const char *const paths[] = { "/sys/kernel/debug", NULL };

	return fs_dir(paths, DEBUGFS_MAGIC_, "debugfs");
}

int tracefs_dir(void)
{
	static const char *const paths[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug/tracing", NULL
	};

	return fs_dir(paths, TRACEFS_MAGIC_, "tracefs");
}

/* A directory that holds the character device "node", or -1 with errno. */
int node_dir(unsigned int major, unsigned int minor)
{
	int dir = fs_detached("tmpfs");
	int saved;

	if (dir < 0)
		return -1;
	if (!mknodat(dir, "node", S_IFCHR | 0600, makedev(major, minor)))
		return dir;
	saved = errno;
	close(dir);
	errno = saved;
	return -1;
}

/*
 * dev_open() - open a device, also where /dev lacks the node
 * @path:      usual name
 * @sysfs_dev: attribute with MAJOR:MINOR, or NULL
 *
 * The number is taken from sysfs and never guessed: opening a number without a
 * driver makes the kernel ask for a module.
 */
int dev_open(const char *path, const char *sysfs_dev, int flags)
{
	unsigned int major, minor;
	char text[32];
	int dir, saved;
	int fd = open(path, flags | O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT || !sysfs_dev)
		return fd;
	if (read_text(AT_FDCWD, sysfs_dev, text, sizeof(text)) < 0 ||
	    sscanf(text, "%u:%u", &major, &minor) != 2) {
		errno = ENOENT;
		return -1;
	}
	dir = node_dir(major, minor);
	if (dir < 0) {
		errno = ENOENT;
		return -1;
	}
	fd = openat(dir, "node", flags | O_CLOEXEC);
	saved = errno;
	close(dir);
	errno = saved;
	return fd;
}

/* The first @size - 1 bytes as a string. Return: length, or -1 with errno. */
ssize_t read_text(int dirfd, const char *path, char *buf, size_t size)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;
	int saved;

	if (fd < 0)
		return -1;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += n;
	saved = errno;
	close(fd);
	buf[len] = '\0';
	errno = saved;
	return n < 0 ? -1 : (ssize_t) len;
}

/* Sizes come from reading, not from stat: sysfs lies about them. */
void *read_whole(const char *path, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 1 << 16, len = 0;
	char *buf = NULL;
	ssize_t n;
	int saved;

	if (fd < 0)
		return NULL;
	for (;;) {
		if (!buf || len == size) {
			char *more;

			size *= 2;
			more = realloc(buf, size);
			if (!more)
				goto fail;
			buf = more;
		}
		n = read(fd, buf + len, size - len);
		if (n < 0)
			goto fail;
		if (!n)
			break;
		len += n;
	}
	close(fd);
	*ret_len = len;
	return buf;
fail:
	saved = errno;
	free(buf);
	close(fd);
	errno = saved;
	return NULL;
}

/*
 * finit_module(2) and kexec_file_load(2) refuse a file that anybody has open
 * for writing (ETXTBSY), so the writable descriptor has to go.
 */
int memfd_readonly(const void *buf, size_t len)
{
	int fd = syscall(SYS_memfd_create, "lockdown-probe", 1U /* CLOEXEC */);
	const char *p = buf;
	char path[40];
	int ro, saved;

	if (fd < 0)
		return -1;
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0) {
			ro = -1;
			goto out;
		}
		p += n;
		len -= n;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ro = open(path, O_RDONLY | O_CLOEXEC);
out:
	saved = errno;
	close(fd);
	errno = saved;
	return ro;
}

bool path_exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

/* First name in @dir, in alphabetic order, that starts with @prefix. */
int first_entry(const char *dir, const char *prefix, char *ret, size_t size)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, alphasort);
	int found = -1;

	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		if (found < 0 && list[i]->d_name[0] != '.' &&
		    !strncmp(list[i]->d_name, prefix, strlen(prefix))) {
			snprintf(ret, size, "%s", list[i]->d_name);
			found = 0;
		}
		free(list[i]);
	}
	free(list);
	if (found < 0)
		errno = ENOENT;
	return found;
}
