# ===- _file.py - The file of a model, kept open -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A name can be given to another file, or taken away: by another process that compiles the same
network, by whoever empties the cache, at the end of a process whose child goes on. An open file
stays.
"""

import os

from ._errors import Error


def _identity(facts):
    """What changes when a file is written to, and is another one for another file."""
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


class File:
    """What is at `path` now, for reading; closed with the last reference."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.file = open(path, "rb", buffering=0)
        self._identity = _identity(os.fstat(self.file.fileno()))

    def __del__(self):
        if hasattr(self, "file"):
            self.file.close()

    def is_at_path(self):
        return _identity(os.stat(self.path)) == self._identity

    def pieces(self):
        """Its bytes; an error where they cannot be had, or are not those that were opened."""
        at, descriptor = 0, self.file.fileno()
        try:
            # The place to read from is given, so that threads and forked processes share it.
            while piece := os.pread(descriptor, 1 << 20, at):
                yield piece
                at += len(piece)
            same = _identity(os.fstat(descriptor)) == self._identity
        except OSError as reason:
            raise Error(f"{self.path}: error: file: found {reason.strerror}, expected the shared "
                        "library that the model was opened from") from None
        if not same:
            raise Error(f"{self.path}: error: file: found it written to since the model was opened "
                        "from it, expected the same bytes")
