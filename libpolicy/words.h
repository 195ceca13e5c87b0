/* SPDX-License-Identifier: BSD-2-Clause */
/* Nearest word, for "did you mean". */
#ifndef LKD_WORDS_H
#define LKD_WORDS_H

#include <stddef.h>

/**
 * lkd_word_closest() - the one of @words that looks most like @word
 *
 * Case, '-' for '_' and the kernel's prefix LOCKDOWN_ do not count. Return: one
 * of @words, or NULL if none is near.
 */
const char *lkd_word_closest(const char *word, const char *const *words, size_t n_words);

#endif
