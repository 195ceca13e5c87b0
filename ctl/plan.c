// SPDX-License-Identifier: BSD-2-Clause
/* plan, compile, facts */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "abi.h"
#include "ctl.h"
#include "util.h"

struct planned {
	struct lkd_policy policy;
	struct lkd_facts facts;
	struct lkd_plan plan;
};

static int make(const struct options *o, struct planned *ret, struct lkd_err *e)
{
	int r = request_policy(&o->request, &ret->policy, e);

	if (!r)
		r = get_facts(o, &ret->facts, e);
	if (!r)
		r = lkd_plan_make(&ret->policy, &ret->facts, o->engine, &ret->plan, e);
	return r;
}

static int put(FILE *out, char *text)
{
	if (!text)
		return -ENOMEM;
	(void)fprintf(out, "%s%s", text, text[0] && text[strlen(text) - 1] != '\n' ? "\n" : "");
	free(text);
	return 0;
}

int verb_plan(int argc, char **argv)
{
	lkd_autofree struct planned *p = calloc(1, sizeof(*p));
	struct lkd_err e = {};
	struct options o;
	int r;

	if (!p || parse_options(argc, argv, TAKES_REQUEST | TAKES_FACTS | TAKES_JSON, 0, 0, &o) < 0)
		return CTL_USAGE;
	r = make(&o, p, &e);
	if (r < 0)
		return report(CTL_FAILED, &e);
	if (put(stdout, o.json ? lkd_plan_json(&p->plan) : lkd_plan_text(&p->plan)) < 0)
		return CTL_FAILED;
	return p->plan.refusals ? CTL_NO : CTL_OK;
}

/* ---- compile ---------------------------------------------------------- */

static void source_of(const char *path, struct lkd_plan_source *ret)
{
	struct stat st;

	(void)snprintf(ret->path, sizeof(ret->path), "%s", path);
	if (stat(path, &st))
		return; /* was absent */
	ret->dev = st.st_dev;
	ret->ino = st.st_ino;
	ret->size = (uint64_t)st.st_size;
	ret->mtime_s = st.st_mtim.tv_sec;
	ret->mtime_ns = st.st_mtim.tv_nsec;
}

/* false if the request must not be kept: see keepable() in broker/getplan.c */
static bool policy_sources(const char *policy, struct lkd_plan_source *ret)
{
	char path[PATH_MAX], first[PATH_MAX];

	if (strchr(policy, '/') ? *policy != '/' : getenv("LOCKDOWN_POLICY_DIR") != NULL)
		return false;
	if (lkd_policy_resolve(policy, path, sizeof(path), NULL) < 0 || strlen(path) >= sizeof(ret->path))
		return false;
	source_of(path, &ret[0]);
	if (strchr(policy, '/'))
		return true;
	/* a policy that an administrator adds later goes before the shipped one */
	if ((size_t)snprintf(first, sizeof(first), "/etc/container-lockdown/policies/%s.json", policy) >=
	    sizeof(ret->path))
		return false;
	if (strcmp(first, path) != 0)
		source_of(first, &ret[1]);
	return true;
}

static bool sources_of(const struct lkd_request *r, struct lkd_plan_source *ret)
{
	char self[sizeof(ret->path)];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	size_t at = 1;

	/* a newer lockdownctl may plan otherwise, and plans are kept until the next boot */
	if (n <= 0 || n >= (ssize_t)sizeof(self))
		return false;
	self[n] = '\0';
	source_of(self, &ret[0]);
	if (r->policy && !policy_sources(r->policy, &ret[at]))
		return false;
	for (const char *const *w = r->with; *w; w++) {
		at += 2;
		if (at + 1 >= LKD_PLANBIN_SOURCES || !policy_sources(*w, &ret[at]))
			return false;
	}
	return true;
}

/* Kept for the next lockdown-exec; failing to is no error, it only compiles again. */
static void keep_plan(const char *request, const void *plan, size_t len)
{
	char path[128], fresh[160];
	lkd_autofd fd = -EBADF;
	int r;

	(void)mkdir("/run/container-lockdown", 0755);
	if (mkdir(LKD_PLAN_DIR, 0755) && errno != EEXIST)
		return;
	lkd_request_path(request, path, sizeof(path));
	(void)snprintf(fresh, sizeof(fresh), "%s.%d", path, (int)getpid());
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return;
	r = lkd_write_all(fd, plan, len);
	if (r < 0 || rename(fresh, path))
		(void)unlink(fresh);
}

int verb_compile(int argc, char **argv)
{
	lkd_autofree struct planned *p = calloc(1, sizeof(*p));
	struct lkd_plan_source sources[LKD_PLANBIN_SOURCES] = {};
	lkd_autofree void *bin = NULL;
	char request[256] = "";
	struct lkd_err e = {};
	struct options o;
	bool keep, done;
	int r, len;

	if (!p || parse_options(argc, argv, TAKES_REQUEST | TAKES_FACTS | TAKES_OUTPUT | TAKES_COMPILE, 0, 0, &o) < 0)
		return CTL_USAGE;
	r = make(&o, p, &e);
	if (r < 0)
		return report(CTL_FAILED, &e);
	if (o.explain && put(stderr, lkd_plan_text(&p->plan)) < 0)
		return CTL_FAILED;
	keep = o.for_exec >= 0 && sources_of(&o.request, sources) &&
	       !lkd_request_text(&o.request, request, sizeof(request));
	len = lkd_planbin_write(&p->plan, keep ? request : "", sources,
				p->plan.engine == LKD_ENGINE_KERNEL ? attach_of(&p->facts) : LKD_ATTACH_NONE, &bin, &e);
	if (len < 0)
		return report(CTL_NO, &e);
	if (o.for_exec >= 0) {
		if (p->plan.engine == LKD_ENGINE_KERNEL) {
			r = load_for(&p->facts, &o, &done, &e);
			if (r < 0)
				return report(CTL_NO, &e);
		}
		if (keep)
			keep_plan(request, bin, (size_t)len);
		r = lkd_write_all(o.for_exec, bin, (size_t)len);
	} else {
		lkd_autofd fd = o.output ? open(o.output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : dup(1);

		if (fd < 0)
			return report(CTL_FAILED, (lkd_err_set(&e, errno, "open '%s'", o.output), &e));
		if (!o.output && isatty(fd))
			return usage_error("compile: a plan is binary; give a file with -o");
		r = lkd_write_all(fd, bin, (size_t)len);
	}
	if (r < 0)
		return report(CTL_FAILED, (lkd_err_set(&e, -r, "write the plan"), &e));
	return CTL_OK;
}

int verb_facts(int argc, char **argv)
{
	lkd_autofree struct lkd_facts *f = calloc(1, sizeof(*f));
	struct options o;

	if (!f || parse_options(argc, argv, 0, 0, 0, &o) < 0)
		return CTL_USAGE;
	lkd_facts_gather(f);
	return put(stdout, lkd_facts_json(f)) < 0 ? CTL_FAILED : CTL_OK;
}
