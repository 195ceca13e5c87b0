/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of a container's bundle: read and replaced without being led elsewhere. */
#ifndef LKD_BUNDLE_H
#define LKD_BUNDLE_H

#include <sys/stat.h>

#include <lockdown/err.h>

/** struct lkd_bundle - an open config.json */
struct lkd_bundle {
	int dir;
	char name[256];
	struct stat st;
	char *text; /* NUL-terminated */
	size_t len;
};

/**
 * lkd_bundle_read() - read the config of a bundle
 * @config: its path in the bundle, or NULL for config.json
 * @ret:    lkd_bundle_free() it, also after an error
 *
 * Refuses what somebody else could have put there or could change: symbolic
 * links, other files than regular ones, other owners than root and ourselves,
 * what others may write, more than LKD_OCI_CONFIG_MAX bytes.
 *
 * Return: 0, or -errno with @e.
 */
int lkd_bundle_read(const char *bundle, const char *config, struct lkd_bundle *ret, struct lkd_err *e);

/** lkd_bundle_replace() - put a new text in the config's place, all of it or nothing; 0, or -errno with @e */
int lkd_bundle_replace(const struct lkd_bundle *b, const char *text, size_t len, struct lkd_err *e);

void lkd_bundle_free(struct lkd_bundle *b);

#endif
