// SPDX-License-Identifier: BSD-2-Clause
/* doctor: every fact, what it is good for, what is missing and how to get it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ctl.h"
#include "util.h"

/* what each level can expect here */
struct outlook {
	enum lkd_level level;
	struct lkd_plan plan;
};

static void value_text(const struct lkd_facts *f, enum lkd_fact_id id, char *buf, size_t size)
{
	const struct lkd_fact *v = &f->v[id];

	switch (lkd_fact_info(id)->type) {
	case LKD_FACT_TRI:
		(void)snprintf(buf, size, "%s", v->num == LKD_YES ? "yes" : v->num == LKD_NO ? "no" : "unknown");
		break;
	case LKD_FACT_INT:
		(void)snprintf(buf, size, v->num == LKD_UNKNOWN ? "unknown" : "%d", v->num);
		break;
	case LKD_FACT_STR:
		(void)snprintf(buf, size, "%s", v->str[0] ? v->str : "unknown");
		break;
	}
}

/* is it less than it could be? then the remedy is worth a line */
static bool lacking(const struct lkd_facts *f, enum lkd_fact_id id)
{
	const struct lkd_fact *v = &f->v[id];

	if (id == LKD_FACT_lockdown_level) /* a host that is not locked down is why we are here */
		return false;
	if (id == LKD_FACT_preempt)
		return !lkd_fact_is(f, LKD_FACT_bpf_lsm) && strcmp(v->str, "none") && strcmp(v->str, "voluntary");
	if (id == LKD_FACT_fmod_ret) /* second choice: only missed where the first is */
		return v->num != LKD_YES && !lkd_fact_is(f, LKD_FACT_bpf_lsm);
	if (id == LKD_FACT_engine_loaded) /* where it can be */
		return v->num != LKD_YES && (lkd_fact_is(f, LKD_FACT_bpf_lsm) || lkd_fact_is(f, LKD_FACT_fmod_ret));
	if (id == LKD_FACT_lsms)
		return !lkd_fact_is(f, LKD_FACT_bpf_lsm) && !strstr(v->str, "bpf");
	if (id == LKD_FACT_config_module_sig || id == LKD_FACT_config_kexec_sig)
		return v->num != LKD_YES && lkd_fact_is(f, LKD_FACT_modules);
	if (id == LKD_FACT_cgroup_version)
		return v->num != 2;
	switch (lkd_fact_info(id)->type) {
	case LKD_FACT_TRI:
		return v->num != LKD_YES;
	case LKD_FACT_INT:
		return v->num <= 0;
	default:
		return !v->str[0];
	}
}

static int make(struct outlook *o, const struct lkd_facts *f, struct lkd_err *e)
{
	struct lkd_policy p;

	lkd_policy_init(&p, o->level);
	return lkd_plan_make(&p, f, LKD_ENGINE_AUTO, &o->plan, e);
}

static bool all_exact(const struct lkd_plan *p)
{
	return !p->refusals && !p->gaps && !p->stricter;
}

static int doctor_json(const struct lkd_facts *f, const struct outlook *o, size_t n, bool ok)
{
	json_t *facts = json_object(), *levels = json_object(), *root;
	char *text, value[LKD_FACT_STR_MAX];

	for (int i = 0; i < LKD_FACT_COUNT_; i++) {
		const struct lkd_fact_info *info = lkd_fact_info((enum lkd_fact_id)i);

		value_text(f, (enum lkd_fact_id)i, value, sizeof(value));
		json_object_set_new(facts, info->name,
				    json_pack("{s:s, s:s, s:s, s:b, s:s}", "value", value, "what", info->what,
					      "good_for", info->good, "missing", lacking(f, (enum lkd_fact_id)i),
					      "remedy", info->get));
	}
	for (size_t i = 0; i < n; i++)
		json_object_set_new(levels, lkd_level_name(o[i].level),
				    json_pack("{s:s, s:i, s:i, s:i, s:i, s:b}", "engine",
					      lkd_engine_name(o[i].plan.engine), "exact", o[i].plan.exact, "caveats",
					      o[i].plan.caveats, "stricter", o[i].plan.stricter, "gaps",
					      o[i].plan.gaps, "runnable", o[i].plan.refusals == 0));
	root = json_pack("{s:b, s:o, s:o}", "ok", ok, "levels", levels, "facts", facts);
	text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	if (!text)
		return CTL_FAILED;
	(void)puts(text);
	free(text);
	return ok ? CTL_OK : CTL_NO;
}

/* what the counts of reasons do not say: seals, and that it does not start as it is */
static void print_refusals(const struct lkd_plan *p)
{
	const char *before = ", seals not held: ";

	if (!p->refusals)
		return;
	(void)printf("%-16s lockdown-exec refuses to start without --accept-gap", "");
	for (size_t i = p->n_reasons; i < p->n_rows; i++) {
		if (p->rows[i].want == LKD_WANT_NONE || p->rows[i].held != LKD_HELD_NOT)
			continue;
		(void)printf("%s%s", before, p->rows[i].name);
		before = ", ";
	}
	(void)printf("\n");
}

int verb_doctor(int argc, char **argv)
{
	lkd_autofree struct lkd_facts *f = calloc(1, sizeof(*f));
	lkd_autofree struct outlook *o = calloc(2, sizeof(*o));
	char value[LKD_FACT_STR_MAX];
	struct lkd_err e = {};
	struct options opts;
	bool ok = true;

	if (!f || !o || parse_options(argc, argv, TAKES_JSON | TAKES_FACTS, 0, 0, &opts) < 0)
		return CTL_USAGE;
	if (get_facts(&opts, f, &e) < 0)
		return report(CTL_FAILED, &e);
	o[0].level = LKD_LEVEL_INTEGRITY;
	o[1].level = LKD_LEVEL_CONFIDENTIALITY;
	for (size_t i = 0; i < 2; i++) {
		if (make(&o[i], f, &e) < 0)
			return report(CTL_FAILED, &e);
		ok &= all_exact(&o[i].plan);
	}
	if (opts.json)
		return doctor_json(f, o, 2, ok);

	for (int i = 0; i < LKD_FACT_COUNT_; i++) {
		const struct lkd_fact_info *info = lkd_fact_info((enum lkd_fact_id)i);
		const bool lack = lacking(f, (enum lkd_fact_id)i);

		value_text(f, (enum lkd_fact_id)i, value, sizeof(value));
		(void)printf("%c %-45s %s\n", lack && info->get[0] ? '!' : ' ', info->what, value);
		(void)printf("    %s\n", info->good);
		if (lack && info->get[0])
			(void)printf("    to get it: %s\n", info->get);
	}
	(void)printf("\n!: not here, or not known; under each what it is for\n\n");
	for (size_t i = 0; i < 2; i++) {
		const struct lkd_plan *p = &o[i].plan;

		if (p->engine == LKD_ENGINE_HOST)
			(void)printf("%-16s the host itself is locked down: held already\n",
				     lkd_level_name(o[i].level));
		else
			(void)printf("%-16s %s engine: %u reasons held exactly, %u with a caveat, %u stricter, %u not held\n",
				     lkd_level_name(o[i].level), lkd_engine_name(p->engine), p->exact, p->caveats,
				     p->stricter, p->gaps);
		print_refusals(p);
	}
	if (!ok)
		(void)printf("lockdownctl plan --level LEVEL shows every reason.\n");
	return ok ? CTL_OK : CTL_NO;
}
