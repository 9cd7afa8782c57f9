#===- packed.py - Panels of cells of any number of gates ---------------------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""packed.py FILE.mlir: weights in panels [panel][k][gate][width] beside what the layout
says, written down in loops. Units behind whole vectors share one vector among all gates
where there are few; a single gate has nothing to share, and neither have cells of several
rounds, whose rounds have a W_hh each."""
import sys

import numpy as np
from layers import HOIST, Layer, run

rng, path = np.random.default_rng(1), sys.argv[1]


def panels(matrix, gates, hidden, lanes, vectors, packs):
    """matrix [G, K] as numbers, in order."""
    width, rest = lanes * vectors, hidden % lanes
    parts = 1 << (gates - 1).bit_length()
    packed = rest if packs and gates > 1 and parts * rest <= lanes else 0
    wide = hidden - packed  # units with a lane in every gate's vectors
    numbers = []

    def number(gate, unit, k, end):
        return matrix[gate * hidden + unit, k] if gate < gates and unit < end else 0

    for start in range(0, hidden, width):
        own = min(width, -(-max(wide - start, 0) // lanes) * lanes)
        for k in range(matrix.shape[1]):
            for gate in range(gates):
                numbers += [number(gate, start + i, k, wide) for i in range(own)]
            if packed and start + width > wide:
                for gate in range(parts):
                    numbers += [number(gate, wide + i, k, hidden) for i in range(lanes // parts)]
    return numbers


for cell in ("gru", "rnn", "mgu", "lstm", "reset_before"):
    for hidden, lanes, vectors in [(8, 4, 2), (9, 4, 1), (9, 8, 1), (10, 4, 1), (13, 4, 2),
                                   (17, 8, 2), (18, 8, 1), (3, 4, 1)]:
        layer = Layer(rng, cell, 1, 1, 5, hidden, dtype=np.float32)
        with open(path, "w") as file:
            file.write(layer.as_network("f"))
        options = f"machine=x86-64-v3 fields=lanes={lanes},panel={vectors}"
        lines = run("cells-opt", path, *HOIST, f"--rnn-select-schedule={options}",
                    "--rnn-plan-model", "--test-print-packed-weights", "-o", "/dev/null").splitlines()
        starts = [int(at) for at in lines[0].split()]
        found = np.array(lines[1].split(), dtype=np.float32)

        b_x, kept = layer.b_ih + layer.b_hh, np.zeros(0, np.float32)
        if cell in ("gru", "mgu", "reset_before"): # the last gate's stays with its sum
            kept = layer.b_hh[-hidden:]
            b_x[-hidden:] = layer.b_ih[-hidden:]
        rounds = [2, 1] if cell == "reset_before" else [layer.gates]
        sizes = (hidden, lanes, vectors, len(rounds) == 1)
        ends = np.cumsum(rounds)
        parts = [panels(layer.w_ih, layer.gates, *sizes), panels(b_x[:, None], layer.gates, *sizes),
                 *(panels(layer.w_hh[(end - own) * hidden:end * hidden], own, *sizes)
                   for own, end in zip(rounds, ends)), kept]
        assert len(starts) == len(parts)
        for start, part in zip(starts, parts):
            part = np.array(part, dtype=np.float32)
            assert np.array_equal(found[start:start + len(part)], part), (cell, sizes, start)
            found[start:start + len(part)] = 0
        assert not found.any(), (cell, sizes, "more than the parts have")
