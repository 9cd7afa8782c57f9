#===- kernels.py - Kernels of cells of one to three gates --------------------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""kernels.py PREFIX: a layer of a cell of one state goes through the whole pipeline for CPUs,
and gives Reference's bits (N4)."""
import sys

import numpy as np
from layers import Layer, evaluate
from models import call, compiled

rng, prefix = np.random.default_rng(1), sys.argv[1]

for cell in ("rnn", "mgu", "gru", "reset_before"):
    # One vector of units, one that is packed where gates share it, and several; one row, and
    # as many as go through a tile together.
    for index, (inputs, hidden) in enumerate([(3, 5), (10, 17), (20, 66)]):
        for batch in (1, 5):
            layer = Layer(rng, cell, 4, batch, inputs, hidden, dtype=np.float32)
            library = compiled(layer.as_network("net"), prefix, f"{cell}_{index}_{batch}")
            found = call(library, layer.x, layer.h_0, layer.results()[0])
            with open(prefix + ".mlir", "w") as file:
                file.write(layer.of_constants("f"))
            for ours, theirs in zip(found, evaluate(prefix + ".mlir", np.float32)["f"]):
                assert np.array_equal(ours, theirs.astype(np.float32)), (cell, hidden, batch)
