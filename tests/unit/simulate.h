/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LKD_SIMULATE_H
#define LKD_SIMULATE_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ---- a simulator of classic BPF, as kernel/seccomp.c lets it run ---- */

enum { SIM_BROKEN = 0x7fff0bad }; /* no action of the kernel's */

static uint32_t simulate(const struct sock_filter *f, size_t n, const struct seccomp_data *d)
{
	uint32_t a = 0, x = 0, mem[BPF_MEMWORDS] = {}, v;
	size_t pc = 0;

	for (unsigned steps = 0; steps <= n; steps++) {
		const struct sock_filter *i = &f[pc++];
		bool taken;

		if (pc > n)
			return SIM_BROKEN;
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			switch (i->code) {
			case BPF_LD | BPF_W | BPF_ABS: /* seccomp_check_filter: aligned and inside */
				if (i->k & 3 || i->k > sizeof(*d) - 4)
					return SIM_BROKEN;
				memcpy(&a, (const char *)d + i->k, 4);
				break;
			case BPF_LD | BPF_IMM:
				a = i->k;
				break;
			case BPF_LD | BPF_MEM:
				if (i->k >= BPF_MEMWORDS)
					return SIM_BROKEN;
				a = mem[i->k];
				break;
			default:
				return SIM_BROKEN;
			}
			break;
		case BPF_LDX:
			if (i->code != (BPF_LDX | BPF_W | BPF_MEM) && i->code != (BPF_LDX | BPF_W | BPF_IMM))
				return SIM_BROKEN;
			if (BPF_MODE(i->code) == BPF_MEM && i->k >= BPF_MEMWORDS)
				return SIM_BROKEN;
			x = BPF_MODE(i->code) == BPF_IMM ? i->k : mem[i->k];
			break;
		case BPF_ST:
		case BPF_STX:
			if (i->k >= BPF_MEMWORDS)
				return SIM_BROKEN;
			mem[i->k] = BPF_CLASS(i->code) == BPF_ST ? a : x;
			break;
		case BPF_ALU:
			v = BPF_SRC(i->code) == BPF_X ? x : i->k;
			switch (BPF_OP(i->code)) {
			case BPF_ADD: a += v; break;
			case BPF_SUB: a -= v; break;
			case BPF_MUL: a *= v; break;
			case BPF_AND: a &= v; break;
			case BPF_OR: a |= v; break;
			case BPF_XOR: a ^= v; break;
			case BPF_LSH: a = v < 32 ? a << v : 0; break;
			case BPF_RSH: a = v < 32 ? a >> v : 0; break;
			case BPF_NEG: a = -a; break;
			case BPF_DIV:
				if (!v)
					return SIM_BROKEN;
				a /= v;
				break;
			default: return SIM_BROKEN;
			}
			break;
		case BPF_JMP:
			v = BPF_SRC(i->code) == BPF_X ? x : i->k;
			switch (BPF_OP(i->code)) {
			case BPF_JA:
				pc += i->k;
				continue;
			case BPF_JEQ: taken = a == v; break;
			case BPF_JGT: taken = a > v; break;
			case BPF_JGE: taken = a >= v; break;
			case BPF_JSET: taken = (a & v) != 0; break;
			default: return SIM_BROKEN;
			}
			pc += taken ? i->jt : i->jf;
			break;
		case BPF_RET:
			return BPF_RVAL(i->code) == BPF_A ? a : BPF_RVAL(i->code) == BPF_K ? i->k : (uint32_t)SIM_BROKEN;
		case BPF_MISC:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				x = a;
			else if (BPF_MISCOP(i->code) == BPF_TXA)
				a = x;
			else
				return SIM_BROKEN;
			break;
		default:
			return SIM_BROKEN;
		}
	}
	return SIM_BROKEN; /* loops are impossible, but this is the judge */
}

#endif
