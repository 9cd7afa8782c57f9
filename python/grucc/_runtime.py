# ===- _runtime.py - grucc's runtime library, through ctypes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""libgrucc_runtime, for what a model alone does not do: threads, and GPUs."""

import ctypes
import functools
import os
from ctypes import c_char_p, c_int, c_int64, c_uint32, c_void_p
from pathlib import Path

from ._errors import Error

MEMORY = 9  # grucc_status: GRUCC_ERROR_MEMORY

# Name, result and arguments of what is called; structures are given by their addresses.
_FUNCTIONS = (("grucc_open_model", c_int, [c_void_p, c_void_p, c_char_p, ctypes.c_size_t]),
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


def _places():
    """Where the runtime may be: $GRUCC_RUNTIME, beside the grucc executable, the loader's path."""
    from ._compiler import find_compiler
    named = os.environ.get("GRUCC_RUNTIME")
    if named:
        return [named]
    try:
        prefix = Path(find_compiler()).resolve().parents[1]
    except Error:
        prefix = None
    folders = [prefix / name for name in ("lib", "lib64")] if prefix else []
    folders += sorted(prefix.glob("lib/*-linux-gnu")) if prefix else []
    name = "libgrucc_runtime.so.0"
    return [str(folder / name) for folder in folders if (folder / name).exists()] + [name]


@functools.cache
def open_runtime(purpose):
    """The library with its functions' types; `purpose` begins the text of the error."""
    for place in _places():
        try:
            runtime = ctypes.CDLL(place)
            for name, result, arguments in _FUNCTIONS:
                function = getattr(runtime, name)
                function.restype, function.argtypes = result, arguments
        except (OSError, AttributeError):  # none, or an older one
            continue
        return runtime
    raise Error(f"{purpose}: error: found no {place}, expected the runtime of grucc; GRUCC_RUNTIME "
                "names it")


class Handle:
    """A grucc_handle on the model of a descriptor."""

    def __init__(self, runtime, descriptor):
        self.runtime, self.handle, self.descriptor = runtime, c_void_p(), descriptor
        message = ctypes.create_string_buffer(512)
        if runtime.grucc_open_model(ctypes.addressof(descriptor), ctypes.byref(self.handle),
                                    message, len(message)):
            raise Error(message.value.decode(errors="replace"))

    def last_error(self):
        return self.runtime.grucc_last_error(self.handle).decode(errors="replace")

    def check(self, status):
        if status:
            raise Error(self.last_error())

    def __del__(self):
        self.runtime.grucc_close(self.handle)
