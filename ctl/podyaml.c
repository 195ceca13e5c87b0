// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <yaml.h>

#include "util.h"
#include "podyaml.h"

enum { DEPTH_MAX = 64 };

struct loader {
	yaml_document_t doc;
	const char *source;
	struct lkd_err *e;
};

static json_t *fail(struct loader *l, const yaml_mark_t *at, const char *what)
{
	(void)lkd_err_set(l->e, EINVAL, "%s:%zu:%zu: %s", l->source, at->line + 1, at->column + 1, what);
	return NULL;
}

/* https://yaml.org/spec/1.2.2/#103-core-schema, without numbers that are no integers: they stay texts */
static json_t *scalar(const yaml_node_t *n)
{
	static const struct {
		const char *word;
		int value; /* -1: null */
	} words[] = {
		{"", -1},     {"~", -1},    {"null", -1}, {"Null", -1}, {"NULL", -1}, {"true", 1},
		{"True", 1},  {"TRUE", 1},  {"false", 0}, {"False", 0}, {"FALSE", 0},
	};
	const char *s = (const char *)n->data.scalar.value;
	json_int_t number;
	char *end;

	if (n->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return json_stringn(s, n->data.scalar.length);
	for (size_t i = 0; i < LKD_N(words); i++)
		if (!strcmp(words[i].word, s))
			return words[i].value < 0 ? json_null() : json_boolean(words[i].value);
	errno = 0;
	number = strtoll(s, &end, 10);
	if (!*end && !errno && strspn(s, "+-0123456789") == strlen(s))
		return json_integer(number);
	return json_stringn(s, n->data.scalar.length);
}

static json_t *value(struct loader *l, int index, int depth);

static json_t *sequence(struct loader *l, const yaml_node_t *n, int depth)
{
	json_t *list = json_array();

	for (yaml_node_item_t *i = n->data.sequence.items.start; list && i < n->data.sequence.items.top; i++)
		if (json_array_append_new(list, value(l, *i, depth))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static json_t *mapping(struct loader *l, const yaml_node_t *n, int depth)
{
	json_t *object = json_object();
	const char *wrong = NULL;

	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; object && !wrong && p < n->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = yaml_document_get_node(&l->doc, p->key);
		const char *name = key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value : NULL;

		if (!name)
			wrong = "expected a scalar as key";
		else if (json_object_get(object, name))
			wrong = "a key that is there twice";
		else if (json_object_set_new(object, name, value(l, p->value, depth)))
			wrong = "";
		if (wrong && *wrong)
			(void)fail(l, &key->start_mark, wrong);
	}
	if (wrong)
		json_decref(object);
	return wrong ? NULL : object;
}

static json_t *value(struct loader *l, int index, int depth)
{
	const yaml_node_t *n = yaml_document_get_node(&l->doc, index);

	/* an alias is a second way to the same node: also the way to fill memory with a short text */
	if (depth > DEPTH_MAX)
		return fail(l, &n->start_mark, "nested too deeply");
	switch (n->type) {
	case YAML_SCALAR_NODE:
		return scalar(n);
	case YAML_SEQUENCE_NODE:
		return sequence(l, n, depth + 1);
	case YAML_MAPPING_NODE:
		return mapping(l, n, depth + 1);
	default:
		return fail(l, &n->start_mark, "something that JSON does not have");
	}
}

/* libyaml resolves aliases while it builds a document, so they are looked for before */
static bool has_alias(const char *text, size_t len, struct loader *l)
{
	yaml_parser_t p;
	yaml_token_t t;
	bool found = false, end = false;

	if (!yaml_parser_initialize(&p))
		return false;
	yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
	while (!end && !found && yaml_parser_scan(&p, &t)) {
		found = t.type == YAML_ALIAS_TOKEN;
		end = t.type == YAML_STREAM_END_TOKEN;
		if (found)
			(void)fail(l, &t.start_mark, "an alias: write it out");
		yaml_token_delete(&t);
	}
	yaml_parser_delete(&p);
	return found;
}

json_t *lkd_yaml_load(const char *text, size_t len, const char *source, struct lkd_err *e)
{
	struct loader l = {.source = source, .e = e};
	json_t *all = json_array(), *one;
	yaml_parser_t p;
	bool ok = all != NULL, more = true;

	if (has_alias(text, len, &l) || !yaml_parser_initialize(&p)) {
		json_decref(all);
		return NULL;
	}
	yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
	while (ok && more) {
		ok = yaml_parser_load(&p, &l.doc);
		if (!ok) {
			const yaml_mark_t *at = &p.problem_mark;

			(void)fail(&l, at, p.problem ? p.problem : "not valid YAML");
			break;
		}
		more = yaml_document_get_root_node(&l.doc) != NULL;
		if (more) {
			one = value(&l, 1, 0);
			ok = one && !json_array_append_new(all, one);
		}
		yaml_document_delete(&l.doc);
	}
	yaml_parser_delete(&p);
	if (!ok)
		json_decref(all);
	return ok ? all : NULL;
}
