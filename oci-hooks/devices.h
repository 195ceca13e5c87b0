/* SPDX-License-Identifier: BSD-2-Clause */
/* Device rules of a container's cgroup: a BPF program (v2), or the devices controller (v1). */
#ifndef LKD_DEVICES_H
#define LKD_DEVICES_H

#include <linux/types.h>
#include <sys/types.h>

#include <lockdown/planbin.h>

/**
 * lkd_devices_load() - rules as a program
 * @efi_test_minor: for LKD_MINOR_EFI_TEST; -1 = there is none
 * @ret_id:         the program's id, by which the kernel engine guards it
 *
 * Return: its descriptor, or -errno of bpf(2).
 */
int lkd_devices_load(const struct lkd_plan_device *rules, size_t n, int efi_test_minor, __u32 *ret_id);

/**
 * lkd_devices_attach() - refuse devices to a cgroup, besides what the runtime refuses
 * @dir:  the cgroup's directory
 * @prog: of lkd_devices_load()
 *
 * The program goes with the cgroup. The runtime's own rules stay, and either
 * can refuse.
 *
 * Return: 0, or -errno of bpf(2).
 */
int lkd_devices_attach(const char *dir, int prog);

/**
 * lkd_devices_deny() - the same in a cgroup of the v1 controller
 *
 * Whoever may write to the hierarchy can undo it (devices.allow): the engine
 * does not depend on it.
 *
 * Return: 0, -EEXIST (the cgroup lists devices by themselves, and one of its
 * entries covers a rule in part, which cannot be taken out), or -errno.
 */
int lkd_devices_deny(const char *dir, const struct lkd_plan_device *rules, size_t n, int efi_test_minor);

#endif
