// SPDX-License-Identifier: BSD-2-Clause
/* KEXEC: both system calls, and the one through its three doors. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes.h"

#define KEXEC_FILE_UNLOAD_		1
#define KEXEC_FILE_NO_INITRAMFS_	4

/*
 * One more than KEXEC_SEGMENT_MAX: where kexec_load is allowed the answer is
 * EINVAL before anything was loaded, and before a loaded image was dropped.
 */
#define TOO_MANY_SEGMENTS		17

#define I386_KEXEC_LOAD			283
#define X32_KEXEC_LOAD			528

/* The i386 table has no such call; whatever is not there answers ENOSYS. */
#ifndef SYS_kexec_file_load
#define SYS_kexec_file_load		-1
#endif

void probe_kexec_load(struct result *res, const char *arg)
{
	long rc = syscall(SYS_kexec_load, 0UL, TOO_MANY_SEGMENTS, NULL, 0UL);

	(void) arg;
	if (rc < 0 && errno == ENOSYS)
		return res_step(res, errno, "kexec_load");
	res_rc(res, rc);
}

void probe_kexec_load_i386(struct result *res, const char *arg)
{
	long rc;

	(void) arg;
	if (!int80(I386_KEXEC_LOAD, 0, TOO_MANY_SEGMENTS, 0, 0, &rc))
		return res_skip(res, "the kernel has no ia32 emulation");
	if (rc == -ENOSYS)
		return res_step(res, ENOSYS, "kexec_load by int 0x80");
	errno = -rc;
	res_rc(res, rc);
}

void probe_kexec_load_x32(struct result *res, const char *arg)
{
	long rc = x32_syscall(X32_KEXEC_LOAD, 0, TOO_MANY_SEGMENTS, 0, 0);

	(void) arg;
	if (rc < 0 && errno == ENOSYS)
		return res_skip(res, "the kernel has no x32 numbers");
	res_rc(res, rc);
}

static long file_load(int kernel, int initrd, const char *cmdline,
		      unsigned long flags)
{
	return syscall(SYS_kexec_file_load, kernel, initrd,
		       cmdline ? strlen(cmdline) + 1 : 0UL, cmdline, flags);
}

void probe_kexec_file_unload(struct result *res, const char *arg)
{
	long rc = file_load(-1, -1, NULL, KEXEC_FILE_UNLOAD_);

	(void) arg;
	if (rc < 0 && errno == ENOSYS)
		return res_step(res, errno, "kexec_file_load");
	res_rc(res, rc);
}

void probe_kexec_file_badfd(struct result *res, const char *arg)
{
	long rc = file_load(-1, -1, NULL, 0);

	(void) arg;
	if (rc < 0 && errno == ENOSYS)
		return res_step(res, errno, "kexec_file_load");
	res_rc(res, rc);
}

static uint32_t get32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t) p[3] << 24;
}

/*
 * Clear the PE header's pointer to the signature, so that the image is a good
 * kernel that nobody signed. 168 is the offset of data directory 4 from the
 * "PE\0\0" magic in a PE32+ file, which every x86-64 kernel is.
 */
static bool unsign(unsigned char *image, size_t len)
{
	uint32_t pe;

	if (len < 64 || memcmp(image, "MZ", 2))
		return false;
	pe = get32(image + 0x3c);
	if (pe > len || len - pe < 176 || memcmp(image + pe, "PE\0\0", 4))
		return false;
	memset(image + pe + 168, 0, 8);
	return true;
}

/* arg: "asis", "unsigned" or "flipped" */
void probe_kexec_file_load(struct result *res, const char *arg)
{
	unsigned char *image;
	size_t len;
	long rc;
	int fd;

	if (!opt.kernel)
		return res_skip(res, "needs --kernel FILE");
	image = read_whole(opt.kernel, &len);
	if (!image)
		return res_step(res, errno, "read kernel image");
	if (len < 1 << 20)
		return res_skip(res, "kernel image too short");
	if (*arg == 'u' && !unsign(image, len))
		return res_skip(res, "kernel image is not a PE file");
	/* Well inside the compressed payload, far from any header. */
	if (*arg == 'f')
		image[len / 2] ^= 0x55;
	fd = memfd_readonly(image, len);
	free(image);
	if (fd < 0)
		return res_step(res, errno, "memfd");
	rc = file_load(fd, -1, "lockdown-probe", KEXEC_FILE_NO_INITRAMFS_);
	if (rc < 0 && errno == ENOSYS)
		return res_step(res, errno, "kexec_file_load");
	res_rc(res, rc);
	if (!rc)
		(void) file_load(-1, -1, NULL, KEXEC_FILE_UNLOAD_);
}
