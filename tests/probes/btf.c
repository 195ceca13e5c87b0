// SPDX-License-Identifier: BSD-2-Clause
/* Just enough BTF to find the type id of one kernel function. */
#define _GNU_SOURCE 1
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

#include "probes.h"

#define KIND_FUNC_	12

/* Bytes after struct btf_type: per kind, and per element of vlen. */
static const struct {
	uint8_t fixed, each;
} sizes[] = {
	[1]  = { 4, 0 },	/* INT */
	[2]  = { 0, 0 },	/* PTR */
	[3]  = { 12, 0 },	/* ARRAY */
	[4]  = { 0, 12 },	/* STRUCT */
	[5]  = { 0, 12 },	/* UNION */
	[6]  = { 0, 8 },	/* ENUM */
	[7]  = { 0, 0 },	/* FWD */
	[8]  = { 0, 0 },	/* TYPEDEF */
	[9]  = { 0, 0 },	/* VOLATILE */
	[10] = { 0, 0 },	/* CONST */
	[11] = { 0, 0 },	/* RESTRICT */
	[12] = { 0, 0 },	/* FUNC */
	[13] = { 0, 8 },	/* FUNC_PROTO */
	[14] = { 4, 0 },	/* VAR */
	[15] = { 0, 12 },	/* DATASEC */
	[16] = { 0, 0 },	/* FLOAT */
	[17] = { 4, 0 },	/* DECL_TAG */
	[18] = { 0, 0 },	/* TYPE_TAG */
	[19] = { 0, 12 },	/* ENUM64 */
};

/* Return: id, or -1 with errno: ENOENT unknown function, EPROTO not our BTF. */
int btf_func_id(const char *name)
{
	const struct btf_header *h;
	const struct btf_type *t;
	size_t len, pos, end, str;
	char *buf = read_whole("/sys/kernel/btf/vmlinux", &len);
	int id = -1, err = EPROTO;

	if (!buf)
		return -1;
	h = (const void *) buf;
	if (len < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > len ||
	    h->type_off > len - h->hdr_len ||
	    h->type_len > len - h->hdr_len - h->type_off ||
	    h->str_off > len - h->hdr_len ||
	    h->str_len > len - h->hdr_len - h->str_off ||
	    !h->str_len || buf[h->hdr_len + h->str_off + h->str_len - 1])
		goto out;
	pos = h->hdr_len + h->type_off;
	end = pos + h->type_len;
	str = h->hdr_len + h->str_off;
	for (int n = 1; end - pos >= sizeof(*t); n++) {
		size_t kind, vlen, size;

		t = (const void *) (buf + pos);
		kind = t->info >> 24 & 0x1f;
		vlen = t->info & 0xffff;
		if (!kind || kind >= N_OF(sizes))
			goto out;
		size = sizeof(*t) + sizes[kind].fixed + vlen * sizes[kind].each;
		/* For FUNC, vlen is the linkage. */
		if (kind == KIND_FUNC_ && t->name_off < h->str_len &&
		    !strcmp(buf + str + t->name_off, name)) {
			id = n;
			goto out;
		}
		if (size > end - pos)
			goto out;
		pos += size;
	}
	err = ENOENT;
out:
	free(buf);
	errno = err;
	return id;
}
