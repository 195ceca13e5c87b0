// SPDX-License-Identifier: BSD-2-Clause
/* lockdownctl: one table of verbs, one table of options; one file per verb. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "util.h"

static const struct verb verbs[] = {
	{ "doctor", "[--json]", "what this host can hold, what is missing, and how to get it", verb_doctor },
	{ "plan", "[REQUEST] [--facts FILE] [--json]", "what would hold each reason of a policy", verb_plan },
	{ "explain", "[REASON...] [--json]", "a lockdown reason: meaning, interfaces, errnos, who needs it", verb_explain },
	{ "load", "[--max-tasks N] [--max-containers N] [--event-buffer BYTES] [--attach lsm|fmod_ret] [--no-kthread-rule]", "load the kernel engine", verb_load },
	{ "unload", "[--force]", "remove the kernel engine; refuses while confined tasks live", verb_unload },
	{ "status", "[--json]", "the kernel engine: version, confined tasks, refusals, memory", verb_status },
	{ "ps", "[--prune] [--json]", "confined containers; --prune forgets those that are gone", verb_ps },
	{ "node", "lint [FILE] | test FILE... | status | apply | off --for TIME --why TEXT | on", "the node policy: which container gets which policies", verb_node },
	{ "raise", "CONTAINER --level LEVEL", "refuse more to a running container; never less", verb_raise },
	{ "events", "[--follow] [--json]", "refusals, one line each", verb_events },
	{ "lint", "POLICY...", "what a policy says that its author may not mean", verb_lint },
	{ "diff", "POLICY POLICY [--json]", "what the second policy refuses more or less than the first", verb_diff },
	{ "export", "[REQUEST] --format oci-seccomp|json", "a policy in another tool's words", verb_export },
	{ "compile", "[REQUEST] [-o FILE]", "a plan in the binary form that lockdown-exec --plan reads", verb_compile },
	{ "configure", "--engine containerd|docker|podman|crio [--default] [--runtime-class NAME] [--undo] [--dry-run] "
	  "[--no-verify] [--restart] [--root DIR] [--bindir DIR] | --list [--json]",
	  "lockdown-runtime in an engine's configuration, or out of it", verb_configure },
	{ "facts", "", "facts of this host as JSON, for plan --facts", verb_facts },
};

static const char request_help[] =
	"REQUEST is any of\n"
	"  --policy NAME|FILE   default: the bare level; several: combined, which only tightens\n"
	"  --level LEVEL        integrity (default) or confidentiality\n"
	"  --allow REASON       let one lockdown reason through\n"
	"  --accept-gap REASON  accept that REASON, a seal, or all is not held exactly\n"
	"  --need NEED          what the workload has to go on doing: mount, nested-containers, bpf, perf, modules\n"
	"  --engine ENGINE      auto (default), kernel or broker\n"
	"  --container          what a container's config alone holds: no broker, no files\n";

static void usage(FILE *out)
{
	(void)fprintf(out, "usage: lockdownctl VERB [OPTION...]\n\n");
	for (size_t i = 0; i < LKD_N(verbs); i++)
		(void)fprintf(out, "  %-9s %s\n%s%s%s", verbs[i].name, verbs[i].help, *verbs[i].args ? "            " : "",
			      verbs[i].args, *verbs[i].args ? "\n" : "");
	(void)fprintf(out, "\n%s\nExit status: 0 yes or done; 1 the answer is no; 2 wrong usage or invalid input; "
			   "3 failed.\n", request_help);
}

int usage_error(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("lockdownctl: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputs("; see lockdownctl --help\n", stderr);
	return CTL_USAGE;
}

int report(int status, const struct lkd_err *e)
{
	const bool invalid = e->code == EINVAL || e->code == E2BIG || e->code == EISDIR;
	const bool not_there = e->code == ENOENT && e->hint[0]; /* said in better words */

	(void)fprintf(stderr, "lockdownctl: %s", e->msg);
	if (!invalid && e->code != EPERM && e->code != EIO && e->code != EOPNOTSUPP && e->code != ENODEV &&
	    e->code != EBUSY && e->code != EPROTO && !not_there)
		(void)fprintf(stderr, ": %s", strerror(e->code));
	(void)fprintf(stderr, "%s%s\n", e->hint[0] ? "; " : "", e->hint);
	return invalid ? CTL_USAGE : status;
}

/* ---- options ---------------------------------------------------------- */

enum { O_POLICY = 256, O_LEVEL, O_ALLOW, O_GAP, O_ENGINE, O_FACTS, O_JSON, O_MAX, O_EVENTS, O_NO_KTHREAD, O_ATTACH, O_FORCE,
       O_FOLLOW, O_FORMAT, O_FOR_EXEC, O_EXPLAIN, O_PRUNE, O_NEED, O_CONTAINER,
       O_MAX_CONTAINERS, O_NODE, O_HANDLER, O_FOR, O_WHY, O_PROMETHEUS };

static const struct {
	struct option option;
	unsigned takes;
	const char *expected; /* what its value may be; NULL: any word */
} known[] = {
	{ { "policy", required_argument, NULL, O_POLICY }, TAKES_REQUEST, NULL },
	{ { "level", required_argument, NULL, O_LEVEL }, TAKES_REQUEST, NULL },
	{ { "allow", required_argument, NULL, O_ALLOW }, TAKES_REQUEST, NULL },
	{ { "accept-gap", required_argument, NULL, O_GAP }, TAKES_REQUEST, NULL },
	{ { "need", required_argument, NULL, O_NEED }, TAKES_REQUEST, "mount, nested-containers, bpf, perf or modules" },
	{ { "container", no_argument, NULL, O_CONTAINER }, TAKES_REQUEST, NULL },
	{ { "engine", required_argument, NULL, O_ENGINE }, TAKES_REQUEST, "auto, kernel or broker" },
	{ { "facts", required_argument, NULL, O_FACTS }, TAKES_FACTS, NULL },
	{ { "json", no_argument, NULL, O_JSON }, TAKES_JSON, NULL },
	{ { "max-tasks", required_argument, NULL, O_MAX }, TAKES_LOAD, "a number" },
	{ { "max-containers", required_argument, NULL, O_MAX_CONTAINERS }, TAKES_LOAD, "a number" },
	{ { "event-buffer", required_argument, NULL, O_EVENTS }, TAKES_LOAD, "a number" },
	{ { "no-kthread-rule", no_argument, NULL, O_NO_KTHREAD }, TAKES_LOAD, NULL },
	{ { "attach", required_argument, NULL, O_ATTACH }, TAKES_LOAD, "lsm or fmod_ret" },
	{ { "force", no_argument, NULL, O_FORCE }, TAKES_FORCE, NULL },
	{ { "prune", no_argument, NULL, O_PRUNE }, TAKES_PRUNE, NULL },
	{ { "follow", no_argument, NULL, O_FOLLOW }, TAKES_FOLLOW, NULL },
	{ { "output", required_argument, NULL, 'o' }, TAKES_OUTPUT, NULL },
	{ { "format", required_argument, NULL, O_FORMAT }, TAKES_FORMAT, NULL },
	{ { "for-exec", required_argument, NULL, O_FOR_EXEC }, TAKES_COMPILE, NULL },
	{ { "explain", no_argument, NULL, O_EXPLAIN }, TAKES_COMPILE, NULL },
	{ { "node", required_argument, NULL, O_NODE }, TAKES_NODE, NULL },
	{ { "handler", required_argument, NULL, O_HANDLER }, TAKES_NODE, NULL },
	{ { "for", required_argument, NULL, O_FOR }, TAKES_OFF, "a time, such as 90s, 10m or 2h" },
	{ { "why", required_argument, NULL, O_WHY }, TAKES_OFF, NULL },
	{ { "prometheus", no_argument, NULL, O_PROMETHEUS }, TAKES_METRICS, NULL },
};

/* the option that getopt_long() took for @c */
static const char *option_name(int c, const char **ret_expected)
{
	for (size_t i = 0; i < LKD_N(known); i++)
		if (known[i].option.val == c) {
			*ret_expected = known[i].expected;
			return known[i].option.name;
		}
	*ret_expected = NULL;
	return "?";
}

static int push(const char **list, size_t room, const char *word)
{
	size_t n = 0;

	while (list[n])
		n++;
	if (n + 1 >= room)
		return -E2BIG;
	list[n] = word;
	return 0;
}

static int number(const char *text, unsigned long most, unsigned *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || end == text || n > most)
		return -EINVAL;
	*ret = (unsigned)n;
	return 0;
}

/* "90", "90s", "10m", "2h" */
static int duration(const char *text, unsigned *ret)
{
	static const struct {
		char unit;
		unsigned seconds;
	} units[] = { { '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	for (size_t i = 0; i < LKD_N(units); i++)
		if (end != text && *end == units[i].unit && (!*end || !end[1]) && n <= 1000000) {
			*ret = (unsigned)n * units[i].seconds;
			return 0;
		}
	return -EINVAL;
}

static int take(int c, struct options *o)
{
	struct lkd_request *r = &o->request;
	unsigned n = 0;
	int e;

	switch (c) {
	case O_POLICY:
		if (r->policy)
			return push(r->with, LKD_N(r->with), optarg);
		r->policy = optarg;
		return 0;
	case O_LEVEL: r->level = optarg; return 0;
	case O_ALLOW: return push(r->allow, LKD_N(r->allow), optarg);
	case O_GAP: return push(r->gaps, LKD_N(r->gaps), optarg);
	case O_ENGINE:
		r->engine = optarg;
		e = lkd_engine_parse(optarg);
		o->engine = e < 0 ? LKD_ENGINE_AUTO : (enum lkd_engine)e;
		return e < 0 ? e : 0;
	case O_FACTS: o->facts = optarg; return 0;
	case O_JSON: o->json = true; return 0;
	case O_MAX: return number(optarg, 1u << 30, &o->max_tasks);
	case O_MAX_CONTAINERS: return number(optarg, 1u << 30, &o->max_containers);
	case O_EVENTS: return number(optarg, 1u << 26, &o->event_bytes);
	case O_NO_KTHREAD: o->no_kthread_rule = true; return 0;
	case O_ATTACH:
		o->attach = optarg;
		return !strcmp(optarg, "lsm") || !strcmp(optarg, "fmod_ret") ? 0 : -EINVAL;
	case O_FORCE: o->force = true; return 0;
	case O_PRUNE: o->prune = true; return 0;
	case O_FOLLOW: o->follow = true; return 0;
	case 'o': o->output = optarg; return 0;
	case O_FORMAT: o->format = optarg; return 0;
	case O_FOR_EXEC:
		e = number(optarg, 1u << 20, &n);
		o->for_exec = (int)n;
		return e;
	case O_NEED:
		e = lkd_need_parse(optarg);
		return e < 0 ? e : push(r->needs, LKD_N(r->needs), optarg);
	case O_CONTAINER: r->container = 1; return 0;
	case O_EXPLAIN: o->explain = true; return 0;
	case O_NODE: o->node = optarg; return 0;
	case O_HANDLER: o->handler = optarg; return 0;
	case O_FOR: return duration(optarg, &o->seconds);
	case O_WHY: o->why = optarg; return 0;
	case O_PROMETHEUS: o->prometheus = true; return 0;
	default: return -ENOENT;
	}
}

int parse_options(int argc, char **argv, unsigned takes, int min, int max, struct options *ret)
{
	struct option list[LKD_N(known) + 1] = {};
	size_t n = 0;
	int c, r;

	*ret = (struct options){ .request.engine = "auto", .for_exec = -1 };
	for (size_t i = 0; i < LKD_N(known); i++)
		if (known[i].takes & takes)
			list[n++] = known[i].option;
	opterr = 0;
	while ((c = getopt_long(argc, argv, takes & TAKES_OUTPUT ? "o:" : "", list, NULL)) != -1) {
		if (c == '?') {
			(void)usage_error("%s: unknown option, or a value is missing: '%s'", argv[0], argv[optind - 1]);
			return -1;
		}
		r = take(c, ret);
		if (r < 0) {
			const char *expected, *name = option_name(c, &expected);

			if (r == -E2BIG) /* the list is full, whatever the word */
				expected = "less of them";
			(void)usage_error("%s: option '--%s': '%s' is not valid here%s%s", argv[0], name, optarg ? optarg : "",
					  expected ? "; expected " : "", expected ? expected : "");
			return -1;
		}
	}
	if (argc - optind < min) {
		(void)usage_error("%s: something is missing", argv[0]);
		return -1;
	}
	if (argc - optind > max) {
		(void)usage_error("%s: too many words, from '%s' on%s", argv[0], argv[optind + max],
				  takes & TAKES_REQUEST ? "; a policy is named by --policy" : "");
		return -1;
	}
	return optind;
}

/* What was closed would be the next file that is opened. Writing to what was standard output fails, as it should. */
static void keep_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

/* an answer that nobody got is none */
static int told(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	(void)fprintf(stderr, "lockdownctl: write what was asked for: %s\n", strerror(errno));
	return CTL_FAILED;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	keep_standard_fds();
	if (argc < 2) {
		usage(stderr);
		return CTL_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return told(CTL_OK);
	}
	if (!strcmp(argv[1], "--version")) {
		(void)puts("lockdownctl " LKD_VERSION);
		return told(CTL_OK);
	}
	for (size_t i = 0; i < LKD_N(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		if (asks_for_help(argc, argv)) {
			(void)printf("usage: lockdownctl %s %s\n%s\n", verbs[i].name, verbs[i].args, verbs[i].help);
			if (strstr(verbs[i].args, "REQUEST"))
				(void)printf("\n%s", request_help);
			return told(CTL_OK);
		}
		return told(verbs[i].run(argc - 1, argv + 1));
	}
	return usage_error("unknown verb '%s'", argv[1]);
}
