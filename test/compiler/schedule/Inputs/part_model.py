# ===- part_model.py - Predicted parts of networks -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------=== #
"""part_model.py: what must hold of predicted parts, on machines that differ in one fact."""
import json
import math
import subprocess

MACHINE = {"name": "written", "target": "x86-64-v3", "fma_per_cycle": 2, "loads_per_cycle": 2, "mhz": 2000,
           "l1_bytes": 32768, "l2_bytes": 524288, "l3_bytes": 8388608, "l2_bandwidth": 24, "l3_bandwidth": 8,
           "ops_per_cycle": 3, "fma_in_flight": 8, "gate_cycles": 40}


def report(network, schedule="", emit="", **facts):
    """The report of a network, (input size, hidden size, *options), on MACHINE but for `facts`."""
    with open("machine.json", "w") as file:
        json.dump({"machine": MACHINE | facts}, file)
    sizes = [f"--input-size={network[0]}", f"--hidden-size={network[1]}", *network[2:]]
    options = [f"--schedule={schedule}"] if schedule else []
    output = ["-o", "m.o"] if emit else ["-o", "m.mlir", "--stop-after=schedule"]
    done = subprocess.run(["grucc", "--weights=external", "--machine=machine.json", "--report=json",
                           *sizes, *options, *output], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    check(made)
    return made


def near(a, b, tolerance=1e-9):
    return math.isclose(a, b, rel_tol=tolerance)


def check(made):
    """What holds of every report."""
    parts, (layers, directions) = made["parts"], (made["num_layers"], 2 if made["bidirectional"] else 1)
    assert [(p["layer"], p["part"]) for p in parts] == [
        (layer, part) for layer in range(layers) for _ in range(directions)
        for part in ("projection", "scan", "gates")], parts
    for time, whole in (("step", made["step_microseconds"]), ("run", made["run"]["microseconds"])):
        assert near(sum(p[time]["microseconds"] for p in parts), whole), (time, whole)
        for part in parts:
            assert part[time]["microseconds"] > 0, part
            assert sum(part[time]["kept_in"].values()) == part.get("bytes", 0), part
    assert 0 < made["limit_microseconds"] <= made["step_microseconds"]
    # A step of many takes no longer than one that is alone.
    assert made["run"]["microseconds"] <= made["run"]["seq_len"] * made["step_microseconds"] * (1 + 1e-9)


def scan(made, time="step"):
    return made["parts"][1][time]


def levels(made, time="step"):
    return list(scan(made, time)["kept_in"])


# Levels in order: the larger the network, the further its weights, and the longer each byte takes.
small, middle, large, huge = ((h, h) for h in (24, 128, 320, 1024))
reports = [report(network) for network in (small, middle, large, huge)]
assert [levels(made) for made in reports] == [["L1"], ["L2"], ["L2", "L3"], ["L2", "L3", "memory"]], reports
per_byte = [scan(made)["microseconds"] / made["parts"][1]["bytes"] for made in reports]
assert per_byte[1] < per_byte[2] < per_byte[3], per_byte
assert [scan(made)["bound"] for made in reports[1:]] == ["L2", "L3", "memory"], reports

# A part is as fast as what it is bound by: twice the rate of L2, half the time, but for the panels' loops.
panels = middle[1] // 8
loops = 12 * panels / MACHINE["mhz"]
before, after = (scan(report(middle, fma_in_flight=4, l2_bandwidth=rate)) for rate in (24, 48))
assert before["bound"] == after["bound"] == "L2", (before, after)
assert near(after["microseconds"] - loops, (before["microseconds"] - loops) / 2), (before, after, loops)
# What does not bind it does not matter.
for fact in ({"l3_bandwidth": 16}, {"fma_per_cycle": 3, "ops_per_cycle": 6}, {"l1_bytes": 49152}):
    assert scan(report(middle, fma_in_flight=4, **fact)) == before, fact
# The rates of both levels count where weights come from both.
both, l2, l3 = (scan(report(large, **fact))["microseconds"]
                for fact in ({}, {"l2_bandwidth": 48}, {"l3_bandwidth": 16}))
assert l3 < l2 < both, (l3, l2, both)
loops = 12 * large[1] // 8 / MACHINE["mhz"]
share = scan(report(large))["kept_in"]
assert near(both - loops, (share["L2"] / 24 + share["L3"] / 8) / MACHINE["mhz"], 1e-4), (both, share)

# From L1 the arithmetic is slower, where it has to widen or to wait.
slow = {"loads_per_cycle": 4}
of = scan(report((8, 40), "tiles=[4,1,1,1],panel=1,pair_blocks=false,streams=1", **slow))
assert of["bound"] == "sum latency", of  # three sums of eight
fewer = scan(report((8, 40), "tiles=[4,1,1,1],panel=1,pair_blocks=false,streams=1", fma_in_flight=3, **slow))
assert fewer["bound"] == "arithmetic" and fewer["microseconds"] < of["microseconds"], (of, fewer)
loops = 12 * 5 / MACHINE["mhz"]
assert near(of["microseconds"] - loops, (fewer["microseconds"] - loops) * 8 / 3), (of, fewer)
paired = scan(report((8, 40), "tiles=[4,1,1,1],panel=1,pair_blocks=true,streams=1", **slow))  # six of eight
assert near(paired["microseconds"] - loops, (of["microseconds"] - loops) / 2), (paired, of)
twice = scan(report((8, 40), "tiles=[4,1,1,1],panel=1,pair_blocks=false,streams=1", fma_in_flight=3, **slow,
                    fma_per_cycle=4, ops_per_cycle=8))
assert near(twice["microseconds"] - loops, (fewer["microseconds"] - loops) / 2), (twice, fewer)
# One k: the loops around it.
assert report((1, 64))["parts"][0]["step"]["bound"] == "loops"
# Gates are of nothing else: whole vectors of units.
gates = [report((8, hidden), gate_cycles=80)["parts"][2]["step"] for hidden in (40, 80)]
assert [time["bound"] for time in gates] == ["gates"] * 2 and near(gates[0]["microseconds"], 80 * 5 / 2000), gates
assert report((8, 36), gate_cycles=80)["parts"][2]["step"] == gates[0]
assert near(gates[1]["microseconds"], 2 * gates[0]["microseconds"]), gates

# What takes turns: in a step alone all layers and directions, in a run each W_hh has the caches to itself.
one, stacked = report(middle), report((*middle, "--num-layers=4", "--bidirectional"))
assert levels(one) == ["L2"] and levels(stacked) == ["L2", "L3"], stacked
assert levels(stacked, "run") == levels(one, "run") == ["L2"], stacked
assert near(scan(stacked, "run")["microseconds"], scan(one, "run")["microseconds"])
assert scan(stacked)["microseconds"] > scan(one)["microseconds"]
# Rows share the weights of a projection, and a scan has one row.
assert one["parts"][0]["run"]["bound"] == "arithmetic" and scan(one, "run")["bound"] == "L2", one

# Bytes are those of the artifact: without biases, matrices of whole lines, nothing else.
made = report((64, 64, "--num-layers=3", "--bidirectional", "--no-bias"), emit="o")
assert sum(p.get("bytes", 0) for p in made["parts"]) == made["weights_bytes"], made
# A last panel is narrower; a cell of two rounds has two matrices W_hh, and the same bytes.
tail = report((8, 20))["parts"][1]
assert (tail["panels"], tail["panel_units"]) == (2, 16), tail
rounds = report((64, 64, "--no-bias", "--reset=before"), emit="o")
assert sum(p.get("bytes", 0) for p in rounds["parts"]) == rounds["weights_bytes"], rounds
print("predicted parts hold")
