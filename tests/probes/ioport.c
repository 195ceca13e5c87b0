// SPDX-License-Identifier: BSD-2-Clause
/*
 * IOPORT: iopl, ioperm, and the VT ioctls that call ioperm inside.
 *
 * What a probe is given dies with its process, and is handed back before: no
 * port is ever touched.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/kd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes.h"

#define I386_IOPERM	101
#define I386_IOPL	110

#define PORT_POST	0x80UL	/* diagnostic port, decoded by nothing that matters */

/* arg: level, one digit */
void probe_iopl(struct result *res, const char *arg)
{
	long rc = syscall(SYS_iopl, (unsigned int) (*arg - '0'));

	if (rc < 0 && errno == ENOSYS)
		return res_step(res, errno, "iopl");
	res_rc(res, rc);
	if (!rc)
		(void) syscall(SYS_iopl, 0U);
}

/* arg: "on" or "off" */
void probe_ioperm(struct result *res, const char *arg)
{
	int on = arg[1] == 'n';
	long rc = syscall(SYS_ioperm, PORT_POST, 1UL, on);

	if (rc < 0 && errno == ENOSYS)
		return res_step(res, errno, "ioperm");
	res_rc(res, rc);
	if (!rc && on)
		(void) syscall(SYS_ioperm, PORT_POST, 1UL, 0);
}

static void int80_result(struct result *res, const char *name, long rc)
{
	if (rc == -ENOSYS)
		return res_step(res, ENOSYS, "%s by int 0x80", name);
	errno = -rc;
	res_rc(res, rc);
}

void probe_iopl_i386(struct result *res, const char *arg)
{
	long rc, down;

	(void) arg;
	if (!int80(I386_IOPL, 3, 0, 0, 0, &rc))
		return res_skip(res, "the kernel has no ia32 emulation");
	int80_result(res, "iopl", rc);
	if (!rc)
		(void) int80(I386_IOPL, 0, 0, 0, 0, &down);
}

void probe_ioperm_i386(struct result *res, const char *arg)
{
	long rc, down;

	(void) arg;
	if (!int80(I386_IOPERM, PORT_POST, 1, 1, 0, &rc))
		return res_skip(res, "the kernel has no ia32 emulation");
	int80_result(res, "ioperm", rc);
	if (!rc)
		(void) int80(I386_IOPERM, PORT_POST, 1, 0, 0, &down);
}

static const struct {
	const char	*name;
	unsigned long	cmd, arg, undo;
} vt_ioctls[] = {
	{ "KDADDIO",	KDADDIO,	0x3b4,	KDDELIO },
	{ "KDDELIO",	KDDELIO,	0x3b4,	0 },
	{ "KDENABIO",	KDENABIO,	0,	KDDISABIO },
	{ "KDDISABIO",	KDDISABIO,	0,	0 },
};

void probe_vt_ioctl(struct result *res, const char *arg)
{
	/* Not tty0, which is an alias of whatever is in the foreground. */
	int fd = dev_open("/dev/tty1", "/sys/class/tty/tty1/dev",
			  O_RDONLY | O_NOCTTY | O_NONBLOCK);
	size_t i = 0;
	int rc;

	if (fd < 0)
		return res_step(res, errno, "open /dev/tty1");
	/* The ioctls turn every failure into ENXIO, this one included. */
	if (syscall(SYS_ioperm, PORT_POST, 1UL, 0) < 0 && errno == ENOSYS) {
		res_step(res, errno, "ioperm");
		close(fd);
		return;
	}
	while (strcmp(vt_ioctls[i].name, arg))
		i++;
	rc = ioctl(fd, vt_ioctls[i].cmd, vt_ioctls[i].arg);
	res_rc(res, rc);
	if (!rc && vt_ioctls[i].undo)
		(void) ioctl(fd, vt_ioctls[i].undo, vt_ioctls[i].arg);
	close(fd);
}
