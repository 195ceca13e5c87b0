// SPDX-License-Identifier: BSD-2-Clause
/* node apply: what the kernel engine itself does of a node policy, the catch-all rule */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "container.h"
#include "ctl.h"
#include "node.h"
#include "util.h"

enum { NS = 1000000000 };

static int policy_of(const struct lkd_node *n, struct lkd_policy *ret, struct lkd_err *e)
{
	struct lkd_request request = {.engine = "kernel"};
	const char *names[2];
	size_t count = 0;

	if (strcmp(n->privileged, LKD_NODE_UNCONFINED) != 0)
		names[count++] = n->privileged;
	if (n->floor)
		names[count++] = n->floor;
	if (!count)
		return lkd_err_set(e, EINVAL, "'catch-all' gives the policy for privileged containers, and there is none");
	request.policy = names[0];
	request.with[0] = count > 1 ? names[1] : NULL;
	return request_policy(&request, ret, e);
}

int node_catch_all(const struct lkd_node *n, struct lkd_catch_all *ret, struct lkd_err *e)
{
	lkd_autofree struct lkd_policy *policy = calloc(1, sizeof(*policy));
	lkd_autofree struct lkd_facts *facts = calloc(1, sizeof(*facts));
	lkd_autofree struct lkd_plan *plan = calloc(1, sizeof(*plan));
	struct timespec now;
	char why[320];
	unsigned left;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (!n->catch_all)
		return 0;
	if (!policy || !facts || !plan)
		return lkd_err_set(e, ENOMEM, "plan the catch-all rule");
	r = policy_of(n, policy, e);
	if (r < 0)
		return r;
	lkd_facts_gather(facts);
	r = lkd_plan_make(policy, facts, LKD_ENGINE_KERNEL, plan, e);
	if (!r)
		r = lkd_plan_check(plan, e);
	if (r < 0)
		return lkd_err_wrap(e, r, "catch-all");
	ret->denied = plan->denied;
	ret->audited = plan->audited;
	ret->seals = plan->seals;
	(void)snprintf(ret->policy, sizeof(ret->policy), "%s", plan->policy);
	if (lkd_node_is_off(&left, why, sizeof(why)) && !clock_gettime(CLOCK_BOOTTIME, &now))
		ret->off_until = ((uint64_t)now.tv_sec + left) * NS;
	return 0;
}

int node_apply_to_engine(struct lkd_err *e)
{
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};
	const char *exempt[64];
	struct lkd_catch_all c;
	size_t count = 0, i;
	const json_t *v;
	int r = lkd_node_load(LKD_NODE_FILE, &n, e);

	if (r == -ENOENT)
		r = 0;
	else if (!r)
		r = node_catch_all(&n, &c, e);
	if (r < 0)
		return r;
	json_array_foreach(n.exempt_cgroups, i, v)
	{
		if (count < LKD_N(exempt))
			exempt[count++] = json_string_value(v);
	}
	r = lkd_catch_all_set(n.catch_all ? &c : NULL, exempt, n.catch_all ? count : 0);
	return r < 0 ? lkd_err_set(e, -r, "tell the kernel engine the catch-all rule") : n.catch_all;
}

int node_apply_off(unsigned seconds)
{
	struct lkd_catch_all c;
	struct timespec now;
	int r = lkd_catch_all_get(&c);

	if (r == -ENOENT) /* no engine, nothing that it catches */
		return 0;
	if (r < 0 || clock_gettime(CLOCK_BOOTTIME, &now))
		return r < 0 ? r : -errno;
	c.off_until = seconds ? ((uint64_t)now.tv_sec + seconds) * NS : 0;
	return lkd_catch_all_put(&c);
}

int node_apply(int argc, char **argv)
{
	lkd_autofree struct lkd_facts *f = calloc(1, sizeof(*f));
	struct lkd_err e = {};
	struct options o;
	bool done;
	int r;

	if (!f || parse_options(argc, argv, 0, 0, 0, &o) < 0)
		return CTL_USAGE;
	lkd_facts_gather(f);
	r = load_for(f, &o, &done, &e);
	if (!r)
		r = node_apply_to_engine(&e);
	if (r < 0)
		return report(CTL_FAILED, &e);
	(void)puts(r ? "the kernel engine catches containers that nobody registered" :
		       "the node policy has no catch-all rule: nothing is caught");
	return CTL_OK;
}
