// SPDX-License-Identifier: BSD-2-Clause
/*
 * A policy from JSON text. Strict: what is not understood is an error, because
 * a word that is passed over is a refusal that its author believes in and that
 * nobody makes. The same grammar for machines: policies/policy.schema.json, and
 * tests/unit/test_schema.py holds the two against each other.
 */
#include <errno.h>
#include <stddef.h>

#include "jsonwalk.h"
#include "util.h"

/* What is let through and added, and where, until both can be held against each other. */
struct sets {
	lkd_set allow, deny;
	json_t *deny_list;
	size_t	deny_ordinal;
};

struct parser {
	struct lkd_walk	  walk;
	size_t		  audit_ordinal;
	enum lkd_level	  level; /* as written: goes to the policy's level or audit_level */
	enum lkd_level	  audit_level;
	bool		  audit_all;
	struct sets	  main, audit;
	struct lkd_policy p;
};

/* whose walk it is */
static struct parser *parser_of(struct lkd_walk *w)
{
	return (struct parser *)(void *)((char *)w - offsetof(struct parser, walk));
}

/* ---- words ---- */

static const char a_reason[] = "a name of the kernel's enum lockdown_reason, such as 'KEXEC'";

/* Only the plain name: one spelling in files, whatever lkd_reason_parse() is lenient about. */
static int find_reason(const char *word)
{
	int r = lkd_reason_parse(word);

	return r >= 0 && strcmp(lkd_reason_info((enum lkd_reason)r)->name, word) ? -ENOENT : r;
}

static int put_reason(lkd_set *set, int r)
{
	if (*set & LKD_SET(r))
		return -EEXIST;
	*set |= LKD_SET(r);
	return 0;
}

static int add_reason(struct lkd_walk *w, const char *word, void *arg)
{
	const char *names[LKD_REASON_COUNT_];
	int r = find_reason(word);

	if (r >= 0)
		return put_reason(arg, r);
	for (size_t i = 0; i < LKD_N(names); i++)
		names[i] = lkd_reason_info((enum lkd_reason)i)->name;
	return lkd_walk_unknown(w, false, "reason", word, names, LKD_N(names), a_reason);
}

struct gaps {
	lkd_set reasons;
	uint32_t seals;
};

static int put_bit(uint32_t *set, int n)
{
	if (*set & (1u << n))
		return -EEXIST;
	*set |= 1u << n;
	return 0;
}

static int add_gap(struct lkd_walk *w, const char *word, void *arg)
{
	const char *names[LKD_REASON_COUNT_ + LKD_SEAL_COUNT_];
	struct gaps *gaps = arg;
	size_t n = 0;
	int r = find_reason(word);

	if (r >= 0)
		return put_reason(&gaps->reasons, r);
	r = lkd_seal_parse(word);
	if (r >= 0)
		return put_bit(&gaps->seals, r);
	for (size_t i = 0; i < LKD_REASON_COUNT_; i++)
		names[n++] = lkd_reason_info((enum lkd_reason)i)->name;
	for (size_t i = 0; i < LKD_SEAL_COUNT_; i++)
		names[n++] = lkd_seal_name((enum lkd_seal)i);
	return lkd_walk_unknown(w, false, "reason or seal", word, names, n,
		       "'ptrace', 'helpers', 'sysrq', 'hostlock', or a reason such as 'KEXEC'");
}

static int add_seal(struct lkd_walk *w, const char *word, void *arg)
{
#define X(id, w, t) w,
	static const char *const names[] = { LKD_SEALS(X) };
#undef X
	int r = lkd_seal_parse(word);

	return r < 0 ? lkd_walk_unknown(w, false, "seal", word, names, LKD_N(names), NULL) : put_bit(arg, r);
}

static int add_need(struct lkd_walk *w, const char *word, void *arg)
{
#define X(id, w, t) w,
	static const char *const names[] = { LKD_NEEDS(X) };
#undef X

	for (size_t i = 0; i < LKD_N(names); i++)
		if (!strcmp(names[i], word))
			return put_bit(arg, (int)i);
	return lkd_walk_unknown(w, false, "need", word, names, LKD_N(names), NULL);
}

/* ---- keys ---- */

static int key_string(struct lkd_walk *w, json_t *v)
{
	return json_is_string(v) ? 0 : lkd_walk_expected(w, "a string", v);
}

static bool name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (!first && c && strchr("._-", c));
}

static int key_name(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	const char *s = json_string_value(v);
	size_t n = 0;

	while (s && name_char(s[n], n == 0))
		n++;
	if (!s || !n || s[n] || n >= LKD_POLICY_NAME_MAX)
		return lkd_walk_expected(w, "a name of at most 31 of a-z 0-9 . _ -, letter or digit first", v);
	memcpy(ps->p.name, s, n + 1);
	return 0;
}

static int level_word(struct lkd_walk *w, json_t *v, enum lkd_level *ret)
{
	int r = json_is_string(v) ? lkd_level_parse(json_string_value(v)) : -EINVAL;

	if (r <= LKD_LEVEL_NONE)
		return lkd_walk_expected(w, "'integrity' or 'confidentiality'", v);
	*ret = (enum lkd_level)r;
	return 0;
}

static int key_level(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	return level_word(w, v, &ps->level);
}

static int key_mode(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	const char *s = json_string_value(v);

	if (!s || (strcmp(s, "enforce") && strcmp(s, "audit")))
		return lkd_walk_expected(w, "'enforce' or 'audit'", v);
	ps->audit_all = !strcmp(s, "audit");
	return 0;
}

static const char reason_list[] = "an array of reasons";

static int deny_list(struct lkd_walk *w, json_t *v, struct sets *sets)
{
	sets->deny_list = v;
	sets->deny_ordinal = w->steps[w->depth - 1].ordinal;
	return lkd_walk_each_word(w, v, reason_list, add_reason, &sets->deny);
}

static int key_allow(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	return lkd_walk_each_word(w, v, reason_list, add_reason, &ps->main.allow);
}

static int key_deny(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	return deny_list(w, v, &ps->main);
}

static int key_audit_level(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	return level_word(w, v, &ps->audit_level);
}

static int key_audit_allow(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	return lkd_walk_each_word(w, v, reason_list, add_reason, &ps->audit.allow);
}

static int key_audit_deny(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	return deny_list(w, v, &ps->audit);
}

/* Letting a reason through and adding it: one of the two is a mistake, and we can't know which. */
static int check_sets(struct lkd_walk *w, const struct sets *sets)
{
	size_t i;
	json_t *word;

	if (!(sets->allow & sets->deny))
		return 0;
	lkd_walk_enter(w, sets->deny_ordinal, "deny");
	json_array_foreach(sets->deny_list, i, word) {
		int r = find_reason(json_string_value(word));

		lkd_walk_enter(w, i, NULL);
		if (r >= 0 && (sets->allow & LKD_SET(r)))
			return lkd_walk_fail(w, "'%s' is in 'allow' too", json_string_value(word));
		lkd_walk_leave(w);
	}
	return -EINVAL; /* not reached */
}

static int key_audit(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	static const struct lkd_walk_key keys[] = {
		{ "level", key_audit_level },
		{ "allow", key_audit_allow },
		{ "deny", key_audit_deny },
	};
	int r = lkd_walk_each_key(w, v, keys, LKD_N(keys));

	ps->audit_ordinal = w->steps[w->depth - 1].ordinal;
	return r < 0 ? r : check_sets(w, &ps->audit);
}

static int key_gaps(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	struct gaps gaps = { 0 };
	const char *s = json_string_value(v);
	int r = 0;

	if (s && !strcmp(s, "accept"))
		gaps = (struct gaps){ .reasons = LKD_SET_ALL, .seals = LKD_SEALS_ALL };
	else if (!s || strcmp(s, "refuse"))
		r = lkd_walk_each_word(w, v, "'refuse', 'accept', or an array of reasons and seals", add_gap, &gaps);
	ps->p.accept_gap = gaps.reasons;
	ps->p.accept_seal_gap = gaps.seals;
	return r;
}

static int key_stricter(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	const char *s = json_string_value(v);

	if (s && !strcmp(s, "accept"))
		ps->p.accept_stricter = LKD_SET_ALL;
	else if (!s || strcmp(s, "refuse"))
		return lkd_walk_each_word(w, v, "'refuse', 'accept', or an array of reasons", add_reason,
				 &ps->p.accept_stricter);
	return 0;
}

static int key_seals(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	const char *s = json_string_value(v);

	if (s && !strcmp(s, "all"))
		return 0; /* as it was set to begin with */
	ps->p.seals = 0;
	if (s && !strcmp(s, "none"))
		return 0;
	return lkd_walk_each_word(w, v, "'all', 'none', or an array of seals", add_seal, &ps->p.seals);
}

static int key_device_deny(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	const char *s = json_string_value(v);
	struct lkd_device d;

	if (!s || lkd_device_parse(s, &d) < 0)
		return lkd_walk_expected(w, "a rule such as 'c 1:1 rw': b, c or a; numbers or *; r, w, m in this order", v);
	return lkd_policy_add_device(&ps->p, &d); /* has room: key_devices() counts */
}

static int key_devices(struct lkd_walk *w, json_t *v)
{
	static const struct lkd_walk_key keys[] = { { "deny", key_device_deny } };
	size_t i;
	json_t *rule;

	if (!json_is_array(v))
		return lkd_walk_expected(w, "an array of rules", v);
	json_array_foreach(v, i, rule) {
		char q[LKD_QUOTE_MAX];
		const char *text;
		int r;

		lkd_walk_enter(w, i, NULL);
		if (i >= LKD_DEVICES_MAX)
			return lkd_walk_fail(w, "more than %d rules", LKD_DEVICES_MAX);
		r = lkd_walk_each_key(w, rule, keys, LKD_N(keys));
		if (r < 0)
			return r;
		text = json_string_value(json_object_get(rule, "deny"));
		if (!text)
			return lkd_walk_fail(w, "key 'deny' is missing");
		for (size_t k = 0; k < i; k++) /* one spelling for each rule: lkd_device_parse() */
			if (!strcmp(text, json_string_value(json_object_get(json_array_get(v, k), "deny"))))
				return lkd_walk_fail(w, "'%s' is listed twice", lkd_walk_quote(text, q));
		lkd_walk_leave(w);
	}
	return 0;
}

static int key_needs(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	return lkd_walk_each_word(w, v, "an array of needs", add_need, &ps->p.needs);
}

static int key_floor(struct lkd_walk *w, json_t *v)
{
	struct parser *ps = parser_of(w);
	const char *s = json_string_value(v);

	if (!s || (strcmp(s, "always") && strcmp(s, "if-needed")))
		return lkd_walk_expected(w, "'always' or 'if-needed'", v);
	ps->p.floor_if_needed = !strcmp(s, "if-needed");
	return 0;
}

/* In the order in which lkd_policy_json() writes them. */
#define KEYS(X)                        \
	X("$schema", key_string)       \
	X("name", key_name)            \
	X("description", key_string)   \
	X("level", key_level)          \
	X("mode", key_mode)            \
	X("allow", key_allow)          \
	X("deny", key_deny)            \
	X("audit", key_audit)          \
	X("gaps", key_gaps)            \
	X("stricter", key_stricter)    \
	X("seals", key_seals)          \
	X("floor", key_floor)          \
	X("devices", key_devices)      \
	X("needs", key_needs)

#define X(name, parse) { name, parse },
static const struct lkd_walk_key keys_top[] = { KEYS(X) };
#undef X
_Static_assert(LKD_N(keys_top) <= LKD_WALK_KEYS_MAX, "each_key() lists them");

/* ---- the text ---- */

/* "DIR/privileged-ci.json" -> "privileged-ci" */
static void default_name(const char *source, char ret[LKD_POLICY_NAME_MAX])
{
	const char *base = strrchr(source, '/');
	size_t n = 0, end;

	base = base ? base + 1 : source;
	end = strlen(base);
	if (end > 5 && !strcmp(base + end - 5, ".json"))
		end -= 5;
	for (size_t i = 0; i < end && n < LKD_POLICY_NAME_MAX - 1; i++) {
		char c = base[i] >= 'A' && base[i] <= 'Z' ? (char)(base[i] - 'A' + 'a') : base[i];

		if (name_char(c, n == 0))
			ret[n++] = c;
		else if (n)
			ret[n++] = '-';
	}
	ret[n] = '\0';
	if (!n)
		strcpy(ret, "policy");
}

static int finish(struct lkd_walk *w)
{
	struct parser *ps = parser_of(w);
	struct lkd_policy *p = &ps->p;
	lkd_set set;
	int r;

	if (!ps->level)
		return lkd_walk_fail(w, "key 'level' is missing; expected 'integrity' or 'confidentiality'");
	r = check_sets(w, &ps->main);
	if (r < 0)
		return r;
	set = (lkd_level_reasons(ps->level) & ~ps->main.allow) | ps->main.deny;
	if (ps->audit_all) {
		p->audit_level = ps->level;
		p->audit = set;
	} else {
		p->level = ps->level;
		p->enforce = set;
		p->audit_level = ps->audit_level;
		p->audit = (lkd_level_reasons(ps->audit_level) & ~ps->audit.allow) | ps->audit.deny;
	}
	p->idle_allow = ps->main.allow;
	lkd_policy_settle(p);
	return 0;
}

/* Level NONE has no reasons: an "audit" without a level tells only what its "deny" lists. */
static int walk(struct lkd_walk *w, json_t *root)
{
	struct parser *ps = parser_of(w);
	int r = lkd_walk_each_key(w, root, keys_top, LKD_N(keys_top));

	if (r < 0)
		return r;
	if (ps->audit_all && json_object_get(root, "audit")) {
		lkd_walk_enter(w, ps->audit_ordinal, "audit");
		return lkd_walk_fail_key(w, "key 'audit' beside mode 'audit', which tells everything already");
	}
	return finish(w);
}

int lkd_policy_parse(const char *text, size_t len, const char *source, struct lkd_policy *ret, struct lkd_err *e)
{
	struct parser ps = {
		.walk = { .text = text, .len = len, .source = source, .what = "policy", .e = e },
		.p.seals = LKD_SEALS_ALL,
	};
	char name[LKD_SOURCE_MAX];
	json_auto_t *root = NULL;
	int r;

	if (len > LKD_POLICY_FILE_MAX)
		return lkd_err_set(e, E2BIG, "%s: %zu bytes; a policy has at most %d", lkd_source_text(source, name), len,
				   LKD_POLICY_FILE_MAX);
	r = lkd_walk_load(&ps.walk, &root);
	if (r < 0)
		return r;
	default_name(source, ps.p.name);
	r = walk(&ps.walk, root);
	if (r < 0)
		return r;
	*ret = ps.p;
	return 0;
}
