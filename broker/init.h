/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting a workload, and staying as its init: what PID 1 owes to the processes below it. */
#ifndef LKD_INIT_H
#define LKD_INIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** struct lkd_launch - what to start, and how it went */
struct lkd_launch {
	char *const *command;
	/*
	 * Called in the child right before it executes; shares memory and descriptors
	 * with us, so it must neither exit nor print. Returns 0, with a descriptor
	 * that we get in @fd (a listener) or not, or -errno with @stage set.
	 */
	int (*confine)(struct lkd_launch *l);
	void (*readable)(int fd); /* called once, when @fd becomes readable while we wait */
	uint64_t (*due)(void); /* called after each signal: in how many ns again, 0 = after the next; or NULL */
	void (*ending)(void); /* called when the workload has ended; or NULL */
	bool	    dies_with_us; /* the child is killed when we die */
	/* set by lkd_launch() */
	pid_t	    pid;
	int	    fd;	   /* -1 = none */
	int	    error; /* -errno of @stage */
	const char *stage; /* what failed; "run" is the execution itself */
	int	    tty;   /* the controlling terminal if there is one, else -1 */
	bool	    own_group;
};

/**
 * lkd_launch() - start a workload below this process, which becomes its init
 *
 * Blocks all signals here for good; the workload gets mask and dispositions as
 * they were. As PID 1 it gets a process group of its own, and the terminal.
 * $LISTEN_PID and $WATCHDOG_PID follow to its pid.
 *
 * Return: 0, or -errno with @l->stage.
 */
int lkd_launch(struct lkd_launch *l);

/**
 * lkd_init_serve() - reap, forward signals, stop and continue with the workload, until it ends
 *
 * Return: its exit status; a death by signal is repeated on this process
 * (128 + signal as PID 1, which no signal kills).
 */
int lkd_init_serve(const struct lkd_launch *l);

#endif
