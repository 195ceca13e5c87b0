/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * W(id, flags, function, argument): everything that is tried. The function's
 * comment says what the argument means. Order matters little; what loads
 * modules for others comes after what loads and unloads them.
 */
#ifndef LOCKDOWN_WORKS_LIST_H
#define LOCKDOWN_WORKS_LIST_H

#define WORKS(W) \
	W("module-dummy", 0, work_module, "dummy numdummies=1") \
	W("module-nlmon", 0, work_module, "nlmon") \
	W("module-squashfs", 0, work_module, "squashfs") \
	W("module-vcan", 0, work_module, "vcan") \
	W("module-ip_vs", 0, work_module, "ip_vs") \
	W("module-xt_conntrack", 0, work_module, "xt_conntrack") \
	W("module-sch_cake", 0, work_module, "sch_cake") \
	W("module-tcp_bbr", 0, work_module, "tcp_bbr") \
	W("module-nbd", 0, work_module, "nbd") \
	W("module-null_blk", 0, work_module, "null_blk nr_devices=1") \
	W("module-uio_pci_generic", 0, work_module, "uio_pci_generic") \
	W("module-vfio-pci", 0, work_module, "vfio-pci") \
	W("module-parport", 0, work_module, "parport") \
	W("module-bonding", 0, work_module, "bonding") \
	W("module-macsec", 0, work_module, "macsec") \
	W("module-image", 0, work_module_image, "ifb") \
	W("mount-tmpfs", 0, work_mount, "tmpfs") \
	W("mount-tmpfs-size-1m-mode-700-nr_inodes-100", 0, work_mount, "tmpfs size=1m,mode=700,nr_inodes=100") \
	W("mount-ramfs", 0, work_mount, "ramfs") \
	W("mount-proc", 0, work_mount, "proc") \
	W("mount-proc-hidepid-2", 0, work_mount, "proc hidepid=2") \
	W("mount-proc-subset-pid", 0, work_mount, "proc subset=pid") \
	W("mount-sysfs", 0, work_mount, "sysfs") \
	W("mount-cgroup2", 0, work_mount, "cgroup2") \
	W("mount-cgroup2-nsdelegate", 0, work_mount, "cgroup2 nsdelegate") \
	W("mount-bpf", 0, work_mount, "bpf") \
	W("mount-bpf-mode-700", 0, work_mount, "bpf mode=700") \
	W("mount-debugfs", 0, work_mount, "debugfs") \
	W("mount-tracefs", 0, work_mount, "tracefs") \
	W("mount-securityfs", 0, work_mount, "securityfs") \
	W("mount-devtmpfs", 0, work_mount, "devtmpfs") \
	W("mount-devpts-newinstance-ptmxmode-666", 0, work_mount, "devpts newinstance,ptmxmode=666") \
	W("mount-mqueue", 0, work_mount, "mqueue") \
	W("mount-hugetlbfs", 0, work_mount, "hugetlbfs") \
	W("mount-hugetlbfs-pagesize-2M", 0, work_mount, "hugetlbfs pagesize=2M") \
	W("mount-configfs", 0, work_mount, "configfs") \
	W("mount-pstore", 0, work_mount, "pstore") \
	W("mount-binfmt_misc", 0, work_mount, "binfmt_misc") \
	W("mount-fusectl", 0, work_mount, "fusectl") \
	W("mount-cgroup-none-name-works", 0, work_mount, "cgroup none,name=works") \
	W("fsmount-tmpfs", 0, work_fsmount, "tmpfs") \
	W("fsmount-proc", 0, work_fsmount, "proc") \
	W("fsmount-sysfs", 0, work_fsmount, "sysfs") \
	W("fsmount-cgroup2", 0, work_fsmount, "cgroup2") \
	W("fsmount-bpf", 0, work_fsmount, "bpf") \
	W("fsmount-mqueue", 0, work_fsmount, "mqueue") \
	W("fsmount-devpts", 0, work_fsmount, "devpts") \
	W("fsmount-debugfs", 0, work_fsmount, "debugfs") \
	W("fsmount-tracefs", 0, work_fsmount, "tracefs") \
	W("bind-dir", 0, work_bind, "/tmp") \
	W("bind-file", 0, work_bind, "/etc/passwd") \
	W("bind-proc", 0, work_bind, "/proc") \
	W("bind-sys", 0, work_bind, "/sys") \
	W("bind-dev", 0, work_bind, "/dev") \
	W("bind-netns", 0, work_bind, "/proc/self/ns/net") \
	W("bind-node", 0, work_bind, "/dev/null") \
	W("bind-cgroup", 0, work_bind, "/sys/fs/cgroup") \
	W("propagation-shared", 0, work_propagation, "shared") \
	W("propagation-private", 0, work_propagation, "private") \
	W("propagation-dependent", 0, work_propagation, "dependent") \
	W("propagation-unbindable", 0, work_propagation, "unbindable") \
	W("move", 0, work_move, "") \
	W("remount", 0, work_remount, "size=2m") \
	W("umount-force", 0, work_umount, "force") \
	W("umount-expire", 0, work_umount, "expire") \
	W("umount-detach", 0, work_umount, "detach") \
	W("open-tree", 0, work_open_tree, "/") \
	W("open-tree-proc", 0, work_open_tree, "/proc") \
	W("fspick", 0, work_fspick, "4m") \
	W("idmapped", 0, work_idmapped, "tmpfs") \
	W("overlay", 0, work_overlay, "") \
	W("overlay-metacopy", 0, work_overlay, ",metacopy=on,redirect_dir=on") \
	W("pivot-root", 0, work_pivot, "old") \
	W("fuse", 0, work_fuse, "fuse") \
	W("listmount", 0, work_mount_list, "") \
	W("mount-here", WF_HERE, work_mount_here, "plain") \
	W("umount-lazy-here", WF_HERE, work_mount_here, "detach") \
	W("handle", 0, work_handle, "/tmp") \
	W("open-r-null", 0, work_open, "r /dev/null") \
	W("open-b-null", 0, work_open, "b /dev/null") \
	W("open-b-zero", 0, work_open, "b /dev/zero") \
	W("open-b-full", 0, work_open, "b /dev/full") \
	W("open-b-random", 0, work_open, "b /dev/random") \
	W("open-b-urandom", 0, work_open, "b /dev/urandom") \
	W("open-r-kmsg", 0, work_open, "r /dev/kmsg") \
	W("open-w-kmsg", 0, work_open, "w /dev/kmsg") \
	W("open-b-ptmx", 0, work_open, "b /dev/ptmx") \
	W("open-b-tty1", 0, work_open, "b /dev/tty1") \
	W("open-b-console", 0, work_open, "b /dev/console") \
	W("open-b-ttyS1", 0, work_open, "b /dev/ttyS1") \
	W("open-b-fuse", 0, work_open, "b /dev/fuse fuse") \
	W("open-b-loop-control", 0, work_open, "b /dev/loop-control") \
	W("open-r-loop0", 0, work_open, "r /dev/loop0") \
	W("open-b-loop0", 0, work_open, "b /dev/loop0") \
	W("open-r-rtc0", 0, work_open, "r /dev/rtc0") \
	W("open-b-nvram", 0, work_open, "b /dev/nvram nvram") \
	W("open-r-hpet", 0, work_open, "r /dev/hpet") \
	W("open-b-userfaultfd", 0, work_open, "b /dev/userfaultfd") \
	W("open-b-uinput", 0, work_open, "b /dev/uinput uinput") \
	W("open-b-cpu_dma_latency", 0, work_open, "b /dev/cpu_dma_latency") \
	W("open-b-net-tun", 0, work_open, "b /dev/net/tun tun") \
	W("open-b-vhost-net", 0, work_open, "b /dev/vhost-net vhost_net") \
	W("open-b-vhost-vsock", 0, work_open, "b /dev/vhost-vsock vhost_vsock") \
	W("open-b-vfio-vfio", 0, work_open, "b /dev/vfio/vfio vfio vfio_iommu_type1") \
	W("open-b-kvm", 0, work_open, "b /dev/kvm kvm-amd") \
	W("open-r-cpu-0-cpuid", 0, work_open, "r /dev/cpu/0/cpuid cpuid") \
	W("open-r-cpu-0-msr", 0, work_open, "r /dev/cpu/0/msr msr") \
	W("open-b-mapper-control", 0, work_open, "b /dev/mapper/control dm-mod") \
	W("open-b-vga_arbiter", 0, work_open, "b /dev/vga_arbiter") \
	W("open-b-input-mice", 0, work_open, "b /dev/input/mice") \
	W("open-r-hwrng", 0, work_open, "r /dev/hwrng") \
	W("open-b-uhid", 0, work_open, "b /dev/uhid uhid") \
	W("open-b-ppp", 0, work_open, "b /dev/ppp ppp_generic") \
	W("open-b-autofs", 0, work_open, "b /dev/autofs autofs4") \
	W("open-r-vcs1", 0, work_open, "r /dev/vcs1") \
	W("open-b-vcsa1", 0, work_open, "b /dev/vcsa1") \
	W("open-b-cuse", 0, work_open, "b /dev/cuse cuse") \
	W("mknod-null", 0, work_mknod, "c 1 3 open") \
	W("mknod-zero", 0, work_mknod, "c 1 5 open") \
	W("mknod-full", 0, work_mknod, "c 1 7 open") \
	W("mknod-urandom", 0, work_mknod, "c 1 9 open") \
	W("mknod-ptmx", 0, work_mknod, "c 5 2") \
	W("mknod-loop", 0, work_mknod, "b 7 0 open") \
	W("mknod-loop-control", 0, work_mknod, "c 10 237 open") \
	W("mknod-tty1", 0, work_mknod, "c 4 1 open") \
	W("mknod-mem-unopened", 0, work_mknod, "c 1 1") \
	W("mknod-port-unopened", 0, work_mknod, "c 1 4") \
	W("mknod-msr-unopened", 0, work_mknod, "c 202 0") \
	W("mknod-fifo", 0, work_mknod, "p 0 0 open") \
	W("mknod-socket", 0, work_mknod, "s 0 0") \
	W("mknod-whiteout", 0, work_mknod, "c 0 0") \
	W("pty-sticti", 0, work_pty, "sticti") \
	W("pty-winsize", 0, work_pty, "winsize") \
	W("pty-attr", 0, work_pty, "attr") \
	W("pty-packet", 0, work_pty, "packet") \
	W("pty-controlling", 0, work_ctty, "") \
	W("ioctl-vt-state", 0, work_ioctl, "/dev/tty1 5603") \
	W("ioctl-vt-query", 0, work_ioctl, "/dev/tty1 5600") \
	W("ioctl-kd-mode", 0, work_ioctl, "/dev/tty1 4b3b") \
	W("ioctl-kd-type", 0, work_ioctl, "/dev/tty1 4b33") \
	W("ioctl-kd-leds", 0, work_ioctl, "/dev/tty1 4b31") \
	W("ioctl-vhost-features", 0, work_ioctl, "/dev/vhost-net 8008af00 vhost_net") \
	W("ioctl-vhost-owner", 0, work_ioctl, "/dev/vhost-net af01 vhost_net") \
	W("ioctl-vfio-version", 0, work_ioctl, "/dev/vfio/vfio 3b64 vfio") \
	W("ioctl-hpet-info", 0, work_ioctl, "/dev/hpet 80186803") \
	W("ioctl-loop-sectors", 0, work_ioctl, "/dev/loop0 1260") \
	W("ioctl-rtc-epoch", 0, work_ioctl, "/dev/rtc0 80247009") \
	W("serial-attributes", 0, work_serial_attr, "/dev/ttyS1") \
	W("rtc-set-same", 0, work_rtc, "/dev/rtc0") \
	W("entropy", 0, work_entropy, "/dev/urandom") \
	W("loop-io", 0, work_loop, "io") \
	W("loop-status", 0, work_loop, "status") \
	W("loop-direct", 0, work_loop, "direct") \
	W("loop-swap", 0, work_loop, "swap") \
	W("zram", 0, work_zram, "1M") \
	W("tun", WF_NET, work_tun, "n") \
	W("tap", WF_NET, work_tun, "a") \
	W("uinput", 0, work_uinput, "") \
	W("kvm-machine", 0, work_kvm, "kvm-amd") \
	W("pci-rebind", 0, work_pci_rebind, "e1000e") \
	W("unshare-mnt", 0, work_unshare, "mnt") \
	W("setns-mnt", 0, work_setns, "mnt") \
	W("clone-mnt", 0, work_clone, "mnt") \
	W("unshare-uts", 0, work_unshare, "uts") \
	W("setns-uts", 0, work_setns, "uts") \
	W("clone-uts", 0, work_clone, "uts") \
	W("unshare-ipc", 0, work_unshare, "ipc") \
	W("setns-ipc", 0, work_setns, "ipc") \
	W("clone-ipc", 0, work_clone, "ipc") \
	W("unshare-user", 0, work_unshare, "user") \
	W("setns-user", 0, work_setns, "user") \
	W("clone-user", 0, work_clone, "user") \
	W("unshare-pid", 0, work_unshare, "pid") \
	W("setns-pid", 0, work_setns, "pid") \
	W("clone-pid", 0, work_clone, "pid") \
	W("unshare-net", 0, work_unshare, "net") \
	W("setns-net", 0, work_setns, "net") \
	W("clone-net", 0, work_clone, "net") \
	W("unshare-cgroup", 0, work_unshare, "cgroup") \
	W("setns-cgroup", 0, work_setns, "cgroup") \
	W("clone-cgroup", 0, work_clone, "cgroup") \
	W("unshare-time", 0, work_unshare, "time") \
	W("setns-time", 0, work_setns, "time") \
	W("clone-all", 0, work_clone, "mnt uts ipc user pid net cgroup") \
	W("setns-pidfd", 0, work_setns_pidfd, "mnt uts ipc net cgroup") \
	W("container", 0, work_container, "1") \
	W("container-nested", 0, work_container, "2") \
	W("time-namespace", 0, work_timens, "monotonic 1000 0") \
	W("hostname", 0, work_hostname, "") \
	W("hostname-uts", 0, work_hostname, "uts") \
	W("cgroup-cgroup.freeze", 0, work_cgroup, "cgroup.freeze 1") \
	W("cgroup-pids.max", 0, work_cgroup, "pids.max 10") \
	W("cgroup-memory.max", 0, work_cgroup, "memory.max 100000000") \
	W("cgroup-memory.high", 0, work_cgroup, "memory.high max") \
	W("cgroup-memory.swap.max", 0, work_cgroup, "memory.swap.max max") \
	W("cgroup-cpu.max", 0, work_cgroup, "cpu.max 10000 100000") \
	W("cgroup-cpu.weight", 0, work_cgroup, "cpu.weight 50") \
	W("cgroup-cpu.weight.nice", 0, work_cgroup, "cpu.weight.nice 5") \
	W("cgroup-io.max", 0, work_cgroup, "io.max 7:0 rbps=max") \
	W("cgroup-io.weight", 0, work_cgroup, "io.weight default 50") \
	W("cgroup-cpuset.cpus", 0, work_cgroup, "cpuset.cpus 0") \
	W("cgroup-cpuset.mems", 0, work_cgroup, "cpuset.mems 0") \
	W("cgroup-hugetlb.2MB.max", 0, work_cgroup, "hugetlb.2MB.max 0") \
	W("cgroup-cgroup.max.depth", 0, work_cgroup, "cgroup.max.depth 3") \
	W("cgroup-cgroup.pressure", 0, work_cgroup, "cgroup.pressure 1") \
	W("cgroup-delegate", 0, work_delegate, "") \
	W("cgroup-kill", 0, work_cgroup_kill, "") \
	W("bpf-map-hash", 0, work_bpf_map, "1 4 8 16 0") \
	W("bpf-map-array", 0, work_bpf_map, "2 4 8 16 0") \
	W("bpf-map-prog-array", 0, work_bpf_map, "3 4 4 4 0") \
	W("bpf-map-perf-array", 0, work_bpf_map, "4 4 4 2 0") \
	W("bpf-map-percpu-hash", 0, work_bpf_map, "5 4 8 16 0") \
	W("bpf-map-percpu-array", 0, work_bpf_map, "6 4 8 16 0") \
	W("bpf-map-stack-trace", 0, work_bpf_map, "7 4 80 16 0") \
	W("bpf-map-cgroup-array", 0, work_bpf_map, "8 4 4 4 0") \
	W("bpf-map-lru-hash", 0, work_bpf_map, "9 4 8 16 0") \
	W("bpf-map-lru-percpu-hash", 0, work_bpf_map, "10 4 8 16 0") \
	W("bpf-map-lpm-trie", 0, work_bpf_map, "11 8 8 16 1") \
	W("bpf-map-array-of-maps", 0, work_bpf_map, "12 4 4 4 0 i") \
	W("bpf-map-hash-of-maps", 0, work_bpf_map, "13 4 4 4 0 i") \
	W("bpf-map-devmap", 0, work_bpf_map, "14 4 4 4 0") \
	W("bpf-map-sockmap", 0, work_bpf_map, "15 4 4 4 0") \
	W("bpf-map-cpumap", 0, work_bpf_map, "16 4 4 4 0") \
	W("bpf-map-xskmap", 0, work_bpf_map, "17 4 4 4 0") \
	W("bpf-map-sockhash", 0, work_bpf_map, "18 4 4 4 0") \
	W("bpf-map-cgroup-storage", 0, work_bpf_map, "19 16 4 0 0") \
	W("bpf-map-reuseport", 0, work_bpf_map, "20 4 4 4 0") \
	W("bpf-map-percpu-cgroup-storage", 0, work_bpf_map, "21 16 4 0 0") \
	W("bpf-map-queue", 0, work_bpf_map, "22 0 4 4 0") \
	W("bpf-map-stack", 0, work_bpf_map, "23 0 4 4 0") \
	W("bpf-map-sk-storage", 0, work_bpf_map, "24 4 4 0 1 b") \
	W("bpf-map-devmap-hash", 0, work_bpf_map, "25 4 4 4 0") \
	W("bpf-map-ringbuf", 0, work_bpf_map, "27 0 0 4096 0") \
	W("bpf-map-inode-storage", 0, work_bpf_map, "28 4 4 0 1 b") \
	W("bpf-map-task-storage", 0, work_bpf_map, "29 4 4 0 1 b") \
	W("bpf-map-bloom", 0, work_bpf_map, "30 0 4 16 0") \
	W("bpf-map-user-ringbuf", 0, work_bpf_map, "31 0 0 4096 0") \
	W("bpf-map-cgrp-storage", 0, work_bpf_map, "32 4 4 0 1 b") \
	W("bpf-map-arena", 0, work_bpf_map, "33 0 0 16 1024") \
	W("bpf-elements-single", 0, work_bpf_elements, "single") \
	W("bpf-elements-batch", 0, work_bpf_elements, "batch") \
	W("bpf-elements-freeze", 0, work_bpf_elements, "freeze") \
	W("bpf-map-mmap", 0, work_bpf_map_mmap, "") \
	W("bpf-prog-socket-filter", 0, work_bpf_prog, "1 0 0") \
	W("bpf-prog-kprobe", 0, work_bpf_prog, "2 0 0") \
	W("bpf-prog-sched-cls", 0, work_bpf_prog, "3 0 0") \
	W("bpf-prog-sched-act", 0, work_bpf_prog, "4 0 0") \
	W("bpf-prog-tracepoint", 0, work_bpf_prog, "5 0 0") \
	W("bpf-prog-xdp", 0, work_bpf_prog, "6 0 2") \
	W("bpf-prog-perf-event", 0, work_bpf_prog, "7 0 0") \
	W("bpf-prog-cgroup-skb", 0, work_bpf_prog, "8 0 1") \
	W("bpf-prog-cgroup-sock", 0, work_bpf_prog, "9 2 1") \
	W("bpf-prog-lwt-in", 0, work_bpf_prog, "10 0 0") \
	W("bpf-prog-lwt-out", 0, work_bpf_prog, "11 0 0") \
	W("bpf-prog-lwt-xmit", 0, work_bpf_prog, "12 0 0") \
	W("bpf-prog-sock-ops", 0, work_bpf_prog, "13 0 1") \
	W("bpf-prog-sk-skb", 0, work_bpf_prog, "14 0 1") \
	W("bpf-prog-cgroup-device", 0, work_bpf_prog, "15 0 1") \
	W("bpf-prog-sk-msg", 0, work_bpf_prog, "16 0 1") \
	W("bpf-prog-raw-tracepoint", 0, work_bpf_prog, "17 0 0") \
	W("bpf-prog-cgroup-sock-addr", 0, work_bpf_prog, "18 8 1") \
	W("bpf-prog-lwt-seg6local", 0, work_bpf_prog, "19 0 0") \
	W("bpf-prog-lirc", 0, work_bpf_prog, "20 0 0") \
	W("bpf-prog-sk-reuseport", 0, work_bpf_prog, "21 0 1") \
	W("bpf-prog-flow-dissector", 0, work_bpf_prog, "22 0 0") \
	W("bpf-prog-cgroup-sysctl", 0, work_bpf_prog, "23 0 1") \
	W("bpf-prog-raw-tp-writable", 0, work_bpf_prog, "24 0 0") \
	W("bpf-prog-cgroup-sockopt", 0, work_bpf_prog, "25 22 1") \
	W("bpf-prog-sk-lookup", 0, work_bpf_prog, "30 36 1") \
	W("bpf-prog-syscall-unsleepable", 0, work_bpf_prog, "31 0 0") \
	W("bpf-prog-netfilter", 0, work_bpf_prog, "32 45 1") \
	W("bpf-prog-fentry", 0, work_bpf_prog, "26 24 0 vfs_fsync_range") \
	W("bpf-prog-fexit", 0, work_bpf_prog, "26 25 0 vfs_fsync_range") \
	W("bpf-prog-iter-task", 0, work_bpf_prog, "26 28 0 bpf_iter_task") \
	W("bpf-prog-iter-map", 0, work_bpf_prog, "26 28 0 bpf_iter_bpf_map") \
	W("bpf-prog-kprobe-multi", 0, work_bpf_prog, "2 42 0") \
	W("bpf-prog-cgroup-getpeername", 0, work_bpf_prog, "18 29 1") \
	W("bpf-prog-cgroup-sock-release", 0, work_bpf_prog, "9 34 1") \
	W("bpf-helper-socket-filter-ktime", 0, work_bpf_helper, "1 5") \
	W("bpf-helper-socket-filter-random", 0, work_bpf_helper, "1 7") \
	W("bpf-helper-socket-filter-cpu", 0, work_bpf_helper, "1 8") \
	W("bpf-helper-kprobe-ktime", 0, work_bpf_helper, "2 5") \
	W("bpf-helper-kprobe-random", 0, work_bpf_helper, "2 7") \
	W("bpf-helper-kprobe-cpu", 0, work_bpf_helper, "2 8") \
	W("bpf-helper-tracepoint-ktime", 0, work_bpf_helper, "5 5") \
	W("bpf-helper-tracepoint-random", 0, work_bpf_helper, "5 7") \
	W("bpf-helper-tracepoint-cpu", 0, work_bpf_helper, "5 8") \
	W("bpf-helper-raw-tracepoint-ktime", 0, work_bpf_helper, "17 5") \
	W("bpf-helper-raw-tracepoint-random", 0, work_bpf_helper, "17 7") \
	W("bpf-helper-raw-tracepoint-cpu", 0, work_bpf_helper, "17 8") \
	W("bpf-helper-kprobe-pid", 0, work_bpf_helper, "2 14") \
	W("bpf-helper-kprobe-uid", 0, work_bpf_helper, "2 15") \
	W("bpf-helper-kprobe-task", 0, work_bpf_helper, "2 35") \
	W("bpf-helper-kprobe-numa", 0, work_bpf_helper, "2 42") \
	W("bpf-helper-kprobe-cgroup", 0, work_bpf_helper, "2 80") \
	W("bpf-helper-kprobe-jiffies", 0, work_bpf_helper, "2 118") \
	W("bpf-helper-kprobe-boottime", 0, work_bpf_helper, "2 125") \
	W("bpf-helper-kprobe-task-btf", 0, work_bpf_helper, "2 158") \
	W("bpf-printk", 0, work_bpf_printk, "2") \
	W("bpf-comm", 0, work_bpf_fill, "2 16") \
	W("bpf-read-user", 0, work_bpf_fill, "2 112") \
	W("bpf-read-user-str", 0, work_bpf_fill, "5 114") \
	W("bpf-subprogram-kprobe", 0, work_bpf_complex, "2") \
	W("bpf-subprogram", 0, work_bpf_complex, "1") \
	W("bpf-subprogram-tc", 0, work_bpf_complex, "3") \
	W("bpf-run-socket-filter", 0, work_bpf_test_run, "1") \
	W("bpf-run-sched-cls", 0, work_bpf_test_run, "3") \
	W("bpf-run-xdp", 0, work_bpf_test_run, "6") \
	W("bpf-run-syscall", 0, work_bpf_syscall_run, "") \
	W("bpf-attach-socket", 0, work_bpf_socket_filter, "") \
	W("bpf-cgroup-device", 0, work_bpf_cgroup, "15 6") \
	W("bpf-cgroup-ingress", 0, work_bpf_cgroup, "8 0") \
	W("bpf-cgroup-egress", 0, work_bpf_cgroup, "8 1") \
	W("bpf-cgroup-sock-create", 0, work_bpf_cgroup, "9 2") \
	W("bpf-cgroup-bind4", 0, work_bpf_cgroup, "18 8") \
	W("bpf-cgroup-connect4", 0, work_bpf_cgroup, "18 10") \
	W("bpf-cgroup-sysctl", 0, work_bpf_cgroup, "23 18") \
	W("bpf-cgroup-sockopt", 0, work_bpf_cgroup, "25 22") \
	W("bpf-cgroup-sock-ops", 0, work_bpf_cgroup, "13 3") \
	W("bpf-link-xdp", WF_NET, work_bpf_link, "6 37 l 2") \
	W("bpf-link-tcx", WF_NET, work_bpf_link, "3 46 l 0") \
	W("bpf-link-lookup", WF_NET, work_bpf_link, "30 36 n 0") \
	W("bpf-link-netfilter", WF_NET, work_bpf_link, "32 45 - 0") \
	W("bpf-link-cgroup", 0, work_bpf_link, "8 0 c 0") \
	W("bpf-link-dissector", WF_NET, work_bpf_link, "22 17 n 0") \
	W("bpf-raw-tracepoint", 0, work_bpf_raw_tp, "sched_switch") \
	W("bpf-raw-tracepoint-enter", 0, work_bpf_raw_tp, "sys_enter") \
	W("bpf-attach-fentry", 0, work_bpf_trampoline, "24 vfs_fsync_range") \
	W("bpf-attach-fexit", 0, work_bpf_trampoline, "25 vfs_fsync_range") \
	W("bpf-iter-task", 0, work_bpf_iterator, "bpf_iter_task") \
	W("bpf-iter-task-file", 0, work_bpf_iterator, "bpf_iter_task_file") \
	W("bpf-iter-bpf-map", 0, work_bpf_iterator, "bpf_iter_bpf_map") \
	W("bpf-iter-bpf-prog", 0, work_bpf_iterator, "bpf_iter_bpf_prog") \
	W("bpf-iter-tcp", 0, work_bpf_iterator, "bpf_iter_tcp") \
	W("bpf-iter-netlink", 0, work_bpf_iterator, "bpf_iter_netlink") \
	W("bpf-iter-ksym", 0, work_bpf_iterator, "bpf_iter_ksym") \
	W("bpf-btf", 0, work_bpf_btf, "") \
	W("bpf-info-map", 0, work_bpf_info, "map") \
	W("bpf-info-prog", 0, work_bpf_info, "prog") \
	W("bpf-pin", 0, work_bpf_pin, "") \
	W("bpf-pin-here", WF_HERE, work_bpf_pin_here, "/sys/fs/bpf/works") \
	W("bpf-stats", 0, work_bpf_stats, "") \
	W("bpf-bind-map", 0, work_bpf_bind_map, "") \
	W("bpf-perf-tracepoint", 0, work_bpf_perf, "5 tracepoint events/sched/sched_switch/id") \
	W("bpf-perf-syscall-tracepoint", 0, work_bpf_perf, "5 tracepoint events/syscalls/sys_enter_getppid/id") \
	W("bpf-perf-kprobe", 0, work_bpf_perf, "2 kprobe vfs_fsync_range") \
	W("bpf-perf-uprobe", 0, work_bpf_perf, "2 uprobe /proc/self/exe") \
	W("bpf-perf-clock", 0, work_bpf_perf, "7 clock -") \
	W("perf-cpu-clock", 0, work_perf_event, "1 0") \
	W("perf-task-clock", 0, work_perf_event, "1 1") \
	W("perf-page-faults", 0, work_perf_event, "1 2") \
	W("perf-context-switches", 0, work_perf_event, "1 3") \
	W("perf-migrations", 0, work_perf_event, "1 4") \
	W("perf-minor-faults", 0, work_perf_event, "1 5") \
	W("perf-major-faults", 0, work_perf_event, "1 6") \
	W("perf-alignment", 0, work_perf_event, "1 7") \
	W("perf-emulation", 0, work_perf_event, "1 8") \
	W("perf-dummy", 0, work_perf_event, "1 9") \
	W("perf-bpf-output", 0, work_perf_event, "1 10") \
	W("perf-cgroup-switches", 0, work_perf_event, "1 11") \
	W("perf-cycles", 0, work_perf_event, "0 0") \
	W("perf-instructions", 0, work_perf_event, "0 1") \
	W("perf-cache", 0, work_perf_event, "3 0") \
	W("perf-sample-ip", 0, work_perf_sample, "0x1") \
	W("perf-sample-basic", 0, work_perf_sample, "0x187") \
	W("perf-sample-callchain", 0, work_perf_sample, "0x21") \
	W("perf-sample-raw", 0, work_perf_sample, "0x400") \
	W("perf-sample-user-registers", 0, work_perf_sample, "0x1000") \
	W("perf-sample-user-stack", 0, work_perf_sample, "0x3000") \
	W("perf-sample-data", 0, work_perf_sample, "0x8") \
	W("perf-sample-phys", 0, work_perf_sample, "0x80000") \
	W("perf-sample-cgroup", 0, work_perf_sample, "0x200000") \
	W("perf-sample-weight", 0, work_perf_sample, "0x4000") \
	W("perf-sample-everything", 0, work_perf_sample, "0x10f") \
	W("perf-breakpoint", 0, work_perf_breakpoint, "") \
	W("perf-tracepoint", 0, work_perf_tracepoint, "events/sched/sched_switch/id") \
	W("perf-tracepoint-syscall", 0, work_perf_tracepoint, "events/syscalls/sys_enter_openat/id") \
	W("perf-uprobe", 0, work_perf_probe, "uprobe") \
	W("perf-kprobe", 0, work_perf_probe, "kprobe vfs_fsync_range") \
	W("perf-group", 0, work_perf_group, "") \
	W("perf-of-cgroup", 0, work_perf_cgroup, "/sys/fs/cgroup") \
	W("tracefs-kprobe", 0, work_tracefs, "kprobe_events|p:works_k vfs_fsync_range|-:works_k") \
	W("tracefs-uprobe", 0, work_tracefs, "uprobe_events|p:works_u /bin/busybox:0x1000|-:works_u") \
	W("tracefs-synthetic", 0, work_tracefs, "synthetic_events|works_s int a|!works_s int a") \
	W("tracefs-dynamic", 0, work_tracefs, "dynamic_events|p:works_d vfs_fsync_range|-:works_d") \
	W("tracefs-tracer", 0, work_tracefs, "current_tracer|nop") \
	W("tracefs-marker", 0, work_tracefs, "trace_marker|works") \
	W("tracefs-on", 0, work_tracefs, "tracing_on|1") \
	W("tracefs-buffer", 0, work_tracefs, "buffer_size_kb|1408") \
	W("tracefs-set-event", 0, work_tracefs, "set_event|sched:sched_switch|!sched:sched_switch") \
	W("tracefs-enable", 0, work_tracefs, "events/sched/sched_wakeup/enable|1|0") \
	W("tracefs-filter", 0, work_tracefs, "events/sched/sched_wakeup/filter|common_pid != 0|0") \
	W("tracefs-trigger", 0, work_tracefs, "events/sched/sched_wakeup/trigger|stacktrace:1|!stacktrace:1") \
	W("tracefs-graph", 0, work_tracefs, "set_graph_function|vfs_fsync_range") \
	W("tracefs-pid", 0, work_tracefs, "set_event_pid|1") \
	W("tracefs-options", 0, work_tracefs, "trace_options|nooverwrite|overwrite") \
	W("tracefs-mask", 0, work_tracefs, "tracing_cpumask|3") \
	W("tracefs-clock", 0, work_tracefs, "trace_clock|local") \
	W("tracefs-read-trace", 0, work_tracefs_read, "trace") \
	W("tracefs-read-trace_pipe", 0, work_tracefs_read, "trace_pipe") \
	W("tracefs-read-available_events", 0, work_tracefs_read, "available_events") \
	W("tracefs-read-available_filter_functions", 0, work_tracefs_read, "available_filter_functions") \
	W("tracefs-read-events-header_page", 0, work_tracefs_read, "events/header_page") \
	W("tracefs-read-events-sched-sched_switch-format", 0, work_tracefs_read, "events/sched/sched_switch/format") \
	W("tracefs-read-events-sched-sched_switch-id", 0, work_tracefs_read, "events/sched/sched_switch/id") \
	W("tracefs-read-README", 0, work_tracefs_read, "README") \
	W("tracefs-read-kprobe_profile", 0, work_tracefs_read, "kprobe_profile") \
	W("tracefs-read-per_cpu-cpu0-stats", 0, work_tracefs_read, "per_cpu/cpu0/stats") \
	W("tracefs-read-saved_cmdlines", 0, work_tracefs_read, "saved_cmdlines") \
	W("tracefs-instance", 0, work_tracefs_instance, "works") \
	W("read-sys-power-state", 0, work_read, "/sys/power/state") \
	W("read-sys-power-disk", 0, work_read, "/sys/power/disk") \
	W("read-sys-power-mem_sleep", 0, work_read, "/sys/power/mem_sleep") \
	W("read-sys-power-pm_test", 0, work_read, "/sys/power/pm_test") \
	W("read-sys-power-resume", 0, work_read, "/sys/power/resume") \
	W("read-sys-power-image_size", 0, work_read, "/sys/power/image_size") \
	W("read-sys-power-wakeup_count", 0, work_read, "/sys/power/wakeup_count") \
	W("read-proc-kallsyms", 0, work_read, "/proc/kallsyms") \
	W("read-proc-kmsg", 0, work_read, "/proc/kmsg") \
	W("read-proc-iomem", 0, work_read, "/proc/iomem") \
	W("read-proc-ioports", 0, work_read, "/proc/ioports") \
	W("read-proc-modules", 0, work_read, "/proc/modules") \
	W("read-proc-slabinfo", 0, work_read, "/proc/slabinfo") \
	W("read-proc-vmallocinfo", 0, work_read, "/proc/vmallocinfo") \
	W("read-proc-pagetypeinfo", 0, work_read, "/proc/pagetypeinfo") \
	W("read-proc-zoneinfo", 0, work_read, "/proc/zoneinfo") \
	W("read-proc-self-pagemap", 0, work_read, "/proc/self/pagemap") \
	W("read-proc-kpagecount", 0, work_read, "/proc/kpagecount") \
	W("read-proc-kpageflags", 0, work_read, "/proc/kpageflags") \
	W("read-proc-keys", 0, work_read, "/proc/keys") \
	W("read-proc-timer_list", 0, work_read, "/proc/timer_list") \
	W("read-proc-interrupts", 0, work_read, "/proc/interrupts") \
	W("read-proc-softirqs", 0, work_read, "/proc/softirqs") \
	W("read-proc-mtrr", 0, work_read, "/proc/mtrr") \
	W("read-proc-bus-pci-devices", 0, work_read, "/proc/bus/pci/devices") \
	W("read-proc-cmdline", 0, work_read, "/proc/cmdline") \
	W("read-proc-consoles", 0, work_read, "/proc/consoles") \
	W("read-proc-crypto", 0, work_read, "/proc/crypto") \
	W("read-proc-schedstat", 0, work_read, "/proc/schedstat") \
	W("read-proc-self-stack", 0, work_read, "/proc/self/stack") \
	W("read-proc-self-smaps", 0, work_read, "/proc/self/smaps") \
	W("read-proc-self-syscall", 0, work_read, "/proc/self/syscall") \
	W("read-proc-1-maps", 0, work_read, "/proc/1/maps") \
	W("read-proc-1-environ", 0, work_read, "/proc/1/environ") \
	W("read-proc-1-stack", 0, work_read, "/proc/1/stack") \
	W("read-proc-1-auxv", 0, work_read, "/proc/1/auxv") \
	W("read-proc-sys-kernel-core_pattern", 0, work_read, "/proc/sys/kernel/core_pattern") \
	W("read-proc-sys-kernel-modprobe", 0, work_read, "/proc/sys/kernel/modprobe") \
	W("read-proc-sys-kernel-kexec_load_disabled", 0, work_read, "/proc/sys/kernel/kexec_load_disabled") \
	W("read-proc-dynamic_debug-control", 0, work_read, "/proc/dynamic_debug/control") \
	W("read-proc-bus-input-devices", 0, work_read, "/proc/bus/input/devices") \
	W("read-proc-tty-driver-serial", 0, work_read, "/proc/tty/driver/serial") \
	W("read-sys-bus-pci-devices-first-config", 0, work_read, "/sys/bus/pci/devices/*/config") \
	W("read-sys-bus-pci-devices-first-resource", 0, work_read, "/sys/bus/pci/devices/*/resource") \
	W("read-sys-firmware-acpi-tables-DSDT", 0, work_read, "/sys/firmware/acpi/tables/DSDT") \
	W("read-sys-firmware-dmi-tables-DMI", 0, work_read, "/sys/firmware/dmi/tables/DMI") \
	W("read-sys-firmware-memmap-0-start", 0, work_read, "/sys/firmware/memmap/0/start") \
	W("read-sys-kernel-btf-vmlinux", 0, work_read, "/sys/kernel/btf/vmlinux") \
	W("read-sys-kernel-notes", 0, work_read, "/sys/kernel/notes") \
	W("read-sys-kernel-vmcoreinfo", 0, work_read, "/sys/kernel/vmcoreinfo") \
	W("read-sys-kernel-kexec_loaded", 0, work_read, "/sys/kernel/kexec_loaded") \
	W("read-sys-kernel-security-lockdown", 0, work_read, "/sys/kernel/security/lockdown") \
	W("read-sys-kernel-security-lsm", 0, work_read, "/sys/kernel/security/lsm") \
	W("read-sys-kernel-debug-sleep_time", 0, work_read, "/sys/kernel/debug/sleep_time") \
	W("read-sys-kernel-debug-wakeup_sources", 0, work_read, "/sys/kernel/debug/wakeup_sources") \
	W("read-sys-kernel-debug-suspend_stats", 0, work_read, "/sys/kernel/debug/suspend_stats") \
	W("read-sys-kernel-debug-devices_deferred", 0, work_read, "/sys/kernel/debug/devices_deferred") \
	W("read-sys-kernel-debug-gpio", 0, work_read, "/sys/kernel/debug/gpio") \
	W("read-sys-kernel-debug-extfrag-extfrag_index", 0, work_read, "/sys/kernel/debug/extfrag/extfrag_index") \
	W("read-sys-kernel-debug-bdi-7:0-stats", 0, work_read, "/sys/kernel/debug/bdi/7:0/stats") \
	W("read-sys-kernel-debug-clk-clk_summary", 0, work_read, "/sys/kernel/debug/clk/clk_summary") \
	W("read-sys-kernel-debug-kprobes-list", 0, work_read, "/sys/kernel/debug/kprobes/list") \
	W("read-sys-module-loop-parameters-max_loop", 0, work_read, "/sys/module/loop/parameters/max_loop") \
	W("read-sys-module-printk-parameters-time", 0, work_read, "/sys/module/printk/parameters/time") \
	W("read-sys-devices-system-cpu-vulnerabilities-meltdown", 0, work_read, "/sys/devices/system/cpu/vulnerabilities/meltdown") \
	W("read-sys-class-rtc-rtc0-date", 0, work_read, "/sys/class/rtc/rtc0/date") \
	W("read-dev-kmsg", 0, work_read, "/dev/kmsg") \
	W("read-dev-urandom", 0, work_read, "/dev/urandom") \
	W("read-dev-vcs1", 0, work_read, "/dev/vcs1") \
	W("read-dev-loop0", 0, work_read, "/dev/loop0") \
	W("read-sys-class-net-lo-statistics-rx_bytes", 0, work_read, "/sys/class/net/lo/statistics/rx_bytes") \
	W("read-sys-kernel-mm-hugepages-hugepages-2048kB-nr_hugepages", 0, work_read, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages") \
	W("read-sys-fs-cgroup-cgroup.stat", 0, work_read, "/sys/fs/cgroup/cgroup.stat") \
	W("read-sys-kernel-slab-dentry-objects", 0, work_read, "/sys/kernel/slab/dentry/objects") \
	W("sysctl-kernel.panic", 0, work_write, "/proc/sys/kernel/panic") \
	W("sysctl-kernel.printk", 0, work_write, "/proc/sys/kernel/printk") \
	W("sysctl-kernel.sysrq", 0, work_write, "/proc/sys/kernel/sysrq") \
	W("sysctl-kernel.kptr_restrict", 0, work_write, "/proc/sys/kernel/kptr_restrict") \
	W("sysctl-kernel.dmesg_restrict", 0, work_write, "/proc/sys/kernel/dmesg_restrict") \
	W("sysctl-kernel.perf_event_paranoid", 0, work_write, "/proc/sys/kernel/perf_event_paranoid") \
	W("sysctl-kernel.perf_event_max_sample_rate", 0, work_write, "/proc/sys/kernel/perf_event_max_sample_rate") \
	W("sysctl-kernel.randomize_va_space", 0, work_write, "/proc/sys/kernel/randomize_va_space") \
	W("sysctl-kernel.yama.ptrace_scope", 0, work_write, "/proc/sys/kernel/yama/ptrace_scope") \
	W("sysctl-kernel.core_uses_pid", 0, work_write, "/proc/sys/kernel/core_uses_pid") \
	W("sysctl-kernel.core_pipe_limit", 0, work_write, "/proc/sys/kernel/core_pipe_limit") \
	W("sysctl-kernel.shmmax", 0, work_write, "/proc/sys/kernel/shmmax") \
	W("sysctl-kernel.msgmax", 0, work_write, "/proc/sys/kernel/msgmax") \
	W("sysctl-kernel.sem", 0, work_write, "/proc/sys/kernel/sem") \
	W("sysctl-kernel.pid_max", 0, work_write, "/proc/sys/kernel/pid_max") \
	W("sysctl-kernel.threads-max", 0, work_write, "/proc/sys/kernel/threads-max") \
	W("sysctl-kernel.sched_rt_runtime_us", 0, work_write, "/proc/sys/kernel/sched_rt_runtime_us") \
	W("sysctl-kernel.panic_on_oops", 0, work_write, "/proc/sys/kernel/panic_on_oops") \
	W("sysctl-kernel.hung_task_timeout_secs", 0, work_write, "/proc/sys/kernel/hung_task_timeout_secs") \
	W("sysctl-kernel.watchdog_thresh", 0, work_write, "/proc/sys/kernel/watchdog_thresh") \
	W("sysctl-kernel.bpf_stats_enabled", 0, work_write, "/proc/sys/kernel/bpf_stats_enabled") \
	W("sysctl-kernel.timer_migration", 0, work_write, "/proc/sys/kernel/timer_migration") \
	W("sysctl-kernel.keys.maxkeys", 0, work_write, "/proc/sys/kernel/keys/maxkeys") \
	W("sysctl-kernel.unprivileged_userns_clone", 0, work_write, "/proc/sys/kernel/unprivileged_userns_clone") \
	W("sysctl-kernel.hostname", 0, work_write, "/proc/sys/kernel/hostname") \
	W("sysctl-kernel.domainname", 0, work_write, "/proc/sys/kernel/domainname") \
	W("sysctl-kernel.ctrl-alt-del", 0, work_write, "/proc/sys/kernel/ctrl-alt-del") \
	W("sysctl-kernel.panic_print", 0, work_write, "/proc/sys/kernel/panic_print") \
	W("sysctl-vm.swappiness", 0, work_write, "/proc/sys/vm/swappiness") \
	W("sysctl-vm.overcommit_memory", 0, work_write, "/proc/sys/vm/overcommit_memory") \
	W("sysctl-vm.nr_hugepages", 0, work_write, "/proc/sys/vm/nr_hugepages") \
	W("sysctl-vm.max_map_count", 0, work_write, "/proc/sys/vm/max_map_count") \
	W("sysctl-vm.mmap_min_addr", 0, work_write, "/proc/sys/vm/mmap_min_addr") \
	W("sysctl-vm.dirty_ratio", 0, work_write, "/proc/sys/vm/dirty_ratio") \
	W("sysctl-vm.min_free_kbytes", 0, work_write, "/proc/sys/vm/min_free_kbytes") \
	W("sysctl-vm.panic_on_oom", 0, work_write, "/proc/sys/vm/panic_on_oom") \
	W("sysctl-vm.vfs_cache_pressure", 0, work_write, "/proc/sys/vm/vfs_cache_pressure") \
	W("sysctl-vm.compaction_proactiveness", 0, work_write, "/proc/sys/vm/compaction_proactiveness") \
	W("sysctl-vm.unprivileged_userfaultfd", 0, work_write, "/proc/sys/vm/unprivileged_userfaultfd") \
	W("sysctl-fs.file-max", 0, work_write, "/proc/sys/fs/file-max") \
	W("sysctl-fs.suid_dumpable", 0, work_write, "/proc/sys/fs/suid_dumpable") \
	W("sysctl-fs.protected_symlinks", 0, work_write, "/proc/sys/fs/protected_symlinks") \
	W("sysctl-fs.inotify.max_user_watches", 0, work_write, "/proc/sys/fs/inotify/max_user_watches") \
	W("sysctl-fs.aio-max-nr", 0, work_write, "/proc/sys/fs/aio-max-nr") \
	W("sysctl-fs.nr_open", 0, work_write, "/proc/sys/fs/nr_open") \
	W("sysctl-fs.pipe-max-size", 0, work_write, "/proc/sys/fs/pipe-max-size") \
	W("sysctl-net.ipv4.ip_forward", 0, work_write, "/proc/sys/net/ipv4/ip_forward") \
	W("sysctl-net.ipv4.tcp_congestion_control", 0, work_write, "/proc/sys/net/ipv4/tcp_congestion_control") \
	W("sysctl-net.ipv4.ip_local_port_range", 0, work_write, "/proc/sys/net/ipv4/ip_local_port_range") \
	W("sysctl-net.ipv4.conf.all.rp_filter", 0, work_write, "/proc/sys/net/ipv4/conf/all/rp_filter") \
	W("sysctl-net.ipv6.conf.all.forwarding", 0, work_write, "/proc/sys/net/ipv6/conf/all/forwarding") \
	W("sysctl-net.core.somaxconn", 0, work_write, "/proc/sys/net/core/somaxconn") \
	W("sysctl-net.core.bpf_jit_enable", 0, work_write, "/proc/sys/net/core/bpf_jit_enable") \
	W("sysctl-net.core.bpf_jit_harden", 0, work_write, "/proc/sys/net/core/bpf_jit_harden") \
	W("sysctl-net.core.rmem_max", 0, work_write, "/proc/sys/net/core/rmem_max") \
	W("sysctl-user.max_user_namespaces", 0, work_write, "/proc/sys/user/max_user_namespaces") \
	W("sysctl-user.max_mnt_namespaces", 0, work_write, "/proc/sys/user/max_mnt_namespaces") \
	W("sysctl-dev.tty.ldisc_autoload", 0, work_write, "/proc/sys/dev/tty/ldisc_autoload") \
	W("sysctl-vm.drop_caches", 0, work_write, "/proc/sys/vm/drop_caches 1") \
	W("sysctl-vm.compact_memory", 0, work_write, "/proc/sys/vm/compact_memory 1") \
	W("write-thp", 0, work_write, "/sys/kernel/mm/transparent_hugepage/enabled") \
	W("write-ksm", 0, work_write, "/sys/kernel/mm/ksm/run") \
	W("write-read-ahead", 0, work_write, "/sys/block/loop0/queue/read_ahead_kb") \
	W("write-scheduler", 0, work_write, "/sys/block/loop0/queue/scheduler") \
	W("write-queue-length", 0, work_write, "/sys/class/net/lo/tx_queue_len") \
	W("write-cpu-online", 0, work_write, "/sys/devices/system/cpu/cpu1/online 1") \
	W("write-pm-async", 0, work_write, "/sys/power/pm_async") \
	W("write-mem-sleep", 0, work_write, "/sys/power/mem_sleep") \
	W("write-wakeup-count", 0, work_write, "/sys/power/wakeup_count") \
	W("write-image-size", 0, work_write, "/sys/power/image_size") \
	W("write-module-parameter", 0, work_write, "/sys/module/printk/parameters/time") \
	W("write-loop-uevent", 0, work_write, "/sys/block/loop0/uevent change") \
	W("write-pci-rescan", 0, work_write, "/sys/bus/pci/rescan 1") \
	W("write-pci-enable", 0, work_write, "/sys/bus/pci/devices/*/enable 1") \
	W("write-pci-autoprobe", 0, work_write, "/sys/bus/pci/drivers_autoprobe 1") \
	W("write-rps", 0, work_write, "/sys/class/net/lo/queues/rx-0/rps_cpus") \
	W("write-workqueue", 0, work_write, "/sys/devices/virtual/workqueue/cpumask") \
	W("write-smt", 0, work_write, "/sys/devices/system/cpu/smt/control") \
	W("write-swap-filter", 0, work_write, "/sys/kernel/mm/swap/vma_ra_enabled") \
	W("write-slab", 0, work_write, "/sys/kernel/slab/dentry/shrink 1") \
	W("write-firmware-timeout", 0, work_write, "/sys/class/firmware/timeout") \
	W("write-loginuid", 0, work_write, "/proc/self/loginuid 0") \
	W("write-oom-score", 0, work_write, "/proc/self/oom_score_adj -500") \
	W("write-coredump-filter", 0, work_write, "/proc/self/coredump_filter 0x3f") \
	W("write-comm", 0, work_write, "/proc/self/comm works") \
	W("write-autogroup", 0, work_write, "/proc/self/autogroup 0") \
	W("write-timerslack", 0, work_write, "/proc/self/timerslack_ns 50000") \
	W("write-irq-affinity", 0, work_write, "/proc/irq/default_smp_affinity") \
	W("write-ftrace_enabled", 0, work_write, "/proc/sys/kernel/ftrace_enabled") \
	W("write-kmsg", 0, work_write, "/dev/kmsg works") \
	W("write-dynamic-debug", 0, work_write, "/proc/dynamic_debug/control module works +p") \
	W("opened-for-writing-proc-sys-kernel-core_pattern", 0, work_open_write, "/proc/sys/kernel/core_pattern") \
	W("opened-for-writing-proc-sys-kernel-modprobe", 0, work_open_write, "/proc/sys/kernel/modprobe") \
	W("opened-for-writing-proc-sysrq-trigger", 0, work_open_write, "/proc/sysrq-trigger") \
	W("opened-for-writing-proc-sys-kernel-ftrace_enabled", 0, work_open_write, "/proc/sys/kernel/ftrace_enabled") \
	W("opened-for-writing-proc-sys-kernel-kexec_load_disabled", 0, work_open_write, "/proc/sys/kernel/kexec_load_disabled") \
	W("opened-for-writing-sys-kernel-security-lockdown", 0, work_open_write, "/sys/kernel/security/lockdown") \
	W("opened-for-writing-proc-1-mem", 0, work_open_write, "/proc/1/mem") \
	W("opened-for-writing-proc-self-mem", 0, work_open_write, "/proc/self/mem") \
	W("xattr-trusted.works", 0, work_xattr, "trusted.works") \
	W("xattr-security.works", 0, work_xattr, "security.works") \
	W("xattr-security.capability", 0, work_xattr, "security.capability") \
	W("xattr-user.works", 0, work_xattr, "user.works") \
	W("file-attributes", 0, work_file_attributes, "") \
	W("copying", 0, work_copying, "") \
	W("ptrace-attach", 0, work_ptrace, "attach") \
	W("ptrace-seize", 0, work_ptrace, "seize") \
	W("ptrace-traceme", 0, work_ptrace, "traceme") \
	W("ptrace-syscall", 0, work_ptrace, "syscall") \
	W("child-readv", 0, work_child_memory, "readv") \
	W("child-writev", 0, work_child_memory, "writev") \
	W("child-mem", 0, work_child_memory, "mem") \
	W("child-pagemap", 0, work_child_memory, "pagemap") \
	W("child-environ", 0, work_child_memory, "environ") \
	W("child-maps", 0, work_child_memory, "maps") \
	W("child-clear_refs", 0, work_child_memory, "clear_refs") \
	W("child-oom_score_adj", 0, work_child_memory, "oom_score_adj") \
	W("child-stack", 0, work_child_memory, "stack") \
	W("child-io", 0, work_child_memory, "io") \
	W("pidfd-signal", 0, work_pidfd, "signal") \
	W("pidfd-getfd", 0, work_pidfd, "getfd") \
	W("pidfd-madvise", 0, work_pidfd, "madvise") \
	W("pidfd-kcmp", 0, work_pidfd, "kcmp") \
	W("sched-fifo", 0, work_sched, "1 50") \
	W("sched-rr", 0, work_sched, "2 10") \
	W("sched-deadline", 0, work_sched, "6 0") \
	W("sched-batch", 0, work_sched, "3 0") \
	W("sched-idle", 0, work_sched, "5 0") \
	W("priorities", 0, work_priorities, "") \
	W("memory-lock", 0, work_memory, "lock") \
	W("memory-lockall", 0, work_memory, "lockall") \
	W("memory-huge", 0, work_memory, "huge") \
	W("memory-thp", 0, work_memory, "thp") \
	W("memory-merge", 0, work_memory, "merge") \
	W("memory-secret", 0, work_memory, "secret") \
	W("memory-memfd", 0, work_memory, "memfd") \
	W("memory-exec", 0, work_memory, "exec") \
	W("memory-numa", 0, work_memory, "numa") \
	W("memory-barrier", 0, work_memory, "barrier") \
	W("userfaultfd", 0, work_userfaultfd, "") \
	W("userfaultfd-device", 0, work_userfaultfd, "/dev/userfaultfd") \
	W("seccomp-filter", 0, work_seccomp, "filter") \
	W("seccomp-notify", 0, work_seccomp, "notify") \
	W("landlock", 0, work_landlock, "") \
	W("key-user", 0, work_key, "user") \
	W("key-keyring", 0, work_key, "keyring") \
	W("key-logon", 0, work_key, "logon") \
	W("notify-inotify", 0, work_notify, "inotify") \
	W("notify-content", 0, work_notify, "content") \
	W("notify-fid", 0, work_notify, "fid") \
	W("time-realtime", 0, work_time, "realtime") \
	W("time-adjtime", 0, work_time, "adjtime") \
	W("time-timeofday", 0, work_time, "timeofday") \
	W("time-alarm", 0, work_time, "alarm") \
	W("reboot-cad-on", 0, work_reboot, "on") \
	W("reboot-cad-off", 0, work_reboot, "off") \
	W("syslog-3", 0, work_syslog, "3") \
	W("syslog-8", 0, work_syslog, "8") \
	W("syslog-10", 0, work_syslog, "10") \
	W("syslog-6", 0, work_syslog, "6") \
	W("privileges-ambient", 0, work_privileges, "ambient") \
	W("privileges-bounding", 0, work_privileges, "bounding") \
	W("privileges-inherit", 0, work_privileges, "inherit") \
	W("privileges-securebits", 0, work_privileges, "securebits") \
	W("privileges-subreaper", 0, work_privileges, "subreaper") \
	W("privileges-dumpable", 0, work_privileges, "dumpable") \
	W("privileges-timerslack", 0, work_privileges, "timerslack") \
	W("privileges-oom", 0, work_privileges, "oom") \
	W("privileges-ids", 0, work_privileges, "ids") \
	W("ipc-shm", 0, work_ipc, "shm") \
	W("ipc-sem", 0, work_ipc, "sem") \
	W("ipc-msg", 0, work_ipc, "msg") \
	W("ipc-queue", 0, work_ipc, "queue") \
	W("io-uring-plain", 0, work_uring, "0") \
	W("io-uring-sqpoll", 0, work_uring, "2") \
	W("io-uring-iopoll", 0, work_uring, "1") \
	W("misc-acct", 0, work_misc, "acct") \
	W("misc-quota", 0, work_misc, "quota") \
	W("misc-sync", 0, work_misc, "sync") \
	W("misc-ldt", 0, work_misc, "ldt") \
	W("misc-personality", 0, work_misc, "personality") \
	W("misc-vhangup", 0, work_misc, "vhangup") \
	W("misc-chroot", 0, work_misc, "chroot") \
	W("misc-execveat", 0, work_misc, "execveat") \
	W("socket-raw", 0, work_socket, "2 3 1") \
	W("socket-raw6", 0, work_socket, "10 3 58") \
	W("socket-packet", 0, work_socket, "17 3 768") \
	W("socket-packet-dgram", 0, work_socket, "17 2 768") \
	W("socket-key", 0, work_socket, "15 3 2 af_key") \
	W("socket-vsock", 0, work_socket, "40 1 0 vsock") \
	W("socket-xdp", 0, work_socket, "44 3 0") \
	W("socket-route", 0, work_socket, "16 3 0") \
	W("socket-diag", 0, work_socket, "16 3 4") \
	W("socket-xfrm", 0, work_socket, "16 3 6") \
	W("socket-audit", 0, work_socket, "16 3 9") \
	W("socket-connector", 0, work_socket, "16 3 11") \
	W("socket-netfilter", 0, work_socket, "16 3 12 nfnetlink") \
	W("socket-uevent", 0, work_socket, "16 3 15") \
	W("socket-generic", 0, work_socket, "16 3 16") \
	W("socket-alg", 0, work_socket, "38 5 0 af_alg") \
	W("socket-seqpacket", 0, work_socket, "1 5 0") \
	W("socket-can", 0, work_socket, "29 3 1 can can-raw") \
	W("socket-mptcp", 0, work_socket, "2 1 262") \
	W("sockopt-mark", 0, work_sockopt, "2 1 1 36 7") \
	W("sockopt-priority", 0, work_sockopt, "2 1 1 12 7") \
	W("sockopt-transparent", 0, work_sockopt, "2 1 0 19 1") \
	W("sockopt-freebind", 0, work_sockopt, "2 1 0 15 1") \
	W("sockopt-rcvbufforce", 0, work_sockopt, "2 1 1 33 100000") \
	W("sockopt-repair", 0, work_sockopt, "2 1 6 19 1") \
	W("sockopt-debug", 0, work_sockopt, "2 1 1 1 1") \
	W("sockopt-reuseport", 0, work_sockopt, "2 1 1 15 1") \
	W("sockopt-busy-poll", 0, work_sockopt, "2 2 1 46 50") \
	W("sockopt-device", 0, work_sockopt_text, "1 25 lo") \
	W("sockopt-congestion", 0, work_sockopt_text, "6 13 reno") \
	W("tcp-low-port", 0, work_tcp, "81") \
	W("tcp-port", 0, work_tcp, "8081") \
	W("packet-ring", 0, work_packet_ring, "") \
	W("alg-hash", 0, work_alg, "hash sha256") \
	W("alg-cipher", 0, work_alg, "skcipher cbc(aes)") \
	W("link-dummy", WF_NET, work_link, "dummy dummy") \
	W("link-veth", WF_NET, work_link, "veth veth") \
	W("link-bridge", WF_NET, work_link, "bridge bridge") \
	W("link-vlan", WF_NET, work_link, "vlan 8021q") \
	W("link-vxlan", WF_NET, work_link, "vxlan vxlan") \
	W("link-macvlan", WF_NET, work_link, "macvlan macvlan") \
	W("link-ipvlan", WF_NET, work_link, "ipvlan ipvlan") \
	W("link-wireguard", WF_NET, work_link, "wireguard wireguard") \
	W("link-bond", WF_NET, work_link, "bond bonding") \
	W("link-ifb", WF_NET, work_link, "ifb ifb") \
	W("link-vcan", WF_NET, work_link, "vcan vcan") \
	W("link-nlmon", WF_NET, work_link, "nlmon nlmon") \
	W("link-macsec", WF_NET, work_link, "macsec macsec") \
	W("route-addr", WF_NET, work_route, "addr") \
	W("route-route", WF_NET, work_route, "route") \
	W("route-rule", WF_NET, work_route, "rule") \
	W("route-neigh", WF_NET, work_route, "neigh") \
	W("route-qdisc", WF_NET, work_route, "qdisc") \
	W("route-netns", WF_NET, work_route, "netns") \
	W("route-promiscuous", WF_NET, work_route, "promiscuous") \
	W("dump-links", WF_NET, work_dump, "0 18") \
	W("dump-addresses", WF_NET, work_dump, "0 22") \
	W("dump-routes", WF_NET, work_dump, "0 26") \
	W("dump-rules", WF_NET, work_dump, "0 34") \
	W("dump-qdiscs", WF_NET, work_dump, "0 38") \
	W("dump-neighbours", WF_NET, work_dump, "0 30") \
	W("dump-netns-ids", WF_NET, work_dump, "0 90") \
	W("nft-table", WF_NET, work_nft, "") \
	W("nft-chain", WF_NET, work_nft, "input") \
	W("iptables-info", WF_NET, work_iptables, "64 iptable_filter") \
	W("genl-nlctrl", 0, work_genl, "nlctrl") \
	W("genl-ethtool", 0, work_genl, "ethtool") \
	W("genl-wireguard", 0, work_genl, "wireguard wireguard") \
	W("genl-IPVS", 0, work_genl, "IPVS ip_vs") \
	W("genl-devlink", 0, work_genl, "devlink") \
	W("genl-TASKSTATS", 0, work_genl, "TASKSTATS") \
	W("genl-acpi_event", 0, work_genl, "acpi_event") \
	W("genl-thermal", 0, work_genl, "thermal") \
	W("ethtool-driver", 0, work_ethtool, "eth0 3") \
	W("ethtool-link", 0, work_ethtool, "eth0 a") \
	W("ethtool-registers", 0, work_ethtool, "eth0 4") \
	W("ethtool-statistics", 0, work_ethtool, "eth0 1d")

#endif
