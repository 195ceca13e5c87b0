// SPDX-License-Identifier: BSD-2-Clause
/* Device nodes: made, opened, asked. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <linux/fb.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/input.h>
#include <linux/kd.h>
#include <linux/loop.h>
#include <linux/random.h>
#include <linux/rtc.h>
#include <linux/serial.h>
#include <linux/uinput.h>
#include <linux/vt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "works.h"

/* arg: "MODE(r|w|b) PATH [MODULES]" */
void work_open(struct result *res, const char *arg)
{
	static const int modes[] = { ['r'] = O_RDONLY, ['w'] = O_WRONLY, ['b'] = O_RDWR };
	char path[96], modules[64] = "";

	sscanf(arg + 1, " %95s %63[^\n]", path, modules);
	if (*modules && !work_needs(res, modules))
		return;
	if (!path_exists(path))
		return res_skip(res, "no %s", path);
	TRY(res, open(path, modes[(int)*arg] | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	DONE(res);
}

/* arg: "c|b|p|s MAJOR MINOR [open]" */
void work_mknod(struct result *res, const char *arg)
{
	unsigned int major, minor;
	char path[64], kind, then[8] = "";
	mode_t mode;

	if (sscanf(arg, "%c %u %u %7s", &kind, &major, &minor, then) < 3)
		return res_skip(res, "bad table row");
	mode = kind == 'c' ? S_IFCHR : kind == 'b' ? S_IFBLK : kind == 'p' ? S_IFIFO : S_IFSOCK;
	snprintf(path, sizeof(path), "%s/node", temp_dir());
	TRY(res, mknod(path, mode | 0600, makedev(major, minor)));
	if (*then)
		TRY(res, open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	TRY(res, unlink(path));
	DONE(res);
}

static int pty(char *slave, size_t size)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || grantpt(fd) || unlockpt(fd) || ptsname_r(fd, slave, size))
		return -1;
	return fd;
}

/* arg: "sticti", "winsize", "attr", "packet" */
void work_pty(struct result *res, const char *arg)
{
	struct winsize ws = { .ws_row = 25, .ws_col = 80 };
	struct termios t;
	char slave[64];
	int m, s;

	TRY(res, m = pty(slave, sizeof(slave)));
	TRY(res, setsid() < 0 && errno != EPERM ? -1 : 0);
	TRY(res, s = open(slave, O_RDWR | O_CLOEXEC | O_NOCTTY));
	if (*arg == 's') {
		TRY(res, ioctl(s, TIOCSTI, "x"));
	} else if (*arg == 'w') {
		TRY(res, ioctl(s, TIOCSWINSZ, &ws));
	} else if (*arg == 'a') {
		TRY(res, tcgetattr(s, &t));
		TRY(res, tcsetattr(s, TCSANOW, &t));
	} else {
		TRY(res, ioctl(m, TIOCPKT, &(int){ 1 }));
	}
	DONE(res);
}

/* a session of its own, with a terminal that is its own */
void work_ctty(struct result *res, const char *arg)
{
	char slave[64];
	pid_t pid;
	int m, s, status;

	(void)arg;
	TRY(res, m = pty(slave, sizeof(slave)));
	TRY(res, pid = fork());
	if (!pid) {
		if (setsid() < 0 || (s = open(slave, O_RDWR | O_NOCTTY)) < 0 || ioctl(s, TIOCSCTTY, 0))
			_exit(errno);
		_exit(0);
	}
	TRY(res, waitpid(pid, &status, 0));
	if (status)
		return res_err(res, WEXITSTATUS(status), "TIOCSCTTY");
	DONE(res);
}

/* arg: MODE PATH REQUEST(hexadecimal): an ioctl that fills or takes at most 4 KiB */
void work_ioctl(struct result *res, const char *arg)
{
	static char room[4096];
	char path[96], modules[64] = "";
	unsigned long request;
	int fd;

	if (sscanf(arg, "%95s %lx %63s", path, &request, modules) < 2)
		return res_skip(res, "bad table row");
	if (*modules && !work_needs(res, modules))
		return;
	if (!path_exists(path))
		return res_skip(res, "no %s", path);
	fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		TRY(res, fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	TRY(res, ioctl(fd, request, room));
	DONE(res);
}

/* what was read is set again */
void work_serial_attr(struct result *res, const char *arg)
{
	struct serial_struct ss;
	struct termios t;
	int fd;

	TRY(res, fd = open(arg, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	TRY(res, tcgetattr(fd, &t));
	TRY(res, tcsetattr(fd, TCSANOW, &t));
	TRY(res, ioctl(fd, TIOCGSERIAL, &ss));
	TRY(res, ioctl(fd, TIOCSSERIAL, &ss));
	DONE(res);
}

void work_rtc(struct result *res, const char *arg)
{
	struct rtc_time t;
	int fd;

	TRY(res, fd = open(arg, O_RDWR | O_CLOEXEC));
	TRY(res, ioctl(fd, RTC_RD_TIME, &t));
	TRY(res, ioctl(fd, RTC_SET_TIME, &t));
	DONE(res);
}

void work_entropy(struct result *res, const char *arg)
{
	struct { struct rand_pool_info info; uint32_t data[2]; } pool = { .info = { .entropy_count = 0, .buf_size = 8 } };
	int fd;

	TRY(res, fd = open(arg, O_RDWR | O_CLOEXEC));
	TRY(res, ioctl(fd, RNDADDENTROPY, &pool));
	TRY(res, ioctl(fd, RNDGETENTCNT, &pool.data[0]));
	DONE(res);
}

/* a loop device over a file of ours; Return: its descriptor */
static int loop_new(size_t size, char *dev, size_t dev_size, int *ret_file)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), n, fd;
	char path[64];

	if (control < 0 || (n = ioctl(control, LOOP_CTL_GET_FREE)) < 0)
		return -1;
	snprintf(dev, dev_size, "/dev/loop%d", n);
	fd = open(dev, O_RDWR | O_CLOEXEC);
	*ret_file = temp_file(size, path, sizeof(path));
	if (fd < 0 || *ret_file < 0 || ioctl(fd, LOOP_SET_FD, *ret_file))
		return -1;
	return fd;
}

/* arg: "io", "status", "direct", "swap" */
void work_loop(struct result *res, const char *arg)
{
	struct loop_info64 info;
	char dev[32], page[4096] = "";
	uint64_t size;
	int fd, file;

	TRY(res, fd = loop_new(1 << 20, dev, sizeof(dev), &file));
	if (*arg == 'i') {
		if (pwrite(fd, page, sizeof(page), 8192) != sizeof(page) || fsync(fd))
			res_err(res, errno, "write");
		else
			res_rc(res, ioctl(fd, 0x80081272 /* BLKGETSIZE64 */, &size));
	} else if (*arg == 's' && arg[1] == 't') {
		if (ioctl(fd, LOOP_GET_STATUS64, &info))
			res_err(res, errno, "LOOP_GET_STATUS64");
		else
			res_rc(res, ioctl(fd, LOOP_SET_STATUS64, &info));
	} else if (*arg == 'd') {
		res_rc(res, ioctl(fd, 0x125d /* BLKROSET */, &(int){ 1 }));
		(void)ioctl(fd, 0x125d, &(int){ 0 });
	} else {
		/* union swap_header: version 1, last page; the magic at the end of the page */
		((uint32_t *)page)[256] = 1;
		((uint32_t *)page)[257] = 255;
		memcpy(page + 4086, "SWAPSPACE2", 10);
		if (pwrite(file, page, sizeof(page), 0) != sizeof(page) || swapon(dev, 0))
			res_err(res, errno, "swapon");
		else
			res_rc(res, swapoff(dev));
	}
	ioctl(fd, LOOP_CLR_FD, 0);
}

/* arg: SIZE of a compressed disk in memory */
void work_zram(struct result *res, const char *arg)
{
	char text[16], path[64];
	int fd;

	if (!work_needs(res, "zram"))
		return;
	TRY(res, read_text(AT_FDCWD, "/sys/class/zram-control/hot_add", text, sizeof(text)));
	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", atoi(text));
	TRY(res, write_text(path, arg));
	snprintf(path, sizeof(path), "/dev/zram%d", atoi(text));
	TRY(res, fd = open(path, O_RDWR | O_CLOEXEC));
	TRY(res, write(fd, path, sizeof(path)));
	close(fd);
	snprintf(path, sizeof(path), "/sys/block/zram%d/reset", atoi(text));
	TRY(res, write_text(path, "1"));
	TRY(res, write_text("/sys/class/zram-control/hot_remove", text));
	DONE(res);
}

void work_tun(struct result *res, const char *arg)
{
	struct ifreq ifr = { .ifr_flags = IFF_NO_PI };
	int fd;

	if (!work_needs(res, "tun"))
		return;
	ifr.ifr_flags |= *arg == 'a' ? IFF_TAP : IFF_TUN;
	TRY(res, fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC));
	TRY(res, ioctl(fd, TUNSETIFF, &ifr));
	DONE(res);
}

void work_uinput(struct result *res, const char *arg)
{
	struct uinput_setup setup = { .id.bustype = BUS_VIRTUAL };
	int fd;

	(void)arg;
	if (!work_needs(res, "uinput"))
		return;
	snprintf(setup.name, sizeof(setup.name), "works");
	TRY(res, fd = open("/dev/uinput", O_RDWR | O_CLOEXEC));
	TRY(res, ioctl(fd, UI_SET_EVBIT, EV_KEY));
	TRY(res, ioctl(fd, UI_SET_KEYBIT, KEY_A));
	TRY(res, ioctl(fd, UI_DEV_SETUP, &setup));
	TRY(res, ioctl(fd, UI_DEV_CREATE));
	TRY(res, ioctl(fd, UI_DEV_DESTROY));
	DONE(res);
}

/* a virtual machine with a processor and a page of memory; arg: modules */
void work_kvm(struct result *res, const char *arg)
{
	int kvm, vm;

	if (!work_needs(res, arg))
		return;
	if (!path_exists("/dev/kvm"))
		return res_skip(res, "no /dev/kvm");
	TRY(res, kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC));
	TRY(res, ioctl(kvm, 0xae00 /* GET_API_VERSION */, 0));
	TRY(res, vm = ioctl(kvm, 0xae01 /* CREATE_VM */, 0));
	TRY(res, ioctl(vm, 0xae41 /* CREATE_VCPU */, 0));
	DONE(res);
}

/* arg: driver of a PCI device, which is taken from its device and given back */
void work_pci_rebind(struct result *res, const char *arg)
{
	char dir[96], name[64], path[200];

	snprintf(dir, sizeof(dir), "/sys/bus/pci/drivers/%s", arg);
	if (first_entry(dir, "0000:", name, sizeof(name)) < 0)
		return res_skip(res, "no device of %s", arg);
	snprintf(path, sizeof(path), "%s/unbind", dir);
	TRY(res, write_text(path, name));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", name);
	TRY(res, write_text(path, arg));
	TRY(res, write_text(path, "\n"));
	snprintf(path, sizeof(path), "%s/bind", dir);
	TRY(res, write_text(path, name));
	DONE(res);
}
