/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All probes. Ids that end in "a" are controls: allowed at every level.
 *
 *	P(id, reason, flags, function, argument, interface, kernel source)
 *
 * Flags (table.c): C control, D destructive (felt outside of the probe; runs only with
 * --destructive), A needs an argument, U unreachable (always a skip).
 *
 * Raising I/O privilege (IOPORT-*) is not marked D: it ends with the probe's
 * own process, which touches no port.
 *
 * Everything is undone, but for HIBER-6: a resume device cannot be unset again.
 * At confidentiality KPROBE-5 wants an event from before: write
 * "p:lockdown_probe/m nlmon:nlmon_setup" to kprobe_events, then lock down.
 *
 * Beyond the kernel's call sites there are rows of ours: the same check through
 * another door (KEXEC-2x, IOPORT-10, BPFW-2/3, BPFR-10/11, URING-*), and the
 * neighbour of a check (DEBUGFS-10, KPROBE-9a/10a).
 */
#define PROBES(P) \
	/* integrity */ \
	P("MODSIG-1", "MODULE_SIGNATURE", 0, probe_init_garbage, "", \
	  "init_module(2), 128 zero bytes", \
	  "kernel/module/signing.c:module_sig_check") \
	P("MODSIG-2", "MODULE_SIGNATURE", 0, probe_finit_garbage, "", \
	  "finit_module(2), memfd with 128 zero bytes", \
	  "kernel/module/signing.c:module_sig_check") \
	P("MODSIG-3", "MODULE_SIGNATURE", D | A, probe_finit_signed, "2", \
	  "finit_module(2) with IGNORE_VERMAGIC, signed nlmon.ko", \
	  "kernel/module/signing.c:module_sig_check") \
	P("MODSIG-4", "MODULE_SIGNATURE", C | D | A, probe_finit_signed, "0", \
	  "finit_module(2), signed nlmon.ko", \
	  "kernel/module/signing.c:module_sig_check (not asked)") \
	P("MODSIG-5", "MODULE_SIGNATURE", D | A, probe_init_signed, "cut", \
	  "init_module(2), nlmon.ko without the signature marker", \
	  "kernel/module/signing.c:module_sig_check") \
	P("MODSIG-6", "MODULE_SIGNATURE", C | D | A, probe_init_signed, "flipped", \
	  "init_module(2), signed nlmon.ko with one corrupted byte", \
	  "kernel/module/signing.c:module_sig_check (not asked)") \
	P("DEVMEM-1", "DEV_MEM", 0, probe_dev_open, "/dev/mem", \
	  "/dev/mem open O_RDONLY", "drivers/char/mem.c:open_port") \
	P("DEVMEM-2", "DEV_MEM", 0, probe_dev_open, "/dev/port", \
	  "/dev/port open O_RDONLY", "drivers/char/mem.c:open_port") \
	P("DEVMEM-3", "DEV_MEM", 0, probe_dev_mknod, "", \
	  "mknod c 1:1 in tmpfs, open O_RDWR", "drivers/char/mem.c:open_port") \
	P("DEVMEM-4a", "DEV_MEM", C, probe_dev_path, "/dev/mem", \
	  "/dev/mem open O_PATH", "drivers/char/mem.c:open_port (not asked)") \
	P("DEVMEM-5a", "DEV_MEM", C, probe_dev_open, "/dev/null", \
	  "/dev/null open O_RDONLY", "drivers/char/mem.c (no check)") \
	P("URING-DEVMEM", "DEV_MEM", 0, probe_uring_devmem, "inline", \
	  "/dev/mem by IORING_OP_OPENAT", "drivers/char/mem.c:open_port") \
	P("URING-DEVMEM-ASYNC", "DEV_MEM", 0, probe_uring_devmem, "async", \
	  "/dev/mem by IORING_OP_OPENAT with IOSQE_ASYNC", \
	  "drivers/char/mem.c:open_port") \
	P("URING-DEVMEM-SQPOLL", "DEV_MEM", 0, probe_uring_devmem, "sqpoll", \
	  "/dev/mem by IORING_OP_OPENAT on a SQPOLL ring", \
	  "drivers/char/mem.c:open_port") \
	P("TPMI-1", "DEV_MEM", 0, probe_tpmi, "", \
	  "debugfs tpmi-* directory", \
	  "drivers/platform/x86/intel/vsec_tpmi.c:intel_vsec_tpmi_init") \
	P("PHRAM-1", "DEV_MEM", D | A, probe_module_load, "phram", \
	  "init of phram.ko", "drivers/mtd/devices/phram.c:init_phram") \
	P("EFITEST-1", "EFI_TEST", 0, probe_dev_open, "/dev/efi_test", \
	  "/dev/efi_test open O_RDONLY", \
	  "drivers/firmware/efi/test/efi_test.c:efi_test_open") \
	P("KEXEC-1", "KEXEC", 0, probe_kexec_load, "", \
	  "kexec_load(2), 17 segments", "kernel/kexec.c:kexec_load_check") \
	P("KEXEC-2", "KEXEC", 0, probe_kexec_load_i386, "", \
	  "kexec_load i386 number 283 by int 0x80, 17 segments", \
	  "kernel/kexec.c:kexec_load_check") \
	P("KEXEC-2x", "KEXEC", 0, probe_kexec_load_x32, "", \
	  "kexec_load x32 number 528, 17 segments", \
	  "kernel/kexec.c:kexec_load_check") \
	P("KEXEC-4", "KEXEC", D | A, probe_kexec_file_load, "unsigned", \
	  "kexec_file_load(2), signature of the image removed", \
	  "kernel/kexec_file.c:kimage_validate_signature") \
	P("KEXEC-3a", "KEXEC", D | A, probe_kexec_file_load, "asis", \
	  "kexec_file_load(2), image as it is", \
	  "kernel/kexec_file.c:kimage_validate_signature") \
	P("KEXEC-7", "KEXEC", D | A, probe_kexec_file_load, "flipped", \
	  "kexec_file_load(2), one byte of the image changed", \
	  "kernel/kexec_file.c:kimage_validate_signature") \
	P("KEXEC-5a", "KEXEC", C, probe_kexec_file_unload, "", \
	  "kexec_file_load(2) with KEXEC_FILE_UNLOAD", \
	  "kernel/kexec_file.c:kexec_file_load (not asked)") \
	P("KEXEC-6a", "KEXEC", C, probe_kexec_file_badfd, "", \
	  "kexec_file_load(2) with a bad descriptor", \
	  "kernel/kexec_file.c:kexec_file_load (not asked)") \
	P("HIBER-1", "HIBERNATION", 0, probe_snapshot, "", \
	  "/dev/snapshot open O_RDWR", \
	  "kernel/power/hibernate.c:hibernation_available") \
	P("HIBER-2", "HIBERNATION", 0, probe_power_read, "/sys/power/disk", \
	  "/sys/power/disk read", \
	  "kernel/power/hibernate.c:hibernation_available") \
	P("HIBER-3", "HIBERNATION", 0, probe_power_read, "/sys/power/state", \
	  "/sys/power/state read", \
	  "kernel/power/hibernate.c:hibernation_available") \
	P("HIBER-4", "HIBERNATION", 0, probe_power_disk, "", \
	  "/sys/power/disk write \"x\"", \
	  "kernel/power/hibernate.c:hibernation_available") \
	P("HIBER-5", "HIBERNATION", D, probe_power_state, "", \
	  "/sys/power/state write \"disk\" while /dev/snapshot is open", \
	  "kernel/power/hibernate.c:hibernation_available") \
	P("HIBER-6", "HIBERNATION", D, probe_power_resume, "", \
	  "/sys/power/resume write of a device number", \
	  "kernel/power/hibernate.c:hibernation_available") \
	P("PCI-1", "PCI_ACCESS", 0, probe_pci_proc_write, "", \
	  "/proc/bus/pci/BB/DD.F write of 0 bytes", \
	  "drivers/pci/proc.c:proc_bus_pci_write") \
	P("PCI-2", "PCI_ACCESS", 0, probe_pciconfig_write, "", \
	  "pciconfig_write(2)", "drivers/pci/syscall.c:pciconfig_write") \
	P("PCI-3", "PCI_ACCESS", 0, probe_pci_proc_ioctl, "", \
	  "/proc/bus/pci/BB/DD.F ioctl PCIIOC_CONTROLLER", \
	  "drivers/pci/proc.c:proc_bus_pci_ioctl") \
	P("PCI-4", "PCI_ACCESS", 0, probe_pci_bar_mmap, "", \
	  "sysfs resourceN of a memory BAR, mmap PROT_READ", \
	  "drivers/pci/pci-sysfs.c:pci_mmap_resource") \
	P("PCI-5", "PCI_ACCESS", 0, probe_pci_config_write, "", \
	  "sysfs config write of the same byte at 0x3c", \
	  "drivers/pci/pci-sysfs.c:pci_write_config") \
	P("PCI-6a", "PCI_ACCESS", C, probe_pci_proc_read, "", \
	  "/proc/bus/pci/BB/DD.F read", \
	  "drivers/pci/proc.c:proc_bus_pci_read (no check)") \
	P("PCI-8", "PCI_ACCESS", 0, probe_pci_io_write, "", \
	  "sysfs resourceN of an I/O BAR, write of 3 bytes", \
	  "drivers/pci/pci-sysfs.c:pci_write_resource_io") \
	P("PCI-9a", "PCI_ACCESS", C | D, probe_pci_io_read, "", \
	  "sysfs resourceN of an I/O BAR, read of 1 byte", \
	  "drivers/pci/pci-sysfs.c:pci_read_resource_io (no check)") \
	P("PCI-10", "PCI_ACCESS", 0, probe_pci_proc_mmap, "", \
	  "/proc/bus/pci/BB/DD.F mmap of a memory BAR", \
	  "drivers/pci/proc.c:proc_bus_pci_mmap") \
	P("PCI-11", "PCI_ACCESS", D, probe_cxl_raw, "", \
	  "/dev/cxl/memN ioctl CXL_MEM_SEND_COMMAND, RAW", \
	  "drivers/cxl/core/mbox.c:cxl_mem_raw_command_allowed") \
	P("PCI-12", "PCI_ACCESS", 0, probe_amdgpu_regs, "", \
	  "debugfs dri/N/amdgpu_regs", \
	  "drivers/gpu/drm/amd/amdgpu/amdgpu_debugfs.c:amdgpu_debugfs_regs_init") \
	P("PCI-13", "PCI_ACCESS", 0, probe_pci_legacy_mem, "", \
	  "/sys/class/pci_bus/*/legacy_mem mmap", \
	  "drivers/pci/pci-sysfs.c:pci_mmap_legacy_mem") \
	P("PCI-14", "PCI_ACCESS", U, probe_unreachable, "alpha only", \
	  "alpha resourceN mmap", \
	  "arch/alpha/kernel/pci-sysfs.c:pci_mmap_resource") \
	P("URING-PCI", "PCI_ACCESS", 0, probe_uring_pci, "inline", \
	  "sysfs config write by IORING_OP_WRITE", \
	  "drivers/pci/pci-sysfs.c:pci_write_config") \
	P("URING-PCI-ASYNC", "PCI_ACCESS", 0, probe_uring_pci, "async", \
	  "sysfs config write by IORING_OP_WRITE with IOSQE_ASYNC", \
	  "drivers/pci/pci-sysfs.c:pci_write_config") \
	P("URING-PCI-SQPOLL", "PCI_ACCESS", 0, probe_uring_pci, "sqpoll", \
	  "sysfs config write by IORING_OP_WRITE on a SQPOLL ring", \
	  "drivers/pci/pci-sysfs.c:pci_write_config") \
	P("IOPORT-1", "IOPORT", 0, probe_iopl, "3", \
	  "iopl(3)", "arch/x86/kernel/ioport.c:iopl") \
	P("IOPORT-2", "IOPORT", 0, probe_ioperm, "on", \
	  "ioperm(0x80, 1, 1)", "arch/x86/kernel/ioport.c:ksys_ioperm") \
	P("IOPORT-3a", "IOPORT", C, probe_iopl, "0", \
	  "iopl(0)", "arch/x86/kernel/ioport.c:iopl (not asked)") \
	P("IOPORT-4a", "IOPORT", C, probe_ioperm, "off", \
	  "ioperm(0x80, 1, 0)", "arch/x86/kernel/ioport.c:ksys_ioperm (not asked)") \
	P("IOPORT-5", "IOPORT", 0, probe_vt_ioctl, "KDADDIO", \
	  "VT ioctl KDADDIO 0x3b4", "arch/x86/kernel/ioport.c:ksys_ioperm") \
	P("IOPORT-6a", "IOPORT", C, probe_vt_ioctl, "KDDELIO", \
	  "VT ioctl KDDELIO 0x3b4", "drivers/tty/vt/vt_ioctl.c (not asked)") \
	P("IOPORT-7", "IOPORT", 0, probe_vt_ioctl, "KDENABIO", \
	  "VT ioctl KDENABIO", "arch/x86/kernel/ioport.c:ksys_ioperm") \
	P("IOPORT-8a", "IOPORT", C, probe_vt_ioctl, "KDDISABIO", \
	  "VT ioctl KDDISABIO", "drivers/tty/vt/vt_ioctl.c (not asked)") \
	P("IOPORT-9", "IOPORT", 0, probe_iopl_i386, "", \
	  "iopl(3) i386 number 110 by int 0x80", "arch/x86/kernel/ioport.c:iopl") \
	P("IOPORT-10", "IOPORT", 0, probe_ioperm_i386, "", \
	  "ioperm(0x80, 1, 1) i386 number 101 by int 0x80", \
	  "arch/x86/kernel/ioport.c:ksys_ioperm") \
	P("MSR-1", "MSR", 0, probe_msr_write, "", \
	  "/dev/cpu/0/msr write of 0 bytes", "arch/x86/kernel/msr.c:msr_write") \
	P("MSR-2", "MSR", D, probe_msr_regs, "wr", \
	  "/dev/cpu/0/msr ioctl X86_IOC_WRMSR_REGS", \
	  "arch/x86/kernel/msr.c:msr_ioctl") \
	P("MSR-3a", "MSR", C, probe_msr_read, "", \
	  "/dev/cpu/0/msr read", "arch/x86/kernel/msr.c:msr_read (no check)") \
	P("MSR-4a", "MSR", C, probe_msr_regs, "rd", \
	  "/dev/cpu/0/msr ioctl X86_IOC_RDMSR_REGS", \
	  "arch/x86/kernel/msr.c:msr_ioctl (not asked)") \
	P("URING-MSR", "MSR", 0, probe_uring_msr, "inline", \
	  "/dev/cpu/0/msr by IORING_OP_WRITE, 4 bytes", \
	  "arch/x86/kernel/msr.c:msr_write") \
	P("URING-MSR-ASYNC", "MSR", 0, probe_uring_msr, "async", \
	  "/dev/cpu/0/msr by IORING_OP_WRITE with IOSQE_ASYNC, 4 bytes", \
	  "arch/x86/kernel/msr.c:msr_write") \
	P("URING-MSR-SQPOLL", "MSR", 0, probe_uring_msr, "sqpoll", \
	  "/dev/cpu/0/msr by IORING_OP_WRITE on a SQPOLL ring, 4 bytes", \
	  "arch/x86/kernel/msr.c:msr_write") \
	P("ACPI-1", "ACPI_TABLES", D, probe_acpi_configfs, "", \
	  "configfs acpi/table/NAME/aml write and close", \
	  "drivers/acpi/acpi_configfs.c:acpi_table_aml_write") \
	P("ACPI-2", "ACPI_TABLES", 0, probe_acpi_custom_method, \
	  "acpi/custom_method", \
	  "debugfs acpi/custom_method write of 1 byte", \
	  "drivers/acpi/custom_method.c:cm_write") \
	P("ACPI-3", "ACPI_TABLES", U, probe_unreachable, "decided at boot", \
	  "kernel command line acpi_rsdp=", \
	  "drivers/acpi/osl.c:acpi_os_get_root_pointer") \
	P("ACPI-4", "ACPI_TABLES", U, probe_unreachable, "decided at boot", \
	  "initrd kernel/firmware/acpi/*.aml", \
	  "drivers/acpi/tables.c:acpi_table_upgrade") \
	P("ACPI-5", "ACPI_TABLES", U, probe_unreachable, "decided at boot", \
	  "kernel command line efivar_ssdt=", \
	  "drivers/firmware/efi/efi.c:efivar_ssdt_setup") \
	P("DT-1", "DEVICE_TREE", 0, probe_write_x, "/proc/powerpc/ofdt", \
	  "/proc/powerpc/ofdt write \"x\"", \
	  "arch/powerpc/platforms/pseries/reconfig.c:ofdt_write") \
	P("PCMCIA-1", "PCMCIA_CIS", 0, probe_pcmcia_cis, "", \
	  "/sys/class/pcmcia_socket/pcmcia_socketN/cis write of 1 byte at 1", \
	  "drivers/pcmcia/cistpl.c:pccard_store_cis") \
	P("TIOCSS-1", "TIOCSSERIAL", 0, probe_tiocsserial, "irq", \
	  "/dev/ttySN ioctl TIOCSSERIAL, irq changed, baud_base 1", \
	  "drivers/tty/serial/serial_core.c:uart_set_info") \
	P("TIOCSS-2a", "TIOCSSERIAL", C, probe_tiocsserial, "same", \
	  "/dev/ttySN ioctl TIOCSSERIAL, nothing changed", \
	  "drivers/tty/serial/serial_core.c:uart_set_info (not asked)") \
	P("TIOCSS-3", "TIOCSSERIAL", 0, probe_tiocsserial, "port", \
	  "/dev/ttySN ioctl TIOCSSERIAL, port changed, baud_base 1", \
	  "drivers/tty/serial/serial_core.c:uart_set_info") \
	P("PARAM-1", "MODULE_PARAMETERS", 0, probe_param_write, \
	  "/sys/module/8250/parameters/share_irqs", \
	  "/sys/module/8250/parameters/share_irqs write of the same value", \
	  "kernel/params.c:param_check_unsafe") \
	P("PARAM-2", "MODULE_PARAMETERS", D | A, probe_module_load, \
	  "parport_pc io=0x3bc", \
	  "finit_module(2), parport_pc.ko with io=0x3bc", \
	  "kernel/params.c:param_check_unsafe") \
	P("PARAM-3a", "MODULE_PARAMETERS", C | D | A, probe_module_load, \
	  "parport_pc", \
	  "finit_module(2), parport_pc.ko without parameters", \
	  "kernel/params.c:param_check_unsafe (not asked)") \
	P("PARAM-4", "MODULE_PARAMETERS", U, probe_unreachable, \
	  "decided at boot", "kernel command line slram=", \
	  "drivers/mtd/devices/slram.c:init_slram") \
	P("MMIO-1", "MMIOTRACE", D | A, probe_module_load, "testmmiotrace", \
	  "init of testmmiotrace.ko", "arch/x86/mm/testmmiotrace.c:init") \
	P("DEBUGFS-1", "DEBUGFS", 0, probe_debugfs_read, "fault_around_bytes", \
	  "debugfs file of mode 0644, open O_RDONLY", \
	  "fs/debugfs/file.c:debugfs_locked_down") \
	P("DEBUGFS-2a", "DEBUGFS", C, probe_debugfs_read, \
	  "wakeup_sources devices_deferred", \
	  "debugfs file of mode 0444, open O_RDONLY", \
	  "fs/debugfs/file.c:debugfs_locked_down (not asked)") \
	P("DEBUGFS-3", "DEBUGFS", 0, probe_debugfs_write, "fault_around_bytes", \
	  "debugfs file of mode 0644, open O_WRONLY", \
	  "fs/debugfs/file.c:debugfs_locked_down") \
	P("DEBUGFS-4", "DEBUGFS", 0, probe_debugfs_chmod, "fault_around_bytes", \
	  "debugfs file, chmod to the same mode", \
	  "fs/debugfs/inode.c:debugfs_setattr") \
	P("DEBUGFS-8", "DEBUGFS", 0, probe_debugfs_chmod_dir, "", \
	  "debugfs directory, chmod to the same mode", \
	  "fs/debugfs/inode.c:debugfs_setattr") \
	P("DEBUGFS-10", "DEBUGFS", 0, probe_debugfs_write, \
	  "wakeup_sources devices_deferred", \
	  "debugfs file of mode 0444, open O_WRONLY", \
	  "fs/debugfs/file.c:debugfs_locked_down") \
	P("DEBUGFS-5a", "DEBUGFS", C, probe_debugfs_root, "chown", \
	  "debugfs root, chown to the same owner", \
	  "fs/debugfs/inode.c (no check)") \
	P("DEBUGFS-6a", "DEBUGFS", C, probe_debugfs_root, "utimes", \
	  "debugfs root, utimensat to the same times", \
	  "fs/debugfs/inode.c (no check)") \
	P("DEBUGFS-7a", "DEBUGFS", C, probe_debugfs_root, "readdir", \
	  "debugfs root, readdir", "fs/debugfs/inode.c (no check)") \
	P("DEBUGFS-9", "DEBUGFS", U, probe_unreachable, "s390 only", \
	  "debugfs s390_hypfs/*", \
	  "arch/s390/hypfs/hypfs_dbfs.c:hypfs_dbfs_create_file") \
	P("XMON-1", "XMON_WR", U, probe_unreachable, \
	  "a debugger's prompt, powerpc only", "xmon console", \
	  "arch/powerpc/xmon/xmon.c:xmon_is_locked_down") \
	P("BPFW-1", "BPF_WRITE_USER", 0, probe_bpf_helper, "kprobe 36", \
	  "bpf(BPF_PROG_LOAD) kprobe, helper probe_write_user", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("BPFW-2", "BPF_WRITE_USER", 0, probe_bpf_helper, "raw_tp 36", \
	  "bpf(BPF_PROG_LOAD) raw tracepoint, helper probe_write_user", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("BPFW-3", "BPF_WRITE_USER", 0, probe_bpf_nested, "kprobe 36", \
	  "bpf_sys_bpf(BPF_PROG_LOAD) in a syscall program, as BPFW-1", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("DBG-1", "DBG_WRITE_KERNEL", U, probe_unreachable, \
	  "stops the machine", "kgdb entry", \
	  "kernel/debug/debug_core.c:kgdb_cpu_enter") \
	P("DBG-2", "DBG_WRITE_KERNEL", U, probe_unreachable, \
	  "a debugger's prompt", "kdb mm, rm, bp", \
	  "kernel/debug/kdb/kdb_main.c:kdb_check_for_lockdown") \
	P("RTAS-1", "RTAS_ERROR_INJECTION", U, probe_unreachable, \
	  "powerpc only", "rtas(2), ibm,errinjct", \
	  "arch/powerpc/kernel/rtas.c:sys_rtas") \
	P("XEN-1", "XEN_USER_ACTIONS", U, probe_unreachable, \
	  "decided when xen-privcmd starts in a Xen guest", \
	  "xen-privcmd.ko unrestricted=1", \
	  "drivers/xen/privcmd.c:restrict_driver") \
	/* confidentiality */ \
	P("KCORE-1", "KCORE", 0, probe_open_read, "/proc/kcore", \
	  "/proc/kcore open O_RDONLY", "fs/proc/kcore.c:open_kcore") \
	P("KPROBE-1", "KPROBES", 0, probe_perf_kprobe, "", \
	  "perf_event_open(2) kprobe, address 0", \
	  "kernel/trace/trace_kprobe.c:__register_trace_kprobe") \
	P("KPROBE-2", "KPROBES", D, probe_perf_kprobe, "vfs_fsync_range", \
	  "perf_event_open(2) kprobe, vfs_fsync_range", \
	  "kernel/trace/trace_kprobe.c:__register_trace_kprobe") \
	P("KPROBE-3a", "KPROBES", C, probe_perf_uprobe, "", \
	  "perf_event_open(2) uprobe", \
	  "kernel/trace/trace_uprobe.c (no check)") \
	P("KPROBE-4", "KPROBES", D, probe_kprobe_events, "", \
	  "tracefs kprobe_events write \"p:... vfs_fsync_range\"", \
	  "kernel/trace/trace_kprobe.c:__register_trace_kprobe") \
	P("KPROBE-5", "KPROBES", D | A, probe_kprobe_module, "", \
	  "load of nlmon.ko with an event on nlmon:nlmon_setup waiting", \
	  "kernel/trace/trace_kprobe.c:trace_kprobe_module_callback") \
	P("KPROBE-6", "KPROBES", D, probe_dynamic_events, "f vfs_fsync_range", \
	  "tracefs dynamic_events \"f:... vfs_fsync_range\", written and enabled by perf", \
	  "kernel/trace/trace_fprobe.c:__register_trace_fprobe") \
	P("KPROBE-7a", "KPROBES", C | D, probe_bpf_kprobe_multi, "", \
	  "bpf(BPF_LINK_CREATE) kprobe.multi", \
	  "kernel/trace/bpf_trace.c (no check)") \
	P("KPROBE-8a", "KPROBES", C, probe_bpf_raw_tp, "sched_process_exit", \
	  "bpf(BPF_RAW_TRACEPOINT_OPEN) raw tracepoint", \
	  "kernel/bpf/syscall.c (no check)") \
	P("KPROBE-9a", "KPROBES", C | D, probe_bpf_fentry, "", \
	  "bpf(BPF_RAW_TRACEPOINT_OPEN) fentry", \
	  "kernel/bpf/trampoline.c (no check)") \
	P("KPROBE-10a", "KPROBES", C, probe_perf_tracepoint_bpf, \
	  "events/sched/sched_process_exit/id", \
	  "perf_event_open(2) tracepoint, PERF_EVENT_IOC_SET_BPF", \
	  "kernel/events/core.c (no check)") \
	P("BPFR-1", "BPF_READ_KERNEL", 0, probe_bpf_helper, "kprobe 113", \
	  "bpf(BPF_PROG_LOAD) kprobe, helper probe_read_kernel", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("BPFR-2", "BPF_READ_KERNEL", 0, probe_bpf_helper, "kprobe 115", \
	  "bpf(BPF_PROG_LOAD) kprobe, helper probe_read_kernel_str", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("BPFR-3", "BPF_READ_KERNEL", 0, probe_bpf_helper, "kprobe 4", \
	  "bpf(BPF_PROG_LOAD) kprobe, helper probe_read", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("BPFR-4", "BPF_READ_KERNEL", 0, probe_bpf_helper, "kprobe 45", \
	  "bpf(BPF_PROG_LOAD) kprobe, helper probe_read_str", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("BPFR-5", "BPF_READ_KERNEL", 0, probe_bpf_helper, "socket_filter 113", \
	  "bpf(BPF_PROG_LOAD) socket filter, helper probe_read_kernel", \
	  "kernel/bpf/helpers.c:bpf_base_func_proto") \
	P("BPFR-8", "BPF_READ_KERNEL", 0, probe_bpf_helper, "sched_cls 113", \
	  "bpf(BPF_PROG_LOAD) sched_cls, helper probe_read_kernel", \
	  "kernel/bpf/helpers.c:bpf_base_func_proto") \
	P("BPFR-6a", "BPF_READ_KERNEL", C, probe_bpf_helper, "kprobe 112", \
	  "bpf(BPF_PROG_LOAD) kprobe, helper probe_read_user", \
	  "kernel/trace/bpf_trace.c (no check)") \
	P("BPFR-7a", "BPF_READ_KERNEL", C, probe_bpf_helper, "tracepoint 114", \
	  "bpf(BPF_PROG_LOAD) tracepoint, helper probe_read_user_str", \
	  "kernel/trace/bpf_trace.c (no check)") \
	P("BPFR-9a", "BPF_READ_KERNEL", C, probe_bpf_snprintf, "", \
	  "bpf_snprintf(\"%s\") of a kernel address, raw tracepoint", \
	  "kernel/bpf/helpers.c:bpf_snprintf (no check)") \
	P("BPFR-10", "BPF_READ_KERNEL", 0, probe_bpf_helper, "raw_tp 113", \
	  "bpf(BPF_PROG_LOAD) raw tracepoint, helper probe_read_kernel", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("BPFR-11", "BPF_READ_KERNEL", 0, probe_bpf_nested, "kprobe 113", \
	  "bpf_sys_bpf(BPF_PROG_LOAD) in a syscall program, as BPFR-1", \
	  "kernel/trace/bpf_trace.c:bpf_tracing_func_proto") \
	P("DBG-3", "DBG_READ_KERNEL", U, probe_unreachable, \
	  "a debugger's prompt", "kdb md, rd", \
	  "kernel/debug/kdb/kdb_main.c:kdb_check_for_lockdown") \
	P("PERF-1", "PERF", 0, probe_perf, "regs_intr", \
	  "perf_event_open(2) with PERF_SAMPLE_REGS_INTR", \
	  "kernel/events/core.c:perf_event_open") \
	P("PERF-4", "PERF", 0, probe_perf, "user_regs_intr", \
	  "perf_event_open(2) with PERF_SAMPLE_REGS_INTR, exclude_kernel", \
	  "kernel/events/core.c:perf_event_open") \
	P("PERF-2a", "PERF", C, probe_perf, "plain", \
	  "perf_event_open(2), software event", \
	  "kernel/events/core.c:perf_event_open (not asked)") \
	P("PERF-3a", "PERF", C, probe_perf, "data", \
	  "perf_event_open(2) with PHYS_ADDR, ADDR, CALLCHAIN, RAW", \
	  "kernel/events/core.c:perf_event_open (not asked)") \
	P("PERF-5a", "PERF", C, probe_perf, "Regs_user", \
	  "perf_event_open(2) with PERF_SAMPLE_REGS_USER", \
	  "kernel/events/core.c:perf_event_open (not asked)") \
	P("TRACEFS-1", "TRACEFS", 0, probe_tracefs_open, "README", \
	  "tracefs README open", \
	  "kernel/trace/trace.c:tracing_check_open_get_tr") \
	P("TRACEFS-2", "TRACEFS", 0, probe_tracefs_open, "options/overwrite", \
	  "tracefs options/overwrite open", \
	  "kernel/trace/trace.c:trace_array_options_get") \
	P("TRACEFS-3", "TRACEFS", 0, probe_tracefs_open, \
	  "set_ftrace_filter set_ftrace_notrace stack_trace_filter", \
	  "tracefs set_ftrace_filter and two more, open", \
	  "kernel/trace/ftrace.c:ftrace_regex_open") \
	P("TRACEFS-4a", "TRACEFS", C, probe_tracefs_open, \
	  "events/sched/sched_switch/format", \
	  "tracefs events/*/*/format open", \
	  "kernel/trace/trace_events.c (no check)") \
	P("TRACEFS-5a", "TRACEFS", C, probe_tracefs_open, \
	  "events/sched/sched_switch/id", "tracefs events/*/*/id open", \
	  "kernel/trace/trace_events.c (no check)") \
	P("TRACEFS-6a", "TRACEFS", C, probe_tracefs_open, \
	  "enabled_functions touched_functions", \
	  "tracefs enabled_functions, touched_functions open", \
	  "kernel/trace/ftrace.c (no check)") \
	P("TRACEFS-8a", "TRACEFS", C, probe_tracefs_readdir, "events", \
	  "tracefs events readdir", "fs/tracefs/inode.c (no check)") \
	P("TRACEFS-9a", "TRACEFS", C, probe_tracefs_chmod, "README", \
	  "tracefs README chmod to the same mode", \
	  "fs/tracefs/inode.c (no check)") \
	P("TRACEFS-7", "TRACEFS", D, probe_tracefs_mkdir, "", \
	  "tracefs instances mkdir", "fs/tracefs/inode.c:tracefs_create_dir") \
	P("TRACEFS-20", "TRACEFS", 0, probe_tracefs_open, "kprobe_events", \
	  "tracefs kprobe_events open", \
	  "kernel/trace/trace_kprobe.c:probes_open") \
	P("TRACEFS-21", "TRACEFS", 0, probe_tracefs_open, "kprobe_profile", \
	  "tracefs kprobe_profile open", \
	  "kernel/trace/trace_kprobe.c:profile_open") \
	P("TRACEFS-22", "TRACEFS", 0, probe_tracefs_open, "uprobe_events", \
	  "tracefs uprobe_events open", \
	  "kernel/trace/trace_uprobe.c:probes_open") \
	P("TRACEFS-23", "TRACEFS", 0, probe_tracefs_open, "uprobe_profile", \
	  "tracefs uprobe_profile open", \
	  "kernel/trace/trace_uprobe.c:profile_open") \
	P("TRACEFS-24", "TRACEFS", 0, probe_tracefs_open, "stack_trace", \
	  "tracefs stack_trace open", \
	  "kernel/trace/trace_stack.c:stack_trace_open") \
	P("TRACEFS-25", "TRACEFS", 0, probe_tracefs_open, "dynamic_events", \
	  "tracefs dynamic_events open", \
	  "kernel/trace/trace_dynevent.c:dyn_event_open") \
	P("TRACEFS-26", "TRACEFS", 0, probe_tracefs_open, "printk_formats", \
	  "tracefs printk_formats open", \
	  "kernel/trace/trace_printk.c:ftrace_formats_open") \
	P("TRACEFS-27", "TRACEFS", 0, probe_tracefs_open, "synthetic_events", \
	  "tracefs synthetic_events open", \
	  "kernel/trace/trace_events_synth.c:synth_events_open") \
	P("TRACEFS-28", "TRACEFS", 0, probe_tracefs_open, \
	  "available_filter_functions", \
	  "tracefs available_filter_functions open", \
	  "kernel/trace/ftrace.c:ftrace_avail_open") \
	P("TRACEFS-29", "TRACEFS", 0, probe_tracefs_open, \
	  "set_graph_function set_graph_notrace", \
	  "tracefs set_graph_function, set_graph_notrace open", \
	  "kernel/trace/ftrace.c:__ftrace_graph_open") \
	P("TRACEFS-30", "TRACEFS", 0, probe_tracefs_open, \
	  "events/sched/sched_switch/trigger", \
	  "tracefs events/*/*/trigger open", \
	  "kernel/trace/trace_events_trigger.c:event_trigger_regex_open") \
	P("TRACEFS-31", "TRACEFS", 0, probe_tracefs_open, \
	  "available_events set_event set_event_pid", \
	  "tracefs available_events, set_event, set_event_pid open", \
	  "kernel/trace/trace_events.c:ftrace_event_open") \
	P("TRACEFS-32", "TRACEFS", 0, probe_tracefs_stat, "", \
	  "tracefs trace_stat/* open", \
	  "kernel/trace/trace_stat.c:tracing_stat_open") \
	P("TRACEFS-40", "TRACEFS", 0, probe_tracefs_open, \
	  "available_filter_functions_addrs", \
	  "tracefs available_filter_functions_addrs open", \
	  "kernel/trace/ftrace.c:ftrace_avail_addrs_open") \
	P("TRACEFS-41", "TRACEFS", 0, probe_tracefs_any, \
	  "options/test_nop_accept options/func_stack_trace " \
	  "options/blk_classic options/funcgraph-overrun", \
	  "tracefs options/TRACER-OPTION open", \
	  "kernel/trace/trace.c:trace_array_tracer_options_get") \
	P("TRACEFS-42", "TRACEFS", D | A, probe_tracefs_module, "jbd2", \
	  "load of jbd2.ko, tracefs events/jbd2", \
	  "fs/tracefs/inode.c:tracefs_create_dir (until 6.5)") \
	P("TRACEFS-43a", "TRACEFS", C, probe_tracefs_open, \
	  "user_events_data user_events_status", \
	  "tracefs user_events_data, user_events_status open", \
	  "kernel/trace/trace_events_user.c (no check)") \
	P("XMON-2", "XMON_RW", U, probe_unreachable, \
	  "a debugger's prompt, powerpc only", "xmon console", \
	  "arch/powerpc/xmon/xmon.c:xmon_is_locked_down") \
	P("XFRM-1", "XFRM_SECRET", D, probe_xfrm_get, "", \
	  "NETLINK_XFRM XFRM_MSG_GETSA", "net/xfrm/xfrm_user.c:xfrm_redact") \
	P("XFRM-2", "XFRM_SECRET", D, probe_xfrm_notify, "", \
	  "NETLINK_XFRM group XFRMNLGRP_SA, own SA", \
	  "net/xfrm/xfrm_user.c:xfrm_redact") \
	P("XFRM-3", "XFRM_SECRET", D, probe_xfrm_dump, "", \
	  "NETLINK_XFRM XFRM_MSG_GETSA dump", \
	  "net/xfrm/xfrm_user.c:xfrm_redact") \
	P("XFRM-4a", "XFRM_SECRET", C | D, probe_xfrm_pfkey, "", \
	  "AF_KEY SADB_DUMP", \
	  "net/key/af_key.c:pfkey_xfrm_state2msg (no check)") \
	P("XFRM-5", "XFRM_SECRET", A, probe_xfrm_foreign, "", \
	  "NETLINK_XFRM group XFRMNLGRP_SA, SA of a task outside", \
	  "net/xfrm/xfrm_user.c:xfrm_redact")
