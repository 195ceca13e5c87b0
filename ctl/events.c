// SPDX-License-Identifier: BSD-2-Clause
/* events: what was refused, to whom, why, and what to do */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <linux/audit.h>
#include <seccomp.h>

#include "container.h"
#include "ctl.h"
#include "engine.h"
#include "tell.h"
#include "util.h"

static const char *const verdict_words[] = {
	[LKD_REFUSED] = "refused",
	[LKD_AUDITED] = "audited",
	[LKD_KTHREAD] = "refused to a kernel thread",
	[LKD_GUARD] = "refused",
};

/* enum lkd_guard: name, what it keeps, what to do */
static const struct {
	const char *name, *text, *remedy;
} guards[LKD_GUARD_COUNT_] = {
	[LKD_GUARD_BPF_OBJECT] = { "BPF_OBJECT", "the kernel engine's own BPF objects", "nothing: they hold the confinement" },
	[LKD_GUARD_BPF_TYPE] = { "BPF_TYPE", "BPF program types that could answer in the kernel's place",
				 "load it from outside the confinement" },
	[LKD_GUARD_PIN] = { "PIN", "the kernel engine's pins in bpffs", "nothing: they hold the confinement" },
	[LKD_GUARD_SWITCH] = { "SWITCH", "kernel.ftrace_enabled, which turns BPF programs off",
			       "set it from outside the confinement" },
	[LKD_GUARD_PTRACE] = { "PTRACE", "unconfined processes", "\"seals\" of the policy without \"ptrace\"" },
	[LKD_GUARD_HELPERS] = { "HELPERS", "programs that the kernel starts as unconfined root",
				"\"seals\" of the policy without \"helpers\"" },
	[LKD_GUARD_SYSRQ] = { "SYSRQ", "sysrq", "\"seals\" of the policy without \"sysrq\"" },
	[LKD_GUARD_HOSTLOCK] = { "HOSTLOCK", "switches that lock the whole host",
				 "\"seals\" of the policy without \"hostlock\"" },
	[LKD_GUARD_UNTOLD] = { "UNTOLD", "a program that the kernel starts, of which nobody told who asked for it",
			       "start once more what needed it; lockdownctl unload ends it" },
	[LKD_GUARD_KTHREAD] = { "KTHREAD", "bpf(2) by a kernel thread while tasks are confined",
				"lockdownctl load --no-kthread-rule after unload" },
};

struct names {
	struct { char name[40]; enum lkd_level level; } by_number[LKD_REASON_BITS];
};

struct printing {
	struct names names;
	bool json;
	uint64_t boot_ns; /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	unsigned long shown;
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void name_number(void *arg, const char *name, size_t len, int number, enum lkd_level level)
{
	struct names *n = arg;

	(void)snprintf(n->by_number[number].name, sizeof(n->by_number[0].name), "%.*s", (int)len, name);
	n->by_number[number].level = level;
}

/* what a task may call itself is not trusted on a terminal or in JSON */
static void clean(const char *in, size_t size, char *out)
{
	size_t i;

	for (i = 0; i < size - 1 && in[i]; i++)
		out[i] = in[i] >= ' ' && in[i] < 0x7f ? in[i] : '?';
	out[i] = '\0';
}

static void syscall_text(const struct lkd_event *ev, char *buf, size_t size)
{
	uint32_t arch = ev->compat ? SCMP_ARCH_X86 : SCMP_ARCH_NATIVE;
	char *name;

	*buf = '\0';
	if (ev->syscall < 0)
		return;
	name = seccomp_syscall_resolve_num_arch(arch, ev->syscall);
	if (name)
		(void)snprintf(buf, size, "%s", name);
	else
		(void)snprintf(buf, size, "syscall %d", ev->syscall);
	free(name);
}

struct told {
	char when[40], comm[16], policy[LKD_MARK_POLICY], call[48], file[LKD_NAME_MAX];
	char name[48], text[160], remedy[160];
	struct lkd_container_file container; /* @id is "" where there is none, or it is gone */
};

static void tell(const struct printing *p, const struct lkd_event *ev, struct told *t)
{
	const uint64_t ns = ev->time_ns + p->boot_ns;
	const time_t s = (time_t)(ns / 1000000000u);
	struct tm tm;
	int r;

	(void)strftime(t->when, sizeof(t->when), "%Y-%m-%dT%H:%M:%S", gmtime_r(&s, &tm));
	(void)snprintf(t->when + strlen(t->when), sizeof(t->when) - strlen(t->when), ".%03uZ",
		       (unsigned)(ns / 1000000u % 1000u));
	clean(ev->comm, sizeof(ev->comm), t->comm);
	clean(ev->policy, sizeof(ev->policy), t->policy);
	clean(ev->file, sizeof(ev->file), t->file);
	syscall_text(ev, t->call, sizeof(t->call));
	if (ev->cookie && lkd_container_recall(ev->cookie, &t->container) < 0)
		t->container.id[0] = '\0';
	if (ev->verdict == LKD_GUARD) {
		const uint32_t g = ev->number < LKD_GUARD_COUNT_ ? ev->number : 0;

		(void)snprintf(t->name, sizeof(t->name), "%s", guards[g].name ? guards[g].name : "GUARD");
		(void)snprintf(t->text, sizeof(t->text), "%s", guards[g].text ? guards[g].text : "");
		(void)snprintf(t->remedy, sizeof(t->remedy), "%s", guards[g].remedy ? guards[g].remedy : "");
		return;
	}
	if (ev->number < LKD_REASON_BITS && p->names.by_number[ev->number].name[0])
		(void)snprintf(t->name, sizeof(t->name), "%s", p->names.by_number[ev->number].name);
	else
		(void)snprintf(t->name, sizeof(t->name), "reason %u", ev->number);
	r = lkd_reason_parse(t->name);
	(void)snprintf(t->text, sizeof(t->text), "%s", r < 0 ? "newer than this program" : lkd_reason_info((enum lkd_reason)r)->text);
	if (ev->verdict == LKD_KTHREAD)
		(void)snprintf(t->remedy, sizeof(t->remedy), "lockdownctl load --no-kthread-rule");
	else
		(void)snprintf(t->remedy, sizeof(t->remedy), "\"allow\": [\"%s\"] in the policy", t->name);
}

static bool by_filter(const struct lkd_event *ev)
{
	return ev->verdict == LKD_REFUSED && ev->object == 1;
}

static void print_text(const struct lkd_event *ev, const struct told *t)
{
	(void)printf("%s lockdown: %s %s: %s[%u]%s%s%s%s (%s; held by %s", t->when, t->name,
		     verdict_words[ev->verdict], t->comm, ev->pid, t->call[0] ? " " : "", t->call,
		     t->file[0] ? " " : "", t->file, t->text, by_filter(ev) ? "the filter" : "kernel engine");
	if (t->policy[0])
		(void)printf("; policy %s", t->policy);
	if (t->container.id[0])
		(void)printf("; container %s%s%s", t->container.id, t->container.pod[0] ? ", pod " : "", t->container.pod);
	(void)printf("); to permit it: %s\n", t->remedy);
}

static void put(json_t *j, const char *key, const char *text)
{
	if (*text)
		(void)json_object_set_new(j, key, json_string(text));
}

static void print_json(const struct printing *p, const struct lkd_event *ev, const struct told *t)
{
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:s}", "time", t->when, "event",
			      ev->verdict == LKD_GUARD ? "guard" :
			      ev->verdict == LKD_AUDITED ? "audited" :
							   "refused",
			      ev->verdict == LKD_GUARD ? "guard" : "reason", t->name, "text", t->text, "pid",
			      (int)ev->pid, "tid", (int)ev->tid, "uid", (int)ev->uid, "comm", t->comm);
	char *text;

	if (!j)
		return;
	if (ev->verdict != LKD_GUARD && ev->number < LKD_REASON_BITS)
		(void)json_object_set_new(j, "level", json_string(lkd_level_name(p->names.by_number[ev->number].level)));
	(void)json_object_set_new(j, "kernel_thread", json_boolean(ev->verdict == LKD_KTHREAD));
	if (ev->syscall >= 0) {
		(void)json_object_set_new(j, "syscall", json_string(t->call));
		(void)json_object_set_new(j, "abi", json_string(ev->compat ? "32-bit" : "native"));
	}
	if (t->file[0])
		(void)json_object_set_new(j, "file", json_string(t->file));
	if (ev->cookie)
		(void)json_object_set_new(j, "cgroup", json_integer((json_int_t)ev->cookie));
	put(j, "container", t->container.id);
	put(j, "pod", t->container.pod);
	put(j, "image", t->container.image);
	(void)json_object_set_new(j, "policy", json_string(t->policy));
	(void)json_object_set_new(j, "engine", json_string(by_filter(ev) ? "seccomp" : "kernel"));
	(void)json_object_set_new(j, "remedy", json_string(t->remedy));
	text = json_dumps(j, JSON_COMPACT);
	if (text)
		(void)puts(text);
	free(text);
	json_decref(j);
}

static int each(void *arg, const struct lkd_event *ev)
{
	struct printing *p = arg;
	struct told t = {};

	if (ev->verdict < LKD_REFUSED || ev->verdict > LKD_GUARD)
		return 0;
	tell(p, ev, &t);
	if (p->json)
		print_json(p, ev, &t);
	else
		print_text(ev, &t);
	p->shown++;
	return 0;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* a loss is never silent: told when it grows */
static void tell_losses(const struct printing *p, unsigned long long *before)
{
	struct lkd_engine_status st;

	if (lkd_engine_status(&st, NULL) < 0 || st.state.lost <= *before)
		return;
	if (p->json)
		(void)printf("{\"event\":\"lost\",\"count\":%llu}\n", (unsigned long long)st.state.lost - *before);
	else
		(void)printf("lockdown: %llu events were lost: nobody read them in time\n",
			     (unsigned long long)st.state.lost - *before);
	*before = st.state.lost;
}

int verb_events(int argc, char **argv)
{
	lkd_autofree struct lkd_facts *names = calloc(1, sizeof(*names));
	struct lkd_engine_reader *reader;
	unsigned long long lost = 0;
	struct printing p = {};
	bool brokers;
	struct lkd_err e = {};
	struct options o;
	int r;

	if (!names || parse_options(argc, argv, TAKES_JSON | TAKES_FOLLOW, 0, 0, &o) < 0)
		return CTL_USAGE;
	/* root's: to others it would look as if nothing had been told */
	if (access(LKD_EVENTS_DIR, R_OK) && errno == EACCES) {
		(void)lkd_err_set(&e, EACCES, "read %s", LKD_EVENTS_DIR);
		return report(CTL_FAILED, &e);
	}
	p.json = o.json;
	p.boot_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_BOOTTIME);
	lkd_facts_gather_names(names);
	(void)lkd_fact_reasons_each(names, name_number, &p.names);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	brokers = events_in_files(p.json);
	r = lkd_engine_reader_open(each, &p, &reader, &e);
	if (r == -ENOENT && brokers)
		reader = NULL; /* no kernel engine here, but brokers */
	if (r == -EBUSY)
		(void)lkd_err_hint(&e, r, "another `lockdownctl events` is reading");
	if (r < 0 && (r != -ENOENT || !brokers))
		return report(r == -ENOENT ? CTL_NO : CTL_FAILED, &e);
	if (o.follow) {
		/* no SA_RESTART: the poll is to end */
		struct sigaction sa = { .sa_handler = on_signal };

		(void)sigaction(SIGINT, &sa, NULL);
		(void)sigaction(SIGTERM, &sa, NULL);
	}
	do {
		if (reader)
			r = lkd_engine_reader_poll(reader, o.follow ? 1000 : 0, &e);
		else
			r = o.follow && poll(NULL, 0, 1000) < 0 ? -errno : 0;
		(void)events_in_files(p.json);
		if (reader)
			tell_losses(&p, &lost);
	} while (o.follow && !stop && !ferror(stdout) && (r >= 0 || r == -EINTR));
	if (reader)
		lkd_engine_reader_close(reader);
	if (r < 0 && r != -EINTR)
		return report(CTL_FAILED, &e);
	return CTL_OK;
}
