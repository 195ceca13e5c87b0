// SPDX-License-Identifier: BSD-2-Clause
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "said.h"
#include "util.h"

/* as they are compared: whatever their case */
static const struct {
	const char *taken, *instead;
} words[] = {
	{"No such file or directory", "it does not exist"},
	{"Operation not permitted", "the kernel refuses it"},
	{"Permission denied", "access is refused"},
	{"Not a directory", "its directory is none"},
	{"not found", "missing"},
	{"open executable", "open the program"},
};

void lkd_plain(const char *text, char *ret, size_t size)
{
	size_t n = 0;

	while (*text && n + 1 < size) {
		size_t i = 0;

		while (i < LKD_N(words) && strncasecmp(text, words[i].taken, strlen(words[i].taken)) != 0)
			i++;
		if (i == LKD_N(words)) {
			ret[n++] = *text++;
			continue;
		}
		text += strlen(words[i].taken);
		n += (size_t)snprintf(ret + n, size - n, "%s", words[i].instead);
		if (n >= size)
			n = size - 1;
	}
	ret[n] = '\0';
}

struct lkd_said lkd_said_begin(void)
{
	struct lkd_said s = {fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), memfd_create("stderr", MFD_CLOEXEC)};

	if (s.saved >= 0 && s.file >= 0)
		(void)dup2(s.file, STDERR_FILENO);
	return s;
}

void lkd_said_end(struct lkd_said *s, char *ret, size_t size)
{
	static const char name[] = "lockdownctl: ";
	ssize_t n = 0;

	if (s->saved >= 0 && s->file >= 0) {
		(void)dup2(s->saved, STDERR_FILENO);
		n = pread(s->file, ret, size - 1, 0);
	}
	ret[n > 0 ? n : 0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	if (!strncmp(ret, name, sizeof(name) - 1))
		memmove(ret, ret + sizeof(name) - 1, strlen(ret) - sizeof(name) + 2);
	lkd_closep(&s->saved);
	lkd_closep(&s->file);
}
