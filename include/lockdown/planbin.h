/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binary form of a plan: all that an applier needs, nothing that it would
 * have to parse. One flat block, native byte order, for one kernel of one
 * machine; reading it needs no library and no memory of its own.
 */
#ifndef LOCKDOWN_PLANBIN_H
#define LOCKDOWN_PLANBIN_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include <lockdown/err.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LKD_PLANBIN_MAGIC   "LKDPLAN"	/* with its NUL: 8 bytes */
#define LKD_PLANBIN_VERSION 4
#define LKD_PLANBIN_MAX	    20480	/* bytes, whole */
#define LKD_PLANBIN_SOURCES 9 /* lockdownctl, and two for each of four policies */

/** enum lkd_cmp - how an argument is compared: SCMP_CMP_* of libseccomp and OCI */
enum lkd_cmp { LKD_CMP_MASKED_EQ, LKD_CMP_EQ, LKD_CMP_NE, LKD_CMP_COUNT_ };

/** enum lkd_call_what - what a struct lkd_plan_call says */
enum lkd_call_what {
	LKD_CALL_REFUSE, /* with @error, when all comparisons hold */
	LKD_CALL_PASS,	 /* when they hold, no REFUSE of this call does: for profiles that refuse what they do not list */
	LKD_CALL_WHAT_COUNT_,
};

/** struct lkd_plan_call - one system call of the filter, for who cannot take it compiled: OCI runtimes */
struct lkd_plan_call {
	char	 name[20];
	uint16_t what;	/* enum lkd_call_what */
	uint16_t n_args;
	int32_t	 error;	/* errno */
	uint32_t reserved;
	struct {
		uint32_t index, op; /* 0..5; enum lkd_cmp */
		uint64_t mask, value; /* MASKED_EQ: argument & mask == value; else only @value */
	} args[2];
};

#define LKD_CALLS_MAX	     32
#define LKD_PLAN_DEVICES_MAX 80

/** struct lkd_plan_device - a rule for the device cgroup, always a refusal */
struct lkd_plan_device {
	uint8_t	 type;	 /* 'b' or 'c' */
	uint8_t	 access; /* LKD_DEV_READ 1, LKD_DEV_WRITE 2, LKD_DEV_MKNOD 4 */
	uint16_t reserved;
	int32_t	 major;	 /* -1 = any */
	int32_t	 minor;	 /* -1 = any; LKD_MINOR_EFI_TEST: whatever /proc/misc says when the rule is applied */
	int32_t	 reason; /* enum lkd_reason that it stands for, or -1: a rule of the policy's own */
};
#define LKD_MINOR_EFI_TEST (-2)

#define LKD_PLAN_FILES_MAX 32

/** enum lkd_tree - what a path of a struct lkd_plan_file begins at: each mount of that type, but for DEV */
enum lkd_tree {
	LKD_TREE_PROC,
	LKD_TREE_SYSFS,
	LKD_TREE_DEBUGFS,
	LKD_TREE_TRACEFS,
	LKD_TREE_CONFIGFS,
	LKD_TREE_DEV, /* the directory /dev, whatever is mounted there */
	LKD_TREE_COUNT_,
};

enum lkd_file_how {
	LKD_FILE_LANDLOCK, /* no rule that allows it */
	LKD_FILE_MASK,	   /* an empty directory, or something that cannot be opened, is mounted over it */
	LKD_FILE_HOW_COUNT_,
};

/** struct lkd_plan_file - files that a workload may not open */
struct lkd_plan_file {
	uint8_t	 fs;	 /* enum lkd_tree */
	uint8_t	 how;	 /* enum lkd_file_how */
	uint8_t	 access; /* LKD_DEV_READ 1, LKD_DEV_WRITE 2 */
	uint8_t	 reserved;
	int32_t	 reason; /* enum lkd_reason that it stands for, or -1: the seal sysrq */
	char	 path[56]; /* below the file system's root, components as for fnmatch(3); "" = all of it. MASK: no patterns */
};

/** struct lkd_plan_source - a file that the plan depends on, as it was; @path "" = unused, @ino 0 = was absent */
struct lkd_plan_source {
	char	 path[256];
	uint64_t dev, ino, size;
	int64_t	 mtime_s, mtime_ns;
};

/** Reasons that the broker answers for; not 0: the filter needs a listener */
#define LKD_BROKER_PERF		   0x01u
#define LKD_BROKER_KPROBES	   0x02u
#define LKD_BROKER_BPF_WRITE_USER  0x04u
#define LKD_BROKER_BPF_READ_KERNEL 0x08u
#define LKD_BROKER_TIOCSSERIAL	   0x10u
#define LKD_BROKER_IOPORT	   0x20u /* KDADDIO, KDENABIO */
#define LKD_BROKER_MSR		   0x40u /* X86_IOC_WRMSR_REGS */
#define LKD_BROKER_MODULES	   0x80u /* what a module's parameters, or its name, say */
#define LKD_BROKER_ALL		   0xffu

struct lkd_planbin {
	char	 magic[8];
	uint32_t version;
	uint32_t size;	   /* of the whole block, header and filter */
	uint32_t crc;	   /* CRC-32 of the block with this field as 0 */
	uint32_t engine;   /* enum lkd_engine: HOST, KERNEL or BROKER */
	char	 kernel[136]; /* "RELEASE VERSION" as uname(2) tells them */
	char	 policy[32];
	uint64_t denied, audited; /* the kernel's numbers */
	uint32_t seals;
	uint16_t level;	   /* enum lkd_level */
	uint16_t attach;   /* enum lkd_attach that was planned with; FMOD_RET: ask again how the kernel preempts */
	struct lkd_plan_source sources[LKD_PLANBIN_SOURCES];
	char	 note[192];    /* what the user should know each time, or "" */
	char	 request[256]; /* what was asked for, as lkd_request_text() writes it */
	uint16_t n_calls, n_devices;
	uint32_t broker;      /* LKD_BROKER_*: what the filter hands to a listener */
	uint16_t n_files;
	uint16_t files; /* not 0: files are held, by a mount namespace and a Landlock domain of the workload's own */
	uint32_t n_filter;
	struct sock_filter filter[]; /* then the calls, then the device rules, then the files */
};

static inline const struct lkd_plan_call *lkd_planbin_calls(const struct lkd_planbin *b)
{
	return (const struct lkd_plan_call *)(const void *)(b->filter + b->n_filter);
}

static inline const struct lkd_plan_device *lkd_planbin_devices(const struct lkd_planbin *b)
{
	return (const struct lkd_plan_device *)(const void *)(lkd_planbin_calls(b) + b->n_calls);
}

static inline const struct lkd_plan_file *lkd_planbin_files(const struct lkd_planbin *b)
{
	return (const struct lkd_plan_file *)(const void *)(lkd_planbin_devices(b) + b->n_devices);
}

/**
 * lkd_planbin_check() - is this block a plan for this kernel?
 * @buf:    aligned to 8 bytes
 * @kernel: "RELEASE VERSION" of the running kernel, or NULL to accept any
 *
 * Checks magic, version, sizes, checksum, engine, that texts end, that the
 * filter is within bounds and ends in a return, calls, device rules and files, and
 * the kernel.
 *
 * Return: 0, -EINVAL (not a plan, cut or altered), -EPROTO (another version),
 * -ESTALE (for another kernel).
 */
LKD_PUBLIC int lkd_planbin_check(const void *buf, size_t len, const char *kernel, struct lkd_err *e);

/*
 * Where lockdown-exec is in a container that lockdown-runtime put it into: a directory with "exec", "plan" and
 * "events", each a read-only mount but the last; and where these come from, a directory for each bundle.
 */
#define LKD_IN_CONTAINER "/.container-lockdown"
#define LKD_INSIDES_DIR	 "/run/container-lockdown/inside"

#define LKD_PLAN_DIR "/run/container-lockdown/plans" /* compiled plans, root's; gone with a reboot */

/** struct lkd_request - what a user asked lockdown-exec for */
struct lkd_request {
	const char *policy;	/* name or path; NULL = by level, or the default */
	const char *with[6];	/* policies combined with it, which only tightens; NULL-terminated */
	const char *level;	/* NULL = the policy's */
	const char *engine;	/* "auto", "kernel", "broker" */
	const char *allow[32];	/* reasons; NULL-terminated */
	const char *gaps[32];	/* reasons, seals or "all"; NULL-terminated */
	const char *needs[8];	/* as in policies; NULL-terminated */
	int	    container;	/* for an OCI runtime, which has nobody to hold files */
};

/**
 * lkd_request_text() - a request as one line, by which a compiled plan is found again
 *
 * Return: 0, or -E2BIG when it does not fit, or a word has a space (such a plan
 * is not kept).
 */
LKD_PUBLIC int lkd_request_text(const struct lkd_request *r, char *buf, size_t size);

/** lkd_request_path() - the file below LKD_PLAN_DIR that keeps the plan for the line @text */
LKD_PUBLIC void lkd_request_path(const char *text, char *buf, size_t size);

struct lkd_plan;
/**
 * lkd_planbin_write() - the binary form
 * @request: as by lkd_request_text(); "" = not to be found again
 * @sources: LKD_PLANBIN_SOURCES entries, or NULL
 * @attach:  enum lkd_attach
 * @ret:     the caller frees
 *
 * Return: its length, or -ENOMEM, -EPERM (the plan cannot be run, see
 * lkd_plan_check()).
 */
LKD_PUBLIC int lkd_planbin_write(const struct lkd_plan *p, const char *request, const struct lkd_plan_source *sources,
				 uint32_t attach, void **ret, struct lkd_err *e);

/** lkd_crc32() - IEEE 802.3, as in zlib */
LKD_PUBLIC uint32_t lkd_crc32(uint32_t crc, const void *buf, size_t len);

#ifdef __cplusplus
}
#endif
#endif
