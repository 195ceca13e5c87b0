// SPDX-License-Identifier: BSD-2-Clause
/* HIBERNATION: one device, and what three sysfs files say and accept. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probes.h"

void probe_snapshot(struct result *res, const char *arg)
{
	/* O_RDWR is ENOSYS where it is allowed: nothing gets prepared. */
	int fd = dev_open("/dev/snapshot", "/sys/class/misc/snapshot/dev",
			  O_RDWR);

	(void) arg;
	if (fd < 0 && (errno == ENOENT || errno == ENXIO))
		return res_step(res, errno, "open /dev/snapshot");
	res_rc(res, fd);
	if (fd >= 0)
		close(fd);
}

void probe_power_read(struct result *res, const char *arg)
{
	char text[160];

	if (read_text(AT_FDCWD, arg, text, sizeof(text)) < 0) {
		if (errno == ENOENT)
			return res_step(res, errno, "open %s", arg);
		return res_rc(res, -1);
	}
	res_ok(res, "%s", text);
}

static int write_file(const char *path, const char *text, const char **step)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int saved;
	ssize_t n;

	*step = "open";
	if (fd < 0)
		return -1;
	*step = NULL;
	n = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : 0;
}

void probe_power_disk(struct result *res, const char *arg)
{
	const char *step;
	int rc = write_file("/sys/power/disk", "x", &step);

	(void) arg;
	if (rc < 0 && step)
		return res_step(res, errno, "%s /sys/power/disk", step);
	res_rc(res, rc);
}

/*
 * Nobody wants to hibernate. While /dev/snapshot is open an allowed attempt
 * ends in EBUSY, right after the check; should the device be refused to us and
 * the write be allowed, pm_test stops it after freezing and thawing all
 * processes. Without pm_test there is no probe.
 */
void probe_power_state(struct result *res, const char *arg)
{
	static const char pm_test[] = "/sys/power/pm_test";
	char text[160], *old, *end;
	const char *step, *ignored;
	int rc, saved, snapshot;

	(void) arg;
	if (read_text(AT_FDCWD, pm_test, text, sizeof(text)) < 0)
		return res_step(res, errno, "read %s", pm_test);
	old = strchr(text, '[');
	end = old ? strchr(old, ']') : NULL;
	if (!end)
		return res_skip(res, "no current mode in %s", pm_test);
	*end = '\0';
	if (write_file(pm_test, "freezer", &step) < 0)
		return res_step(res, errno, "write %s", pm_test);
	snapshot = dev_open("/dev/snapshot", "/sys/class/misc/snapshot/dev",
			    O_RDONLY);

	rc = write_file("/sys/power/state", "disk", &step);
	saved = errno;
	if (snapshot >= 0)
		close(snapshot);
	(void) write_file(pm_test, old + 1, &ignored);
	errno = saved;
	if (rc < 0 && step)
		return res_step(res, errno, "%s /sys/power/state", step);
	res_rc(res, rc);
}

/*
 * Accepted at every level; only whether a resume is tried differs, and that
 * cannot be seen. The device is the current one, or loop0, which holds no image.
 */
void probe_power_resume(struct result *res, const char *arg)
{
	static const char path[] = "/sys/power/resume";
	const char *step;
	char text[32];
	int rc;

	(void) arg;
	if (read_text(AT_FDCWD, path, text, sizeof(text)) < 0)
		return res_step(res, errno, "read %s", path);
	if (!strncmp(text, "0:0", 3)) {
		if (read_text(AT_FDCWD, "/sys/block/loop0/dev", text,
			      sizeof(text)) < 0)
			return res_skip(res, "no resume device and no loop0");
	}
	rc = write_file(path, text, &step);
	if (rc < 0 && step)
		return res_step(res, errno, "%s %s", step, path);
	res_rc(res, rc);
}
