// SPDX-License-Identifier: BSD-2-Clause
/* node: the policy of a node */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "ctl.h"
#include "node.h"
#include "util.h"

/* ---- lint ------------------------------------------------------------- */

static void finding(void *arg, const char *line)
{
	unsigned *errors = arg;

	(void)puts(line);
	*errors += !strncmp(line, "error", 5);
}

static int node_lint(int argc, char **argv)
{
	lkd_cleanup(lkd_node_free) struct lkd_node n = {0};
	struct lkd_err e = {};
	struct options o;
	unsigned errors = 0;
	const char *file;
	int at = parse_options(argc, argv, 0, 0, 1, &o);

	if (at < 0)
		return CTL_USAGE;
	file = argv[at] ? argv[at] : LKD_NODE_FILE;
	if (lkd_node_load(file, &n, &e) < 0)
		return report(CTL_FAILED, &e);
	if (!lkd_node_lint(&n, finding, &errors))
		(void)printf("%s: ok: %zu rules\n", file, json_array_size(n.rules));
	return errors ? CTL_NO : CTL_OK;
}

/* ---- off, on ---------------------------------------------------------- */

/* root's own words; one line in the journal and in the file */
static bool one_line(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static int node_off(int argc, char **argv)
{
	struct lkd_err e = {};
	struct options o;
	int r;

	if (parse_options(argc, argv, TAKES_OFF, 0, 0, &o) < 0)
		return CTL_USAGE;
	if (!o.seconds || !o.why || !*o.why)
		return usage_error("node off: --for TIME (such as 10m) and --why TEXT");
	if (o.seconds > LKD_NODE_OFF_MAX)
		return usage_error("node off: at most %d hours", LKD_NODE_OFF_MAX / 3600);
	if (!one_line(o.why) || strlen(o.why) > 256)
		return usage_error("node off: --why is one line of at most 256 bytes");
	r = lkd_node_turn_off(o.seconds, o.why);
	if (!r)
		r = node_apply_off(o.seconds);
	if (r < 0)
		return report(CTL_FAILED, (lkd_err_set(&e, -r, "turn the node off"), &e));
	openlog("lockdownctl", LOG_PID, LOG_DAEMON);
	syslog(LOG_WARNING, "the node is off for %u seconds: new containers are not confined: %s", o.seconds, o.why);
	(void)printf("for %u seconds new containers start unconfined; those that run stay as they are; "
		     "end it earlier: lockdownctl node on\n",
		     o.seconds);
	return CTL_OK;
}

static int node_on(int argc, char **argv)
{
	struct lkd_err e = {};
	struct options o;
	int r;

	if (parse_options(argc, argv, 0, 0, 0, &o) < 0)
		return CTL_USAGE;
	r = lkd_node_turn_on();
	if (!r || r == -ENOENT)
		r = node_apply_off(0) ?: r;
	if (r < 0 && r != -ENOENT)
		return report(CTL_FAILED, (lkd_err_set(&e, -r, "turn the node on"), &e));
	if (r == -ENOENT) {
		(void)puts("the node was not off");
		return CTL_OK;
	}
	openlog("lockdownctl", LOG_PID, LOG_DAEMON);
	syslog(LOG_NOTICE, "the node is on again: new containers are confined");
	(void)puts("new containers are confined again; those that started meanwhile are not: lockdownctl node status lists them");
	return CTL_OK;
}

/* ---- the verb --------------------------------------------------------- */

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{"lint", node_lint}, {"test", node_test}, {"status", node_status},
	{"apply", node_apply}, {"off", node_off}, {"on", node_on},
};

int verb_node(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < LKD_N(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 1, argv + 1);
	if (argc > 1 && argv[1][0] == '-') {
		struct options o;

		return parse_options(argc, argv, 0, 0, 0, &o) < 0 ? CTL_USAGE : CTL_OK;
	}
	return usage_error("node: lint, test, status, apply, off or on");
}
