// SPDX-License-Identifier: BSD-2-Clause
/* The binary form of a plan: what is written reads back, anything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <lockdown/plan.h>
#include <lockdown/planbin.h>

#include "abi.h"
#include "policy_priv.h"
#include "util.h"

#ifndef SRCDIR
#define SRCDIR "."
#endif

#define KERNEL "6.1.0-56-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)"

static struct lkd_facts facts;
static struct lkd_plan plan;

/* aligned, and with room to be too long */
static union {
	struct lkd_planbin plan;
	unsigned char bytes[LKD_PLANBIN_MAX + 64];
} b;
static size_t len;

static void make(const char *host, enum lkd_engine engine, bool accept)
{
	struct lkd_policy p;
	struct lkd_err e = {};
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/tests/facts/%s.json", SRCDIR, host);
	assert_int_equal(lkd_facts_load(path, &facts, NULL), 0);
	lkd_policy_init(&p, LKD_LEVEL_INTEGRITY);
	if (accept) {
		p.accept_gap = p.accept_stricter = LKD_SET_ALL;
		p.accept_seal_gap = LKD_SEALS_ALL;
	}
	if (lkd_plan_make(&p, &facts, engine, &plan, &e))
		fail_msg("%s", e.msg);
}

static void write_plan(const char *request, const struct lkd_plan_source *sources, uint32_t attach)
{
	lkd_autofree void *bin = NULL;
	struct lkd_err e = {};
	int r = lkd_planbin_write(&plan, request, sources, attach, &bin, &e);

	if (r < 0)
		fail_msg("write: %d: %s", r, e.msg);
	len = (size_t)r;
	assert_in_range(len, sizeof(struct lkd_planbin), LKD_PLANBIN_MAX);
	memset(&b, 0xa5, sizeof(b));
	memcpy(b.bytes, bin, len);
}

/* after a change on purpose, so that only the change can be what is refused */
static void seal(void)
{
	b.plan.crc = 0;
	b.plan.crc = lkd_crc32(0, b.bytes, len);
}

static void refused(int want, const char *text)
{
	struct lkd_err e = {};
	int r = lkd_planbin_check(b.bytes, len, KERNEL, &e);

	if (r != -want || e.code != want || !strstr(e.msg, text))
		fail_msg("got %d (%s), expected %d (%s)", r, e.msg, -want, text);
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), -want);
}

static void test_crc32(void **state)
{
	static const char text[] = "The quick brown fox jumps over the lazy dog";
	uint32_t crc = 0;

	(void)state;
	assert_int_equal(lkd_crc32(0, "123456789", 9), 0xcbf43926u);
	assert_int_equal(lkd_crc32(0, "", 0), 0);
	assert_int_equal(lkd_crc32(0, "\0\0\0\0", 4), 0x2144df1cu);
	assert_int_equal(lkd_crc32(0, text, sizeof(text) - 1), 0x414fa339u);
	for (size_t i = 0; i < sizeof(text) - 1; i++) /* in pieces */
		crc = lkd_crc32(crc, text + i, 1);
	assert_int_equal(crc, 0x414fa339u);
	/* at once, and in pieces too short for tables */
	for (size_t n = 2040; n < 2060; n++) {
		uint8_t many[2060];

		for (size_t i = 0; i < n; i++)
			many[i] = (uint8_t)(i * i + n);
		crc = 0;
		for (size_t i = 0; i < n; i += 100)
			crc = lkd_crc32(crc, many + i, n - i < 100 ? n - i : 100);
		assert_int_equal(lkd_crc32(0, many, n), crc);
	}
}

static void test_layout(void **state)
{
	(void)state;
	/* programs of one version read each other's plans */
	assert_int_equal(LKD_PLANBIN_VERSION, 4);
	assert_int_equal(offsetof(struct lkd_planbin, version), 8);
	assert_int_equal(offsetof(struct lkd_planbin, kernel), 24);
	assert_int_equal(offsetof(struct lkd_planbin, denied), 192);
	assert_int_equal(sizeof(struct lkd_planbin), 3344);
	assert_int_equal(offsetof(struct lkd_planbin, filter), sizeof(struct lkd_planbin)); /* and no padding after */
}

static void test_round_trip(void **state)
{
	struct lkd_plan_source sources[LKD_PLANBIN_SOURCES] = {
		{ "/etc/a.json", 1, 2, 3, 4, 5 },
		{ "", 0, 0, 0, 0, 0 },
		{ "/c", ~0ULL, ~0ULL, ~0ULL, -1, 999999999 },
	};

	(void)state;
	make("debian-6.1-lsm", LKD_ENGINE_AUTO, false);
	write_plan("engine=auto policy=x", sources, LKD_ATTACH_LSM);
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
	assert_int_equal(lkd_planbin_check(b.bytes, len, NULL, NULL), 0);
	assert_int_equal(b.plan.size, len);
	assert_int_equal(b.plan.engine, LKD_ENGINE_KERNEL);
	assert_string_equal(b.plan.kernel, KERNEL);
	assert_string_equal(b.plan.policy, "integrity");
	assert_true(b.plan.denied == plan.denied && plan.denied && b.plan.audited == plan.audited);
	assert_int_equal(b.plan.seals, LKD_SEALS_ALL);
	assert_int_equal(b.plan.attach, LKD_ATTACH_LSM);
	assert_memory_equal(b.plan.sources, sources, sizeof(sources));
	assert_string_equal(b.plan.request, "engine=auto policy=x");
	assert_string_equal(b.plan.note, "");
	assert_int_equal(b.plan.n_filter, plan.n_filter);
	assert_true(plan.n_filter > 0);
	assert_memory_equal(b.plan.filter, plan.filter, plan.n_filter * sizeof(plan.filter[0]));

	write_plan("", NULL, LKD_ATTACH_NONE);
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
	for (size_t i = 0; i < LKD_PLANBIN_SOURCES; i++)
		assert_string_equal(b.plan.sources[i].path, "");

	/* the other engines, without a filter too */
	make("no-btf", LKD_ENGINE_AUTO, true);
	write_plan("", NULL, LKD_ATTACH_NONE);
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
	assert_int_equal(b.plan.engine, LKD_ENGINE_BROKER);
	assert_true(plan.n_calls && plan.n_devices);
	assert_int_equal(b.plan.n_calls, plan.n_calls);
	assert_int_equal(b.plan.n_devices, plan.n_devices);
	assert_memory_equal(lkd_planbin_calls(&b.plan), plan.calls, plan.n_calls * sizeof(plan.calls[0]));
	assert_memory_equal(lkd_planbin_devices(&b.plan), plan.devices, plan.n_devices * sizeof(plan.devices[0]));
	assert_true(b.plan.denied == 0 && b.plan.seals == 0);
	assert_true(b.plan.files == 1 && plan.n_files > 10);
	assert_int_equal(b.plan.n_files, plan.n_files);
	assert_memory_equal(lkd_planbin_files(&b.plan), plan.files, plan.n_files * sizeof(plan.files[0]));
	assert_string_equal(b.plan.note, "not held on this host, as accepted: helpers, hostlock");
	make("native-integrity", LKD_ENGINE_AUTO, false);
	write_plan("", NULL, LKD_ATTACH_NONE);
	assert_int_equal(lkd_planbin_check(b.bytes, len, NULL, NULL), 0);
	assert_int_equal(b.plan.engine, LKD_ENGINE_HOST);
	assert_int_equal(b.plan.n_filter, 0);
	assert_int_equal(len, sizeof(struct lkd_planbin));
	assert_string_equal(b.plan.note, "this host is locked down itself (integrity); nothing to add");

	/* a plan that does not fit this host is not written */
	make("no-btf", LKD_ENGINE_AUTO, false);
	{
		void *bin = &b;
		struct lkd_err e = {};

		assert_int_equal(lkd_planbin_write(&plan, "", NULL, 0, &bin, &e), -EPERM);
		assert_ptr_equal(bin, &b);
		assert_non_null(strstr(e.msg, "cannot be held on this host"));
	}
	/* the longest note is cut, not overrun */
	make("no-btf", LKD_ENGINE_AUTO, true);
	for (size_t i = 0; i < plan.n_rows; i++) {
		plan.rows[i].want = LKD_WANT_ENFORCE;
		plan.rows[i].held = LKD_HELD_NOT;
	}
	write_plan("", NULL, LKD_ATTACH_NONE);
	assert_int_equal(strlen(b.plan.note), sizeof(b.plan.note) - 1);
	assert_string_equal(b.plan.note + sizeof(b.plan.note) - 4, "...");
	/* a request that is too long is cut */
	{
		char request[400];

		memset(request, 'r', sizeof(request) - 1);
		request[sizeof(request) - 1] = '\0';
		write_plan(request, NULL, LKD_ATTACH_NONE);
		assert_int_equal(strlen(b.plan.request), sizeof(b.plan.request) - 1);
	}
	/* the most instructions */
	plan.n_filter = LKD_FILTER_MAX;
	for (size_t i = 0; i < LKD_FILTER_MAX; i++)
		plan.filter[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	write_plan("", NULL, LKD_ATTACH_NONE);
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
}

static void test_every_bit(void **state)
{
	(void)state;
	make("debian-6.1-lsm", LKD_ENGINE_AUTO, false);
	write_plan("engine=auto", NULL, LKD_ATTACH_LSM);
	for (size_t i = 0; i < len; i++)
		for (int bit = 0; bit < 8; bit++) {
			int r;

			b.bytes[i] ^= (unsigned char)(1 << bit);
			r = lkd_planbin_check(b.bytes, len, NULL, NULL);
			if (r != (i >= 8 && i < 12 ? -EPROTO : -EINVAL))
				fail_msg("byte %zu bit %d: got %d", i, bit, r);
			b.bytes[i] ^= (unsigned char)(1 << bit);
		}
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
	/* two neighbours swapped, a byte set to either end */
	for (size_t i = 0; i + 1 < len; i++) {
		const unsigned char was[2] = { b.bytes[i], b.bytes[i + 1] };

		b.bytes[i] = was[1];
		b.bytes[i + 1] = was[0];
		assert_int_equal(lkd_planbin_check(b.bytes, len, NULL, NULL) == 0, was[0] == was[1]);
		b.bytes[i + 1] = was[1];
		for (int k = 0; k < 2; k++) {
			b.bytes[i] = k ? 0xff : 0;
			assert_int_equal(lkd_planbin_check(b.bytes, len, NULL, NULL) == 0, was[0] == b.bytes[i]);
		}
		b.bytes[i] = was[0];
	}
}

static void test_lengths(void **state)
{
	const size_t whole = ((void)state, make("debian-6.1-lsm", LKD_ENGINE_AUTO, false), write_plan("", NULL, 0), len);

	for (len = 0; len < whole; len++) { /* in a block of just that size: nothing behind it is read */
		lkd_autofree void *part = malloc(len ? len : 1);
		int r;

		assert_non_null(part);
		memcpy(part, b.bytes, len);
		r = lkd_planbin_check(part, len, NULL, NULL);
		if (r != -EINVAL)
			fail_msg("%zu of %zu bytes: got %d", len, whole, r);
	}
	for (len = whole + 1; len < whole + 32; len++)
		refused(EINVAL, "cut");
	len = LKD_PLANBIN_MAX + 1;
	refused(EINVAL, "not a plan");
	len = whole;
	assert_int_equal(lkd_planbin_check(b.bytes, len, NULL, NULL), 0);
}

static void test_fields(void **state)
{
	uint32_t n;
	char *const texts[] = { b.plan.kernel, b.plan.policy, b.plan.note, b.plan.request, b.plan.sources[0].path,
				b.plan.sources[1].path, b.plan.sources[2].path };
	const size_t sizes[] = { sizeof(b.plan.kernel), sizeof(b.plan.policy), sizeof(b.plan.note), sizeof(b.plan.request),
				 sizeof(b.plan.sources[0].path), sizeof(b.plan.sources[0].path),
				 sizeof(b.plan.sources[0].path) };

	(void)state;
	make("debian-6.1-lsm", LKD_ENGINE_AUTO, false);
	write_plan("", NULL, LKD_ATTACH_LSM);
	seal();
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);

	b.plan.version++;
	seal();
	refused(EPROTO, "plan of version 5, this program reads 4");
	b.plan.version = 0;
	seal();
	refused(EPROTO, "version 0");
	b.plan.version = LKD_PLANBIN_VERSION;
	b.plan.magic[7] = ' ';
	seal();
	refused(EINVAL, "not a plan");
	b.plan.magic[7] = '\0';

	for (int d = -1; d <= 1; d += 2) {
		b.plan.size += (uint32_t)d;
		seal();
		refused(EINVAL, "cut");
		b.plan.size -= (uint32_t)d;
		b.plan.n_filter += (uint32_t)d;
		seal();
		refused(EINVAL, "cut");
		b.plan.n_filter -= (uint32_t)d;
	}
	n = b.plan.n_filter;
	b.plan.n_filter = n + (1u << 29); /* times 8 it is n again, in 32 bits */
	seal();
	refused(EINVAL, "cut");
	b.plan.n_filter = ~0u;
	seal();
	refused(EINVAL, "cut");
	b.plan.n_filter = n;

	for (size_t i = 0; i < LKD_N(texts); i++) {
		char was[256];

		memcpy(was, texts[i], sizes[i]);
		memset(texts[i], 'x', sizes[i]);
		seal();
		refused(EINVAL, "text without end");
		memcpy(texts[i], was, sizes[i]);
	}
	for (uint32_t engine = 0; engine < 8; engine++) {
		b.plan.engine = engine;
		seal();
		if (engine >= LKD_ENGINE_HOST && engine <= LKD_ENGINE_BROKER)
			assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
		else
			refused(EINVAL, "unknown engine");
	}
	b.plan.engine = LKD_ENGINE_KERNEL;

	/* a broker is part of one engine only, goes with a filter, and has the handlers that it has */
	b.plan.broker = LKD_BROKER_PERF;
	seal();
	refused(EINVAL, "asks for a broker");
	b.plan.engine = LKD_ENGINE_BROKER;
	seal();
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
	for (uint32_t bit = LKD_BROKER_ALL + 1; bit; bit <<= 1) {
		b.plan.broker = LKD_BROKER_PERF | bit;
		seal();
		refused(EINVAL, "asks for a broker");
	}
	b.plan.broker = 0;
	b.plan.engine = LKD_ENGINE_KERNEL;

	/* a filter has to end in a return of either kind */
	b.plan.filter[n - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	seal();
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
	for (uint16_t class = 0; class < 8; class++) {
		b.plan.filter[n - 1].code = class;
		seal();
		if (class == BPF_RET)
			assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
		else
			refused(EINVAL, "filter without end");
	}
	/* no filter at all needs no end */
	b.plan.n_filter = 0;
	b.plan.n_calls = b.plan.n_devices = b.plan.n_files = b.plan.files = 0;
	len = sizeof(struct lkd_planbin);
	b.plan.size = (uint32_t)len;
	seal();
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL, NULL), 0);
}

/* what follows the filter: every field out of its bounds */
static void test_rules(void **state)
{
	struct lkd_plan_call *call;
	struct lkd_plan_device *device;
	struct lkd_plan_file *file;
	static const char *const paths[] = { "/x", "..", "../x", "x/..", "x/../y", "x//y", "x\ny" };

	(void)state;
	make("no-btf", LKD_ENGINE_AUTO, true);
	write_plan("", NULL, LKD_ATTACH_NONE);
	file = (struct lkd_plan_file *)lkd_planbin_files(&b.plan);
	call = (struct lkd_plan_call *)lkd_planbin_calls(&b.plan);
	device = (struct lkd_plan_device *)lkd_planbin_devices(&b.plan);
#define BAD(field, value)                                         \
	do {                                                      \
		const __typeof__(field) was = (field);            \
		(field) = (value);                                \
		seal();                                           \
		refused(EINVAL, "plan holds a rule that is none"); \
		(field) = was;                                    \
	} while (0)
	BAD(call->what, LKD_CALL_WHAT_COUNT_);
	BAD(call->n_args, 3);
	BAD(call->error, -1);
	BAD(call->error, 4096);
	BAD(call->name[0], '\0');
	BAD(call->name[0], '"');
	memset(call->name, 'x', sizeof(call->name) - 1);
	BAD(call->name[sizeof(call->name) - 1], 'x');
	call->n_args = 2;
	BAD(call->args[1].index, 6);
	BAD(call->args[1].op, LKD_CMP_COUNT_);
	BAD(device->type, 'a');
	BAD(device->access, 0);
	BAD(device->access, 8);
	BAD(device->major, -2);
	BAD(device->minor, -3);
	BAD(file->fs, LKD_TREE_COUNT_);
	BAD(file->how, LKD_FILE_HOW_COUNT_);
	BAD(file->access, 0);
	BAD(file->access, 4);
	BAD(file->path[0], '\0'); /* Landlock cannot hold all of a file system */
	assert_int_equal(file->how, LKD_FILE_LANDLOCK);
	for (size_t i = 0; i < LKD_N(paths); i++) {
		char was[sizeof(file->path)];

		memcpy(was, file->path, sizeof(was));
		(void)snprintf(file->path, sizeof(file->path), "%s", paths[i]);
		seal();
		refused(EINVAL, "plan holds a rule that is none");
		memcpy(file->path, was, sizeof(was));
	}
	memset(file->path + strlen(file->path), 'x', sizeof(file->path) - strlen(file->path) - 1);
	BAD(file->path[sizeof(file->path) - 1], 'x');
	for (size_t i = 0; i < b.plan.n_files; i++)
		if (file[i].how == LKD_FILE_MASK && file[i].path[0])
			BAD(file[i].path[0], '*'); /* what is masked is named */
	BAD(b.plan.files, 2);
	BAD(b.plan.files, 0);
#undef BAD
	b.plan.n_files++;
	seal();
	refused(EINVAL, "plan is cut");
	b.plan.n_files--;
	b.plan.engine = LKD_ENGINE_KERNEL;
	b.plan.broker = 0;
	seal();
	refused(EINVAL, "holds files without the filter");
	b.plan.engine = LKD_ENGINE_BROKER;
	b.plan.n_calls++;
	seal();
	refused(EINVAL, "plan is cut");
	b.plan.n_calls--;
	b.plan.n_devices = LKD_PLAN_DEVICES_MAX + 1;
	seal();
	refused(EINVAL, "plan is cut");
}

static void test_kernel(void **state)
{
	struct lkd_err e = {};

	(void)state;
	make("debian-6.1-lsm", LKD_ENGINE_AUTO, false);
	write_plan("", NULL, LKD_ATTACH_LSM);
	assert_int_equal(lkd_planbin_check(b.bytes, len, KERNEL " ", &e), -ESTALE);
	assert_non_null(strstr(e.msg, KERNEL));
	assert_int_equal(lkd_planbin_check(b.bytes, len, "", &e), -ESTALE);
	assert_int_equal(lkd_planbin_check(b.bytes, len, "6.1.0-56-amd64", &e), -ESTALE);
	/* names as long as uname(2) may have them */
	memset(facts.v[LKD_FACT_kernel_release].str, 'r', 200);
	memset(facts.v[LKD_FACT_kernel_version].str, 'v', 200);
	{
		struct lkd_policy p;

		lkd_policy_init(&p, LKD_LEVEL_INTEGRITY);
		assert_int_equal(lkd_plan_make(&p, &facts, LKD_ENGINE_AUTO, &plan, NULL), 0);
	}
	write_plan("", NULL, LKD_ATTACH_LSM);
	assert_int_equal(strlen(b.plan.kernel), 64 + 1 + 64);
	assert_int_equal(lkd_planbin_check(b.bytes, len, b.plan.kernel, NULL), 0);
}

/* ---- requests ---- */

static void test_request_text(void **state)
{
	struct lkd_request r = { .engine = "auto" };
	char buf[256], small[12], path[128], again[128], longest[300];

	(void)state;
	assert_int_equal(lkd_request_text(&r, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "engine=auto");
	assert_int_equal(lkd_request_text(&r, small, sizeof(small)), 0); /* fits just so */
	assert_int_equal(lkd_request_text(&r, small, sizeof(small) - 1), -E2BIG);
	r = (struct lkd_request){ .policy = "p", .level = "integrity", .engine = "kernel", .allow = { "KEXEC", "MSR" },
				  .gaps = { "all", "sysrq" } };
	assert_int_equal(lkd_request_text(&r, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "engine=kernel policy=p level=integrity allow=KEXEC allow=MSR gap=all gap=sysrq");
	for (size_t size = 1; size <= strlen(buf); size++) {
		char part[256];

		memset(part, 0x7e, sizeof(part));
		assert_int_equal(lkd_request_text(&r, part, size), -E2BIG);
		for (size_t i = size; i < sizeof(part); i++)
			assert_int_equal(part[i], 0x7e);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	r = (struct lkd_request){ .policy = longest, .level = longest, .engine = "auto", .allow = { longest, longest } };
	assert_int_equal(lkd_request_text(&r, buf, sizeof(buf)), -E2BIG);
	r = (struct lkd_request){ .engine = "auto", .needs = { "mount", "bpf" }, .container = 1 };
	assert_int_equal(lkd_request_text(&r, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "engine=auto need=mount need=bpf for=container");
	/* two requests that differ never share a line: what could be taken for more words has none */
	r = (struct lkd_request){ .policy = "/tmp/a gap=all", .engine = "auto" };
	assert_int_equal(lkd_request_text(&r, buf, sizeof(buf)), -E2BIG);
	r = (struct lkd_request){ .policy = "/tmp/a", .engine = "auto", .gaps = { "all level=x" } };
	assert_int_equal(lkd_request_text(&r, buf, sizeof(buf)), -E2BIG);
	r = (struct lkd_request){ .engine = "auto policy=x" };
	assert_int_equal(lkd_request_text(&r, buf, sizeof(buf)), -E2BIG);

	lkd_request_path("engine=auto", path, sizeof(path));
	assert_memory_equal(path, LKD_PLAN_DIR "/", strlen(LKD_PLAN_DIR) + 1);
	assert_int_equal(strlen(path), strlen(LKD_PLAN_DIR) + 1 + 16 + strlen(".plan"));
	lkd_request_path("engine=auto", again, sizeof(again));
	assert_string_equal(path, again);
	lkd_request_path("engine=broker", again, sizeof(again));
	assert_string_not_equal(path, again);
	lkd_request_path("", path, sizeof(path));
	assert_string_equal(path, LKD_PLAN_DIR "/cbf29ce484222325.plan"); /* FNV-1a's offset basis */
	lkd_request_path("a", path, sizeof(path));
	assert_string_equal(path, LKD_PLAN_DIR "/af63dc4c8601ec8c.plan");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc32),	 cmocka_unit_test(test_layout),	 cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_bit), cmocka_unit_test(test_lengths), cmocka_unit_test(test_fields),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_kernel),	 cmocka_unit_test(test_request_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
