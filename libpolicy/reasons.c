// SPDX-License-Identifier: BSD-2-Clause
/* The reasons table in memory, and the words for what is in it. */
#include <errno.h>
#include <string.h>

#include <lockdown/reasons.h>

#include "util.h"
#include "words.h"

static const struct lkd_reason_info reasons[LKD_REASON_COUNT_] = {
#define REASON(id_, level_, text_, where_, opens_, needed_) \
	[LKD_REASON_##id_] = {                         \
		.id = LKD_REASON_##id_,                \
		.name = #id_,                          \
		.level = LKD_LEVEL_##level_,           \
		.text = text_,                         \
		.where = LKD_WHERE_##where_,           \
		.opens = opens_, .needed = needed_,                       \
	},
#define IFACE(...)
#include <lockdown/reasons.def>
};

static const struct lkd_iface ifaces[] = {
#define REASON(...)
#define IFACE(reason_, probe_, kind_, where_, what_, verdict_, source_, kernel_, seccomp_, broker_, landlock_, \
	      devices_, mask_, note_)                                                                          \
	{                                                                                                      \
		.reason = LKD_REASON_##reason_,                                                                \
		.probe = probe_,                                                                               \
		.kind = LKD_KIND_##kind_,                                                                      \
		.where = LKD_WHERE_##where_,                                                                   \
		.what = what_,                                                                                 \
		.verdict = verdict_,                                                                           \
		.source = source_,                                                                             \
		.kernel = LKD_FIT_##kernel_,                                                                   \
		.seccomp = LKD_FIT_##seccomp_,                                                                 \
		.broker = LKD_FIT_##broker_,                                                                   \
		.landlock = LKD_FIT_##landlock_,                                                               \
		.devices = LKD_FIT_##devices_,                                                                 \
		.mask = LKD_FIT_##mask_,                                                                       \
		.note = note_,                                                                                 \
	},
#include <lockdown/reasons.def>
};

static const char *const level_words[LKD_LEVEL_COUNT_] = {
	[LKD_LEVEL_NONE] = "none",
	[LKD_LEVEL_INTEGRITY] = "integrity",
	[LKD_LEVEL_CONFIDENTIALITY] = "confidentiality",
};

static const char *const kind_words[LKD_KIND_COUNT_] = {
	[LKD_KIND_SYSCALL] = "syscall",
	[LKD_KIND_ATTR] = "attr",
	[LKD_KIND_IOCTL] = "ioctl",
	[LKD_KIND_DEVICE] = "device",
	[LKD_KIND_FILE] = "file",
	[LKD_KIND_MODULE] = "module",
	[LKD_KIND_NETLINK] = "netlink",
	[LKD_KIND_KERNEL] = "kernel",
};

static const char *const fit_words[LKD_FIT_COUNT_] = {
	[LKD_FIT_NO] = "no",
	[LKD_FIT_PART] = "part",
	[LKD_FIT_OVER] = "over",
	[LKD_FIT_EXACT] = "exact",
};

static const char *const where_words[LKD_WHERE_COUNT_] = {
	[LKD_WHERE_ANY] = "any",
	[LKD_WHERE_X86] = "x86",
	[LKD_WHERE_PPC] = "powerpc",
	[LKD_WHERE_S390] = "s390",
	[LKD_WHERE_ALPHA] = "alpha",
	[LKD_WHERE_NOT_X86] = "not-x86",
	[LKD_WHERE_DEBUGGER] = "debugger",
};

static const char *word_at(const char *const *words, size_t n, unsigned int i)
{
	return i < n ? words[i] : "?";
}

const struct lkd_reason_info *lkd_reason_info(enum lkd_reason r)
{
	return (unsigned int)r < LKD_REASON_COUNT_ ? &reasons[r] : NULL;
}

/* The kernel's enum spells it LOCKDOWN_KEXEC, people write KEXEC. */
static const char *strip_prefix(const char *name)
{
	static const char prefix[] = "LOCKDOWN_";

	return strncmp(name, prefix, sizeof(prefix) - 1) ? name : name + sizeof(prefix) - 1;
}

int lkd_reason_parse(const char *name)
{
	name = strip_prefix(name);
	for (size_t i = 0; i < LKD_N(reasons); i++)
		if (!strcmp(reasons[i].name, name))
			return (int)i;
	return -ENOENT;
}

const char *lkd_reason_closest(const char *name)
{
	const char *names[LKD_REASON_COUNT_];

	for (size_t i = 0; i < LKD_N(names); i++)
		names[i] = reasons[i].name;
	return lkd_word_closest(name, names, LKD_N(names));
}

const struct lkd_iface *lkd_ifaces(size_t *ret_n)
{
	*ret_n = LKD_N(ifaces);
	return ifaces;
}

lkd_set lkd_level_reasons(enum lkd_level level)
{
	lkd_set set = 0;

	for (size_t i = 0; i < LKD_N(reasons); i++)
		if (reasons[i].level <= level)
			set |= LKD_SET(i);
	return set;
}

const char *lkd_level_name(enum lkd_level level)
{
	return word_at(level_words, LKD_N(level_words), (unsigned int)level);
}

int lkd_level_parse(const char *word)
{
	for (size_t i = 0; i < LKD_N(level_words); i++)
		if (!strcmp(level_words[i], word))
			return (int)i;
	return -EINVAL;
}

const char *lkd_kind_name(enum lkd_kind kind)
{
	return word_at(kind_words, LKD_N(kind_words), (unsigned int)kind);
}

const char *lkd_fit_name(enum lkd_fit fit)
{
	return word_at(fit_words, LKD_N(fit_words), (unsigned int)fit);
}

const char *lkd_where_name(enum lkd_where where)
{
	return word_at(where_words, LKD_N(where_words), (unsigned int)where);
}
