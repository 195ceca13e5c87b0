/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One brokered call, and what its handler needs: the caller's memory and
 * descriptors by copy, its rights, and an own place to perform the call.
 *
 * A handler never lets the kernel go on with the caller's own call: what it
 * checked is its copy, and the copy is what it performs.
 */
#ifndef LKD_CALL_H
#define LKD_CALL_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <lockdown/planbin.h>

/* results of handlers besides a value >= 0 or -errno */
#define LKD_CALL_GONE	   (-5000L) /* the caller died: nobody to answer */
#define LKD_CALL_DELEGATED (-5001L) /* a process of its own goes on with it, and answers */

/** struct lkd_rights - of a task, in this process's user namespace and pid namespace */
struct lkd_rights {
	uint32_t uid[4], gid[4]; /* real, effective, saved, file system */
	uint64_t inheritable, permitted, effective, bounding, ambient;
	uint32_t no_new_privs, n_groups;
	uint32_t groups[64];
};

/** struct lkd_broker - what all calls share; nothing of it changes once the first is served */
struct lkd_broker {
	int	 listener;
	int	 proc;	    /* the root of a procfs, from before anybody could mount over it */
	uint32_t held;	    /* LKD_BROKER_* of the plan */
	bool	 knows_sources;
	bool	 sets_registers; /* here a program of a uprobe may set the registers of whoever runs into it */
	int	 sysfs;	    /* likewise; -1: event sources are not known */
	bool	 pidfds_of_threads, pidfds_tell_ids; /* what this kernel's pidfds can do */
	bool	 sig_enforce; /* the kernel refuses unsigned modules itself */
	uint32_t kprobe, uprobe; /* numbers of these event sources; 0 = the kernel has none */
	struct lkd_rights rights;
	uint64_t user_ns, pid_ns; /* inode numbers */
	uint32_t sizes[2];  /* the kernel's struct seccomp_notif, struct seccomp_notif_resp */
};

/** enum lkd_call_name - calls that have handlers */
enum lkd_call_name { LKD_CALL_PERF, LKD_CALL_BPF, LKD_CALL_IOCTL, LKD_CALL_INIT_MODULE, LKD_CALL_FINIT_MODULE };

#define LKD_CALL_FDS  192
#define LKD_CALL_MAPS 8

struct lkd_call {
	const struct lkd_broker *b;
	const struct seccomp_notif *n;
	bool	 compat;	/* ioctl structures as a 32-bit program has them */
	uint8_t	 call;		/* enum lkd_call_name */
	/* the answer, if it is a refusal: LKD_BROKER_* and, in a person's words, what was refused */
	uint32_t refused;
	const char *what;
	/* the answer, if it is a descriptor */
	int	 fd;
	bool	 cloexec;
	/* the caller, once lkd_call_rights() has read it */
	struct lkd_rights rights;
	uint64_t pid_ns;
	pid_t	 tgid;
	uint64_t unasked;	/* capabilities that need not be given up for this call */
	bool	 like_us;	/* its memory was read without CAP_SYS_PTRACE: rights.c:has_our_ids() */
	bool	 unsure;	/* memory was read, and not yet asked whether the caller still waits */
	bool	 helper;	/* this process exists for this call only, and the caller's rights differ from ours */
	int	 pidfd;		/* not closed with the call: serve.c */
	int	 fds[LKD_CALL_FDS];
	size_t	 n_fds;
	struct { void *at; size_t len; } maps[LKD_CALL_MAPS];
	size_t	 n_maps;
};

typedef long (*lkd_handler)(struct lkd_call *c);
long lkd_call_perf(struct lkd_call *c);
long lkd_call_bpf(struct lkd_call *c);

/** lkd_bpf_sets_registers() - may a program of a uprobe set registers on this kernel (6.19), or can that not be told? */
bool lkd_bpf_sets_registers(void);
long lkd_call_ioctl(struct lkd_call *c);
long lkd_call_module(struct lkd_call *c);

/** lkd_call_refuse() - -@error, and that it is a refusal: of a reason that the plan holds (LKD_BROKER_*), so it is told */
long lkd_call_refuse(struct lkd_call *c, uint32_t reason, const char *what, int error);

/** lkd_call_alive() - is the caller still waiting for us? what was read of it before was its own, then */
bool lkd_call_alive(struct lkd_call *c);

/**
 * lkd_call_read() - copy from the caller; 0, -EFAULT or -EPERM (its memory is closed to us)
 *
 * What was read may be another's by now, who has got the number of a caller that has
 * ended: lkd_call_perform(), lkd_call_write() and who tells of a refusal ask first.
 */
long lkd_call_read(struct lkd_call *c, uint64_t from, void *ret, size_t len);

/**
 * lkd_call_read_some() - up to @len bytes, as many as are on the first page
 *
 * Return: how many, or as lkd_call_read().
 */
long lkd_call_read_some(struct lkd_call *c, uint64_t from, void *ret, size_t len);

/** lkd_call_string() - the same up to a NUL; -ENAMETOOLONG if there is none in @size bytes */
long lkd_call_string(struct lkd_call *c, uint64_t from, char *ret, size_t size);

/** lkd_call_write() - copy into the caller, and nobody else; as lkd_call_read(), or LKD_CALL_GONE */
long lkd_call_write(struct lkd_call *c, uint64_t to, const void *buf, size_t len);

/** lkd_call_room() - zeroed memory until the call is answered; NULL without */
void *lkd_call_room(struct lkd_call *c, size_t len);

/** lkd_call_fd() - an own descriptor for the caller's @fd, until the call is answered; or -errno, LKD_CALL_GONE */
long lkd_call_fd(struct lkd_call *c, int fd);

/** lkd_call_pidfd() - of the caller, or its leader on kernels without pidfds of threads; or -errno, LKD_CALL_GONE */
long lkd_call_pidfd(struct lkd_call *c);

/** lkd_call_forget_pidfd() - it answers with ESRCH, so it was of one that had the caller's number before */
void lkd_call_forget_pidfd(struct lkd_call *c);

/** lkd_call_keep() - close @fd when the call is answered; returns @fd */
int lkd_call_keep(struct lkd_call *c, int fd);

/**
 * lkd_call_rights() - fill @c->rights, @c->pid_ns and @c->tgid
 *
 * Return: 0, LKD_CALL_GONE, -EPERM when they cannot be known, or are those of
 * another user namespace, which cannot be taken on.
 */
long lkd_call_rights(struct lkd_call *c);

/** lkd_call_can() - has the caller the capability, after lkd_call_rights() or lkd_call_detach() */
bool lkd_call_can(const struct lkd_call *c, int cap);

/**
 * lkd_call_detach() - be ready to perform the call
 * @unasked: a capability that the call never asks for, unless about the caller itself; or -1. It may stay.
 * @opens:   it opens files by their names
 *
 * Reads the caller's rights, or finds out that they are the broker's (then only
 * those of @c->rights are filled in that lkd_call_can() looks at). Where they
 * differ from the broker's own this
 * returns twice: as LKD_CALL_DELEGATED in the broker, which serves others
 * meanwhile, and as 0 in a process for this call, in which descriptors and
 * memory of @c are as before.
 *
 * Return: 0, -errno, LKD_CALL_GONE, or LKD_CALL_DELEGATED; a handler returns
 * anything but 0 at once.
 */
long lkd_call_detach(struct lkd_call *c, int unasked, bool opens);

/**
 * lkd_call_perform() - a system call with the caller's rights and no more, after lkd_call_detach()
 *
 * Return: what it returned, or -errno; -EPERM also when the rights cannot be
 * taken on; LKD_CALL_GONE.
 */
long lkd_call_perform(struct lkd_call *c, long nr, const long args[5]);

/**
 * lkd_rights_own() - fill @b->rights, @b->user_ns and @b->pid_ns, those of this process
 *
 * From @b->proc alone, whatever has been mounted over parts of it since. Return:
 * false when they cannot be known, or it is the procfs of another pid namespace.
 */
bool lkd_rights_own(struct lkd_broker *b);

/**
 * lkd_rights_aid() - whether this thread may read everybody's memory, or that of its like alone
 * @own: its rights
 * @on:  CAP_SYS_PTRACE is in effect, if it is permitted
 */
void lkd_rights_aid(const struct lkd_rights *own, bool on);

/** lkd_rights_ids() - are the ids of the task behind @pidfd those of @own? 1 or 0, or -errno: -ESRCH when it has ended */
int lkd_rights_ids(int pidfd, const struct lkd_rights *own);

/** lkd_rights_memory() - a descriptor for writing to the memory of whoever has the caller's number; or -1 */
int lkd_rights_memory(struct lkd_call *c);

/** lkd_rights_unaided() - is it the latter? */
bool lkd_rights_unaided(void);

/** lkd_rights_of() - parse /proc/PID/status as the kernel writes it; 0, or -EINVAL */
int lkd_rights_of(const char *status, struct lkd_rights *ret, pid_t *ret_tgid);

#endif
