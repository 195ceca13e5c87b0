// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * For tests only, never installed: /dev/lkd_ask asks the kernel's lockdown
 * question for any number, in the calling task:
 *
 *	ioctl(fd, LKD_ASK, n) = security_locked_down(n)
 *
 * So the reasons whose hardware, architecture or configuration the test
 * machine lacks are held to the real kernel's answer as well.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/security.h>

#include "lkd_ask.h"

static long lkd_ask_ioctl(struct file *file, unsigned int cmd, unsigned long n)
{
	if (cmd != LKD_ASK)
		return -ENOTTY;
	return security_locked_down(n);
}

static const struct file_operations lkd_ask_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = lkd_ask_ioctl,
};

static struct miscdevice lkd_ask = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lkd_ask",
	.fops = &lkd_ask_fops,
	.mode = 0600,
};
module_misc_device(lkd_ask);

MODULE_DESCRIPTION("Ask security_locked_down() for any number (tests only)");
MODULE_LICENSE("Dual BSD/GPL");
