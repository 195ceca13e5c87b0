// SPDX-License-Identifier: BSD-2-Clause
/*
 * lockdown-exec: run a command, and all that descends from it, locked down.
 *
 * Small, static, without parser or filter compiler: a compiled plan says what
 * to do, and it is only done here: mark, filter, exec. Where no compiled plan
 * fits, lockdownctl is asked for one.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lockdown/planbin.h>

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

static union {
	struct lkd_planbin plan;
	uint64_t align;
	char bytes[LKD_PLANBIN_MAX];
} buf;

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

/* ---- getting a plan --------------------------------------------------- */

static void kernel_name(char *ret, size_t size)
{
	struct utsname u;

	if (uname(&u))
		fail(NULL, "uname: %s", strerror(errno));
	(void)snprintf(ret, size, "%.64s %.64s", u.release, u.version);
}

static ssize_t read_all(int fd)
{
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(buf.bytes)) {
		n = read(fd, buf.bytes + len, sizeof(buf.bytes) - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

static int check(ssize_t len, struct lkd_err *e)
{
	char kernel[sizeof(buf.plan.kernel)];

	kernel_name(kernel, sizeof(kernel));
	return lkd_planbin_check(buf.bytes, (size_t)len, kernel, e);
}

/* is every file that the plan came from as it was? */
static bool sources_unchanged(void)
{
	for (size_t i = 0; i < LKD_PLANBIN_SOURCES; i++) {
		const struct lkd_plan_source *s = &buf.plan.sources[i];
		struct stat st;

		if (!s->path[0])
			continue;
		if (stat(s->path, &st)) {
			if (errno != ENOENT || s->ino)
				return false;
			continue;
		}
		if (st.st_dev != s->dev || st.st_ino != s->ino || (uint64_t)st.st_size != s->size ||
		    st.st_mtim.tv_sec != s->mtime_s || st.st_mtim.tv_nsec != s->mtime_ns)
			return false;
	}
	return true;
}

/* does the request mean the same from every directory and environment? lockdownctl decides likewise */
static bool keepable(void)
{
	const char *p = opt.request.policy;

	return !p || *p == '/' || (!strchr(p, '/') && !getenv("LOCKDOWN_POLICY_DIR"));
}

/* a plan that lockdownctl compiled before; believed only if nobody but root could have written it */
static bool find_plan(const char *request)
{
	char path[sizeof(LKD_PLAN_DIR) + 32];
	struct stat st;
	ssize_t len;
	bool ok;
	int fd;

	lkd_request_path(request, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	ok = !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == 0 && !(st.st_mode & 022);
	len = ok ? read_all(fd) : -1;
	(void)close(fd);
	return len > 0 && !check(len, NULL) && !strcmp(buf.plan.request, request) && sources_unchanged();
}

/* lockdownctl beside this program, else the installed one */
static void run_ctl(char **args)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 16);
	char *slash;

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (slash) {
			strcpy(slash + 1, "lockdownctl");
			(void)execv(self, args);
		}
	}
	(void)execv(LKD_BINDIR "/lockdownctl", args);
	fail("install it, or pass a compiled plan with --plan", "no plan for this, and lockdownctl cannot be run: %s",
	     strerror(errno));
}

static void compile_plan(void)
{
	const struct lkd_request *r = &opt.request;
	char *args[160], fd_text[16];
	struct lkd_err e = { 0 };
	int fds[2], status;
	ssize_t len;
	size_t n = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		fail(NULL, "pipe: %s", strerror(errno));
	(void)snprintf(fd_text, sizeof(fd_text), "%d", fds[1]);
	args[n++] = (char *)"lockdownctl";
	args[n++] = (char *)"compile";
	args[n++] = (char *)"--for-exec";
	args[n++] = fd_text;
	args[n++] = (char *)"--engine";
	args[n++] = (char *)r->engine;
	if (r->policy) {
		args[n++] = (char *)"--policy";
		args[n++] = (char *)r->policy;
	}
	if (r->level) {
		args[n++] = (char *)"--level";
		args[n++] = (char *)r->level;
	}
	for (const char *const *w = r->allow; *w; w++) {
		args[n++] = (char *)"--allow";
		args[n++] = (char *)*w;
	}
	for (const char *const *w = r->gaps; *w; w++) {
		args[n++] = (char *)"--accept-gap";
		args[n++] = (char *)*w;
	}
	if (opt.explain)
		args[n++] = (char *)"--explain";
	args[n] = NULL;

	pid = fork();
	if (pid < 0)
		fail(NULL, "fork: %s", strerror(errno));
	if (!pid) {
		(void)fcntl(fds[1], F_SETFD, 0);
		run_ctl(args);
	}
	(void)close(fds[1]);
	len = read_all(fds[0]);
	(void)close(fds[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail(NULL, "wait for lockdownctl: %s", strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		exit(EX_OURS); /* it said why */
	if (check(len, &e) < 0)
		fail(NULL, "from lockdownctl: %s", e.msg);
}

static void read_plan(const char *path)
{
	struct lkd_err e = { 0 };
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		fail(NULL, "open plan '%s': %s", path, strerror(errno));
	len = read_all(fd);
	(void)close(fd);
	if (len < 0)
		fail(NULL, "read plan '%s': %s", path, strerror((int)-len));
	if (check(len, &e) < 0)
		fail("compile it here: lockdownctl compile", "plan '%s': %s", path, e.msg);
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
	char request[sizeof(buf.plan.request)];
	int fd = -1;

	if (opt.plan) {
		read_plan(opt.plan);
	} else {
		if (!keepable() || opt.explain || lkd_request_text(&opt.request, request, sizeof(request)) ||
		    !find_plan(request))
			compile_plan();
		else if (buf.plan.engine == ENGINE_KERNEL && access(LKD_PIN_MARK, F_OK))
			compile_plan(); /* which loads the engine */
	}
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
