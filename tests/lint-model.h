/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For clang's analyser only, which sees one file at a time: errno is positive
 * after a failed call, and the calls that make an error return it as it is.
 */
#include <errno.h>

#include <lockdown/err.h>

static inline int *lint_errno(void)
{
	int *e = __errno_location();

	if (*e <= 0)
		__builtin_unreachable();
	return e;
}
#undef errno
#define errno (*lint_errno())

/* the sign of a negated value is beyond it, so it is told */
#define lkd_err_set(e, code, ...)                                     \
	({                                                            \
		const int lint_r = (lkd_err_set)(e, code, __VA_ARGS__); \
		if (lint_r >= 0)                                      \
			__builtin_unreachable();                      \
		lint_r;                                               \
	})
#define lkd_err_hint(e, r, ...)                                 \
	({                                                      \
		const int lint_r = (r);                         \
		(void)(lkd_err_hint)(e, lint_r, __VA_ARGS__);   \
		lint_r;                                         \
	})
#define lkd_err_wrap(e, r, ...)                                 \
	({                                                      \
		const int lint_r = (r);                         \
		(void)(lkd_err_wrap)(e, lint_r, __VA_ARGS__);   \
		lint_r;                                         \
	})
