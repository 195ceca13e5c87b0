// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "util.h"

#define DEFAULT_POLICY "privileged-default"

enum { CONFIG_MAX = 1 << 16, POLICY_NAME_MAX = 255 };

char *lkd_read_whole(int fd, size_t most, size_t *ret_len)
{
	size_t len = 0, room = 64 << 10;
	char *buf = malloc(room);

	while (buf) {
		const ssize_t n = read(fd, buf + len, room - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n < 0)
				break;
			buf[len] = '\0';
			*ret_len = len;
			return buf;
		}
		len += (size_t)n;
		if (len > most) {
			errno = EFBIG;
			break;
		}
		if (len == room - 1) {
			char *more = realloc(buf, room *= 2);

			if (!more)
				break;
			buf = more;
		}
	}
	free(buf);
	return NULL;
}

/* ---- the configuration ------------------------------------------------ */

struct key {
	const char *name;
	const char *expected;
	bool (*take)(struct lkd_config *c, const json_t *v);
};

static bool copy_text(char *ret, size_t size, const json_t *v)
{
	return json_is_string(v) && json_string_length(v) < size && *json_string_value(v) &&
	       snprintf(ret, size, "%s", json_string_value(v)) > 0;
}

static bool take_policy(struct lkd_config *c, const json_t *v)
{
	return copy_text(c->policy, sizeof(c->policy), v);
}

static bool take_annotations(struct lkd_config *c, const json_t *v)
{
	c->annotations = json_is_true(v);
	return json_is_boolean(v);
}

static bool take_cgroupns(struct lkd_config *c, const json_t *v)
{
	c->cgroupns = json_is_true(v);
	return json_is_boolean(v);
}

static bool take_runtime(struct lkd_config *c, const json_t *v)
{
	return copy_text(c->runtime, sizeof(c->runtime), v) && c->runtime[0] == '/';
}

static const struct key keys[] = {
	{"policy", "a policy's name or file", take_policy},
	{"annotations", "true or false", take_annotations},
	{"cgroupns", "true or false", take_cgroupns},
	{"runtime", "the path of crun or runc", take_runtime},
};

static int take_key(struct lkd_config *c, const char *name, const json_t *v, struct lkd_err *e)
{
	for (size_t i = 0; i < LKD_N(keys); i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (keys[i].take(c, v))
			return 0;
		return lkd_err_set(e, EINVAL, "%s: key '%s': expected %s", LKD_CONFIG_FILE, name, keys[i].expected);
	}
	return lkd_err_set(e, EINVAL, "%s: unknown key '%s'", LKD_CONFIG_FILE, name);
}

int lkd_config_read(struct lkd_config *ret, struct lkd_err *e)
{
	lkd_autofd fd = open(LKD_CONFIG_FILE, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	json_auto_t *root = NULL;
	lkd_autofree char *text = NULL;
	json_error_t je;
	const char *key;
	size_t len;
	json_t *v;
	int r = 0;

	*ret = (struct lkd_config){.policy = DEFAULT_POLICY, .cgroupns = true};
	if (fd < 0)
		return errno == ENOENT ? 0 : lkd_err_set(e, errno, "open %s", LKD_CONFIG_FILE);
	text = lkd_read_whole(fd, CONFIG_MAX, &len);
	root = text ? json_loadb(text, len, JSON_REJECT_DUPLICATES, &je) : NULL;
	if (!json_is_object(root))
		return lkd_err_set(e, EINVAL, "%s: not a JSON object of at most %d bytes", LKD_CONFIG_FILE, CONFIG_MAX);
	json_object_foreach(root, key, v)
	{
		if (!r)
			r = take_key(ret, key, v, e);
	}
	return r;
}

static bool policy_name(const char *s)
{
	return *s && *s != '.' && strlen(s) <= POLICY_NAME_MAX &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == strlen(s);
}

int lkd_config_choose(struct lkd_config *c, const json_t *holder, struct lkd_err *e)
{
	const json_t *v = json_object_get(json_object_get(holder, "annotations"), LKD_ANNOTATION);

	if (!v || !c->annotations)
		return 0;
	if (!json_is_string(v) || !policy_name(json_string_value(v)))
		return lkd_err_set(e, EINVAL, "annotation %s: not a policy's name", LKD_ANNOTATION);
	(void)snprintf(c->policy, sizeof(c->policy), "%s", json_string_value(v));
	return 0;
}

/* ---- a container's config --------------------------------------------- */

int lkd_efi_test_minor(void)
{
	lkd_autofile *f = fopen("/proc/misc", "re");
	char name[64];
	int minor;

	while (f && fscanf(f, "%d %63s", &minor, name) == 2)
		if (!strcmp(name, "efi_test"))
			return minor;
	return -1;
}

static int edit(struct lkd_oci *oci, struct lkd_config *c, const char *hook, bool log, union lkd_planbuf *plan,
		bool *ret_changed, struct lkd_err *e)
{
	struct lkd_request request = {.engine = "auto", .policy = c->policy, .container = 1};
	struct lkd_edit ed = {.hook = hook, .cgroupns = c->cgroupns, .log = log};
	int r = lkd_config_choose(c, oci->root, e);

	if (r < 0)
		return r;
	r = lkd_getplan(&request, false, plan, e);
	if (r < 0)
		return r == -ECHILD ? r : lkd_err_wrap(e, r, "policy '%s'", c->policy);
	ed.calls = lkd_planbin_calls(&plan->plan);
	ed.n_calls = plan->plan.n_calls;
	ed.devices = lkd_planbin_devices(&plan->plan);
	ed.n_devices = plan->plan.n_devices;
	ed.efi_test_minor = ed.n_devices ? lkd_efi_test_minor() : -1;
	return lkd_oci_edit(oci, &ed, ret_changed, e);
}

int lkd_config_edit(const char *text, size_t len, struct lkd_config *c, const char *hook, bool log,
		    union lkd_planbuf *plan, char **ret, size_t *ret_len, struct lkd_err *e)
{
	lkd_cleanup(lkd_oci_free) struct lkd_oci oci;
	bool changed = false;
	int r;

	*ret = NULL;
	r = lkd_oci_parse(text, len, &oci, e);
	if (r >= 0)
		r = edit(&oci, c, hook, log, plan, &changed, e);
	if (r >= 0 && changed)
		r = lkd_oci_print(&oci, ret, ret_len, e);
	return r < 0 ? r : 0;
}
