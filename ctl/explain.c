// SPDX-License-Identifier: BSD-2-Clause
/* explain: the table, in words */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ctl.h"
#include "util.h"

static void explain_text(enum lkd_reason r)
{
	const struct lkd_reason_info *info = lkd_reason_info(r);
	const struct lkd_iface *all;
	size_t n;

	(void)printf("%s: \"%s\"\n", info->name, info->text);
	(void)printf("  level        %s\n", lkd_level_name(info->level));
	if (info->where != LKD_WHERE_ANY)
		(void)printf("  exists       only with %s\n", lkd_where_name(info->where));
	if (info->opens[0])
		(void)printf("  letting it through opens: %s\n", info->opens);
	if (info->needed[0])
		(void)printf("  needed by    %s\n", info->needed);
	(void)printf("  interfaces\n");
	all = lkd_ifaces(&n);
	for (size_t i = 0; i < n; i++) {
		const struct lkd_iface *f = &all[i];

		if (f->reason != r)
			continue;
		(void)printf("    %s\n", f->what);
		(void)printf("      refused with %s; asked in %s\n", f->verdict, f->source);
		(void)printf("      kernel engine %s, seccomp %s, broker %s, Landlock %s, devices %s, mask %s\n",
			     lkd_fit_name(f->kernel), lkd_fit_name(f->seccomp), lkd_fit_name(f->broker),
			     lkd_fit_name(f->landlock), lkd_fit_name(f->devices), lkd_fit_name(f->mask));
		if (f->note[0])
			(void)printf("      %s\n", f->note);
	}
}

static json_t *explain_json(enum lkd_reason r)
{
	const struct lkd_reason_info *info = lkd_reason_info(r);
	json_t *ifaces = json_array();
	const struct lkd_iface *all;
	size_t n;

	all = lkd_ifaces(&n);
	for (size_t i = 0; i < n; i++) {
		const struct lkd_iface *f = &all[i];

		if (f->reason != r)
			continue;
		json_array_append_new(
			ifaces, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}, s:s}",
					  "interface", f->what, "kind", lkd_kind_name(f->kind), "where",
					  lkd_where_name(f->where), "verdict", f->verdict, "source", f->source, "probes",
					  f->probe, "fit", "kernel", lkd_fit_name(f->kernel), "seccomp",
					  lkd_fit_name(f->seccomp), "broker", lkd_fit_name(f->broker), "landlock",
					  lkd_fit_name(f->landlock), "devices", lkd_fit_name(f->devices), "mask",
					  lkd_fit_name(f->mask), "note", f->note));
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "reason", info->name, "text", info->text, "level",
			 lkd_level_name(info->level), "where", lkd_where_name(info->where), "opens", info->opens,
			 "needed_by", info->needed, "interfaces", ifaces);
}

static void list_all(void)
{
	for (int i = 0; i < LKD_REASON_COUNT_; i++) {
		const struct lkd_reason_info *info = lkd_reason_info((enum lkd_reason)i);

		(void)printf("%-21s %-16s %s\n", info->name, lkd_level_name(info->level), info->text);
	}
	(void)printf("\nlockdownctl explain REASON says more.\n");
}

int verb_explain(int argc, char **argv)
{
	struct options o;
	int first = parse_options(argc, argv, TAKES_JSON, 0, INT_MAX, &o);
	json_t *root;
	char *text;

	if (first < 0)
		return CTL_USAGE;
	for (int i = first; i < argc; i++) {
		const char *near = lkd_reason_closest(argv[i]);

		if (lkd_reason_parse(argv[i]) >= 0 || (!o.json && lkd_seal_parse(argv[i]) >= 0))
			continue;
		return usage_error("unknown lockdown reason '%s'%s%s%s", argv[i], near ? "; did you mean '" : "",
				   near ? near : "", near ? "'" : "");
	}
	if (!o.json) {
		if (first == argc)
			list_all();
		for (int i = first; i < argc; i++)
			if (lkd_seal_parse(argv[i]) >= 0) /* plan lists them too */
				(void)printf("%s: a seal: %s; SECURITY.md says more\n", argv[i],
					     lkd_seal_text((enum lkd_seal)lkd_seal_parse(argv[i])));
			else
				explain_text((enum lkd_reason)lkd_reason_parse(argv[i]));
		return CTL_OK;
	}
	root = json_array();
	for (int i = 0; i < LKD_REASON_COUNT_; i++) {
		bool asked = first == argc;

		for (int j = first; j < argc; j++)
			asked |= lkd_reason_parse(argv[j]) == i;
		if (asked)
			json_array_append_new(root, explain_json((enum lkd_reason)i));
	}
	text = json_dumps(root, JSON_INDENT(2));
	json_decref(root);
	if (!text)
		return CTL_FAILED;
	(void)puts(text);
	free(text);
	return CTL_OK;
}
