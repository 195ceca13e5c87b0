// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files, for workloads that do not mount: the columns `landlock` and `mask` of
 * the table. A Landlock domain ends mounting by itself, so a mask that lies in
 * the workload's mount namespace before stays there.
 *
 * A mask, where nothing of a tree is to be reached, or where it stands beside
 * what comes and goes (/proc, whose processes a list would close). Landlock,
 * where the rest of a directory has to stay. Device nodes are found by number:
 * the rules of devices.c.
 */
#include <errno.h>
#include <string.h>

#include <lockdown/plan.h>

#include "util.h"

#define R LKD_DEV_READ
#define W LKD_DEV_WRITE

static const struct rule {
	enum lkd_reason reason;
	struct lkd_plan_file file;
} rules[] = {
#define RULE(reason_, fs_, how_, access_, path_)                                                                     \
	{                                                                                                            \
		LKD_REASON_##reason_,                                                                                \
		{ .fs = LKD_TREE_##fs_, .how = LKD_FILE_##how_, .access = (access_), .reason = LKD_REASON_##reason_,   \
		  .path = path_ }                                                                                    \
	}
	/* what the kernel shows there differs when it is locked down, so reading is refused as well */
	RULE(HIBERNATION, SYSFS, LANDLOCK, R | W, "power/disk"),
	RULE(HIBERNATION, SYSFS, LANDLOCK, R | W, "power/state"),
	RULE(HIBERNATION, SYSFS, LANDLOCK, W, "power/resume"),
	RULE(PCI_ACCESS, PROC, MASK, R | W, "bus/pci"),
	RULE(PCI_ACCESS, SYSFS, LANDLOCK, W, "bus/pci/devices/*/config"),
	/* opened for reading they can be mapped */
	RULE(PCI_ACCESS, SYSFS, LANDLOCK, R | W, "bus/pci/devices/*/resource[0-9]*"),
	RULE(PCI_ACCESS, SYSFS, LANDLOCK, R | W, "class/pci_bus/*/legacy_*"),
	RULE(PCI_ACCESS, DEV, LANDLOCK, R | W, "cxl/mem*"),
	RULE(ACPI_TABLES, CONFIGFS, LANDLOCK, W, "acpi"),
	RULE(ACPI_TABLES, DEBUGFS, MASK, R | W, "acpi/custom_method"),
	RULE(DEVICE_TREE, PROC, MASK, R | W, "powerpc/ofdt"),
	RULE(PCMCIA_CIS, SYSFS, LANDLOCK, W, "class/pcmcia_socket/*/cis"),
	/* which of them count is written in the modules' code */
	RULE(MODULE_PARAMETERS, SYSFS, LANDLOCK, W, "module"),
	RULE(DEBUGFS, DEBUGFS, MASK, R | W, ""),
	RULE(KCORE, PROC, MASK, R | W, "kcore"),
	RULE(KPROBES, TRACEFS, MASK, R | W, "kprobe_events"),
	RULE(KPROBES, TRACEFS, MASK, R | W, "dynamic_events"),
	RULE(TRACEFS, TRACEFS, MASK, R | W, ""),
#undef RULE
};

static const struct lkd_plan_file sysrq = {
	.fs = LKD_TREE_PROC, .how = LKD_FILE_MASK, .access = R | W, .reason = -1, .path = "sysrq-trigger",
};

_Static_assert(LKD_N(rules) + 1 <= LKD_PLAN_FILES_MAX, "all of them at once");

const char *lkd_files_missing(const struct lkd_policy *p, const struct lkd_facts *f)
{
	if (p->needs & (1u << LKD_NEED_MOUNT | 1u << LKD_NEED_NESTED))
		return "files are not held for workloads that mount, nor by a container's config alone";
	if (f->v[LKD_FACT_landlock_abi].num < 1)
		return "no Landlock here to hold files";
	if (!lkd_fact_is(f, LKD_FACT_cap_sys_admin))
		return "holding files takes a mount namespace of its own (CAP_SYS_ADMIN)";
	return NULL;
}

bool lkd_files_have(enum lkd_reason r, enum lkd_file_how how)
{
	for (size_t i = 0; i < LKD_N(rules); i++)
		if (rules[i].reason == r && rules[i].file.how == how)
			return true;
	return how == LKD_FILE_LANDLOCK && lkd_devices_have(r);
}

int lkd_plan_files(lkd_set held, bool seal_sysrq, struct lkd_plan_file ret[LKD_PLAN_FILES_MAX])
{
	int n = 0;

	for (size_t i = 0; i < LKD_N(rules); i++) {
		/* where a tree is gone as a whole, no part of it is left to close */
		const bool part = rules[i].file.path[0] && ((rules[i].file.fs == LKD_TREE_DEBUGFS && held & LKD_SET(LKD_REASON_DEBUGFS)) ||
							    (rules[i].file.fs == LKD_TREE_TRACEFS && held & LKD_SET(LKD_REASON_TRACEFS)));

		if (held & LKD_SET(rules[i].reason) && !part)
			ret[n++] = rules[i].file;
	}
	if (seal_sysrq)
		ret[n++] = sysrq;
	return n;
}
