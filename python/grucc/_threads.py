# ===- _threads.py - Runs on several threads, by the runtime's pool -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------=== #
"""libgrucc_runtime's threads; a model on one thread needs nothing of it."""

import ctypes
import functools
import os
import threading
from ctypes import c_char_p, c_int, c_int64, c_uint32, c_void_p
from pathlib import Path

from ._errors import Error, InputError

MOST = 1024


def check(threads):
    """`threads` as an int in 1..MOST."""
    if isinstance(threads, bool) or not hasattr(threads, "__index__"):
        raise InputError(f"threads: found {threads!r}, expected a whole number")
    if not 1 <= threads <= MOST:
        raise InputError(f"threads: found {threads!r}, expected 1 to {MOST}")
    return threads.__index__()


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
def _open_runtime():
    for place in _places():
        try:
            runtime = ctypes.CDLL(place)
            for name, result, arguments in (
                    ("grucc_open_model", c_int, [c_void_p, c_void_p, c_char_p, ctypes.c_size_t]),
                    ("grucc_set_threads", c_int, [c_void_p, c_int64, c_uint32]),
                    ("grucc_run_args", c_int, [c_void_p, c_char_p]),
                    ("grucc_last_error", c_char_p, [c_void_p]),
                    ("grucc_close", None, [c_void_p])):
                function = getattr(runtime, name)
                function.restype, function.argtypes = result, arguments
        except (OSError, AttributeError):  # none, or an older one
            continue
        return runtime
    raise Error(f"threads: error: found no {place}, expected the runtime of grucc; GRUCC_RUNTIME "
                "names it")


class _Handle:
    """A grucc_handle and its threads."""

    def __init__(self, runtime, descriptor, threads):
        self.runtime, self.handle = runtime, c_void_p()
        message = ctypes.create_string_buffer(512)
        if runtime.grucc_open_model(ctypes.addressof(descriptor), ctypes.byref(self.handle),
                                    message, len(message)):
            raise Error(message.value.decode(errors="replace"))
        if runtime.grucc_set_threads(self.handle, threads, 0):
            raise Error(runtime.grucc_last_error(self.handle).decode(errors="replace"))

    def __del__(self):
        self.runtime.grucc_close(self.handle)


class Threads(threading.local):
    """Each calling thread has threads of its own, from its first run on: calls at the same time
    never wait for each other."""
    handle = None

    def __init__(self, descriptor, threads):
        self.descriptor, self.count = descriptor, threads
        self.runtime = _open_runtime()

    def run(self, args):
        """The model's run on the bytes of a grucc_args: its status."""
        if self.handle is None:
            self.handle = _Handle(self.runtime, self.descriptor, self.count)
        return self.runtime.grucc_run_args(self.handle.handle, args)
