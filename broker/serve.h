/* SPDX-License-Identifier: BSD-2-Clause */
/* The notification server: answers the system calls that the plan's filter hands over. */
#ifndef LKD_SERVE_H
#define LKD_SERVE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * lkd_serve_prepare() - look at what the workload could change later
 * @held: LKD_BROKER_* of the plan
 *
 * Call it before the workload runs. Return: 0 or -errno.
 */
int lkd_serve_prepare(uint32_t held);

/**
 * lkd_serve_start() - serve @listener on a thread of its own, for good
 * @first: called there when the first call comes, before anything is done for it; if it returns false, the process ends
 *
 * All signals of this thread are blocked, too. Return: 0 or -errno.
 */
int lkd_serve_start(int listener, bool (*first)(void));

/**
 * lkd_serve_until_unused() - serve @listener in this thread
 * @first: as for lkd_serve_start()
 *
 * Return: 0 when no task is left that could call.
 */
int lkd_serve_until_unused(int listener, bool (*first)(void));

/** lkd_serve_fds() - descriptors that have to stay open besides the listener; -1: none */
void lkd_serve_fds(int ret[2]);

#endif
