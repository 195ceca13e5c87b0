/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lockdown-probe: asks the kernel what it refuses.
 *
 * A probe performs one operation and reports what the kernel did with it.
 * It does not know which answer is right: the table says where the check is,
 * the caller compares two runs (or a run with a list of expectations).
 */
#ifndef LOCKDOWN_PROBES_H
#define LOCKDOWN_PROBES_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "table.h"

#define N_OF(a)		(sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

/*
 * VERDICT_NONE is what the parent finds when the child died before it could
 * answer; no probe sets it.
 */
enum verdict { VERDICT_NONE, VERDICT_OK, VERDICT_ERR, VERDICT_SKIP };

struct result {
	enum verdict	verdict;
	int		err;		/* VERDICT_ERR: positive errno */
	char		detail[240];	/* no tabs, no newlines, nothing volatile */
};

typedef void probe_fn(struct result *res, const char *arg);

enum probe_flags {
	PF_CONTROL	= 1 << 0,	/* must stay allowed */
	PF_DESTRUCTIVE	= 1 << 1,	/* can be felt outside of the probe */
	PF_NEEDS_ARG	= 1 << 2,	/* needs a module, kernel image or fd */
	PF_UNREACHABLE	= 1 << 3,	/* listed for completeness: always skips */
};

struct probe {
	const char	*id;
	const char	*reason;	/* enum lockdown_reason without LOCKDOWN_ */
	unsigned int	flags;
	probe_fn	*run;
	const char	*arg;
	const char	*interface;
	const char	*source;	/* kernel file:function that decides */
};

/* A function with several rows is declared several times, which is legal. */
#define P(id, reason, flags, fn, arg, interface, source) probe_fn fn;
PROBES(P)
#undef P

extern const struct probe probes[];
extern const size_t probes_count;

struct options {
	const char	*module_dir;	/* NULL: the running kernel's */
	const char	*kernel;	/* NULL: kexec_file_load probes skip */
	bool		destructive;
	unsigned int	timeout_s;	/* per probe */
	int		kprobe_events_fd; /* opened by the caller; -1 = none */
	int		dynamic_events_fd;
	bool		wait_sa;
};

extern struct options opt;

/* result.c. Every setter may be called once; each returns nothing so that a
 * probe can say "return res_...(...)" without inventing a value. */
void res_ok(struct result *res, const char *fmt, ...) PRINTF(2, 3);
void res_err(struct result *res, int err, const char *fmt, ...) PRINTF(3, 4);
void res_skip(struct result *res, const char *fmt, ...) PRINTF(2, 3);
/* A step before the probed one failed: skip, "STEP: ERRNO". */
void res_step(struct result *res, int err, const char *fmt, ...) PRINTF(3, 4);
/* ok when rc >= 0, else err with errno; no detail. */
void res_rc(struct result *res, long rc);
const char *errno_name(int err, char buf[static 16]);

/* files.c */
int fs_detached(const char *fstype);
int fs_dir(const char *const *paths, long magic, const char *fstype);
int debugfs_dir(void);
int tracefs_dir(void);
int dev_open(const char *path, const char *sysfs_dev, int flags);
int node_dir(unsigned int major, unsigned int minor);
ssize_t read_text(int dirfd, const char *path, char *buf, size_t size);
void *read_whole(const char *path, size_t *ret_len);
int memfd_readonly(const void *buf, size_t len);
bool path_exists(const char *path);
int first_entry(const char *dir, const char *prefix, char *ret, size_t size);
void oneline(char *s);

/* ways.c: how a probe's function is entered */
struct way {
	const char	*name;
	const char	*help;
	void		(*run)(const struct probe *p, struct result *res);
};

extern const struct way ways[];
extern const size_t ways_count;

/* int80.c: system calls through the other doors of an x86-64 kernel */
bool int80(long nr, long a, long b, long c, long d, long *ret);
long x32_syscall(long nr, long a, long b, long c, long d);

/* modules.c */
struct module_stack {
	int	count;
	char	name[16][64];
};

int module_find(const char *name, char *ret_path, size_t size);
bool module_ready(struct result *res, const char *name, char *path, size_t size);
int module_load_deps(const char *path, struct module_stack *st);
void module_unload(const char *name);
void module_unload_deps(struct module_stack *st);
int module_finit(const char *path, const char *params, int flags);

/* bpf.c */
int bpf_load_helper(unsigned int type, int helper, char *log, size_t size);
int bpf_load_tracepoint(void);

/* btf.c */
int btf_func_id(const char *name);

/* perf.c */
int perf_tracepoint(int tracefs, const char *id);

/* hammer.c, xfrm.c: modes of their own, not probes */
int hammer(unsigned int seconds, unsigned int threads, bool rt);
int xfrm_add_for_others(void);

#endif
