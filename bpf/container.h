/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers and the kernel engine: by raw bpf(2) calls, for the small programs on a container's start path. */
#ifndef LKD_CONTAINER_H
#define LKD_CONTAINER_H

#include <sys/types.h>

#include "abi.h"

/* one file a container: cgroup id, pid of its init, policy, time of creation */
#define LKD_CONTAINERS_DIR "/run/container-lockdown/containers"

/**
 * lkd_container_cgroup() - id of the cgroup v2 that a process is in
 * @pid: as this process sees it
 *
 * Source: kernel cgroup ids are kernfs ids, and the inode number of the
 * directory on 64-bit machines.
 *
 * Return: 0, -ENOENT (no such process, or no cgroup v2 there), -EINVAL (the
 * path is not one: it has "..", or is the root).
 */
int lkd_container_cgroup(pid_t pid, __u64 *ret_id);

/**
 * lkd_container_add() - register a cgroup: whoever is or comes in it is marked
 *
 * Only for new cgroups: an id that is registered already is -EEXIST.
 *
 * Return: 0, -ENOENT (engine not loaded), -E2BIG (LKD_CONTAINERS_MAX), -errno.
 */
int lkd_container_add(__u64 cgroup_id, const struct lkd_container *c);

/** lkd_container_remove() - forget a cgroup; its tasks stay marked. 0, or -ENOENT */
int lkd_container_remove(__u64 cgroup_id);

/**
 * lkd_container_exists() - is there a cgroup v2 of that id?
 *
 * Return: 1, 0, or -errno when it cannot be told.
 */
int lkd_container_exists(__u64 cgroup_id);

/**
 * lkd_container_adopt() - mark all threads of a process that is in a registered cgroup
 * @ret_marked: threads of it that carry a mark afterwards
 * @ret_denied: what all of them are refused (intersection)
 *
 * Return: 0, -ENOENT (engine not loaded), -errno of bpf(2).
 */
int lkd_container_adopt(pid_t tgid, unsigned *ret_marked, __u64 *ret_denied);

#endif
