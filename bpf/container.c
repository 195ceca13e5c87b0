// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container.h"
#include "util.h"

#define LOCK_DIR "/run/container-lockdown"

static int bpf_call(int cmd, union bpf_attr *attr)
{
	long r = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return r < 0 ? -errno : (int)r;
}

static int open_pin(const char *name)
{
	union bpf_attr attr;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", LKD_PIN_DIR, name);
	memset(&attr, 0, sizeof(attr));
	attr.pathname = (uint64_t)(uintptr_t)path;
	return bpf_call(BPF_OBJ_GET, &attr);
}

static int map_call(int cmd, int fd, const void *key, const void *value, uint64_t flags)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)fd;
	attr.key = (uint64_t)(uintptr_t)key;
	attr.value = (uint64_t)(uintptr_t)value;
	attr.flags = flags;
	return bpf_call(cmd, &attr);
}

/* ---- cgroups ---------------------------------------------------------- */

static const char *cgroup_root(void)
{
	static const char *const roots[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < LKD_N(roots); i++)
		if (!statfs(roots[i], &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			return roots[i];
	return NULL;
}

int lkd_container_cgroup(pid_t pid, __u64 *ret_id)
{
	char path[64], line[PATH_MAX], dir[PATH_MAX * 2];
	const char *root = cgroup_root();
	lkd_autofile *f = NULL;
	struct stat st;

	if (!root)
		return -ENOENT;
	(void)snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -ENOENT;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3))
			continue;
		/* "/../x" is a cgroup outside our own cgroup namespace; the root holds everybody */
		if (line[3] != '/' || !line[4] || strstr(line, "/.."))
			return -EINVAL;
		(void)snprintf(dir, sizeof(dir), "%s%s", root, line + 3);
		if (stat(dir, &st) || !S_ISDIR(st.st_mode))
			return -ENOENT;
		*ret_id = st.st_ino;
		return 0;
	}
	return -ENOENT;
}

#define FILEID_KERNFS 0xfe /* linux/exportfs.h */

int lkd_container_exists(__u64 cgroup_id)
{
	struct {
		struct file_handle h;
		__u64 id;
	} handle = { .h = { .handle_bytes = sizeof(__u64), .handle_type = FILEID_KERNFS } };
	const char *root = cgroup_root();
	lkd_autofd mnt = root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -ENOENT;
	lkd_autofd fd = -EBADF;

	if (mnt < 0)
		return -ENOENT;
	memcpy(handle.h.f_handle, &cgroup_id, sizeof(cgroup_id));
	fd = open_by_handle_at(mnt, &handle.h, O_PATH | O_CLOEXEC);
	if (fd >= 0)
		return 1;
	return errno == ESTALE ? 0 : -errno;
}

/* ---- registration ----------------------------------------------------- */

/* one writer at a time, as the flag and the table go together */
static int take_lock(void)
{
	int fd;

	(void)mkdir(LOCK_DIR, 0755);
	fd = open(LOCK_DIR "/containers.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX)) {
		(void)close(fd);
		return -errno;
	}
	return fd < 0 ? -errno : fd;
}

static int set_registered(uint32_t value)
{
	lkd_autofd fd = open_pin("registered");
	uint32_t zero = 0;

	return fd < 0 ? fd : map_call(BPF_MAP_UPDATE_ELEM, fd, &zero, &value, BPF_ANY);
}

int lkd_container_add(__u64 cgroup_id, const struct lkd_container *c)
{
	lkd_autofd lock = take_lock(), fd = -EBADF;
	int r;

	if (lock < 0)
		return lock;
	fd = open_pin("containers");
	if (fd < 0)
		return fd;
	r = map_call(BPF_MAP_UPDATE_ELEM, fd, &cgroup_id, c, BPF_NOEXIST);
	return r < 0 ? r : set_registered(1);
}

int lkd_container_remove(__u64 cgroup_id)
{
	lkd_autofd lock = take_lock(), fd = -EBADF;
	union bpf_attr attr;
	uint64_t first;
	int r;

	if (lock < 0)
		return lock;
	fd = open_pin("containers");
	if (fd < 0)
		return fd;
	r = map_call(BPF_MAP_DELETE_ELEM, fd, &cgroup_id, NULL, 0);
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)fd;
	attr.next_key = (uint64_t)(uintptr_t)&first;
	if (bpf_call(BPF_MAP_GET_NEXT_KEY, &attr) == -ENOENT)
		(void)set_registered(0);
	return r;
}

/* ---- marking what is there already ------------------------------------ */

/* the iterator program behind a pinned link, over the threads of one process only */
static int open_iterator(const char *pin, pid_t tgid)
{
	union bpf_iter_link_info which = { .task = { .pid = (uint32_t)tgid } };
	lkd_autofd link = open_pin(pin), prog = -EBADF, own = -EBADF;
	struct bpf_link_info info;
	union bpf_attr attr;
	int r;

	if (link < 0)
		return link;
	memset(&info, 0, sizeof(info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)link;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uint64_t)(uintptr_t)&info;
	r = bpf_call(BPF_OBJ_GET_INFO_BY_FD, &attr);
	if (r < 0)
		return r;
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = info.prog_id;
	prog = bpf_call(BPF_PROG_GET_FD_BY_ID, &attr);
	if (prog < 0)
		return prog;
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (uint32_t)prog;
	attr.link_create.attach_type = BPF_TRACE_ITER;
	attr.link_create.iter_info = (uint64_t)(uintptr_t)&which;
	attr.link_create.iter_info_len = sizeof(which);
	own = bpf_call(BPF_LINK_CREATE, &attr);
	if (own < 0)
		return own;
	memset(&attr, 0, sizeof(attr));
	attr.iter_create.link_fd = (uint32_t)own;
	return bpf_call(BPF_ITER_CREATE, &attr);
}

int lkd_container_adopt(pid_t tgid, unsigned *ret_marked, __u64 *ret_denied)
{
	int fd = open_iterator("tasks", tgid); /* marks whom it finds, and prints who is marked */
	char line[256];
	FILE *f;

	if (fd < 0)
		return fd;
	f = fdopen(fd, "r");
	if (!f) {
		(void)close(fd);
		return -ENOMEM;
	}
	*ret_marked = 0;
	*ret_denied = ~0ULL;
	while (fgets(line, sizeof(line), f)) {
		unsigned long long denied;

		if (sscanf(line, "%*d %*d %llx", &denied) == 1) {
			++*ret_marked;
			*ret_denied &= denied;
		}
	}
	(void)fclose(f);
	return 0;
}
