# ===- _types.py - Words for the package's annotations -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Read by type checkers alone, so that neither torch nor typing_extensions is needed to run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeVar, Union

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

Real = TypeVar("Real", np.float32, np.float64)
Floats = Union[NDArray[np.float32], NDArray[np.float64]]  # of a model's dtype
RealType = Union[np.dtype[np.float32], np.dtype[np.float64]]
Array = Union[Floats, torch.Tensor]
A = TypeVar("A", bound=Array)
Numbers = Union[NDArray[np.generic], torch.Tensor]  # of any dtype
Counts = Union[Sequence[int], NDArray[np.integer], torch.Tensor]
Lists = Union[Sequence[float], Sequence[Sequence[float]], Sequence[Sequence[Sequence[float]]]]
Given = Union[Array, Lists]
Mask = Union[NDArray[np.uint8], NDArray[np.bool_], torch.Tensor]
Rows = Union[int, np.integer, slice, Counts, NDArray[np.bool_], Sequence[bool]]

Shape = Sequence[Union[int, str]]  # a letter stands for any number
Sizes = tuple[int, ...]
Path = Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]
StrPath = Union[str, os.PathLike[str]]
Target = Union[str, list[str], tuple[str, ...], None]
Device = Union[int, str, torch.device, None]
DType = Union[str, torch.dtype, np.dtype[Any], type]
Weights = Mapping[str, Union[ArrayLike, torch.Tensor]]
Json = dict[str, Any]


class Variant(TypedDict, total=False):
    """What grucc.GRU says of a network that torch has no word for."""
    direction: str
    reset: str
    gate_activation: str
    candidate_activation: str
    clip: float


class Flags(TypedDict, total=False):
    """What `grucc --help` lists and grucc.compile takes."""
    batch_first: bool | None
    bias: bool | None
    bidirectional: bool | None
    candidate_activation: str | None
    clip: float | None
    direction: str | None
    dropout: float | None
    dtype: DType | None
    export_symbols: bool | None
    functions: str | None
    gate_activation: str | None
    header: Path | None
    hidden_size: int | None
    init: str | None
    input_size: int | None
    machine: Path | None
    max_flash: int | str | None
    max_ram: int | str | None
    name: str | None
    narrow_weights: bool | None
    node: str | None
    num_layers: int | None
    optimize: str | None
    precision: str | None
    prefix: str | None
    processor: str | None
    ptxas: Path | None
    reset: str | None
    schedule: str | list[str] | tuple[str, ...] | None
    schedule_file: Path | None
    seed: int | None
    training: bool | None
    unwind_tables: bool | None
    weights_section: str | None
