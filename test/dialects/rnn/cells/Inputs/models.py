#===- models.py - Networks of any cell as libraries -------------------------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""The whole pipeline for CPUs, and calls of what comes out of it. That has no fused
multiply-add to count on: the code is LLVM's for any x86-64, whose fma is the C library's."""
import ctypes
import re

import numpy as np
from layers import HOIST, run

LOWER = ["--rnn-verify-schedule", "--rnn-plan-model", "--rnn-pack-weights", "--rnn-lower-layers",
         "--rnn-outline-kernels", "--rnn-expand-workspace", "--rnn-outline-phases",
         "--expand-strided-metadata", "--lower-affine", "--rnn-walk-panels",
         "--rnn-expand-panel-dot", "--rnn-expand-cell", "--rnn-expand-activations", "--rnn-emit-interface",
         "--test-lower-to-llvm"]


class Args(ctypes.Structure):
    """grucc_args."""
    _fields_ = [("size", ctypes.c_int64), ("seq_len", ctypes.c_int64), ("batch", ctypes.c_int64),
                *((name, ctypes.c_void_p) for name in (
                    "input", "h_0", "lengths", "batch_sizes", "output", "h_n", "workspace",
                    "weights")),
                ("dropout_seed", ctypes.c_uint64), ("dropout_mask", ctypes.c_void_p),
                ("parallel_for", ctypes.c_void_p), ("parallel_context", ctypes.c_void_p),
                ("threads", ctypes.c_int64), ("barrier", ctypes.c_void_p)]


def compiled(text, prefix, name, fields="", narrow=False):
    """The library of a module with the network @net, whose weights are kept as narrow as they
    are where `narrow` says so."""
    with open(prefix + ".mlir", "w") as file:
        file.write(text)
    schedule = f"--rnn-select-schedule=machine=x86-64-v3 fields={fields}"
    text = run("cells-opt", prefix + ".mlir", *(["--rnn-narrow-weights"] if narrow else []), *HOIST,
               "--canonicalize", schedule.removesuffix(" fields="), *LOWER)
    with open(prefix + ".llvm.mlir", "w") as file:
        # Attributes of the rnn dialect, which mlir-translate does not know.
        file.write(re.sub(r"^#\w.*\n| attributes \{.*\}(?=( \{)?$)", "", text, flags=re.M))
    run("mlir-translate", "--mlir-to-llvmir", prefix + ".llvm.mlir", "-o", prefix + ".ll")
    library = f"{prefix}.{name}.so"
    run("clang", "-O1", "-ffp-contract=off", "-shared", "-fPIC", "-Wno-override-module",
        "--target=x86_64-linux-gnu", prefix + ".ll", "-o", library, "-lm")
    return ctypes.CDLL(library)


def room(size):
    """So many bytes, and where they begin: at a whole line."""
    memory = np.zeros(size + 64, np.uint8)
    return memory, -(-memory.ctypes.data // 64) * 64


def workspace(library, steps, batch):
    size = library.net_workspace_bytes
    size.restype, size.argtypes = ctypes.c_int64, [ctypes.c_int64, ctypes.c_int64]
    return room(size(steps, batch))


def call(library, x, h_0, shape, **fields):
    """(output of that shape, h_n) of a run; fields of grucc_args are given by name."""
    x, h_0 = np.ascontiguousarray(x), np.ascontiguousarray(h_0)
    output, last = np.full(shape, np.nan, x.dtype), np.full(h_0.shape, np.nan, x.dtype)
    memory, start = workspace(library, *x.shape[:2])
    args = Args(ctypes.sizeof(Args), *x.shape[:2], x.ctypes.data, h_0.ctypes.data, None, None,
                output.ctypes.data, last.ctypes.data, start)
    for name, value in fields.items():
        setattr(args, name, value)
    assert library.net_run(ctypes.byref(args)) == 0
    return output, last


def stepped(library, x, h_0, weights=None):
    """The same by step: h_0 is [L, B, H]."""
    steps, batch = x.shape[:2]
    size = library.net_state_bytes
    size.restype, size.argtypes = ctypes.c_int64, [ctypes.c_int64]
    (kept, state), (memory, space) = room(size(batch)), workspace(library, 1, batch)
    pointer, count = ctypes.c_void_p, ctypes.c_int64
    h_0 = np.ascontiguousarray(h_0)
    last = np.full(h_0.shape, np.nan, x.dtype)
    output = np.full((steps, batch, h_0.shape[2]), np.nan, x.dtype)
    assert library.net_init_state(pointer(state), pointer(h_0.ctypes.data), count(batch)) == 0
    for t in range(steps):
        row = np.ascontiguousarray(x[t])
        assert library.net_step(pointer(row.ctypes.data), pointer(output[t].ctypes.data),
                                pointer(state), pointer(space), pointer(weights),
                                count(batch)) == 0
    assert library.net_read_state(pointer(state), pointer(last.ctypes.data), count(batch)) == 0
    return output, last
