# ===- compile_levels.py - Models of every level that runs here -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""compile_levels.py FOLDER: prints the models' paths."""

import contextlib
import sys

import numpy as np
from compiled import compile_model, levels
from networks import draw_network

SHAPES = {
    "wide": ["--input-size=70", "--hidden-size=107", "--num-layers=2", "--weights=external"],
    "tiles": ["--input-size=9", "--hidden-size=107", "--init=uniform", "--schedule=panel=4,"
              "tiles=[4,4,1,4]"],
    "directions": ["--input-size=9", "--hidden-size=70", "--num-layers=2", "--bidirectional",
                   "--dtype=float64", "--init=uniform", "--schedule=split_rows=1,split_from=1"],
    "training": ["--input-size=70", "--hidden-size=70", "--num-layers=3", "--dropout=0.5",
                 "--training", "--init=uniform", "--schedule=split=units,split_units=1,split_from=1"],
    "wave": ["--input-size=7", "--hidden-size=107", "--num-layers=4", "--init=uniform",
             "--schedule=split=layers,turn_rows=40,split_from=1"],
}
folder = sys.argv[1]
with contextlib.redirect_stdout(sys.stderr):
    runnable = levels()
# Weights that bfloat16 holds, read by the widest tiles.
network = draw_network(np.random.default_rng(3), 70, 107, L=2)
for tensor in network.tensors.values():
    tensor.view(np.uint32)[...] &= 0xFFFF0000
narrow = [network.save(f"{folder}/narrow.safetensors"), "--schedule=panel=4,tiles=[4,4,1,4],k_chunk=64"]
for level in runnable:
    for name, options in {**SHAPES, "narrow": narrow}.items():
        path = f"{folder}/{name}-{level}.so"
        print(compile_model(options, path, f"--target={level}",
                            name=f"{name}_{level[-2:]}"))
