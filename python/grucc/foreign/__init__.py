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

import os

from .._errors import InputError
from . import checkpoint, keras, rtneural
from .network import Found, safetensors_of

__all__ = ["Found", "find", "safetensors_of", "select"]

# The bytes that a file begins with, or its extension, and who reads it.
_READERS = {".pt": checkpoint, ".pth": checkpoint, ".ckpt": checkpoint, ".tar": checkpoint,
            ".bin": checkpoint, ".keras": keras, ".h5": keras, ".hdf5": keras,
            ".json": rtneural, ".aidax": rtneural, ".aidadspmodel": rtneural}
_TFLITE = ("a TFLite model", "convert the Keras model that it was made of, or export that to ONNX")


def find(path):
    """[Found] of the file, in its own order; notes about the rest of it are theirs."""
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
        return reader.read(path)
    except InputError as reason:
        text = str(reason)
        raise InputError(text if text.startswith(path) else f"{path}: error: {text}") from None
    except MemoryError:
        raise InputError(f"{path}: error: file: found more than memory holds, expected less") \
            from None


def select(path, networks, prefix):
    """The one that `prefix` names, or the only one."""
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
