# ===- _temporary.py - Folders for the time of a process -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Where the compiler works, and what is not kept in the cache stays."""

from __future__ import annotations

import tempfile

from ._errors import Error

_IN_MEMORY = "/dev/shm"  # of Linux; there when all of the file system is read-only


def private_folder() -> str:
    """The name of a new folder that is this user's alone."""
    for place in (None, _IN_MEMORY):  # None: $TMPDIR, /tmp, /var/tmp, the current folder
        try:
            return tempfile.mkdtemp(prefix="grucc-", dir=place)
        except OSError:
            continue
    raise Error("TMPDIR: found no folder that can be written to there, in /tmp, /var/tmp, the "
                f"current folder and {_IN_MEMORY}, expected one")
