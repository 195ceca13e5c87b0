// SPDX-License-Identifier: BSD-2-Clause
/* A wrapper that does nothing but become its command: the least that any wrapper can add. */
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argc;
	(void)execvp(argv[1], argv + 1);
	return 127;
}
