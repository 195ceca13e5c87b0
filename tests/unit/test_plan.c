// SPDX-License-Identifier: BSD-2-Clause
/* The planner, on recordings of hosts (tests/facts) and on what is derived from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <jansson.h>

#include <lockdown/plan.h>
#include <lockdown/planbin.h>

#include "policy_priv.h"
#include "util.h"

#ifndef SRCDIR
#define SRCDIR "."
#endif

#define R(id)	LKD_SET(LKD_REASON_##id)
#define SEAL(id) (1u << LKD_SEAL_##id)
#define BY(id)	(1u << LKD_HOLDER_##id)
#define PROPERTY_POLICIES 5000

static const char *const hosts[] = {
	"debian-6.1-lsm",   "debian-6.12-lsm",	       "debian-7.3-lsm",       "debian-6.1-nobpf-lsm",
	"debian-6.12-nobpf", "debian-6.12-preempt-full", "ftrace-off",	       "no-btf",
	"cgroup-v1",	    "rootless-userns",	       "native-integrity",     "native-confidentiality",
	"hardened-integrity-6.18",
};

static struct lkd_facts recorded[LKD_N(hosts)], facts; /* large: not on the stack */
static struct lkd_plan plan, other;

static int load_recordings(void **state)
{
	(void)state;
	for (size_t i = 0; i < LKD_N(hosts); i++) {
		char path[512];
		struct lkd_err e = {};

		(void)snprintf(path, sizeof(path), "%s/tests/facts/%s.json", SRCDIR, hosts[i]);
		if (lkd_facts_load(path, &recorded[i], &e)) {
			print_error("%s\n", e.msg);
			return -1;
		}
	}
	return 0;
}

static const struct lkd_facts *host(const char *name)
{
	for (size_t i = 0; i < LKD_N(hosts); i++)
		if (!strcmp(hosts[i], name))
			return &recorded[i];
	fail_msg("no recording '%s'", name);
	return NULL;
}

static struct lkd_policy shipped(const char *name)
{
	struct lkd_policy p;
	struct lkd_err e = {};
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/policies/%s.json", SRCDIR, name);
	if (lkd_policy_load(path, &p, &e))
		fail_msg("%s", e.msg);
	return p;
}

static struct lkd_policy bare(enum lkd_level level)
{
	struct lkd_policy p;

	lkd_policy_init(&p, level);
	return p;
}

static void make(const struct lkd_policy *p, const struct lkd_facts *f, enum lkd_engine engine)
{
	struct lkd_err e = {};
	int r = lkd_plan_make(p, f, engine, &plan, &e);

	if (r)
		fail_msg("plan: %d: %s", r, e.msg);
}

static const struct lkd_plan_row *row(const char *name)
{
	for (size_t i = 0; i < plan.n_rows; i++)
		if (!strcmp(plan.rows[i].name, name))
			return &plan.rows[i];
	fail_msg("no row '%s'", name);
	return NULL;
}

/* ---- the shipped policies on the recorded hosts ---- */

struct want {
	enum lkd_engine engine; /* AUTO: cannot be had */
	unsigned exact, caveats, stricter, gaps, refusals;
};

#define NONE_	      { LKD_ENGINE_AUTO, 0, 0, 0, 0, 0 }
#define HOST_I	      { LKD_ENGINE_HOST, 20, 0, 0, 0, 0 }
#define HOST_C	      { LKD_ENGINE_HOST, 28, 0, 0, 0, 0 }
/* all by BPF but the six of other machines or debuggers; caveats: ACPI_TABLES, XEN_USER_ACTIONS, XFRM_SECRET */
#define KERNEL_I      { LKD_ENGINE_KERNEL, 18, 2, 0, 0, 0 }
#define KERNEL_C      { LKD_ENGINE_KERNEL, 25, 3, 0, 0, 0 }
/* filter and broker see 7 of the 16, two of them exactly, and 10 of the 22; none of the 4 seals is held */
#define BROKER_I      { LKD_ENGINE_BROKER, 6, 0, 5, 9, 18 }
#define BROKER_C      { LKD_ENGINE_BROKER, 8, 0, 8, 12, 24 }
/* and Landlock, with masks, all the others, and two seals */
#define FILES_I	      { LKD_ENGINE_BROKER, 6, 0, 14, 0, 16 }
#define FILES_C	      { LKD_ENGINE_BROKER, 8, 0, 20, 0, 22 }
/* a policy that needs nested containers takes no broker: all by the filter */
static const struct want filter_i = { LKD_ENGINE_BROKER, 4, 0, 7, 9, 20 };
/* the host holds integrity, and of the 8 others two are absent */
#define NATIVE_C      { LKD_ENGINE_KERNEL, 27, 1, 0, 0, 0 }
#define NATIVE_BROKER_C { LKD_ENGINE_BROKER, 22, 0, 6, 0, 8 }

static const struct {
	const char *host;
	struct want integrity[3], confidentiality[3]; /* by engine asked for: auto, kernel, broker */
	const char *missing; /* part of why not the kernel engine; "" = it could be had */
} outcomes[] = {
	{ "debian-6.1-lsm", { KERNEL_I, KERNEL_I, FILES_I }, { KERNEL_C, KERNEL_C, FILES_C }, "" },
	{ "debian-6.12-lsm", { KERNEL_I, KERNEL_I, FILES_I }, { KERNEL_C, KERNEL_C, FILES_C }, "" },
	{ "debian-7.3-lsm", { KERNEL_I, KERNEL_I, FILES_I }, { KERNEL_C, KERNEL_C, FILES_C }, "" },
	{ "debian-6.1-nobpf-lsm", { KERNEL_I, KERNEL_I, BROKER_I }, { KERNEL_C, KERNEL_C, BROKER_C }, "" },
	{ "debian-6.12-nobpf", { KERNEL_I, KERNEL_I, BROKER_I }, { KERNEL_C, KERNEL_C, BROKER_C }, "" },
	{ "cgroup-v1", { KERNEL_I, KERNEL_I, FILES_I }, { KERNEL_C, KERNEL_C, FILES_C }, "" },
	{ "debian-6.12-preempt-full", { BROKER_I, NONE_, BROKER_I }, { BROKER_C, NONE_, BROKER_C }, "preempts fully" },
	{ "ftrace-off", { FILES_I, NONE_, FILES_I }, { FILES_C, NONE_, FILES_C }, "ftrace_enabled is 0" },
	{ "no-btf", { FILES_I, NONE_, FILES_I }, { FILES_C, NONE_, FILES_C }, "CONFIG_DEBUG_INFO_BTF" },
	{ "rootless-userns", { FILES_I, NONE_, FILES_I }, { FILES_C, NONE_, FILES_C }, "root of the host" },
	{ "native-integrity", { HOST_I, HOST_I, HOST_I }, { NATIVE_C, NATIVE_C, NATIVE_BROKER_C }, "" },
	{ "native-confidentiality", { HOST_I, HOST_I, HOST_I }, { HOST_C, HOST_C, HOST_C }, "" },
	{ "hardened-integrity-6.18", { HOST_I, NONE_, HOST_I }, { NATIVE_BROKER_C, NONE_, NATIVE_BROKER_C }, "bpf file system" },
};

static const enum lkd_engine asked[3] = { LKD_ENGINE_AUTO, LKD_ENGINE_KERNEL, LKD_ENGINE_BROKER };

static void check_outcome(const char *name, const char *policy, enum lkd_engine ask, const struct want *w,
			  const char *missing)
{
	struct lkd_policy p = shipped(policy);
	struct lkd_err e = {};
	int r = lkd_plan_make(&p, host(name), ask, &plan, &e);

	if (w->engine == LKD_ENGINE_AUTO) {
		if (r != -EOPNOTSUPP || !strstr(e.msg, missing) || !e.hint[0])
			fail_msg("%s %s: got %d: %s", name, policy, r, e.msg);
		return;
	}
	if (r)
		fail_msg("%s %s: %d: %s", name, policy, r, e.msg);
	if (plan.engine != w->engine || plan.exact != w->exact || plan.caveats != w->caveats ||
	    plan.stricter != w->stricter || plan.gaps != w->gaps || plan.refusals != w->refusals)
		fail_msg("%s %s, engine %s asked: engine %s, exact %u, caveats %u, stricter %u, gaps %u, refusals %u", name,
			 policy, lkd_engine_name(ask), lkd_engine_name(plan.engine), plan.exact, plan.caveats,
			 plan.stricter, plan.gaps, plan.refusals);
	if (*missing ? !strstr(plan.kernel_missing, missing) : plan.kernel_missing[0])
		fail_msg("%s: kernel engine missing: '%s'", name, plan.kernel_missing);
	assert_string_equal(plan.policy, policy);
	assert_int_equal(plan.n_reasons, LKD_REASON_COUNT_);
	assert_int_equal(plan.n_rows, LKD_REASON_COUNT_ + LKD_SEAL_COUNT_);
	for (size_t i = 0; i < plan.n_reasons; i++) /* in the table's order */
		assert_string_equal(plan.rows[i].name, lkd_reason_info((enum lkd_reason)i)->name);
	for (size_t i = plan.n_reasons; i < plan.n_rows; i++)
		assert_string_equal(plan.rows[i].name, lkd_seal_name((enum lkd_seal)(i - plan.n_reasons)));
}

static void test_outcomes(void **state)
{
	(void)state;
	assert_int_equal(LKD_N(outcomes), LKD_N(hosts));
	for (size_t i = 0; i < LKD_N(outcomes); i++) {
		for (size_t k = 0; k < LKD_N(asked); k++) {
			const char *name = outcomes[i].host, *missing = outcomes[i].missing;

			check_outcome(name, "integrity", asked[k], &outcomes[i].integrity[k], missing);
			check_outcome(name, "privileged-default", asked[k],
				      outcomes[i].integrity[k].engine == LKD_ENGINE_BROKER ? &filter_i :
											     &outcomes[i].integrity[k],
				      missing);
			check_outcome(name, "confidentiality", asked[k], &outcomes[i].confidentiality[k], missing);
		}
	}
}

static const struct {
	const char *host;
	enum lkd_level level;
	enum lkd_engine engine; /* asked for */
	const char *name;
	enum lkd_want want;
	uint32_t holders;
	enum lkd_held held;
	bool accepted;
	const char *note; /* part; "" = none at all */
} row_cases[] = {
#define I LKD_LEVEL_INTEGRITY
#define C LKD_LEVEL_CONFIDENTIALITY
#define A LKD_ENGINE_AUTO
#define B LKD_ENGINE_BROKER
#define YES LKD_WANT_ENFORCE
#define NO LKD_WANT_NONE
	{ "debian-6.1-lsm", I, A, "KEXEC", YES, BY(KERNEL), LKD_HELD_EXACT, true, "" },
	{ "debian-6.1-lsm", I, A, "MODULE_SIGNATURE", YES, BY(KERNEL), LKD_HELD_EXACT, true, "" },
	{ "debian-6.1-lsm", I, A, "ACPI_TABLES", YES, BY(KERNEL), LKD_HELD_CAVEAT, true, "but for: write and last close" },
	{ "debian-6.1-lsm", I, A, "DEVICE_TREE", YES, BY(ABSENT), LKD_HELD_EXACT, true, "only on powerpc" },
	{ "debian-6.1-lsm", I, A, "DBG_WRITE_KERNEL", YES, BY(ABSENT), LKD_HELD_EXACT, true, "no debugger" },
	{ "debian-6.1-lsm", I, A, "KCORE", NO, 0, LKD_HELD_NOT, true, "not in this policy's level" },
	{ "debian-6.1-lsm", I, A, "ptrace", YES, BY(KERNEL), LKD_HELD_EXACT, true, "" },
	{ "debian-6.12-nobpf", C, A, "XFRM_SECRET", YES, BY(KERNEL), LKD_HELD_CAVEAT, true, "but for: group XFRMNLGRP_SA" },
	{ "debian-6.12-lsm", C, B, "IOPORT", YES, BY(SECCOMP) | BY(BROKER), LKD_HELD_EXACT, true, "" },
	{ "debian-6.12-lsm", C, B, "TIOCSSERIAL", YES, BY(BROKER), LKD_HELD_EXACT, true, "" },
	{ "debian-6.12-lsm", C, B, "PERF", YES, BY(BROKER), LKD_HELD_STRICTER, false, "what it cannot translate" },
	{ "debian-6.12-lsm", C, B, "BPF_READ_KERNEL", YES, BY(BROKER), LKD_HELD_STRICTER, false, "unreachable calls too" },
	{ "debian-6.12-lsm", C, B, "KPROBES", YES, BY(BROKER) | BY(MASK), LKD_HELD_STRICTER, false, "what it cannot translate" },
	{ "debian-6.12-lsm", C, B, "KCORE", YES, BY(MASK), LKD_HELD_STRICTER, false, "ENXIO behind a mask" },
	{ "debian-6.12-lsm", C, B, "HIBERNATION", YES, BY(LANDLOCK), LKD_HELD_STRICTER, false, "nodes outside of /dev" },
	{ "debian-6.12-lsm", C, B, "PCI_ACCESS", YES, BY(LANDLOCK) | BY(MASK), LKD_HELD_STRICTER, false, "is masked" },
	{ "debian-6.12-lsm", C, B, "MODULE_PARAMETERS", YES, BY(LANDLOCK) | BY(SECCOMP), LKD_HELD_STRICTER, false, "harmless parameters" },
	{ "debian-6.12-nobpf", C, B, "KCORE", YES, 0, LKD_HELD_NOT, false, "a filter cannot see: open of /proc/kcore (no Landlock" },
	{ "debian-6.12-lsm", C, B, "ptrace", YES, BY(LANDLOCK), LKD_HELD_EXACT, true, "" },
	{ "debian-6.12-lsm", C, B, "XMON_RW", YES, BY(ABSENT), LKD_HELD_EXACT, true, "only on powerpc" },
	{ "debian-6.12-lsm", C, B, "sysrq", YES, BY(MASK), LKD_HELD_EXACT, true, "" },
	{ "no-btf", I, A, "MSR", YES, BY(BROKER) | BY(LANDLOCK), LKD_HELD_STRICTER, false, "open for writing" },
	{ "no-btf", I, A, "helpers", YES, 0, LKD_HELD_NOT, false, "needs the kernel engine" },
	{ "native-integrity", I, A, "KEXEC", YES, BY(HOST), LKD_HELD_EXACT, true, "" },
	{ "native-integrity", I, A, "hostlock", YES, BY(HOST), LKD_HELD_CAVEAT, true, "open: nothing is added" },
	{ "native-integrity", I, A, "sysrq", YES, BY(HOST), LKD_HELD_CAVEAT, true, "open: nothing is added" },
	{ "native-integrity", I, A, "ptrace", YES, BY(HOST), LKD_HELD_EXACT, true, "locked down too" },
	{ "native-integrity", C, A, "KEXEC", YES, BY(HOST), LKD_HELD_EXACT, true, "" },
	{ "native-integrity", C, A, "KCORE", YES, BY(KERNEL), LKD_HELD_EXACT, true, "" },
	{ "native-integrity", C, A, "hostlock", YES, BY(KERNEL), LKD_HELD_EXACT, true, "" },
	{ "native-confidentiality", C, A, "KCORE", YES, BY(HOST), LKD_HELD_EXACT, true, "" },
	{ "hardened-integrity-6.18", C, A, "MODULE_SIGNATURE", YES, BY(ABSENT), LKD_HELD_EXACT, true, "loads no modules" },
	{ "hardened-integrity-6.18", C, A, "KEXEC", YES, BY(HOST), LKD_HELD_EXACT, true, "" },
	{ "hardened-integrity-6.18", C, A, "TRACEFS", YES, BY(MASK), LKD_HELD_STRICTER, false, "refuses them too" },
#undef I
#undef C
#undef A
#undef B
#undef YES
#undef NO
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < LKD_N(row_cases); i++) {
		struct lkd_policy p = bare(row_cases[i].level);
		const struct lkd_plan_row *r;

		make(&p, host(row_cases[i].host), row_cases[i].engine);
		r = row(row_cases[i].name);
		if (r->want != row_cases[i].want || r->holders != row_cases[i].holders || r->held != row_cases[i].held ||
		    r->accepted != row_cases[i].accepted ||
		    (row_cases[i].note[0] ? !strstr(r->note, row_cases[i].note) : r->note[0] != '\0'))
			fail_msg("%s %s: want %d, holders %x, held %d, accepted %d, '%s'", row_cases[i].host,
				 row_cases[i].name, (int)r->want, (unsigned)r->holders, (int)r->held, r->accepted, r->note);
	}
}

/* no listener where it could not be had, or would be in the way of somebody else's */
static void test_without_broker(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_CONFIDENTIALITY);

	(void)state;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.broker, LKD_BROKER_ALL & ~LKD_BROKER_MODULES);
	assert_int_equal(row("PERF")->holders, BY(BROKER));
	p.needs = 1u << LKD_NEED_NESTED;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.broker, 0);
	assert_int_equal(row("PERF")->holders, BY(SECCOMP));
	assert_int_equal(row("IOPORT")->held, LKD_HELD_STRICTER);
	assert_int_equal(row("TIOCSSERIAL")->held, LKD_HELD_STRICTER);
	p.needs = 0;
	facts = *host("no-btf");
	facts.v[LKD_FACT_seccomp_notify].num = LKD_NO;
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(plan.broker, 0);
	assert_int_equal(row("BPF_READ_KERNEL")->holders, BY(SECCOMP));
	/* nothing that only a broker could hold better */
	p = bare(LKD_LEVEL_NONE);
	p.enforce = R(KEXEC) | R(MSR) | R(KPROBES);
	make(&p, host("debian-6.12-preempt-full"), LKD_ENGINE_AUTO); /* without Landlock */
	assert_int_equal(plan.broker, 0);
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.broker, LKD_BROKER_MSR | LKD_BROKER_KPROBES);
	/* the kernel engine needs none */
	p = bare(LKD_LEVEL_CONFIDENTIALITY);
	make(&p, host("debian-6.12-lsm"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_KERNEL);
	assert_int_equal(plan.broker, 0);
}

static bool calls_have(const char *call)
{
	for (size_t i = 0; i < plan.n_calls; i++)
		if (!strcmp(plan.calls[i].name, call))
			return true;
	return false;
}

/* in a config ioperm(2) can only be refused with the errno of another call: not where the kernel is asked */
static void test_calls_of_a_config(void **state)
{
	const struct lkd_policy p = bare(LKD_LEVEL_INTEGRITY);

	(void)state;
	make(&p, host("debian-6.12-lsm"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_KERNEL);
	assert_true(calls_have("iopl") && calls_have("kexec_load") && !calls_have("ioperm"));
	make(&p, host("debian-6.12-lsm"), LKD_ENGINE_BROKER);
	assert_true(calls_have("iopl") && calls_have("kexec_load") && calls_have("ioperm"));
}

/* ---- files ---- */

static bool has_file(enum lkd_tree fs, enum lkd_file_how how, const char *path)
{
	for (size_t i = 0; i < plan.n_files; i++)
		if (plan.files[i].fs == fs && plan.files[i].how == how && !strcmp(plan.files[i].path, path))
			return true;
	return false;
}

/* nothing of them where they could not be, or would be in the way */
static void no_files(const struct lkd_policy *p, const struct lkd_facts *f, enum lkd_engine engine)
{
	make(p, f, engine);
	assert_true(!plan.holds_files && !plan.n_files);
	for (size_t i = 0; i < plan.n_rows; i++)
		assert_false(plan.rows[i].holders & (BY(LANDLOCK) | BY(MASK)));
}

static void test_files(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_CONFIDENTIALITY);

	(void)state;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_true(plan.holds_files && plan.gaps == 0);
	assert_true(has_file(LKD_TREE_PROC, LKD_FILE_MASK, "kcore"));
	assert_true(has_file(LKD_TREE_PROC, LKD_FILE_MASK, "sysrq-trigger"));
	assert_true(has_file(LKD_TREE_DEBUGFS, LKD_FILE_MASK, ""));
	assert_true(has_file(LKD_TREE_TRACEFS, LKD_FILE_MASK, ""));
	assert_false(has_file(LKD_TREE_TRACEFS, LKD_FILE_MASK, "kprobe_events")); /* gone with all of it */
	assert_true(has_file(LKD_TREE_SYSFS, LKD_FILE_LANDLOCK, "bus/pci/devices/*/config"));
	no_files(&p, host("debian-6.12-lsm"), LKD_ENGINE_AUTO);	      /* the kernel engine */
	no_files(&p, host("debian-6.12-nobpf"), LKD_ENGINE_BROKER);   /* no Landlock */
	p.needs = 1u << LKD_NEED_NESTED;
	no_files(&p, host("no-btf"), LKD_ENGINE_AUTO);
	p.needs = 1u << LKD_NEED_MOUNT;
	no_files(&p, host("no-btf"), LKD_ENGINE_AUTO);
	p.needs = 1u << LKD_NEED_BPF | 1u << LKD_NEED_PERF | 1u << LKD_NEED_MODULES;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_true(plan.holds_files);
	p = bare(LKD_LEVEL_CONFIDENTIALITY);
	facts = *host("no-btf");
	facts.v[LKD_FACT_cap_sys_admin].num = LKD_NO;
	no_files(&p, &facts, LKD_ENGINE_AUTO);
	facts.v[LKD_FACT_cap_sys_admin].num = LKD_YES;
	facts.v[LKD_FACT_landlock_abi].num = -1; /* unknown */
	no_files(&p, &facts, LKD_ENGINE_AUTO);
	facts.v[LKD_FACT_landlock_abi].num = 1;
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_true(plan.holds_files && !plan.moves_files);
	/* nothing in force that is one: mounting is left alone */
	p.enforce = R(KEXEC) | R(IOPORT) | R(PERF);
	no_files(&p, host("no-btf"), LKD_ENGINE_AUTO);
	/* parts of a tree, where the tree itself is let through */
	p = bare(LKD_LEVEL_CONFIDENTIALITY);
	p.enforce &= ~(R(TRACEFS) | R(DEBUGFS));
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_true(has_file(LKD_TREE_TRACEFS, LKD_FILE_MASK, "kprobe_events"));
	assert_true(has_file(LKD_TREE_DEBUGFS, LKD_FILE_MASK, "acpi/custom_method"));
	assert_false(has_file(LKD_TREE_TRACEFS, LKD_FILE_MASK, ""));
	/* the debugger's way in, where there is one */
	facts = *host("no-btf");
	facts.v[LKD_FACT_config_kgdb].num = LKD_YES;
	p = bare(LKD_LEVEL_INTEGRITY);
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("DBG_WRITE_KERNEL")->holders, BY(SEAL));
	p.seals = 0;
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("DBG_WRITE_KERNEL")->held, LKD_HELD_NOT);
	assert_false(has_file(LKD_TREE_PROC, LKD_FILE_MASK, "sysrq-trigger"));
}

/* signed modules, for who needs them, where the kernel sees to the signatures; else a filter refuses them all */
static void test_modules(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_INTEGRITY);

	(void)state;
	facts = *host("no-btf");
	p.needs = 1u << LKD_NEED_MODULES;
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("MODULE_SIGNATURE")->holders, BY(SECCOMP));
	assert_int_equal(row("MMIOTRACE")->holders, BY(SECCOMP));
	assert_false(plan.broker & LKD_BROKER_MODULES);
	facts.v[LKD_FACT_module_sig_enforce].num = LKD_YES;
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("MODULE_SIGNATURE")->holders, BY(HOST));
	assert_int_equal(row("MODULE_SIGNATURE")->held, LKD_HELD_EXACT);
	assert_int_equal(row("MMIOTRACE")->holders, BY(BROKER));
	assert_int_equal(row("MODULE_PARAMETERS")->holders, BY(BROKER) | BY(LANDLOCK));
	assert_int_equal(row("DEV_MEM")->holders, BY(BROKER) | BY(LANDLOCK));
	assert_true(plan.broker & LKD_BROKER_MODULES);
	p.needs = 0; /* who does not need them */
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("MMIOTRACE")->holders, BY(SECCOMP));
	assert_int_equal(row("MODULE_SIGNATURE")->holders, BY(HOST));
	assert_false(plan.broker & LKD_BROKER_MODULES);
	p.needs = 1u << LKD_NEED_MODULES | 1u << LKD_NEED_NESTED; /* no broker */
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("MMIOTRACE")->holders, BY(SECCOMP));
	p.needs = 1u << LKD_NEED_MODULES | 1u << LKD_NEED_MOUNT; /* no files: parameters in sysfs are a gap */
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("MODULE_PARAMETERS")->held, LKD_HELD_NOT);
	assert_int_equal(row("MMIOTRACE")->holders, BY(BROKER));
}

/* what the table says a mask or Landlock could hold is held by a rule, or by the broker, or does not exist here */
static void test_files_of_the_table(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_CONFIDENTIALITY);
	const struct lkd_iface *all;
	size_t n;

	(void)state;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	all = lkd_ifaces(&n);
	for (size_t i = 0; i < n; i++) {
		if (all[i].kind != LKD_KIND_FILE && all[i].kind != LKD_KIND_DEVICE)
			continue;
		if (!lkd_files_have(all[i].reason, LKD_FILE_MASK) && !lkd_files_have(all[i].reason, LKD_FILE_LANDLOCK))
			fail_msg("%s: nothing holds %s", lkd_reason_info(all[i].reason)->name, all[i].what);
		if (all[i].mask < LKD_FIT_OVER && all[i].landlock < LKD_FIT_OVER)
			fail_msg("%s: the table does not say that %s can be held", lkd_reason_info(all[i].reason)->name,
				 all[i].what);
	}
}

/* ---- masks, against the kernel's numbers in the recording ---- */

/*
 * What the kernel engine has to be told, worked out another way: for each word
 * of the recording's text, is it ours to answer?
 */
struct masks {
	const struct lkd_policy *p;
	const struct lkd_facts *f;
	uint64_t denied, audited;
};

static bool ours_to_answer(const struct lkd_facts *f, int r, enum lkd_level level)
{
	if (r == LKD_REASON_DEVICE_TREE || r == LKD_REASON_RTAS_ERROR_INJECTION) /* of other machines: whoever asks */
		return true;
	if (r == LKD_REASON_MODULE_SIGNATURE && f->v[LKD_FACT_modules].num == LKD_NO)
		return true;
	if (lkd_fact_level(f) >= level) /* the host refuses it */
		return false;
	switch (r) {
	case LKD_REASON_XMON_WR: /* never answered for one container */
	case LKD_REASON_XMON_RW:
	case LKD_REASON_DBG_READ_KERNEL:
	case LKD_REASON_DBG_WRITE_KERNEL:
		return false;
	case LKD_REASON_MODULE_SIGNATURE:
		return f->v[LKD_FACT_config_module_sig].num == LKD_YES;
	default:
		return true;
	}
}

static void add_word(struct masks *m, const char *name, int number, enum lkd_level level)
{
	int r = lkd_reason_parse(name);
	bool deny, tell;

	if (r >= 0) {
		level = lkd_reason_info((enum lkd_reason)r)->level;
		deny = m->p->enforce & LKD_SET(r);
		tell = m->p->audit & LKD_SET(r);
	} else {
		deny = level <= m->p->level;
		tell = level <= m->p->audit_level;
	}
	if (!ours_to_answer(m->f, r, level))
		return;
	if (deny)
		m->denied |= 1ULL << number;
	else if (tell)
		m->audited |= 1ULL << number;
}

static struct masks masks_of(const struct lkd_policy *p, const struct lkd_facts *f)
{
	struct masks m = { .p = p, .f = f };
	enum lkd_level level = LKD_LEVEL_INTEGRITY;
	char text[LKD_FACT_STR_MAX], *save, *word, *eq;

	strcpy(text, f->v[LKD_FACT_reasons].str);
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		eq = strchr(word, '=');
		*eq = '\0';
		if (!strcmp(word, "INTEGRITY_MAX"))
			level = LKD_LEVEL_CONFIDENTIALITY;
		else if (strcmp(word, "NONE") && strcmp(word, "CONFIDENTIALITY_MAX"))
			add_word(&m, word, atoi(eq + 1), level);
	}
	if (p->level != LKD_LEVEL_NONE)
		m.denied |= 1ULL << 63; /* numbers that the kernel does not name */
	return m;
}

static void check_masks(const struct lkd_policy *p, const struct lkd_facts *f)
{
	struct masks m = masks_of(p, f);

	if (plan.engine != LKD_ENGINE_KERNEL) {
		assert_true(!plan.denied && !plan.audited && !plan.seals);
		return;
	}
	if (plan.denied != m.denied || plan.audited != m.audited)
		fail_msg("%s: denied %llx, expected %llx; audited %llx, expected %llx", f->v[LKD_FACT_kernel_release].str,
			 (unsigned long long)plan.denied, (unsigned long long)m.denied, (unsigned long long)plan.audited,
			 (unsigned long long)m.audited);
	assert_false(plan.denied & plan.audited);
}

static void test_masks(void **state)
{
	struct lkd_policy p;

	(void)state;
	for (size_t i = 0; i < LKD_N(hosts); i++) {
		for (int level = LKD_LEVEL_INTEGRITY; level < LKD_LEVEL_COUNT_; level++) {
			p = bare((enum lkd_level)level);
			make(&p, &recorded[i], LKD_ENGINE_AUTO);
			check_masks(&p, &recorded[i]);
			if (plan.engine == LKD_ENGINE_KERNEL)
				assert_int_equal(plan.seals, LKD_SEALS_ALL);
		}
	}
	/* the numbers themselves, once: 1-20 without those of debuggers; 22-24, 26, 27, 29 */
	p = bare(LKD_LEVEL_INTEGRITY);
	make(&p, host("debian-6.1-lsm"), LKD_ENGINE_AUTO);
	assert_true(plan.denied == (0x1afffeULL | 1ULL << 63));
	p = bare(LKD_LEVEL_CONFIDENTIALITY);
	make(&p, host("debian-6.1-lsm"), LKD_ENGINE_AUTO);
	assert_true(plan.denied == (0x1afffeULL | 0x2dc00000ULL | 1ULL << 63));
	assert_true(plan.audited == 0);
}

/* what is only told goes to the other mask, and refuses no start */
static void test_audit(void **state)
{
	struct lkd_policy p;
	struct lkd_err e = {};
	static const char all[] = "{\"level\":\"confidentiality\",\"mode\":\"audit\"}";
	static const char some[] = "{\"level\":\"integrity\",\"audit\":{\"level\":\"confidentiality\",\"allow\":[\"PERF\",\"KEXEC\"]},"
				   "\"allow\":[\"KEXEC\"],\"seals\":[\"sysrq\"]}";

	(void)state;
	assert_int_equal(lkd_policy_parse(all, strlen(all), "audit.json", &p, &e), 0);
	make(&p, host("debian-6.12-lsm"), LKD_ENGINE_AUTO);
	check_masks(&p, host("debian-6.12-lsm"));
	assert_int_equal(plan.engine, LKD_ENGINE_KERNEL);
	assert_true(plan.denied == 0 && plan.audited == (0x1afffeULL | 0x2dc00000ULL));
	assert_int_equal(plan.n_filter, 0); /* a filter refuses, it cannot tell */
	assert_int_equal(plan.refusals, 0);
	assert_int_equal(row("KCORE")->want, LKD_WANT_AUDIT);
	/* without BPF nobody tells: gaps, but none that keeps anything from starting */
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_BROKER);
	assert_int_equal(plan.n_filter, 0);
	assert_string_equal(row("KCORE")->note, "only the kernel engine can audit");
	assert_int_equal(row("KCORE")->holders, 0);
	assert_int_equal(plan.refusals, LKD_SEAL_COUNT_); /* the seals are asked for all the same */
	/* and a host that refuses needs no telling */
	make(&p, host("native-confidentiality"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_HOST);
	assert_string_equal(row("KCORE")->note, "the host refuses it: nothing to audit");

	assert_int_equal(lkd_policy_parse(some, strlen(some), "some.json", &p, &e), 0);
	make(&p, host("debian-6.1-lsm"), LKD_ENGINE_AUTO);
	check_masks(&p, host("debian-6.1-lsm"));
	assert_true(plan.denied == ((0x1afffeULL & ~(1ULL << 4)) | 1ULL << 63));
	assert_true(plan.audited == (0x2dc00000ULL & ~(1ULL << 26)));
	assert_int_equal(plan.seals, SEAL(SYSRQ));
	assert_string_equal(row("KEXEC")->note, "let through by the policy");
	assert_int_equal(row("ptrace")->want, LKD_WANT_NONE);
	make(&p, host("native-integrity"), LKD_ENGINE_AUTO);
	check_masks(&p, host("native-integrity"));
	assert_int_equal(row("sysrq")->holders, BY(KERNEL)); /* the host lacks the level that is told */
}

/* ---- kernels of other times ---- */

/* the kernel's enum as in 6.1.192, with words put in or left out, numbered anew */
static void set_reasons(struct lkd_facts *f, const char *first, const char *before_max, const char *last, const char *without)
{
	static const char *const order[] = {
		"NONE", "?first", "MODULE_SIGNATURE", "DEV_MEM", "EFI_TEST", "KEXEC", "HIBERNATION", "PCI_ACCESS", "IOPORT",
		"MSR", "ACPI_TABLES", "DEVICE_TREE", "PCMCIA_CIS", "TIOCSSERIAL", "MODULE_PARAMETERS", "MMIOTRACE", "DEBUGFS",
		"XMON_WR", "BPF_WRITE_USER", "DBG_WRITE_KERNEL", "RTAS_ERROR_INJECTION", "XEN_USER_ACTIONS", "?before",
		"INTEGRITY_MAX", "KCORE", "KPROBES", "BPF_READ_KERNEL", "DBG_READ_KERNEL", "PERF", "TRACEFS", "XMON_RW",
		"XFRM_SECRET", "?last", "CONFIDENTIALITY_MAX",
	};
	char *out = f->v[LKD_FACT_reasons].str;
	size_t len = 0;
	int n = 0;

	for (size_t i = 0; i < LKD_N(order); i++) {
		const char *word = !strcmp(order[i], "?first")	? first :
				   !strcmp(order[i], "?before") ? before_max :
				   !strcmp(order[i], "?last")	? last :
				   !strcmp(order[i], without)	? "" :
								  order[i];

		if (*word)
			len += (size_t)snprintf(out + len, LKD_FACT_STR_MAX - len, "%s%s=%d", len ? " " : "", word, n++);
	}
	assert_true(len < LKD_FACT_STR_MAX);
}

static void test_same_numbers(void **state)
{
	(void)state;
	facts = *host("debian-6.1-lsm");
	set_reasons(&facts, "", "", "", "");
	for (size_t i = 0; i < LKD_N(hosts); i++)
		if (recorded[i].v[LKD_FACT_reasons].str[0])
			assert_string_equal(facts.v[LKD_FACT_reasons].str, recorded[i].v[LKD_FACT_reasons].str);
}

static void test_newer_reasons(void **state)
{
	static const struct {
		const char *first, *before_max, *last;
	} kernels[] = {
		{ "", "KILLSWITCH", "" },	/* the confidentiality ones shift */
		{ "KILLSWITCH", "", "" },	/* all shift */
		{ "", "", "KILLSWITCH" },	/* none shifts */
		{ "A_FIRST", "A_SECOND", "A_THIRD" },
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(kernels); i++) {
		const char *const words[] = { kernels[i].first, kernels[i].before_max, kernels[i].last };

		facts = *host("debian-6.12-lsm");
		set_reasons(&facts, words[0], words[1], words[2], "");
		for (int level = LKD_LEVEL_INTEGRITY; level < LKD_LEVEL_COUNT_; level++) {
			struct lkd_policy p = bare((enum lkd_level)level);

			make(&p, &facts, LKD_ENGINE_AUTO);
			check_masks(&p, &facts);
			assert_int_equal(plan.refusals, 0);
			assert_false(plan.denied & (1ULL << lkd_fact_reason_number(&facts, "DBG_READ_KERNEL")));
			for (size_t k = 0; k < LKD_N(words); k++) {
				const int number = *words[k] ? lkd_fact_reason_number(&facts, words[k]) : -1;
				const bool in_force = k < 2 || level == LKD_LEVEL_CONFIDENTIALITY;

				if (number < 0)
					continue;
				assert_true(number > 0 && number < 40);
				assert_true(!!(plan.denied & (1ULL << number)) == in_force);
				assert_int_equal(row(words[k])->want, in_force ? LKD_WANT_ENFORCE : LKD_WANT_NONE);
				assert_int_equal(row(words[k])->level,
						 k < 2 ? LKD_LEVEL_INTEGRITY : LKD_LEVEL_CONFIDENTIALITY);
				assert_non_null(strstr(row(words[k])->note, "newer than this program"));
			}
			/* told, not refused */
			p.audit_level = p.level;
			p.audit = p.enforce;
			p.level = LKD_LEVEL_NONE;
			p.enforce = 0;
			make(&p, &facts, LKD_ENGINE_AUTO);
			check_masks(&p, &facts);
			assert_true(plan.denied == 0);
			for (size_t k = 0; k < LKD_N(words); k++)
				if (*words[k])
					assert_true(!!(plan.audited &
						       (1ULL << lkd_fact_reason_number(&facts, words[k]))) ==
						    (k < 2 || level == LKD_LEVEL_CONFIDENTIALITY));
		}
	}
}

/* without BPF a reason that nobody knows cannot be held: only who accepts every gap accepts that one */
static void test_newer_without_bpf(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_INTEGRITY);
	unsigned before;

	(void)state;
	facts = *host("debian-6.12-preempt-full");
	make(&p, &facts, LKD_ENGINE_AUTO);
	before = plan.refusals;
	set_reasons(&facts, "", "KILLSWITCH", "NEW_SECRET", "");
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(plan.refusals, before + 1);
	assert_int_equal(row("KILLSWITCH")->held, LKD_HELD_NOT);
	assert_false(row("KILLSWITCH")->accepted);
	assert_int_equal(row("NEW_SECRET")->want, LKD_WANT_NONE);
	p.accept_gap = lkd_level_reasons(LKD_LEVEL_INTEGRITY);
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_false(row("KILLSWITCH")->accepted);
	p.accept_gap = p.accept_stricter = LKD_SET_ALL;
	p.accept_seal_gap = LKD_SEALS_ALL;
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_true(row("KILLSWITCH")->accepted);
	assert_int_equal(plan.refusals, 0);
	/* a host that is locked down refuses it itself */
	facts = *host("native-integrity");
	set_reasons(&facts, "", "KILLSWITCH", "", "");
	p = bare(LKD_LEVEL_INTEGRITY);
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_HOST);
	assert_int_equal(row("KILLSWITCH")->holders, BY(HOST));
}

static void test_older_kernels(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_CONFIDENTIALITY);

	(void)state;
	/* 6.1 before 6.1.167: all of confidentiality one lower */
	facts = *host("debian-6.1-lsm");
	set_reasons(&facts, "", "", "", "XEN_USER_ACTIONS");
	assert_int_equal(lkd_fact_reason_number(&facts, "KCORE"), 21);
	make(&p, &facts, LKD_ENGINE_AUTO);
	check_masks(&p, &facts);
	assert_true(plan.denied == (0xafffeULL | 0x2dc00000ULL >> 1 | 1ULL << 63));
	assert_int_equal(row("XEN_USER_ACTIONS")->holders, BY(ABSENT));
	assert_non_null(strstr(row("XEN_USER_ACTIONS")->note, "does not know"));
	assert_int_equal(plan.gaps + plan.refusals, 0);
	/* any one of them missing */
	for (int i = 0; i < LKD_REASON_COUNT_; i++) {
		const char *name = lkd_reason_info((enum lkd_reason)i)->name;

		set_reasons(&facts, "", "", "", name);
		make(&p, &facts, LKD_ENGINE_AUTO);
		check_masks(&p, &facts);
		assert_int_equal(row(name)->holders, BY(ABSENT));
	}
}

static void test_newer_limits(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_INTEGRITY);
	struct lkd_err e = {};
	char *out;

	(void)state;
	facts = *host("debian-6.1-lsm");
	for (int n = LKD_PLAN_NEW_MAX - 1; n <= LKD_PLAN_NEW_MAX + 1; n++) {
		size_t len = 0;

		out = facts.v[LKD_FACT_reasons].str;
		for (int i = 0; i < n; i++)
			len += (size_t)snprintf(out + len, LKD_FACT_STR_MAX - len, "%sN%d=%d", i ? " " : "", i, i + 1);
		assert_int_equal(lkd_plan_make(&p, &facts, LKD_ENGINE_AUTO, &plan, &e),
				 n <= LKD_PLAN_NEW_MAX ? 0 : -EOVERFLOW);
	}
	assert_int_equal(e.code, EOVERFLOW);
	strcpy(out, "A23456789012345678901234567890123456789=1"); /* 39 */
	assert_int_equal(lkd_plan_make(&p, &facts, LKD_ENGINE_AUTO, &plan, &e), 0);
	assert_true(plan.denied == (2 | 1ULL << 63));
	strcpy(out, "A234567890123456789012345678901234567890=1"); /* 40 */
	assert_int_equal(lkd_plan_make(&p, &facts, LKD_ENGINE_AUTO, &plan, &e), -EOVERFLOW);
	strcpy(out, "KEXEC=4 MSR");
	assert_int_equal(lkd_plan_make(&p, &facts, LKD_ENGINE_AUTO, &plan, &e), -EINVAL);
	assert_non_null(strstr(e.msg, "malformed"));
}

/* ---- hosts of other kinds ---- */

/* kgdb is never answered for one container: its door is sealed, or it is a gap */
static void test_debugger(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_CONFIDENTIALITY);
	static const int kgdb[] = { LKD_YES, LKD_UNKNOWN };

	(void)state;
	for (size_t i = 0; i < LKD_N(kgdb); i++) {
		facts = *host("debian-6.12-lsm");
		facts.v[LKD_FACT_config_kgdb].num = kgdb[i];
		p = bare(LKD_LEVEL_CONFIDENTIALITY);
		make(&p, &facts, LKD_ENGINE_AUTO);
		check_masks(&p, &facts);
		assert_int_equal(row("DBG_READ_KERNEL")->holders, BY(SEAL));
		assert_int_equal(row("DBG_WRITE_KERNEL")->held, LKD_HELD_EXACT);
		assert_int_equal(plan.refusals, 0);
		p.seals &= ~SEAL(SYSRQ);
		make(&p, &facts, LKD_ENGINE_AUTO);
		assert_int_equal(row("DBG_READ_KERNEL")->holders, 0);
		assert_int_equal(plan.gaps, 2);
		assert_int_equal(plan.refusals, 2);
		assert_non_null(strstr(row("DBG_READ_KERNEL")->note, "needs the seal sysrq"));
	}
	/* xmon likewise, where it can be */
	strcpy(facts.v[LKD_FACT_machine].str, "ppc64le");
	p = bare(LKD_LEVEL_CONFIDENTIALITY);
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("XMON_WR")->holders, BY(SEAL));
	assert_int_equal(row("XMON_RW")->holders, BY(SEAL));
	assert_int_equal(row("DEVICE_TREE")->holders, BY(KERNEL));
	assert_int_equal(row("MSR")->holders, BY(ABSENT));
	assert_false(plan.denied & (1ULL << lkd_fact_reason_number(&facts, "XMON_WR")));
	assert_true(plan.denied & (1ULL << lkd_fact_reason_number(&facts, "RTAS_ERROR_INJECTION")));
}

/* unknown never counts as "there is nothing to hold" */
static void test_unknown(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_CONFIDENTIALITY);

	(void)state;
	lkd_facts_init(&facts);
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_BROKER);
	assert_int_equal(plan.exact, 0);
	assert_int_equal(plan.gaps, LKD_REASON_COUNT_);
	assert_int_equal(plan.n_filter, 0);
	facts = *host("debian-6.1-lsm");
	for (int i = 0; i < LKD_FACT_COUNT_; i++) {
		static struct lkd_facts less;
		unsigned held = 0;

		/* one fact unknown: never more is held than with it */
		less = facts;
		lkd_facts_init(&less);
		for (int k = 0; k < LKD_FACT_COUNT_; k++)
			if (k != i)
				less.v[k] = facts.v[k];
		make(&p, &less, LKD_ENGINE_AUTO);
		for (size_t k = 0; k < plan.n_reasons; k++)
			held += plan.rows[k].held == LKD_HELD_EXACT && (plan.rows[k].holders & (BY(ABSENT) | BY(HOST)));
		assert_true(held <= 6);
	}
}

static void test_engine_prerequisites(void **state)
{
	static const struct {
		enum lkd_fact_id id;
		int num;
		const char *missing;
	} cases[] = {
		{ LKD_FACT_btf, LKD_NO, "no kernel type information" },
		{ LKD_FACT_btf, LKD_UNKNOWN, "no kernel type information" },
		{ LKD_FACT_bpffs, LKD_NO, "mount -t bpf" },
		{ LKD_FACT_ftrace_enabled, LKD_NO, "ftrace_enabled is 0" },
		{ LKD_FACT_init_user_ns, LKD_NO, "user namespace" },
	};
	struct lkd_policy p = bare(LKD_LEVEL_INTEGRITY);
	static const char *const preempt[] = { "none", "voluntary", "full", "lazy", "rt", "unknown", "" };

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		facts = *host("debian-6.1-lsm");
		facts.v[cases[i].id].num = cases[i].num;
		make(&p, &facts, LKD_ENGINE_AUTO);
		if (plan.engine != LKD_ENGINE_BROKER || !strstr(plan.kernel_missing, cases[i].missing))
			fail_msg("case %zu: engine %s, '%s'", i, lkd_engine_name(plan.engine), plan.kernel_missing);
	}
	for (size_t i = 0; i < LKD_N(preempt); i++) {
		/* how the kernel preempts matters to fmod_ret only */
		facts = *host("debian-6.1-lsm");
		strcpy(facts.v[LKD_FACT_preempt].str, preempt[i]);
		make(&p, &facts, LKD_ENGINE_AUTO);
		assert_int_equal(plan.engine, LKD_ENGINE_KERNEL);
		facts = *host("debian-6.1-nobpf-lsm");
		strcpy(facts.v[LKD_FACT_preempt].str, preempt[i]);
		make(&p, &facts, LKD_ENGINE_AUTO);
		assert_int_equal(plan.engine, i < 2 ? LKD_ENGINE_KERNEL : LKD_ENGINE_BROKER);
		facts.v[LKD_FACT_fmod_ret].num = LKD_NO;
		make(&p, &facts, LKD_ENGINE_AUTO);
		assert_int_equal(plan.engine, LKD_ENGINE_BROKER);
	}
	/* not asked about: not held, rather than believed */
	facts = *host("debian-6.1-lsm");
	facts.v[LKD_FACT_config_module_sig].num = LKD_NO;
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(row("MODULE_SIGNATURE")->held, LKD_HELD_NOT);
	assert_non_null(strstr(row("MODULE_SIGNATURE")->note, "CONFIG_MODULE_SIG"));
	check_masks(&p, &facts);
	/* no filters: nothing holds anything */
	facts = *host("no-btf");
	facts.v[LKD_FACT_seccomp_filter].num = LKD_NO;
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(plan.n_filter, 0);
	assert_int_equal(plan.stricter, 0);
	assert_string_equal(row("KEXEC")->note, "no seccomp filters here");
}

/* only a host that really holds something is "locked down itself" */
static void test_nothing_wanted(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_INTEGRITY);

	(void)state;
	p.seals = 0;
	p.enforce = R(XMON_WR);
	make(&p, host("debian-6.1-lsm"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_KERNEL);
	assert_true(plan.denied == 1ULL << 63);
	p.enforce = 0;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_BROKER);
	assert_int_equal(plan.refusals, 0);
	p.enforce = R(KEXEC);
	make(&p, host("native-integrity"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.engine, LKD_ENGINE_HOST);
}

/* ---- words ---- */

static void test_words(void **state)
{
	char buf[96], small[4];

	(void)state;
	assert_int_equal(lkd_engine_parse("auto"), LKD_ENGINE_AUTO);
	assert_int_equal(lkd_engine_parse("kernel"), LKD_ENGINE_KERNEL);
	assert_int_equal(lkd_engine_parse("broker"), LKD_ENGINE_BROKER);
	assert_int_equal(lkd_engine_parse("host"), -EINVAL); /* an outcome, nothing to ask for */
	assert_int_equal(lkd_engine_parse("Kernel"), -EINVAL);
	assert_int_equal(lkd_engine_parse(""), -EINVAL);
	for (int i = 0; i < LKD_ENGINE_COUNT_; i++)
		if (i != LKD_ENGINE_HOST)
			assert_int_equal(lkd_engine_parse(lkd_engine_name((enum lkd_engine)i)), i);
	assert_string_equal(lkd_held_name(LKD_HELD_NOT), "not held");
	assert_string_equal(lkd_held_name(LKD_HELD_EXACT), "exact");
	assert_string_equal(lkd_holders_text(0, buf, sizeof(buf)), "-");
	assert_string_equal(lkd_holders_text(BY(KERNEL), buf, sizeof(buf)), "kernel");
	assert_string_equal(lkd_holders_text(BY(KERNEL) | BY(SECCOMP), buf, sizeof(buf)), "kernel + seccomp");
	assert_string_equal(lkd_holders_text(~0u, buf, sizeof(buf)), "host + absent + kernel + seccomp + broker + seal + landlock + mask");
	assert_string_equal(lkd_holders_text(~0u, small, sizeof(small)), "hos");
}

static void test_check(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_INTEGRITY);
	struct lkd_err e = {};

	(void)state;
	p.needs = 1u << LKD_NEED_MOUNT;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(lkd_plan_check(&plan, &e), -EPERM);
	assert_string_equal(e.msg, "policy 'integrity' cannot be held on this host: MODULE_SIGNATURE (stricter), DEV_MEM, "
				   "EFI_TEST, KEXEC (stricter), HIBERNATION, ...");
	assert_non_null(strstr(e.hint, "CONFIG_DEBUG_INFO_BTF"));
	assert_non_null(strstr(e.hint, "--accept-gap"));
	assert_int_equal(lkd_plan_check(&plan, NULL), -EPERM);
	/* just one */
	p.accept_gap = p.accept_stricter = LKD_SET_ALL & ~R(MSR);
	p.accept_seal_gap = LKD_SEALS_ALL;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(lkd_plan_check(&plan, &e), -EPERM);
	assert_string_equal(e.msg, "policy 'integrity' cannot be held on this host: MSR");
	/* stricter is not accepted by accepting a gap, nor the other way round */
	p.accept_gap = 0;
	p.accept_stricter = LKD_SET_ALL;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.refusals, 9);
	p.accept_gap = LKD_SET_ALL;
	p.accept_stricter = 0;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(plan.refusals, 5);
	p.accept_stricter = LKD_SET_ALL;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	assert_int_equal(lkd_plan_check(&plan, &e), 0);
	/* five names of the longest sort */
	facts = *host("no-btf");
	strcpy(facts.v[LKD_FACT_reasons].str, "A23456789012345678901234567890123456789=1 B23456789012345678901234567890123456789=2 "
					      "C23456789012345678901234567890123456789=3 D23456789012345678901234567890123456789=4 "
					      "E23456789012345678901234567890123456789=5 F23456789012345678901234567890123456789=6");
	p.accept_gap &= ~R(XFRM_SECRET);
	make(&p, &facts, LKD_ENGINE_AUTO);
	assert_int_equal(plan.refusals, 6);
	assert_int_equal(lkd_plan_check(&plan, &e), -EPERM);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void test_text(void **state)
{
	struct lkd_policy p = bare(LKD_LEVEL_CONFIDENTIALITY);
	char *text;

	(void)state;
	make(&p, host("debian-6.1-lsm"), LKD_ENGINE_AUTO);
	text = lkd_plan_text(&plan);
	has(text, "policy confidentiality, engine kernel, kernel 6.1.0-56-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 "
		  "(2026-11-16)\n\n");
	has(text, "\nREASON                LEVEL      HELD BY           EXACT     NOTE\n");
	has(text, "\nKEXEC                 integrity  kernel            yes       \n");
	has(text, "\nXFRM_SECRET           confid.    kernel            mostly    but for: group XFRMNLGRP_SA");
	has(text, "\nptrace                seal       kernel            yes       \n");
	has(text, "\n\n28 reasons: 25 held exactly, 3 with a caveat, 0 stricter, 0 not held. This host can run the policy.\n");
	free(text);

	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	text = lkd_plan_text(&plan);
	has(text, "\nKCORE                 confid.    mask              stricter  ENXIO behind a mask; ");
	has(text, "\nFiles are held where lockdown-exec starts the workload: it cannot mount or unmount, ");
	has(text, "\nfilter of its config, which refuses kexec_load, ");
	has(text, "\n\n28 reasons: 8 held exactly, 20 stricter, 0 not held. This host CANNOT run the policy: 22 not accepted.\n");
	free(text);
	p.needs = 1u << LKD_NEED_MOUNT;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	text = lkd_plan_text(&plan);
	has(text, "\nKCORE                 confid.    nothing           NO        a filter cannot see: open of /proc/kcore "
		  "(files are not held for workloads that mount, nor by a container's config alone)\n");
	assert_null(strstr(text, "Files are held"));
	has(text, "\n\n28 reasons: 8 held exactly, 8 stricter, 12 not held. This host CANNOT run the policy: 24 not accepted.\n");
	free(text);
	p = bare(LKD_LEVEL_INTEGRITY);
	p.accept_gap = p.accept_stricter = LKD_SET_ALL;
	p.accept_seal_gap = LKD_SEALS_ALL;
	p.needs = 1u << LKD_NEED_MOUNT;
	make(&p, host("no-btf"), LKD_ENGINE_AUTO);
	text = lkd_plan_text(&plan);
	has(text, "\nKCORE                 confid.    -                 -         not in this policy's level\n");
	has(text, "\nMSR                   integrity  nothing           NO        accepted; a filter cannot see");
	has(text, "\n\n20 reasons: 6 held exactly, 5 stricter, 9 not held. This host can run the policy.\n");
	free(text);
	make(&p, host("native-integrity"), LKD_ENGINE_AUTO);
	text = lkd_plan_text(&plan);
	has(text, "20 reasons: 20 held exactly, 0 stricter, 0 not held. This host is locked down itself: it refuses all of this "
		  "already.\n");
	free(text);
}

/* ---- what holds of every plan ---- */

static uint64_t seed = 0x6c6f636b646f776eULL;

static uint64_t rnd(void) /* xorshift64* */
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1dULL;
}

/* now and then empty or full, else anything */
static lkd_set random_set(void)
{
	switch (rnd() % 4) {
	case 0:
		return 0;
	case 1:
		return LKD_SET_ALL;
	case 2:
		return LKD_SET_ALL & rnd() & rnd();
	default:
		return LKD_SET_ALL & rnd();
	}
}

static struct lkd_policy random_policy(void)
{
	struct lkd_policy p;

	lkd_policy_init(&p, (enum lkd_level)(rnd() % LKD_LEVEL_COUNT_));
	strcpy(p.name, "random");
	p.enforce = rnd() % 2 ? lkd_level_reasons(p.level) : random_set();
	if (rnd() % 2) {
		p.audit_level = (enum lkd_level)(rnd() % LKD_LEVEL_COUNT_);
		p.audit = rnd() % 2 ? lkd_level_reasons(p.audit_level) : random_set();
	}
	p.accept_gap = random_set();
	p.accept_stricter = random_set();
	p.needs = rnd() % 2 ? 0 : (uint32_t)rnd() & ((1u << LKD_NEED_COUNT_) - 1);
	p.seals = (uint32_t)rnd() & LKD_SEALS_ALL;
	p.accept_seal_gap = (uint32_t)rnd() & LKD_SEALS_ALL;
	lkd_policy_settle(&p);
	return p;
}

/* a recording, sometimes as another kernel or machine would have it */
static const struct lkd_facts *random_facts(void)
{
	static const char *const machines[] = { "x86_64", "aarch64", "ppc64le", "s390x", "i686", "" };
	static const char *const new[] = { "", "KILLSWITCH" };

	facts = recorded[rnd() % LKD_N(hosts)];
	if (rnd() % 4 == 0)
		strcpy(facts.v[LKD_FACT_machine].str, machines[rnd() % LKD_N(machines)]);
	if (rnd() % 4 == 0)
		facts.v[LKD_FACT_config_kgdb].num = (int)(rnd() % 3) - 1;
	if (rnd() % 4 == 0)
		facts.v[LKD_FACT_config_module_sig].num = (int)(rnd() % 3) - 1;
	if (rnd() % 8 == 0)
		facts.v[LKD_FACT_seccomp_filter].num = (int)(rnd() % 3) - 1;
	if (facts.v[LKD_FACT_reasons].str[0] && rnd() % 4 == 0)
		set_reasons(&facts, new[rnd() % 2], "", rnd() % 2 ? "" : "NEW_SECRET", rnd() % 2 ? "" : "XEN_USER_ACTIONS");
	return &facts;
}

static void check_rows(const struct lkd_policy *p, const struct lkd_plan *q)
{
	unsigned n[LKD_HELD_COUNT_] = {}, refusals = 0, wanted = 0;

	for (size_t i = 0; i < q->n_rows; i++) {
		const struct lkd_plan_row *r = &q->rows[i];

		assert_true(r->name[0] && memchr(r->note, '\0', sizeof(r->note)));
		if (i < LKD_REASON_COUNT_)
			assert_int_equal(r->want, p->enforce & LKD_SET(i) ? LKD_WANT_ENFORCE :
						  p->audit & LKD_SET(i)	  ? LKD_WANT_AUDIT :
									    LKD_WANT_NONE);
		if (r->want == LKD_WANT_NONE)
			continue;
		/* held by somebody, or a gap that says why */
		assert_true((r->held == LKD_HELD_NOT) == (r->holders == 0));
		if (r->held != LKD_HELD_EXACT && !r->note[0])
			fail_msg("%s: no note", r->name);
		if (r->want == LKD_WANT_ENFORCE && !r->accepted)
			assert_true(r->held <= LKD_HELD_STRICTER);
		if (r->want == LKD_WANT_AUDIT)
			assert_true(r->accepted && !(r->holders & (BY(SECCOMP) | BY(BROKER))));
		refusals += !r->accepted;
		if (i < q->n_reasons) {
			n[r->held]++;
			wanted++;
		}
	}
	assert_int_equal(q->exact, n[LKD_HELD_EXACT]);
	assert_int_equal(q->caveats, n[LKD_HELD_CAVEAT]);
	assert_int_equal(q->stricter, n[LKD_HELD_STRICTER]);
	assert_int_equal(q->gaps, n[LKD_HELD_NOT]);
	assert_int_equal(q->exact + q->caveats + q->stricter + q->gaps, wanted);
	assert_int_equal(q->refusals, refusals);
	assert_int_equal(lkd_plan_check(q, NULL), refusals ? -EPERM : 0);
	assert_true(q->engine != LKD_ENGINE_AUTO && q->engine < LKD_ENGINE_COUNT_);
	assert_true(q->n_filter <= LKD_FILTER_MAX);
	for (size_t i = 0; i < q->n_reasons; i++)
		if (q->rows[i].holders & BY(BROKER))
			assert_true(q->broker != 0 && q->engine == LKD_ENGINE_BROKER);
	assert_false(q->broker & ~LKD_BROKER_ALL);
	assert_true(!q->n_filter || BPF_CLASS(q->filter[q->n_filter - 1].code) == BPF_RET);
}

static int member(const json_t *o, const char *key)
{
	return (int)json_integer_value(json_object_get(o, key));
}

static void check_output(const struct lkd_plan *q)
{
	char *text = lkd_plan_text(q), *js = lkd_plan_json(q), want[64];
	json_t *root, *summary, *reasons, *seals;
	unsigned lines = 0;

	assert_non_null(text);
	assert_non_null(js);
	(void)snprintf(want, sizeof(want), "\n%u reasons: %u held exactly, ", q->exact + q->caveats + q->stricter + q->gaps,
		       q->exact);
	has(text, want);
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, q->n_rows + 5 + (q->n_devices ? 2 : 0) + (q->holds_files ? 6 - q->moves_files : 0));
	root = json_loads(js, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	summary = json_object_get(root, "summary");
	assert_int_equal(member(summary, "exact"), q->exact);
	assert_int_equal(member(summary, "caveats"), q->caveats);
	assert_int_equal(member(summary, "stricter"), q->stricter);
	assert_int_equal(member(summary, "gaps"), q->gaps);
	assert_int_equal(member(summary, "not_accepted"), q->refusals);
	assert_true(json_is_true(json_object_get(root, "runnable")) == (q->refusals == 0));
	assert_string_equal(json_string_value(json_object_get(root, "engine")), lkd_engine_name(q->engine));
	assert_string_equal(json_string_value(json_object_get(root, "kernel")), q->kernel);
	assert_int_equal(json_array_size(json_object_get(root, "devices")), q->n_devices);
	reasons = json_object_get(root, "reasons");
	seals = json_object_get(root, "seals");
	assert_int_equal(json_array_size(reasons), q->n_reasons);
	assert_int_equal(json_array_size(seals), LKD_SEAL_COUNT_);
	for (size_t i = 0; i < q->n_rows; i++) {
		json_t *r = json_array_get(i < q->n_reasons ? reasons : seals, i < q->n_reasons ? i : i - q->n_reasons);

		assert_string_equal(json_string_value(json_object_get(r, "name")), q->rows[i].name);
		assert_true(json_is_array(json_object_get(r, "held_by")));
		assert_true(json_is_null(json_object_get(r, "held")) == (q->rows[i].want == LKD_WANT_NONE));
	}
	json_decref(root);
	free(text);
	free(js);
}

static void check_tighter(const struct lkd_policy *p, const struct lkd_facts *f, enum lkd_engine engine)
{
	struct lkd_policy q = random_policy(), both, more;

	/* tighter: nothing that was denied, sealed or told is let go */
	assert_int_equal(lkd_policy_combine(p, &q, &both, NULL), 0);
	assert_true(lkd_policy_tighter(&both, p));
	assert_int_equal(lkd_plan_make(&both, f, engine, &other, NULL), 0);
	if (plan.denied & ~other.denied)
		fail_msg("denied %llx, tighter %llx", (unsigned long long)plan.denied, (unsigned long long)other.denied);
	assert_false(plan.audited & ~(other.audited | other.denied));
	assert_false(plan.seals & ~other.seals);
	/* to accept more only lowers the refusals */
	more = *p;
	more.accept_gap |= q.accept_gap;
	more.accept_stricter |= q.accept_stricter;
	more.accept_seal_gap |= q.accept_seal_gap;
	assert_int_equal(lkd_plan_make(&more, f, engine, &other, NULL), 0);
	assert_true(other.refusals <= plan.refusals);
	assert_true(other.denied == plan.denied && other.audited == plan.audited && other.seals == plan.seals);
	assert_int_equal(other.engine, plan.engine);
	assert_int_equal(other.n_filter, plan.n_filter);
	assert_memory_equal(other.filter, plan.filter, plan.n_filter * sizeof(plan.filter[0]));
	for (size_t i = 0; i < plan.n_rows; i++) {
		assert_true(other.rows[i].held == plan.rows[i].held && other.rows[i].holders == plan.rows[i].holders);
		assert_true(other.rows[i].accepted >= plan.rows[i].accepted);
	}
}

static void test_properties(void **state)
{
	unsigned seen[LKD_ENGINE_COUNT_] = {}, refused = 0, no_kernel = 0;

	(void)state;
	for (int i = 0; i < PROPERTY_POLICIES; i++) {
		struct lkd_policy p = random_policy();
		const struct lkd_facts *f = random_facts();
		const enum lkd_engine engine = asked[rnd() % LKD_N(asked)];
		struct lkd_err e = {};
		int r = lkd_plan_make(&p, f, engine, &plan, &e);

		if (r == -EOPNOTSUPP && engine == LKD_ENGINE_KERNEL) {
			no_kernel++;
			continue;
		}
		if (r)
			fail_msg("policy %d: %d: %s", i, r, e.msg);
		check_rows(&p, &plan);
		if (!strcmp(f->v[LKD_FACT_machine].str, "x86_64"))
			check_masks(&p, f);
		if (i % 4 == 0)
			check_output(&plan);
		check_tighter(&p, f, engine);
		/* the same again */
		assert_int_equal(lkd_plan_make(&p, f, engine, &other, NULL), 0);
		assert_memory_equal(&other, &plan, sizeof(plan));
		seen[plan.engine]++;
		refused += plan.refusals > 0;
	}
	/* the random ones did go everywhere */
	assert_true(seen[LKD_ENGINE_HOST] > 100 && seen[LKD_ENGINE_KERNEL] > 500 && seen[LKD_ENGINE_BROKER] > 500);
	assert_true(refused > 500 && no_kernel > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_without_broker), cmocka_unit_test(test_calls_of_a_config),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_files_of_the_table),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_audit),
		cmocka_unit_test(test_same_numbers),
		cmocka_unit_test(test_newer_reasons),
		cmocka_unit_test(test_newer_without_bpf),
		cmocka_unit_test(test_older_kernels),
		cmocka_unit_test(test_newer_limits),
		cmocka_unit_test(test_debugger),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_engine_prerequisites),
		cmocka_unit_test(test_nothing_wanted),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_properties),
	};

	return cmocka_run_group_tests(tests, load_recordings, NULL);
}
