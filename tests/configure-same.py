#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""configure-same BEFORE AFTER NAME BINARY default|named: AFTER says what BEFORE said, and our runtime.

By parsers that share nothing with lockdownctl. BEFORE may be missing.
"""
import json
import os
import sys
import tomllib


def load(path):
    if not os.path.exists(path):
        return {}
    if path.endswith(".json"):
        return json.loads(open(path).read() or "{}")
    return tomllib.loads(open(path, newline="").read())


def docker(before, after, name, binary, default):
    before.setdefault("runtimes", {})[name] = {"path": binary}
    if default:
        before["default-runtime"] = name
    assert before == after, after


def containerd(before, after, name, binary, default):
    version = before.setdefault("version", 2)
    plugin = "io.containerd.grpc.v1.cri" if version == 2 else "io.containerd.cri.v1.runtime"
    cri = before.setdefault("plugins", {}).setdefault(plugin, {}).setdefault("containerd", {})
    runtimes = cri.setdefault("runtimes", {"runc": {"runtime_type": "io.containerd.runc.v2"}})
    like = runtimes.get(cri.get("default_runtime_name", "runc"), {})
    skipped = ("runtime_type", "runtime_engine", "runtime_root", "runtime_path", "options")
    ours = {k: v for k, v in like.items() if k not in skipped and not isinstance(v, list)}
    ours["runtime_type"] = "io.containerd.runc.v2"
    ours["pod_annotations"] = ours["container_annotations"] = ["container-lockdown.*"]
    ours["options"] = dict(like.get("options", {}), BinaryName=binary)
    runtimes[name] = ours
    if default:
        cri["default_runtime_name"] = name
    assert before == after, after


before, after, name, binary, default = sys.argv[1:]
kind = docker if after.endswith(".json") else containerd
kind(load(before), load(after), name, binary, default == "default")
