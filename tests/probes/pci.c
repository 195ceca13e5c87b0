// SPDX-License-Identifier: BSD-2-Clause
/* PCI_ACCESS: config space and BARs through procfs and sysfs. */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes.h"

#define PCIIOC_CONTROLLER_	0x50434900	/* asks for the domain, changes nothing */
#define PCIIOC_MMAP_IS_MEM_	0x50434902	/* a setting of the descriptor */
#define IORESOURCE_IO_		0x100
#define IORESOURCE_MEM_		0x200

#define PCI_INTERRUPT_LINE_	0x3c		/* a scratch byte for the firmware */

#define SYSFS_PCI		"/sys/bus/pci/devices"

struct bar {
	char			dev[32];
	int			nr;
	unsigned long long	start;
};

/* First device of /proc/bus/pci, as a path. */
static bool proc_device(char *ret, size_t size)
{
	char bus[32], fn[32], dir[64];
	struct dirent **list;
	bool found = false;
	int n = scandir("/proc/bus/pci", &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		snprintf(bus, sizeof(bus), "%.31s", list[i]->d_name);
		free(list[i]);
		if (found || bus[0] == '.')
			continue;
		snprintf(dir, sizeof(dir), "/proc/bus/pci/%s", bus);
		if (first_entry(dir, "", fn, sizeof(fn)) < 0)
			continue;
		snprintf(ret, size, "%s/%s", dir, fn);
		found = true;
	}
	if (n >= 0)
		free(list);
	return found;
}

static bool bar_of(const char *dev, unsigned long long type, struct bar *ret)
{
	char path[320], text[2048], *line, *save;

	snprintf(path, sizeof(path), SYSFS_PCI "/%s/resource", dev);
	if (read_text(AT_FDCWD, path, text, sizeof(text)) < 0)
		return false;
	line = strtok_r(text, "\n", &save);
	for (int i = 0; i < 6 && line; i++, line = strtok_r(NULL, "\n", &save)) {
		unsigned long long start, end, flags;

		if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3 ||
		    !(flags & type) || !start)
			continue;
		snprintf(path, sizeof(path), SYSFS_PCI "/%s/resource%d", dev, i);
		if (!path_exists(path))
			continue;
		snprintf(ret->dev, sizeof(ret->dev), "%.31s", dev);
		ret->nr = i;
		ret->start = start;
		return true;
	}
	return false;
}

/*
 * A device without a driver is preferred: nothing depends on it, and a BAR
 * that a driver claimed exclusively answers EINVAL where mmap is allowed.
 */
static bool find_bar(unsigned long long type, struct bar *ret)
{
	struct dirent **list;
	bool found = false;
	int n = scandir(SYSFS_PCI, &list, NULL, alphasort);

	for (int idle = 1; idle >= 0 && !found; idle--) {
		for (int i = 0; i < n && !found; i++) {
			char path[320];

			if (list[i]->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), SYSFS_PCI "/%s/driver",
				 list[i]->d_name);
			if (idle && path_exists(path))
				continue;
			found = bar_of(list[i]->d_name, type, ret);
		}
	}
	for (int i = 0; i < n; i++)
		free(list[i]);
	if (n >= 0)
		free(list);
	return found;
}

static int bar_open(const struct bar *bar, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), SYSFS_PCI "/%s/resource%d", bar->dev,
		 bar->nr);
	return open(path, flags | O_CLOEXEC);
}

static int proc_open(struct result *res, int flags)
{
	char path[96];
	int fd;

	if (!proc_device(path, sizeof(path))) {
		res_skip(res, "no PCI device in /proc/bus/pci");
		return -1;
	}
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		res_step(res, errno, "open /proc/bus/pci device");
	return fd;
}

void probe_pci_proc_write(struct result *res, const char *arg)
{
	int fd = proc_open(res, O_RDWR);

	(void) arg;
	if (fd < 0)
		return;
	res_rc(res, write(fd, "", 0));
	close(fd);
}

void probe_pci_proc_ioctl(struct result *res, const char *arg)
{
	int fd = proc_open(res, O_RDWR);

	(void) arg;
	if (fd < 0)
		return;
	res_rc(res, ioctl(fd, PCIIOC_CONTROLLER_, 0));
	close(fd);
}

void probe_pci_proc_read(struct result *res, const char *arg)
{
	int fd = proc_open(res, O_RDONLY);
	char buf[256];
	ssize_t n;

	(void) arg;
	if (fd < 0)
		return;
	n = read(fd, buf, sizeof(buf));
	/* Without CAP_SYS_ADMIN only the first 64 bytes are shown. */
	if (n >= 0)
		res_ok(res, "%zd bytes", n);
	else
		res_rc(res, -1);
	close(fd);
}

static void map_result(struct result *res, int fd, off_t offset)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, offset);

	/* Mapped, never touched: a read of a register can be an action. */
	res_rc(res, p == MAP_FAILED ? -1 : 0);
	if (p != MAP_FAILED)
		munmap(p, 4096);
}

void probe_pci_proc_mmap(struct result *res, const char *arg)
{
	struct bar bar;
	char path[96];
	int fd;

	(void) arg;
	if (!find_bar(IORESOURCE_MEM_, &bar) || strncmp(bar.dev, "0000:", 5))
		return res_skip(res, "no PCI memory BAR in domain 0");
	/* 0000:BB:DD.F -> BB/DD.F */
	snprintf(path, sizeof(path), "/proc/bus/pci/%.2s/%.4s", bar.dev + 5,
		 bar.dev + 8);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return res_step(res, errno, "open /proc/bus/pci device");
	/*
	 * A fresh descriptor maps I/O space, which x86 cannot (EINVAL). Where
	 * this ioctl is refused, the mmap is refused before that matters.
	 */
	(void) ioctl(fd, PCIIOC_MMAP_IS_MEM_, 0);
	map_result(res, fd, bar.start & ~4095ULL);
	close(fd);
}

void probe_pci_bar_mmap(struct result *res, const char *arg)
{
	struct bar bar;
	int fd;

	(void) arg;
	if (!find_bar(IORESOURCE_MEM_, &bar))
		return res_skip(res, "no PCI memory BAR");
	fd = bar_open(&bar, O_RDONLY);
	if (fd < 0)
		return res_step(res, errno, "open resource%d", bar.nr);
	map_result(res, fd, 0);
	close(fd);
}

void probe_pci_config_write(struct result *res, const char *arg)
{
	char dev[64], path[128], byte;
	int fd;

	(void) arg;
	if (first_entry(SYSFS_PCI, "", dev, sizeof(dev)) < 0)
		return res_skip(res, "no PCI device in sysfs");
	snprintf(path, sizeof(path), SYSFS_PCI "/%s/config", dev);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return res_step(res, errno, "open config");
	if (pread(fd, &byte, 1, PCI_INTERRUPT_LINE_) != 1)
		res_step(res, errno, "read config");
	else
		res_rc(res, pwrite(fd, &byte, 1, PCI_INTERRUPT_LINE_));
	close(fd);
}

/* Three bytes are no port access: EINVAL where writing is allowed. */
void probe_pci_io_write(struct result *res, const char *arg)
{
	struct bar bar;
	int fd;

	(void) arg;
	if (!find_bar(IORESOURCE_IO_, &bar))
		return res_skip(res, "no PCI I/O BAR");
	fd = bar_open(&bar, O_RDWR);
	if (fd < 0)
		return res_step(res, errno, "open resource%d", bar.nr);
	res_rc(res, pwrite(fd, "\0\0\0", 3, 0));
	close(fd);
}

void probe_pci_io_read(struct result *res, const char *arg)
{
	struct bar bar;
	char byte;
	int fd;

	(void) arg;
	if (!find_bar(IORESOURCE_IO_, &bar))
		return res_skip(res, "no PCI I/O BAR");
	fd = bar_open(&bar, O_RDONLY);
	if (fd < 0)
		return res_step(res, errno, "open resource%d", bar.nr);
	res_rc(res, pread(fd, &byte, 1, 0));
	close(fd);
}

void probe_pciconfig_write(struct result *res, const char *arg)
{
	(void) arg;
#ifdef SYS_pciconfig_write
	unsigned char byte = 0;

	/* No such bus: ENODEV where it is allowed. */
	res_rc(res, syscall(SYS_pciconfig_write, 255UL, 255UL, 0UL, 1UL, &byte));
#else
	res_skip(res, "no such system call on this architecture");
#endif
}

struct cxl_mailbox_command {
	uint32_t	id;
	uint32_t	flags;
	uint16_t	raw_opcode, raw_rsvd;
	uint32_t	retval;
	struct {
		int32_t		size;
		uint32_t	rsvd;
		uint64_t	payload;
	} in, out;
};
_Static_assert(sizeof(struct cxl_mailbox_command) == 48, "CXL_MEM_SEND_COMMAND ABI");

#define CXL_MEM_SEND_COMMAND_	_IOWR(0xCE, 2, struct cxl_mailbox_command)
#define CXL_MEM_COMMAND_ID_RAW_	2

void probe_cxl_raw(struct result *res, const char *arg)
{
	struct cxl_mailbox_command cmd = { .id = CXL_MEM_COMMAND_ID_RAW_ };
	char name[64], path[96];
	int fd;

	(void) arg;
	if (first_entry("/dev/cxl", "mem", name, sizeof(name)) < 0)
		return res_skip(res, "no CXL memory device");
	snprintf(path, sizeof(path), "/dev/cxl/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return res_step(res, errno, "open CXL memory device");
	res_rc(res, ioctl(fd, CXL_MEM_SEND_COMMAND_, &cmd));
	close(fd);
}

/* The files are made when the driver probes, so presence is the verdict. */
void probe_amdgpu_regs(struct result *res, const char *arg)
{
	int dir, dri;
	struct dirent *d;
	bool regs = false;
	DIR *list;

	(void) arg;
	if (!path_exists("/sys/module/amdgpu"))
		return res_skip(res, "no amdgpu driver");
	dir = debugfs_dir();
	if (dir < 0)
		return res_step(res, errno, "mount debugfs");
	dri = openat(dir, "dri", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(dir);
	list = dri < 0 ? NULL : fdopendir(dri);
	if (!list)
		return res_step(res, errno, "open debugfs dri");
	while (!regs && (d = readdir(list))) {
		char name[288];

		snprintf(name, sizeof(name), "%s/amdgpu_regs", d->d_name);
		regs = !faccessat(dri, name, F_OK, 0);
	}
	closedir(list);
	res_ok(res, "amdgpu_regs %s", regs ? "present" : "absent");
}

void probe_pci_legacy_mem(struct result *res, const char *arg)
{
	char bus[64], path[128];
	int fd;

	(void) arg;
	if (first_entry("/sys/class/pci_bus", "", bus, sizeof(bus)) < 0)
		return res_skip(res, "no PCI bus in sysfs");
	snprintf(path, sizeof(path), "/sys/class/pci_bus/%s/legacy_mem", bus);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return res_step(res, errno, "open legacy_mem");
	map_result(res, fd, 0);
	close(fd);
}
