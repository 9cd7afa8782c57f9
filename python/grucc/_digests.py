# ===- _digests.py - SHA-256, when it is needed -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""hashlib brings OpenSSL, some megabytes that a program which only loads a model need not
have; so does secrets, whose random bytes are os.urandom's."""

from __future__ import annotations

import typing

if typing.TYPE_CHECKING:
    from hashlib import _Hash


def sha256(data: bytes = b"") -> _Hash:
    """hashlib's, of the bytes and of what its `update` is given."""
    import hashlib
    return hashlib.sha256(data)
