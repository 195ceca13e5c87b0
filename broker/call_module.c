// SPDX-License-Identifier: BSD-2-Clause
/*
 * init_module(2), finit_module(2), where the kernel itself insists on
 * signatures. What is loaded is our own copy, so that what was looked at is what
 * is loaded: by init_module(2), for either call. Refused are what a signature
 * says nothing of (parameters), what hides what is in it (compression), and the
 * modules that ask the kernel's lockdown when they start.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"

#define IMAGE_MAX	    (256UL << 20)
#define IGNORE_SIGNED_THINGS 3u /* MODULE_INIT_IGNORE_MODVERSIONS, MODULE_INIT_IGNORE_VERMAGIC */
#define COMPRESSED_FILE	    4u /* MODULE_INIT_COMPRESSED_FILE */

/* as modinfo names them; signed, so it cannot be another's word */
static const struct {
	const char *tag;
	size_t len;
	const char *told;
} asking[] = {
#define ASKING(name) { "name=" name, sizeof("name=" name), "module " name }
	ASKING("phram"),
	ASKING("testmmiotrace"),
	ASKING("xen_privcmd"),
#undef ASKING
};

static long check_image(struct lkd_call *c, const char *image, size_t len)
{
	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		const char *at = image;

		while ((at = memmem(at, len - (size_t)(at - image), asking[i].tag, asking[i].len))) {
			/* the first of its section, or after another one's end: not the tail of a longer word */
			if (at == image || !at[-1])
				return lkd_call_refuse(c, LKD_BROKER_MODULES, asking[i].told, EPERM);
			at++;
		}
	}
	return 0;
}

static long copy_file(struct lkd_call *c, int fd, char **ret, size_t *ret_len)
{
	const int flags = fcntl(fd, F_GETFL);
	struct stat st;
	size_t done = 0;
	ssize_t n = 1;

	if (flags & O_PATH || (flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size <= 0 || (unsigned long)st.st_size > IMAGE_MAX)
		return st.st_size > 0 ? -EFBIG : -EINVAL;
	*ret = lkd_call_room(c, (size_t)st.st_size);
	if (!*ret)
		return -ENOMEM;
	while (done < (size_t)st.st_size && (n = pread(fd, *ret + done, (size_t)st.st_size - done, (off_t)done)) > 0)
		done += (size_t)n;
	*ret_len = done;
	return n < 0 ? -errno : 0;
}

static long copy_memory(struct lkd_call *c, uint64_t from, uint64_t len, char **ret)
{
	if (!len)
		return -ENOEXEC;
	if (len > IMAGE_MAX)
		return -ENOMEM;
	*ret = lkd_call_room(c, (size_t)len);
	return *ret ? lkd_call_read(c, from, *ret, (size_t)len) : -ENOMEM;
}

static long copy_image(struct lkd_call *c, char **image, size_t *len)
{
	const __u64 *args = c->n->data.args;
	const uint32_t flags = (uint32_t)args[2];
	long fd;

	if (c->call == LKD_CALL_INIT_MODULE) {
		*len = (size_t)args[1];
		return copy_memory(c, args[0], args[1], image);
	}
	if (flags & ~(IGNORE_SIGNED_THINGS | COMPRESSED_FILE))
		return -EINVAL;
	if (flags & IGNORE_SIGNED_THINGS) /* what the kernel answers when it enforces signatures */
		return -EKEYREJECTED;
	if (flags & COMPRESSED_FILE)
		return lkd_call_refuse(c, LKD_BROKER_MODULES, "a compressed module (stricter)", EPERM);
	fd = lkd_call_fd(c, (int)args[0]);
	return fd < 0 ? fd : copy_file(c, (int)fd, image, len);
}

long lkd_call_module(struct lkd_call *c)
{
	const uint64_t params = c->n->data.args[c->call == LKD_CALL_INIT_MODULE ? 2 : 1];
	char *image = NULL, first = 0;
	size_t len = 0;
	long r;

	if (!c->b->sig_enforce)
		return lkd_call_refuse(c, LKD_BROKER_MODULES, "a module, whose signature nobody checks (stricter)", EPERM);
	r = lkd_call_rights(c);
	if (!r && !lkd_call_can(c, 16 /* CAP_SYS_MODULE */))
		return -EPERM;
	if (!r)
		r = copy_image(c, &image, &len);
	if (!r)
		r = image ? check_image(c, image, len) : -ENOEXEC;
	if (!r)
		r = lkd_call_read(c, params, &first, 1);
	if (!r && first)
		return lkd_call_refuse(c, LKD_BROKER_MODULES, "a module with parameters (stricter)", EPERM);
	if (!r)
		r = lkd_call_detach(c, 19 /* CAP_SYS_PTRACE */, false);
	return r ? r : lkd_call_perform(c, SYS_init_module, (long[5]){ (long)image, (long)len, (long)"" });
}
