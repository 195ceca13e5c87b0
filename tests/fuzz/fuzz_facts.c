// SPDX-License-Identifier: BSD-2-Clause
/*
 * Any bytes as a recording of a host. Refused: in one line that a terminal can
 * bear, and the result untouched. Accepted: written out it reads back as the
 * same, and the planner makes of it a plan that adds up, prints and compiles.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include <lockdown/plan.h>
#include <lockdown/planbin.h>

#include "util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

static struct lkd_facts facts, back;
static struct lkd_plan plan;

static void check_refused(int r, const struct lkd_err *e, size_t size)
{
	const uint8_t *bytes = (const uint8_t *)&facts;

	MUST(r == (size > LKD_FACTS_FILE_MAX ? -E2BIG : -EINVAL));
	MUST(e->code == -r);
	MUST(!strncmp(e->msg, "fuzz.json:", 10));
	for (const char *c = e->msg; *c; c++)
		MUST(*c >= ' ' && *c <= '~');
	for (size_t i = 0; i < sizeof(facts); i++)
		MUST(bytes[i] == 0x55);
}

static void check_round_trip(void)
{
	lkd_autofree char *text = lkd_facts_json(&facts);

	MUST(text);
	MUST(!lkd_facts_parse(text, strlen(text), "fuzz.json", &back, NULL));
	for (int i = 0; i < LKD_FACT_COUNT_; i++)
		MUST(facts.v[i].num == back.v[i].num && !strcmp(facts.v[i].str, back.v[i].str));
}

static void check_printed(void)
{
	lkd_autofree char *text = lkd_plan_text(&plan), *js = lkd_plan_json(&plan);
	json_t *root;
	size_t lines = 0;

	MUST(text && js);
	for (const char *c = text; *c; c++) {
		MUST(*c == '\n' || ((unsigned char)*c >= ' ' && *c != 0x7f));
		lines += *c == '\n';
	}
	MUST(lines == plan.n_rows + 5 + (plan.n_devices ? 2 : 0) + (plan.holds_files ? 6 - plan.moves_files : 0));
	root = json_loads(js, JSON_REJECT_DUPLICATES, NULL);
	MUST(root);
	json_decref(root);
}

static void check_plan(void)
{
	unsigned n[LKD_HELD_COUNT_] = { 0 }, refusals = 0;
	lkd_autofree void *bin = NULL;
	int len;

	for (size_t i = 0; i < plan.n_rows; i++) {
		const struct lkd_plan_row *row = &plan.rows[i];

		if (row->want == LKD_WANT_NONE)
			continue;
		MUST((row->held == LKD_HELD_NOT) == (row->holders == 0));
		MUST(row->held == LKD_HELD_EXACT || row->note[0]);
		refusals += !row->accepted;
		n[row->held] += i < plan.n_reasons;
	}
	MUST(n[LKD_HELD_NOT] == plan.gaps && n[LKD_HELD_EXACT] == plan.exact && n[LKD_HELD_CAVEAT] == plan.caveats &&
	     n[LKD_HELD_STRICTER] == plan.stricter && refusals == plan.refusals);
	check_printed();
	len = lkd_planbin_write(&plan, "", NULL, 0, &bin, NULL);
	MUST((len > 0) == (plan.refusals == 0));
	if (len > 0)
		MUST(!lkd_planbin_check(bin, (size_t)len, plan.kernel, NULL));
}

static void each(void *arg, const char *name, size_t len, int number, enum lkd_level level)
{
	MUST(len && name[len] == '=');
	MUST(number >= 0 && number < 64 && (level == LKD_LEVEL_INTEGRITY || level == LKD_LEVEL_CONFIDENTIALITY));
	++*(int *)arg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum lkd_engine engines[] = { LKD_ENGINE_AUTO, LKD_ENGINE_KERNEL, LKD_ENGINE_BROKER };
	struct lkd_err e = { 0 };
	int r, count = 0;

	memset(&facts, 0x55, sizeof(facts));
	r = lkd_facts_parse((const char *)data, size, "fuzz.json", &facts, &e);
	if (r < 0) {
		check_refused(r, &e, size);
		return 0;
	}
	check_round_trip();
	r = lkd_fact_reasons_each(&facts, each, &count);
	MUST(r == 0 || (r == -ENOENT && !facts.v[LKD_FACT_reasons].str[0]) || r == -EINVAL);
	for (size_t i = 0; i < LKD_N(engines); i++) {
		struct lkd_policy p;
		int made;

		lkd_policy_init(&p, LKD_LEVEL_INTEGRITY + (enum lkd_level)(size & 1));
		if (size & 2) {
			p.accept_gap = p.accept_stricter = ~0ULL;
			p.accept_seal_gap = LKD_SEALS_ALL;
		}
		made = lkd_plan_make(&p, &facts, engines[i], &plan, &e);
		if (!made)
			check_plan();
		else
			MUST((made == -EOPNOTSUPP && engines[i] == LKD_ENGINE_KERNEL) || (made == -EINVAL && r == -EINVAL) ||
			     made == -EOVERFLOW);
	}
	return 0;
}
