/* SPDX-License-Identifier: BSD-2-Clause */
/* What a host can do: gathered once, saved as JSON, the planner's only view of a host. */
#ifndef LOCKDOWN_FACTS_H
#define LOCKDOWN_FACTS_H

#include <lockdown/reasons.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LKD_FACT_STR_MAX 1024
#define LKD_FACTS_FILE_MAX (1 << 16)

/** enum lkd_tri - a fact that may be unknown; unknown never counts as yes */
enum lkd_tri { LKD_UNKNOWN = -1, LKD_NO = 0, LKD_YES = 1 };

enum lkd_fact_type { LKD_FACT_TRI, LKD_FACT_INT, LKD_FACT_STR };

/** struct lkd_fact - value of one row of facts.def */
struct lkd_fact {
	int  num;		    /* TRI or INT */
	char str[LKD_FACT_STR_MAX]; /* STR */
};

enum lkd_fact_id {
#define FACT(type, name, what, good, get) LKD_FACT_##name,
#include <lockdown/facts.def>
	LKD_FACT_COUNT_,
};

struct lkd_facts {
	struct lkd_fact v[LKD_FACT_COUNT_];
};

struct lkd_fact_info {
	const char *name;
	enum lkd_fact_type type;
	const char *what, *good, *get;
};

/** lkd_fact_info() - the table's row; never NULL in range */
LKD_PUBLIC const struct lkd_fact_info *lkd_fact_info(enum lkd_fact_id id);

/** lkd_facts_init() - everything unknown */
LKD_PUBLIC void lkd_facts_init(struct lkd_facts *f);

/** lkd_fact_is() - true only if the TRI fact is known to hold */
static inline bool lkd_fact_is(const struct lkd_facts *f, enum lkd_fact_id id)
{
	return f->v[id].num == LKD_YES;
}

/**
 * lkd_facts_parse() - facts from JSON text, as lkd_facts_json() writes it
 *
 * Strict: every key must be known and of its type, none twice. Keys that are
 * missing stay unknown, so that an older recording still loads.
 *
 * Return: 0, -EINVAL, -E2BIG (over LKD_FACTS_FILE_MAX).
 */
LKD_PUBLIC int lkd_facts_parse(const char *text, size_t len, const char *source, struct lkd_facts *ret,
			       struct lkd_err *e);

/** lkd_facts_load() - lkd_facts_parse() on a regular file; also -ENOENT, -EACCES, -EIO */
LKD_PUBLIC int lkd_facts_load(const char *path, struct lkd_facts *ret, struct lkd_err *e);

/** lkd_facts_json() - as JSON text, one fact per line; the caller frees; NULL without memory */
LKD_PUBLIC char *lkd_facts_json(const struct lkd_facts *f);

/**
 * lkd_facts_gather() - ask this host
 *
 * Touches nothing for good: programs are loaded to see whether they load and
 * dropped again. What cannot be found out stays unknown. Takes some 20 ms,
 * most of it the kernel checking programs.
 */
LKD_PUBLIC void lkd_facts_gather(struct lkd_facts *ret);

/** lkd_facts_gather_names() - only the kernel's name and its reasons' numbers; nothing is loaded */
LKD_PUBLIC void lkd_facts_gather_names(struct lkd_facts *ret);

/** lkd_fact_level() - the native lockdown level in @f; NONE if unknown or absent */
LKD_PUBLIC enum lkd_level lkd_fact_level(const struct lkd_facts *f);

/**
 * lkd_fact_reason_number() - the running kernel's number of a reason
 *
 * Return: the number, or -ENOENT if that kernel does not have it (or its
 * numbers are unknown).
 */
LKD_PUBLIC int lkd_fact_reason_number(const struct lkd_facts *f, const char *name);

/**
 * lkd_fact_reasons_each() - every reason of that kernel
 * @each: gets name (not NUL-terminated), its length, number, and the level by
 *        its place before or after INTEGRITY_MAX
 *
 * Return: 0, or -ENOENT if the numbers are unknown, -EINVAL if the text is
 * malformed.
 */
LKD_PUBLIC int lkd_fact_reasons_each(const struct lkd_facts *f,
				     void (*each)(void *arg, const char *name, size_t len, int number,
						  enum lkd_level level),
				     void *arg);

#ifdef __cplusplus
}
#endif
#endif
