# ===- weights.py - Weights that are the same everywhere, without NumPy -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Weights of a network that is compared, drawn by Python's own generator, whose numbers do not
depend on the machine; and safetensors files of them, or of zeros."""

import json
import random
from array import array

COARSE = 4  # different values, two bits each, for what is large


def names_and_shapes(network):
    """In torch's order."""
    H, D = network["H"], network["D"]
    for layer in range(network["L"]):
        for suffix in ("", "_reverse")[:D]:
            columns = network["I"] if layer == 0 else D * H
            yield f"weight_ih_l{layer}{suffix}", (3 * H, columns)
            yield f"weight_hh_l{layer}{suffix}", (3 * H, H)
            if network["bias"]:
                yield f"bias_ih_l{layer}{suffix}", (3 * H,)
                yield f"bias_hh_l{layer}{suffix}", (3 * H,)


def count(shape):
    return shape[0] * (shape[1] if len(shape) == 2 else 1)


def draw(network):
    """{name: (shape, float32 values)}: U(-1/sqrt(H), 1/sqrt(H)), as torch draws them."""
    generator, bound = random.Random(network["seed"]), network["H"] ** -0.5
    values = [generator.uniform(-bound, bound) for _ in range(COARSE)]
    drawn = {}
    for name, shape in names_and_shapes(network):
        size = count(shape)
        if network["coarse"]:
            numbers = generator.choices(values, k=size)
        else:
            numbers = (generator.uniform(-bound, bound) for _ in range(size))
        drawn[name] = shape, array("f", numbers)
    return drawn


def save(path, tensors):
    """{name: (shape, values)} to a safetensors file; values None are zeros, a hole in the file."""
    header, at = {}, 0
    for name, (shape, _) in tensors.items():
        end = at + 4 * count(shape)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for shape, values in tensors.values():
            if values is None:
                file.seek(4 * count(shape), 1)
            else:
                file.write(values.tobytes())
        file.truncate(8 + len(text) + at)


def zeros(network):
    return {name: (shape, None) for name, shape in names_and_shapes(network)}


def random_bytes(size, precision, hidden_size):
    """What weights of so many bytes are like: a short random sequence again and again, since all
    that matters for time is that bits change."""
    import struct
    generator, bound, short = random.Random(1), hidden_size ** -0.5, 16411  # a prime
    numbers = [generator.uniform(-bound, bound) for _ in range(short)]
    if precision == "float16":
        block = struct.pack(f"<{short}e", *numbers)
    else:
        block = struct.pack(f"<{short}f", *numbers)
        if precision == "bfloat16":  # the upper halves
            block = b"".join(block[i + 2:i + 4] for i in range(0, len(block), 4))
    return (block * (size // len(block) + 1))[:size]
