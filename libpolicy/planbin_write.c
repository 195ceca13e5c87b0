// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lockdown/plan.h>
#include <lockdown/planbin.h>

_Static_assert(sizeof(struct lkd_planbin) + LKD_FILTER_MAX * sizeof(struct sock_filter) +
			       LKD_CALLS_MAX * sizeof(struct lkd_plan_call) +
			       LKD_PLAN_DEVICES_MAX * sizeof(struct lkd_plan_device) +
			       LKD_PLAN_FILES_MAX * sizeof(struct lkd_plan_file) <=
		       LKD_PLANBIN_MAX,
	       "the largest plan fits");
_Static_assert(sizeof(((struct lkd_planbin *)0)->kernel) == sizeof(((struct lkd_plan *)0)->kernel), "same text");
_Static_assert(sizeof(((struct lkd_planbin *)0)->policy) == LKD_POLICY_NAME_MAX, "same text");
_Static_assert(LKD_ENGINE_HOST == 1 && LKD_ENGINE_BROKER == 3, "lkd_planbin_check() takes these and what is between");

/* gaps that were accepted, and a host that needs nothing from us, are said at every start */
static void write_note(const struct lkd_plan *p, char *buf, size_t size)
{
	size_t len = 0;

	if (p->engine == LKD_ENGINE_HOST) {
		(void)snprintf(buf, size, "this host is locked down itself (%s); nothing to add",
			       lkd_level_name(p->level));
		return;
	}
	for (size_t i = 0; i < p->n_rows && len < size; i++) {
		const struct lkd_plan_row *row = &p->rows[i];

		if (row->want == LKD_WANT_ENFORCE && row->held == LKD_HELD_NOT)
			len += (size_t)snprintf(buf + len, size - len, "%s %s",
						len ? "," : "not held on this host, as accepted:", row->name);
	}
	if (len >= size)
		memcpy(buf + size - 4, "...", 4);
}

int lkd_planbin_write(const struct lkd_plan *p, const char *request, const struct lkd_plan_source *sources,
		      uint32_t attach, void **ret, struct lkd_err *e)
{
	const size_t filter = p->n_filter * sizeof(struct sock_filter), calls = p->n_calls * sizeof(p->calls[0]),
		     devices = p->n_devices * sizeof(p->devices[0]), files = p->n_files * sizeof(p->files[0]),
		     len = sizeof(struct lkd_planbin) + filter + calls + devices + files;
	struct lkd_planbin *b;
	int r = lkd_plan_check(p, e);

	if (r < 0)
		return r;
	b = calloc(1, len);
	if (!b)
		return lkd_err_set(e, ENOMEM, "compile the plan");
	memcpy(b->magic, LKD_PLANBIN_MAGIC, sizeof(b->magic));
	b->version = LKD_PLANBIN_VERSION;
	b->size = (uint32_t)len;
	b->engine = p->engine;
	memcpy(b->kernel, p->kernel, sizeof(b->kernel));
	memcpy(b->policy, p->policy, sizeof(b->policy));
	b->denied = p->denied;
	b->audited = p->audited;
	b->seals = p->seals;
	b->level = (uint16_t)p->level;
	b->attach = (uint16_t)attach;
	if (sources)
		memcpy(b->sources, sources, sizeof(b->sources));
	write_note(p, b->note, sizeof(b->note));
	(void)snprintf(b->request, sizeof(b->request), "%s", request);
	b->broker = p->broker;
	b->n_filter = (uint32_t)p->n_filter;
	b->n_calls = (uint16_t)p->n_calls;
	b->n_devices = (uint16_t)p->n_devices;
	b->n_files = (uint16_t)p->n_files;
	b->files = p->holds_files;
	memcpy(b->filter, p->filter, filter);
	memcpy((char *)b->filter + filter, p->calls, calls);
	memcpy((char *)b->filter + filter + calls, p->devices, devices);
	memcpy((char *)b->filter + filter + calls + devices, p->files, files);
	b->crc = lkd_crc32(0, b, len); /* the field is 0 so far */
	*ret = b;
	return (int)len;
}
