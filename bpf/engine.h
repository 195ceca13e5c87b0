/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loader of the kernel engine: loads the BPF programs once per boot, pins
 * them, and tells what they hold. Knows nothing of policies.
 */
#ifndef LKD_ENGINE_H
#define LKD_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lockdown/err.h>

#include "abi.h"

struct lkd_engine_opts {
	enum lkd_attach mode;	/* LSM or FMOD_RET */
	uint32_t max_tasks;	/* bound on marked tasks; 0 = 8192; cannot change while loaded */
	uint32_t max_containers; /* bound on registered cgroups; 0 = LKD_CONTAINERS_DEFAULT; nor can this */
	uint32_t event_bytes;	/* size of the ring buffer, a power of two; 0 = 16384; likewise */
	bool no_kthread_rule;	/* do not refuse kernel threads anything (docs/engine.md) */
};

/**
 * lkd_engine_load() - load and pin, or take over from another version
 * @ret_done: true if programs were loaded, false if the same version was there
 *
 * Safe against another loader (a lock), and against being killed at any
 * point: a half-made set of pins is completed by the next load. Programs of
 * another version are replaced only after the new ones are attached, and the
 * marks of running tasks are kept.
 *
 * Return: 0, -ENODEV (no bpf file system, no BTF), -EPERM (not allowed to
 * load), -EPROTO (marks of another layout are in use), -EBUSY (@max_tasks
 * or @event_bytes differs from what is loaded), -EOPNOTSUPP (fmod_ret on a kernel that
 * preempts fully), -EIO (attached, but the kernel does not ask us).
 */
int lkd_engine_load(const struct lkd_engine_opts *opts, bool *ret_done, struct lkd_err *e);

/**
 * lkd_engine_unload() - detach and remove everything
 * @force: even while marked tasks live; they are unconfined from then on
 *
 * Waits until the kernel has let go of every program.
 *
 * Return: 0 (also if nothing was loaded), -EBUSY (marked tasks live, or
 * somebody else holds one of our objects open).
 */
int lkd_engine_unload(bool force, struct lkd_err *e);

struct lkd_engine_status {
	struct lkd_engine_info info;
	struct lkd_state state;
	size_t memory; /* bytes: programs and maps, by the kernel's figures in fdinfo */
	size_t programs, maps;
	unsigned missing; /* pins that should be there and are not */
	bool helpers_closed; /* the kernel starts nothing but modprobe and request-key: docs/engine.md, helpers of modules */
};

/** lkd_engine_status() - what is loaded; -ENOENT if nothing is, -EPROTO for another layout */
int lkd_engine_status(struct lkd_engine_status *ret, struct lkd_err *e);

struct lkd_engine_task {
	int tgid, pid;
	uint64_t denied, audited, cookie;
	uint32_t seals;
	char policy[LKD_MARK_POLICY];
	char comm[16];
};

/** lkd_engine_tasks() - calls @each for every marked task; stops when it returns non-zero and returns that */
int lkd_engine_tasks(int (*each)(void *arg, const struct lkd_engine_task *t), void *arg, struct lkd_err *e);

/**
 * lkd_engine_events() - read the ring buffer
 * @timeout_ms: how long to wait for the first event; 0 = only what is there, -1 = for ever
 * @each:       non-zero stops and is returned
 *
 * One reader at a time: an event is handed out once.
 *
 * Return: number of events, -EBUSY (another reader), -ENOENT (not loaded),
 * -EINTR.
 */
struct lkd_engine_reader;
int lkd_engine_reader_open(int (*each)(void *arg, const struct lkd_event *ev), void *arg,
			   struct lkd_engine_reader **ret, struct lkd_err *e);
int lkd_engine_reader_poll(struct lkd_engine_reader *r, int timeout_ms, struct lkd_err *e);
void lkd_engine_reader_close(struct lkd_engine_reader *r);

/** lkd_engine_version() - of the programs compiled into this loader: changes whenever their code does */
const char *lkd_engine_version(void);

#endif
