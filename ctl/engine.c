// SPDX-License-Identifier: BSD-2-Clause
/* load, unload, status */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "ctl.h"
#include "engine.h"
#include "util.h"

static const char *const attach_words[] = {
	[LKD_ATTACH_NONE] = "none",
	[LKD_ATTACH_LSM] = "lsm",
	[LKD_ATTACH_FMOD_RET] = "fmod_ret",
};

const char *attach_word(uint32_t mode)
{
	return mode < LKD_N(attach_words) ? attach_words[mode] : "unknown";
}

int verb_load(int argc, char **argv)
{
	lkd_autofree struct lkd_facts *f = calloc(1, sizeof(*f));
	struct lkd_err e = {};
	struct options o;
	bool done;
	int r;

	if (!f || parse_options(argc, argv, TAKES_LOAD, 0, 0, &o) < 0)
		return CTL_USAGE;
	lkd_facts_gather(f);
	r = load_for(f, &o, &done, &e);
	if (r < 0)
		return report(CTL_FAILED, &e);
	if (task_is_confined()) {
		(void)puts("the kernel engine is loaded: this task is confined by it");
		return CTL_OK;
	}
	(void)printf("kernel engine %s %s (%s)\n", lkd_engine_version(), done ? "loaded" : "was loaded already",
		     o.attach ? o.attach : attach_word(attach_of(f)));
	return CTL_OK;
}

int verb_unload(int argc, char **argv)
{
	struct lkd_err e = {};
	struct options o;
	int r;

	if (parse_options(argc, argv, TAKES_FORCE, 0, 0, &o) < 0)
		return CTL_USAGE;
	if (access(LKD_PIN_DIR, F_OK) && errno == ENOENT) {
		(void)puts("the kernel engine is not loaded");
		return CTL_OK;
	}
	r = lkd_engine_unload(o.force, &e);
	if (r < 0)
		return report(r == -EBUSY ? CTL_NO : CTL_FAILED, &e);
	return CTL_OK;
}

/* ---- status ----------------------------------------------------------- */

struct listing {
	json_t *json; /* or NULL: print */
	unsigned n;
};

enum { SHOWN_TASKS = 20 };

static int show_task(void *arg, const struct lkd_engine_task *t)
{
	struct listing *l = arg;

	l->n++;
	if (l->json) {
		json_t *row = json_pack("{s:i, s:i, s:s*, s:s*}", "pid", t->tgid, "tid", t->pid, "comm", t->comm,
					"policy", t->policy);

		return row ? json_array_append_new(l->json, row) : 0;
	}
	if (l->n <= SHOWN_TASKS)
		(void)printf("  %7d %-16s %s\n", t->tgid, t->comm, t->policy);
	return 0;
}

/* refusals by the kernel's number, named where the kernel names them */
struct counts {
	const struct lkd_state *st;
	json_t *json;
};

static void show_count(void *arg, const char *name, size_t len, int number, enum lkd_level level)
{
	struct counts *c = arg;
	unsigned long long refused = c->st->refused[number], audited = c->st->audited[number];
	char key[64];

	(void)level;
	if (!refused && !audited)
		return;
	(void)snprintf(key, sizeof(key), "%.*s", (int)len, name);
	if (c->json)
		(void)json_object_set_new(c->json, key, json_pack("{s:I, s:I}", "refused", (json_int_t)refused,
								  "audited", (json_int_t)audited));
	else
		(void)printf("  %-22s %llu refused%s", key, refused, audited ? "" : "\n");
	if (!c->json && audited)
		(void)printf(", %llu audited\n", audited);
}

static int status_json(const struct lkd_engine_status *st, const struct lkd_facts *names)
{
	struct listing l = { .json = json_array() };
	struct counts c = { .st = &st->state, .json = json_object() };
	char *text;
	json_t *root;

	(void)lkd_engine_tasks(show_task, &l, NULL);
	(void)lkd_fact_reasons_each(names, show_count, &c);
	root = json_pack("{s:b, s:s, s:s, s:b, s:b, s:b, s:I, s:I, s:b, s:{s:i, s:i, s:i}, s:i, s:{s:I, s:I, s:I}, s:o, s:o}", "loaded",
			 true, "version", st->info.version, "attach", attach_word(st->info.mode), "complete", st->missing == 0,
			 "helpers_closed", st->helpers_closed, "helpers_confined", st->info.helpers_since != 0,
			 "loaded_at", (json_int_t)st->info.loaded_at, "marked_tasks", (json_int_t)st->state.marked,
			 "kthread_rule", !!(st->info.flags & LKD_ENGINE_KTHREAD_RULE), "kernel", "memory",
			 (int)st->memory, "programs", (int)st->programs, "maps", (int)st->maps, "max_tasks",
			 (int)st->info.max_tasks, "counters", "events_lost", (json_int_t)st->state.lost, "guarded",
			 (json_int_t)st->state.guarded, "forks_refused", (json_int_t)st->state.forks_refused, "refused",
			 c.json, "tasks", l.json);
	text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	if (!text)
		return CTL_FAILED;
	(void)puts(text);
	free(text);
	return CTL_OK;
}

int verb_status(int argc, char **argv)
{
	lkd_autofree struct lkd_facts *names = calloc(1, sizeof(*names));
	struct lkd_engine_status st;
	struct counts c = { .st = &st.state };
	struct listing l = {};
	struct lkd_err e = {};
	struct options o;
	char when[32];
	time_t t;
	struct tm tm;
	int r;

	if (!names || parse_options(argc, argv, TAKES_JSON, 0, 0, &o) < 0)
		return CTL_USAGE;
	r = lkd_engine_status(&st, &e);
	if (r == -ENOENT && o.json)
		(void)puts("{\"loaded\": false}");
	if (r < 0)
		return report(r == -ENOENT ? CTL_NO : CTL_FAILED, &e);
	lkd_facts_gather_names(names);
	if (o.json)
		return status_json(&st, names);

	t = (time_t)st.info.loaded_at;
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	(void)printf("kernel engine %s, attached as %s, since %s%s\n", st.info.version, attach_word(st.info.mode), when,
		     st.missing ? ", INCOMPLETE: lockdownctl load mends it" : "");
	(void)printf("%zu programs and %zu maps, %zu KiB by the kernel's figures; kernel threads %s\n", st.programs,
		     st.maps, st.memory / 1024,
		     st.info.flags & LKD_ENGINE_KTHREAD_RULE ? "refused while tasks are confined" : "not refused");
	if (st.helpers_closed)
		(void)puts("helpers of the kernel's are closed since a confined task loaded a module with one: unload and load open them");
	if (!st.info.helpers_since)
		(void)puts("what the kernel starts for a confined task is not confined: this kernel does not tell who asked for it");
	(void)printf("confined tasks: %llu of at most %u\n", (unsigned long long)st.state.marked, st.info.max_tasks);
	(void)lkd_engine_tasks(show_task, &l, NULL);
	if (l.n > SHOWN_TASKS)
		(void)printf("  ... and %u more\n", l.n - SHOWN_TASKS);
	(void)lkd_fact_reasons_each(names, show_count, &c);
	(void)printf("guards and seals: %llu refused; events lost: %llu; forks refused for want of room: %llu\n",
		     (unsigned long long)st.state.guarded, (unsigned long long)st.state.lost,
		     (unsigned long long)st.state.forks_refused);
	return st.missing ? CTL_NO : CTL_OK;
}
