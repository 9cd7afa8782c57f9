# ===- compile_splits.py - Networks that are split in every way -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------------=== #
"""compile_splits.py FOLDER: compiles them and prints their paths. Everything is worth a thread."""

import subprocess
import sys

NETWORKS = {
    "batch_first": "--input-size=7 --hidden-size=160 --num-layers=2 --batch-first",
    "float64": "--input-size=3 --hidden-size=70 --num-layers=2 --bidirectional --dtype=float64",
    "training": "--input-size=5 --hidden-size=65 --num-layers=3 --dropout=0.4 --training",
    "deep": "--input-size=3 --hidden-size=33 --num-layers=5",
    # One panel on every target: it has rows and directions only.
    "narrow": "--input-size=4 --hidden-size=4 --num-layers=3 --bidirectional --dropout=0.4 "
              "--training --batch-first --no-bias",
}

for split in ("auto", "rows", "layers", "units", "none"):
    for name, flags in NETWORKS.items():
        path = f"{sys.argv[1]}/{split}_{name}.so"
        schedule = f"--schedule=split={split},split_units=1,split_rows=1,turn_rows=2,split_turns=1,split_from=1"
        subprocess.run(["grucc", *flags.split(), "--init=uniform", schedule, "-o", path],
                       check=True)
        print(path)
