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

#endif
