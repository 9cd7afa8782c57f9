# ===- _threads.py - Runs on several threads, by the runtime's pool -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------=== #
"""libgrucc_runtime's threads; a model on one thread calls its own functions."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ._arguments import shown, whole_number
from ._errors import InputError
from ._runtime import open_model, open_runtime

if TYPE_CHECKING:
    from ctypes import c_void_p

    from ._library import Descriptor
    from ._runtime import Handle

MOST = 1024


def check(threads: object) -> int:
    """`threads` as an int in 1..MOST."""
    count = whole_number("threads", threads)
    if not 1 <= count <= MOST:
        raise InputError(f"threads: found {shown(threads)}, expected 1 to {MOST}")
    return count


class Threads(threading.local):
    """Each calling thread has threads of its own, from its first run on: calls at the same time
    never wait for each other."""
    handle: Handle | None = None

    def __init__(self, descriptor: Descriptor, threads: int) -> None:
        self.descriptor, self.count = descriptor, threads
        self.runtime = open_runtime()

    def _own(self) -> c_void_p:
        if self.handle is None:
            handle = open_model(self.descriptor)
            handle.check(self.runtime.grucc_set_threads(handle.handle, self.count, 0))
            self.handle = handle
        return self.handle.handle

    def run(self, args: bytes) -> int:
        """The model's run on the bytes of a grucc_args: its status."""
        status: int = self.runtime.grucc_run_args(self._own(), args)
        return status

    def step(self, *args: int) -> int:
        """The model's step, of the same arguments: its status."""
        status: int = self.runtime.grucc_step_args(self._own(), *args)
        return status
