// SPDX-License-Identifier: BSD-2-Clause
/* What a container is, and what a node policy gives it: see node.h. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "node_priv.h"
#include "policy_priv.h"
#include "util.h"

/*
 * Only what a pod cannot write itself. containerd (annotations.go of its CRI)
 * sets these after the pod's own annotations. CRI-O (container.go:SpecAddAnnotations,
 * sandbox_run_linux.go) copies the pod's annotations first and kubelet's labels
 * last: its own io.kubernetes.cri-o.Namespace and .RuntimeHandler are set for
 * sandboxes only, and in other containers would be the pod's word.
 */
static const struct lkd_cri cris[] = {
	{
		.name = "containerd",
		.namespace = "io.kubernetes.cri.sandbox-namespace",
		.pod = "io.kubernetes.cri.sandbox-name",
		.container = "io.kubernetes.cri.container-name",
		.image = "io.kubernetes.cri.image-name",
		.type = "io.kubernetes.cri.container-type",
		.bundle = "/k8s.io/",
	},
	{
		.name = "crio",
		.namespace = "io.kubernetes.pod.namespace",
		.pod = "io.kubernetes.pod.name",
		.container = "io.kubernetes.container.name",
		.image = "io.kubernetes.cri-o.ImageName",
		.type = "io.kubernetes.cri-o.ContainerType",
		.labels = "io.kubernetes.cri-o.Labels",
	},
};

const struct lkd_cri *lkd_cri_find(const char *name)
{
	for (size_t i = 0; i < LKD_N(cris); i++)
		if (!strcmp(cris[i].name, name))
			return &cris[i];
	return NULL;
}

/* types of the OCI specification, and their names in /proc/PID/ns */
static const struct {
	const char *type, *file;
} namespaces[] = {
	{"pid", "pid"}, {"network", "net"}, {"mount", "mnt"},	{"ipc", "ipc"},
	{"uts", "uts"}, {"user", "user"},   {"cgroup", "cgroup"},
};

const char *lkd_node_namespace_name(unsigned n)
{
	return n < LKD_N(namespaces) ? namespaces[n].type : NULL;
}

/* ---- the container ---------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
	return key ? json_string_value(json_object_get(object, key)) : NULL;
}

static bool clean(const char *s)
{
	if (strlen(s) > LKD_NODE_TEXT_MAX)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

/* *@ret: the annotation, if it is there and fit to be compared and printed */
static int annotation(const json_t *all, const char *key, const char **ret, struct lkd_err *e)
{
	const json_t *v = key ? json_object_get(all, key) : NULL;

	*ret = json_string_value(v);
	if (v && (!*ret || !clean(*ret) || strlen(*ret) != json_string_length(v)))
		return lkd_err_set(e, EINVAL, "annotation %.64s: no text of at most %d bytes without control characters", key,
				   LKD_NODE_TEXT_MAX);
	return 0;
}

/* Those of a CRI that is not the node's, or in a bundle that is not the CRI's, were put there by somebody else. */
static int check_claims(const struct lkd_cri *own, const json_t *annotations, const char *bundle, bool *ret_own,
			struct lkd_err *e)
{
	*ret_own = false;
	for (size_t i = 0; i < LKD_N(cris); i++) {
		const char *keys[] = {cris[i].namespace, cris[i].pod};
		bool own_bundle;

		for (size_t k = 0; k < LKD_N(keys); k++) {
			if (!json_object_get(annotations, keys[k]))
				continue;
			own_bundle = &cris[i] == own && bundle && (!own->bundle || strstr(bundle, own->bundle));
			if (!own_bundle)
				return lkd_err_hint(
					e,
					lkd_err_set(e, EINVAL, "annotation %s says that it is a pod's, and it was not started by %s",
						    keys[k], own ? own->name : "a CRI that the node policy names"),
					"\"cri\" in " LKD_NODE_FILE " says whose annotations are believed");
			*ret_own = true;
		}
	}
	return 0;
}

static bool shares(const json_t *list, size_t which)
{
	char own[32];
	struct stat a, b;
	const json_t *ns;
	size_t i;

	json_array_foreach(list, i, ns)
	{
		const char *type = text_of(ns, "type"), *path = text_of(ns, "path");

		if (!type || strcmp(type, namespaces[which].type) != 0)
			continue;
		(void)snprintf(own, sizeof(own), "/proc/self/ns/%s", namespaces[which].file);
		return path && *path && !stat(path, &a) && !stat(own, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	}
	return true;
}

static bool any_device(const json_t *rules)
{
	const json_t *rule;
	bool all = !rules; /* without rules, which is no runtime's default, all are allowed */
	size_t i;

	json_array_foreach(rules, i, rule)
	{
		const char *type = text_of(rule, "type"), *access = text_of(rule, "access");
		const json_t *major = json_object_get(rule, "major"), *minor = json_object_get(rule, "minor");
		const bool every = (!type || !*type || !strcmp(type, "a") || !strcmp(type, "c")) && (!access || strchr(access, 'w')) &&
				   (!json_is_integer(major) || json_integer_value(major) < 0) &&
				   (!json_is_integer(minor) || json_integer_value(minor) < 0);

		if (every)
			all = json_is_true(json_object_get(rule, "allow"));
	}
	return all;
}

static bool has(const json_t *list, const char *prefix, const char *word)
{
	const size_t n = strlen(prefix);
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		const char *s = json_string_value(v);

		if (s && !strncmp(s, prefix, n) && !strcmp(s + n, word))
			return true;
	}
	return false;
}

/* what the kernel asks for before it asks whether it is locked down */
static bool powerful(const json_t *capabilities)
{
	static const char *const words[] = {"SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_BOOT", "BPF", "PERFMON"};

	for (size_t i = 0; i < LKD_N(words); i++)
		if (has(capabilities, "CAP_", words[i]))
			return true;
	return false;
}

int lkd_node_subject(const struct lkd_node *n, const json_t *config, const char *bundle, const char *handler,
		     struct lkd_subject *ret, struct lkd_err *e)
{
	const json_t *linux_part = json_object_get(config, "linux");
	const json_t *list = json_object_get(linux_part, "namespaces");
	const json_t *caps = json_object_get(json_object_get(config, "process"), "capabilities");
	const char *type = NULL, *labels = NULL;
	bool own;
	int r;

	*ret = (struct lkd_subject){.annotations = json_object_get(config, "annotations"), .handler = handler};
	r = check_claims(n->cri, ret->annotations, bundle, &own, e);
	if (r < 0)
		return r;
	if (own) {
		const struct {
			const char *key, **to;
		} texts[] = {
			{n->cri->namespace, &ret->namespace}, {n->cri->pod, &ret->pod},	  {n->cri->container, &ret->container},
			{n->cri->image, &ret->image},	      {n->cri->type, &type},	  {n->cri->labels, &labels},
		};

		for (size_t i = 0; i < LKD_N(texts) && !r; i++)
			r = annotation(ret->annotations, texts[i].key, texts[i].to, e);
		if (r < 0)
			return r;
		ret->sandbox = type && !strcmp(type, "sandbox");
		ret->labels = labels ? json_loads(labels, JSON_REJECT_DUPLICATES, NULL) : NULL;
	}
	ret->capabilities = json_object_get(caps, "bounding");
	ret->devices = json_object_get(linux_part, "devices");
	for (size_t i = 0; i < LKD_N(namespaces); i++)
		ret->host |= shares(list, i) ? 1u << i : 0;
	ret->privileged = any_device(json_object_get(json_object_get(linux_part, "resources"), "devices")) ||
			  powerful(ret->capabilities);
	return 0;
}

void lkd_subject_free(struct lkd_subject *s)
{
	json_decref(s->labels);
	*s = (struct lkd_subject){0};
}

/* ---- matching --------------------------------------------------------- */

static bool any_pattern(const json_t *patterns, const char *text)
{
	const json_t *p;
	size_t i;

	if (!text)
		return false;
	json_array_foreach(patterns, i, p)
	{
		if (!fnmatch(json_string_value(p), text, FNM_NOESCAPE))
			return true;
	}
	return false;
}

#define TEXT_MATCH(field)                                                                                        \
	static int match_##field(const struct lkd_subject *s, const json_t *want, struct lkd_err *e)             \
	{                                                                                                        \
		(void)e;                                                                                         \
		return any_pattern(want, s->field);                                                              \
	}
TEXT_MATCH(namespace)
TEXT_MATCH(pod)
TEXT_MATCH(container)
TEXT_MATCH(image)
TEXT_MATCH(handler)

static int match_texts(const json_t *texts, const json_t *want, struct lkd_err *e)
{
	const char *key, *text;
	const json_t *list;
	int r;

	json_object_foreach((json_t *)want, key, list)
	{
		r = annotation(texts, key, &text, e);
		if (r < 0)
			return r;
		if (!any_pattern(list, text))
			return 0;
	}
	return 1;
}

static int match_annotations(const struct lkd_subject *s, const json_t *want, struct lkd_err *e)
{
	return match_texts(s->annotations, want, e);
}

static int match_labels(const struct lkd_subject *s, const json_t *want, struct lkd_err *e)
{
	return match_texts(s->labels, want, e);
}

static int match_privileged(const struct lkd_subject *s, const json_t *want, struct lkd_err *e)
{
	(void)e;
	return s->privileged == json_is_true(want);
}

static int match_sandbox(const struct lkd_subject *s, const json_t *want, struct lkd_err *e)
{
	(void)e;
	return s->sandbox == json_is_true(want);
}

static int match_host(const struct lkd_subject *s, const json_t *want, struct lkd_err *e)
{
	(void)e;
	for (size_t i = 0; i < LKD_N(namespaces); i++)
		if (s->host & 1u << i && has(want, "", namespaces[i].type))
			return 1;
	return 0;
}

static int match_capabilities(const struct lkd_subject *s, const json_t *want, struct lkd_err *e)
{
	const json_t *v;
	size_t i;

	(void)e;
	json_array_foreach(want, i, v)
	{
		if (has(s->capabilities, "CAP_", json_string_value(v)))
			return 1;
	}
	return 0;
}

static int match_devices(const struct lkd_subject *s, const json_t *want, struct lkd_err *e)
{
	const json_t *d;
	size_t i;

	(void)e;
	json_array_foreach(s->devices, i, d)
	{
		if (any_pattern(want, text_of(d, "path")))
			return 1;
	}
	return 0;
}

static const struct {
	const char *key;
	int (*match)(const struct lkd_subject *s, const json_t *want, struct lkd_err *e);
} matchers[] = {
	{"namespace", match_namespace},	    {"pod", match_pod},
	{"container", match_container},	    {"image", match_image},
	{"handler", match_handler},	    {"annotations", match_annotations},
	{"labels", match_labels},	    {"privileged", match_privileged},
	{"sandbox", match_sandbox},	    {"host", match_host},
	{"capabilities", match_capabilities}, {"devices", match_devices},
};

static int matches(const json_t *rule, const struct lkd_subject *s, struct lkd_err *e)
{
	const json_t *match = json_object_get(rule, "match");

	for (size_t i = 0; i < LKD_N(matchers); i++) {
		const json_t *want = json_object_get(match, matchers[i].key);
		int r = want ? matchers[i].match(s, want, e) : 1;

		if (r <= 0)
			return r;
	}
	return 1;
}

/* ---- choosing --------------------------------------------------------- */

static void add(struct lkd_node_choice *c, const char *policy)
{
	if (!policy || !strcmp(policy, LKD_NODE_UNCONFINED))
		return;
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->policies[i], policy))
			return;
	c->policies[c->n++] = policy;
}

_Static_assert(LKD_NODE_POLICIES_MAX >= 3 + LKD_NODE_TIGHTEN_MAX, "rule, default, floor, annotations");

static int add_annotations(const struct lkd_node *n, const struct lkd_subject *s, struct lkd_node_choice *c,
			   struct lkd_err *e)
{
	const json_t *key;
	const char *text;
	size_t i;
	int r;

	json_array_foreach(n->tighten, i, key)
	{
		r = annotation(s->annotations, json_string_value(key), &text, e);
		if (r < 0)
			return r;
		if (!text)
			continue;
		if (!lkd_policy_name_valid(text) || !strcmp(text, LKD_NODE_UNCONFINED))
			return lkd_err_set(e, EINVAL, "annotation %.64s: '%.40s' is not the name of a policy",
					   json_string_value(key), text);
		add(c, text);
	}
	return 0;
}

int lkd_node_choose(const struct lkd_node *n, const struct lkd_subject *s, struct lkd_node_choice *ret, struct lkd_err *e)
{
	const json_t *rule, *found = NULL;
	size_t i;

	*ret = (struct lkd_node_choice){.may_go_without = any_pattern(n->unconfined_namespaces, s->namespace)};
	json_array_foreach(n->rules, i, rule)
	{
		const int r = matches(rule, s, e);

		if (r < 0)
			return r;
		if (!r)
			continue;
		if (json_object_get(rule, "exception") && !any_pattern(n->exception_namespaces, s->namespace)) {
			if (!ret->passed_over)
				ret->passed_over = text_of(rule, "name");
			continue;
		}
		found = rule;
		ret->rule = text_of(rule, "name");
		ret->rule_index = i;
		ret->exception = text_of(rule, "exception");
		add(ret, text_of(rule, "policy"));
		break;
	}
	if (!found || !ret->exception)
		add(ret, s->privileged ? n->privileged : n->other);
	add(ret, n->floor);
	return add_annotations(n, s, ret, e);
}
