// SPDX-License-Identifier: BSD-2-Clause
/* Facts: JSON in and out, files, the kernel's reasons, and asking this host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <bpf/bpf.h>
#include <jansson.h>

#include <lockdown/facts.h>

#include "util.h"

#ifndef SRCDIR
#define SRCDIR "."
#endif

static struct lkd_facts facts, back; /* some 30 KiB each: not on the stack */

static int parse(const char *text, struct lkd_facts *ret, struct lkd_err *e)
{
	return lkd_facts_parse(text, strlen(text), "f.json", ret, e);
}

static bool same(const struct lkd_facts *a, const struct lkd_facts *b)
{
	for (int i = 0; i < LKD_FACT_COUNT_; i++)
		if (a->v[i].num != b->v[i].num || strcmp(a->v[i].str, b->v[i].str))
			return false;
	return true;
}

/* ---- the table ---- */

static void test_table(void **state)
{
	(void)state;
	assert_true(LKD_FACT_COUNT_ >= 31); /* facts may be added, none has gone */
	for (int i = 0; i < LKD_FACT_COUNT_; i++) {
		const struct lkd_fact_info *info = lkd_fact_info((enum lkd_fact_id)i);

		assert_true(info->name[0] && info->name[strspn(info->name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0');
		assert_true(info->what[0] && info->good[0] && info->get);
		assert_in_range(info->type, LKD_FACT_TRI, LKD_FACT_STR);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(info->name, lkd_fact_info((enum lkd_fact_id)k)->name);
	}
	lkd_facts_init(&facts);
	for (int i = 0; i < LKD_FACT_COUNT_; i++) {
		assert_int_equal(facts.v[i].num, LKD_UNKNOWN);
		assert_string_equal(facts.v[i].str, "");
		assert_false(lkd_fact_is(&facts, (enum lkd_fact_id)i));
	}
	assert_int_equal(lkd_fact_level(&facts), LKD_LEVEL_NONE);
}

/* ---- JSON ---- */

/* one key for each fact, on a line of its own */
static void check_json(const char *text)
{
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	unsigned lines = 1;

	assert_non_null(root);
	assert_int_equal(json_object_size(root), LKD_FACT_COUNT_);
	for (int i = 0; i < LKD_FACT_COUNT_; i++)
		assert_non_null(json_object_get(root, lkd_fact_info((enum lkd_fact_id)i)->name));
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, LKD_FACT_COUNT_ + 2);
	json_decref(root);
}

static void round_trip(void)
{
	char *text = lkd_facts_json(&facts);
	struct lkd_err e = {};

	assert_non_null(text);
	check_json(text);
	memset(&back, 0x55, sizeof(back));
	if (parse(text, &back, &e))
		fail_msg("%s", e.msg);
	assert_true(same(&facts, &back));
	free(text);
}

static void test_round_trip(void **state)
{
	static const int tri[] = { LKD_UNKNOWN, LKD_NO, LKD_YES }, num[] = { LKD_UNKNOWN, 0, 1, 12, 1 << 20 };
	char longest[LKD_FACT_STR_MAX];
	const char *const str[] = { "", "x", "a b\tc\nd\"e\\f/", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x94\x92", "\x01\x7f", longest };

	(void)state;
	memset(longest, 'y', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	lkd_facts_init(&facts);
	round_trip();
	for (int i = 0; i < LKD_FACT_COUNT_; i++) {
		lkd_facts_init(&facts); /* the others stay as they are */
		switch (lkd_fact_info((enum lkd_fact_id)i)->type) {
		case LKD_FACT_TRI:
			for (size_t k = 0; k < LKD_N(tri); k++) {
				facts.v[i].num = tri[k];
				round_trip();
			}
			break;
		case LKD_FACT_INT:
			for (size_t k = 0; k < LKD_N(num); k++) {
				facts.v[i].num = num[k];
				round_trip();
			}
			break;
		case LKD_FACT_STR:
			for (size_t k = 0; k < LKD_N(str); k++) {
				strcpy(facts.v[i].str, str[k]);
				round_trip();
			}
			break;
		}
	}
	for (int i = 0; i < LKD_FACT_COUNT_; i++) /* and all at once */
		if (lkd_fact_info((enum lkd_fact_id)i)->type == LKD_FACT_STR)
			strcpy(facts.v[i].str, longest);
		else
			facts.v[i].num = i & 1;
	round_trip();
}

/* what is not UTF-8 cannot be in JSON: it is unknown there, and the text still reads back */
static void test_not_utf8(void **state)
{
	char *text;

	(void)state;
	lkd_facts_init(&facts);
	strcpy(facts.v[LKD_FACT_kernel_release].str, "6.1\xff\xfe");
	text = lkd_facts_json(&facts);
	assert_non_null(text);
	assert_int_equal(parse(text, &back, NULL), 0);
	assert_string_equal(back.v[LKD_FACT_kernel_release].str, "");
	free(text);
}

static void test_missing_keys(void **state)
{
	(void)state;
	assert_int_equal(parse("{}", &back, NULL), 0);
	lkd_facts_init(&facts);
	assert_true(same(&facts, &back));
	assert_int_equal(parse(" {\"btf\":true}\n", &back, NULL), 0);
	facts.v[LKD_FACT_btf].num = LKD_YES;
	assert_true(same(&facts, &back));
}

static void test_strict(void **state)
{
	static const struct {
		const char *text, *want; /* part of the message */
	} cases[] = {
		{ "", "f.json:1:" },
		{ " ", "f.json:1:" },
		{ "[]", "expected an object" },
		{ "null", "f.json:1:4:" },
		{ "\"btf\"", "f.json:1:5:" },
		{ "{", "f.json:1:1:" },
		{ "{\n\"btf\": true\n", "f.json:3:0:" },
		{ "{} {}", "f.json:1:4:" },
		{ "{\"btf\": true,}", "f.json:1:14:" },
		{ "{'btf': true}", "f.json:1:2:" },
		{ "{\"btf\": yes}", "f.json:1:11:" },
		{ "\xef\xbb\xbf{}", "f.json:1:" },
		{ "{\"machine\": \"\xff\"}", "f.json:1:" },
		{ "{\"bft\": true}", "key 'bft': no such fact" },
		{ "{\"\": true}", "key '': no such fact" },
		{ "{\"BTF\": true}", "key 'BTF': no such fact" },
		{ "{\"btf\": true, \"btf\": true}", "duplicate" },
		{ "{\"btf\": true, \"x32\": false, \"\\u0062tf\": true}", "duplicate" },
		{ "{\"btf\": 1}", "key 'btf': expected true, false or null" },
		{ "{\"btf\": 0}", "key 'btf': expected true, false or null" },
		{ "{\"btf\": \"true\"}", "key 'btf': expected true, false or null" },
		{ "{\"btf\": []}", "key 'btf': expected true, false or null" },
		{ "{\"btf\": {}}", "key 'btf': expected true, false or null" },
		{ "{\"landlock_abi\": true}", "key 'landlock_abi': expected a small" },
		{ "{\"landlock_abi\": \"2\"}", "key 'landlock_abi': expected a small" },
		{ "{\"landlock_abi\": -1}", "key 'landlock_abi': expected a small" },
		{ "{\"landlock_abi\": 1.0}", "key 'landlock_abi': expected a small" },
		{ "{\"landlock_abi\": 1048577}", "key 'landlock_abi': expected a small" },
		{ "{\"landlock_abi\": 4294967297}", "key 'landlock_abi': expected a small" },
		{ "{\"landlock_abi\": 18446744073709551617}", "f.json:1:" },
		{ "{\"machine\": null}", "key 'machine': expected a string" },
		{ "{\"machine\": 1}", "key 'machine': expected a string" },
		{ "{\"machine\": true}", "key 'machine': expected a string" },
		{ "{\"machine\": [\"x86_64\"]}", "key 'machine': expected a string" },
		{ "{\"machine\": \"x86\\u0000_64\"}", "f.json:1:" },
		{ "{\"mach\\u0000ine\": \"x\"}", "f.json:1:" },
		/* nothing for a terminal to obey, one line */
		{ "{\"a\\nb\\u001b[31m\": 1}", "key 'a?b?[31m': no such fact" },
		{ "{\"btf\": \x1b[31m}", "f.json:1:" },
		{ "{\"\xc2\x9b\": 1}", "key '?\?': no such fact" },
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		struct lkd_err e = {};
		int r;

		memset(&back, 0x55, sizeof(back));
		memset(&facts, 0x55, sizeof(facts));
		r = parse(cases[i].text, &back, &e);
		if (r != -EINVAL || e.code != EINVAL)
			fail_msg("%s: got %d (%s)", cases[i].text, r, e.msg);
		if (strncmp(e.msg, "f.json", 6) || !strstr(e.msg, cases[i].want))
			fail_msg("%s: message '%s', expected '%s'", cases[i].text, e.msg, cases[i].want);
		for (const char *c = e.msg; *c; c++)
			assert_in_range(*c, ' ', '~');
		assert_memory_equal(&back, &facts, sizeof(back)); /* written on success only */
		assert_int_equal(parse(cases[i].text, &back, NULL), -EINVAL);
	}
}

static void test_limits(void **state)
{
	static char text[LKD_FACTS_FILE_MAX + 2];
	struct lkd_err e = {};
	size_t n;

	(void)state;
	/* a string of one byte too many, for each fact that is one */
	for (int i = 0; i < LKD_FACT_COUNT_; i++) {
		const char *name = lkd_fact_info((enum lkd_fact_id)i)->name;

		if (lkd_fact_info((enum lkd_fact_id)i)->type != LKD_FACT_STR)
			continue;
		n = (size_t)snprintf(text, sizeof(text), "{\"%s\":\"", name);
		memset(text + n, 'z', LKD_FACT_STR_MAX);
		strcpy(text + n + LKD_FACT_STR_MAX, "\"}");
		assert_int_equal(parse(text, &back, &e), -EINVAL);
		assert_non_null(strstr(e.msg, "less than 1024 bytes"));
		strcpy(text + n + LKD_FACT_STR_MAX - 1, "\"}");
		assert_int_equal(parse(text, &back, &e), 0);
	}
	/* NUL bytes, in and behind the text */
	assert_int_equal(lkd_facts_parse("{\0}", 3, "f.json", &back, &e), -EINVAL);
	assert_int_equal(lkd_facts_parse("{}\0", 3, "f.json", &back, &e), -EINVAL);
	assert_int_equal(lkd_facts_parse("{}", 0, "f.json", &back, &e), -EINVAL);
	/* the whole */
	memset(text, ' ', sizeof(text));
	text[0] = '{';
	text[1] = '}';
	assert_int_equal(lkd_facts_parse(text, LKD_FACTS_FILE_MAX, "f.json", &back, &e), 0);
	assert_int_equal(lkd_facts_parse(text, LKD_FACTS_FILE_MAX + 1, "f.json", &back, &e), -E2BIG);
	assert_int_equal(e.code, E2BIG);
	/* as deep as fits */
	memset(text, '[', LKD_FACTS_FILE_MAX);
	assert_int_equal(lkd_facts_parse(text, LKD_FACTS_FILE_MAX, "f.json", &back, &e), -EINVAL);
	for (size_t i = 0; i + 5 <= LKD_FACTS_FILE_MAX; i += 5)
		memcpy(text + i, "{\"a\":", 5);
	assert_int_equal(lkd_facts_parse(text, LKD_FACTS_FILE_MAX, "f.json", &back, &e), -EINVAL);
}

/* ---- files ---- */

static char dir[] = "/tmp/lkd-facts.XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static const char *put(const char *name, const char *text, size_t len)
{
	const char *path = in_dir(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return path;
}

static int make_dir(void **state)
{
	(void)state;
	return !mkdtemp(dir);
}

static int remove_dir(void **state)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	(void)state;
	while (d && (de = readdir(d)))
		(void)unlinkat(dirfd(d), de->d_name, 0);
	if (d)
		closedir(d);
	return rmdir(dir);
}

static void refused(const char *path, int want, const char *text)
{
	struct lkd_err e = {};
	int r = lkd_facts_load(path, &back, &e);

	if (r != -want || e.code != want || !strstr(e.msg, text))
		fail_msg("%s: got %d (%s), expected %d (%s)", path, r, e.msg, -want, text);
	assert_int_equal(lkd_facts_load(path, &back, NULL), -want);
}

static void test_files(void **state)
{
	static char big[LKD_FACTS_FILE_MAX + 1];
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char target[128];
	int sock;

	(void)state;
	(void)alarm(20); /* a FIFO must not block */
	assert_int_equal(lkd_facts_load(put("good", "{\"btf\":true}", 12), &back, NULL), 0);
	assert_true(lkd_fact_is(&back, LKD_FACT_btf));
	strcpy(target, in_dir("good"));
	assert_int_equal(symlink(target, in_dir("link")), 0);
	assert_int_equal(lkd_facts_load(in_dir("link"), &back, NULL), 0);

	refused(in_dir("missing"), ENOENT, "open facts '");
	refused("", ENOENT, "open facts ''");
	refused(in_dir("good/under"), EIO, "Not a directory");
	assert_int_equal(symlink("loop", in_dir("loop")), 0);
	refused(in_dir("loop"), EIO, "open facts '");
	refused(dir, EINVAL, "not a regular file");
	refused("/dev/null", EINVAL, "not a regular file");
	assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
	refused(in_dir("fifo"), EINVAL, "not a regular file");
	strcpy(addr.sun_path, in_dir("socket"));
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	refused(in_dir("socket"), EIO, "open facts '");
	(void)close(sock);

	refused(put("empty", "", 0), EINVAL, "empty:1:");
	refused(put("bad", "{\n \"btf\": 1\n}", 13), EINVAL, "key 'btf'");
	memset(big, ' ', sizeof(big));
	memcpy(big, "{}", 2);
	assert_int_equal(lkd_facts_load(put("most", big, LKD_FACTS_FILE_MAX), &back, NULL), 0);
	refused(put("big", big, LKD_FACTS_FILE_MAX + 1), E2BIG, "more than 65536 bytes");
	/* endless, and not told by its size */
	assert_int_equal(truncate(in_dir("big"), 1LL << 40), 0);
	refused(in_dir("big"), E2BIG, "more than 65536 bytes");
	(void)alarm(0);
}

static void test_unreadable(void **state)
{
	const char *path = put("secret", "{}", 2);
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(chmod(path, 0), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		/* root reads anything */
		if (!geteuid() && (chmod(dir, 0711) || setresuid(65534, 65534, 65534)))
			_exit(2);
		_exit(lkd_facts_load(path, &back, NULL) == -EACCES ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		skip();
	assert_int_equal(status, 0);
}

/* every recording in tests/facts loads, and keeps what it says: a fact newer than it is unknown */
static void test_recordings(void **state)
{
	DIR *d = opendir(SRCDIR "/tests/facts");
	struct dirent *de;
	unsigned n = 0;

	(void)state;
	assert_non_null(d);
	while ((de = readdir(d))) {
		const size_t len = strlen(de->d_name);
		json_t *want, *got, *v;
		struct lkd_err e = {};
		char path[512], *text;
		const char *key;

		if (len < 5 || strcmp(de->d_name + len - 5, ".json"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/tests/facts/%s", SRCDIR, de->d_name);
		if (lkd_facts_load(path, &facts, &e))
			fail_msg("%s", e.msg);
		round_trip();
		text = lkd_facts_json(&facts);
		got = json_loads(text, 0, NULL);
		want = json_load_file(path, 0, NULL);
		assert_true(want && got && json_object_size(want) >= 31);
		json_object_foreach(want, key, v)
			if (!json_equal(v, json_object_get(got, key)))
				fail_msg("%s: '%s' has changed", path, key);
		json_object_foreach(got, key, v)
			if (!json_object_get(want, key) && !json_is_null(v) && strcmp(json_string_value(v), ""))
				fail_msg("%s: '%s' is not unknown", path, key);
		json_decref(want);
		json_decref(got);
		free(text);
		n++;
	}
	closedir(d);
	assert_true(n >= 12);
}

/* ---- the kernel's reasons ---- */

struct seen {
	char text[2048];
	unsigned n;
};

static void see(void *arg, const char *name, size_t len, int number, enum lkd_level level)
{
	struct seen *s = arg;
	const size_t used = strlen(s->text);

	(void)snprintf(s->text + used, sizeof(s->text) - used, "%.*s=%d%c;", (int)len, name, number,
		       level == LKD_LEVEL_INTEGRITY ? 'i' : level == LKD_LEVEL_CONFIDENTIALITY ? 'c' : '?');
	s->n++;
}

static void test_reasons_each(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *seen; /* when 0 */
	} cases[] = {
		{ "", -ENOENT, NULL },
		{ "NONE=0", 0, "" },
		{ "A=1", 0, "A=1i;" },
		{ "NONE=0 A=1 INTEGRITY_MAX=2 B=3 CONFIDENTIALITY_MAX=4", 0, "A=1i;B=3c;" },
		/* what comes before and after a bound whose name only begins alike */
		{ "A=1 INTEGRITY_MAXIMUM=2 B=3 INTEGRITY_MA=4 INTEGRITY_MAX=5 NONES=6", 0,
		  "A=1i;INTEGRITY_MAXIMUM=2i;B=3i;INTEGRITY_MA=4i;NONES=6c;" },
		{ "A=0 B=63", 0, "A=0i;B=63i;" },
		{ "A=64", -EINVAL, NULL },
		{ "A=-1", -EINVAL, NULL },
		{ "A=99999999999999999999", -EINVAL, NULL },
		{ "A", -EINVAL, NULL },
		{ "A=", -EINVAL, NULL },
		{ "A= B=1", -EINVAL, NULL },
		{ "=1", -EINVAL, NULL },
		{ "A=x", -EINVAL, NULL },
		{ "A=1x", -EINVAL, NULL },
		{ "A=1,B=2", -EINVAL, NULL },
		{ "A=1\tB=2", -EINVAL, NULL },
		{ " A=1", -EINVAL, NULL },
		{ "A=1  B=2", -EINVAL, NULL },
		{ "A B=2", -EINVAL, NULL },
		{ "A= 1", -EINVAL, NULL },
		{ "A=+1", -EINVAL, NULL },
		{ "A=0x1", -EINVAL, NULL },
		{ "A=1 ", -EINVAL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		struct seen s = {};
		int r;

		lkd_facts_init(&facts);
		strcpy(facts.v[LKD_FACT_reasons].str, cases[i].text);
		r = lkd_fact_reasons_each(&facts, see, &s);
		if (r != cases[i].want)
			fail_msg("'%s': got %d, expected %d", cases[i].text, r, cases[i].want);
		if (!r && strcmp(s.text, cases[i].seen))
			fail_msg("'%s': saw '%s', expected '%s'", cases[i].text, s.text, cases[i].seen);
		if (r)
			assert_int_equal(lkd_fact_reason_number(&facts, "A"), -ENOENT);
	}
}

static void test_reason_number(void **state)
{
	struct seen s = {};

	(void)state;
	assert_int_equal(lkd_facts_load(SRCDIR "/tests/facts/debian-6.1-lsm.json", &facts, NULL), 0);
	assert_int_equal(lkd_fact_reasons_each(&facts, see, &s), 0);
	assert_int_equal(s.n, LKD_REASON_COUNT_);
	/* linux/security.h of 6.1.192; test_reasons.c has the levels */
	assert_int_equal(lkd_fact_reason_number(&facts, "MODULE_SIGNATURE"), 1);
	assert_int_equal(lkd_fact_reason_number(&facts, "KEXEC"), 4);
	assert_int_equal(lkd_fact_reason_number(&facts, "XEN_USER_ACTIONS"), 20);
	assert_int_equal(lkd_fact_reason_number(&facts, "KCORE"), 22);
	assert_int_equal(lkd_fact_reason_number(&facts, "XFRM_SECRET"), 29);
	for (int i = 0; i < LKD_REASON_COUNT_; i++) {
		const struct lkd_reason_info *info = lkd_reason_info((enum lkd_reason)i);
		char want[64];

		(void)snprintf(want, sizeof(want), "%s=%d%c;", info->name, lkd_fact_reason_number(&facts, info->name),
			       info->level == LKD_LEVEL_INTEGRITY ? 'i' : 'c');
		assert_non_null(strstr(s.text, want));
	}
	/* no reasons, though they stand in the enum */
	assert_int_equal(lkd_fact_reason_number(&facts, "NONE"), -ENOENT);
	assert_int_equal(lkd_fact_reason_number(&facts, "INTEGRITY_MAX"), -ENOENT);
	assert_int_equal(lkd_fact_reason_number(&facts, "CONFIDENTIALITY_MAX"), -ENOENT);
	/* the whole name, as it is written */
	assert_int_equal(lkd_fact_reason_number(&facts, "KEXE"), -ENOENT);
	assert_int_equal(lkd_fact_reason_number(&facts, "KEXECC"), -ENOENT);
	assert_int_equal(lkd_fact_reason_number(&facts, "kexec"), -ENOENT);
	assert_int_equal(lkd_fact_reason_number(&facts, ""), -ENOENT);
	lkd_facts_init(&facts);
	assert_int_equal(lkd_fact_reason_number(&facts, "KEXEC"), -ENOENT);
}

static void test_level(void **state)
{
	static const struct {
		const char *text;
		enum lkd_level want;
	} cases[] = {
		{ "", LKD_LEVEL_NONE },		 { "none", LKD_LEVEL_NONE },
		{ "absent", LKD_LEVEL_NONE },	 { "integrity", LKD_LEVEL_INTEGRITY },
		{ "integrity ", LKD_LEVEL_NONE }, { "confidentiality", LKD_LEVEL_CONFIDENTIALITY },
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		lkd_facts_init(&facts);
		strcpy(facts.v[LKD_FACT_lockdown_level].str, cases[i].text);
		assert_int_equal(lkd_fact_level(&facts), cases[i].want);
	}
}

/* ---- this host ---- */

static unsigned count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* programs and maps that are called as the ones that gathering makes; -1 if they can't be listed */
static int count_tries(void)
{
	uint32_t id = 0;
	int n = 0;

	while (!bpf_prog_get_next_id(id, &id)) {
		lkd_autofd fd = bpf_prog_get_fd_by_id(id);
		struct bpf_prog_info info = {};
		uint32_t len = sizeof(info);

		n += fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) && !strcmp(info.name, "lkd_try");
	}
	if (errno != ENOENT)
		return -1;
	id = 0;
	while (!bpf_map_get_next_id(id, &id)) {
		lkd_autofd fd = bpf_map_get_fd_by_id(id);
		struct bpf_map_info info = {};
		uint32_t len = sizeof(info);

		n += fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) && !strcmp(info.name, "lkd_try");
	}
	return n;
}

static int filter_count(void)
{
	char line[128];
	lkd_autofile *f = fopen("/proc/self/status", "r");
	int n = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Seccomp_filters:\t%d", &n) == 1)
			break;
	return n;
}

static void test_gather(void **state)
{
	char *first, *second;
	unsigned fds;
	struct utsname u;
	int filters, left = 0;

	(void)state;
	lkd_facts_gather(&facts); /* once before counting: the C library may keep something */
	fds = count_fds();
	filters = filter_count();
	first = lkd_facts_json(&facts);
	lkd_facts_gather(&back);
	second = lkd_facts_json(&back);
	assert_string_equal(first, second);
	free(first);
	free(second);
	round_trip();

	/* sane */
	assert_int_equal(uname(&u), 0);
	assert_string_equal(facts.v[LKD_FACT_kernel_release].str, u.release);
	assert_string_equal(facts.v[LKD_FACT_kernel_version].str, u.version);
	assert_string_equal(facts.v[LKD_FACT_machine].str, u.machine);
	assert_true(!*facts.v[LKD_FACT_lockdown_level].str ||
		    strstr("none integrity confidentiality absent", facts.v[LKD_FACT_lockdown_level].str));
	for (int i = 0; i < LKD_FACT_COUNT_; i++)
		if (lkd_fact_info((enum lkd_fact_id)i)->type == LKD_FACT_TRI)
			assert_true(facts.v[i].num >= LKD_UNKNOWN && facts.v[i].num <= LKD_YES);
	if (*facts.v[LKD_FACT_reasons].str) {
		assert_true(lkd_fact_is(&facts, LKD_FACT_btf));
		assert_true(lkd_fact_reason_number(&facts, "KEXEC") > 0);
		assert_true(lkd_fact_reason_number(&facts, "KCORE") > lkd_fact_reason_number(&facts, "KEXEC"));
	}
	assert_int_equal(facts.v[LKD_FACT_btf].num, !access("/sys/kernel/btf/vmlinux", R_OK));
	assert_true(facts.v[LKD_FACT_cgroup_version].num == 0 || facts.v[LKD_FACT_cgroup_version].num == 1 ||
		    facts.v[LKD_FACT_cgroup_version].num == 2 || facts.v[LKD_FACT_cgroup_version].num == 12);
	if (geteuid())
		assert_int_equal(facts.v[LKD_FACT_cap_bpf].num, LKD_NO);
	if (!lkd_fact_is(&facts, LKD_FACT_init_user_ns) || !lkd_fact_is(&facts, LKD_FACT_cap_bpf))
		assert_false(lkd_fact_is(&facts, LKD_FACT_bpf_lsm) || lkd_fact_is(&facts, LKD_FACT_fmod_ret));
	if (facts.v[LKD_FACT_ftrace_enabled].num == LKD_NO) /* and nothing was tried: see fact_bpf() */
		assert_false(lkd_fact_is(&facts, LKD_FACT_bpf_lsm) || lkd_fact_is(&facts, LKD_FACT_fmod_ret));

	/* nothing stays behind: no descriptor, child, filter, program or map */
	assert_int_equal(count_fds(), fds);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(filter_count(), filters);
	assert_int_equal(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
	for (int i = 0; i < 300 && (left = count_tries()) > 0; i++)
		(void)usleep(10000); /* the kernel may drop them a little later; others may gather, too */
	assert_true(left <= 0);

	lkd_facts_gather_names(&back);
	for (int i = 0; i < LKD_FACT_COUNT_; i++) {
		switch (i) {
		case LKD_FACT_kernel_release:
		case LKD_FACT_kernel_version:
		case LKD_FACT_machine:
		case LKD_FACT_reasons:
			assert_string_equal(back.v[i].str, facts.v[i].str);
			break;
		case LKD_FACT_btf:
			assert_int_equal(back.v[i].num, facts.v[i].num);
			break;
		default:
			assert_true(back.v[i].num == LKD_UNKNOWN && !*back.v[i].str);
		}
	}
	assert_int_equal(count_fds(), fds);
}

/* without rights less is known, and nothing fails */
static void test_gather_unprivileged(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid())
		skip();
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(2);
		lkd_facts_gather(&back);
		_exit(back.v[LKD_FACT_cap_sys_admin].num == LKD_NO && back.v[LKD_FACT_cap_bpf].num == LKD_NO &&
				      !lkd_fact_is(&back, LKD_FACT_bpf_lsm) && !lkd_fact_is(&back, LKD_FACT_fmod_ret) &&
				      back.v[LKD_FACT_kernel_release].str[0] ?
			      0 :
			      1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_missing_keys),
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_recordings),
		cmocka_unit_test(test_reasons_each),
		cmocka_unit_test(test_reason_number),
		cmocka_unit_test(test_level),
		cmocka_unit_test(test_gather),
		cmocka_unit_test(test_gather_unprivileged),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
