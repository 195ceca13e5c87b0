// SPDX-License-Identifier: BSD-2-Clause
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stddef.h>
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

/*
 * Where runtimes make a container's cgroups: in v2 where that is mounted at the
 * usual place, else in v1, whatever of v2 is mounted beside it. Each gives a
 * container a cgroup of its own in the hierarchy of the devices controller.
 */
static const struct hierarchy {
	const char *root;
	long magic;
	const char *controller; /* in /proc/PID/cgroup; "" = v2 */
	const char *threads;	/* the file that lists them */
	__u64 tag;
} hierarchies[] = {
	{"/sys/fs/cgroup", CGROUP2_SUPER_MAGIC, "", "cgroup.threads", 0},
	{"/sys/fs/cgroup/devices", CGROUP_SUPER_MAGIC, "devices", "tasks", LKD_CGROUP_V1},
};

static const struct hierarchy *the_hierarchy(void)
{
	struct statfs fs;

	for (size_t i = 0; i < LKD_N(hierarchies); i++)
		if (!statfs(hierarchies[i].root, &fs) && fs.f_type == hierarchies[i].magic)
			return &hierarchies[i];
	return NULL;
}

bool lkd_container_v1(void)
{
	const struct hierarchy *h = the_hierarchy();

	return h && h->tag;
}

static const struct hierarchy *hierarchy_of(__u64 cgroup_id)
{
	return &hierarchies[cgroup_id & LKD_CGROUP_V1 ? 1 : 0];
}

/* "NUMBER:CONTROLLERS:PATH" of a hierarchy; the path, or NULL */
static char *path_in(char *line, const struct hierarchy *h)
{
	char *word = strchr(line, ':'), *path = word ? strchr(word + 1, ':') : NULL, *save = NULL;

	if (!path)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	*path++ = '\0';
	word++;
	if (!*h->controller)
		return !*word ? path : NULL;
	for (word = strtok_r(word, ",", &save); word; word = strtok_r(NULL, ",", &save))
		if (!strcmp(word, h->controller))
			return path;
	return NULL;
}

int lkd_container_dir(pid_t pid, char *ret, size_t size)
{
	char path[64], line[PATH_MAX], *in;
	const struct hierarchy *h = the_hierarchy();
	lkd_autofile *f = NULL;

	if (!h)
		return -ENOENT;
	(void)snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -ENOENT;
	while (fgets(line, sizeof(line), f)) {
		in = path_in(line, h);
		if (!in)
			continue;
		/* "/../x" is a cgroup outside our own cgroup namespace; the root holds everybody */
		if (*in != '/' || !in[1] || strstr(in, "/.."))
			return -EINVAL;
		return (size_t)snprintf(ret, size, "%s%s", h->root, in) < size ? 0 : -ENAMETOOLONG;
	}
	return -ENOENT;
}

int lkd_container_cgroup(const char *dir, __u64 *ret_id)
{
	const struct hierarchy *h = the_hierarchy();
	struct stat st;

	if (!h || stat(dir, &st) || !S_ISDIR(st.st_mode))
		return -ENOENT;
	*ret_id = st.st_ino | h->tag;
	return 0;
}

#define FILEID_KERNFS 0xfe /* linux/exportfs.h */

/* a descriptor with O_PATH, or -errno; -ESTALE: there is none */
static int open_cgroup(__u64 cgroup_id)
{
	struct {
		struct file_handle h;
		__u64 id;
	} handle = {.h = {.handle_bytes = sizeof(__u64), .handle_type = FILEID_KERNFS}};
	lkd_autofd mnt = open(hierarchy_of(cgroup_id)->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (mnt < 0)
		return -ENOENT;
	cgroup_id &= ~LKD_CGROUP_V1;
	memcpy(handle.h.f_handle, &cgroup_id, sizeof(cgroup_id));
	fd = open_by_handle_at(mnt, &handle.h, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int lkd_container_path(__u64 cgroup_id, char *ret, size_t size)
{
	lkd_autofd fd = open_cgroup(cgroup_id);
	const char *root = hierarchy_of(cgroup_id)->root;
	char link[64], path[PATH_MAX];
	ssize_t n;

	if (fd < 0)
		return fd == -ESTALE ? -ENOENT : fd;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	(void)snprintf(ret, size, "%s", !strncmp(path, root, strlen(root)) ? path + strlen(root) : path);
	return 0;
}

unsigned lkd_container_threads(__u64 cgroup_id)
{
	lkd_autofd dir = open_cgroup(cgroup_id);
	int tid, fd = dir < 0 ? -1 : openat(dir, hierarchy_of(cgroup_id)->threads, O_RDONLY | O_CLOEXEC);
	lkd_autofile *f = fd < 0 ? NULL : fdopen(fd, "r");
	unsigned n = 0;

	if (fd >= 0 && !f)
		(void)close(fd);
	while (f && fscanf(f, "%d", &tid) == 1)
		n++;
	return n;
}

int lkd_container_exists(__u64 cgroup_id)
{
	lkd_autofd fd = open_cgroup(cgroup_id);

	return fd >= 0 ? 1 : fd == -ESTALE ? 0 : fd;
}

/* the beginning of a cgroup's file; its length, 0 when the cgroup is gone, or -errno */
static ssize_t read_control(int dir, const char *name, char *ret, size_t size)
{
	lkd_autofd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : -errno;
	n = read(fd, ret, size - 1);
	if (n < 0)
		return errno == ENODEV ? 0 : -errno;
	ret[n] = '\0';
	return n;
}

/* v1 has no file that tells whether there are processes below */
static int has_process(int dir, int depth)
{
	char text[64];
	ssize_t r = read_control(dir, "cgroup.procs", text, sizeof(text));
	struct dirent *d;
	DIR *list;
	int fd;

	if (r || !depth)
		return r > 0 ? 1 : (int)r;
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list = fd < 0 ? NULL : fdopendir(fd);
	if (!list)
		return errno == ENOENT ? 0 : -errno;
	while (!r && (d = readdir(list))) {
		if (d->d_type == DT_DIR && d->d_name[0] != '.') {
			lkd_autofd below = openat(dir, d->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);

			r = below < 0 ? 0 : has_process(below, depth - 1);
		}
	}
	(void)closedir(list);
	return (int)r;
}

int lkd_container_lives(__u64 cgroup_id)
{
	lkd_autofd dir = open_cgroup(cgroup_id);
	char text[128];
	ssize_t n;

	if (dir < 0)
		return dir == -ESTALE ? 0 : dir;
	if (cgroup_id & LKD_CGROUP_V1)
		return has_process(dir, LKD_CGROUP_DEPTH);
	n = read_control(dir, "cgroup.events", text, sizeof(text));
	return n <= 0 ? (int)n : strstr(text, "populated 1") != NULL;
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

/* @which: LKD_REGISTERED_*, 0 = none is left; -EXDEV while there are some of the other kind */
static int set_registered(uint32_t which)
{
	lkd_autofd fd = open_pin("registered");
	uint32_t zero = 0, has = 0;

	if (fd < 0)
		return fd;
	if (which && !map_call(BPF_MAP_LOOKUP_ELEM, fd, &zero, &has, 0) && has & ~which)
		return -EXDEV;
	return map_call(BPF_MAP_UPDATE_ELEM, fd, &zero, &which, BPF_ANY);
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
	r = set_registered(cgroup_id & LKD_CGROUP_V1 ? LKD_REGISTERED_V1 : LKD_REGISTERED_V2);
	return r < 0 ? r : map_call(BPF_MAP_UPDATE_ELEM, fd, &cgroup_id, c, BPF_NOEXIST);
}

int lkd_container_get(__u64 cgroup_id, struct lkd_container *ret)
{
	lkd_autofd fd = open_pin("containers");

	return fd < 0 ? fd : map_call(BPF_MAP_LOOKUP_ELEM, fd, &cgroup_id, ret, 0);
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

/* ---- the catch-all rule ------------------------------------------------ */

static int exempt_key(const char *path, struct lkd_sealed_key *ret)
{
	size_t level = 0, n;

	memset(ret, 0, sizeof(*ret));
	for (; *path == '/' && path[1]; path += n, level++) {
		path++;
		n = strcspn(path, "/");
		if (!n || n >= LKD_CGROUP_NAME_MAX)
			return -EINVAL;
		ret->parent = ret->name;
		ret->name = lkd_hash(path, n);
	}
	ret->magic = LKD_FS_CGROUP2 | (__u64)level << 32;
	return level && !*path ? 0 : -EINVAL;
}

static int forget_exempt(int map)
{
	struct lkd_sealed_key key, *prev = NULL, old[128];
	union bpf_attr attr;
	size_t n = 0;

	for (; n < LKD_N(old); prev = &key) {
		memset(&attr, 0, sizeof(attr));
		attr.map_fd = (uint32_t)map;
		attr.key = (uint64_t)(uintptr_t)prev;
		attr.next_key = (uint64_t)(uintptr_t)&key;
		if (bpf_call(BPF_MAP_GET_NEXT_KEY, &attr) < 0)
			break;
		if ((uint32_t)key.magic == LKD_FS_CGROUP2)
			old[n++] = key;
	}
	for (size_t i = 0; i < n; i++) {
		const int r = map_call(BPF_MAP_DELETE_ELEM, map, &old[i], NULL, 0);

		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

int lkd_catch_all_set(const struct lkd_catch_all *c, const char *const *exempt, size_t n)
{
	static const struct lkd_catch_all nothing;
	lkd_autofd lock = take_lock(), map = open_pin("catch_all"), names = open_pin("sealed");
	const struct lkd_sealed passed = {.guard = 0};
	struct lkd_sealed_key key;
	uint32_t zero = 0;
	int r = lock < 0 ? lock : map < 0 ? map : names < 0 ? names : forget_exempt(names);

	for (size_t i = 0; i < n && !r; i++) {
		r = exempt_key(exempt[i], &key);
		if (!r)
			r = map_call(BPF_MAP_UPDATE_ELEM, names, &key, &passed, BPF_ANY);
	}
	return r < 0 ? r : map_call(BPF_MAP_UPDATE_ELEM, map, &zero, c ? c : &nothing, BPF_ANY);
}

int lkd_catch_all_put(const struct lkd_catch_all *c)
{
	lkd_autofd map = open_pin("catch_all");
	uint32_t zero = 0;

	return map < 0 ? map : map_call(BPF_MAP_UPDATE_ELEM, map, &zero, c, BPF_ANY);
}

int lkd_catch_all_get(struct lkd_catch_all *ret)
{
	lkd_autofd map = open_pin("catch_all");
	uint32_t zero = 0;

	return map < 0 ? map : map_call(BPF_MAP_LOOKUP_ELEM, map, &zero, ret, 0);
}

/* ---- device rules ------------------------------------------------------ */

/* in the same table: room for the rules of all containers in one of their own would be kept for nobody */
static int set_guarded(__u32 program, bool on)
{
	static const struct lkd_container none;
	const __u64 key = LKD_CONTAINER_PROGRAM | program;
	lkd_autofd fd = open_pin("containers");

	if (fd < 0)
		return fd;
	return on ? map_call(BPF_MAP_UPDATE_ELEM, fd, &key, &none, BPF_ANY) :
		    map_call(BPF_MAP_DELETE_ELEM, fd, &key, NULL, 0);
}

int lkd_container_guard(__u32 program)
{
	return set_guarded(program, true);
}

/* ---- marking what is there already ------------------------------------ */

/* over the threads of one process only, or with 0 over all */
static int open_iterator(pid_t tgid)
{
	union bpf_iter_link_info which = {.task = {.pid = (uint32_t)tgid}};
	lkd_autofd prog = open_pin("tasks"), link = -EBADF;
	union bpf_attr attr;

	if (prog < 0)
		return prog;
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (uint32_t)prog;
	attr.link_create.attach_type = BPF_TRACE_ITER;
	if (tgid) {
		attr.link_create.iter_info = (uint64_t)(uintptr_t)&which;
		attr.link_create.iter_info_len = sizeof(which);
	}
	link = bpf_call(BPF_LINK_CREATE, &attr);
	if (link < 0)
		return link;
	memset(&attr, 0, sizeof(attr));
	attr.iter_create.link_fd = (uint32_t)link;
	return bpf_call(BPF_ITER_CREATE, &attr);
}

int lkd_container_adopt(pid_t tgid, unsigned *ret_marked, __u64 *ret_denied)
{
	int fd = open_iterator(tgid); /* marks whom it finds, and prints who is marked */
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

/* one look at all tasks; how many of that cookie lack something of @denied, or -errno */
static int count_loose(__u64 cookie, __u64 denied)
{
	lkd_autofd iter = open_iterator(0);
	char line[256];
	int loose = 0;
	FILE *f;

	if (iter < 0)
		return iter;
	f = fdopen(iter, "r");
	if (!f)
		return -ENOMEM;
	(void)lkd_take_fd(&iter);
	while (fgets(line, sizeof(line), f)) {
		unsigned long long has, whose;

		if (sscanf(line, "%*d %*d %llx %*x %*x %llu", &has, &whose) == 2)
			loose += whose == cookie && (has & denied) != denied;
	}
	(void)fclose(f);
	return loose;
}

int lkd_container_tighten(__u64 cgroup_id, __u64 denied, __u32 seals)
{
	struct lkd_container c;
	int r;

	{
		lkd_autofd lock = take_lock(), fd = -EBADF;

		if (lock < 0)
			return lock;
		fd = open_pin("containers");
		if (fd < 0)
			return fd;
		r = map_call(BPF_MAP_LOOKUP_ELEM, fd, &cgroup_id, &c, 0);
		if (r < 0)
			return r;
		c.denied |= denied;
		c.audited &= ~denied;
		c.seals |= seals;
		r = map_call(BPF_MAP_UPDATE_ELEM, fd, &cgroup_id, &c, BPF_EXIST);
		if (r < 0)
			return r;
	}
	/*
	 * The iterator hands the cgroup's new mask to each task it prints. A child
	 * that is born meanwhile may have its parent's old one: look again until a
	 * look finds none.
	 */
	for (int i = 0; i < 10; i++) {
		r = count_loose(c.cookie, denied);
		if (r <= 0)
			return r;
	}
	return -EAGAIN;
}

/* ---- what is remembered ------------------------------------------------ */

static void file_path(__u64 cgroup_id, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s/%llu", LKD_CONTAINERS_DIR, (unsigned long long)cgroup_id);
}

static const struct {
	const char *key;
	size_t at, size;
} texts[] = {
#define TEXT(field) {#field, offsetof(struct lkd_container_file, field), sizeof(((struct lkd_container_file *)0)->field)}
	TEXT(rule), TEXT(pod), TEXT(image), TEXT(why),
#undef TEXT
};

int lkd_container_remember(const struct lkd_container_file *c)
{
	char path[sizeof(LKD_CONTAINERS_DIR) + 32];
	FILE *f;
	int fd, r;

	(void)mkdir(LOCK_DIR, 0755);
	if (mkdir(LKD_CONTAINERS_DIR, 0700) && errno != EEXIST)
		return -errno;
	file_path(c->cgroup, path, sizeof(path));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return -errno;
	(void)fprintf(f, "%llu %d %lld %u %s %s %u\n", (unsigned long long)c->cgroup, (int)c->pid, c->since, c->level,
		      c->policy, c->id, c->program);
	for (size_t i = 0; i < LKD_N(texts); i++)
		if (*((const char *)c + texts[i].at))
			(void)fprintf(f, "%s %s\n", texts[i].key, (const char *)c + texts[i].at);
	if (!fclose(f))
		return 0;
	r = -errno;
	(void)unlink(path);
	return r;
}

static bool read_file(const char *name, struct lkd_container_file *ret)
{
	char path[PATH_MAX], line[1024];
	lkd_autofile *f = NULL;
	unsigned long long cgroup;
	int pid, n = 0;

	memset(ret, 0, sizeof(*ret));
	(void)snprintf(path, sizeof(path), "%s/%s", LKD_CONTAINERS_DIR, name);
	f = fopen(path, "re");
	if (f && fgets(line, sizeof(line), f))
		n = sscanf(line, "%llu %d %lld %u %255s %255s %u", &cgroup, &pid, &ret->since, &ret->level, ret->policy,
			   ret->id, &ret->program);
	if (n < 6) /* version 0.1.0 wrote six */
		return false;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < LKD_N(texts); i++) {
			const size_t len = strlen(texts[i].key);

			if (!strncmp(line, texts[i].key, len) && line[len] == ' ')
				(void)snprintf((char *)ret + texts[i].at, texts[i].size, "%s", line + len + 1);
		}
	}
	ret->cgroup = cgroup;
	ret->pid = pid;
	return true;
}

int lkd_container_recall(__u64 cgroup_id, struct lkd_container_file *ret)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "%llu", (unsigned long long)cgroup_id);
	return read_file(name, ret) ? 0 : -ENOENT;
}

void lkd_container_forget(__u64 cgroup_id)
{
	char path[sizeof(LKD_CONTAINERS_DIR) + 32];
	struct lkd_container_file c;

	file_path(cgroup_id, path, sizeof(path));
	if (read_file(strrchr(path, '/') + 1, &c) && c.program)
		(void)set_guarded(c.program, false);
	(void)lkd_container_remove(cgroup_id); /* the last: an empty table says that nobody is registered */
	(void)unlink(path);
}

int lkd_container_each(int (*each)(void *arg, const struct lkd_container_file *c), void *arg)
{
	DIR *dir = opendir(LKD_CONTAINERS_DIR);
	struct dirent *d;
	int r = dir || errno == ENOENT ? 0 : -errno;

	while (dir && !r && (d = readdir(dir))) {
		struct lkd_container_file c;

		if (d->d_name[0] == '.')
			continue;
		/* cut short by a hook that was killed: its name still says which cgroup */
		if (!read_file(d->d_name, &c)) {
			c.cgroup = strtoull(d->d_name, NULL, 10);
			(void)snprintf(c.id, sizeof(c.id), "?");
			(void)snprintf(c.policy, sizeof(c.policy), "?");
		}
		r = each(arg, &c);
	}
	if (dir)
		(void)closedir(dir);
	return r;
}
