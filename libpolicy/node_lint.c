// SPDX-License-Identifier: BSD-2-Clause
/* What a node policy says that its author may not mean: see node.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lockdown/policy.h>

#include "node_priv.h"
#include "util.h"

struct lint {
	const struct lkd_node *n;
	void (*each)(void *arg, const char *line);
	void *arg;
	int found;
};

static void tell(struct lint *l, const char *fmt, ...) LKD_PRINTF(2, 3);
static void tell(struct lint *l, const char *fmt, ...)
{
	char line[640];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	l->each(l->arg, line);
	l->found++;
}

static bool load(struct lint *l, const char *name, struct lkd_policy *ret)
{
	struct lkd_err e = {0};

	if (!lkd_policy_load(name, ret, &e))
		return true;
	tell(l, "error: policy '%s': %s", name, e.msg);
	return false;
}

static bool is_unconfined(const char *name)
{
	return name && !strcmp(name, LKD_NODE_UNCONFINED);
}

static void check_defaults(struct lint *l)
{
	const struct lkd_node *n = l->n;
	const char *names[] = {n->floor, n->privileged, n->other};
	struct lkd_policy p;

	for (size_t i = 0; i < LKD_N(names); i++)
		if (names[i] && !is_unconfined(names[i]))
			(void)load(l, names[i], &p);
	if (is_unconfined(n->privileged) && !n->floor)
		tell(l, "warning: privileged containers are unconfined unless a rule says otherwise");
	if (n->catch_all && is_unconfined(n->privileged) && !n->floor)
		tell(l, "error: 'catch-all' gives the policy for privileged containers, and there is none");
}

/* an exception that is none, and a rule that cannot loosen though it seems to be meant so */
static void check_rule_policy(struct lint *l, const json_t *rule, const char *name, const char *policy)
{
	const bool exception = json_object_get(rule, "exception");
	struct lkd_policy p, usual;

	if (is_unconfined(policy)) {
		if (l->n->floor)
			tell(l, "warning: rule '%s': 'unconfined', and the floor '%s' still holds", name, l->n->floor);
		return;
	}
	if (!load(l, policy, &p) || is_unconfined(l->n->privileged) || lkd_policy_load(l->n->privileged, &usual, NULL) < 0)
		return;
	if (!exception && !lkd_policy_tighter(&p, &usual) && strcmp(policy, l->n->privileged) != 0)
		tell(l,
		     "warning: rule '%s': policy '%s' lets through what '%s' refuses, and is only added to it; a rule with "
		     "'exception' takes its place",
		     name, policy, l->n->privileged);
	if (exception && lkd_policy_tighter(&p, &usual))
		tell(l, "warning: rule '%s': an exception, and policy '%s' is no looser than '%s'", name, policy,
		     l->n->privileged);
}

static bool is_in_pods(const json_t *match)
{
	static const char *const keys[] = {"namespace", "pod", "container", "image", "labels"};

	for (size_t i = 0; i < LKD_N(keys); i++)
		if (json_object_get(match, keys[i]))
			return true;
	return false;
}

static void check_rules(struct lint *l)
{
	const char *all = NULL;
	const json_t *rule;
	size_t i;

	json_array_foreach(l->n->rules, i, rule)
	{
		const char *name = json_string_value(json_object_get(rule, "name"));
		const json_t *match = json_object_get(rule, "match");
		const bool exception = json_object_get(rule, "exception");

		check_rule_policy(l, rule, name, json_string_value(json_object_get(rule, "policy")));
		if (all)
			tell(l, "warning: rule '%s' is never reached: rule '%s' before it matches every container", name, all);
		if (!json_object_size(match) && !exception)
			all = name;
		if (!l->n->cri && is_in_pods(match))
			tell(l, "error: rule '%s' asks for what only a CRI tells, and \"cri\" is 'none'", name);
		if (l->n->cri && json_object_get(match, "labels"))
			tell(l, "%s: rule '%s': %s", l->n->cri->labels ? "warning" : "error", name,
			     l->n->cri->labels ? "CRI-O passes a pod's labels for its sandbox only" :
						 "containerd passes no labels; annotations are passed if its configuration lists them");
		if (exception && !l->n->exception_namespaces)
			tell(l, "error: rule '%s' is an exception, and \"exceptions\" names no namespace where it may be one",
			     name);
	}
}

int lkd_node_lint(const struct lkd_node *n, void (*each)(void *arg, const char *line), void *arg)
{
	struct lint l = {.n = n, .each = each, .arg = arg};

	check_defaults(&l);
	check_rules(&l);
	if (n->unconfined_namespaces && !n->cri)
		tell(&l, "error: 'without-engine' names namespaces, and \"cri\" is 'none'");
	return l.found;
}
