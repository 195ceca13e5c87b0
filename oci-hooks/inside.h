/* SPDX-License-Identifier: BSD-2-Clause */
/* What lockdown-exec needs inside a container: a directory on the host, for each bundle, that is mounted there. */
#ifndef LKD_INSIDE_H
#define LKD_INSIDE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "getplan.h"

/** struct lkd_inside - where it is: the same for a bundle as long as that exists */
struct lkd_inside {
	char dir[96];	     /* below LKD_INSIDES_DIR */
	char exec[PATH_MAX]; /* lockdown-exec on the host: beside this program, else the installed one; "" = neither */
};

/** lkd_beside() - the program @name beside this one, else the installed one; false if neither can be run */
bool lkd_beside(const char *name, char *ret, size_t size);

/** lkd_inside_of() - for a bundle; 0, or -errno with @e: there is none */
int lkd_inside_of(const char *bundle, struct lkd_inside *ret, struct lkd_err *e);

/**
 * lkd_inside_make() - the directory, with the plan in it
 * @bundle: as for lkd_inside_of()
 * @owner:  of the file that events are written to
 *
 * Removes those of bundles that are gone: a creation that fails before its hooks
 * run ends without poststop.
 *
 * Return: 0, or -errno with @e.
 */
int lkd_inside_make(const struct lkd_inside *in, const char *bundle, const struct lkd_planbin *plan, uid_t owner,
		    struct lkd_err *e);

/** lkd_inside_name() - whose it is, for who reads the events */
void lkd_inside_name(const struct lkd_inside *in, const char *id);

/** lkd_inside_remove() - when its container is gone; events that nobody read yet go to LKD_EVENTS_DIR */
void lkd_inside_remove(const struct lkd_inside *in);

/** lkd_inside_any() - was one made since the machine started? */
bool lkd_inside_any(void);

/** lkd_inside_there() - is there one for this bundle? */
bool lkd_inside_there(const struct lkd_inside *in);

/** lkd_inside_clashes() - has the image something in its place that is no directory? */
bool lkd_inside_clashes(const char *bundle, const char *rootfs);

#endif
