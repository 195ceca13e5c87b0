# SPDX-License-Identifier: BSD-2-Clause
"""verdicts.py PLAN NATIVE OURS LIST NAME [LEAST]: verdicts under a plan that is not exact everywhere, held against the kernel's.

Every probe's answer is the same as the kernel's, refuses more, or refuses less; what a reason's probes may do is what
the plan says of the reason. Prints one line per reason in force, "STATUS TEXT", and comments.
"""
import collections
import json
import sys

plan_path, native_path, ours_path, list_path, title = sys.argv[1:6]
least = int(sys.argv[6]) if len(sys.argv) > 6 else 100
plan = {r["name"]: r for r in json.load(open(plan_path))["reasons"]}


def table(path):
    rows = (line.rstrip("\n").split("\t") for line in open(path))
    return {r[0]: r[1:] for r in rows if len(r) >= 3}


native, ours = table(native_path), table(ours_path)
reason_of = {i: r[0] for i, r in table(list_path).items()}
compared = collections.Counter()
found = collections.defaultdict(lambda: collections.defaultdict(list))
for probe, n in native.items():
    o = ours.get(probe, ["missing"])
    row = plan.get(reason_of.get(probe, "?"), {"held": "", "held_by": []})
    if n[0] == "skip":
        continue
    # what has to be opened or mounted first cannot be: only where files are held, and then it is refused too
    if o[0] == "skip" and not (row["held"] == "stricter" and {"landlock", "mask"} & set(row["held_by"])):
        continue
    if o[0] == "skip":
        kind = "stricter"
    elif n[:2] == o[:2] and (n[0] == "err" or n[2:] == o[2:]):
        kind = "same"
    elif n[0] == "err" and o[0] == "err":
        kind = "stricter"  # refused by both, in other words
    elif o[0] == "err":
        kind = "stricter"
    else:
        kind = "weaker"
    found[reason_of.get(probe, "?")][kind].append(probe)
    compared[kind] += 1
    if kind != "same":
        print(f"# {title}: {probe}: kernel {' '.join(n)}; here {' '.join(o)}")

bad = 0
for name, row in plan.items():
    if row["want"] != "enforce" or not found[name]:
        continue
    kinds = found[name]
    allowed = {"exact": {"same"}, "caveat": {"same"}, "stricter": {"same", "stricter"}}.get(row["held"], {"same", "stricter", "weaker"})
    wrong = [p for k, probes in kinds.items() if k not in allowed for p in probes]
    # a gap that is none is the plan's mistake as well
    idle = row["held"] == "not held" and not kinds.get("weaker") and len(kinds.get("same", [])) > 2
    what = ", ".join(f"{len(p)} {k}" for k, p in sorted(kinds.items()))
    print(f"{int(bool(wrong))} {title}: {name} is {row['held']}: {what}{': wrong: ' + ' '.join(wrong) if wrong else ''}"
          f"{' (a gap that shows in no probe)' if idle else ''}")
    bad += bool(wrong)
print(f"{int(compared['same'] < least * 0.4 or sum(compared.values()) < least)} {title}: {sum(compared.values())} verdicts: {dict(compared)}")
sys.exit(0)
