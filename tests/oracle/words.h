/* SPDX-License-Identifier: BSD-2-Clause */
/* errno as a word; musl has no strerrorname_np(). Whatever is not in the table is printed as a number. */
#ifndef ORACLE_WORDS_H
#define ORACLE_WORDS_H

#include <errno.h>
#include <stdio.h>

static const char *errno_word(int err)
{
#define W(e) { e, #e }
	static const struct {
		int err;
		const char *word;
	} words[] = {
		{ 0, "-" }, W(EPERM), W(ENOENT), W(EINTR), W(EIO), W(ENXIO), W(EBADF), W(EAGAIN), W(ENOMEM), W(EACCES),
		W(EFAULT), W(EBUSY), W(EEXIST), W(ENODEV), W(ENOTDIR), W(EISDIR), W(EINVAL), W(ENFILE), W(EMFILE), W(ENOTTY),
		W(ETXTBSY), W(EFBIG), W(ENOSPC), W(ESPIPE), W(EROFS), W(EPIPE), W(ENOSYS), W(ENODATA), W(EOVERFLOW),
		W(EOPNOTSUPP), W(ESRCH), W(ENOMEDIUM), W(ELOOP), W(ENODATA), W(ENOKEY), W(EADDRINUSE), W(EALREADY),
	};
#undef W
	static char number[16];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].err == err)
			return words[i].word;
	snprintf(number, sizeof(number), "E%d", err);
	return number;
}

#endif
