# ===- network.py - One network that was found, and its safetensors file -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A network under torch's names with the keys of NETWORK.json that its file says."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import numpy as np

from .._errors import InputError
from .._network import safetensors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .._types import Json

    Weights = dict[str, NDArray[np.floating]]


@dataclasses.dataclass
class Found:
    """A network in another library's file.

    name: its place in the file, "" at the top
    tensors: {torch's name: array} of torch's shapes, rows r, z, n; empty with a fault
    facts: keys of NETWORK.json that tensors do not say
    notes: what stands beside it, one line each
    fault: why it cannot be converted, or "" """
    name: str
    tensors: Weights = dataclasses.field(default_factory=dict)
    facts: dict[str, str | bool] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
    fault: str = ""

    def sizes(self) -> tuple[int, int, int, bool, bool]:
        """(input_size, hidden_size, num_layers, bidirectional, bias)"""
        first, hidden = self.tensors["weight_ih_l0"], self.tensors["weight_hh_l0"]
        layers = sum(name.startswith("weight_hh_l") and not name.endswith("_reverse")
                     for name in self.tensors)
        return (first.shape[1], hidden.shape[1], layers, "weight_hh_l0_reverse" in self.tensors,
                "bias_ih_l0" in self.tensors)

    def describe(self) -> str:
        """A line for people."""
        if self.fault:
            return f"cannot be converted: {self.fault}"
        inputs, hidden, layers, both, bias = self.sizes()
        words = [f"GRU {inputs} -> {hidden * (1 + both)}, hidden {hidden}",
                 f"{layers} layer{'s' * (layers != 1)}",
                 "bidirectional" if both else str(self.facts.get("direction", "forward")),
                 "bias" if bias else "no bias"]
        words += [f"{key} {value}" for key, value in self.facts.items() if key != "direction"]
        return ", ".join(words)

    def json(self) -> Json:
        """What `python -m grucc list --json` says of it."""
        facts: Json = {"name": self.name, "notes": self.notes}
        if self.fault:
            return {**facts, "fault": self.fault}
        inputs, hidden, layers, both, bias = self.sizes()
        return {**facts, "input_size": inputs, "hidden_size": hidden, "num_layers": layers,
                "bidirectional": both, "bias": bias, **self.facts}


def from_zrh(array: NDArray[np.floating]) -> NDArray[np.floating]:
    """Row blocks z, r, h, along the first axis, as r, z, n."""
    update, reset, new = np.split(array, 3)
    return np.ascontiguousarray(np.concatenate([reset, update, new]))


def matrix(name: str, values: object, shape: Sequence[int | None]) -> NDArray[np.floating]:
    """A float array of that shape, None for any size, of what a file says."""
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "fiu":
            raise ValueError
        array = array if array.dtype.kind == "f" else array.astype(np.float64)
    except (ValueError, TypeError):
        raise InputError(f"{name}: found no array of numbers, expected one") from None
    if array.ndim != len(shape) or any(want not in (None, size) or size < 1
                                       for want, size in zip(shape, array.shape)):
        words = ", ".join("any" if want is None else str(want) for want in shape)
        raise InputError(f"{name}: found shape {list(array.shape)}, expected [{words}]")
    return array


def safetensors_of(found: Found) -> list[bytes | memoryview]:
    """The pieces of a safetensors file of the network that was `found`, which has no fault; what
    tensors do not say is in its metadata."""
    metadata = {key: value if isinstance(value, str) else json.dumps(value)
                for key, value in found.facts.items()}
    return safetensors(found.tensors, metadata)
