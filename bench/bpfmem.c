// SPDX-License-Identifier: BSD-2-Clause
/*
 * bpfmem: every BPF program and map of this kernel, by the kernel's own figures.
 *
 * Prints kind, id, name, type and bytes ("memlock" in fdinfo), tab-separated;
 * for programs also the bytes of machine code, for maps the bound on entries.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static long memlock(int fd)
{
	char path[64], line[256];
	long n = -1;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "memlock:", 8))
			n = atol(line + 8);
	if (f)
		(void)fclose(f);
	return n;
}

static const struct kind {
	const char *name;
	int next, get;
} kinds[] = {
	{ "prog", BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID },
	{ "map", BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID },
};

static void show(const struct kind *k, uint32_t id, int fd)
{
	union {
		struct bpf_prog_info prog;
		struct bpf_map_info map;
	} u;
	const int is_prog = k->get == BPF_PROG_GET_FD_BY_ID;
	union bpf_attr attr;

	memset(&u, 0, sizeof(u));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = is_prog ? sizeof(u.prog) : sizeof(u.map);
	attr.info.info = (uint64_t)(uintptr_t)&u;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
		return;
	(void)printf("%s\t%u\t%s\t%u\t%ld\t%u\n", k->name, id, is_prog ? u.prog.name : u.map.name,
		     is_prog ? u.prog.type : u.map.type, memlock(fd), is_prog ? u.prog.jited_prog_len : u.map.max_entries);
}

int main(void)
{
	union bpf_attr attr;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint32_t id = 0;

		for (;;) {
			int fd;

			memset(&attr, 0, sizeof(attr));
			attr.start_id = id;
			if (bpf(kinds[i].next, &attr))
				break;
			id = attr.next_id;
			memset(&attr, 0, sizeof(attr));
			attr.map_id = id;
			fd = (int)bpf(kinds[i].get, &attr);
			if (fd < 0)
				continue;
			show(&kinds[i], id, fd);
			(void)close(fd);
		}
	}
	return 0;
}
