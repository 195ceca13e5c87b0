/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lockdown-works: what privileged workloads do, and a locked-down kernel lets
 * them do. Each operation is really performed and undone; it does not know
 * what the right answer is, the caller compares two runs.
 */
#ifndef LOCKDOWN_WORKS_H
#define LOCKDOWN_WORKS_H

#include "probes.h"
#include "list.h"

enum work_flags {
	WF_NET	= 1 << 0,	/* in a new network namespace */
	WF_HERE	= 1 << 1,	/* in the caller's mount namespace */
};

struct work {
	const char	*id;
	unsigned int	flags;
	probe_fn	*run;
	const char	*arg;
};

#define W(id, flags, fn, arg) probe_fn fn;
WORKS(W)
#undef W

/* The step that failed is the detail, so that two failures are told apart. */
#define TRY(res, call)                                             \
	do {                                                       \
		if ((long)(call) < 0)                              \
			return res_err(res, errno, "%s", #call);   \
	} while (0)
#define DONE(res) return res_ok(res, "%s", "")

/* main.c */
bool work_needs(struct result *res, const char *modules);

/* files.c */
int write_text(const char *path, const char *text);
const char *temp_dir(void);
int temp_file(size_t size, char *ret_path, size_t path_size);

/* procs.c: a child that waits until it is killed; @stack_value is at the same address in it */
pid_t idle_child(void);
void end_child(pid_t pid);

/* net.c */
int link_add(const char *kind, const char *name);

/* namespaces.c: an empty cgroup, which the caller removes; -1 with errno */
int cgroup_new(char *ret_path, size_t size);

#endif
