// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "try.h"
#include "util.h"

/* EPERM without these would be no lockdown's */
static bool has_caps(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};
	const __u32 wanted = 1u << CAP_SYS_BOOT | 1u << CAP_SYS_RAWIO;

	return !syscall(SYS_capget, &header, data) && (data[0].effective & wanted) == wanted;
}

/* flags that no kernel knows: looked at behind the question whether the kernel is locked down */
static int try_kexec(void)
{
	return syscall(SYS_kexec_load, 0UL, 0UL, NULL, ~0UL) ? errno : 0;
}

/* gone with this process */
static int try_iopl(void)
{
#ifdef SYS_iopl
	return syscall(SYS_iopl, 3) ? errno : 0;
#else
	return ENOSYS;
#endif
}

static int try_mem(void)
{
	lkd_autofd fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

int lkd_try(void)
{
	static const struct {
		const char *name;
		int (*call)(void);
	} calls[] = {{"kexec_load", try_kexec}, {"iopl", try_iopl}, {"/dev/mem", try_mem}};

	(void)printf("caps=%d", has_caps());
	for (size_t i = 0; i < LKD_N(calls); i++)
		(void)printf(" %s=%d", calls[i].name, calls[i].call());
	(void)puts("");
	return 0;
}
