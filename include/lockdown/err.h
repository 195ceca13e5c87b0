/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LOCKDOWN_ERR_H
#define LOCKDOWN_ERR_H

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LKD_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define LKD_PUBLIC	 __attribute__((visibility("default")))

/**
 * struct lkd_err - why a call failed, in words
 * @code: positive errno; 0 = no error was set
 * @msg:  outer context first, no errno text (the program appends that once),
 *        cut with "..." when too long; one line, without control characters
 * @hint: what to do about it, or empty
 *
 * Of fixed size, because an error path that allocates can itself fail.
 */
struct lkd_err {
	int code;
	char msg[384];
	char hint[256];
};

/**
 * lkd_err_set() - make a new error
 * @e:    filled in; may be NULL
 * @code: positive errno
 *
 * Return: -@code, so that the line that fails is the line that returns.
 */
LKD_PUBLIC int lkd_err_set(struct lkd_err *e, int code, const char *fmt, ...) LKD_PRINTF(3, 4);

/**
 * lkd_err_wrap() - put context in front of an error that was handed to us
 * @e: as filled by the failing call; may be NULL
 * @r: what that call returned (negative errno)
 *
 * Return: @r.
 */
LKD_PUBLIC int lkd_err_wrap(struct lkd_err *e, int r, const char *fmt, ...) LKD_PRINTF(3, 4);

/** lkd_err_hint() - say what to do about the error in @e (may be NULL); returns @r unchanged */
LKD_PUBLIC int lkd_err_hint(struct lkd_err *e, int r, const char *fmt, ...) LKD_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
