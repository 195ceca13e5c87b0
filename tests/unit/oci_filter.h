/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter that crun and runc make of "linux.seccomp" (runc: libcontainer/seccomp, crun: src/libcrun/seccomp.c). */
#ifndef LKD_OCI_FILTER_H
#define LKD_OCI_FILTER_H

#include <errno.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>
#include <seccomp.h>

#include "util.h"

static inline int oci_action(const json_t *rule, const char *key, const char *error_key, uint32_t *ret)
{
	static const struct {
		const char *name;
		uint32_t action;
	} words[] = {
		{"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
		{"SCMP_ACT_KILL", SCMP_ACT_KILL},
		{"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
		{"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
		{"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(EPERM)},
		{"SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY},
		{"SCMP_ACT_TRACE", SCMP_ACT_TRACE(EPERM)},
		{"SCMP_ACT_LOG", SCMP_ACT_LOG},
		{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW},
	};
	const json_t *error = json_object_get(rule, error_key);
	const char *word = json_string_value(json_object_get(rule, key));

	for (size_t i = 0; word && i < LKD_N(words); i++) {
		if (strcmp(words[i].name, word) != 0)
			continue;
		*ret = words[i].action;
		if (json_is_integer(error) && (*ret == SCMP_ACT_ERRNO(EPERM) || *ret == SCMP_ACT_TRACE(EPERM)))
			*ret = (*ret & 0xffff0000) | (uint16_t)json_integer_value(error);
		return 0;
	}
	return -EINVAL;
}

static inline int oci_rule_add(scmp_filter_ctx ctx, uint32_t action, int nr, const json_t *args)
{
	static const char *const ops[] = {"",
					  "SCMP_CMP_NE",
					  "SCMP_CMP_LT",
					  "SCMP_CMP_LE",
					  "SCMP_CMP_EQ",
					  "SCMP_CMP_GE",
					  "SCMP_CMP_GT",
					  "SCMP_CMP_MASKED_EQ"};
	struct scmp_arg_cmp cmp[6];
	bool seen[6] = {0}, twice = false;
	const json_t *arg;
	unsigned n = 0;
	size_t i;
	int r = 0;

	json_array_foreach(args, i, arg)
	{
		const char *op = json_string_value(json_object_get(arg, "op"));
		const json_int_t index = json_integer_value(json_object_get(arg, "index"));
		unsigned o = 1;

		while (op && o < LKD_N(ops) && strcmp(ops[o], op) != 0)
			o++;
		if (!op || o == LKD_N(ops) || index < 0 || index > 5 || n == 6)
			return -EINVAL;
		twice |= seen[index];
		seen[index] = true;
		cmp[n++] = (struct scmp_arg_cmp){
			.arg = (unsigned)index,
			.op = (enum scmp_compare)o,
			.datum_a = (uint64_t)json_integer_value(json_object_get(arg, "value")),
			.datum_b = (uint64_t)json_integer_value(json_object_get(arg, "valueTwo")),
		};
	}
	if (!twice)
		return seccomp_rule_add_array(ctx, action, nr, n, cmp);
	for (i = 0; i < n && !r; i++) /* any of them */
		r = seccomp_rule_add_array(ctx, action, nr, 1, &cmp[i]);
	return r;
}

/* number of instructions; 0: no filter; -errno: the runtime would refuse the profile */
static inline int oci_filter(const json_t *seccomp, struct sock_filter *ret, size_t room)
{
	static const struct {
		const char *name;
		uint32_t arch;
	} arches[] = {{"SCMP_ARCH_X86_64", SCMP_ARCH_X86_64},
		      {"SCMP_ARCH_X86", SCMP_ARCH_X86},
		      {"SCMP_ARCH_X32", SCMP_ARCH_X32}};
	const json_t *list = json_object_get(seccomp, "architectures"), *rule, *v;
	lkd_autofd fd = memfd_create("filter", MFD_CLOEXEC);
	uint32_t by_default, action;
	scmp_filter_ctx ctx;
	size_t i, j;
	ssize_t n = 0;
	int r = 0;

	if (!json_object_get(seccomp, "defaultAction") && !json_array_size(json_object_get(seccomp, "syscalls")))
		return 0;
	if (oci_action(seccomp, "defaultAction", "defaultErrnoRet", &by_default) < 0)
		return -EINVAL;
	ctx = seccomp_init(by_default);
	if (!ctx)
		return -EINVAL;
	for (i = 0; i < LKD_N(arches); i++)
		json_array_foreach(list, j, v)
		{
			if (json_is_string(v) && !strcmp(json_string_value(v), arches[i].name) &&
			    seccomp_arch_exist(ctx, arches[i].arch))
				r |= seccomp_arch_add(ctx, arches[i].arch);
		}
	json_array_foreach(json_object_get(seccomp, "syscalls"), i, rule)
	{
		if (r || oci_action(rule, "action", "errnoRet", &action) < 0) {
			r = r ? r : -EINVAL;
			break;
		}
		if (action == by_default)
			continue;
		json_array_foreach(json_object_get(rule, "names"), j, v)
		{
			const int nr = seccomp_syscall_resolve_name(json_is_string(v) ? json_string_value(v) : "");

			if (nr != __NR_SCMP_ERROR && !r)
				r = oci_rule_add(ctx, action, nr, json_object_get(rule, "args"));
		}
	}
	if (!r)
		r = seccomp_export_bpf(ctx, fd);
	seccomp_release(ctx);
	if (r)
		return r < 0 ? r : -EINVAL;
	n = lseek(fd, 0, SEEK_END);
	if (n <= 0 || (size_t)n > room * sizeof(*ret) || pread(fd, ret, (size_t)n, 0) != n)
		return -EOVERFLOW;
	return (int)((size_t)n / sizeof(*ret));
}

#endif
