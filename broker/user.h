/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting another user's command: lockdown-exec itself has to be root until all is in force. */
#ifndef LKD_USER_H
#define LKD_USER_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * lkd_user_check() - has this process what it takes?
 *
 * To become that user, and, as the broker, to serve and to end what is that user's.
 *
 * Return: 0, -EPERM, or -errno.
 */
int lkd_user_check(void);

/**
 * lkd_user_become() - take on @uid, for the command that is executed next
 * @uid:  not 0
 * @home: HOME becomes that user's in /etc/passwd, or "/"
 *
 * Group ids stay. What capabilities it has after executing is what they would be
 * had it been started by @uid with the same inheritable and ambient ones: nothing
 * of root's goes through. May run in memory that is shared with a parent that
 * waits. Whoever may trace @uid's processes may not trace this one before it has
 * executed.
 *
 * Return: 0 or -errno; after an error the process must not execute anything.
 */
int lkd_user_become(uid_t uid, bool home);

#endif
