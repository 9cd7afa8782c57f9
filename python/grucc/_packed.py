# ===- _packed.py - Runs over rows of several lengths, packed step by step -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: T steps, B batch, N the sum of batch_sizes, I input size, H hidden size."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING

import numpy as np

from ._arguments import shown
from ._arrays import address, as_counts, shape_of
from ._dropout import draw_mask
from ._errors import InputError, shape_error
from ._given import given_dropout
from ._gpu import CudaTensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._model import Model
    from ._types import Array, Counts, Floats, Mask, Sizes

    Order = NDArray[np.int64]


class PackedSequence(typing.NamedTuple):
    """torch.nn.utils.rnn.PackedSequence for programs without torch.

    data              [N, I], float32 or float64: the rows of step 0, then those of step 1, ...
    batch_sizes       [T]: rows in each step, never growing
    sorted_indices    [B]: the caller's row that stands at each place, or None: as it is
    unsorted_indices  [B]: the inverse of sorted_indices, or None
    """
    data: Floats
    batch_sizes: Counts
    sorted_indices: Counts | None = None
    unsorted_indices: Counts | None = None


def _permutation(name: str, value: Counts | None) -> tuple[Order | None, Order | None]:
    """(the indices, their inverse), or nothing for None."""
    if value is None:
        return None, None
    indices = as_counts(name, value)
    if not np.array_equal(np.sort(indices), np.arange(len(indices))):
        raise InputError(f"{name}: found {indices.tolist()}, expected each of 0 to "
                         f"{len(indices) - 1} once")
    return indices, np.argsort(indices)


def _orders(packed: PackedSequence) -> tuple[Order | None, Order | None]:
    """(sorted_indices, unsorted_indices), or None twice; one of them is enough."""
    order, inverse = _permutation("sorted_indices", packed.sorted_indices)
    other, other_inverse = _permutation("unsorted_indices", packed.unsorted_indices)
    if order is None:
        return other_inverse, other
    if other is not None and inverse is not None and not np.array_equal(inverse, other):
        raise InputError("unsorted_indices: found another order than that of sorted_indices")
    return order, inverse


def _check_sizes(sizes: Order, batch: int, rows: int) -> None:
    """Never growing, at most B, and as many as there are rows."""
    limits = np.concatenate([[batch], sizes])[:-1]
    outside = np.flatnonzero((sizes < 0) | (sizes > limits))
    if len(outside):
        t = outside[0]
        raise InputError(f"batch_sizes: found {sizes[t]} at step {t}, expected 0 to {limits[t]}")
    if sizes.sum() != rows:
        raise InputError(f"input: found {rows} rows, expected {sizes.sum()}, the sum of "
                         "batch_sizes")


def run(model: Model, packed: PackedSequence, h_0: Array | None, dropout_seed: int | None,
        dropout_mask: Mask | None) -> tuple[PackedSequence, Array]:
    """Model.__call__ for a PackedSequence: h_0 and h_n [D*L, B, H] in the caller's order."""
    for name in PackedSequence._fields:
        if not hasattr(packed, name):
            raise InputError(f"input: found {shown(packed)} with batch_sizes and without {name}, "
                             "expected a PackedSequence")
    arrays, data = model._kind("input", packed.data)
    if len(shape_of("input", data)) != 2 or data.shape[1] != model.input_size:
        raise shape_error("input", data.shape, "sum of batch_sizes", model.input_size)
    sizes = as_counts("batch_sizes", packed.batch_sizes)
    order, inverse = _orders(packed)
    h_0_arrays = arrays
    if h_0 is not None:
        h_0_arrays, h_0 = model._state_kind(arrays, h_0)
    # Rows of length 0 are in no step: only the indices and h_0 know of them.
    if order is not None:
        batch = len(order)
    elif h_0 is not None and len(shape_of("h_0", h_0)) == 3:
        batch = h_0.shape[1]
    else:
        batch = int(sizes[0]) if len(sizes) else 0
    _check_sizes(sizes, batch, data.shape[0])

    data, data_at = arrays.operand("input", data)
    state_shape = model._states, batch, model.hidden_size
    h_0_at = seed = 0
    if h_0 is not None:
        if shape_of("h_0", h_0) != state_shape:
            raise shape_error("h_0", h_0.shape, *state_shape)
        if order is not None:
            h_0 = h_0_arrays.take(h_0, order, 1)
        h_0, h_0_at = h_0_arrays.operand("h_0", h_0)
    mask = None
    if model.training or dropout_seed is not None or dropout_mask is not None:
        seed, mask = given_dropout(model, dropout_seed, dropout_mask, len(sizes), batch)
    # The model's row is the place in the packed order; N5 and the mask mean the caller's row.
    if order is not None:
        if mask is not None:
            mask = np.take(mask, order, axis=2)
        elif model._draws:
            mask = draw_mask(model.dropout, seed, model.num_layers - 1, len(sizes), order,
                             model._width)

    output, output_at = arrays.empty((data.shape[0], model._width))
    h_n, h_n_at = arrays.empty(state_shape)
    sizes_at = address(sizes) if len(sizes) else 0
    if model._gpu is not None and isinstance(arrays, CudaTensors):
        status = model._gpu.run_on(arrays, len(sizes), batch, data.shape[0], data_at, h_0_at, 0,
                                   sizes_at, output_at, h_n_at)
    else:
        status = model._run_at(len(sizes), batch, data_at, h_0_at, 0, sizes_at, output_at, h_n_at,
                               seed, 0 if mask is None else address(mask))
    model._check("run", status)
    if inverse is not None:
        h_n = arrays.take(h_n, inverse, 1)
    return type(packed)(output, packed.batch_sizes, packed.sorted_indices,
                        packed.unsorted_indices), h_n
