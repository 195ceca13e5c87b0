/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are read whole and replaced whole: a container's config.json, an engine's configuration. */
#ifndef LKD_FILE_H
#define LKD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/** lkd_read_whole() - a text of at most @most bytes, and a NUL behind it; NULL if it is longer, or with errno */
char *lkd_read_whole(int fd, size_t most, size_t *ret_len);

/** lkd_file_trusted() - belongs to root or to us, and nobody else may write to it */
bool lkd_file_trusted(const struct stat *st);

/**
 * lkd_file_replace() - put a new text in a file's place, atomically
 * @dir:  its directory
 * @like: owner, group and mode that the new one gets
 * @sync: on the disk before it takes the old one's place, so that a crash leaves one or the other
 *
 * Return: 0 or -errno; then the old file is as it was.
 */
int lkd_file_replace(int dir, const char *name, const struct stat *like, const char *text, size_t len, bool sync);

#endif
