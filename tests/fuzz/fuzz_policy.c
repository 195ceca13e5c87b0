// SPDX-License-Identifier: BSD-2-Clause
/*
 * Any bytes as a policy. Refused: with a position, and the result untouched.
 * Accepted: its canonical text reads back as the same policy and is its own
 * canonical text; combined with itself it is unchanged; lint finds what it finds.
 */
#include <stddef.h>
#include <stdint.h>

#include "policy_priv.h"
#include "util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

static void take_line(void *arg, const char *line)
{
	MUST(!strncmp(line, "warning: ", 9) || !strncmp(line, "error: ", 7));
	++*(int *)arg;
}

static void check_refused(int r, const struct lkd_err *e, size_t size)
{
	MUST(r == (size > LKD_POLICY_FILE_MAX ? -E2BIG : -EINVAL));
	MUST(e->code == -r);
	MUST(!strncmp(e->msg, "fuzz.json:", 10));
	for (const char *c = e->msg; *c; c++) /* nothing for a terminal to obey */
		MUST(*c >= ' ' && *c <= '~');
}

static void check_accepted(const struct lkd_policy *p)
{
	lkd_autofree char *text = lkd_policy_json(p), *again = NULL;
	struct lkd_policy back, both;
	int lines = 0;

	MUST(text);
	MUST(!lkd_policy_parse(text, strlen(text), "fuzz.json", &back, NULL));
	MUST(lkd_policy_equal(p, &back));
	again = lkd_policy_json(&back);
	MUST(again && !strcmp(text, again));
	MUST(!lkd_policy_combine(p, &back, &both, NULL));
	MUST(lkd_policy_equal(p, &both));
	MUST(lkd_policy_tighter(p, &back) && lkd_policy_tighter(&back, p));
	MUST(!(p->enforce & p->audit));
	MUST(lkd_policy_lint(p, take_line, &lines) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lkd_policy p, before;
	struct lkd_err e = { 0 };
	int r;

	memset(&p, 0x55, sizeof(p));
	memcpy(&before, &p, sizeof(p));
	r = lkd_policy_parse((const char *)data, size, "fuzz.json", &p, &e);
	if (r < 0) {
		check_refused(r, &e, size);
		MUST(!memcmp(&p, &before, sizeof(p)));
	} else {
		check_accepted(&p);
	}
	return 0;
}
