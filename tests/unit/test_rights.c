// SPDX-License-Identifier: BSD-2-Clause
/* Whose rights: /proc/PID/status as the kernel writes it, and anything else that might be there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rights.c" /* its parser is all that can be had without a listener */

bool lkd_call_alive(struct lkd_call *c)
{
	(void)c;
	return true;
}

long lkd_call_pidfd(struct lkd_call *c)
{
	(void)c;
	return -EPERM;
}

void lkd_call_forget_pidfd(struct lkd_call *c)
{
	(void)c;
}

int lkd_shield_self(void)
{
	return 0;
}

static const char status[] = "Name:\tUid:\t7 7 7 7\nUmask:\t0022\nState:\tR (running)\nTgid:\t4711\nNgid:\t0\nPid:\t4712\n"
			     "Uid:\t1000\t1001\t1002\t1003\nGid:\t10\t11\t12\t13\nFDSize:\t64\nGroups:\t4 24 4294967294 \n"
			     "CapInh:\t0000000000000001\nCapPrm:\t000001fffeffffff\nCapEff:\t0000004000000000\n"
			     "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";

static void test_parse(void **state)
{
	struct lkd_rights r;
	pid_t tgid;

	(void)state;
	assert_int_equal(lkd_rights_of(status, &r, &tgid), 0);
	assert_int_equal(tgid, 4711);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(r.uid[i], 1000 + i);
		assert_int_equal(r.gid[i], 10 + i);
	}
	assert_int_equal(r.n_groups, 3);
	assert_true(r.groups[0] == 4 && r.groups[1] == 24 && r.groups[2] == 4294967294u);
	assert_true(r.permitted == 0x1fffeffffffULL && r.effective == 1ULL << 38 && r.inheritable == 1);
	assert_true(r.bounding == 0x1ffffffffffULL && r.ambient == 0 && r.no_new_privs == 1);
}

/* a text that was cut anywhere before its last field is no answer */
static void test_cut(void **state)
{
	const char *end = strstr(status, "NoNewPrivs:\t1\n");
	char text[sizeof(status)];
	struct lkd_rights r;
	pid_t tgid;

	(void)state;
	for (const char *p = status; p < end + 13; p++) {
		memcpy(text, status, (size_t)(p - status));
		text[p - status] = '\0';
		assert_int_equal(lkd_rights_of(text, &r, &tgid), -EINVAL);
	}
}

static void test_many_groups(void **state)
{
	char text[8192], *p = text;
	struct lkd_rights r;
	pid_t tgid;

	(void)state;
	for (int n = 63; n <= 66; n++) {
		p = text + sprintf(text, "Tgid:\t1\nUid:\t0 0 0 0\nGid:\t0 0 0 0\nGroups:\t");
		for (int i = 0; i < n; i++)
			p += sprintf(p, "%d ", i);
		strcpy(p, "\nCapInh:\t0\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\t0\nCapAmb:\t0\nNoNewPrivs:\t0\n");
		assert_int_equal(lkd_rights_of(text, &r, &tgid), n <= 64 ? 0 : -EINVAL);
	}
}

/* what makes a difference, and what does not */
static void test_same(void **state)
{
	struct lkd_rights a, b;
	pid_t tgid;

	(void)state;
	assert_int_equal(lkd_rights_of(status, &a, &tgid), 0);
	b = a;
	b.ambient = b.bounding = b.inheritable = b.no_new_privs = 0;
	assert_true(same_rights(&a, &b, 0));
	b.permitted ^= 1 << CAP_SYS_PTRACE;
	assert_false(same_rights(&a, &b, 0));
	assert_true(same_rights(&a, &b, 1 << CAP_SYS_PTRACE));
	b = a;
	b.effective |= 1;
	assert_false(same_rights(&a, &b, 1 << CAP_SYS_PTRACE));
	for (size_t i = 0; i < 4; i++) {
		b = a;
		b.uid[i]++;
		assert_false(same_rights(&a, &b, ~0ULL));
		b = a;
		b.gid[i]++;
		assert_false(same_rights(&a, &b, ~0ULL));
	}
	b = a;
	b.groups[2]++;
	assert_false(same_rights(&a, &b, ~0ULL));
	b = a;
	b.n_groups++;
	assert_false(same_rights(&a, &b, ~0ULL));
}

/* what newer kernels tell of a task: all eight of its ids count, and of who has ended nothing is known */
static void test_ids(void **state)
{
	struct lkd_rights own = { .uid = { getuid(), geteuid(), geteuid(), geteuid() }, .gid = { getgid(), getegid(), getegid(), getegid() } };
	const pid_t pid = fork();
	int fd;

	(void)state;
	if (!pid)
		for (;;)
			(void)pause();
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	assert_true(fd >= 0);
	if (lkd_rights_ids(fd, &own) >= 0) {
		assert_int_equal(lkd_rights_ids(fd, &own), 1);
		for (int i = 0; i < 8; i++) {
			uint32_t *id = i < 4 ? &own.uid[i] : &own.gid[i - 4];

			*id ^= 1;
			assert_int_equal(lkd_rights_ids(fd, &own), 0);
			*id ^= 1;
		}
	}
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(lkd_rights_ids(fd, &own) < 0);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_many_groups),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
