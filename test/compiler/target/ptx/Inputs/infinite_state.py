# ===- infinite_state.py - A state that 16 bits do not hold -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------------=== #
"""infinite_state.py: h_0 is infinite in float16; scan and step have the same bits, and
units that only fill up a tile of 16 make no NaN of the others."""

import os
import subprocess

import numpy as np
from safetensors.numpy import load_file, save_file

rng = np.random.default_rng(1)
for hidden in (1, 17):
    rows = 3 * hidden
    save_file({"weight_ih_l0": rng.uniform(-1, 1, (rows, 3)).astype(np.float32),
               "weight_hh_l0": rng.uniform(0.1, 1, (rows, hidden)).astype(np.float32)},
              "w.safetensors")
    h_0 = np.zeros((1, 2, hidden), np.float32)
    h_0[0, 0, 0] = 1e6
    save_file({"input": rng.uniform(-1, 1, (4, 2, 3)).astype(np.float32), "h_0": h_0},
              "x.safetensors")
    found = []
    for schedule in ([], ["--schedule=scan_rows=0"]):
        subprocess.run(["grucc", "w.safetensors", "--target=sm_80", "--precision=float16", *schedule,
                        "-o", "gpu.so"], check=True)
        subprocess.run(["grucc-run", "gpu.so", "--input=x.safetensors", "--output=y.safetensors"],
                       check=True)
        found.append(load_file("y.safetensors")["output"])
        os.remove("y.safetensors")
    scan, step = found
    assert np.array_equal(scan, step, equal_nan=True), (hidden, scan[:, 0], step[:, 0])
    assert np.isfinite(scan).all(), (hidden, scan[:, 0])
print("the same bits, and all finite")
