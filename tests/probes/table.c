// SPDX-License-Identifier: BSD-2-Clause
/* The table of probes, from table.h. */
#include "probes.h"

#define C PF_CONTROL
#define D PF_DESTRUCTIVE
#define A PF_NEEDS_ARG
#define U PF_UNREACHABLE

#define P(id, reason, flags, fn, arg, interface, source) \
	{ id, reason, flags, fn, arg, interface, source },
const struct probe probes[] = { PROBES(P) };
#undef P

const size_t probes_count = N_OF(probes);
