// SPDX-License-Identifier: BSD-2-Clause
/*
 * configure: one container by lockdown-runtime before any engine relies on it.
 *
 * Its process has every capability and all devices, and is lockdown-hook
 * itself, the one static program at hand: "lockdown-hook try" makes calls that
 * a locked-down kernel refuses and tells their errnos. The same container by
 * crun or runc alone shows whether it was lockdown-runtime that refused them.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../oci-hooks/file.h"
#include "configure.h"
#include "ctl.h"
#include "util.h"

enum { RUN_SECONDS = 60, PROGRAM_MAX = 64 << 20 };

static long now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec;
}

static void read_until(int fd, char *ret, size_t size, long deadline, bool *ret_late)
{
	char rest[4096];
	size_t used = 0;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		const bool room = used + 1 < size;
		const long left = deadline - now();
		ssize_t n;

		*ret_late = left <= 0 || poll(&p, 1, (int)left * 1000) == 0;
		if (*ret_late)
			break;
		n = read(fd, room ? ret + used : rest, room ? size - 1 - used : sizeof(rest));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		used += room ? (size_t)n : 0;
	}
	ret[used] = '\0';
}

int run_program(const char *const *argv, char *ret, size_t size, int seconds)
{
	int ends[2], status;
	bool late;
	pid_t pid;

	*ret = '\0';
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid == 0) {
		const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

		(void)dup2(null, STDIN_FILENO);
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)dup2(ends[1], STDERR_FILENO);
		(void)setpgid(0, 0);
		(void)execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	(void)close(ends[1]);
	if (pid < 0) {
		const int saved = errno;

		(void)close(ends[0]);
		return -saved;
	}
	read_until(ends[0], ret, size, now() + seconds, &late);
	(void)close(ends[0]);
	if (late)
		(void)kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (late)
		return -ETIMEDOUT;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- the bundle --------------------------------------------------------- */

static const char config[] =
	"{\"ociVersion\": \"1.0.0\", \"process\": {\"user\": {\"uid\": 0, \"gid\": 0}, \"args\": [\"/try\", \"try\"], "
	"\"env\": [\"PATH=/\"], \"cwd\": \"/\", \"capabilities\": {\"bounding\": [%1$s], \"effective\": [%1$s], "
	"\"permitted\": [%1$s]}}, \"root\": {\"path\": \"rootfs\"}, "
	"\"mounts\": [{\"destination\": \"/proc\", \"type\": \"proc\", \"source\": \"proc\"}, "
	"{\"destination\": \"/dev\", \"type\": \"tmpfs\", \"source\": \"tmpfs\", "
	"\"options\": [\"nosuid\", \"mode=755\"]}], "
	"\"linux\": {\"namespaces\": [{\"type\": \"pid\"}, {\"type\": \"mount\"}, {\"type\": \"ipc\"}, {\"type\": "
	"\"uts\"}], "
	"\"devices\": [{\"path\": \"/dev/mem\", \"type\": \"c\", \"major\": 1, \"minor\": 1, \"fileMode\": 384}], "
	"\"resources\": {\"devices\": [{\"allow\": true, \"access\": \"rwm\"}]}}}\n";
#define CAPS "\"CAP_SYS_BOOT\", \"CAP_SYS_RAWIO\", \"CAP_SYS_ADMIN\", \"CAP_SYS_MODULE\", \"CAP_MKNOD\""

static int write_file(const char *dir, const char *name, const char *text, size_t len, mode_t mode)
{
	lkd_autofree char *path = text_make("%s/%s", dir, name);
	lkd_autofd fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode) : -EBADF;

	return fd < 0 ? -errno : lkd_write_all(fd, text, len);
}

static int copy_program(const struct conf *c, const char *dir)
{
	lkd_autofree char *path = text_make("%s/lockdown-hook", c->bindir), *bytes = NULL;
	lkd_autofd fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -EBADF;
	size_t len;

	bytes = fd < 0 ? NULL : lkd_read_whole(fd, PROGRAM_MAX, &len);
	return bytes ? write_file(dir, "rootfs/try", bytes, len, 0755) : -errno;
}

static int make_bundle(const struct conf *c, const char *dir)
{
	lkd_autofree char *root = text_make("%s/rootfs", dir), *text = text_make(config, CAPS);
	int r;

	if (!root || !text)
		return -ENOMEM;
	if (mkdir(root, 0755))
		return -errno;
	r = copy_program(c, dir);
	return r ? r : write_file(dir, "config.json", text, strlen(text), 0600);
}

static void remove_bundle(const char *dir)
{
	static const char *const parts[] = {"rootfs/try", "rootfs/dev/mem", "config.json"};
	static const char *const dirs[] = {("rootfs" LKD_IN_CONTAINER), "rootfs/dev", "rootfs/proc", "rootfs/sys", "rootfs", ""};
	char path[PATH_MAX];

	for (size_t i = 0; i < LKD_N(parts); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, parts[i]);
		(void)unlink(path);
	}
	for (size_t i = 0; i < LKD_N(dirs); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, dirs[i]);
		(void)rmdir(path);
	}
}

/* ---- running and judging ------------------------------------------------ */

/** struct tried - what a container's process told */
struct tried {
	int caps;
	size_t n;
	struct {
		char name[16];
		int error; /* 0 = done */
	} call[8];
};

/* "caps=1 kexec_load=1 ...", as lockdown-hook prints it */
static bool parse_tried(const char *told, struct tried *ret)
{
	int n = 0;

	*ret = (struct tried){.n = 0};
	if (sscanf(told, "caps=%d%n", &ret->caps, &n) != 1)
		return false;
	while (ret->n < LKD_N(ret->call)) {
		told += n;
		if (sscanf(told, " %15[^= \n]=%d%n", ret->call[ret->n].name, &ret->call[ret->n].error, &n) != 2)
			break;
		ret->n++;
	}
	return ret->n > 0;
}

static int try_with(const char *runtime, const char *dir, struct tried *ret, char *said, size_t size)
{
	lkd_autofree char *id = text_make("lockdown-configure-%d", (int)getpid());
	const char *const run[] = {runtime, "run", "--bundle", dir, id, NULL};
	const char *const delete[] = {runtime, "delete", "-f", id, NULL};
	char rest[1024], *told;
	const int r = id ? run_program(run, said, size, RUN_SECONDS) : -ENOMEM;

	if (r && id)
		(void)run_program(delete, rest, sizeof(rest), RUN_SECONDS);
	told = r ? NULL : strstr(said, "caps=");
	if (told && parse_tried(told, ret))
		return 0;
	said[strcspn(said, "\n")] = '\0';
	return r == 127 && !*said ? -ENOENT : -EIO;
}

static bool missing(int error) /* in this kernel, for everybody */
{
	return error == ENOSYS || error == ENXIO || error == ENOENT || error == ENODEV;
}

static const char *list_calls(const struct tried *t, char *ret, size_t size)
{
	size_t used = 0;

	*ret = '\0';
	for (size_t i = 0; i < t->n && used < size; i++)
		used += (size_t)snprintf(ret + used, size - used, "%s%s %s", i ? ", " : "", t->call[i].name,
					 t->call[i].error ? strerrorname_np(t->call[i].error) : "done");
	return ret;
}

/* 1 if something was refused that the kernel has, 0 if it has none of it */
static int judge(const struct tried *t, struct lkd_err *e)
{
	char text[256];
	int held = 0;

	if (!t->caps)
		return lkd_err_set(e, EIO, "the test container's process had no capabilities: nothing is shown by it");
	for (size_t i = 0; i < t->n; i++) {
		held |= t->call[i].error == EPERM;
		if (t->call[i].error != EPERM && !missing(t->call[i].error))
			return lkd_err_set(e, EPERM, "a container of lockdown-runtime is not confined: %s",
					   list_calls(t, text, sizeof(text)));
	}
	(void)printf(
		held ? "verified: a container of lockdown-runtime, with all capabilities and devices, is refused: %s\n"
		     : "not verified: what the test container tries, this kernel has for nobody: %s\n",
		list_calls(t, text, sizeof(text)));
	return held;
}

static void tell_free(const struct tried *held, const struct tried *t, const char *runtime)
{
	char text[256];
	bool same = held->n == t->n;

	for (size_t i = 0; i < t->n && same; i++)
		same = held->call[i].error == t->call[i].error;
	(void)printf("  without lockdown-runtime (%s): %s%s\n", runtime, list_calls(t, text, sizeof(text)),
		     same ? "; so it is the host that refuses them to everybody, and of lockdown-runtime only that it "
			    "makes containers was seen"
			  : "");
}

/* by the runtime that lockdown-runtime becomes; lockdown-runtime itself says what is wrong with its configuration */
static int try_free(const char *dir, const char **ret_runtime, const json_t *own, struct tried *ret)
{
	const char *const names[] = {json_string_value(json_object_get(own, "runtime")), "crun", "runc"};
	char said[4096];

	for (size_t i = 0; i < LKD_N(names); i++) {
		*ret_runtime = names[i];
		if (names[i] && !try_with(names[i], dir, ret, said, sizeof(said)))
			return 0;
	}
	return -EIO;
}

int verify_runtime(const struct conf *c, struct lkd_err *e)
{
	lkd_autofree char *runtime = text_make("%s/lockdown-runtime", c->bindir);
	const char *const version[] = {runtime, "--lockdown-version", NULL};
	char dir[] = "/var/lib/lockdown-configure.XXXXXX", said[4096];
	json_auto_t *own = json_load_file("/etc/container-lockdown/config.json", 0, NULL);
	struct tried held, without;
	const char *other;
	int r;

	if (!runtime || run_program(version, said, sizeof(said), RUN_SECONDS) ||
	    strncmp(said, "lockdown-runtime ", 17) != 0)
		return lkd_err_set(e, EIO, "%s does not run", runtime ? runtime : "lockdown-runtime");
	/* not below /run, which may be mounted noexec */
	if (!mkdtemp(dir))
		return lkd_err_set(e, errno, "make a directory for a test container in /var/lib");
	r = make_bundle(c, dir);
	if (r < 0)
		r = lkd_err_set(e, -r, "make a test container in %s", dir);
	else if (try_with(runtime, dir, &held, said, sizeof(said)) < 0)
		r = lkd_err_set(e, EIO, "lockdown-runtime cannot make a container: %.300s", said);
	else
		r = judge(&held, e);
	if (r == 1) { /* lockdown-runtime has edited the first one */
		lkd_autofree char *text = text_make(config, CAPS);

		if (text && !write_file(dir, "config.json", text, strlen(text), 0600) &&
		    !try_free(dir, &other, own, &without))
			tell_free(&held, &without, other);
		else
			(void)puts("  (no such container without lockdown-runtime to compare it with)");
	}
	if (r >= 0)
		(void)puts("  not tried: a container made by the engine itself");
	remove_bundle(dir);
	return r < 0 ? r : 0;
}
