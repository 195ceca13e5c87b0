// SPDX-License-Identifier: BSD-2-Clause
/*
 * A policy from JSON text. Strict: what is not understood is an error, because
 * a word that is passed over is a refusal that its author believes in and that
 * nobody makes. The same grammar for machines: policies/policy.schema.json, and
 * tests/unit/test_schema.py holds the two against each other.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <jansson.h>

#include "policy_priv.h"
#include "util.h"
#include "words.h"

#define STEPS_MAX   3 /* devices[3].deny, audit.allow[2] */
#define QUOTE_MAX   48

/* What is let through and added, and where, until both can be held against each other. */
struct sets {
	lkd_set allow, deny;
	json_t *deny_list;
	size_t	deny_ordinal;
};

struct parser {
	const char	    *text;
	size_t		     len;
	const char	    *source;
	struct lkd_err	    *e;
	struct lkd_json_step steps[STEPS_MAX]; /* where we are */
	size_t		     depth;
	size_t		     audit_ordinal;
	enum lkd_level	     level; /* as written: goes to the policy's level or audit_level */
	enum lkd_level	     audit_level;
	bool		     audit_all;
	struct sets	     main, audit;
	struct lkd_policy    p;
};

/* ---- telling ---- */

/* Foreign text in a message: one line, no terminal commands, not too long. */
static const char *quote_n(const char *s, size_t n, char ret[QUOTE_MAX])
{
	size_t keep = n < QUOTE_MAX ? n : QUOTE_MAX - 4;

	for (size_t i = 0; i < keep; i++)
		ret[i] = s[i] >= ' ' && s[i] <= '~' ? s[i] : '?';
	strcpy(ret + keep, n < QUOTE_MAX ? "" : "...");
	return ret;
}

static const char *quote(const char *s, char ret[QUOTE_MAX])
{
	return quote_n(s, strlen(s), ret);
}

const char *lkd_source_text(const char *source, char ret[LKD_SOURCE_MAX])
{
	size_t n = strlen(source);
	const char *tail = n < LKD_SOURCE_MAX ? source : source + n - (LKD_SOURCE_MAX - 4);

	snprintf(ret, LKD_SOURCE_MAX, "%s%s", tail == source ? "" : "...", tail);
	for (char *c = ret; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return ret;
}

static int LKD_PRINTF(4, 0) tell_at(const struct parser *ps, size_t offset, const char *where, const char *fmt, va_list ap)
{
	char source[LKD_SOURCE_MAX], what[sizeof(ps->e->msg)];
	size_t line, column;

	if (!ps->e)
		return -EINVAL;
	lkd_json_line_column(ps->text, offset, &line, &column);
	vsnprintf(what, sizeof(what), fmt, ap);
	return lkd_err_set(ps->e, EINVAL, "%s:%zu:%zu: %s%s", lkd_source_text(ps->source, source), line, column, where, what);
}

static int LKD_PRINTF(3, 4) fail_at(const struct parser *ps, size_t offset, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = tell_at(ps, offset, "", fmt, ap);
	va_end(ap);
	return r;
}

static int LKD_PRINTF(3, 0) vfail(const struct parser *ps, bool key, const char *fmt, va_list ap)
{
	size_t n = key ? ps->depth - 1 : ps->depth; /* an unknown key is named by the message itself */
	char where[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < n && used < sizeof(where); i++) {
		const struct lkd_json_step *s = &ps->steps[i];

		used += (size_t)(s->key ? snprintf(where + used, sizeof(where) - used, "%s'%s'", i ? "." : "key ", s->key)
					: snprintf(where + used, sizeof(where) - used, "[%zu]", s->ordinal));
	}
	if (used && used < sizeof(where) - 2)
		strcpy(where + used, ": ");
	return tell_at(ps, lkd_json_locate(ps->text, ps->len, ps->steps, ps->depth, key), where, fmt, ap);
}

/* The value that we are at is wrong. */
static int LKD_PRINTF(2, 3) fail(const struct parser *ps, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfail(ps, false, fmt, ap);
	va_end(ap);
	return r;
}

/* The key that we are at is wrong. */
static int LKD_PRINTF(2, 3) fail_key(const struct parser *ps, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfail(ps, true, fmt, ap);
	va_end(ap);
	return r;
}

static int expected(const struct parser *ps, const char *what, const json_t *found)
{
	char q[QUOTE_MAX];

	switch (json_typeof(found)) {
	case JSON_OBJECT:
		return fail(ps, "expected %s, found an object", what);
	case JSON_ARRAY:
		return fail(ps, "expected %s, found an array", what);
	case JSON_STRING:
		return fail(ps, "expected %s, found '%s'", what, quote(json_string_value(found), q));
	case JSON_INTEGER:
	case JSON_REAL:
		return fail(ps, "expected %s, found a number", what);
	case JSON_TRUE:
		return fail(ps, "expected %s, found true", what);
	case JSON_FALSE:
		return fail(ps, "expected %s, found false", what);
	default:
		return fail(ps, "expected %s, found null", what);
	}
}

/*
 * "unknown reason 'KEXECC'; did you mean 'KEXEC'?", or else what there is to
 * choose from: @others, or all of @words
 */
static int unknown(const struct parser *ps, bool key, const char *kind, const char *word, const char *const *words,
		   size_t n, const char *others)
{
	const char *near = lkd_word_closest(word, words, n);
	int (*tell)(const struct parser *, const char *, ...) = key ? fail_key : fail;
	char q[QUOTE_MAX], all[192] = "";
	size_t used = 0;

	quote(word, q);
	if (near)
		return tell(ps, "unknown %s '%s'; did you mean '%s'?", kind, q, near);
	if (others)
		return tell(ps, "unknown %s '%s'; expected %s", kind, q, others);
	for (size_t i = 0; i < n && used < sizeof(all); i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s'%s'", i ? ", " : "", words[i]);
	return tell(ps, "unknown %s '%s'; expected %s%s", kind, q, n > 1 ? "one of " : "", all);
}

/* ---- walking ---- */

static void enter(struct parser *ps, size_t ordinal, const char *key)
{
	ps->steps[ps->depth++] = (struct lkd_json_step){ .ordinal = ordinal, .key = key };
}

static void leave(struct parser *ps)
{
	ps->depth--;
}

struct key {
	const char *name;
	int (*parse)(struct parser *ps, json_t *value);
};
#define KEYS_MAX 16

/* Keys in the order of the text, which jansson keeps since 2.8: positions count on it. */
static int each_key(struct parser *ps, json_t *object, const struct key *keys, size_t n_keys)
{
	size_t ordinal = 0;
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return expected(ps, "an object", object);
	json_object_foreach(object, name, value) {
		size_t k = 0;
		int r;

		while (k < n_keys && strcmp(keys[k].name, name))
			k++;
		enter(ps, ordinal++, k < n_keys ? keys[k].name : "");
		if (k < n_keys) {
			r = keys[k].parse(ps, value);
		} else {
			const char *names[KEYS_MAX];

			for (k = 0; k < n_keys; k++)
				names[k] = keys[k].name;
			r = unknown(ps, true, "key", name, names, k, NULL);
		}
		if (r < 0)
			return r;
		leave(ps);
	}
	return 0;
}

/* @add puts one word into a set; 0, -EEXIST if it was there, -ENOENT if it is unknown (and told). */
static int each_word(struct parser *ps, json_t *list, const char *what,
		     int (*add)(struct parser *ps, const char *word, void *arg), void *arg)
{
	size_t i;
	json_t *word;

	if (!json_is_array(list))
		return expected(ps, what, list);
	json_array_foreach(list, i, word) {
		char q[QUOTE_MAX];
		int r;

		enter(ps, i, NULL);
		if (!json_is_string(word))
			return expected(ps, "a string", word);
		r = add(ps, json_string_value(word), arg);
		if (r == -EEXIST)
			return fail(ps, "'%s' is listed twice", quote(json_string_value(word), q));
		if (r < 0)
			return r;
		leave(ps);
	}
	return 0;
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

static int add_reason(struct parser *ps, const char *word, void *arg)
{
	const char *names[LKD_REASON_COUNT_];
	int r = find_reason(word);

	if (r >= 0)
		return put_reason(arg, r);
	for (size_t i = 0; i < LKD_N(names); i++)
		names[i] = lkd_reason_info((enum lkd_reason)i)->name;
	return unknown(ps, false, "reason", word, names, LKD_N(names), a_reason);
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

static int add_gap(struct parser *ps, const char *word, void *arg)
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
	return unknown(ps, false, "reason or seal", word, names, n,
		       "'ptrace', 'helpers', 'sysrq', 'hostlock', or a reason such as 'KEXEC'");
}

static int add_seal(struct parser *ps, const char *word, void *arg)
{
#define X(id, w, t) w,
	static const char *const names[] = { LKD_SEALS(X) };
#undef X
	int r = lkd_seal_parse(word);

	return r < 0 ? unknown(ps, false, "seal", word, names, LKD_N(names), NULL) : put_bit(arg, r);
}

static int add_need(struct parser *ps, const char *word, void *arg)
{
#define X(id, w, t) w,
	static const char *const names[] = { LKD_NEEDS(X) };
#undef X

	for (size_t i = 0; i < LKD_N(names); i++)
		if (!strcmp(names[i], word))
			return put_bit(arg, (int)i);
	return unknown(ps, false, "need", word, names, LKD_N(names), NULL);
}

/* ---- keys ---- */

static int key_string(struct parser *ps, json_t *v)
{
	return json_is_string(v) ? 0 : expected(ps, "a string", v);
}

static bool name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (!first && c && strchr("._-", c));
}

static int key_name(struct parser *ps, json_t *v)
{
	const char *s = json_string_value(v);
	size_t n = 0;

	while (s && name_char(s[n], n == 0))
		n++;
	if (!s || !n || s[n] || n >= LKD_POLICY_NAME_MAX)
		return expected(ps, "a name of at most 31 of a-z 0-9 . _ -, letter or digit first", v);
	memcpy(ps->p.name, s, n + 1);
	return 0;
}

static int level_word(struct parser *ps, json_t *v, enum lkd_level *ret)
{
	int r = json_is_string(v) ? lkd_level_parse(json_string_value(v)) : -EINVAL;

	if (r <= LKD_LEVEL_NONE)
		return expected(ps, "'integrity' or 'confidentiality'", v);
	*ret = (enum lkd_level)r;
	return 0;
}

static int key_level(struct parser *ps, json_t *v)
{
	return level_word(ps, v, &ps->level);
}

static int key_mode(struct parser *ps, json_t *v)
{
	const char *s = json_string_value(v);

	if (!s || (strcmp(s, "enforce") && strcmp(s, "audit")))
		return expected(ps, "'enforce' or 'audit'", v);
	ps->audit_all = !strcmp(s, "audit");
	return 0;
}

static const char reason_list[] = "an array of reasons";

static int deny_list(struct parser *ps, json_t *v, struct sets *sets)
{
	sets->deny_list = v;
	sets->deny_ordinal = ps->steps[ps->depth - 1].ordinal;
	return each_word(ps, v, reason_list, add_reason, &sets->deny);
}

static int key_allow(struct parser *ps, json_t *v)
{
	return each_word(ps, v, reason_list, add_reason, &ps->main.allow);
}

static int key_deny(struct parser *ps, json_t *v)
{
	return deny_list(ps, v, &ps->main);
}

static int key_audit_level(struct parser *ps, json_t *v)
{
	return level_word(ps, v, &ps->audit_level);
}

static int key_audit_allow(struct parser *ps, json_t *v)
{
	return each_word(ps, v, reason_list, add_reason, &ps->audit.allow);
}

static int key_audit_deny(struct parser *ps, json_t *v)
{
	return deny_list(ps, v, &ps->audit);
}

/* Letting a reason through and adding it: one of the two is a mistake, and we can't know which. */
static int check_sets(struct parser *ps, const struct sets *sets)
{
	size_t i;
	json_t *word;

	if (!(sets->allow & sets->deny))
		return 0;
	enter(ps, sets->deny_ordinal, "deny");
	json_array_foreach(sets->deny_list, i, word) {
		int r = find_reason(json_string_value(word));

		enter(ps, i, NULL);
		if (r >= 0 && (sets->allow & LKD_SET(r)))
			return fail(ps, "'%s' is in 'allow' too", json_string_value(word));
		leave(ps);
	}
	return -EINVAL; /* not reached */
}

static int key_audit(struct parser *ps, json_t *v)
{
	static const struct key keys[] = {
		{ "level", key_audit_level },
		{ "allow", key_audit_allow },
		{ "deny", key_audit_deny },
	};
	int r = each_key(ps, v, keys, LKD_N(keys));

	ps->audit_ordinal = ps->steps[ps->depth - 1].ordinal;
	return r < 0 ? r : check_sets(ps, &ps->audit);
}

static int key_gaps(struct parser *ps, json_t *v)
{
	struct gaps gaps = { 0 };
	const char *s = json_string_value(v);
	int r = 0;

	if (s && !strcmp(s, "accept"))
		gaps = (struct gaps){ .reasons = LKD_SET_ALL, .seals = LKD_SEALS_ALL };
	else if (!s || strcmp(s, "refuse"))
		r = each_word(ps, v, "'refuse', 'accept', or an array of reasons and seals", add_gap, &gaps);
	ps->p.accept_gap = gaps.reasons;
	ps->p.accept_seal_gap = gaps.seals;
	return r;
}

static int key_stricter(struct parser *ps, json_t *v)
{
	const char *s = json_string_value(v);

	if (s && !strcmp(s, "accept"))
		ps->p.accept_stricter = LKD_SET_ALL;
	else if (!s || strcmp(s, "refuse"))
		return each_word(ps, v, "'refuse', 'accept', or an array of reasons", add_reason,
				 &ps->p.accept_stricter);
	return 0;
}

static int key_seals(struct parser *ps, json_t *v)
{
	const char *s = json_string_value(v);

	if (s && !strcmp(s, "all"))
		return 0; /* as it was set to begin with */
	ps->p.seals = 0;
	if (s && !strcmp(s, "none"))
		return 0;
	return each_word(ps, v, "'all', 'none', or an array of seals", add_seal, &ps->p.seals);
}

static int key_device_deny(struct parser *ps, json_t *v)
{
	const char *s = json_string_value(v);
	struct lkd_device d;

	if (!s || lkd_device_parse(s, &d) < 0)
		return expected(ps, "a rule such as 'c 1:1 rw': b, c or a; numbers or *; r, w, m in this order", v);
	return lkd_policy_add_device(&ps->p, &d); /* has room: key_devices() counts */
}

static int key_devices(struct parser *ps, json_t *v)
{
	static const struct key keys[] = { { "deny", key_device_deny } };
	size_t i;
	json_t *rule;

	if (!json_is_array(v))
		return expected(ps, "an array of rules", v);
	json_array_foreach(v, i, rule) {
		char q[QUOTE_MAX];
		const char *text;
		int r;

		enter(ps, i, NULL);
		if (i >= LKD_DEVICES_MAX)
			return fail(ps, "more than %d rules", LKD_DEVICES_MAX);
		r = each_key(ps, rule, keys, LKD_N(keys));
		if (r < 0)
			return r;
		text = json_string_value(json_object_get(rule, "deny"));
		if (!text)
			return fail(ps, "key 'deny' is missing");
		for (size_t k = 0; k < i; k++) /* one spelling for each rule: lkd_device_parse() */
			if (!strcmp(text, json_string_value(json_object_get(json_array_get(v, k), "deny"))))
				return fail(ps, "'%s' is listed twice", quote(text, q));
		leave(ps);
	}
	return 0;
}

static int key_needs(struct parser *ps, json_t *v)
{
	return each_word(ps, v, "an array of needs", add_need, &ps->p.needs);
}

static int key_floor(struct parser *ps, json_t *v)
{
	const char *s = json_string_value(v);

	if (!s || (strcmp(s, "always") && strcmp(s, "if-needed")))
		return expected(ps, "'always' or 'if-needed'", v);
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
static const struct key keys_top[] = { KEYS(X) };
#undef X
_Static_assert(LKD_N(keys_top) <= KEYS_MAX, "each_key() lists them");

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

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), n_end = strlen(end);

	return n >= n_end && !strcmp(s + n - n_end, end);
}

static int fail_syntax(const struct parser *ps, const json_error_t *je)
{
	char q[QUOTE_MAX], text[JSON_ERROR_TEXT_LENGTH], source[LKD_SOURCE_MAX];
	size_t length, start;

	/* jansson mostly says nothing at all when it has no memory */
	if (!je->text[0] || json_error_code(je) == json_error_out_of_memory)
		return lkd_err_set(ps->e, ENOMEM, "read policy '%s'", lkd_source_text(ps->source, source));
	start = lkd_json_token_start(ps->text, ps->len, je->position > 0 ? (size_t)je->position : 0, &length);
	switch (json_error_code(je)) {
	case json_error_duplicate_key:
		return fail_at(ps, start, "key '%s' is there twice",
			       quote_n(ps->text + start + 1, length > 2 ? length - 2 : 0, q));
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return fail_at(ps, start, "NUL character in a string");
	default:
		break;
	}
	snprintf(text, sizeof(text), "%s", je->text);
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return fail_at(ps, ends_with(text, "near end of file") ? ps->len : start, "not valid JSON: %s", text);
}

static int check_text(const struct parser *ps)
{
	const char *nul = memchr(ps->text, '\0', ps->len);

	if (!ps->len)
		return fail_at(ps, 0, "empty; expected a JSON object");
	if (nul)
		return fail_at(ps, (size_t)(nul - ps->text), "NUL byte; expected JSON text");
	if (ps->len >= 3 && !memcmp(ps->text, "\xef\xbb\xbf", 3))
		return fail_at(ps, 0, "begins with a byte order mark; expected UTF-8 without one");
	return 0;
}

static int finish(struct parser *ps)
{
	struct lkd_policy *p = &ps->p;
	lkd_set set;
	int r;

	if (!ps->level)
		return fail(ps, "key 'level' is missing; expected 'integrity' or 'confidentiality'");
	r = check_sets(ps, &ps->main);
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
static int walk(struct parser *ps, json_t *root)
{
	int r = each_key(ps, root, keys_top, LKD_N(keys_top));

	if (r < 0)
		return r;
	if (ps->audit_all && json_object_get(root, "audit")) {
		enter(ps, ps->audit_ordinal, "audit");
		return fail_key(ps, "key 'audit' beside mode 'audit', which tells everything already");
	}
	return finish(ps);
}

int lkd_policy_parse(const char *text, size_t len, const char *source, struct lkd_policy *ret, struct lkd_err *e)
{
	struct parser ps = { .text = text, .len = len, .source = source, .e = e, .p.seals = LKD_SEALS_ALL };
	char name[LKD_SOURCE_MAX];
	json_error_t je = { 0 };
	json_auto_t *root = NULL;
	int r;

	if (len > LKD_POLICY_FILE_MAX)
		return lkd_err_set(e, E2BIG, "%s: %zu bytes; a policy has at most %d", lkd_source_text(source, name), len,
				   LKD_POLICY_FILE_MAX);
	r = check_text(&ps);
	if (r < 0)
		return r;
	/* jansson also bounds the depth (JSON_PARSER_MAX_DEPTH, 2048), so it can't use up our stack */
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);
	if (!root)
		return fail_syntax(&ps, &je);
	default_name(source, ps.p.name);
	r = walk(&ps, root);
	if (r < 0)
		return r;
	*ret = ps.p;
	return 0;
}
