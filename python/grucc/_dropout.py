# ===- _dropout.py - The random words of dropout masks -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Clause N5 in NumPy, for the calls whose rows generated code sees in another order."""

import numpy as np

from ._arguments import real_number, shown, whole_number
from ._arrays import as_counts
from ._errors import InputError, no_memory

_LOW = np.uint64(0xFFFFFFFF)


def philox4x32(counter, seed):
    """Philox4x32-10: four uint64 arrays that hold 32-bit words ==> the four random words."""
    a, b, c, d = counter
    key0, key1 = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * a, np.uint64(0xCD9E8D57) * c
        a, b, c, d = (second >> np.uint64(32) ^ b ^ np.uint64(key0), second & _LOW,
                      first >> np.uint64(32) ^ d ^ np.uint64(key1), first & _LOW)
        key0, key1 = (key0 + 0x9E3779B9) & 0xFFFFFFFF, (key1 + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def _within(name, value, most):
    if not 0 <= value <= most:
        raise InputError(f"{name}: found {shown(value)}, expected 0 to {most}")
    return value


def draw_mask(dropout, seed, layers, seq_len, rows, width):
    """uint8 [layers, T, B, width], 1 keeps: row i of the mask is that of rows[i] (int64 [B])."""
    dropout = _within("dropout", real_number("dropout", dropout), 1)
    seed = _within("seed", whole_number("seed", seed), 2**64 - 1)
    layers, seq_len, width = (_within(name, whole_number(name, value), 2**31 - 1) for name, value in
                              (("layers", layers), ("seq_len", seq_len), ("width", width)))
    rows = as_counts("rows", rows)
    shape = layers, seq_len, len(rows), width
    try:
        mask = np.empty(shape, np.uint8)
    except (MemoryError, ValueError):
        raise no_memory("mask", shape) from None
    threshold = np.uint64(int(dropout * 2.0**32))
    step = np.arange(seq_len, dtype=np.uint64)[:, None, None]
    row = rows.astype(np.uint64)[:, None]
    word = np.arange((width + 3) // 4, dtype=np.uint64)
    shape = (seq_len, len(rows), len(word))
    for layer in range(layers):
        counter = [np.broadcast_to(part, shape) for part in (word, row, step, np.uint64(layer))]
        drawn = np.stack(philox4x32(counter, seed), axis=-1).reshape(*shape[:2], 4 * len(word))
        mask[layer] = drawn[..., :width] >= threshold
    return mask
