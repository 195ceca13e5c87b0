// SPDX-License-Identifier: BSD-2-Clause
/* The reasons table: complete, in the kernel's order, and free of contradictions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lockdown/reasons.h>

#include "util.h"

/* Written down a second time on purpose: security/security.c:lockdown_reasons of Linux 6.1.192. */
static const struct {
	const char *name, *text;
	enum lkd_level level;
} kernel[] = {
	{ "MODULE_SIGNATURE", "unsigned module loading", LKD_LEVEL_INTEGRITY },
	{ "DEV_MEM", "/dev/mem,kmem,port", LKD_LEVEL_INTEGRITY },
	{ "EFI_TEST", "/dev/efi_test access", LKD_LEVEL_INTEGRITY },
	{ "KEXEC", "kexec of unsigned images", LKD_LEVEL_INTEGRITY },
	{ "HIBERNATION", "hibernation", LKD_LEVEL_INTEGRITY },
	{ "PCI_ACCESS", "direct PCI access", LKD_LEVEL_INTEGRITY },
	{ "IOPORT", "raw io port access", LKD_LEVEL_INTEGRITY },
	{ "MSR", "raw MSR access", LKD_LEVEL_INTEGRITY },
	{ "ACPI_TABLES", "modifying ACPI tables", LKD_LEVEL_INTEGRITY },
	{ "DEVICE_TREE", "modifying device tree contents", LKD_LEVEL_INTEGRITY },
	{ "PCMCIA_CIS", "direct PCMCIA CIS storage", LKD_LEVEL_INTEGRITY },
	{ "TIOCSSERIAL", "reconfiguration of serial port IO", LKD_LEVEL_INTEGRITY },
	{ "MODULE_PARAMETERS", "unsafe module parameters", LKD_LEVEL_INTEGRITY },
	{ "MMIOTRACE", "unsafe mmio", LKD_LEVEL_INTEGRITY },
	{ "DEBUGFS", "debugfs access", LKD_LEVEL_INTEGRITY },
	{ "XMON_WR", "xmon write access", LKD_LEVEL_INTEGRITY },
	{ "BPF_WRITE_USER", "use of bpf to write user RAM", LKD_LEVEL_INTEGRITY },
	{ "DBG_WRITE_KERNEL", "use of kgdb/kdb to write kernel RAM", LKD_LEVEL_INTEGRITY },
	{ "RTAS_ERROR_INJECTION", "RTAS error injection", LKD_LEVEL_INTEGRITY },
	{ "XEN_USER_ACTIONS", "Xen guest user action", LKD_LEVEL_INTEGRITY },
	{ "KCORE", "/proc/kcore access", LKD_LEVEL_CONFIDENTIALITY },
	{ "KPROBES", "use of kprobes", LKD_LEVEL_CONFIDENTIALITY },
	{ "BPF_READ_KERNEL", "use of bpf to read kernel RAM", LKD_LEVEL_CONFIDENTIALITY },
	{ "DBG_READ_KERNEL", "use of kgdb/kdb to read kernel RAM", LKD_LEVEL_CONFIDENTIALITY },
	{ "PERF", "unsafe use of perf", LKD_LEVEL_CONFIDENTIALITY },
	{ "TRACEFS", "use of tracefs", LKD_LEVEL_CONFIDENTIALITY },
	{ "XMON_RW", "xmon read and write access", LKD_LEVEL_CONFIDENTIALITY },
	{ "XFRM_SECRET", "xfrm SA secret", LKD_LEVEL_CONFIDENTIALITY },
};

/*
 * Every function that calls security_locked_down() in Linux 6.1.192, 6.12.117
 * or 7.3.4. hibernation_available() stands for its callers; where a function
 * was renamed, the name of 6.1 or, if it is newer, of 7.3.
 */
static const struct {
	enum lkd_reason reason;
	const char *source;
} sites[] = {
	{ LKD_REASON_MODULE_SIGNATURE, "kernel/module/signing.c:module_sig_check" },
	{ LKD_REASON_DEV_MEM, "drivers/char/mem.c:open_port" },
	{ LKD_REASON_DEV_MEM, "drivers/mtd/devices/phram.c:init_phram" },
	{ LKD_REASON_DEV_MEM, "drivers/platform/x86/intel/vsec_tpmi.c:intel_vsec_tpmi_init" },
	{ LKD_REASON_EFI_TEST, "drivers/firmware/efi/test/efi_test.c:efi_test_open" },
	{ LKD_REASON_KEXEC, "kernel/kexec.c:kexec_load_check" },
	{ LKD_REASON_KEXEC, "kernel/kexec_file.c:kimage_validate_signature" },
	{ LKD_REASON_KEXEC, "security/integrity/ima/ima_policy.c:ima_appraise_signature" },
	{ LKD_REASON_PCI_ACCESS, "arch/alpha/kernel/pci-sysfs.c:pci_mmap_resource" },
	{ LKD_REASON_PCI_ACCESS, "drivers/cxl/core/mbox.c:cxl_mem_raw_command_allowed" },
	{ LKD_REASON_PCI_ACCESS, "drivers/gpu/drm/amd/amdgpu/amdgpu_debugfs.c:amdgpu_debugfs_regs_init" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/pci-sysfs.c:__pci_legacy_is_visible" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/pci-sysfs.c:pci_mmap_legacy_io" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/pci-sysfs.c:pci_mmap_legacy_mem" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/pci-sysfs.c:pci_mmap_resource" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/pci-sysfs.c:pci_write_config" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/pci-sysfs.c:pci_write_resource_io" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/proc.c:proc_bus_pci_ioctl" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/proc.c:proc_bus_pci_mmap" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/proc.c:proc_bus_pci_write" },
	{ LKD_REASON_PCI_ACCESS, "drivers/pci/syscall.c:pciconfig_write" },
	{ LKD_REASON_IOPORT, "arch/x86/kernel/ioport.c:iopl" },
	{ LKD_REASON_IOPORT, "arch/x86/kernel/ioport.c:ksys_ioperm" },
	{ LKD_REASON_MSR, "arch/x86/kernel/msr.c:msr_ioctl" },
	{ LKD_REASON_MSR, "arch/x86/kernel/msr.c:msr_write" },
	{ LKD_REASON_ACPI_TABLES, "drivers/acpi/acpi_configfs.c:acpi_table_aml_write" },
	{ LKD_REASON_ACPI_TABLES, "drivers/acpi/custom_method.c:cm_write" },
	{ LKD_REASON_ACPI_TABLES, "drivers/acpi/osl.c:acpi_os_get_root_pointer" },
	{ LKD_REASON_ACPI_TABLES, "drivers/acpi/tables.c:acpi_table_upgrade" },
	{ LKD_REASON_ACPI_TABLES, "drivers/firmware/efi/efi.c:efivar_ssdt_setup" },
	{ LKD_REASON_DEVICE_TREE, "arch/powerpc/platforms/pseries/reconfig.c:ofdt_write" },
	{ LKD_REASON_PCMCIA_CIS, "drivers/pcmcia/cistpl.c:pccard_store_cis" },
	{ LKD_REASON_TIOCSSERIAL, "drivers/tty/serial/serial_core.c:uart_set_info" },
	{ LKD_REASON_MODULE_PARAMETERS, "drivers/mtd/devices/slram.c:init_slram" },
	{ LKD_REASON_MODULE_PARAMETERS, "kernel/params.c:param_check_unsafe" },
	{ LKD_REASON_MMIOTRACE, "arch/x86/mm/testmmiotrace.c:init" },
	{ LKD_REASON_DEBUGFS, "arch/s390/hypfs/hypfs_dbfs.c:hypfs_dbfs_create_file" },
	{ LKD_REASON_DEBUGFS, "fs/debugfs/file.c:debugfs_locked_down" },
	{ LKD_REASON_DEBUGFS, "fs/debugfs/inode.c:debugfs_setattr" },
	{ LKD_REASON_XMON_WR, "arch/powerpc/xmon/xmon.c:xmon_is_locked_down" },
	{ LKD_REASON_BPF_WRITE_USER, "kernel/trace/bpf_trace.c:bpf_tracing_func_proto" },
	{ LKD_REASON_DBG_WRITE_KERNEL, "kernel/debug/debug_core.c:kgdb_cpu_enter" },
	{ LKD_REASON_DBG_WRITE_KERNEL, "kernel/debug/kdb/kdb_main.c:kdb_check_for_lockdown" },
	{ LKD_REASON_RTAS_ERROR_INJECTION, "arch/powerpc/kernel/rtas.c:rtas" },
	{ LKD_REASON_RTAS_ERROR_INJECTION, "arch/powerpc/kernel/rtas.c:rtas_call" },
	{ LKD_REASON_XEN_USER_ACTIONS, "drivers/xen/privcmd.c:restrict_driver" },
	{ LKD_REASON_KCORE, "fs/proc/kcore.c:open_kcore" },
	{ LKD_REASON_KPROBES, "kernel/trace/trace_fprobe.c:__register_trace_fprobe" },
	{ LKD_REASON_KPROBES, "kernel/trace/trace_kprobe.c:__register_trace_kprobe" },
	{ LKD_REASON_BPF_READ_KERNEL, "kernel/bpf/helpers.c:bpf_base_func_proto" },
	{ LKD_REASON_BPF_READ_KERNEL, "kernel/trace/bpf_trace.c:bpf_tracing_func_proto" },
	{ LKD_REASON_DBG_READ_KERNEL, "kernel/debug/kdb/kdb_main.c:kdb_check_for_lockdown" },
	{ LKD_REASON_PERF, "kernel/events/core.c:perf_event_open" },
	{ LKD_REASON_TRACEFS, "fs/tracefs/event_inode.c:eventfs_create_events_dir" },
	{ LKD_REASON_TRACEFS, "fs/tracefs/inode.c:tracefs_create_dir" },
	{ LKD_REASON_TRACEFS, "fs/tracefs/inode.c:tracefs_create_file" },
	{ LKD_REASON_TRACEFS, "kernel/trace/ftrace.c:__ftrace_graph_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/ftrace.c:ftrace_avail_addrs_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/ftrace.c:ftrace_avail_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/ring_buffer.c:test_ringbuffer" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace.c:register_tracer" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace.c:trace_array_options_get" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace.c:trace_array_tracer_options_get" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace.c:tracer_alloc_buffers" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace.c:tracing_check_open_get_tr" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace.c:tracing_init_dentry" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace.c:tracing_set_default_clock" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_dynevent.c:dyn_event_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_events.c:ftrace_event_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_events_synth.c:synth_events_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_events_trigger.c:event_trigger_regex_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_kprobe.c:probes_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_kprobe.c:profile_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_printk.c:ftrace_formats_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_stack.c:stack_trace_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_stat.c:tracing_stat_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_uprobe.c:probes_open" },
	{ LKD_REASON_TRACEFS, "kernel/trace/trace_uprobe.c:profile_open" },
	{ LKD_REASON_XMON_RW, "arch/powerpc/xmon/xmon.c:xmon_is_locked_down" },
	{ LKD_REASON_XFRM_SECRET, "net/xfrm/xfrm_user.c:xfrm_redact" },
	{ LKD_REASON_HIBERNATION, "kernel/power/hibernate.c:disk_show" },
	{ LKD_REASON_HIBERNATION, "kernel/power/hibernate.c:disk_store" },
	{ LKD_REASON_HIBERNATION, "kernel/power/hibernate.c:hibernate" },
	{ LKD_REASON_HIBERNATION, "kernel/power/hibernate.c:software_resume" },
	{ LKD_REASON_HIBERNATION, "kernel/power/main.c:state_show" },
	{ LKD_REASON_HIBERNATION, "kernel/power/user.c:snapshot_open" },
	{ LKD_REASON_HIBERNATION, "kernel/power/user.c:is_hibernate_resume_dev" },
};

static void test_rows(void **state)
{
	(void)state;
	assert_int_equal(LKD_REASON_COUNT_, LKD_N(kernel));
	for (unsigned int i = 0; i < LKD_N(kernel); i++) {
		const struct lkd_reason_info *r = lkd_reason_info((enum lkd_reason)i);

		assert_non_null(r);
		assert_int_equal(r->id, i);
		assert_string_equal(r->name, kernel[i].name);
		assert_string_equal(r->text, kernel[i].text);
		assert_int_equal(r->level, kernel[i].level);
		assert_true((unsigned int)r->where < LKD_WHERE_COUNT_);
		assert_non_null(r->opens);
	}
	assert_null(lkd_reason_info(LKD_REASON_COUNT_));
	assert_null(lkd_reason_info((enum lkd_reason)-1));
}

static void test_parse(void **state)
{
	static const char *const bad[] = { "", "kexec", "KEXEC ", " KEXEC", "KEXECC", "KEXE", "LOCKDOWN_", "LOCKDOWN_NONE",
					   "LOCKDOWN_LOCKDOWN_KEXEC", "INTEGRITY_MAX", "integrity", "4" };

	(void)state;
	for (unsigned int i = 0; i < LKD_N(kernel); i++) {
		char long_name[64];

		snprintf(long_name, sizeof(long_name), "LOCKDOWN_%s", kernel[i].name);
		assert_int_equal(lkd_reason_parse(kernel[i].name), i);
		assert_int_equal(lkd_reason_parse(long_name), i);
	}
	for (size_t i = 0; i < LKD_N(bad); i++)
		if (lkd_reason_parse(bad[i]) != -ENOENT)
			fail_msg("'%s' gave %d", bad[i], lkd_reason_parse(bad[i]));
}

static void test_closest(void **state)
{
	static const struct {
		const char *word, *want;
	} cases[] = {
		{ "KEXECC", "KEXEC" },
		{ "kexec", "KEXEC" },
		{ "KXEEC", "KEXEC" },
		{ "LOCKDOWN_KEXE", "KEXEC" },
		{ "lockdown_kexec", "KEXEC" },
		{ "MODULE_SIG", "MODULE_SIGNATURE" },
		{ "module-parameters", "MODULE_PARAMETERS" },
		{ "BPF_READ", "BPF_READ_KERNEL" },
		{ "BPF_WRITE_KERNEL", "DBG_WRITE_KERNEL" },
		{ "DEVMEM", "DEV_MEM" },
		{ "IO_PORT", "IOPORT" },
		{ "TRACE", "TRACEFS" },
		{ "MODULE", NULL }, /* two begin so */
		{ "", NULL },
		{ "X", NULL },
		{ "XM", NULL },
		{ "HARDWARE", NULL },
		{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL },
		{ "LOCKDOWN_", NULL },
	};

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++) {
		const char *got = lkd_reason_closest(cases[i].word);

		if ((got && !cases[i].want) || (!got && cases[i].want) || (got && strcmp(got, cases[i].want)))
			fail_msg("'%s': got %s, want %s", cases[i].word, got ? got : "nothing",
				 cases[i].want ? cases[i].want : "nothing");
	}
}

static void test_levels(void **state)
{
	static const struct {
		const char *word;
		int want;
	} cases[] = {
		{ "none", LKD_LEVEL_NONE },
		{ "integrity", LKD_LEVEL_INTEGRITY },
		{ "confidentiality", LKD_LEVEL_CONFIDENTIALITY },
		{ "", -EINVAL },
		{ "Integrity", -EINVAL },
		{ "integrity ", -EINVAL },
		{ "confidential", -EINVAL },
	};
	lkd_set integrity = lkd_level_reasons(LKD_LEVEL_INTEGRITY);
	lkd_set all = lkd_level_reasons(LKD_LEVEL_CONFIDENTIALITY);

	(void)state;
	for (size_t i = 0; i < LKD_N(cases); i++)
		assert_int_equal(lkd_level_parse(cases[i].word), cases[i].want);
	for (unsigned int i = 0; i < LKD_LEVEL_COUNT_; i++)
		assert_int_equal(lkd_level_parse(lkd_level_name((enum lkd_level)i)), i);
	assert_int_equal(lkd_level_reasons(LKD_LEVEL_NONE), 0);
	assert_int_equal(integrity, LKD_SET(20) - 1);
	assert_int_equal(all, LKD_SET(28) - 1);
	for (unsigned int i = 0; i < LKD_N(kernel); i++)
		assert_int_equal(!!(integrity & LKD_SET(i)), kernel[i].level == LKD_LEVEL_INTEGRITY);
}

/* Every value has a word, no two the same; what is out of range has "?". */
static void check_words(const char *(*word)(unsigned int i), unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		assert_non_null(word(i));
		assert_true(strlen(word(i)) > 1);
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(word(i), word(k));
	}
	assert_string_equal(word(n), "?");
	assert_string_equal(word((unsigned int)-1), "?");
}

static const char *level_word(unsigned int i)
{
	return lkd_level_name((enum lkd_level)i);
}

static const char *kind_word(unsigned int i)
{
	return lkd_kind_name((enum lkd_kind)i);
}

static const char *fit_word(unsigned int i)
{
	return lkd_fit_name((enum lkd_fit)i);
}

static const char *where_word(unsigned int i)
{
	return lkd_where_name((enum lkd_where)i);
}

static void test_words(void **state)
{
	(void)state;
	check_words(level_word, LKD_LEVEL_COUNT_);
	check_words(kind_word, LKD_KIND_COUNT_);
	check_words(fit_word, LKD_FIT_COUNT_);
	check_words(where_word, LKD_WHERE_COUNT_);
}

static bool has_site(enum lkd_reason reason, const char *source)
{
	size_t n;
	const struct lkd_iface *f = lkd_ifaces(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].reason == reason && !strcmp(f[i].source, source))
			return true;
	return false;
}

static void test_call_sites(void **state)
{
	size_t n;
	const struct lkd_iface *f = lkd_ifaces(&n);

	(void)state;
	for (size_t i = 0; i < LKD_N(sites); i++)
		if (!has_site(sites[i].reason, sites[i].source))
			fail_msg("%s: no row for %s", kernel[sites[i].reason].name, sites[i].source);
	/* and nothing that the kernel does not ask; the two exceptions are callers of one that it does */
	for (size_t i = 0; i < n; i++) {
		bool known = !strcmp(f[i].source, "kernel/trace/trace_kprobe.c:trace_kprobe_module_callback");

		for (size_t k = 0; k < LKD_N(sites); k++)
			known |= sites[k].reason == f[i].reason && !strcmp(sites[k].source, f[i].source);
		if (!known)
			fail_msg("%s: %s does not ask for it", kernel[f[i].reason].name, f[i].source);
	}
}

static bool clean_text(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~' || (s[i] == ' ' && s[i + 1] == ' '))
			return false;
	return !n || (s[0] != ' ' && s[n - 1] != ' ' && s[n - 1] != '.');
}

/* One or more of NAME-NUMBER, or of NAME-NUMBERa, separated by one space; or "-". */
static bool clean_probes(const char *s)
{
	if (!strcmp(s, "-"))
		return true;
	for (;;) {
		size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

		if (!n || s[n] != '-')
			return false;
		s += n + 1;
		n = strspn(s, "0123456789");
		if (!n)
			return false;
		s += n;
		if (*s == 'a')
			s++;
		if (!*s)
			return true;
		if (*s++ != ' ')
			return false;
	}
}

static bool reaches(enum lkd_where iface, enum lkd_where reason)
{
	return reason == LKD_WHERE_ANY || iface == reason;
}

static const char *row_fault(const struct lkd_iface *f)
{
	enum lkd_fit all[] = { f->kernel, f->seccomp, f->broker, f->landlock, f->devices, f->mask };
	bool path = f->kind == LKD_KIND_FILE || f->kind == LKD_KIND_DEVICE || f->kind == LKD_KIND_IOCTL;

	for (size_t i = 0; i < LKD_N(all); i++)
		if ((unsigned int)all[i] >= LKD_FIT_COUNT_)
			return "a fit is out of range";
	if ((unsigned int)f->reason >= LKD_REASON_COUNT_ || (unsigned int)f->kind >= LKD_KIND_COUNT_ ||
	    (unsigned int)f->where >= LKD_WHERE_COUNT_)
		return "reason, kind or where is out of range";
	if (!reaches(f->where, lkd_reason_info(f->reason)->where))
		return "exists where its reason does not";
	if (!clean_probes(f->probe))
		return "malformed probes";
	if (!strcmp(f->probe, "-") && strncmp(f->note, "no probe: ", 10))
		return "no probe, and the note does not say why";
	if (!*f->what || !*f->verdict || !clean_text(f->what) || !clean_text(f->verdict) || !clean_text(f->note))
		return "text is missing, or ends in a stop or a space";
	if (!strstr(f->source, ".c:") || strchr(f->source, ' '))
		return "source is not FILE.c:FUNCTION";
	if (f->mask == LKD_FIT_EXACT || (f->mask && f->kind != LKD_KIND_FILE && f->kind != LKD_KIND_IOCTL))
		return "behind a mask there is nothing, and only files can be masked";
	if (f->landlock == LKD_FIT_EXACT || (f->landlock && !path))
		return "Landlock gives EACCES, and only on paths";
	if (f->devices && f->kind != LKD_KIND_DEVICE && f->kind != LKD_KIND_IOCTL && f->kind != LKD_KIND_MODULE)
		return "the device cgroup sees only device nodes";
	if (f->kind == LKD_KIND_SYSCALL && f->seccomp != LKD_FIT_EXACT)
		return "decided by number and scalars, but not exact in a filter";
	if ((f->kind == LKD_KIND_FILE || f->kind == LKD_KIND_DEVICE) && f->seccomp)
		return "a filter cannot see a path";
	if (f->kind == LKD_KIND_KERNEL && (f->seccomp || f->broker || f->landlock || f->devices || f->mask))
		return "nothing a task calls, so nothing can be put in front";
	if (f->kind == LKD_KIND_KERNEL && !*f->note)
		return "asked in kernel context, and the note does not say when";
	if (f->kind != LKD_KIND_KERNEL && f->kernel < LKD_FIT_PART)
		return "the kernel's own question is always heard in a task";
	return NULL;
}

static void test_iface_rows(void **state)
{
	size_t n;
	const struct lkd_iface *f = lkd_ifaces(&n);

	(void)state;
	assert_true(n >= LKD_N(sites));
	for (size_t i = 0; i < n; i++) {
		const char *fault = row_fault(&f[i]);

		if (fault)
			fail_msg("%s, %s: %s", kernel[f[i].reason].name, f[i].what, fault);
		if (i && f[i].reason < f[i - 1].reason)
			fail_msg("%s, %s: not with its reason", kernel[f[i].reason].name, f[i].what);
		for (size_t k = 0; k < i; k++)
			if (f[k].reason == f[i].reason && !strcmp(f[k].what, f[i].what))
				fail_msg("%s, %s: twice", kernel[f[i].reason].name, f[i].what);
	}
}

/* A reason without an interface could not be held, explained or probed. */
static void test_each_reason_has_ifaces(void **state)
{
	size_t n;
	const struct lkd_iface *f = lkd_ifaces(&n);
	lkd_set have = 0;

	(void)state;
	for (size_t i = 0; i < n; i++)
		have |= LKD_SET(f[i].reason);
	assert_int_equal(have, lkd_level_reasons(LKD_LEVEL_CONFIDENTIALITY));
}

/* One probe asks for one reason: an event that names the probe names the reason. */
static void test_probe_has_one_reason(void **state)
{
	size_t n;
	const struct lkd_iface *f = lkd_ifaces(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		char ids[128], *save = NULL;

		assert_true(strlen(f[i].probe) < sizeof(ids));
		strcpy(ids, f[i].probe);
		for (char *id = strtok_r(ids, " ", &save); id; id = strtok_r(NULL, " ", &save)) {
			for (size_t k = 0; k < n && strcmp(id, "-"); k++) {
				const char *at = strstr(f[k].probe, id);
				bool whole = at && (at == f[k].probe || at[-1] == ' ') && strchr(" ", at[strlen(id)]);

				if (whole && f[k].reason != f[i].reason)
					fail_msg("%s asks for %s and %s", id, kernel[f[i].reason].name,
						 kernel[f[k].reason].name);
			}
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_closest),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_call_sites),
		cmocka_unit_test(test_iface_rows),
		cmocka_unit_test(test_each_reason_has_ifaces),
		cmocka_unit_test(test_probe_has_one_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
