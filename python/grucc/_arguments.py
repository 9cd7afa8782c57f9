# ===- _arguments.py - Paths and numbers that callers give -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What Python refuses with exceptions of several kinds, and much later, is refused by name here."""

from __future__ import annotations

import numbers
import operator
import os
import reprlib
from typing import TYPE_CHECKING, SupportsIndex, cast

import numpy as np

from ._errors import InputError

if TYPE_CHECKING:
    from ._types import Path

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 80


def shown(value: object) -> str:
    """Any value in one short line: its repr, or its type where it has none."""
    try:
        return " ".join(_repr.repr(value).split())
    except Exception:  # such as Python's own for a number of 5000 digits
        return f"a value of type {type(value).__name__}"


def path_of(name: str, value: object) -> str:
    """The text of a path that the system can be asked for."""
    try:
        path = os.fsdecode(cast("Path", value))
        os.fsencode(path)  # not every text is a name
    except (TypeError, ValueError):
        raise InputError(f"{name}: found {shown(value)}, expected a path") from None
    if not path or "\0" in path:
        raise InputError(f"{name}: found {shown(path)}, expected a path")
    return path


def truth(name: str, value: object) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(f"{name}: found {shown(value)}, expected True or False")
    return bool(value)


def real_number(name: str, value: object) -> float:
    try:
        if isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_)):
            return float(value)
    except OverflowError:
        pass
    raise InputError(f"{name}: found {shown(value)}, expected a number")


def whole_number(name: str, value: object) -> int:
    """An int of whatever is one, but for True and False."""
    try:
        if not isinstance(value, (bool, np.bool_)):
            number = operator.index(cast("SupportsIndex", value))
            str(number)  # the largest have no text, and none are meant
            return number
    except Exception:  # tensors and arrays have ways of their own to say that they are none
        pass
    raise InputError(f"{name}: found {shown(value)}, expected a whole number")
