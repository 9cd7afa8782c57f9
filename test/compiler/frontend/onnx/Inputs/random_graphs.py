# ===- random_graphs.py - Random GRU nodes beside ONNX Runtime and float64 -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""random_graphs.py FOLDER COUNT: every attribute, with and without each optional input.

The judge is float64 by ONNX's own equations; ONNX Runtime is asked, too, where it can be: it
refuses layout 1, and gives 0, not h_0, as the state of a row of length 0."""

import os
import sys

import numpy as np
from onnx_kit import ACTIVATIONS, Gru, compile_onnx, joined, run_onnxruntime


def draw(rng):
    D = int(rng.integers(1, 3))
    H, I = int(rng.choice([1, 2, 3, 5, 8, 9, 16, 17, 31])), int(rng.choice([1, 2, 4, 7, 12]))
    dtype = np.float64 if rng.random() < 0.15 else np.float32
    scale = 1 / np.sqrt(H)
    direction = "bidirectional" if D == 2 else str(rng.choice(["forward", "reverse"]))
    gru = Gru(*((rng.standard_normal(shape) * scale).astype(dtype)
                for shape in ((D, 3 * H, I), (D, 3 * H, H))), direction=direction)
    if rng.random() < 0.7:
        gru.B = (rng.standard_normal((D, 6 * H)) * scale).astype(dtype)
    gru.after = int(rng.integers(2))
    if rng.random() < 0.7:
        # A gate that leaves [0, 1] makes the state grow: bounded ones there, mostly.
        gates = ["Sigmoid", "Sigmoid", "HardSigmoid", "HardSigmoid", "Tanh", "Softsign", "ScaledTanh"]
        pair = [str(rng.choice(gates)), str(rng.choice(list(ACTIVATIONS)))]
        gru.activations = pair * D
        ones = [ACTIVATIONS[name][0] for name in gru.activations]
        values = {name: [float(np.float32(v)) for v in rng.uniform(0.1, 0.6, 2)] for name in pair}
        no_default = {"Affine", "ScaledTanh", "ThresholdedRelu"} & set(pair)
        if (rng.random() < 0.6 or no_default) and any(ones):
            gru.alpha = [values[n][0] for n, c in zip(gru.activations, ones) if c]
            if any(c == 2 for c in ones):
                gru.beta = [values[n][1] for n, c in zip(gru.activations, ones) if c == 2]
    if rng.random() < 0.3:
        gru.clip = float(rng.choice([0.3, 1.0, 2.5]))
    gru.layout = int(rng.random() < 0.2)
    return gru


def check(index, folder):
    rng = np.random.default_rng([19, index])
    gru = draw(rng)
    dtype, D, H, I = gru.W.dtype, len(gru.W), gru.H, gru.W.shape[2]
    T, B = int(rng.choice([1, 2, 5, 9])), int(rng.choice([1, 2, 3, 6]))
    x = rng.standard_normal((T, B, I)).astype(dtype)
    h_0 = rng.standard_normal((D, B, H)).astype(dtype) * dtype.type(0.5) if rng.random() < 0.5 else None
    lengths = rng.integers(0, T + 1, B).astype(np.int32) if rng.random() < 0.4 else None
    constants = str(rng.choice(["initializer", "initializer", "node", "identity"]))
    opset = int(rng.choice([14, 20] if gru.layout else [7, 11, 14, 18, 20]))
    model = gru.model(h_0 is not None, lengths is not None, constants=constants, opset=opset)

    compiled = compile_onnx(model, folder)
    rows = x.swapaxes(0, 1) if gru.layout else x
    y, h_n = compiled(np.ascontiguousarray(rows), h_0, lengths=lengths)
    if gru.layout:
        y = y.swapaxes(0, 1)
    Y, Y_h = gru.evaluate(x, h_0, lengths)
    # Gates that grow multiply the rounding of steps before: errors are relative to the states.
    size = max(1.0, np.abs(Y).max(initial=0), np.abs(Y_h).max())
    bound = (2e-5 if dtype == np.float32 else 1e-12) * size
    what = f"{index}: {gru.attributes()} {dtype} I={I} T={T} B={B} lengths={lengths}"
    assert y.shape == joined(Y).shape and h_n.shape == Y_h.shape, (what, y.shape, h_n.shape)
    error = max(np.abs(y - joined(Y)).max(initial=0), np.abs(h_n - Y_h).max())
    assert error <= bound, (what, error)
    if gru.layout or dtype != np.float32:
        return 0  # it has neither
    theirs, their_h = run_onnxruntime(model, {"X": x, "h_0": h_0, "lengths": lengths})
    alive = np.ones(B, bool) if lengths is None else lengths > 0
    assert np.abs(theirs - Y).max(initial=0) <= 10 * bound, (what, "ONNX Runtime")
    assert np.abs(their_h[:, alive] - h_n[:, alive]).max(initial=0) <= 11 * bound, (what, "Y_h")
    assert np.abs(joined(theirs) - y).max(initial=0) <= 11 * bound, (what, "Y")
    return 1


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    if os.environ.get("GRUCC_EXHAUSTIVE"):
        count *= 10
    asked = sum(check(index, folder) for index in range(count))
    print(f"{count} graphs, {asked} of them beside ONNX Runtime: 0 wrong")


main()
