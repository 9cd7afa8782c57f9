# ===- __init__.py - GRUs in other libraries' files -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What other libraries save, read as networks that the compiler takes: torch's checkpoints, Keras's
models, and the JSON of audio plug-ins. Nothing is guessed: a reader says what a file says, or
refuses it by name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._errors import InputError
from . import checkpoint, keras, rtneural
from .network import Found, safetensors_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Found", "find", "safetensors_of", "select"]

# The bytes that a file begins with, or its extension, and who reads it.
_READERS: dict[str, Callable[[str], list[Found]]] = {
    **dict.fromkeys((".pt", ".pth", ".ckpt", ".tar", ".bin"), checkpoint.read),
    **dict.fromkeys((".keras", ".h5", ".hdf5"), keras.read),
    **dict.fromkeys((".json", ".aidax", ".aidadspmodel"), rtneural.read)}
_TFLITE = ("a TFLite model", "convert the Keras model that it was made of, or export that to ONNX")


def find(path: str) -> list[Found]:
    """The networks of the file at `path`, in its own order; notes about the rest of it are theirs.
    At least one: a file without any, or of another kind, raises grucc.InputError."""
    try:
        with open(path, "rb") as file:
            head = file.read(16)
    except OSError as reason:
        raise InputError(f"{path}: error: file: found {reason.strerror}, expected a file to "
                         "read") from None
    if head[4:8] == b"TFL3" or path.endswith(".tflite"):
        raise InputError(f"{path}: error: file: found {_TFLITE[0]}, expected a checkpoint; "
                         f"{_TFLITE[1]}")
    extension = os.path.splitext(path)[1].lower()
    reader = _READERS.get(extension)
    if reader is None:
        others = {".onnx": "grucc reads it: grucc MODEL.onnx --list",
                  ".safetensors": "grucc reads it itself"}
        way_out = others.get(extension)
        raise InputError(f"{path}: error: file: found {extension or 'no extension'!r}, expected "
                         f"{', '.join(_READERS)}" + (f"; {way_out}" if way_out else ""))
    try:
        return reader(path)
    except InputError as reason:
        text = str(reason)
        raise InputError(text if text.startswith(path) else f"{path}: error: {text}") from None
    except MemoryError:
        raise InputError(f"{path}: error: file: found more than memory holds, expected less") \
            from None


def select(path: str, networks: Sequence[Found], prefix: str | None) -> Found:
    """The one of `networks`, which `find` gave for `path`, that `prefix` names; None: the only one.
    grucc.InputError where there is none, or there are several."""
    names = ", ".join(repr(one.name) for one in networks) or "none"
    if prefix is None:
        if len(networks) == 1:
            return networks[0]
        raise InputError(f"{path}: error: --prefix: found none, and {len(networks)} networks, "
                         f"expected one of {names}")
    found = [one for one in networks if prefix in (one.name, one.name + ".")]
    if len(found) != 1:
        raise InputError(f"{path}: error: --prefix: found {prefix!r}, expected one of {names}")
    return found[0]
