// SPDX-License-Identifier: BSD-2-Clause
/* MSR: writing is refused, opening for writing and reading are not. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "probes.h"

#define X86_IOC_RDMSR_REGS_	_IOWR('c', 0xA0, uint32_t[8])
#define X86_IOC_WRMSR_REGS_	_IOWR('c', 0xA1, uint32_t[8])

#define MSR_TSC_		0x10
#define MSR_ENERGY_PERF_BIAS_	0x1b0	/* the one the driver does not complain about */
#define MSR_NONE_		0xdeadbee0

static int msr_open(struct result *res, int flags)
{
	int fd = dev_open("/dev/cpu/0/msr", "/sys/class/msr/msr0/dev", flags);

	if (fd < 0)
		res_step(res, errno, "open /dev/cpu/0/msr");
	return fd;
}

void probe_msr_write(struct result *res, const char *arg)
{
	int fd = msr_open(res, O_RDWR);

	(void) arg;
	if (fd < 0)
		return;
	/* No bytes, no register: but the driver is asked. */
	res_rc(res, pwrite(fd, "", 0, MSR_ENERGY_PERF_BIAS_));
	close(fd);
}

void probe_msr_read(struct result *res, const char *arg)
{
	int fd = msr_open(res, O_RDONLY);
	uint64_t value;

	(void) arg;
	if (fd < 0)
		return;
	res_rc(res, pread(fd, &value, sizeof(value), MSR_TSC_));
	close(fd);
}

/* arg: "rd" or "wr" */
void probe_msr_regs(struct result *res, const char *arg)
{
	bool wr = *arg == 'w';
	/* eax, ecx, edx, ebx, esp, ebp, esi, edi */
	uint32_t regs[8] = { 0, wr ? MSR_NONE_ : MSR_TSC_ };
	int fd = msr_open(res, O_RDWR);

	if (fd < 0)
		return;
	res_rc(res, ioctl(fd, wr ? X86_IOC_WRMSR_REGS_ : X86_IOC_RDMSR_REGS_,
			  regs));
	close(fd);
}
