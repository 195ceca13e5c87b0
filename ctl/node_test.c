// SPDX-License-Identifier: BSD-2-Clause
/* node test: which rule matches a container, and what it gets; from pods in YAML or JSON, or a config.json */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../oci-hooks/file.h"
#include "ctl.h"
#include "node.h"
#include "podyaml.h"
#include "util.h"

enum { FILE_MAX = (16 << 20) - 1 };

struct testing {
	const struct options *o;
	struct lkd_node node;
	struct lkd_facts facts;
	json_t *out; /* or NULL: print */
	unsigned refused, seen;
};

/* ---- what it gets ------------------------------------------------------ */

static int plan_form(struct testing *t, const struct lkd_node_choice *c, bool config, struct lkd_plan *ret, struct lkd_err *e)
{
	struct lkd_request request = {.engine = "auto", .policy = c->policies[0], .container = config};
	lkd_autofree struct lkd_policy *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return lkd_err_set(e, ENOMEM, "plan");
	for (size_t i = 1; i < c->n; i++)
		request.with[i - 1] = c->policies[i];
	r = request_policy(&request, p, e);
	return r < 0 ? r : lkd_plan_make(p, &t->facts, LKD_ENGINE_AUTO, ret, e);
}

/* with lockdown-exec in it, as far as a pod tells whether it can be there; else by its config: oci-hooks/case.c */
static int plan_of(struct testing *t, const struct lkd_subject *s, const struct lkd_node_choice *c, struct lkd_plan *ret,
		   struct lkd_err *e)
{
	const int r = plan_form(t, c, false, ret, e);

	if (r < 0 || ret->engine != LKD_ENGINE_BROKER || (s->privileged && ret->holds_files && !ret->refusals))
		return r;
	return plan_form(t, c, true, ret, e);
}

static json_t *policies(const struct lkd_node_choice *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n; i++)
		(void)json_array_append_new(list, json_string(c->policies[i]));
	return list;
}

static void print_choice(const char *name, const struct lkd_subject *s, const struct lkd_node_choice *c)
{
	(void)printf("%s (%s): ", name, s->privileged ? "privileged" : "not privileged");
	if (c->rule)
		(void)printf("rule %zu '%s'", c->rule_index + 1, c->rule);
	else
		(void)printf("no rule, the default");
	if (c->exception)
		(void)printf(" (exception: %s)", c->exception);
	for (size_t i = 0; i < c->n; i++)
		(void)printf("%s%s", i ? " + " : ": policy ", c->policies[i]);
	(void)puts(c->n ? "" : ": NOT CONFINED");
	if (c->passed_over)
		(void)printf("  rule '%s' would match, and its exception has no place in this namespace\n", c->passed_over);
}

static void print_plan(const struct lkd_plan *p, const struct lkd_node_choice *c)
{
	(void)printf("  level %s, engine %s: %u reasons held exactly, %u with a caveat, %u stricter, %u not held: %s\n",
		     lkd_level_name(p->level), lkd_engine_name(p->engine), p->exact, p->caveats, p->stricter, p->gaps,
		     !p->refusals	 ? "it starts" :
		     c->may_go_without ? "it starts UNCONFINED (without-engine)" :
					 "its creation is refused");
}

static void test(struct testing *t, const char *name, const struct lkd_subject *s)
{
	lkd_autofree struct lkd_plan *plan = calloc(1, sizeof(*plan));
	struct lkd_node_choice c;
	struct lkd_err e = {};
	int r = lkd_node_choose(&t->node, s, &c, &e);

	t->seen++;
	if (!plan)
		return;
	if (!r && c.n)
		r = plan_of(t, s, &c, plan, &e);
	t->refused += r < 0 || (c.n && plan->refusals && !c.may_go_without);
	if (t->out) {
		(void)json_array_append_new(
			t->out, r < 0 ? json_pack("{s:s, s:s}", "container", name, "error", e.msg) :
					json_pack("{s:s, s:b, s:s?, s:s?, s:o, s:s?, s:s?, s:s?, s:b, s:i}", "container", name,
						  "privileged", s->privileged, "rule", c.rule, "exception", c.exception,
						  "policies", policies(&c), "passed_over", c.passed_over, "level",
						  c.n ? lkd_level_name(plan->level) : NULL, "engine",
						  c.n ? lkd_engine_name(plan->engine) : NULL, "may_go_without_engine",
						  c.may_go_without, "refusals", c.n ? (int)plan->refusals : 0));
		return;
	}
	if (r < 0) {
		(void)printf("%s: its creation is refused: %s\n", name, e.msg);
		return;
	}
	print_choice(name, s, &c);
	if (c.n)
		print_plan(plan, &c);
}

/* ---- pods -------------------------------------------------------------- */

static const char *text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool yes(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/* what a privileged container's bounding set has in it, as far as rules can ask */
static const char *const default_capabilities[] = {
	"CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",	 "KILL",       "SETGID",     "SETUID",
	"SETPCAP", "NET_BIND_SERVICE", "NET_RAW", "SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP",
};
static const char *const more_capabilities[] = {
	"SYS_ADMIN",   "SYS_MODULE", "SYS_RAWIO", "SYS_BOOT",	"BPF",	    "PERFMON",	   "SYS_PTRACE", "NET_ADMIN",
	"SYS_TIME",    "SYSLOG",     "SYS_NICE",  "SYS_RESOURCE", "IPC_LOCK", "SYS_PACCT", "AUDIT_CONTROL", "AUDIT_READ",
	"MAC_ADMIN",   "MAC_OVERRIDE", "DAC_READ_SEARCH", "LINUX_IMMUTABLE", "NET_BROADCAST", "IPC_OWNER",
	"SYS_TTY_CONFIG", "LEASE", "WAKE_ALARM", "BLOCK_SUSPEND", "CHECKPOINT_RESTORE",
};

static void add_capabilities(json_t *list, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_sprintf("CAP_%s", names[i]));
}

static json_t *capabilities_of(const json_t *security)
{
	const json_t *added = json_object_get(json_object_get(security, "capabilities"), "add"), *v;
	json_t *list = json_array();
	bool all = yes(security, "privileged");
	size_t i;

	add_capabilities(list, default_capabilities, LKD_N(default_capabilities));
	json_array_foreach(added, i, v)
	{
		const char *s = json_string_value(v);

		if (s && !strcmp(s, "ALL"))
			all = true;
		else if (s)
			(void)json_array_append_new(list, json_sprintf("CAP_%s", !strncmp(s, "CAP_", 4) ? s + 4 : s));
	}
	if (all)
		add_capabilities(list, more_capabilities, LKD_N(more_capabilities));
	return list;
}

/* the config.json that a CRI makes of it, as far as a node policy looks at one */
static json_t *config_of(const json_t *pod, const json_t *container)
{
	static const struct {
		const char *type, *host;
	} spaces[] = {{"pid", "hostPID"}, {"network", "hostNetwork"}, {"ipc", "hostIPC"}, {"mount", NULL}, {"uts", "hostNetwork"}};
	const json_t *spec = json_object_get(pod, "spec"), *security = json_object_get(container, "securityContext");
	const bool privileged = yes(security, "privileged");
	json_t *list = json_array();

	for (size_t i = 0; i < LKD_N(spaces); i++)
		if (!spaces[i].host || !yes(spec, spaces[i].host))
			(void)json_array_append_new(list, json_pack("{s:s}", "type", spaces[i].type));
	if (!privileged)
		(void)json_array_append_new(list, json_pack("{s:s}", "type", "cgroup"));
	if (json_is_false(json_object_get(spec, "hostUsers")))
		(void)json_array_append_new(list, json_pack("{s:s}", "type", "user"));
	return json_pack("{s:s, s:{s:{s:o}}, s:{s:o, s:{s:[{s:b, s:s}]}}}", "ociVersion", "1.0.2", "process", "capabilities",
			 "bounding", capabilities_of(security), "linux", "namespaces", list, "resources", "devices", "allow",
			 privileged, "access", "rwm");
}

static void test_pod_container(struct testing *t, const json_t *pod, const json_t *container, const char *workload_space)
{
	const json_t *meta = json_object_get(pod, "metadata");
	/* pods are made in the namespace of what makes them */
	const char *space = workload_space ? workload_space : text(meta, "namespace"), *pod_name = text(meta, "name");
	json_t *config = config_of(pod, container);
	struct lkd_subject s;
	struct lkd_err e = {};
	char name[800];

	(void)snprintf(name, sizeof(name), "%.250s/%.250s/%.250s", space ? space : "default", pod_name ? pod_name : "?",
		       text(container, "name") ? text(container, "name") : "?");
	if (!lkd_node_subject(&t->node, config, NULL, t->o->handler, &s, &e)) {
		s.namespace = space ? space : "default";
		s.pod = pod_name;
		s.container = text(container, "name");
		s.image = text(container, "image");
		s.annotations = json_object_get(meta, "annotations");
		if (text(json_object_get(pod, "spec"), "runtimeClassName"))
			s.handler = text(json_object_get(pod, "spec"), "runtimeClassName");
		test(t, name, &s);
		lkd_subject_free(&s);
	}
	json_decref(config);
}

static int test_pod(struct testing *t, const json_t *doc)
{
	static const char *const lists[] = {"initContainers", "containers", "ephemeralContainers"};
	const json_t *pod = json_object_get(json_object_get(doc, "spec"), "template"), *c;
	const char *space = text(json_object_get(doc, "metadata"), "namespace");
	const unsigned before = t->seen;
	size_t i;

	/* of a CronJob, of a Deployment and the like, or itself */
	if (!pod)
		pod = json_object_get(json_object_get(json_object_get(json_object_get(doc, "spec"), "jobTemplate"), "spec"),
				      "template");
	if (!pod)
		pod = doc;
	for (size_t l = 0; l < LKD_N(lists); l++)
		json_array_foreach(json_object_get(json_object_get(pod, "spec"), lists[l]), i, c)
		{
			test_pod_container(t, pod, c, space);
		}
	return t->seen == before ? -ENOENT : 0;
}

static int test_config(struct testing *t, const json_t *config, const char *name, struct lkd_err *e)
{
	/* where it is from is not known: believe the annotations that the node policy would */
	const char *bundle = "/k8s.io/";
	struct lkd_subject s;
	int r = lkd_node_subject(&t->node, config, bundle, t->o->handler, &s, e);

	if (r < 0)
		return r;
	test(t, s.pod ? s.pod : name, &s);
	lkd_subject_free(&s);
	return 0;
}

/* ---- files ------------------------------------------------------------- */

static int read_file(const char *path, char **ret, size_t *ret_len, struct lkd_err *e)
{
	lkd_autofd fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(0);

	if (fd < 0)
		return lkd_err_set(e, errno, "open '%s'", path);
	*ret = lkd_read_whole(fd, FILE_MAX, ret_len);
	return *ret ? 0 : lkd_err_set(e, EINVAL, "'%s': cannot be read, or is larger than %d bytes", path, FILE_MAX);
}

static int test_file(struct testing *t, const char *path, struct lkd_err *e)
{
	lkd_autofree char *buf = NULL;
	json_auto_t *docs = NULL;
	const json_t *doc;
	size_t i, len = 0;
	int r = read_file(path, &buf, &len, e);

	if (r < 0)
		return r;
	docs = lkd_yaml_load(buf, len, path, e);
	if (!docs)
		return -EINVAL;
	json_array_foreach(docs, i, doc)
	{
		if (json_is_null(doc))
			continue;
		r = json_object_get(doc, "ociVersion") ? test_config(t, doc, path, e) : test_pod(t, doc);
		if (r < 0 && e->code)
			return r;
	}
	if (!t->seen)
		return lkd_err_set(e, EINVAL, "%s: neither a pod nor a config.json", path);
	return 0;
}

int node_test(int argc, char **argv)
{
	lkd_autofree struct testing *t = calloc(1, sizeof(*t));
	struct lkd_err e = {};
	struct options o;
	int at, r;

	at = parse_options(argc, argv, TAKES_NODE | TAKES_FACTS | TAKES_JSON, 1, INT_MAX, &o);
	if (at < 0 || !t)
		return CTL_USAGE;
	t->o = &o;
	r = lkd_node_load(o.node ? o.node : LKD_NODE_FILE, &t->node, &e);
	if (!r)
		r = get_facts(&o, &t->facts, &e);
	t->out = o.json ? json_array() : NULL;
	for (int i = at; i < argc && !r; i++)
		r = test_file(t, argv[i], &e);
	if (t->out) {
		lkd_autofree char *text_out = json_dumps(t->out, JSON_INDENT(2));

		if (text_out && !r)
			(void)puts(text_out);
		json_decref(t->out);
	}
	lkd_node_free(&t->node);
	return r < 0 ? report(CTL_FAILED, &e) : t->refused ? CTL_NO : CTL_OK;
}
