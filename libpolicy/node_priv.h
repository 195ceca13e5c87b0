/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the node policy share among themselves. */
#ifndef LKD_NODE_PRIV_H
#define LKD_NODE_PRIV_H

#include "node.h"

#define LKD_EXEMPT_MAX 32 /* cgroups that the catch-all rule passes over */

/**
 * struct lkd_cri - the names under which a CRI implementation tells what a container is
 *
 * Annotations of config.json.
 */
struct lkd_cri {
	const char *name;
	const char *namespace, *pod, *container, *image, *type, *labels;
	const char *bundle; /* a part of the path of every bundle of its own, or NULL */
};

/** lkd_cri_find() - by name; NULL = not known */
const struct lkd_cri *lkd_cri_find(const char *name);

#endif
