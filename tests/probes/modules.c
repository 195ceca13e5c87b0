// SPDX-License-Identifier: BSD-2-Clause
/* MODULE_SIGNATURE, and MODULE_PARAMETERS as far as loading goes. */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "probes.h"

#define MODULE_INIT_IGNORE_VERMAGIC_	2

static const char marker[] = "~Module signature appended~\n";

/* nftw() has no argument for the callback. */
static struct {
	const char	*name;
	char		path[512];
	bool		compressed;
} found;

/* "a-b" and "a_b" are one module; "-" in file names is the author's choice. */
static bool same_module(const char *file, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char f = file[i] == '-' ? '_' : file[i];
		char n = name[i] == '-' ? '_' : name[i];

		if (f != n)
			return false;
	}
	return true;
}

static int visit(const char *path, const struct stat *st, int type,
		 struct FTW *ftw)
{
	const char *base = path + ftw->base;
	size_t len = strlen(found.name);

	(void) st;
	if (type != FTW_F || strlen(base) < len + 3 ||
	    !same_module(base, found.name, len) ||
	    strncmp(base + len, ".ko", 3))
		return 0;
	snprintf(found.path, sizeof(found.path), "%s", path);
	found.compressed = base[len + 3] != '\0';
	/* Go on when compressed: a plain copy elsewhere is better. */
	return !found.compressed;
}

/*
 * module_find() - the file of a module
 *
 * Return: 0, or -1 with errno: ENOENT, or ENOEXEC when there is only a
 * compressed one: letting the kernel decompress would be another interface.
 */
int module_find(const char *name, char *ret_path, size_t size)
{
	char running[320];
	const char *dirs[] = { running, "/lib/modules" };
	struct utsname u;
	size_t count = N_OF(dirs);

	uname(&u);
	snprintf(running, sizeof(running), "/lib/modules/%s", u.release);
	if (opt.module_dir) {
		dirs[0] = opt.module_dir;
		count = 1;
	}
	memset(&found, 0, sizeof(found));
	found.name = name;
	for (size_t i = 0; i < count; i++)
		if (nftw(dirs[i], visit, 16, FTW_PHYS) == 1)
			break;
	if (!found.path[0] || found.compressed) {
		errno = found.compressed ? ENOEXEC : ENOENT;
		return -1;
	}
	snprintf(ret_path, size, "%s", found.path);
	return 0;
}

/*
 * module_ready() - find a module that is not loaded now
 *
 * Return: whether the probe can go on; if not, @res says why.
 */
bool module_ready(struct result *res, const char *name, char *path, size_t size)
{
	char sysfs[96];

	if (module_find(name, path, size) < 0) {
		if (errno == ENOEXEC)
			res_skip(res, "%s.ko is compressed", name);
		else
			res_skip(res, "no %s.ko", name);
		return false;
	}
	snprintf(sysfs, sizeof(sysfs), "/sys/module/%s/initstate", name);
	if (path_exists(sysfs)) {
		res_skip(res, "%s is loaded already", name);
		return false;
	}
	return true;
}

int module_finit(const char *path, const char *params, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc, saved;

	if (fd < 0)
		return -1;
	rc = syscall(SYS_finit_module, fd, params, flags);
	saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

void module_unload(const char *name)
{
	char buf[64];

	snprintf(buf, sizeof(buf), "%s", name);
	for (char *p = buf; *p; p++)
		if (*p == '-')
			*p = '_';
	(void) syscall(SYS_delete_module, buf, O_NONBLOCK);
}

/*
 * Load what the module at @path names in its "depends=" line, deepest first.
 * What was there before is left alone, then and later.
 */
int module_load_deps(const char *path, struct module_stack *st)
{
	size_t len;
	char *image = read_whole(path, &len), *deps, *name, *save;
	int rc = 0;

	if (!image)
		return -1;
	deps = memmem(image, len, "\0depends=", 9);
	deps = strdup(deps ? deps + 9 : "");
	free(image);
	for (name = strtok_r(deps, ",", &save); name && !rc;
	     name = strtok_r(NULL, ",", &save)) {
		char dep[512];

		if (module_find(name, dep, sizeof(dep)) < 0) {
			/* Built in, or loaded from where we cannot look. */
			continue;
		}
		rc = module_load_deps(dep, st);
		if (rc)
			break;
		if (!module_finit(dep, "", 0)) {
			if (st->count < (int) N_OF(st->name))
				snprintf(st->name[st->count++],
					 sizeof(st->name[0]), "%.63s", name);
		} else if (errno != EEXIST) {
			rc = -1;
		}
	}
	free(deps);
	return rc;
}

void module_unload_deps(struct module_stack *st)
{
	while (st->count)
		module_unload(st->name[--st->count]);
}

/* Garbage that is not even an ELF file: ENOEXEC once the signature is no issue. */
static void garbage_result(struct result *res, long rc)
{
	if (rc < 0 && errno == ENOSYS)
		return res_step(res, errno, "the kernel has no modules");
	res_rc(res, rc);
}

void probe_init_garbage(struct result *res, const char *arg)
{
	char zeros[128] = "";

	(void) arg;
	garbage_result(res, syscall(SYS_init_module, zeros, sizeof(zeros), ""));
}

void probe_finit_garbage(struct result *res, const char *arg)
{
	char zeros[128] = "";
	int fd = memfd_readonly(zeros, sizeof(zeros));

	(void) arg;
	if (fd < 0)
		return res_step(res, errno, "memfd");
	garbage_result(res, syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

/* A small module without parameters that matter and without hardware. */
#define SIGNED_MODULE	"nlmon"

static char *signed_image(struct result *res, size_t *ret_len)
{
	char path[512], *image;

	if (!module_ready(res, SIGNED_MODULE, path, sizeof(path)))
		return NULL;
	image = read_whole(path, ret_len);
	if (!image) {
		res_step(res, errno, "read " SIGNED_MODULE ".ko");
		return NULL;
	}
	if (*ret_len < 4096 || memcmp(image + *ret_len - (sizeof(marker) - 1),
				      marker, sizeof(marker) - 1)) {
		res_skip(res, SIGNED_MODULE ".ko is not signed");
		free(image);
		return NULL;
	}
	return image;
}

static void load_result(struct result *res, const char *name, long rc)
{
	res_rc(res, rc);
	if (!rc)
		module_unload(name);
}

/* arg: "asis", "cut" (without the marker) or "flipped" (one byte) */
void probe_init_signed(struct result *res, const char *arg)
{
	size_t len;
	char *image = signed_image(res, &len);

	if (!image)
		return;
	if (*arg == 'c')
		len -= sizeof(marker) - 1;
	if (*arg == 'f')
		image[len / 2] ^= 0x55;
	load_result(res, SIGNED_MODULE,
		    syscall(SYS_init_module, image, len, ""));
	free(image);
}

/* arg: flags, one digit */
void probe_finit_signed(struct result *res, const char *arg)
{
	char path[512];

	if (!module_ready(res, SIGNED_MODULE, path, sizeof(path)))
		return;
	load_result(res, SIGNED_MODULE, module_finit(path, "", *arg - '0'));
}

/* arg: "MODULE" or "MODULE PARAMETER=VALUE" */
void probe_module_load(struct result *res, const char *arg)
{
	struct module_stack deps = { 0 };
	char name[64], path[512];
	const char *params = strchr(arg, ' ');

	snprintf(name, sizeof(name), "%.*s",
		 (int) (params ? params - arg : (long) strlen(arg)), arg);
	params = params ? params + 1 : "";
	if (!module_ready(res, name, path, sizeof(path)))
		return;
	if (module_load_deps(path, &deps) < 0)
		res_step(res, errno, "load what %s.ko needs", name);
	else
		load_result(res, name, module_finit(path, params, 0));
	module_unload_deps(&deps);
}

/* Write back what was read; arg: sysfs path of a hardware parameter. */
void probe_param_write(struct result *res, const char *arg)
{
	char text[64];
	ssize_t n = read_text(AT_FDCWD, arg, text, sizeof(text));
	int fd;

	if (n < 0)
		return res_step(res, errno, "read %s", arg);
	fd = open(arg, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return res_step(res, errno, "open %s", arg);
	res_rc(res, write(fd, text, n));
	close(fd);
}
