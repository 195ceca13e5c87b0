// SPDX-License-Identifier: BSD-2-Clause
/* What a probe hands back, and errno as words. */
#define _GNU_SOURCE 1
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "probes.h"

/* musl has no strerrorname_np(), and glibc's does not know the numbers that
 * leak out of the kernel. */
#define ERRNOS(X) \
	X(EPERM) X(ENOENT) X(ESRCH) X(EINTR) X(EIO) X(ENXIO) X(E2BIG) \
	X(ENOEXEC) X(EBADF) X(ECHILD) X(EAGAIN) X(ENOMEM) X(EACCES) X(EFAULT) \
	X(ENOTBLK) X(EBUSY) X(EEXIST) X(EXDEV) X(ENODEV) X(ENOTDIR) X(EISDIR) \
	X(EINVAL) X(ENFILE) X(EMFILE) X(ENOTTY) X(ETXTBSY) X(EFBIG) X(ENOSPC) \
	X(ESPIPE) X(EROFS) X(EMLINK) X(EPIPE) X(EDOM) X(ERANGE) X(EDEADLK) \
	X(ENAMETOOLONG) X(ENOLCK) X(ENOSYS) X(ENOTEMPTY) X(ELOOP) X(ENODATA) \
	X(EPROTO) X(EBADMSG) X(EOVERFLOW) X(EILSEQ) X(EUSERS) X(ENOTSOCK) \
	X(EMSGSIZE) X(EPROTOTYPE) X(ENOPROTOOPT) X(EPROTONOSUPPORT) \
	X(ESOCKTNOSUPPORT) X(EOPNOTSUPP) X(EPFNOSUPPORT) X(EAFNOSUPPORT) \
	X(EADDRINUSE) X(EADDRNOTAVAIL) X(ENETDOWN) X(ENETUNREACH) X(ENOBUFS) \
	X(ETIMEDOUT) X(ECONNREFUSED) X(EALREADY) X(ESTALE) X(EUCLEAN) \
	X(EDQUOT) X(ECANCELED) X(ENOKEY) X(EKEYEXPIRED) X(EKEYREVOKED) \
	X(EKEYREJECTED) X(ENOPKG) X(EREMOTEIO) X(ELIBBAD)

static const struct {
	int		err;
	const char	*name;
} errnos[] = {
#define X(e) { e, #e },
	ERRNOS(X)
#undef X
	{ 517, "EPROBE_DEFER" },
	{ 524, "ENOTSUPP" },
};

const char *errno_name(int err, char buf[static 16])
{
	for (size_t i = 0; i < N_OF(errnos); i++)
		if (errnos[i].err == err)
			return errnos[i].name;
	snprintf(buf, 16, "E%d", err);
	return buf;
}

/*
 * A line of output is one record with tabs between the fields: control
 * characters and runs of blanks become one blank, none at either end.
 */
void oneline(char *s)
{
	char *out = s;
	bool blank = true;

	for (const char *in = s; *in; in++) {
		bool b = (unsigned char) *in <= ' ';

		if (!b)
			*out++ = *in;
		else if (!blank)
			*out++ = ' ';
		blank = b;
	}
	if (out > s && out[-1] == ' ')
		out--;
	*out = '\0';
}

static void PRINTF(4, 0) set(struct result *res, enum verdict verdict, int err,
		const char *fmt, va_list ap)
{
	res->verdict = verdict;
	res->err = err;
	vsnprintf(res->detail, sizeof(res->detail), fmt, ap);
	oneline(res->detail);
}

void res_ok(struct result *res, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(res, VERDICT_OK, 0, fmt, ap);
	va_end(ap);
}

void res_err(struct result *res, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(res, VERDICT_ERR, err, fmt, ap);
	va_end(ap);
}

void res_skip(struct result *res, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(res, VERDICT_SKIP, 0, fmt, ap);
	va_end(ap);
}

void res_step(struct result *res, int err, const char *fmt, ...)
{
	char buf[16];
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	set(res, VERDICT_SKIP, 0, fmt, ap);
	va_end(ap);
	len = strlen(res->detail);
	snprintf(res->detail + len, sizeof(res->detail) - len, ": %s",
		 errno_name(err, buf));
}

void res_rc(struct result *res, long rc)
{
	if (rc < 0)
		res_err(res, errno, "%s", "");
	else
		res_ok(res, "%s", "");
}
