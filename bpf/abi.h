/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the BPF programs and their loader agree on: pins, maps' values, events.
 * Included by both sides, so nothing but fixed-width types.
 *
 * A change of any struct here is a change of LKD_LAYOUT: programs of another
 * layout cannot take over the marks of running tasks.
 */
#ifndef LKD_BPF_ABI_H
#define LKD_BPF_ABI_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define LKD_LAYOUT 5

#define LKD_PIN_ROOT "/sys/fs/bpf"
#define LKD_PIN_DIR  LKD_PIN_ROOT "/lockdown"

#define LKD_MARK_POLICY 32  /* bytes of a policy's name, with the NUL */
#define LKD_REASON_BITS 64

/** struct lkd_floor - a system call that the filter under the engine refuses, and the reason it stands for */
struct lkd_floor {
	__u32 native;	/* number in the native ABI */
	__u32 compat;	/* number in the 32-bit ABI, or ~0 */
	__u32 reason;	/* the kernel's number */
};
#define LKD_FLOORS 3

/* why a marked task may be more than its mark, and is not traced by others with one */
#define LKD_CAME_OUTSIDE 1u /* until it executes: still runs, and has open, what it had when it was not confined */
#define LKD_CAME_MOVED	 2u /* for good, and its children: moved in here by somebody confined */

/** struct lkd_mark - what a confined task carries; only ever tightened */
struct lkd_mark {
	__u64 denied;	/* bit n: the kernel's lockdown reason n is refused */
	__u64 audited;	/* bit n: reason n is told, not refused */
	__u64 latch;	/* @denied as it was when this task entered bpf(2) */
	__u64 told;	/* reasons already told since then */
	__u64 cookie;	/* who marked: 0, or the container's number */
	__u64 told_ns;	/* when a reason that is asked several times in one call was last told */
	__u32 seals;	/* 1 << enum lkd_seal */
	__u32 came;	/* LKD_CAME_* */
	char  policy[LKD_MARK_POLICY];
};

#define LKD_COOKIE_SELF_TEST (~0ULL) /* the loader asking itself: not told */

/** struct lkd_mark_request - context of the program `mark`, by which a task marks itself */
struct lkd_mark_request {
	__u64 denied;
	__u64 audited;
	__u64 cookie;
	__u32 seals;
	__u32 layout;	/* LKD_LAYOUT, else -EPROTO */
	char  policy[LKD_MARK_POLICY];
};

/*
 * Where a host has the devices controller in a cgroup v1 hierarchy, containers
 * have a cgroup of their own there, not in v2; told by this bit of their id
 * (kernel ids grow from below). A host's containers are all in one or the other.
 */
#define LKD_CGROUP_V1	  (1ULL << 62)
#define LKD_REGISTERED_V2 1u /* value of the map `registered` */
#define LKD_REGISTERED_V1 2u

/**
 * struct lkd_container - what a registered cgroup hands to every task that is found in it
 *
 * Key of the map `containers`: the id of a cgroup v2 (never reused), or of one
 * of v1 with LKD_CGROUP_V1, which stands for all below it. Written by the
 * host's side only; when it becomes tighter, the iterator hands that on to
 * tasks that carry its cookie. With nothing denied, audited or sealed its tasks
 * stay unmarked, and the catch-all rule passes them over.
 */
struct lkd_container {
	__u64 denied, audited, cookie;
	__u32 seals;
	__u32 refused;	/* counted by the programs */
	char  policy[LKD_MARK_POLICY];
};
#define LKD_CONTAINERS_DEFAULT 512 /* at most so many at a time, unless the loader is told otherwise */
#define LKD_CONTAINERS_MOST    16384
#define LKD_CONTAINER_PROGRAM (1ULL << 61) /* key with the id of a container's device rules: not for confined tasks */
#define LKD_CGROUP_DEPTH   24	/* levels of cgroups that are looked up from a task */

/**
 * struct lkd_catch_all - what a task gets that execs in a container which nobody registered
 *
 * One entry. All zero: nothing is caught. A container is what has a mount
 * namespace that is not the host's, and a pid namespace or a root that is not.
 */
struct lkd_catch_all {
	__u64 denied, audited;
	__u64 off_until; /* ns of CLOCK_BOOTTIME: until then nothing is caught */
	__u32 seals;
	__u32 reserved;
	char  policy[LKD_MARK_POLICY];
};

/*
 * Cgroups that are passed over stand in the map of sealed files, by the names of
 * the cgroup and of its parent: their ids change with each start of a service.
 * Key: magic = LKD_FS_CGROUP2 | level << 32, level 1 being below the root, which
 * has no name.
 */
#define LKD_CGROUP_NAME_MAX 96

/** struct lkd_state - counters of the whole engine, one for all processors */
struct lkd_state {
	__u64 marked;	/* live tasks with a mark */
	__u64 lost;	/* events that found the ring buffer full */
	__u64 forks_refused; /* a mark could not be handed to a child: EAGAIN */
	__u64 guarded;	/* refusals by our own guards */
	__u64 adopted;	/* tasks marked because of the cgroup they were found in */
	__u64 caught;	/* ... by the catch-all rule */
	__u64 not_adopted; /* ... that could not be: no room; refused everything instead */
	__u64 denied;	/* all that any task was marked with since the engine was loaded: for kernel threads */
	__u64 refused[LKD_REASON_BITS];
	__u64 audited[LKD_REASON_BITS];
};

/** struct lkd_engine_info - what is loaded; written once by the loader */
struct lkd_engine_info {
	__u32 layout;
	__u32 mode;	/* enum lkd_attach */
	__u32 max_tasks;
	__u32 event_bytes;
	__u32 flags;	/* LKD_ENGINE_* */
	__u32 max_containers;
	__u32 singles;	/* programs of one form only that this kernel has: 1 << their place in the loader's table */
	__u32 reserved;
	__u64 loaded_at; /* seconds since 1970 */
	__u64 helpers_since; /* ns of CLOCK_BOOTTIME: helpers born later have the mark of who asked; 0 = the kernel does not tell */
	char  version[64];
	char  kernel[136]; /* release and build, so that pins of another kernel are never believed */
};
#define LKD_ENGINE_KTHREAD_RULE 1u /* kernel threads are refused what they could be used for */

/** enum lkd_attach - how the programs are attached */
enum lkd_attach {
	LKD_ATTACH_NONE,
	LKD_ATTACH_LSM,	     /* LSM programs; `bpf` in lsm= */
	LKD_ATTACH_FMOD_RET, /* fmod_ret on security_*; only where the kernel does not preempt */
};

/** enum lkd_object - what an id in the map `guarded` names */
enum lkd_object { LKD_OBJECT_MAP = 1, LKD_OBJECT_PROG, LKD_OBJECT_LINK };

struct lkd_guarded_key {
	__u32 object;	/* enum lkd_object */
	__u32 id;
};

/** enum lkd_guarded_use - value of the map `guarded` */
enum lkd_guarded_use {
	LKD_USE_HOST = 1, /* unmarked tasks only */
	LKD_USE_ANYONE,	  /* the program `mark`, with which a marked task can only tighten itself */
};

#define LKD_SEAL_BIT_PTRACE  1u /* 1 << LKD_SEAL_PTRACE; the loader asserts these */
#define LKD_SEAL_BIT_HELPERS 2u

/**
 * struct lkd_sealed_key - a file that a seal keeps from being opened for writing
 *
 * By the names of the file and its directory in one kind of file system, and
 * not by inode: procfs and sysfs make new inodes for every mount.
 */
struct lkd_sealed_key {
	__u64 name;   /* lkd_hash() */
	__u64 parent; /* lkd_hash(), 0 = any */
	__u64 magic;  /* super_block.s_magic */
};

struct lkd_sealed {
	__u32 guard;  /* enum lkd_guard to tell */
	__u32 seal;   /* the mark's seal bits that close it; 0 = closed to every marked task */
};

/*
 * Entries of another kind, with magic 0: are helpers of the kernel's closed (its
 * seal is 0, and not 0 once a marked task has loaded a module with a helper of
 * its choice), and, by the hash of their whole path, those that stay open.
 */
#define LKD_HELPERS_CLOSED { .name = 1 }

/** enum lkd_fs - the file systems of bpf/seals.def: super_block.s_magic, include/uapi/linux/magic.h */
enum lkd_fs {
	LKD_FS_PROC = 0x9fa0,
	LKD_FS_SYSFS = 0x62656572,
	LKD_FS_BINFMT = 0x42494e4d,
	LKD_FS_CGROUP1 = 0x27e0eb,
	LKD_FS_CGROUP2 = 0x63677270, /* no sealed file: exemptions of the catch-all rule */
	LKD_FS_SECURITYFS = 0x73636673,
};

#define LKD_NAME_MAX 32 /* longer names are not among the sealed ones */

#define LKD_HASH_SEED 0xcbf29ce484222325ULL
#define LKD_HASH_STEP(h, c) (((h) ^ (__u8)(c)) * 0x100000001b3ULL) /* FNV-1a */
#ifndef __bpf__
/** lkd_hash() - of @n bytes of a name */
static inline __u64 lkd_hash(const char *s, __u64 n)
{
	__u64 h = LKD_HASH_SEED;

	for (__u64 i = 0; i < n; i++)
		h = LKD_HASH_STEP(h, s[i]);
	return h;
}
#endif

/** enum lkd_verdict - what an event tells */
enum lkd_verdict {
	LKD_REFUSED = 1, /* a lockdown reason was refused */
	LKD_AUDITED,	 /* it would have been */
	LKD_KTHREAD,	 /* refused to a kernel thread */
	LKD_GUARD,	 /* refused by a guard or seal: @number is enum lkd_guard */
};

enum lkd_guard {
	LKD_GUARD_BPF_OBJECT = 1, /* touching our own BPF objects */
	LKD_GUARD_BPF_TYPE,	  /* loading a program type that could answer for us */
	LKD_GUARD_PIN,		  /* removing or moving our pins */
	LKD_GUARD_SWITCH,	  /* the sysctl that turns BPF trampolines off */
	LKD_GUARD_PTRACE,
	LKD_GUARD_HELPERS,
	LKD_GUARD_SYSRQ,
	LKD_GUARD_HOSTLOCK,
	LKD_GUARD_KTHREAD,	  /* bpf(2) from a kernel thread */
	LKD_GUARD_UNTOLD,	  /* a program that the kernel starts, and nobody told for whom */
	LKD_GUARD_COUNT_,
};

/** struct lkd_event - one refusal in the ring buffer */
struct lkd_event {
	__u64 time_ns;	/* CLOCK_BOOTTIME */
	__u64 cookie;
	__u32 verdict;	/* enum lkd_verdict */
	__u32 number;	/* the kernel's reason, or enum lkd_guard */
	__u32 pid;	/* thread group, initial pid namespace */
	__u32 tid;
	__u32 uid;
	__s32 syscall;	/* number in the caller's ABI, -1 = none */
	__u32 compat;	/* 1: 32-bit entry */
	__u32 object;	/* guards: id or program type; LKD_REFUSED: 1 = by the filter, before the kernel asked */
	char  comm[16];
	char  policy[LKD_MARK_POLICY];
	char  file[LKD_NAME_MAX]; /* guards on files: its name */
};

#endif
