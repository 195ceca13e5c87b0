// SPDX-License-Identifier: BSD-2-Clause
/* A policy as JSON text, in one form for each policy. */
#include <jansson.h>

#include "policy_priv.h"

/* All below: a value that could not be made is NULL, and jansson's *_new() calls fail on NULL. */

static json_t *reasons(lkd_set set, json_t *list)
{
	for (unsigned int i = 0; i < LKD_REASON_COUNT_; i++) {
		if (!(set & LKD_SET(i)))
			continue;
		if (json_array_append_new(list, json_string(lkd_reason_info((enum lkd_reason)i)->name)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static const char *seal_word(unsigned int i)
{
	return lkd_seal_name((enum lkd_seal)i);
}

static const char *need_word(unsigned int i)
{
	return lkd_need_name((enum lkd_need)i);
}

static json_t *words(uint32_t set, const char *(*word)(unsigned int i), json_t *list)
{
	for (unsigned int i = 0; set; i++, set >>= 1) {
		if ((set & 1) && json_array_append_new(list, json_string(word(i))) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *gaps(const struct lkd_policy *p)
{
	json_t *list;

	if (!(LKD_SET_ALL & ~p->accept_gap) && p->accept_seal_gap == LKD_SEALS_ALL)
		return json_string("accept");
	if (!p->accept_gap && !p->accept_seal_gap)
		return json_string("refuse");
	list = reasons(p->accept_gap, json_array());
	return list ? words(p->accept_seal_gap, seal_word, list) : NULL;
}

static json_t *stricter(const struct lkd_policy *p)
{
	if (!(LKD_SET_ALL & ~p->accept_stricter))
		return json_string("accept");
	return p->accept_stricter ? reasons(p->accept_stricter, json_array()) : json_string("refuse");
}

static json_t *seals(const struct lkd_policy *p)
{
	if (p->seals == LKD_SEALS_ALL)
		return json_string("all");
	return p->seals ? words(p->seals, seal_word, json_array()) : json_string("none");
}

static json_t *devices(const struct lkd_policy *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_devices; i++) {
		char text[LKD_DEVICE_TEXT_MAX];

		lkd_device_text(&p->devices[i], text);
		if (json_array_append_new(list, json_pack("{s:s}", "deny", text)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* What is told but not refused, of a policy that refuses. */
static int put_audit(json_t *root, const struct lkd_policy *p)
{
	lkd_set level = lkd_level_reasons(p->audit_level) & ~p->enforce;
	json_t *o = json_object();
	int r = 0;

	if (p->audit_level != LKD_LEVEL_NONE)
		r |= json_object_set_new(o, "level", json_string(lkd_level_name(p->audit_level)));
	r |= json_object_set_new(o, "allow", reasons(level & ~p->audit, json_array()));
	r |= json_object_set_new(o, "deny", reasons(p->audit & ~level, json_array()));
	return r | json_object_set_new(root, "audit", o);
}

char *lkd_policy_json(const struct lkd_policy *p)
{
	bool audit_all = p->level == LKD_LEVEL_NONE && p->audit_level != LKD_LEVEL_NONE;
	enum lkd_level level = audit_all ? p->audit_level : p->level;
	lkd_set set = audit_all ? p->audit : p->enforce;
	lkd_set in_level = lkd_level_reasons(level);
	lkd_set idle = p->idle_allow & ~(in_level | p->enforce | p->audit); /* never an exception that was not one */
	json_auto_t *root = json_object();
	int r = 0;

	r |= json_object_set_new(root, "name", json_string(p->name));
	r |= json_object_set_new(root, "level", json_string(lkd_level_name(level)));
	r |= json_object_set_new(root, "mode", json_string(audit_all ? "audit" : "enforce"));
	r |= json_object_set_new(root, "allow", reasons((in_level & ~set) | idle, json_array()));
	r |= json_object_set_new(root, "deny", reasons(set & ~in_level, json_array()));
	if (!audit_all && (p->audit || p->audit_level != LKD_LEVEL_NONE))
		r |= put_audit(root, p);
	r |= json_object_set_new(root, "gaps", gaps(p));
	r |= json_object_set_new(root, "stricter", stricter(p));
	r |= json_object_set_new(root, "seals", seals(p));
	r |= json_object_set_new(root, "floor", json_string(p->floor_if_needed ? "if-needed" : "always"));
	r |= json_object_set_new(root, "devices", devices(p));
	r |= json_object_set_new(root, "needs", words(p->needs, need_word, json_array()));
	return r ? NULL : json_dumps(root, JSON_INDENT(2));
}
