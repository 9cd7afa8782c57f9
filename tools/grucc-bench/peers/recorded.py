# ===- recorded.py - A peer by its recorded times -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""RTNeural is a peer by its recorded times, scaled by the ratio of clocks.

A record holds for the instructions that it was compiled for: vectors of another size change more
than the clock does.
"""

import json
import pathlib

from peers.engines import RECORDED

FILE = pathlib.Path(__file__).with_name("rtneural.json")
SIZES = ("input_size", "hidden_size", "num_layers", "call")


def add_recorded(rows, level, clock):
    """Adds the times that are recorded for these sizes and this level; without a clock there is no scale."""
    record = next((known for known in json.loads(FILE.read_text()) if known["level"] == level), {"workloads": []})
    for row in rows:
        row["engines"].pop(RECORDED, None)
        row["failures"].pop(RECORDED, None)
        found = next((known for known in record["workloads"] if all(known[key] == row[key] for key in SIZES)), None)
        if not found:
            continue
        if not clock:
            row["failures"][RECORDED] = "found no clock of this machine, expected grucc-bench to measure it"
            continue
        scale = record["clock_ghz"] / clock
        row["engines"][RECORDED] = {"us": found["us"] * scale, "recorded": True, "recorded_us": found["us"],
                                    "scale": scale}
