# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154 # engine, image, few are the guest's
# Sourced by guest: containerd driven by its CRI socket, as a kubelet does it. Pods are named after their container.
pods=/tmp/pods
mkdir -p $pods /out/oci

plain() { # PLUGIN: the table of a runtime that is not ours
	cat <<-END
		  [plugins."$1".containerd.runtimes.plain]
		    runtime_type = "io.containerd.runc.v2"
		    pod_annotations = ["container-lockdown.*"]
		    container_annotations = ["container-lockdown.*"]
		    [plugins."$1".containerd.runtimes.plain.options]
		      BinaryName = "/recorder"
	END
}
config_2() {
	cat > /etc/containerd/config.toml <<-END
		version = 2
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "docker.io/library/pause:latest"
		  [plugins."io.containerd.grpc.v1.cri".containerd]
		    snapshotter = "native"
		    default_runtime_name = "$by_default"
	END
	plain io.containerd.grpc.v1.cri >> /etc/containerd/config.toml
	grep -v '^version' /deploy/containerd/container-lockdown.toml >> /etc/containerd/config.toml
}
# of containerd 2, whose imports merge: what is there already, and what configure makes of it
config_3() {
	mkdir -p /etc/containerd/conf.d
	cat > /etc/containerd/config.toml <<-END
		version = 3
		imports = ["/etc/containerd/conf.d/*.toml"]
		[plugins."io.containerd.cri.v1.images"]
		  snapshotter = "native"
		  [plugins."io.containerd.cri.v1.images".pinned_images]
		    sandbox = "docker.io/library/pause:latest"
		[plugins."io.containerd.cri.v1.runtime".containerd]
		  default_runtime_name = "plain"
	END
	plain io.containerd.cri.v1.runtime >> /etc/containerd/config.toml
	more=--default
	[ $by_default = lockdown ] || more=
	lockdownctl configure --engine containerd $more > /out/configure 2>&1; r=$?
	sed 's/^/# /' /out/configure
	return $r
}
locally= # a flag: containerd 2 imports by a service of its own, which has no say in the snapshotter
setup() {
	echo '{"runtime": "/usr/sbin/runc"}' > /etc/container-lockdown/config.json
	mkdir -p /etc/containerd /etc/cni/net.d /opt/cni/bin /usr/lib
	[ -e /usr/lib/cni ] || ln -s /opt/cni/bin /usr/lib/cni # where trixie looks
	case $(containerd --version) in
	*' 2.'*) locally=--local; config_3 || return 1 ;;
	*) config_2 ;;
	esac
	# a runtime that keeps what it is given, and becomes runc: the handler of what stays free
	cat > /recorder <<-'END'
		#!/bin/sh
		b=; verb=; n=$#
		for w; do case $prev in --bundle) b=$w ;; esac; [ "$w" != create ] || verb=create; prev=$w; done
		[ -z "$verb" ] || cp "$b/config.json" "/out/oci/${b##*/}.json"
		exec /usr/sbin/runc "$@"
	END
	chmod 755 /recorder
	# a network of one interface that nobody makes
	for plugin in loopback none; do
		cat > /opt/cni/bin/$plugin <<-'END'
			#!/bin/sh
			case $CNI_COMMAND in
			ADD) echo "{\"cniVersion\":\"0.4.0\",\"interfaces\":[{\"name\":\"$CNI_IFNAME\",\"sandbox\":\"$CNI_NETNS\"}],\"ips\":[{\"version\":\"4\",\"interface\":0,\"address\":\"10.9.0.2/24\"}]}" ;;
			VERSION) echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}' ;;
			esac
		END
		chmod 755 /opt/cni/bin/$plugin
	done
	echo '{"cniVersion":"0.4.0","name":"none","plugins":[{"type":"none"}]}' > /etc/cni/net.d/10-none.conflist
	echo '127.0.0.1 localhost' > /etc/hosts
	: > /etc/resolv.conf
	containerd > /out/containerd.log 2>&1 &
	wait_for cri Version &&
		for i in image pause; do ctr -n k8s.io image import $locally --snapshotter native /$i.tar > /dev/null || return 1; done
}

# fields of a pod: $privileged (true|false), $network, $pid (enum NamespaceMode: 0 pod, 1 container, 2 node)
privileged=true network=0 pid=1 space=default asks=nosuch
options() { echo "{\"network\": $network, \"pid\": $pid}"; }
sandbox_config() { # NAME
	hostname=$1
	[ $network != 2 ] || hostname=
	policy=
	[ -z "$asks" ] || policy=", \"container-lockdown.policy\": \"$asks\""
	cat <<-END
		{"metadata": {"name": "$1", "uid": "uid-$1", "namespace": "$space", "attempt": 0}, "hostname": "$hostname",
		 "log_directory": "$pods/$1.log",
		 "labels": {"io.kubernetes.pod.name": "$1", "io.kubernetes.pod.namespace": "$space", "io.kubernetes.pod.uid": "uid-$1"},
		 "annotations": {"kubernetes.io/config.source": "api", "example.org/a": "b"$policy},
		 "linux": {"cgroup_parent": "/kubepods/pod$1",
			   "security_context": {"privileged": $privileged, "namespace_options": $(options)}}}
	END
}
id_of() { sed -n 's/.*"\(container\|pod_sandbox\)_id": "\([^"]*\)".*/\2/p'; }
sandbox() { # NAME [HANDLER]
	mkdir -p $pods/"$1".log
	cri RunPodSandbox "{\"config\": $(sandbox_config "$1"), \"runtime_handler\": \"${2-}\"}" | id_of > $pods/"$1" && [ -s $pods/"$1" ]
}
words() { # as a JSON list
	sep=
	for w; do
		printf '%s"%s"' "$sep" "$(printf %s "$w" | sed 's/[\\"]/\\&/g')"
		sep=', '
	done
}
container() { # POD NAME COMMAND...
	p=$1 n=$2
	shift 2
	cri CreateContainer "{\"pod_sandbox_id\": \"$(cat $pods/"$p")\", \"sandbox_config\": $(sandbox_config "$p"),
		\"config\": {\"metadata\": {\"name\": \"$n\", \"attempt\": ${attempt:-0}}, \"image\": {\"image\": \"$image\"},
		\"command\": [$(words "$@")], \"log_path\": \"$n\",
		\"mounts\": [{\"container_path\": \"/out\", \"host_path\": \"/out\"}],
		\"labels\": {\"io.kubernetes.container.name\": \"$n\", \"io.kubernetes.pod.name\": \"$p\"},
		\"annotations\": {\"io.kubernetes.container.restartCount\": \"${attempt:-0}\", \"example.org/c\": \"d\"},
		\"linux\": {\"resources\": {\"cpu_shares\": 102, \"oom_score_adj\": 1000},
		\"security_context\": {\"privileged\": $privileged, \"namespace_options\": $(options)}}}}" | id_of > $pods/"$p.$n" &&
		[ -s $pods/"$p.$n" ] && cri StartContainer "{\"container_id\": \"$(cat $pods/"$p.$n")\"}" > /dev/null
}
id() { cat $pods/"$1"; }
state() { cri ContainerStatus "{\"container_id\": \"$(id "$1")\"}"; }
ended() { state "$1" | grep -q '"state": 2'; }
status_of() { state "$1" | sed -n 's/.*"exit_code": \([0-9]*\).*/\1/p'; }
printed() { sed 's/^[^ ]* std[a-z]* [FP] //' $pods/"$1.log/$2"; }
finish() { # POD
	cri StopPodSandbox "{\"pod_sandbox_id\": \"$(id "$1")\"}" > /dev/null && cri RemovePodSandbox "{\"pod_sandbox_id\": \"$(id "$1")\"}" > /dev/null
	rm -rf "${pods:?}/${1:?}" "$pods/$1".*
}
through() { # HANDLER NAME COMMAND...: to its end
	h=$1 name=$2
	shift 2
	r=1
	sandbox "$name" "$h" && container "$name" c "$@" && wait_for ended "$name.c" && printed "$name" c && r=$(status_of "$name.c")
	finish "$name"
	return "${r:-0}" # a field that is 0 is left out
}
run() { through "$confined" "$@"; }
free() { through "$plain" "$@"; }
detached() { # NAME COMMAND...
	name=$1
	shift
	sandbox "$name" "$confined" && container "$name" c "$@"
}
into() { # NAME COMMAND...
	c=$1.c
	shift
	cri ExecSync "{\"container_id\": \"$(id "$c")\", \"cmd\": [$(words "$@")], \"timeout\": 250}"
}
stop() { finish "$1"; }
remembered() { ls /run/container-lockdown/containers | wc -l; }
refused() { # POD.CONTAINER
	cri ExecSync "{\"container_id\": \"$(id "$1")\", \"cmd\": [\"/bin/head\", \"-c1\", \"/dev/mem\"]}" 2>&1 | eperm
}
case $engine in
cri-handler) by_default=plain plain='' confined=lockdown ;;
cri-default) by_default=lockdown plain=plain confined='' ;;
esac

# several containers in one sandbox, restart, update; the pod "long" runs
one_sandbox() {
	[ "$(remembered)" = 2 ]; ok $? "a pod of one container: it and the sandbox are registered ($(remembered))"
	container long second /bin/sleep 600 2>/out/err && container long third /bin/sleep 600 2>>/out/err; ok $? "two more containers in the same sandbox"
	sed 's/^/# /' /out/err
	refused long.second && refused long.third; ok $? "... sessions in them are refused"
	[ "$(remembered)" = 4 ]; ok $? "... all are registered ($(remembered))"
	cri StopContainer "{\"container_id\": \"$(id long.second)\", \"timeout\": 0}" >/dev/null &&
		cri RemoveContainer "{\"container_id\": \"$(id long.second)\"}" >/dev/null; ok $? "one of them ends"
	wait_for sh -c '[ "$(ls /run/container-lockdown/containers | wc -l)" = 3 ]'; ok $? "... and is forgotten, it alone"
	refused long.c && refused long.third; ok $? "... the others are confined as before"
	attempt=1
	container long second /bin/sleep 600 2>/out/err; ok $? "it is started again"
	attempt=0
	refused long.second; ok $? "... and confined"
	cri UpdateContainerResources "{\"container_id\": \"$(id long.second)\", \"linux\": {\"cpu_shares\": 512, \"memory_limit_in_bytes\": 300000000}}" >/dev/null; ok $? "UpdateContainerResources"
	refused long.second; ok $? "... confined afterwards"
}

# KIND PRIVILEGED NETWORK PID: kinds of pods
kinds='hostpid true 0 2
hostnetwork true 2 1
hostboth true 2 2
podpid true 0 0
unprivileged false 0 1
privileged true 0 1'

each_kind() {
	# shellcheck disable=SC2016 # for the container
	while read -r kind privileged network pid; do
		try='head -c1 /dev/mem 2>&1 | grep -q "not permitted" || exit 3; exec sleep 600'
		[ $privileged = true ] || try='exec sleep 600'
		sandbox "$kind" "$confined" 2>/out/err && container "$kind" c /bin/sh -c "$try" 2>>/out/err; ok $? "$kind: a pod"
		sed 's/^/# /' /out/err
		usleep 500000
		state "$kind.c" | grep -q '"state": 1'; ok $? "$kind: it runs (where privileged: its first instruction was refused)"
		cri ExecSync "{\"container_id\": \"$(id "$kind.c")\", \"cmd\": [\"/bin/lockdown-probe\", \"--only\", \"$few\"]}" > /out/"$kind".tsv 2>/out/err; ok $? "$kind: probes in a session"
		[ $privileged = false ] || [ "$(grep -c EPERM /out/"$kind".tsv)" = 3 ]; ok $? "$kind: ... are refused"
		[ "$(lockdownctl ps | grep -c "$(id "$kind")\|$(id "$kind.c")")" = 2 ]; ok $? "$kind: sandbox and container are listed"
		finish "$kind"
	done <<-END
		$kinds
	END
	privileged=true network=0 pid=1
}

# what the runtime is given for each, for tests/oci; and the same pods free
record() {
	while read -r kind privileged network pid; do
		sandbox "oci-$kind" "$plain" 2>/out/err && container "oci-$kind" c /bin/sleep 600 2>>/out/err; ok $? "$kind: a pod beside them, without"
		sed 's/^/# /' /out/err
		mv "/out/oci/$(id "oci-$kind").json" /out/oci/"$kind"-sandbox.json
		mv "/out/oci/$(id "oci-$kind.c").json" /out/oci/"$kind".json
		[ $privileged = false ] || ! refused "oci-$kind.c"; ok $? "$kind: ... is free"
		finish "oci-$kind"
	done <<-END
		$kinds
	END
	privileged=true network=0 pid=1
	rm -f /out/oci/????????????????????????????????*
}

# a node policy: rules by what the CRI says of a pod
rules() {
	node=/etc/container-lockdown/node.json
	cat > $node <<-'END'
		{"cri": "containerd", "privileged": "privileged-default", "other": "unconfined", "rules": [
		  {"name": "gpu", "match": {"namespace": ["gpu-*"], "container": ["c"]}, "policy": "confidentiality"},
		  {"name": "cni", "match": {"pod": ["cilium-*"]}, "policy": "unconfined", "exception": "loads BPF"}],
		 "exceptions": {"namespaces": ["kube-system"]}, "tighten": ["container-lockdown.policy"]}
	END
	asks=integrity
	space=gpu-1; detached train /bin/sleep 600 2>/out/err; ok $? "rules: a pod"
	sed 's/^/# /' /out/err
	into train /bin/head -c1 /proc/kcore 2>&1 | eperm; ok $? "rules: by namespace: confidentiality"
	lockdownctl ps | grep "$(id train.c)" | grep -q 'confidentiality.* gpu-1/train/c$'; ok $? "rules: ps names the pod"
	lockdownctl ps | grep "$(id train)" | grep -q ' integrity  *integrity .* gpu-1/train$'; ok $? "rules: its sandbox is not privileged: it has what the pod's annotation asks for"
	lockdownctl ps | sed 's/^/# /'
	stop train
	asks='' # it would tighten the exception too
	space=kube-system; detached cilium-1 /bin/sleep 600; ! refused cilium-1.c; ok $? "rules: an exception in its namespace is free"
	lockdownctl node status | grep -q "not confined: rule 'cni': loads BPF"; ok $? "rules: ... and node status says so"
	stop cilium-1
	space=default; detached cilium-2 /bin/sleep 600; refused cilium-2.c; ok $? "rules: ... elsewhere it is none"
	stop cilium-2
	asks=confidentiality; detached asks /bin/sleep 600; into asks /bin/head -c1 /proc/kcore 2>&1 | eperm; ok $? "rules: a pod's annotation tightens"
	stop asks
	asks=unconfined; ! detached loose /bin/sleep 600 2>/out/err && grep -q "is not the name of a policy" /out/err; ok $? "rules: ... and cannot loosen"
	sed 's/^/# /' /out/err
	stop loose 2>/dev/null
	asks=integrity privileged=false; detached small /bin/sleep 600; ok $? "rules: a pod that is not privileged"
	stop small
	privileged=true; cp $node /tmp/node.json; sed -i 's/"rules"/"rulez"/' $node
	! detached broken /bin/sleep 600 2>/out/err && grep -q 'node.json:1:.*unknown key' /out/err; ok $? "rules: a broken node policy refuses, with its position"
	sed 's/^/# /' /out/err
	stop broken 2>/dev/null
	rm -f $node; space=default asks=nosuch
}

extra() {
	one_sandbox
	each_kind
	rules
	record
}
