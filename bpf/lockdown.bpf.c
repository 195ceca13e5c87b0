// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The kernel engine: BPF on the kernel's own question.
 *
 * locked_down          the answer for marked tasks, and for kernel threads that could be used by them
 * task_alloc           a child gets its parent's mark before it runs (threads, io_uring workers too)
 * task_free            the mark goes with the task
 * bpf                  latches the answer for one bpf(2) call; refuses program types that could answer for us
 * bpf_map, bpf_prog    our own objects are not handed to marked tasks
 * inode_unlink, inode_rename, sb_umount  our pins stay where they are
 * fs_context_parse_param  no cgroup v1 hierarchy with a release agent of one's own
 * file_open            files that undo confinement from outside the kernel's question (seals)
 * sysctl               (of the root cgroup) kernel.ftrace_enabled stays what it is, whoever has it open
 * task_newtask, cgroup_attach_task, bprm_check_security  who is found in a registered cgroup gets its mark
 * sched_process_exec   from then on that is a confined task like others
 * call_usermodehelper_exec, …_async  what the kernel starts for a marked task (modprobe) gets its mark
 * module_load, kernfs_init_security  modules with a helper of a marked task's choice close all helpers (bprm_check_security)
 * ptrace_access_check  no code of a marked task in one that may do more
 * audit_seccomp        tells what the filter under us refused, which the kernel then does not ask us
 * mark                 (run through BPF_PROG_RUN) the calling task marks itself
 * tasks                (iterator) who is marked; who is in a registered cgroup already becomes it
 *
 * Each hook's body stands once and is attached either as an LSM program or,
 * where `bpf` is not in lsm=, as fmod_ret on the security_* function that asks
 * the hook; the loader picks one set.
 *
 * Marks are kept in a hash keyed by the task's address, because a look-up in
 * it cannot fail: task storage on 6.1 answers "nothing there" when its per-CPU
 * counter is busy, which would read as "not marked". An address is re-used
 * only after task_free, and task_alloc clears what it finds under a new one.
 *
 * No helper here reads kernel memory by address: those are what a locked-down
 * host refuses, and we must load there too.
 */
#include "kernel.h"
#include "abi.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Set by the loader before load, in the running kernel's numbers. */
const volatile __u64 lkd_bpf_reasons;	  /* answered from the latch */
const volatile __u64 lkd_kthread_reasons; /* what a kernel thread can be made to ask; 0 = they are left alone */
const volatile __u64 lkd_quiet_reads;	  /* asked by reads that are not refused, only read differently */
const volatile __u64 lkd_fold_reasons;	  /* asked several times in one call */
const volatile __u32 lkd_nr_read[2];	  /* read(2), native and 32-bit */
const volatile struct lkd_floor lkd_floor[LKD_FLOORS];
const volatile __u32 lkd_sees_writes;	  /* to sysctls: lkd_sysctl() is attached */
const volatile __u32 lkd_containers_v1;	  /* containers' cgroups are those of the devices controller in v1 */
const volatile __u64 lkd_pin_ino;	  /* directory of our pins */
const volatile __u32 lkd_pin_dev;	  /* its super_block.s_dev */
const volatile __u32 lkd_mnt_ns;	  /* the loader's mount namespace */
const volatile __u32 lkd_host_mnt;	  /* namespaces of process 1 */
const volatile __u32 lkd_host_pid;
const volatile __u32 lkd_host_dev;	  /* its root directory: super_block.s_dev, inode */
const volatile __u64 lkd_host_ino;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_RDONLY); /* user space may read, never write */
	__uint(max_entries, 8192);	/* set by the loader: a bucket array of 16 bytes each */
	__type(key, __u64);		/* address of the task_struct */
	__type(value, struct lkd_mark);
} marks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lkd_state);
} state SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lkd_engine_info);
} info SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_RDONLY);
	__uint(max_entries, 512);	/* programs started by the kernel that run at a time */
	__type(key, __u64);		/* address of the subprocess_info, then of the task_struct */
	__type(value, struct lkd_mark); /* all zero: not marked */
} helpers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 128);
	__type(key, struct lkd_guarded_key);
	__type(value, __u32);		/* enum lkd_guarded_use */
} guarded SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 128);
	__type(key, struct lkd_sealed_key);
	__type(value, struct lkd_sealed);
} sealed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, LKD_CONTAINERS_DEFAULT); /* set by the loader */
	__type(key, __u64);		/* cgroup id */
	__type(value, struct lkd_container);
} containers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);		/* LKD_REGISTERED_*; 0 spares the walk */
} registered SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lkd_catch_all);
} catch_all SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16384);	/* set by the loader: bytes, a power of two */
} events SEC(".maps");

/*
 * The verifier of 6.12 wants to see that an LSM program returns 0 or a small
 * negative number; clang likes to turn `cond ? -EPERM : 0` into arithmetic
 * whose range it cannot prove. A barrier keeps the branch.
 */
#define REFUSE(code)                  \
	do {                          \
		asm volatile(""); \
		return -(code);       \
	} while (0)

/* Unrolled loops would only cost pages of kernel memory. */
#define LOOP _Pragma("clang loop unroll(disable)")

/* An index that the verifier can see is below LKD_REASON_BITS; clang would drop the mask as needless. */
#define BOUND(n) asm volatile("%0 &= 63" : "+r"(n))
_Static_assert(LKD_REASON_BITS == 64, "the mask above");

static __always_inline struct lkd_mark *mark_of(struct task_struct *task)
{
	__u64 key = (__u64)task;

	return bpf_map_lookup_elem(&marks, &key);
}

static __always_inline struct lkd_state *the_state(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&state, &zero);
}

/* ---- telling ---------------------------------------------------------- */

static __always_inline void count_lost(void)
{
	struct lkd_state *s = the_state();

	if (s)
		__sync_fetch_and_add(&s->lost, 1);
}

static __always_inline int current_syscall(struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

	if (bpf_core_field_exists(regs->orig_ax))
		return (int)regs->orig_ax;
	if (bpf_core_field_exists(((struct pt_regs___arm64 *)0)->syscallno))
		return ((struct pt_regs___arm64 *)regs)->syscallno;
	return -1;
}

static __always_inline bool is_compat(struct task_struct *task)
{
	return bpf_core_field_exists(task->thread_info.status) && (task->thread_info.status & TS_COMPAT);
}

/*
 * One event. @what is verdict << 16 | number; @object and @name are for guards,
 * 0 without; @registers: may this type of program look at the caller's? Nothing
 * here is a function of its own: the kernel keeps each function of each program
 * in a page of its own.
 */
static __always_inline void tell_by(struct task_struct *task, const struct lkd_mark *m, __u32 what, __u32 object,
				    const char *name, bool registers)
{
	struct lkd_event *ev = bpf_ringbuf_reserve(&events, sizeof(*ev), 0);
	if (!ev) {
		count_lost();
		return;
	}
	__builtin_memset(ev, 0, sizeof(*ev));
	ev->time_ns = bpf_ktime_get_boot_ns();
	ev->verdict = what >> 16;
	ev->number = what & 0xffff;
	ev->object = object;
	ev->pid = task->tgid;
	ev->tid = task->pid;
	ev->syscall = -1;
	if (task->mm) { /* no thread of the kernel's, nor a helper before it executes */
		ev->uid = (__u32)bpf_get_current_uid_gid();
		if (registers)
			ev->syscall = current_syscall(task);
		ev->compat = is_compat(task);
	}
	bpf_get_current_comm(ev->comm, sizeof(ev->comm));
	if (m) {
		ev->cookie = m->cookie;
		__builtin_memcpy(ev->policy, m->policy, sizeof(ev->policy));
	}
	if (name)
		__builtin_memcpy(ev->file, name, sizeof(ev->file));
	bpf_ringbuf_submit(ev, 0);
}

#define EVENT(verdict, number) ((__u32)(verdict) << 16 | (__u16)(number))

static __always_inline void tell_guard_by(struct task_struct *task, const struct lkd_mark *m, __u32 guard, __u32 object,
					  const char *name, bool registers)
{
	struct lkd_state *s = the_state();

	if (s)
		__sync_fetch_and_add(&s->guarded, 1);
	tell_by(task, m, EVENT(LKD_GUARD, guard), object, name, registers);
}

static __always_inline void tell_guard(struct task_struct *task, const struct lkd_mark *m, __u32 guard, __u32 object,
				       const char *name)
{
	tell_guard_by(task, m, guard, object, name, true);
}

/* ---- the mark --------------------------------------------------------- */

#define BUSY_TRIES 8 /* a bucket can be locked by an interrupted holder on this CPU */

static __always_inline void count_marked(__s64 n)
{
	struct lkd_state *s = the_state();

	if (s)
		__sync_fetch_and_add(&s->marked, n);
}

/* 0, or -1: still there */
static __always_inline int drop_mark(__u64 key)
{
	long r;

	LOOP
	for (int i = 0; i < BUSY_TRIES; i++) {
		r = bpf_map_delete_elem(&marks, &key);
		if (!r) {
			count_marked(-1);
			return 0;
		}
		if (r == -ENOENT)
			return 0;
	}
	return -1;
}

static __always_inline int put_mark(__u64 key, const struct lkd_mark *m)
{
	struct lkd_state *s = the_state();
	long r;

	if (s && (m->denied & ~s->denied))
		__sync_fetch_and_or(&s->denied, m->denied);
	LOOP
	for (int i = 0; i < BUSY_TRIES; i++) {
		r = bpf_map_update_elem(&marks, &key, m, BPF_NOEXIST);
		if (!r) {
			count_marked(1);
			return 0;
		}
		if (r == -EEXIST)
			r = bpf_map_update_elem(&marks, &key, m, BPF_ANY);
		if (!r)
			return 0;
	}
	return -1;
}

/* for another task: what one call has asked and told stays with who made it */
static __always_inline void hand_on(struct lkd_mark *ret, const struct lkd_mark *m)
{
	__builtin_memcpy(ret, m, sizeof(*ret));
	ret->latch = ret->told = ret->told_ns = 0;
}

/* ---- the cgroup: a second way in, never a way out ------------------------ */

/* where a task is in the hierarchy of the devices controller, which every runtime gives a container of its own in v1 */
static __always_inline struct cgroup *devices_cgroup(struct task_struct *task)
{
	struct cgroup_subsys_state **css = (void *)task->cgroups + bpf_core_field_offset(task->cgroups->subsys);

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, devices_cgrp_id))
		return 0;
	css += bpf_core_enum_value(enum cgroup_subsys_id, devices_cgrp_id);
	return *css ? (*css)->cgroup : 0;
}

/* @which: LKD_REGISTERED_*; the same walk for both, as each walk's code stands in five programs */
static __always_inline struct lkd_container *container_of_cgroup(struct task_struct *task, struct cgroup *cgrp,
								 __u32 which)
{
	__u64 tag = 0;

	if (!(which & LKD_REGISTERED_V2)) {
		cgrp = devices_cgroup(task);
		tag = LKD_CGROUP_V1;
	}
	LOOP
	for (int i = 0; i < LKD_CGROUP_DEPTH && cgrp; i++) {
		struct cgroup_subsys_state *css;
		struct lkd_container *c;
		__u64 id = cgrp->kn->id | tag;

		c = bpf_map_lookup_elem(&containers, &id);
		if (c)
			return c;
		css = cgrp->self.parent;
		cgrp = css ? css->cgroup : 0;
	}
	return 0;
}

static __always_inline __u32 any_registered(void)
{
	__u32 zero = 0, *which = bpf_map_lookup_elem(&registered, &zero);

	return which ? *which : 0;
}

enum { ADOPT_NOT = 0, ADOPT_DONE = 1, ADOPT_FREE = 2, ADOPT_FAILED = -1 };

/*
 * Gives an unmarked task the mark of its thread group's leader (a move of a
 * whole process names only the leader), of @init, or of the cgroup that it is
 * in. The latch stays empty: whoever is inside bpf(2) goes on as it began. Until
 * it executes, it has what it had when it was free: guard_ptrace().
 */
static __always_inline int adopt(struct task_struct *task, struct cgroup *cgrp, struct task_struct *init)
{
	struct lkd_mark fresh = {}, *m;
	struct lkd_container *c;
	struct lkd_state *s;
	__u32 which = any_registered();
	int r;

	if (!which || (task->flags & PF_KTHREAD))
		return ADOPT_NOT;
	m = mark_of(task->group_leader);
	if (!m && init)
		m = mark_of(init);
	c = m ? 0 : container_of_cgroup(task, cgrp, which);
	if (m) {
		hand_on(&fresh, m);
	} else if (c && !(c->denied | c->audited | c->seals)) {
		return ADOPT_FREE;
	} else if (c) {
		fresh.denied = c->denied;
		fresh.audited = c->audited;
		fresh.cookie = c->cookie;
		fresh.seals = c->seals;
		__builtin_memcpy(fresh.policy, c->policy, sizeof(fresh.policy));
	} else {
		return ADOPT_NOT;
	}
	fresh.came |= LKD_CAME_OUTSIDE;
	r = put_mark((__u64)task, &fresh);
	s = the_state();
	if (s)
		__sync_fetch_and_add(r ? &s->not_adopted : &s->adopted, 1);
	return r ? ADOPT_FAILED : ADOPT_DONE;
}

static __always_inline void count_container(const struct lkd_mark *m)
{
	struct lkd_container *c = bpf_map_lookup_elem(&containers, &m->cookie);

	if (c)
		__sync_fetch_and_add(&c->refused, 1);
}

/* ---- what the kernel starts for a task ---------------------------------- */

/*
 * kernel/umh.c: a helper is a child of a work queue's, and so has no mark; under
 * a kernel that is locked down it would be as confined as who caused it. Who asks
 * for one leaves here what it will get, whether marked or not, and without that no
 * helper executes: no room, or a program that was skipped (preempt.h), refuses it.
 */
static __always_inline void ask_helper(__u64 key)
{
	struct lkd_mark copy = {}, *m = mark_of(bpf_get_current_task_btf());

	if (m)
		hand_on(&copy, m);
	bpf_map_update_elem(&helpers, &key, &copy, BPF_ANY);
}

/* in the helper's own thread, before it executes */
static __always_inline void begin_helper(__u64 asked)
{
	struct lkd_mark copy, *m = bpf_map_lookup_elem(&helpers, &asked);
	__u64 key = (__u64)bpf_get_current_task_btf();

	if (!m)
		return;
	__builtin_memcpy(&copy, m, sizeof(copy));
	bpf_map_delete_elem(&helpers, &asked);
	if (copy.denied | copy.audited | copy.seals)
		put_mark(key, &copy);
	else
		bpf_map_update_elem(&helpers, &key, &copy, BPF_ANY);
}

/* has the helper that now executes (a script: twice) come through both? */
static __always_inline bool helper_is_told(struct task_struct *task)
{
	__u32 zero = 0;
	__u64 key = (__u64)task;
	struct lkd_engine_info *e = bpf_map_lookup_elem(&info, &zero);

	if (!e || !e->helpers_since || task->start_boottime < e->helpers_since)
		return true;
	return mark_of(task) || bpf_map_lookup_elem(&helpers, &key);
}

/* ---- the question ----------------------------------------------------- */

/* a kernel thread may be doing what a confined task started (loop devices, ksmbd, ecryptfs) */
static __always_inline bool answers_to_kthread(struct task_struct *task, __u64 bit)
{
	struct lkd_state *s;

	if (!(task->flags & PF_KTHREAD) || !(lkd_kthread_reasons & bit))
		return false;
	s = the_state();
	return s && s->marked && (s->denied & bit);
}

#define FOLD_NS 1000000 /* questions of one system call are microseconds apart */

/* Is this question a refusal that nobody has told yet? One call, one event; a reading that shows less is none. */
static __always_inline bool worth_telling(struct task_struct *task, struct lkd_mark *m, __u64 bit)
{
	__u64 now;

	if (m->cookie == LKD_COOKIE_SELF_TEST)
		return false;
	if (bit & lkd_bpf_reasons) { /* m->told is emptied at each bpf(2) */
		if (m->told & bit)
			return false;
		m->told |= bit;
	}
	if ((bit & lkd_quiet_reads) && current_syscall(task) == (int)lkd_nr_read[is_compat(task)])
		return false;
	if (bit & lkd_fold_reasons) {
		now = bpf_ktime_get_boot_ns();
		if (now - m->told_ns < FOLD_NS)
			return false;
		m->told_ns = now;
	}
	return true;
}

static __always_inline int answer(__u32 what)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);
	/* numbers beyond the mask share its last bit, which the loader sets for every mark */
	__u64 n = what < LKD_REASON_BITS ? what : LKD_REASON_BITS - 1;
	__u64 bit = 1ULL << n, denied = bit;
	__u32 verdict = LKD_KTHREAD;
	struct lkd_state *s;

	if (!m && adopt(task, task->cgroups->dfl_cgrp, 0) == ADOPT_FAILED)
		REFUSE(EPERM);
	if (!m)
		m = mark_of(task);
	if (m) {
		/*
		 * The verifier asks several times during one PROG_LOAD and trusts the
		 * answers to agree (allow, then deny, is a NULL dereference in it), so
		 * its reasons are answered as they stood at the call's entry.
		 */
		denied = bit & (bit & lkd_bpf_reasons ? m->latch : m->denied);
		if (!denied && !(m->audited & bit))
			return 0;
		verdict = denied ? LKD_REFUSED : LKD_AUDITED;
		if (!worth_telling(task, m, bit))
			verdict = 0;
	} else if (!answers_to_kthread(task, bit)) {
		return 0;
	}
	if (verdict) {
		s = the_state();
		BOUND(n);
		if (m && denied)
			count_container(m);
		if (s)
			__sync_fetch_and_add(denied ? &s->refused[n] : &s->audited[n], 1);
		tell_by(task, m, EVENT(verdict, what), 0, 0, true);
	}
	if (denied)
		REFUSE(EPERM);
	return 0;
}

static __always_inline int refuse_fork(void)
{
	struct lkd_state *s = the_state();

	if (s)
		__sync_fetch_and_add(&s->forks_refused, 1);
	REFUSE(EAGAIN);
}

static __always_inline int inherit(struct task_struct *child)
{
	struct lkd_mark *m = mark_of(bpf_get_current_task_btf());
	__u64 key = (__u64)child;
	struct lkd_mark copy;

	if (!m) {
		/* left behind under a re-used address, if task_free could not remove it */
		if (bpf_map_lookup_elem(&marks, &key) && drop_mark(key))
			return refuse_fork();
		return 0;
	}
	hand_on(&copy, m);
	copy.latch = copy.denied;
	if (put_mark(key, &copy))
		return refuse_fork();
	return 0;
}

SEC("syscall")
int lkd_mark_self(struct lkd_mark_request *req)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);
	struct lkd_mark fresh = {};
	struct lkd_state *s;

	if (req->layout != LKD_LAYOUT)
		return -EPROTO;
	if (m) {
		/*
		 * guard_bpf() has run for this very call, unless nobody calls our
		 * programs (ftrace was turned off): the caller asks twice to know.
		 */
		if (m->latch != m->denied)
			return -EIO;
		/* tighter only; whose mark it is does not change, or events could be forged */
		__sync_fetch_and_or(&m->denied, req->denied);
		s = the_state();
		if (s)
			__sync_fetch_and_or(&s->denied, req->denied);
		__sync_fetch_and_or(&m->audited, req->audited);
		__sync_fetch_and_or(&m->seals, req->seals);
		return 0;
	}
	fresh.denied = req->denied;
	fresh.audited = req->audited;
	fresh.cookie = req->cookie;
	fresh.seals = req->seals;
	__builtin_memcpy(fresh.policy, req->policy, sizeof(fresh.policy));
	fresh.policy[LKD_MARK_POLICY - 1] = 0;
	/* the latch stays empty: this task is inside bpf(), and the next entry sets it */
	return put_mark((__u64)task, &fresh) ? -EAGAIN : 0;
}

/* ---- guards ----------------------------------------------------------- */

static __always_inline __u32 *guarded_use(__u32 object, __u32 id)
{
	struct lkd_guarded_key key = { .object = object, .id = id };

	return bpf_map_lookup_elem(&guarded, &key);
}

/*
 * Not there, rather than forbidden: who lists all objects of the machine
 * (bpftool prog, map, link) passes over those that have gone since it learned
 * their number, but gives up at any other error.
 */
static __always_inline int guard_map(__u32 id)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);

	if (!m || !guarded_use(LKD_OBJECT_MAP, id))
		return 0;
	tell_guard(task, m, LKD_GUARD_BPF_OBJECT, id, 0);
	REFUSE(ENOENT);
}

/* while tasks are confined, and the rule is on */
static __always_inline bool is_used_kthread(struct task_struct *task)
{
	struct lkd_state *s;

	if (!(task->flags & PF_KTHREAD) || !lkd_kthread_reasons)
		return false;
	s = the_state();
	return s && s->marked;
}

/* types that could answer in our place; EXT programs only replace functions of programs whose descriptor one has */
static __always_inline bool answers_for_us(union bpf_attr *attr)
{
	return attr->prog_type == BPF_PROG_TYPE_LSM ||
	       (attr->prog_type == BPF_PROG_TYPE_TRACING && attr->expected_attach_type == BPF_MODIFY_RETURN);
}

static __always_inline int guard_bpf(int cmd, union bpf_attr *attr)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);
	__u32 guard, object;

	if (!m && adopt(task, task->cgroups->dfl_cgrp, 0) == ADOPT_FAILED)
		REFUSE(EPERM);
	if (!m)
		m = mark_of(task);
	if (m) {
		m->latch = m->denied;
		m->told = 0;
	}
	cmd &= ~BPF_COMMON_ATTRS; /* any command may carry it since 7.x */
	if (!m && is_used_kthread(task)) {
		/* work queues of BPF run in kernel threads, whoever's program it is */
		guard = LKD_GUARD_KTHREAD;
		object = (__u32)cmd;
	} else if (m && cmd == BPF_LINK_GET_FD_BY_ID && guarded_use(LKD_OBJECT_LINK, attr->link_id)) {
		guard = LKD_GUARD_BPF_OBJECT;
		object = attr->link_id;
	} else if (m && cmd == BPF_PROG_LOAD && answers_for_us(attr)) {
		guard = LKD_GUARD_BPF_TYPE;
		object = attr->prog_type;
	} else if (m && cmd == BPF_PROG_LOAD && attr->prog_type == BPF_PROG_TYPE_CGROUP_SYSCTL &&
		   m->seals & LKD_SEAL_BIT_HELPERS) {
		/* changes what an unconfined task writes to a sealed sysctl: bpf_sysctl_set_new_value(), on a cgroup above both */
		guard = LKD_GUARD_HELPERS;
		object = attr->prog_type;
	} else {
		return 0;
	}
	tell_guard(task, m, guard, object, 0);
	if (guard == LKD_GUARD_BPF_OBJECT)
		REFUSE(ENOENT);
	REFUSE(EPERM);
}

/* a uprobe that sets registers is a debugger of whatever process runs into it */
static __always_inline bool sets_registers(struct bpf_prog *prog)
{
	return bpf_core_field_exists(prog->aux->kprobe_write_ctx) && prog->aux->kprobe_write_ctx;
}

/*
 * bpf(2) calls of a SYSCALL program come through guard_bpf() as its caller's,
 * unless they are made by a callback of a timer or work queue: that runs in
 * whatever task there is. A callback is a function of its own, so a marked task
 * gets no such program that has several. Light skeletons have one.
 */
static __always_inline bool has_callbacks(struct bpf_prog *prog)
{
	return prog->type == BPF_PROG_TYPE_SYSCALL && prog->aux->func_cnt;
}

/* asked for each descriptor of a program, the first too: by then the verifier has looked at it */
static __always_inline int guard_prog(struct bpf_prog *prog)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);
	__u64 rules = LKD_CONTAINER_PROGRAM | prog->aux->id;
	__u32 guard, *use;

	if (!m)
		return 0;
	use = guarded_use(LKD_OBJECT_PROG, prog->aux->id);
	if ((use && *use != LKD_USE_ANYONE) || bpf_map_lookup_elem(&containers, &rules))
		guard = LKD_GUARD_BPF_OBJECT;
	else if (!use && has_callbacks(prog))
		guard = LKD_GUARD_BPF_TYPE;
	else if (sets_registers(prog) && m->seals & LKD_SEAL_BIT_PTRACE)
		guard = LKD_GUARD_PTRACE;
	else
		return 0;
	tell_guard(task, m, guard, prog->aux->id, 0);
	if (guard == LKD_GUARD_BPF_OBJECT)
		REFUSE(ENOENT);
	REFUSE(EPERM);
}

static __always_inline __u64 ino_of(struct dentry *d)
{
	struct inode *inode = d->d_inode;

	return inode ? inode->i_ino : 0;
}

/* true for a dentry in the directory of our pins, and for that directory */
static __always_inline bool is_pin(struct dentry *d)
{
	if (d->d_sb->s_dev != lkd_pin_dev)
		return false;
	return ino_of(d->d_parent) == lkd_pin_ino || ino_of(d) == lkd_pin_ino;
}

/* @target: what a rename would replace, else @d again */
static __always_inline int guard_pin(struct dentry *d, struct dentry *target)
{
	struct task_struct *task;
	struct lkd_mark *m;

	if (!is_pin(d) && !is_pin(target))
		return 0;
	task = bpf_get_current_task_btf();
	m = mark_of(task);
	if (!m)
		return 0;
	tell_guard(task, m, LKD_GUARD_PIN, 0, 0);
	REFUSE(EPERM);
}

/*
 * The pins live while their file system is mounted somewhere. The loader's
 * mount namespace is that somewhere: a marked task in it does not unmount that
 * file system, nor lazily anything at all (a tree goes with all that is mounted
 * in it, and no hook shows what that is). From other namespaces an unmount
 * could only be propagated; the loader keeps a private mount on the pins, and
 * a mount that carries another is not taken away by propagation
 * (fs/pnode.c:propagate_umount).
 */
static __always_inline int guard_umount(struct vfsmount *mnt, int flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);

	if (!m || task->nsproxy->mnt_ns->ns.inum != lkd_mnt_ns)
		return 0;
	if (mnt->mnt_sb->s_dev != lkd_pin_dev && !(flags & MNT_DETACH))
		return 0;
	tell_guard(task, m, LKD_GUARD_PIN, 0, 0);
	REFUSE(EPERM);
}

/* Where a dentry keeps a short name. The barriers keep clang from computing both ways, one of which is none. */
static __always_inline __u64 name_offset(struct dentry *d)
{
	__u64 off;

	if (bpf_core_field_exists(d->d_iname)) {
		off = bpf_core_field_offset(d->d_iname);
		asm volatile("" : "+r"(off));
	} else {
		off = bpf_core_field_offset(((struct dentry___new *)d)->d_shortname.string);
		asm volatile("" : "+r"(off));
	}
	return off;
}

/* of a name without the number at its end: machinecheck0, machinecheck1 */
static __always_inline __u64 name_hash(struct dentry *d, __u64 offset, char *ret)
{
	__u64 h = LKD_HASH_SEED, stem = h;
	__u32 len = d->d_name.len;

	if (len >= LKD_NAME_MAX)
		return 0;
	LOOP
	for (__u32 i = 0; i < LKD_NAME_MAX - 1; i++) {
		unsigned char c;

		if (i >= len)
			break;
		c = *((unsigned char *)d + offset + i);
		asm volatile("" : "+r"(c)); /* or it becomes a call of memcpy() */
		h = LKD_HASH_STEP(h, c);
		if (c < '0' || c > '9')
			stem = h;
		ret[i] = c;
	}
	return stem;
}

/* the kinds of file systems that have sealed files at all */
static __always_inline bool may_be_sealed(__u64 magic)
{
#define SEALED(guard, seal, fs, dir, file) || magic == LKD_FS_##fs
	return false
#include "seals.def"
		;
}

/*
 * Is what a task writes to kernel.ftrace_enabled looked at, so that it may open
 * it? A program of the same type, on the root cgroup behind ours, could change
 * what ours has seen: who could load one may not.
 */
static __always_inline bool keeps_switch(const struct lkd_mark *m)
{
	return lkd_sees_writes && m->seals & LKD_SEAL_BIT_HELPERS;
}

static __always_inline int guard_open(struct file *file)
{
	struct lkd_sealed_key key = {};
	char name[LKD_NAME_MAX] = {};
	char ignored[LKD_NAME_MAX] = {};
	struct task_struct *task;
	struct lkd_sealed *seal;
	struct lkd_mark *m;
	struct dentry *d;
	__u32 guard = LKD_GUARD_HELPERS;
	__u64 offset;

	if (!(file->f_mode & FMODE_WRITE))
		return 0;
	/* what everybody opens for writing is told by its file system, before anything is looked up */
	key.magic = file->f_inode->i_sb->s_magic;
	if (!may_be_sealed(key.magic))
		return 0;
	task = bpf_get_current_task_btf();
	m = mark_of(task);
	if (!m && !is_used_kthread(task))
		return 0;
	d = file->f_path.dentry;
	/* opened by handle, and nobody has looked it up by name: it has none (cgroup v1 hands out handles) */
	if (d == d->d_parent && (!m || m->seals & LKD_SEAL_BIT_HELPERS))
		goto refuse;
	offset = name_offset(d);
	key.name = name_hash(d, offset, name);
	seal = bpf_map_lookup_elem(&sealed, &key);
	if (!seal) {
		key.parent = name_hash(d->d_parent, offset, ignored);
		seal = bpf_map_lookup_elem(&sealed, &key);
	}
	if (!seal || (m && seal->seal && !(seal->seal & m->seals)))
		return 0;
	guard = seal->guard;
	if (guard == LKD_GUARD_SWITCH && m && keeps_switch(m))
		return 0;
refuse:
	tell_guard(task, m, guard, 0, name);
	REFUSE(EPERM);
}

static __always_inline int guard_ptrace(struct task_struct *child, unsigned int mode)
{
	struct task_struct *task;
	struct lkd_mark *m, *other;

	if (!(mode & PTRACE_MODE_ATTACH))
		return 0;
	task = bpf_get_current_task_btf();
	m = mark_of(task);
	if (!m || !(m->seals & LKD_SEAL_BIT_PTRACE))
		return 0;
	/*
	 * Who may do no more than we may be made to do it; but not who came from
	 * outside, perhaps because we moved it into a container's cgroup, and has
	 * descriptors and mappings that it would not get any more.
	 */
	other = mark_of(child);
	if (other && !other->came && !(m->denied & ~other->denied) && !(m->seals & ~other->seals))
		return 0;
	tell_guard(task, m, LKD_GUARD_PTRACE, child->tgid, 0);
	REFUSE(EPERM);
}

static __always_inline __u64 cgroup_name_hash(struct cgroup *cgrp)
{
	static const char format[] = "%s";
	char name[LKD_CGROUP_NAME_MAX] = {};
	__u64 arg = (__u64)cgrp->kn->name, h = LKD_HASH_SEED;

	/* by no helper that a host at confidentiality refuses: that one reads only what it prints */
	if (bpf_snprintf(name, sizeof(name), format, &arg, sizeof(arg)) > (long)sizeof(name))
		return 0;
	LOOP
	for (int i = 0; i < LKD_CGROUP_NAME_MAX; i++) {
		if (!name[i])
			break;
		h = LKD_HASH_STEP(h, name[i]);
	}
	return h;
}

/* in a cgroup that the node policy exempts, or below one */
static __always_inline bool is_exempt(struct cgroup *cgrp)
{
	struct lkd_sealed_key key = {};

	key.name = cgroup_name_hash(cgrp);
	LOOP
	for (int i = 0; i < LKD_CGROUP_DEPTH; i++) {
		struct cgroup_subsys_state *up = cgrp->self.parent;
		__u32 level = cgrp->level;

		if (!level || !up)
			return false;
		cgrp = up->cgroup;
		if (!cgrp)
			return false;
		key.parent = level > 1 ? cgroup_name_hash(cgrp) : 0;
		key.magic = LKD_FS_CGROUP2 | (__u64)level << 32;
		if (bpf_map_lookup_elem(&sealed, &key))
			return true;
		key.name = key.parent;
	}
	return false;
}

static __always_inline bool in_container(struct task_struct *task)
{
	struct nsproxy *ns = task->nsproxy;
	struct inode *root;

	if (ns->mnt_ns->ns.inum == lkd_host_mnt)
		return false;
	if (ns->pid_ns_for_children->ns.inum != lkd_host_pid)
		return true;
	root = task->fs->root.dentry->d_inode;
	return root->i_ino != lkd_host_ino || root->i_sb->s_dev != lkd_host_dev;
}

/* Who execs in a container that nobody registered (docker run --runtime runc) gets what the node policy says. */
static __always_inline int caught(struct task_struct *task)
{
	struct lkd_mark fresh = {};
	struct lkd_catch_all *c;
	struct cgroup *cgrp;
	struct lkd_state *s;
	__u32 zero = 0;

	c = bpf_map_lookup_elem(&catch_all, &zero);
	if (!c || !(c->denied | c->audited) || !in_container(task))
		return ADOPT_NOT;
	cgrp = lkd_containers_v1 ? devices_cgroup(task) : task->cgroups->dfl_cgrp;
	if (!cgrp) /* no such controller, contrary to what was seen: in v1 everybody is in the root of v2 */
		cgrp = task->cgroups->dfl_cgrp;
	if (bpf_ktime_get_boot_ns() < c->off_until || is_exempt(cgrp))
		return ADOPT_NOT;
	fresh.denied = c->denied;
	fresh.audited = c->audited;
	fresh.cookie = cgrp->kn->id | (lkd_containers_v1 ? LKD_CGROUP_V1 : 0);
	fresh.seals = c->seals;
	fresh.came = LKD_CAME_OUTSIDE;
	__builtin_memcpy(fresh.policy, c->policy, sizeof(fresh.policy));
	if (put_mark((__u64)task, &fresh))
		return ADOPT_FAILED;
	s = the_state();
	if (s)
		__sync_fetch_and_add(&s->caught, 1);
	return ADOPT_DONE;
}

/*
 * A program that the kernel starts is a way out if a marked task has chosen it.
 * Sealed files are one way to do that, parameters of a module that it loads are
 * another. No hook shows these, and the tracepoint that does, behind their
 * parsing and before the module runs, refuses nothing. So from then on the
 * kernel starts nothing but modprobe: whatever has the parameter's value by now,
 * nobody gives it back.
 */
static __always_inline struct lkd_sealed *helpers_closed(void)
{
	struct lkd_sealed_key key = LKD_HELPERS_CLOSED;

	return bpf_map_lookup_elem(&sealed, &key);
}

static __always_inline long read_text(char *ret, __u32 size, const char *from)
{
	static const char format[] = "%s";
	__u64 arg = (__u64)from;

	return bpf_snprintf(ret, size, format, &arg, sizeof(arg));
}

static __always_inline __u64 hash_of(const char *text)
{
	__u64 h = LKD_HASH_SEED;

	LOOP
	for (__u32 i = 0; i < LKD_NAME_MAX && text[i]; i++)
		h = LKD_HASH_STEP(h, text[i]);
	return h;
}

/*
 * A release agent is run by the kernel as unconfined root. It is set by a file
 * (file_open), or as an option: of the mount that makes a hierarchy, or of any
 * remount (kernel/cgroup/cgroup-v1.c:cgroup1_reconfigure). Asked for each option
 * of mount(2) and fsconfig(2); 0 leaves it to the file system.
 */
static __always_inline int guard_option(struct fs_parameter *param)
{
	static const char agent[] = "release_agent";
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);
	char key[sizeof(agent)] = {};

	if (!m || !(m->seals & LKD_SEAL_BIT_HELPERS) || read_text(key, sizeof(key), param->key) != sizeof(agent))
		return 0;
	LOOP
	for (__u32 i = 0; i < sizeof(agent); i++)
		if (key[i] != agent[i])
			return 0;
	tell_guard(task, m, LKD_GUARD_HELPERS, 0, 0);
	REFUSE(EPERM);
}

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak; /* 6.2 */

#define PARAMETERS_MAX 64

/* has it a parameter that is sealed in /sys/module/NAME/parameters? who has more than we look at, may */
static __always_inline bool has_helper(struct module *mod)
{
	static const char dir[] = "parameters";
	struct lkd_sealed_key key = { .parent = LKD_HASH_SEED, .magic = LKD_FS_SYSFS };
	const __u32 id = bpf_core_type_id_kernel(struct kernel_param);
	struct kernel_param *p = bpf_rdonly_cast(mod->kp, id);
	char name[LKD_NAME_MAX] = {};

	LOOP
	for (__u32 i = 0; i < sizeof(dir) - 1; i++)
		key.parent = LKD_HASH_STEP(key.parent, dir[i]);
	LOOP
	for (__u32 i = 0; i < PARAMETERS_MAX; i++) {
		if (i >= mod->num_kp)
			return false;
		if (read_text(name, sizeof(name), p->name) < 0)
			return true;
		key.name = hash_of(name);
		if (bpf_map_lookup_elem(&sealed, &key))
			return true;
		p = bpf_rdonly_cast((char *)p + bpf_core_type_size(struct kernel_param), id);
	}
	return true;
}

/*
 * Has a module been given any parameters, of which one could be a helper? The
 * kernel has taken their text apart by now, and left the first letter; 7.x
 * keeps nothing, and a module that has such a parameter may have been given it.
 */
static __always_inline bool sets_helper(struct module *mod)
{
	static const char dir[] = "module";
	struct lkd_sealed_key key = { .name = LKD_HASH_SEED, .parent = LKD_HASH_SEED, .magic = LKD_FS_SYSFS };
	char first[2] = {};

	if (!bpf_core_field_exists(mod->args))
		return has_helper(mod);
	LOOP
	for (__u32 i = 0; i < sizeof(dir) - 1; i++)
		key.parent = LKD_HASH_STEP(key.parent, dir[i]);
	LOOP
	for (__u32 i = 0; i < sizeof(mod->name); i++) {
		char c = mod->name[i];

		asm volatile("" : "+r"(c)); /* or it becomes a call of memcpy() */
		if (!c)
			break;
		key.name = LKD_HASH_STEP(key.name, c);
	}
	return bpf_map_lookup_elem(&sealed, &key) && read_text(first, sizeof(first), mod->args) != 1;
}

/*
 * On 7.x the tracepoint does not do: there it is preemptible, and the kernel
 * skips its program where another task was preempted inside it, which a marked
 * task can bring about at leisure. So the parameters are seen as they appear in
 * sysfs, behind their parsing and before the module runs, too, by a hook that
 * is always asked.
 */
static __always_inline int watch_parameter(struct kernfs_node *dir, struct kernfs_node *file)
{
	static const char parameters[] = "parameters";
	struct lkd_sealed_key key = { .magic = LKD_FS_SYSFS };
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_sealed *seal, *closed;
	char name[LKD_NAME_MAX] = {};
	struct lkd_mark *m;

	if (bpf_core_field_exists(((struct module *)0)->args))
		return 0;
	m = mark_of(task);
	if (!m || !(m->seals & LKD_SEAL_BIT_HELPERS) || read_text(name, sizeof(name), dir->name) != sizeof(parameters))
		return 0;
	key.parent = hash_of(name);
	if (key.parent != hash_of(parameters) || read_text(name, sizeof(name), file->name) > (long)sizeof(name))
		return 0;
	key.name = hash_of(name);
	seal = bpf_map_lookup_elem(&sealed, &key);
	closed = helpers_closed();
	if (!seal || !(seal->seal & LKD_SEAL_BIT_HELPERS) || !closed || closed->seal)
		return 0;
	closed->seal = LKD_SEAL_BIT_HELPERS;
	tell_guard(task, m, LKD_GUARD_HELPERS, 0, name);
	return 0;
}

/* @filename: what the kernel was told to start */
static __always_inline bool stays_open(const char *filename)
{
	struct lkd_sealed_key key = {};
	char name[LKD_NAME_MAX] = {};
	long len = read_text(name, sizeof(name), filename);

	if (len < 0 || len > (long)sizeof(name))
		return false;
	key.name = hash_of(name);
	return bpf_map_lookup_elem(&sealed, &key) != 0;
}

/* an exec session that came into the cgroup by a way that no event tells */
static __always_inline int adopt_at_exec(struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct *init = 0;
	struct lkd_sealed *closed;
	__u32 guard = 0;
	int r;

	if (!task->mm) { /* the kernel's own */
		closed = helpers_closed();
		if (closed && closed->seal && !stays_open(bprm->filename))
			guard = LKD_GUARD_HELPERS;
		else if (!helper_is_told(task))
			guard = LKD_GUARD_UNTOLD;
		if (guard) {
			tell_guard(task, 0, guard, 0, 0);
			REFUSE(EPERM);
		}
	}
	if (mark_of(task))
		return 0;
	/*
	 * Into a container's pid namespace: by its init. Who left and replaced the
	 * container's cgroup (on v1, or without nsdelegate) gets no free session.
	 */
	if (task->thread_pid->level)
		init = task->nsproxy->pid_ns_for_children->child_reaper;
	r = adopt(task, task->cgroups->dfl_cgrp, init);
	if (r == ADOPT_NOT)
		r = caught(task);
	if (r == ADOPT_FAILED)
		REFUSE(EAGAIN);
	return 0;
}

/* ---- attachment: one body, two ways ----------------------------------- */

#define HOOK_AS(name, function, args, call)                                                  \
	SEC("lsm/" #name) int BPF_PROG(lsm_##name, UNWRAP args) { return call; }             \
	SEC("fmod_ret/security_" #function) int BPF_PROG(fmod_##name, UNWRAP args) { return call; }
#define HOOK(name, args, call) HOOK_AS(name, name, args, call)
#define UNWRAP(...) __VA_ARGS__

HOOK(locked_down, (__u32 what), answer(what))
HOOK(task_alloc, (struct task_struct * child), inherit(child))
HOOK(bpf, (int cmd, union bpf_attr *attr), guard_bpf(cmd, attr))
HOOK(bpf_map, (struct bpf_map * map), guard_map(map->id))
HOOK(bpf_prog, (struct bpf_prog * prog), guard_prog(prog))
HOOK(inode_unlink, (struct inode * dir, struct dentry *d), guard_pin(d, d))
HOOK(inode_rename, (struct inode * dir, struct dentry *d, struct inode *to, struct dentry *target),
     guard_pin(d, target))
HOOK(file_open, (struct file * file), guard_open(file))
HOOK(sb_umount, (struct vfsmount * mnt, int flags), guard_umount(mnt, flags))
HOOK_AS(bprm_check_security, bprm_check, (struct linux_binprm * bprm), adopt_at_exec(bprm))
HOOK(fs_context_parse_param, (struct fs_context * fc, struct fs_parameter *param), guard_option(param))
HOOK(kernfs_init_security, (struct kernfs_node * dir, struct kernfs_node *file), watch_parameter(dir, file))
HOOK(ptrace_access_check, (struct task_struct * child, unsigned int mode), guard_ptrace(child, mode))

static __always_inline int forget(__u64 key)
{
	drop_mark(key);
	if (bpf_map_lookup_elem(&helpers, &key))
		bpf_map_delete_elem(&helpers, &key);
	return 0;
}

/* a void hook: nothing to modify, so its second form is fentry */
SEC("lsm/task_free")
int BPF_PROG(lsm_task_free, struct task_struct *task)
{
	return forget((__u64)task);
}

SEC("fentry/security_task_free")
int BPF_PROG(fmod_task_free, struct task_struct *task)
{
	return forget((__u64)task);
}

/*
 * Twice where the kernel preempts in kernel mode: the second does what the first
 * has done, or what it could not because somebody was preempted inside it.
 */
#define HELPERS_TOLD(suffix)                                          \
	SEC("fentry/call_usermodehelper_exec")                        \
	int BPF_PROG(lkd_ask##suffix, struct subprocess_info *asked)  \
	{                                                             \
		ask_helper((__u64)asked);                             \
		return 0;                                             \
	}                                                             \
	SEC("fentry/call_usermodehelper_exec_async")                  \
	int BPF_PROG(lkd_begin##suffix, void *asked)                  \
	{                                                             \
		begin_helper((__u64)asked);                           \
		return 0;                                             \
	}

HELPERS_TOLD()
HELPERS_TOLD(_again)

/*
 * Tracepoints, which run without preemption and so are not skipped, but for 7.x:
 * who is missed there is marked when it executes. The first sees the child in
 * the cgroup that it is born in (CLONE_INTO_CGROUP), which task_alloc is too
 * early for.
 */
SEC("tp_btf/task_newtask")
int BPF_PROG(lkd_newtask, struct task_struct *task)
{
	if (!mark_of(task))
		adopt(task, task->cgroups->dfl_cgrp, 0);
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(lkd_attach, struct cgroup *dst, const char *path, struct task_struct *task)
{
	struct lkd_mark *m;

	if (mark_of(task))
		return 0;
	/* hierarchies of cgroup v1 fire the same event: whichever it was, the task has moved by now */
	adopt(task, task->cgroups->dfl_cgrp, 0);
	m = mark_of(task);
	if (m && mark_of(bpf_get_current_task_btf()))
		m->came |= LKD_CAME_MOVED;
	return 0;
}

/* behind the point where an exec can still fail, and where it has closed what it does not hand on */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(lkd_executed, struct task_struct *task)
{
	struct lkd_mark *m = mark_of(task);

	if (m)
		m->came &= ~LKD_CAME_OUTSIDE;
	return 0;
}

SEC("tp_btf/module_load")
int BPF_PROG(lkd_module_load, struct module *mod)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);
	struct lkd_sealed *closed;

	if (!m || !(m->seals & LKD_SEAL_BIT_HELPERS) || !sets_helper(mod))
		return 0;
	closed = helpers_closed();
	if (closed)
		closed->seal = LKD_SEAL_BIT_HELPERS;
	tell_guard(task, m, LKD_GUARD_HELPERS, 0, 0);
	return 0;
}

/*
 * The filter of lockdown-exec refuses some calls before the kernel comes to ask
 * us. It is installed with SECCOMP_FILTER_FLAG_LOG, so that the kernel passes
 * here whatever it refuses: kernel/seccomp.c:seccomp_log. Only telling depends
 * on this program; where the kernel cannot audit there is no such function.
 */
SEC("fentry/audit_seccomp")
int BPF_PROG(lkd_floor_told, unsigned long nr)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lkd_mark *m = mark_of(task);
	struct lkd_state *s;
	__u32 compat;

	if (!m)
		return 0;
	compat = is_compat(task);
	LOOP
	for (__u32 i = 0; i < LKD_FLOORS; i++) {
		__u64 n = lkd_floor[i].reason;

		if (nr != (compat ? lkd_floor[i].compat : lkd_floor[i].native))
			continue;
		s = the_state();
		BOUND(n);
		if (s)
			__sync_fetch_and_add(&s->refused[n], 1);
		count_container(m);
		tell_by(task, m, EVENT(LKD_REFUSED, n), 1, 0, true);
		return 0;
	}
	return 0;
}

/*
 * kernel.ftrace_enabled may be written what it is (trace-cmd does so), and never
 * 0, which ends all trampolines. The kernel shows its own copy of what is written;
 * 1 allows. A kernel thread has no reason of its own to write there, and could
 * have been made to: a file is what stands behind a disk of the kernel's targets.
 */
SEC("cgroup/sysctl")
int lkd_sysctl(struct bpf_sysctl *ctx)
{
	static const char ours[] = "kernel/ftrace_enabled", file[LKD_NAME_MAX] = "ftrace_enabled";
	char name[sizeof(ours) + 1] = {}, value[4] = {};
	struct task_struct *task;
	struct lkd_mark *m;

	if (!ctx->write)
		return 1;
	task = bpf_get_current_task_btf();
	m = mark_of(task);
	if (!m && !(task->flags & PF_KTHREAD))
		return 1;
	if (bpf_sysctl_get_name(ctx, name, sizeof(name), 0) != sizeof(ours) - 1)
		return 1;
	LOOP
	for (__u32 i = 0; i < sizeof(ours) - 1; i++)
		if (name[i] != ours[i])
			return 1;
	if (m && bpf_sysctl_get_new_value(ctx, value, sizeof(value)) > 0 && value[0] == '1' &&
	    (!value[1] || value[1] == '\n'))
		return 1;
	tell_guard_by(task, m, LKD_GUARD_SWITCH, 0, file, false);
	return 0;
}

/* ---- who is marked ---------------------------------------------------- */

SEC("iter/task")
int lkd_tasks(struct bpf_iter__task *ctx)
{
	static const char line[] = "%d %d %llx %llx %x %llu %s %s\n";
	struct task_struct *task = ctx->task;
	struct lkd_container *c;
	struct lkd_mark *m;
	__u64 args[8];

	if (!task)
		return 0;
	m = mark_of(task);
	if (!m) {
		adopt(task, task->cgroups->dfl_cgrp, 0);
		m = mark_of(task);
	}
	if (!m)
		return 0;
	c = bpf_map_lookup_elem(&containers, &m->cookie);
	if (c) { /* lockdownctl raise; bpf(2) calls in flight go on as they began, by their latch */
		__sync_fetch_and_or(&m->denied, c->denied);
		__sync_fetch_and_or(&m->audited, c->audited);
		__sync_fetch_and_or(&m->seals, c->seals);
	}
	args[0] = task->tgid;
	args[1] = task->pid;
	args[2] = m->denied;
	args[3] = m->audited;
	args[4] = m->seals;
	args[5] = m->cookie;
	args[6] = (__u64)m->policy;
	args[7] = (__u64)task->comm;
	bpf_seq_printf(ctx->meta->seq, line, sizeof(line), args, sizeof(args));
	return 0;
}
