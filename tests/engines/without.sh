# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154,SC2034 # of guest, which reads this: an engine without the kernel engine. What runs in its
# containers is below lockdown-exec, which lockdown-runtime puts there.
umount /sys/fs/bpf 2>/dev/null # without it there is no kernel engine
sysctl -q -w kernel.kptr_restrict=0
level=confidentiality
sed "s/\"name\": *\"[^\"]*\"/\"name\": \"in-$level\"/; s/\"gaps\": *\"refuse\"/\"gaps\": \"accept\"/; s/\"stricter\": *\"refuse\"/\"stricter\": \"accept\"/" \
	/usr/local/share/container-lockdown/policies/$level.json > /usr/local/share/container-lockdown/policies/in-$level.json
chmod 1777 /out
held="/bin/lockdown-probe --destructive --only PERF-1,IOPORT-1,KEXEC-1"
insides() { ls /run/container-lockdown/inside 2>/dev/null | wc -l; }
none_left() { [ "$(insides)" = 0 ] && [ -z "$(ls /run/container-lockdown/containers)" ]; }
refused() { sed 's/^/# /' "$1" | tail -n 8; [ "$(grep -c EPERM "$1")" = 3 ]; } # all that $held asks for
case $engine in
podman-runtime) client=podman real=/usr/bin/crun ;;
docker) client=docker real=/usr/sbin/runc ;;
containerd) client=ctr real=/usr/sbin/runc ;;
esac
into_as() { n=$1; u=$2; shift 2; $client exec --user "$u" "$n" "$@"; }
terminal() { n=$1; shift; script -q -c "$client exec -it --user 1000 $n $*" /dev/null; }
run_as() { n=$1; u=$2; shift 2; opts="--user $u"; run "$n" "$@"; opts=; }
end() { $client stop -t 30 "$1" >/dev/null; }
if [ $client = ctr ]; then
	into_as() { n=$1; u=$2; shift 2; ctr task exec --user "$u" --exec-id "u$$$n" "$n" "$@"; }
	# it ends when its input does
	terminal() { n=$1; shift; /bin/sleep 10 | script -q -c "ctr task exec -t --user 1000 --exec-id t$$ $n $*" /dev/null; }
	run_as() { echo "ctr run has no --user"; }
	end() { ctr task kill -s TERM "$1"; wait_for sh -c "ctr task ls | grep -q '^$1 .*STOPPED'"; ctr task rm "$1" >/dev/null; ctr container rm "$1"; }
fi

setup 2>/out/setup.err; ok $? "the engine is set up"
sed 's/^/# /' /out/setup.err | tail -n 5
echo "{\"policy\": \"in-$level\", \"runtime\": \"$real\"}" > /etc/container-lockdown/config.json
lockdownctl plan --policy in-$level --json > /out/plan.json; ok $? "a plan"
run main /bin/lockdown-probe --destructive </dev/null > /out/main.tsv 2>/out/err; ok $? "probes in a container"
sed 's/^/# /' /out/err | tail -n 5
detached long /bin/sleep 600 </dev/null >/dev/null 2>/out/err; ok $? "a container in the background"
sed 's/^/# /' /out/err | tail -n 5
[ "$(insides)" = 1 ]; ok $? "has lockdown-exec"
into long /bin/cat /proc/1/cmdline </dev/null 2>/dev/null | tr '\0' ' ' | grep -q '^/.container-lockdown/exec --in-container -- /bin/sleep'; ok $? "as its first process"
into long /bin/lockdown-probe --destructive </dev/null > /out/exec.tsv 2>/out/err; ok $? "probes in an exec session"
sed 's/^/# /' /out/err | tail -n 5
into long /bin/sh -c 'exit 7' </dev/null >/dev/null 2>&1; [ $? = 7 ]; ok $? "its exit status"
into_as long 1000 /bin/sh -c "/bin/busybox id -u; $held" </dev/null > /out/as.txt 2>&1
grep -q '^1000' /out/as.txt && refused /out/as.txt; ok $? "a session of another user, confined"
terminal long "/bin/sh -c '/bin/busybox tty; /bin/busybox id -u; $held'" </dev/null > /out/tty.txt 2>&1
grep -q '/dev/pts/' /out/tty.txt && grep -q '^1000' /out/tty.txt && refused /out/tty.txt; ok $? "one on a terminal"
run_as other 1000 /bin/sh -c "/bin/busybox id -u; $held; /bin/cat /proc/1/cmdline; echo" </dev/null > /out/other.txt 2>&1
if grep -q '^ctr run has no' /out/other.txt; then
	skip "another user's container" "$(cat /out/other.txt)"
else
	tr '\0' ' ' < /out/other.txt | grep -q -- '--as=1000 ' && grep -q '^1000' /out/other.txt && refused /out/other.txt; ok $? "another user's container, confined"
fi
detached term /bin/sh -c 'trap "echo stopped > /out/stopped; exit 5" TERM; : > /out/waiting; while :; do /bin/sleep 0.2; done' </dev/null >/dev/null 2>&1
wait_for test -e /out/waiting; end term; [ "$(cat /out/stopped)" = stopped ]; ok $? "a container is stopped by its signal"
lockdownctl events --json > /out/events.json
[ "$(grep '"reason":"PERF"' /out/events.json | grep -c '"container":')" -ge 4 ]; ok $? "what was refused is told, of which container"
free control /bin/lockdown-probe --only $few </dev/null > /out/free.tsv 2>/out/err; ok $? "a container beside it"
stop long
wait_for none_left; ok $? "nothing is left behind"
echo $level > /sys/kernel/security/lockdown
free native /bin/lockdown-probe --destructive </dev/null > /out/native.tsv 2>/out/err; ok $? "probes on the natively locked kernel"
sed 's/^/# /' /out/err | tail -n 5
plan
exit 0
