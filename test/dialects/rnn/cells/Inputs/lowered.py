#===- lowered.py - Cells as plain code, beside Reference and loops -----------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""lowered.py PLAIN.so PREFIX: layers of every cell become code by test-lower-cells, and
give Reference's bits in float32 and float64. With the reset gate before the product they
are those of plain loops (PLAIN.so), too, whose float64 is numpy's."""
import ctypes
import sys

import numpy as np
from layers import CELLS, HOIST, Layer, evaluate, run

rng = np.random.default_rng(1)
plain, prefix = ctypes.CDLL(sys.argv[1]), sys.argv[2]
LOWER = ["--canonicalize", "--test-lower-cells", "--rnn-expand-activations",
         "--convert-math-to-llvm", "--convert-scf-to-cf", "--expand-strided-metadata",
         "--finalize-memref-to-llvm", "--convert-arith-to-llvm", "--convert-cf-to-llvm",
         "--convert-func-to-llvm=use-bare-ptr-memref-call-conv=1", "--reconcile-unrealized-casts"]


def address(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def compiled(layers, name):
    """The functions of some layers, as a library: each has a file of its own."""
    library = f"{prefix}.{name}.so"
    with open(prefix + ".mlir", "w") as file:
        file.write("".join(layer.of_arguments(name) for name, layer in layers.items()))
    # Biases are arguments, so that folding leaves an op: the cell adds b_hh itself.
    run("cells-opt", prefix + ".mlir", HOIST[0], *LOWER, "-o", prefix + ".llvm.mlir")
    run("mlir-translate", "--mlir-to-llvmir", prefix + ".llvm.mlir", "-o", prefix + ".ll")
    run("clang", "-O1", "-ffp-contract=off", "-shared", "-fPIC", "-Wno-override-module",
        prefix + ".ll", "-o", library, "-lm")
    return ctypes.CDLL(library)


def call(library, name, layer):
    results = [np.zeros(shape, layer.dtype) for shape in layer.results()]
    tensors = [np.ascontiguousarray(t) for t in layer.tensors()]
    getattr(library, name)(*map(address, tensors + results))
    return results


def by_numpy(layer):
    """Reset before, in float64 and the order of numpy."""
    def sigmoid(value):
        return 1 / (1 + np.exp(-value))

    states, outputs = layer.h_0.astype(np.float64), []
    (w_ir, w_iz, w_in), (w_hr, w_hz, w_hn) = (np.split(w.astype(np.float64), 3)
                                              for w in (layer.w_ih, layer.w_hh))
    (b_ir, b_iz, b_in), (b_hr, b_hz, b_hn) = (np.split(b.astype(np.float64), 3)
                                              for b in (layer.b_ih, layer.b_hh))
    for x in layer.x.astype(np.float64):
        r = sigmoid(x @ w_ir.T + b_ir + states @ w_hr.T + b_hr)
        z = sigmoid(x @ w_iz.T + b_iz + states @ w_hz.T + b_hz)
        n = np.tanh(x @ w_in.T + b_in + (r * states) @ w_hn.T + b_hn)
        states = (1 - z) * n + z * states
        outputs.append(states)
    return np.array(outputs), states


def by_loops(layer):
    name = "reset_before_" + np.dtype(layer.dtype).name
    steps, batch, inputs = layer.x.shape
    output, last = np.zeros(layer.results()[0], layer.dtype), layer.h_0.copy()
    for row in range(batch):
        x, own = layer.x[:, row].copy(), np.zeros((steps, layer.hidden), layer.dtype)
        getattr(plain, name)(*map(ctypes.c_int64, (steps, inputs, layer.hidden)), *map(
            address, (x, last[row], layer.w_ih, layer.w_hh, layer.b_ih, layer.b_hh, own)))
        output[:, row] = own
    return output, last


def same_bits(ours, theirs):
    return all(np.array_equal(a, b.astype(a.dtype)) for a, b in zip(ours, theirs))


for dtype in (np.float32, np.float64):
    layers = {}
    for cell in CELLS:
        # Sums of one block, of two halves and of several.
        for index, (inputs, hidden) in enumerate([(3, 5), (9, 12), (70, 66)]):
            layers[f"{cell}_{index}"] = Layer(rng, cell, 4, 2, inputs, hidden,
                                              reverse=index == 1 and cell != "reset_before",
                                              dtype=dtype)
    library = compiled(layers, np.dtype(dtype).name)
    with open(prefix + ".mlir", "w") as file:
        file.write("".join(layer.of_constants(name) for name, layer in layers.items()))
    # As the code adds its biases: all of them in the cell.
    run("cells-opt", prefix + ".mlir", HOIST[0], "-o", prefix + ".scan.mlir")
    reference, folded = evaluate(prefix + ".scan.mlir", dtype), evaluate(prefix + ".mlir", dtype)
    for name, layer in layers.items():
        assert same_bits(call(library, name, layer), reference[name]), (name, dtype)
        if layer.cell != "reset_before":
            continue
        loops = by_loops(layer)
        assert same_bits(loops, folded[name]), (name, dtype)
        if dtype == np.float64:
            worst = max(np.abs(a - b).max() for a, b in zip(loops, by_numpy(layer)))
            assert worst < 1e-13, (name, worst)
