// SPDX-License-Identifier: BSD-2-Clause
/* node status: is this node as its policy wants it? For people, for probes (exit status), for Prometheus. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "container.h"
#include "ctl.h"
#include "engine.h"
#include "node.h"
#include "util.h"

struct status {
	struct lkd_engine_status engine;
	int engine_r; /* of lkd_engine_status() */
	struct lkd_node node;
	int node_r; /* of lkd_node_load() */
	struct lkd_err node_e;
	bool off;
	unsigned off_left;
	char off_why[320];
	struct lkd_facts facts;
	bool caught_otherwise; /* the engine's catch-all rule is not the node policy's */
	int drifted; /* engines whose configuration is not as `configure` left it; < 0: none is configured, or unknown */
	char drift[320];
	json_t *policies;   /* name: containers */
	json_t *unconfined; /* why: containers */
	unsigned confined, n_unconfined;
	json_t *problems; /* texts: each makes the node degraded */
	json_t *notes;	  /* texts: worth knowing */
};

static void say(json_t *list, const char *fmt, ...) LKD_PRINTF(2, 3);
static void say(json_t *list, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)json_array_append_new(list, json_vsprintf(fmt, ap));
	va_end(ap);
}

static void count(json_t *by, const char *key)
{
	(void)json_object_set_new(by, key, json_integer(json_integer_value(json_object_get(by, key)) + 1));
}

static int each(void *arg, const struct lkd_container_file *c)
{
	struct status *s = arg;

	if (lkd_container_exists(c->cgroup) == 0) /* ended, and poststop never ran: ps --prune */
		return 0;
	if (strcmp(c->policy, LKD_NODE_UNCONFINED) != 0) {
		count(s->policies, c->policy);
		s->confined++;
		return 0;
	}
	count(s->unconfined, c->why);
	s->n_unconfined++;
	return 0;
}

static void look(struct status *s)
{
	struct lkd_catch_all want, have;

	s->engine_r = lkd_engine_status(&s->engine, NULL);
	s->node_r = lkd_node_load(LKD_NODE_FILE, &s->node, &s->node_e);
	s->off = lkd_node_is_off(&s->off_left, s->off_why, sizeof(s->off_why));
	lkd_facts_gather(&s->facts);
	(void)lkd_container_each(each, s);
	s->drifted = lkd_configure_drift(NULL, s->drift, sizeof(s->drift));
	if (!s->engine_r && !s->node_r && !node_catch_all(&s->node, &want, NULL) && !lkd_catch_all_get(&have))
		s->caught_otherwise = want.denied != have.denied || want.audited != have.audited || want.seals != have.seals;
}

static void judge(struct status *s)
{
	if (s->engine_r == -ENOENT)
		say(s->problems, "the kernel engine is not loaded: lockdownctl load");
	else if (s->engine_r < 0)
		say(s->problems, "the kernel engine cannot be looked at: %s", strerror(-s->engine_r));
	else if (s->engine.missing)
		say(s->problems, "the kernel engine is incomplete: lockdownctl load mends it");
	if (s->engine.helpers_closed)
		say(s->notes, "a confined task has loaded a module with a helper: the kernel starts no helpers but modprobe and "
			      "request-key until lockdownctl unload");
	if (s->node_r < 0 && s->node_r != -ENOENT)
		say(s->problems, "containers are refused: %s", s->node_e.msg);
	if (s->off)
		say(s->problems, "the node is off for %u more seconds: %s", s->off_left, s->off_why);
	if (s->caught_otherwise)
		say(s->problems, "the catch-all rule is not what %s says: lockdownctl node apply", LKD_NODE_FILE);
	/* marks are sticky, so that leaving a cgroup frees nobody; limits are another matter */
	if (s->facts.v[LKD_FACT_nsdelegate].num == LKD_NO)
		say(s->notes, "nsdelegate is off, as after any container in the host's cgroup namespace: root in a container "
			      "can leave its cgroup; mount -o remount,nsdelegate /sys/fs/cgroup brings it back");
	if (s->drifted > 0 || (s->drifted < 0 && s->drifted != -ENOENT))
		say(s->problems, "configuration of the engines: %s", s->drift);
	if (!s->engine_r && s->engine.state.lost)
		say(s->problems, "%llu events were lost", (unsigned long long)s->engine.state.lost);
}

/* ---- showing ----------------------------------------------------------- */

static const char *engine_word(const struct status *s)
{
	return s->engine_r ? "none" : s->engine.missing ? "incomplete" : "kernel";
}

static const char *attach(const struct status *s)
{
	return s->engine_r ? "none" : attach_word(s->engine.info.mode);
}

static void print_text(const struct status *s)
{
	const char *key;
	const json_t *v;
	size_t i;

	(void)printf("engine: %s", engine_word(s));
	if (!s->engine_r)
		(void)printf(" (%s, %s), %llu confined tasks", attach(s), s->engine.info.version,
			     (unsigned long long)s->engine.state.marked);
	(void)printf("\nnode policy: ");
	if (s->node_r == -ENOENT)
		(void)printf("none (%s)\n", LKD_NODE_FILE);
	else if (s->node_r < 0)
		(void)printf("INVALID\n");
	else
		(void)printf("%zu rules, privileged %s, other %s%s%s%s\n", json_array_size(s->node.rules),
			     s->node.privileged, s->node.other, s->node.floor ? ", floor " : "",
			     s->node.floor ? s->node.floor : "", s->node.catch_all ? ", catch-all" : "");
	(void)printf("containers: %u confined, %u not\n", s->confined, s->n_unconfined);
	json_object_foreach(s->policies, key, v)
	{
		(void)printf("  %4lld %s\n", (long long)json_integer_value(v), key);
	}
	json_object_foreach(s->unconfined, key, v)
	{
		(void)printf("  %4lld not confined: %s\n", (long long)json_integer_value(v), key);
	}
	json_array_foreach(s->notes, i, v)
	{
		(void)printf("note: %s\n", json_string_value(v));
	}
	json_array_foreach(s->problems, i, v)
	{
		(void)printf("DEGRADED: %s\n", json_string_value(v));
	}
	if (!i)
		(void)puts("healthy");
}

static void print_json(const struct status *s)
{
	json_t *j = json_pack("{s:s, s:s, s:I, s:O, s:O, s:b, s:b, s:s?, s:O, s:O, s:b}", "engine", engine_word(s), "attach", attach(s),
			      "rules", s->node_r ? (json_int_t)-1 : (json_int_t)json_array_size(s->node.rules), "confined",
			      s->policies, "unconfined", s->unconfined, "off", s->off, "nsdelegate",
			      s->facts.v[LKD_FACT_nsdelegate].num == LKD_YES,
			      "node_policy_error", s->node_r < 0 && s->node_r != -ENOENT ? s->node_e.msg : NULL, "problems",
			      s->problems, "notes", s->notes, "healthy", json_array_size(s->problems) == 0);
	lkd_autofree char *text = j ? json_dumps(j, JSON_INDENT(2)) : NULL;

	if (text)
		(void)puts(text);
	json_decref(j);
}

/* a label's value: backslash, quote and line feed are escaped; there is no other escape */
static void label(const char *s)
{
	for (; *s; s++) {
		if (*s == '\\' || *s == '"')
			(void)putchar('\\');
		if ((unsigned char)*s >= ' ')
			(void)putchar(*s);
	}
}

static void by_key(const char *name, const char *type, const char *help, const char *key_label, const json_t *by)
{
	const char *key;
	const json_t *v;

	(void)printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
	json_object_foreach((json_t *)by, key, v)
	{
		(void)printf("%s{%s=\"", name, key_label);
		label(key);
		(void)printf("\"} %lld\n", (long long)json_integer_value(v));
	}
}

static void one(const char *name, const char *type, const char *help, unsigned long long value)
{
	(void)printf("# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name, value);
}

struct refusals {
	const struct lkd_state *state;
	json_t *by;
};

static void refusal(void *arg, const char *name, size_t len, int number, enum lkd_level level)
{
	struct refusals *r = arg;

	(void)level;
	if (number >= 0 && number < LKD_REASON_BITS && r->state->refused[number]) {
		json_t *key = json_stringn(name, len);

		(void)json_object_set_new(r->by, json_string_value(key), json_integer((json_int_t)r->state->refused[number]));
		json_decref(key);
	}
}

static json_t *drift_by_engine(void)
{
	static const char *const engines[] = {"containerd", "docker", "podman", "crio"};
	json_t *by = json_object();
	char why[320];

	for (size_t i = 0; i < LKD_N(engines); i++) {
		const int r = lkd_configure_drift(engines[i], why, sizeof(why));

		if (r >= 0)
			(void)json_object_set_new(by, engines[i], json_integer(r));
	}
	return by;
}

static void print_metrics(const struct status *s)
{
	json_t *drifts;
	struct refusals r = {.state = &s->engine.state, .by = json_object()};

	(void)printf("# HELP lockdown_engine_info The kernel engine: 1 = loaded and whole.\n"
		     "# TYPE lockdown_engine_info gauge\nlockdown_engine_info{engine=\"%s\",attach=\"%s\",version=\"%s\"} %d\n",
		     engine_word(s), attach(s), s->engine_r ? "" : s->engine.info.version, !s->engine_r && !s->engine.missing);
	by_key("lockdown_containers", "gauge", "Confined containers that run.", "policy", s->policies);
	by_key("lockdown_unconfined_containers", "gauge", "Containers that run unconfined, and why.", "why", s->unconfined);
	if (!s->engine_r)
		(void)lkd_fact_reasons_each(&s->facts, refusal, &r);
	by_key("lockdown_refusals_total", "counter", "Refusals since the engine was loaded.", "reason", r.by);
	json_decref(r.by);
	one("lockdown_events_lost_total", "counter", "Events that nobody read in time.", s->engine_r ? 0 : s->engine.state.lost);
	one("lockdown_caught_total", "counter", "Processes caught by the catch-all rule.",
	    s->engine_r ? 0 : s->engine.state.caught);
	drifts = drift_by_engine();
	by_key("lockdown_configuration_drift", "gauge", "1 where an engine's configuration is not as configure left it.",
	       "engine", drifts);
	json_decref(drifts);
	one("lockdown_node_off", "gauge", "1 while new containers are not confined, by order.", s->off);
	one("lockdown_node_policy_invalid", "gauge", "1 while the node policy cannot be read: creations are refused.",
	    s->node_r < 0 && s->node_r != -ENOENT);
	one("lockdown_node_degraded", "gauge", "Problems that lockdownctl node status lists.",
	    json_array_size(s->problems));
}

int node_status(int argc, char **argv)
{
	lkd_autofree struct status *s = calloc(1, sizeof(*s));
	struct options o;
	int r;

	if (!s || parse_options(argc, argv, TAKES_JSON | TAKES_METRICS, 0, 0, &o) < 0)
		return CTL_USAGE;
	s->policies = json_object();
	s->unconfined = json_object();
	s->problems = json_array();
	s->notes = json_array();
	look(s);
	judge(s);
	if (o.prometheus)
		print_metrics(s);
	else if (o.json)
		print_json(s);
	else
		print_text(s);
	r = json_array_size(s->problems) ? CTL_NO : CTL_OK;
	json_decref(s->policies);
	json_decref(s->unconfined);
	json_decref(s->problems);
	json_decref(s->notes);
	lkd_node_free(&s->node);
	return r;
}
