// SPDX-License-Identifier: BSD-2-Clause
/* The planner: policy and facts in, plan out. Touches nothing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <lockdown/plan.h>

#include "util.h"

#define BY(h)  (1u << LKD_HOLDER_##h)
#define BY_(h) (1u << (h))

static const char *const holder_words[LKD_HOLDER_COUNT_] = {
#define X(id, word, text) [LKD_HOLDER_##id] = word,
	LKD_HOLDERS(X)
#undef X
};

static const char *const engine_words[LKD_ENGINE_COUNT_] = {
	[LKD_ENGINE_AUTO] = "auto",
	[LKD_ENGINE_HOST] = "host",
	[LKD_ENGINE_KERNEL] = "kernel",
	[LKD_ENGINE_BROKER] = "broker",
};

static const char *const held_words[LKD_HELD_COUNT_] = {
	[LKD_HELD_NOT] = "not held",
	[LKD_HELD_STRICTER] = "stricter",
	[LKD_HELD_CAVEAT] = "caveat",
	[LKD_HELD_EXACT] = "exact",
};

const char *lkd_engine_name(enum lkd_engine engine)
{
	return engine_words[engine];
}

int lkd_engine_parse(const char *word)
{
	for (int i = 0; i < LKD_ENGINE_COUNT_; i++)
		if (i != LKD_ENGINE_HOST && !strcmp(engine_words[i], word))
			return i;
	return -EINVAL;
}

const char *lkd_held_name(enum lkd_held held)
{
	return held_words[held];
}

const char *lkd_holders_text(uint32_t holders, char *buf, size_t size)
{
	size_t len = 0;

	(void)snprintf(buf, size, "-");
	for (size_t i = 0; i < LKD_HOLDER_COUNT_ && len < size; i++)
		if (holders & (1u << i))
			len += (size_t)snprintf(buf + len, size - len, "%s%s", len ? " + " : "", holder_words[i]);
	return buf;
}

static void note(struct lkd_plan_row *row, const char *text)
{
	(void)snprintf(row->note, sizeof(row->note), "%s", text);
}

/* ---- what exists ------------------------------------------------------ */

static bool machine_is(const struct lkd_facts *f, const char *prefix)
{
	return !strncmp(f->v[LKD_FACT_machine].str, prefix, strlen(prefix));
}

static bool is_x86(const struct lkd_facts *f)
{
	return machine_is(f, "x86_64") || (machine_is(f, "i") && strstr(f->v[LKD_FACT_machine].str, "86"));
}

/* can this be on that machine at all? */
static bool where_exists(const struct lkd_facts *f, enum lkd_where where)
{
	if (!*f->v[LKD_FACT_machine].str && where != LKD_WHERE_DEBUGGER) /* unknown is not absent */
		return true;
	switch (where) {
	case LKD_WHERE_X86:
		return is_x86(f);
	case LKD_WHERE_PPC:
		return machine_is(f, "ppc");
	case LKD_WHERE_S390:
		return machine_is(f, "s390");
	case LKD_WHERE_ALPHA:
		return machine_is(f, "alpha");
	case LKD_WHERE_NOT_X86:
		return !is_x86(f);
	case LKD_WHERE_DEBUGGER:
		return f->v[LKD_FACT_config_kgdb].num != LKD_NO;
	case LKD_WHERE_ANY:
	case LKD_WHERE_COUNT_:
		break;
	}
	return true;
}

/* ---- the engine ------------------------------------------------------- */

/* NULL if the kernel engine can be had, else why not */
static const char *kernel_engine_missing(const struct lkd_facts *f)
{
	const char *preempt = f->v[LKD_FACT_preempt].str;

	if (f->v[LKD_FACT_ftrace_enabled].num == LKD_NO)
		return "kernel.ftrace_enabled is 0: the kernel would not call our programs";
	if (lkd_fact_is(f, LKD_FACT_engine_loaded) && *f->v[LKD_FACT_reasons].str)
		return NULL;
	if (f->v[LKD_FACT_init_user_ns].num == LKD_NO)
		return "inside a user namespace: it takes root of the host";
	if (f->v[LKD_FACT_cap_bpf].num == LKD_NO || f->v[LKD_FACT_cap_sys_admin].num == LKD_NO)
		return "not privileged: it takes root of the host (CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN)";
	if (!lkd_fact_is(f, LKD_FACT_btf))
		return "no kernel type information (CONFIG_DEBUG_INFO_BTF)";
	if (!*f->v[LKD_FACT_reasons].str)
		return "the kernel does not name its lockdown reasons (CONFIG_SECURITY_LOCKDOWN_LSM)";
	if (!lkd_fact_is(f, LKD_FACT_bpffs))
		return "no bpf file system: mount -t bpf bpf /sys/fs/bpf";
	if (lkd_fact_is(f, LKD_FACT_bpf_lsm))
		return NULL;
	if (!lkd_fact_is(f, LKD_FACT_fmod_ret))
		return "BPF programs cannot be attached to LSM hooks here (is bpf in lsm=?)";
	if (strcmp(preempt, "none") && strcmp(preempt, "voluntary"))
		return "bpf is not in lsm=, and fmod_ret is not safe on a kernel that preempts fully";
	return NULL;
}

/* ---- one reason ------------------------------------------------------- */

struct context {
	const struct lkd_policy *policy;
	const struct lkd_facts *facts;
	enum lkd_engine engine;	   /* KERNEL or BROKER */
	const char *kernel_missing; /* why KERNEL cannot be had, or NULL */
	const char *broker_missing; /* why no broker may be part of BROKER, or NULL */
	const char *files_missing;  /* why files may not be, or NULL */
};

/* the worst interface decides; KERNEL rows are asked of nobody in a container */
static void hold_by_kernel(const struct context *c, enum lkd_reason r, struct lkd_plan_row *row)
{
	const struct lkd_iface *worst = NULL, *all;
	size_t n;

	if (r == LKD_REASON_MODULE_SIGNATURE && !lkd_fact_is(c->facts, LKD_FACT_config_module_sig)) {
		note(row, "a kernel without CONFIG_MODULE_SIG does not ask about unsigned modules");
		return;
	}
	all = lkd_ifaces(&n);
	for (size_t i = 0; i < n; i++)
		if (all[i].reason == r && all[i].kind != LKD_KIND_KERNEL && where_exists(c->facts, all[i].where) &&
		    (!worst || all[i].kernel < worst->kernel))
			worst = &all[i];
	row->holders = BY(KERNEL);
	row->held = LKD_HELD_EXACT;
	if (!worst || worst->kernel == LKD_FIT_EXACT)
		return;
	row->held = worst->kernel == LKD_FIT_OVER ? LKD_HELD_STRICTER : LKD_HELD_CAVEAT;
	(void)snprintf(row->note, sizeof(row->note), "but for: %s", worst->what);
	if (worst->kernel == LKD_FIT_NO) {
		row->holders = 0;
		row->held = LKD_HELD_NOT;
	}
}

/* interfaces that the broker has handlers for; rules that hand them over: seccomp.c:asks */
static const struct {
	enum lkd_reason reason;
	enum lkd_kind kind;
} brokered[] = {
	{ LKD_REASON_PERF, LKD_KIND_ATTR },	      { LKD_REASON_KPROBES, LKD_KIND_ATTR },
	{ LKD_REASON_BPF_WRITE_USER, LKD_KIND_ATTR }, { LKD_REASON_BPF_READ_KERNEL, LKD_KIND_ATTR },
	{ LKD_REASON_TIOCSSERIAL, LKD_KIND_IOCTL },   { LKD_REASON_IOPORT, LKD_KIND_IOCTL },
	{ LKD_REASON_MSR, LKD_KIND_IOCTL },
};

/* NULL if the plan may rest on a broker, else why not */
static const char *broker_missing(const struct lkd_policy *p, const struct lkd_facts *f)
{
	if (!lkd_fact_is(f, LKD_FACT_seccomp_notify))
		return "no seccomp user notification here: no broker";
	/* one listener in a chain of filters: theirs */
	if (p->needs & (1u << LKD_NEED_NESTED))
		return "no broker beside nested containers, which may want one of their own, nor by a container's config alone";
	return NULL;
}

/* reasons of modules that a broker decides by what is written in them, once the kernel sees to their signatures */
static bool modules_brokered(const struct context *c)
{
	return c->policy->needs & (1u << LKD_NEED_MODULES) && lkd_fact_is(c->facts, LKD_FACT_module_sig_enforce);
}

static bool is_brokered(const struct context *c, const struct lkd_iface *i)
{
	if (i->kind == LKD_KIND_MODULE && i->broker >= LKD_FIT_OVER)
		return !c->broker_missing && modules_brokered(c);
	if (c->broker_missing || i->broker < LKD_FIT_OVER)
		return false;
	for (size_t k = 0; k < LKD_N(brokered); k++)
		if (brokered[k].reason == i->reason && brokered[k].kind == i->kind)
			return true;
	return false;
}

/* what holds one interface best, and how well; a filter where it is exact: it costs nothing */
static enum lkd_fit iface_without_bpf(const struct context *c, const struct lkd_iface *i, enum lkd_holder *ret)
{
	*ret = LKD_HOLDER_SECCOMP;
	if (i->seccomp == LKD_FIT_EXACT && lkd_seccomp_has(i->reason, i->kind))
		return i->seccomp;
	if (is_brokered(c, i)) {
		*ret = LKD_HOLDER_BROKER;
		return i->broker;
	}
	if (!c->files_missing && i->mask >= LKD_FIT_OVER && lkd_files_have(i->reason, LKD_FILE_MASK)) {
		*ret = LKD_HOLDER_MASK;
		return i->mask;
	}
	if (!c->files_missing && i->landlock >= LKD_FIT_OVER && lkd_files_have(i->reason, LKD_FILE_LANDLOCK)) {
		*ret = LKD_HOLDER_LANDLOCK;
		return i->landlock;
	}
	return lkd_seccomp_has(i->reason, i->kind) ? i->seccomp : LKD_FIT_NO;
}

/* is there anything that files would be held for? they cost mounting */
static bool wants_files(const struct lkd_policy *p, const struct lkd_facts *f)
{
	for (int r = 0; r < LKD_REASON_COUNT_; r++) {
		const struct lkd_reason_info *info = lkd_reason_info((enum lkd_reason)r);

		if (p->enforce & LKD_SET(r) && where_exists(f, info->where) && lkd_fact_level(f) < info->level &&
		    (lkd_files_have((enum lkd_reason)r, LKD_FILE_MASK) ||
		     lkd_files_have((enum lkd_reason)r, LKD_FILE_LANDLOCK)))
			return true;
	}
	return false;
}

static void hold_without_bpf(const struct context *c, enum lkd_reason r, struct lkd_plan_row *row)
{
	const struct lkd_iface *worst = NULL, *all;
	enum lkd_fit worst_fit = LKD_FIT_EXACT;
	uint32_t holders = 0;
	const char *why = "";
	size_t n;

	if (!lkd_fact_is(c->facts, LKD_FACT_seccomp_filter)) {
		note(row, "no seccomp filters here");
		return;
	}
	if (r == LKD_REASON_MODULE_SIGNATURE && lkd_fact_is(c->facts, LKD_FACT_module_sig_enforce)) {
		/* kernel/module/signing.c:module_sig_check does not even ask then; nothing turns it off again */
		row->holders = BY(HOST);
		row->held = LKD_HELD_EXACT;
		note(row, "the kernel refuses unsigned modules itself (module.sig_enforce)");
		return;
	}
	all = lkd_ifaces(&n);
	for (size_t i = 0; i < n; i++) {
		enum lkd_holder holder;
		enum lkd_fit fit;

		if (all[i].reason != r || all[i].kind == LKD_KIND_KERNEL || !where_exists(c->facts, all[i].where))
			continue;
		fit = iface_without_bpf(c, &all[i], &holder);
		holders |= BY_(holder);
		if (!worst || fit < worst_fit) {
			worst = &all[i];
			worst_fit = fit;
		}
	}
	if (!worst || worst_fit == LKD_FIT_NO || worst_fit == LKD_FIT_PART) {
		if (worst && c->files_missing && (worst->landlock >= LKD_FIT_OVER || worst->mask >= LKD_FIT_OVER))
			why = c->files_missing;
		(void)snprintf(row->note, sizeof(row->note), "a filter cannot see: %s%s%s%s", worst ? worst->what : "it",
			       *why ? " (" : "", why, *why ? ")" : "");
		return;
	}
	row->holders = holders;
	row->held = worst_fit == LKD_FIT_EXACT ? LKD_HELD_EXACT : LKD_HELD_STRICTER;
	if (row->held == LKD_HELD_STRICTER && worst->note[0])
		note(row, worst->note);
	else if (row->held == LKD_HELD_STRICTER)
		(void)snprintf(row->note, sizeof(row->note), "closed as a whole: %s", worst->what);
}

/* kgdb, kdb and xmon remember one answer for the whole host: they are never answered for one container */
static bool is_debugger(enum lkd_reason r)
{
	return lkd_reason_info(r)->where == LKD_WHERE_DEBUGGER || r == LKD_REASON_XMON_WR || r == LKD_REASON_XMON_RW;
}

static void plan_reason(const struct context *c, enum lkd_reason r, struct lkd_plan_row *row)
{
	const struct lkd_reason_info *info = lkd_reason_info(r);
	const struct lkd_policy *p = c->policy;

	(void)snprintf(row->name, sizeof(row->name), "%s", info->name);
	row->level = info->level;
	if (p->enforce & LKD_SET(r))
		row->want = LKD_WANT_ENFORCE;
	else if (p->audit & LKD_SET(r))
		row->want = LKD_WANT_AUDIT;
	if (row->want == LKD_WANT_NONE) {
		note(row, info->level > p->level && info->level > p->audit_level ? "not in this policy's level" :
										   "let through by the policy");
		return;
	}
	if (!where_exists(c->facts, info->where)) {
		row->holders = BY(ABSENT);
		row->held = LKD_HELD_EXACT;
		if (info->where == LKD_WHERE_DEBUGGER)
			note(row, "this kernel has no debugger (CONFIG_KGDB)");
		else
			(void)snprintf(row->note, sizeof(row->note), "only on %s", lkd_where_name(info->where));
		return;
	}
	if (*c->facts->v[LKD_FACT_reasons].str && lkd_fact_reason_number(c->facts, info->name) < 0) {
		row->holders = BY(ABSENT);
		row->held = LKD_HELD_EXACT;
		note(row, "this kernel does not know the reason");
		return;
	}
	if (r == LKD_REASON_MODULE_SIGNATURE && c->facts->v[LKD_FACT_modules].num == LKD_NO) {
		row->holders = BY(ABSENT);
		row->held = LKD_HELD_EXACT;
		note(row, "this kernel loads no modules");
		return;
	}
	if (lkd_fact_level(c->facts) >= info->level) {
		row->holders = BY(HOST);
		row->held = LKD_HELD_EXACT;
		if (row->want == LKD_WANT_AUDIT)
			note(row, "the host refuses it: nothing to audit");
		return;
	}
	if (is_debugger(r)) {
		/* one denial would stick to the whole host, so its way in is closed instead */
		if ((c->engine == LKD_ENGINE_KERNEL || (!c->files_missing && row->want == LKD_WANT_ENFORCE)) &&
		    (p->seals & (1u << LKD_SEAL_SYSRQ))) {
			row->holders = BY(SEAL);
			row->held = LKD_HELD_EXACT;
			note(row, "the debugger's way in, /proc/sysrq-trigger, is sealed");
		} else {
			note(row, "the kernel debugger is reached by /proc/sysrq-trigger: needs the seal sysrq");
		}
		return;
	}
	if (c->engine == LKD_ENGINE_KERNEL)
		hold_by_kernel(c, r, row);
	else if (row->want == LKD_WANT_ENFORCE)
		hold_without_bpf(c, r, row);
	else
		note(row, "only the kernel engine can audit");
}

static void accept(const struct lkd_policy *p, enum lkd_reason r, struct lkd_plan_row *row)
{
	if (row->want != LKD_WANT_ENFORCE)
		row->accepted = true; /* what is only told refuses no start */
	else if (row->held == LKD_HELD_NOT)
		row->accepted = p->accept_gap & LKD_SET(r);
	else if (row->held == LKD_HELD_STRICTER)
		row->accepted = p->accept_stricter & LKD_SET(r);
	else
		row->accepted = true;
}

/* ---- reasons that the table does not know ----------------------------- */

struct newer {
	const struct context *c;
	struct lkd_plan *plan;
	int err;
};

static void plan_newer(void *arg, const char *name, size_t len, int number, enum lkd_level level)
{
	struct newer *n = arg;
	const struct lkd_policy *p = n->c->policy;
	struct lkd_plan_row *row;
	char text[sizeof(row->name)];

	(void)number;
	if (len >= sizeof(text)) {
		n->err = -EOVERFLOW;
		return;
	}
	memcpy(text, name, len);
	text[len] = '\0';
	if (lkd_reason_parse(text) >= 0)
		return;
	if (n->plan->n_reasons >= LKD_REASON_COUNT_ + LKD_PLAN_NEW_MAX) {
		n->err = -EOVERFLOW;
		return;
	}
	row = &n->plan->rows[n->plan->n_reasons++];
	memcpy(row->name, text, sizeof(text));
	row->level = level;
	row->want = level <= p->level ? LKD_WANT_ENFORCE : level <= p->audit_level ? LKD_WANT_AUDIT : LKD_WANT_NONE;
	/* it has no bit of its own: only who accepts every gap accepts this one */
	row->accepted = row->want != LKD_WANT_ENFORCE || !(~p->accept_gap & lkd_level_reasons(LKD_LEVEL_CONFIDENTIALITY));
	note(row, "newer than this program: treated as its level");
	if (row->want == LKD_WANT_NONE)
		return;
	if (lkd_fact_level(n->c->facts) >= level) {
		row->holders = BY(HOST);
		row->held = LKD_HELD_EXACT;
	} else if (n->c->engine == LKD_ENGINE_KERNEL) {
		row->holders = BY(KERNEL);
		row->held = LKD_HELD_EXACT;
	}
	if (row->held != LKD_HELD_NOT)
		row->accepted = true;
}

/* ---- seals ------------------------------------------------------------ */

static void plan_seal(const struct context *c, enum lkd_seal s, struct lkd_plan_row *row)
{
	const struct lkd_policy *p = c->policy;

	(void)snprintf(row->name, sizeof(row->name), "%s", lkd_seal_name(s));
	row->accepted = true;
	if (!(p->seals & (1u << s))) {
		note(row, "not asked for");
		return;
	}
	row->want = LKD_WANT_ENFORCE;
	if (lkd_fact_level(c->facts) >= (p->level > p->audit_level ? p->level : p->audit_level)) {
		row->holders = BY(HOST);
		/* these two are no way out of a lockdown, so it does not close them */
		if (s == LKD_SEAL_SYSRQ || s == LKD_SEAL_HOSTLOCK) {
			row->held = LKD_HELD_CAVEAT;
			note(row, "open: nothing is added to the host's own lockdown, which leaves this to root");
		} else {
			row->held = LKD_HELD_EXACT;
			note(row, "whatever it reached would be locked down too");
		}
	} else if (c->engine == LKD_ENGINE_KERNEL) {
		row->holders = BY(KERNEL);
		row->held = LKD_HELD_EXACT;
	} else if (!c->files_missing && s == LKD_SEAL_SYSRQ) {
		row->holders = BY(MASK);
		row->held = LKD_HELD_EXACT;
	} else if (!c->files_missing && s == LKD_SEAL_PTRACE) {
		/* security/landlock/ptrace.c: for reading as well, so /proc/PID/environ and its like are closed too */
		row->holders = BY(LANDLOCK);
		row->held = LKD_HELD_EXACT;
	} else {
		row->accepted = p->accept_seal_gap & (1u << s);
		note(row, "needs the kernel engine");
	}
}

/* ---- masks in the kernel's numbers ------------------------------------ */

/* What this machine cannot have is refused all the same, should somebody ask; but no debugger's one answer for all. */
static bool nobody_asks(const struct lkd_plan_row *row, size_t i)
{
	return (row->holders & BY(ABSENT)) && i < LKD_REASON_COUNT_ && !is_debugger((enum lkd_reason)i);
}

static void add_to_masks(void *arg, const char *name, size_t len, int number, enum lkd_level level)
{
	struct lkd_plan *plan = arg;

	(void)level;
	for (size_t i = 0; i < plan->n_reasons; i++) {
		const struct lkd_plan_row *row = &plan->rows[i];

		if (strlen(row->name) != len || strncmp(row->name, name, len) || !(row->holders & BY(KERNEL) || nobody_asks(row, i)))
			continue;
		if (row->want == LKD_WANT_ENFORCE)
			plan->denied |= LKD_BIT(number);
		else
			plan->audited |= LKD_BIT(number);
	}
}

/* ---- the plan --------------------------------------------------------- */

static bool host_holds_all(const struct lkd_plan *plan, const struct lkd_facts *f)
{
	for (size_t i = 0; i < plan->n_rows; i++)
		if (plan->rows[i].want != LKD_WANT_NONE && !(plan->rows[i].holders & (BY(HOST) | BY(ABSENT))))
			return false;
	return lkd_fact_level(f) != LKD_LEVEL_NONE; /* where nothing is wanted, nobody holds it */
}

static void count_up(struct lkd_plan *plan)
{
	for (size_t i = 0; i < plan->n_rows; i++) {
		const struct lkd_plan_row *row = &plan->rows[i];

		if (row->want == LKD_WANT_NONE)
			continue;
		plan->refusals += !row->accepted;
		if (i >= plan->n_reasons)
			continue;
		plan->exact += row->held == LKD_HELD_EXACT;
		plan->caveats += row->held == LKD_HELD_CAVEAT;
		plan->stricter += row->held == LKD_HELD_STRICTER;
		plan->gaps += row->held == LKD_HELD_NOT;
	}
}

int lkd_plan_make(const struct lkd_policy *p, const struct lkd_facts *f, enum lkd_engine engine, struct lkd_plan *ret,
		  struct lkd_err *e)
{
	struct context c = { .policy = p,
			     .facts = f,
			     .kernel_missing = kernel_engine_missing(f),
			     .broker_missing = broker_missing(p, f),
			     .files_missing = lkd_files_missing(p, f) };
	lkd_set by_files = 0;
	uint32_t holders[LKD_REASON_COUNT_] = {};
	lkd_set floor = 0;
	struct newer newer;
	int r;

	memset(ret, 0, sizeof(*ret));
	memcpy(ret->policy, p->name, sizeof(ret->policy));
	ret->level = p->level > p->audit_level ? p->level : p->audit_level;
	(void)snprintf(ret->kernel, sizeof(ret->kernel), "%.64s %.64s", f->v[LKD_FACT_kernel_release].str,
		       f->v[LKD_FACT_kernel_version].str);
	for (char *k = ret->kernel; *k; k++) /* it is shown, and a recording may say anything */
		if ((unsigned char)*k < ' ' || *k == 0x7f)
			*k = '?';
	if (c.kernel_missing)
		(void)snprintf(ret->kernel_missing, sizeof(ret->kernel_missing), "%s", c.kernel_missing);
	c.engine = engine != LKD_ENGINE_AUTO ? engine : c.kernel_missing ? LKD_ENGINE_BROKER : LKD_ENGINE_KERNEL;
	if (engine == LKD_ENGINE_KERNEL && c.kernel_missing) {
		r = lkd_err_set(e, EOPNOTSUPP, "the kernel engine cannot be had here: %s", c.kernel_missing);
		return lkd_err_hint(e, r, "lockdownctl doctor says what is missing and how to get it");
	}

	if (!c.files_missing && (c.engine != LKD_ENGINE_BROKER || !lkd_fact_is(f, LKD_FACT_seccomp_filter) || !wants_files(p, f)))
		c.files_missing = "nothing to hold files for";
	for (int i = 0; i < LKD_REASON_COUNT_; i++) {
		struct lkd_plan_row *row = &ret->rows[ret->n_reasons++];

		plan_reason(&c, (enum lkd_reason)i, row);
		accept(p, (enum lkd_reason)i, row);
		holders[i] = row->holders;
		if (!c.files_missing && row->want == LKD_WANT_ENFORCE && !(row->holders & (BY(HOST) | BY(ABSENT))))
			by_files |= LKD_SET(i);
		if (row->want == LKD_WANT_ENFORCE && !(row->holders & (BY(HOST) | BY(ABSENT))) &&
		    lkd_fact_is(f, LKD_FACT_seccomp_filter) && !(p->floor_if_needed && c.engine == LKD_ENGINE_KERNEL))
			floor |= LKD_SET(i);
	}
	newer = (struct newer){ .c = &c, .plan = ret };
	r = lkd_fact_reasons_each(f, plan_newer, &newer);
	if (r == -EINVAL)
		return lkd_err_set(e, EINVAL, "the fact 'reasons' is malformed");
	if (newer.err)
		return lkd_err_set(e, -newer.err, "the kernel has too many lockdown reasons that this program does not know");
	ret->n_rows = ret->n_reasons;
	for (int i = 0; i < LKD_SEAL_COUNT_; i++)
		plan_seal(&c, (enum lkd_seal)i, &ret->rows[ret->n_rows++]);

	ret->engine = host_holds_all(ret, f) ? LKD_ENGINE_HOST : c.engine;
	if (ret->engine != LKD_ENGINE_HOST) {
		r = lkd_seccomp_build(holders, floor, !c.files_missing, f, ret->filter, e);
		if (r < 0)
			return r;
		ret->n_filter = (size_t)r;
		/* who holds files is there to serve as well: lockdown-exec */
		r = lkd_seccomp_calls(holders, floor, !c.files_missing, f, ret->calls, e);
		if (r < 0)
			return r;
		ret->n_calls = (size_t)r;
		ret->broker = lkd_seccomp_broker(holders, floor);
	}
	r = lkd_plan_devices(p, f, ret->engine == LKD_ENGINE_BROKER ? floor : 0, ret->devices, e);
	if (r < 0)
		return r;
	ret->n_devices = (size_t)r;
	if (ret->engine == LKD_ENGINE_BROKER && !c.files_missing) {
		ret->holds_files = true;
		ret->moves_files = f->v[LKD_FACT_landlock_abi].num >= 2;
		/* like the filter and the device rules, of what no row holds whole as well: depth */
		ret->n_files = (size_t)lkd_plan_files(by_files, p->seals & (1u << LKD_SEAL_SYSRQ), ret->files);
	}
	if (ret->engine == LKD_ENGINE_KERNEL) {
		(void)lkd_fact_reasons_each(f, add_to_masks, ret);
		/* numbers beyond the ones that the kernel names: the last bit stands for them */
		if (p->level != LKD_LEVEL_NONE)
			ret->denied |= LKD_BIT(63);
		for (size_t i = ret->n_reasons; i < ret->n_rows; i++)
			if (ret->rows[i].holders & BY(KERNEL))
				ret->seals |= 1u << (i - ret->n_reasons);
	} else if (c.kernel_missing && ret->engine == LKD_ENGINE_BROKER) {
		for (size_t i = 0; i < ret->n_rows; i++)
			if (!ret->rows[i].note[0] && ret->rows[i].held == LKD_HELD_NOT)
				note(&ret->rows[i], c.kernel_missing);
	}
	count_up(ret);
	return 0;
}

int lkd_plan_check(const struct lkd_plan *p, struct lkd_err *e)
{
	char names[200] = "";
	unsigned shown = 0;
	size_t len = 0;
	int r;

	if (!p->refusals)
		return 0;
	for (size_t i = 0; i < p->n_rows; i++) {
		const struct lkd_plan_row *row = &p->rows[i];

		if (row->want == LKD_WANT_NONE || row->accepted)
			continue;
		if (shown++ >= 5)
			continue;
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s%s", len ? ", " : "", row->name,
					row->held == LKD_HELD_STRICTER ? " (stricter)" : "");
	}
	r = lkd_err_set(e, EPERM, "policy '%s' cannot be held on this host: %s%s", p->policy, names,
			shown > 5 ? ", ..." : "");
	if (p->kernel_missing[0])
		return lkd_err_hint(e, r, "%s; or --accept-gap REASON|all; lockdownctl plan shows each", p->kernel_missing);
	return lkd_err_hint(e, r, "--accept-gap REASON (or all) runs without; lockdownctl plan shows each");
}
