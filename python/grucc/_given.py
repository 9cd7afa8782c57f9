# ===- _given.py - Lengths and dropout that callers give -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: T steps, B batch, H hidden size, D directions, L layers."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from ._arguments import shown
from ._arrays import address, as_counts, as_numpy
from ._errors import InputError, shape_error

if TYPE_CHECKING:
    from ._model import Model


def given_lengths(lengths: Any, batch: int, rank: int) -> tuple[Any, int]:
    """(int64 [B], its address), of input of that rank."""
    if rank == 2:
        raise InputError("lengths: found lengths for unbatched input, expected none")
    lengths = as_counts("lengths", lengths)
    if len(lengths) != batch:
        raise shape_error("lengths", lengths.shape, batch)
    return lengths, address(lengths) if batch else 0


def check_lengths(lengths: Any, seq_len: int) -> None:
    """Why the model has refused a run: it looks at every length itself."""
    if lengths is not None:
        for row in np.flatnonzero((lengths < 0) | (lengths > seq_len))[:1]:
            raise InputError(f"lengths: found {lengths[row]} at row {row}, expected 0 to "
                             f"{seq_len}")


def given_dropout(model: Model, seed: Any, mask: Any, seq_len: int,
                  batch: int) -> tuple[int, Any]:
    """(seed or 0, mask or None) that the model is to use."""
    if seed is not None:
        try:
            seed = operator.index(seed)
        except Exception:  # see whole_number; True and False are taken
            raise InputError(f"dropout_seed: found {shown(seed)}, expected an integer"
                             ) from None
        if not 0 <= seed < 1 << 64:
            raise InputError(f"dropout_seed: found {shown(seed)}, expected 0 to 2^64 - 1")
    if mask is not None:
        mask = as_numpy("dropout_mask", mask)
        shape = model.num_layers - 1, seq_len, batch, model._width
        if mask.shape != shape:
            raise shape_error("dropout_mask", mask.shape, *shape)
        if mask.dtype not in (np.uint8, np.bool_):
            raise InputError(f"dropout_mask: found {mask.dtype}, expected uint8 or bool")
        mask = np.ascontiguousarray(mask).view(np.uint8)
    if not model.training:
        name = "dropout_seed" if mask is None else "dropout_mask"
        raise InputError(f"{name}: found one, expected a model compiled with training=True")
    if (seed is None and mask is None and model._draws) or not (seed is None or mask is None):
        raise InputError(f"dropout_seed: found {'neither' if seed is None else 'both'} a seed "
                         f"{'nor' if seed is None else 'and'} a mask, expected one of them")
    return seed or 0, mask
