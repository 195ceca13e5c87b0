// SPDX-License-Identifier: BSD-2-Clause
/*
 * lockdown-works [--list | --only ID[,ID]...] [--here] [--timeout SECONDS]
 *
 * One line per operation, as lockdown-probe prints:
 *
 *	id <TAB> ok|err|skip <TAB> errno or "-" <TAB> detail or "-"
 *
 * Each runs in a process, a mount namespace and a /tmp of its own; with --here
 * in those of the caller, for callers that cannot mount.
 */
#define _GNU_SOURCE 1
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "works.h"

#define W(id, flags, fn, arg) { id, flags, fn, arg },
static const struct work works[] = { WORKS(W) };
#undef W

/* what the shared sources of the probes look at */
struct options opt = { .timeout_s = 20, .kprobe_events_fd = -1, .dynamic_events_fd = -1 };

/*
 * Loads modules, names separated by blanks, with what they need; they stay.
 * Return: whether the operation can go on; if not, @res says why.
 */
bool work_needs(struct result *res, const char *modules)
{
	char names[128], path[512], sysfs[96], *name, *save;

	snprintf(names, sizeof(names), "%s", modules);
	for (name = strtok_r(names, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		struct module_stack deps = { 0 };

		snprintf(sysfs, sizeof(sysfs), "/sys/module/%s", name);
		for (char *p = sysfs; *p; p++)
			if (*p == '-')
				*p = '_';
		if (path_exists(sysfs))
			continue;
		if (module_find(name, path, sizeof(path)) < 0) {
			res_skip(res, "no %s.ko", name);
			return false;
		}
		if (module_load_deps(path, &deps) < 0 || (module_finit(path, "", 0) < 0 && errno != EEXIST)) {
			res_err(res, errno, "load %s", name);
			return false;
		}
	}
	return true;
}

static bool here;

static int isolate(unsigned int flags)
{
	if (flags & WF_NET && unshare(CLONE_NEWNET))
		return -1;
	if (here || flags & WF_HERE)
		return 0;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	return mount("works", "/tmp", "tmpfs", 0, "mode=1777");
}

static void run(const struct work *w, struct result *res)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return res_step(res, errno, "fork");
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(opt.timeout_s);
		if (isolate(w->flags))
			res_step(res, errno, "isolate");
		else
			w->run(res, w->arg);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		res_err(res, 0, "timeout");
	else if (WIFSIGNALED(status))
		res_err(res, 0, "signal %d", WTERMSIG(status));
	else if (res->verdict == VERDICT_NONE)
		res_err(res, 0, "exit %d without an answer", WEXITSTATUS(status));
}

static bool wanted(const char *id, const char *only)
{
	size_t len = strlen(id);

	for (const char *p = only; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (!strncmp(p, id, len) && (!p[len] || p[len] == ','))
			return true;
	}
	return !only;
}

int main(int argc, char **argv)
{
	static const char *const words[] = { "err", "ok", "err", "skip" };
	const char *only = NULL;
	struct result *results;
	char buf[16];

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (size_t i = 0; i < N_OF(works); i++)
			printf("%s\t%s\n", works[i].id, works[i].arg);
		return 0;
	}
	for (int i = 1; i < argc; i += 2) {
		if (!strcmp(argv[i], "--here")) {
			here = true;
			i--;
		} else if (i + 1 < argc && !strcmp(argv[i], "--only")) {
			only = argv[i + 1];
		} else if (i + 1 < argc && !strcmp(argv[i], "--timeout")) {
			opt.timeout_s = atoi(argv[i + 1]);
		} else {
			fputs("Usage: lockdown-works [--list | --only ID[,ID]...] [--here] [--timeout SECONDS]\n"
			      "Changes the machine for a moment: for machines that may break.\n", stderr);
			return 2;
		}
	}
	results = mmap(NULL, N_OF(works) * sizeof(*results), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (results == MAP_FAILED) {
		perror("lockdown-works");
		return 1;
	}
	for (size_t i = 0; i < N_OF(works); i++) {
		struct result *res = &results[i];

		if (!wanted(works[i].id, only))
			continue;
		run(&works[i], res);
		printf("%s\t%s\t%s\t%s\n", works[i].id, words[res->verdict], res->err ? errno_name(res->err, buf) : "-",
		       *res->detail ? res->detail : "-");
	}
	return fflush(stdout) ? 1 : 0;
}
