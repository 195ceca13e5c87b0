/* SPDX-License-Identifier: BSD-2-Clause */
/* Holding files without BPF: a mount namespace with masks in it, and a Landlock domain. */
#ifndef LKD_FILES_H
#define LKD_FILES_H

#include <lockdown/planbin.h>

/** struct lkd_files_failure - what could not be done, for who reports it */
struct lkd_files_failure {
	const char *what;
	char path[256]; /* "" = of no path */
};

/**
 * lkd_files_apply() - confine this process, and all that it starts, to the files that the plan leaves
 * @hidden: the absolute path of one file more that nobody may open, or NULL
 * @closed: set to the number of inherited descriptors of directories that executing will close: what is reached from
 *          them lies in the mount namespace of before, where nothing is masked
 *
 * Puts the process into a mount namespace of its own, masks there what the plan
 * says, closes device nodes outside of /dev, and enters a Landlock domain which
 * allows reading and writing all that is there now, but for what the plan
 * refuses and what those directories may get later. Landlock refuses any change
 * of mounts from then on (security/landlock/fs.c: hook_sb_mount and the others).
 * Takes CAP_SYS_ADMIN. For a process of one thread.
 *
 * Return: 0, or -errno with @f.
 */
int lkd_files_apply(const struct lkd_planbin *plan, const char *hidden, unsigned *closed, struct lkd_files_failure *f);

#endif
