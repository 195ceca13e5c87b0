/* SPDX-License-Identifier: BSD-2-Clause */
/* What the verbs of lockdownctl share. */
#ifndef LKD_CTL_H
#define LKD_CTL_H

#include <stdbool.h>

#include <lockdown/plan.h>
#include <lockdown/planbin.h>

/* exit statuses; lockdownctl(8) lists them */
enum {
	CTL_OK = 0,
	CTL_NO = 1,	/* the answer is no: cannot be held, not loaded, findings, policies differ */
	CTL_USAGE = 2,	/* wrong usage, or input that is not valid */
	CTL_FAILED = 3, /* it could not be found out or done */
};

/** struct verb - one row of lockdownctl's table */
struct verb {
	const char *name;
	const char *args; /* in the usage line */
	const char *help; /* one line */
	int (*run)(int argc, char **argv);
};

/** usage_error() - one line on stderr; returns CTL_USAGE */
int usage_error(const char *fmt, ...) LKD_PRINTF(1, 2);

/** report() - the error as one line, with its hint; returns @status, or CTL_USAGE for invalid input */
int report(int status, const struct lkd_err *e);

/** struct options - every option that several verbs know; a verb says which it takes */
struct options {
	struct lkd_request request;
	enum lkd_engine engine;
	const char *facts;    /* --facts FILE: plan for another host */
	bool json;
	bool force;
	bool prune;
	bool follow;
	bool explain;
	bool no_kthread_rule;
	const char *output;   /* -o FILE */
	const char *format;   /* --format */
	const char *attach;   /* --attach lsm|fmod_ret */
	unsigned max_tasks, max_containers, event_bytes;
	int for_exec;	      /* descriptor, or -1 */
	const char *node;     /* --node FILE: the node policy */
	const char *handler;  /* --handler NAME */
	const char *why;      /* --why TEXT */
	unsigned seconds;     /* --for TIME */
	bool prometheus;
};

/* which options a verb takes */
enum {
	TAKES_REQUEST = 1,    /* --policy --level --allow --accept-gap --engine */
	TAKES_FACTS = 2,
	TAKES_JSON = 4,
	TAKES_LOAD = 8,	      /* --max-tasks --max-containers --event-buffer --no-kthread-rule --attach */
	TAKES_FORCE = 16,
	TAKES_FOLLOW = 32,
	TAKES_OUTPUT = 64,
	TAKES_FORMAT = 128,
	TAKES_COMPILE = 256,  /* --for-exec --explain */
	TAKES_PRUNE = 512,
	TAKES_NODE = 1024,    /* --node --handler */
	TAKES_OFF = 2048,     /* --for --why */
	TAKES_METRICS = 4096, /* --prometheus */
};

/**
 * parse_options() - options of a verb, getopt order
 * @min, @max: how many words may follow
 *
 * Return: index of the first word in @argv, or -1 after an error was printed.
 */
int parse_options(int argc, char **argv, unsigned takes, int min, int max, struct options *ret);

/** request_policy() - the policy that a request means: what its policies refuse together */
int request_policy(const struct lkd_request *r, struct lkd_policy *ret, struct lkd_err *e);

/** get_facts() - from --facts, else of this host */
int get_facts(const struct options *o, struct lkd_facts *ret, struct lkd_err *e);

/** load_for() - load the kernel engine if it is not, attached as the facts allow */
int load_for(const struct lkd_facts *f, const struct options *o, bool *ret_done, struct lkd_err *e);

/** task_is_confined() - is this task confined by a loaded kernel engine, which it may not look at? */
bool task_is_confined(void);

/** attach_of() - enum lkd_attach that the facts call for */
uint32_t attach_of(const struct lkd_facts *f);

/** attach_word() - how the kernel engine is attached: "lsm", "fmod_ret" */
const char *attach_word(uint32_t mode);

/** node_test() - `lockdownctl node test`: which rule matches the containers of a file, and what they get */
int node_test(int argc, char **argv);

struct lkd_node;
struct lkd_catch_all;

/** node_catch_all() - what the catch-all rule of a node policy gives here; all zero without one. 0 or -errno with @e */
int node_catch_all(const struct lkd_node *n, struct lkd_catch_all *ret, struct lkd_err *e);

/** node_apply_to_engine() - hand the node policy's catch-all rule to the loaded engine; 1 there is one, 0, -errno */
int node_apply_to_engine(struct lkd_err *e);

/** node_apply_off() - nothing is caught for so many seconds, 0 = from now on again; 0 or -errno */
int node_apply_off(unsigned seconds);

/** node_apply() - `lockdownctl node apply` */
int node_apply(int argc, char **argv);

/** node_status() - `lockdownctl node status` */
int node_status(int argc, char **argv);

/**
 * lkd_configure_drift() - are engines still as configure left them?
 * @engine: one of containerd, docker, podman, crio; NULL: each that is configured
 * @ret:    which are not and why, in one line; "" if all are; the error if it could not be found out
 *
 * By what the files say, not by their bytes: what others add elsewhere is no
 * drift. Return: how many have drifted; -ENOENT if none is configured; -errno.
 */
int lkd_configure_drift(const char *engine, char *ret, size_t size);

int verb_compile(int argc, char **argv);
int verb_configure(int argc, char **argv);
int verb_diff(int argc, char **argv);
int verb_doctor(int argc, char **argv);
int verb_events(int argc, char **argv);
/** events_in_files() - show, and forget, what brokers told; false: there never was one */
bool events_in_files(bool json);
int verb_explain(int argc, char **argv);
int verb_export(int argc, char **argv);
int verb_facts(int argc, char **argv);
int verb_lint(int argc, char **argv);
int verb_node(int argc, char **argv);
int verb_load(int argc, char **argv);
int verb_plan(int argc, char **argv);
int verb_ps(int argc, char **argv);
int verb_raise(int argc, char **argv);
int verb_status(int argc, char **argv);
int verb_unload(int argc, char **argv);

#endif
