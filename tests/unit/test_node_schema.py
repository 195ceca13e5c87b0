#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The JSON Schema and the parser say the same about node policies.

usage: test_node_schema.py [POLICY_VERDICT]

As test_schema.py: a corpus from a fixed seed, put to both. Prints TAP.
"""
import copy
import json
import os
import random
import subprocess
import sys

SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(SRC, "build"))

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)

MATCH = {
    "namespace": ["a-*", "b"], "pod": ["x"], "container": ["c?"], "image": ["r.example/*"], "handler": ["lockdown"],
    "annotations": {"example.org/a": ["b*"], "c": ["d"]}, "labels": {"app": ["x"]}, "privileged": True, "sandbox": False,
    "host": ["pid", "network"], "capabilities": ["SYS_ADMIN", "BPF"], "devices": ["/dev/nvidia*"],
}
GOOD = {
    "$schema": "node.schema.json", "description": "x", "cri": "containerd", "floor": "integrity", "privileged": "unconfined",
    "other": "privileged-default",
    "rules": [
        {"name": "all", "description": "\u00fc", "match": MATCH, "policy": "confidentiality"},
        {"name": "free", "match": {}, "policy": "unconfined", "exception": "because \u00e4"},
    ],
    "exceptions": {"namespaces": ["kube-system"]}, "tighten": ["container-lockdown.policy", "b"],
    "without-engine": {"unconfined-namespaces": ["kube-*"]},
    "catch-all": {"exempt-cgroups": ["/user.slice", "/system.slice/a.service"]},
}
ODD = [None, True, False, 0, -1, 1.5, "", "x", " ", "x\n", "a\tb", "unconfined", "A", "-a", "a" * 31, "a" * 32, [], {}, [[]], [{}], [None], [1],
       ["x"], ["x", "x"], [""], ["x" * 512], ["x" * 513], ["\u00e4" * 512], ["/a"], ["/a/"], ["a"], ["/"], ["/a//b"], ["/a/../b"], ["/.."],
       ["/..a"], ["/..."], ["/a/."], ["/" + "a" * 95], ["/" + "a" * 96], ["/a\n"], ["pid"], ["pid", "pid"], ["PID"], ["SYS_ADMIN"],
       ["CAP_BPF"], ["sys_admin"], ["BPF\n"], ["A" * 32], ["A" * 33], {"x": ["y"]}, {"x": []}, {"": ["y"]}, {"x" * 317: ["y"]},
       {"x" * 318: ["y"]}, {"namespaces": ["a"]}, {"exempt-cgroups": []}, "x" * 1024, "x" * 1025, "\u00e4" * 1024,
       ["a", "b", "c"], ["a", "b", "c", "d"], ["x%d" % i for i in range(256)], ["x%d" % i for i in range(257)],
       ["/x%d" % i for i in range(32)], ["/x%d" % i for i in range(33)], "containerd", "crio", "none"]
ODD_KEYS = ["", "Privileged", "rule", "policies", "unconfined", "\u00fc"]
# refused by the parser alone
BEYOND = [
    (b'{"privileged":"a","privileged":"b","other":"c"}', "is there twice"),
    (b'{"privileged":"a","other":"c","rules":[{"name":"x","match":{},"policy":"a"},{"name":"x","match":{},"policy":"a"}]}', "a second rule"),
    (b'{"privileged":"a","other":"c","exceptions":{"namespaces":["*a*a*a*a*a*a*"]}}', "at most 6"),
    (b'\xef\xbb\xbf{"privileged":"a","other":"c"}', "byte order mark"),
]


def places(value, path=()):
    """Every place in a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, path + (key,))


def changed(path, value):
    doc = copy.deepcopy(GOOD)
    if not path:
        return value
    at = doc
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return doc


def without(path):
    doc = copy.deepcopy(GOOD)
    at = doc
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return doc


def corpus(rnd):
    docs = [GOOD]
    for path in places(GOOD):
        docs += [changed(path, v) for v in ODD]
        if path:
            docs.append(without(path))
    for path in places(GOOD):
        at = GOOD
        for key in path:
            at = at[key]
        if isinstance(at, dict):
            docs += [changed(path, dict(at, **{k: rnd.choice(ODD)})) for k in ODD_KEYS]
    return docs


def twice(doc):
    """Two rules of one name: beyond the schema."""
    rules = doc.get("rules") if isinstance(doc, dict) else None
    names = [r.get("name") for r in rules if isinstance(r, dict)] if isinstance(rules, list) else []
    names = [n for n in names if isinstance(n, str)]
    return len(names) != len(set(names))


def verdicts(helper, documents):
    text = b"".join(b"%d\n%s" % (len(d), d) for d in documents)
    out = subprocess.run([helper, "--node"], input=text, stdout=subprocess.PIPE, check=True, timeout=120).stdout
    lines = out.decode("utf-8", "replace").splitlines()
    assert len(lines) == len(documents), "%d answers to %d documents" % (len(lines), len(documents))
    return [(line.startswith("accept"), line[7:]) for line in lines]


def main():
    helper = sys.argv[1] if len(sys.argv) > 1 else os.path.join(BUILD, "unit", "policy_verdict")
    with open(os.path.join(SRC, "policies", "node.schema.json"), encoding="utf-8") as f:
        validator = jsonschema.Draft202012Validator(json.load(f))
    n = failed = 0

    def check(good, name, why=""):
        nonlocal n, failed
        n += 1
        failed += not good
        print("ok" if good else "not ok", n, "-", name)
        if not good:
            print("#", why)

    docs = [d for d in corpus(random.Random(7)) if not twice(d)]
    answers = verdicts(helper, [json.dumps(d, ensure_ascii=i % 2 == 0).encode() for i, d in enumerate(docs)])
    wrong = [(d, m) for d, (a, m) in zip(docs, answers) if a != validator.is_valid(d)]
    check(not wrong, "schema and parser agree on %d documents" % len(docs),
          "; ".join("%s: %s" % (json.dumps(d)[-300:], m) for d, m in wrong[:3]))
    accepted = sum(a for a, _ in answers)
    check(50 < accepted < len(docs) - 1000, "the corpus has both kinds", "%d of %d accepted" % (accepted, len(docs)))
    lost = [m for a, m in answers if not a and not m.startswith("doc.json:")]
    check(not lost, "every refusal says where", lost[:3])
    for (text, part), (accepted, message) in zip(BEYOND, verdicts(helper, [t for t, _ in BEYOND])):
        check(not accepted and part in message, "beyond the schema: " + part, message)
    shipped = sorted(f for f in os.listdir(os.path.join(SRC, "policies")) if f.startswith("node") and f != "node.schema.json")
    for name in shipped:
        with open(os.path.join(SRC, "policies", name), encoding="utf-8") as f:
            text = f.read()
        check(validator.is_valid(json.loads(text)) and verdicts(helper, [text.encode()])[0][0], "shipped " + name)
    print("1..%d" % n)
    return 1 if failed else 0


sys.exit(main())
