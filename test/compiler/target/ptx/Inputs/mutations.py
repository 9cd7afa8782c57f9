# ===- mutations.py - Every barrier of every kernel is needed -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------------=== #
"""mutations.py FOLDER: leaves out one synchronising instruction after the other; each
time the interpreter must find a fault in some run."""

import os
import re
import subprocess
import sys

import numpy as np

from interpreted import Interpreted

# Sums of one block, of two, of rounds; projections of one chunk and of several.
NETWORKS = [("--hidden-size=50 --input-size=5", ""),
            ("--hidden-size=20 --input-size=10", ""),
            ("--hidden-size=70 --input-size=170", "step_blocks=1"),
            ("--hidden-size=130 --input-size=64 --target=sm_90", "scan_register_k=16"),
            ("--hidden-size=20 --input-size=70 --precision=float16", ""),
            ("--hidden-size=150 --input-size=5 --precision=float16", "scan_rows=8,scan_register_k=96"),
            ("--hidden-size=140 --input-size=20 --precision=bfloat16", "step_blocks=1")]


def faults(model, T, B):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((T, B, model.I)).astype(np.float32)
    for regime in ("scan", "step"):
        if regime in model.kernels:
            try:
                model.run(x, None, None, "time_first", regime)
            except AssertionError as problem:
                return str(problem).strip().splitlines()[1]
    return None


def main():
    folder, found, missed = sys.argv[1], 0, 0
    for i, (network, schedule) in enumerate(NETWORKS):
        here = f"{folder}/{i}"
        os.makedirs(here)
        options = network.split() + ([f"--schedule={schedule}"] if schedule else [])
        if "--target" not in network:
            options.append("--target=sm_80")
        subprocess.run(["grucc", *options, "--init=uniform", "--name=m", f"--header={here}/m.h",
                        "-o", f"{here}/m.ptx"], check=True)
        listed = subprocess.run(["grucc-ptx-run", f"{here}/m.ptx", "--list-syncs"], check=True,
                                capture_output=True, text=True).stdout
        assert faults(Interpreted(f"{here}/m.ptx", here), 2, 2) is None
        for sync in listed.splitlines():
            number = re.match(r"\d+", sync)[0]
            fault = faults(Interpreted(f"{here}/m.ptx", here, f"--drop-sync={number}"), 2, 2)
            found += fault is not None
            missed += fault is None
            print(f"{network}: {sync}: {fault}")
    print(f"{found} of {found + missed} are needed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
