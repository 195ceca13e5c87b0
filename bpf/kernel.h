/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The few kernel types that our programs read, each with only the fields read.
 * Offsets come from the running kernel's BTF (CO-RE), so no vmlinux.h of one
 * kernel is needed to build, and one object runs on all of them.
 */
#ifndef LKD_BPF_KERNEL_H
#define LKD_BPF_KERNEL_H

typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef int bool;
enum { false, true };

/* include/uapi/linux/bpf.h: ABI, never renumbered */
enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_F_NO_PREALLOC = 1,
	BPF_F_RDONLY = 8,
	BPF_PROG_LOAD = 5,
	BPF_LINK_GET_FD_BY_ID = 30,
	BPF_COMMON_ATTRS = 1 << 16,
	BPF_MODIFY_RETURN = 26,
};

enum bpf_prog_type {
	BPF_PROG_TYPE_CGROUP_SYSCTL = 23,
	BPF_PROG_TYPE_TRACING = 26,
	BPF_PROG_TYPE_LSM = 29,
	BPF_PROG_TYPE_SYSCALL = 31,
};

enum {
	EPERM = 1,
	ENOENT = 2,
	EIO = 5,
	EAGAIN = 11,
	EEXIST = 17,
	EPROTO = 71,
};

#define PF_KTHREAD	    0x00200000
#define PTRACE_MODE_ATTACH  0x02
#define FMODE_WRITE	    0x2
#define MNT_DETACH	    0x2
#define TS_COMPAT	    0x0002 /* arch/x86/include/asm/thread_info.h */

/* include/uapi/linux/bpf.h: the context of a program of type CGROUP_SYSCTL */
struct bpf_sysctl {
	__u32 write;
	__u32 file_pos;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct task_struct;

struct pid_namespace {
	struct ns_common    ns;
	struct task_struct *child_reaper;
};

struct pid {
	unsigned int level;
};

struct kernfs_node {
	__u64 id;
	const char *name;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup		   *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node	  *kn;
	int			   level;
};

enum cgroup_subsys_id { devices_cgrp_id = 4 };

struct css_set {
	struct cgroup_subsys_state *subsys[16];
	struct cgroup		   *dfl_cgrp;
};

struct nsproxy {
	struct mnt_namespace	*mnt_ns;
	struct pid_namespace	*pid_ns_for_children;
};

struct thread_info {
	__u32 status;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int	   flags;
	int		   pid;
	int		   tgid;
	char		   comm[16];
	struct nsproxy	  *nsproxy;
	struct css_set	  *cgroups;
	struct fs_struct  *fs;
	struct task_struct *group_leader;
	struct pid	  *thread_pid;
	struct mm_struct  *mm;
	__u64		   start_boottime;
};

struct subprocess_info;

struct pt_regs {
	unsigned long orig_ax;
};

struct pt_regs___arm64 {
	int syscallno;
};

struct super_block {
	unsigned int  s_dev;
	unsigned long s_magic;
};

struct inode {
	unsigned long	    i_ino;
	struct super_block *i_sb;
};

struct vfsmount {
	struct super_block *mnt_sb;
};

struct qstr {
	__u32 len; /* in an anonymous union and struct with the hash */
};

struct dentry {
	struct dentry	   *d_parent;
	struct qstr	    d_name;
	struct inode	   *d_inode;
	unsigned char	    d_iname[32];
	struct super_block *d_sb;
};

/* since 6.14 */
union shortname_store___new {
	unsigned char string[40];
};

struct dentry___new {
	union shortname_store___new d_shortname;
};

struct path {
	struct dentry *dentry;
};

struct fs_struct {
	struct path root;
};

struct file {
	unsigned int  f_mode;
	struct inode *f_inode;
	struct path   f_path;
};

struct bpf_prog_aux {
	__u32 id;
	__u32 func_cnt; /* functions, if there are several */
	__u8  kprobe_write_ctx; /* since 6.19: a uprobe that sets registers */
};

struct bpf_prog {
	enum bpf_prog_type   type;
	struct bpf_prog_aux *aux;
};

struct bpf_map {
	__u32 id;
};

struct fs_context;

struct fs_parameter {
	const char *key;
};

struct linux_binprm {
	const char *filename;
};

struct kernel_param {
	const char *name;
};

struct module {
	char  name[32]; /* and more */
	char *args;	/* not in 7.x */
	struct kernel_param *kp;
	unsigned int	     num_kp;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct   *task;
};

#pragma clang attribute pop

/* include/uapi/linux/bpf.h: the members that guards look at */
union bpf_attr {
	struct { /* BPF_PROG_LOAD */
		__u32 prog_type;
		__u32 insn_cnt;
		__u64 insns;
		__u64 license;
		__u32 log_level;
		__u32 log_size;
		__u64 log_buf;
		__u32 kern_version;
		__u32 prog_flags;
		char  prog_name[16];
		__u32 prog_ifindex;
		__u32 expected_attach_type;
	};
	struct { /* BPF_*_GET_FD_BY_ID */
		__u32 link_id;
	};
};

#endif
