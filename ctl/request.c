// SPDX-License-Identifier: BSD-2-Clause
/* From the words of a command line to a policy. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "abi.h"
#include "ctl.h"
#include "engine.h"
#include "../libpolicy/policy_priv.h"
#include "util.h"

static int reason_of(const char *word, struct lkd_err *e)
{
	int r = lkd_reason_parse(word);
	const char *near;

	if (r >= 0)
		return r;
	near = lkd_reason_closest(word);
	r = lkd_err_set(e, EINVAL, "unknown lockdown reason '%s'%s%s%s", word, near ? "; did you mean '" : "",
			near ? near : "", near ? "'" : "");
	return lkd_err_hint(e, r, "lockdownctl explain lists them");
}

static int raise_level(struct lkd_policy *p, const char *word, struct lkd_err *e)
{
	int level = lkd_level_parse(word);
	lkd_set through;

	if (level <= LKD_LEVEL_NONE)
		return lkd_err_set(e, EINVAL, "level '%s': expected integrity or confidentiality", word);
	if ((enum lkd_level)level < p->level)
		return lkd_err_set(e, EINVAL, "policy '%s' is at %s: --level can only raise it", p->name,
				   lkd_level_name(p->level));
	if (lkd_level_parse(p->name) == (int)p->level)
		(void)snprintf(p->name, sizeof(p->name), "%s", lkd_level_name((enum lkd_level)level));
	else if ((enum lkd_level)level > p->level)
		lkd_policy_name_both(p->name, lkd_level_name((enum lkd_level)level));
	/* what the policy lets through stays let through; what the higher level adds is refused */
	through = (lkd_level_reasons(p->level) & ~(p->enforce | p->audit)) | p->idle_allow;
	p->enforce |= lkd_level_reasons((enum lkd_level)level) & ~through;
	p->idle_allow = 0;
	p->audit &= ~p->enforce;
	p->level = (enum lkd_level)level;
	if (p->audit_level <= p->level)
		p->audit_level = LKD_LEVEL_NONE;
	return 0;
}

static int accept_gap(struct lkd_policy *p, const char *word, struct lkd_err *e)
{
	int r = lkd_seal_parse(word);

	if (!strcmp(word, "all")) {
		p->accept_gap = p->accept_stricter = ~0ULL;
		p->accept_seal_gap = LKD_SEALS_ALL;
		return 0;
	}
	if (r >= 0) {
		p->accept_seal_gap |= 1u << r;
		return 0;
	}
	r = reason_of(word, e);
	if (r < 0)
		return r;
	p->accept_gap |= LKD_SET(r);
	p->accept_stricter |= LKD_SET(r);
	return 0;
}

static int combine_with(const char *name, struct lkd_policy *p, struct lkd_err *e)
{
	lkd_autofree struct lkd_policy *both = calloc(2, sizeof(*both));
	int r;

	if (!both)
		return lkd_err_set(e, ENOMEM, "read policy '%s'", name);
	r = lkd_policy_load(name, &both[0], e);
	if (!r)
		r = lkd_policy_combine(p, &both[0], &both[1], e);
	if (!r)
		*p = both[1];
	return r;
}

int request_policy(const struct lkd_request *req, struct lkd_policy *ret, struct lkd_err *e)
{
	int r = 0;

	if (req->policy) {
		r = lkd_policy_load(req->policy, ret, e);
		for (const char *const *w = req->with; *w && r >= 0; w++)
			r = combine_with(*w, ret, e);
		if (!r && req->level)
			r = raise_level(ret, req->level, e);
	} else {
		int level = req->level ? lkd_level_parse(req->level) : LKD_LEVEL_INTEGRITY;

		if (level <= LKD_LEVEL_NONE)
			return lkd_err_set(e, EINVAL, "level '%s': expected integrity or confidentiality", req->level);
		lkd_policy_init(ret, (enum lkd_level)level);
	}
	for (const char *const *w = req->allow; *w && r >= 0; w++) {
		r = reason_of(*w, e);
		if (r < 0)
			break;
		ret->enforce &= ~LKD_SET(r);
		ret->audit &= ~LKD_SET(r);
	}
	for (const char *const *w = req->gaps; *w && r >= 0; w++)
		r = accept_gap(ret, *w, e);
	for (const char *const *w = req->needs; *w && r >= 0; w++)
		ret->needs |= 1u << lkd_need_parse(*w);
	if (req->container)
		ret->needs |= 1u << LKD_NEED_NESTED; /* no broker, no files: what is not applied must not be planned with */
	return r < 0 ? r : 0;
}

int get_facts(const struct options *o, struct lkd_facts *ret, struct lkd_err *e)
{
	if (o->facts)
		return lkd_facts_load(o->facts, ret, e);
	lkd_facts_gather(ret);
	return 0;
}

/* A confined task may use the engine, to tighten itself, but not look at it or try program types. */
bool task_is_confined(void)
{
	struct lkd_engine_status st;

	return lkd_engine_status(&st, NULL) == -EPERM && !geteuid();
}

uint32_t attach_of(const struct lkd_facts *f)
{
	struct lkd_engine_status st;

	if (task_is_confined()) /* whoever confined us looked at it */
		return LKD_ATTACH_NONE;
	if (lkd_fact_is(f, LKD_FACT_engine_loaded) && !lkd_engine_status(&st, NULL))
		return st.info.mode;
	return lkd_fact_is(f, LKD_FACT_bpf_lsm) ? LKD_ATTACH_LSM : LKD_ATTACH_FMOD_RET;
}

int load_for(const struct lkd_facts *f, const struct options *o, bool *ret_done, struct lkd_err *e)
{
	struct lkd_engine_opts opts = {
		.mode = (enum lkd_attach)attach_of(f),
		.max_tasks = o->max_tasks,
		.max_containers = o->max_containers,
		.event_bytes = o->event_bytes,
		.no_kthread_rule = o->no_kthread_rule,
	};
	int r;

	if (task_is_confined()) {
		*ret_done = false;
		return 0;
	}
	if (o->attach)
		opts.mode = strcmp(o->attach, "lsm") ? LKD_ATTACH_FMOD_RET : LKD_ATTACH_LSM;
	r = lkd_engine_load(&opts, ret_done, e);
	if (!r && *ret_done)
		r = node_apply_to_engine(e);
	return r < 0 ? r : 0;
}
