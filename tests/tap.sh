# SPDX-License-Identifier: BSD-2-Clause
# TAP for shell suites: source it, call ok/skip, end with plan.
tap_n=0 tap_bad=0
ok() { # STATUS TEXT: one result
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then echo "ok $tap_n - $2"; else echo "not ok $tap_n - $2"; tap_bad=$((tap_bad + 1)); fi
}
skip() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1 # skip $2"; }
check() { # TEXT COMMAND...: ok if the command succeeds
	local text=$1
	shift
	"$@"
	ok $? "$text"
}
plan() { echo "1..$tap_n"; [ "$tap_bad" = 0 ]; }
