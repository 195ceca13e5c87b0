// SPDX-License-Identifier: BSD-2-Clause
/* Reading a node policy: see node.h. The same grammar for machines: policies/node.schema.json. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "jsonwalk.h"
#include "node_priv.h"
#include "util.h"

enum { LIST_MAX = 256, KEY_MAX = 317 /* 253 of a DNS name, a slash, 63 of a name */ };

struct parser {
	struct lkd_walk walk;
	struct lkd_node n;
	const char *name, *policy; /* of the rule that we are in */
	bool match, exception;
};

static struct parser *parser_of(struct lkd_walk *w)
{
	return (struct parser *)(void *)((char *)w - offsetof(struct parser, walk));
}

/* ---- words ------------------------------------------------------------ */

/* of policies, names only and no paths: what one means must not depend on where a runtime is started */
static int policy_of(struct lkd_walk *w, json_t *v, bool unconfined, const char **ret)
{
	const char *s = json_string_value(v);

	if (!s || !lkd_policy_name_valid(s) || (!unconfined && !strcmp(s, LKD_NODE_UNCONFINED)))
		return lkd_walk_expected(w, unconfined ? "the name of a policy, or 'unconfined'" : "the name of a policy", v);
	*ret = s;
	return 0;
}

/* as the schema counts */
static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static int plain_text(struct lkd_walk *w, json_t *v)
{
	const char *s = json_string_value(v);

	for (const char *c = s; c && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return lkd_walk_fail(w, "a control character in the text");
	return s && *s && characters(s) <= 1024 ? 0 : lkd_walk_expected(w, "a text of 1 to 1024 characters", v);
}

/* @all is the array that @word is the current element of */
static int first_time(const struct lkd_walk *w, const char *word, const json_t *all)
{
	for (size_t i = 0; i < w->steps[w->depth - 1].ordinal; i++)
		if (!strcmp(json_string_value(json_array_get(all, i)), word))
			return -EEXIST;
	return 0;
}

/* fnmatch(3) tries every way to divide a text among the stars */
static int add_pattern(struct lkd_walk *w, const char *word, void *arg)
{
	size_t stars = 0;

	for (const char *c = word; *c; c++)
		stars += *c == '*';
	if (!*word || characters(word) > 512 || stars > 6)
		return lkd_walk_fail(w, "a pattern has 1 to 512 characters and at most 6 '*'");
	return first_time(w, word, arg);
}

static int list(struct lkd_walk *w, json_t *v, const char *what,
		int (*add)(struct lkd_walk *w, const char *word, void *arg))
{
	if (json_is_array(v) && !json_array_size(v))
		return lkd_walk_fail(w, "an empty array matches nothing; leave the key out to match all");
	if (json_array_size(v) > LIST_MAX)
		return lkd_walk_fail(w, "more than %d elements", LIST_MAX);
	return lkd_walk_each_word(w, v, what, add, v);
}

static int patterns(struct lkd_walk *w, json_t *v)
{
	return list(w, v, "an array of patterns", add_pattern);
}

static int add_host(struct lkd_walk *w, const char *word, void *arg)
{
	const char *names[16];
	size_t n = 0;

	for (; lkd_node_namespace_name((unsigned)n); n++) {
		names[n] = lkd_node_namespace_name((unsigned)n);
		if (!strcmp(names[n], word))
			return first_time(w, word, arg);
	}
	return lkd_walk_unknown(w, false, "namespace", word, names, n, NULL);
}

static int add_capability(struct lkd_walk *w, const char *word, void *arg)
{
	if (!*word || strlen(word) > 32 || word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] || !strncmp(word, "CAP_", 4))
		return lkd_walk_fail(w, "expected the name of a capability without CAP_, such as 'SYS_ADMIN'");
	return first_time(w, word, arg);
}

static int add_cgroup(struct lkd_walk *w, const char *word, void *arg)
{
	const char *c = word;
	size_t n = 0;

	for (; *c == '/'; c += n) {
		n = strcspn(++c, "/");
		if (!n || n > 95 || (n <= 2 && !strncmp(c, "..", n))) {
			c = word; /* no such path */
			break;
		}
	}
	if (c == word || *c)
		return lkd_walk_fail(w, "expected the path of a cgroup below its mount, such as '/system.slice/x.service'");
	return first_time(w, word, arg);
}

static int add_key(struct lkd_walk *w, const char *word, void *arg)
{
	if (!*word || characters(word) > KEY_MAX)
		return lkd_walk_fail(w, "expected the key of an annotation");
	return first_time(w, word, arg);
}

/* ---- keys ------------------------------------------------------------- */

static int key_text(struct lkd_walk *w, json_t *v)
{
	return json_is_string(v) ? 0 : lkd_walk_expected(w, "a string", v);
}

static int key_match_texts(struct lkd_walk *w, json_t *v)
{
	size_t ordinal = 0;
	const char *name;
	json_t *value;

	if (!json_is_object(v) || !json_object_size(v))
		return lkd_walk_expected(w, "an object of arrays of patterns, by key", v);
	json_object_foreach(v, name, value)
	{
		int r;

		lkd_walk_enter(w, ordinal++, "*");
		r = !*name || characters(name) > KEY_MAX ? lkd_walk_fail_key(w, "a key has 1 to %d characters", KEY_MAX) :
							   patterns(w, value);
		if (r < 0)
			return r;
		lkd_walk_leave(w);
	}
	return 0;
}

static int key_match_bool(struct lkd_walk *w, json_t *v)
{
	return json_is_boolean(v) ? 0 : lkd_walk_expected(w, "true or false", v);
}

static int key_match_host(struct lkd_walk *w, json_t *v)
{
	return list(w, v, "an array of namespaces", add_host);
}

static int key_match_capabilities(struct lkd_walk *w, json_t *v)
{
	return list(w, v, "an array of capabilities", add_capability);
}

static int key_match(struct lkd_walk *w, json_t *v)
{
	static const struct lkd_walk_key keys[] = {
		{"namespace", patterns},     {"pod", patterns},
		{"container", patterns},     {"image", patterns},
		{"handler", patterns},       {"annotations", key_match_texts},
		{"labels", key_match_texts},	       {"privileged", key_match_bool},
		{"sandbox", key_match_bool},	       {"host", key_match_host},
		{"capabilities", key_match_capabilities}, {"devices", patterns},
	};

	parser_of(w)->match = true;
	return lkd_walk_each_key(w, v, keys, LKD_N(keys));
}

static int key_rule_name(struct lkd_walk *w, json_t *v)
{
	const char *s = json_string_value(v);

	if (!s || !lkd_policy_name_valid(s))
		return lkd_walk_expected(w, "a name of at most 31 of a-z 0-9 . _ -, letter or digit first", v);
	parser_of(w)->name = s;
	return 0;
}

static int key_rule_policy(struct lkd_walk *w, json_t *v)
{
	return policy_of(w, v, true, &parser_of(w)->policy);
}

static int key_rule_exception(struct lkd_walk *w, json_t *v)
{
	parser_of(w)->exception = true;
	return plain_text(w, v);
}

static int rule(struct lkd_walk *w, json_t *v)
{
	static const struct lkd_walk_key keys[] = {
		{"name", key_rule_name},
		{"description", key_text},
		{"match", key_match},
		{"policy", key_rule_policy},
		{"exception", key_rule_exception},
	};
	struct parser *ps = parser_of(w);
	int r;

	ps->name = ps->policy = NULL;
	ps->match = ps->exception = false;
	r = lkd_walk_each_key(w, v, keys, LKD_N(keys));
	if (r < 0)
		return r;
	if (!ps->name || !ps->policy || !ps->match)
		return lkd_walk_fail(w, "key '%s' is missing", !ps->name ? "name" : !ps->match ? "match" : "policy");
	if (!ps->exception && !strcmp(ps->policy, LKD_NODE_UNCONFINED))
		return lkd_walk_fail(w, "only a rule with 'exception' can leave a container unconfined");
	return 0;
}

static int key_rules(struct lkd_walk *w, json_t *v)
{
	json_t *seen, *one;
	size_t i;
	int r = 0;

	if (!json_is_array(v))
		return lkd_walk_expected(w, "an array of rules", v);
	seen = json_object();
	if (!seen)
		return lkd_err_set(w->e, ENOMEM, "read the rules");
	json_array_foreach(v, i, one)
	{
		char q[LKD_QUOTE_MAX];

		lkd_walk_enter(w, i, NULL);
		r = i >= LKD_NODE_RULES_MAX ? lkd_walk_fail(w, "more than %d rules", LKD_NODE_RULES_MAX) : rule(w, one);
		if (!r && json_object_get(seen, parser_of(w)->name))
			r = lkd_walk_fail(w, "a second rule '%s'", lkd_walk_quote(parser_of(w)->name, q));
		if (!r && json_object_set_new(seen, parser_of(w)->name, json_true()))
			r = lkd_err_set(w->e, ENOMEM, "read the rules");
		if (r < 0)
			break;
		lkd_walk_leave(w);
	}
	json_decref(seen);
	parser_of(w)->n.rules = v;
	return r;
}

static int key_cri(struct lkd_walk *w, json_t *v)
{
	const char *s = json_string_value(v);

	if (s && !strcmp(s, "none"))
		return 0;
	parser_of(w)->n.cri = s ? lkd_cri_find(s) : NULL;
	return parser_of(w)->n.cri ? 0 : lkd_walk_expected(w, "'containerd', 'crio' or 'none'", v);
}

static int key_floor(struct lkd_walk *w, json_t *v)
{
	return policy_of(w, v, false, &parser_of(w)->n.floor);
}

static int key_privileged(struct lkd_walk *w, json_t *v)
{
	return policy_of(w, v, true, &parser_of(w)->n.privileged);
}

static int key_other(struct lkd_walk *w, json_t *v)
{
	return policy_of(w, v, true, &parser_of(w)->n.other);
}

static int key_exception_namespaces(struct lkd_walk *w, json_t *v)
{
	parser_of(w)->n.exception_namespaces = v;
	return patterns(w, v);
}

static int key_exceptions(struct lkd_walk *w, json_t *v)
{
	static const struct lkd_walk_key keys[] = {{"namespaces", key_exception_namespaces}};

	return lkd_walk_each_key(w, v, keys, LKD_N(keys));
}

static int key_unconfined_namespaces(struct lkd_walk *w, json_t *v)
{
	parser_of(w)->n.unconfined_namespaces = v;
	return patterns(w, v);
}

static int key_without_engine(struct lkd_walk *w, json_t *v)
{
	static const struct lkd_walk_key keys[] = {{"unconfined-namespaces", key_unconfined_namespaces}};

	return lkd_walk_each_key(w, v, keys, LKD_N(keys));
}

static int key_tighten(struct lkd_walk *w, json_t *v)
{
	if (json_array_size(v) > LKD_NODE_TIGHTEN_MAX)
		return lkd_walk_fail(w, "more than %d annotations", LKD_NODE_TIGHTEN_MAX);
	parser_of(w)->n.tighten = v;
	return lkd_walk_each_word(w, v, "an array of annotations", add_key, v);
}

static int key_exempt_cgroups(struct lkd_walk *w, json_t *v)
{
	if (json_array_size(v) > LKD_EXEMPT_MAX)
		return lkd_walk_fail(w, "more than %d cgroups", LKD_EXEMPT_MAX);
	parser_of(w)->n.exempt_cgroups = v;
	return lkd_walk_each_word(w, v, "an array of cgroups", add_cgroup, v);
}

static int key_catch_all(struct lkd_walk *w, json_t *v)
{
	static const struct lkd_walk_key keys[] = {{"exempt-cgroups", key_exempt_cgroups}};

	parser_of(w)->n.catch_all = !json_is_false(v);
	return json_is_boolean(v)  ? 0 :
	       json_is_object(v) ? lkd_walk_each_key(w, v, keys, LKD_N(keys)) :
				   lkd_walk_expected(w, "true, false, or an object", v);
}

static const struct lkd_walk_key keys_top[] = {
	{"$schema", key_text},
	{"description", key_text},
	{"cri", key_cri},
	{"floor", key_floor},
	{"privileged", key_privileged},
	{"other", key_other},
	{"rules", key_rules},
	{"exceptions", key_exceptions},
	{"tighten", key_tighten},
	{"without-engine", key_without_engine},
	{"catch-all", key_catch_all},
};

/* ---- text and file ---------------------------------------------------- */

int lkd_node_parse(const char *text, size_t len, const char *source, struct lkd_node *ret, struct lkd_err *e)
{
	struct parser ps = {.walk = {.text = text, .len = len, .source = source, .what = "node policy", .e = e}};
	char name[LKD_SOURCE_MAX];
	json_t *root = NULL;
	int r;

	if (len > LKD_NODE_FILE_MAX)
		return lkd_err_set(e, E2BIG, "%s: a node policy has at most %d bytes", lkd_source_text(source, name),
				   LKD_NODE_FILE_MAX);
	r = lkd_walk_load(&ps.walk, &root);
	if (!r)
		r = lkd_walk_each_key(&ps.walk, root, keys_top, LKD_N(keys_top));
	if (!r && (!ps.n.privileged || !ps.n.other))
		r = lkd_walk_fail(&ps.walk, "key '%s' is missing; expected the name of a policy, or 'unconfined'",
				  ps.n.privileged ? "other" : "privileged");
	if (r < 0) {
		json_decref(root);
		return r;
	}
	ps.n.root = root;
	*ret = ps.n;
	return 0;
}

int lkd_node_load(const char *path, struct lkd_node *ret, struct lkd_err *e)
{
	lkd_autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	lkd_autofree char *text = NULL;
	struct stat st;
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return lkd_err_set(e, errno == ENOENT ? ENOENT : errno == EACCES ? EACCES : EIO, "open %s", path);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return lkd_err_set(e, EINVAL, "%s is no regular file", path);
	if ((st.st_uid && st.st_uid != geteuid()) || st.st_mode & 022)
		return lkd_err_set(e, EACCES, "%s is not root's alone: who may write it could let containers go free", path);
	if (st.st_size > LKD_NODE_FILE_MAX)
		return lkd_err_set(e, E2BIG, "%s: a node policy has at most %d bytes", path, LKD_NODE_FILE_MAX);
	text = malloc((size_t)st.st_size + 1); /* one more, to see that it grew */
	if (!text)
		return lkd_err_set(e, ENOMEM, "read %s", path);
	while (n > 0 && len <= (size_t)st.st_size) {
		n = read(fd, text + len, (size_t)st.st_size + 1 - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	if (n < 0 || len != (size_t)st.st_size)
		return lkd_err_set(e, EIO, "%s: %s", path, n < 0 ? "cannot be read" : "changed while it was read");
	return lkd_node_parse(text, len, path, ret, e);
}

void lkd_node_free(struct lkd_node *n)
{
	json_decref(n->root);
	*n = (struct lkd_node){0};
}
