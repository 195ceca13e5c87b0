// SPDX-License-Identifier: BSD-2-Clause
/*
 * containerd, podman and CRI-O, whose configuration is TOML.
 *
 * podman and CRI-O merge the files of a directory key by key, so a file of our
 * own is all that they need. containerd reads others only if its main file
 * imports them; and only since 2.0 it merges them key by key: in 1.6 and 1.7 a
 * plugin's section of an imported file takes the place of the whole section
 * (mergeConfig() in their config.go). So there is a file of our own where the
 * main one says version 3, which 1.x does not know, and imports a directory;
 * else a block of ours in the main file.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure.h"
#include "util.h"

/* a path of TOML tables, its parts joined */
#define S "\x1f"

/* ---- other files of the same engine ------------------------------------ */

/** struct source - one file that the engine reads beside ours */
struct source {
	char path[PATH_MAX];
	struct conf_file file;
	struct toml toml;
};

struct sources {
	struct source *v;
	size_t n;
};

static void sources_free(struct sources *l)
{
	for (size_t i = 0; i < l->n; i++) {
		conf_file_free(&l->v[i].file);
		toml_free(&l->v[i].toml);
	}
	free(l->v);
	*l = (struct sources){.n = 0};
}

/* without our own block, so that it does not stand in its own way */
static int sources_add(const struct conf *c, struct sources *l, const char *path, struct lkd_err *e)
{
	struct source *more = realloc(l->v, (l->n + 1) * sizeof(*l->v)), *s;
	struct target t = {.wanted = false};
	char *text = NULL;
	int r;

	if (!more)
		return lkd_err_set(e, ENOMEM, "read %s", path);
	l->v = more;
	s = &l->v[l->n++];
	*s = (struct source){.toml.n = 0};
	(void)snprintf(s->path, sizeof(s->path), "%s", path);
	(void)snprintf(t.path, sizeof(t.path), "%s", path);
	r = conf_read(c, path, &s->file, e);
	if (!r)
		r = toml_take_out(&t, s->file.text, NULL, &text, e);
	if (r < 0)
		return r;
	free(s->file.text);
	s->file.text = text;
	return toml_scan(path, text, &s->toml, e);
}

static int sources_add_dir(const struct conf *c, struct sources *l, const char *dir, const char *pattern,
			   struct lkd_err *e)
{
	char **names, path[PATH_MAX];
	int n = conf_list(c, dir, pattern, &names, e), r = n < 0 ? n : 0;

	for (int i = 0; i < n && r >= 0; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		r = sources_add(c, l, path, e);
	}
	conf_list_free(names, n);
	return r;
}

/* the last one counts; *@ret_source: where it is */
static const struct toml_item *find_last(const struct sources *l, const char *path, const struct source **ret_source)
{
	for (size_t i = l->n; i-- > 0;) {
		const struct toml_item *v = toml_value(&l->v[i].toml, path);

		if (v) {
			*ret_source = &l->v[i];
			return v;
		}
	}
	return NULL;
}

/* nobody else may have a table of that path, or something in its way */
static int check_free(const struct source *s, const char *path, const char *name, struct lkd_err *e)
{
	for (size_t i = 0; i < s->toml.n; i++) {
		const struct toml_item *v = &s->toml.v[i];

		if (toml_below(v->path, path))
			return lkd_err_hint(e,
					    lkd_err_set(e, EBUSY, "%s:%zu: there is a runtime '%s' already", s->path,
							v->line, name),
					    "remove it, or give another --runtime-class");
		if (v->kind != TOML_TABLE && toml_below(path, v->path))
			return lkd_err_set(e, EINVAL,
					   "%s:%zu: an inline table or a value, to which nothing can be added", s->path,
					   v->line);
	}
	return 0;
}

/* a later file than ours that says otherwise would win */
static int check_last(const struct sources *l, const char *path, const char *ours, const char *word, struct lkd_err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct toml_item *v = toml_value(&l->v[i].toml, path);

		if (v && strcmp(l->v[i].path, ours) > 0)
			return lkd_err_hint(e,
					    lkd_err_set(e, EBUSY, "%s:%zu: sets %s, and is read after %s", l->v[i].path,
							v->line, word, ours),
					    "change it there, or leave --default out");
	}
	return 0;
}

/* ---- containerd --------------------------------------------------------- */

#define MAIN	"/etc/containerd/config.toml"
#define DROP_IN "99-container-lockdown.toml"

/** struct cri - what containerd's files say about its CRI plugin */
struct cri {
	struct sources all; /* the main file first, then what it imports */
	int version;	    /* 0: no main file */
	const char *plugin;
	char drop_in[PATH_MAX]; /* a directory of imports where our file merges, or "" */
	char standard[128];	/* name of the default runtime */
	bool other;		/* a runtime is written down somewhere */
};

static void cri_free(struct cri *x)
{
	sources_free(&x->all);
}

static const char *cri_path(const struct cri *x, const char *below, char *ret)
{
	(void)snprintf(ret, TOML_PATH_MAX, "plugins" S "%s" S "containerd%s%s", x->plugin, *below ? S : "", below);
	return ret;
}

static int cri_version(struct cri *x, struct lkd_err *e)
{
	const struct source *s = &x->all.v[0];
	const struct toml_item *v = toml_value(&s->toml, "version");

	x->version = v && v->type == 'x' ? atoi(s->file.text + v->value) : 0;
	if (!v && !s->toml.n)
		x->plugin = "io.containerd.grpc.v1.cri";
	else if (x->version == 2)
		x->plugin = "io.containerd.grpc.v1.cri";
	else if (x->version == 3 || x->version == 4)
		x->plugin = "io.containerd.cri.v1.runtime";
	else if (x->version > 4)
		return lkd_err_set(e, EINVAL, "%s:%zu: version %d is not known here", s->path, v->line, x->version);
	else
		return lkd_err_hint(e, lkd_err_set(e, EINVAL, "%s: a file of version 1", s->path),
				    "containerd config migrate prints one of a later version");
	return 0;
}

static int cri_enabled(const struct source *s, struct lkd_err *e)
{
	static const char *const names[] = {"\"cri\"", "'cri'", "io.containerd.grpc.v1.cri", "io.containerd.cri.v1"};
	const struct toml_item *v = toml_value(&s->toml, "disabled_plugins");

	for (size_t i = 0; v && i < LKD_N(names); i++)
		if (memmem(s->file.text + v->value, v->value_end - v->value, names[i], strlen(names[i])))
			return lkd_err_hint(
				e,
				lkd_err_set(e, EINVAL, "%s:%zu: containerd's CRI plugin is disabled", s->path, v->line),
				"there is nothing to configure: ctr takes --runc-binary, docker its own file");
	return 0;
}

/* one pattern of imports, as containerd looks it up: a file, or a directory and '*' in names */
static int cri_import(const struct conf *c, struct cri *x, const char *pattern, const struct toml_item *v,
		      struct lkd_err *e)
{
	char whole[PATH_MAX], *slash;

	(void)snprintf(whole, sizeof(whole), "%s%s", *pattern == '/' ? "" : "/etc/containerd/", pattern);
	slash = strrchr(whole, '/');
	if (!strpbrk(whole, "*?["))
		return sources_add(c, &x->all, whole, e);
	*slash = '\0';
	if (strpbrk(whole, "*?["))
		return lkd_err_set(e, EINVAL, "%s:%zu: imports with '*' in a directory's name", MAIN, v->line);
	if (!x->drop_in[0] && x->version >= 3 && !fnmatch(slash + 1, DROP_IN, 0))
		(void)snprintf(x->drop_in, sizeof(x->drop_in), "%s", whole);
	return sources_add_dir(c, &x->all, whole, slash + 1, e);
}

static int cri_imports(const struct conf *c, struct cri *x, struct lkd_err *e)
{
	const struct toml_item *v = toml_value(&x->all.v[0].toml, "imports");
	char pattern[PATH_MAX];
	size_t at, end, n;
	int r = 0;

	if (!v)
		return 0;
	if (v->type != '[')
		return lkd_err_set(e, EINVAL, "%s:%zu: imports is no array", MAIN, v->line);
	for (at = v->value + 1, end = v->value_end; at < end && !r; at++) {
		const char *const text = x->all.v[0].file.text; /* which moves with the list */

		if (text[at] == '#') {
			at += strcspn(text + at, "\n");
		} else if (text[at] == '"' || text[at] == '\'') {
			n = strcspn(text + at + 1, text[at] == '"' ? "\"\\" : "'");
			if (text[at + 1 + n] != text[at] || n >= sizeof(pattern) - 32)
				return lkd_err_set(e, EINVAL, "%s:%zu: imports is not understood", MAIN, v->line);
			(void)snprintf(pattern, sizeof(pattern), "%.*s", (int)n, text + at + 1);
			at += n + 1;
			r = cri_import(c, x, pattern, v, e);
		}
	}
	return r;
}

/* containerd 1.x would take the whole section from there, and 2.x what is set twice */
static int cri_check_import(const struct conf *c, const struct cri *x, const struct source *s, struct lkd_err *e)
{
	char path[TOML_PATH_MAX], ours[PATH_MAX];
	const struct toml_item *v;

	(void)snprintf(path, sizeof(path), "plugins" S "%s", x->plugin);
	for (size_t i = 0; x->version < 3 && i < s->toml.n; i++)
		if (toml_below(s->toml.v[i].path, path))
			return lkd_err_hint(e,
					    lkd_err_set(e, EBUSY,
							"%s:%zu: has the CRI plugin's section, which containerd 1.x "
							"takes instead of the one in %s",
							s->path, s->toml.v[i].line, MAIN),
					    "put both into one file");
	if (!c->standard)
		return 0;
	v = toml_value(&s->toml, cri_path(x, "default_runtime_name", path));
	(void)snprintf(ours, sizeof(ours), "%s/%s", x->drop_in, DROP_IN);
	if (v && (!x->drop_in[0] || strcmp(s->path, ours) > 0))
		return lkd_err_hint(e,
				    lkd_err_set(e, EBUSY, "%s:%zu: sets default_runtime_name, and is read after ours",
						s->path, v->line),
				    "change it there, or leave --default out");
	return 0;
}

static int cri_check(const struct conf *c, const struct cri *x, struct lkd_err *e)
{
	char path[TOML_PATH_MAX], name[TOML_PATH_MAX];
	int r = 0;

	for (size_t i = 0; i < x->all.n && !r; i++) {
		const struct source *s = &x->all.v[i];

		(void)snprintf(name, sizeof(name), "runtimes" S "%s", c->name);
		r = check_free(s, cri_path(x, name, path), c->name, e);
		(void)cri_path(x, "", path);
		for (size_t j = 0; j < s->toml.n && !r; j++)
			if (s->toml.v[j].dotted && toml_below(s->toml.v[j].path, path))
				r = lkd_err_set(e, EINVAL,
						"%s:%zu: a dotted key, beside which no table can be added "
						"for sure",
						s->path, s->toml.v[j].line);
		if (!r)
			r = i ? cri_check_import(c, x, s, e) : cri_enabled(s, e);
	}
	return r;
}

static int cri_read(const struct conf *c, struct cri *x, struct lkd_err *e)
{
	char path[TOML_PATH_MAX];
	const struct toml_item *v;
	const struct source *s;
	int r = sources_add(c, &x->all, MAIN, e);

	/* a package may ship a file that only disables the plugin, without a version */
	if (!r)
		r = cri_enabled(&x->all.v[0], e);
	if (!r)
		r = cri_version(x, e);
	if (!r)
		r = cri_imports(c, x, e);
	if (!r)
		r = cri_check(c, x, e);
	if (r < 0)
		return r;
	(void)strcpy(x->standard, "runc");
	v = find_last(&x->all, cri_path(x, "default_runtime_name", path), &s);
	if (v && !toml_string(s->file.text, v, x->standard, sizeof(x->standard)))
		return lkd_err_set(e, EINVAL, "%s:%zu: default_runtime_name is no plain string", s->path, v->line);
	(void)cri_path(x, "runtimes", path);
	for (size_t i = 0; i < x->all.n; i++)
		for (size_t j = 0; j < x->all.v[i].toml.n; j++)
			x->other |= x->all.v[i].toml.v[j].path[strlen(path)] &&
				    toml_below(x->all.v[i].toml.v[j].path, path);
	return 0;
}

/*
 * A handler has to treat cgroups, snapshots and host devices as the one whose
 * place it takes, or pods of the same node would differ in them.
 */
static bool is_copied(const char *key, bool options)
{
	static const char *const keys[] = {"base_runtime_spec",
					   "cni_conf_dir",
					   "cni_max_conf_num",
					   "privileged_without_host_devices",
					   "privileged_without_host_devices_all_devices_allowed",
					   "sandbox_mode",
					   "sandboxer",
					   "snapshotter",
					   "cgroup_writable"};

	for (size_t i = 0; !options && i < LKD_N(keys); i++)
		if (!strcmp(keys[i], key))
			return true;
	return options && strcmp(key, "BinaryName") != 0;
}

static int copy_settings(const struct cri *x, const char *below, bool options, FILE *out, struct lkd_err *e)
{
	char path[TOML_PATH_MAX], name[TOML_PATH_MAX];

	(void)snprintf(name, sizeof(name), "runtimes" S "%s%s", x->standard, below);
	(void)cri_path(x, name, path);
	for (size_t i = 0; i < x->all.n; i++) {
		const struct source *s = &x->all.v[i];

		for (size_t j = 0; j < s->toml.n; j++) {
			const struct toml_item *v = &s->toml.v[j], *last;
			const struct source *there;
			const char *key = v->path + v->table_len + 1;

			if (v->kind != TOML_VALUE || !toml_below(v->path, path))
				continue;
			if (!strcmp(v->path, path)) /* options = { ... } */
				return lkd_err_set(e, EINVAL, "%s:%zu: an inline table, of which ours cannot be a copy",
						   s->path, v->line);
			if (v->table_len != strlen(path) || !is_copied(key, options))
				continue;
			last = find_last(&x->all, v->path, &there);
			if (last != v)
				continue;
			if (v->type != 's' && v->type != 'x')
				return lkd_err_set(e, EINVAL, "%s:%zu: a setting of runtime '%s' that cannot be copied",
						   s->path, v->line, x->standard);
			(void)fprintf(out, "%s%s = %.*s\n", options ? "    " : "  ", key,
				      (int)(v->value_end - v->value), s->file.text + v->value);
		}
	}
	return 0;
}

/* @standard: with the table for default_runtime_name */
static int cri_body(const struct conf *c, const struct cri *x, bool standard, char **ret, struct lkd_err *e)
{
	size_t size;
	FILE *f = open_memstream(ret, &size);
	int r;

	if (!f)
		return lkd_err_set(e, ENOMEM, "write %s", MAIN);
	if (!x->version || x->drop_in[0])
		(void)fprintf(f, "version = %d\n", x->version ? x->version : 2);
	if (standard)
		(void)fprintf(f, "[plugins.\"%s\".containerd]\n  default_runtime_name = \"%s\"\n", x->plugin, c->name);
	if (!x->other) /* as a table of runtimes takes the place of the one that is built in */
		(void)fprintf(f,
			      "[plugins.\"%s\".containerd.runtimes.runc]\n"
			      "  runtime_type = \"io.containerd.runc.v2\"\n",
			      x->plugin);
	(void)fprintf(f,
		      "[plugins.\"%s\".containerd.runtimes.\"%s\"]\n"
		      "  runtime_type = \"io.containerd.runc.v2\"\n"
		      "  pod_annotations = [\"container-lockdown.*\"]\n"
		      "  container_annotations = [\"container-lockdown.*\"]\n",
		      x->plugin, c->name);
	r = copy_settings(x, "", false, f, e);
	(void)fprintf(f,
		      "  [plugins.\"%s\".containerd.runtimes.\"%s\".options]\n"
		      "    BinaryName = \"%s/lockdown-runtime\"\n",
		      x->plugin, c->name, c->bindir);
	if (!r)
		r = copy_settings(x, S "options", true, f, e);
	if (fclose(f) && !r)
		r = lkd_err_set(e, ENOMEM, "write %s", MAIN);
	return r;
}

/* lockdown-runtime becomes what its own configuration says, not what this one says */
static void cri_note(const struct cri *x, struct targets *l)
{
	char path[TOML_PATH_MAX], name[TOML_PATH_MAX], binary[128];
	const struct toml_item *v;
	const struct source *s;

	(void)snprintf(name, sizeof(name), "runtimes" S "%s" S "options" S "BinaryName", x->standard);
	v = find_last(&x->all, cri_path(x, name, path), &s);
	if (v && toml_string(s->file.text, v, binary, sizeof(binary)) && *binary)
		(void)snprintf(l->note, sizeof(l->note),
			       "containerd's default runtime '%s' is %s; lockdown-runtime becomes crun or runc, unless "
			       "\"runtime\" in its config.json names another",
			       x->standard, binary);
}

/* the whole line of default_runtime_name in a block of its own, with ours */
static char *replace_line(const struct conf *c, const char *text, const struct toml_item *v)
{
	const size_t end = v->end - (v->end && text[v->end - 1] == '\n');
	const size_t indent = strspn(text + v->start, " \t");
	lkd_autofree char *body =
		text_make("# container-lockdown was: %.*s\n%.*sdefault_runtime_name = \"%s\"\n", (int)(end - v->start),
			  text + v->start, (int)indent, text + v->start, c->name);
	lkd_autofree char *block = body ? toml_block(text, body, false) : NULL;

	return block ? text_make("%.*s%s%s", (int)v->start, text, block, text + v->end) : NULL;
}

static char *add_line(const struct conf *c, const char *text, const struct toml_item *table)
{
	lkd_autofree char *body = text_make("default_runtime_name = \"%s\"\n", c->name);
	lkd_autofree char *block = body ? toml_block(text, body, false) : NULL;

	return block ? text_make("%.*s%s%s", (int)table->end, text, block, text + table->end) : NULL;
}

/* where default_runtime_name, or the table that it belongs to, stands in the main file */
static const struct toml_item *cri_place(const struct cri *x, const struct toml *t)
{
	char path[TOML_PATH_MAX];
	const struct toml_item *v = toml_value(t, cri_path(x, "default_runtime_name", path));

	(void)cri_path(x, "", path);
	for (size_t i = 0; !v && i < t->n; i++)
		if (t->v[i].kind == TOML_TABLE && !strcmp(t->v[i].path, path))
			return &t->v[i];
	return v;
}

static int cri_put_in(const struct conf *c, const struct target *t, const char *text, char **ret, json_t **ret_was,
		      struct lkd_err *e)
{
	const size_t n = strlen(text);
	const bool joined = n && text[n - 1] != '\n';
	lkd_autofree char *block = toml_block(text, t->body, joined), *whole = NULL, *again = NULL;
	lkd_cleanup(toml_free) struct toml toml = {.n = 0};
	lkd_cleanup(cri_free) struct cri x = {.version = 0};
	const struct toml_item *v;
	int r = 0;

	(void)ret_was;
	whole = block ? text_make("%s%s", text, joined ? toml_eol(text) : "") : NULL;
	if (c->standard && whole) {
		r = toml_scan(t->path, whole, &toml, e);
		if (!r)
			r = cri_read(c, &x, e);
		if (r < 0)
			return r;
		v = cri_place(&x, &toml);
		if (v && v->kind == TOML_VALUE && (v->dotted || v->type != 's'))
			return lkd_err_set(e, EINVAL, "%s:%zu: default_runtime_name is not understood", t->path,
					   v->line);
		again = v ? (v->kind == TOML_VALUE ? replace_line : add_line)(c, whole, v) : strdup(whole);
	}
	*ret = block && whole ? text_make("%s%s", c->standard ? again : whole, block) : NULL;
	return *ret ? 0 : lkd_err_set(e, ENOMEM, "write %s", t->path);
}

static const struct editor cri_editor = {.take_out = toml_take_out, .put_in = cri_put_in};

int containerd_targets(const struct conf *c, struct targets *l, struct lkd_err *e)
{
	lkd_cleanup(cri_free) struct cri x = {.version = 0};
	char path[PATH_MAX], *body = NULL;
	struct target *t;
	bool apart;
	int r = cri_read(c, &x, e);

	if (r < 0)
		return r;
	apart = x.drop_in[0];
	r = cri_body(c, &x, c->standard && (apart || !cri_place(&x, &x.all.v[0].toml)), &body, e);
	if (r < 0) {
		free(body);
		return r;
	}
	cri_note(&x, l);
	(void)snprintf(path, sizeof(path), "%s/%s", x.drop_in, DROP_IN);
	t = target_add(l, apart ? path : MAIN, apart ? &drop_in_editor : &cri_editor, body);
	return t ? 0 : lkd_err_set(e, ENOMEM, "write %s", MAIN);
}

/* ---- podman ------------------------------------------------------------- */

#define HOOKS_DIR   "/usr/share/containers/oci/hooks.d"
#define OWN_HOOKS   "/etc/container-lockdown/hooks.d"
#define PODMAN_DIR  "/etc/containers/containers.conf.d"
#define PODMAN_FILE PODMAN_DIR "/container-lockdown.conf"
#define CRIO_DIR    "/etc/crio/crio.conf.d"
#define CRIO_FILE   CRIO_DIR "/99-container-lockdown.conf"

static int hook_put_in(const struct conf *c, const struct target *t, const char *text, char **ret, json_t **ret_was,
		       struct lkd_err *e)
{
	(void)c;
	(void)ret_was;
	if (*text)
		return lkd_err_set(e, EBUSY, "%s is there, and is no hook of ours", t->path);
	*ret = strdup(t->body);
	return *ret ? 0 : lkd_err_set(e, ENOMEM, "write %s", t->path);
}

/* a file that runs lockdown-hook is ours as a whole */
static int hook_take_out(const struct target *t, const char *text, const json_t *was, char **ret, struct lkd_err *e)
{
	json_auto_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *path = json_string_value(json_object_get(json_object_get(root, "hook"), "path"));
	const char *name = path ? strrchr(path, '/') : NULL;

	(void)was;
	*ret = strdup(name && !strcmp(name, "/lockdown-hook") ? "" : text);
	return *ret ? 0 : lkd_err_set(e, ENOMEM, "read %s", t->path);
}

static bool hook_there(const struct conf *c, const struct target *t, const char *text)
{
	(void)c;
	return !strcmp(text, t->body);
}

const struct editor hook_editor = {hook_take_out, hook_put_in, hook_there};

static const struct {
	const char *file, *stage;
	bool podman; /* other engines do not start with a stage that they do not know */
} hooks[] = {
	{"container-lockdown.json", "createRuntime", false},
	{"container-lockdown-poststop.json", "poststop", false},
	{"container-lockdown-precreate.json", "precreate", true},
};

/* for containers that name another runtime; @without: stages of podman's own */
static int add_hooks(const struct conf *c, struct targets *l, const char *dir, bool podman, struct lkd_err *e)
{
	for (size_t i = 0; c->standard && i < LKD_N(hooks); i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%s", dir, hooks[i].file);
		if (hooks[i].podman && !podman)
			continue;
		if (!target_add(l, path, &hook_editor,
				text_make("{\n  \"version\": \"1.0.0\",\n  \"hook\": {\n"
					  "    \"path\": \"%s/lockdown-hook\",\n"
					  "    \"args\": [\"lockdown-hook\", \"%s\"]\n  },\n"
					  "  \"when\": {\n    \"always\": true\n  },\n  \"stages\": [\"%s\"]\n}\n",
					  c->bindir, hooks[i].stage, hooks[i].stage)))
			return lkd_err_set(e, ENOMEM, "write %s", path);
	}
	return 0;
}

/* the files of a directory merge; @ours must be the last that says what is the default */
static int check_drop_in(const struct conf *c, const struct sources *l, const char *table, const char *key,
			 const char *ours, struct lkd_err *e)
{
	char path[TOML_PATH_MAX];
	int r = 0;

	for (size_t i = 0; i < l->n && !r; i++) {
		(void)snprintf(path, sizeof(path), "%s" S "runtimes" S "%s", table, c->name);
		if (strcmp(l->v[i].path, ours) != 0)
			r = check_free(&l->v[i], path, c->name, e);
	}
	(void)snprintf(path, sizeof(path), "%s" S "%s", table, key);
	return !r && c->standard ? check_last(l, path, ours, key, e) : r;
}

int podman_targets(const struct conf *c, struct targets *l, struct lkd_err *e)
{
	lkd_cleanup(sources_free) struct sources all = {.n = 0};
	const bool crio = conf_exists(c, "/etc/crio") || conf_exists(c, "/usr/bin/crio");
	int r = sources_add(c, &all, "/etc/containers/containers.conf", e);

	if (!r)
		r = sources_add_dir(c, &all, PODMAN_DIR, "*.conf", e);
	if (!r)
		r = check_drop_in(c, &all, "engine", "runtime", PODMAN_FILE, e);
	if (r < 0)
		return r;
	if (!target_add(l, PODMAN_FILE, &drop_in_editor,
			text_make("[engine]\n%s%s%sruntime_supports_json = [\"crun\", \"runc\", \"kata\", \"runsc\", "
				  "\"youki\", \"krun\", \"%s\", \"lockdown-runtime\"]\n"
				  "[engine.runtimes]\n\"%s\" = [\"%s/lockdown-runtime\"]\n",
				  c->standard ? "runtime = \"" : "", c->standard ? c->name : "",
				  c->standard ? "\"\n" : "", c->name, c->name, c->bindir)))
		return lkd_err_set(e, ENOMEM, "write %s", PODMAN_FILE);
	if (crio && c->standard)
		(void)snprintf(l->note, sizeof(l->note),
			       "no precreate hook: CRI-O reads %s too and would not start with it", HOOKS_DIR);
	return add_hooks(c, l, HOOKS_DIR, !crio, e);
}

/* ---- CRI-O -------------------------------------------------------------- */

static int check_crio(const struct conf *c, const struct sources *l, struct lkd_err *e)
{
	const struct source *s;
	const struct toml_item *v = find_last(l, "crio" S "runtime" S "hooks_dir", &s);

	if (c->standard && v && strcmp(s->path, CRIO_FILE) != 0)
		return lkd_err_hint(
			e, lkd_err_set(e, EBUSY, "%s:%zu: sets hooks_dir, which ours would replace", s->path, v->line),
			"remove it there, or leave --default out");
	if (conf_exists(c, HOOKS_DIR "/container-lockdown-precreate.json"))
		return lkd_err_hint(
			e,
			lkd_err_set(e, EBUSY, "%s/%s is podman's, and CRI-O would not start with it", HOOKS_DIR,
				    "container-lockdown-precreate.json"),
			"lockdownctl configure --engine podman again, now that CRI-O is here, takes it away");
	return check_drop_in(c, l, "crio" S "runtime", "default_runtime", CRIO_FILE, e);
}

int crio_targets(const struct conf *c, struct targets *l, struct lkd_err *e)
{
	lkd_cleanup(sources_free) struct sources all = {.n = 0};
	struct target *t;
	int r = sources_add(c, &all, "/etc/crio/crio.conf", e);

	/* whatever lies there, CRI-O reads it */
	if (!r)
		r = sources_add_dir(c, &all, CRIO_DIR, "*", e);
	if (!r)
		r = check_crio(c, &all, e);
	if (r < 0)
		return r;
	t = target_add(l, CRIO_FILE, &drop_in_editor,
		       text_make("%s%s%s%s[crio.runtime.runtimes.\"%s\"]\nruntime_path = \"%s/lockdown-runtime\"\n"
				 "runtime_type = \"oci\"\nruntime_root = \"/run/%s\"\n",
				 c->standard ? "[crio.runtime]\ndefault_runtime = \"" : "", c->standard ? c->name : "",
				 c->standard ? "\"\n" : "",
				 c->standard ? "hooks_dir = [\"" HOOKS_DIR "\", \"" OWN_HOOKS "\"]\n" : "", c->name,
				 c->bindir, c->name));
	if (!t)
		return lkd_err_set(e, ENOMEM, "write %s", CRIO_FILE);
	t->no_backup = true;
	return add_hooks(c, l, OWN_HOOKS, false, e);
}
