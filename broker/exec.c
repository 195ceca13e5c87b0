// SPDX-License-Identifier: BSD-2-Clause
/*
 * lockdown-exec: run a command, and all that descends from it, locked down.
 *
 * Small, static, without parser or filter compiler: a compiled plan says what
 * to do, and it is only done here: mark, filter, exec. Where no compiled plan
 * fits, lockdownctl is asked for one.
 */
#include <errno.h>
#include <getopt.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lockdown/planbin.h>

#include "getplan.h"
#include "mark.h"
#include "preempt.h"

/* as env(1), nohup(1) and container engines have it */
enum { EX_OURS = 125, EX_NOT_EXECUTABLE = 126, EX_NOT_FOUND = 127 };

/* enum lkd_engine of plan.h, which is not for programs this small */
enum { ENGINE_HOST = 1, ENGINE_KERNEL = 2, ENGINE_BROKER = 3 };

static struct {
	struct lkd_request request;
	const char *plan;
	bool explain, quiet, no_new_privs;
} opt = { .request = { .engine = "auto" } };

static union lkd_planbuf buf;

static _Noreturn void fail(const char *hint, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static _Noreturn void fail(const char *hint, const char *fmt, ...)
{
	va_list ap;

	(void)fputs("lockdown-exec: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, "%s%s\n", hint ? "; " : "", hint ? hint : "");
	exit(EX_OURS);
}

/* ---- options ---------------------------------------------------------- */

enum { O_POLICY = 256, O_LEVEL, O_ALLOW, O_GAP, O_ENGINE, O_PLAN, O_EXPLAIN, O_QUIET, O_NNP, O_HELP, O_VERSION };

static const struct option long_options[] = {
	{ "policy", required_argument, NULL, O_POLICY }, { "level", required_argument, NULL, O_LEVEL },
	{ "allow", required_argument, NULL, O_ALLOW },	 { "accept-gap", required_argument, NULL, O_GAP },
	{ "engine", required_argument, NULL, O_ENGINE }, { "plan", required_argument, NULL, O_PLAN },
	{ "explain", no_argument, NULL, O_EXPLAIN },	 { "quiet", no_argument, NULL, O_QUIET },
	{ "no-new-privs", no_argument, NULL, O_NNP },	 { "help", no_argument, NULL, O_HELP },
	{ "version", no_argument, NULL, O_VERSION },	 { 0 },
};

static const char usage[] =
	"usage: lockdown-exec [OPTION...] [--] COMMAND [ARGUMENT...]\n"
	"Run COMMAND, and all that descends from it, under kernel lockdown.\n"
	"\n"
	"  --policy NAME|FILE   policy to hold (default: integrity)\n"
	"  --level LEVEL        integrity or confidentiality; raises the policy's level\n"
	"  --allow REASON       let one lockdown reason through (may be repeated)\n"
	"  --accept-gap REASON  run although this host cannot hold REASON, a seal, or all\n"
	"  --engine ENGINE      auto (default), kernel (BPF) or broker (no BPF)\n"
	"  --plan FILE          a plan compiled by `lockdownctl compile`, instead of the above\n"
	"  --explain            say on stderr what holds each reason, then run\n"
	"  --quiet              say nothing but errors\n"
	"  --no-new-privs       set no_new_privs: for callers without CAP_SYS_ADMIN\n"
	"  --help, --version\n"
	"\n"
	"What cannot be held refuses to start. Exit status: COMMAND's own; 125 if\n"
	"lockdown-exec failed, 126 if COMMAND cannot be executed, 127 if not found.\n"
	"Refusals are told by `lockdownctl events`; docs: lockdownctl explain REASON.\n";

static void push(const char **list, size_t room, const char *word, const char *option)
{
	size_t n = 0;

	while (list[n])
		n++;
	if (n + 1 >= room)
		fail(NULL, "too many --%s", option);
	list[n] = word;
}

static char **parse_options(int argc, char **argv)
{
	struct lkd_request *r = &opt.request;
	int c;

	while ((c = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		switch (c) {
		case O_POLICY: r->policy = optarg; break;
		case O_LEVEL: r->level = optarg; break;
		case O_ENGINE: r->engine = optarg; break;
		case O_PLAN: opt.plan = optarg; break;
		case O_ALLOW: push(r->allow, sizeof(r->allow) / sizeof(r->allow[0]), optarg, "allow"); break;
		case O_GAP: push(r->gaps, sizeof(r->gaps) / sizeof(r->gaps[0]), optarg, "accept-gap"); break;
		case O_EXPLAIN: opt.explain = true; break;
		case O_QUIET: opt.quiet = true; break;
		case O_NNP: opt.no_new_privs = true; break;
		case O_HELP: (void)fputs(usage, stdout); exit(0);
		case O_VERSION: (void)puts("lockdown-exec " LKD_VERSION); exit(0);
		default: fail("see lockdown-exec --help", "wrong usage");
		}
	}
	if (!argv[optind])
		fail("see lockdown-exec --help", "no command to run");
	return argv + optind;
}

/* ---- applying it ------------------------------------------------------ */

/* what a task holds already no later refusal takes away: natively it could not have got it */
static void drop_port_access(void)
{
#if defined(SYS_iopl) && defined(SYS_ioperm)
	(void)syscall(SYS_iopl, 0);
	(void)syscall(SYS_ioperm, 0UL, 65536UL, 0);
#endif
}

static void mark(int fd)
{
	struct lkd_mark_request req = {
		.denied = buf.plan.denied,
		.audited = buf.plan.audited,
		.seals = buf.plan.seals,
		.layout = LKD_LAYOUT,
	};
	int r;

	memcpy(req.policy, buf.plan.policy, sizeof(req.policy));
	r = lkd_mark_run(fd, &req);
	if (!r) /* asked again, it answers whether the kernel calls our programs: see lockdown.bpf.c */
		r = lkd_mark_run(fd, &req);
	switch (r) {
	case 0:
		return;
	case -EIO:
		fail("sysctl kernel.ftrace_enabled=1", "the kernel engine is loaded but the kernel does not ask it");
	case -EAGAIN:
		fail("lockdownctl load --max-tasks N after unload", "no room for another confined task");
	case -EPROTO:
		fail("lockdownctl load", "the kernel engine that is loaded is of another version");
	default:
		fail(NULL, "mark this task: %s", strerror(-r));
	}
}

static void install_filter(void)
{
	struct sock_fprog prog = { .len = (unsigned short)buf.plan.n_filter, .filter = buf.plan.filter };

	if (opt.no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fail(NULL, "set no_new_privs: %s", strerror(errno));
	/* logged, so that what the filter refuses is told like the rest: lockdown.bpf.c:lkd_floor_told */
	if (!buf.plan.n_filter || !syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &prog))
		return;
	if (errno == EACCES)
		fail("run as root, or with --no-new-privs", "install the filter: no CAP_SYS_ADMIN");
	fail(NULL, "install the filter: %s", strerror(errno));
}

static int open_mark(void)
{
	if (buf.plan.attach == LKD_ATTACH_FMOD_RET && !lkd_preempt_allows_fmod_ret())
		fail("boot with preempt=voluntary, or put bpf into lsm=",
		     "the kernel now preempts %s: the engine could miss answers", lkd_preempt());
	return lkd_mark_open();
}

int main(int argc, char **argv)
{
	char **command = parse_options(argc, argv);
	struct lkd_err e = { 0 };
	int fd = -1, r;

	r = opt.plan ? lkd_getplan_file(opt.plan, &buf, &e) : lkd_getplan(&opt.request, opt.explain, &buf, &e);
	if (r == -ECHILD)
		return EX_OURS; /* lockdownctl said why */
	if (r < 0)
		fail(e.hint[0] ? e.hint : NULL, "%s", e.msg);
	if (buf.plan.note[0] && !opt.quiet)
		(void)fprintf(stderr, "lockdown-exec: %s\n", buf.plan.note);
	if (buf.plan.engine == ENGINE_KERNEL) {
		fd = open_mark();
		if (fd < 0)
			fail(fd == -ENOENT ? "lockdownctl load" : "run as root of the host",
			     "open the kernel engine (%s): %s", LKD_PIN_MARK, strerror(-fd));
	}
	if (buf.plan.engine != ENGINE_HOST)
		drop_port_access();
	if (fd >= 0) {
		mark(fd);
		(void)close(fd);
	}
	if (buf.plan.engine != ENGINE_HOST)
		install_filter();

	(void)execvp(command[0], command);
	(void)fprintf(stderr, "lockdown-exec: run '%s': %s\n", command[0], strerror(errno));
	return errno == ENOENT ? EX_NOT_FOUND : EX_NOT_EXECUTABLE;
}
