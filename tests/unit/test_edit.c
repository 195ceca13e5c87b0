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

/* ---- the first process ------------------------------------------------ */

#define INSIDE	 LKD_INSIDES_DIR "/1-2"
#define WORDS	 "\"" LKD_IN_CONTAINER "/exec\",\"--in-container\","
#define AS_INIT	 WORDS "\"--\","
#define BESIDE	 WORDS "\"--no-init\",\"--\","
#define MOUNT(to, from, options)                                                                                     \
	"{\"destination\":\"" LKD_IN_CONTAINER to "\",\"type\":\"bind\",\"source\":\"" from "\",\"options\":[\"bind\"," \
	options "]}"
#define MOUNTS(inside)                                                                   \
	MOUNT("", inside, "\"ro\",\"nosuid\",\"nodev\",\"noexec\"") ","                \
	MOUNT("/exec", "/usr/bin/lockdown-exec", "\"ro\",\"nosuid\",\"nodev\"") ","    \
	MOUNT("/events", inside "/events", "\"rw\",\"nosuid\",\"nodev\",\"noexec\"")

static struct lkd_edit first(void)
{
	return (struct lkd_edit){.inside = INSIDE, .exec = "/usr/bin/lockdown-exec"};
}

/* what a config becomes, if it is to be so and if not */
static const struct {
	const char *was, *is, *back;
} firsts[] = {
	{CONFIG(",\"process\":{\"args\":[\"sh\",\"-c\",\"x\"],\"cwd\":\"/\"},\"linux\":{}"),
	 CONFIG(",\"process\":{\"args\":[" AS_INIT "\"sh\",\"-c\",\"x\"],\"cwd\":\"/\"},\"linux\":{},\"mounts\":[" MOUNTS(INSIDE) "]"),
	 CONFIG(",\"process\":{\"args\":[\"sh\",\"-c\",\"x\"],\"cwd\":\"/\"},\"linux\":{},\"mounts\":[]")},
	/* who has to be PID 1 is */
	{CONFIG(",\"process\":{\"args\":[\"/sbin/init\"]},\"mounts\":[],\"linux\":{}"),
	 CONFIG(",\"process\":{\"args\":[" BESIDE "\"/sbin/init\"]},\"mounts\":[" MOUNTS(INSIDE) "],\"linux\":{}"), NULL},
	/* another user's, whom lockdown-exec becomes; the group is as it was */
	{CONFIG(",\"process\":{\"args\":[\"sh\"],\"user\":{\"uid\":7,\"gid\":8},\"env\":[\"HOME=/x\"]},\"linux\":{}"),
	 CONFIG(",\"process\":{\"args\":[" WORDS "\"--as=7\",\"--\",\"sh\"],\"user\":{\"uid\":0,\"gid\":8},\"env\":[\"HOME=/x\"]},"
		"\"linux\":{},\"mounts\":[" MOUNTS(INSIDE) "]"),
	 CONFIG(",\"process\":{\"args\":[\"sh\"],\"user\":{\"uid\":7,\"gid\":8},\"env\":[\"HOME=/x\"]},\"linux\":{},\"mounts\":[]")},
	{CONFIG(",\"process\":{\"args\":[" WORDS "\"--as=7\",\"--\",\"init\"],\"user\":{\"uid\":9}},\"mounts\":[],\"linux\":{}"),
	 CONFIG(",\"process\":{\"args\":[" WORDS "\"--no-init\",\"--as=9\",\"--home\",\"--\",\"init\"],\"user\":{\"uid\":0}},\"mounts\":["
		MOUNTS(INSIDE) "],\"linux\":{}"), NULL},
	/* of another bundle, and not the last any more */
	{CONFIG(",\"process\":{\"args\":[" AS_INIT "\"systemd\"]},\"mounts\":[" MOUNTS(LKD_INSIDES_DIR "/3-4") ",{\"destination\":\"/\"}]"
		",\"linux\":{}"),
	 CONFIG(",\"process\":{\"args\":[" BESIDE "\"systemd\"]},\"mounts\":[{\"destination\":\"/\"}," MOUNTS(INSIDE) "],\"linux\":{}"),
	 NULL},
	/* somebody else's words and mounts, which only look like ours: they stay, below ours */
	{CONFIG(",\"process\":{\"args\":[" WORDS "\"--plan\",\"/p\",\"--\",\"sh\"]},\"mounts\":["
		MOUNT("", "/evil", "\"ro\"") "," MOUNT("/exec", "/evil/exec", "\"ro\"") "],\"linux\":{}"),
	 CONFIG(",\"process\":{\"args\":[" AS_INIT WORDS "\"--plan\",\"/p\",\"--\",\"sh\"]},\"mounts\":["
		MOUNT("", "/evil", "\"ro\"") "," MOUNT("/exec", "/evil/exec", "\"ro\"") "," MOUNTS(INSIDE) "],\"linux\":{}"),
	 CONFIG(",\"process\":{\"args\":[" WORDS "\"--plan\",\"/p\",\"--\",\"sh\"]},\"mounts\":["
		MOUNT("", "/evil", "\"ro\"") "," MOUNT("/exec", "/evil/exec", "\"ro\"") "],\"linux\":{}")},
};

static void test_first(void **state)
{
	const struct lkd_edit yes = first(), no = {0};

	(void)state;
	for (size_t i = 0; i < LKD_N(firsts); i++) {
		char *is = edited(firsts[i].was, &yes), *back = edited(is, &no);

		assert_string_equal(is, firsts[i].is);
		if (firsts[i].back)
			assert_string_equal(back, firsts[i].back);
		assert_null(strstr(back, INSIDE));
		free(is);
		free(back);
	}
}

static void test_first_bad(void **state)
{
	static const char *const bad[] = {
		CONFIG(""),
		CONFIG(",\"process\":{\"args\":1}"),
		CONFIG(",\"process\":[]"),
		CONFIG(",\"process\":{\"args\":[\"a\"],\"user\":{\"uid\":\"0\"}}"),
		CONFIG(",\"process\":{\"args\":[\"a\"],\"user\":{\"uid\":-1}}"),
		CONFIG(",\"process\":{\"args\":[\"a\"],\"user\":{\"uid\":4294967295}}"),
		CONFIG(",\"process\":{\"args\":[\"a\"],\"user\":{\"uid\":4294967296}}"),
		CONFIG(",\"process\":{\"args\":[\"a\"],\"user\":{\"uid\":0,\"Uid\":1}}"),
		CONFIG(",\"process\":{\"args\":[\"a\"],\"Args\":[\"b\"]}"),
		CONFIG(",\"process\":{\"args\":[\"a\"]},\"Process\":{\"args\":[\"b\"]}"),
		CONFIG(",\"process\":{\"args\":[\"a\"]},\"mount\xc5\xbf\":[]"),
		CONFIG(",\"process\":{\"args\":[\"a\"]},\"mounts\":{}"),
	};
	const struct lkd_edit edit = first();
	char *out;
	bool changed;

	(void)state;
	for (size_t i = 0; i < LKD_N(bad); i++)
		if (edit_text(bad[i], &edit, &out, &changed) != -EINVAL)
			fail_msg("%s", bad[i]);
}

#define ADMIN	"\"capabilities\":{\"effective\":[\"CAP_SYS_ADMIN\"],\"bounding\":[\"CAP_KILL\",\"CAP_SYS_ADMIN\"]}"
#define CAPS	"[\"CAP_KILL\",\"CAP_SYS_ADMIN\",\"CAP_SETUID\",\"CAP_SYS_PTRACE\"]"
#define BOUNDING "\"capabilities\":{\"bounding\":" CAPS "}"
#define ARGS	"\"args\":[\"x\"]"
#define ROOT	",\"root\":{\"path\":\"r\"}"
#define LINUX	",\"linux\":{\"namespaces\":[{\"type\":\"pid\",\"path\":\"/x\"},{\"type\":\"mount\"}]}"
#define MAPS(uid, gid) \
	",\"linux\":{\"namespaces\":[{\"type\":\"user\"},{\"type\":\"mount\"}],\"uidMappings\":[{\"containerID\":" uid \
	",\"hostID\":100000,\"size\":9}],\"gidMappings\":[{\"containerID\":" gid ",\"hostID\":100000,\"size\":9}]}"
#define PROCESS(p) ",\"process\":{" p "}"

static const struct {
	const char *config, *why; /* NULL: it can */
} fits[] = {
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT LINUX), NULL},
	{CONFIG(PROCESS(ARGS "," ADMIN ",\"user\":{\"uid\":0}") ROOT LINUX), NULL},
	{CONFIG(PROCESS(ARGS "," ADMIN ",\"noNewPrivileges\":true") ROOT LINUX), NULL},
	{CONFIG(PROCESS(ARGS "," ADMIN ",\"user\":{\"uid\":1}") ROOT LINUX), "not root"},
	{CONFIG(PROCESS(ARGS "," BOUNDING ",\"user\":{\"uid\":1}") ROOT LINUX), NULL},
	{CONFIG(PROCESS(ARGS "," BOUNDING ",\"user\":{\"uid\":1},\"noNewPrivileges\":true") ROOT LINUX), "root with"},
	{CONFIG(PROCESS(ARGS ",\"capabilities\":{\"effective\":[\"CAP_SYS_ADMIN\",\"CAP_KILL\",\"CAP_SETUID\"],\"bounding\":" CAPS
		"},\"user\":{\"uid\":1},\"noNewPrivileges\":true") ROOT LINUX), "another user's"},
	{CONFIG(PROCESS(ARGS ",\"capabilities\":{\"effective\":" CAPS ",\"bounding\":" CAPS "},\"user\":{\"uid\":1},"
		"\"noNewPrivileges\":true") ROOT LINUX), NULL},
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT MAPS("0", "0")), NULL},
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT MAPS("1000", "0")), "no root"},
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT MAPS("0", "1")), "no root"},
	{CONFIG(PROCESS("\"args\":[" WORDS "\"--as=1\",\"--\",\"x\"]," BOUNDING ",\"user\":{\"uid\":0}") ROOT LINUX), NULL},
	{CONFIG(PROCESS(ARGS "," BOUNDING) ROOT LINUX), "root with"},
	{CONFIG(PROCESS(ARGS) ROOT LINUX), "root with"},
	{CONFIG(PROCESS(ARGS ",\"capabilities\":{\"effective\":[\"CAP_SYS_ADMIN\"]}") ROOT LINUX), "root with"},
	{CONFIG(PROCESS("\"args\":[]," ADMIN) ROOT LINUX), "no command"},
	{CONFIG(PROCESS("\"args\":[" WORDS "\"--\"]," ADMIN) ROOT LINUX), "no command"},
	{CONFIG(PROCESS("\"args\":[1]," ADMIN) ROOT LINUX), "no command"},
	{CONFIG(ROOT LINUX), "no command"},
	{CONFIG(PROCESS(ARGS "," ADMIN) LINUX), "mount namespace"},
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT), "mount namespace"},
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT ",\"linux\":{\"namespaces\":[{\"type\":\"mount\",\"path\":\"/x\"}]}"), "mount namespace"},
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT ",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\"},\"namespaces\":"
		"[{\"type\":\"mount\"}]}"), "profile"},
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT ",\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\"},\"namespaces\":"
		"[{\"type\":\"mount\"}]}"), NULL},
	{CONFIG(PROCESS(ARGS "," ADMIN) ROOT LINUX ",\"annotations\":{\"run.oci.handler\":\"krun\"}"), "handler"},
};

static void test_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < LKD_N(fits); i++) {
		struct lkd_oci oci;
		const char *why;

		assert_int_equal(lkd_oci_parse(fits[i].config, strlen(fits[i].config), &oci, NULL), 0);
		why = lkd_oci_unfit(&oci);
		if (!why != !fits[i].why || (why && !strstr(why, fits[i].why)))
			fail_msg("%s: %s", fits[i].config, why ? why : "it can");
		lkd_oci_free(&oci);
	}
}

static void test_owner(void **state)
{
	static const struct {
		const char *config;
		long long owner;
	} owners[] = {
		{CONFIG(""), 0},
		{CONFIG(PROCESS("\"user\":{\"uid\":7}")), 0},
		{CONFIG(PROCESS("\"user\":{\"uid\":7}") ",\"linux\":{\"uidMappings\":[{\"containerID\":5,\"hostID\":200000,\"size\":10},"
			"{\"containerID\":0,\"hostID\":100000,\"size\":5}]}"), 100000},
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(owners); i++) {
		struct lkd_oci oci;

		assert_int_equal(lkd_oci_parse(owners[i].config, strlen(owners[i].config), &oci, NULL), 0);
		assert_int_equal(lkd_oci_owner(&oci), owners[i].owner);
		lkd_oci_free(&oci);
	}
}

static void test_later(void **state)
{
	static const struct {
		const char *was, *is; /* NULL: refused */
	} rows[] = {
		{"{\"args\":[\"a\",\"b\"],\"x\":18446744073709551615}", "{\"args\":[" BESIDE "\"a\",\"b\"],\"x\":18446744073709551615}"},
		{"{\"args\":[" BESIDE "\"a\"]}", "{\"args\":[" BESIDE "\"a\"]}"},
		{"{\"user\":{\"uid\":5,\"gid\":6,\"umask\":7},\"args\":[\"a\"]}",
		 "{\"user\":{\"uid\":0,\"gid\":6,\"umask\":7},\"args\":[" WORDS "\"--no-init\",\"--as=5\",\"--home\",\"--\",\"a\"]}"},
		{"{\"user\":{\"uid\":0},\"args\":[" WORDS "\"--no-init\",\"--as=5\",\"--\",\"a\"],\"env\":[\"HOME=\"]}",
		 "{\"user\":{\"uid\":0},\"args\":[" WORDS "\"--no-init\",\"--as=5\",\"--\",\"a\"],\"env\":[\"HOME=\"]}"},
		/* no user, and no words of ours */
		{"{\"args\":[" WORDS "\"--as=0\",\"--\",\"a\"]}", "{\"args\":[" BESIDE WORDS "\"--as=0\",\"--\",\"a\"]}"},
		{"{\"args\":[" WORDS "\"--home\",\"--\",\"a\"]}", "{\"args\":[" BESIDE WORDS "\"--home\",\"--\",\"a\"]}"},
		{"{\"args\":[" AS_INIT "\"a\"]}", "{\"args\":[" BESIDE "\"a\"]}"},
		{"{\"args\":[" WORDS "\"a\"]}", "{\"args\":[" BESIDE WORDS "\"a\"]}"},
		{"{\"args\":[\"init\"]}", "{\"args\":[" BESIDE "\"init\"]}"},
		{"{\"args\":[\"a\"],\"ARGS\":[\"b\"]}", NULL},
		{"{\"args\":\"a\"}", NULL},
		{"{\"args\":[]}", NULL},
		{"{}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(rows); i++) {
		struct lkd_oci oci;
		char *text = NULL;
		size_t len;
		int r;

		assert_int_equal(lkd_oci_parse(rows[i].was, strlen(rows[i].was), &oci, NULL), 0);
		r = lkd_oci_edit_process(&oci, NULL);
		if ((r < 0) != !rows[i].is)
			fail_msg("%s: %d", rows[i].was, r);
		if (rows[i].is) {
			assert_int_equal(lkd_oci_print(&oci, &text, &len, NULL), 0);
			assert_string_equal(text, rows[i].is);
		}
		free(text);
		lkd_oci_free(&oci);
	}
}

/*
 * Below lockdown-exec, the filter of the config is that of the plan, but for
 * what the plan's asks about, which nobody could ask about any more below a
 * refusal; and never more than that, or the first process would not even start.
 */
static void test_below(void **state)
{
	static const uint64_t values[] = {0, 1, 2, 3, 5, 6, 16, 0x541f, 0x4b34, 0x4b36, 0xc02063a1, 0x20000};
	static struct lkd_facts facts;
	static struct lkd_policy policy;
	static struct lkd_plan plan;
	unsigned asks = 0, refused_by_both = 0;

	(void)state;
	assert_int_equal(lkd_facts_load(SRCDIR "/tests/facts/no-btf.json", &facts, NULL), 0);
	for (int level = LKD_LEVEL_INTEGRITY; level <= LKD_LEVEL_CONFIDENTIALITY; level++) {
		struct lkd_edit edit = first();
		json_t *seccomp;
		char *text;
		int n;

		lkd_policy_init(&policy, (enum lkd_level)level);
		assert_int_equal(lkd_plan_make(&policy, &facts, LKD_ENGINE_BROKER, &plan, NULL), 0);
		assert_true(plan.holds_files && plan.broker);
		edit.calls = plan.calls;
		edit.n_calls = plan.n_calls;
		text = edited(CONFIG(PROCESS(ARGS)), &edit);
		seccomp = seccomp_of(text);
		n = oci_filter(seccomp, after, LKD_N(after));
		assert_true(n > 0);
		for (unsigned i = 0; i < 3 * 480 * LKD_N(values) * LKD_N(values); i++) {
			const unsigned abi = i % 3, nr = i / 3 % 480;
			const uint64_t a = values[i / 1440 % LKD_N(values)], b = values[i / 1440 / LKD_N(values)];
			const struct seccomp_data d = {.nr = (int)(nr | (abi == 1 ? 0x40000000u : 0)), .arch = arch_of[abi],
						       .args = {a, b, b, 1, a, 0}};
			const uint32_t by_plan = simulate(plan.filter, plan.n_filter, &d),
				       by_config = simulate(after, (size_t)n, &d);

			asks += by_plan == SECCOMP_RET_USER_NOTIF;
			refused_by_both += by_config != SECCOMP_RET_ALLOW;
			if (nr == (abi == 2 ? 101 : 173)) /* ioperm(2) with a bad range: EPERM, not EINVAL, by a config */
				continue;
			/* the other way round there are changes of mounts, which lockdown-exec has to make first */
			if (by_config != SECCOMP_RET_ALLOW && (by_plan & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO)
				fail_msg("call %u of abi %u (%#jx, %#jx): %#x by the config, %#x by the plan", nr, abi,
					 (uintmax_t)a, (uintmax_t)b, by_config, by_plan);
		}
		json_decref(seccomp);
		free(text);
	}
	assert_true(asks > 500 && refused_by_both > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first),	 cmocka_unit_test(test_first_bad), cmocka_unit_test(test_fits),
		cmocka_unit_test(test_owner),	 cmocka_unit_test(test_later),	   cmocka_unit_test(test_below),
		cmocka_unit_test(test_new),	 cmocka_unit_test(test_keeps),	   cmocka_unit_test(test_bad),
		cmocka_unit_test(test_profiles), cmocka_unit_test(test_conflicts), cmocka_unit_test(test_devices),
		cmocka_unit_test(test_recorded),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
