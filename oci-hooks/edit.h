/* SPDX-License-Identifier: BSD-2-Clause */
/* An OCI config.json: parsed, edited, printed. Touches nothing outside memory. */
#ifndef LKD_EDIT_H
#define LKD_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <lockdown/planbin.h>

/** struct lkd_oci - a parsed config.json */
struct lkd_oci {
	json_t *root;
	size_t wide; /* numbers beyond 63 bits, kept as texts meanwhile */
};

/** struct lkd_edit - what a config.json is to hold besides what it holds */
struct lkd_edit {
	const char *hook; /* path of lockdown-hook; NULL = hooks stay as they are */
	const char *handler; /* what the hook is told of how lockdown-runtime was called, or NULL */
	/* the container's first process is to be lockdown-exec: its directory and program on the host; NULL = it is not */
	const char *inside, *exec;
	const struct lkd_plan_call *calls;
	size_t n_calls;
	const struct lkd_plan_device *devices;
	size_t n_devices;
	int efi_test_minor; /* for LKD_MINOR_EFI_TEST; -1 = there is none */
	bool cgroupns;	    /* a cgroup namespace where there is none */
	bool log;	    /* the runtime knows SECCOMP_FILTER_FLAG_LOG */
};

/**
 * lkd_oci_parse() - parse a config.json
 * @ret: lkd_oci_free() it, also after an error
 *
 * Stricter than JSON: no duplicate keys, no keys that Go's decoder would take
 * for one of ours though they are written otherwise.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int lkd_oci_parse(const char *text, size_t len, struct lkd_oci *ret, struct lkd_err *e);

/**
 * lkd_oci_unfit() - why lockdown-exec cannot be a container's first process
 *
 * What it does takes root with CAP_SYS_ADMIN and mounts of the container's own
 * (for a command of another user: that root could become that user); and only where its workload cannot mount afterwards, which is what the plan
 * sees to, will the engine's exec find the same program there later.
 *
 * Return: NULL if it can, or a text.
 */
const char *lkd_oci_unfit(const struct lkd_oci *oci);

/** lkd_oci_is_wrapped() - is lockdown-exec its first process already? */
bool lkd_oci_is_wrapped(const struct lkd_oci *oci);

/** lkd_oci_rootfs() - "root.path", or NULL */
const char *lkd_oci_rootfs(const struct lkd_oci *oci);

/**
 * lkd_oci_command() - the user id that the container's command is to have, also where lockdown-exec is before it
 * @ret_home: is HOME in its environment?
 */
uint32_t lkd_oci_command(const struct lkd_oci *oci, bool *ret_home);

/** lkd_oci_owner() - the id on the host of the container's root, which lockdown-exec runs as */
long long lkd_oci_owner(const struct lkd_oci *oci);

/**
 * lkd_oci_edit_process() - the same for a process that is started later: `exec --process`
 * @process: a "process" object by itself
 *
 * Return: 0, -EINVAL.
 */
int lkd_oci_edit_process(struct lkd_oci *process, struct lkd_err *e);

/** struct lkd_words - room for what stands before a command */
struct lkd_words {
	const char *word[8];
	char as[24];
};

/**
 * lkd_exec_words() - what stands before a command
 * @beside: for one that is started later, or has to be PID 1 itself
 * @uid:    who it is to be; lockdown-exec itself is started as root
 * @home:   HOME is not in its environment: it gets that user's, as a runtime would give it
 *
 * Return: NULL-terminated, in @room.
 */
const char *const *lkd_exec_words(struct lkd_words *room, bool beside, uint32_t uid, bool home);

/** lkd_oci_uid() - a user id at the start of a text, behind which is one of @ends or nothing; 0 or -EINVAL */
int lkd_oci_uid(const char *text, const char *ends, uint32_t *ret);

/**
 * lkd_oci_edit() - first process, hooks, seccomp rules, device rules, cgroup namespace
 * @ret_changed: false if all of it was there already
 *
 * Never takes a refusal away. What is there and cannot be joined with ours is
 * an error, and the config is then of no use.
 *
 * Return: 0, -EINVAL (no OCI config), -EOPNOTSUPP (a seccomp section that cannot be merged).
 */
int lkd_oci_edit(struct lkd_oci *oci, const struct lkd_edit *edit, bool *ret_changed, struct lkd_err *e);

/** lkd_oci_print() - as text; the caller frees *@ret. 0, -ENOMEM or -EINVAL */
int lkd_oci_print(const struct lkd_oci *oci, char **ret, size_t *ret_len, struct lkd_err *e);

void lkd_oci_free(struct lkd_oci *oci);

#endif
