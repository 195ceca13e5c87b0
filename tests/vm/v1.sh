# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced in guests: host_of_v1 [hybrid]: makes it a host that has its controllers in cgroup v1, with hybrid a v2 beside them.
host_of_v1() {
	# controllers leave v2 when nobody uses them there
	for c in $(cat /sys/fs/cgroup/cgroup.subtree_control); do echo "-$c"; done > /tmp/off
	while read -r c; do echo "$c" > /sys/fs/cgroup/cgroup.subtree_control; done < /tmp/off
	umount /sys/fs/cgroup && mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup || return 1
	for c in devices pids memory freezer cpu,cpuacct cpuset blkio; do
		mkdir "/sys/fs/cgroup/$c"
		n=0
		until mount -t cgroup -o "$c" cgroup "/sys/fs/cgroup/$c" 2>/tmp/e || [ $n = 50 ]; do n=$((n + 1)); usleep 100000; done
		grep -q " /sys/fs/cgroup/$c " /proc/mounts || { rmdir "/sys/fs/cgroup/$c"; echo "# no v1 hierarchy for $c: $(cat /tmp/e)"; }
	done
	for c in cpu cpuacct; do ln -s cpu,cpuacct /sys/fs/cgroup/$c; done
	mkdir /sys/fs/cgroup/systemd && mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
	[ "${1-}" != hybrid ] || { mkdir /sys/fs/cgroup/unified && mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup/unified; }
	grep -q ' /sys/fs/cgroup/devices cgroup ' /proc/mounts
}
