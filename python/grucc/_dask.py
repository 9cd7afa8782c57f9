# ===- _dask.py - What dask.distributed is told of grucc's modules -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""dask.distributed takes a torch.nn.Module apart and sends its attributes. What is a module and
more is to be sent as pickle makes it. dask is never imported here.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import NoReturn

T = TypeVar("T", bound=type)
_TEACHES = "distributed.protocol.torch"  # imported when distributed sends its first module


def _refuse(module: object) -> NoReturn:
    """distributed's way to be told: take the next serializer, which is pickle."""
    raise NotImplementedError


def _register(kind: type) -> None:
    sys.modules["distributed.protocol"].dask_serialize.register(kind, _refuse)


class _Finder:
    """Finds no module; hears when distributed learns of torch, which may be after models have been
    made."""

    def __init__(self) -> None:
        self.kinds: list[type] = []

    def find_spec(self, name: str, path: Sequence[str] | None = None,
                  target: ModuleType | None = None) -> ModuleSpec | None:
        if name == _TEACHES:
            while self.kinds:
                _register(self.kinds.pop())
        return None


_finder = _Finder()


def send_by_pickle(kind: T) -> T:
    """A decorator: has distributed pickle what is of this class, whichever is imported first."""
    if _TEACHES in sys.modules:
        _register(kind)
    else:
        _finder.kinds.append(kind)
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)
    return kind
