# ===- probe.py - Files of machines, good and bad -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------=== #
"""probe.py HERE.json V2.json: what grucc --probe wrote, and what is refused in place of it."""

import json
import subprocess
import sys

here, v2 = (json.loads(open(path).read()) for path in sys.argv[1:])
for found, name in ((here, "here"), (v2, "machine")):
    facts, probes = found["machine"], found["probes"]
    assert found.keys() == {"machine", "from", "probes"} and facts["name"] == name, found
    needed = {"fma_per_cycle", "loads_per_cycle", "mhz", "l1_bytes", "l2_bytes", "l3_bytes", "l2_bandwidth", "l3_bandwidth"}
    assert needed <= facts.keys() and all(facts[key] >= 1 for key in needed), facts
    assert all(value > 0 for value in probes.values()), probes
    # What came from as many places as is fastest is the best of all numbers of places.
    for level in ("l1", "l2", "memory"):
        by = [probes[f"{level}_gb_s_by_{count}"] for count in (1, 2, 4, 8)]
        assert max(by) == probes[f"{level}_gb_s"], (level, probes)
    # The facts are what was measured, in whole cycles.
    assert facts["mhz"] == round(1000 / probes["cycle_ns"]) or abs(facts["mhz"] * probes["cycle_ns"] - 1000) < 2, found
    assert abs(facts["l2_bandwidth"] - max(1, probes["l2_gb_s"] * probes["cycle_ns"])) <= 0.51, found
    assert abs(facts.get("gate_cycles", 34) - probes["gate_cycles"]) <= 0.51, found
    share = min(100, 100 * probes["l2_pair_gb_s"] / probes["l2_gb_s"])
    assert abs(facts.get("pair_percent", 100) - share) <= 0.51, found
assert v2["machine"]["target"] == "x86-64-v2" and v2["probes"]["vector_bits"] == 128, v2


def bad(change, expected):
    text = change if isinstance(change, str) else json.dumps(change)
    with open("bad.json", "w") as file:
        file.write(text)
    done = subprocess.run(["grucc", "--input-size=3", "--hidden-size=4", "--init=uniform", "--machine=bad.json", "-o", "no.o"],
                          capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1, (change, done)
    assert done.stderr.startswith(f"bad.json: error: {expected}") and ", expected " in done.stderr, (change, done)


def facts(**changes):
    return v2 | {"machine": {key: value for key, value in (v2["machine"] | changes).items() if value is not None}}


bad("", "")
bad("[]", "")
bad("{}", "machine: found no such key")
bad(v2 | {"machine": 3}, "machine: found 3, expected an object")
bad(v2 | {"speed": 3}, "speed: found an unknown key")
bad(v2 | {"cpus": "zen"}, 'cpus: found ')
bad(v2 | {"cpus": [3]}, "cpus: found 3")
bad(v2 | {"feature": ""}, "feature: found ")
bad(v2 | {"from": 3}, "from: found 3")
bad(v2 | {"probes": []}, "probes: found an array")
bad(v2 | {"probes": {"l1_gb_s": "fast"}}, "probes: l1_gb_s: found ")
bad(facts(speed=3), "machine: speed: found an unknown key")
for value in (None, 3, "", "a" * 65, 'a"b', "a\nb"):
    bad(facts(name=value), "machine: name: found ")
for value in (None, 3, "sm_80", "pdp11", "native"):
    bad(facts(target=value), "machine: target: found ")
for name in ("mhz", "l2_bytes", "l3_bandwidth"):
    bad(facts(**{name: None}), f"machine: {name}: found no such key")
bad(facts(fma_in_flight=65), "machine: fma_in_flight: found 65, expected a whole number from 1 to 64")
for name in ("mhz", "streams"):
    for value in (0, -1, 1.5, 2**31, "3", True, [3], 1e300):
        bad(facts(**{name: value}), f"machine: {name}: found ")

# Machines that there are not give a schedule, or a refusal in words.
for name in (*sorted(needed), "ops_per_cycle", "fma_in_flight", "line_bytes", "gate_cycles", "meeting_cycles", "start_cycles",
             "streams", "pair_percent"):
    for value in (1, 64 if name in ("fma_in_flight", "streams", "pair_percent") else 2**31 - 1):
        with open("odd.json", "w") as file:
            json.dump(facts(**{name: value}), file)
        done = subprocess.run(["grucc", "--input-size=3", "--hidden-size=21", "--init=uniform", "--machine=odd.json", "-o", "odd.o"],
                              capture_output=True, text=True)
        refused = done.returncode == 1 and "schedule: " in done.stderr and ", expected " in done.stderr
        assert refused or (done.returncode == 0 and done.stderr == ""), (name, value, done)
