// SPDX-License-Identifier: BSD-2-Clause
/* Walking strictly through a JSON text, with positions in what is told: see jsonwalk.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "jsonwalk.h"
#include "util.h"
#include "words.h"

/* ---- telling ---- */

static const char *lkd_walk_quote_n(const char *s, size_t n, char ret[LKD_QUOTE_MAX])
{
	size_t keep = n < LKD_QUOTE_MAX ? n : LKD_QUOTE_MAX - 4;

	for (size_t i = 0; i < keep; i++)
		ret[i] = s[i] >= ' ' && s[i] <= '~' ? s[i] : '?';
	strcpy(ret + keep, n < LKD_QUOTE_MAX ? "" : "...");
	return ret;
}

const char *lkd_walk_quote(const char *s, char ret[LKD_QUOTE_MAX])
{
	return lkd_walk_quote_n(s, strlen(s), ret);
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

static int LKD_PRINTF(4, 0) tell_at(const struct lkd_walk *w, size_t offset, const char *where, const char *fmt, va_list ap)
{
	char source[LKD_SOURCE_MAX], what[sizeof(w->e->msg)];
	size_t line, column;

	if (!w->e)
		return -EINVAL;
	lkd_json_line_column(w->text, offset, &line, &column);
	vsnprintf(what, sizeof(what), fmt, ap);
	return lkd_err_set(w->e, EINVAL, "%s:%zu:%zu: %s%s", lkd_source_text(w->source, source), line, column, where, what);
}

static int LKD_PRINTF(3, 4) lkd_walk_fail_at(const struct lkd_walk *w, size_t offset, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = tell_at(w, offset, "", fmt, ap);
	va_end(ap);
	return r;
}

static int LKD_PRINTF(3, 0) vfail(const struct lkd_walk *w, bool key, const char *fmt, va_list ap)
{
	size_t n = key ? w->depth - 1 : w->depth; /* an unknown key is named by the message itself */
	char where[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < n && used < sizeof(where); i++) {
		const struct lkd_json_step *s = &w->steps[i];

		used += (size_t)(s->key ? snprintf(where + used, sizeof(where) - used, "%s'%s'", i ? "." : "key ", s->key)
					: snprintf(where + used, sizeof(where) - used, "[%zu]", s->ordinal));
	}
	if (used && used < sizeof(where) - 2)
		strcpy(where + used, ": ");
	return tell_at(w, lkd_json_locate(w->text, w->len, w->steps, w->depth, key), where, fmt, ap);
}

int lkd_walk_fail(const struct lkd_walk *w, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfail(w, false, fmt, ap);
	va_end(ap);
	return r;
}

int lkd_walk_fail_key(const struct lkd_walk *w, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfail(w, true, fmt, ap);
	va_end(ap);
	return r;
}

int lkd_walk_expected(const struct lkd_walk *w, const char *what, const json_t *found)
{
	char q[LKD_QUOTE_MAX];

	switch (json_typeof(found)) {
	case JSON_OBJECT:
		return lkd_walk_fail(w, "expected %s, found an object", what);
	case JSON_ARRAY:
		return lkd_walk_fail(w, "expected %s, found an array", what);
	case JSON_STRING:
		return lkd_walk_fail(w, "expected %s, found '%s'", what, lkd_walk_quote(json_string_value(found), q));
	case JSON_INTEGER:
	case JSON_REAL:
		return lkd_walk_fail(w, "expected %s, found a number", what);
	case JSON_TRUE:
		return lkd_walk_fail(w, "expected %s, found true", what);
	case JSON_FALSE:
		return lkd_walk_fail(w, "expected %s, found false", what);
	default:
		return lkd_walk_fail(w, "expected %s, found null", what);
	}
}

/*
 * "unknown reason 'KEXECC'; did you mean 'KEXEC'?", or else what there is to
 * choose from: @others, or all of @words
 */
int lkd_walk_unknown(const struct lkd_walk *w, bool key, const char *kind, const char *word, const char *const *words,
		   size_t n, const char *others)
{
	const char *near = lkd_word_closest(word, words, n);
	int (*tell)(const struct lkd_walk *, const char *, ...) = key ? lkd_walk_fail_key : lkd_walk_fail;
	char q[LKD_QUOTE_MAX], all[192] = "";
	size_t used = 0;

	lkd_walk_quote(word, q);
	if (near)
		return tell(w, "unknown %s '%s'; did you mean '%s'?", kind, q, near);
	if (others)
		return tell(w, "unknown %s '%s'; expected %s", kind, q, others);
	for (size_t i = 0; i < n && used < sizeof(all); i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s'%s'", i ? ", " : "", words[i]);
	return tell(w, "unknown %s '%s'; expected %s%s", kind, q, n > 1 ? "one of " : "", all);
}

/* ---- walking ---- */

void lkd_walk_enter(struct lkd_walk *w, size_t ordinal, const char *key)
{
	w->steps[w->depth++] = (struct lkd_json_step){ .ordinal = ordinal, .key = key };
}

void lkd_walk_leave(struct lkd_walk *w)
{
	w->depth--;
}

/* Keys in the order of the text, which jansson keeps since 2.8: positions count on it. */
int lkd_walk_each_key(struct lkd_walk *w, json_t *object, const struct lkd_walk_key *keys, size_t n_keys)
{
	size_t ordinal = 0;
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return lkd_walk_expected(w, "an object", object);
	json_object_foreach(object, name, value) {
		size_t k = 0;
		int r;

		while (k < n_keys && strcmp(keys[k].name, name))
			k++;
		lkd_walk_enter(w, ordinal++, k < n_keys ? keys[k].name : "");
		if (k < n_keys) {
			r = keys[k].parse(w, value);
		} else {
			const char *names[LKD_WALK_KEYS_MAX];

			for (k = 0; k < n_keys; k++)
				names[k] = keys[k].name;
			r = lkd_walk_unknown(w, true, "key", name, names, k, NULL);
		}
		if (r < 0)
			return r;
		lkd_walk_leave(w);
	}
	return 0;
}

int lkd_walk_each_word(struct lkd_walk *w, json_t *list, const char *what,
		       int (*add)(struct lkd_walk *w, const char *word, void *arg), void *arg)
{
	size_t i;
	json_t *word;

	if (!json_is_array(list))
		return lkd_walk_expected(w, what, list);
	json_array_foreach(list, i, word) {
		char q[LKD_QUOTE_MAX];
		int r;

		lkd_walk_enter(w, i, NULL);
		if (!json_is_string(word))
			return lkd_walk_expected(w, "a string", word);
		r = add(w, json_string_value(word), arg);
		if (r == -EEXIST)
			return lkd_walk_fail(w, "'%s' is listed twice", lkd_walk_quote(json_string_value(word), q));
		if (r < 0)
			return r;
		lkd_walk_leave(w);
	}
	return 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), n_end = strlen(end);

	return n >= n_end && !strcmp(s + n - n_end, end);
}

static int fail_syntax(const struct lkd_walk *w, const json_error_t *je)
{
	char q[LKD_QUOTE_MAX], text[JSON_ERROR_TEXT_LENGTH], source[LKD_SOURCE_MAX];
	size_t length, start;

	/* jansson mostly says nothing at all when it has no memory */
	if (!je->text[0] || json_error_code(je) == json_error_out_of_memory)
		return lkd_err_set(w->e, ENOMEM, "read %s '%s'", w->what, lkd_source_text(w->source, source));
	start = lkd_json_token_start(w->text, w->len, je->position > 0 ? (size_t)je->position : 0, &length);
	switch (json_error_code(je)) {
	case json_error_duplicate_key:
		return lkd_walk_fail_at(w, start, "key '%s' is there twice",
			       lkd_walk_quote_n(w->text + start + 1, length > 2 ? length - 2 : 0, q));
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return lkd_walk_fail_at(w, start, "NUL character in a string");
	default:
		break;
	}
	snprintf(text, sizeof(text), "%s", je->text);
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return lkd_walk_fail_at(w, ends_with(text, "near end of file") ? w->len : start, "not valid JSON: %s", text);
}

static int check_text(const struct lkd_walk *w)
{
	const char *nul = memchr(w->text, '\0', w->len);

	if (!w->len)
		return lkd_walk_fail_at(w, 0, "empty; expected a JSON object");
	if (nul)
		return lkd_walk_fail_at(w, (size_t)(nul - w->text), "NUL byte; expected JSON text");
	if (w->len >= 3 && !memcmp(w->text, "\xef\xbb\xbf", 3))
		return lkd_walk_fail_at(w, 0, "begins with a byte order mark; expected UTF-8 without one");
	return 0;
}

int lkd_walk_load(struct lkd_walk *w, json_t **ret)
{
	json_error_t je = { 0 };
	int r = check_text(w);

	*ret = NULL;
	if (r < 0)
		return r;
	/* jansson also bounds the depth (JSON_PARSER_MAX_DEPTH, 2048), so it can't use up our stack */
	*ret = json_loadb(w->text, w->len, JSON_REJECT_DUPLICATES, &je);
	return *ret ? 0 : fail_syntax(w, &je);
}
