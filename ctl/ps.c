// SPDX-License-Identifier: BSD-2-Clause
/* ps: containers that lockdown-hook confined */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "container.h"
#include "ctl.h"
#include "engine.h"
#include "util.h"

struct row {
	const char *id;
	unsigned long long cgroup;
	int pid;
	char policy[256];
	long long since;
	unsigned tasks; /* marked ones */
};

static int count_task(void *arg, const struct lkd_engine_task *t)
{
	struct row *r = arg;

	r->tasks += t->cookie == r->cgroup;
	return 0;
}

static bool read_row(const char *id, struct row *r)
{
	char path[PATH_MAX];
	lkd_autofile *f = NULL;

	*r = (struct row){ .id = id };
	(void)snprintf(path, sizeof(path), "%s/%s", LKD_CONTAINERS_DIR, id);
	f = fopen(path, "re");
	return f && fscanf(f, "%llu %d %255s %lld", &r->cgroup, &r->pid, r->policy, &r->since) == 4;
}

/* a hook that was killed, or a runtime that never ran poststop, leaves these */
static bool prune(const struct row *r)
{
	char path[PATH_MAX];

	if (lkd_container_exists(r->cgroup) != 0)
		return false;
	(void)lkd_container_remove(r->cgroup);
	(void)snprintf(path, sizeof(path), "%s/%s", LKD_CONTAINERS_DIR, r->id);
	return !unlink(path);
}

static void show(const struct row *r, json_t *out)
{
	const time_t t = (time_t)r->since;
	char when[32];
	struct tm tm;

	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	if (out)
		(void)json_array_append_new(out, json_pack("{s:s, s:i, s:s, s:I, s:s, s:i}", "id", r->id, "pid", r->pid,
							   "policy", r->policy, "cgroup", (json_int_t)r->cgroup, "since",
							   when, "tasks", (int)r->tasks));
	else
		(void)printf("%-32s %8d %-20s %6u %s\n", r->id, r->pid, r->policy, r->tasks, when);
}

int verb_ps(int argc, char **argv)
{
	json_t *out = NULL;
	struct options o;
	struct dirent *d;
	DIR *dir;

	if (parse_options(argc, argv, TAKES_JSON | TAKES_PRUNE, 0, 0, &o) < 0)
		return CTL_USAGE;
	if (o.json)
		out = json_array();
	else
		(void)printf("%-32s %8s %-20s %6s %s\n", "CONTAINER", "PID", "POLICY", "TASKS", "SINCE");
	dir = opendir(LKD_CONTAINERS_DIR);
	while (dir && (d = readdir(dir))) {
		struct row r;

		if (d->d_name[0] == '.' || !read_row(d->d_name, &r))
			continue;
		if (o.prune && prune(&r)) {
			(void)fprintf(stderr, "lockdownctl: %s is gone: forgotten\n", r.id);
			continue;
		}
		(void)lkd_engine_tasks(count_task, &r, NULL);
		show(&r, out);
	}
	if (dir)
		(void)closedir(dir);
	if (out) {
		char *text = json_dumps(out, JSON_INDENT(2));

		if (text)
			(void)puts(text);
		free(text);
		json_decref(out);
	}
	return CTL_OK;
}
