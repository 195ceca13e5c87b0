// SPDX-License-Identifier: BSD-2-Clause
/* Reading a plan's binary form: no library, no allocation. See planbin.h. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <lockdown/planbin.h>

_Static_assert(sizeof(struct lkd_planbin) % sizeof(uint64_t) == 0, "the filter follows without padding");
_Static_assert(sizeof(struct sock_filter) % sizeof(uint64_t) == 0 && sizeof(struct lkd_plan_call) == 80 &&
		       sizeof(struct lkd_plan_device) == 16 && sizeof(struct lkd_plan_file) == 64,
	       "so do calls, device rules and files");

/* HOST and BROKER of enum lkd_engine, whose header is not for programs this small; planbin_write.c asserts it */
enum { ENGINE_FIRST = 1, ENGINE_LAST = 3 };

static uint32_t two_digits(uint32_t crc)
{
	/* of four bits */
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	crc = crc >> 4 ^ table[crc & 15];
	return crc >> 4 ^ table[crc & 15];
}

/* four bytes at a time; the tables are made on the stack, as in the file they would be pages to be read */
static uint32_t crc_words(uint32_t crc, const uint8_t **p, size_t *len)
{
	uint32_t table[4][256];

	for (uint32_t i = 0; i < 256; i++)
		table[0][i] = two_digits(i);
	for (int k = 1; k < 4; k++)
		for (uint32_t i = 0; i < 256; i++)
			table[k][i] = table[k - 1][i] >> 8 ^ table[0][table[k - 1][i] & 0xff];
	for (; *len >= 4; *p += 4, *len -= 4) {
		crc ^= (*p)[0] | (uint32_t)(*p)[1] << 8 | (uint32_t)(*p)[2] << 16 | (uint32_t)(*p)[3] << 24;
		crc = table[3][crc & 0xff] ^ table[2][crc >> 8 & 0xff] ^ table[1][crc >> 16 & 0xff] ^ table[0][crc >> 24];
	}
	return crc;
}

uint32_t lkd_crc32(uint32_t crc, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	crc = ~crc;
	if (len >= 2048) /* a start reads some 5000 bytes once */
		crc = crc_words(crc, &p, &len);
	for (; len; len--)
		crc = two_digits(crc ^ *p++);
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

static bool good_calls(const struct lkd_planbin *b)
{
	const struct lkd_plan_call *c = lkd_planbin_calls(b);

	for (size_t i = 0; i < b->n_calls; i++, c++) {
		if (!ends(c->name, sizeof(c->name)) || !c->name[0] ||
		    c->name[strspn(c->name, "abcdefghijklmnopqrstuvwxyz0123456789_")] ||
		    c->what >= LKD_CALL_WHAT_COUNT_ || c->n_args > sizeof(c->args) / sizeof(c->args[0]) ||
		    c->error < 0 || c->error > 4095)
			return false;
		for (size_t j = 0; j < c->n_args; j++)
			if (c->args[j].index > 5 || c->args[j].op >= LKD_CMP_COUNT_)
				return false;
	}
	return true;
}

static bool good_devices(const struct lkd_planbin *b)
{
	const struct lkd_plan_device *d = lkd_planbin_devices(b);

	for (size_t i = 0; i < b->n_devices; i++, d++)
		if ((d->type != 'c' && d->type != 'b') || !d->access ||
		    d->access > 7 || d->major < -1 ||
		    d->minor < LKD_MINOR_EFI_TEST)
			return false;
	return true;
}

/* no way out of the file system that it is of */
static bool good_path(const char *path, bool pattern)
{
	if (*path == '/' || (!pattern && strpbrk(path, "*?[\\")))
		return false;
	for (;;) {
		const size_t n = strcspn(path, "/");

		if (!path[n])
			return n != 2 || strncmp(path, "..", 2) != 0;
		if (!n || !strncmp(path, "..", n))
			return false;
		path += n + 1;
	}
}

static bool good_files(const struct lkd_planbin *b)
{
	const struct lkd_plan_file *f = lkd_planbin_files(b);

	for (size_t i = 0; i < b->n_files; i++, f++)
		if (f->fs >= LKD_TREE_COUNT_ || f->how >= LKD_FILE_HOW_COUNT_ || !f->access || f->access > 3 ||
		    !ends(f->path, sizeof(f->path)) || !is_line(f->path) ||
		    (f->how == LKD_FILE_LANDLOCK && !f->path[0]) || !good_path(f->path, f->how == LKD_FILE_LANDLOCK))
			return false;
	return b->files <= 1 && (!b->n_files || b->files);
}

int lkd_planbin_check(const void *buf, size_t len, const char *kernel, struct lkd_err *e)
{
	const struct lkd_planbin *b = buf;

	if (len < sizeof(*b) || len > LKD_PLANBIN_MAX || memcmp(b->magic, LKD_PLANBIN_MAGIC, sizeof(b->magic)))
		return lkd_err_set(e, EINVAL, "not a plan");
	if (b->version != LKD_PLANBIN_VERSION)
		return lkd_err_set(e, EPROTO, "plan of version %u, this program reads %d", b->version,
				   LKD_PLANBIN_VERSION);
	if (b->size != len || b->n_filter > (len - sizeof(*b)) / sizeof(b->filter[0]) || b->n_calls > LKD_CALLS_MAX ||
	    b->n_devices > LKD_PLAN_DEVICES_MAX || b->n_files > LKD_PLAN_FILES_MAX ||
	    sizeof(*b) + b->n_filter * sizeof(b->filter[0]) + b->n_calls * sizeof(struct lkd_plan_call) +
			    b->n_devices * sizeof(struct lkd_plan_device) + b->n_files * sizeof(struct lkd_plan_file) !=
		    len)
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
	if (b->files && (b->engine != ENGINE_LAST || !b->n_filter))
		return lkd_err_set(e, EINVAL, "plan holds files without the filter that it takes");
	if (!good_calls(b) || !good_devices(b) || !good_files(b))
		return lkd_err_set(e, EINVAL, "plan holds a rule that is none");
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
	len = add_words(buf, size, len, "with", r->with);
	one[0] = r->level;
	len = add_words(buf, size, len, "level", one);
	len = add_words(buf, size, len, "allow", r->allow);
	len = add_words(buf, size, len, "gap", r->gaps);
	len = add_words(buf, size, len, "need", r->needs);
	one[0] = r->container ? "container" : NULL;
	len = add_words(buf, size, len, "for", one);
	return len < size ? 0 : -E2BIG;
}

void lkd_request_path(const char *text, char *buf, size_t size)
{
	uint64_t h = 0xcbf29ce484222325ULL; /* FNV-1a; the plan itself holds the whole line */

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 0x100000001b3ULL;
	(void)snprintf(buf, size, "%s/%016llx.plan", LKD_PLAN_DIR, (unsigned long long)h);
}
