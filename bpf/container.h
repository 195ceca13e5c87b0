/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers and the kernel engine: by raw bpf(2) calls, for the small programs on a container's start path. */
#ifndef LKD_CONTAINER_H
#define LKD_CONTAINER_H

#include <stdbool.h>
#include <sys/types.h>

#include "abi.h"

/* one file a container, named by the id of its cgroup: the ids of containers are unique in one engine only */
#define LKD_CONTAINERS_DIR "/run/container-lockdown/containers"

enum { LKD_CONTAINER_ID_MAX = 255 };

/** struct lkd_container_file - what is remembered of a confined container */
struct lkd_container_file {
	__u64 cgroup;
	pid_t pid;	 /* of its init, when it was made */
	long long since; /* seconds since 1970 */
	unsigned level;	 /* enum lkd_level */
	__u32 program;	 /* id of its device rules, which the engine guards; 0 = none */
	char policy[256];
	char id[LKD_CONTAINER_ID_MAX + 1];
	char rule[32];	 /* of the node policy, or "" */
	char pod[768];	 /* "NAMESPACE/POD/CONTAINER", or "" */
	char image[256];
	char why[320];	 /* it is not confined, or "" */
};

/** lkd_container_remember() - write the file; 0 or -errno */
int lkd_container_remember(const struct lkd_container_file *c);

/** lkd_container_forget() - remove the file, the registration of its cgroup, and the guard of its device rules */
void lkd_container_forget(__u64 cgroup_id);

/** lkd_container_recall() - what is remembered of a cgroup; 0, or -ENOENT */
int lkd_container_recall(__u64 cgroup_id, struct lkd_container_file *ret);

/**
 * lkd_container_guard() - keep a container's device rules out of the reach of confined tasks
 * @program: id of the BPF program; one that stands in the container's file, which frees it again
 *
 * To take a program off a cgroup that has several, one needs its descriptor,
 * and the engine gives none of guarded ones (kernel/bpf/cgroup.c:find_detach_entry).
 *
 * Return: 0, -ENOENT (engine not loaded), -errno of bpf(2).
 */
int lkd_container_guard(__u32 program);

/**
 * lkd_container_each() - all that are remembered
 *
 * Return: 0, what @each returned, which ends it unless 0, or -errno if they cannot be read.
 */
int lkd_container_each(int (*each)(void *arg, const struct lkd_container_file *c), void *arg);

/** lkd_container_v1() - are the cgroups that lkd_container_dir() gives those of v1? */
bool lkd_container_v1(void);

/**
 * lkd_container_dir() - directory of the cgroup that a process is in
 * @pid: as this process sees it
 *
 * Of cgroup v2 where that is mounted at /sys/fs/cgroup, else of the v1 hierarchy
 * of the devices controller.
 *
 * Return: 0, -ENOENT (no such process, or none of both), -EINVAL (the path is
 * not one: it has "..", or is the root), -ENAMETOOLONG.
 */
int lkd_container_dir(pid_t pid, char *ret, size_t size);

/**
 * lkd_container_cgroup() - id of the cgroup at a directory
 * @dir: from lkd_container_dir()
 *
 * Source: kernel cgroup ids are kernfs ids, and the inode number of the
 * directory on 64-bit machines. With LKD_CGROUP_V1 in it where it is of v1.
 *
 * Return: 0, or -ENOENT (no such directory).
 */
int lkd_container_cgroup(const char *dir, __u64 *ret_id);

/** lkd_container_get() - the registration of a cgroup; 0, -ENOENT */
int lkd_container_get(__u64 cgroup_id, struct lkd_container *ret);

/**
 * lkd_container_tighten() - refuse more to a registered cgroup, and to its tasks
 * @denied: the kernel's numbers; what is refused already stays so
 *
 * Return: 0, -ENOENT (not registered, or engine not loaded), -EAGAIN (some of
 * its tasks could not be reached), -errno.
 */
int lkd_container_tighten(__u64 cgroup_id, __u64 denied, __u32 seals);

/**
 * lkd_container_add() - register a cgroup: whoever is or comes in it is marked
 *
 * Only for new cgroups: an id that is registered already is -EEXIST.
 *
 * Return: 0, -ENOENT (engine not loaded), -E2BIG (as many as the engine was loaded for), -EXDEV
 * (containers of the other version of cgroups are registered), -errno.
 */
int lkd_container_add(__u64 cgroup_id, const struct lkd_container *c);

/**
 * lkd_catch_all_set() - what the catch-all rule gives, and which cgroups it passes over
 * @c:	    NULL or all zero = nothing is caught
 * @exempt: paths of cgroups below their mount, "/system.slice/x.service"
 *
 * Return: 0, -ENOENT (engine not loaded), -EINVAL (not such a path), -E2BIG, -errno.
 */
int lkd_catch_all_set(const struct lkd_catch_all *c, const char *const *exempt, size_t n);

/** lkd_catch_all_put() - the same, and exemptions as they are; 0, -ENOENT, -errno */
int lkd_catch_all_put(const struct lkd_catch_all *c);

/** lkd_catch_all_get() - what is set; 0, -ENOENT (engine not loaded), -errno */
int lkd_catch_all_get(struct lkd_catch_all *ret);

/** lkd_container_path() - of a cgroup, below its mount, into @ret; 0, -ENOENT, -errno */
int lkd_container_path(__u64 cgroup_id, char *ret, size_t size);

/** lkd_container_threads() - how many are in the cgroup itself; 0 when it is gone, or cannot be read */
unsigned lkd_container_threads(__u64 cgroup_id);

/** lkd_container_remove() - forget a cgroup; its tasks stay marked. 0, or -ENOENT */
int lkd_container_remove(__u64 cgroup_id);

/**
 * lkd_container_exists() - is there a cgroup of that id?
 *
 * Return: 1, 0, or -errno when it cannot be told.
 */
int lkd_container_exists(__u64 cgroup_id);

/** lkd_container_lives() - has that cgroup a process, in it or below? 1, 0, or -errno when it cannot be told */
int lkd_container_lives(__u64 cgroup_id);

/**
 * lkd_container_adopt() - mark all threads of a process that is in a registered cgroup
 * @ret_marked: threads of it that carry a mark afterwards
 * @ret_denied: what all of them are refused (intersection)
 *
 * Return: 0, -ENOENT (engine not loaded), -errno of bpf(2).
 */
int lkd_container_adopt(pid_t tgid, unsigned *ret_marked, __u64 *ret_denied);

#endif
