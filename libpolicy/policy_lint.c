// SPDX-License-Identifier: BSD-2-Clause
/* What a policy says that its author may not mean. */
#include <stdarg.h>
#include <stdio.h>

#include "policy_priv.h"
#include "util.h"

struct lint {
	const struct lkd_policy *p;
	void (*each)(void *arg, const char *line);
	void *arg;
	int   n;
};

static void LKD_PRINTF(2, 3) find(struct lint *l, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	l->each(l->arg, line);
	l->n++;
}

#define R(id) LKD_SET(LKD_REASON_##id)

/*
 * Closure: who has all of @open can do what each of @moot is there to stop. The
 * table of reasons says the same in words, for people; this is for counting.
 */
#define EVERYTHING (~0ULL)
#define ALL_READS  (R(KCORE) | R(KPROBES) | R(BPF_READ_KERNEL) | R(PERF) | R(TRACEFS) | R(XFRM_SECRET))

static const struct {
	lkd_set open, moot;
} closure[] = {
	/* code, memory, or registers of the kernel's own: nothing that is still refused means much */
	{ R(MODULE_SIGNATURE), EVERYTHING },
	{ R(DEV_MEM), EVERYTHING },
	{ R(KEXEC), EVERYTHING },
	{ R(HIBERNATION), EVERYTHING },
	{ R(PCI_ACCESS), EVERYTHING },
	{ R(IOPORT), EVERYTHING },
	{ R(MSR), EVERYTHING },
	{ R(ACPI_TABLES), EVERYTHING },
	{ R(TIOCSSERIAL), EVERYTHING },
	{ R(MMIOTRACE), EVERYTHING },
	{ R(BPF_WRITE_USER), EVERYTHING },
	{ R(XEN_USER_ACTIONS), EVERYTHING },
	{ R(MODULE_PARAMETERS), R(DEV_MEM) | R(IOPORT) | R(PCI_ACCESS) },
	{ R(DEBUGFS), R(PCI_ACCESS) | R(ACPI_TABLES) },
	{ R(PCMCIA_CIS), R(IOPORT) },
	/* reads of the kernel's memory */
	{ R(KCORE), ALL_READS },
	{ R(BPF_READ_KERNEL), ALL_READS },
	{ R(KPROBES) | R(TRACEFS), ALL_READS },
	{ R(KPROBES), R(PERF) | R(BPF_READ_KERNEL) },
};

/* The debuggers are never answered for one container: only the seal keeps their door shut. */
#define DEBUGGERS (R(XMON_WR) | R(XMON_RW) | R(DBG_WRITE_KERNEL) | R(DBG_READ_KERNEL))

static const char *name(unsigned int r)
{
	return lkd_reason_info((enum lkd_reason)r)->name;
}

/* "KCORE" or "KPROBES and TRACEFS" */
static const char *names(lkd_set set, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < LKD_REASON_COUNT_ && used < size; i++)
		if (set & LKD_SET(i))
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " and " : "", name(i));
	return buf;
}

static const char *opens(lkd_set set)
{
	for (unsigned int i = 0; i < LKD_REASON_COUNT_; i++)
		if (set & LKD_SET(i))
			return lkd_reason_info((enum lkd_reason)i)->opens;
	return "";
}

static void lint_closure(struct lint *l, lkd_set open, const char *how)
{
	for (size_t i = 0; i < LKD_N(closure); i++) {
		lkd_set moot = closure[i].moot & l->p->enforce & ~open;
		char a[128], b[256];

		if ((closure[i].open & ~open) || !moot)
			continue;
		names(closure[i].open, a, sizeof(a));
		if (closure[i].moot == EVERYTHING)
			find(l, "warning: %s %s, which opens %s; all other refusals are moot then", a, how,
			     opens(closure[i].open));
		else
			find(l, "warning: %s %s, which opens %s; moot then: %s", a, how, opens(closure[i].open),
			     names(moot, b, sizeof(b)));
	}
}

static void lint_exceptions(struct lint *l)
{
	const struct lkd_policy *p = l->p;

	if (!p->enforce && !p->audit)
		find(l, "error: nothing is refused, and nothing told");
	for (unsigned int i = 0; i < LKD_REASON_COUNT_; i++)
		if (p->idle_allow & LKD_SET(i))
			find(l, "warning: %s in 'allow' changes nothing: level %s does not have it", name(i),
			     lkd_level_name(p->level > p->audit_level ? p->level : p->audit_level));
	lint_closure(l, ~p->enforce, "is let through");
}

static void lint_accepted(struct lint *l)
{
	const struct lkd_policy *p = l->p;
	bool all_gaps = !(LKD_SET_ALL & ~p->accept_gap);
	bool all_stricter = !(LKD_SET_ALL & ~p->accept_stricter);

	if (all_gaps) {
		find(l, "warning: every gap is accepted: what a host cannot hold stays open there");
	} else {
		for (unsigned int i = 0; i < LKD_REASON_COUNT_; i++)
			if (p->accept_gap & ~p->enforce & LKD_SET(i))
				find(l, "warning: a gap is accepted for %s, which is not refused", name(i));
		lint_closure(l, p->accept_gap & p->enforce, "may stay open where a host cannot hold it");
	}
	for (unsigned int i = 0; i < LKD_REASON_COUNT_ && !all_stricter; i++)
		if (p->accept_stricter & ~p->enforce & LKD_SET(i))
			find(l, "warning: a stricter means is accepted for %s, which is not refused", name(i));
	for (unsigned int i = 0; i < LKD_SEAL_COUNT_ && !all_gaps; i++)
		if (p->accept_seal_gap & ~p->seals & (1u << i))
			find(l, "warning: a gap is accepted for seal '%s', which the policy does not have",
			     lkd_seal_name((enum lkd_seal)i));
}

static void lint_seals(struct lint *l)
{
	static const struct {
		enum lkd_seal seal;
		lkd_set needs_it; /* any of */
		const char *what;
	} doors[] = {
		{ LKD_SEAL_PTRACE, EVERYTHING, "a process outside that can be seen can be made to do what is refused" },
		{ LKD_SEAL_HELPERS, EVERYTHING,
		  "the kernel starts programs of the container's choice, outside and as root, and they can do what is refused" },
		{ LKD_SEAL_SYSRQ, DEBUGGERS, "the kernel's debuggers are not refused by anything else" },
		{ LKD_SEAL_HOSTLOCK, EVERYTHING, "the container can lock down the whole host, until it boots again" },
	};

	for (size_t i = 0; i < LKD_N(doors); i++)
		if (!(l->p->seals & (1u << doors[i].seal)) && (l->p->enforce & doors[i].needs_it))
			find(l, "warning: without seal '%s' %s", lkd_seal_name(doors[i].seal), doors[i].what);
}

static void lint_devices(struct lint *l)
{
	static const struct {
		struct lkd_device node;
		const char *path;
	} usual[] = {
		{ { 'c', 1, 3, LKD_DEV_WRITE }, "/dev/null" },
		{ { 'c', 1, 5, LKD_DEV_READ }, "/dev/zero" },
		{ { 'c', 1, 9, LKD_DEV_READ }, "/dev/urandom" },
		{ { 'c', 5, 0, LKD_DEV_READ }, "/dev/tty" },
		{ { 'c', 5, 2, LKD_DEV_READ }, "/dev/ptmx" },
	};
	const struct lkd_policy *p = l->p;

	for (size_t i = 0; i < p->n_devices; i++) {
		char a[LKD_DEVICE_TEXT_MAX], b[LKD_DEVICE_TEXT_MAX];

		lkd_device_text(&p->devices[i], a);
		for (size_t k = 0; k < p->n_devices; k++) {
			if (k == i || !lkd_device_covers(&p->devices[k], &p->devices[i]))
				continue;
			lkd_device_text(&p->devices[k], b);
			find(l, "warning: device rule '%s' is in '%s' already", a, b);
			break;
		}
		for (size_t k = 0; k < LKD_N(usual); k++) {
			if (!lkd_device_covers(&p->devices[i], &usual[k].node))
				continue;
			find(l, "warning: device rule '%s' refuses %s, and hardly any program runs without it", a,
			     usual[k].path);
			break;
		}
	}
}

int lkd_policy_lint(const struct lkd_policy *p, void (*each)(void *arg, const char *line), void *arg)
{
	struct lint l = { .p = p, .each = each, .arg = arg };

	lint_exceptions(&l);
	lint_accepted(&l);
	lint_seals(&l);
	lint_devices(&l);
	return l.n;
}
