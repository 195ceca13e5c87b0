/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said to who asked an engine for a container: one line. */
#ifndef LKD_SAID_H
#define LKD_SAID_H

#include <stddef.h>

/**
 * lkd_plain() - a line without the words from which engines guess what failed
 *
 * podman (libpod/oci_util.go:getOCIRuntimeError), docker and others search what a runtime says for
 * errno texts, and report that the container's command was not found, or may not be run.
 */
void lkd_plain(const char *text, char *ret, size_t size);

/** struct lkd_said - stderr, where lockdownctl writes while it runs for us, kept */
struct lkd_said {
	int saved, file;
};

struct lkd_said lkd_said_begin(void);

/** lkd_said_end() - the first line of it, without the program's name; for the second time, an empty one */
void lkd_said_end(struct lkd_said *s, char *ret, size_t size);

#endif
