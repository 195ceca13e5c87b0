/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeping the broker out of reach of those that it serves. */
#ifndef LKD_SHIELD_H
#define LKD_SHIELD_H

#include <stdbool.h>

/**
 * lkd_shield_self() - nobody without CAP_SYS_PTRACE reads, writes or traces this process from now on
 *
 * Return: 0 or -errno.
 */
int lkd_shield_self(void);

/**
 * lkd_shield_from() - and the calling task, with all that it starts, not even with CAP_SYS_PTRACE
 *
 * @in_domain: this process is in a Landlock domain that holds files already (files.h)
 *
 * By a Landlock domain without any rule on files, where the kernel has one that
 * leaves mounting alone (ABI 6): who is in a domain cannot trace who is not. Below
 * one that ends mounting anyway, by another that allows all that is asked of it. Else
 * by giving up CAP_SYS_PTRACE for good. The first takes CAP_SYS_ADMIN or
 * no_new_privs, the second CAP_SETPCAP unless the capability is gone already.
 *
 * Return: 0, or -errno if neither can be had: then the broker cannot be protected.
 */
int lkd_shield_from(bool in_domain);

#endif
