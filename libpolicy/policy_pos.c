// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where something is in a JSON text. The parser that we use forgets positions
 * once a text is parsed; these functions find them again when an error has to
 * be told. They look at brackets, commas and strings only, never recurse, and
 * stop at the end of the text whatever it holds.
 */
#include "policy_priv.h"

static size_t skip_space(const char *t, size_t len, size_t at)
{
	while (at < len && (t[at] == ' ' || t[at] == '\t' || t[at] == '\n' || t[at] == '\r'))
		at++;
	return at;
}

/* From the opening quote to behind the closing one. */
static size_t skip_string(const char *t, size_t len, size_t at)
{
	for (at++; at < len; at++) {
		if (t[at] == '\\')
			at++;
		else if (t[at] == '"')
			return at + 1;
		else if (t[at] == '\n') /* not closed: no string goes over a line's end */
			return at;
	}
	return len;
}

static bool is_mark(char c)
{
	return c && strchr("{}[],:", c);
}

static size_t skip_token(const char *t, size_t len, size_t at)
{
	if (t[at] == '"')
		return skip_string(t, len, at);
	if (is_mark(t[at]))
		return at + 1;
	for (at++; at < len && !is_mark(t[at]) && t[at] != '"'; at++)
		if (skip_space(t, len, at) != at)
			break;
	return at;
}

static size_t skip_value(const char *t, size_t len, size_t at)
{
	size_t depth = 0;

	while ((at = skip_space(t, len, at)) < len) {
		if (t[at] == '{' || t[at] == '[')
			depth++;
		else if ((t[at] == '}' || t[at] == ']') && depth)
			depth--;
		at = skip_token(t, len, at);
		if (!depth)
			break;
	}
	return at;
}

/* From a member's key to its value. */
static size_t skip_key(const char *t, size_t len, size_t at)
{
	at = skip_space(t, len, skip_value(t, len, at));
	if (at < len && t[at] == ':')
		at++;
	return skip_space(t, len, at);
}

size_t lkd_json_locate(const char *text, size_t len, const struct lkd_json_step *steps, size_t n, bool key)
{
	size_t at = skip_space(text, len, 0);

	for (size_t i = 0; i < n; i++) {
		bool object = at < len && text[at] == '{';

		if (at >= len || (!object && text[at] != '['))
			return 0;
		at = skip_space(text, len, at + 1);
		for (size_t k = 0; k < steps[i].ordinal; k++) {
			if (object)
				at = skip_key(text, len, at);
			at = skip_space(text, len, skip_value(text, len, at));
			if (at >= len || text[at] != ',')
				return 0;
			at = skip_space(text, len, at + 1);
		}
		if (object && !(key && i == n - 1))
			at = skip_key(text, len, at);
	}
	return at < len ? at : 0;
}

size_t lkd_json_token_start(const char *text, size_t len, size_t end, size_t *ret_len)
{
	size_t at = 0, next;

	while ((at = skip_space(text, len, at)) < len) {
		next = skip_token(text, len, at);
		if (next >= end) {
			*ret_len = next - at;
			return at;
		}
		at = next;
	}
	*ret_len = 0;
	return len;
}

void lkd_json_line_column(const char *text, size_t offset, size_t *ret_line, size_t *ret_column)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) { /* not the rest of a UTF-8 character */
			column++;
		}
	}
	*ret_line = line;
	*ret_column = column;
}
