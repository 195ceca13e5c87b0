// SPDX-License-Identifier: BSD-2-Clause
/* Node policies: "POLICY NUL CONFIG". What is chosen only ever tightens, whatever a config says. */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "node.h"
#include "util.h"

static const char fallback[] =
	"{\"cri\":\"containerd\",\"floor\":\"f\",\"privileged\":\"p\",\"other\":\"o\",\"rules\":["
	"{\"name\":\"a\",\"match\":{\"namespace\":[\"*\"],\"annotations\":{\"a\":[\"*b*\"]}},\"policy\":\"unconfined\",\"exception\":\"x\"},"
	"{\"name\":\"b\",\"match\":{\"devices\":[\"/dev/n*\"],\"capabilities\":[\"BPF\"],\"host\":[\"pid\",\"user\"]},\"policy\":\"r\"}],"
	"\"exceptions\":{\"namespaces\":[\"kube-*\"]},\"tighten\":[\"container-lockdown.policy\"]}";

static bool is_in(const struct lkd_node_choice *c, const char *policy)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->policies[i], policy))
			return true;
	return false;
}

static void check(const struct lkd_node *n, const struct lkd_subject *s, const struct lkd_node_choice *c)
{
	const char *usual = s->privileged ? n->privileged : n->other;

	assert(c->n <= LKD_NODE_POLICIES_MAX && !is_in(c, LKD_NODE_UNCONFINED));
	assert(!n->floor || is_in(c, n->floor));
	assert(c->exception || !strcmp(usual, LKD_NODE_UNCONFINED) || is_in(c, usual));
	assert(!c->exception || (s->namespace && n->exception_namespaces));
	assert(!c->may_go_without || s->namespace);
	assert(!s->namespace || n->cri);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *nul = size ? memchr(text, '\0', size) : NULL;
	const size_t len = nul ? (size_t)(nul - text) : size;
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};
	json_auto_t *config = nul ? json_loadb(nul + 1, size - len - 1, 0, NULL) : NULL;
	struct lkd_node_choice c;
	struct lkd_subject s;
	struct lkd_err e = {0};
	int r = lkd_node_parse(text, len, "node.json", &n, &e);

	assert(!r || (r == -EINVAL && e.msg[0]) || r == -ENOMEM || r == -E2BIG);
	if (r < 0 && lkd_node_parse(fallback, sizeof(fallback) - 1, "node.json", &n, NULL) < 0)
		return 0;
	if (!config || lkd_node_subject(&n, config, "/run/k8s.io/x", "h", &s, &e) < 0)
		return 0;
	if (!lkd_node_choose(&n, &s, &c, &e))
		check(&n, &s, &c);
	lkd_subject_free(&s);
	return 0;
}
