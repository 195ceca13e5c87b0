// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rules for the device cgroup: the column `devices` of the table.
 *
 * They answer EPERM as the kernel does, but at open for a verdict that may come
 * at write, and to access(2) too (fs/namei.c:inode_permission): so none for
 * reasons that the kernel engine holds.
 */
#include <errno.h>
#include <string.h>

#include <lockdown/plan.h>

#include "util.h"

static const struct {
	enum lkd_reason reason;
	struct lkd_device device;
} rules[] = {
	{LKD_REASON_DEV_MEM, {'c', 1, 1, LKD_DEV_READ | LKD_DEV_WRITE}},
	{LKD_REASON_DEV_MEM, {'c', 1, 4, LKD_DEV_READ | LKD_DEV_WRITE}},
	{LKD_REASON_EFI_TEST, {'c', 10, LKD_MINOR_EFI_TEST, LKD_DEV_READ | LKD_DEV_WRITE}},
	{LKD_REASON_HIBERNATION, {'c', 10, 231, LKD_DEV_READ | LKD_DEV_WRITE}},
	{LKD_REASON_MSR, {'c', 202, -1, LKD_DEV_WRITE}}, /* reading stays allowed */
};

static int add(struct lkd_plan_device *list, int n, const struct lkd_device *d, int reason)
{
	const char types[] = {d->type == 'a' ? 'b' : d->type, d->type == 'a' ? 'c' : 0};

	for (size_t i = 0; i < sizeof(types) && types[i]; i++) {
		if (n >= LKD_PLAN_DEVICES_MAX)
			return -EOVERFLOW;
		list[n++] = (struct lkd_plan_device){.type = (uint8_t)types[i],
						     .access = (uint8_t)d->access,
						     .major = d->major,
						     .minor = d->minor,
						     .reason = reason};
	}
	return n;
}

bool lkd_devices_have(enum lkd_reason r)
{
	for (size_t i = 0; i < LKD_N(rules); i++)
		if (rules[i].reason == r)
			return true;
	return false;
}

int lkd_plan_devices(const struct lkd_policy *p, const struct lkd_facts *f, lkd_set held,
		     struct lkd_plan_device ret[LKD_PLAN_DEVICES_MAX], struct lkd_err *e)
{
	const char *machine = f->v[LKD_FACT_machine].str;
	int n = 0;

	for (size_t i = 0; i < p->n_devices && n >= 0; i++)
		n = add(ret, n, &p->devices[i], -1);
	for (size_t i = 0; i < LKD_N(rules) && n >= 0; i++) {
		if (!(held & LKD_SET(rules[i].reason)))
			continue;
		if (rules[i].reason == LKD_REASON_MSR && *machine && strcmp(machine, "x86_64") != 0 && *machine != 'i')
			continue;
		n = add(ret, n, &rules[i].device, (int)rules[i].reason);
	}
	if (n < 0)
		return lkd_err_set(e, EOVERFLOW, "too many device rules");
	return n;
}
