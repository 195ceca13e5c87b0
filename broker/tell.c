// SPDX-License-Identifier: BSD-2-Clause
/*
 * Refusals as lines. The caller has its answer before anything is written, and
 * nothing that reads slowly can stop the broker: what finds no room is counted,
 * and the count is written when there is room again. Refusals of the same kind,
 * by the same process, within a second, are one line and a number.
 *
 * Processes that perform single calls write too, so what limits them is in
 * memory that they share; what folds is the server's alone.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <lockdown/reasons.h>

#include "tell.h"

#define SECOND	   1000000000ULL
#define LINES_MAX  64 /* at once; then LINES_RATE in a second */
#define LINES_RATE 16
#define WAIT_MS	   200

/* bits of LKD_BROKER_*, and what the table says of their reasons */
static const struct {
	uint32_t bit;
	enum lkd_reason reason;
} bits[] = {
	{ LKD_BROKER_PERF, LKD_REASON_PERF },
	{ LKD_BROKER_KPROBES, LKD_REASON_KPROBES },
	{ LKD_BROKER_BPF_WRITE_USER, LKD_REASON_BPF_WRITE_USER },
	{ LKD_BROKER_BPF_READ_KERNEL, LKD_REASON_BPF_READ_KERNEL },
	{ LKD_BROKER_TIOCSSERIAL, LKD_REASON_TIOCSSERIAL },
	{ LKD_BROKER_IOPORT, LKD_REASON_IOPORT },
	{ LKD_BROKER_MSR, LKD_REASON_MSR },
	{ LKD_BROKER_MODULES, LKD_REASON_MODULE_PARAMETERS },
};

static const struct {
	const char *name, *text;
	enum lkd_level level;
} reasons[LKD_REASON_COUNT_] = {
#define REASON(id, level_, text_, where, opens, needed) [LKD_REASON_##id] = { #id, text_, LKD_LEVEL_##level_ },
#define IFACE(...)
#include <lockdown/reasons.def>
};

static const char *const calls[] = {
	[LKD_CALL_PERF] = "perf_event_open",
	[LKD_CALL_BPF] = "bpf",
	[LKD_CALL_IOCTL] = "ioctl",
	[LKD_CALL_INIT_MODULE] = "init_module",
	[LKD_CALL_FINIT_MODULE] = "finit_module",
};

struct limits {
	atomic_int lines, telling; /* of which: answered or about to be, and not yet told; by helpers as well */
	atomic_ullong left_out, refilled;
};

static struct {
	int fd;
	bool people, file;
	char policy[32], name[48]; /* of the file in @dir */
	int dir;
	struct limits *limits; /* NULL: nothing is told, or nothing was served yet */
} out = { .fd = -1, .dir = -1 };

/* the last line, and how often the same happened since */
static struct {
	const char *what;
	uint32_t bit;
	int tgid, tid;
	uint64_t since;
	atomic_ulong repeated;
	struct lkd_told who;
	uint8_t call;
	bool compat;
} last;
static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER; /* the server, and the main thread */

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

static bool take_line(void)
{
	const uint64_t now = now_ns(CLOCK_MONOTONIC);
	unsigned long long before = atomic_load(&out.limits->refilled);
	const uint64_t more = (now - before) * LINES_RATE / SECOND;

	if (more && atomic_compare_exchange_strong(&out.limits->refilled, &before, now)) {
		const int have = atomic_load(&out.limits->lines);

		atomic_store(&out.limits->lines, have + (int)more > LINES_MAX || more > LINES_MAX ? LINES_MAX : have + (int)more);
	}
	if (atomic_fetch_sub(&out.limits->lines, 1) > 0)
		return true;
	(void)atomic_fetch_add(&out.limits->lines, 1);
	return false;
}

static bool room(void)
{
	struct pollfd p = { .fd = out.fd, .events = POLLOUT };
	struct stat st;

	if (out.file)
		return !fstat(out.fd, &st) && st.st_blocks * 512LL < LKD_EVENTS_MAX;
	return poll(&p, 1, 0) == 1 && p.revents & POLLOUT;
}

static bool put(const char *line, int len)
{
	return len > 0 && room() && write(out.fd, line, (size_t)len) == len;
}

static enum lkd_reason reason_of(uint32_t bit)
{
	size_t i = 0;

	while (i + 1 < sizeof(bits) / sizeof(bits[0]) && bits[i].bit != bit)
		i++;
	return bits[i].reason;
}

/* what a task may call itself is not trusted on a terminal or in JSON */
static void clean(const char *in, char *ret, size_t size)
{
	size_t n = 0;

	for (; *in && *in != '\n' && n + 1 < size; in++)
		ret[n++] = *in >= ' ' && *in < 0x7f && *in != '"' && *in != '\\' ? *in : '?';
	ret[n] = '\0';
}

static int number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? (int)strtol(at + strlen(key), NULL, 10) : -1;
}

static void read_who(const struct lkd_call *c, struct lkd_told *t)
{
	char path[32], text[1024] = "";
	ssize_t n = -1;
	int fd;

	(void)snprintf(path, sizeof(path), "%d/status", (int)c->n->pid);
	fd = c->b->proc < 0 ? -1 : openat(c->b->proc, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	t->tgid = number_after(text, "\nTgid:\t");
	t->uid = number_after(text, "\nUid:\t");
	(void)strcpy(t->comm, "?");
	if (!strncmp(text, "Name:\t", 6))
		clean(text + 6, t->comm, sizeof(t->comm));
}

static int format(char *buf, size_t size, uint32_t bit, const char *what, uint8_t call, bool compat, int tid,
		  const struct lkd_told *t, unsigned long repeated)
{
	const enum lkd_reason reason = reason_of(bit);
	const uint64_t ns = now_ns(CLOCK_REALTIME);
	const time_t s = (time_t)(ns / SECOND);
	char when[40], times[48] = "";
	struct tm tm;

	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", gmtime_r(&s, &tm));
	if (repeated)
		(void)snprintf(times, sizeof(times), out.people ? " %lu times more" : ",\"repeated\":%lu", repeated);
	if (out.people)
		return snprintf(buf, size,
				"%s.%03uZ lockdown: %s refused: %s[%d] %s, %s%s (%s; held by broker; policy %s); to permit it: "
				"\"allow\": [\"%s\"] in the policy\n",
				when, (unsigned)(ns / 1000000 % 1000), reasons[reason].name, t->comm, t->tgid, calls[call], what,
				times, reasons[reason].text, out.policy, reasons[reason].name);
	return snprintf(buf, size,
			"{\"time\":\"%s.%03uZ\",\"event\":\"refused\",\"reason\":\"%s\",\"text\":\"%s\",\"pid\":%d,\"tid\":%d,"
			"\"uid\":%d,\"comm\":\"%s\",\"level\":\"%s\",\"syscall\":\"%s\",\"abi\":\"%s\",\"detail\":\"%s\"%s,"
			"\"policy\":\"%s\",\"engine\":\"broker\",\"remedy\":\"\\\"allow\\\": [\\\"%s\\\"] in the policy\"}\n",
			when, (unsigned)(ns / 1000000 % 1000), reasons[reason].name, reasons[reason].text, t->tgid, tid, t->uid,
			t->comm, reasons[reason].level == LKD_LEVEL_INTEGRITY ? "integrity" : "confidentiality", calls[call],
			compat ? "32-bit" : "native", what, times, out.policy, reasons[reason].name);
}

/* what was left out before goes first */
static void put_left_out(void)
{
	const unsigned long long n = atomic_exchange(&out.limits->left_out, 0);
	char line[96];
	int len;

	if (!n)
		return;
	len = snprintf(line, sizeof(line),
		       out.people ? "lockdown: %llu refusals were left out: too many at once, or nobody read them\n" :
				    "{\"event\":\"lost\",\"count\":%llu,\"engine\":\"broker\"}\n",
		       n);
	if (!put(line, len))
		(void)atomic_fetch_add(&out.limits->left_out, n);
}

static void put_last(void)
{
	char line[768];
	int len;

	if (!last.repeated)
		return;
	len = format(line, sizeof(line), last.bit, last.what, last.call, last.compat, last.tid, &last.who, last.repeated);
	if (!put(line, len))
		(void)atomic_fetch_add(&out.limits->left_out, last.repeated);
	last.repeated = 0;
}

/* one of the same kind, not long ago; remembers what is the last from now on */
static bool folded(const struct lkd_call *c, int tgid)
{
	const uint64_t now = now_ns(CLOCK_MONOTONIC);

	if (last.what == c->what && last.bit == c->refused && last.tgid == tgid && last.call == c->call &&
	    now - last.since < SECOND) {
		last.repeated++;
		return true;
	}
	put_last();
	last.what = c->what;
	last.bit = c->refused;
	last.tgid = tgid;
	last.tid = (int)c->n->pid;
	last.call = c->call;
	last.compat = c->n->data.arch == AUDIT_ARCH_I386;
	last.since = now;
	return false;
}

void lkd_tell_look(const struct lkd_call *c, struct lkd_told *ret)
{
	/* threads of one process are told apart only after a look at /proc: by thread is good enough to save that */
	const int key = c->tgid ? (int)c->tgid : (int)c->n->pid;
	bool fold;

	ret->tell = false;
	if (!out.limits)
		return;
	if (!c->helper) {
		(void)pthread_mutex_lock(&last_lock);
		fold = folded(c, key);
		(void)pthread_mutex_unlock(&last_lock);
		if (fold)
			return;
	}
	if (!take_line()) {
		if (!c->helper)
			last.what = NULL; /* nothing to fold into */
		(void)atomic_fetch_add(&out.limits->left_out, 1);
		return;
	}
	read_who(c, ret);
	(void)atomic_fetch_add(&out.limits->telling, 1);
	ret->tell = true;
}

void lkd_tell(const struct lkd_call *c, const struct lkd_told *t)
{
	char line[768];
	int len;

	if (!t->tell)
		return;
	put_left_out();
	len = format(line, sizeof(line), c->refused, c->what, c->call, c->n->data.arch == AUDIT_ARCH_I386, (int)c->n->pid, t, 0);
	if (!put(line, len))
		(void)atomic_fetch_add(&out.limits->left_out, 1);
	(void)atomic_fetch_sub(&out.limits->telling, 1);
	if (c->helper)
		return;
	(void)pthread_mutex_lock(&last_lock);
	last.who = *t;
	(void)pthread_mutex_unlock(&last_lock);
}

bool lkd_tell_pending(void)
{
	return out.limits && (atomic_load(&last.repeated) || atomic_load(&out.limits->left_out));
}

static atomic_ullong woken; /* when the main thread was, 0 = not since it flushed */

/* SIGCHLD: it looks for children whose end that could be, and for this, and nobody else gets to know */
void lkd_tell_wake(void)
{
	if (!lkd_tell_pending() || atomic_load(&woken))
		return;
	atomic_store(&woken, now_ns(CLOCK_MONOTONIC));
	(void)syscall(SYS_tgkill, getpid(), getpid(), SIGCHLD);
}

uint64_t lkd_tell_due(void)
{
	const uint64_t since = atomic_load(&woken), now = since ? now_ns(CLOCK_MONOTONIC) : 0;

	if (!since)
		return 0;
	if (now - since < SECOND)
		return SECOND - (now - since);
	lkd_tell_flush();
	return 0;
}

void lkd_tell_flush(void)
{
	if (!out.limits)
		return;
	atomic_store(&woken, 0);
	(void)pthread_mutex_lock(&last_lock);
	put_last();
	last.what = NULL;
	(void)pthread_mutex_unlock(&last_lock);
	put_left_out();
}

void lkd_tell_fds(int ret[2])
{
	ret[0] = out.fd;
	ret[1] = out.dir;
}

/* The caller has its answer before the line is written, and may have ended of it, and we with it: a moment for the line. */
static void wait_for_lines(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	for (int i = 0; i < WAIT_MS && atomic_load(&out.limits->telling) > 0; i++)
		(void)nanosleep(&moment, NULL);
}

void lkd_tell_end(void)
{
	struct stat st;

	if (!out.limits)
		return;
	wait_for_lines();
	lkd_tell_flush();
	if (*out.name && !fstat(out.fd, &st) && !st.st_size)
		(void)unlinkat(out.dir, out.name, 0);
}

/* as many entries as that, without the C library's memory for it; a buffer with room for another was the last one */
static bool more_than(int dir, unsigned most)
{
	char buf[2048] __attribute__((aligned(8)));
	long len = sizeof(buf);
	unsigned n = 0;

	while (n <= most && len > (long)(sizeof(buf) - sizeof(struct dirent64)) &&
	       (len = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0)
		for (long at = 0; at < len; n++)
			at += ((const struct dirent64 *)(const void *)(buf + at))->d_reclen;
	return n > most;
}

static int open_dir(void)
{
	int fd = open(LKD_EVENTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		(void)mkdir("/run/container-lockdown", 0755);
		(void)mkdir(LKD_EVENTS_DIR, 0700);
		fd = open(LKD_EVENTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd >= 0 && more_than(fd, LKD_EVENTS_FILES_MAX)) {
		(void)close(fd);
		return -EMFILE;
	}
	return fd;
}

/* named so that no two are the same; locked while its writer lives, which is how a reader knows */
static int open_file(int dir)
{
	int fd;

	(void)snprintf(out.name, sizeof(out.name), "%d-%llx.json", (int)getpid(), (unsigned long long)now_ns(CLOCK_REALTIME));
	fd = openat(dir, out.name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		(void)flock(fd, LOCK_SH | LOCK_NB);
	return fd;
}

int lkd_tell_open(int fd, bool file, bool people, const char *policy)
{
	int r = 0;

	out.people = people;
	out.file = file || fd < 0;
	(void)snprintf(out.policy, sizeof(out.policy), "%s", policy);
	if (fd >= 0) {
		out.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		r = out.fd < 0 ? -EBADF : 0;
	} else {
		out.dir = open_dir();
		r = out.dir == -EMFILE ? -EMFILE : 0;
	}
	return r;
}

void lkd_tell_start(void)
{
	if (out.fd < 0 && out.dir >= 0)
		out.fd = open_file(out.dir);
	if (out.fd < 0)
		return;
	out.limits = mmap(NULL, sizeof(*out.limits), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (out.limits == MAP_FAILED) {
		out.limits = NULL;
		return;
	}
	atomic_store(&out.limits->lines, LINES_MAX);
	atomic_store(&out.limits->refilled, now_ns(CLOCK_MONOTONIC));
}
