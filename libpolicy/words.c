// SPDX-License-Identifier: BSD-2-Clause
/* Nearest word: see words.h. */
#include <ctype.h>
#include <string.h>

#include "words.h"

#define WORD_MAX 32 /* longest word compared; a longer one is near to nothing */

/* As people mistype them: case, a hyphen for an underscore, the kernel's prefix. */
static size_t fold(const char *in, char out[WORD_MAX])
{
	static const char prefix[] = "LOCKDOWN_";
	size_t n = 0;

	while (n < sizeof(prefix) - 1 && toupper((unsigned char)in[n]) == prefix[n])
		n++;
	if (n == sizeof(prefix) - 1)
		in += n;
	for (n = 0; in[n]; n++) {
		if (n == WORD_MAX)
			return 0;
		out[n] = in[n] == '-' ? '_' : (char)toupper((unsigned char)in[n]);
	}
	return n;
}

static unsigned int min2(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b. */
static unsigned int distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned int d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= na; i++)
		d[i][0] = (unsigned int)i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++) {
			unsigned int cost = a[i - 1] != b[j - 1];
			unsigned int best = min2(min2(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = min2(best, d[i - 2][j - 2] + 1);
			d[i][j] = best;
		}
	}
	return d[na][nb];
}

const char *lkd_word_closest(const char *word, const char *const *words, size_t n_words)
{
	char a[WORD_MAX], b[WORD_MAX];
	const char *best = NULL, *longer = NULL;
	unsigned int best_d = WORD_MAX + 1, n_longer = 0;
	size_t na = fold(word, a);

	if (!na)
		return NULL;
	for (size_t i = 0; i < n_words; i++) {
		size_t nb = fold(words[i], b);
		unsigned int d = nb ? distance(a, na, b, nb) : WORD_MAX;

		if (d < best_d) {
			best_d = d;
			best = words[i];
		}
		if (na >= 3 && nb > na && !memcmp(a, b, na)) {
			longer = words[i];
			n_longer++;
		}
	}
	/* A third of the word wrong is the most that still looks like it. */
	if (best_d <= (na < 3 ? 1 : na / 3))
		return best;
	return n_longer == 1 ? longer : NULL; /* "MODULE_SIG" */
}
