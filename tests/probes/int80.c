// SPDX-License-Identifier: BSD-2-Clause
/*
 * The other doors of an x86-64 kernel: int 0x80 and the x32 numbers. For an
 * ia32 build of the probes the first is the usual one.
 */
#define _GNU_SOURCE 1
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes.h"

static sigjmp_buf no_gate;

static void on_segv(int sig)
{
	(void) sig;
	siglongjmp(no_gate, 1);
}

/*
 * int80() - an i386 system call, also from a 64-bit program
 *
 * Without CONFIG_IA32_EMULATION, or with ia32_emulation=off, the gate is not
 * there and the instruction faults.
 *
 * Return: false when there is no gate; else *@ret is what the kernel put in
 * eax (negative errno, not the C library's convention).
 */
bool int80(long nr, long a, long b, long c, long d, long *ret)
{
	struct sigaction sa = { .sa_handler = on_segv }, old;
	int eax;

	sigaction(SIGSEGV, &sa, &old);
	if (sigsetjmp(no_gate, 1)) {
		sigaction(SIGSEGV, &old, NULL);
		return false;
	}
	__asm__ volatile("int $0x80"
			 : "=a" (eax)
			 : "a" (nr), "b" (a), "c" (b), "d" (c), "S" (d)
			 : "memory"
#ifdef __x86_64__
			   , "r8", "r9", "r10", "r11"
#endif
			 );
	sigaction(SIGSEGV, &old, NULL);
	*ret = eax;
	return true;
}

/* From an ia32 program the number is just a number that is not there: ENOSYS. */
long x32_syscall(long nr, long a, long b, long c, long d)
{
	return syscall(0x40000000 | nr, a, b, c, d);
}
