// SPDX-License-Identifier: BSD-2-Clause
/* A unified diff of two small texts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure.h"
#include "util.h"

enum { CONTEXT = 3, TABLE_MAX = 4 << 20 };

struct lines {
	const char **at;
	size_t *len; /* with its newline, where it has one */
	size_t n;
};

static int split(const char *text, struct lines *ret)
{
	const size_t most = strlen(text) + 1;

	*ret = (struct lines){.at = calloc(most, sizeof(*ret->at)), .len = calloc(most, sizeof(*ret->len))};
	for (size_t len; ret->at && ret->len && *text; text += len) {
		len = strcspn(text, "\n");
		len += text[len] == '\n';
		ret->at[ret->n] = text;
		ret->len[ret->n++] = len;
	}
	return ret->at && ret->len ? 0 : -ENOMEM;
}

static void lines_free(struct lines *l)
{
	free(l->at);
	free(l->len);
}

static bool same(const struct lines *a, size_t i, const struct lines *b, size_t j)
{
	return a->len[i] == b->len[j] && !memcmp(a->at[i], b->at[j], a->len[i]);
}

/* One character for each line of the outcome: ' ' in both, '-' in @a only, '+' in @b only. */
static char *script(const struct lines *a, const struct lines *b)
{
	size_t head = 0, tail = 0, n, m, i = 0, j = 0, k = 0;
	lkd_autofree unsigned short *longest = NULL;
	char *ret = calloc(a->n + b->n + 1, 1);

	while (head < a->n && head < b->n && same(a, head, b, head))
		head++;
	while (tail < a->n - head && tail < b->n - head && same(a, a->n - 1 - tail, b, b->n - 1 - tail))
		tail++;
	n = a->n - head - tail;
	m = b->n - head - tail;
	/* for more than that the middle is shown as replaced */
	if (n < 0xffff && m < 0xffff && (n + 1) * (m + 1) < TABLE_MAX)
		longest = calloc((n + 1) * (m + 1), sizeof(*longest));
	if (!ret)
		return NULL;
#define COMMON(x, y) longest[(x) * (m + 1) + (y)]
	for (size_t x = n; longest && x-- > 0;)
		for (size_t y = m; y-- > 0;) {
			const unsigned short down = COMMON(x + 1, y), right = COMMON(x, y + 1);

			if (same(a, head + x, b, head + y))
				COMMON(x, y) = (unsigned short)(COMMON(x + 1, y + 1) + 1);
			else
				COMMON(x, y) = down > right ? down : right;
		}
	memset(ret, ' ', head);
	k = head;
	while (i < n || j < m) {
		if (longest && i < n && j < m && same(a, head + i, b, head + j)) {
			ret[k++] = ' ';
			i++;
			j++;
		} else if (i < n && (j == m || !longest || COMMON(i + 1, j) >= COMMON(i, j + 1))) {
			ret[k++] = '-';
			i++;
		} else {
			ret[k++] = '+';
			j++;
		}
	}
#undef COMMON
	memset(ret + k, ' ', tail);
	return ret;
}

static void print_line(char mark, const char *text, size_t len)
{
	const bool ended = len && text[len - 1] == '\n';

	(void)printf("%c%.*s\n", mark, (int)(len - ended), text);
	if (!ended)
		(void)puts("\\ No newline at end of file");
}

/* where the hunk ends that has a change at @at */
static size_t hunk_end(const char *s, size_t at)
{
	size_t last = at;

	for (; s[at] && at - last <= 2 * CONTEXT; at++)
		if (s[at] != ' ')
			last = at;
	for (at = last + 1; s[at] && at <= last + CONTEXT; at++)
		;
	return at;
}

static void print_hunks(const struct lines *a, const struct lines *b, const char *s)
{
	size_t i = 0, j = 0, at = 0;

	while (s[at]) {
		size_t change = at + strspn(s + at, " "), from, to, in_a = 0, in_b = 0;

		if (!s[change])
			break;
		from = change - at > CONTEXT ? change - CONTEXT : at;
		to = hunk_end(s, change);
		i += from - at;
		j += from - at;
		for (at = from; at < to; at++) {
			in_a += s[at] != '+';
			in_b += s[at] != '-';
		}
		(void)printf("@@ -%zu,%zu +%zu,%zu @@\n", i + (in_a > 0), in_a, j + (in_b > 0), in_b);
		for (at = from; at < to; at++) {
			if (s[at] == '+')
				print_line('+', b->at[j], b->len[j]);
			else
				print_line(s[at], a->at[i], a->len[i]);
			i += s[at] != '+';
			j += s[at] != '-';
		}
	}
}

void diff_print(const char *path, const char *from, bool from_exists, const char *to, bool to_exists)
{
	struct lines a = {.n = 0}, b = {.n = 0};
	lkd_autofree char *s = NULL;

	(void)printf("--- %s\n+++ %s\n", from_exists ? path : "/dev/null", to_exists ? path : "/dev/null");
	if (!split(from, &a) && !split(to, &b))
		s = script(&a, &b);
	if (s)
		print_hunks(&a, &b, s);
	else
		(void)puts("(no memory to compare them)");
	lines_free(&a);
	lines_free(&b);
}
