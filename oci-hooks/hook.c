// SPDX-License-Identifier: BSD-2-Clause
/*
 * lockdown-hook: confines an OCI container before its first instruction, or
 * fails its creation with one line.
 *
 *   createRuntime, prestart  marks the container's init and registers its cgroup
 *   poststop                 lets go of the cgroup
 *
 * The state comes on stdin (OCI runtime specification, "State"). The hook runs
 * as root in the runtime's namespaces; the container's init exists, still runs
 * the runtime's own code, and is alone in its cgroup.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include <lockdown/planbin.h>

#include "container.h"
#include "getplan.h"
#include "util.h"

#define CONFIG_FILE    "/etc/container-lockdown/config.json"
#define ANNOTATION     "container-lockdown.policy"
#define DEFAULT_POLICY "privileged-default"

enum { STATE_MAX = 1 << 20, CONFIG_MAX = 1 << 16, ID_MAX = 255 };
enum { ENGINE_HOST = 1, ENGINE_KERNEL = 2 }; /* enum lkd_engine of plan.h */

/* what the hook needs of the state and of the configuration */
struct job {
	char id[ID_MAX + 1];
	pid_t pid;
	char policy[PATH_MAX];
};

static char container[ID_MAX + 1]; /* for messages */

static int fail(const char *fmt, ...) LKD_PRINTF(1, 2);
static int fail(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* some runtimes show a hook's exit status only: the journal has the reason then */
	(void)fprintf(stderr, "lockdown-hook: container '%s' refused: %s\n", container, text);
	syslog(LOG_ERR, "container '%s' refused: %s", container, text);
	return 1;
}

static void drop_json(json_t **j)
{
	json_decref(*j);
}

/* ---- input ------------------------------------------------------------ */

static char *read_whole(int fd, size_t most, size_t *ret_len)
{
	char *buf = malloc(most + 1);
	size_t len = 0;
	ssize_t n;

	while (buf && len <= most && (n = read(fd, buf + len, most + 1 - len)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	if (!buf || len > most) {
		free(buf);
		return NULL;
	}
	*ret_len = len;
	return buf;
}

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
	return 0;
}

/* {"policy": NAME, "annotations": bool}; both may be missing, nothing else may be there */
static int read_config(struct job *ret, bool *ret_annotations)
{
	lkd_autofd fd = open(CONFIG_FILE, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	lkd_cleanup(drop_json) json_t *root = NULL;
	lkd_autofree char *text = NULL;
	json_error_t je;
	const char *key;
	size_t len;
	json_t *v;

	(void)snprintf(ret->policy, sizeof(ret->policy), "%s", DEFAULT_POLICY);
	*ret_annotations = false;
	if (fd < 0)
		return errno == ENOENT ? 0 : fail("open %s: %s", CONFIG_FILE, strerror(errno));
	text = read_whole(fd, CONFIG_MAX, &len);
	root = text ? json_loadb(text, len, JSON_REJECT_DUPLICATES, &je) : NULL;
	if (!json_is_object(root))
		return fail("%s: not a JSON object of at most %d bytes", CONFIG_FILE, CONFIG_MAX);
	json_object_foreach(root, key, v)
	{
		if (!strcmp(key, "policy") && json_is_string(v))
			(void)snprintf(ret->policy, sizeof(ret->policy), "%s", json_string_value(v));
		else if (!strcmp(key, "annotations") && json_is_boolean(v))
			*ret_annotations = json_is_true(v);
		else
			return fail("%s: key '%s': expected \"policy\": NAME or \"annotations\": true or false",
				    CONFIG_FILE, key);
	}
	return 0;
}

static int choose_policy(const json_t *state, struct job *job)
{
	const json_t *v = json_object_get(json_object_get(state, "annotations"), ANNOTATION);
	bool annotations;
	int r = read_config(job, &annotations);

	if (r || !v || !annotations)
		return r;
	if (!json_is_string(v) || !good_id(json_string_value(v)))
		return fail("annotation %s: not a policy's name", ANNOTATION);
	(void)snprintf(job->policy, sizeof(job->policy), "%s", json_string_value(v));
	return 0;
}

/* ---- what is remembered per container --------------------------------- */

static void state_path(const char *id, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s/%s", LKD_CONTAINERS_DIR, id);
}

static int remember(const struct job *job, __u64 cgroup)
{
	char path[sizeof(LKD_CONTAINERS_DIR) + ID_MAX + 2];
	FILE *f;
	int fd;

	(void)mkdir("/run/container-lockdown", 0755);
	if (mkdir(LKD_CONTAINERS_DIR, 0700) && errno != EEXIST)
		return -errno;
	state_path(job->id, path, sizeof(path));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return -errno;
	(void)fprintf(f, "%llu %d %s %lld\n", (unsigned long long)cgroup, (int)job->pid, job->policy,
		      (long long)time(NULL));
	return fclose(f) ? -errno : 0;
}

/* 0 if nothing is remembered */
static __u64 recall(const char *id)
{
	char path[sizeof(LKD_CONTAINERS_DIR) + ID_MAX + 2];
	unsigned long long cgroup = 0;
	lkd_autofile *f = NULL;

	state_path(id, path, sizeof(path));
	f = fopen(path, "re");
	if (!f || fscanf(f, "%llu", &cgroup) != 1)
		return 0;
	return cgroup;
}

static void forget(const char *id)
{
	char path[sizeof(LKD_CONTAINERS_DIR) + ID_MAX + 2];
	__u64 cgroup = recall(id);

	if (cgroup)
		(void)lkd_container_remove(cgroup);
	state_path(id, path, sizeof(path));
	(void)unlink(path);
}

/* ---- confining -------------------------------------------------------- */

/* registering a cgroup confines whoever is in it: nobody but the container may be */
static int alone_in_cgroup(pid_t pid)
{
	char path[64], line[PATH_MAX], procs[PATH_MAX + 64];
	lkd_autofile *f = NULL, *p = NULL;
	int other;

	(void)snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = '\0';
		(void)snprintf(procs, sizeof(procs), "/sys/fs/cgroup%s/cgroup.procs", line + 3);
		p = fopen(procs, "re");
		while (p && fscanf(p, "%d", &other) == 1)
			if (other != pid)
				return other;
		return p ? 0 : -ENOENT;
	}
	return -ENOENT;
}

static int confine(const struct job *job, const struct lkd_planbin *plan)
{
	struct lkd_container c = {
		.denied = plan->denied,
		.audited = plan->audited,
		.seals = plan->seals,
	};
	lkd_autofd pidfd = (int)syscall(SYS_pidfd_open, job->pid, 0);
	struct pollfd alive = { .fd = pidfd, .events = POLLIN };
	unsigned marked = 0;
	__u64 cgroup, denied = 0;
	int r;

	if (pidfd < 0)
		return fail("no process %d", (int)job->pid);
	r = lkd_container_cgroup(job->pid, &cgroup);
	if (r < 0)
		return fail("process %d has no cgroup v2 of its own: %s", (int)job->pid, strerror(-r));
	r = alone_in_cgroup(job->pid);
	if (r)
		return fail("the cgroup of process %d is not the container's alone (%d)", (int)job->pid, r);
	c.cookie = cgroup;
	memcpy(c.policy, plan->policy, sizeof(c.policy));
	/* remembered first: a hook that is killed leaves something that can be cleaned up */
	r = remember(job, cgroup);
	if (r < 0)
		return fail("write below %s: %s", LKD_CONTAINERS_DIR, strerror(-r));
	r = lkd_container_add(cgroup, &c);
	if (r == -EEXIST)
		return fail("its cgroup belongs to another container");
	if (!r)
		r = lkd_container_adopt(job->pid, &marked, &denied);
	if (!r && (!marked || (denied & plan->denied) != plan->denied))
		r = -EIO;
	if (!r && poll(&alive, 1, 0) != 0)
		r = -ESRCH; /* it died meanwhile, and its number may be another's */
	if (!r)
		return 0;
	forget(job->id);
	return fail("mark its init: %s%s", strerror(-r),
		    r == -EIO ? " (the kernel engine does not answer: lockdownctl status)" : "");
}

static int create(const char *text, size_t len)
{
	static union lkd_planbuf buf;
	lkd_cleanup(drop_json) json_t *state = NULL;
	struct lkd_request request = { .engine = "auto" };
	struct lkd_err e = { 0 };
	struct job job = { 0 };
	int r;

	r = parse_state(text, len, true, &job, &state);
	if (!r)
		r = choose_policy(state, &job);
	if (r)
		return r;
	request.policy = job.policy;
	r = lkd_getplan(&request, false, &buf, &e);
	if (r < 0)
		return fail("policy '%s': %s", job.policy, r == -ECHILD ? "see the line before" : e.msg);
	if (buf.plan.engine == ENGINE_HOST)
		return 0; /* the host refuses it all */
	if (buf.plan.engine != ENGINE_KERNEL)
		return fail("policy '%s' would be held without the kernel engine here, which a hook cannot do",
			    job.policy);
	return confine(&job, &buf.plan);
}

static int poststop(const char *text, size_t len)
{
	lkd_cleanup(drop_json) json_t *state = NULL;
	struct job job = { 0 };
	int r = parse_state(text, len, false, &job, &state);

	if (!r)
		forget(job.id);
	return r;
}

static const struct {
	const char *name;
	int (*run)(const char *text, size_t len);
} verbs[] = {
	{ "createRuntime", create },
	{ "prestart", create },
	{ "poststop", poststop },
};

int main(int argc, char **argv)
{
	lkd_autofree char *text = NULL;
	size_t len = 0;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		(void)puts("lockdown-hook " LKD_VERSION);
		return 0;
	}
	for (size_t i = 0; argc == 2 && i < LKD_N(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		openlog("lockdown-hook", LOG_PID, LOG_DAEMON);
		text = read_whole(STDIN_FILENO, STATE_MAX, &len);
		if (!text)
			return fail("the state on stdin is larger than %d bytes", STATE_MAX);
		return verbs[i].run(text, len);
	}
	(void)fprintf(stderr, "usage: lockdown-hook createRuntime|prestart|poststop < STATE\n"
			      "An OCI hook: confines a container, or lets go of it. See docs/containers.md.\n");
	return 2;
}
