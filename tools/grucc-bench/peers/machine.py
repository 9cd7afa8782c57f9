# ===- machine.py - What the figures hold for -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What the figures hold for: the machine, the versions, the command."""

import datetime
import os
import pathlib
import platform
import shlex
import sys

from peers.engines import ENGINES

# What /proc/cpuinfo calls the features that each level adds first.
LEVELS = {"x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
          "x86-64-v3": {"avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"},
          "x86-64-v2": {"cx16", "popcnt", "sse4_1", "sse4_2", "ssse3"}}


def read_cpu():
    """The CPU's name and level."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    fields = dict(reversed([[part.strip() for part in line.split(":", 1)] for line in lines if ":" in line]))
    flags = set(fields.get("flags", "").split())
    level = next((name for name, needed in LEVELS.items() if needed <= flags), platform.machine())
    return fields.get("model name", platform.processor() or "unknown"), level


def read_caches():
    """{"L1d": bytes, ...} of the first CPU."""
    caches = {}
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        try:
            level, kind, size = [(index / name).read_text().strip() for name in ("level", "type", "size")]
        except OSError:
            continue
        if kind != "Instruction" and size.endswith("K"):
            caches[f"L{level}{'d' if kind == 'Data' else ''}"] = int(size[:-1]) * 1024
    return caches


def machine_facts(arguments, versions, cpus):
    name, level = read_cpu()
    facts = {"command": shlex.join(sys.argv), "date": datetime.date.today().isoformat(), "cpu": name, "level": level,
             "caches": read_caches(), "system": platform.platform(), "python": platform.python_version(),
             "cpus_used": cpus, "load_average": round(os.getloadavg()[0], 2), "threads": len(cpus),
             "dtype": "float32", "weights": "of bfloat16's values" if arguments.narrow else "any float32",
             "target": arguments.target, "versions": versions}
    if arguments.target == "x86-64-v3":
        facts["not_restricted"] = [name for name in versions if ENGINES[name].avx2 is None]
    return facts


def clock_ghz(probes):
    """From a chain of multiply-adds, each waiting for the last: 4 cycles each."""
    return 1 / probes["cycle_ns"] if probes.get("cycle_ns") else None
