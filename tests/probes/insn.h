/* SPDX-License-Identifier: BSD-2-Clause */
/* BPF instructions, written by hand. */
#ifndef LOCKDOWN_INSN_H
#define LOCKDOWN_INSN_H

#include <linux/bpf.h>

#define INSN(c, d, s, o, i) { .code = (c), .dst_reg = (d), .src_reg = (s), \
			      .off = (o), .imm = (i) }
#define MOV_IMM(d, i)	INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define MOV_REG(d, s)	INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define ADD_IMM(d, i)	INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define ST_IMM(d, o, i)	INSN(BPF_ST | BPF_MEM | BPF_DW, d, 0, o, i)
#define STX(d, o, s)	INSN(BPF_STX | BPF_MEM | BPF_DW, d, s, o, 0)
#define CALL(h)		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, h)
#define EXIT()		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* Two slots: a constant, or the address of byte @off in array map @fd. */
#define LD_IMM64(d, v) \
	INSN(BPF_LD | BPF_IMM | BPF_DW, d, 0, 0, (int32_t) (uint32_t) (v)), \
	INSN(0, 0, 0, 0, (int32_t) ((uint64_t) (v) >> 32))
#define LD_MAP_VALUE(d, fd, off) \
	INSN(BPF_LD | BPF_IMM | BPF_DW, d, 2 /* PSEUDO_MAP_VALUE */, 0, fd), \
	INSN(0, 0, 0, 0, off)

#endif
