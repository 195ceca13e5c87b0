/* SPDX-License-Identifier: BSD-2-Clause */
/* What the broker refuses, told: one JSON line, or one line for people, for each refusal. */
#ifndef LKD_TELL_H
#define LKD_TELL_H

#include <stdbool.h>

#include "call.h"

#define LKD_EVENTS_DIR "/run/container-lockdown/events.d" /* one file for each broker; read by `lockdownctl events` */
#define LKD_EVENTS_MAX (1 << 20) /* bytes that a file holds before what comes is only counted */
#define LKD_EVENTS_FILES_MAX 512 /* files that nobody has read */

/** struct lkd_told - who it was, read while the caller still waits */
struct lkd_told {
	bool tell;
	int  tgid, uid;
	char comm[16];
};

/**
 * lkd_tell_open() - where refusals go, before the workload runs
 * @fd:     a descriptor, or -1: a file of its own in LKD_EVENTS_DIR, if there can be one, once there was a call
 * @file:   @fd is a file that is read and punched out like those
 * @people: lines for people instead of JSON
 *
 * Return: 0, -EBADF when @fd is none, or -EMFILE when nobody reads what is told:
 * then nothing will be.
 */
int lkd_tell_open(int fd, bool file, bool people, const char *policy);

/** lkd_tell_fds() - descriptors that have to stay open; -1: none */
void lkd_tell_fds(int ret[2]);

/** lkd_tell_start() - what telling takes, before the first call is served, and before any process for one */
void lkd_tell_start(void);

/** lkd_tell_look() - before a refused call is answered: folds it into the one before, counts it, or reads who it is */
void lkd_tell_look(const struct lkd_call *c, struct lkd_told *ret);

/** lkd_tell() - after that */
void lkd_tell(const struct lkd_call *c, const struct lkd_told *t);

/** lkd_tell_pending() - is something folded or counted that was not written yet? */
bool lkd_tell_pending(void);

/**
 * lkd_tell_wake() - for the thread that serves: if so, and it is news, end the main thread's wait
 *
 * To wait for a time itself would cost each call that it waits for a fifth more.
 */
void lkd_tell_wake(void);

/** lkd_tell_due() - for the main thread: flush a second after that; how long it is till then, in ns, 0 = not foreseen */
uint64_t lkd_tell_due(void);

/** lkd_tell_flush() - write what is folded and counted, as far as that is possible now */
void lkd_tell_flush(void);

/** lkd_tell_end() - the same for the last time; a file without a line is removed */
void lkd_tell_end(void);

#endif
