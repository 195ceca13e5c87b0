/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's lockdown reasons and every interface that reaches them, as one
 * table (libpolicy/reasons.def). Numbers here are ours and stable; the
 * kernel's own numbers move inside one stable series, so they are only ever
 * looked up by name in the running kernel's BTF.
 */
#ifndef LOCKDOWN_REASONS_H
#define LOCKDOWN_REASONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lockdown/err.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum lkd_level - lockdown levels, ordered: a higher one includes the lower */
enum lkd_level {
	LKD_LEVEL_NONE,
	LKD_LEVEL_INTEGRITY,
	LKD_LEVEL_CONFIDENTIALITY,
	LKD_LEVEL_COUNT_,
};

/** enum lkd_reason - include/linux/security.h:enum lockdown_reason, without LOCKDOWN_ */
enum lkd_reason {
#define REASON(id, level, text, where, opens, needed) LKD_REASON_##id,
#define IFACE(...)
#include <lockdown/reasons.def>
	LKD_REASON_COUNT_,
};

/** lkd_set - a set of reasons: bit n is enum lkd_reason n */
typedef uint64_t lkd_set;
#ifndef __cplusplus
_Static_assert(LKD_REASON_COUNT_ <= 64, "lkd_set has 64 bits");
#endif
#define LKD_SET(r) (1ULL << (r))

/** enum lkd_where - where a reason or an interface can exist at all */
enum lkd_where {
	LKD_WHERE_ANY,	  /* every architecture */
	LKD_WHERE_X86,
	LKD_WHERE_PPC,
	LKD_WHERE_S390,
	LKD_WHERE_ALPHA,
	LKD_WHERE_NOT_X86, /* a system call that x86 lacks */
	LKD_WHERE_DEBUGGER, /* kgdb, kdb: all processors stopped, nobody's context; CONFIG_KGDB */
	LKD_WHERE_COUNT_,
};

/** enum lkd_kind - what sort of thing an interface is */
enum lkd_kind {
	LKD_KIND_SYSCALL, /* decided by number and scalars */
	LKD_KIND_ATTR,	  /* a system call decided by memory that it points to */
	LKD_KIND_IOCTL,
	LKD_KIND_DEVICE,  /* opening a device node */
	LKD_KIND_FILE,	  /* a file of a kernel file system: open, read, write, mmap */
	LKD_KIND_MODULE,  /* loading a kernel module */
	LKD_KIND_NETLINK,
	LKD_KIND_KERNEL,  /* asked in kernel context (boot, driver probe, notifier): nothing a task calls */
	LKD_KIND_COUNT_,
};

/** enum lkd_fit - how well a mechanism can hold an interface */
enum lkd_fit {
	LKD_FIT_NO,	/* it cannot see it */
	LKD_FIT_PART,	/* some ways in stay open */
	LKD_FIT_OVER,	/* it holds it, and refuses more than the kernel would */
	LKD_FIT_EXACT,	/* same verdict, same errno */
	LKD_FIT_COUNT_,
};

/** struct lkd_reason_info - one row REASON of the table */
struct lkd_reason_info {
	enum lkd_reason id;
	const char     *name;	/* "KEXEC", as in policies */
	enum lkd_level	level;
	const char     *text;	/* the kernel's own words, security/security.c:lockdown_reasons */
	enum lkd_where	where;
	const char     *opens;	/* what letting it through opens besides itself; "" = nothing known */
	const char     *needed;	/* workloads that ask for it */
};

/** struct lkd_iface - one row IFACE: one way that leads to a reason */
struct lkd_iface {
	enum lkd_reason reason;
	const char     *probe;	    /* id of the probe that asks the kernel, or "-" with the reason in @note */
	enum lkd_kind	kind;
	enum lkd_where	where;
	const char     *what;	    /* the interface in a person's words */
	const char     *verdict;    /* errno name, or what happens instead of an errno */
	const char     *source;	    /* kernel file:function that asks */
	/* what each mechanism can do about it */
	enum lkd_fit	kernel;	    /* BPF program on locked_down */
	enum lkd_fit	seccomp;    /* filter on number and scalars; rules in libpolicy/seccomp.c */
	enum lkd_fit	broker;	    /* user notification with an own copy */
	enum lkd_fit	landlock;
	enum lkd_fit	devices;    /* device cgroup */
	enum lkd_fit	mask;	    /* bind mount over the file */
	const char     *note;	    /* caveat, or what an over-blocking mechanism refuses besides; "" */
};

/** lkd_reason_info() - the table's row; never NULL for 0 <= @r < LKD_REASON_COUNT_ */
LKD_PUBLIC const struct lkd_reason_info *lkd_reason_info(enum lkd_reason r);

/**
 * lkd_reason_parse() - a reason by its kernel name
 * @name: "KEXEC" or "LOCKDOWN_KEXEC"; case matters
 *
 * Return: the reason, or -ENOENT.
 */
LKD_PUBLIC int lkd_reason_parse(const char *name);

/** lkd_reason_closest() - the known name nearest to @name, for "did you mean"; NULL if none is near */
LKD_PUBLIC const char *lkd_reason_closest(const char *name);

/** lkd_ifaces() - all rows IFACE, in the table's order; *@ret_n of them */
LKD_PUBLIC const struct lkd_iface *lkd_ifaces(size_t *ret_n);

/** lkd_level_reasons() - the set that a natively locked kernel refuses at @level */
LKD_PUBLIC lkd_set lkd_level_reasons(enum lkd_level level);

LKD_PUBLIC const char *lkd_level_name(enum lkd_level level);
/** lkd_level_parse() - "none", "integrity", "confidentiality"; -EINVAL otherwise */
LKD_PUBLIC int lkd_level_parse(const char *word);
LKD_PUBLIC const char *lkd_kind_name(enum lkd_kind kind);
LKD_PUBLIC const char *lkd_fit_name(enum lkd_fit fit);
LKD_PUBLIC const char *lkd_where_name(enum lkd_where where);

#ifdef __cplusplus
}
#endif
#endif
