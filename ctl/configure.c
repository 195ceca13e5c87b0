// SPDX-License-Identifier: BSD-2-Clause
/* configure: lockdown-runtime and lockdown-hook in an engine's own configuration, and out of it */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "configure.h"
#include "ctl.h"
#include "util.h"

#define STATE_DIR  "/var/lib/container-lockdown"
#define STATE_FILE STATE_DIR "/configured.json"
#define BACKUP	   ".container-lockdown.bak"

enum { ASK_SECONDS = 20 };

/** struct engine - one container engine */
static const struct engine {
	const char *name;
	const char *program; /* in /usr/bin, /usr/sbin or below /usr/local */
	const char *service; /* to restart; NULL: reads its configuration for each command */
	int (*targets)(const struct conf *c, struct targets *l, struct lkd_err *e);
	const char *ask[6];  /* what the engine itself makes of it; NULL: cannot be asked */
	const char *unknown; /* in its answer: too old for that question */
} engines[] = {
	{"containerd", "containerd", "containerd.service", containerd_targets, {"containerd", "config", "dump"}, NULL},
	{"docker",
	 "dockerd",
	 "docker.service",
	 docker_targets,
	 {"dockerd", "--validate", "--config-file", "/etc/docker/daemon.json"},
	 "unknown flag: --validate"},
	{"podman", "podman", NULL, podman_targets, {"podman", "info", "--format", "{{.Host.OCIRuntime.Name}}"}, NULL},
	{"crio", "crio", "crio.service", crio_targets, {"crio", "config"}, NULL},
};

/** struct change - what becomes of one file */
struct change {
	const char *path;
	struct conf_file before;
	char *after;
	bool removed;	/* it was ours only */
	bool restored;	/* from its backup */
	bool copied;	/* gets a backup now */
	json_t *record; /* for the state; NULL: nothing of ours is in it afterwards */
};

struct changes {
	struct change v[2 * CONF_TARGETS_MAX];
	size_t n, differ;
	bool others; /* somebody else changed what configure had left */
};

static void changes_free(struct changes *l)
{
	for (size_t i = 0; i < l->n; i++) {
		conf_file_free(&l->v[i].before);
		free(l->v[i].after);
		json_decref(l->v[i].record);
	}
	l->n = 0;
}

char *text_make(const char *fmt, ...)
{
	char *ret;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&ret, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : ret;
}

void targets_free(struct targets *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].body);
	l->n = 0;
}

struct target *target_add(struct targets *l, const char *path, const struct editor *editor, char *body)
{
	struct target *t = &l->v[l->n];

	if (l->n == CONF_TARGETS_MAX || !body) {
		free(body);
		return NULL;
	}
	*t = (struct target){.editor = editor, .body = body, .wanted = true};
	(void)snprintf(t->path, sizeof(t->path), "%s", path);
	l->n++;
	return t;
}

/* ---- what was applied --------------------------------------------------- */

static int state_read(const struct conf *c, json_t **ret, struct lkd_err *e)
{
	lkd_cleanup(conf_file_free) struct conf_file f = {.text = NULL};
	json_error_t je;
	int r = conf_read(c, STATE_FILE, &f, e);

	if (r < 0)
		return r;
	*ret = f.exists ? json_loads(f.text, JSON_REJECT_DUPLICATES, &je) : json_pack("{s:{}}", "engines");
	if (json_is_object(json_object_get(*ret, "engines")))
		return 0;
	json_decref(*ret);
	*ret = NULL;
	return lkd_err_set(e, EINVAL, "%s is not what configure writes", STATE_FILE);
}

static int state_write(const struct conf *c, const json_t *state, json_t *made, struct lkd_err *e)
{
	lkd_autofree char *text = NULL, *line = NULL;

	if (!json_object_size(json_object_get(state, "engines"))) {
		(void)conf_remove(c, STATE_FILE, false);
		(void)conf_remove(c, STATE_DIR, true);
		return 0;
	}
	text = json_dumps(state, JSON_INDENT(2));
	line = text ? text_make("%s\n", text) : NULL;
	return line ? conf_write(c, STATE_FILE, line, NULL, made, e) : lkd_err_set(e, ENOMEM, "write %s", STATE_FILE);
}

static json_t *state_files(const json_t *state, const struct engine *g)
{
	return json_object_get(json_object_get(json_object_get(state, "engines"), g->name), "files");
}

/* ---- what changes ------------------------------------------------------- */

static int edited(const struct conf *c, const struct target *t, const char *text, const json_t *was, bool in,
		  char **ret, json_t **ret_was, struct lkd_err *e)
{
	lkd_autofree char *base = NULL;
	int r = t->editor->take_out(t, text, was, in ? &base : ret, e);

	return r < 0 || !in ? r : t->editor->put_in(c, t, base, ret, ret_was, e);
}

/* Is the file as configure left it? Then its backup is what was there before. */
static bool untouched(const struct conf *c, const struct target *t, const char *now, const char *backup)
{
	lkd_autofree char *again = NULL;
	json_auto_t *was = NULL;

	return edited(c, t, backup, NULL, true, &again, &was, NULL) >= 0 && !strcmp(again, now);
}

static int plan_in(const struct conf *c, const struct target *t, const json_t *record, struct change *x,
		   struct lkd_err *e)
{
	lkd_autofree char *backup = text_make("%s%s", t->path, BACKUP);
	json_t *was = NULL;
	int r;

	if (!record || json_is_true(json_object_get(record, "found"))) {
		record = NULL;
		if (t->editor->there && t->editor->there(c, t, x->before.text)) {
			x->after = strdup(x->before.text);
			x->record = json_pack("{s:b}", "found", 1); /* somebody else's: an undo leaves it */
			return x->after && x->record ? 0 : lkd_err_set(e, ENOMEM, "read %s", t->path);
		}
	}
	r = edited(c, t, x->before.text, json_object_get(record, "was"), true, &x->after, &was, e);
	if (r < 0)
		return r;
	x->copied = backup && !record && x->before.exists && !t->no_backup && strcmp(x->after, x->before.text) != 0 &&
		    !conf_exists(c, backup);
	x->record = json_pack("{s:b, s:o*}", "backup", x->copied || json_is_true(json_object_get(record, "backup")),
			      "was", was);
	return x->record ? 0 : lkd_err_set(e, ENOMEM, "write %s", t->path);
}

static int plan_out(const struct conf *c, const struct target *t, const json_t *record, struct change *x, bool *others,
		    struct lkd_err *e)
{
	lkd_cleanup(conf_file_free) struct conf_file backup = {.text = NULL};
	lkd_autofree char *path = text_make("%s%s", t->path, BACKUP), *as_left = NULL;
	json_auto_t *was = NULL;
	int r;

	if (!x->before.exists || json_is_true(json_object_get(record, "found"))) {
		x->after = strdup(x->before.text);
		return x->after ? 0 : lkd_err_set(e, ENOMEM, "read %s", t->path);
	}
	if (path && json_is_true(json_object_get(record, "backup")) && conf_read(c, path, &backup, NULL) >= 0 &&
	    backup.exists && untouched(c, t, x->before.text, backup.text)) {
		x->after = backup.text;
		backup.text = NULL;
		x->restored = true;
		return 0;
	}
	r = edited(c, t, x->before.text, json_object_get(record, "was"), false, &x->after, NULL, e);
	if (r < 0)
		return r;
	x->removed = !*x->after && *x->before.text && !backup.exists;
	if (edited(c, t, x->before.text, json_object_get(record, "was"), true, &as_left, &was, NULL) < 0 ||
	    backup.exists || strcmp(as_left, x->before.text) != 0)
		*others |= strcmp(x->after, x->before.text) != 0;
	return 0;
}

static int plan_file(const struct conf *c, const struct target *t, const json_t *record, struct changes *l,
		     struct lkd_err *e)
{
	struct change *x = &l->v[l->n];
	int r;

	*x = (struct change){.path = t->path};
	r = conf_read(c, t->path, &x->before, e);
	if (r < 0)
		return r;
	l->n++;
	r = t->wanted ? plan_in(c, t, record, x, e) : plan_out(c, t, record, x, &l->others, e);
	if (!r)
		l->differ += strcmp(x->after, x->before.text) != 0 || x->removed;
	return r;
}

/*
 * Files that were configured once, and are not any more: another place for the
 * same, --default left out. For an undo that is all that has to be known.
 */
static int plan_leftovers(struct targets *l, const json_t *files, struct lkd_err *e)
{
	static const struct {
		const char *end;
		const struct editor *editor;
	} kinds[] = {{".toml", &drop_in_editor},
		     {".conf", &drop_in_editor},
		     {"/daemon.json", &docker_editor},
		     {".json", &hook_editor}};
	const char *path;
	json_t *v;

	json_object_foreach((json_t *)files, path, v)
	{
		const size_t n = strlen(path);
		bool known = false;

		for (size_t i = 0; i < l->n; i++)
			known |= !strcmp(l->v[i].path, path);
		for (size_t i = 0; !known && i < LKD_N(kinds); i++) {
			const size_t len = strlen(kinds[i].end);
			struct target *t;

			if (n < len || strcmp(path + n - len, kinds[i].end) != 0)
				continue;
			t = target_add(l, path, kinds[i].editor, strdup(""));
			if (!t)
				return lkd_err_set(e, ENOMEM, "%s: too many files", STATE_FILE);
			t->wanted = false;
			known = true;
		}
	}
	return 0;
}

static int plan_engine(const struct conf *c, const struct engine *g, const json_t *files, bool undo, struct targets *t,
		       struct changes *ret, struct lkd_err *e)
{
	int r = g->targets(c, t, e);

	if (r < 0 && undo && files) { /* what cannot be put in any more can still be taken out */
		targets_free(t);
		r = 0;
	}
	if (!r)
		r = plan_leftovers(t, files, e);
	for (size_t i = 0; i < t->n && !r; i++) {
		t->v[i].wanted &= !undo;
		r = plan_file(c, &t->v[i], json_object_get(files, t->v[i].path), ret, e);
	}
	return r;
}

/* ---- doing it ----------------------------------------------------------- */

static bool differs(const struct change *x)
{
	return x->removed || strcmp(x->after, x->before.text) != 0;
}

static int make_backup(const struct conf *c, const struct change *x, struct lkd_err *e)
{
	lkd_autofree char *path = text_make("%s%s", x->path, BACKUP);

	if (!path)
		return lkd_err_set(e, ENOMEM, "copy %s", x->path);
	return conf_write(c, path, x->before.text, &x->before.st, NULL, e);
}

static int commit_one(const struct conf *c, const struct change *x, json_t *made, struct lkd_err *e)
{
	lkd_autofree char *backup = text_make("%s%s", x->path, BACKUP);
	int r;

	if (!differs(x) || !backup)
		return 0;
	if (x->record) {
		r = x->copied ? make_backup(c, x, e) : 0;
		return r < 0 ? r : conf_write(c, x->path, x->after, x->before.exists ? &x->before.st : NULL, made, e);
	}
	if (x->restored)
		r = conf_rename(c, backup, x->path);
	else if (x->removed)
		r = conf_remove(c, x->path, false);
	else
		return conf_write(c, x->path, x->after, &x->before.st, NULL, e);
	return r < 0 ? lkd_err_set(e, -r, "%s %s", x->restored ? "restore" : "remove", x->path) : 0;
}

/* as it was before this run */
static void roll_back(const struct conf *c, const struct changes *l, size_t n, const json_t *made)
{
	while (n-- > 0) {
		const struct change *x = &l->v[n];
		lkd_autofree char *backup = text_make("%s%s", x->path, BACKUP);

		if (!differs(x))
			continue;
		if (x->before.exists)
			(void)conf_write(c, x->path, x->before.text, &x->before.st, NULL, NULL);
		else
			(void)conf_remove(c, x->path, false);
		if (x->copied && backup)
			(void)conf_remove(c, backup, false);
		if (x->restored && backup)
			(void)conf_write(c, backup, x->after, &x->before.st, NULL, NULL);
	}
	for (size_t i = json_array_size(made); i-- > 0;)
		(void)conf_remove(c, json_string_value(json_array_get(made, i)), true);
}

static int commit(const struct conf *c, const struct changes *l, json_t *made, struct lkd_err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		const int r = commit_one(c, &l->v[i], made, e);

		if (r < 0) {
			roll_back(c, l, i + 1, made);
			return r;
		}
	}
	return 0;
}

/* backups that nobody needs any more, and directories that were made for us */
static void clean_up(const struct conf *c, const struct changes *l, const json_t *engine)
{
	const json_t *files = json_object_get(engine, "files"), *dirs = json_object_get(engine, "dirs");

	for (size_t i = 0; i < l->n; i++) {
		lkd_autofree char *backup = text_make("%s%s", l->v[i].path, BACKUP);

		if (backup && !l->v[i].record &&
		    json_is_true(json_object_get(json_object_get(files, l->v[i].path), "backup")))
			(void)conf_remove(c, backup, false);
	}
	for (size_t i = json_array_size(dirs); i-- > 0;)
		(void)conf_remove(c, json_string_value(json_array_get(dirs, i)), true);
}

/* ---- asking the engine -------------------------------------------------- */

static bool find_program(const struct conf *c, const char *name)
{
	static const char *const dirs[] = {"/usr/bin",	      "/usr/sbin", "/usr/local/bin",
					   "/usr/local/sbin", "/bin",	   "/sbin"};
	char path[PATH_MAX];

	for (size_t i = 0; i < LKD_N(dirs); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dirs[i], name);
		if (conf_exists(c, path))
			return true;
	}
	return false;
}

/* -EIO if the engine refuses its new configuration */
static int ask_engine(const struct conf *c, const struct engine *g, struct lkd_err *e)
{
	char said[64 << 10];
	int r;

	if (*c->root) {
		(void)printf("not verified by %s: it is not asked for another root\n", g->name);
		return 0;
	}
	if (!find_program(c, g->program)) {
		(void)printf("not verified by %s: it is not installed\n", g->name);
		return 0;
	}
	r = run_program(g->ask, said, sizeof(said), ASK_SECONDS);
	if (g->unknown && strstr(said, g->unknown)) {
		(void)printf("not verified by %s: this version cannot check a configuration\n", g->name);
		return 0;
	}
	if (r != 0) {
		said[strcspn(said, "\n")] = '\0';
		return lkd_err_set(e, EIO, "%s does not accept it: %.200s", g->name, said);
	}
	(void)printf("verified: %s accepts its configuration (%s %s)\n", g->name, g->ask[0], g->ask[1]);
	return 0;
}

static void tell_restart(const struct engine *g, bool restart)
{
	const char *const argv[] = {"systemctl", "restart", g->service, NULL};
	char said[1024];
	int r;

	if (!g->service) {
		(void)printf("%s reads it for its next container: nothing has to be restarted\n", g->name);
		return;
	}
	if (!restart) {
		(void)printf("to be restarted: %s (systemctl restart %s)\n", g->service, g->service);
		return;
	}
	r = run_program(argv, said, sizeof(said), 2 * ASK_SECONDS);
	if (r)
		(void)fprintf(stderr, "lockdownctl: systemctl restart %s: status %d: %.*s\n", g->service, r,
			      (int)strcspn(said, "\n"), said);
	else
		(void)printf("restarted: %s\n", g->service);
}

/* ---- the verb ----------------------------------------------------------- */

struct request {
	const char *engine, *name, *bindir;
	const char *root;
	bool standard, dry, undo, no_verify, restart, list, json;
};

enum { O_ENGINE = 256, O_DEFAULT, O_CLASS, O_DRY, O_UNDO, O_NO_VERIFY, O_ROOT, O_BINDIR, O_RESTART, O_LIST, O_JSON };

static const struct option options[] = {
	{"engine", required_argument, NULL, O_ENGINE},
	{"default", no_argument, NULL, O_DEFAULT},
	{"runtime-class", required_argument, NULL, O_CLASS},
	{"dry-run", no_argument, NULL, O_DRY},
	{"undo", no_argument, NULL, O_UNDO},
	{"no-verify", no_argument, NULL, O_NO_VERIFY},
	{"root", required_argument, NULL, O_ROOT},
	{"bindir", required_argument, NULL, O_BINDIR},
	{"restart", no_argument, NULL, O_RESTART},
	{"list", no_argument, NULL, O_LIST},
	{"json", no_argument, NULL, O_JSON},
	{NULL, 0, NULL, 0},
};

static bool take(int code, struct request *q)
{
	const struct {
		int code;
		bool *flag;
		const char **word;
	} places[] = {
		{O_ENGINE, NULL, &q->engine}, {O_DEFAULT, &q->standard, NULL}, {O_CLASS, NULL, &q->name},
		{O_DRY, &q->dry, NULL},	      {O_UNDO, &q->undo, NULL},	       {O_NO_VERIFY, &q->no_verify, NULL},
		{O_ROOT, NULL, &q->root},     {O_BINDIR, NULL, &q->bindir},    {O_RESTART, &q->restart, NULL},
		{O_LIST, &q->list, NULL},     {O_JSON, &q->json, NULL},
	};

	for (size_t i = 0; i < LKD_N(places); i++) {
		if (places[i].code != code)
			continue;
		if (places[i].flag)
			*places[i].flag = true;
		else
			*places[i].word = optarg;
		return true;
	}
	return false;
}

static int parse_request(int argc, char **argv, struct request *q)
{
	int c;

	*q = (struct request){.root = ""};
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take(c, q))
			return usage_error("%s: unknown option, or a value is missing: '%s'", argv[0],
					   argv[optind - 1]);
	if (optind < argc)
		return usage_error("%s: too many words", argv[0]);
	if (q->list)
		return q->engine || q->standard || q->undo || q->dry ? usage_error("configure: --list stands alone")
								     : 0;
	if (!q->engine)
		return usage_error("configure: --engine is containerd, docker, podman or crio; or --list");
	if (q->undo && (q->standard || q->name))
		return usage_error("configure: --undo takes out whatever is configured: --default and --runtime-class "
				   "have no place there");
	return q->json ? usage_error("configure: --json goes with --list") : 0;
}

static const struct engine *find_engine(const char *name)
{
	for (size_t i = 0; i < LKD_N(engines); i++)
		if (!strcmp(engines[i].name, name))
			return &engines[i];
	return NULL;
}

/* a RuntimeClass' handler is a DNS label; and so it needs no quoting anywhere */
static bool valid_name(const char *s)
{
	const size_t n = strlen(s);

	return n && n <= CONF_NAME_MAX && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && *s != '-' &&
	       s[n - 1] != '-';
}

/* a path that goes into configurations as it is */
static bool valid_dir(const char *s)
{
	return *s == '/' && strlen(s) < PATH_MAX / 2 &&
	       !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+@-")];
}

/* where this program is, as the programs are installed together; for another root where they belong */
static void find_bindir(const struct conf *c, char *ret, size_t size)
{
	const ssize_t n = *c->root ? -1 : readlink("/proc/self/exe", ret, size - 1);
	char path[PATH_MAX];

	if (n > 0) {
		ret[n] = '\0';
		*strrchr(ret, '/') = '\0';
		(void)snprintf(path, sizeof(path), "%s/lockdown-runtime", ret);
		if (!access(path, X_OK))
			return;
	}
	(void)snprintf(ret, size, "%s", LKD_BINDIR);
}

static int open_conf(const struct request *q, struct conf *c, struct lkd_err *e)
{
	*c = (struct conf){.root = q->root, .rootfd = -EBADF, .standard = q->standard};
	(void)snprintf(c->name, sizeof(c->name), "%s", q->name ? q->name : "lockdown");
	if (q->name && !valid_name(q->name))
		return lkd_err_set(e, EINVAL, "'%s': a RuntimeClass' handler is a DNS label", q->name);
	c->rootfd = open(*q->root ? q->root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->rootfd < 0)
		return lkd_err_set(e, errno, "open %s", q->root);
	if (q->bindir)
		(void)snprintf(c->bindir, sizeof(c->bindir), "%s", q->bindir);
	else
		find_bindir(c, c->bindir, sizeof(c->bindir));
	return valid_dir(c->bindir) ? 0
				    : lkd_err_set(e, EINVAL, "'%s': no path that a configuration can hold", c->bindir);
}

static void close_conf(struct conf *c)
{
	lkd_closep(&c->rootfd);
}

static int check_programs(const struct conf *c, struct lkd_err *e)
{
	static const char *const names[] = {"lockdown-runtime", "lockdown-hook", "lockdownctl"};
	char path[PATH_MAX];

	for (size_t i = 0; i < LKD_N(names); i++) {
		(void)snprintf(path, sizeof(path), "%.3000s/%s", c->bindir, names[i]);
		if (!conf_exists(c, path))
			return lkd_err_hint(e, lkd_err_set(e, ENODEV, "%s%s is not there", c->root, path),
					    "install it first, or say where it is: --bindir");
	}
	return 0;
}

static void show_changes(const struct changes *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (differs(&l->v[i]))
			diff_print(l->v[i].path, l->v[i].before.text, l->v[i].before.exists, l->v[i].after,
				   !l->v[i].removed);
}

/* directories that a file has left, as it is no longer configured */
static void prune_dirs(const struct conf *c, const json_t *state, const struct engine *g)
{
	json_t *dirs = json_object_get(json_object_get(json_object_get(state, "engines"), g->name), "dirs");

	for (size_t i = json_array_size(dirs); i-- > 0;)
		if (!conf_remove(c, json_string_value(json_array_get(dirs, i)), true))
			(void)json_array_remove(dirs, i);
}

/* the state afterwards, in place of @state */
static int next_state(const struct conf *c, const struct engine *g, const struct changes *l, json_t *state, bool undo,
		      const json_t *made)
{
	json_t *all = json_object_get(state, "engines"), *files = json_object(), *dirs;

	if (undo) {
		json_decref(files);
		(void)json_object_del(all, g->name);
		return 0;
	}
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].record)
			(void)json_object_set(files, l->v[i].path, l->v[i].record);
	dirs = json_copy(json_object_get(json_object_get(all, g->name), "dirs"));
	if (!dirs)
		dirs = json_array();
	(void)json_array_extend(dirs, (json_t *)made);
	return json_object_set_new(all, g->name,
				   json_pack("{s:s, s:b, s:s, s:o, s:o}", "name", c->name, "default", (int)c->standard,
					     "bindir", c->bindir, "files", files, "dirs", dirs));
}

/* state first: a run that dies between leaves files that --undo finds */
static int apply(const struct conf *c, const struct engine *g, const struct changes *l, json_t *state, bool undo,
		 struct lkd_err *e)
{
	json_auto_t *before = json_deep_copy(state), *made = json_array(), *own = json_array();
	json_auto_t *engine = json_deep_copy(json_object_get(json_object_get(state, "engines"), g->name));
	int r = before && made && own ? next_state(c, g, l, state, undo, made) : -1;

	if (r < 0)
		return lkd_err_set(e, ENOMEM, "write %s", STATE_FILE);
	if (!undo)
		r = state_write(c, state, own, e);
	if (!r)
		r = commit(c, l, made, e);
	if (r < 0) {
		(void)state_write(c, before, NULL, NULL);
		roll_back(c, l, 0, own);
		return r;
	}
	if (undo) {
		clean_up(c, l, engine);
	} else {
		(void)next_state(c, g, l, state, undo, made);
		prune_dirs(c, state, g);
	}
	return state_write(c, state, NULL, e);
}

/* what an undo takes out is what was put in, whatever would be put in now */
static void as_configured(struct conf *c, const json_t *state, const struct engine *g)
{
	const json_t *r = json_object_get(json_object_get(state, "engines"), g->name);
	const char *name = json_string_value(json_object_get(r, "name"));
	const char *bindir = json_string_value(json_object_get(r, "bindir"));

	if (name && valid_name(name))
		(void)snprintf(c->name, sizeof(c->name), "%s", name);
	if (bindir && valid_dir(bindir))
		(void)snprintf(c->bindir, sizeof(c->bindir), "%s", bindir);
	c->standard = json_is_true(json_object_get(r, "default"));
}

static int finish(const struct conf *c, const struct engine *g, const struct request *q, const struct changes *l,
		  json_t *state, struct lkd_err *e)
{
	json_auto_t *before = json_deep_copy(state);
	int r = apply(c, g, l, state, q->undo, e);

	if (r < 0)
		return report(CTL_FAILED, e);
	if (!q->undo && !q->no_verify && ask_engine(c, g, e) < 0) {
		roll_back(c, l, l->n,
			  json_object_get(json_object_get(json_object_get(state, "engines"), g->name), "dirs"));
		(void)state_write(c, before, NULL, NULL);
		(void)lkd_err_hint(e, -EIO, "all files are as they were before");
		return report(CTL_FAILED, e);
	}
	if (q->undo && l->others)
		(void)puts("not only configure had changed these files: just what it had added is gone");
	else if (q->undo)
		(void)puts("all files are as they were before configure");
	if (l->differ)
		tell_restart(g, q->restart && !*q->root);
	else
		(void)printf("%s: was like that already\n", g->name);
	return CTL_OK;
}

static int run_on(struct conf *c, const struct engine *g, const struct request *q, struct targets *targets,
		  struct changes *changes, struct lkd_err *e)
{
	lkd_autofd lock = -EBADF;
	json_auto_t *state = NULL;
	const json_t *files;
	int r;

	lock = conf_lock(c, "/etc");
	if (lock == -EBUSY)
		return report(CTL_FAILED, (lkd_err_set(e, EBUSY, "another configure is running"), e));
	r = state_read(c, &state, e);
	if (r < 0)
		return report(CTL_FAILED, e);
	files = state_files(state, g);
	if (q->undo)
		as_configured(c, state, g);
	else if (check_programs(c, e) < 0)
		return report(CTL_FAILED, e);
	r = plan_engine(c, g, files, q->undo, targets, changes, e);
	if (r < 0)
		return report(r == -EBUSY ? CTL_NO : CTL_FAILED, e);
	show_changes(changes);
	if (targets->note[0] && !q->undo)
		(void)printf("note: %s\n", targets->note);
	if (!changes->differ && (q->undo ? !files : files != NULL)) {
		(void)printf("%s: nothing to change\n", g->name);
		return CTL_OK;
	}
	if (q->dry)
		return CTL_OK;
	if (!q->undo && !q->no_verify && changes->differ) {
		if (*c->root)
			(void)puts("not verified by a container: the root is not this system's");
		else if (verify_runtime(c, e) < 0)
			return report(e->code == EPERM ? CTL_NO : CTL_FAILED,
				      (lkd_err_hint(e, -EIO, "nothing was changed; --no-verify does without"), e));
	}
	return finish(c, g, q, changes, state, e);
}

/* ---- list and drift ----------------------------------------------------- */

/* 1: drifted, with the reason in @ret; 0: as configure left it; -ENOENT: not configured */
static int drift_of(const struct conf *host, const struct engine *g, const json_t *state, char *ret, size_t size)
{
	struct targets targets = {.n = 0};
	struct changes changes = {.n = 0};
	int drifted = 0;
	const json_t *files = state_files(state, g);
	struct conf c = *host;
	struct lkd_err e = {0};

	*ret = '\0';
	if (!files)
		return -ENOENT;
	as_configured(&c, state, g);
	if (check_programs(&c, &e) < 0 || plan_engine(&c, g, files, false, &targets, &changes, &e) < 0) {
		(void)snprintf(ret, size, "%s", e.msg);
		drifted = 1;
	}
	for (size_t i = 0; i < changes.n && !drifted; i++) {
		drifted = differs(&changes.v[i]);
		if (drifted)
			(void)snprintf(ret, size, "%s is not as configure left it", changes.v[i].path);
	}
	changes_free(&changes);
	targets_free(&targets);
	return drifted;
}

int lkd_configure_drift(const char *engine, char *ret, size_t size)
{
	const struct request q = {.root = ""};
	lkd_cleanup(close_conf) struct conf c;
	json_auto_t *state = NULL;
	struct lkd_err e = {0};
	int r = open_conf(&q, &c, &e), drifted = 0, found = 0;
	size_t used = 0;

	*ret = '\0';
	if (!r)
		r = state_read(&c, &state, &e);
	if (r < 0) {
		(void)snprintf(ret, size, "%s", e.msg);
		return r;
	}
	for (size_t i = 0; i < LKD_N(engines); i++) {
		char why[sizeof(e.msg)];

		if (engine && strcmp(engine, engines[i].name) != 0)
			continue;
		r = drift_of(&c, &engines[i], state, why, sizeof(why));
		found += r >= 0;
		drifted += r > 0;
		if (r > 0 && used < size)
			used += (size_t)snprintf(ret + used, size - used, "%s%s: %s", used ? "; " : "", engines[i].name,
						 why);
	}
	return found ? drifted : -ENOENT;
}

static int list(const struct request *q, const struct conf *c, struct lkd_err *e)
{
	json_auto_t *state = NULL, *out = json_array();
	lkd_autofree char *text = NULL;
	bool drifted = false;
	int r = state_read(c, &state, e);

	if (r < 0)
		return report(CTL_FAILED, e);
	for (size_t i = 0; i < LKD_N(engines); i++) {
		const struct engine *g = &engines[i];
		const bool installed = find_program(c, g->program);
		struct conf set = *c;
		char why[sizeof(e->msg)];

		r = drift_of(c, g, state, why, sizeof(why));
		drifted |= r > 0;
		as_configured(&set, state, g);
		(void)json_array_append_new(out, json_pack("{s:s, s:b, s:b, s:s*, s:b, s:s*}", "engine", g->name,
							   "installed", (int)installed, "configured", (int)(r >= 0),
							   "runtime", r >= 0 ? set.name : NULL, "default",
							   (int)(r >= 0 && set.standard), "drift", r > 0 ? why : NULL));
		if (!q->json)
			(void)printf("%-10s %-13s %s%s%s%s%s\n", g->name, installed ? "installed" : "not installed",
				     r < 0 ? "not configured" : "configured as ", r < 0 ? "" : set.name,
				     r >= 0 && set.standard ? ", default" : "", r > 0 ? "; drift: " : "", why);
	}
	text = q->json ? json_dumps(out, JSON_INDENT(2)) : NULL;
	if (text)
		(void)puts(text);
	return drifted ? CTL_NO : CTL_OK;
}

int verb_configure(int argc, char **argv)
{
	lkd_cleanup(close_conf) struct conf c = {.rootfd = -EBADF};
	const struct engine *g = NULL;
	struct changes changes = {.n = 0};
	struct targets targets = {.n = 0};
	struct lkd_err e = {0};
	struct request q;
	int r;

	if (parse_request(argc, argv, &q))
		return CTL_USAGE;
	if (q.engine) {
		g = find_engine(q.engine);
		if (!g)
			return usage_error("configure: --engine is containerd, docker, podman or crio, not '%s'",
					   q.engine);
	}
	if (open_conf(&q, &c, &e) < 0)
		return report(CTL_FAILED, &e);
	if (!g)
		return list(&q, &c, &e);
	r = run_on(&c, g, &q, &targets, &changes, &e);
	changes_free(&changes);
	targets_free(&targets);
	return r;
}
