/* SPDX-License-Identifier: BSD-2-Clause */
/* The case of one container: what it is, what it gets, and its config made so. */
#ifndef LKD_CASE_H
#define LKD_CASE_H

#include "config.h"
#include "container.h"
#include "inside.h"
#include "node.h"

enum { LKD_PLAN_BY_HOST = 1, LKD_PLAN_BY_KERNEL = 2, LKD_PLAN_BY_BROKER = 3 }; /* engine of a plan: enum lkd_engine of plan.h */

/** struct lkd_case - zeroed, then lkd_case_open(); lkd_case_close() it, also after an error */
struct lkd_case {
	struct lkd_config config;
	struct lkd_node node;
	bool has_node;		       /* there is a node policy: LKD_NODE_FILE */
	const char *handler;	       /* as lockdown-runtime was called, or NULL */
	struct lkd_subject subject;    /* after lkd_case_decide() */
	struct lkd_node_choice choice; /* of policies; none = not confined, and @why */
	char why[320];
	const char *unfit; /* why lockdown-exec cannot be this container's first process; NULL = it can, or nobody asked */
	bool wraps;	   /* after lkd_case_edit(): it is */
	uid_t owner;	   /* then: who that process is on the host */
	struct lkd_container_file about; /* rule, pod and image */
	char named[LKD_NODE_POLICIES_MAX][256]; /* @choice without a node policy, or after its owner is gone */
};

/** lkd_case_open() - read the configuration and the node policy; 0, or -errno */
int lkd_case_open(struct lkd_case *c, const char *handler, struct lkd_err *e);

void lkd_case_close(struct lkd_case *c);

/**
 * lkd_case_decide() - what a container gets
 * @holder: its config; without a node policy its state does as well (only annotations are looked at). It has to live
 *	    as long as @c->subject and @c->choice are used.
 * @bundle: where it is from, or NULL
 *
 * Return: 0, -EINVAL.
 */
int lkd_case_decide(struct lkd_case *c, const json_t *holder, const char *bundle, struct lkd_err *e);

/** enum lkd_form - what holds where the kernel engine does not */
enum lkd_form {
	LKD_FORM_INSIDE, /* lockdown-exec, in front of all that runs in the container */
	LKD_FORM_CONFIG, /* what the config says by itself */
};

/**
 * lkd_case_plan() - the plan of what was decided
 *
 * With the kernel engine both forms are the same. Where the policy cannot be held
 * by the config either, and the node policy lets this namespace start without,
 * that is success and @c->choice is empty afterwards, as it is if it was empty
 * before; @ret is filled in only if it is not.
 *
 * Return: 0, or a failure as by lkd_getplan().
 */
int lkd_case_plan(struct lkd_case *c, enum lkd_form form, union lkd_planbuf *ret, struct lkd_err *e);

/** lkd_case_remembered() - what is to be remembered of the container: rule, pod, image, why */
void lkd_case_remembered(const struct lkd_case *c, struct lkd_container_file *ret);

/**
 * lkd_case_edit() - decide, plan, and edit a container's config.json
 * @text:   as by lkd_read_whole()
 * @bundle: as for lkd_case_decide()
 * @hook:   path of the hook to put in, or NULL
 * @inside: for LKD_FORM_INSIDE, which is taken where the plan holds more by it and the container allows it;
 *	    NULL = LKD_FORM_CONFIG, as nobody sees to what is executed in the container later
 * @log:    the runtime knows SECCOMP_FILTER_FLAG_LOG
 * @plan:   filled in, unless the container is not to be confined
 * @ret:    the new text, which the caller frees; NULL if nothing had to change
 *
 * Return: 0, a failure as by lkd_getplan(), -EINVAL, -errno.
 */
int lkd_case_edit(struct lkd_case *c, const char *text, size_t len, const char *bundle, const char *hook,
		  const struct lkd_inside *inside, bool log, union lkd_planbuf *plan, char **ret, size_t *ret_len, struct lkd_err *e);

/** lkd_efi_test_minor() - from /proc/misc, or -1 */
int lkd_efi_test_minor(void);

#endif
