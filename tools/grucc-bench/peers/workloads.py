# ===- workloads.py - Lists of workloads -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Lists of workloads: read from JSON, or made to show how the cost grows."""

import json
import pathlib
import re

from peers.errors import fail

KEYS = {"name": str, "input_size": int, "hidden_size": int, "num_layers": int,
        "bidirectional": bool, "seq_len": int, "batch": int}


def read_workloads(path):
    try:
        workloads = json.loads(pathlib.Path(path).read_text())
    except (OSError, ValueError) as error:
        fail("--workloads", f"'{error}'", "a JSON list of workloads")
    if not isinstance(workloads, list) or not all(isinstance(w, dict) for w in workloads):
        fail(path, "something else", "a list of objects")
    for workload in workloads:
        for key, kind in KEYS.items():
            value = workload.get(key)
            if type(value) is not kind or (kind is int and value < 1):
                fail(f"{path}: {key}", repr(value), f"{kind.__name__}{' from 1' if kind is int else ''}")
    names = [workload["name"] for workload in workloads]
    for name in names:
        if names.count(name) > 1:
            fail(f"{path}: name", f"'{name}' twice", "every name once")
    return workloads


def choose(workloads, only):
    """Those whose name holds a match of the pattern."""
    try:
        chosen = [workload for workload in workloads if re.search(only, workload["name"])]
    except re.error as error:
        fail("--only", f"'{only}' ({error})", "a regular expression", code=2)
    if not chosen:
        fail("--only", f"'{only}'", f"a match among {', '.join(w['name'] for w in workloads)}", code=2)
    return chosen


def scaling_workloads(threads):
    """Every `axis` has one number that grows; `unit` is what the time must grow with."""
    made = []

    def add(axis, value, unit, count=1, *, hidden=128, layers=1, steps=20, batch=1, name=None):
        made.append({"name": name or f"{axis}_{value}", "input_size": hidden, "hidden_size": hidden,
                     "num_layers": layers, "bidirectional": False, "seq_len": steps, "batch": batch,
                     "axis": axis, "value": value, "unit": unit, "threads": count})

    for hidden in (16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048):
        add("hidden_size", hidden, 12 * hidden * hidden, hidden=hidden, steps=1, name=f"hidden_size_{hidden}_step")
    for steps in (2, 5, 10, 30, 100, 300, 1000):
        add("seq_len", steps, steps, steps=steps)
    for batch in (1, 2, 4, 8, 16, 32, 64):
        add("batch", batch, batch, batch=batch)
    for layers in (1, 2, 3, 4):
        add("num_layers", layers, layers, layers=layers)
    for hidden, steps, batch in ((20, 50, 1), (128, 100, 1), (256, 100, 1), (512, 50, 1), (128, 100, 16), (512, 50, 32)):
        for count in range(1, threads + 1):
            add("threads", count, 1, count, hidden=hidden, steps=steps, batch=batch,
                name=f"threads_{count}_H{hidden}_T{steps}_B{batch}")
    return made
