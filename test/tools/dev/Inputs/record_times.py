# ===- record_times.py - Times of a card that does not exist -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""record_times.py BUNDLE TARGET FILE: what the stand-in driver plays (STANDIN_TIMES): a launch of
each kernel that a bundle times takes what the formulas say with other constants, OTHER times those
that grucc has."""

import json
import pathlib
import sys

OTHER = {"launch_us": 0.7, "fma_latency": 1.25, "cell_latency": 1.4, "far_latency": 0.8,
         "barrier_latency": 1.3, "mma_cycles": 1.5, "mma_latency": 0.8,
         "shared_bytes_per_cycle": 0.75, "l2_gbps": 0.8, "dram_gbps": 1.3}


def others(constants):
    return {name: value * OTHER.get(name, 1) for name, value in constants.items()}


def main():
    bundle, target, path = sys.argv[1:]
    plan = json.loads(pathlib.Path(bundle, "plan.json").read_text())
    constants, lines = others(plan["constants"][target]), []
    for network in plan["times"]:
        for one in plan["reports"][target][network["name"]]["estimates"]:
            is_project = "_project_" in one["kernel"]
            time = eval(one["formula"], {"max": max}, constants)
            # project: its rows; scan and step: the batch
            rows = one["batch"] * (one["seq_len"] if is_project else 1)
            lines.append(f"{one['kernel']} {4 if is_project else 10} {rows} {time:.6f}\n")
    pathlib.Path(path).write_text("".join(lines))


if __name__ == "__main__":
    main()
