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
 * It is in use from now on as long as this process lives, also when that becomes
 * the real runtime. Does what lkd_inside_prune() does: a creation that fails
 * before its hooks run ends without poststop.
 *
 * Return: 0, or -errno with @e.
 */
int lkd_inside_make(const struct lkd_inside *in, const char *bundle, const struct lkd_planbin *plan, uid_t owner,
		    struct lkd_err *e);

/** lkd_inside_name() - whose it is, for who reads the events */
void lkd_inside_name(const struct lkd_inside *in, const char *id);

/** lkd_inside_cgroup() - the container's, by which it can be told whether that still exists: lkd_container_cgroup() */
void lkd_inside_cgroup(const struct lkd_inside *in, unsigned long long cgroup);

/**
 * lkd_inside_remove() - when its container is gone
 * @id: which; NULL = it may be anybody's
 *
 * It stays where another container has it, or is being made with it. Events that
 * nobody read yet go to LKD_EVENTS_DIR.
 */
void lkd_inside_remove(const struct lkd_inside *in, const char *id);

/**
 * lkd_inside_prune() - remove those that nobody needs
 *
 * The bundle is gone, or the container's cgroup is; nobody is making one of it;
 * and nothing of it is mounted in any mount namespace of a process that we see.
 * To be called in the host's pid namespace.
 *
 * Return: how many.
 */
unsigned lkd_inside_prune(void);

/** lkd_inside_any() - was one made since the machine started? */
bool lkd_inside_any(void);

/** lkd_inside_there() - is there one for this bundle? */
bool lkd_inside_there(const struct lkd_inside *in);

/** lkd_inside_clashes() - has the image something in its place that is no directory? */
bool lkd_inside_clashes(const char *bundle, const char *rootfs);

#endif
