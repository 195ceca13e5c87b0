/* SPDX-License-Identifier: BSD-2-Clause */
/* What lockdown-hook and lockdown-runtime share: their configuration, files of bundles, and the plan of a container. */
#ifndef LKD_CONFIG_H
#define LKD_CONFIG_H

#include <limits.h>
#include <stdbool.h>

#include <jansson.h>

#include "edit.h"
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

/** lkd_read_whole() - a text of at most @most bytes, and a NUL behind it; NULL if it is longer, or with errno */
char *lkd_read_whole(int fd, size_t most, size_t *ret_len);

#endif
