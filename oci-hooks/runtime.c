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
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "bundle.h"
#include "case.h"
#include "said.h"
#include "util.h"

/* ---- the command line -------------------------------------------------- */

struct cmdline {
	const char *verb, *bundle, *config, *log, *log_format, *process, *user;
	int verb_at, id_at; /* places in argv: of the verb, and for `exec` of the container's id; 0 = there is none */
	bool home;  /* HOME is among --env */
	bool doubt; /* behind the verb was an option that may or may not have a value */
};

#define AT(field) offsetof(struct cmdline, field)
enum { IGNORED = -1, ENVIRONMENT = -2 };
enum { USER_MAX = 32 }; /* of --user: two numbers */

/* options of crun and runc, global ones and those of create, run, restore and exec */
static const struct known {
	const char *name;
	char letter;
	bool value;
	int field; /* in struct cmdline, or one of the above */
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
	{"process", 'p', true, AT(process)},
	{"cwd", 0, true, IGNORED},
	{"env", 'e', true, ENVIRONMENT},
	{"user", 'u', true, AT(user)},
	{"additional-gids", 'g', true, IGNORED},
	{"cap", 'c', true, IGNORED},
	{"apparmor", 0, true, IGNORED},
	{"process-label", 0, true, IGNORED},
	{"cgroup", 0, true, IGNORED},
	{"tty", 't', false, IGNORED},
	{"no-new-privs", 0, false, IGNORED},
	{"ignore-paused", 0, false, IGNORED},
};

enum does { MAKES = 1, ENTERS };

/* verbs that make a container, that start something in one, and others */
static const struct {
	const char *name;
	enum does does;
} verbs[] = {
	{"create", MAKES}, {"run", MAKES}, {"restore", MAKES}, {"start", 0},	{"exec", ENTERS}, {"kill", 0},
	{"delete", 0},	   {"state", 0},   {"list", 0},	       {"ps", 0},	{"pause", 0},	  {"resume", 0},
	{"update", 0},	   {"events", 0},  {"spec", 0},	       {"checkpoint", 0}, {"features", 0}, {"help", 0},
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
	if (k->field == ENVIRONMENT && value)
		c->home |= !strncmp(value, "HOME", 4) && (value[4] == '=' || !value[4]);
	else if (k->field >= 0 && value)
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
	bool unknown = false, ended = false;
	int verb = -1;

	*ret = (struct cmdline){.bundle = "."};
	for (int i = 1; argv[i]; i++) {
		if (!ended && !strcmp(argv[i], "--")) {
			ended = verb >= 0;
			if (ended && verbs[verb].does != ENTERS)
				break;
			continue;
		}
		if (!ended && *argv[i] == '-' && argv[i][1]) {
			i += take_option(argv + i, ret, &unknown) - 1;
			ret->doubt |= unknown && verb >= 0;
			continue;
		}
		/* a word behind an option that we do not know may be its value */
		if (verb < 0) {
			if (unknown && verb_index(argv[i]) < 0 && argv[i + 1]) {
				unknown = false;
				continue;
			}
			verb = verb_index(argv[i]);
			if (verb < 0 || !verbs[verb].does)
				return verb < 0 ? (int)LKD_N(verbs) : verb;
			ret->verb = argv[i];
			ret->verb_at = i;
		} else if (verbs[verb].does == ENTERS) {
			ret->id_at = i;
			break;
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
	} else {
		lkd_autofree char *quoted = NULL; /* as Go's %q, for what is in such texts */

		j = json_string(text);
		quoted = j ? json_dumps(j, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
		json_decref(j);
		if (!quoted || asprintf(&line, "time=\"%s\" level=error msg=%s", when, quoted) < 0)
			line = NULL;
	}
	if (line)
		(void)dprintf(fd, "%s\n", line);
}

static int fail(const struct cmdline *c, const char *text)
{
	char whole[1024], plain[1024];

	lkd_plain(text, plain, sizeof(plain));
	(void)snprintf(whole, sizeof(whole), "lockdown-runtime: %s", plain);
	(void)fprintf(stderr, "%s\n", whole);
	openlog("lockdown-runtime", LOG_PID, LOG_DAEMON);
	syslog(LOG_ERR, "%s", text);
	write_log(c, whole);
	return 1;
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

/* what lockdown-exec needs, where it is to be; nobody but root of the host can make that */
static int find_inside(const struct cmdline *c, struct lkd_inside *in, bool *ret, struct lkd_err *e)
{
	*ret = geteuid() == 0;
	return *ret ? lkd_inside_of(c->bundle, in, e) : 0;
}

static int edit_bundle(const struct cmdline *c, struct lkd_case *k, bool log, union lkd_planbuf *plan, struct lkd_err *e)
{
	static struct lkd_inside inside;
	lkd_cleanup(lkd_bundle_free) struct lkd_bundle b;
	lkd_autofree char *text = NULL;
	char hook[PATH_MAX];
	bool may_wrap;
	size_t len;
	int r;

	r = lkd_bundle_read(c->bundle, c->config, &b, e);
	if (r < 0)
		return r;
	if (!lkd_beside("lockdown-hook", hook, sizeof(hook)))
		return lkd_err_set(e, ENOENT, "lockdown-hook is not installed beside lockdown-runtime");
	r = find_inside(c, &inside, &may_wrap, e);
	if (!r)
		r = lkd_case_edit(k, b.text, b.len, c->bundle, hook, may_wrap ? &inside : NULL, log, plan, &text, &len, e);
	if (!r && k->wraps)
		r = lkd_inside_make(&inside, c->bundle, &plan->plan, k->owner, e);
	else if (!r && may_wrap)
		lkd_inside_remove(&inside, NULL); /* of another time, when it was */
	if (!r && text)
		r = lkd_bundle_replace(&b, text, len, e);
	return r;
}

/* what the real runtime says, of which the caller frees the copy; NULL if it fails */
static char *said_by(const char *real, char *const argv[])
{
	char *text;
	int fds[2], status;
	size_t len = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	pid = fork();
	if (!pid) {
		(void)dup2(fds[1], STDOUT_FILENO);
		(void)execv(real, argv);
		_exit(127);
	}
	lkd_closep(&fds[1]);
	text = pid < 0 ? NULL : lkd_read_whole(fds[0], 1 << 20, &len);
	lkd_closep(&fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		free(text);
		return NULL;
	}
	return text;
}

/* "runc version 1.1.5": its first word */
static bool calls_itself(const char *real, const char *name)
{
	char *const argv[] = {(char *)(uintptr_t)real, (char *)(uintptr_t)"--version", NULL};
	lkd_autofree char *said = said_by(real, argv);
	const size_t n = strlen(name);

	return said && !strncmp(said, name, n) && said[n] == ' ';
}

/*
 * A restored process has the filter that it had when it was checkpointed, or
 * none; the config does not reach it. The kernel engine does, if the hook runs:
 * runc runs it before anything is restored, crun runs none at restore.
 */
static int check_restore(const struct lkd_case *k, const struct lkd_planbin *plan, const char *real, struct lkd_err *e)
{
	if (!k->choice.n || plan->engine == LKD_PLAN_BY_HOST)
		return 0;
	if (plan->engine != LKD_PLAN_BY_KERNEL)
		return lkd_err_set(e, EOPNOTSUPP, "restore: policy '%s' is held without the kernel engine here, and a filter "
						  "cannot be given to what is restored", k->choice.policies[0]);
	if (!calls_itself(real, "runc"))
		return lkd_err_set(e, EOPNOTSUPP, "restore: %s would not run the hook, and what it restores be free: of the "
						  "runtimes that are known only runc does", real);
	return 0;
}

/* ---- what is started later --------------------------------------------- */

/* the container's bundle, as the real runtime knows it; the caller frees */
static char *bundle_of(const char *real, char **argv, const struct cmdline *c)
{
	const int n = c->verb_at;
	lkd_autofree char **args = calloc((size_t)n + 3, sizeof(*args));
	lkd_autofree char *text = NULL;
	json_auto_t *state = NULL;
	const char *bundle;

	if (!args)
		return NULL;
	memcpy(args, argv, (size_t)n * sizeof(*args));
	args[0] = (char *)(uintptr_t)real;
	args[n] = (char *)(uintptr_t)"state";
	args[n + 1] = argv[c->id_at];
	text = said_by(real, args);
	state = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	bundle = json_string_value(json_object_get(state, "bundle"));
	return bundle ? strdup(bundle) : NULL;
}

static int read_config(const char *bundle, struct lkd_oci *ret, struct lkd_err *e)
{
	lkd_cleanup(lkd_bundle_free) struct lkd_bundle b = {.dir = -EBADF};
	const int r = lkd_bundle_read(bundle, NULL, &b, e);

	return r < 0 ? r : lkd_oci_parse(b.text, b.len, ret, e);
}

/* is lockdown-exec this container's first process? What says so is not in the container's reach. */
static int is_wrapped(const char *bundle, bool *ret, struct lkd_err *e)
{
	lkd_cleanup(lkd_oci_free) struct lkd_oci oci = {.root = NULL};
	struct lkd_inside inside;
	int r = lkd_inside_of(bundle, &inside, e);

	if (r < 0)
		return r;
	*ret = lkd_inside_there(&inside);
	if (*ret)
		return 0;
	r = read_config(bundle, &oci, e);
	*ret = !r && lkd_oci_is_wrapped(&oci);
	return r;
}

/* a copy of the specification, with other words, that only we and the runtime see; its path, or NULL with @e */
static const char *edit_process(const char *file, struct lkd_err *e)
{
	static char path[40];
	lkd_cleanup(lkd_oci_free) struct lkd_oci oci = {.root = NULL};
	lkd_autofd in = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY), mem = -EBADF;
	lkd_autofree char *text = NULL, *out = NULL;
	size_t len;
	int r, fd;

	text = in < 0 ? NULL : lkd_read_whole(in, LKD_OCI_CONFIG_MAX, &len);
	if (!text) {
		(void)lkd_err_set(e, errno, "read the process '%s': %s", file, strerror(errno));
		return NULL;
	}
	r = lkd_oci_parse(text, len, &oci, e);
	if (!r)
		r = lkd_oci_edit_process(&oci, e);
	if (!r)
		r = lkd_oci_print(&oci, &out, &len, e);
	if (r < 0) {
		(void)lkd_err_wrap(e, r, "the process '%s'", file);
		return NULL;
	}
	/* beyond what --preserve-fds hands on; runtimes close the rest */
	mem = memfd_create("process", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	fd = mem < 0 || write(mem, out, len) != (ssize_t)len ? -1 : fcntl(mem, F_DUPFD, 500);
	if (fd < 0)
		fd = fcntl(mem, F_DUPFD, 100);
	if (fd < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
		(void)lkd_err_set(e, errno, "copy the process '%s': %s", file, strerror(errno));
		return NULL;
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

/* the word that @value is, or ends, with another value; never freed */
static char *with_value(char *word, const char *value, const char *other)
{
	char *ret;

	if (!other || !value || value < word || value > word + strlen(word))
		return word;
	return asprintf(&ret, "%.*s%s", (int)(value - word), word, other) < 0 ? NULL : ret;
}

/* who a command is to be that has no specification: what `exec` was told, else what the container's first command is */
static int find_user(const struct cmdline *c, const char *bundle, uint32_t *ret_uid, bool *ret_home, struct lkd_err *e)
{
	lkd_cleanup(lkd_oci_free) struct lkd_oci oci = {.root = NULL};
	const int r = read_config(bundle, &oci, e);

	if (r < 0)
		return r;
	*ret_uid = lkd_oci_command(&oci, ret_home);
	*ret_home |= c->home;
	/* whose group it is, is the runtime's: they differ */
	if (c->user && (strlen(c->user) > USER_MAX || lkd_oci_uid(c->user, ":", ret_uid) < 0))
		return lkd_err_set(e, EINVAL, "exec: --user '%s' is no number", c->user);
	return 0;
}

/* the words of `exec` with lockdown-exec before the command, which is root, and in a process specification; NULL with @e */
static char **exec_words(char **argv, const struct cmdline *c, const char *bundle, struct lkd_err *e)
{
	static struct lkd_words room;
	const char *const *own, *process = NULL;
	char root[USER_MAX + 2];
	size_t n = 0, at = 0;
	bool home = true;
	uint32_t uid = 0;
	char **args;

	if (c->process) {
		process = edit_process(c->process, e);
		if (!process)
			return NULL;
	} else if (find_user(c, bundle, &uid, &home, e) < 0) {
		return NULL;
	}
	own = lkd_exec_words(&room, true, uid, !home);
	(void)snprintf(root, sizeof(root), "0%s", c->user ? c->user + strspn(c->user, "0123456789") : "");
	while (argv[n])
		n++;
	args = calloc(n + 16, sizeof(*args));
	for (size_t i = 0; args && i < n; i++) {
		args[at] = with_value(argv[i], c->process, process);
		if (args[at] == argv[i] && (int)i < c->id_at)
			args[at] = with_value(argv[i], c->user, root);
		if (!args[at++]) {
			free(args);
			args = NULL;
		} else if ((int)i == c->id_at && argv[i + 1]) {
			for (; *own; own++)
				args[at++] = (char *)(uintptr_t)*own;
		}
	}
	if (!args)
		(void)lkd_err_set(e, ENOMEM, "no memory");
	return args;
}

/* the words to hand on: as they are, unless lockdown-exec is the container's first process */
static char **enter(const char *real, char **argv, const struct cmdline *c, struct lkd_err *e)
{
	lkd_autofree char *bundle = NULL;
	bool wrapped = false;

	if (!c->id_at || !lkd_inside_any())
		return argv;
	if (c->doubt) {
		(void)lkd_err_set(e, EINVAL, "exec: an option that is not known here, so the container is not known either");
		return NULL;
	}
	bundle = bundle_of(real, argv, c);
	if (!bundle) {
		(void)lkd_err_set(e, ENOENT, "exec: the container '%s' is not known to %s", argv[c->id_at], real);
		return NULL;
	}
	if (is_wrapped(bundle, &wrapped, e) < 0)
		return NULL;
	return wrapped ? exec_words(argv, c, bundle, e) : argv;
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
	static union lkd_planbuf plan;
	static struct lkd_case k;
	struct lkd_err e = {0};
	struct lkd_said capture;
	struct cmdline c;
	char real[PATH_MAX], said[sizeof(e.msg)];
	enum does does;
	int r, verb;

	if (argc < 1)
		return 1;
	if (argc == 2 && !strcmp(argv[1], "--lockdown-version")) {
		(void)puts("lockdown-runtime " LKD_VERSION);
		return 0;
	}
	verb = parse(argv, &c);
	does = verb >= 0 && (size_t)verb < LKD_N(verbs) ? verbs[verb].does : 0;
	r = does == MAKES ? lkd_case_open(&k, handler_of(argv[0]), &e) : lkd_config_read(&k.config, &e);
	if (!r)
		r = find_runtime(&k.config, real, sizeof(real), &e);
	if (!r && does == MAKES) {
		const char *name = strrchr(real, '/');

		capture = lkd_said_begin();
		r = edit_bundle(&c, &k, name && !strcmp(name, "/crun"), &plan, &e);
		lkd_said_end(&capture, said, sizeof(said));
		if (lkd_getplan_said(r)) {
			if (k.unfit)
				(void)snprintf(said + strlen(said), sizeof(said) - strlen(said),
					       "; lockdown-exec, which holds more, cannot be in this container: %s", k.unfit);
			return fail(&c, said);
		}
		if (said[0])
			(void)fprintf(stderr, "%s\n", said);
		if (!r && !strcmp(c.verb, "restore"))
			r = check_restore(&k, &plan.plan, real, &e);
	}
	if (r < 0)
		return fail(&c, e.msg);
	argv[0] = real;
	if (does == ENTERS) {
		argv = enter(real, argv, &c, &e);
		if (!argv)
			return fail(&c, e.msg);
	}
	(void)execv(real, argv);
	(void)lkd_err_set(&e, errno, "run %s: %s", real, strerror(errno));
	return fail(&c, e.msg);
}
