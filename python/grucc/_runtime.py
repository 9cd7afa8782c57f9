# ===- _runtime.py - grucc's runtime library, through ctypes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""libgrucc_runtime checks and loads models, and does what a model alone does not: threads, GPUs."""

from __future__ import annotations

import ctypes
import functools
import os
from ctypes import c_char_p, c_int, c_int64, c_uint32, c_void_p
from pathlib import Path
from typing import TYPE_CHECKING

from ._errors import Error, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._library import Descriptor

FILE, ABI = 6, 7  # grucc_status: GRUCC_ERROR_FILE, GRUCC_ERROR_ABI
_PIECE = 1 << 20

# Name, result and arguments of what is called; structures are given by their addresses.
_OPEN = [c_void_p, c_char_p, ctypes.c_size_t]
_FUNCTIONS = (("grucc_open_file", c_int, [c_char_p, *_OPEN]),
              ("grucc_open_mapped", c_int, [c_char_p, *_OPEN]),
              ("grucc_open_model", c_int, [c_void_p, *_OPEN]),
              ("grucc_descriptor", c_void_p, [c_void_p]),
              ("grucc_loaded_file", c_int, [c_void_p]),
              ("grucc_set_threads", c_int, [c_void_p, c_int64, c_uint32]),
              ("grucc_set_device", c_int, [c_void_p, c_int]),
              ("grucc_run_args", c_int, [c_void_p, c_char_p]),
              ("grucc_step_args", c_int, [c_void_p] * 6 + [c_int64]),
              ("grucc_run_on_stream", c_int, [c_void_p, c_void_p, c_void_p]),
              ("grucc_new_state", c_int, [c_void_p, c_int64, c_void_p]),
              ("grucc_init_state", c_int, [c_void_p, c_void_p, c_void_p]),
              ("grucc_read_state", c_int, [c_void_p, c_void_p, c_void_p]),
              ("grucc_step", c_int, [c_void_p] * 4),
              ("grucc_step_on_stream", c_int, [c_void_p] * 5),
              ("grucc_free_state", None, [c_void_p]),
              ("grucc_last_error", c_char_p, [c_void_p]),
              ("grucc_close", None, [c_void_p]))


def _places() -> list[str]:
    """Where the runtime may be: $GRUCC_RUNTIME, beside the grucc executable, beside these sources
    where it has been built, the loader's path."""
    from ._compiler import find_compiler
    named = os.environ.get("GRUCC_RUNTIME")
    if named:
        return [named]
    folders: list[Path] = []
    name = "libgrucc_runtime.so.0"
    try:
        prefix = Path(find_compiler()).resolve().parents[1]
        folders = [prefix / "lib", prefix / "lib64", *sorted(prefix.glob("lib/*-linux-gnu"))]
    except (Error, IndexError):
        pass  # models that are there need no compiler
    built = Path(__file__).resolve().parents[2] / "build" / "lib"
    folders += [built] if (built / name).exists() else []
    return [*(str(folder / name) for folder in folders), name]


@functools.cache
def open_runtime() -> ctypes.CDLL:
    """The library, with its functions' types."""
    reasons = []
    for place in _places():
        try:
            runtime = ctypes.CDLL(place)
            for name, result, arguments in _FUNCTIONS:
                function = getattr(runtime, name)
                function.restype, function.argtypes = result, arguments
        except (OSError, AttributeError) as reason:  # none, or an older one
            reasons.append(str(reason))
            continue
        return runtime
    raise Error(f"runtime: error: found {'; '.join(reasons)}, expected grucc's runtime library; "
                "GRUCC_RUNTIME names it")


class Handle:
    """A grucc_handle, closed with its last reference."""

    descriptor: Descriptor  # of open_model, which it keeps

    def __init__(self, function: str, what: bytes | int, prefix: str = "") -> None:
        """function: the grucc_open_... that opens `what`; prefix: of its error's text."""
        self.runtime, self.handle = open_runtime(), c_void_p()
        message = ctypes.create_string_buffer(512)
        status = getattr(self.runtime, function)(what, ctypes.byref(self.handle), message,
                                                 len(message))
        if status:
            kind = InputError if status in (FILE, ABI) else Error
            raise kind(prefix + message.value.decode(errors="replace"))

    def descriptor_address(self) -> int:
        at: int = self.runtime.grucc_descriptor(self.handle)
        return at

    def pieces(self) -> Iterator[bytes]:
        """The bytes that were loaded."""
        at, file = 0, self.runtime.grucc_loaded_file(self.handle)
        try:
            # The place to read from is given, so that threads and forked processes share it.
            while piece := os.pread(file, _PIECE, at):
                yield piece
                at += len(piece)
        except OSError as reason:
            raise Error(f"model: error: file: found {reason.strerror}, expected to read the "
                        "library that is loaded") from None

    def last_error(self) -> str:
        text: bytes = self.runtime.grucc_last_error(self.handle)
        return text.decode(errors="replace")

    def check(self, status: int) -> None:
        if status:
            raise Error(self.last_error())

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            self.runtime.grucc_close(self.handle)


def open_file(path: str, mapped: bool) -> Handle:
    """A handle on the model in a shared library: a copy of its file, or the file itself."""
    return Handle("grucc_open_mapped" if mapped else "grucc_open_file", os.fsencode(path),
                  f"{path}: error: ")


def open_model(descriptor: Descriptor) -> Handle:
    """A further handle on the model of a descriptor, which it keeps."""
    handle = Handle("grucc_open_model", ctypes.addressof(descriptor))
    handle.descriptor = descriptor
    return handle
