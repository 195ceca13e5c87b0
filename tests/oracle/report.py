#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Compares what the kernels said, natively and under lockdown-exec.

    report.py RESULTS [--md FILE] [--json FILE] [--tap FILE]

RESULTS holds KERNEL/RUN/STATE.KIND as tests/oracle/run leaves them: one line
per question, "key TAB ok|err|skip TAB errno TAB detail". Every expectation is
another file of the same directory; what is known to differ is found by rules
that ask the plan of that kernel and bpf/seals.def, and name the kernel's source.
Prints the matrix; exits with 1 if a difference has no explanation, or if a
mutation was not noticed.
"""
import argparse
import datetime
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LEVELS = ("integrity", "confidentiality")
STATES = ("none",) + LEVELS

# run -> what it is
ENGINES = {
    "lsm": "BPF programs of type LSM",
    "fmod_ret": "the same as fmod_ret, on a kernel booted with `bpf` not in `lsm=`",
}

# What is compared: title, (native run, state, kind), (our run, state, kind). {e} is the engine, {l} the level.
# The states of a nested lockdown-exec are held to the tighter of its two levels.
COMPARISONS = (
    ("every number, asked by the module", ("native", "{l}", "ask"), ("{e}", "{l}", "ask")),
    ("probes", ("native", "{l}", "probes"), ("{e}", "{l}", "probes")),
    ("probes, in a second thread", ("native", "{l}", "thread"), ("{e}", "{l}", "thread")),
    ("probes, in a grandchild in its own namespaces", ("native", "{l}", "grandchild-ns"), ("{e}", "{l}", "grandchild-ns")),
    ("probes, after setuid and back", ("native", "{l}", "setuid"), ("{e}", "{l}", "setuid")),
    ("probes, as an ia32 program", ("native", "{l}", "ia32"), ("{e}", "{l}", "ia32")),
    ("probes, as root of a new user namespace", ("native", "{l}", "userns"), ("{e}", "{l}", "userns")),
    ("descriptors opened before, passed in", ("native", "{l}", "fd"), ("{e}", "{l}", "fd")),
    ("XFRM-5, with a partner outside", ("native", "{l}", "partner"), ("{e}", "{l}", "partner")),
    ("all files, policy without seals", ("native", "{l}", "crawl"), ("{e}", "{l}", "crawl-unsealed")),
    ("all files, policy as shipped", ("native", "{l}", "crawl"), ("{e}", "{l}", "crawl")),
    ("operations that have to stay allowed, policy without seals", ("native", "{l}", "works"), ("{e}", "{l}", "works-unsealed")),
    ("operations that have to stay allowed, policy as shipped", ("native", "{l}", "works"), ("{e}", "{l}", "works")),
    ("a part of the files, policy without seals", ("native", "{l}", "part"), ("{e}", "{l}", "part-unsealed")),
    ("a part of the files, policy as shipped", ("native", "{l}", "part"), ("{e}", "{l}", "part")),
)
ONCE = (
    ("beside it, not confined: every number", ("native", "none", "ask"), ("{e}", "none", "ask")),
    ("beside it, not confined: probes", ("native", "none", "probes"), ("{e}", "none", "probes")),
    ("beside it, not confined: all files", ("native", "none", "crawl"), ("{e}", "none", "crawl")),
    ("confidentiality nested in integrity: probes", ("native", "confidentiality", "probes"), ("{e}", "confidentiality-in-integrity", "nested")),
    ("integrity nested in confidentiality: probes", ("native", "confidentiality", "probes"), ("{e}", "integrity-in-confidentiality", "nested")),
    ("confidentiality nested in integrity: every number", ("native", "confidentiality", "ask"), ("{e}", "confidentiality-in-integrity", "nested-ask")),
    ("integrity nested in confidentiality: every number", ("native", "confidentiality", "ask"), ("{e}", "integrity-in-confidentiality", "nested-ask")),
)
BOOTED = (
    ("probes, level from the kernel's command line", ("booted", "{l}", "probes"), ("lsm", "{l}", "probes")),
    ("all files, level from the kernel's command line", ("booted", "{l}", "crawl"), ("lsm", "{l}", "crawl-unsealed")),
    ("probes: booted against raised, both native", ("booted", "{l}", "probes"), ("native", "{l}", "probes")),
    ("all files: booted against raised, both native", ("booted", "{l}", "crawl"), ("native", "{l}", "crawl")),
)


# A comparison of next to nothing must not pass: so many questions at least.
FLOORS = {"ask": 30, "nested-ask": 30, "probes": 100, "thread": 100, "grandchild-ns": 100, "setuid": 100, "userns": 30, "ia32": 90,
          "nested": 100, "fd": 2, "partner": 1, "crawl": 60000, "crawl-unsealed": 60000,
          "works": 500, "works-unsealed": 500, "part": 9000, "part-unsealed": 9000}


class Results:
    """The files of one run of the matrix, read once."""

    def __init__(self, top):
        self.top = top
        self.kernels = sorted((k for k in os.listdir(top) if os.path.isdir(os.path.join(top, k))),
                              key=lambda k: [int(n) for n in k.split(".")])
        self.cache = {}

    def path(self, kernel, run, name):
        return os.path.join(self.top, kernel, run, name)

    def table(self, kernel, run, state, kind):
        path = self.path(kernel, run, f"{state}.{kind}")
        if path not in self.cache:
            self.cache[path] = read_table(path)
        return self.cache[path]

    def native(self, kernel, engine, run, state, kind):
        """What the run of an engine is held to: on a kernel with the same command line, if there was one."""
        same = self.table(kernel, f"{run}-{engine}", state, kind)
        return self.table(kernel, run, state, kind) if same is None else same

    def document(self, kernel, run, name):
        try:
            with open(self.path(kernel, run, name), encoding="utf-8") as f:
                return json.load(f)
        except FileNotFoundError:
            return None

    def text(self, kernel, name):
        try:
            with open(os.path.join(self.top, kernel, name), encoding="utf-8") as f:
                return f.read().strip()
        except FileNotFoundError:
            return ""


# Names that devices get in the order in which they are found, which is not the same in every boot: the number goes,
# the device above it tells which one it is.
RENUMBERED = re.compile(r"(?<=/input/)input[0-9]+(/(?:event|mouse|js)[0-9]+)?|(?<=/)input[0-9]+(?=::)")


def same_name(key, table):
    """The key without such a number; the second of the same name is told apart."""
    base = name = RENUMBERED.sub(lambda m: re.sub("[0-9]+", "N", m[0]), key)
    n = 1
    while base != key and name in table:
        n += 1
        name = f"{base}#{n}"
    return name


def read_table(path):
    """None if the run did not ask this."""
    if not os.path.exists(path):
        return None
    table = {}
    crawled = os.path.basename(path).partition(".")[2] in FILE_KINDS
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            fields = line.rstrip("\n").split("\t")
            if len(fields) >= 4:
                table[same_name(fields[0], table) if crawled else fields[0]] = tuple(fields[1:4])
    return table


def shown(answer):
    if answer is None:
        return "not asked"
    verdict, error, detail = answer
    word = {"ok": "ok", "skip": "not run"}.get(verdict, error if error != "-" else verdict)
    return word if detail == "-" else f"{word} ({detail})"


def direction(native, ours):
    if native and ours and native[0] == "ok" and ours[0] == "err":
        return "stricter"
    if native and ours and native[0] == "err" and ours[0] == "ok":
        return "weaker"
    return "different"


# --- what may differ, and why -------------------------------------------------------------------------------------

FILE_SYSTEMS = {"PROC": "/proc/", "SYSFS": "/sys/", "SECURITYFS": "/sys/kernel/security/",
                "BINFMT": "/proc/sys/fs/binfmt_misc/", "CGROUP1": None}


def read_seals():
    """bpf/seals.def as [(seal, prefix of paths, end of paths)]"""
    rows = []
    with open(os.path.join(ROOT, "bpf", "seals.def"), encoding="utf-8") as f:
        for m in re.finditer(r'^SEALED\((\w+), (\w+), (\w+), "([^"]*)", "([^"]*)"\)', f.read(), re.M):
            prefix = FILE_SYSTEMS[m[3]]
            if prefix:
                rows.append((m[2], prefix, f"/{m[4]}/{m[5]}" if m[4] else f"/{m[5]}"))
    return rows


SEALS = read_seals()


def sealed(key, with_policy):
    """The seal of bpf/seals.def that this question of the crawl meets."""
    mode, _, path = key.partition(":")
    if mode != "w":
        return None
    for seal, prefix, end in SEALS:
        if path.startswith(prefix) and path.endswith(end) and (with_policy or seal == "NONE"):
            return seal.lower()
    return None


class Difference:
    def __init__(self, kernel, run, state, kind, key, native, ours, context):
        self.kernel, self.run, self.state, self.kind, self.key = kernel, run, state, kind, key
        self.native, self.ours, self.context = native, ours, context
        self.direction = direction(native, ours)
        self.rule = None

    def reason(self):
        return self.context["reasons"].get(int(self.key), None) if self.kind in ("ask", "nested-ask") else self.context["probe_reason"].get(self.key)

    def planned(self):
        return self.context["plan"].get(self.reason())


class Rule:
    def __init__(self, name, source, text, match):
        self.name, self.source, self.text, self.match = name, source, text, match


ASK = ("ask", "nested-ask")
FILE_KINDS = ("crawl", "crawl-unsealed", "part", "part-unsealed")
SEALED_KINDS = ("crawl", "part")
WORK_KINDS = ("works", "works-unsealed")
PROBE_KINDS = tuple(k for k in FLOORS if k not in ASK + FILE_KINDS + WORK_KINDS)
RULES = (
    Rule("absent", "arch/powerpc/xmon/xmon.c, arch/powerpc/kernel/rtas.c, arch/powerpc/platforms/pseries/reconfig.c",
         "The plan says that this kernel has no place that asks for the reason (held by \"absent\"), so the engine has no answer ready; only the test's module asks.",
         lambda d: d.kind in ASK and d.direction == "weaker" and d.planned() and d.planned()["held_by"] == ["absent"]),
    Rule("by seal", "kernel/debug/debug_core.c:kgdb_cpu_enter, kernel/debug/kdb/kdb_main.c:kdb_check_for_lockdown",
         "The debuggers remember one refusal for the whole machine, so the plan holds the reason by a seal on the way in (/proc/sysrq-trigger) and never answers it per task.",
         lambda d: d.kind in ASK and d.direction == "weaker" and d.planned() and d.planned()["held_by"] == ["seal"]),
    Rule("boundary", "security/lockdown/lockdown.c:lockdown_is_locked_down",
         "INTEGRITY_MAX is the mark between the levels, not a reason: nothing in the kernel asks for it. The kernel compares numbers and refuses it from integrity on.",
         lambda d: d.kind in ASK and d.direction == "weaker" and (d.reason() or "").endswith("_MAX")),
    Rule("switch", "kernel/trace/ftrace.c:ftrace_enable_sysctl",
         "kernel.ftrace_enabled would turn the engine off. What is written to it is looked at where the policy seals helpers (else a program of type CGROUP_SYSCTL could change it afterwards): there it may be written what it is; elsewhere it is closed.",
         lambda d: d.direction == "stricter" and (d.kind in FILE_KINDS and sealed(d.key, False)
                                                  or d.kind in WORK_KINDS and d.key in ("opened-for-writing-proc-sys-kernel-ftrace_enabled",
                                                                                     "write-ftrace_enabled"))),
    Rule("pins", "fs/namespace.c:do_umount",
         "In the mount namespace of the loader nothing is unmounted lazily: a tree goes with all that is mounted in it, the engine's pins too. In any other mount namespace it is allowed (`umount-detach`, `pivot-root`).",
         lambda d: d.kind in WORK_KINDS and d.key == "umount-lazy-here" and d.direction == "stricter"),
    Rule("seal", "bpf/seals.def",
         "Files that confined tasks may not open for writing because the policy asks for seals; the same crawl with \"seals\": \"none\" has none of these.",
         lambda d: d.kind in SEALED_KINDS and sealed(d.key, True) and d.direction == "stricter"),
    Rule("works seal", "bpf/seals.def, SECURITY.md",
         "Operations that a seal of the shipped policy refuses: the same operation in the same guest with \"seals\": \"none\" answers as the native kernel.",
         lambda d: d.kind == "works" and d.direction == "stricter" and d.context["works_unsealed"].get(d.key) == d.native),
    Rule("ptrace seal", "fs/proc/base.c:proc_mem_open",
         "The memory of a process that is not confined (here PID 1): the seal \"ptrace\"; readable with \"seals\": \"none\".",
         lambda d: d.kind in SEALED_KINDS and d.key.partition(":")[2] == "/proc/1/mem"
         and d.context["unsealed"].get(d.key) == d.native),
    Rule("partner", "net/xfrm/xfrm_user.c:xfrm_redact",
         "Asked in the task that changes the association, not in the one that listens: natively both are locked down, here the partner outside is not, and its key is seen. The plan says so (a caveat).",
         lambda d: d.kind == "partner" and d.planned() and d.planned()["held"] == "caveat"),
)

TRACING = re.compile(r"[rwm]:/sys/kernel/(debug/)?tracing/")

# Natively locked from the first instruction on, against raised later.
BOOT_RULES = (
    Rule("no tracefs", "kernel/trace/trace.c:tracing_init_dentry, fs/tracefs/inode.c:tracefs_create_file, tracefs_create_dir",
         "A kernel that boots at confidentiality never creates the files of tracefs; where the level is raised later, and under lockdown-exec, they exist and answer.",
         lambda d: d.state == "confidentiality" and
         (d.native is None and TRACING.match(d.key) if d.kind.startswith("crawl") else
          d.native and d.native[0] == "skip" and re.search(r"tracefs|tracepoint", d.native[2]) and d.native[2].endswith("ENOENT"))),
)


def explain(difference, rules):
    for rule in rules:
        if rule.match(difference):
            difference.rule = rule
            return


# --- comparing ----------------------------------------------------------------------------------------------------

class Comparison:
    def __init__(self, title, kernel, native_name, ours_name, state, kind, native, ours, context, rules):
        self.title, self.kernel, self.run, self.state, self.kind = title, kernel, ours_name, state, kind
        self.against = native_name
        self.differences = []
        self.equal = self.not_run = 0
        for key in sorted(set(native) | set(ours)):
            a, b = native.get(key), ours.get(key)
            if a == b:
                if a[0] == "skip":
                    self.not_run += 1
                else:
                    self.equal += 1
                continue
            d = Difference(kernel, ours_name, state, kind, key, a, b, context)
            explain(d, rules)
            self.differences.append(d)

    def count(self, what):
        return sum(d.direction == what for d in self.differences)

    def enough(self):
        return self.equal + len(self.differences) >= FLOORS[self.kind]

    def unexplained(self):
        return [d for d in self.differences if not d.rule]


def context_of(results, kernel, run, state, probe_reason):
    level = state if state in LEVELS else "confidentiality"
    plan = results.document(kernel, run, f"plan-{level}.json") or results.document(kernel, "lsm", f"plan-{level}.json") or {"reasons": []}
    facts = results.document(kernel, run, "facts.json") or results.document(kernel, "lsm", "facts.json") or {"reasons": ""}
    names = dict(word.split("=") for word in facts["reasons"].split())
    return {
        "plan": {r["name"]: r for r in plan["reasons"]},
        "reasons": {int(n): name for name, n in names.items()},
        "probe_reason": probe_reason,
        "works_unsealed": results.table(kernel, run, level, "works-unsealed") or {},
        "unsealed": results.table(kernel, run, level, "crawl-unsealed") or results.table(kernel, run, level, "part-unsealed") or {},
    }


def compare_all(results, probe_reason):
    found = []

    def one(title, kernel, left, right, engine, level, rules):
        fill = {"e": engine, "l": level}
        left = tuple(w.format(**fill) for w in left)
        right = tuple(w.format(**fill) for w in right)
        native, ours = results.native(kernel, engine, *left), results.table(kernel, *right)
        if native is None or ours is None:
            return
        context = context_of(results, kernel, right[0], right[1], probe_reason)
        found.append(Comparison(title, kernel, left[0], right[0], right[1], right[2], native, ours, context, rules))

    for kernel in results.kernels:
        for engine in ENGINES:
            for row in ONCE:
                one(*row[:1], kernel, *row[1:], engine, "none", RULES)
            for level in LEVELS:
                for row in COMPARISONS:
                    one(*row[:1], kernel, *row[1:], engine, level, RULES)
        for level in LEVELS:
            for row in BOOTED:
                one(*row[:1], kernel, *row[1:], "lsm", level, BOOT_RULES + RULES)
    return found


# --- is the comparison able to fail? ------------------------------------------------------------------------------

def differs(native, ours):
    return {k for k in set(native) | set(ours) if native.get(k) != ours.get(k)}


def seals_hold(results, kernel, engine):
    """
    The other direction of the rule "seal": no file of the table was forgotten. But for the switch, which a policy
    that seals helpers lets a task open (tests/vm/engine tries what may be written to it).
    """
    rows = []
    for level in LEVELS:
        kind = "crawl" if results.table(kernel, engine, level, "crawl") else "part"
        native, ours = results.table(kernel, "native", level, kind), results.table(kernel, engine, level, kind)
        if native and ours:
            there = [k for k, answer in native.items() if answer[0] == "ok" and (sealed(k, True) or "none") != "none"]
            refused = [k for k in there if ours.get(k, ("",) * 3)[1] == "EPERM"]
            rows.append((kernel, engine, f"{level}: every file of bpf/seals.def that this kernel lets root write is refused",
                         len(refused) == len(there) > 0, f"{len(refused)} of {len(there)}"))
    return rows


def enough_allowed(results, kernel, engine):
    """A list of operations that the locked-down kernel refuses as well would show nothing."""
    rows = []
    for level in LEVELS:
        native = results.native(kernel, engine, "native", level, "works")
        ours = results.table(kernel, engine, level, "works-unsealed")
        if native and ours:
            allowed = [k for k, answer in native.items() if answer[0] == "ok"]
            same = [k for k in allowed if ours.get(k) == native[k]]
            rows.append((kernel, engine, f"{level}: at least 200 operations are allowed natively and under lockdown-exec",
                         len(same) >= 200, f"{len(same)} of {len(allowed)}"))
    return rows


def checks(results):
    """[(kernel, engine, what, passed, detail)]"""
    rows = []
    for kernel in results.kernels:
        native = {kind: results.table(kernel, "native", "confidentiality", kind) for kind in ("ask", "probes")}
        for engine in ENGINES:
            ours = results.table(kernel, engine, "confidentiality", "probes")
            off = results.table(kernel, engine, "none", "probes")
            rows += seals_hold(results, kernel, engine)
            rows += enough_allowed(results, kernel, engine)
            if not ours or not native["probes"]:
                continue
            if off:
                n = len(differs(native["probes"], off))
                rows.append((kernel, engine, "mutation noticed: engine off", n > 0, f"{n} probes answer otherwise"))
            files = results.table(kernel, "native", "confidentiality", "crawl"), results.table(kernel, engine, "none", "crawl")
            if all(files):
                n = len(differs(*files))
                rows.append((kernel, engine, "mutation noticed: engine off: files", n > 0, f"{n} answers otherwise"))
            victim = next((k for k, v in sorted(ours.items()) if v[0] == "ok" and k.endswith("a")), None)
            if victim:
                fake = dict(ours)
                fake[victim] = ("err", "EPERM", "-")
                new = differs(native["probes"], fake) - differs(native["probes"], ours)
                rows.append((kernel, engine, "mutation noticed: one probe always says EPERM", new == {victim}, f"{victim} is reported"))
            allow = results.table(kernel, engine, "mutant-allow", "probes") or read_table(results.path(kernel, engine, "mutant-allow.probes"))
            if allow:
                bad = {k for k in allow if allow[k] != native["probes"].get(k)}
                rows.append((kernel, engine, "mutation noticed: one reason dropped (--allow KCORE): probes", bool(bad), f"{len(bad)} of {len(allow)} probes of the reason answer otherwise"))
            rows += dropped_reasons(results, kernel, engine, native["ask"])
    return rows


def dropped_reasons(results, kernel, engine, native):
    path = results.path(kernel, engine, "mutants.ask")
    if not native or not os.path.exists(path):
        return []
    context = context_of(results, kernel, engine, "confidentiality", {})
    number = {name: str(n) for n, name in context["reasons"].items()}
    usual = differs(native, results.table(kernel, engine, "confidentiality", "ask"))
    answers = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            reason, n, verdict, error, detail = line.rstrip("\n").split("\t")
            answers.setdefault(reason, {})[n] = (verdict, error, detail)
    missed, noticed = [], 0
    for reason, table in answers.items():
        new = {n for n in table if table[n] != native.get(n)} - usual
        want = {number[reason]} - usual
        if not want:
            continue
        noticed += new == want
        if new != want:
            missed.append(reason)
    return [(kernel, engine, "mutation noticed: each reason dropped in turn (--allow REASON): numbers", not missed and noticed > 0,
             f"{noticed} of {noticed + len(missed)} noticed, each exactly where it was dropped" + (": not " + ", ".join(missed) if missed else ""))]


# --- telling ------------------------------------------------------------------------------------------------------

def cell(text):
    return str(text).replace("|", "\\|")


def row(*cells):
    return "| " + " | ".join(cell(c) for c in cells) + " |\n"


def header(*cells):
    return row(*cells) + "|" + "---|" * len(cells) + "\n"


def read_list(path):
    """lockdown-probe --list: [{id, reason, interface, source, flags}]"""
    with open(path, encoding="utf-8") as f:
        return [dict(zip(("id", "reason", "interface", "source", "flags"), line.rstrip("\n").split("\t"))) for line in f]


def verdict_word(answer):
    return "not asked" if answer is None else {"ok": "ok", "skip": "–"}.get(answer[0], answer[1])


def native_verdicts(results, kernel, key, kind):
    tables = [results.table(kernel, "native", s, kind) for s in STATES]
    return " / ".join(verdict_word(t.get(key)) for t in tables if t is not None)


def against_native(results, kernel, engine, key, kind, explained):
    """"=" or what differs, over all levels"""
    words, any_ran = [], False
    for level in LEVELS:
        native, ours = results.table(kernel, "native", level, kind), results.table(kernel, engine, level, kind)
        if native is None or ours is None:
            continue
        if native.get(key) != ours.get(key):
            mark = explained.get((kernel, engine, level, kind, key))
            words.append(f"{level}: {verdict_word(ours.get(key))}" + (f" ({mark})" if mark else " **unexplained**"))
        any_ran |= bool(native.get(key)) and native[key][0] != "skip"
    return "; ".join(words) if words else "=" if any_ran else "–"


def columns(results):
    return [(k, e) for k in results.kernels for e in ENGINES
            if results.table(k, e, "confidentiality", "probes") is not None or results.table(k, e, "confidentiality", "ask") is not None]


def summary_row(c):
    u = len(c.unexplained())
    return (c.kernel, c.run, c.state, c.title, c.equal, c.count("stricter"), c.count("weaker"), c.count("different"), u, c.not_run)


SUMMARY = ("kernel", "engine", "state", "what was compared", "equal", "stricter", "weaker", "otherwise", "of these unexplained", "not run")


def write_md(path, results, probes, comparisons, rows, left_out):
    explained = {(d.kernel, d.run, d.state, d.kind, d.key): d.rule.name for c in comparisons if c.against == "native" for d in c.differences if d.rule}
    ours = [c for c in comparisons if c.against == "native"]
    boot = [c for c in comparisons if c.against == "booted"]
    cols = columns(results)
    unexplained = [d for c in comparisons for d in c.unexplained()]
    with open(path, "w", encoding="utf-8") as f:
        w = f.write
        w("# Parity: measured against kernels that are really locked down\n\n")
        w("Written by `make oracle`; do not edit. Every expected value is what the natively locked kernel answered in\n"
          "the same run of the matrix; nothing is typed in. The full data: `build/oracle/parity.json`.\n\n")
        w(f"Run of {datetime.date.today().isoformat()}, in QEMU without KVM, on:\n\n")
        w(header("kernel", "packages", "runs"))
        for k in results.kernels:
            w(row(k, results.text(k, "packages").replace("\n", ", "), ", ".join(r for r in sorted(os.listdir(os.path.join(results.top, k))) if os.path.isdir(os.path.join(results.top, k, r)))))
        w("\nEngines: " + "; ".join(f"{name}: {text}" for name, text in ENGINES.items()) + ".\n")
        for what, kinds in (("Probes", PROBE_KINDS), ("Files", FILE_KINDS), ("Operations that have to stay allowed", WORK_KINDS), ("Numbers that only the test's module asks for", ASK)):
            cs = [c for c in ours if c.kind in kinds]
            w(f"\n* {what}: **{sum(c.equal for c in cs)} answers equal to the locked-down kernel's, {sum(c.count('stricter') for c in cs)} stricter, "
              f"{sum(c.count('weaker') for c in cs)} weaker, {sum(c.count('different') for c in cs)} otherwise**")
        w(f"\n\n**{len(unexplained)} differences without an explanation below.**\n\n")
        w("The same, comparison by comparison:\n\n" + header(*SUMMARY))
        for c in ours:
            w(row(*summary_row(c)))

        w("\n## Known differences, and the source that explains each\n\n")
        w(header("name", "how many", "direction", "examples", "source", "why"))
        for rule in RULES:
            ds = [d for c in ours for d in c.differences if d.rule is rule]
            if ds:
                keys = sorted({d.reason() or d.key for d in ds}, key=str)
                w(row(rule.name, len(ds), ", ".join(sorted({d.direction for d in ds})), ", ".join(f"`{k}`" for k in keys[:25]) + (" …" if len(keys) > 25 else ""), f"`{rule.source}`", rule.text))
        if unexplained:
            w("\n### Without an explanation\n\n" + header("kernel", "engine", "state", "kind", "key", "native", "ours"))
            for d in unexplained:
                w(row(d.kernel, d.run, d.state, d.kind, f"`{d.key}`", shown(d.native), shown(d.ours)))

        w("\n## Every number of the kernel's question\n\n"
          "`security_locked_down(n)`, asked by a module in the task itself (tests/oracle/lkd_ask.c): also the reasons whose\n"
          "hardware, architecture or configuration a test machine lacks, and numbers that are no reason. Native: none /\n"
          "integrity / confidentiality. Numbers from CONFIDENTIALITY_MAX on the kernel refuses in every state, and warns.\n\n")
        by_engine = [(k, e) for k, e in cols if results.table(k, e, "confidentiality", "ask")]
        w(header("number", "name", *[f"native {k}" for k in results.kernels], *[f"{k} {e}" for k, e in by_engine]))
        numbers = sorted({int(n) for k in results.kernels for n in results.table(k, "native", "confidentiality", "ask") or {}})
        names = {}
        for k in results.kernels:
            for n, name in context_of(results, k, "lsm", "confidentiality", {})["reasons"].items():
                names.setdefault(n, [])
                if name not in names[n]:
                    names[n].append(name)
        for n in numbers:
            w(row(n, " or ".join(names.get(n, ["–"])), *[native_verdicts(results, k, str(n), "ask") for k in results.kernels],
                  *[against_native(results, k, e, str(n), "ask", explained) for k, e in by_engine]))

        w("\n## Every probe: reason, interface, call site\n\n"
          "Native: none / integrity / confidentiality, kernels that agree in one line. Engine: `=` where every level's\n"
          "verdict, errno and details are the native kernel's; – not run in any state.\n\n")
        w(header("probe", "reason", "interface", "call site", "native", *[f"{k} {e}" for k, e in cols]))
        for p in probes:
            native = {}
            for k in results.kernels:
                native.setdefault(native_verdicts(results, k, p["id"], "probes"), []).append(k)
            text = next(iter(native)) if len(native) == 1 else "; ".join(f"{', '.join(ks)}: {v}" for v, ks in native.items())
            w(row(p["id"], p["reason"], p["interface"], f"`{p['source']}`", text, *[against_native(results, k, e, p["id"], "probes", explained) for k, e in cols]))

        write_works(w, results)

        w("\n## Level from the boot loader\n\nA kernel booted with `lockdown=LEVEL` against one whose level was raised at run time, and against lockdown-exec.\n\n")
        w(header(*SUMMARY[:1], "against", *SUMMARY[2:]))
        for c in boot:
            w(row(*summary_row(c)))
        ds = {}
        for c in boot:
            for d in c.differences:
                ds.setdefault((d.rule.name if d.rule else "unexplained", d.rule.source if d.rule else "", d.rule.text if d.rule else ""), []).append(d)
        if ds:
            w("\n" + header("name", "how many", "source", "why"))
            for (name, source, text), items in sorted(ds.items()):
                w(row(name, len(items), f"`{source}`", text))

        w("\n## Could the comparison fail?\n\n" + header("kernel", "engine", "check", "passed", "how"))
        for kernel, engine, what, noticed, detail in rows:
            w(row(kernel, engine, what, "yes" if noticed else "**NO**", detail))

        w("\n## What was not run, and why\n\n")
        w(header("probe", "reason", "kernels", "why"))
        for p in probes:
            why = {}
            for k in results.kernels:
                tables = [t for t in (results.table(k, "native", s, "probes") for s in STATES) if t]
                answers = [t[p["id"]] for t in tables if p["id"] in t]
                if answers and all(a[0] == "skip" for a in answers):
                    why.setdefault(answers[0][2], []).append(k)
            for text, ks in why.items():
                w(row(p["id"], p["reason"], ", ".join(ks), text))
        for k in results.kernels:
            for line in results.text(k, "not-run").splitlines():
                w(row(*(line.split("\t") + [""] * 4)[:2], k, line.split("\t")[-1]))
        w("\nFiles that the crawl leaves out:\n\n" + header("path", "why"))
        for pattern, why in left_out:
            w(row(f"`{pattern}`", why))
        w("\nInput devices are numbered in the order in which they are found, which differs between boots: `input0` below\n"
          "one device is compared with `input1` below the same.\n")


def write_works(w, results):
    """By kind of operation; whatever differs is listed above."""
    kernels = [(k, e) for k in results.kernels for e in ENGINES if results.table(k, e, "integrity", "works-unsealed")]
    if not kernels:
        return
    w("\n## Operations that have to stay allowed\n\n"
      "Really performed by tests/works: mounts, devices, modules, namespaces, cgroups, BPF, tracing, sysctls, netlink …, by kind\n"
      "(the first word of the name). Native: how many the kernel allows at integrity / confidentiality. Engine, policies without\n"
      "seals: how many of these answer the same, and `=` where that is all of them.\n\n")
    w(header("kind", "operations", *[f"native {k}" for k in results.kernels], *[f"{k} {e}" for k, e in kernels]))

    def allowed(kernel, engine, level, kind):
        native = results.native(kernel, engine, "native", level, "works") or {}
        return {key: a for key, a in native.items() if a[0] == "ok" and key.split("-")[0] == kind}

    names = {key for k, e in kernels for key in results.table(k, e, "integrity", "works-unsealed")}
    for kind in sorted({name.split("-")[0] for name in names}):
        cells = [" / ".join(str(len(allowed(k, "lsm", level, kind))) for level in LEVELS) for k in results.kernels]
        for k, e in kernels:
            words = []
            for level in LEVELS:
                native, ours = allowed(k, e, level, kind), results.table(k, e, level, "works-unsealed") or {}
                same = sum(ours.get(key) == a for key, a in native.items())
                words.append("=" if same == len(native) else str(same))
            cells.append(" / ".join(words))
        w(row(kind, sum(name.split("-")[0] == kind for name in names), *cells))


def write_json(path, results, probes, comparisons, rows, left_out):
    def plain(answer):
        return None if answer is None else {"verdict": answer[0], "errno": None if answer[1] == "-" else answer[1], "detail": None if answer[2] == "-" else answer[2]}

    def questions(kind, keys, ours_kind=None):
        out = []
        for k, e in columns(results):
            for state in STATES:
                native, ours = results.native(k, e, "native", state, kind), results.table(k, e, state, ours_kind or kind)
                if native is None or ours is None:
                    continue
                for key in keys(native):
                    out.append({"key": key, "kernel": k, "engine": e, "state": state, "native": plain(native.get(key)),
                                "ours": plain(ours.get(key)), "equal": native.get(key) == ours.get(key)})
        return out

    document = {
        "date": datetime.date.today().isoformat(),
        "kernels": {k: results.text(k, "packages").splitlines() for k in results.kernels},
        "probes": probes,
        "answers": questions("probes", lambda t: [p["id"] for p in probes if p["id"] in t]),
        "numbers": questions("ask", lambda t: sorted(t, key=int)),
        "ia32": questions("ia32", sorted),
        "operations": questions("works", sorted, "works-unsealed"),
        "comparisons": [{
            "what": c.title, "kernel": c.kernel, "native": c.against, "engine": c.run, "state": c.state, "kind": c.kind, "equal": c.equal,
            "stricter": c.count("stricter"), "weaker": c.count("weaker"), "different": c.count("different"),
            "unexplained": len(c.unexplained()), "not_run": c.not_run,
            "differences": [{"key": d.key, "direction": d.direction, "native": plain(d.native), "ours": plain(d.ours),
                             "explanation": d.rule.name if d.rule else None} for d in c.differences[:500]],
        } for c in comparisons],
        "explanations": {r.name: {"source": r.source, "why": r.text} for r in RULES + BOOT_RULES},
        "checks": [dict(zip(("kernel", "engine", "check", "passed", "how"), r)) for r in rows],
        "left_out": [{"path": p, "why": y} for p, y in left_out],
        "not_run": {k: results.text(k, "not-run").splitlines() for k in results.kernels},
    }
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f, indent=1)
        f.write("\n")


def print_matrix(comparisons, out):
    for c in comparisons:
        print(f"{c.kernel:5} {c.run:9} {c.state:29} {c.title}: {c.equal} equal, {c.count('stricter')} stricter, {c.count('weaker')} weaker, "
              f"{c.count('different')} otherwise, {len(c.unexplained())} unexplained, {c.not_run} not run", file=out)


def main():
    parser = argparse.ArgumentParser(description="compare what the kernels said")
    parser.add_argument("results")
    parser.add_argument("--md")
    parser.add_argument("--json")
    parser.add_argument("--tap", action="store_true", help="print STATUS TAB TEXT for tests/tap.sh instead of the matrix")
    args = parser.parse_args()
    results = Results(args.results)
    probes = read_list(os.path.join(args.results, "probes.list"))
    with open(os.path.join(args.results, "left-out"), encoding="utf-8") as f:
        left_out = [line.rstrip("\n").split("\t") for line in f]
    comparisons = compare_all(results, {p["id"]: p["reason"] for p in probes})
    rows = checks(results)
    bad = [d for c in comparisons for d in c.unexplained()]
    missed = [r for r in rows if not r[3]]
    if args.tap:
        for c in comparisons:
            n = c.equal + len(c.differences)
            print(f"{int(bool(c.unexplained()) or not c.enough())}\t{c.kernel} {c.run} {c.state}: {c.title}: {c.equal} of {n} equal, {len(c.differences) - len(c.unexplained())} explained, {c.not_run} not run")
            for d in c.unexplained()[:20]:
                print(f"#\t{d.key}: natively {shown(d.native)}, ours {shown(d.ours)}")
        for kernel, engine, what, noticed, detail in rows:
            print(f"{int(not noticed)}\t{kernel} {engine}: {what}: {detail}")
    else:
        print_matrix(comparisons, sys.stdout)
        for d in bad[:200]:
            print(f"unexplained: {d.kernel} {d.run} {d.state} {d.kind} {d.key}: natively {shown(d.native)}, ours {shown(d.ours)}")
        for r in rows:
            print(f"{'passed' if r[3] else 'FAILED'}: {r[0]} {r[1]}: {r[2]}: {r[4]}")
    if args.md:
        write_md(args.md, results, probes, comparisons, rows, left_out)
    if args.json:
        write_json(args.json, results, probes, comparisons, rows, left_out)
    few = [c for c in comparisons if not c.enough()]
    if not args.tap:
        for c in few:
            print(f"too few answers: {c.kernel} {c.run} {c.state}: {c.title}")
    return bool(bad or missed or few or not comparisons)


if __name__ == "__main__":
    sys.exit(main())
