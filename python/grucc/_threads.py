# ===- _threads.py - Runs on several threads, by the runtime's pool -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------=== #
"""libgrucc_runtime's threads; a model on one thread calls its own functions."""

import threading

from ._arguments import shown, whole_number
from ._errors import InputError
from ._runtime import open_model, open_runtime

MOST = 1024


def check(threads):
    """`threads` as an int in 1..MOST."""
    count = whole_number("threads", threads)
    if not 1 <= count <= MOST:
        raise InputError(f"threads: found {shown(threads)}, expected 1 to {MOST}")
    return count


class Threads(threading.local):
    """Each calling thread has threads of its own, from its first run on: calls at the same time
    never wait for each other."""
    handle = None

    def __init__(self, descriptor, threads):
        self.descriptor, self.count = descriptor, threads
        self.runtime = open_runtime()

    def _own(self):
        if self.handle is None:
            handle = open_model(self.descriptor)
            handle.check(self.runtime.grucc_set_threads(handle.handle, self.count, 0))
            self.handle = handle
        return self.handle.handle

    def run(self, args):
        """The model's run on the bytes of a grucc_args: its status."""
        return self.runtime.grucc_run_args(self._own(), args)

    def step(self, *args):
        """The model's step, of the same arguments: its status."""
        return self.runtime.grucc_step_args(self._own(), *args)
