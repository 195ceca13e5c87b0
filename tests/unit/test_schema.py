#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The JSON Schema and the parser say the same about policies.

usage: test_schema.py [POLICY_VERDICT]

POLICY_VERDICT is the program built from policy_verdict.c; by default that of
$BUILD (build/). Prints TAP. A generated corpus, from a fixed seed, is put to
both; they have to accept and refuse the same documents, but for the rules that
a schema cannot express, which are a class of their own here.
"""
import json
import os
import random
import subprocess
import sys

SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(SRC, "build"))
POLICIES = os.path.join(SRC, "policies")
SHIPPED = ["integrity", "confidentiality", "privileged-default"]

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def check(self, good, name, *why):
        self.n += 1
        self.failed += not good
        print(("ok" if good else "not ok"), self.n, "-", name)
        for line in why if not good else ():
            print("#", line)

    def done(self):
        print("1..%d" % self.n)
        return 1 if self.failed else 0


def verdicts(helper, documents):
    """[(accepted, message or canonical text)] of the parser."""
    text = b"".join(b"%d\n%s" % (len(d), d) for d in documents)
    out = subprocess.run([helper], input=text, stdout=subprocess.PIPE, check=True, timeout=120).stdout
    lines = out.decode("utf-8", "replace").splitlines()
    assert len(lines) == len(documents), "%d answers to %d documents" % (len(lines), len(documents))
    return [(line.startswith("accept "), line[7:]) for line in lines]


def words(helper):
    ret = {}
    out = subprocess.run([helper, "--words"], stdout=subprocess.PIPE, check=True, timeout=60).stdout
    for line in out.decode().splitlines():
        kind, word = line.split(" ", 1)
        ret.setdefault(kind, []).append(word)
    return ret


# ---- the corpus ----

def good_value(rnd, table, key):
    def some(words_, most=5):
        return rnd.sample(words_, rnd.randint(0, min(most, len(words_))))

    def number(most):
        return rnd.choice(["*", "0", "1", "10", str(most), str(rnd.randint(0, most))])

    reasons, seals = table["reason"], table["seal"]
    if key == "$schema":
        return rnd.choice(["policy.schema.json", "", "https://example.org/x"])
    if key == "name":
        return rnd.choice("abcxyz0189") + "".join(rnd.choice("abz09._-") for _ in range(rnd.randint(0, 30)))
    if key == "description":
        return rnd.choice(["", "plain", "\u00fc \U0001f512", "line\nline", "\"quoted\"\\"])
    if key == "level":
        return rnd.choice(table["level"])
    if key == "mode":
        return rnd.choice(["enforce", "audit"])
    if key in ("allow", "deny"):
        return some(reasons)
    if key == "audit":
        inner = {k: good_value(rnd, table, k) for k in ("level", "allow", "deny") if rnd.random() < 0.6}
        inner["deny"] = [r for r in inner.get("deny", []) if r not in inner.get("allow", [])]
        return inner
    if key == "gaps":
        return rnd.choice(["refuse", "accept", some(reasons + seals)])
    if key == "stricter":
        return rnd.choice(["refuse", "accept", some(reasons)])
    if key == "floor":
        return rnd.choice(["always", "if-needed"])
    if key == "seals":
        return rnd.choice(["all", "none", some(seals)])
    if key == "devices":
        rules = {"%s %s:%s %s" % (rnd.choice("abc"), number(4095), number(1048575),
                                  rnd.choice(["r", "w", "m", "rw", "rm", "wm", "rwm"])) for _ in range(rnd.randint(0, 6))}
        return [{"deny": rule} for rule in sorted(rules)]
    if key == "needs":
        return some(table["need"])
    raise KeyError(key)


def good_document(rnd, table, keys):
    doc = {}
    for key in rnd.sample(keys, rnd.randint(0, len(keys))):
        doc[key] = good_value(rnd, table, key)
    doc.setdefault("level", rnd.choice(table["level"]))
    if "allow" in doc and "deny" in doc and rnd.random() < 0.9:  # else they may overlap
        doc["deny"] = [r for r in doc["deny"] if r not in doc["allow"]]
    if doc.get("mode") == "audit":
        doc.pop("audit", None)
    return doc


# One value in a good document is replaced by one of these; some of the results are good again.
ODD_VALUES = [None, True, False, 0, 1, -1, 1.5, 10 ** 15, "", "x", " ", [], {}, [[]], [{}], [None], [1], ["x"], ["KEXEC"],
              ["KEXEC", "KEXEC"], ["sysrq"], ["sysrq", "sysrq"], ["kexec"], ["LOCKDOWN_KEXEC"], ["KEXEC "], "KEXEC", "all",
              "none", "refuse", "accept", "enforce", "audit", "integrity", "Integrity", "integrity\n", "integrity ", {"level": "integrity"},
              {"deny": "c 1:1 rw"}, [{"deny": "c 1:1 rw"}], "a\n", "a" * 31, "a" * 32, "A", "-a", "a_b", "\u00e4", ["bpf"], ["bpf", "bpf"]]

ODD_RULES = ["", "c", "c 1:1", "c 1:1 ", "c 1:1 wr", "c 1:1 rr", "c 1:1 x", "d 1:1 r", "C 1:1 r", "c  1:1 r", " c 1:1 r", "c 1:1 r\n",
             "c 01:1 r", "c 1:01 r", "c -1:1 r", "c 4095:1 r", "c 4096:1 r", "c 4099:1 r", "c 4100:1 r", "c 5000:1 r", "c 9999:1 r",
             "c 1:1048575 r", "c 1:1048576 r", "c 1:1048580 r", "c 1:1048600 r", "c 1:1049000 r", "c 1:1050000 r", "c 1:1100000 r",
             "c 1:2000000 r", "c 1:999999 r", "c 1:9999999 r", "c 12345:1 r", "c **:1 r", "c *1:1 r", "c 1:* rwm", "c *:* m", "a *:* wm",
             "c \u0661:1 r", "c 1:1 rw\u00e9", "c 1:1 r|w", "c 1:1 rm", "c 1:1 mr", "c 1;1 r"]

ODD_KEYS = ["", "Level", "levels", "LEVEL", " level", "level\n", "$id", "allowed", "profile", "audit_level", "\u00fc", "comment"]


def corpus(rnd, table, keys):
    docs = [good_document(rnd, table, keys) for _ in range(300)]
    for key in keys:                               # each key alone, and each with each odd value
        for value in ODD_VALUES:
            doc = {"level": "integrity"}
            doc[key] = value
            docs.append(doc)
    for rule in ODD_RULES:
        docs.append({"level": "integrity", "devices": [{"deny": rule}]})
    docs.append({"level": "integrity", "devices": [{"deny": "c 1:1 r"}, {"deny": "c 1:1 r"}]})
    docs.append({"level": "integrity", "devices": [{"deny": "c 1:1 r"}, {"deny": "c 1:1 w"}]})
    docs.append({"level": "integrity", "devices": [{"deny": "c 1:1 r", "allow": "x"}]})
    for n in (63, 64, 65):
        docs.append({"level": "integrity", "devices": [{"deny": "b %d:0 r" % i} for i in range(n)]})
    for key in ODD_KEYS:
        docs.append({"level": "integrity", key: "integrity"})
        docs.append({"level": "integrity", "audit": {key: "integrity"}})
        docs.append({"level": "integrity", "devices": [{key: "c 1:1 r"}]})
    for value in ODD_VALUES:
        docs.append(value)
        for key in ("level", "allow", "deny"):
            docs.append({"level": "integrity", "audit": {key: value}})
        docs.append({"level": "integrity", "mode": "audit", "audit": value})
    for kind in ("reason", "seal"):                # every word, and every word spoiled
        for word in table[kind]:
            for w in (word, word.swapcase(), word + "X", word[:-1]):
                docs.append({"level": "confidentiality", "gaps": [w]})
    for _ in range(600):                           # a good document with one thing changed
        doc = good_document(rnd, table, keys)
        key = rnd.choice(sorted(doc))
        what = rnd.randint(0, 3)
        if what == 0:
            del doc[key]
        elif what == 1:
            doc[key] = rnd.choice(ODD_VALUES)
        elif what == 2 and isinstance(doc[key], list):
            doc[key].append(rnd.choice(ODD_VALUES))
        else:
            doc[rnd.choice(ODD_KEYS)] = doc[key]
        docs.append(doc)
    return docs


def overlaps(doc):
    """A reason let through and added: beyond the schema."""
    def both(o):
        lists = [o.get("allow"), o.get("deny")] if isinstance(o, dict) else [None]
        if not all(isinstance(x, list) for x in lists):
            return False
        return any(isinstance(r, str) and r in lists[1] for r in lists[0])

    return isinstance(doc, dict) and (both(doc) or both(doc.get("audit")))


# text, a part of the parser's message: refused by the parser, though a schema (on what a JSON library makes of it) accepts
BEYOND = [
    (b'{"level":"integrity","level":"confidentiality"}', "is there twice"),
    (b'{"level":"integrity","audit":{"level":"integrity","level":"integrity"}}', "is there twice"),
    (b'{"level":"integrity","allow":["KEXEC"],"deny":["KEXEC"]}', "is in 'allow' too"),
    (b'{"level":"integrity","audit":{"allow":["KEXEC"],"deny":["KEXEC"]}}', "is in 'allow' too"),
    (b'{"level":"integrity","description":"\\u0000"}', "NUL character"),
    (b'{"level":"integrity"}' + b" " * (1 << 20), "a policy has at most 1048576"),
]


def main():
    helper = sys.argv[1] if len(sys.argv) > 1 else os.path.join(BUILD, "unit", "policy_verdict")
    tap = Tap()
    with open(os.path.join(POLICIES, "policy.schema.json"), encoding="utf-8") as f:
        schema = json.load(f)
    cls = jsonschema.validators.validator_for(schema)
    cls.check_schema(schema)
    validator = cls(schema)
    tap.check(schema["$schema"] == cls.META_SCHEMA["$schema" if "$id" not in cls.META_SCHEMA else "$id"],
              "the schema's draft is one that this validator knows")

    table = words(helper)
    defs = schema["$defs"]
    tap.check(defs["reason"]["enum"] == table["reason"], "reasons of the schema are those of the table, in its order")
    tap.check(len(table["reason"]) == 28, "there are 28")
    tap.check(defs["seal"]["enum"] == table["seal"], "seals are those of the table")
    tap.check(defs["level"]["enum"] == table["level"], "levels are those of the table")
    tap.check(schema["properties"]["needs"]["items"]["enum"] == table["need"], "needs are those of the table")
    keys = list(schema["properties"])

    on_disk = sorted(f[:-5] for f in os.listdir(POLICIES) if f.endswith(".json") and not f.endswith(".schema.json") and f != "node.json")
    tap.check(set(SHIPPED) <= set(on_disk), "the policies to ship are there", str(on_disk))
    for name in on_disk:
        path = os.path.join(POLICIES, name + ".json")
        with open(path, encoding="utf-8") as f:
            doc = json.load(f)
        errors = [e.message for e in validator.iter_errors(doc)]
        tap.check(not errors, "%s.json is valid by the schema" % name, *errors)
        out = subprocess.run([helper, path], stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
        tap.check(out.startswith("accept "), "%s.json is accepted by the parser" % name, out)
        tap.check(doc["name"] == name, "%s.json bears its name" % name)

    docs = corpus(random.Random(28), table, keys)
    answers = verdicts(helper, [json.dumps(d, ensure_ascii=i % 2 == 0).encode() for i, d in enumerate(docs)])
    good = bad = beyond = 0
    differ, not_canonical = [], []
    for doc, (accepted, text) in zip(docs, answers):
        valid = validator.is_valid(doc)
        if valid and overlaps(doc):
            beyond += 1
            valid = False
        if valid != accepted:
            differ.append("schema %s, parser %s: %s -> %s" % (valid, accepted, json.dumps(doc)[:200], text))
        if accepted and not validator.is_valid(json.loads(text)):
            not_canonical.append(text)
        good += accepted
        bad += not accepted
    tap.check(not differ, "parser and schema agree on %d documents (%d good, %d bad, %d for overlap)"
              % (len(docs), good, bad, beyond), *differ[:10])
    tap.check(good >= 200 and bad >= 200, "there are at least 200 of either kind")
    tap.check(not not_canonical, "canonical text of each good one is valid by the schema", *not_canonical[:5])
    by_key = {"'%s'" % k: 0 for k in keys}
    for _, text in answers:
        for k in by_key:
            by_key[k] += k in text
    tap.check(all(by_key.values()), "every key was wrong in some document", str(by_key))

    for (text, part), (accepted, message) in zip(BEYOND, verdicts(helper, [t for t, _ in BEYOND])):
        tap.check(validator.is_valid(json.loads(text)), "beyond the schema: %s..." % text[:40].decode())
        tap.check(not accepted and part in message, "  refused by the parser", message)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
