// SPDX-License-Identifier: BSD-2-Clause
/* The policy: parser, files, combination, canonical text, lint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <jansson.h>

#include "policy_priv.h"
#include "util.h"

#ifndef SRCDIR
#define SRCDIR "."
#endif

#define R(id)	  LKD_SET(LKD_REASON_##id)
#define SEAL(id)  (1u << LKD_SEAL_##id)
#define NEED(id)  (1u << LKD_NEED_##id)
#define INTEGRITY lkd_level_reasons(LKD_LEVEL_INTEGRITY)
#define ALL	  lkd_level_reasons(LKD_LEVEL_CONFIDENTIALITY)

static int parse(const char *text, struct lkd_policy *p, struct lkd_err *e)
{
	return lkd_policy_parse(text, strlen(text), "p.json", p, e);
}

/* ---- what is accepted ---- */

/* Sets are given as differences from what the level alone would give. */
static const struct {
	const char *text, *name;
	enum lkd_level level, audit_level;
	lkd_set less, more; /* of the level: not refused; refused besides */
	lkd_set audit;	    /* SELF: what the level and the two above give */
	lkd_set gap, stricter, idle;
	uint32_t seals, seal_gap, needs;
	const char *devices; /* rules, joined by "; " */
} good[] = {
	{ "{\"level\":\"integrity\"}", "p", LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, 0, 0, 0, LKD_SEALS_ALL, 0, 0, "" },
	{ " \t\r\n{ \"level\" :\n\"confidentiality\" }\n\n", "p", LKD_LEVEL_CONFIDENTIALITY, 0, 0, 0, 0, 0, 0, 0, LKD_SEALS_ALL,
	  0, 0, "" },
	{ "{\"l\\u0065vel\":\"\\u0069ntegrity\"}", "p", LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, 0, 0, 0, LKD_SEALS_ALL, 0, 0, "" },
	{ "{\"$schema\":\"x\",\"description\":\"\xc3\xbc \\\" \\u00fc\",\"name\":\"a1.b_c-d\",\"level\":\"integrity\"}",
	  "a1.b_c-d", LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, 0, 0, 0, LKD_SEALS_ALL, 0, 0, "" },
	{ "{\"name\":\"1234567890123456789012345678901\",\"level\":\"integrity\"}", "1234567890123456789012345678901",
	  LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, 0, 0, 0, LKD_SEALS_ALL, 0, 0, "" },
	{ "{\"level\":\"integrity\",\"mode\":\"enforce\",\"allow\":[\"KEXEC\",\"MSR\"],\"deny\":[\"KCORE\"]}", "p",
	  LKD_LEVEL_INTEGRITY, 0, R(KEXEC) | R(MSR), R(KCORE), 0, 0, 0, 0, LKD_SEALS_ALL, 0, 0, "" },
	{ "{\"level\":\"integrity\",\"allow\":[],\"deny\":[\"KEXEC\"],\"audit\":{}}", "p", LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, 0, 0, 0,
	  LKD_SEALS_ALL, 0, 0, "" }, /* added though the level has it: no harm */
	{ "{\"level\":\"integrity\",\"allow\":[\"KCORE\"]}", "p", LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, 0, 0, R(KCORE), LKD_SEALS_ALL,
	  0, 0, "" },
	{ "{\"level\":\"integrity\",\"audit\":{\"level\":\"confidentiality\",\"allow\":[\"KCORE\"],\"deny\":[\"MSR\"]},"
	  "\"allow\":[\"KEXEC\",\"MSR\"]}",
	  "p", LKD_LEVEL_INTEGRITY, LKD_LEVEL_CONFIDENTIALITY, R(KEXEC) | R(MSR), 0,
	  R(KPROBES) | R(BPF_READ_KERNEL) | R(DBG_READ_KERNEL) | R(PERF) | R(TRACEFS) | R(XMON_RW) | R(XFRM_SECRET) | R(KEXEC) | R(MSR),
	  0, 0, 0, LKD_SEALS_ALL, 0, 0, "" },
	{ "{\"level\":\"confidentiality\",\"audit\":{\"level\":\"integrity\"},\"allow\":[\"KEXEC\",\"PERF\"]}", "p",
	  LKD_LEVEL_CONFIDENTIALITY, 0, R(KEXEC) | R(PERF), 0, R(KEXEC), 0, 0, 0, LKD_SEALS_ALL, 0, 0, "" },
	{ "{\"level\":\"integrity\",\"gaps\":\"accept\",\"stricter\":\"accept\",\"seals\":\"none\"}", "p", LKD_LEVEL_INTEGRITY, 0,
	  0, 0, 0, ~0ULL, ~0ULL, 0, 0, LKD_SEALS_ALL, 0, "" },
	{ "{\"level\":\"integrity\",\"gaps\":\"refuse\",\"stricter\":\"refuse\",\"seals\":\"all\"}", "p", LKD_LEVEL_INTEGRITY, 0, 0,
	  0, 0, 0, 0, 0, LKD_SEALS_ALL, 0, 0, "" },
	{ "{\"level\":\"integrity\",\"gaps\":[\"KCORE\",\"sysrq\",\"MSR\"],\"stricter\":[\"DEBUGFS\"],\"seals\":[\"helpers\",\"ptrace\"]}",
	  "p", LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, R(KCORE) | R(MSR), R(DEBUGFS), 0, SEAL(HELPERS) | SEAL(PTRACE), SEAL(SYSRQ), 0,
	  "" },
	{ "{\"level\":\"integrity\",\"gaps\":[],\"stricter\":[],\"seals\":[],\"needs\":[],\"devices\":[]}", "p", LKD_LEVEL_INTEGRITY,
	  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "" },
	{ "{\"level\":\"integrity\",\"needs\":[\"modules\",\"mount\",\"nested-containers\",\"bpf\",\"perf\"]}", "p",
	  LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, 0, 0, 0, LKD_SEALS_ALL, 0,
	  NEED(MOUNT) | NEED(NESTED) | NEED(BPF) | NEED(PERF) | NEED(MODULES), "" },
	{ "{\"level\":\"integrity\",\"devices\":[{\"deny\":\"c 1:4 rw\"},{\"deny\":\"b *:* m\"},{\"deny\":\"c 1:1 w\"},"
	  "{\"deny\":\"c 1:1 r\"},{\"deny\":\"a 4095:1048575 rwm\"},{\"deny\":\"c *:0 rm\"}]}",
	  "p", LKD_LEVEL_INTEGRITY, 0, 0, 0, 0, 0, 0, 0, LKD_SEALS_ALL, 0, 0,
	  "a 4095:1048575 rwm; b *:* m; c *:0 rm; c 1:1 rw; c 1:4 rw" },
};

static void device_texts(const struct lkd_policy *p, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < p->n_devices; i++) {
		char text[LKD_DEVICE_TEXT_MAX];

		lkd_device_text(&p->devices[i], text);
		used += (size_t)snprintf(buf + used, size - used, "%s%s", i ? "; " : "", text);
	}
}

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < LKD_N(good); i++) {
		struct lkd_err e = { 0 };
		struct lkd_policy p;
		char devices[256];

		if (parse(good[i].text, &p, &e))
			fail_msg("%s: %s", good[i].text, e.msg);
		assert_int_equal(e.code, 0);
		assert_string_equal(p.name, good[i].name);
		assert_int_equal(p.level, good[i].level);
		assert_int_equal(p.audit_level, good[i].audit_level);
		assert_int_equal(p.enforce, (lkd_level_reasons(good[i].level) & ~good[i].less) | good[i].more);
		assert_int_equal(p.audit, good[i].audit);
		assert_int_equal(p.accept_gap, good[i].gap & ALL);
		assert_int_equal(p.accept_stricter, good[i].stricter & ALL);
		assert_int_equal(p.idle_allow, good[i].idle);
		assert_int_equal(p.seals, good[i].seals);
		assert_int_equal(p.accept_seal_gap, good[i].seal_gap);
		assert_int_equal(p.needs, good[i].needs);
		device_texts(&p, devices, sizeof(devices));
		assert_string_equal(devices, good[i].devices);
		/* and without an error object */
		assert_int_equal(parse(good[i].text, &p, NULL), 0);
	}
}

static void test_mode_audit(void **state)
{
	struct lkd_policy p;

	(void)state;
	assert_int_equal(parse("{\"mode\":\"audit\",\"level\":\"integrity\",\"allow\":[\"KEXEC\",\"PERF\"],\"deny\":[\"KCORE\"]}", &p, NULL), 0);
	assert_int_equal(p.level, LKD_LEVEL_NONE);
	assert_int_equal(p.audit_level, LKD_LEVEL_INTEGRITY);
	assert_int_equal(p.enforce, 0);
	assert_int_equal(p.audit, (INTEGRITY & ~R(KEXEC)) | R(KCORE));
	assert_int_equal(p.idle_allow, R(PERF));
	assert_int_equal(p.seals, LKD_SEALS_ALL);
}

static void test_default_name(void **state)
{
	static const struct {
		const char *source, *want;
	} cases[] = {
		{ "integrity.json", "integrity" },
		{ "/a/b/privileged-ci.json", "privileged-ci" },
		{ "/a.json/b", "b" },
		{ "My Policy.json", "my-policy" },
		{ "__x.json", "x" },
		{ ".json", "json" },
		{ "/dir/", "policy" },
		{ "", "policy" },
		{ "-", "policy" },
		{ "1234567890123456789012345678901234567890.json", "1234567890123456789012345678901" },
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		static const char text[] = "{\"level\":\"integrity\"}";
		struct lkd_policy p;

		assert_int_equal(lkd_policy_parse(text, strlen(text), cases[i].source, &p, NULL), 0);
		assert_string_equal(p.name, cases[i].want);
	}
}

/* ---- what is refused ---- */

#define NAMES_14                                                                                                      \
	"'$schema', 'name', 'description', 'level', 'mode', 'allow', 'deny', 'audit', 'gaps', 'stricter', 'seals', " \
	"'floor', 'devices', 'needs'"
#define A_RULE "a rule such as 'c 1:1 rw': b, c or a; numbers or *; r, w, m in this order"
#define A_NAME "a name of at most 31 of a-z 0-9 . _ -, letter or digit first"

static const struct {
	const char *text, *msg; /* behind "p.json:" */
} bad[] = {
	/* not JSON */
	{ "", "1:1: empty; expected a JSON object" },
	{ " ", "1:2: not valid JSON: '[' or '{' expected near end of file" },
	{ "\n\n  ", "3:3: not valid JSON: '[' or '{' expected near end of file" },
	{ "5", "1:1: not valid JSON: '[' or '{' expected near '5'" },
	{ "\"level\"", "1:1: not valid JSON: '[' or '{' expected near '\"level\"'" },
	{ "{", "1:2: not valid JSON: string or '}' expected near end of file" },
	{ "{\"level\":\"integrity\"", "1:21: not valid JSON: '}' expected near end of file" },
	{ "{\"level\":\"integrity\",}", "1:22: not valid JSON: string or '}' expected near '}'" },
	{ "{\"level\":\"integrity\"} x", "1:23: not valid JSON: end of file expected near 'x'" },
	{ "{\"level\":\"integrity\"}\n{}", "2:1: not valid JSON: end of file expected near '{'" },
	{ "{\"level\":'integrity'}", "1:10: not valid JSON: invalid token near '''" },
	{ "{\"level\":\"integrity\"/**/}", "1:21: not valid JSON: '}' expected near '/'" },
	{ "{\n\t\"level\": tru\n}", "2:11: not valid JSON: invalid token near 'tru'" },
	{ "{\"level\":\"integrity", "1:10: not valid JSON: premature end of input near '\"integrity'" },
	{ "{\"level\":\"inte\ngrity\"}", "1:10: not valid JSON: unexpected newline near '\"inte'" },
	{ "{\"level\":\"a\x1b[31m\"}", "1:10: not valid JSON: control character 0x1b near '\"a'" },
	{ "{\"level\":\x1b[31m}", "1:10: not valid JSON: invalid token near '?'" },
	{ "{\"level\":\"\xff\"}", "1:10: not valid JSON: unable to decode byte 0xff near '\"'" },
	{ "{\"level\":\"\\ud800\"}", "1:10: not valid JSON: invalid Unicode '\\uD800' near '\"\\ud800\"'" },
	{ "{\"level\":\"\\", "1:10: not valid JSON: invalid escape near '\"\\'" },
	{ "{\"level\":1e999}", "1:10: not valid JSON: real number overflow near '1e999'" },
	{ "{\"level\":99999999999999999999}", "1:10: not valid JSON: too big integer near '99999999999999999999'" },
	{ "{\"level\":\"\\u0000\"}", "1:10: NUL character in a string" },
	{ "{\"\\u0000\":1}", "1:2: NUL character in a string" },
	{ "\xef\xbb\xbf{\"level\":\"integrity\"}", "1:1: begins with a byte order mark; expected UTF-8 without one" },
	/* keys */
	{ "[]", "1:1: expected an object, found an array" },
	{ "{}", "1:1: key 'level' is missing; expected 'integrity' or 'confidentiality'" },
	{ "\n  {\"name\":\"x\"}", "2:3: key 'level' is missing; expected 'integrity' or 'confidentiality'" },
	{ "{\n  \"level\": \"integrity\",\n  \"level\": \"integrity\"\n}", "3:3: key 'level' is there twice" },
	{ "{\"level\":\"integrity\",\"l\\u0065vel\":1}", "1:22: key 'l\\u0065vel' is there twice" },
	{ "{\"\":1,\"\":2}", "1:7: key '' is there twice" },
	{ "{\"leve\":\"integrity\"}", "1:2: unknown key 'leve'; did you mean 'level'?" },
	{ "{\"level\":\"integrity\",\n \"Deny\":[]}", "2:2: unknown key 'Deny'; did you mean 'deny'?" },
	{ "{\"level\":\"integrity\",\"capabilities\":[]}", "1:22: unknown key 'capabilities'; expected one of " NAMES_14 },
	{ "{\"a\\u001b\\u007f\xc3\xbc\":1}", "1:2: unknown key 'a?\?\?\?'; expected one of " NAMES_14 },
	{ "{\"description\":\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x94\x92\", \"x\":1}", "1:23: unknown key 'x'; expected one of " NAMES_14 },
	{ "{\"0123456789012345678901234567890123456789012345678901234567890123456789\":1}",
	  "1:2: unknown key '01234567890123456789012345678901234567890123...'; expected one of " NAMES_14 },
	{ "{\"description\":\"a\\\\\\\",\\\"{[\", \"x\":1}", "1:30: unknown key 'x'; expected one of " NAMES_14 },
	/* types */
	{ "{\"$schema\":1}", "1:12: key '$schema': expected a string, found a number" },
	{ "{\"name\":null}", "1:9: key 'name': expected " A_NAME ", found null" },
	{ "{\"description\":{}}", "1:16: key 'description': expected a string, found an object" },
	{ "{\"level\":true}", "1:10: key 'level': expected 'integrity' or 'confidentiality', found true" },
	{ "{\"mode\":false}", "1:9: key 'mode': expected 'enforce' or 'audit', found false" },
	{ "{\"allow\":\"KEXEC\"}", "1:10: key 'allow': expected an array of reasons, found 'KEXEC'" },
	{ "{\"deny\":{}}", "1:9: key 'deny': expected an array of reasons, found an object" },
	{ "{\"audit\":[]}", "1:10: key 'audit': expected an object, found an array" },
	{ "{\"gaps\":1.5}", "1:9: key 'gaps': expected 'refuse', 'accept', or an array of reasons and seals, found a number" },
	{ "{\"stricter\":{}}", "1:13: key 'stricter': expected 'refuse', 'accept', or an array of reasons, found an object" },
	{ "{\"seals\":null}", "1:10: key 'seals': expected 'all', 'none', or an array of seals, found null" },
	{ "{\"devices\":\"c 1:1 rw\"}", "1:12: key 'devices': expected an array of rules, found 'c 1:1 rw'" },
	{ "{\"needs\":\"mount\"}", "1:10: key 'needs': expected an array of needs, found 'mount'" },
	{ "{\"allow\":[\"KEXEC\",7]}", "1:19: key 'allow'[1]: expected a string, found a number" },
	{ "{\"needs\":[[]]}", "1:11: key 'needs'[0]: expected a string, found an array" },
	{ "{\"devices\":[\"c 1:1 rw\"]}", "1:13: key 'devices'[0]: expected an object, found 'c 1:1 rw'" },
	{ "{\"devices\":[{\"deny\":5}]}", "1:21: key 'devices'[0].'deny': expected " A_RULE ", found a number" },
	{ "{\"audit\":{\"level\":1}}", "1:19: key 'audit'.'level': expected 'integrity' or 'confidentiality', found a number" },
	/* words */
	{ "{\"level\":\"none\"}", "1:10: key 'level': expected 'integrity' or 'confidentiality', found 'none'" },
	{ "{\"level\":\"Integrity\"}", "1:10: key 'level': expected 'integrity' or 'confidentiality', found 'Integrity'" },
	{ "{\"level\":\"\"}", "1:10: key 'level': expected 'integrity' or 'confidentiality', found ''" },
	{ "{\"mode\":\"complain\"}", "1:9: key 'mode': expected 'enforce' or 'audit', found 'complain'" },
	{ "{\"gaps\":\"Accept\"}", "1:9: key 'gaps': expected 'refuse', 'accept', or an array of reasons and seals, found 'Accept'" },
	{ "{\"seals\":\"\"}", "1:10: key 'seals': expected 'all', 'none', or an array of seals, found ''" },
	{ "{\n\t\"level\": \"integrity\",\n\t\"allow\": [\"PCI_ACCESS\", \"MSR\",\n\t\t\"KEXECC\"]\n}",
	  "4:3: key 'allow'[2]: unknown reason 'KEXECC'; did you mean 'KEXEC'?" },
	{ "{\"allow\":[\"LOCKDOWN_KEXEC\"]}", "1:11: key 'allow'[0]: unknown reason 'LOCKDOWN_KEXEC'; did you mean 'KEXEC'?" },
	{ "{\"deny\":[\"SPACE_TRAVEL\"]}",
	  "1:10: key 'deny'[0]: unknown reason 'SPACE_TRAVEL'; expected a name of the kernel's enum lockdown_reason, such as 'KEXEC'" },
	{ "{\"deny\":[\"\"]}",
	  "1:10: key 'deny'[0]: unknown reason ''; expected a name of the kernel's enum lockdown_reason, such as 'KEXEC'" },
	{ "{\"gaps\":[\"KCORE\",\"sysreq\"]}", "1:18: key 'gaps'[1]: unknown reason or seal 'sysreq'; did you mean 'sysrq'?" },
	{ "{\"gaps\":[\"zzzz\"]}",
	  "1:10: key 'gaps'[0]: unknown reason or seal 'zzzz'; expected 'ptrace', 'helpers', 'sysrq', 'hostlock', or a reason such as 'KEXEC'" },
	{ "{\"stricter\":[\"sysrq\"]}",
	  "1:14: key 'stricter'[0]: unknown reason 'sysrq'; expected a name of the kernel's enum lockdown_reason, such as 'KEXEC'" },
	{ "{\"seals\":[\"KEXEC\"]}",
	  "1:11: key 'seals'[0]: unknown seal 'KEXEC'; expected one of 'ptrace', 'helpers', 'sysrq', 'hostlock'" },
	{ "{\"needs\":[\"mounts\"]}", "1:11: key 'needs'[0]: unknown need 'mounts'; did you mean 'mount'?" },
	{ "{\"needs\":[\"x\"]}",
	  "1:11: key 'needs'[0]: unknown need 'x'; expected one of 'mount', 'nested-containers', 'bpf', 'perf', 'modules'" },
	{ "{\"audit\":{\"allow\":[\"KCOER\"]}}", "1:20: key 'audit'.'allow'[0]: unknown reason 'KCOER'; did you mean 'KCORE'?" },
	{ "{\"audit\":{\"mode\":1}}", "1:11: key 'audit': unknown key 'mode'; expected one of 'level', 'allow', 'deny'" },
	{ "{\"devices\":[{\"deny\":\"c 1:1 rw\"},\n{\"allow\":\"\"}]}", "2:2: key 'devices'[1]: unknown key 'allow'; expected 'deny'" },
	{ "{\"devices\":[{}]}", "1:13: key 'devices'[0]: key 'deny' is missing" },
	/* names */
	{ "{\"name\":\"\"}", "1:9: key 'name': expected " A_NAME ", found ''" },
	{ "{\"name\":\"A\"}", "1:9: key 'name': expected " A_NAME ", found 'A'" },
	{ "{\"name\":\"-a\"}", "1:9: key 'name': expected " A_NAME ", found '-a'" },
	{ "{\"name\":\".a\"}", "1:9: key 'name': expected " A_NAME ", found '.a'" },
	{ "{\"name\":\"a/b\"}", "1:9: key 'name': expected " A_NAME ", found 'a/b'" },
	{ "{\"name\":\"a\\n\"}", "1:9: key 'name': expected " A_NAME ", found 'a?'" },
	{ "{\"name\":\"12345678901234567890123456789012\"}",
	  "1:9: key 'name': expected " A_NAME ", found '12345678901234567890123456789012'" },
	/* contradictions */
	{ "{\"level\":\"integrity\",\"allow\":[\"KEXEC\",\"KEXEC\"]}", "1:39: key 'allow'[1]: 'KEXEC' is listed twice" },
	{ "{\"gaps\":[\"sysrq\",\"KCORE\",\"sysrq\"]}", "1:26: key 'gaps'[2]: 'sysrq' is listed twice" },
	{ "{\"gaps\":[\"KCORE\",\"KCORE\"]}", "1:18: key 'gaps'[1]: 'KCORE' is listed twice" },
	{ "{\"seals\":[\"sysrq\",\"sysrq\"]}", "1:19: key 'seals'[1]: 'sysrq' is listed twice" },
	{ "{\"needs\":[\"bpf\",\"bpf\"]}", "1:17: key 'needs'[1]: 'bpf' is listed twice" },
	{ "{\"devices\":[{\"deny\":\"c 1:1 rw\"},{\"deny\":\"c 1:1 r\"},{\"deny\":\"c 1:1 rw\"}]}",
	  "1:52: key 'devices'[2]: 'c 1:1 rw' is listed twice" },
	{ "{\"level\":\"integrity\",\"allow\":[\"KEXEC\"],\"deny\":[\"KCORE\",\"KEXEC\"]}",
	  "1:56: key 'deny'[1]: 'KEXEC' is in 'allow' too" },
	{ "{\"deny\":[\"KCORE\",\n\"KEXEC\"],\"level\":\"integrity\",\"allow\":[\"KEXEC\"]}",
	  "2:1: key 'deny'[1]: 'KEXEC' is in 'allow' too" },
	{ "{\"level\":\"integrity\",\"audit\":{\"allow\":[\"PERF\"],\"deny\":[\"PERF\"]}}",
	  "1:56: key 'audit'.'deny'[0]: 'PERF' is in 'allow' too" },
	{ "{\"level\":\"integrity\",\"mode\":\"audit\",\n\"audit\":{}}",
	  "2:1: key 'audit' beside mode 'audit', which tells everything already" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < LKD_N(bad); i++) {
		struct lkd_policy p, before;
		struct lkd_err e = { 0 };
		char want[512];
		int r;

		memset(&p, 0x55, sizeof(p));
		memcpy(&before, &p, sizeof(p));
		r = parse(bad[i].text, &p, &e);
		if (r != -EINVAL || e.code != EINVAL)
			fail_msg("%s: returned %d, code %d (%s)", bad[i].text, r, e.code, e.msg);
		snprintf(want, sizeof(want), "p.json:%s", bad[i].msg);
		if (strcmp(e.msg, want))
			fail_msg("%s:\n  got  %s\n  want %s", bad[i].text, e.msg, want);
		assert_memory_equal(&p, &before, sizeof(p)); /* written on success only */
		assert_int_equal(parse(bad[i].text, &p, NULL), -EINVAL);
	}
}

/* Rules that are nearly right. */
static void test_device_rules(void **state)
{
	static const char *const wrong[] = {
		"", "c", "c ", "c 1", "c 1:", "c 1:1", "c 1:1 ", "d 1:1 r", "C 1:1 r", "c  1:1 r", "c 1:1  r", " c 1:1 r", "c 1:1 r ",
		"c 1:1 wr", "c 1:1 rr", "c 1:1 x", "c 1:1 rwx", "c 01:1 r", "c 1:01 r", "c -1:1 r", "c +1:1 r", "c 1:-1 r", "c 0x1:1 r",
		"c 4096:1 r", "c 1:1048576 r", "c 99999999999999999999:1 r", "c 1:99999999999999999999 r", "c **:1 r", "c 1:** r",
		"c *1:1 r", "c 1;1 r", "c\t1:1 r", "c 1:1\tr", "c 1:1 r\n", "c 1 :1 r",
	};
	static const char *const right[] = {
		"c 1:1 r", "b 0:0 w", "a *:* m", "c 4095:1048575 rwm", "c *:5 rm", "b 8:* wm", "a 10:231 rw",
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(wrong); i++) {
		struct lkd_device d = { .type = 'x' };

		if (lkd_device_parse(wrong[i], &d) != -EINVAL || d.type != 'x')
			fail_msg("'%s' was accepted", wrong[i]);
	}
	for (size_t i = 0; i < LKD_N(right); i++) {
		char text[LKD_DEVICE_TEXT_MAX];
		struct lkd_device d;

		if (lkd_device_parse(right[i], &d))
			fail_msg("'%s' was refused", right[i]);
		lkd_device_text(&d, text);
		assert_string_equal(text, right[i]);
	}
}

static void test_too_many_devices(void **state)
{
	static char text[8192], rule[64];
	struct lkd_policy p;
	struct lkd_err e;

	(void)state;
	strcpy(text, "{\"level\":\"integrity\",\"devices\":[");
	for (int i = 0; i < LKD_DEVICES_MAX; i++) {
		snprintf(rule, sizeof(rule), "%s\n{\"deny\":\"b %d:0 r\"}", i ? "," : "", i);
		strcat(text, rule);
	}
	strcat(text, "]}");
	assert_int_equal(parse(text, &p, &e), 0);
	assert_int_equal(p.n_devices, LKD_DEVICES_MAX);
	strcpy(text + strlen(text) - 2, ",\n{\"deny\":\"c 9:9 r\"}]}");
	assert_int_equal(parse(text, &p, &e), -EINVAL);
	assert_string_equal(e.msg, "p.json:66:1: key 'devices'[64]: more than 64 rules");
}

/* ---- sizes and depths ---- */

static int parse_n(const char *text, size_t len, struct lkd_err *e)
{
	struct lkd_policy p;

	return lkd_policy_parse(text, len, "p.json", &p, e);
}

static void test_nul(void **state)
{
	static const char text[] = "{\"level\":\n\"integ\0rity\"}";
	static const char after[] = "{\"level\":\"integrity\"}\0";
	struct lkd_err e;

	(void)state;
	assert_int_equal(parse_n(text, sizeof(text) - 1, &e), -EINVAL);
	assert_string_equal(e.msg, "p.json:2:7: NUL byte; expected JSON text");
	assert_int_equal(parse_n(after, sizeof(after) - 1, &e), -EINVAL);
	assert_string_equal(e.msg, "p.json:1:22: NUL byte; expected JSON text");
}

static void test_depth(void **state)
{
	enum { DEPTH = 100000 };
	lkd_autofree char *text = malloc(DEPTH + 32);
	struct lkd_err e;

	(void)state;
	assert_non_null(text);
	memset(text, '[', DEPTH);
	assert_int_equal(parse_n(text, DEPTH, &e), -EINVAL);
	assert_string_equal(e.msg, "p.json:1:2049: not valid JSON: maximum parsing depth reached near '['");
	/* deep, but valid up to the limit: refused for what it is, found past it */
	memset(text, '[', 2000);
	memset(text + 2000, ']', 2000);
	memmove(text + 5, text, 4000);
	memcpy(text, "{\"x\":", 5);
	memcpy(text + 4005, ",\"level\":3}", 12);
	assert_int_equal(parse_n(text, 4016, &e), -EINVAL);
	assert_non_null(strstr(e.msg, "p.json:1:2: unknown key 'x'"));
	memcpy(text + 1, "\"$schema\":[[", 12); /* breaks the brackets: any error, no crash */
	assert_int_equal(parse_n(text, 4016, &e), -EINVAL);
}

static void test_size(void **state)
{
	static const char head[] = "{\"level\":\"integrity\"}";
	lkd_autofree char *text = malloc(LKD_POLICY_FILE_MAX + 1);
	struct lkd_err e;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', LKD_POLICY_FILE_MAX + 1);
	memcpy(text, head, strlen(head));
	assert_int_equal(parse_n(text, LKD_POLICY_FILE_MAX, &e), 0);
	assert_int_equal(parse_n(text, LKD_POLICY_FILE_MAX + 1, &e), -E2BIG);
	assert_string_equal(e.msg, "p.json: 1048577 bytes; a policy has at most 1048576");
	/* a million lines down */
	text[LKD_POLICY_FILE_MAX - 1] = 'x';
	assert_int_equal(parse_n(text, LKD_POLICY_FILE_MAX, &e), -EINVAL);
	assert_string_equal(e.msg, "p.json:1048555:1: not valid JSON: end of file expected near 'x'");
}

/* Every beginning of a good text, and every single byte changed: an answer, never a crash. */
static void test_mutations(void **state)
{
	static const char bytes[] = "\0\n \"\\{}[],:*x\x80\xff";
	static const char text[] = "{\"level\":\"integrity\",\"allow\":[\"KEXEC\"],\"audit\":{\"level\":\"confidentiality\"},"
				   "\"gaps\":[\"MSR\",\"sysrq\"],\"devices\":[{\"deny\":\"c 1:1 rw\"}],\"seals\":\"all\"}";
	char copy[sizeof(text)];
	unsigned int n = 0;

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		lkd_autofree char *exact = malloc(len + 1); /* so that a sanitizer sees one byte too far */
		struct lkd_err e;

		assert_non_null(exact);
		memcpy(exact, text, len);
		assert_int_equal(parse_n(exact, len, &e), -EINVAL);
	}
	for (size_t at = 0; at < sizeof(text) - 1; at++) {
		for (size_t k = 0; k < sizeof(bytes) - 1; k++) {
			struct lkd_err e = { 0 };
			int r;

			memcpy(copy, text, sizeof(text));
			copy[at] = bytes[k];
			r = parse_n(copy, sizeof(text) - 1, &e);
			assert_true(r == 0 || (r == -EINVAL && !strncmp(e.msg, "p.json:1:", 9)) ||
				    (r == -EINVAL && !strncmp(e.msg, "p.json:2:", 9)));
			n++;
		}
	}
	assert_true(n > 2000);
}

static void test_long_source(void **state)
{
	char source[5000];
	struct lkd_policy p;
	struct lkd_err e;

	(void)state;
	memset(source, 'd', sizeof(source));
	strcpy(source + sizeof(source) - 13, "/evil\n.json");
	assert_int_equal(lkd_policy_parse("{}", 2, source, &p, &e), -EINVAL);
	assert_int_equal(strncmp(e.msg, "...ddd", 6), 0);
	assert_non_null(strstr(e.msg, "/evil?.json:1:1: key 'level' is missing; expected 'integrity' or 'confidentiality'"));
}

static size_t allocations_left;

static void *scarce_malloc(size_t size)
{
	return allocations_left-- ? malloc(size) : NULL;
}

/*
 * Each allocation of the JSON library fails once: refused, nothing leaks or is
 * half written. Some of these the library itself takes for wrong syntax.
 */
static void test_no_memory(void **state)
{
	static const char text[] = "{\"level\":\"integrity\",\"allow\":[\"KEXEC\"],\"audit\":{\"level\":\"confidentiality\"},"
				   "\"gaps\":[\"MSR\",\"sysrq\"],\"devices\":[{\"deny\":\"c 1:1 rw\"}],\"needs\":[\"bpf\"],"
				   "\"stricter\":[\"PERF\"],\"seals\":[\"sysrq\"]}";
	unsigned int parse_failures = 0, json_failures = 0, no_memory = 0;
	struct lkd_policy p;
	struct lkd_err e;

	(void)state;
	json_set_alloc_funcs(scarce_malloc, free);
	for (size_t n = 0; n < 1000; n++) {
		int r;

		allocations_left = n;
		r = parse(text, &p, &e);
		if (!r)
			break;
		assert_true(r == -ENOMEM ? !strcmp(e.msg, "read policy 'p.json'") : r == -EINVAL);
		no_memory += r == -ENOMEM;
		parse_failures++;
	}
	for (size_t n = 0; n < 1000; n++) {
		lkd_autofree char *json = NULL;

		allocations_left = n;
		json = lkd_policy_json(&p);
		if (json)
			break;
		json_failures++;
	}
	json_set_alloc_funcs(malloc, free);
	assert_in_range(parse_failures, 20, 900);
	assert_in_range(no_memory, 20, parse_failures);
	assert_in_range(json_failures, 20, 900);
}

/* ---- files ---- */

static char dir[] = "/tmp/lkd-test-policy-XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	return chmod(dir, 0755) || setenv("LOCKDOWN_POLICY_DIR", dir, 1);
}

static int remove_dir(void **state)
{
	static const char *const left[] = { "a.json", "link.json", "dangling.json", "fifo.json", "big.json", "secret.json", "wrong.json" };
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < LKD_N(left); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, left[i]);
		(void)unlink(path);
	}
	snprintf(path, sizeof(path), "%s/dir.json", dir);
	(void)rmdir(path);
	return rmdir(dir);
}

static const char *in_dir(const char *file)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return path;
}

static void put_file(const char *file, const char *text)
{
	lkd_autofile *f = fopen(in_dir(file), "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

static int load(const char *name, struct lkd_err *e)
{
	struct lkd_policy p;
	int r;

	memset(e, 0, sizeof(*e));
	alarm(20); /* a policy that hangs us is the failure that this is about */
	r = lkd_policy_load(name, &p, e);
	alarm(0);
	if (r < 0)
		assert_int_equal(e->code, -r);
	return r;
}

static void test_load(void **state)
{
	struct lkd_policy p;
	struct lkd_err e;
	char path[PATH_MAX], want[PATH_MAX + 64];

	(void)state;
	put_file("a.json", "{\"level\":\"integrity\"}");
	assert_int_equal(lkd_policy_load("a", &p, &e), 0);
	assert_string_equal(p.name, "a");
	assert_int_equal(lkd_policy_load(in_dir("a.json"), &p, &e), 0);
	assert_string_equal(p.name, "a");
	assert_int_equal(lkd_policy_resolve("a", path, sizeof(path), &e), 0);
	assert_string_equal(path, in_dir("a.json"));
	assert_int_equal(lkd_policy_resolve("./a", path, sizeof(path), &e), 0);
	assert_string_equal(path, "./a");
	assert_int_equal(lkd_policy_resolve("./a", path, 3, &e), -EINVAL);
	assert_int_equal(lkd_policy_resolve("a", path, 10, &e), -EINVAL);

	assert_int_equal(symlink("a.json", in_dir("link.json")), 0);
	assert_int_equal(load("link", &e), 0);

	put_file("wrong.json", "{\n\"level\":\"integrity\",\"alow\":[]}");
	assert_int_equal(load("wrong", &e), -EINVAL);
	snprintf(want, sizeof(want), "%s:2:21: unknown key 'alow'; did you mean 'allow'?", in_dir("wrong.json"));
	assert_string_equal(e.msg, want);
}

static void test_not_found(void **state)
{
	const char *dirs[LKD_POLICY_DIRS_MAX];
	char want[512];
	struct lkd_err e;

	(void)state;
	assert_int_equal(lkd_policy_dirs(dirs), 2);
	assert_string_equal(dirs[0], "/etc/container-lockdown/policies");
	assert_string_equal(dirs[1], dir);
	assert_int_equal(load("nosuchpolicy", &e), -ENOENT);
	snprintf(want, sizeof(want), "no policy 'nosuchpolicy' in /etc/container-lockdown/policies or %s", dir);
	assert_string_equal(e.msg, want);
	assert_string_equal(e.hint, "a policy is a file NAME.json there, or a path with '/'");
	assert_int_equal(load(in_dir("nosuch.json"), &e), -ENOENT);
	assert_int_equal(load("/dev/null/x.json", &e), -ENOENT);

	/* a link to nowhere is found, and then is an error: it must not make room for another file */
	assert_int_equal(symlink("nowhere", in_dir("dangling.json")), 0);
	assert_int_equal(load("dangling", &e), -ENOENT);
	snprintf(want, sizeof(want), "look at policy '%s'", in_dir("dangling.json"));
	assert_string_equal(e.msg, want);
}

static void test_bad_names(void **state)
{
	static const char *const names[] = { "", "..", ".", "A", "a b", "-a", "a\n", "a.json ", "12345678901234567890123456789012" };
	struct lkd_err e;

	(void)state;
	for (size_t i = 0; i < LKD_N(names); i++)
		if (load(names[i], &e) != -EINVAL || !strstr(e.msg, "neither a path (with '/') nor a name"))
			fail_msg("'%s': %s", names[i], e.msg);
}

static void test_not_regular(void **state)
{
	struct lkd_err e;

	(void)state;
	assert_int_equal(mkfifo(in_dir("fifo.json"), 0644), 0);
	assert_int_equal(load("fifo", &e), -EINVAL);
	assert_non_null(strstr(e.msg, "/fifo.json' is a FIFO, expected a regular file"));
	assert_int_equal(mkdir(in_dir("dir.json"), 0755), 0);
	assert_int_equal(load("dir", &e), -EISDIR);
	assert_non_null(strstr(e.msg, "/dir.json' is a directory, expected a regular file"));
	assert_int_equal(load("/dev/zero", &e), -EINVAL);
	assert_string_equal(e.msg, "policy '/dev/zero' is a device, expected a regular file");
}

/* A FIFO that takes a file's place between the look and the open: refused all the same, and never waited for. */
static void test_swapped(void **state)
{
	char fifo[128], file[128];
	unsigned int good_loads = 0, refused = 0;
	pid_t child;
	int status;

	(void)state;
	strcpy(fifo, in_dir("fifo.json"));
	put_file("a.json", "{\"level\":\"integrity\"}");
	strcpy(file, in_dir("a.json"));
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that hangs is killed by its alarm */
		for (;;)
			if (renameat2(AT_FDCWD, fifo, AT_FDCWD, file, RENAME_EXCHANGE))
				_exit(1);
	}
	for (unsigned int i = 0; i < 20000 || (i < 200000 && (good_loads < 100 || refused < 100)); i++) {
		struct lkd_err e;
		int r = load("a", &e);

		good_loads += !r;
		refused += r == -EINVAL;
		if (r && (r != -EINVAL || !strstr(e.msg, "is a FIFO, expected a regular file")))
			fail_msg("%d: %s", r, e.msg);
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	(void)unlink(fifo);
	(void)unlink(file);
	assert_true(good_loads >= 100 && refused >= 100);
}

static void test_big_file(void **state)
{
	struct lkd_err e;
	lkd_autofd fd = -EBADF;

	(void)state;
	put_file("big.json", "");
	assert_int_equal(load("big", &e), -EINVAL);
	assert_non_null(strstr(e.msg, "/big.json:1:1: empty; expected a JSON object"));
	fd = open(in_dir("big.json"), O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 100 << 20), 0);
	assert_int_equal(load("big", &e), -E2BIG);
	assert_non_null(strstr(e.msg, "/big.json' has 104857600 bytes, at most 1048576 are read"));
	/* a size of 0 and contents all the same */
	assert_int_equal(load("/proc/self/status", &e), -EINVAL);
	assert_string_equal(e.msg, "/proc/self/status:1:1: not valid JSON: '[' or '{' expected near 'Name'");
}

/* As another user, because root reads everything. */
static void test_unreadable(void **state)
{
	struct lkd_err e;
	pid_t child;
	int status;

	(void)state;
	put_file("secret.json", "{\"level\":\"integrity\"}");
	assert_int_equal(chmod(in_dir("secret.json"), 0), 0);
	if (getuid())
		assert_int_equal(load("secret", &e), -EACCES);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		if (!getuid() && (setgid(65534) || setuid(65534)))
			_exit(77);
		_exit(load("secret", &e) == -EACCES && strstr(e.msg, "open policy '") ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_shipped(void **state)
{
	static const struct {
		const char *name;
		enum lkd_level level;
		uint32_t needs;
	} shipped[] = {
		{ "integrity", LKD_LEVEL_INTEGRITY, 0 },
		{ "confidentiality", LKD_LEVEL_CONFIDENTIALITY, 0 },
		{ "privileged-default", LKD_LEVEL_INTEGRITY,
		  NEED(MOUNT) | NEED(NESTED) | NEED(BPF) | NEED(PERF) | NEED(MODULES) },
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(shipped); i++) {
		struct lkd_policy p, want;
		struct lkd_err e;
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/policies/%s.json", SRCDIR, shipped[i].name);
		if (lkd_policy_load(path, &p, &e))
			fail_msg("%s", e.msg);
		lkd_policy_init(&want, shipped[i].level);
		want.needs = shipped[i].needs;
		strcpy(want.name, shipped[i].name);
		assert_true(lkd_policy_equal(&p, &want));
	}
}

/* ---- properties ---- */

static uint64_t seed;

/* xorshift64*: the same numbers on every machine */
static uint64_t rnd(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1dULL;
}

static unsigned int below(unsigned int n)
{
	return (unsigned int)((rnd() >> 32) % n);
}

/* Empty, full, and sparse ones often enough. */
static uint64_t rnd_set(uint64_t all)
{
	switch (below(6)) {
	case 0:
		return 0;
	case 1:
		return all;
	case 2:
		return rnd() & rnd() & rnd() & all;
	case 3:
		return (rnd() | rnd() | rnd()) & all;
	default:
		return rnd() & all;
	}
}

static void rnd_policy(struct lkd_policy *p)
{
	static const int32_t numbers[] = { -1, 0, 1, 2, 4095 };
	bool audit_all = !below(4);
	enum lkd_level level = LKD_LEVEL_INTEGRITY + below(2);

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "p%u", below(1000));
	p->level = audit_all ? LKD_LEVEL_NONE : level;
	p->audit_level = audit_all ? level : below(LKD_LEVEL_COUNT_);
	p->enforce = audit_all ? 0 : rnd_set(ALL);
	p->audit = rnd_set(ALL);
	p->accept_gap = rnd_set(ALL);
	p->accept_stricter = rnd_set(ALL);
	p->idle_allow = rnd_set(ALL);
	p->seals = (uint32_t)rnd_set(LKD_SEALS_ALL);
	p->accept_seal_gap = (uint32_t)rnd_set(LKD_SEALS_ALL);
	p->needs = (uint32_t)rnd_set((1u << LKD_NEED_COUNT_) - 1);
	p->floor_if_needed = below(2);
	lkd_policy_settle(p);
	for (unsigned int n = below(6); n; n--) {
		struct lkd_device d = {
			.type = "abc"[below(3)],
			.major = numbers[below(LKD_N(numbers))],
			.minor = numbers[below(LKD_N(numbers))],
			.access = 1 + below(7),
		};

		assert_int_equal(lkd_policy_add_device(p, &d), 0);
	}
}

/* What a policy says about one reason: 0 nothing, 1 told, 2 refused. The model that combine is held against. */
static int verdict(const struct lkd_policy *p, unsigned int reason)
{
	if (p->enforce & LKD_SET(reason))
		return 2;
	return p->audit & LKD_SET(reason) ? 1 : 0;
}

/* The same about a reason that a newer kernel has at @level. */
static int new_verdict(const struct lkd_policy *p, enum lkd_level level)
{
	if (p->level >= level)
		return 2;
	return p->audit_level >= level ? 1 : 0;
}

static bool device_refused(const struct lkd_policy *p, char type, int major, int minor, uint32_t access)
{
	for (size_t i = 0; i < p->n_devices; i++) {
		const struct lkd_device *d = &p->devices[i];

		if ((d->type == 'a' || d->type == type) && (d->major == -1 || d->major == major) &&
		    (d->minor == -1 || d->minor == minor) && (d->access & access))
			return true;
	}
	return false;
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

static void check_model(const struct lkd_policy *a, const struct lkd_policy *b, const struct lkd_policy *ab)
{
	for (unsigned int r = 0; r < LKD_REASON_COUNT_; r++)
		assert_int_equal(verdict(ab, r), max(verdict(a, r), verdict(b, r)));
	for (unsigned int l = LKD_LEVEL_INTEGRITY; l < LKD_LEVEL_COUNT_; l++)
		assert_int_equal(new_verdict(ab, l), max(new_verdict(a, l), new_verdict(b, l)));
	for (unsigned int k = 0; k < 8; k++) {
		char type = "bc"[below(2)];
		int major = (int)below(4), minor = (int)below(4);
		uint32_t access = 1u << below(3);

		assert_int_equal(device_refused(ab, type, major, minor, access),
				 device_refused(a, type, major, minor, access) ||
					 device_refused(b, type, major, minor, access));
	}
	for (unsigned int r = 0; r < LKD_REASON_COUNT_; r++) {
		lkd_set bit = LKD_SET(r);

		assert_int_equal(!!(ab->accept_gap & bit), (a->accept_gap & bit) && (b->accept_gap & bit));
		assert_int_equal(!!(ab->accept_stricter & bit), (a->accept_stricter & bit) && (b->accept_stricter & bit));
	}
	assert_int_equal(ab->seals, a->seals | b->seals);
	assert_int_equal(ab->needs, a->needs | b->needs);
	assert_int_equal(ab->floor_if_needed, a->floor_if_needed && b->floor_if_needed);
	assert_int_equal(ab->accept_seal_gap, a->accept_seal_gap & b->accept_seal_gap);
	assert_int_equal(ab->enforce & ab->audit, 0);
	assert_true(ab->audit_level == LKD_LEVEL_NONE || ab->audit_level > ab->level);
}

/* Whether @a refuses and tells all that @b does, asked reason by reason. */
static bool model_tighter(const struct lkd_policy *a, const struct lkd_policy *b)
{
	for (unsigned int r = 0; r < LKD_REASON_COUNT_; r++)
		if (verdict(a, r) < verdict(b, r))
			return false;
	for (unsigned int l = LKD_LEVEL_INTEGRITY; l < LKD_LEVEL_COUNT_; l++)
		if (new_verdict(a, l) < new_verdict(b, l))
			return false;
	return !(a->accept_gap & ~b->accept_gap) && !(a->accept_stricter & ~b->accept_stricter) &&
	       !(a->accept_seal_gap & ~b->accept_seal_gap) && !(b->seals & ~a->seals) &&
	       (!a->floor_if_needed || b->floor_if_needed);
}

static void combine(const struct lkd_policy *a, const struct lkd_policy *b, struct lkd_policy *ret)
{
	struct lkd_err e;

	if (lkd_policy_combine(a, b, ret, &e))
		fail_msg("%s", e.msg);
}

static void same_but_name(const struct lkd_policy *a, const struct lkd_policy *b)
{
	struct lkd_policy c = *b;

	strcpy(c.name, a->name);
	assert_true(lkd_policy_equal(a, &c));
}

static void check_json(const struct lkd_policy *p)
{
	lkd_autofree char *text = lkd_policy_json(p);
	lkd_autofree char *again = NULL;
	struct lkd_policy back;
	struct lkd_err e;

	assert_non_null(text);
	if (lkd_policy_parse(text, strlen(text), "canonical", &back, &e))
		fail_msg("%s\n%s", e.msg, text);
	if (!lkd_policy_equal(p, &back))
		fail_msg("does not read back as it was:\n%s", text);
	again = lkd_policy_json(&back);
	assert_string_equal(text, again);
}

/* of the one that is as tight as both, else of both */
static void check_name(const struct lkd_policy *a, const struct lkd_policy *b, const struct lkd_policy *ab)
{
	char both[2 * LKD_POLICY_NAME_MAX];
	struct lkd_policy c = *ab;

	(void)snprintf(both, sizeof(both), "%s-%s", a->name, b->name);
	both[LKD_POLICY_NAME_MAX - 1] = '\0';
	strcpy(c.name, a->name);
	if (lkd_policy_equal(&c, a)) {
		assert_string_equal(ab->name, a->name);
		return;
	}
	strcpy(c.name, b->name);
	assert_string_equal(ab->name, lkd_policy_equal(&c, b) ? b->name : both);
}

static void test_combine_properties(void **state)
{
	enum { ROUNDS = 25000 };
	unsigned int tighter = 0;

	(void)state;
	seed = 0x10cd0;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct lkd_policy a, b, c, ab, ba, ab_c, bc, a_bc, t;

		rnd_policy(&a);
		rnd_policy(&b);
		rnd_policy(&c);
		combine(&a, &b, &ab);
		check_model(&a, &b, &ab);
		check_name(&a, &b, &ab);

		combine(&a, &a, &t); /* idempotent */
		assert_true(lkd_policy_equal(&t, &a));
		combine(&ab, &b, &t);
		assert_true(lkd_policy_equal(&t, &ab));

		combine(&b, &a, &ba); /* commutative but for the name */
		same_but_name(&ab, &ba);

		combine(&b, &c, &bc); /* associative */
		combine(&ab, &c, &ab_c);
		combine(&a, &bc, &a_bc);
		same_but_name(&ab_c, &a_bc);

		/* tighter than both, and than nothing that is tighter still */
		assert_true(lkd_policy_tighter(&a, &a));
		assert_true(lkd_policy_tighter(&ab, &a));
		assert_true(lkd_policy_tighter(&ab, &b));
		assert_true(lkd_policy_tighter(&ab_c, &ab));

		/* the order agrees with the model, also where neither is tighter (devices aside) */
		t = b;
		t.n_devices = 0;
		assert_int_equal(lkd_policy_tighter(&a, &t), model_tighter(&a, &t));
		tighter += lkd_policy_tighter(&a, &t);

		/* in place */
		t = a;
		combine(&t, &b, &t);
		assert_true(lkd_policy_equal(&t, &ab));
		t = b;
		combine(&a, &t, &t);
		assert_true(lkd_policy_equal(&t, &ab));

		check_json(&a);
		check_json(&ab_c);
	}
	assert_true(tighter > 5); /* both answers of the order were met */
}

/* From a policy that is tighter than another, weaken one thing: it is not tighter any more. */
static void test_weaker(void **state)
{
	unsigned int checked = 0;

	(void)state;
	seed = 0x5ea1;
	for (unsigned int i = 0; i < 5000; i++) {
		struct lkd_policy a, b, ab, w;
		unsigned int r = below(LKD_REASON_COUNT_), s = below(LKD_SEAL_COUNT_);
		lkd_set bit = LKD_SET(r);

		rnd_policy(&a);
		rnd_policy(&b);
		combine(&a, &b, &ab);
#define WEAKEN(cond, change)                                  \
	do {                                                  \
		w = ab;                                       \
		if (cond) {                                   \
			change;                               \
			assert_false(lkd_policy_tighter(&w, &ab)); \
			checked++;                            \
		}                                             \
	} while (0)
		WEAKEN(w.enforce & bit, w.enforce &= ~bit);
		WEAKEN(w.enforce & bit, (w.enforce &= ~bit, w.audit |= bit));
		WEAKEN(w.audit & bit, w.audit &= ~bit);
		WEAKEN(~w.accept_gap & bit, w.accept_gap |= bit);
		WEAKEN(~w.accept_stricter & bit, w.accept_stricter |= bit);
		WEAKEN(w.seals & (1u << s), w.seals &= ~(1u << s));
		WEAKEN(~w.accept_seal_gap & (1u << s), w.accept_seal_gap |= 1u << s);
		WEAKEN(!w.floor_if_needed, w.floor_if_needed = true);
		WEAKEN(w.level > LKD_LEVEL_NONE, w.level--);
		WEAKEN(w.audit_level > LKD_LEVEL_NONE, w.audit_level = LKD_LEVEL_NONE);
		WEAKEN(w.n_devices == 1, w.n_devices = 0);
		WEAKEN(w.n_devices == 1 && w.devices[0].access == 7, w.devices[0].access = 5);
		WEAKEN(w.n_devices == 1 && w.devices[0].type == 'a', w.devices[0].type = 'b');
		WEAKEN(w.n_devices == 1 && w.devices[0].major == -1, w.devices[0].major = 7);
		WEAKEN(w.n_devices == 1 && w.devices[0].minor == -1, w.devices[0].minor = 7);
	}
	assert_true(checked > 20000);
}

/* Rules of several kinds that together do what one rule of the other policy does. */
static void test_devices_cover(void **state)
{
	static const struct {
		const char *a, *b;
		bool covers;
	} cases[] = {
		{ "", "", true },
		{ "c 1:1 rw", "", true },
		{ "", "c 1:1 rw", false },
		{ "c 1:1 rw", "c 1:1 r", true },
		{ "c 1:1 r", "c 1:1 rw", false },
		{ "c 1:* rw", "c 1:1 rw", true },
		{ "c *:1 rw", "c 1:1 rw", true },
		{ "c 1:1 rw", "c 1:* rw", false },
		{ "a *:* rwm", "b 1:1 r", true },
		{ "b *:* rwm", "c 1:1 r", false },
		{ "b *:* r,c *:* r", "a 1:1 r", true },
		{ "b *:* r", "a 1:1 r", false },
		{ "c 1:* r,c *:1 w", "c 1:1 rw", true },
		{ "c 1:* r,c *:1 m", "c 1:1 rw", false },
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		struct lkd_policy p[2];
		const char *rules[2] = { cases[i].a, cases[i].b };

		for (size_t k = 0; k < 2; k++) {
			char text[64], *save = NULL;

			lkd_policy_init(&p[k], LKD_LEVEL_INTEGRITY);
			strcpy(text, rules[k]);
			for (char *rule = strtok_r(text, ",", &save); rule; rule = strtok_r(NULL, ",", &save)) {
				struct lkd_device d;

				assert_int_equal(lkd_device_parse(rule, &d), 0);
				assert_int_equal(lkd_policy_add_device(&p[k], &d), 0);
			}
		}
		if (lkd_policy_tighter(&p[0], &p[1]) != cases[i].covers)
			fail_msg("'%s' against '%s'", cases[i].a, cases[i].b);
	}
}

static void test_combine_too_many_devices(void **state)
{
	struct lkd_policy a, b, before;
	struct lkd_err e;

	(void)state;
	lkd_policy_init(&a, LKD_LEVEL_INTEGRITY);
	lkd_policy_init(&b, LKD_LEVEL_CONFIDENTIALITY);
	for (int i = 0; i < 40; i++) {
		struct lkd_device d = { 'c', i, 0, LKD_DEV_READ };

		assert_int_equal(lkd_policy_add_device(&a, &d), 0);
		d.minor = 1;
		assert_int_equal(lkd_policy_add_device(&b, &d), 0);
	}
	before = a;
	assert_int_equal(lkd_policy_combine(&a, &b, &a, &e), -E2BIG);
	assert_string_equal(e.msg, "combine policies 'integrity' and 'confidentiality': more than 64 device rules");
	assert_true(lkd_policy_equal(&a, &before));
}

static void test_init(void **state)
{
	(void)state;
	for (unsigned int l = LKD_LEVEL_INTEGRITY; l < LKD_LEVEL_COUNT_; l++) {
		struct lkd_policy p;

		memset(&p, 0x55, sizeof(p));
		lkd_policy_init(&p, (enum lkd_level)l);
		assert_string_equal(p.name, lkd_level_name((enum lkd_level)l));
		assert_int_equal(p.enforce, lkd_level_reasons((enum lkd_level)l));
		assert_int_equal(p.seals, LKD_SEALS_ALL);
		check_json(&p);
	}
}

/* ---- words ---- */

static void test_words(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < LKD_SEAL_COUNT_; i++) {
		assert_int_equal(lkd_seal_parse(lkd_seal_name((enum lkd_seal)i)), i);
		assert_true(strlen(lkd_seal_text((enum lkd_seal)i)) > 10);
		/* in "gaps" seals and reasons stand side by side */
		assert_int_equal(lkd_reason_parse(lkd_seal_name((enum lkd_seal)i)), -ENOENT);
	}
	for (unsigned int i = 0; i < LKD_NEED_COUNT_; i++)
		assert_true(strlen(lkd_need_name((enum lkd_need)i)) > 1 && strlen(lkd_need_text((enum lkd_need)i)) > 10);
	assert_int_equal(lkd_seal_parse("SYSRQ"), -ENOENT);
	assert_int_equal(lkd_seal_parse(""), -ENOENT);
	assert_string_equal(lkd_seal_name(LKD_SEAL_COUNT_), "?");
	assert_string_equal(lkd_seal_text(LKD_SEAL_COUNT_), "?");
	assert_string_equal(lkd_need_name(LKD_NEED_COUNT_), "?");
	assert_string_equal(lkd_need_text(LKD_NEED_COUNT_), "?");
}

/* ---- lint ---- */

static const struct {
	const char *text, *findings; /* each ends in a newline */
} lint_cases[] = {
	{ "{\"level\":\"integrity\"}", "" },
	{ "{\"level\":\"confidentiality\"}", "" },
	{ "{\"level\":\"confidentiality\",\"mode\":\"audit\"}", "" },
	{ "{\"level\":\"integrity\",\"stricter\":\"accept\"}", "" },
	{ "{\"level\":\"integrity\",\"deny\":[\"KCORE\",\"KPROBES\",\"BPF_READ_KERNEL\",\"DBG_READ_KERNEL\",\"PERF\",\"TRACEFS\",\"XMON_RW\"]}", "" },
	{ "{\"level\":\"integrity\",\"allow\":[\"RTAS_ERROR_INJECTION\",\"EFI_TEST\"]}", "" },
	{ "{\"level\":\"integrity\",\"allow\":[\"KEXEC\"]}",
	  "warning: KEXEC is let through, which opens everything: a kernel of one's own; all other refusals are moot then\n" },
	{ "{\"level\":\"confidentiality\",\"allow\":[\"KPROBES\"]}",
	  "warning: KPROBES is let through, which opens registers and arguments of every kernel function; with TRACEFS, all of kernel "
	  "memory, for reading; moot then: BPF_READ_KERNEL and PERF\n" },
	{ "{\"level\":\"confidentiality\",\"allow\":[\"KCORE\"]}",
	  "warning: KCORE is let through, which opens all of kernel memory, for reading; moot then: KPROBES and BPF_READ_KERNEL and "
	  "PERF and TRACEFS and XFRM_SECRET\n" },
	{ "{\"level\":\"integrity\",\"allow\":[\"KCORE\",\"PERF\"]}",
	  "warning: KCORE in 'allow' changes nothing: level integrity does not have it\n"
	  "warning: PERF in 'allow' changes nothing: level integrity does not have it\n" },
	{ "{\"level\":\"integrity\",\"allow\":[\"MODULE_SIGNATURE\",\"DEV_MEM\",\"EFI_TEST\",\"KEXEC\",\"HIBERNATION\",\"PCI_ACCESS\","
	  "\"IOPORT\",\"MSR\",\"ACPI_TABLES\",\"DEVICE_TREE\",\"PCMCIA_CIS\",\"TIOCSSERIAL\",\"MODULE_PARAMETERS\",\"MMIOTRACE\","
	  "\"DEBUGFS\",\"XMON_WR\",\"BPF_WRITE_USER\",\"DBG_WRITE_KERNEL\",\"RTAS_ERROR_INJECTION\",\"XEN_USER_ACTIONS\"]}",
	  "error: nothing is refused, and nothing told\n" },
	{ "{\"level\":\"integrity\",\"gaps\":\"accept\"}",
	  "warning: every gap is accepted: what a host cannot hold stays open there\n" },
	{ "{\"level\":\"integrity\",\"gaps\":[\"KCORE\",\"EFI_TEST\",\"sysrq\"],\"stricter\":[\"PERF\",\"DEBUGFS\"]}",
	  "warning: a gap is accepted for KCORE, which is not refused\n"
	  "warning: a stricter means is accepted for PERF, which is not refused\n" },
	{ "{\"level\":\"integrity\",\"gaps\":[\"MSR\"]}",
	  "warning: MSR may stay open where a host cannot hold it, which opens everything: the address where system calls enter the "
	  "kernel is an MSR; all other refusals are moot then\n" },
	{ "{\"level\":\"integrity\",\"gaps\":[\"sysrq\"],\"seals\":[\"ptrace\",\"helpers\",\"hostlock\"]}",
	  "warning: a gap is accepted for seal 'sysrq', which the policy does not have\n"
	  "warning: without seal 'sysrq' the kernel's debuggers are not refused by anything else\n" },
	{ "{\"level\":\"integrity\",\"seals\":\"none\"}",
	  "warning: without seal 'ptrace' a process outside that can be seen can be made to do what is refused\n"
	  "warning: without seal 'helpers' the kernel starts programs of the container's choice, outside and as root, and they can do "
	  "what is refused\n"
	  "warning: without seal 'sysrq' the kernel's debuggers are not refused by anything else\n"
	  "warning: without seal 'hostlock' the container can lock down the whole host, until it boots again\n" },
	{ "{\"level\":\"integrity\",\"devices\":[{\"deny\":\"c 1:1 r\"},{\"deny\":\"c 1:* rw\"},{\"deny\":\"b *:* rwm\"}]}",
	  "warning: device rule 'c 1:* rw' refuses /dev/null, and hardly any program runs without it\n"
	  "warning: device rule 'c 1:1 r' is in 'c 1:* rw' already\n" },
};

struct lines {
	char text[8192];
	int n;
};

static void take_line(void *arg, const char *line)
{
	struct lines *l = arg;

	assert_true(!strncmp(line, "warning: ", 9) || !strncmp(line, "error: ", 7));
	assert_null(strchr(line, '\n'));
	assert_true(strlen(l->text) + strlen(line) + 2 < sizeof(l->text));
	strcat(strcat(l->text, line), "\n");
	l->n++;
}

static void test_lint(void **state)
{
	(void)state;
	for (size_t i = 0; i < LKD_N(lint_cases); i++) {
		struct lines l = { .n = 0 };
		struct lkd_policy p;
		int n;

		assert_int_equal(parse(lint_cases[i].text, &p, NULL), 0);
		n = lkd_policy_lint(&p, take_line, &l);
		assert_int_equal(n, l.n);
		if (strcmp(l.text, lint_cases[i].findings))
			fail_msg("%s:\ngot\n%swant\n%s", lint_cases[i].text, l.text, lint_cases[i].findings);
	}
}

/* What is shipped gives nothing to find. */
static void test_lint_shipped(void **state)
{
	static const char *const names[] = { "integrity", "confidentiality", "privileged-default" };

	(void)state;
	for (size_t i = 0; i < LKD_N(names); i++) {
		struct lines l = { .n = 0 };
		struct lkd_policy p;
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/policies/%s.json", SRCDIR, names[i]);
		assert_int_equal(lkd_policy_load(path, &p, NULL), 0);
		assert_int_equal(lkd_policy_lint(&p, take_line, &l), 0);
	}
}

/* Never a crash, never a line that is not one, on anything. */
static void test_lint_random(void **state)
{
	(void)state;
	seed = 0x117;
	for (unsigned int i = 0; i < 5000; i++) {
		struct lines l = { .n = 0 };
		struct lkd_policy p;
		int n;

		rnd_policy(&p);
		n = lkd_policy_lint(&p, take_line, &l);
		assert_int_equal(n, l.n);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_mode_audit),
		cmocka_unit_test(test_default_name),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_device_rules),
		cmocka_unit_test(test_too_many_devices),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_long_source),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_not_regular),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_big_file),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_combine_properties),
		cmocka_unit_test(test_weaker),
		cmocka_unit_test(test_devices_cover),
		cmocka_unit_test(test_combine_too_many_devices),
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_lint),
		cmocka_unit_test(test_lint_shipped),
		cmocka_unit_test(test_lint_random),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
