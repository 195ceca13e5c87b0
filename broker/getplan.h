/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled plans for the small programs that have no parser: lockdown-exec and lockdown-hook. */
#ifndef LKD_GETPLAN_H
#define LKD_GETPLAN_H

#include <errno.h>
#include <stdbool.h>

#include <lockdown/planbin.h>

/** union lkd_planbuf - room for any plan, aligned for lkd_planbin_check() */
union lkd_planbuf {
	struct lkd_planbin plan;
	uint64_t align;
	char bytes[LKD_PLANBIN_MAX];
};

/**
 * lkd_getplan() - the plan for a request
 *
 * Takes the one that lockdownctl left in LKD_PLAN_DIR, if it is root's, for
 * this kernel and this request, its policy files are unchanged and the engine
 * that it needs is loaded; else runs `lockdownctl compile`, which loads the
 * engine.
 *
 * Return: 0; where lockdownctl said on stderr why not: -ENODEV (the policy cannot
 * be held here) or -ECHILD, see lkd_getplan_said(); or -errno with @e.
 */
int lkd_getplan(const struct lkd_request *r, bool explain, union lkd_planbuf *ret, struct lkd_err *e);

/** lkd_getplan_said() - did lockdownctl say on stderr why lkd_getplan() failed with @r? */
static inline bool lkd_getplan_said(int r)
{
	return r == -ECHILD || r == -ENODEV;
}

/** lkd_getplan_file() - a plan from a file; 0, or -errno with @e */
int lkd_getplan_file(const char *path, union lkd_planbuf *ret, struct lkd_err *e);

#endif
