// SPDX-License-Identifier: BSD-2-Clause
/*
 * Four ioctls of thousands; the filter looks at the command, so no other gets
 * here. Commands are performed only on files whose driver is known: what a
 * pointer means to another one is anybody's guess.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/kd.h>
#include <linux/serial.h>
#include <linux/major.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "call.h"

#define MSR_WRITE_REGS 0xC02063A1u /* X86_IOC_WRMSR_REGS */
#define FIXED_PORT     (1 << 29)   /* UPF_FIXED_PORT */
#define GPFIRST	       0x3b4	   /* drivers/tty/vt/vt_ioctl.c */
#define GPLAST	       0x3df
#ifndef MSR_MAJOR
#define MSR_MAJOR 202
#endif

/* ---- a serial port's settings ---- */

struct compat_serial { /* include/linux/compat.h:struct serial_struct32 */
	int32_t type, line;
	uint32_t port;
	int32_t irq, flags, xmit_fifo_size, custom_divisor, baud_base;
	uint16_t close_delay;
	char io_type, reserved_char;
	int32_t hub6;
	uint16_t closing_wait, closing_wait2;
	uint32_t iomem_base;
	uint16_t iomem_reg_shift;
	uint32_t port_high;
	int32_t reserved;
};

static long copy_serial(struct lkd_call *c, struct serial_struct *ret)
{
	const uint64_t from = c->n->data.args[2];
	struct compat_serial s;
	long r;

	if (!c->compat)
		return lkd_call_read(c, from, ret, sizeof(*ret));
	r = lkd_call_read(c, from, &s, sizeof(s));
	if (r)
		return r;
	memset(ret, 0, sizeof(*ret));
	ret->type = s.type;
	ret->line = s.line;
	ret->port = s.port;
	ret->irq = s.irq;
	ret->flags = s.flags;
	ret->xmit_fifo_size = s.xmit_fifo_size;
	ret->custom_divisor = s.custom_divisor;
	ret->baud_base = s.baud_base;
	ret->close_delay = s.close_delay;
	ret->io_type = s.io_type;
	ret->hub6 = s.hub6;
	ret->closing_wait = s.closing_wait;
	ret->closing_wait2 = s.closing_wait2;
	ret->iomem_base = (void *)(uintptr_t)s.iomem_base;
	ret->iomem_reg_shift = s.iomem_reg_shift;
	ret->port_high = s.port_high;
	return 0;
}

/* drivers/tty/serial/serial_core.c:uart_set_info: what asks */
static bool moves(const struct serial_struct *new, const struct serial_struct *old)
{
	if (old->flags & FIXED_PORT) /* changes are ignored, not refused */
		return false;
	return new->irq != old->irq || new->port != old->port || new->port_high != old->port_high ||
	       new->iomem_base != old->iomem_base || new->hub6 != old->hub6 || new->io_type != old->io_type ||
	       new->iomem_reg_shift != old->iomem_reg_shift || new->type != old->type;
}

static long set_serial(struct lkd_call *c)
{
	struct serial_struct old, new;
	long r = lkd_call_fd(c, (int)c->n->data.args[0]), fd = r;
	struct stat st;

	if (r < 0)
		return r;
	/* a terminal has the settings of a terminal; all else has no such command */
	if (fstat((int)fd, &st) || !S_ISCHR(st.st_mode) || ioctl((int)fd, TIOCGSERIAL, &old))
		return fcntl((int)fd, F_GETFL) & O_PATH ? -EBADF : -ENOTTY;
	r = copy_serial(c, &new);
	if (r)
		return r;
	r = lkd_call_detach(c, CAP_SYS_PTRACE, false);
	if (r)
		return r;
	if (lkd_call_can(c, CAP_SYS_ADMIN) && moves(&new, &old))
		return lkd_call_refuse(c, LKD_BROKER_TIOCSSERIAL, "another port, address, interrupt or type", EPERM);
	return lkd_call_perform(c, SYS_ioctl, (long[5]){ fd, TIOCSSERIAL, (long)&new });
}

/* ---- ports by a virtual terminal: never performed, it acts on who calls ---- */

static long add_ports(struct lkd_call *c)
{
	long fd = lkd_call_fd(c, (int)c->n->data.args[0]);
	const uint64_t port = c->compat ? (uint32_t)c->n->data.args[2] : c->n->data.args[2];
	struct stat st;
	char type;

	if (fd < 0)
		return fd;
	if (fcntl((int)fd, F_GETFL) & O_PATH)
		return -EBADF;
	if (fstat((int)fd, &st) || !S_ISCHR(st.st_mode) ||
	    (major(st.st_rdev) != TTY_MAJOR && major(st.st_rdev) != TTYAUX_MAJOR) || ioctl((int)fd, KDGKBTYPE, &type))
		return -ENOTTY;
	if ((uint32_t)c->n->data.args[1] == KDADDIO && (port < GPFIRST || port > GPLAST))
		return -EINVAL;
	return lkd_call_refuse(c, LKD_BROKER_IOPORT, "ports by a virtual terminal", ENXIO);
}

/* ---- model-specific registers: arch/x86/kernel/msr.c:msr_ioctl ---- */

static long write_msr(struct lkd_call *c)
{
	long r = lkd_call_fd(c, (int)c->n->data.args[0]);
	const int fd = (int)r;
	uint32_t regs[8];
	struct stat st;

	if (r < 0)
		return r;
	if (fcntl(fd, F_GETFL) & O_PATH)
		return -EBADF;
	if (fstat(fd, &st) || !S_ISCHR(st.st_mode) || major(st.st_rdev) != MSR_MAJOR)
		return -ENOTTY;
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	r = lkd_call_read(c, c->n->data.args[2], regs, sizeof(regs));
	return r ? r : lkd_call_refuse(c, LKD_BROKER_MSR, "writing a model-specific register", EPERM);
}

static const struct {
	uint32_t command;
	uint32_t held;
	lkd_handler handle;
} commands[] = {
	{ TIOCSSERIAL, LKD_BROKER_TIOCSSERIAL, set_serial },
	{ KDADDIO, LKD_BROKER_IOPORT, add_ports },
	{ KDENABIO, LKD_BROKER_IOPORT, add_ports },
	{ MSR_WRITE_REGS, LKD_BROKER_MSR, write_msr },
};

long lkd_call_ioctl(struct lkd_call *c)
{
	const uint32_t command = (uint32_t)c->n->data.args[1];

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].command == command && c->b->held & commands[i].held)
			return commands[i].handle(c);
	return -ENOSYS; /* the filter and the plan disagree */
}
