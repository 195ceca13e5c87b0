// SPDX-License-Identifier: BSD-2-Clause
/*
 * TIOCSSERIAL: moving a serial port to other hardware.
 *
 * baud_base = 1 makes the driver answer EINVAL after the lockdown check, so an
 * allowed change is never applied.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/serial.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "probes.h"

#define TIOCGSERIAL_		0x541E
#define TIOCSSERIAL_		0x541F
#define UPF_FIXED_PORT_		(1 << 29)	/* changes are ignored, not refused */

/* A port with hardware behind it, if there is one; ttyS0 is often the console. */
static int port_open(struct result *res, struct serial_struct *ret)
{
	static const int order[] = { 1, 2, 3, 0 };
	bool any = false;

	for (int need_hw = 1; need_hw >= 0; need_hw--) {
		for (size_t i = 0; i < N_OF(order); i++) {
			char path[32], number[64];
			int fd;

			snprintf(path, sizeof(path), "/dev/ttyS%d", order[i]);
			snprintf(number, sizeof(number),
				 "/sys/class/tty/ttyS%d/dev", order[i]);
			fd = dev_open(path, number,
				      O_RDWR | O_NOCTTY | O_NONBLOCK);
			if (fd < 0)
				continue;
			any = true;
			if (!ioctl(fd, TIOCGSERIAL_, ret) &&
			    !(ret->flags & UPF_FIXED_PORT_) &&
			    (ret->type || !need_hw))
				return fd;
			close(fd);
		}
	}
	if (any)
		res_skip(res, "no serial port that could be moved");
	else
		res_skip(res, "no serial port");
	return -1;
}

/* arg: "same", "irq" or "port" */
void probe_tiocsserial(struct result *res, const char *arg)
{
	struct serial_struct ss;
	int fd = port_open(res, &ss);

	if (fd < 0)
		return;
	if (*arg == 'i')
		ss.irq ^= 1;
	if (*arg == 'p')
		ss.port ^= 8;
	if (*arg != 's')
		ss.baud_base = 1;
	res_rc(res, ioctl(fd, TIOCSSERIAL_, &ss));
	close(fd);
}
