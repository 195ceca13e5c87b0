/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy: what is refused, what is accepted, and how strictly. */
#ifndef LOCKDOWN_POLICY_H
#define LOCKDOWN_POLICY_H

#include <lockdown/reasons.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LKD_POLICY_NAME_MAX 32		/* with the final NUL; [a-z0-9][a-z0-9._-]* */
#define LKD_POLICY_FILE_MAX (1 << 20)	/* bytes of a policy file */
#define LKD_DEVICES_MAX	    64
#define LKD_POLICY_DIRS_MAX 2

/** Seals: ways around the kernel's own question that are closed besides it (SECURITY.md) */
#define LKD_SEALS(X)                                                                            \
	X(PTRACE, "ptrace", "memory, registers and descriptors of unconfined processes")        \
	X(HELPERS, "helpers", "programs that the kernel starts as unconfined root: core_pattern, modprobe, "         \
			      "binfmt_misc, release_agent and their like")                      \
	X(SYSRQ, "sysrq", "/proc/sysrq-trigger: crash, reboot, kernel debugger")                \
	X(HOSTLOCK, "hostlock", "raising the lockdown level, or closing modules and kexec, of the whole host")

enum lkd_seal {
#define X(id, word, text) LKD_SEAL_##id,
	LKD_SEALS(X)
#undef X
	LKD_SEAL_COUNT_,
};
#define LKD_SEALS_ALL ((1u << LKD_SEAL_COUNT_) - 1)

/** What a workload needs to go on working; the planner chooses mechanisms by it */
#define LKD_NEEDS(X)                                          \
	X(MOUNT, "mount", "mounts and unmounts file systems") \
	X(NESTED, "nested-containers", "runs containers of its own") \
	X(BPF, "bpf", "loads BPF programs")                   \
	X(PERF, "perf", "opens performance events")           \
	X(MODULES, "modules", "loads signed kernel modules")

enum lkd_need {
#define X(id, word, text) LKD_NEED_##id,
	LKD_NEEDS(X)
#undef X
	LKD_NEED_COUNT_,
};

/** struct lkd_device - one rule of the device cgroup, always a refusal */
struct lkd_device {
	char	 type;	    /* 'b', 'c', or 'a' for both */
	int32_t	 major;	    /* -1 = any */
	int32_t	 minor;	    /* -1 = any */
	uint32_t access;    /* LKD_DEV_* */
};
#define LKD_DEV_READ  1u
#define LKD_DEV_WRITE 2u
#define LKD_DEV_MKNOD 4u

/**
 * struct lkd_policy - a policy after parsing
 *
 * @enforce and @audit are disjoint: what is refused, and what is only told.
 * A reason that the table does not know yet (a newer kernel's) is treated as
 * @level says, in the mode that the level has.
 */
struct lkd_policy {
	char	       name[LKD_POLICY_NAME_MAX];
	enum lkd_level level;	      /* in force for reasons that a newer kernel adds */
	enum lkd_level audit_level;   /* the same, told only; above @level or NONE */
	lkd_set	       enforce;
	lkd_set	       audit;
	lkd_set	       accept_gap;      /* may stay open where this host cannot hold them */
	lkd_set	       accept_stricter; /* may be held by something that refuses more */
	lkd_set	       idle_allow;      /* let through by name though not in force: only lint looks at it */
	uint32_t       seals;		/* 1 << enum lkd_seal */
	uint32_t       accept_seal_gap; /* seals that may stay open */
	uint32_t       needs;		/* 1 << enum lkd_need */
	bool	       floor_if_needed; /* no system call filter under the kernel engine, which answers those calls itself */
	size_t	       n_devices;
	struct lkd_device devices[LKD_DEVICES_MAX]; /* in order, one for each type and number */
};

/**
 * lkd_policy_parse() - read a policy from memory
 * @text:   JSON, not NUL-terminated; must not contain NUL
 * @len:    bytes, at most LKD_POLICY_FILE_MAX
 * @source: name for error messages (a path); also gives the default for "name"
 * @ret:    written on success only
 * @e:      "FILE:LINE:COLUMN: key 'x': expected ..., found ..."; may be NULL
 *
 * Strict: unknown and duplicate keys, wrong types, unknown words and reasons,
 * trailing text are errors.
 *
 * Return: 0, -EINVAL (not a valid policy), -E2BIG (over the limit), -ENOMEM.
 */
LKD_PUBLIC int lkd_policy_parse(const char *text, size_t len, const char *source, struct lkd_policy *ret,
				struct lkd_err *e);

/**
 * lkd_policy_load() - read a policy file
 * @name: a path if it contains '/', else the name of a file NAME.json looked
 *        up in /etc/container-lockdown/policies, then in the installed
 *        directory of shipped policies (see lkd_policy_dirs())
 *
 * Only regular files are read; a FIFO, directory or device is refused without
 * blocking. Return: as lkd_policy_parse(), or -ENOENT, -EACCES, -EISDIR, -EIO.
 */
LKD_PUBLIC int lkd_policy_load(const char *name, struct lkd_policy *ret, struct lkd_err *e);

/**
 * lkd_policy_dirs() - where policies are looked up by name, in order
 *
 * The second one is that of the shipped policies; a process that did not gain
 * rights by its own execution may name another in $LOCKDOWN_POLICY_DIR. Return:
 * how many.
 */
LKD_PUBLIC size_t lkd_policy_dirs(const char *ret[LKD_POLICY_DIRS_MAX]);

/** lkd_policy_resolve() - the path that lkd_policy_load() would read, into @ret (PATH_MAX bytes) */
LKD_PUBLIC int lkd_policy_resolve(const char *name, char *ret, size_t size, struct lkd_err *e);

/**
 * lkd_policy_combine() - both policies at once: only ever tightens
 *
 * What either refuses is refused, what either tells is told unless refused;
 * gaps and stricter means are accepted only where both do, and the filter under
 * the kernel engine is left out only where both do; seals, needs and device
 * rules add up. @a and @b may be the same. The name is that of the one that is as
 * tight as both, else of both: "ci-agents", cut where that is too long.
 *
 * Return: 0, or -E2BIG (more than LKD_DEVICES_MAX device rules).
 */
LKD_PUBLIC int lkd_policy_combine(const struct lkd_policy *a, const struct lkd_policy *b, struct lkd_policy *ret,
				  struct lkd_err *e);

/**
 * lkd_policy_tighter() - true if @a refuses and tells at least all that @b does
 *
 * And seals all that @b seals, refuses all devices that @b does, and accepts
 * no gap and nothing stricter that @b does not. Needs and names don't count.
 */
LKD_PUBLIC bool lkd_policy_tighter(const struct lkd_policy *a, const struct lkd_policy *b);

/** lkd_policy_init() - the policy of a bare @level with every seal, named after it */
LKD_PUBLIC void lkd_policy_init(struct lkd_policy *p, enum lkd_level level);

/**
 * lkd_policy_json() - the policy as JSON text, canonical
 *
 * Of what lkd_policy_parse() and lkd_policy_combine() give, the text reads back
 * as the same policy. Return: the caller frees it; NULL without memory.
 */
LKD_PUBLIC char *lkd_policy_json(const struct lkd_policy *p);

LKD_PUBLIC const char *lkd_seal_name(enum lkd_seal s);
LKD_PUBLIC const char *lkd_seal_text(enum lkd_seal s);
LKD_PUBLIC int	       lkd_seal_parse(const char *word); /* or -ENOENT */
LKD_PUBLIC const char *lkd_need_name(enum lkd_need n);
LKD_PUBLIC const char *lkd_need_text(enum lkd_need n);
LKD_PUBLIC int	       lkd_need_parse(const char *word); /* or -ENOENT */

/**
 * lkd_policy_lint() - what a policy says that its author may not mean
 * @each: called with one finding per call, a line without newline; its first
 *        word is "error" or "warning"
 *
 * Among them: exceptions that make other refusals moot (KPROBES let through
 * reads what BPF_READ_KERNEL keeps), accepted gaps that are not in force,
 * a missing seal that leaves a reason's way in open.
 *
 * Return: number of findings.
 */
LKD_PUBLIC int lkd_policy_lint(const struct lkd_policy *p, void (*each)(void *arg, const char *line), void *arg);

#ifdef __cplusplus
}
#endif
#endif
