/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the policy share among themselves. */
#ifndef LKD_POLICY_PRIV_H
#define LKD_POLICY_PRIV_H

#include <string.h>

#include <lockdown/policy.h>

#define LKD_SET_ALL lkd_level_reasons(LKD_LEVEL_CONFIDENTIALITY)

/* ---- policy_pos.c: where something is in a JSON text ---- */

/** struct lkd_json_step - one step into a JSON value: the @ordinal-th member or element */
struct lkd_json_step {
	size_t	    ordinal;
	const char *key; /* for people; NULL in an array */
};

/**
 * lkd_json_locate() - offset of a value, or of its key, in a text that was found valid
 * @steps: from the outermost value inwards; @n of them
 * @key:   the last step's key instead of its value (only for members)
 *
 * Members count as they stand in the text, so keys need no decoding. Return:
 * the offset, 0 if the text has no such place.
 */
size_t lkd_json_locate(const char *text, size_t len, const struct lkd_json_step *steps, size_t n, bool key);

/**
 * lkd_json_token_start() - offset of the token that ends at or behind @end
 *
 * For a text that is not valid: a parser says where it stopped, people look for
 * where the thing starts. Sets *@ret_len to the token's length, 0 at the end.
 */
size_t lkd_json_token_start(const char *text, size_t len, size_t end, size_t *ret_len);

/** lkd_json_line_column() - both from 1; columns count characters, not bytes */
void lkd_json_line_column(const char *text, size_t offset, size_t *ret_line, size_t *ret_column);

/* ---- jsonwalk.c ---- */

#define LKD_SOURCE_MAX 124

/** lkd_source_text() - a path for a message: its end if it is long, on one line; returns @ret */
const char *lkd_source_text(const char *source, char ret[LKD_SOURCE_MAX]);

/* ---- policy.c ---- */

/** lkd_device_parse() - "c 1:1 rw"; 0 or -EINVAL */
int lkd_device_parse(const char *text, struct lkd_device *ret);

#define LKD_DEVICE_TEXT_MAX 32
void lkd_device_text(const struct lkd_device *d, char ret[LKD_DEVICE_TEXT_MAX]);

/** lkd_device_covers() - true if rule @a refuses all that rule @b does */
bool lkd_device_covers(const struct lkd_device *a, const struct lkd_device *b);

/** lkd_policy_add_device() - keeps order, one rule for each type and number; 0 or -E2BIG */
int lkd_policy_add_device(struct lkd_policy *p, const struct lkd_device *d);

/** lkd_policy_name_both() - the name of a policy that is more than @name alone: "ci-agents", cut where it is too long */
void lkd_policy_name_both(char name[static LKD_POLICY_NAME_MAX], const char *with);

/** lkd_policy_settle() - make dependent fields agree, after the others have changed */
void lkd_policy_settle(struct lkd_policy *p);

/** lkd_policy_name_valid() - may this be the name of a policy? */
static inline bool lkd_policy_name_valid(const char *s)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

	return *s && strchr(first, *s) && !s[strspn(s, rest)] && strlen(s) < LKD_POLICY_NAME_MAX;
}

/** lkd_policy_equal() - same in every field, the name included */
static inline bool lkd_policy_equal(const struct lkd_policy *a, const struct lkd_policy *b)
{
	if (strcmp(a->name, b->name) || a->level != b->level || a->audit_level != b->audit_level ||
	    a->enforce != b->enforce || a->audit != b->audit || a->accept_gap != b->accept_gap ||
	    a->accept_stricter != b->accept_stricter || a->idle_allow != b->idle_allow || a->seals != b->seals ||
	    a->accept_seal_gap != b->accept_seal_gap || a->needs != b->needs ||
	    a->floor_if_needed != b->floor_if_needed || a->n_devices != b->n_devices)
		return false;
	for (size_t i = 0; i < a->n_devices; i++)
		if (a->devices[i].type != b->devices[i].type || a->devices[i].major != b->devices[i].major ||
		    a->devices[i].minor != b->devices[i].minor || a->devices[i].access != b->devices[i].access)
			return false;
	return true;
}

#endif
