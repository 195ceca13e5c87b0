/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a task marks itself: by raw bpf(2) calls, no library, so that the small
 * static lockdown-exec can use it.
 */
#ifndef LKD_MARK_H
#define LKD_MARK_H

#include <stdbool.h>

#include "abi.h"

#define LKD_PIN_MARK  LKD_PIN_DIR "/mark"
#define LKD_PIN_TASKS LKD_PIN_DIR "/tasks"

/**
 * lkd_mark_open() - the pinned program
 *
 * Return: a close-on-exec descriptor, or -errno (-ENOENT: engine not loaded,
 * -EPERM, -EACCES: not root of the host).
 */
int lkd_mark_open(void);

/** lkd_mark_is_confined() - is this task marked? Of the engine's objects such a one may open that program only. */
bool lkd_mark_is_confined(void);

/**
 * lkd_mark_run() - mark the calling thread; only ever tightens
 * @prog_fd: from lkd_mark_open()
 *
 * Inherited by everything that the thread creates from now on, kept across
 * exec. Cannot be undone. Other threads of the process are not marked.
 *
 * Return: 0, -EAGAIN (no room for another mark), -EPROTO (the engine has
 * another layout), or -errno of bpf(2).
 * Source: kernel net/bpf/test_run.c:bpf_prog_test_run_syscall
 */
int lkd_mark_run(int prog_fd, const struct lkd_mark_request *req);

#endif
