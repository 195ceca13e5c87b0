// SPDX-License-Identifier: BSD-2-Clause
/*
 * oracle-ask FIRST-LAST|N...: asks the module lkd_ask. One line per number, as
 * lockdown-probe prints: number, ok or err, errno, "-".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "lkd_ask.h"
#include "words.h"

int main(int argc, char **argv)
{
	int fd = open(LKD_ASK_DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		perror("oracle-ask: " LKD_ASK_DEVICE);
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		unsigned long first, last;
		char *end;

		first = last = strtoul(argv[i], &end, 10);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (*end || end == argv[i]) {
			fprintf(stderr, "oracle-ask: bad number '%s'\n", argv[i]);
			return 2;
		}
		for (unsigned long n = first; n <= last; n++) {
			int r = ioctl(fd, LKD_ASK, n);

			printf("%lu\t%s\t%s\t-\n", n, r ? "err" : "ok", errno_word(r < 0 ? errno : r));
		}
	}
	return 0;
}
