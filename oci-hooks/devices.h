/* SPDX-License-Identifier: BSD-2-Clause */
/* Device rules of a container's cgroup (v2: a BPF program). */
#ifndef LKD_DEVICES_H
#define LKD_DEVICES_H

#include <sys/types.h>

#include <lockdown/planbin.h>

/**
 * lkd_devices_attach() - refuse devices to a cgroup, besides what the runtime refuses
 * @dir:            the cgroup's directory
 * @efi_test_minor: for LKD_MINOR_EFI_TEST; -1 = there is none
 *
 * The program goes with the cgroup. The runtime's own rules stay, and either
 * can refuse.
 *
 * Return: 0, or -errno of bpf(2).
 */
int lkd_devices_attach(const char *dir, const struct lkd_plan_device *rules, size_t n, int efi_test_minor);

#endif
