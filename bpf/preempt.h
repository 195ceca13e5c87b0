/* SPDX-License-Identifier: BSD-2-Clause */
/* How the running kernel preempts; asked again at each use, as debugfs can switch it. */
#ifndef LKD_PREEMPT_H
#define LKD_PREEMPT_H

#include <stdbool.h>

/**
 * lkd_preempt() - "none", "voluntary", "full", "lazy", "rt" or "unknown"
 *
 * Source: kernel/sched/debug.c:sched_dynamic_show, init/version-timestamp.c.
 * Reads debugfs through a detached mount, so nothing needs to be mounted.
 */
const char *lkd_preempt(void);

/**
 * lkd_preempt_allows_fmod_ret() - can a fmod_ret program never be skipped here?
 *
 * A tracing program is skipped when its per-CPU recursion counter is taken,
 * which happens when another task was preempted inside it: only on kernels
 * that do not preempt in kernel mode is every answer given. Unknown is no.
 */
bool lkd_preempt_allows_fmod_ret(void);

#endif
