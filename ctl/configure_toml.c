// SPDX-License-Identifier: BSD-2-Clause
/*
 * TOML without a parser: which tables and keys a text has and where, and blocks of ours in it.
 *
 * Debian has no C library for TOML, and what would print a parsed file again
 * would lose its comments. So texts are only ever added to, in whole lines.
 * The scanner knows enough to be sure where a statement begins and ends; of
 * everything else it says in which line it gave up.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure.h"
#include "util.h"

enum { DEPTH_MAX = 32 };

struct scan {
	const char *path, *text;
	size_t at;
	struct lkd_err *e;
};

static size_t line_of(const char *text, size_t at)
{
	size_t n = 1;

	for (size_t i = 0; i < at && text[i]; i++)
		n += text[i] == '\n';
	return n;
}

static int unsure(const struct scan *s, const char *what)
{
	return lkd_err_set(s->e, EINVAL, "%s:%zu: %s", s->path, line_of(s->text, s->at), what);
}

static char here(const struct scan *s)
{
	return s->text[s->at];
}

static bool starts(const struct scan *s, const char *with)
{
	return !strncmp(s->text + s->at, with, strlen(with));
}

static void skip_blanks(struct scan *s)
{
	s->at += strspn(s->text + s->at, " \t");
}

static void skip_comment(struct scan *s)
{
	if (here(s) == '#')
		s->at += strcspn(s->text + s->at, "\n");
}

/* blanks, comments and line ends, as between the elements of an array */
static void skip_lines(struct scan *s)
{
	for (size_t before = s->at + 1; before != s->at;) {
		before = s->at;
		s->at += strspn(s->text + s->at, " \t\r\n");
		skip_comment(s);
	}
}

/* nothing but a comment may stand behind a statement */
static int end_line(struct scan *s)
{
	skip_blanks(s);
	skip_comment(s);
	if (starts(s, "\r\n"))
		s->at++;
	if (!here(s))
		return 0;
	if (here(s) != '\n')
		return unsure(s, "something stands behind the end of a statement");
	s->at++;
	return 0;
}

/* ---- keys --------------------------------------------------------------- */

static const char bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

static int take_part(struct scan *s, const char **ret, size_t *ret_len)
{
	const char quote = here(s);

	*ret = s->text + s->at;
	*ret_len = strspn(*ret, bare);
	if (quote != '"' && quote != '\'') {
		s->at += *ret_len;
		return *ret_len ? 0 : unsure(s, "expected a key");
	}
	++*ret;
	*ret_len = strcspn(*ret, quote == '"' ? "\"\\\n" : "'\n");
	if ((*ret)[*ret_len] != quote)
		return unsure(s, "a quoted key that has an escape, or no end");
	s->at += *ret_len + 2;
	return 0;
}

/* a.b."c": appended to @path; *@ret_parts of them */
static int take_key(struct scan *s, char *path, size_t *ret_parts)
{
	size_t used = strlen(path), len;
	const char *part;
	int r;

	for (*ret_parts = 0;; s->at++) {
		skip_blanks(s);
		r = take_part(s, &part, &len);
		if (r < 0)
			return r;
		if (memchr(part, TOML_SEP, len) || used + len + 2 > TOML_PATH_MAX)
			return unsure(s, "a key that is too long");
		if (used)
			path[used++] = TOML_SEP;
		(void)memcpy(path + used, part, len);
		path[used += len] = '\0';
		++*ret_parts;
		skip_blanks(s);
		if (here(s) != '.')
			return 0;
	}
}

/* ---- values ------------------------------------------------------------- */

static int skip_value(struct scan *s, unsigned depth, char *ret_type);

static int skip_long_string(struct scan *s, const char *quotes)
{
	for (s->at += 3; here(s); s->at++) {
		if (here(s) == '\\' && *quotes == '"' && s->text[s->at + 1]) {
			s->at++;
		} else if (starts(s, quotes)) {
			s->at += 3;
			for (int i = 0; i < 2 && here(s) == *quotes; i++)
				s->at++;
			return 0;
		}
	}
	return unsure(s, "a string without an end");
}

static int skip_string(struct scan *s)
{
	const char quote = here(s);

	for (s->at++; here(s) && here(s) != '\n'; s->at++) {
		if (here(s) == '\\' && quote == '"' && s->text[s->at + 1] != '\n' && s->text[s->at + 1])
			s->at++;
		else if (here(s) == quote) {
			s->at++;
			return 0;
		}
	}
	return unsure(s, "a string without an end");
}

static int skip_array(struct scan *s, unsigned depth)
{
	char type;
	int r;

	for (s->at++;;) {
		skip_lines(s);
		if (here(s) == ']')
			break;
		r = skip_value(s, depth + 1, &type);
		if (r < 0)
			return r;
		skip_lines(s);
		if (here(s) == ',')
			s->at++;
		else if (here(s) != ']')
			return unsure(s, "an array that is not understood");
	}
	s->at++;
	return 0;
}

static int skip_inline(struct scan *s, unsigned depth)
{
	char key[TOML_PATH_MAX], type;
	size_t parts;
	int r;

	for (s->at++;;) {
		skip_blanks(s);
		if (here(s) == '}')
			break;
		*key = '\0';
		r = take_key(s, key, &parts);
		if (r < 0)
			return r;
		if (here(s) != '=')
			return unsure(s, "an inline table that is not understood");
		s->at++;
		skip_blanks(s);
		r = skip_value(s, depth + 1, &type);
		if (r < 0)
			return r;
		skip_blanks(s);
		if (here(s) == ',')
			s->at++;
		else if (here(s) != '}')
			return unsure(s, "an inline table that is not understood");
	}
	s->at++;
	return 0;
}

static int skip_value(struct scan *s, unsigned depth, char *ret_type)
{
	size_t n;

	if (depth > DEPTH_MAX)
		return unsure(s, "arrays or tables too deep in each other");
	*ret_type = 'm';
	if (starts(s, "\"\"\"") || starts(s, "'''"))
		return skip_long_string(s, here(s) == '"' ? "\"\"\"" : "'''");
	*ret_type = 's';
	if (here(s) == '"' || here(s) == '\'')
		return skip_string(s);
	*ret_type = here(s);
	if (here(s) == '[')
		return skip_array(s, depth);
	if (here(s) == '{')
		return skip_inline(s, depth);
	*ret_type = 'x';
	n = strspn(s->text + s->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+.:");
	s->at += n;
	return n ? 0 : unsure(s, "expected a value");
}

/* ---- statements --------------------------------------------------------- */

static int take_header(struct scan *s, struct toml_item *i)
{
	size_t parts;
	int r;

	i->kind = starts(s, "[[") ? TOML_ARRAY : TOML_TABLE;
	s->at += i->kind == TOML_ARRAY ? 2 : 1;
	r = take_key(s, i->path, &parts);
	if (r < 0)
		return r;
	if (!starts(s, i->kind == TOML_ARRAY ? "]]" : "]"))
		return unsure(s, "a table's header without an end");
	s->at += i->kind == TOML_ARRAY ? 2 : 1;
	i->table_len = strlen(i->path);
	return 0;
}

static int take_pair(struct scan *s, const char *table, struct toml_item *i)
{
	size_t parts;
	int r;

	i->kind = TOML_VALUE;
	(void)strcpy(i->path, table);
	i->table_len = strlen(table);
	r = take_key(s, i->path, &parts);
	if (r < 0)
		return r;
	i->dotted = parts > 1;
	if (here(s) != '=')
		return unsure(s, "expected '=' behind a key");
	s->at++;
	skip_blanks(s);
	i->value = s->at;
	r = skip_value(s, 0, &i->type);
	i->value_end = s->at;
	return r;
}

static int take_statement(struct scan *s, const char *table, struct toml_item *i)
{
	int r;

	for (i->start = s->at; i->start && s->text[i->start - 1] != '\n';)
		i->start--;
	i->line = line_of(s->text, s->at);
	r = here(s) == '[' ? take_header(s, i) : take_pair(s, table, i);
	if (!r)
		r = end_line(s);
	i->end = s->at;
	return r;
}

int toml_scan(const char *path, const char *text, struct toml *ret, struct lkd_err *e)
{
	struct scan s = {path, text, 0, e};
	char table[TOML_PATH_MAX] = "";

	*ret = (struct toml){.n = 0};
	for (skip_lines(&s); here(&s); skip_lines(&s)) {
		struct toml_item *more = ret->v;
		int r;

		if (!(ret->n & (ret->n - 1)))
			more = realloc(ret->v, (ret->n ? 2 * ret->n : 1) * sizeof(*ret->v));
		if (!more)
			return lkd_err_set(e, ENOMEM, "read %s", path);
		ret->v = more;
		ret->v[ret->n] = (struct toml_item){.kind = TOML_VALUE};
		r = take_statement(&s, table, &ret->v[ret->n]);
		if (r < 0)
			return r;
		if (ret->v[ret->n].kind != TOML_VALUE)
			(void)strcpy(table, ret->v[ret->n].path);
		ret->n++;
	}
	return 0;
}

void toml_free(struct toml *t)
{
	free(t->v);
	*t = (struct toml){.n = 0};
}

const struct toml_item *toml_value(const struct toml *t, const char *path)
{
	const struct toml_item *found = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].kind == TOML_VALUE && !strcmp(t->v[i].path, path))
			found = &t->v[i];
	return found;
}

bool toml_below(const char *path, const char *above)
{
	const size_t n = strlen(above);

	return !strncmp(path, above, n) && (!path[n] || path[n] == TOML_SEP);
}

bool toml_string(const char *text, const struct toml_item *i, char *ret, size_t size)
{
	const size_t len = i->type == 's' ? i->value_end - i->value - 2 : 0;
	const char *const from = text + i->value + 1;

	if (i->type != 's' || len >= size || memchr(from, '\\', len))
		return false;
	(void)memcpy(ret, from, len);
	ret[len] = '\0';
	return true;
}

/* ---- our blocks --------------------------------------------------------- */

#define BEGIN  "# container-lockdown begin"
#define END    "# container-lockdown end"
#define WAS    "# container-lockdown was: "
#define JOINED ", line end added above"

static bool line_is(const char *line, const char *mark)
{
	return !strncmp(line, mark, strlen(mark));
}

const char *toml_eol(const char *text)
{
	const char *const nl = strchr(text, '\n');

	return nl && nl > text && nl[-1] == '\r' ? "\r\n" : "\n";
}

char *toml_block(const char *text, const char *body, bool joined)
{
	const char *const eol = toml_eol(text);
	char *ret = NULL;
	size_t size;
	FILE *f = open_memstream(&ret, &size);

	if (!f)
		return NULL;
	(void)fprintf(f, BEGIN ": by lockdownctl configure, which takes it out again with --undo%s%s",
		      joined ? JOINED : "", eol);
	while (*body) {
		const size_t n = strcspn(body, "\n");

		/* a line that was taken out keeps the end that it had */
		(void)fprintf(f, "%.*s%s", (int)n, body, n && body[n - 1] == '\r' ? "\n" : eol);
		body += n + (body[n] == '\n');
	}
	(void)fprintf(f, END "%s", eol);
	if (fclose(f)) {
		free(ret);
		return NULL;
	}
	return ret;
}

int toml_take_out(const struct target *t, const char *text, const json_t *was, char **ret, struct lkd_err *e)
{
	char *out = malloc(strlen(text) + 1), *to = out;
	const char *const whole = text, *last = text;
	bool inside = false, bad = false;

	(void)was;
	if (!out)
		return lkd_err_set(e, ENOMEM, "read %s", t->path);
	for (size_t len; *text && !bad; text += len) {
		const bool begin = line_is(text, BEGIN), end = line_is(text, END);
		const char *from = text;

		len = strcspn(text, "\n");
		len += text[len] == '\n';
		bad = begin ? inside : end ? !inside : false;
		last = begin || (bad && end) ? text : last;
		if (begin && memmem(text, len, JOINED, strlen(JOINED))) {
			to -= to > out && to[-1] == '\n';
			to -= to > out && to[-1] == '\r';
		}
		if (inside && line_is(text, WAS))
			from += strlen(WAS);
		else if (inside || begin || end)
			from += len;
		(void)memcpy(to, from, len - (size_t)(from - text));
		to += len - (size_t)(from - text);
		inside = begin || (inside && !end);
		if (bad)
			break;
	}
	*to = '\0';
	if (bad || inside) {
		free(out);
		return lkd_err_set(e, EINVAL, "%s:%zu: a line '%s' without its other half", t->path,
				   line_of(whole, (size_t)(last - whole)), inside ? BEGIN : END);
	}
	*ret = out;
	return 0;
}

static int drop_in(const struct conf *c, const struct target *t, const char *text, char **ret, json_t **ret_was,
		   struct lkd_err *e)
{
	const size_t n = strlen(text);
	const bool joined = n && text[n - 1] != '\n';
	lkd_autofree char *block = toml_block(text, t->body, joined);
	lkd_cleanup(toml_free) struct toml toml = {.n = 0};
	const int r = toml_scan(t->path, text, &toml, e);

	(void)c;
	(void)ret_was;
	if (r < 0)
		return r;
	if (toml.n)
		return lkd_err_hint(e, lkd_err_set(e, EBUSY, "%s is there, and is not ours", t->path), "remove it");
	*ret = block ? text_make("%s%s%s", text, joined ? toml_eol(text) : "", block) : NULL;
	return *ret ? 0 : lkd_err_set(e, ENOMEM, "write %s", t->path);
}

const struct editor drop_in_editor = {.take_out = toml_take_out, .put_in = drop_in};
