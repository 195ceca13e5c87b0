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

enum { CONFIG_MAX = 1 << 16 };

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
