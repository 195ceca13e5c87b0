// SPDX-License-Identifier: BSD-2-Clause
/* Node policies: what a container is taken for, and which policies it gets. tests/unit/test_node_schema.py has the grammar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lockdown/policy.h>

#include "node.h"
#include "util.h"

#define CONTAINERD "/run/containerd/io.containerd.runtime.v2.task/k8s.io/abc"
#define POD(ns) "\"io.kubernetes.cri.sandbox-namespace\":\"" ns "\",\"io.kubernetes.cri.sandbox-name\":\"web-1\"," \
		"\"io.kubernetes.cri.container-name\":\"app\",\"io.kubernetes.cri.image-name\":\"r.example/app:1\""
#define ALL_DEVICES "\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},{\"allow\":true,\"access\":\"rwm\"}]}"
#define FEW_DEVICES "\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"rwm\"}]}"
#define CONFIG(annotations, linux_part) "{\"annotations\":{" annotations "},\"linux\":{" linux_part "}}"

static const char policy[] =
	"{\"cri\":\"containerd\",\"floor\":\"base\",\"privileged\":\"strict\",\"other\":\"unconfined\",\"rules\":["
	"{\"name\":\"free\",\"match\":{\"namespace\":[\"kube-*\",\"team\"]},\"policy\":\"unconfined\",\"exception\":\"system\"},"
	"{\"name\":\"first\",\"match\":{\"image\":[\"r.example/*\"],\"privileged\":true},\"policy\":\"gpu\"},"
	"{\"name\":\"second\",\"match\":{\"image\":[\"r.example/*\"]},\"policy\":\"web\"},"
	"{\"name\":\"pid\",\"match\":{\"host\":[\"pid\"],\"capabilities\":[\"SYS_PTRACE\"]},\"policy\":\"debug\"},"
	"{\"name\":\"dev\",\"match\":{\"devices\":[\"/dev/nvidia*\"]},\"policy\":\"gpu\"},"
	"{\"name\":\"handler\",\"match\":{\"handler\":[\"ci\"]},\"policy\":\"ci\"},"
	"{\"name\":\"note\",\"match\":{\"annotations\":{\"example.org/tier\":[\"b*\"]}},\"policy\":\"tier\"}],"
	"\"exceptions\":{\"namespaces\":[\"kube-*\"]},\"tighten\":[\"container-lockdown.policy\"],"
	"\"without-engine\":{\"unconfined-namespaces\":[\"kube-system\"]}}";

static void load(struct lkd_node *n, const char *text)
{
	struct lkd_err e = {0};

	if (lkd_node_parse(text, strlen(text), "node.json", n, &e))
		fail_msg("%s", e.msg);
}

/* "RULE: POLICY+POLICY", or the error */
static const char *choose(const struct lkd_node *n, const char *config, const char *bundle, const char *handler)
{
	static char out[512];
	json_auto_t *root = json_loads(config, 0, NULL);
	struct lkd_node_choice c;
	struct lkd_subject s;
	struct lkd_err e = {0};
	size_t len;
	int r;

	assert_non_null(root);
	r = lkd_node_subject(n, root, bundle, handler, &s, &e);
	if (!r)
		r = lkd_node_choose(n, &s, &c, &e);
	if (r < 0) {
		assert_int_equal(r, -EINVAL);
		(void)snprintf(out, sizeof(out), "%s", e.msg);
		lkd_subject_free(&s);
		return out;
	}
	len = (size_t)snprintf(out, sizeof(out), "%s%s:", c.rule ? c.rule : "-", c.may_go_without ? "?" : "");
	for (size_t i = 0; i < c.n; i++)
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%c%s", i ? '+' : ' ', c.policies[i]);
	if (c.passed_over)
		(void)snprintf(out + len, sizeof(out) - len, " not %s", c.passed_over);
	lkd_subject_free(&s);
	return out;
}

static void test_choices(void **state)
{
	static const struct {
		const char *config, *bundle, *handler, *want;
	} cases[] = {
		/* first match; a rule adds to the default, the floor to all */
		{CONFIG(POD("a"), ALL_DEVICES), CONTAINERD, NULL, "first: gpu+strict+base"},
		{CONFIG(POD("a"), FEW_DEVICES), CONTAINERD, NULL, "second: web+base"},
		{CONFIG("", FEW_DEVICES), CONTAINERD, NULL, "-: base"},
		{CONFIG("", ALL_DEVICES), "/b", NULL, "-: strict+base"},
		/* an exception takes the default's place, but the floor stays; only in its namespaces */
		{CONFIG(POD("kube-system"), ALL_DEVICES), CONTAINERD, NULL, "free?: base"},
		{CONFIG(POD("kube-x"), ALL_DEVICES), CONTAINERD, NULL, "free: base"},
		{CONFIG(POD("team"), ALL_DEVICES), CONTAINERD, NULL, "first: gpu+strict+base not free"},
		{CONFIG("", "\"devices\":[{\"path\":\"/dev/nvidia0\"}]," FEW_DEVICES), "/b", NULL, "dev: gpu+base"},
		{CONFIG("", FEW_DEVICES), "/b", "ci", "handler: ci+base"},
		{CONFIG("\"example.org/tier\":\"back\"", FEW_DEVICES), "/b", NULL, "note: tier+base"},
		{CONFIG("\"example.org/tier\":\"front\"", FEW_DEVICES), "/b", NULL, "-: base"},
		/* a container may tighten itself, never loosen */
		{CONFIG("\"container-lockdown.policy\":\"tight\"", ALL_DEVICES), "/b", NULL, "-: strict+base+tight"},
		{CONFIG("\"container-lockdown.policy\":\"strict\"", ALL_DEVICES), "/b", NULL, "-: strict+base"},
		{CONFIG("\"container-lockdown.policy\":\"unconfined\"", ALL_DEVICES), "/b", NULL,
		 "annotation container-lockdown.policy: 'unconfined' is not the name of a policy"},
		{CONFIG("\"container-lockdown.policy\":\"../x\"", ALL_DEVICES), "/b", NULL,
		 "annotation container-lockdown.policy: '../x' is not the name of a policy"},
		{CONFIG("\"container-lockdown.policy\":7", ALL_DEVICES), "/b", NULL,
		 "annotation container-lockdown.policy: no text of at most 4096 bytes without control characters"},
		{CONFIG("\"example.org/tier\":\"b\\u001b[2J\"", FEW_DEVICES), "/b", NULL,
		 "annotation example.org/tier: no text of at most 4096 bytes without control characters"},
		/* who claims to be a pod's and cannot be */
		{CONFIG(POD("kube-system"), ALL_DEVICES), "/run/containerd/io.containerd.runtime.v2.task/moby/abc", NULL,
		 "annotation io.kubernetes.cri.sandbox-namespace says that it is a pod's, and it was not started by containerd"},
		{CONFIG(POD("kube-system"), ALL_DEVICES), NULL, NULL,
		 "annotation io.kubernetes.cri.sandbox-namespace says that it is a pod's, and it was not started by containerd"},
		{CONFIG("\"io.kubernetes.pod.namespace\":\"kube-system\"", ALL_DEVICES), CONTAINERD, NULL,
		 "annotation io.kubernetes.pod.namespace says that it is a pod's, and it was not started by containerd"},
		{CONFIG(POD("a\\nb"), ALL_DEVICES), CONTAINERD, NULL,
		 "annotation io.kubernetes.cri.sandbox-namespace: no text of at most 4096 bytes without control characters"},
	};
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};

	(void)state;
	load(&n, policy);
	for (size_t i = 0; i < LKD_N(cases); i++)
		assert_string_equal(choose(&n, cases[i].config, cases[i].bundle, cases[i].handler), cases[i].want);
}

static void test_without_cri(void **state)
{
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};

	(void)state;
	load(&n, "{\"privileged\":\"a\",\"other\":\"b\"}");
	assert_string_equal(choose(&n, CONFIG("", ALL_DEVICES), NULL, NULL), "-: a");
	assert_non_null(strstr(choose(&n, CONFIG(POD("x"), ALL_DEVICES), CONTAINERD, NULL), "says that it is a pod's"));
}

/* "privileged" is what could do harm, however it came to it */
static void test_privileged(void **state)
{
	static const struct {
		const char *config;
		bool privileged;
	} cases[] = {
		{"{\"linux\":{" ALL_DEVICES "}}", true},
		{"{\"linux\":{" FEW_DEVICES "}}", false},
		{"{\"linux\":{}}", true}, /* no device rules at all */
		{"{}", true},
		{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":true,\"type\":\"a\",\"access\":\"rwm\"}]}}}", true},
		{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":true,\"type\":\"c\",\"access\":\"rw\"}]}}}", true},
		{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":true,\"type\":\"c\",\"access\":\"m\"}]}}}", false},
		{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":true,\"major\":-1,\"access\":\"rwm\"}]}}}", true},
		{"{\"linux\":{\"resources\":{\"devices\":[{\"allow\":true},{\"allow\":false}]}}}", false},
		{"{\"process\":{\"capabilities\":{\"bounding\":[\"CAP_CHOWN\"]}},\"linux\":{" FEW_DEVICES "}}", false},
		{"{\"process\":{\"capabilities\":{\"bounding\":[\"CAP_CHOWN\",\"CAP_SYS_RAWIO\"]}},\"linux\":{" FEW_DEVICES "}}", true},
		{"{\"process\":{\"capabilities\":{\"bounding\":[\"CAP_BPF\"]}},\"linux\":{" FEW_DEVICES "}}", true},
	};
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};

	(void)state;
	load(&n, "{\"privileged\":\"a\",\"other\":\"b\"}");
	for (size_t i = 0; i < LKD_N(cases); i++)
		assert_string_equal(choose(&n, cases[i].config, NULL, NULL), cases[i].privileged ? "-: a" : "-: b");
}

static void test_host_namespaces(void **state)
{
	static const struct {
		const char *config;
		bool pid;
	} cases[] = {
		{"{\"linux\":{" FEW_DEVICES "}}", true},
		{"{\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]," FEW_DEVICES "}}", true},
		{"{\"linux\":{\"namespaces\":[{\"type\":\"pid\"}]," FEW_DEVICES "}}", false},
		{"{\"linux\":{\"namespaces\":[{\"type\":\"pid\",\"path\":\"/proc/self/ns/pid\"}]," FEW_DEVICES "}}", true},
		{"{\"linux\":{\"namespaces\":[{\"type\":\"pid\",\"path\":\"/proc/self/ns/mnt\"}]," FEW_DEVICES "}}", false},
	};
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};

	(void)state;
	load(&n, "{\"privileged\":\"a\",\"other\":\"b\",\"rules\":[{\"name\":\"r\",\"match\":{\"host\":[\"pid\"]},\"policy\":\"p\"}]}");
	for (size_t i = 0; i < LKD_N(cases); i++)
		assert_string_equal(choose(&n, cases[i].config, NULL, NULL), cases[i].pid ? "r: p+b" : "-: b");
}

static void test_crio(void **state)
{
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};

	(void)state;
	load(&n, "{\"cri\":\"crio\",\"privileged\":\"a\",\"other\":\"b\",\"rules\":["
		 "{\"name\":\"r\",\"match\":{\"namespace\":[\"n\"],\"pod\":[\"p\"],\"labels\":{\"app\":[\"w*\"]}},\"policy\":\"c\"}]}");
	assert_string_equal(choose(&n, CONFIG("\"io.kubernetes.pod.namespace\":\"n\",\"io.kubernetes.pod.name\":\"p\","
					      "\"io.kubernetes.cri-o.Labels\":\"{\\\"app\\\":\\\"web\\\"}\"", FEW_DEVICES), "/b", NULL),
			    "r: c+b");
	assert_string_equal(choose(&n, CONFIG("\"io.kubernetes.pod.namespace\":\"n\",\"io.kubernetes.pod.name\":\"p\","
					      "\"io.kubernetes.cri-o.Labels\":\"{broken\"", FEW_DEVICES), "/b", NULL),
			    "-: b");
	/* a pod's own annotations reach the config under CRI-O: containerd's names are a lie there */
	assert_non_null(strstr(choose(&n, CONFIG(POD("n"), FEW_DEVICES), CONTAINERD, NULL), "was not started by crio"));
}

/* what containerd hands over: tests/oci */
static void test_recorded(void **state)
{
	static const struct {
		const char *file, *want;
	} cases[] = {
		{"privileged", "first: web+strict+base"},
		{"hostpid", "pid: debug+strict+base"},
		{"hostnetwork", "-: strict+base"},
		{"unprivileged", "-: base"},
		{"sandbox", "box: box+base"},
	};
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};

	(void)state;
	load(&n, "{\"cri\":\"containerd\",\"floor\":\"base\",\"privileged\":\"strict\",\"other\":\"unconfined\",\"rules\":["
		 "{\"name\":\"box\",\"match\":{\"sandbox\":true},\"policy\":\"box\"},"
		 "{\"name\":\"first\",\"match\":{\"namespace\":[\"default\"],\"pod\":[\"privileged\"],\"container\":[\"c\"],"
		 "\"image\":[\"docker.io/library/*\"],\"privileged\":true},\"policy\":\"web\"},"
		 "{\"name\":\"pid\",\"match\":{\"host\":[\"pid\"]},\"policy\":\"debug\"}]}");
	for (size_t i = 0; i < LKD_N(cases); i++) {
		lkd_autofree char *text = NULL;
		char path[256];
		json_t *config;

		(void)snprintf(path, sizeof(path), SRCDIR "/tests/oci/%s.json", cases[i].file);
		config = json_load_file(path, 0, NULL);
		assert_non_null(config);
		text = json_dumps(config, 0);
		json_decref(config);
		/* the sandbox's process, which was in the host's pid namespace, where that is in the path */
		for (char *at = text; (at = strstr(at, "/proc/4242/ns/pid"));)
			memcpy(at, "/proc/self/", strlen("/proc/self/"));
		if (strcmp(choose(&n, text, CONTAINERD, NULL), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].file, choose(&n, text, CONTAINERD, NULL));
	}
}

static void test_positions(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", "node.json:1:1: empty; expected a JSON object"},
		{"{\"privileged\":\"a\"}", "node.json:1:1: key 'other' is missing; expected the name of a policy, or 'unconfined'"},
		{"{\n \"privileged\": \"a\",\n \"other\": \"b\",\n \"rules\": [{\"name\": \"x\", \"match\": {\"podd\": [\"a\"]}}]\n}",
		 "node.json:4:36: key 'rules'[0].'match': unknown key 'podd'; did you mean 'pod'?"},
		{"{\"privileged\":\"a\",\"other\":\"b\",\"rules\":[{\"name\":\"x\",\"match\":{},\"policy\":\"unconfined\"}]}",
		 "node.json:1:40: key 'rules'[0]: only a rule with 'exception' can leave a container unconfined"},
		{"{\"privileged\":\"a\",\"other\":\"b\",\"floor\":\"unconfined\"}",
		 "node.json:1:39: key 'floor': expected the name of a policy, found 'unconfined'"},
		{"{\"privileged\":\"a\",\"other\":\"b\",\"catch-all\":{\"exempt-cgroups\":[\"user.slice\"]}}",
		 "node.json:1:62: key 'catch-all'.'exempt-cgroups'[0]: expected the path of a cgroup below its mount, such as "
		 "'/system.slice/x.service'"},
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		struct lkd_node n;
		struct lkd_err e = {0};

		assert_int_equal(lkd_node_parse(cases[i].text, strlen(cases[i].text), "node.json", &n, &e), -EINVAL);
		assert_string_equal(e.msg, cases[i].want);
	}
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && !fclose(f) && !chmod(path, mode));
}

static void test_files(void **state)
{
	char path[] = "/tmp/lkd-test-node-XXXXXX", missing[64];
	const int fd = mkstemp(path);
	struct lkd_node n;
	struct lkd_err e = {0};

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	(void)snprintf(missing, sizeof(missing), "%s.none", path);
	assert_int_equal(lkd_node_load(missing, &n, &e), -ENOENT);
	assert_int_equal(lkd_node_load("/", &n, &e), -EINVAL);
	write_file(path, "{\"privileged\":\"a\",\"other\":\"b\"}", 0644);
	assert_int_equal(lkd_node_load(path, &n, &e), 0);
	lkd_node_free(&n);
	write_file(path, "{\"privileged\":\"a\",\"other\":\"b\"}", 0666);
	assert_int_equal(lkd_node_load(path, &n, &e), -EACCES);
	write_file(path, "", 0644);
	assert_int_equal(lkd_node_load(path, &n, &e), -EINVAL);
	(void)unlink(path);
}

static void heard(void *arg, const char *line)
{
	char *all = arg;

	(void)snprintf(all + strlen(all), 4096 - strlen(all), "%s\n", line);
}

static void test_lint(void **state)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{"{\"privileged\":\"nonesuch\",\"other\":\"integrity\"}", "error: policy 'nonesuch': no policy"},
		{"{\"privileged\":\"unconfined\",\"other\":\"integrity\"}", "warning: privileged containers are unconfined"},
		{"{\"privileged\":\"unconfined\",\"other\":\"integrity\",\"catch-all\":true}", "error: 'catch-all'"},
		{"{\"privileged\":\"confidentiality\",\"other\":\"integrity\",\"rules\":[{\"name\":\"x\",\"match\":{},\"policy\":\"integrity\"}]}",
		 "warning: rule 'x': policy 'integrity' lets through"},
		{"{\"privileged\":\"integrity\",\"other\":\"integrity\",\"rules\":[{\"name\":\"x\",\"match\":{\"pod\":[\"y\"]},\"policy\":\"integrity\"}]}",
		 "error: rule 'x' asks for what only a CRI tells"},
		{"{\"cri\":\"containerd\",\"privileged\":\"integrity\",\"other\":\"integrity\",\"rules\":[{\"name\":\"x\",\"match\":{},"
		 "\"policy\":\"unconfined\",\"exception\":\"y\"}]}",
		 "error: rule 'x' is an exception, and \"exceptions\" names no namespace"},
		{"{\"privileged\":\"integrity\",\"other\":\"integrity\",\"rules\":[{\"name\":\"x\",\"match\":{},\"policy\":\"integrity\"},"
		 "{\"name\":\"y\",\"match\":{},\"policy\":\"integrity\"}]}",
		 "warning: rule 'y' is never reached"},
	};

	(void)state;
	assert_int_equal(setenv("LOCKDOWN_POLICY_DIR", SRCDIR "/policies", 1), 0);
	for (size_t i = 0; i < LKD_N(cases); i++) {
		lkd_cleanup(lkd_node_free) struct lkd_node n = {0};
		char all[4096] = "";

		load(&n, cases[i].text);
		assert_true(lkd_node_lint(&n, heard, all) > 0);
		if (!strstr(all, cases[i].part))
			fail_msg("'%s' is not in '%s'", cases[i].part, all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices),	  cmocka_unit_test(test_without_cri),	  cmocka_unit_test(test_privileged),
		cmocka_unit_test(test_host_namespaces), cmocka_unit_test(test_crio), cmocka_unit_test(test_positions),
		cmocka_unit_test(test_files),	  cmocka_unit_test(test_recorded),	  cmocka_unit_test(test_lint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
