#===- kernels.py - Kernels of cells of one and two gates ---------------------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""kernels.py PREFIX: a layer of a cell of one round and one state goes through the whole
pipeline for CPUs, and gives Reference's bits (N4). What calls it has no fused multiply-add
to count on: the code is LLVM's for any x86-64, whose fma is the C library's."""
import ctypes
import re
import sys

import numpy as np
from layers import HOIST, Layer, evaluate, run

rng, prefix = np.random.default_rng(1), sys.argv[1]


class Args(ctypes.Structure):
    """grucc_args."""
    _fields_ = [("size", ctypes.c_int64), ("seq_len", ctypes.c_int64), ("batch", ctypes.c_int64),
                *((name, ctypes.c_void_p) for name in (
                    "input", "h_0", "lengths", "batch_sizes", "output", "h_n", "workspace",
                    "weights")),
                ("dropout_seed", ctypes.c_uint64), ("dropout_mask", ctypes.c_void_p),
                ("parallel_for", ctypes.c_void_p), ("parallel_context", ctypes.c_void_p),
                ("threads", ctypes.c_int64), ("barrier", ctypes.c_void_p)]


def compiled(layer, name):
    with open(prefix + ".mlir", "w") as file:
        file.write(layer.as_network("net"))
    text = run("cells-opt", prefix + ".mlir", *HOIST, "--canonicalize",
               "--rnn-select-schedule=machine=x86-64-v3", "--rnn-verify-schedule",
               "--rnn-plan-model", "--rnn-pack-weights", "--rnn-emit-kernels", "--rnn-outline-kernels", "--rnn-expand-workspace", "--rnn-outline-phases",
               "--rnn-walk-panels", "--rnn-expand-panel-dot", "--rnn-expand-cell",
               "--rnn-expand-activations", "--test-lower-to-llvm")
    with open(prefix + ".llvm.mlir", "w") as file:
        # Attributes of the rnn dialect, which mlir-translate does not know.
        file.write(re.sub(r"^#\w.*\n| attributes \{.*\}(?=( \{)?$)", "", text, flags=re.M))
    run("mlir-translate", "--mlir-to-llvmir", prefix + ".llvm.mlir", "-o", prefix + ".ll")
    library = f"{prefix}.{name}.so"
    run("clang", "-O1", "-ffp-contract=off", "-shared", "-fPIC", "-Wno-override-module",
        "--target=x86_64-linux-gnu", prefix + ".ll", "-o", library, "-lm")
    return ctypes.CDLL(library)


def call(library, layer):
    steps, batch = layer.x.shape[:2]
    size = library.net_workspace_bytes
    size.restype, size.argtypes = ctypes.c_int64, [ctypes.c_int64, ctypes.c_int64]
    room = np.zeros(size(steps, batch) + 64, np.uint8)
    output, last = (np.zeros(shape, np.float32) for shape in layer.results())
    x, h_0 = np.ascontiguousarray(layer.x), np.ascontiguousarray(layer.h_0)
    args = Args(ctypes.sizeof(Args), steps, batch, x.ctypes.data, h_0.ctypes.data, None, None,
                output.ctypes.data, last.ctypes.data, -(-room.ctypes.data // 64) * 64)
    assert library.net_run(ctypes.byref(args)) == 0
    return output, last


for cell in ("rnn", "mgu", "gru"):
    # One vector of units, one that is packed where gates share it, and several; one row, and
    # as many as go through a tile together.
    for index, (inputs, hidden) in enumerate([(3, 5), (10, 17), (20, 66)]):
        for batch in (1, 5):
            layer = Layer(rng, cell, 4, batch, inputs, hidden, dtype=np.float32)
            found = call(compiled(layer, f"{cell}_{index}_{batch}"), layer)
            with open(prefix + ".mlir", "w") as file:
                file.write(layer.of_constants("f"))
            for ours, theirs in zip(found, evaluate(prefix + ".mlir", np.float32)["f"]):
                assert np.array_equal(ours, theirs.astype(np.float32)), (cell, hidden, batch)
