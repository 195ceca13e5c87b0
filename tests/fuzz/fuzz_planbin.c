// SPDX-License-Identifier: BSD-2-Clause
/*
 * Any bytes as a compiled plan: as they are, and again with what a forger would
 * mend: magic, version, sizes, checksum. What is accepted can be used without
 * another look.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <lockdown/plan.h>
#include <lockdown/planbin.h>

#include "util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

#define KERNEL "6.1.0-56-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)"

static void check_text(const char *text, size_t size, bool shown)
{
	MUST(memchr(text, '\0', size));
	for (; shown && *text; text++)
		MUST((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void check_accepted(const struct lkd_planbin *b, size_t len)
{
	MUST(len >= sizeof(*b) && len <= LKD_PLANBIN_MAX);
	MUST(b->size == len && (const char *)(lkd_planbin_files(b) + b->n_files) == (const char *)b + len);
	for (size_t i = 0; i < b->n_files; i++)
		check_text(lkd_planbin_files(b)[i].path, sizeof(lkd_planbin_files(b)[i].path), true);
	for (size_t i = 0; i < b->n_calls; i++)
		check_text(lkd_planbin_calls(b)[i].name, sizeof(lkd_planbin_calls(b)[i].name), true);
	MUST(b->n_filter <= 0xffff); /* sock_fprog.len */
	MUST(b->engine >= LKD_ENGINE_HOST && b->engine <= LKD_ENGINE_BROKER);
	check_text(b->kernel, sizeof(b->kernel), true);
	check_text(b->policy, sizeof(b->policy), true);
	check_text(b->note, sizeof(b->note), true);
	check_text(b->request, sizeof(b->request), false);
	for (size_t i = 0; i < LKD_PLANBIN_SOURCES; i++)
		check_text(b->sources[i].path, sizeof(b->sources[i].path), false);
	MUST(!b->n_filter || BPF_CLASS(b->filter[b->n_filter - 1].code) == BPF_RET);
}

static void check(const void *buf, size_t len)
{
	struct lkd_err e = { 0 };
	int r = lkd_planbin_check(buf, len, NULL, &e), again = lkd_planbin_check(buf, len, KERNEL, &e);

	if (!r) {
		check_accepted(buf, len);
		MUST(again == 0 || again == -ESTALE);
		MUST((again == 0) == !strcmp(((const struct lkd_planbin *)buf)->kernel, KERNEL));
	} else {
		MUST(r == -EINVAL || r == -EPROTO);
		MUST(again == r);
	}
	if (again < 0) {
		MUST(e.code == -again);
		for (const char *c = e.msg; *c; c++)
			MUST((unsigned char)*c >= ' ' && *c != 0x7f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	lkd_autofree void *copy = malloc(size ? size : 1); /* of just that size, for the sanitizer, and aligned */
	struct lkd_planbin *b = copy;

	MUST(copy);
	memcpy(copy, data, size);
	check(copy, size);
	if (size < sizeof(*b))
		return 0;
	memcpy(b->magic, LKD_PLANBIN_MAGIC, sizeof(b->magic));
	b->version = LKD_PLANBIN_VERSION;
	for (int mend_sizes = 0; mend_sizes < 2; mend_sizes++) {
		if (mend_sizes) {
			b->size = (uint32_t)size;
			size_t rest = size - sizeof(*b);

			b->n_calls %= LKD_CALLS_MAX + 1;
			b->n_devices %= LKD_PLAN_DEVICES_MAX + 1;
			b->n_files %= LKD_PLAN_FILES_MAX + 1;
			if (rest < b->n_calls * sizeof(struct lkd_plan_call) +
					   b->n_devices * sizeof(struct lkd_plan_device) +
					   b->n_files * sizeof(struct lkd_plan_file))
				b->n_calls = b->n_devices = b->n_files = 0;
			rest -= b->n_calls * sizeof(struct lkd_plan_call) + b->n_devices * sizeof(struct lkd_plan_device) +
				b->n_files * sizeof(struct lkd_plan_file);
			b->n_filter = (uint32_t)(rest / sizeof(b->filter[0]));
		}
		b->crc = 0;
		b->crc = lkd_crc32(0, copy, size);
		check(copy, size);
	}
	return 0;
}
