# ===- forced_schedules.py - Schedules that are set by hand -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------=== #
"""The networks of n3_schedules and the values of --schedule that they are compiled with.

n3_schedules shows that none changes a bit of a result, tools/dev/same-bytes that a compiler makes
the same code of them as another. They are the same wherever they are drawn, so that a recording of
one machine holds on another; standard library only. Letters as in networks.py.
"""

import random
import re
from typing import NamedTuple


class Sizes(NamedTuple):
    I: int
    H: int
    L: int = 1
    bias: bool = True
    dtype: str = "float32"


NETWORKS = [Sizes(1, 8), Sizes(9, 5, L=2, bias=False), Sizes(3, 12), Sizes(30, 48, L=2), Sizes(77, 83, L=2),
            Sizes(200, 150), Sizes(77, 83, dtype="float64"), Sizes(129, 2, L=2), Sizes(200, 31)]
LANES = {"x86-64-v2": 4, "x86-64-v3": 8, "x86-64-v4": 16}  # of float32


def draw_schedule(rng, lanes, units):
    """Any schedule that a machine with so many lanes allows; tiles of at most 16 vectors."""
    draw = lambda *values: rng.choice(values)
    panel = draw(1, 2, 3, 4, 6)
    tiles, rows = [], draw(16, 9, 8, 5, 4, 3)
    while rows > 1:
        tiles += [rows, rng.randint(1, min(panel, 16 // rows))]
        rows = rng.randint(1, rows - 1)
    tiles += [1, rng.randint(1, panel)]
    fields = {
        "lanes": draw(*(n for n in (2, 4, 8, 16) if n <= lanes)), "panel": panel,
        "tiles": "[" + ",".join(map(str, tiles)) + "]", "k_chunk": draw(64, 128, 192, 1024),
        "prefetch": draw("true", "false"), "chunk_rows": draw(1, 7, 8, 64, 65536),
        "zigzag": draw("true", "false"), "pair_blocks": draw("true", "false"),
        "fuse_step": draw("true", "false"), "order": draw("layers", "reverse", "chunks"),
        "turn_rows": draw(1, 3, 8, 100),
        "unroll": draw(1, 2, 3, 4), "late_limits": draw("true", "false")}
    packed = lambda lanes: 0 < 4 * (units % lanes) <= lanes
    for row_lanes in [n for n in (2, 4, 8) if n < fields["lanes"]]:
        same = -units // row_lanes * row_lanes == -units // fields["lanes"] * fields["lanes"]
        fits = tiles[-1] * fields["lanes"] <= 16 * row_lanes
        if same and fits and not packed(row_lanes) and not packed(fields["lanes"]) and draw(0, 1):
            fields["row_lanes"] = row_lanes
    if fields["lanes"] // 4 < units <= fields["lanes"]:
        fields["register_k"] = draw(0, 1, units // 2, units)
    # Groups whose sums fit the stack at any width; else the compiler takes fewer rows.
    if draw(0, 1):
        fields["group_rows"] = draw(1, 2, 5, 8 if tiles[1] <= 2 else 2)
    return ",".join(f"{name}={value}" for name, value in fields.items())


def forced_schedules(sizes, level, count):
    """`count` schedules of a network for a level; the first of them do not depend on `count`."""
    rng, more = random.Random(f"{sizes} {level}"), random.Random(f"streams of {sizes} {level}")
    lanes = LANES[level] // (2 if sizes.dtype == "float64" else 1)
    size = 8 if sizes.dtype == "float64" else 4
    schedules = []
    for _ in range(count):
        drawn, streams = draw_schedule(rng, lanes, sizes.H), more.choice((1, 2, 3, 4, 8))
        # Sums of every row and panel, twice, in as many bytes of stack as there are.
        own_lanes, vectors = (int(re.search(what, drawn)[1]) for what in (r"^lanes=(\d+)", r"tiles=\[\d+,(\d+)"))
        most = max(1, 6144 // (2 * streams * 3 * vectors * own_lanes * size))
        schedules.append(f"{drawn},streams={streams},stream_rows={min(most, more.choice((1, 2, 5, 8)))}")
    return schedules
