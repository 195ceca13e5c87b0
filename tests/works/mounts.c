// SPDX-License-Identifier: BSD-2-Clause
/* File systems: mounted in every way, moved, shared, changed, left. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "works.h"

enum { NR_OPEN_TREE = 428, NR_MOVE_MOUNT, NR_FSOPEN, NR_FSCONFIG, NR_FSMOUNT, NR_FSPICK, NR_MOUNT_SETATTR = 442,
       NR_STATMOUNT = 457, NR_LISTMOUNT };

struct attr {
	uint64_t set, clr, propagation, userns_fd;
};

/* arg: "TYPE" or "TYPE OPTIONS" */
void work_mount(struct result *res, const char *arg)
{
	char type[32];
	const char *options = strchr(arg, ' ');
	struct statfs st;
	const char *dir = temp_dir();

	snprintf(type, sizeof(type), "%.*s", (int)(options ? options - arg : (long)strlen(arg)), arg);
	TRY(res, mount("works", dir, type, 0, options ? options + 1 : NULL));
	TRY(res, statfs(dir, &st));
	TRY(res, open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	TRY(res, umount2(dir, MNT_DETACH));
	DONE(res);
}

/* arg: TYPE, by the calls that take descriptors */
void work_fsmount(struct result *res, const char *arg)
{
	const char *dir = temp_dir();
	int fs, mnt;

	TRY(res, fs = syscall(NR_FSOPEN, arg, 1));
	TRY(res, syscall(NR_FSCONFIG, fs, 1 /* SET_STRING */, "source", "works", 0));
	TRY(res, syscall(NR_FSCONFIG, fs, 6 /* CMD_CREATE */, NULL, NULL, 0));
	TRY(res, mnt = syscall(NR_FSMOUNT, fs, 1, 2 /* NOSUID */));
	TRY(res, syscall(NR_MOVE_MOUNT, mnt, "", AT_FDCWD, dir, 4 /* F_EMPTY_PATH */));
	close(mnt);
	TRY(res, umount(dir));
	DONE(res);
}

/* arg: what is bound; a file or a directory */
void work_bind(struct result *res, const char *arg)
{
	struct stat st;
	const char *dir = temp_dir();
	char path[64];

	TRY(res, stat(arg, &st));
	snprintf(path, sizeof(path), "%s/at", dir);
	if (S_ISDIR(st.st_mode))
		TRY(res, mkdir(path, 0700));
	else
		TRY(res, close(open(path, O_CREAT | O_WRONLY, 0600)));
	TRY(res, mount(arg, path, NULL, MS_BIND | MS_REC, NULL));
	TRY(res, mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID, NULL));
	TRY(res, umount2(path, MNT_DETACH));
	DONE(res);
}

/* arg: 's'hared, 'p'rivate, 'd'ependent (slave), 'u'nbindable */
void work_propagation(struct result *res, const char *arg)
{
	const char *dir = temp_dir();
	unsigned long flag = *arg == 's' ? MS_SHARED : *arg == 'd' ? MS_SLAVE : *arg == 'u' ? MS_UNBINDABLE : MS_PRIVATE;

	TRY(res, mount("works", dir, "tmpfs", 0, NULL));
	TRY(res, mount(NULL, dir, NULL, MS_SHARED, NULL));
	TRY(res, mount(NULL, dir, NULL, flag | MS_REC, NULL));
	TRY(res, umount(dir));
	DONE(res);
}

void work_move(struct result *res, const char *arg)
{
	const char *from = temp_dir(), *to = temp_dir();

	(void)arg;
	TRY(res, mount("works", from, "tmpfs", 0, NULL));
	TRY(res, mount(from, to, NULL, MS_MOVE, NULL));
	TRY(res, umount(to));
	DONE(res);
}

void work_remount(struct result *res, const char *arg)
{
	const char *dir = temp_dir();

	TRY(res, mount("works", dir, "tmpfs", 0, NULL));
	TRY(res, mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, arg));
	TRY(res, mount(NULL, dir, NULL, MS_REMOUNT, arg));
	TRY(res, umount(dir));
	DONE(res);
}

/* arg: "force", "expire", "detach" */
void work_umount(struct result *res, const char *arg)
{
	const char *dir = temp_dir();

	TRY(res, mount("works", dir, "tmpfs", 0, NULL));
	if (*arg == 'e') {
		TRY(res, umount2(dir, MNT_EXPIRE) < 0 && errno == EAGAIN ? 0 : -1);
		TRY(res, umount2(dir, MNT_EXPIRE));
	} else {
		TRY(res, umount2(dir, *arg == 'f' ? MNT_FORCE : MNT_DETACH));
	}
	DONE(res);
}

void work_open_tree(struct result *res, const char *arg)
{
	const char *dir = temp_dir();
	struct attr attr = { .set = 1 /* RDONLY */ };
	int tree;

	TRY(res, tree = syscall(NR_OPEN_TREE, AT_FDCWD, arg, 1 /* CLONE */ | AT_RECURSIVE));
	TRY(res, syscall(NR_MOUNT_SETATTR, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)));
	TRY(res, syscall(NR_MOVE_MOUNT, tree, "", AT_FDCWD, dir, 4));
	TRY(res, umount2(dir, MNT_DETACH));
	DONE(res);
}

void work_fspick(struct result *res, const char *arg)
{
	const char *dir = temp_dir();
	int fs;

	TRY(res, mount("works", dir, "tmpfs", 0, NULL));
	TRY(res, fs = syscall(NR_FSPICK, AT_FDCWD, dir, 1));
	TRY(res, syscall(NR_FSCONFIG, fs, 1, "size", arg, 0));
	TRY(res, syscall(NR_FSCONFIG, fs, 7 /* CMD_RECONFIGURE */, NULL, NULL, 0));
	DONE(res);
}

void work_idmapped(struct result *res, const char *arg)
{
	struct attr attr = { .set = 0x100000 /* IDMAP */ };
	const char *dir = temp_dir();
	char path[64];
	int tree, ns;
	pid_t pid;

	TRY(res, mount("works", dir, arg, 0, NULL));
	TRY(res, pid = fork());
	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(1);
		pause();
	}
	for (int i = 0; i < 400; i++) {
		snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
		usleep(5000);
		if (!write_text(path, "0 1000 1"))
			break;
	}
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	TRY(res, write_text(path, "0 1000 1"));
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	TRY(res, ns = open(path, O_RDONLY | O_CLOEXEC));
	attr.userns_fd = ns;
	TRY(res, tree = syscall(NR_OPEN_TREE, AT_FDCWD, dir, 1));
	res_rc(res, syscall(NR_MOUNT_SETATTR, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)));
	end_child(pid);
}

/* arg: options after the directories */
void work_overlay(struct result *res, const char *arg)
{
	static const char *const parts[] = { "l", "u", "w", "m" };
	const char *dir = temp_dir();
	char options[256], path[96];

	if (!work_needs(res, "overlay"))
		return;
	for (size_t i = 0; i < N_OF(parts); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, parts[i]);
		TRY(res, mkdir(path, 0755));
	}
	snprintf(options, sizeof(options), "lowerdir=%s/l,upperdir=%s/u,workdir=%s/w%s", dir, dir, dir, arg);
	TRY(res, mount("works", path, "overlay", 0, options));
	snprintf(options, sizeof(options), "%s/file", path);
	TRY(res, write_text(options, "x"));
	TRY(res, unlink(options));
	TRY(res, umount(path));
	DONE(res);
}

/* A container's root: new tmpfs, the old root below it and let go, as runc and crun do. */
void work_pivot(struct result *res, const char *arg)
{
	const char *dir = temp_dir();

	TRY(res, mount("works", dir, "tmpfs", 0, NULL));
	TRY(res, chdir(dir));
	TRY(res, mkdir(arg, 0755));
	TRY(res, syscall(SYS_pivot_root, ".", arg));
	TRY(res, chroot("."));
	TRY(res, umount2(arg, MNT_DETACH));
	DONE(res);
}

void work_fuse(struct result *res, const char *arg)
{
	const char *dir = temp_dir();
	char options[96];
	int fd;

	if (!work_needs(res, arg))
		return;
	TRY(res, fd = open("/dev/fuse", O_RDWR | O_CLOEXEC));
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	TRY(res, mount("works", dir, "fuse", MS_NOSUID | MS_NODEV, options));
	TRY(res, umount2(dir, MNT_DETACH));
	DONE(res);
}

void work_mount_list(struct result *res, const char *arg)
{
	uint64_t ids[64] = { 0 };
	struct { uint32_t size, spare; uint64_t id, param; } req = { 24, 0, 0xffffffffffffffffULL /* root */, 0 };

	(void)arg;
	TRY(res, syscall(NR_LISTMOUNT, &req, ids, N_OF(ids), 0));
	DONE(res);
}

/* In the mount namespace of whoever runs this, and undone. */
void work_mount_here(struct result *res, const char *arg)
{
	const char *dir = temp_dir();

	TRY(res, mount("works", dir, "tmpfs", 0, NULL));
	res_rc(res, umount2(dir, *arg == 'd' ? MNT_DETACH : 0));
	(void)umount(dir);
	rmdir(dir);
}

void work_handle(struct result *res, const char *arg)
{
	struct { struct file_handle h; char room[128]; } f = { .h = { .handle_bytes = 128 } };
	int id, dir;

	TRY(res, name_to_handle_at(AT_FDCWD, arg, &f.h, &id, 0));
	TRY(res, dir = open(arg, O_RDONLY | O_DIRECTORY));
	TRY(res, open_by_handle_at(dir, &f.h, O_RDONLY));
	DONE(res);
}
