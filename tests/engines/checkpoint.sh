# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced by guest where runc and criu are: a container that is checkpointed, and restored by lockdown-runtime.
lr=lockdown-runtime
ckpt_config() {
	cat <<-'END'
		{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
		 "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "env": ["PATH=/bin"],
		  "args": ["/bin/sh", "-c", "exec </dev/null >/dev/null 2>&1; while :; do head -c1 /dev/mem >/dev/null 2>&1 && echo free >> /out/free; echo >> /out/rounds; sleep 1; done"],
		  "capabilities": {"bounding": ["CAP_SYS_ADMIN", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE"], "effective": ["CAP_SYS_ADMIN", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE"],
		   "permitted": ["CAP_SYS_ADMIN", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE"]}},
		 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
		  {"destination": "/dev", "type": "none", "source": "/ckpt/dev", "options": ["bind", "rw"]},
		  {"destination": "/out", "type": "none", "source": "/ckpt/out", "options": ["bind", "rw"]}],
		 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "uts"}, {"type": "ipc"}],
		  "resources": {"devices": [{"allow": true, "access": "rwm"}]}}}
	END
}
rounds() { # AT LEAST: more than there are
	was=$(wc -l < /ckpt/out/rounds)
	wait_for sh -c "[ \$(wc -l < /ckpt/out/rounds) -gt $((was + $1)) ]"
}
dump() { # RUNTIME ID
	rm -rf /ckpt/image; mkdir /ckpt/image
	"$1" checkpoint --image-path /ckpt/image --work-path /ckpt/image "$2" > /out/err 2>&1; s=$?
	sed 's/^/# /' /out/err
	[ $s = 0 ] || grep -h Error /ckpt/image/dump.log | sed 's/^/# /'
	return $s
}
restore() { # RUNTIME ID
	"$1" restore -d --image-path /ckpt/image --work-path /ckpt/image -b /ckpt "$2" > /out/err 2>&1 </dev/null; s=$?
	sed 's/^/# /' /out/err
	[ $s = 0 ] || grep -h Error /ckpt/image/restore.log | sed 's/^/# /'
	! grep criu /proc/mounts || s=99 # criu's own mounts are gone
	return $s
}
# the same id all the time: without a cgroup namespace criu puts it into the cgroup that the images name
gone() { runc kill "$1" KILL; wait_for runc delete -f "$1"; }
extra() {
	mkdir -p /ckpt/dev /ckpt/out
	for m in unix_diag inet_diag tcp_diag udp_diag raw_diag af_packet_diag netlink_diag nf_tables tun; do modprobe $m; done
	mknod /ckpt/dev/mem c 1 1; mknod /ckpt/dev/null c 1 3
	: > /ckpt/out/rounds
	ckpt_config > /ckpt/config.json
	# without us: the test can tell
	runc run -d -b /ckpt ck > /out/err 2>&1 </dev/null; ok $? "checkpoint: a free container"
	sed 's/^/# /' /out/err
	rounds 2; dump runc ck; ok $? "checkpoint: ... is checkpointed"
	rm -f /ckpt/out/free
	restore runc ck; ok $? "checkpoint: ... and restored"
	rounds 3 && [ -s /ckpt/out/free ]; ok $? "checkpoint: it goes on, free"
	dump runc ck; ok $? "checkpoint: ... is checkpointed once more"
	# its images, restored by us
	rm -f /ckpt/out/free
	restore $lr ck; ok $? "checkpoint: what was free is restored by lockdown-runtime"
	rounds 3 && [ ! -e /ckpt/out/free ]; ok $? "checkpoint: it goes on, confined"
	runc exec ck /bin/head -c1 /dev/mem 2>&1 | eperm; ok $? "checkpoint: sessions in it too"
	lockdownctl ps | grep '^ck ' | sed 's/^/# /'
	lockdownctl ps | grep '^ck ' | grep -q ' privileged-default '; ok $? "checkpoint: ps lists it"
	dump $lr ck; ok $? "checkpoint: a confined container is checkpointed"
	[ "$(lockdownctl ps | grep -c '^ck ')" = 0 ]; ok $? "checkpoint: ... and forgotten"
	restore $lr ck; ok $? "checkpoint: ... and restored"
	rounds 3 && [ ! -e /ckpt/out/free ]; ok $? "checkpoint: ... confined"
	runc exec ck /bin/head -c1 /dev/mem 2>&1 | eperm; ok $? "checkpoint: ... sessions too"
	lockdownctl raise ck --level confidentiality; ok $? "raise"
	runc exec ck /bin/head -c1 /proc/kcore 2>&1 | eperm; ok $? "... a session is refused what integrity allows"
	gone ck
	# a runtime that runs no hooks then
	echo '{"runtime": "/usr/bin/crun"}' > /etc/container-lockdown/config.json
	! restore $lr ck && grep -q 'would not run the hook' /out/err; ok $? "checkpoint: crun would restore it free: refused"
	echo '{"runtime": "/usr/sbin/runc"}' > /etc/container-lockdown/config.json
}
