/* SPDX-License-Identifier: BSD-2-Clause */
/* YAML as JSON, for pods as people write them. */
#ifndef LKD_YAML_H
#define LKD_YAML_H

#include <jansson.h>

#include <lockdown/err.h>

/**
 * lkd_yaml_load() - all documents of a YAML text (JSON is YAML too)
 *
 * Plain scalars become null, booleans and integers as in the core schema of
 * YAML 1.2; aliases, and keys that are no scalars or are there twice, are errors.
 *
 * Return: an array that the caller drops, or NULL with @e: "FILE:LINE:COLUMN: ...".
 */
json_t *lkd_yaml_load(const char *text, size_t len, const char *source, struct lkd_err *e);

#endif
