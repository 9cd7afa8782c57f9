# ===- _artifact.py - Models that travel as their shared library -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""copy, deepcopy, pickle, torch.save and processes that are spawned: one mechanism for all. The
bytes of the shared library go along, with what was said when it was opened, and are opened again
from a private file on the other side, checked as any file is.
"""

from __future__ import annotations

import os
import shutil
import weakref
from typing import TYPE_CHECKING

import numpy as np

from ._digests import sha256
from ._errors import Error, InputError
from ._temporary import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._model import Model
    from ._types import Json


class Folder:
    """A temporary folder that goes with its last owner."""

    def __init__(self) -> None:
        self.name = private_folder()
        weakref.finalize(self, _remove, self.name, os.getpid())


def _remove(name: str, process: int) -> None:
    if os.getpid() == process:  # a forked process has the owner, too, and leaves the folder alone
        shutil.rmtree(name, ignore_errors=True)


def reduced(model: Model) -> tuple[Callable[..., Model], tuple[object, ...]]:
    """For pickle: how to make the model again."""
    library = b"".join(model._pieces())
    model._digest = sha256(library).hexdigest()
    weights = model._weights and model._weights[0]
    return open_again, (type(model), library, model._digest, model.report, model.threads,
                        model.device, None if weights is None else weights.tobytes())


def open_again(kind: Callable[..., Model], library: bytes, digest: str, report: Json, threads: int,
               device: int | None, weights: bytes | None) -> Model:
    """A model of what `reduced` gave, in this process."""
    if sha256(library).hexdigest() != digest:
        raise InputError("model: found a damaged shared library, expected the bytes of a compiled "
                         "model")
    owner = Folder()
    path = os.path.join(owner.name, "model.so")
    try:
        with open(path, "wb") as file:
            file.write(library)
    except OSError as reason:
        raise Error(f"{path}: error: file: found {reason.strerror}, expected to write the model "
                    "there") from None
    model = kind(path, report, owner, threads, device)
    model._digest = digest
    if weights is not None:
        model._set_packed(np.frombuffer(weights, np.uint8))
    return model
