// SPDX-License-Identifier: BSD-2-Clause
/* Facts as data: names, JSON in and out. Nothing here touches the host. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include <lockdown/facts.h>

#include "util.h"

static const struct lkd_fact_info infos[LKD_FACT_COUNT_] = {
#define FACT(t, n, w, g, m) [LKD_FACT_##n] = { .name = #n, .type = LKD_FACT_##t, .what = w, .good = g, .get = m },
#include <lockdown/facts.def>
};

const struct lkd_fact_info *lkd_fact_info(enum lkd_fact_id id)
{
	return &infos[id];
}

void lkd_facts_init(struct lkd_facts *f)
{
	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < LKD_FACT_COUNT_; i++)
		f->v[i].num = LKD_UNKNOWN;
}

static int fact_by_name(const char *name)
{
	for (int i = 0; i < LKD_FACT_COUNT_; i++)
		if (!strcmp(infos[i].name, name))
			return i;
	return -ENOENT;
}

/* what a value of each type may be in JSON */
static int take_value(const json_t *v, enum lkd_fact_type type, struct lkd_fact *ret)
{
	switch (type) {
	case LKD_FACT_TRI:
		if (!json_is_boolean(v) && !json_is_null(v))
			return -EINVAL;
		ret->num = json_is_null(v) ? LKD_UNKNOWN : json_is_true(v);
		return 0;
	case LKD_FACT_INT:
		if (json_is_null(v)) {
			ret->num = LKD_UNKNOWN;
			return 0;
		}
		if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > 1 << 20)
			return -EINVAL;
		ret->num = (int)json_integer_value(v);
		return 0;
	case LKD_FACT_STR:
		if (!json_is_string(v) || json_string_length(v) >= sizeof(ret->str) ||
		    strlen(json_string_value(v)) != json_string_length(v))
			return -EINVAL;
		memcpy(ret->str, json_string_value(v), json_string_length(v) + 1);
		return 0;
	}
	return -EINVAL;
}

static const char *const type_words[] = {
	[LKD_FACT_TRI] = "true, false or null",
	[LKD_FACT_INT] = "a small non-negative integer or null",
	[LKD_FACT_STR] = "a string of less than 1024 bytes",
};

/* Foreign text in a message: one line, nothing for a terminal to obey. */
static const char *quote(const char *s, char *ret, size_t size)
{
	(void)snprintf(ret, size, "%s", s);
	for (char *c = ret; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return ret;
}

int lkd_facts_parse(const char *text, size_t len, const char *source, struct lkd_facts *ret, struct lkd_err *e)
{
	json_auto_t *root = NULL;
	char q[JSON_ERROR_TEXT_LENGTH];
	struct lkd_facts f;
	json_error_t je;
	const char *key;
	json_t *v;

	if (len > LKD_FACTS_FILE_MAX)
		return lkd_err_set(e, E2BIG, "%s: facts of more than %d bytes", source, LKD_FACTS_FILE_MAX);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);
	if (!root)
		return lkd_err_set(e, EINVAL, "%s:%d:%d: %s", source, je.line, je.column,
				   quote(je.text, q, sizeof(q)));
	if (!json_is_object(root))
		return lkd_err_set(e, EINVAL, "%s:1:1: expected an object of facts", source);
	lkd_facts_init(&f);
	json_object_foreach(root, key, v)
	{
		int id = fact_by_name(key);

		if (id < 0)
			return lkd_err_set(e, EINVAL, "%s: key '%s': no such fact", source,
					   quote(key, q, sizeof(q)));
		if (take_value(v, infos[id].type, &f.v[id]) < 0)
			return lkd_err_set(e, EINVAL, "%s: key '%s': expected %s", source, key,
					   type_words[infos[id].type]);
	}
	*ret = f;
	return 0;
}

int lkd_facts_load(const char *path, struct lkd_facts *ret, struct lkd_err *e)
{
	lkd_autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	lkd_autofree char *buf = NULL;
	size_t len = 0;
	struct stat st;
	ssize_t n;

	if (fd < 0 && (errno == ENOENT || errno == EACCES))
		return lkd_err_set(e, errno, "open facts '%s'", path);
	if (fd < 0)
		return lkd_err_set(e, EIO, "open facts '%s' (%m)", path);
	if (fstat(fd, &st))
		return lkd_err_set(e, EIO, "look at facts '%s'", path);
	if (!S_ISREG(st.st_mode))
		return lkd_err_set(e, EINVAL, "facts '%s': not a regular file", path);
	buf = malloc(LKD_FACTS_FILE_MAX + 1);
	if (!buf)
		return lkd_err_set(e, ENOMEM, "read facts '%s'", path);
	while (len <= LKD_FACTS_FILE_MAX && (n = read(fd, buf + len, LKD_FACTS_FILE_MAX + 1 - len)) != 0) {
		if (n < 0 && errno != EINTR)
			return lkd_err_set(e, EIO, "read facts '%s'", path);
		len += n > 0 ? (size_t)n : 0;
	}
	return lkd_facts_parse(buf, len, path, ret, e);
}

char *lkd_facts_json(const struct lkd_facts *f)
{
	json_auto_t *root = json_object();

	for (size_t i = 0; root && i < LKD_FACT_COUNT_; i++) {
		const struct lkd_fact *v = &f->v[i];
		json_t *j = NULL;

		switch (infos[i].type) {
		case LKD_FACT_TRI:
			j = v->num == LKD_UNKNOWN ? json_null() : json_boolean(v->num == LKD_YES);
			break;
		case LKD_FACT_INT:
			j = v->num == LKD_UNKNOWN ? json_null() : json_integer(v->num);
			break;
		case LKD_FACT_STR:
			j = json_string(v->str);
			if (!j) /* text that is not UTF-8 */
				j = json_string("");
			break;
		}
		if (json_object_set_new(root, infos[i].name, j))
			return NULL;
	}
	return root ? json_dumps(root, JSON_INDENT(2)) : NULL;
}

enum lkd_level lkd_fact_level(const struct lkd_facts *f)
{
	int level = lkd_level_parse(f->v[LKD_FACT_lockdown_level].str);

	return level < 0 ? LKD_LEVEL_NONE : (enum lkd_level)level;
}

int lkd_fact_reasons_each(const struct lkd_facts *f,
			  void (*each)(void *arg, const char *name, size_t len, int number, enum lkd_level level),
			  void *arg)
{
	const char *s = f->v[LKD_FACT_reasons].str;
	enum lkd_level level = LKD_LEVEL_INTEGRITY;

	if (!*s)
		return -ENOENT;
	while (*s) {
		size_t len = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789abcdefghijklmnopqrstuvwxyz");
		char *end;
		long n;

		if (!len || s[len] != '=' || s[len + 1] < '0' || s[len + 1] > '9')
			return -EINVAL;
		n = strtol(s + len + 1, &end, 10);
		if (n > 63 || (*end && (*end != ' ' || !end[1])))
			return -EINVAL;
		/* the bounds of the levels stand between the reasons (security/lockdown/lockdown.c) */
		if (len == strlen("INTEGRITY_MAX") && !strncmp(s, "INTEGRITY_MAX", len))
			level = LKD_LEVEL_CONFIDENTIALITY;
		else if (!(len == strlen("CONFIDENTIALITY_MAX") && !strncmp(s, "CONFIDENTIALITY_MAX", len)) &&
			 !(len == strlen("NONE") && !strncmp(s, "NONE", len)))
			each(arg, s, len, (int)n, level);
		s = *end ? end + 1 : end;
	}
	return 0;
}

struct find {
	const char *name;
	int number;
};

static void find_number(void *arg, const char *name, size_t len, int number, enum lkd_level level)
{
	struct find *f = arg;

	(void)level;
	if (strlen(f->name) == len && !strncmp(f->name, name, len))
		f->number = number;
}

int lkd_fact_reason_number(const struct lkd_facts *f, const char *name)
{
	struct find find = { .name = name, .number = -ENOENT };
	int r = lkd_fact_reasons_each(f, find_number, &find);

	return r < 0 ? -ENOENT : find.number;
}
