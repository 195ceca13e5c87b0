// SPDX-License-Identifier: BSD-2-Clause
/* The smallest command worth starting: what all start times are compared with. */
int main(void)
{
	return 0;
}
