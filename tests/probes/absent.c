// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reasons whose hardware, configuration or moment is rare: attempted where
 * they can be, and named where they cannot, so that no row is forgotten.
 */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes.h"

/* arg: why */
void probe_unreachable(struct result *res, const char *arg)
{
	res_skip(res, "%s", arg);
}

#define CONFIGFS_MAGIC_	0x62656570

/* A table that defines Name (LKDP, One) and nothing else. */
static void make_ssdt(unsigned char table[static 42])
{
	static const unsigned char aml[6] = { 0x08, 'L', 'K', 'D', 'P', 0x01 };
	unsigned char sum = 0;

	memset(table, 0, 42);
	memcpy(table, "SSDT", 4);
	table[4] = 42;
	table[8] = 2;
	memcpy(table + 10, "LKDPRB", 6);
	memcpy(table + 16, "LKDPROBE", 8);
	table[24] = 1;
	memcpy(table + 28, "LKDP", 4);
	table[32] = 1;
	memcpy(table + 36, aml, sizeof(aml));
	for (int i = 0; i < 42; i++)
		sum += table[i];
	table[9] = -sum;
}

/*
 * The check sits in the release of the file, whose result nobody sees: write
 * and close succeed either way, so the table itself is asked.
 */
void probe_acpi_configfs(struct result *res, const char *arg)
{
	static const char *const paths[] = { "/sys/kernel/config", NULL };
	static const char name[] = "acpi/table/lockdown_probe";
	unsigned char table[42];
	int dir = fs_dir(paths, CONFIGFS_MAGIC_, "configfs");
	char path[96], text[16];
	int fd;

	(void) arg;
	if (dir < 0)
		return res_step(res, errno, "mount configfs");
	if (faccessat(dir, "acpi/table", F_OK, 0)) {
		res_step(res, errno, "configfs acpi/table");
		close(dir);
		return;
	}
	if (mkdirat(dir, name, 0700) < 0) {
		res_step(res, errno, "mkdir configfs %s", name);
		close(dir);
		return;
	}
	snprintf(path, sizeof(path), "%s/aml", name);
	fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
	make_ssdt(table);
	if (fd < 0 || write(fd, table, sizeof(table)) != sizeof(table) ||
	    close(fd) < 0) {
		res_rc(res, -1);
	} else {
		snprintf(path, sizeof(path), "%s/signature", name);
		res_ok(res, "table %s",
		       read_text(dir, path, text, sizeof(text)) < 0 ?
		       "not loaded" : "loaded");
	}
	(void) unlinkat(dir, name, AT_REMOVEDIR);
	close(dir);
}

/* One byte is no method: EINVAL where writing is allowed. */
void probe_acpi_custom_method(struct result *res, const char *arg)
{
	int dir = debugfs_dir();
	int fd;

	if (dir < 0)
		return res_step(res, errno, "mount debugfs");
	fd = openat(dir, arg, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		res_step(res, errno, "open debugfs %s", arg);
	else if (fd < 0)
		res_err(res, errno, "at open");
	else
		res_rc(res, write(fd, "x", 1));
	if (fd >= 0)
		close(fd);
	close(dir);
}

/* arg: a file to which "x" means nothing */
void probe_write_x(struct result *res, const char *arg)
{
	int fd = open(arg, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return res_step(res, errno, "open %s", arg);
	res_rc(res, write(fd, "x", 1));
	close(fd);
}

/* At offset 1 nothing can be stored: EINVAL where writing is allowed. */
void probe_pcmcia_cis(struct result *res, const char *arg)
{
	char name[64], path[128];
	int fd;

	(void) arg;
	if (first_entry("/sys/class/pcmcia_socket", "pcmcia_socket", name,
			sizeof(name)) < 0)
		return res_skip(res, "no PCMCIA socket");
	snprintf(path, sizeof(path), "/sys/class/pcmcia_socket/%s/cis", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return res_step(res, errno, "open cis");
	res_rc(res, pwrite(fd, "", 1, 1));
	close(fd);
}
