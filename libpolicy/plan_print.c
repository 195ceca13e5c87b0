// SPDX-License-Identifier: BSD-2-Clause
/* A plan as a table and as JSON. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include <lockdown/plan.h>

#include "policy_priv.h"
#include "util.h"

static const char *const want_words[] = {
	[LKD_WANT_NONE] = "no", [LKD_WANT_AUDIT] = "audit", [LKD_WANT_ENFORCE] = "enforce",
};

/* the column EXACT: one word a person can scan for */
static const char *exact_word(const struct lkd_plan_row *row)
{
	if (row->want == LKD_WANT_NONE)
		return "-";
	switch (row->held) {
	case LKD_HELD_EXACT:
		return "yes";
	case LKD_HELD_CAVEAT:
		return "mostly";
	case LKD_HELD_STRICTER:
		return "stricter";
	default:
		return "NO";
	}
}

static const char *level_word(enum lkd_level level)
{
	return level == LKD_LEVEL_CONFIDENTIALITY ? "confid." : lkd_level_name(level);
}

static void print_row(FILE *out, const struct lkd_plan_row *row, bool seal)
{
	char by[64];

	lkd_holders_text(row->want == LKD_WANT_NONE ? 0 : row->holders, by, sizeof(by));
	(void)fprintf(out, "%-21s %-10s %-17s %-9s %s%s%s\n", row->name, seal ? "seal" : level_word(row->level),
		      row->want != LKD_WANT_NONE && !row->holders ? "nothing" : by, exact_word(row),
		      row->want == LKD_WANT_AUDIT ? "(audit) " : "",
		      row->want == LKD_WANT_ENFORCE && row->held <= LKD_HELD_STRICTER && row->accepted ?
			      "accepted; " : "",
		      row->note);
}

static const char *device_text(const struct lkd_plan_device *d, char *buf)
{
	const struct lkd_device plain = { (char)d->type, d->major, d->minor, d->access };
	char *any;

	lkd_device_text(&plain, buf);
	any = d->minor == LKD_MINOR_EFI_TEST ? strchr(buf, ':') : NULL;
	if (any)
		(void)snprintf(any, LKD_DEVICE_TEXT_MAX - (size_t)(any - buf), ":efi_test rw");
	return buf;
}

static json_t *files_json(const struct lkd_plan *p)
{
	static const char *const fs[LKD_TREE_COUNT_] = { "proc", "sysfs", "debugfs", "tracefs", "configfs", "/dev" };
	static const char *const how[LKD_FILE_HOW_COUNT_] = { "landlock", "mask" };
	json_t *list = json_array();

	for (size_t i = 0; list && i < p->n_files; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "in", fs[p->files[i].fs], "path", p->files[i].path,
						      "refused", p->files[i].access == 2 ? "w" : "rw", "by", how[p->files[i].how]));
	return list;
}

static const char *device_reason(const struct lkd_plan_device *d)
{
	return d->reason < 0 ? NULL : lkd_reason_info((enum lkd_reason)d->reason)->name;
}

static void print_devices(FILE *out, const struct lkd_plan *p)
{
	char text[LKD_DEVICE_TEXT_MAX];

	for (size_t i = 0; i < p->n_devices; i++)
		(void)fprintf(out, "%s%s (%s%s)", i ? ", " : "\nRefused by the device cgroup of a container: ",
			      device_text(&p->devices[i], text),
			      p->devices[i].reason < 0 ? "the policy" : device_reason(&p->devices[i]),
			      p->devices[i].minor == LKD_MINOR_EFI_TEST ? ", if its module is loaded before the container starts" : "");
	if (p->n_devices)
		(void)fprintf(out, "%s\n", p->engine == LKD_ENGINE_KERNEL ? "" :
			      ". Nothing guards them without the kernel engine: root that may write to its own cgroup can take them away");
}

/* what enters a container in another way than by lockdown-runtime has nobody in front of it */
static void print_entries(FILE *out, const struct lkd_plan *p)
{
	bool any = false;

	(void)fputs("In a container that is so for all that lockdown-runtime starts there, `exec` included. What another runtime "
		    "starts there later has only the\nfilter of its config, which refuses ", out);
	for (size_t i = 0; i < p->n_calls; i++) {
		bool before = p->calls[i].what != LKD_CALL_REFUSE;

		for (size_t j = 0; j < i; j++)
			before |= !strcmp(p->calls[j].name, p->calls[i].name);
		if (!before)
			(void)fprintf(out, "%s%s", any ? ", " : "", p->calls[i].name);
		any |= !before;
	}
	(void)fprintf(out, "%s, and the device rules.\n", any ? "" : "nothing");
}

char *lkd_plan_text(const struct lkd_plan *p)
{
	unsigned wanted = p->exact + p->caveats + p->stricter + p->gaps;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	(void)fprintf(out, "policy %s, engine %s, kernel %s\n\n", p->policy, lkd_engine_name(p->engine), p->kernel);
	(void)fprintf(out, "%-21s %-10s %-17s %-9s %s\n", "REASON", "LEVEL", "HELD BY", "EXACT", "NOTE");
	for (size_t i = 0; i < p->n_rows; i++)
		print_row(out, &p->rows[i], i >= p->n_reasons);
	print_devices(out, p);
	if (p->holds_files)
		(void)fputs("\nFiles are held where lockdown-exec starts the workload: it cannot mount or unmount, and what appears "
			    "later in /, /dev, or beside a\nforbidden file of /sys is closed to it. For one that mounts: --need mount, "
			    "or \"needs\" in the policy.\n", out);
	if (p->holds_files)
		print_entries(out, p);
	if (p->holds_files && !p->moves_files)
		(void)fputs("With this kernel's Landlock (ABI 1) files cannot be moved or linked from one directory to another.\n", out);
	(void)fprintf(out, "\n%u reasons: %u held exactly, ", wanted, p->exact);
	if (p->caveats)
		(void)fprintf(out, "%u with a caveat, ", p->caveats);
	(void)fprintf(out, "%u stricter, %u not held. ", p->stricter, p->gaps);
	if (p->refusals)
		(void)fprintf(out, "This host CANNOT run the policy: %u not accepted.\n", p->refusals);
	else if (p->engine == LKD_ENGINE_HOST)
		(void)fprintf(out, "This host is locked down itself: it refuses all of this already.\n");
	else
		(void)fprintf(out, "This host can run the policy.\n");
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static json_t *row_json(const struct lkd_plan_row *row)
{
	json_t *by = json_array();
	char word[32];

	for (uint32_t i = 0; i < LKD_HOLDER_COUNT_; i++)
		if (row->want != LKD_WANT_NONE && row->holders & (1u << i))
			json_array_append_new(by, json_string(lkd_holders_text(1u << i, word, sizeof(word))));
	return json_pack("{s:s, s:s, s:o, s:s?, s:b, s:s}", "name", row->name, "want", want_words[row->want], "held_by",
			 by, "held", row->want == LKD_WANT_NONE ? NULL : lkd_held_name(row->held), "accepted",
			 row->accepted, "note", row->note);
}

char *lkd_plan_json(const struct lkd_plan *p)
{
	json_t *reasons = json_array(), *seals = json_array(), *devices = json_array(), *kernel = json_string(p->kernel), *root;
	char *text, ascii[sizeof(p->kernel)], device[LKD_DEVICE_TEXT_MAX];

	if (!kernel) { /* cut inside a character */
		memcpy(ascii, p->kernel, sizeof(ascii));
		for (char *c = ascii; *c; c++)
			if ((unsigned char)*c > '~')
				*c = '?';
		kernel = json_string(ascii);
	}
	for (size_t i = 0; i < p->n_rows; i++) {
		json_t *row = row_json(&p->rows[i]);

		if (i < p->n_reasons)
			json_object_set_new(row, "level", json_string(lkd_level_name(p->rows[i].level)));
		json_array_append_new(i < p->n_reasons ? reasons : seals, row);
	}
	for (size_t i = 0; i < p->n_devices; i++)
		json_array_append_new(devices, json_pack("{s:s, s:s?}", "rule", device_text(&p->devices[i], device),
							 "reason", device_reason(&p->devices[i])));
	root = json_pack("{s:s, s:s, s:s, s:o, s:b, s:{s:i, s:i, s:i, s:i, s:i}, s:o, s:o, s:o, s:o}", "policy", p->policy,
			 "level", lkd_level_name(p->level), "engine", lkd_engine_name(p->engine), "kernel", kernel,
			 "runnable", p->refusals == 0, "summary", "exact", p->exact, "caveats", p->caveats, "stricter",
			 p->stricter, "gaps", p->gaps, "not_accepted", p->refusals, "reasons", reasons, "seals", seals,
			 "devices", devices, "files", files_json(p));
	text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	return text;
}
