// SPDX-License-Identifier: BSD-2-Clause
/* ps, raise: containers that lockdown-hook confined */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "container.h"
#include "ctl.h"
#include "engine.h"
#include "../oci-hooks/inside.h"
#include "util.h"

struct tally {
	__u64 cookie;
	unsigned tasks;
	__u64 denied; /* what all of them are refused */
};

static int count_task(void *arg, const struct lkd_engine_task *t)
{
	struct tally *y = arg;

	if (t->cookie == y->cookie) {
		y->tasks++;
		y->denied &= t->denied;
	}
	return 0;
}

/* ---- ps ---------------------------------------------------------------- */

struct ps {
	const struct options *o;
	json_t *out;
	__u64 seen[LKD_CONTAINERS_MOST * 2]; /* cgroups that were shown */
	size_t n_seen;
};

static const char *level_word(unsigned level)
{
	return level < LKD_LEVEL_COUNT_ ? lkd_level_name((enum lkd_level)level) : "?";
}

static void row(const struct ps *ps, const struct lkd_container_file *c, const char *when, unsigned tasks, unsigned refused)
{
	const char *const how = c->why[0] ? c->why : c->pod;

	if (ps->out)
		(void)json_array_append_new(ps->out,
					    json_pack("{s:s, s:i, s:s, s:s, s:I, s:s?, s:i, s:i, s:s*, s:s*, s:s*, s:s*}",
						      "id", c->id, "pid", (int)c->pid, "policy", c->policy, "level",
						      level_word(c->level), "cgroup", (json_int_t)c->cgroup, "since", when,
						      "tasks", (int)tasks, "refused", (int)refused, "pod",
						      c->pod[0] ? c->pod : NULL, "image", c->image[0] ? c->image : NULL,
						      "rule", c->rule[0] ? c->rule : NULL, "why",
						      c->why[0] ? c->why : NULL));
	else
		(void)printf("%-32s %8d %-20s %-15s %6u %8u %s%s%s\n", c->id, (int)c->pid, c->policy, level_word(c->level),
			     tasks, refused, when ? when : "?", how[0] ? " " : "", how);
}

static int show(void *arg, const struct lkd_container_file *c)
{
	struct ps *ps = arg;
	const time_t t = (time_t)c->since;
	struct tally y = {.cookie = c->cgroup};
	struct lkd_container there = {.refused = 0};
	char when[32];
	struct tm tm;

	/* a hook that was killed, or a runtime that never ran poststop, leaves these */
	if (ps->o->prune && lkd_container_exists(c->cgroup) == 0) {
		lkd_container_forget(c->cgroup);
		(void)fprintf(stderr, "lockdownctl: %s is gone: forgotten\n", c->id);
		return 0;
	}
	if (lkd_engine_tasks(count_task, &y, NULL) < 0)
		y.tasks = lkd_container_threads(c->cgroup); /* without the kernel engine nobody is marked */
	(void)lkd_container_get(c->cgroup, &there);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	row(ps, c, when, y.tasks, there.refused);
	if (ps->n_seen < LKD_N(ps->seen))
		ps->seen[ps->n_seen++] = c->cgroup;
	return 0;
}

/* Caught by the engine itself: nobody remembered it, and its tasks say what there is to be known. */
static int show_caught(void *arg, const struct lkd_engine_task *t)
{
	struct lkd_container_file c = {.cgroup = t->cookie, .pid = t->tgid, .level = LKD_LEVEL_COUNT_};
	struct tally y = {.cookie = t->cookie};
	struct ps *ps = arg;
	char path[PATH_MAX];
	const char *name;

	if (!t->cookie || t->cookie == LKD_COOKIE_SELF_TEST)
		return 0;
	for (size_t i = 0; i < ps->n_seen; i++)
		if (ps->seen[i] == t->cookie)
			return 0;
	if (ps->n_seen == LKD_N(ps->seen))
		return 0;
	ps->seen[ps->n_seen++] = t->cookie;
	if (lkd_container_path(t->cookie, path, sizeof(path)) < 0)
		(void)snprintf(path, sizeof(path), "/?");
	name = strrchr(path, '/');
	(void)snprintf(c.id, sizeof(c.id), "%.255s", name && name[1] ? name + 1 : path);
	(void)snprintf(c.policy, sizeof(c.policy), "%s", t->policy);
	(void)snprintf(c.why, sizeof(c.why), "caught in %.300s", path);
	(void)lkd_engine_tasks(count_task, &y, NULL);
	row(ps, &c, NULL, y.tasks, 0);
	return 0;
}

static int any(void *arg, const struct lkd_container_file *c)
{
	(void)arg;
	(void)c;
	return 1;
}

int verb_ps(int argc, char **argv)
{
	struct options o;
	struct lkd_err e;
	static struct ps ps;
	unsigned n;
	int r;

	if (parse_options(argc, argv, TAKES_JSON | TAKES_PRUNE, 0, 0, &o) < 0)
		return CTL_USAGE;
	r = lkd_container_each(any, NULL);
	if (r < 0)
		return report(CTL_FAILED, (lkd_err_set(&e, -r, "read %s", LKD_CONTAINERS_DIR), &e));
	ps.o = &o;
	if (o.prune && (n = lkd_inside_prune()))
		(void)fprintf(stderr, "lockdownctl: removed what %u container%s left in %s\n", n, n == 1 ? "" : "s", LKD_INSIDES_DIR);
	if (o.json)
		ps.out = json_array();
	else
		(void)printf("%-32s %8s %-20s %-15s %6s %8s %s\n", "CONTAINER", "PID", "POLICY", "LEVEL", "TASKS",
			     "REFUSED", "SINCE");
	(void)lkd_container_each(show, &ps);
	(void)lkd_engine_tasks(show_caught, &ps, NULL);
	if (ps.out) {
		char *text = json_dumps(ps.out, JSON_INDENT(2));

		if (text)
			(void)puts(text);
		free(text);
		json_decref(ps.out);
	}
	return CTL_OK;
}

/* ---- raise ------------------------------------------------------------- */

struct find {
	const char *id;
	struct lkd_container_file found;
	unsigned n;
};

static int match(void *arg, const struct lkd_container_file *c)
{
	struct find *f = arg;

	if (!strcmp(c->id, f->id) && lkd_container_exists(c->cgroup) == 1) {
		f->found = *c;
		f->n++;
	}
	return 0;
}

int verb_raise(int argc, char **argv)
{
	lkd_autofree struct lkd_policy *policy = calloc(1, sizeof(*policy));
	lkd_autofree struct lkd_facts *facts = calloc(1, sizeof(*facts));
	lkd_autofree struct lkd_plan *plan = calloc(1, sizeof(*plan));
	struct find f = {0};
	struct lkd_err e = {0};
	struct options o;
	char own[sizeof(f.found.policy)];
	int at, r;

	at = parse_options(argc, argv, TAKES_REQUEST, 1, 1, &o);
	if (at < 0 || !policy || !facts || !plan)
		return CTL_USAGE;
	if (!o.request.level && !o.request.policy)
		return usage_error("raise: --level or --policy says to what");
	if (o.request.allow[0])
		return usage_error("raise: what is refused already stays refused: --allow has no place here");
	f.id = argv[at];
	(void)lkd_container_each(match, &f);
	if (f.n != 1)
		return report(CTL_FAILED, (lkd_err_set(&e, ENODEV,
						       f.n ? "%u confined containers are called '%s'"
							   : "%u confined containers are called '%s'; "
							     "lockdownctl ps lists them",
						       f.n, f.id),
					   &e));
	if (!o.request.policy) { /* the container's own, at another level: of several, each by its name */
		size_t n = 0;
		char *rest = memcpy(own, f.found.policy, sizeof(own));

		o.request.policy = strsep(&rest, "+");
		while (rest && n < LKD_N(o.request.with) - 1)
			o.request.with[n++] = strsep(&rest, "+");
	}
	r = request_policy(&o.request, policy, &e);
	if (r < 0)
		return report(CTL_FAILED, &e);
	lkd_facts_gather(facts);
	r = lkd_plan_make(policy, facts, LKD_ENGINE_KERNEL, plan, &e);
	if (!r)
		r = lkd_plan_check(plan, &e);
	if (r < 0)
		return report(CTL_NO, &e);
	if (plan->engine == LKD_ENGINE_HOST)
		return CTL_OK;
	r = lkd_container_tighten(f.found.cgroup, plan->denied, plan->seals);
	if (r < 0)
		return report(CTL_FAILED, (lkd_err_set(&e, -r, "raise '%s'", f.id), &e));
	f.found.level = plan->level > f.found.level ? plan->level : f.found.level;
	r = lkd_container_remember(&f.found);
	if (r < 0)
		return report(CTL_FAILED, (lkd_err_set(&e, -r, "write below %s", LKD_CONTAINERS_DIR), &e));
	return CTL_OK;
}
