// SPDX-License-Identifier: BSD-2-Clause
/*
 * lockdown-hook: confines an OCI container before its first instruction, or
 * fails its creation with one line.
 *
 *   createRuntime, prestart  marks the container's init and registers its cgroup
 *   poststop                 lets go of the cgroup
 *   precreate                edits the container's config (podman)
 *
 * The state comes on stdin (OCI runtime specification, "State"). The hook runs
 * as root in the runtime's namespaces; the container's init exists, still runs
 * the runtime's own code, and is alone in its cgroup.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include <lockdown/planbin.h>

#include "bundle.h"
#include "case.h"
#include "container.h"
#include "devices.h"
#include "inside.h"
#include "said.h"
#include "try.h"
#include "util.h"

enum { STATE_MAX = 1 << 20, ID_MAX = LKD_CONTAINER_ID_MAX };

/* what the hook needs of the state, and what is decided from it */
struct job {
	char id[ID_MAX + 1];
	pid_t pid;
	const char *bundle; /* in the state */
	struct lkd_inside inside;
	bool wrapped; /* lockdown-exec is its first process, from @inside */
	struct lkd_case c;
};

static char container[ID_MAX + 1]; /* for messages */
static struct lkd_said said = {-EBADF, -EBADF};

static int fail(const char *fmt, ...) LKD_PRINTF(1, 2);
static int fail(const char *fmt, ...)
{
	char text[1024], plain[1024], before[8];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lkd_said_end(&said, before, sizeof(before));
	/* some runtimes show a hook's exit status only: the journal has the reason then */
	lkd_plain(text, plain, sizeof(plain));
	(void)fprintf(stderr, "lockdown-hook: container '%s' refused: %s\n", container, plain);
	syslog(LOG_ERR, "container '%s' refused: %s", container, text);
	return 1;
}

/* what lockdownctl says from now on */
static void hear(void)
{
	char before[8];

	lkd_said_end(&said, before, sizeof(before));
	said = lkd_said_begin();
}

/* why there is no plan */
static const char *reason(int r, const struct lkd_err *e)
{
	static char line[sizeof(e->msg) + sizeof(e->hint)];

	if (!lkd_getplan_said(r))
		return e->msg;
	lkd_said_end(&said, line, sizeof(line));
	return line;
}

/* ---- input ------------------------------------------------------------ */

/* becomes a file's name: what runtimes accept as an id, and no path */
static bool good_id(const char *id)
{
	return id[0] && id[0] != '.' && strlen(id) <= ID_MAX &&
	       strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-") == strlen(id);
}

static int parse_state(const char *text, size_t len, bool want_pid, struct job *ret, json_t **ret_root)
{
	json_error_t je;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je), *v;

	*ret_root = root;
	if (!json_is_object(root))
		return fail("the state is no JSON object: line %d: %s", je.line, root ? "not an object" : je.text);
	v = json_object_get(root, "id");
	if (!json_is_string(v) || !good_id(json_string_value(v)))
		return fail("the state has no usable \"id\"");
	(void)snprintf(ret->id, sizeof(ret->id), "%s", json_string_value(v));
	(void)snprintf(container, sizeof(container), "%s", ret->id);
	v = json_object_get(root, "pid");
	if (want_pid && (!json_is_integer(v) || json_integer_value(v) <= 1 || json_integer_value(v) > INT_MAX))
		return fail("the state has no usable \"pid\"");
	ret->pid = want_pid ? (pid_t)json_integer_value(v) : 0;
	ret->bundle = json_string_value(json_object_get(root, "bundle"));
	return 0;
}

/* ---- confining -------------------------------------------------------- */

/* comm and parent of a process; the parent 0 if it cannot be told */
static pid_t who_is(pid_t pid, char *ret_comm, size_t size)
{
	char path[40], line[128];
	lkd_autofile *f = NULL;
	pid_t parent = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	*ret_comm = '\0';
	while (f && !parent && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "Name:\t", 6))
			(void)snprintf(ret_comm, size, "%.*s", (int)strcspn(line + 6, "\n"), line + 6);
		else if (!strncmp(line, "PPid:", 5))
			parent = (pid_t)strtol(line + 5, NULL, 10);
	}
	return parent;
}

/*
 * criu, which makes a restored init as its own sibling: both are children of runc,
 * which called us. A helper of criu is its child (criu/cgroup.c:cgroupd, since 3.18).
 * Who runs in a container is below another process, whatever it calls itself.
 * Neither is marked, as they are the host's, and criu has to unmount what it
 * mounted there; whom they make in this cgroup is.
 */
static bool restores(pid_t other)
{
	char comm[64];
	pid_t parent;

	for (int depth = 0; depth < 3; depth++, other = parent) {
		parent = who_is(other, comm, sizeof(comm));
		if (!parent || strcmp(comm, "criu"))
			return false;
		if (parent == getppid())
			return true;
	}
	return false;
}

/*
 * Registering a cgroup confines whoever is in it: nobody but the container may
 * be. At restore runc puts criu in there too (libcontainer/criu_linux.go:
 * criuApplyCgroups). What a filter refuses comes from criu's images then, so
 * that is only for the kernel engine. Returns another's pid, 0 or -errno.
 */
static int alone_in_cgroup(pid_t pid, const char *dir, bool kernel)
{
	char path[PATH_MAX * 2 + 32], comm[64];
	const bool siblings = who_is(pid, comm, sizeof(comm)) == getppid();
	lkd_autofile *f = NULL;
	int other;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &other) == 1)
		if (other != pid && !(kernel && siblings && restores(other)))
			return other;
	return f ? 0 : -ENOENT;
}

static int mark_init(pid_t pid, __u64 denied)
{
	unsigned marked = 0;
	__u64 held = 0;
	const int r = lkd_container_adopt(pid, &marked, &held);

	return r ? r : !marked || (held & denied) != denied ? -EIO : 0;
}

/* by the same hook, listed twice: in hooks.d and by lockdown-runtime */
static bool same_confinement(const struct lkd_container *a, const struct lkd_container *b)
{
	return a->cookie == b->cookie && a->denied == b->denied && a->audited == b->audited && a->seals == b->seals &&
	       !memcmp(a->policy, b->policy, sizeof(a->policy));
}

static void about(const struct job *job, struct lkd_container_file *ret)
{
	lkd_case_remembered(&job->c, ret);
	ret->pid = job->pid;
	ret->since = time(NULL);
	(void)snprintf(ret->id, sizeof(ret->id), "%s", job->id);
}

/* not to be confined: that is remembered too, and said */
static int leave(const struct job *job)
{
	const struct lkd_container nothing = {.denied = 0};
	struct lkd_container_file file;
	struct lkd_catch_all rule;
	char dir[PATH_MAX * 2];
	__u64 cgroup;

	about(job, &file);
	syslog(LOG_WARNING, "container '%s' is not confined: %s%s%s", container, file.why, file.pod[0] ? "; pod " : "", file.pod);
	if (lkd_container_dir(job->pid, dir, sizeof(dir)) < 0 || lkd_container_cgroup(dir, &cgroup) < 0)
		return 0;
	file.cgroup = cgroup;
	(void)lkd_container_remember(&file);
	/* or the catch-all rule would confine it at its first exec */
	if (!lkd_catch_all_get(&rule) && (rule.denied | rule.audited)) {
		const int r = lkd_container_add(cgroup, &nothing);

		if (r < 0 && r != -EEXIST)
			syslog(LOG_WARNING, "container '%s' will be caught by the catch-all rule: %s", container, strerror(-r));
	}
	return 0;
}

static int attach_devices(const struct lkd_planbin *plan, const struct lkd_container_file *c, const char *dir, int program)
{
	int r;

	if (c->cgroup & LKD_CGROUP_V1)
		return lkd_devices_deny(dir, lkd_planbin_devices(plan), plan->n_devices, lkd_efi_test_minor());
	/* out of the container's reach before it is in force */
	r = plan->engine == LKD_PLAN_BY_KERNEL ? lkd_container_guard(c->program) : 0;
	return r < 0 ? r : lkd_devices_attach(dir, program);
}

static int confine(const struct job *job, const struct lkd_planbin *plan)
{
	struct lkd_container there, c = {.denied = plan->denied, .audited = plan->audited, .seals = plan->seals};
	struct lkd_container_file file;
	const bool kernel = plan->engine == LKD_PLAN_BY_KERNEL;
	lkd_autofd pidfd = (int)syscall(SYS_pidfd_open, job->pid, 0), devices = -EBADF;
	struct pollfd alive = {.fd = pidfd, .events = POLLIN};
	char dir[PATH_MAX * 2], comm[64];
	__u64 cgroup;
	int r;

	if (pidfd < 0)
		return fail("no process %d", (int)job->pid);
	r = lkd_container_dir(job->pid, dir, sizeof(dir));
	if (r >= 0)
		r = lkd_container_cgroup(dir, &cgroup);
	if (r < 0)
		return fail("process %d has no cgroup of its own: %s", (int)job->pid, strerror(-r));
	r = alone_in_cgroup(job->pid, dir, kernel);
	if (r < 0)
		return fail("the cgroup of process %d: %s", (int)job->pid, strerror(-r));
	if (r) {
		const pid_t parent = who_is(r, comm, sizeof(comm));

		return fail("the cgroup of process %d is not the container's alone: process %d (%s), child of %d, is in it",
			    (int)job->pid, r, comm, (int)parent);
	}
	about(job, &file);
	file.level = plan->level;
	c.cookie = file.cgroup = cgroup;
	memcpy(c.policy, plan->policy, sizeof(c.policy));
	if (kernel && !lkd_container_get(cgroup, &there)) {
		if (!same_confinement(&there, &c))
			return fail("its cgroup belongs to another container");
		r = mark_init(job->pid, plan->denied);
		return r ? fail("mark its init: %s", strerror(-r)) : 0;
	}
	if (plan->n_devices && !(cgroup & LKD_CGROUP_V1)) {
		devices = lkd_devices_load(lkd_planbin_devices(plan), plan->n_devices, lkd_efi_test_minor(), &file.program);
		if (devices < 0)
			return fail("load device rules: %s", strerror(-devices));
	}
	/* remembered first: a hook that is killed leaves something that can be cleaned up */
	r = lkd_container_remember(&file);
	if (r < 0)
		return fail("write below %s: %s", LKD_CONTAINERS_DIR, strerror(-r));
	if (job->wrapped)
		lkd_inside_cgroup(&job->inside, cgroup);
	r = kernel ? lkd_container_add(cgroup, &c) : 0;
	if (r == -E2BIG)
		r = fail("as many containers are registered as the kernel engine was loaded for; lockdownctl ps --prune "
			 "forgets those that are gone, lockdownctl load --max-containers makes room");
	else if (r == -EXDEV)
		r = fail("containers of the other version of cgroups are confined here");
	else if (r)
		r = fail("register its cgroup: %s%s", strerror(-r),
			 geteuid() || r == -EPERM || r == -EACCES ? " (it takes root of the host: not rootless)" : "");
	if (!r && plan->n_devices) {
		r = attach_devices(plan, &file, dir, devices);
		r = r < 0 ? fail("attach device rules: %s", strerror(-r)) : 0;
	}
	if (!r && kernel) {
		r = mark_init(job->pid, plan->denied);
		if (r)
			r = fail("mark its init: %s%s", strerror(-r),
				 r == -EIO ? " (the kernel engine does not answer: lockdownctl status)" : "");
	}
	/* it may have died meanwhile, and its number be another's */
	if (!r && poll(&alive, 1, 0) != 0)
		r = fail("its init is gone");
	if (r)
		lkd_container_forget(cgroup);
	return r;
}

static int is_wrapped(const struct lkd_bundle *b, bool *ret, struct lkd_err *e)
{
	lkd_cleanup(lkd_oci_free) struct lkd_oci oci;
	const int r = lkd_oci_parse(b->text, b->len, &oci, e);

	*ret = !r && lkd_oci_is_wrapped(&oci);
	return r;
}

/*
 * Without the kernel engine it is the config that holds, or lockdown-exec in it,
 * and a hook can only look whether all of that is there: in the form that it has.
 */
static int check_bundle(struct job *job, union lkd_planbuf *plan)
{
	lkd_cleanup(lkd_bundle_free) struct lkd_bundle b = {.dir = -EBADF};
	lkd_autofree char *text = NULL;
	struct lkd_err e = {0};
	size_t len;
	int r;

	if (!job->bundle)
		return fail("the state has no \"bundle\"");
	r = lkd_bundle_read(job->bundle, NULL, &b, &e);
	job->c.config.cgroupns = false;
	if (!r)
		r = is_wrapped(&b, &job->wrapped, &e);
	if (!r && job->wrapped)
		r = lkd_inside_of(job->bundle, &job->inside, &e);
	hear();
	if (!r)
		r = lkd_case_edit(&job->c, b.text, b.len, job->bundle, NULL, job->wrapped ? &job->inside : NULL, false, plan, &text, &len,
				  &e);
	if (r < 0)
		return fail("its config: %s", reason(r, &e));
	if (text)
		return fail("policy '%s' is held without the kernel engine here, by what its config lacks: "
			    "start it with lockdown-runtime",
			    job->c.choice.policies[0]);
	if (job->wrapped && !lkd_inside_there(&job->inside))
		return fail("'%s' is gone: start it with lockdown-runtime", job->inside.dir);
	if (job->wrapped)
		lkd_inside_name(&job->inside, job->id);
	return 0;
}

/* A node policy asks for more of a container than its state says. */
static int decide(struct job *job, const json_t *state, struct lkd_err *e)
{
	lkd_cleanup(lkd_bundle_free) struct lkd_bundle b = {.dir = -EBADF};
	lkd_cleanup(lkd_oci_free) struct lkd_oci oci = {.root = NULL};
	int r;

	if (!job->c.has_node)
		return lkd_case_decide(&job->c, state, job->bundle, e);
	if (!job->bundle)
		return lkd_err_set(e, EINVAL, "the state has no \"bundle\"");
	r = lkd_bundle_read(job->bundle, NULL, &b, e);
	if (!r)
		r = lkd_oci_parse(b.text, b.len, &oci, e);
	if (!r)
		r = lkd_case_decide(&job->c, oci.root, job->bundle, e);
	lkd_subject_free(&job->c.subject); /* points into the config */
	return r;
}

static int create(const char *text, size_t len, const char *handler)
{
	static union lkd_planbuf buf;
	json_auto_t *state = NULL;
	struct lkd_err e = {0};
	static struct job job;
	int r;

	r = parse_state(text, len, true, &job, &state);
	if (r)
		return r;
	r = lkd_case_open(&job.c, handler, &e);
	if (!r)
		r = decide(&job, state, &e);
	if (r < 0)
		return fail("%s%s%s", e.msg, e.hint[0] ? "; " : "", e.hint);
	hear();
	r = lkd_case_plan(&job.c, LKD_FORM_INSIDE, &buf, &e);
	if (r < 0 && r != -ENODEV)
		return fail("policy '%s': %s", job.c.choice.policies[0], reason(r, &e));
	if (!job.c.choice.n)
		return leave(&job);
	if (!r && buf.plan.engine == LKD_PLAN_BY_HOST && !buf.plan.n_devices)
		return 0; /* the host refuses it all */
	if (r || buf.plan.engine != LKD_PLAN_BY_KERNEL) {
		r = check_bundle(&job, &buf);
		if (r)
			return r;
		if (!job.c.choice.n)
			return leave(&job);
	}
	return confine(&job, &buf.plan);
}

/* podman: the config on stdin, and the one to use on stdout */
static int precreate(const char *text, size_t len, const char *handler)
{
	static union lkd_planbuf plan;
	static struct lkd_case c;
	lkd_autofree char *edited = NULL;
	struct lkd_err e = {0};
	const char *out = text;
	int r;

	(void)snprintf(container, sizeof(container), "?");
	r = lkd_case_open(&c, handler, &e);
	hear();
	if (!r)
		r = lkd_case_edit(&c, text, len, NULL, NULL, NULL, false, &plan, &edited, &len, &e);
	if (r < 0)
		return fail("%s", reason(r, &e));
	out = edited ? edited : text;
	if (fwrite(out, 1, len, stdout) != len || fflush(stdout))
		return fail("write the config: %s", strerror(errno));
	return 0;
}

/* one that has no process left; the id alone may be that of another engine's container too */
static int forget_ended(void *id, const struct lkd_container_file *c)
{
	if (!strcmp(c->id, id) && !lkd_container_lives(c->cgroup))
		lkd_container_forget(c->cgroup);
	return 0;
}

static int poststop(const char *text, size_t len, const char *handler)
{
	json_auto_t *state = NULL;
	struct lkd_inside inside;
	static struct job job;
	int r;

	(void)handler;
	r = parse_state(text, len, false, &job, &state);
	if (!r && job.bundle && lkd_inside_any() && !lkd_inside_of(job.bundle, &inside, NULL))
		lkd_inside_remove(&inside, job.id);
	if (!r)
		r = lkd_container_each(forget_ended, job.id);
	return r == -EACCES ? 0 : r; /* a rootless runtime's containers are not listed there */
}

static const struct {
	const char *name;
	size_t most; /* bytes on stdin */
	int (*run)(const char *text, size_t len, const char *handler);
} verbs[] = {
	{"createRuntime", STATE_MAX, create},
	{"prestart", STATE_MAX, create},
	{"precreate", LKD_OCI_CONFIG_MAX, precreate},
	{"poststop", STATE_MAX, poststop},
};

static const char usage[] =
	"usage: lockdown-hook createRuntime|prestart|poststop [HANDLER] < STATE\n"
	"       lockdown-hook precreate < CONFIG > CONFIG\n"
	"       lockdown-hook try\n"
	"An OCI hook: confines a container, or lets go of it. See docs/containers.md.\n";

/*
 * crun calls hooks under the rlimits of the container's process. A small stack, or no
 * file to be written, is no reason not to start one.
 */
static void raise_limits(void)
{
	static const int limits[] = {RLIMIT_STACK, RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_MEMLOCK, RLIMIT_CPU};
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY}, files = {1024, 1024};
	struct rlimit now;

	for (size_t i = 0; i < LKD_N(limits); i++)
		(void)setrlimit(limits[i], &unlimited);
	if (!getrlimit(RLIMIT_NOFILE, &now) && now.rlim_cur < files.rlim_cur)
		(void)setrlimit(RLIMIT_NOFILE, &files);
	/* where that is not allowed it fails with a reason */
	(void)signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv)
{
	lkd_autofree char *text = NULL;
	char line[512];
	size_t len = 0;
	int r;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		(void)puts("lockdown-hook " LKD_VERSION);
		return 0;
	}
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		(void)fputs(usage, stdout);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "try"))
		return lkd_try();
	for (size_t i = 0; (argc == 2 || argc == 3) && i < LKD_N(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		raise_limits();
		openlog("lockdown-hook", LOG_PID, LOG_DAEMON);
		text = lkd_read_whole(STDIN_FILENO, verbs[i].most, &len);
		if (!text)
			return fail("stdin is larger than %zu bytes, or cannot be read", verbs[i].most);
		r = verbs[i].run(text, len, argv[2]);
		lkd_said_end(&said, line, sizeof(line));
		if (line[0])
			(void)fprintf(stderr, "%s\n", line);
		return r;
	}
	(void)fputs(usage, stderr);
	return 2;
}
