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

from compiled import compile_model, levels

SHAPES = {
    "wide": ["--input-size=70", "--hidden-size=107", "--num-layers=2", "--weights=external"],
    "tiles": ["--input-size=9", "--hidden-size=107", "--init=uniform", "--schedule=panel=4,"
              "tiles=[4,4,1,4]"],
}
folder = sys.argv[1]
with contextlib.redirect_stdout(sys.stderr):
    runnable = levels()
for level in runnable:
    for name, options in SHAPES.items():
        path = f"{folder}/{name}-{level}.so"
        print(compile_model(options, path, f"--target={level}",
                            name=f"{name}_{level[-2:]}"))
