/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy of a node: which container gets which policies. Read by
 * lockdown-hook, lockdown-runtime and `lockdownctl node`; decides from the
 * container's config.json, and from nothing that the container can change later.
 */
#ifndef LKD_NODE_H
#define LKD_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <lockdown/err.h>

#define LKD_NODE_FILE	    "/etc/container-lockdown/node.json"
#define LKD_NODE_OFF_FILE   "/run/container-lockdown/node.off"
#define LKD_NODE_UNCONFINED "unconfined" /* a word in the place of a policy */

enum {
	LKD_NODE_FILE_MAX = 16 << 20, /* bytes */
	LKD_NODE_RULES_MAX = 16384,
	LKD_NODE_POLICIES_MAX = 6, /* that are combined for one container */
	LKD_NODE_TIGHTEN_MAX = 3,  /* annotations that may name a policy */
	LKD_NODE_TEXT_MAX = 4096,  /* bytes of an annotation that is looked at */
	LKD_NODE_OFF_MAX = 86400,  /* seconds for which it can be turned off */
};

/** struct lkd_node - a node policy after parsing; lkd_node_free() it */
struct lkd_node {
	json_t *root;
	const struct lkd_cri *cri;    /* NULL = no annotations are believed */
	const char *floor;	      /* or NULL */
	const char *privileged, *other;
	json_t *rules;		      /* checked: an array of objects */
	json_t *exception_namespaces; /* arrays of patterns, or NULL */
	json_t *unconfined_namespaces;
	json_t *tighten;
	bool catch_all;
	json_t *exempt_cgroups;
};

/**
 * lkd_node_parse() - read a node policy from memory
 * @source: its name in messages
 * @ret:    written on success only; the caller frees
 *
 * As strict as lkd_policy_parse(). Return: 0, -EINVAL, -E2BIG, -ENOMEM.
 */
int lkd_node_parse(const char *text, size_t len, const char *source, struct lkd_node *ret, struct lkd_err *e);

/**
 * lkd_node_load() - read a node policy from a file
 *
 * Return: 0; -ENOENT only if there is no such file; -EACCES (not root's, or
 * others may write it), -EINVAL, -E2BIG, -ENOMEM, -EIO.
 */
int lkd_node_load(const char *path, struct lkd_node *ret, struct lkd_err *e);

void lkd_node_free(struct lkd_node *n);

/** struct lkd_subject - what rules ask about a container; texts belong to the config, NULL = not known */
struct lkd_subject {
	const char *namespace, *pod, *container, *image;
	const char *handler;	  /* of its RuntimeClass */
	const json_t *annotations; /* of the config */
	json_t *labels;		  /* of the pod, where the CRI passes them; lkd_subject_free() */
	bool sandbox;		  /* holds a pod's namespaces, runs no workload */
	bool privileged;
	unsigned host;		  /* namespaces of the host that it shares: bits by lkd_node_namespace_name() */
	const json_t *capabilities, *devices; /* arrays of the config, or NULL */
};

/** lkd_node_namespace_name() - of bit @n of struct lkd_subject.host; NULL beyond the last */
const char *lkd_node_namespace_name(unsigned n);

/**
 * lkd_node_subject() - what a config.json says about its container
 * @config:  parsed; has to live longer than @ret
 * @bundle:  directory that it is from, or NULL when that is not known
 * @handler: as lockdown-runtime was called, or NULL
 *
 * Return: 0, or -EINVAL: annotations that claim to be the CRI's and cannot be.
 */
int lkd_node_subject(const struct lkd_node *n, const json_t *config, const char *bundle, const char *handler,
		     struct lkd_subject *ret, struct lkd_err *e);

void lkd_subject_free(struct lkd_subject *s);

/** struct lkd_node_choice - what a container gets */
struct lkd_node_choice {
	const char *rule;	/* name of the rule that matched, or NULL: the default */
	size_t rule_index;	/* of that rule */
	const char *exception;	/* why it may be looser, or NULL */
	const char *policies[LKD_NODE_POLICIES_MAX]; /* combined; none = not confined */
	size_t n;
	bool may_go_without;	/* starts unconfined where its policy cannot be held */
	const char *passed_over; /* first rule that would match, were exceptions allowed in this namespace; or NULL */
};

/**
 * lkd_node_choose() - the policies of a container
 * @ret: texts belong to @n and to the config
 *
 * The first rule that matches; without one, the default of its class. A rule
 * without "exception" adds to the default, one with it takes its place. The
 * floor and what annotations name are always added.
 *
 * Return: 0, or -EINVAL (an annotation that rules look at is no text).
 */
int lkd_node_choose(const struct lkd_node *n, const struct lkd_subject *s, struct lkd_node_choice *ret,
		    struct lkd_err *e);

/**
 * lkd_node_is_off() - did the host's root turn confinement of new containers off for a while?
 * @ret_left: seconds that are left, or NULL
 * @why:	   in his words
 *
 * Ends by itself, by CLOCK_BOOTTIME, and with the next boot.
 */
bool lkd_node_is_off(unsigned *ret_left, char *why, size_t size);

/** lkd_node_turn_off() - for that many seconds; 0 or -errno */
int lkd_node_turn_off(unsigned seconds, const char *why);

/** lkd_node_turn_on() - now; 0, -ENOENT (it was), -errno */
int lkd_node_turn_on(void);

/**
 * lkd_node_lint() - what a node policy says that its author may not mean
 * @each: called with one line per finding; its first word is "error" or "warning"
 *
 * Loads the policies that it names. Return: number of findings.
 */
int lkd_node_lint(const struct lkd_node *n, void (*each)(void *arg, const char *line), void *arg);

#endif
