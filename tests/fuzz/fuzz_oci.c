// SPDX-License-Identifier: BSD-2-Clause
/*
 * The editor of config.json, with any bytes as the config, and with a config
 * and seccomp profile made of the bytes. What it accepts is JSON again, is not
 * edited twice, and its filter (libseccomp's, as runtimes make it) refuses all
 * that the old one refused, and the floor. Where lockdown-exec is to be the first
 * process it is, its mounts are the last, and of the others none is gone.
 */
#include <linux/audit.h>
#include <sanitizer/lsan_interface.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "oci_filter.h"
#include "simulate.h"
#include "util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

#define LOW32 0xffffffffULL

static const struct lkd_plan_call calls[] = {
	{"kexec_load", LKD_CALL_REFUSE, 0, EPERM, 0, {}},
	{"iopl", LKD_CALL_REFUSE, 1, EPERM, 0, {{0, LKD_CMP_MASKED_EQ, LOW32, 1}}},
	{"iopl", LKD_CALL_REFUSE, 1, EPERM, 0, {{0, LKD_CMP_MASKED_EQ, LOW32, 2}}},
	{"iopl", LKD_CALL_REFUSE, 1, EPERM, 0, {{0, LKD_CMP_MASKED_EQ, LOW32, 3}}},
	{"ioperm", LKD_CALL_REFUSE, 1, EPERM, 0, {{2, LKD_CMP_NE, 0, 0}}},
	{"iopl", LKD_CALL_PASS, 1, 0, 0, {{0, LKD_CMP_MASKED_EQ, LOW32, 0}}},
	{"ioperm", LKD_CALL_PASS, 1, 0, 0, {{2, LKD_CMP_EQ, ~0ULL, 0}}},
};
static const struct lkd_plan_device devices[] = {
	{'c', 3, 0, 1, 1, 0}, {'b', 7, 0, -1, -1, -1}, {'c', 2, 0, 202, -1, 0}};

#define EDIT                                                                                                     \
	.hook = "/h", .calls = calls, .n_calls = LKD_N(calls), .devices = devices, .n_devices = LKD_N(devices), \
	.cgroupns = true, .log = true

static const struct lkd_edit edits[] = {{EDIT}, {EDIT, .inside = LKD_INSIDES_DIR "/1-2", .exec = "/bin/lockdown-exec"}};

static const struct {
	uint32_t arch;
	int nr;
	size_t call; /* 0 kexec_load, 1 iopl, 2 ioperm, 3 another */
} asked[] = {
	{AUDIT_ARCH_X86_64, 246, 0}, {AUDIT_ARCH_I386, 283, 0}, {AUDIT_ARCH_X86_64, 172, 1}, {AUDIT_ARCH_I386, 110, 1},
	{AUDIT_ARCH_X86_64, 173, 2}, {AUDIT_ARCH_I386, 101, 2}, {AUDIT_ARCH_X86_64, 165, 3}, {AUDIT_ARCH_I386, 21, 3},
};

static bool floor_refuses(size_t call, uint32_t level, uint64_t on)
{
	return call == 0 || (call == 1 && level >= 1 && level <= 3) || (call == 2 && (uint32_t)on);
}

/* libseccomp 2.5 may not come to an end with many comparisons of one call */
static bool simple(const json_t *seccomp)
{
	const json_t *rule;
	size_t i, n = 0;

	json_array_foreach(json_object_get(seccomp, "syscalls"), i, rule)
	{
		n += json_array_size(json_object_get(rule, "args"));
	}
	return n <= 2;
}

static void compare(const json_t *was, const json_t *is)
{
	static const uint64_t values[] = {0, 1, 2, 3, 4, 7, 0x100000000, 0x100000001};
	static struct sock_filter before[4096], after[4096];
	int n, m;

	if (!simple(was))
		return;
	__lsan_disable(); /* libseccomp 2.5 loses memory when rules of one call meet */
	n = oci_filter(was, before, LKD_N(before));
	m = oci_filter(is, after, LKD_N(after));
	__lsan_enable();
	if (n < 0) /* no runtime starts that one */
		return;
	MUST(m > 0);
	for (size_t i = 0; i < LKD_N(asked) * LKD_N(values); i++) {
		const uint64_t v = values[i / LKD_N(asked)];
		const struct seccomp_data d = {.nr = asked[i % LKD_N(asked)].nr,
					       .arch = asked[i % LKD_N(asked)].arch,
					       .args = {v, 1, v, 0, 0, 0}};
		const uint32_t x = n ? simulate(before, (size_t)n, &d) : SECCOMP_RET_ALLOW,
			       y = simulate(after, (size_t)m, &d);

		MUST((int32_t)y <= (int32_t)(x | 0xffff));
		MUST(!floor_refuses(asked[i % LKD_N(asked)].call, (uint32_t)v, v) ||
		     (int32_t)y <= (int32_t)(SECCOMP_RET_ERRNO | 0xffff));
	}
}

static const json_t *seccomp_of(const struct lkd_oci *oci)
{
	return json_object_get(json_object_get(oci->root, "linux"), "seccomp");
}

static const json_t *args_of(const struct lkd_oci *oci)
{
	return json_object_get(json_object_get(oci->root, "process"), "args");
}

static json_int_t uid_of(const struct lkd_oci *oci)
{
	return json_integer_value(json_object_get(json_object_get(json_object_get(oci->root, "process"), "user"), "uid"));
}

/* the words of @is are ours, and then those of @was; the mounts those of @was, and then ours */
static void compare_first(const struct lkd_oci *was, const struct lkd_oci *is)
{
	const json_t *a = args_of(was), *b = args_of(is), *m = json_object_get(was->root, "mounts"),
		     *n = json_object_get(is->root, "mounts");
	const bool twice = lkd_oci_is_wrapped(was);
	const size_t more = json_array_size(b) - json_array_size(a), mounts = json_array_size(n);
	size_t at = 0;
	bool home;

	/* words of ours: three; beside; and who the command is to be, which is who it was, without a HOME or with */
	MUST(lkd_oci_is_wrapped(is) && (twice || (more >= 3 && more <= 6)));
	MUST(lkd_oci_command(was, &home) == lkd_oci_command(is, &home));
	MUST(!uid_of(is));
	for (size_t i = 0; !twice && i < json_array_size(a); i++)
		MUST(json_equal(json_array_get(a, i), json_array_get(b, i + more)));
	MUST(mounts >= 3);
	for (size_t i = 0; i < 3; i++)
		MUST(!strncmp(json_string_value(json_object_get(json_array_get(n, mounts - 3 + i), "destination")), LKD_IN_CONTAINER,
			      strlen(LKD_IN_CONTAINER)));
	for (size_t i = 0; i < json_array_size(m); i++) {
		const char *to = json_string_value(json_object_get(json_array_get(m, i), "destination"));

		if (to && !strncmp(to, LKD_IN_CONTAINER, strlen(LKD_IN_CONTAINER)))
			continue; /* ours of another time may be among these */
		while (at < mounts && !json_equal(json_array_get(m, i), json_array_get(n, at)))
			at++;
		MUST(at++ < mounts);
	}
}

static void check_edit(const char *text, size_t len, const struct lkd_edit *edit)
{
	struct lkd_err e = {0};
	struct lkd_oci was, oci, again;
	char *out = NULL, *twice = NULL;
	size_t n = 0, n2 = 0;
	bool changed;
	int r = lkd_oci_parse(text, len, &oci, &e);

	if (!r) {
		(void)lkd_oci_unfit(&oci);
		(void)lkd_oci_owner(&oci);
		r = lkd_oci_edit(&oci, edit, &changed, &e);
	}
	if (!r)
		r = lkd_oci_print(&oci, &out, &n, &e);
	lkd_oci_free(&oci);
	if (r < 0) {
		MUST(e.code == -r && e.msg[0]);
		return;
	}
	MUST(strlen(out) == n);
	MUST(!lkd_oci_parse(out, n, &again, &e));
	MUST(!lkd_oci_parse(text, len, &was, &e));
	MUST(was.wide == again.wide);
	compare(seccomp_of(&was), seccomp_of(&again));
	if (edit->inside)
		compare_first(&was, &again);
	else
		MUST(!lkd_oci_is_wrapped(&again) || lkd_oci_is_wrapped(&was));
	MUST(!lkd_oci_edit(&again, edit, &changed, &e));
	/* words that were ours twice are taken away once each time where none are wanted */
	MUST(!changed || (!edit->inside && lkd_oci_is_wrapped(&was)));
	MUST(!lkd_oci_print(&again, &twice, &n2, &e) && (changed || (n == n2 && !memcmp(out, twice, n))));
	lkd_oci_free(&again);
	lkd_oci_free(&was);
	free(out);
	free(twice);
}

static void check(const char *text, size_t len)
{
	for (size_t i = 0; i < LKD_N(edits); i++)
		check_edit(text, len, &edits[i]);
}

/* ---- a config made of bytes ------------------------------------------- */

struct bytes {
	const uint8_t *p, *end;
};

static unsigned take(struct bytes *b, unsigned below)
{
	return b->p < b->end ? *b->p++ % below : 0;
}

static void make(struct bytes *b, FILE *f)
{
	static const char *const actions[] = {"ALLOW", "ERRNO",	 "KILL",	 "LOG",		"TRAP",
					      "TRACE", "NOTIFY", "KILL_PROCESS", "KILL_THREAD", "X"};
	static const char *const names[] = {"kexec_load", "iopl", "ioperm", "mount", "nosuchcall", "socket"};
	static const char *const ops[] = {"EQ", "NE", "LT", "LE", "GE", "GT", "MASKED_EQ"};
	static const char *const arches[] = {"X86_64", "X86", "X32"};
	unsigned n = take(b, 5), k;

	(void)fprintf(f, "{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":%u},\"args\":[", take(b, 3));
	if (take(b, 3) == 2)
		(void)fprintf(f, "\"%s/exec\",\"--in-container\",%s\"--\",", LKD_IN_CONTAINER, take(b, 2) ? "\"--as=7\"," : "");
	(void)fprintf(f, "\"%s\"]},\"mounts\":[{\"destination\":\"%s%s\",\"source\":\"%s\"},{\"destination\":\"/\"}],",
		      take(b, 2) ? "init" : "sh", LKD_IN_CONTAINER, take(b, 2) ? "/exec" : "",
		      take(b, 2) ? "/x/lockdown-exec" : LKD_INSIDES_DIR "/3-4");
	(void)fprintf(f, "\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_%s\"",
		      actions[take(b, 10)]);
	if (take(b, 2))
		(void)fprintf(f, ",\"defaultErrnoRet\":%u", take(b, 40));
	(void)fputs(",\"architectures\":[", f);
	for (unsigned i = 0, any = 0; i < 3; i++)
		if (take(b, 2))
			(void)fprintf(f, "%s\"SCMP_ARCH_%s\"", any++ ? "," : "", arches[i]);
	(void)fputs("],\"syscalls\":[", f);
	for (unsigned i = 0; i < n; i++) {
		(void)fprintf(f, "%s{\"names\":[", i ? "," : "");
		k = 1 + take(b, 3);
		for (unsigned j = 0; j < k; j++)
			(void)fprintf(f, "%s\"%s\"", j ? "," : "", names[take(b, 6)]);
		(void)fprintf(f, "],\"action\":\"SCMP_ACT_%s\"", actions[take(b, 10)]);
		if (take(b, 2))
			(void)fprintf(f, ",\"errnoRet\":%u", take(b, 40));
		k = take(b, 4) == 3 ? 1 : 0;
		for (unsigned j = 0; j < k; j++)
			(void)fprintf(f, "%s{\"index\":%u,\"value\":%u,\"valueTwo\":%u,\"op\":\"SCMP_CMP_%s\"}",
				      j ? "," : ",\"args\":[", take(b, 3), take(b, 8), take(b, 8), ops[take(b, 7)]);
		(void)fputs(k ? "]}" : "}", f);
	}
	(void)fputs("]}}}", f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = {data, data + size};
	char *text = malloc(size + 1);
	size_t len;
	FILE *f;

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	check(text, size);
	free(text);
	f = open_memstream(&text, &len);
	MUST(f);
	make(&b, f);
	MUST(!fclose(f));
	check(text, len);
	free(text);
	return 0;
}
