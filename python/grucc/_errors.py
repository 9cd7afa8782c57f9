# ===- _errors.py - What can go wrong, as exceptions -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Every error says found and expected, as the compiler does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._types import Shape


class Error(Exception):
    """Something is wrong: the text is the compiler's diagnostic, or has its form."""
    __module__ = "grucc"


class InputError(Error, ValueError):
    """What the caller gave is wrong: a file, a flag, an array."""
    __module__ = "grucc"


def no_memory(name: str, shape: Shape) -> Error:
    """Of what cannot be held: Python and NumPy have several exceptions for it."""
    return Error(f"{name}: found no memory for shape {shape_text(shape)}, expected enough")


def shape_text(shape: Shape) -> str:
    """[7, 3, 9]"""
    return "[" + ", ".join(map(str, shape)) + "]"


def shape_error(name: str, found: Shape, *expected: int | str) -> InputError:
    """`expected`: numbers, and letters for any number."""
    return InputError(f"{name}: found shape {shape_text(found)}, expected {shape_text(expected)}")
