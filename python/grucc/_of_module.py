# ===- _of_module.py - The models of torch's modules -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""pickle finds this function where torch is not installed, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._arrays import torch_module
from ._model import Model

if TYPE_CHECKING:
    from ._artifact import Folder
    from ._types import Device, Json, Path


def of_module(path: Path, report: Json | None = None, owner: Folder | None = None, threads: int = 1,
              device: Device = None) -> Model:
    """The Model of a torch.nn.GRU: one that is a module as well, where the program has imported
    torch."""
    if torch_module() is None:
        return Model(path, report, owner, threads, device)
    from ._drop_in import Model as DropIn
    return DropIn(path, report, owner, threads, device)
