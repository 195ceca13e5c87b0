// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shield.h"

/* linux/landlock.h of 6.12; the installed one may be older */
struct ruleset_attr {
	uint64_t handled_access_fs, handled_access_net, scoped;
};
#define LANDLOCK_VERSION	      (1u << 0)
#define LANDLOCK_SCOPE_ABSTRACT_SOCKET (1ULL << 0)
#define LANDLOCK_ACCESS_FS_MAKE_BLOCK (1ULL << 11)
#define LANDLOCK_ACCESS_FS_REFER      (1ULL << 13)
#define LANDLOCK_RULE_PATH_BENEATH    1
#define ABI_WITH_REFER		      2
#define ABI_WITH_SCOPES		      6

struct path_beneath_attr {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

int lkd_shield_self(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ? -errno : 0;
}

/*
 * security/landlock/ptrace.c: a task in a domain may trace only who is in it or
 * below. The scope is the one right that a domain can handle which says nothing
 * of files or ports; it keeps abstract sockets of outside away.
 */
static int by_domain(void)
{
	const struct ruleset_attr attr = { .scoped = LANDLOCK_SCOPE_ABSTRACT_SOCKET };
	int fd, r = 0;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0UL, LANDLOCK_VERSION) < ABI_WITH_SCOPES)
		return -EOPNOTSUPP;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_landlock_restrict_self, fd, 0))
		r = -errno;
	(void)close(fd);
	return r;
}

/* one right that is rarely asked for, and granted everywhere */
static int by_second_domain(void)
{
	struct { uint64_t handled_access_fs; } attr = { LANDLOCK_ACCESS_FS_MAKE_BLOCK };
	struct path_beneath_attr all;
	int fd, root, r = 0;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0UL, LANDLOCK_VERSION) >= ABI_WITH_REFER)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER; /* refused if not spoken of */
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return -errno;
	root = open("/", O_PATH | O_CLOEXEC);
	all = (struct path_beneath_attr){ attr.handled_access_fs, root };
	if (root < 0 || syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &all, 0) ||
	    syscall(SYS_landlock_restrict_self, fd, 0))
		r = -errno;
	if (root >= 0)
		(void)close(root);
	(void)close(fd);
	return r;
}

static int by_capability(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	const uint32_t bit = 1u << CAP_SYS_PTRACE;

	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_SYS_PTRACE, 0, 0);
	/* whoever keeps it there gets it back by executing as root */
	if (prctl(PR_CAPBSET_READ, CAP_SYS_PTRACE, 0, 0, 0) == 1 && prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0) &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return -errno;
	if (syscall(SYS_capget, &head, data))
		return -errno;
	data[0].effective &= ~bit;
	data[0].permitted &= ~bit;
	data[0].inheritable &= ~bit;
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

int lkd_shield_from(bool in_domain)
{
	/* a domain with nothing but a scope would refuse to move files below one that speaks of files: REFER */
	if (in_domain)
		return by_second_domain();
	return by_domain() ? by_capability() : 0;
}
