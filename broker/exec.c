// SPDX-License-Identifier: BSD-2-Clause
/*
 * lockdown-exec: run a command, and all that descends from it, locked down.
 *
 * Small, static, without parser or filter compiler: a compiled plan says what
 * to do, and it is only done here: mark, filter, exec. Where no compiled plan
 * fits, lockdownctl is asked for one. It stays, as the command's init, only
 * where it is PID 1 or the plan needs a broker.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lockdown/planbin.h>

#include "files.h"
#include "getplan.h"
#include "init.h"
#include "mark.h"
#include "preempt.h"
#include "serve.h"
#include "shield.h"
#include "tell.h"
#include "user.h"

/* as env(1), nohup(1) and container engines have it */
enum { EX_OURS = 125, EX_NOT_EXECUTABLE = 126, EX_NOT_FOUND = 127 };

/* enum lkd_engine of plan.h, which is not for programs this small */
enum { ENGINE_HOST = 1, ENGINE_KERNEL = 2, ENGINE_BROKER = 3 };

static struct {
	struct lkd_request request;
	const char *plan;
	bool explain, quiet, no_new_privs, init, no_init, events_text, in_container, home;
	int events_fd;
	uid_t as; /* whose the command is to be; 0 = as this program is started */
} opt = { .request = { .engine = "auto" }, .events_fd = -1 };

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

enum { O_POLICY = 256, O_LEVEL, O_ALLOW, O_GAP, O_NEED, O_ENGINE, O_PLAN, O_EXPLAIN, O_QUIET, O_NNP, O_INIT, O_NO_INIT, O_EVENTS_FD, O_EVENTS_TEXT, O_IN_CONTAINER, O_AS, O_HOME, O_HELP, O_VERSION };

static const struct option long_options[] = {
	{ "policy", required_argument, NULL, O_POLICY }, { "level", required_argument, NULL, O_LEVEL },
	{ "allow", required_argument, NULL, O_ALLOW },	 { "accept-gap", required_argument, NULL, O_GAP },
	{ "need", required_argument, NULL, O_NEED },	 { "events-text", no_argument, NULL, O_EVENTS_TEXT },
	{ "events-fd", required_argument, NULL, O_EVENTS_FD },
	{ "engine", required_argument, NULL, O_ENGINE }, { "plan", required_argument, NULL, O_PLAN },
	{ "explain", no_argument, NULL, O_EXPLAIN },	 { "quiet", no_argument, NULL, O_QUIET },
	{ "no-new-privs", no_argument, NULL, O_NNP },	 { "init", no_argument, NULL, O_INIT },
	{ "no-init", no_argument, NULL, O_NO_INIT },	 { "help", no_argument, NULL, O_HELP },
	{ "version", no_argument, NULL, O_VERSION },	 { "in-container", no_argument, NULL, O_IN_CONTAINER },
	{ "as", required_argument, NULL, O_AS },	 { "home", no_argument, NULL, O_HOME },
	{ 0 },
};

static const char usage[] =
	"usage: lockdown-exec [OPTION...] [--] COMMAND [ARGUMENT...]\n"
	"Run COMMAND, and all that descends from it, under kernel lockdown.\n"
	"\n"
	"  --policy NAME|FILE   policy to hold (default: integrity); several are combined\n"
	"  --level LEVEL        integrity or confidentiality; raises the policy's level\n"
	"  --allow REASON       let one lockdown reason through (may be repeated)\n"
	"  --accept-gap REASON  run although this host cannot hold REASON, a seal, or all\n"
	"  --need NEED          what COMMAND has to go on doing: mount, nested-containers, ...\n"
	"  --engine ENGINE      auto (default), kernel (BPF) or broker (no BPF)\n"
	"  --plan FILE          a plan compiled by `lockdownctl compile`, instead of the above\n"
	"  --explain            say on stderr what holds each reason, then run\n"
	"  --quiet              say nothing but errors\n"
	"  --no-new-privs       set no_new_privs: for callers without CAP_SYS_ADMIN\n"
	"  --init               stay as COMMAND's parent: reap, forward signals; as PID 1 always\n"
	"  --no-init            COMMAND takes this process's place, even as PID 1 (systemd)\n"
	"  --events-fd N        what the broker refuses is told there, one JSON object a line, instead of to\n"
	"                       `lockdownctl events`; --events-text: in words\n"
	"  --in-container       as lockdown-runtime starts it: with the plan that is beside this program;\n"
	"                       --as UID: COMMAND is that user's (--home: with its HOME)\n"
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

static int descriptor(const char *text)
{
	char *end;
	const long fd = strtol(text, &end, 10);

	if (*end || end == text || fd < 0 || fd > 65535 || fcntl((int)fd, F_GETFD) < 0)
		fail("see lockdown-exec --help", "--events-fd '%s' is no open descriptor", text);
	return (int)fd;
}

static uid_t user_id(const char *text)
{
	char *end;
	const unsigned long long uid = strtoull(text, &end, 10);

	if (*end || *text < '0' || *text > '9' || uid >= UINT32_MAX) /* the last stands for "no change" */
		fail("see lockdown-exec --help", "--as '%s' is no user id", text);
	return (uid_t)uid;
}

static char **parse_options(int argc, char **argv)
{
	struct lkd_request *r = &opt.request;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		switch (c) {
		case O_POLICY:
			if (r->policy)
				push(r->with, sizeof(r->with) / sizeof(r->with[0]), optarg, "policy");
			else
				r->policy = optarg;
			break;
		case O_LEVEL: r->level = optarg; break;
		case O_ENGINE: r->engine = optarg; break;
		case O_PLAN: opt.plan = optarg; break;
		case O_ALLOW: push(r->allow, sizeof(r->allow) / sizeof(r->allow[0]), optarg, "allow"); break;
		case O_GAP: push(r->gaps, sizeof(r->gaps) / sizeof(r->gaps[0]), optarg, "accept-gap"); break;
		case O_NEED: push(r->needs, sizeof(r->needs) / sizeof(r->needs[0]), optarg, "need"); break;
		case O_EXPLAIN: opt.explain = true; break;
		case O_QUIET: opt.quiet = true; break;
		case O_NNP: opt.no_new_privs = true; break;
		case O_INIT: opt.init = true; break;
		case O_NO_INIT: opt.no_init = true; break;
		case O_EVENTS_FD: opt.events_fd = descriptor(optarg); break;
		case O_EVENTS_TEXT: opt.events_text = true; break;
		case O_IN_CONTAINER: opt.in_container = opt.quiet = true; break;
		case O_AS: opt.as = user_id(optarg); break;
		case O_HOME: opt.home = true; break;
		case O_HELP: (void)fputs(usage, stdout); exit(0);
		case O_VERSION: (void)puts("lockdown-exec " LKD_VERSION); exit(0);
		default: fail("see lockdown-exec --help", "unknown option, or a value is missing: '%s'", argv[optind - 1]);
		}
	}
	if (opt.init && opt.no_init)
		fail("see lockdown-exec --help", "--init and --no-init exclude each other");
	if ((opt.as || opt.home) && !opt.in_container)
		fail("see lockdown-exec --help", "--as and --home are for --in-container");
	if (!argv[optind])
		fail("see lockdown-exec --help", "no command to run");
	return argv + optind;
}

/* ---- in a container ---------------------------------------------------- */

#define EVENTS LKD_IN_CONTAINER "/events"

/*
 * The program lies where it was mounted, and by no link of the image's: then
 * nobody in the container can put another in its place, as long as they cannot
 * mount. What is beside it was mounted with it.
 */
static void look_around(void)
{
	static const char program[] = LKD_IN_CONTAINER "/exec";
	char self[sizeof(program) + 1];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	struct statfs fs;

	/* an image could have a directory of that name, which says what it likes */
	if (statfs("/proc", &fs) || fs.f_type != PROC_SUPER_MAGIC)
		fail("the container's config has to mount it", "/proc is no proc file system");
	if (n != (ssize_t)sizeof(program) - 1 || memcmp(self, program, sizeof(program) - 1) != 0)
		fail("the image must have no '" LKD_IN_CONTAINER "' of its own", "not at %s", program);
	opt.plan = LKD_IN_CONTAINER "/plan";
	/* here, as nothing that runs under the plan may open it */
	opt.events_fd = open(EVENTS, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (opt.events_fd < 0)
		(void)fprintf(stderr, "lockdown-exec: refusals are not told: %s: %s\n", EVENTS, strerror(errno));
}

/* ---- applying it ------------------------------------------------------ */

/* before anything else: whoever stays, stays below it too, and what it starts */
static void hold_files(void)
{
	struct lkd_files_failure f = { 0 };
	unsigned closed = 0;
	int r;

	if (!buf.plan.files)
		return;
	if (opt.no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fail(NULL, "set no_new_privs: %s", strerror(errno));
	r = lkd_files_apply(&buf.plan, opt.in_container ? EVENTS : NULL, &closed, &f);
	if (r < 0)
		fail(r == -EPERM  ? "it takes CAP_SYS_ADMIN, and no Landlock above; with --need mount no files are held" :
		     r == -EINVAL ? "is the root directory a mount (no chroot)? with --need mount no files are held" :
				    NULL,
		     "hold files: %s%s%s: %s", f.what, *f.path ? " " : "", f.path, strerror(-r));
	if (closed && !opt.quiet)
		(void)fprintf(stderr, "lockdown-exec: %u open director%s not handed on: files are held by where they are\n",
			      closed, closed == 1 ? "y is" : "ies are");
}

/* Rules for device nodes are of a cgroup, which is the container's or nobody's. Those of reasons are rows of the plan. */
static void check_devices(void)
{
	const struct lkd_plan_device *rules = lkd_planbin_devices(&buf.plan);
	bool accepted = opt.plan != NULL, own = false;

	for (unsigned i = 0; i < buf.plan.n_devices; i++)
		own |= rules[i].reason < 0;
	if (!own || buf.plan.files) /* Landlock refuses to open them */
		return;
	for (const char **gap = opt.request.gaps; *gap; gap++)
		accepted |= !strcmp(*gap, "all");
	if (!accepted)
		fail("lockdown-runtime or lockdown-hook hold them; or --accept-gap all",
		     "the policy's rules for devices are held in containers only");
	if (!opt.quiet)
		(void)fputs("lockdown-exec: the policy's rules for devices are not held: only in containers\n", stderr);
}

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

/* SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (5.19): else a signal makes the caller ask again, and us perform twice */
#define WAIT_KILLABLE (1UL << 5)

/* @more: flags. 0 or a listener, or -errno; prints nothing and does not exit */
static int set_filter(unsigned long more)
{
	struct sock_fprog prog = { .len = (unsigned short)buf.plan.n_filter, .filter = buf.plan.filter };
	/*
	 * Logged, so that what the filter refuses is told like the rest: lockdown.bpf.c:lkd_floor_told. Not without the
	 * kernel engine: nobody would read it, and every question to the broker would be a line in the audit log.
	 */
	unsigned long flags = buf.plan.engine == ENGINE_KERNEL ? SECCOMP_FILTER_FLAG_LOG : 0;
	int r;

	if (opt.no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (!buf.plan.n_filter)
		return 0;
	flags |= more;
	r = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	if (r < 0 && errno == EINVAL && more & WAIT_KILLABLE)
		r = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags & ~WAIT_KILLABLE, &prog);
	return r < 0 ? -errno : r;
}

static _Noreturn void filter_failed(int r)
{
	if (r == -EACCES)
		fail("run as root, or with --no-new-privs", "install the filter: no CAP_SYS_ADMIN");
	fail(NULL, "install the filter: %s", strerror(-r));
}

/* ---- staying ---------------------------------------------------------- */

static const char stage_shield[] = "keep the broker out of reach", stage_filter[] = "install the filter",
		  stage_user[] = "become the command's user", stage_run[] = "run";

static _Noreturn void user_failed(int r)
{
	fail(r == -EINVAL ? "its user namespace has no such id" : NULL, "%s %u: %s", stage_user, (unsigned)opt.as, strerror(-r));
}

/* every return of the filter that asks, and what it does instead */
static void never_ask(uint32_t action)
{
	for (uint32_t i = 0; i < buf.plan.n_filter; i++)
		if (buf.plan.filter[i].code == (BPF_RET | BPF_K) && buf.plan.filter[i].k == SECCOMP_RET_USER_NOTIF)
			buf.plan.filter[i].k = action;
	buf.plan.broker = 0;
}

/* in the child, which shares our memory */
static int confine(struct lkd_launch *l)
{
	const bool listener = buf.plan.broker != 0;
	int r = 0;

	l->stage = stage_shield;
	if (listener) {
		/* the domain takes it, like the filter */
		if (opt.no_new_privs)
			(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		r = lkd_shield_from(buf.plan.files);
	}
	if (r < 0)
		return r;
	l->stage = stage_filter;
	r = buf.plan.engine != ENGINE_HOST ? set_filter(listener ? SECCOMP_FILTER_FLAG_NEW_LISTENER | WAIT_KILLABLE : 0) : 0;
	if (r >= 0 && listener)
		l->fd = r;
	if (r != -EBUSY)
		return r < 0 ? r : 0;
	/* below a broker already, and a task has only one: what ours would decide is refused */
	never_ask(SECCOMP_RET_ERRNO | EPERM);
	return set_filter(0);
}

/* as confine(), and then who the command is to be */
static int confine_and_become(struct lkd_launch *l)
{
	int r = confine(l);

	if (r < 0 || !opt.as)
		return r;
	l->stage = stage_user;
	r = lkd_user_become(opt.as, opt.home);
	/* other ids take it away: kernel/cred.c:commit_creds */
	if (!r && l->dies_with_us && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		r = -errno;
	return r;
}

static void tell_nested(int listener)
{
	if (listener < 0 && !opt.quiet)
		(void)fputs("lockdown-exec: below a broker already, which stays the only one: what this one's would decide "
			    "is refused\n", stderr);
}

/*
 * What is refused to the workload is refused to its broker as well, but for the
 * calls that it performs itself: all threads of it, before the first is served.
 */
static bool confine_self(void)
{
	never_ask(SECCOMP_RET_ALLOW);
	return set_filter(SECCOMP_FILTER_FLAG_TSYNC) == 0;
}

/* the first call: from now on somebody waits for it */
static void serve(int listener)
{
	if (lkd_serve_start(listener, confine_self) < 0)
		exit(EX_OURS); /* and the command with us */
}

/*
 * What stays holds nothing of the workload's: who reads what it writes sees it
 * end. Kept are the terminal, to be given back, and what a broker needs (-1: none).
 */
static void close_all_but(int listener, int tty)
{
	int keep[6] = { listener, tty };
	unsigned first = 0;

	lkd_serve_fds(keep + 2);
	lkd_tell_fds(keep + 4);

	for (;;) {
		unsigned next = ~0u;

		for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
			if (keep[i] >= 0 && (unsigned)keep[i] >= first && (unsigned)keep[i] < next)
				next = (unsigned)keep[i];
		if (next > first)
			(void)syscall(SYS_close_range, first, next - 1, 0);
		if (next == ~0u)
			break;
		first = next + 1;
	}
	if (listener >= 0) /* not free: a descriptor 0 would mean "none" in a call */
		(void)fcntl(listener, F_DUPFD_CLOEXEC, 0);
}

static void prepare_broker(void)
{
	int r = lkd_serve_prepare(buf.plan.broker);

	if (r < 0)
		fail("a kernel with CONFIG_SECCOMP_FILTER=y, 5.14 or later", "serve system calls: %s", strerror(-r));
	if (opt.in_container && opt.events_fd < 0)
		r = 0; /* and not to files of its own there, which nobody would read */
	else
		r = lkd_tell_open(opt.events_fd, opt.in_container, opt.events_text, buf.plan.policy);
	if (r == -EMFILE && !opt.quiet)
		(void)fputs("lockdown-exec: refusals are not told, as nobody reads them: lockdownctl events\n", stderr);
	else if (r < 0 && r != -EMFILE)
		fail(NULL, "keep descriptor %d: %s", opt.events_fd, strerror(-r));
	r = lkd_shield_self();
	if (r < 0)
		fail(NULL, "%s: %s", stage_shield, strerror(-r));
}

/* ---- or beside it ----------------------------------------------------- */

/* The other end of @from is open here, too, as long as descriptors are shared: who fails or is killed is seen otherwise. */
static bool hear(int from, pid_t parent, int *ret)
{
	struct pollfd p[] = { { .fd = from, .events = POLLIN }, { .events = POLLIN } };

	p[1].fd = (int)syscall(SYS_pidfd_open, parent, 0);
	if (p[1].fd < 0 && errno == ESRCH)
		return false;
	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return p[0].revents & POLLIN && read(from, ret, sizeof(*ret)) == sizeof(*ret);
}

struct beside {
	int from;
	pid_t parent;
};

static int broker_beside(void *arg)
{
	static const uint64_t all_signals = ~0ULL;
	const struct beside *b = arg;
	int listener;

	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all_signals, NULL, sizeof(all_signals));
	(void)signal(SIGCHLD, SIG_IGN); /* helpers are waited for by nobody here */
	(void)setsid();
	if (!hear(b->from, b->parent, &listener) || listener < 0)
		_exit(EX_OURS); /* it failed, or needs none, and said so */
	if (unshare(CLONE_FILES) || chdir("/"))
		_exit(EX_OURS);
	close_all_but(listener, -1);
	_exit(lkd_serve_until_unused(listener, confine_self));
}

/* the command takes our place; the broker is a child that neither signals its end nor is waited for by wait(2) */
static void beside(void)
{
	static char stack[64 * 1024] __attribute__((aligned(16)));
	struct lkd_launch l = { .stage = stage_shield, .fd = -1 };
	struct beside b = { .parent = getpid() };
	int fds[2], r;

	prepare_broker();
	if (pipe2(fds, O_CLOEXEC))
		fail(NULL, "make a pipe: %s", strerror(errno));
	b.from = fds[0];
	if (clone(broker_beside, stack + sizeof(stack), CLONE_FILES, &b) < 0)
		fail(NULL, "fork the broker: %s", strerror(errno));
	r = confine(&l);
	if (r < 0 && l.stage == stage_filter)
		filter_failed(r);
	if (r < 0)
		fail("run as root, or with --no-new-privs", "%s: %s", stage_shield, strerror(-r));
	/* our descriptors are its own until we execute: that is how the listener gets there */
	tell_nested(l.fd);
	if (write(fds[1], &l.fd, sizeof(l.fd)) != sizeof(l.fd))
		fail(NULL, "tell the broker: %s", strerror(errno));
}

static int stay(char **command)
{
	struct lkd_launch l = { .command = command, .confine = confine_and_become, .readable = serve, .due = buf.plan.broker ? lkd_tell_due : NULL, .ending = buf.plan.broker ? lkd_tell_end : NULL, .dies_with_us = buf.plan.broker != 0 };
	const bool broker = buf.plan.broker != 0;
	int r;

	if (broker)
		prepare_broker();
	r = lkd_launch(&l);
	if (r < 0 && l.stage == stage_filter)
		filter_failed(r);
	if (r < 0 && l.stage == stage_shield)
		fail("run as root, or with --no-new-privs", "%s: %s", stage_shield, strerror(-r));
	if (r < 0 && l.stage == stage_user)
		user_failed(r);
	if (r < 0) {
		(void)fprintf(stderr, "lockdown-exec: %s '%s': %s\n", stage_run, command[0], strerror(-r));
		return r == -ENOENT ? EX_NOT_FOUND : EX_NOT_EXECUTABLE;
	}
	if (broker)
		tell_nested(l.fd);
	if (broker && l.fd >= 0 && chdir("/"))
		fail(NULL, "leave the directory: %s", strerror(errno));
	close_all_but(l.fd, l.tty);
	return lkd_init_serve(&l);
}

static int open_mark(void)
{
	/* a confined task is not told how the kernel preempts; who confined it asked */
	if (buf.plan.attach == LKD_ATTACH_FMOD_RET && !lkd_preempt_allows_fmod_ret() && !lkd_mark_is_confined())
		fail("boot with preempt=voluntary, or put bpf into lsm=",
		     "the kernel now preempts %s: the engine could miss answers", lkd_preempt());
	return lkd_mark_open();
}

int main(int argc, char **argv)
{
	char **command = parse_options(argc, argv);
	struct lkd_err e = { 0 };
	int fd = -1, r;

	if (opt.in_container)
		look_around();
	if (opt.as && lkd_user_check() < 0)
		fail("CAP_SETUID, CAP_KILL, CAP_SYS_PTRACE or CAP_SYS_ADMIN is not in the container's or session's bounding set, or, "
		     "with no_new_privs, not effective",
		     "cannot start another user's command");
	r = opt.plan ? lkd_getplan_file(opt.plan, &buf, &e) : lkd_getplan(&opt.request, opt.explain, &buf, &e);
	if (lkd_getplan_said(r))
		return EX_OURS; /* lockdownctl said why */
	if (r < 0)
		fail(e.hint[0] ? e.hint : NULL, "%s", e.msg);
	if (buf.plan.note[0] && !opt.quiet)
		(void)fprintf(stderr, "lockdown-exec: %s\n", buf.plan.note);
	check_devices();
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
	hold_files();
	if (!opt.no_init && (opt.init || buf.plan.broker || getpid() == 1))
		return stay(command);
	if (buf.plan.broker)
		beside();
	else if (buf.plan.engine != ENGINE_HOST && (r = set_filter(0)) < 0)
		filter_failed(r);

	if (opt.as && (r = lkd_user_become(opt.as, opt.home)) < 0)
		user_failed(r);
	(void)execvp(command[0], command);
	(void)fprintf(stderr, "lockdown-exec: run '%s': %s\n", command[0], strerror(errno));
	return errno == ENOENT ? EX_NOT_FOUND : EX_NOT_EXECUTABLE;
}
