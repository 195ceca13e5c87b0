// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "case.h"
#include "util.h"

int lkd_case_open(struct lkd_case *c, const char *handler, struct lkd_err *e)
{
	int r = lkd_config_read(&c->config, e);

	c->handler = handler;
	if (r < 0)
		return r;
	r = lkd_node_load(LKD_NODE_FILE, &c->node, e);
	c->has_node = !r;
	return r == -ENOENT ? 0 : r;
}

static void forget_decision(struct lkd_case *c)
{
	lkd_subject_free(&c->subject);
	c->choice = (struct lkd_node_choice){0};
	c->about = (struct lkd_container_file){0};
	c->why[0] = '\0';
}

void lkd_case_close(struct lkd_case *c)
{
	forget_decision(c);
	lkd_node_free(&c->node);
}

/* ---- what is remembered ------------------------------------------------ */

/* the texts belong to the config, which goes before the case does */
static void note(struct lkd_case *c)
{
	const struct lkd_subject *s = &c->subject;
	struct lkd_container_file *f = &c->about;

	(void)snprintf(f->rule, sizeof(f->rule), "%s", c->choice.rule ? c->choice.rule : "");
	(void)snprintf(f->image, sizeof(f->image), "%.255s", s->image ? s->image : "");
	if (s->namespace)
		(void)snprintf(f->pod, sizeof(f->pod), "%.250s/%.250s%s%.250s", s->namespace, s->pod ? s->pod : "?",
			       s->container ? "/" : "", s->container ? s->container : "");
	for (size_t i = 0; i < c->choice.n; i++) {
		(void)snprintf(c->named[i], sizeof(c->named[i]), "%s", c->choice.policies[i]);
		c->choice.policies[i] = c->named[i];
	}
}

void lkd_case_remembered(const struct lkd_case *c, struct lkd_container_file *ret)
{
	size_t len = 0;

	*ret = c->about;
	for (size_t i = 0; i < c->choice.n && len < sizeof(ret->policy); i++)
		len += (size_t)snprintf(ret->policy + len, sizeof(ret->policy) - len, "%s%s", i ? "+" : "",
					c->choice.policies[i]);
	if (!c->choice.n)
		(void)snprintf(ret->policy, sizeof(ret->policy), "%s", LKD_NODE_UNCONFINED);
	(void)snprintf(ret->why, sizeof(ret->why), "%s", c->why);
}

/* ---- deciding --------------------------------------------------------- */

static bool policy_name(const char *s)
{
	return *s && *s != '.' && strlen(s) < 256 &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == strlen(s);
}

/* without a node policy: the configured one, or the one that the container names where it may */
static int decide_alone(struct lkd_case *c, const json_t *holder, struct lkd_err *e)
{
	const json_t *v = json_object_get(json_object_get(holder, "annotations"), LKD_ANNOTATION);
	const char *name = json_string_value(v);

	c->choice.n = 1;
	c->choice.policies[0] = c->config.policy;
	if (!v || !c->config.annotations)
		return 0;
	if (!name || !policy_name(name))
		return lkd_err_set(e, EINVAL, "annotation %s: not a policy's name", LKD_ANNOTATION);
	c->choice.policies[0] = name;
	return 0;
}

static void explain_unconfined(struct lkd_case *c)
{
	const struct lkd_node_choice *ch = &c->choice;

	if (ch->rule)
		(void)snprintf(c->why, sizeof(c->why), "rule '%s': %.256s", ch->rule, ch->exception ? ch->exception : "");
	else
		(void)snprintf(c->why, sizeof(c->why), "the node policy leaves %s containers unconfined",
			       c->subject.privileged ? "privileged" : "other");
}

int lkd_case_decide(struct lkd_case *c, const json_t *holder, const char *bundle, struct lkd_err *e)
{
	char why[sizeof(c->why) - 32];
	int r;

	forget_decision(c);
	if (!c->has_node) {
		r = decide_alone(c, holder, e);
	} else {
		r = lkd_node_subject(&c->node, holder, bundle, c->handler, &c->subject, e);
		if (!r)
			r = lkd_node_choose(&c->node, &c->subject, &c->choice, e);
	}
	if (r < 0)
		return r;
	/* host root's word for a while: also for containers that would be refused otherwise */
	if (lkd_node_is_off(NULL, why, sizeof(why))) {
		c->choice.n = 0;
		(void)snprintf(c->why, sizeof(c->why), "the node is off: %s", why);
	} else if (!c->choice.n) {
		explain_unconfined(c);
	}
	note(c);
	return 0;
}

int lkd_case_plan(struct lkd_case *c, enum lkd_form form, union lkd_planbuf *ret, struct lkd_err *e)
{
	struct lkd_request request = {
		.engine = "auto", .policy = c->choice.policies[0], .container = form == LKD_FORM_CONFIG};
	int r;

	if (!c->choice.n)
		return 0;
	for (size_t i = 1; i < c->choice.n; i++)
		request.with[i - 1] = c->choice.policies[i];
	r = lkd_getplan(&request, false, ret, e);
	if (r == -ENODEV && form == LKD_FORM_CONFIG && c->choice.may_go_without) {
		(void)snprintf(c->why, sizeof(c->why),
			       "policy '%.64s' cannot be held here, and the node policy lets namespace '%.64s' start without",
			       request.policy, c->subject.namespace);
		c->choice.n = 0;
		return 0;
	}
	return r < 0 && !lkd_getplan_said(r) ? lkd_err_wrap(e, r, "policy '%s'", request.policy) : r;
}

/* ---- the config ------------------------------------------------------- */

int lkd_efi_test_minor(void)
{
	lkd_autofile *f = fopen("/proc/misc", "re");
	char name[64];
	int minor;

	while (f && fscanf(f, "%d %63s", &minor, name) == 2)
		if (!strcmp(name, "efi_test"))
			return minor;
	return -1;
}

/* by lockdown-exec where that is wanted and possible, else by the config: each of them holds by itself */
static int plan_form(struct lkd_case *c, const struct lkd_oci *oci, bool may_wrap, union lkd_planbuf *plan, struct lkd_err *e)
{
	int r = may_wrap ? lkd_case_plan(c, LKD_FORM_INSIDE, plan, e) : -ENODEV;

	if (r && r != -ENODEV)
		return r;
	if (!r && (!c->choice.n || plan->plan.engine != LKD_PLAN_BY_BROKER))
		return 0;
	/* who may mount could put something else where the next exec looks for lockdown-exec: that takes files */
	if (!r && plan->plan.files) {
		c->unfit = lkd_oci_unfit(oci);
		c->wraps = !c->unfit;
	}
	return c->wraps ? 0 : lkd_case_plan(c, LKD_FORM_CONFIG, plan, e);
}

static int edit(struct lkd_case *c, struct lkd_oci *oci, const char *bundle, const char *hook,
		const struct lkd_inside *inside, bool log, union lkd_planbuf *plan, bool *ret_changed, struct lkd_err *e)
{
	struct lkd_edit ed = {.hook = hook, .handler = c->handler, .log = log};
	int r = lkd_case_decide(c, oci->root, bundle, e);

	c->wraps = false;
	c->unfit = NULL;
	if (!r)
		r = plan_form(c, oci, inside != NULL, plan, e);
	if (r < 0)
		return r;
	if (c->wraps && inside) {
		if (!inside->exec[0])
			return lkd_err_set(e, ENOENT, "lockdown-exec is not installed beside lockdown-runtime");
		if (lkd_inside_clashes(bundle, lkd_oci_rootfs(oci)))
			return lkd_err_set(e, EEXIST, "its image has a '%s' that is no directory", LKD_IN_CONTAINER);
		c->owner = (uid_t)lkd_oci_owner(oci);
		ed.inside = inside->dir;
		ed.exec = inside->exec;
	}
	if (c->choice.n) { /* else only the hook, which remembers it */
		ed.cgroupns = c->config.cgroupns;
		ed.calls = lkd_planbin_calls(&plan->plan);
		ed.n_calls = plan->plan.n_calls;
		ed.devices = lkd_planbin_devices(&plan->plan);
		ed.n_devices = plan->plan.n_devices;
		ed.efi_test_minor = ed.n_devices ? lkd_efi_test_minor() : -1;
	}
	return lkd_oci_edit(oci, &ed, ret_changed, e);
}

int lkd_case_edit(struct lkd_case *c, const char *text, size_t len, const char *bundle, const char *hook,
		  const struct lkd_inside *inside, bool log, union lkd_planbuf *plan, char **ret, size_t *ret_len,
		  struct lkd_err *e)
{
	lkd_cleanup(lkd_oci_free) struct lkd_oci oci;
	bool changed = false;
	int r;

	*ret = NULL;
	r = lkd_oci_parse(text, len, &oci, e);
	if (r >= 0)
		r = edit(c, &oci, bundle, hook, inside, log, plan, &changed, e);
	if (r >= 0 && changed)
		r = lkd_oci_print(&oci, ret, ret_len, e);
	/* what was decided points into the config */
	lkd_subject_free(&c->subject);
	return r < 0 ? r : 0;
}
