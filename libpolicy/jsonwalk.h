/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walking strictly through a JSON text: what is not understood is an error with
 * file, line and column. For policies and node policies.
 */
#ifndef LKD_JSONWALK_H
#define LKD_JSONWALK_H

#include <jansson.h>

#include "policy_priv.h"

#define LKD_QUOTE_MAX	  48
#define LKD_WALK_DEPTH	  6 /* rules[3].match.annotations.key[2] */
#define LKD_WALK_KEYS_MAX 16

/** struct lkd_walk - a text, and where in it we are */
struct lkd_walk {
	const char	    *text;
	size_t		     len;
	const char	    *source; /* its name in messages */
	const char	    *what;   /* it is: "policy" */
	struct lkd_err	    *e;
	struct lkd_json_step steps[LKD_WALK_DEPTH];
	size_t		     depth;
};

/** struct lkd_walk_key - a key of an object, and what takes its value */
struct lkd_walk_key {
	const char *name;
	int (*parse)(struct lkd_walk *w, json_t *value);
};

/**
 * lkd_walk_load() - parse the text: no byte order mark, no NUL, no key twice
 * @ret: the caller drops the reference
 *
 * Return: 0, -EINVAL with a position, -ENOMEM.
 */
int lkd_walk_load(struct lkd_walk *w, json_t **ret);

/** lkd_walk_enter() - we are at the @ordinal-th member or element; @key is NULL in an array */
void lkd_walk_enter(struct lkd_walk *w, size_t ordinal, const char *key);
void lkd_walk_leave(struct lkd_walk *w);

/** lkd_walk_fail() - the value that we are at is wrong; returns -EINVAL */
int lkd_walk_fail(const struct lkd_walk *w, const char *fmt, ...) LKD_PRINTF(2, 3);

/** lkd_walk_fail_key() - the key that we are at is wrong; returns -EINVAL */
int lkd_walk_fail_key(const struct lkd_walk *w, const char *fmt, ...) LKD_PRINTF(2, 3);

/** lkd_walk_expected() - "expected @what, found ..."; returns -EINVAL */
int lkd_walk_expected(const struct lkd_walk *w, const char *what, const json_t *found);

/**
 * lkd_walk_unknown() - "unknown reason 'KEXECC'; did you mean 'KEXEC'?", or what there is to choose from
 * @key:    the word is the key that we are at, else the value
 * @others: what there is to choose from, or NULL: all of @words
 *
 * Return: -EINVAL.
 */
int lkd_walk_unknown(const struct lkd_walk *w, bool key, const char *kind, const char *word, const char *const *words,
		     size_t n, const char *others);

/** lkd_walk_each_key() - hands each member to its key; unknown keys fail. 0, or what failed */
int lkd_walk_each_key(struct lkd_walk *w, json_t *object, const struct lkd_walk_key *keys, size_t n_keys);

/**
 * lkd_walk_each_word() - hands each string of an array to @add
 * @what: what is expected, if it is no array
 * @add:  0, -EEXIST (it was there before: told here), or a failure that it has told
 */
int lkd_walk_each_word(struct lkd_walk *w, json_t *list, const char *what,
		       int (*add)(struct lkd_walk *w, const char *word, void *arg), void *arg);

/** lkd_walk_quote() - foreign text for a message: one line, no terminal commands, not too long; returns @ret */
const char *lkd_walk_quote(const char *s, char ret[LKD_QUOTE_MAX]);

#endif
