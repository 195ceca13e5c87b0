// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the parser says, for tests in other languages.
 *
 *	policy_verdict			documents on stdin, each as "LENGTH\n" and so many bytes
 *	policy_verdict FILE...		policies by path or name
 *	policy_verdict --node		the same for node policies
 *	policy_verdict --words		the words of the tables: "reason KEXEC", "seal ptrace", ...
 *
 * One line for each: "accept CANONICAL-JSON" or "reject MESSAGE". Exit status 0
 * unless the input is not of this form.
 */
#include <inttypes.h>
#include <string.h>

#include <lockdown/policy.h>

#include "node.h"
#include "util.h"

static void answer(int r, const struct lkd_policy *p, const struct lkd_err *e)
{
	lkd_autofree char *json = NULL;

	if (r < 0) {
		printf("reject %s\n", e->msg);
		return;
	}
	json = lkd_policy_json(p);
	for (char *c = json; c && *c; c++)
		if (*c == '\n')
			*c = ' ';
	printf("accept %s\n", json ? json : "");
}

static void answer_node(const char *text, size_t len)
{
	lkd_cleanup(lkd_node_free) struct lkd_node n = { 0 };
	struct lkd_err e;

	if (lkd_node_parse(text, len, "doc.json", &n, &e) < 0)
		printf("reject %s\n", e.msg);
	else
		printf("accept\n");
}

static int documents(bool node)
{
	struct lkd_policy p;
	struct lkd_err e;
	size_t len;

	while (scanf("%zu", &len) == 1 && getchar() == '\n') {
		lkd_autofree char *text = malloc(len + 1);

		if (!text || fread(text, 1, len, stdin) != len)
			return 1;
		if (node)
			answer_node(text, len);
		else
			answer(lkd_policy_parse(text, len, "doc.json", &p, &e), &p, &e);
	}
	return feof(stdin) ? 0 : 1;
}

static int words(void)
{
	for (unsigned int i = 0; i < LKD_REASON_COUNT_; i++)
		printf("reason %s\n", lkd_reason_info((enum lkd_reason)i)->name);
	for (unsigned int i = 0; i < LKD_SEAL_COUNT_; i++)
		printf("seal %s\n", lkd_seal_name((enum lkd_seal)i));
	for (unsigned int i = 0; i < LKD_NEED_COUNT_; i++)
		printf("need %s\n", lkd_need_name((enum lkd_need)i));
	for (unsigned int i = LKD_LEVEL_NONE + 1; i < LKD_LEVEL_COUNT_; i++)
		printf("level %s\n", lkd_level_name((enum lkd_level)i));
	return 0;
}

int main(int argc, char **argv)
{
	struct lkd_policy p;
	struct lkd_err e;

	if (argc == 1 || !strcmp(argv[1], "--node"))
		return documents(argc > 1);
	if (!strcmp(argv[1], "--words"))
		return words();
	for (int i = 1; i < argc; i++)
		answer(lkd_policy_load(argv[i], &p, &e), &p, &e);
	return 0;
}
