/* SPDX-License-Identifier: BSD-2-Clause */
/* What lockdownctl configure runs in a throw-away container. */
#ifndef LKD_TRY_H
#define LKD_TRY_H

/**
 * lkd_try() - calls that a locked-down kernel refuses and that change nothing where they are allowed
 *
 * Prints "caps=0|1" and " CALL=ERRNO" for each, 0 for what was allowed. Return: 0.
 */
int lkd_try(void);

#endif
