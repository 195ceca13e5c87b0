/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plan: what would hold each reason of a policy on a host with given facts.
 * Pure data; the appliers (lockdown-exec, the hook) read its binary form and
 * never a policy.
 */
#ifndef LOCKDOWN_PLAN_H
#define LOCKDOWN_PLAN_H

#include <linux/filter.h>

#include <lockdown/facts.h>
#include <lockdown/planbin.h>
#include <lockdown/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What can hold a reason; a row may name several that do it together */
#define LKD_HOLDERS(X)                                                       \
	X(HOST, "host", "the host's own lockdown")                           \
	X(ABSENT, "absent", "nothing to hold: this kernel has no such thing") \
	X(KERNEL, "kernel", "kernel engine (BPF on locked_down)")            \
	X(SECCOMP, "seccomp", "system call filter")                          \
	X(BROKER, "broker", "broker (system calls performed in the caller's place)") \
	X(SEAL, "seal", "the way in is sealed")                              \
	X(LANDLOCK, "landlock", "files that no rule allows (Landlock)")      \
	X(MASK, "mask", "something is mounted over it, for good")

enum lkd_holder {
#define X(id, word, text) LKD_HOLDER_##id,
	LKD_HOLDERS(X)
#undef X
	LKD_HOLDER_COUNT_,
};

enum lkd_want { LKD_WANT_NONE, LKD_WANT_AUDIT, LKD_WANT_ENFORCE };

/** enum lkd_held - how well a row is held */
enum lkd_held {
	LKD_HELD_NOT,	   /* a gap */
	LKD_HELD_STRICTER, /* and more than the kernel would is refused */
	LKD_HELD_CAVEAT,   /* exactly, where the confined task itself asks; the note names a side way */
	LKD_HELD_EXACT,
	LKD_HELD_COUNT_,
};

#define LKD_NOTE_MAX 160

struct lkd_plan_row {
	char	       name[40]; /* kernel name of the reason, or word of the seal */
	enum lkd_level level;
	enum lkd_want  want;
	uint32_t       holders;	 /* 1 << enum lkd_holder */
	enum lkd_held  held;
	bool	       accepted; /* the policy accepts that it is not held, or held stricter */
	char	       note[LKD_NOTE_MAX];
};

/** enum lkd_engine - what confines: the planner's choice, or what the user insists on */
enum lkd_engine {
	LKD_ENGINE_AUTO,
	LKD_ENGINE_HOST,   /* the host refuses all of it already */
	LKD_ENGINE_KERNEL,
	LKD_ENGINE_BROKER, /* no BPF: filter and what else needs no kernel engine */
	LKD_ENGINE_COUNT_,
};

#define LKD_PLAN_NEW_MAX 16	/* reasons of a newer kernel, at most */
#define LKD_FILTER_MAX	 1024	/* instructions of a filter, at most */

struct lkd_plan {
	char		policy[LKD_POLICY_NAME_MAX];
	enum lkd_level	level;
	enum lkd_engine engine;
	char		kernel[136]; /* "RELEASE VERSION" of the host planned for */
	/* rows: the table's reasons in its order, then reasons of a newer kernel, then the seals */
	size_t		n_reasons, n_rows;
	struct lkd_plan_row rows[LKD_REASON_COUNT_ + LKD_PLAN_NEW_MAX + LKD_SEAL_COUNT_];
	/* for the kernel engine, in that kernel's numbers */
	uint64_t	denied, audited;
	uint32_t	seals;
	/* for seccomp(2); covers every system call ABI of the architecture */
	size_t		n_filter;
	struct sock_filter filter[LKD_FILTER_MAX];
	/* the same for OCI runtimes, which compile it themselves */
	size_t		n_calls;
	struct lkd_plan_call calls[LKD_CALLS_MAX];
	/* for the device cgroup of a container: the policy's own, and under the broker engine those of reasons */
	size_t		n_devices;
	struct lkd_plan_device devices[LKD_PLAN_DEVICES_MAX];
	/* files, held where lockdown-exec starts the workload */
	bool		holds_files, moves_files; /* between directories: Landlock ABI 2 */
	size_t		n_files;
	struct lkd_plan_file files[LKD_PLAN_FILES_MAX];
	uint32_t	broker;	/* LKD_BROKER_* of planbin.h: what the filter hands to a listener; 0 = it needs none */
	char		kernel_missing[LKD_NOTE_MAX]; /* why not the kernel engine; "" = it could be had */
	/* the outcome */
	unsigned	exact, caveats, stricter, gaps; /* rows of reasons that are wanted */
	unsigned	refusals;	/* rows that the policy does not accept */
};

/**
 * lkd_plan_make() - a policy on a host
 * @engine: LKD_ENGINE_AUTO, or KERNEL or BROKER to insist
 *
 * Every reason in force ends as held or as a gap with a note. Never fails
 * because of gaps: see @refusals.
 *
 * Return: 0, -EOVERFLOW (the kernel has more new reasons than
 * LKD_PLAN_NEW_MAX, or the filter does not fit), -EINVAL (malformed facts),
 * -ENOMEM.
 */
LKD_PUBLIC int lkd_plan_make(const struct lkd_policy *p, const struct lkd_facts *f, enum lkd_engine engine,
			     struct lkd_plan *ret, struct lkd_err *e);

/** lkd_plan_check() - 0 if the host can run the policy, else -EPERM with the first rows that it cannot hold */
LKD_PUBLIC int lkd_plan_check(const struct lkd_plan *p, struct lkd_err *e);

/** lkd_plan_text() - the table that a person reads; the caller frees; NULL without memory */
LKD_PUBLIC char *lkd_plan_text(const struct lkd_plan *p);

/** lkd_plan_json() - the same as JSON; the caller frees; NULL without memory */
LKD_PUBLIC char *lkd_plan_json(const struct lkd_plan *p);

LKD_PUBLIC const char *lkd_engine_name(enum lkd_engine engine);
LKD_PUBLIC int	       lkd_engine_parse(const char *word); /* "auto", "kernel", "broker"; -EINVAL */
LKD_PUBLIC const char *lkd_held_name(enum lkd_held held);
/** lkd_holders_text() - "kernel + seccomp"; writes into @buf and returns it */
LKD_PUBLIC const char *lkd_holders_text(uint32_t holders, char *buf, size_t size);

/**
 * lkd_seccomp_build() - the filter of a plan
 * @holders: for each reason what holds it (1 << enum lkd_holder); SECCOMP asks for its rules, BROKER for
 *           its notifications
 * @floor:   reasons whose exact rules are wanted besides (depth under another holder)
 * @freeze:  refuse what changes mounts, or goes to others, and is left where a Landlock domain holds files
 *
 * Return: number of instructions (0: no filter needed), -EOVERFLOW, -ENOMEM,
 * -ENOSYS (libseccomp refused).
 */
LKD_PUBLIC int lkd_seccomp_build(const uint32_t holders[LKD_REASON_COUNT_], lkd_set floor, bool freeze,
				 const struct lkd_facts *f, struct sock_filter ret[LKD_FILTER_MAX],
				 struct lkd_err *e);

/**
 * lkd_seccomp_calls() - the filter of a plan, not compiled
 * @served: without what a broker decides. Filters add up, and a refusal goes before a question, so this is all that
 *	    may lie over a broker and its workload; else, for tasks that none serves, that is refused.
 *
 * Of ioperm(2) only where the kernel engine does not hold IOPORT: there a bad
 * range is EPERM instead of EINVAL, as OCI has no sum of arguments.
 *
 * Return: number of calls, or -EOVERFLOW.
 */
LKD_PUBLIC int lkd_seccomp_calls(const uint32_t holders[LKD_REASON_COUNT_], lkd_set floor, bool served,
				 const struct lkd_facts *f, struct lkd_plan_call ret[LKD_CALLS_MAX],
				 struct lkd_err *e);

/**
 * lkd_plan_devices() - rules for the device cgroup of a container
 * @held: reasons that rules are wanted for; besides those of the policy's own
 *
 * Return: number of rules, or -EOVERFLOW.
 */
LKD_PUBLIC int lkd_plan_devices(const struct lkd_policy *p, const struct lkd_facts *f, lkd_set held,
				struct lkd_plan_device ret[LKD_PLAN_DEVICES_MAX], struct lkd_err *e);

/** lkd_seccomp_has() - are there rules for system calls of this reason, in interfaces of this kind? */
LKD_PUBLIC bool lkd_seccomp_has(enum lkd_reason r, enum lkd_kind kind);

/** lkd_devices_have() - is there a rule for device nodes of this reason? */
LKD_PUBLIC bool lkd_devices_have(enum lkd_reason r);

/** lkd_files_missing() - NULL if a plan may hold files, else why not */
LKD_PUBLIC const char *lkd_files_missing(const struct lkd_policy *p, const struct lkd_facts *f);

/** lkd_files_have() - is there a rule of that sort for files of this reason? */
LKD_PUBLIC bool lkd_files_have(enum lkd_reason r, enum lkd_file_how how);

/**
 * lkd_plan_files() - files that may not be opened
 * @held: reasons that Landlock and masks hold
 *
 * Device nodes are not among them: they are lkd_plan_devices(), by number.
 * Return: how many.
 */
LKD_PUBLIC int lkd_plan_files(lkd_set held, bool seal_sysrq, struct lkd_plan_file ret[LKD_PLAN_FILES_MAX]);

/** lkd_seccomp_broker() - LKD_BROKER_* that the filter of lkd_seccomp_build() notifies about; 0 = no listener */
LKD_PUBLIC uint32_t lkd_seccomp_broker(const uint32_t holders[LKD_REASON_COUNT_], lkd_set floor);

/**
 * lkd_seccomp_oci() - the same rules as an OCI "linux.seccomp" object; the caller frees
 *
 * For tasks that no broker serves: what one would decide is refused.
 */
LKD_PUBLIC char *lkd_seccomp_oci(const uint32_t holders[LKD_REASON_COUNT_], lkd_set floor,
				 const struct lkd_facts *f);

#ifdef __cplusplus
}
#endif
#endif
