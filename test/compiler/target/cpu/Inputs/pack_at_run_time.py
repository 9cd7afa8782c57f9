# ===- pack_at_run_time.py - Weights packed at run time, and constants -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------------------=== #
"""Random networks, each compiled with its weights and without: what pack() writes stands in the
object that has them, byte for byte. Says what was drawn.

Letters: I input_size, H hidden_size, L num_layers, D directions."""

import ctypes
import pathlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from compiled import OK, Model, Room, address, compile_model, levels
from safetensors.numpy import save_file

LANES = {"x86-64-v2": 4, "x86-64-v3": 8, "x86-64-v4": 16}  # of float32


def draw(index, level):
    """Weights in torch's order, the options that compile them, and what they are."""
    rng = np.random.default_rng([11, index])
    dtype = "float64" if index % 4 == 3 else "float32"
    lanes = LANES[level] * 4 // np.dtype(dtype).itemsize
    panel, L, D, bias = int(rng.integers(1, 4)), int(rng.integers(1, 4)), int(rng.integers(1, 3)), rng.random() < 0.7
    # Tails of every kind: none, units that share a vector, any.
    H = lanes * int(rng.integers(1, 2 * panel + 1)) + int(rng.integers(1, lanes))
    H = (H - H % lanes, H - H % lanes + max(1, lanes // 4), H)[index % 3]
    I = int(rng.integers(1, 40))
    tensors = {}
    for l in range(L):
        for suffix in ("", "_reverse")[:D]:
            shapes = {"weight_ih": (3 * H, D * H if l else I), "weight_hh": (3 * H, H)}
            shapes |= {"bias_ih": (3 * H,), "bias_hh": (3 * H,)} if bias else {}
            for name, shape in shapes.items():
                tensors[f"{name}_l{l}{suffix}"] = rng.uniform(-1, 1, shape).astype(dtype)
    drawn = {"float64": dtype == "float64", "two directions": D == 2, "no bias": not bias, "several layers": L > 1,
             "whole panels": H % (lanes * panel) == 0, "packed units": 0 < H % lanes <= lanes // 4}
    drawn["other tails"] = not drawn["whole panels"] and not drawn["packed units"]
    return tensors, [f"--target={level}", f"--schedule=lanes={lanes},panel={panel}"], drawn


def check(index, level):
    tensors, options, drawn = draw(index, level)
    save_file(tensors, f"{index}.safetensors")
    baked = compile_model(f"{index}.safetensors", f"{index}.o", *options)
    model = Model("./" + compile_model(f"{index}.safetensors", f"{index}.so", "--weights=external", *options))
    pointers = (ctypes.c_void_p * len(tensors))(*map(address, tensors.values()))
    room, size = Room(model.descriptor.weights_bytes), model.descriptor.weights_bytes
    packed = room.place(size, at_end=True)
    packed[:] = 0  # what lies between the parts is nobody's
    assert model.pack(pointers, address(packed)) == OK and room.intact(), (index, options)
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    assert packed.tobytes() in pathlib.Path(baked).read_bytes(), (index, options, drawn, shapes)
    return drawn


runnable, count = levels(), 16
with ThreadPoolExecutor(2) as pool:
    found = list(pool.map(lambda index: check(index, runnable[-1 - index % len(runnable)]), range(count)))
total = Counter(name for drawn in found for name, is_so in drawn.items() if is_so)
print(f"the same bytes of {count} networks:", ", ".join(f"{name} {total[name]}" for name in found[0]))
