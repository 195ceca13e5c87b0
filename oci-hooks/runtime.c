// SPDX-License-Identifier: BSD-2-Clause
/*
 * lockdown-runtime: an OCI runtime that edits the bundle's config.json when a
 * container is made, and becomes crun or runc.
 *
 * Of the command line it looks for the verb, the bundle, and where an error is
 * to be written; everything is handed on as it came. What it does not know it
 * does not refuse: the real runtime does.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "bundle.h"
#include "case.h"
#include "util.h"

/* ---- the command line -------------------------------------------------- */

struct cmdline {
	const char *verb, *bundle, *config, *log, *log_format;
};

#define AT(field) offsetof(struct cmdline, field)
enum { IGNORED = -1 };

/* options of crun and runc, global ones and those of create, run and restore */
static const struct known {
	const char *name;
	char letter;
	bool value;
	int field; /* in struct cmdline, or IGNORED */
} known[] = {
	{"log", 0, true, AT(log)},
	{"log-format", 0, true, AT(log_format)},
	{"log-level", 0, true, IGNORED},
	{"root", 0, true, IGNORED},
	{"criu", 0, true, IGNORED},
	{"rootless", 0, true, IGNORED},
	{"cgroup-manager", 0, true, IGNORED},
	{"bundle", 'b', true, AT(bundle)},
	{"config", 'f', true, AT(config)},
	{"console-socket", 0, true, IGNORED},
	{"pidfd-socket", 0, true, IGNORED},
	{"pid-file", 0, true, IGNORED},
	{"preserve-fds", 0, true, IGNORED},
	{"image-path", 0, true, IGNORED},
	{"work-path", 0, true, IGNORED},
	{"parent-path", 0, true, IGNORED},
	{"page-server", 0, true, IGNORED},
	{"status-fd", 0, true, IGNORED},
	{"manage-cgroups-mode", 0, true, IGNORED},
	{"empty-ns", 0, true, IGNORED},
	{"lsm-profile", 0, true, IGNORED},
	{"lsm-mount-context", 0, true, IGNORED},
	{"debug", 0, false, IGNORED},
	{"systemd-cgroup", 0, false, IGNORED},
	{"help", 'h', false, IGNORED},
	{"usage", '?', false, IGNORED},
	{"version", 'v', false, IGNORED},
	{"version", 'V', false, IGNORED},
	{"detach", 'd', false, IGNORED},
	{"keep", 0, false, IGNORED},
	{"no-pivot", 0, false, IGNORED},
	{"no-subreaper", 0, false, IGNORED},
	{"no-new-keyring", 0, false, IGNORED},
	{"tcp-established", 0, false, IGNORED},
	{"ext-unix-sk", 0, false, IGNORED},
	{"shell-job", 0, false, IGNORED},
	{"lazy-pages", 0, false, IGNORED},
	{"file-locks", 0, false, IGNORED},
	{"auto-dedup", 0, false, IGNORED},
};

/* verbs that make a container, and those that do not */
static const struct {
	const char *name;
	bool makes;
} verbs[] = {
	{"create", true},      {"run", true},	    {"restore", true}, {"start", false},  {"exec", false},
	{"kill", false},       {"delete", false},   {"state", false},  {"list", false},	  {"ps", false},
	{"pause", false},      {"resume", false},   {"update", false}, {"events", false}, {"spec", false},
	{"checkpoint", false}, {"features", false}, {"help", false},
};

static int verb_index(const char *word)
{
	for (size_t i = 0; i < LKD_N(verbs); i++)
		if (!strcmp(verbs[i].name, word))
			return (int)i;
	return -1;
}

/* crun takes the beginning of a long option for it */
static const struct known *long_option(const char *name, size_t len, bool whole)
{
	for (size_t i = 0; i < LKD_N(known); i++)
		if (strlen(known[i].name) == len && !strncmp(known[i].name, name, len))
			return &known[i];
	for (size_t i = 0; !whole && len && i < LKD_N(known); i++)
		if (!strncmp(known[i].name, name, len))
			return &known[i];
	return NULL;
}

static void set(struct cmdline *c, const struct known *k, const char *value)
{
	if (k->field != IGNORED && value)
		*(const char **)(void *)((char *)c + k->field) = value;
}

/*
 * One option at argv[0], with what may be its value behind it. Returns how many
 * words it is; *@ret_unknown if the next word may be its value or not.
 */
static int take_option(char **argv, struct cmdline *c, bool *ret_unknown)
{
	const char *word = argv[0] + 1;
	const bool two = *word == '-';
	const struct known *k;
	size_t len;

	word += two;
	len = strcspn(word, "=");
	k = long_option(word, len, !two);
	*ret_unknown = false;
	if (k) {
		if (word[len] == '=' && k->value)
			set(c, k, word + len + 1);
		if (word[len] == '=' || !k->value)
			return 1;
		set(c, k, argv[1]);
		return argv[1] ? 2 : 1;
	}
	for (; !two && *word; word++) { /* letters in a row, the last may take the rest */
		for (k = known; k < known + LKD_N(known) && (!k->letter || k->letter != *word); k++)
			;
		if (k == known + LKD_N(known)) {
			*ret_unknown = true;
			return 1;
		}
		if (!k->value)
			continue;
		set(c, k, word[1] ? word + 1 + (word[1] == '=') : argv[1]);
		return word[1] || !argv[1] ? 1 : 2;
	}
	*ret_unknown = two && word[len] != '=';
	return 1;
}

/* -1 if there is no verb, else its place in @verbs or LKD_N(verbs) for one that is not there */
static int parse(char **argv, struct cmdline *ret)
{
	bool unknown = false;
	int verb = -1;

	*ret = (struct cmdline){.bundle = "."};
	for (argv++; *argv; argv++) {
		if (!strcmp(*argv, "--")) {
			if (verb >= 0)
				break;
			continue;
		}
		if (**argv == '-' && (*argv)[1]) {
			argv += take_option(argv, ret, &unknown) - 1;
			continue;
		}
		/* a word behind an option that we do not know may be its value */
		if (verb < 0) {
			if (unknown && verb_index(*argv) < 0 && argv[1]) {
				unknown = false;
				continue;
			}
			verb = verb_index(*argv);
			if (verb < 0 || !verbs[verb].makes)
				return verb < 0 ? (int)LKD_N(verbs) : verb;
			ret->verb = *argv;
		} /* else the container's name, behind which runc still takes options; crun refuses them */
		unknown = false;
	}
	return verb;
}

/* ---- telling ---------------------------------------------------------- */

/* as crun and runc write it: engines show the last such line to the user */
static void write_log(const struct cmdline *c, const char *text)
{
	const char *path = c->log && !strncmp(c->log, "file:", 5) ? c->log + 5 : c->log;
	const bool as_json = c->log_format && !strcmp(c->log_format, "json");
	lkd_autofree char *line = NULL;
	lkd_autofd fd = -EBADF;
	struct timespec now;
	char when[40];
	struct tm tm;
	json_t *j;

	if (!path || *path == '\0' || strchr(path, ':'))
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
	if (fd < 0)
		return;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &tm));
	(void)snprintf(when + strlen(when), sizeof(when) - strlen(when), ".%09ldZ", now.tv_nsec);
	if (as_json) {
		j = json_pack("{s:s, s:s, s:s}", "level", "error", "msg", text, "time", when);
		line = j ? json_dumps(j, JSON_COMPACT) : NULL;
		json_decref(j);
	} else if (asprintf(&line, "time=\"%s\" level=error msg=\"%s\"", when, text) < 0) {
		line = NULL;
	}
	if (line)
		(void)dprintf(fd, "%s\n", line);
}

static int fail(const struct cmdline *c, const char *text)
{
	char whole[1024];

	(void)snprintf(whole, sizeof(whole), "lockdown-runtime: %s", text);
	(void)fprintf(stderr, "%s\n", whole);
	openlog("lockdown-runtime", LOG_PID, LOG_DAEMON);
	syslog(LOG_ERR, "%s", text);
	write_log(c, whole);
	return 1;
}

/* what lockdownctl says while it runs for us goes into the log too */
struct capture {
	int saved, file;
};

static struct capture capture_begin(void)
{
	struct capture c = {fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), memfd_create("stderr", MFD_CLOEXEC)};

	if (c.saved >= 0 && c.file >= 0)
		(void)dup2(c.file, STDERR_FILENO);
	return c;
}

static void capture_end(struct capture *c, char *ret, size_t size)
{
	ssize_t n = -1;

	*ret = '\0';
	if (c->saved >= 0 && c->file >= 0) {
		(void)dup2(c->saved, STDERR_FILENO);
		n = pread(c->file, ret, size - 1, 0);
		ret[n > 0 ? n : 0] = '\0';
		ret[strcspn(ret, "\n")] = '\0';
	}
	lkd_closep(&c->saved);
	lkd_closep(&c->file);
}

/* ---- the real runtime -------------------------------------------------- */

static bool is_self(const char *path)
{
	struct stat st, self;

	return !stat(path, &st) && !stat("/proc/self/exe", &self) && st.st_dev == self.st_dev &&
	       st.st_ino == self.st_ino;
}

static bool runnable(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

static bool find_in(const char *dirs, const char *name, char *ret, size_t size)
{
	while (dirs && *dirs) {
		const size_t n = strcspn(dirs, ":");

		if (n && *dirs == '/' && (size_t)snprintf(ret, size, "%.*s/%s", (int)n, dirs, name) < size &&
		    runnable(ret) && !is_self(ret))
			return true;
		dirs += n + (dirs[n] == ':');
	}
	return false;
}

static int find_runtime(const struct lkd_config *c, char *ret, size_t size, struct lkd_err *e)
{
	static const char *const names[] = {"crun", "runc"};
	static const char dirs[] = "/usr/bin:/usr/sbin:/usr/local/bin:/usr/local/sbin:/bin:/sbin";

	if (c->runtime[0]) {
		(void)snprintf(ret, size, "%s", c->runtime);
		if (!runnable(ret))
			return lkd_err_set(e, ENOENT, "%s: the runtime '%s' is not there or cannot be run",
					   LKD_CONFIG_FILE, ret);
		if (is_self(ret))
			return lkd_err_set(e, ELOOP, "%s: the runtime '%s' is lockdown-runtime itself", LKD_CONFIG_FILE,
					   ret);
		return 0;
	}
	for (size_t i = 0; i < LKD_N(names); i++)
		if (find_in(getenv("PATH"), names[i], ret, size) || find_in(dirs, names[i], ret, size))
			return 0;
	return lkd_err_set(e, ENOENT, "neither crun nor runc is installed; name the runtime in %s: {\"runtime\": PATH}",
			   LKD_CONFIG_FILE);
}

/* the hook beside this program, else the installed one */
static void hook_path(char *ret, size_t size)
{
	static const char name[] = "lockdown-hook";
	const ssize_t n = readlink("/proc/self/exe", ret, size - sizeof(name) - 1);
	char *slash;

	ret[n > 0 ? n : 0] = '\0';
	slash = strrchr(ret, '/');
	if (slash) {
		(void)strcpy(slash + 1, name);
		if (runnable(ret))
			return;
	}
	(void)snprintf(ret, size, "%s/%s", LKD_BINDIR, name);
}

static int edit_bundle(const struct cmdline *c, struct lkd_case *k, bool log, struct lkd_err *e)
{
	static union lkd_planbuf plan;
	lkd_cleanup(lkd_bundle_free) struct lkd_bundle b;
	lkd_autofree char *text = NULL;
	char hook[PATH_MAX];
	size_t len;
	int r;

	r = lkd_bundle_read(c->bundle, c->config, &b, e);
	if (r < 0)
		return r;
	hook_path(hook, sizeof(hook));
	if (!runnable(hook))
		return lkd_err_set(e, ENOENT, "lockdown-hook is not installed beside lockdown-runtime");
	r = lkd_case_edit(k, b.text, b.len, c->bundle, hook, log, &plan, &text, &len, e);
	if (!r && text)
		r = lkd_bundle_replace(&b, text, len, e);
	return r;
}

/* A RuntimeClass is not told to a runtime; one that has a link of its own, lockdown-runtime-NAME, is known by it. */
static const char *handler_of(const char *word)
{
	static const char name[] = "lockdown-runtime-";
	const char *slash = strrchr(word, '/');

	word = slash ? slash + 1 : word;
	return !strncmp(word, name, sizeof(name) - 1) && word[sizeof(name) - 1] ? word + sizeof(name) - 1 : NULL;
}

int main(int argc, char **argv)
{
	static struct lkd_case k;
	struct lkd_err e = {0};
	struct capture capture;
	struct cmdline c;
	char real[PATH_MAX], said[sizeof(e.msg)];
	bool makes;
	int r, verb;

	if (argc < 1)
		return 1;
	if (argc == 2 && !strcmp(argv[1], "--lockdown-version")) {
		(void)puts("lockdown-runtime " LKD_VERSION);
		return 0;
	}
	verb = parse(argv, &c);
	makes = verb >= 0 && (size_t)verb < LKD_N(verbs) && verbs[verb].makes;
	r = makes ? lkd_case_open(&k, handler_of(argv[0]), &e) : lkd_config_read(&k.config, &e);
	if (!r)
		r = find_runtime(&k.config, real, sizeof(real), &e);
	if (!r && makes) {
		const char *name = strrchr(real, '/');

		capture = capture_begin();
		r = edit_bundle(&c, &k, name && !strcmp(name, "/crun"), &e);
		capture_end(&capture, said, sizeof(said));
		if (lkd_getplan_said(r))
			return fail(&c, !strncmp(said, "lockdownctl: ", 13) ? said + 13 : said);
		if (said[0])
			(void)fprintf(stderr, "%s\n", said);
	}
	if (r < 0)
		return fail(&c, e.msg);
	argv[0] = real;
	(void)execv(real, argv);
	(void)lkd_err_set(&e, errno, "run %s: %s", real, strerror(errno));
	return fail(&c, e.msg);
}
