// SPDX-License-Identifier: BSD-2-Clause
/*
 * KPROBES through tracefs: checked at the write, not only at the open, so a
 * descriptor from before (--fd) changes the step and not the verdict.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes.h"

#define GROUP	"lockdown_probe"

/* Own copy of the descriptor, or a fresh one. O_TRUNC would drop all events. */
static int events_open(struct result *res, const char *name, int inherited)
{
	int dir, fd;

	if (inherited >= 0) {
		fd = dup(inherited);
		if (fd < 0)
			res_step(res, errno, "--fd");
		return fd;
	}
	dir = tracefs_dir();
	if (dir < 0) {
		res_step(res, errno, "mount tracefs");
		return -1;
	}
	fd = openat(dir, name, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		res_step(res, errno, "open tracefs %s", name);
	else if (fd < 0)
		res_err(res, errno, "at open");
	close(dir);
	return fd;
}

static ssize_t say(int fd, const char *line)
{
	return write(fd, line, strlen(line));
}

/* Through perf, which needs no file that lockdown refuses. */
static void event_enable(struct result *res, const char *id)
{
	int dir = tracefs_dir();
	int event;

	if (dir < 0)
		return res_step(res, errno, "mount tracefs");
	event = perf_tracepoint(dir, id);
	close(dir);
	if (event < 0)
		return res_err(res, errno, "at enable");
	close(event);
	res_ok(res, "%s", "");
}

void probe_kprobe_events(struct result *res, const char *arg)
{
	int fd = events_open(res, "kprobe_events", opt.kprobe_events_fd);
	ssize_t n;

	(void) arg;
	if (fd < 0)
		return;
	n = say(fd, "p:" GROUP "/k vfs_fsync_range\n");
	res_rc(res, n);
	if (n >= 0)
		(void) say(fd, "-:" GROUP "/k\n");
	close(fd);
}

/*
 * arg: the definition; EINVAL also where the kernel has no such probes.
 *
 * 6.12 registers (and checks) an event when it is defined, 7.3 when it is
 * enabled: so the probe does both.
 */
void probe_dynamic_events(struct result *res, const char *arg)
{
	int fd = events_open(res, "dynamic_events", opt.dynamic_events_fd);
	char line[96];
	ssize_t n;

	if (fd < 0)
		return;
	snprintf(line, sizeof(line), "%c:" GROUP "/d %s\n", arg[0], arg + 2);
	n = say(fd, line);
	if (n < 0) {
		res_rc(res, -1);
	} else {
		event_enable(res, "events/" GROUP "/d/id");
		(void) say(fd, "-:" GROUP "/d\n");
	}
	close(fd);
}

/*
 * An event on a module that is not there yet is armed by whoever loads the
 * module. The event comes from outside (with this group and the name "m"), or
 * is made here where that is allowed; debugfs lists what is armed.
 */
#define MODULE		"nlmon"
#define MODULE_FUNCTION	"nlmon_setup"

static int armed(void)
{
	int dir = debugfs_dir();
	static char list[1 << 18];
	ssize_t n;

	if (dir < 0)
		return -1;
	n = read_text(dir, "kprobes/list", list, sizeof(list));
	close(dir);
	if (n < 0)
		return -1;
	return !!strstr(list, MODULE_FUNCTION);
}

void probe_kprobe_module(struct result *res, const char *arg)
{
	char path[512];
	int dir, fd = -1;
	int on;

	(void) arg;
	if (!module_ready(res, MODULE, path, sizeof(path)))
		return;
	dir = tracefs_dir();
	if (dir < 0)
		return res_step(res, errno, "mount tracefs");
	if (faccessat(dir, "events/" GROUP "/m", F_OK, 0)) {
		fd = events_open(res, "kprobe_events", opt.kprobe_events_fd);
		if (fd < 0 || say(fd, "p:" GROUP "/m " MODULE ":"
				  MODULE_FUNCTION "\n") < 0) {
			if (fd >= 0)
				close(fd);
			close(dir);
			return res_skip(res, "no event " GROUP "/m, and none can be made");
		}
	}
	close(dir);
	if (module_finit(path, "", 0) < 0) {
		res_step(res, errno, "load " MODULE ".ko");
	} else {
		on = armed();
		if (on < 0)
			res_step(res, errno, "read debugfs kprobes/list");
		else
			res_ok(res, "probe %s", on ? "armed" : "not armed");
		module_unload(MODULE);
	}
	if (fd >= 0) {
		(void) say(fd, "-:" GROUP "/m\n");
		close(fd);
	}
}
