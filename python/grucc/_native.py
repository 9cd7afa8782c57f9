# ===- _native.py - The extension that makes usual calls quick -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""grucc._calls, of python/calls/: in the package, or built beside its sources. It makes the usual
calls of a model quick and changes none; without it all of them are made by Python.
"""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from ._tracing import observers

if TYPE_CHECKING:
    from ._library import Descriptor

_INTERFACE = 1  # as in python/calls/calls.c
_SUFFIX = ".abi3.so"  # of CPython from 3.11 on, but for builds without its lock


@functools.cache
def _extension() -> ModuleType | None:
    """The module, or None where there is none for this Python and this package."""
    if _SUFFIX not in importlib.machinery.EXTENSION_SUFFIXES:
        return None
    name, here = f"{__package__}._calls", Path(__file__).resolve()
    for folder in here.parent, here.parents[2] / "build" / "lib":
        place = str(folder / f"_calls{_SUFFIX}")
        loader = importlib.machinery.ExtensionFileLoader(name, place)
        try:
            module = importlib.util.module_from_spec(
                importlib.machinery.ModuleSpec(name, loader, origin=place))
            loader.exec_module(module)
        except ImportError:  # none, or another Python's
            continue
        if module.INTERFACE == _INTERFACE:
            return module
    return None


def calls_of(descriptor: Descriptor, dtype: np.dtype[Any]) -> Any:
    """The extension's Calls of the model of a descriptor, or None."""
    extension = _extension()
    if extension is None:
        return None
    return extension.Calls(descriptor.loaded.descriptor_address(), descriptor, np.ndarray, np.empty,
                           dtype)


def observe(calls: Any, torch: ModuleType) -> None:
    """Has them take torch's tensors, and leave calls alone that torch records."""
    tensor = torch.Tensor
    calls.observe(tensor, getattr(tensor, "__dlpack_c_exchange_api__", None), tensor.is_neg,
                  *observers(torch))
