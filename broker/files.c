// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files: see files.h. Landlock allows by hierarchy, so what is refused is what
 * no rule allows: the directories above a refused file get no rule themselves,
 * but each of their entries does. Which directories these are is kept in a small
 * tree of names; no memory is allocated.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <linux/landlock.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "files.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* linux/landlock.h of 5.19; of 6.1 and younger kernels no other right is handled here */
#define ACCESS_REFER (1ULL << 13)
#define ABI_WITH_REFER 2
#define READ  LANDLOCK_ACCESS_FS_READ_FILE
#define WRITE LANDLOCK_ACCESS_FS_WRITE_FILE

#ifndef CONFIGFS_MAGIC
#define CONFIGFS_MAGIC 0x62656570
#endif
#define DEVPTS_MAGIC 0x1cd1

enum { REFUSE_READ = 1, REFUSE_WRITE = 2 }; /* LKD_DEV_* of policy.h, which is not for programs this small */

static const struct {
	const char *type;
	long magic;
} file_systems[LKD_TREE_COUNT_] = {
	[LKD_TREE_PROC] = { "proc", PROC_SUPER_MAGIC },
	[LKD_TREE_SYSFS] = { "sysfs", SYSFS_MAGIC },
	[LKD_TREE_DEBUGFS] = { "debugfs", DEBUGFS_MAGIC },
	[LKD_TREE_TRACEFS] = { "tracefs", TRACEFS_MAGIC },
	[LKD_TREE_CONFIGFS] = { "configfs", CONFIGFS_MAGIC },
	[LKD_TREE_DEV] = { "", 0 },
};

static struct {
	const struct lkd_planbin *plan;
	const struct lkd_plan_file *files;
	struct lkd_files_failure *failure;
	int ruleset, efi_test;
	bool devices; /* are nodes looked at? */
	const char *hidden; /* the last component of a path without a rule, which is below @hidden_in */
	int hidden_in;
	bool frozen;  /* below a Landlock domain already: nothing can be mounted, and all has to be as it should */
} job;

static int failed(const char *what, const char *path)
{
	const int r = -errno;

	job.failure->what = what;
	(void)snprintf(job.failure->path, sizeof(job.failure->path), "%s", path);
	return r;
}

/* ---- the tree of directories without a rule --------------------------- */

enum { NODES = 8192, NAMES = 256 * 1024, NO_NODE = -1 };

/* touched as far as it is needed: pages that nobody wrote to are none; on pages of their own, so that they can be given back */
#define ON_PAGES __attribute__((aligned(4096)))
static struct node {
	const char *name;
	int32_t child, next;
	uint32_t rules; /* of the plan's files: their last component is matched with the entries of this directory */
} nodes[NODES] ON_PAGES;
static char names[NAMES] ON_PAGES;
static int n_nodes;
static size_t n_names;

_Static_assert(LKD_PLAN_FILES_MAX <= 32, "struct node: rules");

static int find(int parent, const char *name, size_t len)
{
	for (int i = parent < 0 ? NO_NODE : nodes[parent].child; i >= 0; i = nodes[i].next)
		if (!strncmp(nodes[i].name, name, len) && !nodes[i].name[len])
			return i;
	return NO_NODE;
}

static int new_node(int parent, const char *name, size_t len)
{
	struct node *n;

	if (n_nodes >= NODES || n_names + len + 1 > NAMES) {
		errno = E2BIG;
		return NO_NODE;
	}
	n = &nodes[n_nodes];
	n->name = memcpy(names + n_names, name, len);
	n_names += len + 1;
	n->child = NO_NODE;
	n->next = parent < 0 ? NO_NODE : nodes[parent].child;
	if (parent >= 0)
		nodes[parent].child = n_nodes;
	return n_nodes++;
}

/* @dir, an absolute path without links, gets no rule, and so do those above it */
static int split(const char *dir, uint32_t rules)
{
	int at = 0;

	while (*dir) {
		const size_t skip = strspn(dir, "/"), len = strcspn(dir + skip, "/");
		int next;

		dir += skip;
		if (!len)
			break;
		next = find(at, dir, len);
		if (next < 0)
			next = new_node(at, dir, len);
		if (next < 0)
			return failed("too many directories to hold", dir);
		at = next;
		dir += len;
	}
	nodes[at].rules |= rules;
	return 0;
}

/* the node of a directory that was split */
static int node_of(const char *dir)
{
	int at = 0;

	while (at >= 0 && *(dir += strspn(dir, "/"))) {
		at = find(at, dir, strcspn(dir, "/"));
		dir += strcspn(dir, "/");
	}
	return at;
}

static int hide(const char *path)
{
	const char *last = strrchr(path, '/');
	char dir[64];
	int r;

	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(last - path), path);
	r = split(dir, 0);
	job.hidden_in = node_of(dir);
	job.hidden = last + 1;
	return r;
}

/* ---- patterns --------------------------------------------------------- */

/* appends a component, as the kernel would follow it: one link deep, which is what sysfs has; false: not there */
static bool append(char path[PATH_MAX], const char *name, size_t len)
{
	char link[PATH_MAX];
	const size_t at = strlen(path);
	struct stat st;
	ssize_t n;

	if (at + len + 2 > PATH_MAX)
		return false;
	(void)snprintf(path + at, PATH_MAX - at, "/%.*s", (int)len, name);
	n = readlink(path, link, sizeof(link) - 1);
	if (n > 0) {
		char *l = link;

		link[n] = '\0';
		path[*link == '/' ? 0 : at] = '\0';
		while (*l) {
			const size_t part = strcspn(l, "/"), have = strlen(path);
			char *slash = strrchr(path, '/');

			if (part == 2 && !strncmp(l, "..", 2) && slash)
				*slash = '\0';
			else if (part && !(part == 1 && *l == '.') && have + part + 2 <= PATH_MAX)
				(void)snprintf(path + have, PATH_MAX - have, "/%.*s", (int)part, l);
			l += part + (l[part] == '/');
		}
	}
	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

/* calls back with each entry's name; 0, what the callback returned, or -errno */
static int each_entry(int fd, int (*each)(void *arg, const char *name, unsigned char type), void *arg)
{
	struct entry {
		uint64_t ino;
		int64_t off;
		uint16_t len;
		uint8_t type;
		char name[];
	};
	char buf[4096] __attribute__((aligned(8)));
	long n;

	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < n;) {
			const struct entry *e = (const void *)(buf + at);
			int r;

			at += e->len;
			if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
				continue;
			r = each(arg, e->name, e->type);
			if (r)
				return r;
		}
	}
	return n < 0 ? -errno : 0;
}

struct expansion {
	const char *path, *pattern, *rest;
	size_t len;
	uint32_t rule;
};

static int expand(const char *dir, const char *pattern, uint32_t rule);

static int expand_entry(void *arg, const char *name, unsigned char type)
{
	const struct expansion *x = arg;
	char path[PATH_MAX], component[64];

	(void)type;
	(void)snprintf(component, sizeof(component), "%.*s", (int)x->len, x->pattern);
	(void)snprintf(path, sizeof(path), "%s", x->path);
	if (fnmatch(component, name, 0) || !append(path, name, strlen(name)))
		return 0;
	return expand(path, x->rest, x->rule);
}

/* the directories that a pattern's last component is in now */
static int expand(const char *dir, const char *pattern, uint32_t rule)
{
	const size_t len = strcspn(pattern, "/");
	struct expansion x = { dir, pattern, pattern + len + 1, len, rule };
	char path[PATH_MAX];
	int fd, r;

	if (!pattern[len])
		return split(dir, rule);
	if (!memchr(pattern, '*', len)) {
		(void)snprintf(path, sizeof(path), "%s", dir);
		return append(path, pattern, len) ? expand(path, x.rest, rule) : 0;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	r = each_entry(fd, expand_entry, &x);
	(void)close(fd);
	return r;
}

/* ---- masks ------------------------------------------------------------ */

static int empty_directory(unsigned flags)
{
	int mnt = -1, fs = (int)syscall(SYS_fsopen, "tmpfs", 1 /* FSOPEN_CLOEXEC */);

	if (fs >= 0 && !syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0))
		mnt = (int)syscall(SYS_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */, flags);
	if (fs >= 0)
		(void)close(fs);
	return mnt;
}

/* 4: MOVE_MOUNT_F_EMPTY_PATH, 0x40: MOVE_MOUNT_T_EMPTY_PATH */
static int put(int mnt, int over)
{
	return (int)syscall(SYS_move_mount, mnt, "", over, "", 0x44);
}

#define MASK_FLAGS (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static int mask_directory(int fd)
{
	int mnt = empty_directory(MASK_FLAGS | MOUNT_ATTR_RDONLY), r = mnt < 0 ? -1 : put(mnt, fd);

	if (mnt >= 0)
		(void)close(mnt);
	return r;
}

/*
 * A socket: nobody opens that (ENXIO), whatever the rights. A copy of a mount
 * can be made only where it is mounted (fs/namespace.c:check_mnt), so for a
 * moment it is over the mount point of the file system that the file is in.
 */
static int mask_file(int fd, const char *mount_point)
{
	int mnt = empty_directory(MASK_FLAGS), copy = -1, r = -1,
	    over = open(mount_point, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (mnt >= 0 && over >= 0 && !mknodat(mnt, "masked", S_IFSOCK, 0) && !put(mnt, over)) {
		copy = (int)syscall(SYS_open_tree, mnt, "masked", 1U | O_CLOEXEC); /* OPEN_TREE_CLONE */
		r = copy < 0 ? -1 : put(copy, fd);
		if (umount2(mount_point, MNT_DETACH))
			r = -1;
	}
	for (size_t i = 0; i < 3; i++)
		if ((const int[]){ mnt, copy, over }[i] >= 0)
			(void)close((const int[]){ mnt, copy, over }[i]);
	return r;
}

/* what is covered by something else already (a mask of the container's) is left alone */
static int mask(const char *path, long magic, const char *mount_point)
{
	int r, fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : failed("look at", path);
	if (fstatfs(fd, &fs) || fstat(fd, &st))
		r = failed("look at", path);
	else if ((long)fs.f_type != magic)
		r = 0;
	else if ((S_ISDIR(st.st_mode) ? mask_directory(fd) : mask_file(fd, mount_point)) < 0)
		r = failed("mask", path);
	else
		r = 0;
	(void)close(fd);
	return r;
}

/* ---- mounts ----------------------------------------------------------- */

/* a line of mountinfo: proc(5) */
struct mount {
	char *root, *point, *options, *type;
	bool shared; /* what is mounted elsewhere may come in */
};

static char *word(char **line)
{
	char *w = *line, *end = w + strcspn(w, " ");

	*line = end + (*end == ' ');
	*end = '\0';
	return w;
}

/* the kernel writes space, tab, newline and backslash as three octal digits */
static void unescape(char *text)
{
	char *out = text;

	for (; *text; text++) {
		if (*text == '\\' && text[1] && text[2] && text[3]) {
			*out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

static bool parse_mount(char *line, struct mount *m)
{
	char *dash;

	for (int i = 0; i < 3; i++)
		(void)word(&line);
	m->root = word(&line);
	m->point = word(&line);
	m->options = word(&line);
	dash = strncmp(line, "- ", 2) ? strstr(line, " - ") : line - 1;
	if (!dash)
		return false;
	m->shared = dash > line && (memmem(line, (size_t)(dash - line), "shared:", 7) ||
				    memmem(line, (size_t)(dash - line), "master:", 7));
	dash += 3;
	m->type = word(&dash);
	unescape(m->root);
	unescape(m->point);
	return true;
}

static bool is_below(const char *path, const char *top)
{
	const size_t n = strlen(top);

	return !strncmp(path, top, n) && (path[n] == '/' || !path[n] || (n && top[n - 1] == '/'));
}

static const char *top_of(const char *point)
{
	return strcmp(point, "/") ? point : "";
}

/* a mask, where this mount shows what is to be masked: the whole of it, or a part */
static int mask_in_mount(const struct lkd_plan_file *file, const struct mount *m)
{
	const long magic = file_systems[file->fs].magic;
	char want[sizeof(file->path) + 1] = "", path[PATH_MAX];
	const char *root = strcmp(m->root, "/") ? m->root : "";

	(void)snprintf(want, sizeof(want), "%s%s", *file->path ? "/" : "", file->path);
	if (is_below(root, want)) /* also: all of the file system */
		return mask(m->point, magic, m->point);
	if (!is_below(want, root))
		return 0;
	(void)snprintf(path, sizeof(path), "%s%s", top_of(m->point), want + strlen(root));
	return mask(path, magic, m->point);
}

/*
 * Landlock, where this mount shows it. Rules are of inodes, so a part of the
 * file system that is mounted over itself (/proc/sys, /sys/fs/cgroup and their
 * like) changes nothing; elsewhere it would be reached by another way, and is
 * masked.
 */
static int split_in_mount(const struct lkd_plan_file *file, const struct mount *m, uint32_t rule)
{
	if (!strcmp(m->root, "/"))
		return expand(top_of(m->point), file->path, rule);
	for (const char *p = m->point; *p; p++)
		if (*p == '/' && !strcmp(p, m->root) && p != m->point) {
			char top[PATH_MAX];
			struct statfs fs;

			(void)snprintf(top, sizeof(top), "%.*s", (int)(p - m->point), m->point);
			if (!statfs(top, &fs) && (long)fs.f_type == file_systems[file->fs].magic)
				return 0;
		}
	return mask(m->point, file_systems[file->fs].magic, m->point);
}

/* one option of a list with commas */
static bool has_option(const char *options, const char *name)
{
	const size_t n = strlen(name);

	for (; *options; options += strcspn(options, ","), options += *options == ',')
		if (!strncmp(options, name, n) && (options[n] == ',' || !options[n]))
			return true;
	return false;
}

static int set_nodev(const char *path, bool on, unsigned flags)
{
	struct mount_attr attr = { 0 };

	if (on)
		attr.attr_set = MOUNT_ATTR_NODEV;
	else
		attr.attr_clr = MOUNT_ATTR_NODEV;
	return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &attr, sizeof(attr));
}

static int each_mount(char *text, int (*each)(const struct mount *m))
{
	for (char *line = text; line && *line;) {
		char *end = strchr(line, '\n');
		struct mount m;
		int r;

		if (end)
			*end++ = '\0';
		if (!parse_mount(line, &m)) {
			errno = EBADMSG;
			return failed("read", "/proc/self/mountinfo");
		}
		r = each(&m);
		if (r < 0)
			return r;
		line = end;
	}
	return 0;
}

static int not_as_it_should(const struct mount *m)
{
	errno = EPERM;
	return failed("below a Landlock domain, find closed already", m->point);
}

static bool may_have_nodes(const struct mount *m)
{
	return is_below(m->point, "/dev") && !is_below(m->point, "/dev/shm");
}

static int frozen_mount(const struct mount *m)
{
	if (m->shared || (job.devices && !may_have_nodes(m) && !has_option(m->options, "nodev")))
		return not_as_it_should(m);
	return 0;
}

/* nodes stay usable where they were in /dev */
static int with_nodes(const struct mount *m)
{
	if (!may_have_nodes(m) || has_option(m->options, "nodev"))
		return 0;
	return set_nodev(m->point, false, 0) && errno != ENOENT ? failed("allow device nodes in", m->point) : 0;
}

static int hold_in(const struct mount *m)
{
	for (unsigned i = 0; i < job.plan->n_files; i++) {
		const struct lkd_plan_file *file = &job.files[i];
		int r;

		if (strcmp(m->type, file_systems[file->fs].type) != 0)
			continue;
		r = file->how == LKD_FILE_MASK ? mask_in_mount(file, m) : split_in_mount(file, m, 1u << i);
		if (r < 0)
			return r;
	}
	return 0;
}

enum { MOUNTINFO_MAX = 8 << 20 };

/* all of mountinfo, into pages that the caller unmaps; NULL with errno */
static char *read_mounts(void)
{
	char *text = mmap(NULL, MOUNTINFO_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC), error = 0;
	size_t len = 0;
	ssize_t n = 1;

	if (text == MAP_FAILED || fd < 0) {
		error = errno;
	} else {
		while (len < MOUNTINFO_MAX - 1 && (n = read(fd, text + len, MOUNTINFO_MAX - 1 - len)) > 0)
			len += (size_t)n;
		error = n < 0 ? errno : n ? E2BIG : 0;
	}
	if (fd >= 0)
		(void)close(fd);
	if (!error)
		return text;
	if (text != MAP_FAILED)
		(void)munmap(text, MOUNTINFO_MAX);
	errno = error;
	return NULL;
}

static int for_mounts(int (*each)(const struct mount *m))
{
	char *text = read_mounts();
	int r = text ? each_mount(text, each) : failed("read", "/proc/self/mountinfo");

	if (text)
		(void)munmap(text, MOUNTINFO_MAX);
	return r;
}

/* the same place once more, as a mount of its own */
static int bind_to_itself(const char *path)
{
	return mount(path, path, NULL, MS_BIND | MS_REC, NULL);
}

/* directories with nodes of their own: they have to be mounts, whose nodes are closed or not */
static struct {
	const char *path;
	bool mounted;
} with_own[] = { { "/dev", false }, { "/dev/shm", false } };

static int note_mounted(const struct mount *m)
{
	for (size_t i = 0; i < N(with_own); i++)
		with_own[i].mounted |= !strcmp(m->point, with_own[i].path);
	return 0;
}

/*
 * What is called a device anywhere else than in /dev is none any more. In /dev
 * itself each node is looked at; /dev/shm keeps its new files, as no node in it
 * is one.
 */
static int close_nodes(void)
{
	char *text;
	struct stat st;
	int r = for_mounts(note_mounted);

	for (size_t i = 0; i < N(with_own) && !r; i++)
		if (!with_own[i].mounted && !lstat(with_own[i].path, &st) && S_ISDIR(st.st_mode) &&
		    bind_to_itself(with_own[i].path))
			r = failed("mount", with_own[i].path);
	if (r)
		return r;
	text = read_mounts(); /* before: which of them had nodes */
	if (!text)
		return failed("read", "/proc/self/mountinfo");
	r = set_nodev("/", true, AT_RECURSIVE) ? failed("close device nodes below", "/") : each_mount(text, with_nodes);
	(void)munmap(text, MOUNTINFO_MAX);
	return r;
}

/* tracefs is mounted in debugfs when somebody looks there, which no hook of Landlock sees: fs/namei.c:follow_automount */
static int trigger_automount(const struct mount *m)
{
	char path[PATH_MAX];
	int fd;

	if (strcmp(m->type, "debugfs") != 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/tracing/.", m->point);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		(void)close(fd);
	return 0;
}

/* ---- rules ------------------------------------------------------------ */

static int allow(int fd, uint64_t access)
{
	const struct landlock_path_beneath_attr attr = { .allowed_access = access, .parent_fd = fd };

	/* what cannot have a rule stays closed */
	if (access && syscall(SYS_landlock_add_rule, job.ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) && errno != EBADFD)
		return failed("make a Landlock rule", "");
	return 0;
}

static uint64_t without(uint64_t access, unsigned refused)
{
	if (refused & REFUSE_READ)
		access &= ~(uint64_t)READ;
	if (refused & REFUSE_WRITE)
		access &= ~(uint64_t)WRITE;
	return access;
}

/* what the plan refuses of a node */
static unsigned refused_node(mode_t mode, dev_t dev)
{
	const struct lkd_plan_device *d = lkd_planbin_devices(job.plan);
	unsigned refused = 0;

	for (unsigned i = 0; i < job.plan->n_devices; i++, d++) {
		const int minor_wanted = d->minor == LKD_MINOR_EFI_TEST ? job.efi_test : d->minor;

		if (d->minor == LKD_MINOR_EFI_TEST && minor_wanted < 0)
			continue;
		if ((d->type == 'c' ? S_ISCHR(mode) : S_ISBLK(mode)) && (d->major < 0 || (unsigned)d->major == major(dev)) &&
		    (minor_wanted < 0 || (unsigned)minor_wanted == minor(dev)))
			refused |= d->access;
	}
	return refused;
}

struct place {
	int fd, node;
	uint64_t access;
	bool dev; /* a directory with nodes: they are allowed one by one, it is not */
};

static int walk(const struct place *p);

static int allow_entry(void *arg, const char *name, unsigned char type)
{
	const struct place *p = arg;
	struct place below = { .node = find(p->node, name, strlen(name)), .access = p->access, .dev = p->dev };
	struct statfs fs;
	struct stat st;
	bool dir = type == DT_DIR;
	int r;

	if (type == DT_LNK || (job.hidden && p->node == job.hidden_in && !strcmp(name, job.hidden)))
		return 0;
	for (unsigned i = 0; p->node >= 0 && i < job.plan->n_files; i++) {
		const char *last = strrchr(job.files[i].path, '/');

		if (nodes[p->node].rules & 1u << i && !fnmatch(last ? last + 1 : job.files[i].path, name, 0))
			below.access = without(below.access, job.files[i].access);
	}
	below.fd = openat(p->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (below.fd < 0)
		return 0; /* gone, or out of reach anyway */
	if ((type == DT_UNKNOWN || p->dev) && !fstat(below.fd, &st)) {
		dir = S_ISDIR(st.st_mode);
		if (S_ISLNK(st.st_mode))
			below.access = 0;
		else if (p->dev && !dir)
			below.access = without(below.access, refused_node(st.st_mode, st.st_rdev));
	}
	if (p->node == 0 && job.devices && !strcmp(name, "dev"))
		below.dev = true;
	else if (below.dev && dir && !fstatfs(below.fd, &fs))
		below.dev = !(fs.f_flags & ST_NODEV) && (long)fs.f_type != DEVPTS_MAGIC;
	if (!dir || (below.node < 0 && !below.dev)) {
		r = allow(below.fd, below.access);
		(void)close(below.fd);
		return r;
	}
	(void)close(below.fd);
	below.fd = openat(p->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below.fd < 0)
		return 0;
	r = walk(&below);
	(void)close(below.fd);
	return r;
}

/* every entry but the directory itself */
static int walk(const struct place *p)
{
	int r = each_entry(p->fd, allow_entry, (void *)p);

	return r == -ENOENT ? 0 : r; /* it went away meanwhile */
}

static int make_ruleset(void)
{
	struct { uint64_t handled_access_fs; } attr = { .handled_access_fs = READ | WRITE };
	struct place root = { .access = READ | WRITE };
	int r;

	/* moving files from directory to directory is refused by any domain that does not speak of it */
	if (syscall(SYS_landlock_create_ruleset, NULL, 0UL, 1U) >= ABI_WITH_REFER)
		attr.handled_access_fs |= ACCESS_REFER;
	job.ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (job.ruleset < 0)
		return failed("make a Landlock ruleset", "");
	root.fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root.fd < 0)
		return failed("open", "/");
	r = allow(root.fd, attr.handled_access_fs & ACCESS_REFER);
	if (!r)
		r = walk(&root);
	(void)close(root.fd);
	return r;
}

/* ---- all of it -------------------------------------------------------- */

static int efi_test_minor(void)
{
	char text[4096], *at;
	int fd = open("/proc/misc", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, " efi_test\n");
	if (!at)
		return -1;
	while (at > text && at[-1] != '\n')
		at--;
	return (int)strtol(at, NULL, 10);
}

static int close_directory(void *arg, const char *name, unsigned char type)
{
	const int fd = (int)strtol(name, NULL, 10);
	unsigned *closed = arg;
	struct stat st;
	int flags;

	(void)type;
	flags = fcntl(fd, F_GETFD);
	if (flags < 0 || flags & FD_CLOEXEC || fstat(fd, &st) || !S_ISDIR(st.st_mode))
		return 0;
	++*closed;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) ? -errno : 0;
}

static int close_directories(unsigned *closed)
{
	int r, fd = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return failed("open", "/proc/self/fd");
	r = each_entry(fd, close_directory, closed);
	(void)close(fd);
	return r;
}

static int own_mounts(void)
{
	if (unshare(CLONE_NEWNS))
		return failed("make a mount namespace", "");
	/* what is mounted outside later does not come in: it would not be masked */
	if (!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return 0;
	job.frozen = errno == EPERM;
	return job.frozen ? 0 : failed("make private the mounts below", "/");
}

static bool masks_tracefs(void)
{
	for (unsigned i = 0; i < job.plan->n_files; i++)
		if (job.files[i].fs == LKD_TREE_TRACEFS)
			return true;
	return false;
}

/*
 * What stays of this process has no use for the tree, nor for the stack that
 * walking took, as far as that is mapped. A function of its own, or its caller's
 * frame would be below its address.
 */
static __attribute__((noinline)) void give_back(void)
{
	enum { PAGE = 4096, WALKED = 256 * 1024 };
	const uintptr_t below = ((uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)(PAGE - 1)) - PAGE;

	(void)madvise(nodes, sizeof(nodes), MADV_DONTNEED);
	(void)madvise(names, sizeof(names), MADV_DONTNEED);
	(void)madvise((void *)(below - WALKED), WALKED, MADV_DONTNEED);
}

int lkd_files_apply(const struct lkd_planbin *plan, const char *hidden, unsigned *closed, struct lkd_files_failure *f)
{
	char cwd[PATH_MAX];
	int r;

	job.plan = plan;
	job.files = lkd_planbin_files(plan);
	job.failure = f;
	job.devices = plan->n_devices != 0;
	job.efi_test = efi_test_minor();
	job.ruleset = -1;
	job.frozen = false;
	job.hidden = NULL;
	f->path[0] = '\0';
	n_nodes = 0;
	n_names = 0;
	(void)new_node(NO_NODE, "", 0);
	if (!getcwd(cwd, sizeof(cwd)))
		(void)strcpy(cwd, "/");
	r = own_mounts();
	if (!r)
		r = close_directories(closed);
	if (!r && job.frozen)
		r = for_mounts(frozen_mount);
	else if (!r && job.devices)
		r = close_nodes();
	if (!r && masks_tracefs())
		r = for_mounts(trigger_automount);
	if (!r)
		r = for_mounts(hold_in);
	for (unsigned i = 0; !r && i < plan->n_files; i++)
		if (job.files[i].fs == LKD_TREE_DEV)
			r = expand("/dev", job.files[i].path, 1u << i);
	/* where devices come, and with them what is refused of them */
	if (!r)
		r = split("/sys/devices", 0);
	if (!r && hidden)
		r = hide(hidden);
	if (!r)
		r = make_ruleset();
	if (!r && syscall(SYS_landlock_restrict_self, job.ruleset, 0))
		r = failed("enter a Landlock domain", "");
	if (job.ruleset >= 0)
		(void)close(job.ruleset);
	/* it may be below a mask */
	if (!r && chdir(cwd) && chdir("/"))
		r = failed("change to", cwd);
	give_back();
	return r;
}
