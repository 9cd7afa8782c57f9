# ===- _dropout.py - The random words of dropout masks -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Clause N5 in NumPy, for the calls whose rows generated code sees in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ._arguments import real_number, shown, whole_number
from ._arrays import as_counts
from ._errors import InputError, no_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ._types import Counts

    Words = NDArray[np.uint64]

Number = TypeVar("Number", int, float)
_LOW = np.uint64(0xFFFFFFFF)


def philox4x32(counter: Sequence[Words], seed: int) -> tuple[Words, Words, Words, Words]:
    """Philox4x32-10: four uint64 arrays that hold 32-bit words ==> the four random words."""
    a, b, c, d = counter
    key0, key1 = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * a, np.uint64(0xCD9E8D57) * c
        a, b, c, d = (second >> np.uint64(32) ^ b ^ np.uint64(key0), second & _LOW,
                      first >> np.uint64(32) ^ d ^ np.uint64(key1), first & _LOW)
        key0, key1 = (key0 + 0x9E3779B9) & 0xFFFFFFFF, (key1 + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def _within(name: str, value: Number, most: Number) -> Number:
    if not 0 <= value <= most:
        raise InputError(f"{name}: found {shown(value)}, expected 0 to {most}")
    return value


def draw_mask(dropout: float, seed: int, layers: int, seq_len: int, rows: Counts,
              width: int) -> NDArray[np.uint8]:
    """The dropout mask that a model with training=True draws from a seed: uint8 [layers, T, B,
    width], 1 keeps and 0 drops.

    dropout  the probability to drop, 0 to 1
    seed     an integer of 64 bits, as dropout_seed of a call
    layers   how many layers have dropout behind them: num_layers - 1
    seq_len  T, steps
    rows     integers [B]: row i of the mask is that of rows[i] in the caller's order
    width    D*H, features of a layer's output

    What is no such number raises grucc.InputError; a mask that memory does not hold, grucc.Error.
    """
    dropout = _within("dropout", real_number("dropout", dropout), 1)
    seed = _within("seed", whole_number("seed", seed), 2**64 - 1)
    layers, seq_len, width = (_within(name, whole_number(name, value), 2**31 - 1) for name, value in
                              (("layers", layers), ("seq_len", seq_len), ("width", width)))
    numbers = as_counts("rows", rows)
    shape: tuple[int, ...] = layers, seq_len, len(numbers), width
    try:
        mask = np.empty(shape, np.uint8)
    except (MemoryError, ValueError):
        raise no_memory("mask", shape) from None
    threshold = np.uint64(int(dropout * 2.0**32))
    step = np.arange(seq_len, dtype=np.uint64)[:, None, None]
    row = numbers.astype(np.uint64)[:, None]
    word = np.arange((width + 3) // 4, dtype=np.uint64)
    shape = (seq_len, len(numbers), len(word))
    for layer in range(layers):
        counter = [np.broadcast_to(part, shape) for part in (word, row, step, np.uint64(layer))]
        drawn = np.stack(philox4x32(counter, seed), axis=-1).reshape(*shape[:2], 4 * len(word))
        mask[layer] = drawn[..., :width] >= threshold
    return mask
