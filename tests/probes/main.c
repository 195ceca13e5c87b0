// SPDX-License-Identifier: BSD-2-Clause
/*
 * lockdown-probe: asks the kernel what it refuses, one line per question:
 *
 *	id <TAB> ok|err|skip <TAB> errno or "-" <TAB> detail or "-"
 *
 * Verdicts are data: the exit status is 0 whenever probes ran, 2 after a
 * mistake in the arguments. Each probe has a process of its own, so one that
 * crashes or hangs is an answer too.
 */
#define _GNU_SOURCE 1
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probes.h"

#define REAP_S		3	/* after SIGKILL; a task in the kernel may not come */

struct options opt = {
	.timeout_s = 10,
	.kprobe_events_fd = -1,
	.dynamic_events_fd = -1,
};

static const struct {
	unsigned int	flag;
	const char	*word;
} flag_words[] = {
	{ PF_CONTROL,		"control" },
	{ PF_DESTRUCTIVE,	"destructive" },
	{ PF_NEEDS_ARG,		"needs-arg" },
	{ PF_UNREACHABLE,	"unreachable" },
};

static void print_list(void)
{
	for (size_t i = 0; i < probes_count; i++) {
		const struct probe *p = &probes[i];
		const char *sep = "";

		printf("%s\t%s\t%s\t%s\t", p->id, p->reason, p->interface,
		       p->source);
		for (size_t f = 0; f < N_OF(flag_words); f++) {
			if (p->flags & flag_words[f].flag) {
				printf("%s%s", sep, flag_words[f].word);
				sep = ",";
			}
		}
		printf("%s\n", *sep ? "" : "-");
	}
}

static void print_result(const struct probe *p, const struct result *res)
{
	static const char *const words[] = {
		[VERDICT_OK] = "ok", [VERDICT_ERR] = "err",
		[VERDICT_SKIP] = "skip",
	};
	char buf[16];

	printf("%s\t%s\t%s\t%s\n", p->id, words[res->verdict],
	       res->err ? errno_name(res->err, buf) : "-",
	       *res->detail ? res->detail : "-");
	fflush(stdout);
}

/* Wait for @pid for a while. Return: whether it is gone. */
static bool reap(pid_t pid, int seconds, int *ret_status)
{
	struct timespec now, end, left;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	/* The signal only wakes us: of several children's one may be left. */
	while (waitpid(pid, ret_status, WNOHANG) != pid) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end.tv_sec)
			return false;
		left = (struct timespec) { .tv_nsec = 200000000 };
		(void) sigtimedwait(&chld, NULL, &left);
	}
	return true;
}

static void run_probe(const struct probe *p, const struct way *way,
		      struct result *res)
{
	pid_t pid, parent = getpid();
	int status;

	if ((p->flags & PF_DESTRUCTIVE) && !opt.destructive)
		return res_skip(res, "destructive");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return res_step(res, errno, "fork");
	if (!pid) {
		sigset_t none;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		alarm(opt.timeout_s);
		way->run(p, res);
		_exit(0);
	}
	if (!reap(pid, opt.timeout_s + 1, &status)) {
		kill(pid, SIGKILL);
		(void) reap(pid, REAP_S, &status);
		return res_err(res, 0, "timeout");
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		res_err(res, 0, "timeout");
	else if (WIFSIGNALED(status))
		res_err(res, 0, "signal %d", WTERMSIG(status));
	else if (res->verdict == VERDICT_NONE)
		res_err(res, 0, "exit %d without an answer", WEXITSTATUS(status));
}

static void usage(FILE *f)
{
	fputs("Usage: lockdown-probe [OPTION]...\n"
	      "Ask the kernel what it refuses, one line per probe.\n"
	      "\n"
	      "  --list                 print id, reason, interface, source, flags\n"
	      "  --only ID[,ID]...      only these probes\n"
	      "  --reason NAME          only the probes of one reason\n"
	      "  --destructive          also probes that are felt outside: loads modules and\n"
	      "                         kernels, adds SAs and kprobes; for machines that may\n"
	      "                         break\n"
	      "  --as MODE              how probes are run:\n", f);
	for (size_t i = 0; i < ways_count; i++)
		fprintf(f, "                           %-14s %s%s\n", ways[i].name,
			ways[i].help, i ? "" : " (default)");
	fputs("  --timeout SECONDS      limit of one probe (default 10); emulators may need more\n"
	      "  --module-dir DIR       where to look for modules\n"
	      "  --kernel FILE          kernel image for kexec_file_load\n"
	      "  --fd NAME=N            inherited descriptor of tracefs kprobe_events or\n"
	      "                         dynamic_events, opened for writing before\n"
	      "  --wait-sa              XFRM-5 waits for --add-sa by a task outside\n"
	      "  --add-sa               no probes: add and remove that SA for 6 seconds\n"
	      "  --hammer SECONDS       no probes: repeat refused calls in many threads;\n"
	      "                         exit status 1 when one was allowed\n"
	      "  --threads N            threads of --hammer (default 16)\n"
	      "  --rt                   half of them SCHED_FIFO on one CPU\n"
	      "  --help\n", f);
}

static _Noreturn void usage_error(const char *what, const char *value)
{
	fprintf(stderr, "lockdown-probe: %s%s%s%s\n", what, value ? " '" : "",
		value ? value : "", value ? "'" : "");
	fputs("hint: lockdown-probe --help\n", stderr);
	exit(2);
}

static unsigned int number(const char *option, const char *text,
			   unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || n > max)
		usage_error(option, text);
	return n;
}

/* Which probes are chosen; all when nobody chose. */
static bool *chosen;
static bool any_chosen;

static void choose(const char *id, const char *reason)
{
	bool found = false;

	for (size_t i = 0; i < probes_count; i++) {
		if ((id && !strcmp(id, probes[i].id)) ||
		    (reason && !strcmp(reason, probes[i].reason)))
			chosen[i] = found = true;
	}
	if (!found)
		usage_error(id ? "unknown probe" : "unknown reason",
			    id ? id : reason);
	any_chosen = true;
}

static const struct way *way_find(const char *name)
{
	for (size_t i = 0; i < ways_count; i++)
		if (!strcmp(ways[i].name, name))
			return &ways[i];
	usage_error("unknown mode", name);
}

static void inherit(char *text)
{
	char *eq = strchr(text, '=');

	if (!eq)
		usage_error("--fd needs NAME=N", text);
	*eq = '\0';
	if (!strcmp(text, "kprobe_events"))
		opt.kprobe_events_fd = number("bad descriptor", eq + 1, 65535);
	else if (!strcmp(text, "dynamic_events"))
		opt.dynamic_events_fd = number("bad descriptor", eq + 1, 65535);
	else
		usage_error("unknown descriptor", text);
}

int main(int argc, char **argv)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	unsigned int hammer_s = 0, threads = 16;
	const struct way *way = &ways[0];
	bool rt = false, list = false, hammering = false;
	struct result *results;
	sigset_t chld;

	chosen = calloc(probes_count, sizeof(*chosen));
	/* One slot per probe: a child that cannot be killed keeps its own. */
	results = mmap(NULL, probes_count * sizeof(*results),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!chosen || results == MAP_FAILED) {
		perror("lockdown-probe");
		return 1;
	}

	for (int i = 1; i < argc; i++) {
		const char *o = argv[i];
		char *value = i + 1 < argc ? argv[i + 1] : NULL;
		bool took = true;

		if (!strcmp(o, "--help")) {
			usage(stdout);
			return 0;
		} else if (!strcmp(o, "--add-sa")) {
			return xfrm_add_for_others();
		} else if (!strcmp(o, "--list")) {
			list = true, took = false;
		} else if (!strcmp(o, "--destructive")) {
			opt.destructive = true, took = false;
		} else if (!strcmp(o, "--wait-sa")) {
			opt.wait_sa = true, took = false;
		} else if (!strcmp(o, "--rt")) {
			rt = true, took = false;
		} else if (strncmp(o, "--", 2)) {
			usage_error("unexpected argument", o);
		} else if (!value) {
			usage_error("unknown option, or one that needs a value", o);
		} else if (!strcmp(o, "--only")) {
			char *save, *id;

			for (id = strtok_r(value, ",", &save); id;
			     id = strtok_r(NULL, ",", &save))
				choose(id, NULL);
		} else if (!strcmp(o, "--reason")) {
			choose(NULL, value);
		} else if (!strcmp(o, "--as")) {
			way = way_find(value);
		} else if (!strcmp(o, "--module-dir")) {
			opt.module_dir = value;
		} else if (!strcmp(o, "--kernel")) {
			opt.kernel = value;
		} else if (!strcmp(o, "--timeout")) {
			opt.timeout_s = number("bad number of seconds", value, 3600);
		} else if (!strcmp(o, "--fd")) {
			inherit(value);
		} else if (!strcmp(o, "--hammer")) {
			hammer_s = number("bad number of seconds", value, 86400);
			hammering = true;
		} else if (!strcmp(o, "--threads")) {
			threads = number("bad number of threads", value, 4096);
		} else {
			usage_error("unknown option", o);
		}
		i += took;
	}

	/* Kernels before 5.11 charge BPF programs to this limit. */
	(void) setrlimit(RLIMIT_MEMLOCK, &unlimited);
	if (hammering)
		return hammer(hammer_s, threads, rt);
	if (list) {
		print_list();
		return 0;
	}

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	for (size_t i = 0; i < probes_count; i++) {
		if (any_chosen && !chosen[i])
			continue;
		run_probe(&probes[i], way, &results[i]);
		print_result(&probes[i], &results[i]);
	}
	return 0;
}
