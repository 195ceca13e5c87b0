// SPDX-License-Identifier: BSD-2-Clause
/* The editor of config.json: what it adds, what it leaves, what it refuses, and that filters only grow stricter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/audit.h>
#include <string.h>

#include <lockdown/plan.h>

#include "edit.h"
#include "oci_filter.h"
#include "policy_priv.h"
#include "simulate.h"
#include "util.h"

static struct lkd_plan_call calls[LKD_CALLS_MAX];
static size_t n_calls;
static const struct lkd_plan_device devices[] = {
	{'c', LKD_DEV_READ | LKD_DEV_WRITE, 0, 1, 1, 0},
	{'c', LKD_DEV_WRITE, 0, 202, -1, 0},
	{'c', LKD_DEV_READ | LKD_DEV_WRITE, 0, 10, LKD_MINOR_EFI_TEST, 0},
};

static struct lkd_edit everything(void)
{
	return (struct lkd_edit){
		.hook = "/usr/bin/lockdown-hook",
		.calls = calls,
		.n_calls = n_calls,
		.devices = devices,
		.n_devices = LKD_N(devices),
		.efi_test_minor = 77,
		.cgroupns = true,
	};
}

/* the calls of a plan, from the same place as in life: the floor, and all that a filter alone can hold */
static void load_calls(lkd_set held, lkd_set floor)
{
	static struct lkd_facts facts;
	uint32_t holders[LKD_REASON_COUNT_] = {0};
	int n;

	assert_int_equal(lkd_facts_load(SRCDIR "/tests/facts/debian-6.1-lsm.json", &facts, NULL), 0);
	for (int i = 0; i < LKD_REASON_COUNT_; i++)
		holders[i] = held & LKD_SET(i) ? 1u << LKD_HOLDER_SECCOMP : 0;
	n = lkd_seccomp_calls(holders, floor, false, &facts, calls, NULL);
	assert_true(n > 0);
	n_calls = (size_t)n;
}

static int edit_text(const char *text, const struct lkd_edit *edit, char **ret, bool *changed)
{
	struct lkd_err e = {0};
	struct lkd_oci oci;
	size_t len;
	int r;

	*ret = NULL;
	r = lkd_oci_parse(text, strlen(text), &oci, &e);
	if (!r)
		r = lkd_oci_edit(&oci, edit, changed, &e);
	if (!r)
		r = lkd_oci_print(&oci, ret, &len, &e);
	lkd_oci_free(&oci);
	if (r < 0) {
		assert_int_equal(e.code, -r);
		assert_true(e.msg[0] && !strchr(e.msg, '\n'));
	} else {
		assert_int_equal(strlen(*ret), len);
	}
	return r;
}

/* the edited text, which a second edit leaves as it is */
static char *edited(const char *text, const struct lkd_edit *edit)
{
	bool changed, again;
	char *out, *twice;
	int r = edit_text(text, edit, &out, &changed);

	if (r < 0)
		fail_msg("%s: %d", text, r);
	assert_int_equal(edit_text(out, edit, &twice, &again), 0);
	assert_false(again);
	assert_string_equal(out, twice);
	free(twice);
	return out;
}

static void refused(int want, const char *text)
{
	const struct lkd_edit edit = everything();
	char *out;
	bool changed;
	const int r = edit_text(text, &edit, &out, &changed);

	if (r != -want)
		fail_msg("%s: %d instead of %d", text, r, -want);
}

#define CONFIG(rest) "{\"ociVersion\":\"1.0.2\"" rest "}"

static void test_new(void **state)
{
	const struct lkd_edit edit = everything();
	char *text =
		edited(CONFIG(",\"linux\":{\"resources\":{\"devices\":[{\"allow\":true,\"access\":\"rwm\"}]}}"), &edit);
	json_t *root = json_loads(text, 0, NULL),
	       *list = json_object_get(json_object_get(root, "hooks"), "createRuntime"),
	       *part = json_object_get(root, "linux"), *seccomp = json_object_get(part, "seccomp"), *rules;

	(void)state;
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "path")), edit.hook);
	assert_int_equal(json_array_size(json_object_get(json_object_get(root, "hooks"), "poststop")), 1);
	assert_int_equal(json_array_size(json_object_get(part, "namespaces")), 1);
	assert_string_equal(json_string_value(json_object_get(seccomp, "defaultAction")), "SCMP_ACT_ALLOW");
	assert_int_equal(json_array_size(json_object_get(seccomp, "architectures")), 3);
	assert_null(json_object_get(seccomp, "flags"));
	rules = json_object_get(json_object_get(part, "resources"), "devices");
	assert_int_equal(json_array_size(rules), 4);
	assert_true(json_is_false(json_object_get(json_array_get(rules, 1), "allow")));
	assert_null(json_object_get(json_array_get(rules, 2), "minor"));
	assert_string_equal(json_string_value(json_object_get(json_array_get(rules, 2), "access")), "w");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(rules, 3), "minor")), 77);
	json_decref(root);
	free(text);
}

/* hooks of others stay, before ours; nothing else changes, order and wide numbers included */
static void test_keeps(void **state)
{
	static const char rest[] =
		"\"process\":{\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551615,"
		"\"soft\":-9223372036854775809}],\"x\":\"lkd \\\"wide\\\\\",\"z\":0.5,\"a\":[null,true]}";
	struct lkd_edit edit = everything();
	char config[1024], *text, *at;

	(void)state;
	(void)snprintf(config, sizeof(config),
		       "{\"ociVersion\":\"1.0.2\",%s,\"hooks\":{\"prestart\":[{\"path\":\"/usr/bin/dockerd\"}],"
		       "\"createRuntime\":[{\"path\":\"/bin/x\"}]},\"linux\":{\"namespaces\":[{\"type\":\"cgroup\"}]}}",
		       rest);
	text = edited(config, &edit);
	assert_non_null(strstr(text, rest));
	assert_non_null(strstr(text, "\"prestart\":[{\"path\":\"/usr/bin/dockerd\"}]"));
	at = strstr(text, "\"/bin/x\"");
	assert_true(at && strstr(at, "/usr/bin/lockdown-hook"));
	free(text);
	/* nothing asked for: nothing done */
	edit = (struct lkd_edit){0};
	text = edited(config, &edit);
	assert_string_equal(text, config);
	free(text);
}

static void test_bad(void **state)
{
	static const char *const invalid[] = {
		"",
		"x",
		"[]",
		"1",
		"{",
		"{}",
		"{\"ociVersion\":1}",
		"{\"ociVersion\":\"1\",\"ociVersion\":\"1\"}",
		CONFIG(",\"linux\":[]"),
		CONFIG(",\"linux\":{\"seccomp\":1}"),
		CONFIG(",\"hooks\":[]"),
		CONFIG(",\"hooks\":{\"createRuntime\":{}}"),
		CONFIG(",\"Hooks\":{}"),
		CONFIG(",\"LINUX\":{}"),
		CONFIG(",\"hook\xc5\xbf\":{}"),
		CONFIG(",\"linux\":{\"SecComp\":{}}"),
		CONFIG(",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_NEW\",\"syscalls\":[]}}"),
		CONFIG(",\"linux\":{\"seccomp\":{\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_ALLOW\"}]}}"),
		CONFIG(",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[1]}}"),
		CONFIG(",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[1],"
		       "\"action\":\"SCMP_ACT_ERRNO\"}]}}"),
		CONFIG(",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"x\"],"
		       "\"Action\":\"SCMP_ACT_ALLOW\",\"action\":\"SCMP_ACT_ERRNO\"}]}}"),
		CONFIG(",\"linux\":{\"resources\":{\"devices\":[{}]}}"),
		CONFIG(",\"linux\":{\"resources\":[]}"),
		CONFIG(",\"linux\":{\"namespaces\":{}}"),
		CONFIG(",\"a\":\"lkd-wide:1\""),
		CONFIG(",\"a\":18446744073709551616,\"b\":\"lkd-wide:5\""),
		"{\"ociVersion\":\"1\",12345678901234567890:1}",
		CONFIG(",\"a\":0123456789012345678901"),
	};
	struct lkd_oci oci;

	(void)state;
	for (size_t i = 0; i < LKD_N(invalid); i++)
		refused(EINVAL, invalid[i]);
	assert_int_equal(lkd_oci_parse("{\"a\":\"\0\"}", 9, &oci, NULL), -EINVAL);
	lkd_oci_free(&oci);
}

/* ---- filters ---------------------------------------------------------- */

enum { ABIS = 3 };
static const uint32_t arch_of[ABIS] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_X86_64, AUDIT_ARCH_I386};
static const struct {
	const char *name;
	int nr[ABIS]; /* x86-64, x32, i386 */
} asked[] = {
	{"kexec_load", {246, 528 | 0x40000000, 283}},
	{"iopl", {172, 172 | 0x40000000, 110}},
	{"ioperm", {173, 173 | 0x40000000, 101}},
	{"mount", {165, 165 | 0x40000000, 21}},
};

static struct sock_filter before[8192], after[8192];

static json_t *seccomp_of(const char *config)
{
	json_t *root = json_loads(config, 0, NULL),
	       *seccomp = json_incref(json_object_get(json_object_get(root, "linux"), "seccomp"));

	json_decref(root);
	return seccomp;
}

/* what the floor says: the kernel's answer to these calls when it is locked down */
static bool floor_refuses(size_t call, const __u64 *args)
{
	switch (call) {
	case 0:
		return true;
	case 1:
		return (uint32_t)args[0] >= 1 && (uint32_t)args[0] <= 3;
	case 2:
		return (uint32_t)args[2] != 0;
	default:
		return false;
	}
}

/* every call with every argument: not weaker than before, and not weaker than the floor; what both allow stays allowed
 */
static void compare(const char *config, bool wider_allowed)
{
	static const uint64_t values[] = {0, 1, 2, 3, 4, 0x100000000, 0x100000001, ~0ULL};
	const struct lkd_edit edit = everything();
	json_t *was = seccomp_of(config), *is;
	int n_before = oci_filter(was, before, LKD_N(before)), n_after;
	char *text = edited(config, &edit);

	is = seccomp_of(text);
	n_after = oci_filter(is, after, LKD_N(after));
	if (n_before < 0 || n_after <= 0)
		fail_msg("%s: %d, then %d: %s", config, n_before, n_after, text);
	for (size_t c = 0; c < LKD_N(asked); c++)
		for (size_t abi = 0; abi < ABIS; abi++)
			for (size_t i = 0; i < LKD_N(values) * LKD_N(values); i++) {
				const uint64_t a = values[i % LKD_N(values)], b = values[i / LKD_N(values)];
				const struct seccomp_data d = {
					.nr = asked[c].nr[abi], .arch = arch_of[abi], .args = {a, 1, b, 0, 0, 0}};
				const uint32_t x = n_before ? simulate(before, (size_t)n_before, &d)
							    : SECCOMP_RET_ALLOW,
					       y = simulate(after, (size_t)n_after, &d);
				const bool must = floor_refuses(c, d.args);

				if ((int32_t)y > (int32_t)(x | 0xffff))
					fail_msg("%s: %s(%#jx, 1, %#jx) abi %zu: %#x became %#x: %s", config,
						 asked[c].name, (uintmax_t)a, (uintmax_t)b, abi, x, y, text);
				if (must && (int32_t)y > (int32_t)(SECCOMP_RET_ERRNO | 0xffff))
					fail_msg("%s: %s(%#jx, 1, %#jx) abi %zu is let through: %#x: %s", config,
						 asked[c].name, (uintmax_t)a, (uintmax_t)b, abi, y, text);
				if (!must && !wider_allowed && y != x && !(c == 2 && (uint32_t)b == 0 && b))
					fail_msg("%s: %s(%#jx, 1, %#jx) abi %zu: %#x became %#x: %s", config,
						 asked[c].name, (uintmax_t)a, (uintmax_t)b, abi, x, y, text);
			}
	json_decref(was);
	json_decref(is);
	free(text);
}

#define PROFILE(action, rules)                                                                          \
	CONFIG(",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_" action "\",\"architectures\":[" \
	       "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"],\"syscalls\":[" rules "]}}")
#define RULE(names, action) "{\"names\":[" names "],\"action\":\"SCMP_ACT_" action "\"}"
#define RULE_IF(names, action, arg, value)                                                                          \
	"{\"names\":[" names "],\"action\":\"SCMP_ACT_" action "\",\"args\":[{\"index\":" #arg ",\"value\":" #value \
	",\"op\":\"SCMP_CMP_EQ\"}]}"
#define ALL "\"kexec_load\",\"iopl\",\"ioperm\",\"mount\""

static void test_profiles(void **state)
{
	(void)state;
	load_calls(0, LKD_SET_ALL);
	compare(CONFIG(""), false);
	compare(CONFIG(",\"linux\":{\"seccomp\":{}}"), false);
	compare(CONFIG(",\"linux\":{\"seccomp\":null}"), false);
	compare(CONFIG(",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\"}}"), false);
	compare(PROFILE("ALLOW", ""), false);
	compare(PROFILE("ALLOW", RULE(ALL, "ALLOW")), false);
	compare(PROFILE("ALLOW", RULE(ALL, "ERRNO")), false);
	compare(PROFILE("ALLOW", RULE(ALL, "KILL")), false);
	compare(PROFILE("LOG", ""), false);
	compare(PROFILE("ALLOW", RULE("\"kexec_load\"", "LOG")), false);
	/* killed for one argument becomes killed for all: stricter */
	compare(PROFILE("ALLOW", RULE_IF("\"kexec_load\"", "KILL", 0, 7)), true);
	/* profiles that refuse what they do not list */
	compare(PROFILE("ERRNO", RULE("\"mount\"", "ALLOW")), false);
	compare(PROFILE("ERRNO", RULE(ALL, "ALLOW")), true);
	compare(PROFILE("KILL", RULE(ALL, "ALLOW")), true);
	compare(PROFILE("ERRNO", RULE(ALL, "LOG")), true);
	compare(PROFILE("ERRNO", RULE(ALL, "ALLOW") "," RULE(ALL, "ERRNO")), true);
	compare(PROFILE("ERRNO", RULE(ALL, "TRAP") "," RULE(ALL, "ALLOW")), true);
	compare(PROFILE("ERRNO", RULE_IF("\"kexec_load\"", "ALLOW", 0, 7)), true);
	compare(PROFILE("ALLOW", RULE("\"iopl\",\"iopl\",\"ioperm\"", "ALLOW") "," RULE("\"iopl\"", "ALLOW")), false);
	/* an ABI that is not listed is killed, and stays so */
	compare(CONFIG(",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":"
		       "[\"SCMP_ARCH_X86_64\"],\"syscalls\":[]}}"),
		false);
}

/* what cannot be joined is said, not guessed */
static void test_conflicts(void **state)
{
	(void)state;
	load_calls(0, LKD_SET_ALL);
	refused(EOPNOTSUPP, PROFILE("ALLOW", RULE_IF("\"iopl\"", "KILL", 0, 7)));
	refused(EOPNOTSUPP, PROFILE("ERRNO", RULE_IF("\"iopl\"", "ALLOW", 0, 0)));
	refused(EOPNOTSUPP, PROFILE("ALLOW", RULE("\"iopl\"", "LOG")));
	refused(EOPNOTSUPP, CONFIG(",\"annotations\":{\"run.oci.seccomp_bpf_data\":\"AAAA\"}"));
	/* a filter that holds more than the floor: ioctl(2) cannot be both listed and refused in part */
	load_calls(LKD_SET_ALL, LKD_SET_ALL);
	refused(EOPNOTSUPP, PROFILE("ERRNO", RULE("\"ioctl\"", "ALLOW")));
	compare(PROFILE("ALLOW", ""), true);
	compare(PROFILE("ALLOW", RULE("\"ioctl\",\"bpf\"", "ALLOW")), true);
	compare(PROFILE("ERRNO", RULE("\"kexec_file_load\",\"init_module\"", "ALLOW")), true);
	load_calls(0, LKD_SET_ALL);
}

static size_t devices_of(const char *config)
{
	const struct lkd_edit edit = everything();
	char *text = edited(config, &edit);
	json_t *root = json_loads(text, 0, NULL);
	const size_t n = json_array_size(
		json_object_get(json_object_get(json_object_get(root, "linux"), "resources"), "devices"));

	json_decref(root);
	free(text);
	return n;
}

#define DEVICES(list) CONFIG(",\"linux\":{\"resources\":{\"devices\":[" list "]}}")
#define NONE	      "{\"allow\":false,\"access\":\"rwm\"}"

static void test_devices(void **state)
{
	(void)state;
	assert_int_equal(devices_of(CONFIG("")), 0);
	assert_int_equal(devices_of(DEVICES("{\"allow\":true}")), 4);
	assert_int_equal(devices_of(DEVICES(NONE)), 1);
	assert_int_equal(devices_of(DEVICES(NONE ",{\"allow\":true,\"type\":\"c\",\"access\":\"m\"}")), 2);
	assert_int_equal(devices_of(DEVICES(NONE ",{\"allow\":true,\"type\":\"b\",\"access\":\"rw\"}")), 2);
	assert_int_equal(
		devices_of(DEVICES(NONE ",{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":1,\"access\":\"r\"}")),
		3);
	assert_int_equal(devices_of(DEVICES(NONE ",{\"allow\":true,\"type\":\"c\",\"major\":202,\"access\":\"r\"}")),
			 2);
	assert_int_equal(devices_of(DEVICES(NONE ",{\"allow\":true,\"type\":\"c\",\"major\":202,\"minor\":0,"
						 "\"access\":\"rw\"}")),
			 3);
	/* allowed again after ours: refused again */
	assert_int_equal(
		devices_of(DEVICES("{\"allow\":true},{\"allow\":false,\"type\":\"c\",\"access\":\"rw\",\"major\":1,"
				   "\"minor\":1},{\"allow\":true}")),
		6);
}

static int setup(void **state)
{
	(void)state;
	load_calls(0, LKD_SET_ALL);
	return 0;
}

/* what the CRI hands over: everything that is not ours to edit stays, and each gets one cgroup namespace */
static void test_recorded(void **state)
{
	static const char *const files[] = {"sandbox",	       "privileged",	       "hostpid",     "hostnetwork-sandbox",
					    "hostnetwork", "unprivileged-sandbox", "unprivileged"};
	static const char *const kept[] = {"ociVersion", "process", "root", "mounts", "annotations"};
	const struct lkd_edit edit = everything();

	(void)state;
	for (size_t i = 0; i < LKD_N(files); i++) {
		char path[256], *text, *out;
		json_t *was, *is, *n;
		int cgroups = 0;
		size_t k;

		(void)snprintf(path, sizeof(path), SRCDIR "/tests/oci/%s.json", files[i]);
		was = json_load_file(path, 0, NULL);
		assert_non_null(was);
		text = json_dumps(was, 0);
		out = edited(text, &edit);
		is = json_loads(out, 0, NULL);
		for (k = 0; k < LKD_N(kept); k++)
			assert_true(json_equal(json_object_get(was, kept[k]), json_object_get(is, kept[k])));
		assert_int_equal(json_array_size(json_object_get(json_object_get(is, "hooks"), "createRuntime")), 1);
		json_array_foreach(json_object_get(json_object_get(is, "linux"), "namespaces"), k, n)
			cgroups += !strcmp(json_string_value(json_object_get(n, "type")), "cgroup");
		assert_int_equal(cgroups, 1);
		json_decref(was);
		json_decref(is);
		free(text);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),	 cmocka_unit_test(test_keeps),	   cmocka_unit_test(test_bad),
		cmocka_unit_test(test_profiles), cmocka_unit_test(test_conflicts), cmocka_unit_test(test_devices),
		cmocka_unit_test(test_recorded),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
