/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef LKD_ASK_H
#define LKD_ASK_H

#include <linux/ioctl.h>

#define LKD_ASK_DEVICE	"/dev/lkd_ask"
#define LKD_ASK		_IO('L', 1)	/* argument: the number; returns what the kernel says */

#endif
