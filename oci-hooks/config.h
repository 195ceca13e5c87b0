/* SPDX-License-Identifier: BSD-2-Clause */
/* What lockdown-hook and lockdown-runtime share: their configuration, files of bundles, and the plan of a container. */
#ifndef LKD_CONFIG_H
#define LKD_CONFIG_H

#include <limits.h>
#include <stdbool.h>

#include <jansson.h>

#include "edit.h"
#include "file.h"
#include "getplan.h"

#define LKD_CONFIG_FILE "/etc/container-lockdown/config.json"
#define LKD_ANNOTATION	"container-lockdown.policy"

enum { LKD_OCI_CONFIG_MAX = 16 << 20 }; /* bytes of a container's config.json */

/** struct lkd_config - LKD_CONFIG_FILE */
struct lkd_config {
	char policy[PATH_MAX];
	bool annotations;	/* a container may choose its policy */
	bool cgroupns;		/* lockdown-runtime adds cgroup namespaces */
	char runtime[PATH_MAX]; /* "" = crun or runc, whichever is found */
};

/** lkd_config_read() - the configuration, or the defaults without a file; 0, -EINVAL, -errno */
int lkd_config_read(struct lkd_config *ret, struct lkd_err *e);

/**
 * lkd_config_choose() - lets the annotations of a container choose its policy, where they may
 * @holder: the state or config of the container
 *
 * Return: 0, or -EINVAL.
 */
int lkd_config_choose(struct lkd_config *c, const json_t *holder, struct lkd_err *e);

/**
 * lkd_config_edit() - edit a container's config.json
 * @text:  as by lkd_read_whole()
 * @hook:  path of the hook to put in, or NULL
 * @log:   the runtime knows SECCOMP_FILTER_FLAG_LOG
 * @plan:  filled in
 * @ret:   the new text, which the caller frees; NULL if nothing had to change
 *
 * Return: 0, -ECHILD (lockdownctl said on stderr why there is no plan), -errno.
 */
int lkd_config_edit(const char *text, size_t len, struct lkd_config *c, const char *hook, bool log,
		    union lkd_planbuf *plan, char **ret, size_t *ret_len, struct lkd_err *e);

/** lkd_efi_test_minor() - from /proc/misc, or -1 */
int lkd_efi_test_minor(void);

#endif
