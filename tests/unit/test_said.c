// SPDX-License-Identifier: BSD-2-Clause
/* What engines are told: without the words from which they guess; lockdownctl's first line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "said.h"
#include "util.h"

static void test_plain(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", ""},
		{"nothing of it", "nothing of it"},
		{"no policy 'x' in /a: No such file or directory; a hint", "no policy 'x' in /a: it does not exist; a hint"},
		{"register: OPERATION NOT PERMITTED", "register: the kernel refuses it"},
		{"Permission deniedPermission denied", "access is refusedaccess is refused"},
		{"open executable: not found", "open the program: missing"},
		{"No such file or director", "No such file or director"},
	};
	char out[128];

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		lkd_plain(cases[i].text, out, sizeof(out));
		assert_string_equal(out, cases[i].want);
	}
}

/* cut wherever the room ends */
static void test_plain_cut(void **state)
{
	static const char text[] = "ab: No such file or directory; c", want[] = "ab: it does not exist; c";
	char out[sizeof(want) + 1];

	(void)state;
	for (size_t size = 1; size <= sizeof(out); size++) {
		memset(out, '#', sizeof(out));
		lkd_plain(text, out, size);
		assert_int_equal(strlen(out), size - 1 < strlen(want) ? size - 1 : strlen(want));
		assert_memory_equal(out, want, strlen(out));
		assert_true(size == sizeof(out) || out[size] == '#');
	}
}

static void test_said(void **state)
{
	struct lkd_said s = lkd_said_begin();
	char out[64];

	(void)state;
	(void)fputs("lockdownctl: one\ntwo\n", stderr);
	lkd_said_end(&s, out, sizeof(out));
	assert_string_equal(out, "one");
	lkd_said_end(&s, out, sizeof(out));
	assert_string_equal(out, "");
	s = lkd_said_begin();
	lkd_said_end(&s, out, sizeof(out));
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_cut),
		cmocka_unit_test(test_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
