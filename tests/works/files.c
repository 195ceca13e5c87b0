// SPDX-License-Identifier: BSD-2-Clause
/* Files that privileged workloads read and write. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "works.h"

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), saved;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : 0;
}

/* Below /tmp, which goes with the process; never NULL. */
const char *temp_dir(void)
{
	static char names[4][32];
	static unsigned int n;
	char *name = names[n++ % N_OF(names)];

	strcpy(name, "/tmp/works.XXXXXX");
	return mkdtemp(name) ? name : "/nonexistent";
}

int temp_file(size_t size, char *ret_path, size_t path_size)
{
	int fd;

	snprintf(ret_path, path_size, "%s/file", temp_dir());
	fd = open(ret_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return fd >= 0 && ftruncate(fd, size) ? -1 : fd;
}

/* A name with a '*' in it is the first that matches: /sys/bus/pci/devices/[*]/config. One star, a whole name. */
static const char *expand(const char *arg, char *buf, size_t size)
{
	const char *star = strchr(arg, '*');
	char dir[256], name[256];

	if (!star)
		return arg;
	snprintf(dir, sizeof(dir), "%.*s", (int)(star - arg), arg);
	if (first_entry(dir, "", name, sizeof(name)) < 0)
		return arg;
	snprintf(buf, size, "%s%s%s", dir, name, star + 1);
	return buf;
}

/* Reads at least once, at most 64 KiB; contents are nobody's business here. */
void work_read(struct result *res, const char *arg)
{
	char buf[4096], path[600];
	int fd;
	ssize_t n;

	arg = expand(arg, path, sizeof(path));
	if (!path_exists(arg))
		return res_skip(res, "no %s", arg);
	TRY(res, fd = open(arg, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
	for (int i = 0; i < 16; i++) {
		n = read(fd, buf, sizeof(buf));
		if (n < 0 && errno == EAGAIN)
			break;
		TRY(res, n);
		if (!n)
			break;
	}
	DONE(res);
}

/* What was read is written back; "PATH TEXT" writes that instead. */
void work_write(struct result *res, const char *arg)
{
	char path[600], buf[600], text[4096];
	const char *blank = strchr(arg, ' ');
	int fd;

	snprintf(buf, sizeof(buf), "%.*s", (int)(blank ? blank - arg : (long)strlen(arg)), arg);
	arg = expand(buf, path, sizeof(path));
	if (!path_exists(arg))
		return res_skip(res, "no %s", arg);
	if (blank)
		snprintf(text, sizeof(text), "%s", blank + 1);
	else
		TRY(res, read_text(AT_FDCWD, arg, text, sizeof(text)));
	/* of a choice, the word in brackets */
	if (!blank && strchr(text, '[') && strchr(text, ']')) {
		char *end = strchr(text, ']');

		*end = '\0';
		memmove(text, strchr(text, '[') + 1, strlen(strchr(text, '[')));
	}
	TRY(res, fd = open(arg, O_WRONLY | O_CLOEXEC));
	TRY(res, write(fd, text, strlen(text)));
	DONE(res);
}

/* opened for writing, nothing written */
void work_open_write(struct result *res, const char *arg)
{
	if (!path_exists(arg))
		return res_skip(res, "no %s", arg);
	TRY(res, open(arg, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
	DONE(res);
}

/* arg: name of an extended attribute */
void work_xattr(struct result *res, const char *arg)
{
	/* v2, cap_net_raw+ep */
	static const unsigned char caps[20] = { 1, 0, 0, 2, 0, 0x20 };
	bool capability = !strcmp(arg, "security.capability");
	char path[64], got[64];
	int fd;

	TRY(res, fd = temp_file(10, path, sizeof(path)));
	TRY(res, fsetxattr(fd, arg, capability ? (const void *)caps : "x", capability ? sizeof(caps) : 1, 0));
	TRY(res, fgetxattr(fd, arg, got, sizeof(got)));
	TRY(res, fremovexattr(fd, arg));
	DONE(res);
}

void work_file_attributes(struct result *res, const char *arg)
{
	char path[64], to[72];
	int fd;

	(void)arg;
	TRY(res, fd = temp_file(10, path, sizeof(path)));
	TRY(res, fchown(fd, 65534, 65534));
	TRY(res, fchmod(fd, 06755));
	TRY(res, fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
	snprintf(to, sizeof(to), "%s.2", path);
	TRY(res, link(path, to));
	TRY(res, syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, to, 2 /* EXCHANGE */));
	TRY(res, unlink(to));
	DONE(res);
}

void work_copying(struct result *res, const char *arg)
{
	char path[64];
	int a, b, p[2];

	(void)arg;
	TRY(res, a = temp_file(8192, path, sizeof(path)));
	TRY(res, b = temp_file(8192, path, sizeof(path)));
	TRY(res, pipe(p));
	TRY(res, splice(a, NULL, p[1], NULL, 4096, 0));
	TRY(res, splice(p[0], NULL, b, NULL, 4096, 0));
	TRY(res, syscall(SYS_sendfile, b, a, NULL, 4096));
	TRY(res, syscall(SYS_copy_file_range, a, &(off_t){ 0 }, b, NULL, 100, 0));
	DONE(res);
}
