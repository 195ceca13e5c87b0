/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * configure: how lockdown-runtime and lockdown-hook get into an engine's own configuration.
 *
 * An engine is a row of a table; its files are targets; an editor takes our
 * part out of a text and puts it in. Everything follows from these two: what
 * a run changes is put_in(take_out(text)), an undo is take_out(text), and a
 * file is as configure left it if put_in(take_out(text)) is the text itself.
 */
#ifndef LKD_CONFIGURE_H
#define LKD_CONFIGURE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include <jansson.h>

#include <lockdown/err.h>

enum { CONF_FILE_MAX = 1 << 20, CONF_NAME_MAX = 63, CONF_TARGETS_MAX = 8 };

/** struct conf - what is asked for */
struct conf {
	const char *root;	      /* as given, "" = this host */
	int rootfd;		      /* all paths are looked up below it, symbolic links too */
	char name[CONF_NAME_MAX + 1]; /* of the runtime, which a RuntimeClass has as its handler */
	bool standard;		      /* --default: for all containers that name none */
	char bindir[PATH_MAX];	      /* where lockdown-runtime and lockdown-hook are */
};

struct target;

/** struct editor - one kind of file */
struct editor {
	/* the text without our part; @was: what put_in() told, or NULL */
	int (*take_out)(const struct target *t, const char *text, const json_t *was, char **ret, struct lkd_err *e);
	/* @text: has nothing of ours; *@ret_was (may stay NULL): what take_out() will need */
	int (*put_in)(const struct conf *c, const struct target *t, const char *text, char **ret, json_t **ret_was,
		      struct lkd_err *e);
	/* is it there, made by somebody else? NULL: its part is always known as ours */
	bool (*there)(const struct conf *c, const struct target *t, const char *text);
};

/** struct target - one file of an engine's configuration */
struct target {
	char path[PATH_MAX];
	const struct editor *editor;
	char *body;	/* what goes in, for the editors that take it from here; freed with the list */
	bool wanted;	/* else our part goes out of it */
	bool no_backup; /* the engine reads whatever lies in that directory */
};

/** struct targets - zeroed before; targets_free() */
struct targets {
	struct target v[CONF_TARGETS_MAX];
	size_t n;
	char note[256]; /* for people, or empty */
};

void targets_free(struct targets *l);

/** target_add() - @body goes to the list, also on failure; NULL if there is no room or memory for it */
struct target *target_add(struct targets *l, const char *path, const struct editor *editor, char *body);

/** text_make() - printf(3) into new memory, NULL without */
char *text_make(const char *fmt, ...) LKD_PRINTF(1, 2);

/* ---- configure_file.c -------------------------------------------------- */

/** struct conf_file - zeroed, or from conf_read(); conf_file_free() */
struct conf_file {
	char *text; /* "" if there is none */
	bool exists;
	struct stat st;
};

void conf_file_free(struct conf_file *f);

/**
 * conf_read() - a file below the root
 *
 * Refuses what somebody else could have put there or could change: a symbolic
 * link to another directory, files and directories that others may write to;
 * and what no editor could keep: NUL bytes, more than CONF_FILE_MAX.
 * Return: 0, also without a file; -errno.
 */
int conf_read(const struct conf *c, const char *path, struct conf_file *ret, struct lkd_err *e);

/**
 * conf_write() - replace or make a file below the root
 * @like: owner and mode; NULL: ours, 0644
 * @made: array that gets the directories which had to be made; NULL: none are made
 *
 * Return: 0 or -errno.
 */
int conf_write(const struct conf *c, const char *path, const char *text, const struct stat *like, json_t *made,
	       struct lkd_err *e);

/** conf_remove() - a file or an empty directory; 0 or -errno */
int conf_remove(const struct conf *c, const char *path, bool dir);

/** conf_rename() - within one directory; 0 or -errno */
int conf_rename(const struct conf *c, const char *from, const char *to);

/** conf_exists() - is there something of that name below the root? */
bool conf_exists(const struct conf *c, const char *path);

/** conf_lock() - one configure at a time; descriptor, -EBUSY, -errno */
int conf_lock(const struct conf *c, const char *dir);

/**
 * conf_list() - names in a directory that match @pattern (fnmatch(3)), sorted as engines do
 *
 * Return: how many, in *@ret, which conf_list_free() frees; 0 without a directory; -errno.
 */
int conf_list(const struct conf *c, const char *dir, const char *pattern, char ***ret, struct lkd_err *e);
void conf_list_free(char **names, int n);

/* ---- configure_toml.c -------------------------------------------------- */

enum { TOML_PATH_MAX = 384 };
#define TOML_SEP '\x1f' /* between the parts of a path, which may have dots themselves */

/** struct toml_item - a table header, or a key with its value */
struct toml_item {
	enum { TOML_TABLE, TOML_ARRAY, TOML_VALUE } kind;
	char path[TOML_PATH_MAX]; /* of the table, or the table's and the key's */
	size_t table_len;	  /* how much of it is the table's */
	bool dotted;		  /* the key has several parts */
	char type;		  /* of a value: 's'tring in one line, 'm'ore lines of one, '[', '{', 'x' what else */
	size_t line;		  /* from 1 */
	size_t start, end;	  /* the whole line or lines */
	size_t value, value_end;
};

/** struct toml - zeroed, or from toml_scan(); toml_free() */
struct toml {
	struct toml_item *v;
	size_t n;
};

/**
 * toml_scan() - where tables and keys are in a text
 *
 * No parser: values stay text. What it does not know for sure it refuses:
 * -EINVAL with @path and the line.
 */
int toml_scan(const char *path, const char *text, struct toml *ret, struct lkd_err *e);
void toml_free(struct toml *t);

/** toml_value() - the last value of that path, or NULL */
const struct toml_item *toml_value(const struct toml *t, const char *path);

/** toml_below() - is @path @above, or below it? */
bool toml_below(const char *path, const char *above);

/** toml_string() - a value's string, without its quotes; false if it has escapes or is none */
bool toml_string(const char *text, const struct toml_item *i, char *ret, size_t size);

/** toml_eol() - how a text ends its lines */
const char *toml_eol(const char *text);

/** toml_block() - the whole of @body in our block, lines ended as @text ends its own */
char *toml_block(const char *text, const char *body, bool joined);

/** toml_take_out() - editor.take_out for files with our blocks */
int toml_take_out(const struct target *t, const char *text, const json_t *was, char **ret, struct lkd_err *e);

/** drop_in_editor - target.body in our block, at the end of the file */
extern const struct editor drop_in_editor;

/** docker_editor - daemon.json; hook_editor - a file that is ours as a whole */
extern const struct editor docker_editor, hook_editor;

/* ---- the engines ------------------------------------------------------- */

int containerd_targets(const struct conf *c, struct targets *l, struct lkd_err *e);
int crio_targets(const struct conf *c, struct targets *l, struct lkd_err *e);
int docker_targets(const struct conf *c, struct targets *l, struct lkd_err *e);
int podman_targets(const struct conf *c, struct targets *l, struct lkd_err *e);

/* ---- the rest ---------------------------------------------------------- */

/** diff_print() - unified, on stdout; @from or @to is "" without a file */
void diff_print(const char *path, const char *from, bool from_exists, const char *to, bool to_exists);

/**
 * verify_runtime() - a throw-away container of lockdown-runtime, whose process tries what it must not
 *
 * Says on stdout what was seen. Return: 0; -EPERM if it was not confined, -EIO
 * if no container could be made.
 */
int verify_runtime(const struct conf *c, struct lkd_err *e);

/** run_program() - with stdout and stderr in @ret; exit status, 128 and a signal's number, -ETIMEDOUT, -errno */
int run_program(const char *const *argv, char *ret, size_t size, int seconds);

#endif
