# ===- _cuda.py - Weights on a GPU, for the operator -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A model for a GPU has its weights inside: it is compiled for every set of them, or found in
grucc's cache by what they hold.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import torch

from . import _compiler
from ._compile import compile
from ._errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._model import Model
    from ._network import GRU


@functools.cache
def _targets() -> list[int]:
    """The compute capabilities that the compiler knows, 75 for 7.5, in order."""
    said = _compiler._start([_compiler.find_compiler(), "--print-targets"]).stdout
    return sorted(map(int, re.findall(r"^sm_([0-9]+) ", said, re.MULTILINE)))


@functools.cache
def target_of(number: int) -> str | None:
    """The target for torch's device cuda:`number`, or None: the newest that is no newer than it."""
    major, minor = torch.cuda.get_device_capability(number)
    fitting = [one for one in _targets() if one <= 10 * major + minor]
    return f"sm_{fitting[-1]}" if fitting else None


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator]
def why_not(number: int) -> str | None:
    """What keeps grucc from computing on torch's device cuda:`number`, or None."""
    if target_of(number) is None:
        major, minor = torch.cuda.get_device_capability(number)
        return (f"found compute capability {major}.{minor} of cuda:{number}, expected "
                f"{_targets()[0] / 10} or newer")
    return None


def model_of(network: GRU, weights: Sequence[torch.Tensor]) -> Model:
    """The Model of a network with these weights, in torch's order, for the device of the first."""
    names = network.weight_shapes()
    if len(weights) != len(names):
        raise InputError(f"weights: found {len(weights)} tensors, expected {len(names)}: "
                         f"{', '.join(names)}")
    on_host = {name: one.detach().cpu() for name, one in zip(names, weights)}
    number = weights[0].device.index or 0
    return compile(on_host, target=target_of(number), device=number,
                   batch_first=network.batch_first)
