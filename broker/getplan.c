// SPDX-License-Identifier: BSD-2-Clause
/* Finding a compiled plan, or having it compiled: see getplan.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "getplan.h"
#include "mark.h"

enum { ENGINE_KERNEL = 2 };  /* enum lkd_engine of plan.h */
enum { CANNOT_BE_HELD = 1 }; /* CTL_NO: exit status of lockdownctl */

static int kernel_name(char *ret, size_t size)
{
	struct utsname u;

	if (uname(&u))
		return -errno;
	(void)snprintf(ret, size, "%.64s %.64s", u.release, u.version);
	return 0;
}

static ssize_t read_all(int fd, union lkd_planbuf *buf)
{
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(buf->bytes)) {
		n = read(fd, buf->bytes + len, sizeof(buf->bytes) - len);
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

static int check(const union lkd_planbuf *buf, ssize_t len, struct lkd_err *e)
{
	char kernel[sizeof(buf->plan.kernel)];
	int r = kernel_name(kernel, sizeof(kernel));

	if (r < 0 || len < 0)
		return lkd_err_set(e, EIO, "read the plan");
	return lkd_planbin_check(buf->bytes, (size_t)len, kernel, e);
}

/* is every file that the plan came from as it was? */
static bool sources_unchanged(const struct lkd_planbin *plan)
{
	for (size_t i = 0; i < LKD_PLANBIN_SOURCES; i++) {
		const struct lkd_plan_source *s = &plan->sources[i];
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
static bool same_everywhere(const char *policy)
{
	return !policy || *policy == '/' || (!strchr(policy, '/') && !getenv("LOCKDOWN_POLICY_DIR"));
}

static bool keepable(const struct lkd_request *r)
{
	bool same = same_everywhere(r->policy);

	for (const char *const *w = r->with; *w; w++)
		same = same && same_everywhere(*w);
	return same;
}

/* a plan that lockdownctl compiled before; believed only if nobody but root could have written it */
static bool find_plan(const char *request, union lkd_planbuf *buf)
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
	len = ok ? read_all(fd, buf) : -1;
	(void)close(fd);
	return len > 0 && !check(buf, len, NULL) && !strcmp(buf->plan.request, request) && sources_unchanged(&buf->plan);
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
	(void)fprintf(stderr, "lockdown: no plan for this, and lockdownctl cannot be run: %s; install it\n",
		      strerror(errno));
	_exit(3);
}

enum { ARGS_MAX = 160 };

static void push(char **args, size_t *n, const char *option, const char *word)
{
	if (!word || *n + 3 > ARGS_MAX)
		return;
	args[(*n)++] = (char *)option;
	args[(*n)++] = (char *)word;
}

static int compile_plan(const struct lkd_request *r, bool explain, union lkd_planbuf *buf, struct lkd_err *e)
{
	char *args[ARGS_MAX + 1], fd_text[16];
	int fds[2], status;
	ssize_t len;
	size_t n = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return lkd_err_set(e, errno, "make a pipe");
	(void)snprintf(fd_text, sizeof(fd_text), "%d", fds[1]);
	args[n++] = (char *)"lockdownctl";
	args[n++] = (char *)"compile";
	push(args, &n, "--for-exec", fd_text);
	push(args, &n, "--engine", r->engine);
	push(args, &n, "--policy", r->policy);
	for (const char *const *w = r->with; *w; w++)
		push(args, &n, "--policy", *w);
	push(args, &n, "--level", r->level);
	for (const char *const *w = r->allow; *w; w++)
		push(args, &n, "--allow", *w);
	for (const char *const *w = r->gaps; *w; w++)
		push(args, &n, "--accept-gap", *w);
	for (const char *const *w = r->needs; *w; w++)
		push(args, &n, "--need", *w);
	if (r->container)
		args[n++] = (char *)"--container";
	if (explain)
		args[n++] = (char *)"--explain";
	args[n] = NULL;

	pid = fork();
	if (pid < 0) {
		len = -errno;
		(void)close(fds[0]);
		(void)close(fds[1]);
		return lkd_err_set(e, (int)-len, "fork for lockdownctl");
	}
	if (!pid) {
		(void)fcntl(fds[1], F_SETFD, 0);
		run_ctl(args);
	}
	(void)close(fds[1]);
	len = read_all(fds[0], buf);
	(void)close(fds[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return lkd_err_set(e, errno, "wait for lockdownctl");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return lkd_err_set(e, WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_BE_HELD ? ENODEV : ECHILD,
				   "lockdownctl made no plan");
	if (check(buf, len, e) < 0)
		return lkd_err_wrap(e, -EINVAL, "from lockdownctl");
	return 0;
}

int lkd_getplan(const struct lkd_request *r, bool explain, union lkd_planbuf *ret, struct lkd_err *e)
{
	char request[sizeof(ret->plan.request)];

	if (keepable(r) && !explain && !lkd_request_text(r, request, sizeof(request)) && find_plan(request, ret) &&
	    (ret->plan.engine != ENGINE_KERNEL || !access(LKD_PIN_MARK, F_OK)))
		return 0;
	return compile_plan(r, explain, ret, e); /* which loads the engine */
}

int lkd_getplan_file(const char *path, union lkd_planbuf *ret, struct lkd_err *e)
{
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t len;

	if (fd < 0)
		return lkd_err_set(e, errno, "open plan '%s': %s", path, strerror(errno));
	len = read_all(fd, ret);
	(void)close(fd);
	r = check(ret, len, e);
	if (r < 0)
		return lkd_err_hint(e, lkd_err_wrap(e, r, "plan '%s'", path), "compile it here: lockdownctl compile");
	return 0;
}
