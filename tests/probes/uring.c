// SPDX-License-Identifier: BSD-2-Clause
/*
 * The same operations through io_uring: a filter on system calls never sees
 * them, and two of the ways run in threads that the kernel made.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes.h"

#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup	425
#define SYS_io_uring_enter	426
#endif

struct ring {
	int			fd;
	bool			sqpoll;
	struct io_uring_params	p;
	char			*sq, *cq;
	struct io_uring_sqe	*sqes;
};

static int ring_open(struct ring *r, bool sqpoll)
{
	size_t sq_size, cq_size;

	memset(r, 0, sizeof(*r));
	r->sqpoll = sqpoll;
	if (sqpoll) {
		r->p.flags = IORING_SETUP_SQPOLL;
		r->p.sq_thread_idle = 100;
	}
	r->fd = syscall(SYS_io_uring_setup, 4U, &r->p);
	if (r->fd < 0)
		return -1;
	sq_size = r->p.sq_off.array + r->p.sq_entries * sizeof(uint32_t);
	cq_size = r->p.cq_off.cqes + r->p.cq_entries * sizeof(struct io_uring_cqe);
	r->sq = mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_CQ_RING);
	r->sqes = mmap(NULL, r->p.sq_entries * sizeof(*r->sqes),
		       PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQES);
	if (r->sq == MAP_FAILED || r->cq == MAP_FAILED || r->sqes == MAP_FAILED)
		return -1;
	return 0;
}

static uint32_t *field(char *base, uint32_t off)
{
	return (uint32_t *) (base + off);
}

/* One request, one answer. Return: 0 and *@ret, or -1 with errno. */
static int ring_do(struct ring *r, const struct io_uring_sqe *sqe, int *ret)
{
	uint32_t *tail = field(r->sq, r->p.sq_off.tail);
	uint32_t mask = *field(r->sq, r->p.sq_off.ring_mask);
	uint32_t slot = *tail & mask;
	uint32_t *head, flags = IORING_ENTER_GETEVENTS;
	const struct io_uring_cqe *cqe;

	r->sqes[slot] = *sqe;
	field(r->sq, r->p.sq_off.array)[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_SEQ_CST);
	/* Waking a poller that is awake costs nothing. */
	if (r->sqpoll)
		flags |= IORING_ENTER_SQ_WAKEUP;
	while (syscall(SYS_io_uring_enter, r->fd, r->sqpoll ? 0U : 1U, 1U, flags,
		       NULL, 0UL) < 0)
		if (errno != EINTR)
			return -1;
	head = field(r->cq, r->p.cq_off.head);
	if (*head == __atomic_load_n(field(r->cq, r->p.cq_off.tail),
				     __ATOMIC_ACQUIRE)) {
		errno = ENODATA;
		return -1;
	}
	cqe = (void *) (r->cq + r->p.cq_off.cqes);
	*ret = cqe[*head & *field(r->cq, r->p.cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return 0;
}

/* arg of all: "inline", "async" (a worker thread) or "sqpoll" (the poller) */
static bool ring_run(struct result *res, const char *arg,
		     struct io_uring_sqe *sqe, int *ret)
{
	struct ring r;

	if (ring_open(&r, *arg == 's') < 0) {
		res_step(res, errno, "io_uring_setup");
		return false;
	}
	if (*arg == 'a')
		sqe->flags |= IOSQE_ASYNC;
	if (ring_do(&r, sqe, ret) < 0) {
		res_step(res, errno, "io_uring_enter");
		close(r.fd);
		return false;
	}
	close(r.fd);
	return true;
}

void probe_uring_devmem(struct result *res, const char *arg)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t) "/dev/mem",
		.open_flags = O_RDONLY | O_CLOEXEC,
	};
	int ret;

	/* As dev_open() does: a missing node is not a missing device. */
	if (!path_exists("/dev/mem") && path_exists("/sys/class/mem/mem/dev")) {
		sqe.fd = node_dir(1, 1);
		sqe.addr = (uintptr_t) "node";
		if (sqe.fd < 0)
			return res_step(res, errno, "mknod c 1:1 in tmpfs");
	}
	if (!ring_run(res, arg, &sqe, &ret))
		return;
	if (ret == -ENOENT || ret == -ENXIO)
		return res_step(res, -ret, "open /dev/mem");
	errno = -ret;
	res_rc(res, ret);
	if (ret >= 0)
		close(ret);
}

static void uring_write(struct result *res, const char *arg, int fd,
			const void *buf, unsigned int len, uint64_t off)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_WRITE,
		.fd = fd,
		.addr = (uintptr_t) buf,
		.len = len,
		.off = off,
	};
	int ret;

	if (!ring_run(res, arg, &sqe, &ret))
		return;
	errno = -ret;
	res_rc(res, ret);
}

/*
 * io_uring does not pass an empty write on to the driver, so this is four
 * bytes: half a register, EINVAL where writing is allowed. O_NONBLOCK lets the
 * kernel try without a worker.
 */
void probe_uring_msr(struct result *res, const char *arg)
{
	int fd = dev_open("/dev/cpu/0/msr", "/sys/class/msr/msr0/dev",
			  O_RDWR | O_NONBLOCK);

	if (fd < 0)
		return res_step(res, errno, "open /dev/cpu/0/msr");
	uring_write(res, arg, fd, "\0\0\0", 4, 0x1b0);
	close(fd);
}

void probe_uring_pci(struct result *res, const char *arg)
{
	char dev[64], path[128], byte;
	int fd;

	if (first_entry("/sys/bus/pci/devices", "", dev, sizeof(dev)) < 0)
		return res_skip(res, "no PCI device in sysfs");
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", dev);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return res_step(res, errno, "open config");
	if (pread(fd, &byte, 1, 0x3c) != 1)
		res_step(res, errno, "read config");
	else
		uring_write(res, arg, fd, &byte, 1, 0x3c);
	close(fd);
}
