// SPDX-License-Identifier: BSD-2-Clause
/* lint, diff, export */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ctl.h"
#include "util.h"

struct linting {
	const char *name;
	unsigned errors;
};

static void finding(void *arg, const char *line)
{
	struct linting *l = arg;

	(void)printf("%s: %s\n", l->name, line);
	l->errors += !strncmp(line, "error", 5);
}

int verb_lint(int argc, char **argv)
{
	struct linting l = {};
	struct lkd_policy p;
	struct options o;
	int first = parse_options(argc, argv, 0, 1, INT_MAX, &o);
	int worst = CTL_OK;

	if (first < 0)
		return CTL_USAGE;
	for (int i = first; i < argc; i++) {
		struct lkd_err e = {};
		int n;

		if (lkd_policy_load(argv[i], &p, &e) < 0) {
			worst = report(CTL_USAGE, &e);
			continue;
		}
		l.name = argv[i];
		n = lkd_policy_lint(&p, finding, &l);
		if (!n)
			(void)printf("%s: ok\n", argv[i]);
		if (l.errors && worst == CTL_OK)
			worst = CTL_NO;
	}
	return worst;
}

/* ---- diff ------------------------------------------------------------- */

enum state { LET, TOLD, REFUSED };

static const char *const state_words[] = { [LET] = "let through", [TOLD] = "audited", [REFUSED] = "refused" };

static enum state state_of(const struct lkd_policy *p, int r)
{
	return p->enforce & LKD_SET(r) ? REFUSED : p->audit & LKD_SET(r) ? TOLD : LET;
}

static unsigned differ(json_t *out, const char *name, const char *a, const char *b, char sign)
{
	if (!strcmp(a, b))
		return 0;
	if (out)
		(void)json_array_append_new(out, json_pack("{s:s, s:s, s:s}", "what", name, "first", a, "second", b));
	else
		(void)printf("%c %-22s %s -> %s\n", sign, name, a, b);
	return 1;
}

int verb_diff(int argc, char **argv)
{
	struct lkd_policy a, b;
	struct lkd_err e = {};
	struct options o;
	json_t *out = NULL;
	unsigned n = 0;
	int first = parse_options(argc, argv, TAKES_JSON, 2, 2, &o);

	if (first < 0)
		return CTL_USAGE;
	if (lkd_policy_load(argv[first], &a, &e) < 0 || lkd_policy_load(argv[first + 1], &b, &e) < 0)
		return report(CTL_USAGE, &e);
	if (o.json)
		out = json_array();
	for (int i = 0; i < LKD_REASON_COUNT_; i++) {
		enum state sa = state_of(&a, i), sb = state_of(&b, i);

		n += differ(out, lkd_reason_info((enum lkd_reason)i)->name, state_words[sa], state_words[sb],
			    sb > sa ? '+' : '-');
	}
	for (int i = 0; i < LKD_SEAL_COUNT_; i++) {
		const bool sa = a.seals & (1u << i), sb = b.seals & (1u << i);

		n += differ(out, lkd_seal_name((enum lkd_seal)i), sa ? "sealed" : "open", sb ? "sealed" : "open",
			    sb ? '+' : '-');
	}
	n += differ(out, "floor", a.floor_if_needed ? "if needed" : "always", b.floor_if_needed ? "if needed" : "always",
		    b.floor_if_needed ? '-' : '+');
	if (o.json) {
		char *text = json_dumps(out, JSON_INDENT(2));

		if (text)
			(void)puts(text);
		free(text);
		json_decref(out);
	} else if (!n) {
		(void)printf("the policies refuse the same\n");
	}
	return n ? CTL_NO : CTL_OK;
}

/* ---- export ----------------------------------------------------------- */

/* only what is exact: an engine may be there that holds the rest */
static char *export_seccomp(const struct lkd_policy *p, const struct lkd_facts *f)
{
	const uint32_t nobody[LKD_REASON_COUNT_] = {};

	return lkd_seccomp_oci(nobody, p->enforce, f);
}

static char *export_json(const struct lkd_policy *p, const struct lkd_facts *f)
{
	(void)f;
	return lkd_policy_json(p);
}

int verb_export(int argc, char **argv)
{
	static const struct {
		const char *name;
		char *(*make)(const struct lkd_policy *p, const struct lkd_facts *f);
	} formats[] = { { "oci-seccomp", export_seccomp }, { "json", export_json } };
	lkd_autofree struct lkd_facts *f = calloc(1, sizeof(*f));
	struct lkd_policy p;
	struct lkd_err e = {};
	struct options o;

	if (!f || parse_options(argc, argv, TAKES_REQUEST | TAKES_FACTS | TAKES_FORMAT, 0, 0, &o) < 0)
		return CTL_USAGE;
	if (request_policy(&o.request, &p, &e) < 0 || get_facts(&o, f, &e) < 0)
		return report(CTL_FAILED, &e);
	for (size_t i = 0; i < LKD_N(formats); i++) {
		char *text;

		if (!o.format || strcmp(o.format, formats[i].name))
			continue;
		text = formats[i].make(&p, f);
		if (!text)
			return CTL_FAILED;
		(void)puts(text);
		free(text);
		return CTL_OK;
	}
	return usage_error("export: --format is oci-seccomp or json");
}
