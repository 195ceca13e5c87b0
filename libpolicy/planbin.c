// SPDX-License-Identifier: BSD-2-Clause
/* Reading a plan's binary form: no library, no allocation. See planbin.h. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <lockdown/planbin.h>

_Static_assert(sizeof(struct lkd_planbin) % sizeof(uint64_t) == 0, "the filter follows without padding");

/* HOST and BROKER of enum lkd_engine, whose header is not for programs this small; planbin_write.c asserts it */
enum { ENGINE_FIRST = 1, ENGINE_LAST = 3 };

uint32_t lkd_crc32(uint32_t crc, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	crc = ~crc;
	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static uint32_t crc_of(const struct lkd_planbin *b)
{
	const uint32_t zero = 0;
	const size_t at = offsetof(struct lkd_planbin, crc), after = at + sizeof(b->crc);
	uint32_t crc = lkd_crc32(0, b, at);

	crc = lkd_crc32(crc, &zero, sizeof(zero));
	return lkd_crc32(crc, (const uint8_t *)b + after, b->size - after);
}

static bool ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

/* what is shown to people: nothing for a terminal to obey */
static bool is_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

int lkd_planbin_check(const void *buf, size_t len, const char *kernel, struct lkd_err *e)
{
	const struct lkd_planbin *b = buf;

	if (len < sizeof(*b) || len > LKD_PLANBIN_MAX || memcmp(b->magic, LKD_PLANBIN_MAGIC, sizeof(b->magic)))
		return lkd_err_set(e, EINVAL, "not a plan");
	if (b->version != LKD_PLANBIN_VERSION)
		return lkd_err_set(e, EPROTO, "plan of version %u, this program reads %d", b->version,
				   LKD_PLANBIN_VERSION);
	if (b->size != len || b->n_filter > (len - sizeof(*b)) / sizeof(b->filter[0]) ||
	    sizeof(*b) + b->n_filter * sizeof(b->filter[0]) != len)
		return lkd_err_set(e, EINVAL, "plan is cut: %zu bytes, it says %u", len, b->size);
	if (crc_of(b) != b->crc)
		return lkd_err_set(e, EINVAL, "plan was altered: its checksum does not match");
	if (b->engine < ENGINE_FIRST || b->engine > ENGINE_LAST)
		return lkd_err_set(e, EINVAL, "plan for an unknown engine");
	if (b->broker & ~LKD_BROKER_ALL || (b->broker && (b->engine != ENGINE_LAST || !b->n_filter)))
		return lkd_err_set(e, EINVAL, "plan asks for a broker that this program does not have");
	if (!ends(b->kernel, sizeof(b->kernel)) || !ends(b->policy, sizeof(b->policy)) ||
	    !ends(b->request, sizeof(b->request)) || !ends(b->note, sizeof(b->note)))
		return lkd_err_set(e, EINVAL, "plan holds a text without end");
	if (!is_line(b->kernel) || !is_line(b->policy) || !is_line(b->note))
		return lkd_err_set(e, EINVAL, "plan holds a text that is not one line");
	for (size_t i = 0; i < LKD_PLANBIN_SOURCES; i++)
		if (!ends(b->sources[i].path, sizeof(b->sources[i].path)))
			return lkd_err_set(e, EINVAL, "plan holds a text without end");
	if (b->n_filter && (b->filter[b->n_filter - 1].code & 0x07) != 0x06 /* BPF_CLASS == BPF_RET */)
		return lkd_err_set(e, EINVAL, "plan holds a filter without end");
	if (kernel && strcmp(kernel, b->kernel))
		return lkd_err_set(e, ESTALE, "plan is for the kernel '%s', this is '%s'", b->kernel, kernel);
	return 0;
}

static size_t add_words(char *buf, size_t size, size_t len, const char *key, const char *const *words)
{
	for (; *words && len < size; words++) {
		if (strchr(*words, ' ')) /* could be read as another word: two requests, one line */
			return size;
		len += (size_t)snprintf(buf + len, size - len, " %s=%s", key, *words);
	}
	return len;
}

int lkd_request_text(const struct lkd_request *r, char *buf, size_t size)
{
	size_t len = (size_t)snprintf(buf, size, "engine=%s", r->engine);
	const char *one[2] = { r->policy, NULL };

	if (strchr(r->engine, ' '))
		return -E2BIG;
	len = add_words(buf, size, len, "policy", one);
	one[0] = r->level;
	len = add_words(buf, size, len, "level", one);
	len = add_words(buf, size, len, "allow", r->allow);
	len = add_words(buf, size, len, "gap", r->gaps);
	return len < size ? 0 : -E2BIG;
}

void lkd_request_path(const char *text, char *buf, size_t size)
{
	uint64_t h = 0xcbf29ce484222325ULL; /* FNV-1a; the plan itself holds the whole line */

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 0x100000001b3ULL;
	(void)snprintf(buf, size, "%s/%016llx.plan", LKD_PLAN_DIR, (unsigned long long)h);
}
