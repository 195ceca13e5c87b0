// SPDX-License-Identifier: BSD-2-Clause
/* What can be done with policies once they are read. Nothing here touches the system. */
#include <errno.h>
#include <stdio.h>

#include "policy_priv.h"
#include "util.h"

_Static_assert(LKD_SEAL_COUNT_ < 32 && LKD_NEED_COUNT_ < 32, "sets of seals and needs have 32 bits");

struct word {
	const char *word, *text;
};

static const struct word seals[LKD_SEAL_COUNT_] = {
#define X(id, w, t) [LKD_SEAL_##id] = { .word = w, .text = t },
	LKD_SEALS(X)
#undef X
};

static const struct word needs[LKD_NEED_COUNT_] = {
#define X(id, w, t) [LKD_NEED_##id] = { .word = w, .text = t },
	LKD_NEEDS(X)
#undef X
};

const char *lkd_seal_name(enum lkd_seal s)
{
	return (unsigned int)s < LKD_N(seals) ? seals[s].word : "?";
}

const char *lkd_seal_text(enum lkd_seal s)
{
	return (unsigned int)s < LKD_N(seals) ? seals[s].text : "?";
}

int lkd_seal_parse(const char *word)
{
	for (size_t i = 0; i < LKD_N(seals); i++)
		if (!strcmp(seals[i].word, word))
			return (int)i;
	return -ENOENT;
}

int lkd_need_parse(const char *word)
{
	for (int i = 0; i < LKD_NEED_COUNT_; i++)
		if (!strcmp(lkd_need_name((enum lkd_need)i), word))
			return i;
	return -ENOENT;
}

const char *lkd_need_name(enum lkd_need n)
{
	return (unsigned int)n < LKD_N(needs) ? needs[n].word : "?";
}

const char *lkd_need_text(enum lkd_need n)
{
	return (unsigned int)n < LKD_N(needs) ? needs[n].text : "?";
}

/* ---- device rules ---- */

/*
 * The kernel's dev_t has 12 bits of major and 20 of minor (linux/kdev_t.h).
 * One spelling for each number, so that two rules are the same exactly when
 * their texts are.
 */
#define MAJOR_MAX ((1 << 12) - 1)
#define MINOR_MAX ((1 << 20) - 1)

static const struct {
	char letter;
	uint32_t bit;
} access_letters[] = {
	{ 'r', LKD_DEV_READ },
	{ 'w', LKD_DEV_WRITE },
	{ 'm', LKD_DEV_MKNOD },
};

static const char *parse_number(const char *s, int32_t max, int32_t *ret)
{
	int32_t n = 0;

	if (*s == '*') {
		*ret = -1;
		return s + 1;
	}
	if (*s == '0' && s[1] >= '0' && s[1] <= '9')
		return NULL;
	if (*s < '0' || *s > '9')
		return NULL;
	for (; *s >= '0' && *s <= '9'; s++) {
		n = n * 10 + (*s - '0');
		if (n > max)
			return NULL;
	}
	*ret = n;
	return s;
}

int lkd_device_parse(const char *s, struct lkd_device *ret)
{
	struct lkd_device d = { .type = *s };

	if ((*s != 'a' && *s != 'b' && *s != 'c') || s[1] != ' ')
		return -EINVAL;
	s = parse_number(s + 2, MAJOR_MAX, &d.major);
	if (!s || *s++ != ':')
		return -EINVAL;
	s = parse_number(s, MINOR_MAX, &d.minor);
	if (!s || *s++ != ' ')
		return -EINVAL;
	for (size_t i = 0; i < LKD_N(access_letters); i++) {
		if (*s == access_letters[i].letter) {
			d.access |= access_letters[i].bit;
			s++;
		}
	}
	if (*s || !d.access)
		return -EINVAL;
	*ret = d;
	return 0;
}

static void number_text(int32_t n, char ret[12])
{
	if (n < 0)
		strcpy(ret, "*");
	else
		snprintf(ret, 12, "%d", n);
}

void lkd_device_text(const struct lkd_device *d, char ret[LKD_DEVICE_TEXT_MAX])
{
	char major[12], minor[12], access[LKD_N(access_letters) + 1];
	size_t n = 0;

	number_text(d->major, major);
	number_text(d->minor, minor);
	for (size_t i = 0; i < LKD_N(access_letters); i++)
		if (d->access & access_letters[i].bit)
			access[n++] = access_letters[i].letter;
	access[n] = '\0';
	snprintf(ret, LKD_DEVICE_TEXT_MAX, "%c %s:%s %s", d->type, major, minor, access);
}

static int device_order(const struct lkd_device *a, const struct lkd_device *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	if (a->minor != b->minor)
		return a->minor < b->minor ? -1 : 1;
	return 0;
}

int lkd_policy_add_device(struct lkd_policy *p, const struct lkd_device *d)
{
	size_t i = 0;

	while (i < p->n_devices && device_order(&p->devices[i], d) < 0)
		i++;
	if (i < p->n_devices && !device_order(&p->devices[i], d)) {
		p->devices[i].access |= d->access;
		return 0;
	}
	if (p->n_devices >= LKD_DEVICES_MAX)
		return -E2BIG;
	memmove(&p->devices[i + 1], &p->devices[i], (p->n_devices - i) * sizeof(p->devices[0]));
	p->devices[i] = *d;
	p->n_devices++;
	return 0;
}

bool lkd_device_covers(const struct lkd_device *a, const struct lkd_device *b)
{
	return (a->type == 'a' || a->type == b->type) && (a->major < 0 || a->major == b->major) &&
	       (a->minor < 0 || a->minor == b->minor) && !(b->access & ~a->access);
}

/*
 * Whether rules of @p together refuse all of @d, where one rule does so for
 * each type and kind of access. Rules that only together make up a wildcard
 * are not seen: "no" is the safe side.
 */
static bool devices_cover(const struct lkd_policy *p, const struct lkd_device *d)
{
	for (const char *type = "bc"; *type; type++) {
		if (d->type != 'a' && d->type != *type)
			continue;
		for (size_t k = 0; k < LKD_N(access_letters); k++) {
			struct lkd_device one = {
				.type = *type,
				.major = d->major,
				.minor = d->minor,
				.access = access_letters[k].bit,
			};
			bool covered = !(d->access & one.access);

			for (size_t i = 0; i < p->n_devices && !covered; i++)
				covered = lkd_device_covers(&p->devices[i], &one);
			if (!covered)
				return false;
		}
	}
	return true;
}

/* ---- whole policies ---- */

static enum lkd_level level_max(enum lkd_level a, enum lkd_level b)
{
	return a > b ? a : b;
}

void lkd_policy_settle(struct lkd_policy *p)
{
	p->audit &= ~p->enforce;
	if (p->audit_level <= p->level)
		p->audit_level = LKD_LEVEL_NONE;
	p->idle_allow &= ~(lkd_level_reasons(level_max(p->level, p->audit_level)) | p->enforce | p->audit);
}

void lkd_policy_init(struct lkd_policy *p, enum lkd_level level)
{
	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", lkd_level_name(level));
	p->level = level;
	p->enforce = lkd_level_reasons(level);
	p->seals = LKD_SEALS_ALL;
}

void lkd_policy_name_both(char name[static LKD_POLICY_NAME_MAX], const char *with)
{
	const size_t n = strlen(name);

	(void)snprintf(name + n, LKD_POLICY_NAME_MAX - n, "-%s", with);
}

static bool same_but_name(const struct lkd_policy *a, const struct lkd_policy *b)
{
	struct lkd_policy c = *b;

	memcpy(c.name, a->name, sizeof(c.name));
	return lkd_policy_equal(a, &c);
}

int lkd_policy_combine(const struct lkd_policy *a, const struct lkd_policy *b, struct lkd_policy *ret,
		       struct lkd_err *e)
{
	struct lkd_policy p = *a;

	p.level = level_max(a->level, b->level);
	p.audit_level = level_max(a->audit_level, b->audit_level);
	p.enforce |= b->enforce;
	p.audit |= b->audit;
	p.accept_gap &= b->accept_gap;
	p.accept_stricter &= b->accept_stricter;
	p.accept_seal_gap &= b->accept_seal_gap;
	p.idle_allow |= b->idle_allow;
	p.seals |= b->seals;
	p.needs |= b->needs;
	p.floor_if_needed &= b->floor_if_needed;
	lkd_policy_settle(&p);
	for (size_t i = 0; i < b->n_devices; i++) {
		int r = lkd_policy_add_device(&p, &b->devices[i]);

		if (r < 0)
			return lkd_err_set(e, -r, "combine policies '%s' and '%s': more than %d device rules", a->name,
					   b->name, LKD_DEVICES_MAX);
	}
	if (!same_but_name(&p, a)) { /* else it has the right name already */
		if (same_but_name(&p, b))
			memcpy(p.name, b->name, sizeof(p.name));
		else
			lkd_policy_name_both(p.name, b->name);
	}
	*ret = p; /* last: it may be @a or @b */
	return 0;
}

bool lkd_policy_tighter(const struct lkd_policy *a, const struct lkd_policy *b)
{
	if (a->level < b->level || level_max(a->level, a->audit_level) < b->audit_level)
		return false;
	if ((b->enforce & ~a->enforce) || (b->audit & ~(a->enforce | a->audit)))
		return false;
	if ((a->accept_gap & ~b->accept_gap) || (a->accept_stricter & ~b->accept_stricter) ||
	    (a->accept_seal_gap & ~b->accept_seal_gap) || (b->seals & ~a->seals) ||
	    (a->floor_if_needed && !b->floor_if_needed))
		return false;
	for (size_t i = 0; i < b->n_devices; i++)
		if (!devices_cover(a, &b->devices[i]))
			return false;
	return true;
}
