// SPDX-License-Identifier: BSD-2-Clause
/* DEV_MEM and KCORE: memory behind a device or proc file, checked at open. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "probes.h"

static const struct {
	const char *path, *sysfs_dev;
} dev_numbers[] = {
	{ "/dev/mem",		"/sys/class/mem/mem/dev" },
	{ "/dev/port",		"/sys/class/mem/port/dev" },
	{ "/dev/null",		"/sys/class/mem/null/dev" },
	{ "/dev/efi_test",	"/sys/class/misc/efi_test/dev" },
};

static const char *number_of(const char *path)
{
	for (size_t i = 0; i < N_OF(dev_numbers); i++)
		if (!strcmp(dev_numbers[i].path, path))
			return dev_numbers[i].sysfs_dev;
	return NULL;
}

void probe_dev_open(struct result *res, const char *arg)
{
	int fd = dev_open(arg, number_of(arg), O_RDONLY);

	/* No node and no number, or a number without a driver. */
	if (fd < 0 && (errno == ENOENT || errno == ENXIO))
		return res_step(res, errno, "open %s", arg);
	res_rc(res, fd);
	if (fd >= 0)
		close(fd);
}

void probe_dev_mknod(struct result *res, const char *arg)
{
	int dir = node_dir(1, 1);
	int fd;

	(void) arg;
	if (dir < 0)
		return res_step(res, errno, "mknod c 1:1 in tmpfs");
	fd = openat(dir, "node", O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno == ENXIO)
		res_step(res, errno, "open of c 1:1");
	else
		res_rc(res, fd);
	if (fd >= 0)
		close(fd);
	close(dir);
}

void probe_dev_path(struct result *res, const char *arg)
{
	int fd = dev_open(arg, number_of(arg), O_PATH);

	if (fd < 0 && errno == ENOENT)
		return res_step(res, errno, "open %s", arg);
	res_rc(res, fd);
	if (fd >= 0)
		close(fd);
}

/* The open alone is the question; nothing is read. */
void probe_open_read(struct result *res, const char *arg)
{
	int fd = open(arg, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return res_step(res, errno, "open %s", arg);
	res_rc(res, fd);
	if (fd >= 0)
		close(fd);
}
