// SPDX-License-Identifier: BSD-2-Clause
/*
 * docker's daemon.json: a parser says what it means and where it is wrong; what
 * changes is spliced into the text, so that all else keeps its bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../libpolicy/policy_priv.h"
#include "configure.h"
#include "util.h"

#define DAEMON_JSON "/etc/docker/daemon.json"

/** struct span - one member in a text */
struct span {
	size_t key, value, end;
};

static int parse(const char *path, const char *text, json_t **ret, struct lkd_err *e)
{
	const size_t len = strlen(text);
	size_t line, column, length;
	json_error_t je;

	*ret = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);
	if (json_is_object(*ret))
		return 0;
	lkd_json_line_column(
		text, *ret || je.position <= 0 ? 0 : lkd_json_token_start(text, len, (size_t)je.position, &length),
		&line, &column);
	for (char *p = je.text; !*ret && *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	(void)lkd_err_set(e, EINVAL, "%s:%zu:%zu: %s%s", path, line, column,
			  *ret ? "no JSON object" : "not valid JSON: ", *ret ? "" : je.text);
	json_decref(*ret);
	*ret = NULL;
	return -EINVAL;
}

/* where the member @key is in an object, whose own place is @steps */
static bool find(const char *text, json_t *object, struct lkd_json_step *steps, size_t n, const char *key,
		 struct span *ret)
{
	json_error_t je;
	json_t *value;
	const char *k;
	size_t at = 0;

	json_object_foreach(object, k, value)
	{
		if (!strcmp(k, key)) {
			steps[n] = (struct lkd_json_step){.ordinal = at, .key = key};
			ret->key = lkd_json_locate(text, strlen(text), steps, n + 1, true);
			ret->value = lkd_json_locate(text, strlen(text), steps, n + 1, false);
			json_decref(json_loads(text + ret->value, JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, &je));
			ret->end = ret->value + (je.position > 0 ? (size_t)je.position : 0);
			return true;
		}
		at++;
	}
	return false;
}

static size_t blanks(const char *text, size_t at)
{
	return strspn(text + at, " \t\r\n");
}

/* as the first member of the object whose '{' is at @open; set off as the one that was first */
static char *insert(const char *text, size_t open, unsigned depth, const char *member)
{
	const size_t n = blanks(text, open + 1);
	const char *const first = text + open + 1;
	const bool empty = first[n] == '}';
	const bool lines = memchr(first, '\n', n) != NULL;
	const char *const eol = lines && memchr(first, '\r', n) ? "\r\n" : "\n";

	if (!empty)
		return text_make("%.*s%.*s%s,%s%s", (int)open + 1, text, (int)n, first, member, n ? "" : " ", first);
	return text_make("%.*s%s%*s%s%s", (int)open + 1, text, lines ? eol : "", lines ? 4 * (int)depth : 0, "", member,
			 first);
}

/* and the comma that goes with it */
static char *cut(const char *text, const struct span *s)
{
	size_t from = s->key, to = s->end + blanks(text, s->end);

	while (from && strchr(" \t\r\n", text[from - 1]))
		from--;
	if (text[to] == ',') { /* what set it off stays for the next, unless it was the first */
		to++;
		if (text[from - 1] != '{') {
			from = s->key;
			to += blanks(text, to);
		} else if (from == s->key && text[to] == ' ') {
			to++;
		}
	} else {
		from -= text[from - 1] == ',';
		to = s->end;
	}
	return text_make("%.*s%s", (int)from, text, text + to);
}

static int use(char **text, char *made, struct lkd_err *e)
{
	if (!made)
		return lkd_err_set(e, ENOMEM, "write %s", DAEMON_JSON);
	free(*text);
	*text = made;
	return 0;
}

static size_t root_open(const char *text)
{
	return blanks(text, 0);
}

/* ---- putting in --------------------------------------------------------- */

static int put_runtime(const struct conf *c, char **text, json_t *was, struct lkd_err *e)
{
	lkd_autofree char *member = NULL, *whole = NULL;
	struct lkd_json_step steps[2];
	json_auto_t *root = NULL;
	json_t *runtimes;
	struct span s = {0};
	int r = parse(DAEMON_JSON, *text, &root, e);

	if (r < 0)
		return r;
	runtimes = json_object_get(root, "runtimes");
	member = text_make("\"%s\": {\"path\": \"%s/lockdown-runtime\"}", c->name, c->bindir);
	if (!member)
		return use(text, NULL, e);
	if (!runtimes) {
		whole = text_make("\"runtimes\": {%s}", member);
		return whole ? use(text, insert(*text, root_open(*text), 1, whole), e) : use(text, NULL, e);
	}
	if (!json_is_object(runtimes))
		return lkd_err_set(e, EINVAL, "%s: 'runtimes' is no object", DAEMON_JSON);
	if (json_object_get(runtimes, c->name))
		return lkd_err_hint(e,
				    lkd_err_set(e, EBUSY, "%s: there is a runtime '%s' already", DAEMON_JSON, c->name),
				    "remove it, or give another --runtime-class");
	(void)json_object_set_new(was, "runtimes", json_true());
	(void)find(*text, root, steps, 0, "runtimes", &s);
	return use(text, insert(*text, s.value, 2, member), e);
}

static int put_default(const struct conf *c, char **text, json_t *was, struct lkd_err *e)
{
	lkd_autofree char *member = text_make("\"default-runtime\": \"%s\"", c->name);
	struct lkd_json_step steps[1];
	json_auto_t *root = NULL;
	struct span s = {0};
	int r = parse(DAEMON_JSON, *text, &root, e);

	if (r < 0 || !member)
		return r < 0 ? r : use(text, NULL, e);
	if (!find(*text, root, steps, 0, "default-runtime", &s))
		return use(text, insert(*text, root_open(*text), 1, member), e);
	/* as it was written */
	(void)json_object_set_new(was, "default-runtime", json_stringn(*text + s.value, s.end - s.value));
	return use(text, text_make("%.*s\"%s\"%s", (int)s.value, *text, c->name, *text + s.end), e);
}

static int check_result(const char *before, const char *after, const struct conf *c, struct lkd_err *e)
{
	json_auto_t *a = NULL, *b = NULL;
	char path[PATH_MAX + 32];

	if (parse(DAEMON_JSON, before, &a, e) < 0 || parse("what would be written", after, &b, e) < 0)
		return -EINVAL;
	if (!json_object_get(a, "runtimes"))
		(void)json_object_set_new(a, "runtimes", json_object());
	(void)snprintf(path, sizeof(path), "%s/lockdown-runtime", c->bindir);
	(void)json_object_set_new(json_object_get(a, "runtimes"), c->name, json_pack("{s:s}", "path", path));
	if (c->standard)
		(void)json_object_set_new(a, "default-runtime", json_string(c->name));
	return json_equal(a, b) ? 0 : lkd_err_set(e, EINVAL, "%s cannot be changed without changing more", DAEMON_JSON);
}

static int docker_put_in(const struct conf *c, const struct target *t, const char *text, char **ret, json_t **ret_was,
			 struct lkd_err *e)
{
	json_auto_t *was = json_object();
	const bool empty = !text[blanks(text, 0)];
	const char *const base = empty ? "{\n}\n" : text;
	lkd_autofree char *out = strdup(base);
	int r;

	if (!out || !was)
		return lkd_err_set(e, ENOMEM, "write %s", t->path);
	r = put_runtime(c, &out, was, e);
	if (!r && c->standard)
		r = put_default(c, &out, was, e);
	if (!r)
		r = check_result(base, out, c, e);
	if (r < 0)
		return r;
	if (empty)
		(void)json_object_set_new(was, "empty", json_string(text));
	(void)json_object_set_new(was, "name", json_string(c->name));
	(void)json_object_set_new(was, "default", json_boolean(c->standard));
	*ret_was = json_incref(was);
	*ret = out;
	out = NULL;
	return 0;
}

/* ---- taking out --------------------------------------------------------- */

/* back to what it was, if it still names ours */
static int take_default(char **text, json_t *root, const json_t *was, const char *name, struct lkd_err *e)
{
	const json_t *before = json_object_get(was, "default-runtime");
	const char *now = json_string_value(json_object_get(root, "default-runtime"));
	struct lkd_json_step steps[1];
	struct span s = {0};

	if (!json_is_true(json_object_get(was, "default")) || !now || strcmp(now, name) != 0)
		return 0;
	(void)find(*text, root, steps, 0, "default-runtime", &s);
	if (!before)
		return use(text, cut(*text, &s), e);
	return use(text, text_make("%.*s%s%s", (int)s.value, *text, json_string_value(before), *text + s.end), e);
}

static int take_runtime(char **text, json_t *root, const json_t *was, const char *name, struct lkd_err *e)
{
	json_t *const runtimes = json_object_get(root, "runtimes");
	struct lkd_json_step steps[2];
	struct span whole = {0}, s = {0};

	if (!json_is_object(runtimes) || !json_object_get(runtimes, name))
		return 0;
	(void)find(*text, root, steps, 0, "runtimes", &whole);
	if (!json_object_get(was, "runtimes") && json_object_size(runtimes) == 1)
		return use(text, cut(*text, &whole), e);
	(void)find(*text, runtimes, steps, 1, name, &s);
	return use(text, cut(*text, &s), e);
}

static int docker_take_out(const struct target *t, const char *text, const json_t *was, char **ret, struct lkd_err *e)
{
	const char *name = json_string_value(json_object_get(was, "name"));
	const json_t *empty = json_object_get(was, "empty");
	json_auto_t *root = NULL, *rest = NULL;
	lkd_autofree char *out = strdup(text);
	int r = 0;

	if (!out)
		return lkd_err_set(e, ENOMEM, "read %s", t->path);
	if (name && text[blanks(text, 0)]) {
		r = parse(t->path, out, &root, e);
		if (!r)
			r = take_default(&out, root, was, name, e);
		json_decref(root);
		root = NULL;
		if (!r)
			r = parse(t->path, out, &root, e);
		if (!r)
			r = take_runtime(&out, root, was, name, e);
		if (!r)
			r = parse(t->path, out, &rest, e);
		if (!r && empty && !json_object_size(rest))
			r = use(&out, strdup(json_string_value(empty)), e);
	}
	if (r < 0)
		return r;
	*ret = out;
	out = NULL;
	return 0;
}

static bool docker_there(const struct conf *c, const struct target *t, const char *text)
{
	json_auto_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *standard = json_string_value(json_object_get(root, "default-runtime"));
	const json_t *ours = json_object_get(json_object_get(root, "runtimes"), c->name);
	const char *path = json_string_value(json_object_get(ours, "path"));
	char wanted[PATH_MAX + 32];

	(void)t;
	(void)snprintf(wanted, sizeof(wanted), "%s/lockdown-runtime", c->bindir);
	return path && !strcmp(path, wanted) && json_object_size(ours) == 1 &&
	       (!c->standard || (standard && !strcmp(standard, c->name)));
}

const struct editor docker_editor = {docker_take_out, docker_put_in, docker_there};

int docker_targets(const struct conf *c, struct targets *l, struct lkd_err *e)
{
	if (!strcmp(c->name, "runc"))
		return lkd_err_set(e, EINVAL, "docker keeps the name 'runc' for itself");
	return target_add(l, DAEMON_JSON, &docker_editor, strdup("")) ? 0
								      : lkd_err_set(e, ENOMEM, "write %s", DAEMON_JSON);
}
