// SPDX-License-Identifier: BSD-2-Clause
/* The error object: see include/lockdown/err.h. */
#include <stdio.h>
#include <string.h>

#include <lockdown/err.h>

static void LKD_PRINTF(3, 0) fill(char *buf, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(buf, size, fmt, ap);

	if (n < 0)
		buf[0] = '\0';
	else if ((size_t)n >= size)
		memcpy(buf + size - 4, "...", 4);
	for (; *buf; buf++) /* names that it quotes are anybody's: one line, and nothing that a terminal obeys */
		if ((unsigned char)*buf < ' ' || *buf == 0x7f)
			*buf = '?';
}

int lkd_err_set(struct lkd_err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (e) {
		e->code = code;
		e->hint[0] = '\0';
		va_start(ap, fmt);
		fill(e->msg, sizeof(e->msg), fmt, ap);
		va_end(ap);
	}
	return -code;
}

int lkd_err_wrap(struct lkd_err *e, int r, const char *fmt, ...)
{
	struct lkd_err inner;
	char outer[sizeof(e->msg)];
	va_list ap;

	if (!e)
		return r;
	inner = *e;
	va_start(ap, fmt);
	fill(outer, sizeof(outer), fmt, ap);
	va_end(ap);
	if (snprintf(e->msg, sizeof(e->msg), "%s: %s", outer, inner.msg) >= (int)sizeof(e->msg))
		memcpy(e->msg + sizeof(e->msg) - 4, "...", 4);
	return r;
}

int lkd_err_hint(struct lkd_err *e, int r, const char *fmt, ...)
{
	va_list ap;

	if (e) {
		va_start(ap, fmt);
		fill(e->hint, sizeof(e->hint), fmt, ap);
		va_end(ap);
	}
	return r;
}
